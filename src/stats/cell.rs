//! What is counted of one target: bins or value counts, codes of crossings, and the spread of these counts over replicates.

use serde::{Deserialize, Serialize};

use super::count_spread::CountSpread;
use super::discrete::Store;
use super::grid::Grid;
use super::low::Low;
use super::sketch::Sketch;
use super::target::TargetKind;

/// Dates that are told apart at once.
const CHUNK: usize = 256;

/// Counts of one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Cell {
    /// Finite values.
    Value(Bins),
    /// Dates.
    Date(DateCounts),
    /// Codes 0 … n − 1. Events of the spread: each code, then the codes up to each.
    Codes {
        counts: Vec<u64>,
        spread: CountSpread,
    },
}

/// Values in bins; nothing where all are kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Bins {
    pub(crate) store: Option<Store>,
    /// Events: a value below each threshold of the grid.
    pub(crate) spread: CountSpread,
}

/// Dates of a crossing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct DateCounts {
    pub(crate) left_censored: u64,
    pub(crate) never: u64,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) store: Option<Store>,
    /// Events: left-censored, a date below each threshold of the grid, any date.
    pub(crate) spread: CountSpread,
}

impl Cell {
    /// Nothing yet. The grid is that of the target where values go into bins; `replicates` says whether the design has any.
    pub(crate) fn new(kind: TargetKind, grid: Option<&Grid>, replicates: bool) -> Self {
        let mut cell = match kind {
            TargetKind::Value => Self::Value(Bins::default()),
            TargetKind::Date => Self::Date(DateCounts::default()),
            TargetKind::CrossingFirst { n_labels } => {
                Self::codes(n_labels.saturating_add(1), replicates)
            }
            TargetKind::Recross => Self::codes(2, replicates),
        };
        if let Some(grid) = grid {
            cell.place(grid, Store::new(grid), replicates);
        }
        cell
    }

    fn codes(n_codes: usize, replicates: bool) -> Self {
        Self::Codes {
            counts: vec![0; n_codes],
            spread: CountSpread::new(if replicates { 2 * n_codes } else { 0 }),
        }
    }

    /// Gives a cell that has counted nothing in bins those of its grid, with what they hold.
    pub(crate) fn place(&mut self, grid: &Grid, store: Store, replicates: bool) {
        let spread = |n_events: usize| CountSpread::new(if replicates { n_events } else { 0 });
        let n_thresholds = grid.thresholds.len();
        match self {
            Self::Value(bins) => {
                *bins = Bins {
                    store: Some(store),
                    spread: spread(n_thresholds),
                };
            }
            Self::Date(dates) => {
                dates.store = Some(store);
                dates.spread = spread(n_thresholds + 2);
            }
            Self::Codes { .. } => {}
        }
    }

    /// Adds the counts of the same target in another part of the run. There is room in bins, and the other has low bits, unless values are
    /// kept.
    pub(crate) fn merge(
        &mut self,
        room: Option<(&mut Low, &Grid)>,
        other: &Self,
        other_low: Option<&Low>,
    ) {
        let join = |store: &mut Option<Store>, other: &Option<Store>| {
            if let (Some((low, grid)), Some(store)) = (room, store)
                && let (Some(other_low), Some(other)) = (other_low, other)
            {
                store.merge(low, grid, other, other_low);
            }
        };
        match (self, other) {
            (Self::Value(bins), Self::Value(other)) => {
                join(&mut bins.store, &other.store);
                bins.spread.merge(&other.spread);
            }
            (
                Self::Codes { counts, spread },
                Self::Codes {
                    counts: more,
                    spread: other,
                },
            ) => {
                for (count, more) in counts.iter_mut().zip(more) {
                    *count += more;
                }
                spread.merge(other);
            }
            (Self::Date(dates), Self::Date(other)) => {
                dates.left_censored += other.left_censored;
                dates.never += other.never;
                dates.min = pick(dates.min, other.min, f64::min);
                dates.max = pick(dates.max, other.max, f64::max);
                join(&mut dates.store, &other.store);
                dates.spread.merge(&other.spread);
            }
            _ => unreachable!("parts of one plan have cells of the same kind"),
        }
    }

    /// Trials counted so far and the counts of the spread's events; `None` where values are kept, from which the spread can be read later.
    pub(crate) fn events(&self, room: Option<(&Low, &Grid)>) -> Option<(u64, Vec<u64>)> {
        match self {
            Self::Value(Bins { store, .. }) => {
                let ((low, grid), store) = (room?, store.as_ref()?);
                Some((store.total(), store.below_thresholds(low, grid)))
            }
            Self::Date(dates) => {
                let ((low, grid), store) = (room?, dates.store.as_ref()?);
                let total = store.total();
                let events = std::iter::once(0)
                    .chain(store.below_thresholds(low, grid))
                    .chain([total])
                    .map(|count| dates.left_censored + count)
                    .collect();
                Some((dates.left_censored + total + dates.never, events))
            }
            Self::Codes { counts, .. } => {
                let up_to = counts.iter().scan(0, |sum, count| {
                    *sum += count;
                    Some(*sum)
                });
                let events: Vec<u64> = counts.iter().copied().chain(up_to).collect();
                Some((events.last().copied().unwrap_or(0), events))
            }
        }
    }

    /// Whether this can be what [`Cell::new`] made, with counts of no more than so many trials.
    pub(crate) fn is_sound(
        &self,
        kind: TargetKind,
        room: Option<(&Low, &Grid)>,
        replicates: bool,
        trials: u64,
    ) -> bool {
        let store_is_sound = |store: &Option<Store>| match (store, room) {
            (None, None) => true,
            (Some(store), Some((low, grid))) => store.is_sound(low, grid, trials),
            _ => false,
        };
        let empty = Self::new(kind, room.map(|(_, grid)| grid), replicates);
        let n_events = empty.spread().n_events();
        let has_kind = match (self, &empty) {
            (Self::Value(bins), Self::Value(_)) => store_is_sound(&bins.store),
            (Self::Date(dates), Self::Date(_)) => {
                let total = dates.left_censored.checked_add(dates.never);
                total.is_some_and(|total| total <= trials) && store_is_sound(&dates.store)
            }
            (Self::Codes { counts, .. }, Self::Codes { counts: empty, .. }) => {
                let sum = counts.iter().try_fold(0_u64, |sum, &n| sum.checked_add(n));
                counts.len() == empty.len()
                    && sum.is_some_and(|sum| sum <= trials)
                    && room.is_none_or(|(low, _)| low.iter().all(|&low| low == 0))
            }
            _ => false,
        };
        has_kind && self.spread().is_sound(n_events, trials)
    }

    pub(crate) fn spread(&self) -> &CountSpread {
        match self {
            Self::Value(Bins { spread, .. })
            | Self::Date(DateCounts { spread, .. })
            | Self::Codes { spread, .. } => spread,
        }
    }

    pub(crate) fn spread_mut(&mut self) -> &mut CountSpread {
        match self {
            Self::Value(Bins { spread, .. })
            | Self::Date(DateCounts { spread, .. })
            | Self::Codes { spread, .. } => spread,
        }
    }

    /// What is known of the histogram of a value or date target that has one by now, but for its low bits.
    #[inline(always)]
    pub(crate) fn sketch(&self) -> Option<&Sketch> {
        match self.store() {
            Some(Store::Sketched(sketch)) => Some(sketch),
            _ => None,
        }
    }

    /// See [`Cell::sketch`].
    #[inline(always)]
    pub(crate) fn sketch_mut(&mut self) -> Option<&mut Sketch> {
        match self {
            Self::Value(Bins { store, .. }) | Self::Date(DateCounts { store, .. }) => match store {
                Some(Store::Sketched(sketch)) => Some(sketch),
                _ => None,
            },
            Self::Codes { .. } => None,
        }
    }

    /// The bins of a value or date target.
    pub(crate) fn store(&self) -> Option<&Store> {
        match self {
            Self::Value(Bins { store, .. }) | Self::Date(DateCounts { store, .. }) => {
                store.as_ref()
            }
            Self::Codes { .. } => None,
        }
    }
}

impl DateCounts {
    /// Counts dates, and calls `refuse` with the place of what is none.
    #[inline(always)]
    pub(crate) fn update(
        &mut self,
        mut room: Option<(&mut Low, &Grid)>,
        dates: &[f64],
        mut refuse: impl FnMut(usize, f64),
    ) {
        let count =
            |is: fn(f64) -> bool| dates.iter().map(|&date| u64::from(is(date))).sum::<u64>();
        self.left_censored += count(|date| date == f64::NEG_INFINITY);
        self.never += count(|date| date == f64::INFINITY);
        if count(f64::is_nan) > 0 {
            for (place, &date) in dates.iter().enumerate().filter(|(_, date)| date.is_nan()) {
                refuse(place, date);
            }
        }
        let mut finite = [0.0; CHUNK];
        for dates in dates.chunks(CHUNK) {
            let mut n_finite = 0;
            for &date in dates {
                // Overwritten by the next unless it is finite.
                finite[n_finite] = date;
                n_finite += usize::from(date.is_finite());
            }
            let finite = &finite[..n_finite];
            for &date in finite {
                self.min = pick(self.min, Some(date), f64::min);
                self.max = pick(self.max, Some(date), f64::max);
            }
            if let (Some((low, grid)), Some(store)) = (&mut room, &mut self.store) {
                store.update(low, grid, finite);
            }
        }
    }
}

fn pick(a: Option<f64>, b: Option<f64>, choose: fn(f64, f64) -> f64) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(choose(a, b)),
        (a, b) => a.or(b),
    }
}
