//! Integer counts and kept values of all targets: the part of the statistics that merges exactly in any order.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::crossing::count_codes;
use super::discrete::Store;
use super::distribution::Distribution;
use super::exact::ExactValues;
use super::grid::Grid;
use super::interpolant::Interpolant;
use super::moments::Moments;
use super::non_finite::{self, NonFinite};
use super::target::{TargetKind, TargetPlan};

/// How values are kept for quantiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Mode {
    /// All of them; for runs for which [`super::fits_exactly`] holds.
    Exact,
    /// Value counts and histograms over the bins that [`super::PilotCapture`] found, one grid per target.
    #[serde(with = "shared")]
    Sketch(Arc<Vec<Grid>>),
}

/// Grids are shared between threads but stored once.
mod shared {
    use super::{Arc, Grid};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        grids: &Arc<Vec<Grid>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        grids.as_ref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<Vec<Grid>>, D::Error> {
        Vec::deserialize(deserializer).map(Arc::new)
    }
}

/// What is counted of one target. Stores are absent in the exact mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Cell {
    Value(Option<Store>),
    Date {
        left_censored: u64,
        never: u64,
        min: Option<f64>,
        max: Option<f64>,
        store: Option<Store>,
    },
    Codes(Vec<u64>),
}

/// Counts of all targets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counts {
    cells: Vec<Cell>,
    exact: Option<ExactValues>,
    non_finite: BTreeMap<usize, NonFinite>,
    /// Those of the current block, trials counted from its start.
    block_non_finite: BTreeMap<usize, NonFinite>,
}

impl Counts {
    pub(crate) fn new(plan: &TargetPlan, mode: &Mode) -> Self {
        let store = |target: usize| match mode {
            Mode::Exact => None,
            Mode::Sketch(grids) => Some(Store::new(&grids[target])),
        };
        let cells = plan
            .kinds
            .iter()
            .enumerate()
            .map(|(target, kind)| match *kind {
                TargetKind::Value => Cell::Value(store(target)),
                TargetKind::Date => Cell::Date {
                    left_censored: 0,
                    never: 0,
                    min: None,
                    max: None,
                    store: store(target),
                },
                TargetKind::CrossingFirst { n_labels } => {
                    Cell::Codes(vec![0; n_labels.saturating_add(1)])
                }
                TargetKind::Recross => Cell::Codes(vec![0; 2]),
            })
            .collect();
        let exact = match mode {
            Mode::Exact => Some(ExactValues::new(plan.n_targets())),
            Mode::Sketch(_) => None,
        };
        Self {
            cells,
            exact,
            non_finite: BTreeMap::new(),
            block_non_finite: BTreeMap::new(),
        }
    }

    /// Counts the values of a value target that are all finite.
    #[inline(always)]
    pub(crate) fn update_finite(&mut self, mode: &Mode, target: usize, values: &[f64]) {
        if let (Mode::Sketch(grids), Cell::Value(Some(store))) = (mode, &mut self.cells[target]) {
            store.update(&grids[target], values);
        }
    }

    /// Reads the histogram of a value target once, line by line.
    #[inline(always)]
    pub(crate) fn touch(&self, target: usize) -> u16 {
        match &self.cells[target] {
            Cell::Value(Some(Store::Sketched(sketch))) => sketch.touch(),
            _ => 0,
        }
    }

    /// Keeps all values, also non-finite ones, in the exact mode.
    #[inline(always)]
    pub(crate) fn keep(&mut self, target: usize, offset: usize, values: &[f64]) {
        if let Some(exact) = &mut self.exact {
            exact.update(target, offset, values);
        }
    }

    /// Counts dates or codes of crossings.
    pub(crate) fn update_crossing(
        &mut self,
        mode: &Mode,
        target: usize,
        offset: usize,
        values: &[f64],
    ) {
        let records = &mut self.block_non_finite;
        let mut refuse = |place: usize, value: f64| {
            non_finite::record(
                records,
                target,
                NonFinite::one(value, (offset + place) as u64),
            );
        };
        match &mut self.cells[target] {
            Cell::Value(_) => {}
            Cell::Codes(counts) => count_codes(counts, values, |place, _| refuse(place, f64::NAN)),
            Cell::Date {
                left_censored,
                never,
                min,
                max,
                store,
            } => {
                for (place, &date) in values.iter().enumerate() {
                    if date.is_nan() {
                        refuse(place, date);
                    } else if date == f64::NEG_INFINITY {
                        *left_censored += 1;
                    } else if date == f64::INFINITY {
                        *never += 1;
                    } else {
                        *min = Some(min.map_or(date, |known| known.min(date)));
                        *max = Some(max.map_or(date, |known| known.max(date)));
                        if let (Mode::Sketch(grids), Some(store)) = (mode, &mut *store) {
                            store.update(&grids[target], &[date]);
                        }
                    }
                }
            }
        }
    }

    /// Notes a non-finite value of the current block.
    pub(crate) fn refuse(&mut self, target: usize, offset: usize, value: f64) {
        non_finite::record(
            &mut self.block_non_finite,
            target,
            NonFinite::one(value, offset as u64),
        );
    }

    pub(crate) fn finish_block(&mut self, block: u64, first_trial: u64) {
        for (target, mut found) in std::mem::take(&mut self.block_non_finite) {
            found.first_trial += first_trial;
            non_finite::record(&mut self.non_finite, target, found);
        }
        if let Some(exact) = &mut self.exact {
            exact.finish_block(block);
        }
    }

    /// Adds the counts of the other part; both have the same plan and mode.
    pub(crate) fn merge(&mut self, mode: &Mode, mut other: Self) {
        for (target, (cell, other)) in self.cells.iter_mut().zip(&other.cells).enumerate() {
            let join = |store: &mut Option<Store>, other: &Option<Store>| {
                if let (Mode::Sketch(grids), Some(store), Some(other)) = (mode, store, other) {
                    store.merge(&grids[target], other);
                }
            };
            match (cell, other) {
                (Cell::Value(store), Cell::Value(other)) => join(store, other),
                (Cell::Codes(counts), Cell::Codes(other)) => {
                    for (count, more) in counts.iter_mut().zip(other) {
                        *count += more;
                    }
                }
                (
                    Cell::Date {
                        left_censored,
                        never,
                        min,
                        max,
                        store,
                    },
                    Cell::Date {
                        left_censored: left,
                        never: right,
                        min: low,
                        max: high,
                        store: other,
                    },
                ) => {
                    *left_censored += left;
                    *never += right;
                    let pick = |a: Option<f64>, b: Option<f64>, choose: fn(f64, f64) -> f64| match (
                        a, b,
                    ) {
                        (Some(a), Some(b)) => Some(choose(a, b)),
                        (a, b) => a.or(b),
                    };
                    *min = pick(*min, *low, f64::min);
                    *max = pick(*max, *high, f64::max);
                    join(store, other);
                }
                _ => unreachable!("parts of one plan have cells of the same kind"),
            }
        }
        if let (Some(exact), Some(other)) = (&mut self.exact, &mut other.exact) {
            exact.merge(other);
        }
        for (target, found) in other.non_finite {
            non_finite::record(&mut self.non_finite, target, found);
        }
    }

    pub(crate) fn non_finite(&self) -> &BTreeMap<usize, NonFinite> {
        &self.non_finite
    }

    /// Counts by code of a crossing target.
    pub(crate) fn codes(&self, target: usize) -> Option<&[u64]> {
        match self.cells.get(target)? {
            Cell::Codes(counts) => Some(counts),
            _ => None,
        }
    }

    /// Left-censored and never of a date target.
    pub(crate) fn censored(&self, target: usize) -> Option<(u64, u64)> {
        match self.cells.get(target)? {
            Cell::Date {
                left_censored,
                never,
                ..
            } => Some((*left_censored, *never)),
            _ => None,
        }
    }

    /// Finite values of a value or date target.
    pub(crate) fn distribution(
        &self,
        mode: &Mode,
        target: usize,
        moments: &Moments,
    ) -> Option<Distribution> {
        let (store, min, max) = match self.cells.get(target)? {
            Cell::Value(store) => (store, moments.min, moments.max),
            Cell::Date {
                min, max, store, ..
            } => (store, min.unwrap_or(0.0), max.unwrap_or(0.0)),
            Cell::Codes(_) => return None,
        };
        match (mode, store, &self.exact) {
            (_, Some(Store::Counted(counted)), _) => Some(Distribution::from_counts(
                counted.values.clone(),
                &counted.counts,
            )),
            (Mode::Sketch(grids), Some(Store::Sketched(sketch)), _) => Some(
                Distribution::Interpolated(Interpolant::new(&grids[target], sketch, min, max)),
            ),
            (_, _, Some(exact)) => Some(Distribution::from_values(
                exact.values(target).filter(|x| x.is_finite()).collect(),
            )),
            _ => None,
        }
    }
}
