//! Integer counts and kept values of all targets: the part of the statistics that merges exactly in any order.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use fearless_simd::Simd;
use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::cell::{Bins, Cell};
use super::crossing::count_codes;
use super::discrete::Store;
use super::distribution::Distribution;
use super::exact::ExactValues;
use super::grid::Grid;
use super::interpolant::Interpolant;
use super::low::LowBits;
use super::moments::{BlockSums, Moments};
use super::non_finite::{self, NonFinite};
use super::prefetch::prefetch_from;
use super::sketch::Histogram;
use super::target::{TargetKind, TargetPlan};
use super::waiting::{Row, Waiting};

/// How values are kept for quantiles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Mode {
    /// All of them; for runs for which [`super::fits_exactly`] holds.
    Exact,
    /// Value counts and histograms over the bins that [`super::lay_out`] found, one grid per target.
    #[serde(with = "shared")]
    Sketch(Arc<Vec<Grid>>),
}

impl Mode {
    pub(crate) fn grid(&self, target: usize) -> Option<&Grid> {
        match self {
            Self::Exact => None,
            Self::Sketch(grids) => grids.get(target),
        }
    }
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

/// What a thread had counted of each target when its last replicate ended: trials, then the events of the spread.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReplicateMarks(Vec<Vec<u64>>);

/// Counts of all targets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Counts {
    cells: Vec<Cell>,
    /// By target, zeros where there is no histogram; empty without bins.
    low: LowBits,
    exact: Option<ExactValues>,
    non_finite: BTreeMap<usize, NonFinite>,
    /// Those of the current block, trials counted from its start.
    block_non_finite: BTreeMap<usize, NonFinite>,
    /// Part of the current block: empty between blocks.
    #[serde(skip)]
    waiting: Waiting,
}

impl PartialEq for Counts {
    /// Equality of what was counted, settled or not.
    fn eq(&self, other: &Self) -> bool {
        self.cells == other.cells
            && (0..self.cells.len()).all(|target| self.histogram(target) == other.histogram(target))
            && self.exact == other.exact
            && self.non_finite == other.non_finite
            && self.block_non_finite == other.block_non_finite
            && self.waiting == other.waiting
    }
}

impl Counts {
    /// Nothing yet; `replicates` says whether the design has any.
    pub(crate) fn new(plan: &TargetPlan, mode: &Mode, replicates: bool) -> Self {
        let cells = plan
            .kinds
            .iter()
            .enumerate()
            .map(|(target, &kind)| Cell::new(kind, mode.grid(target), replicates))
            .collect();
        let (low, exact) = match mode {
            Mode::Exact => (LowBits::new(0), Some(ExactValues::new(plan.n_targets()))),
            Mode::Sketch(grids) => (LowBits::new(grids.len()), None),
        };
        Self {
            cells,
            low,
            exact,
            non_finite: BTreeMap::new(),
            block_non_finite: BTreeMap::new(),
            waiting: Waiting::default(),
        }
    }

    /// Gives targets that were counted without bins those of their grids, with what they hold.
    pub(crate) fn place(
        &mut self,
        grids: &[Grid],
        stores: Vec<Store>,
        low: LowBits,
        replicates: bool,
    ) {
        for ((cell, grid), store) in self.cells.iter_mut().zip(grids).zip(stores) {
            cell.place(grid, store, replicates);
        }
        self.low = low;
    }

    /// Counts a row of a value target that is added to `sums`; what waits is counted with the next row or at the end of the block. False,
    /// and nothing is counted, if the sums show that not all are finite.
    #[must_use]
    #[inline(always)]
    pub(crate) fn update_with_sums<S: Simd>(
        &mut self,
        simd: S,
        mode: &Mode,
        row: Row<'_>,
        sums: &mut BlockSums,
    ) -> bool {
        let Row { target, values, .. } = row;
        if let (Mode::Sketch(grids), Some(_)) = (mode, self.cells[target].sketch()) {
            let grid = &grids[target];
            let before = self.waiting.target().unwrap_or(target);
            let (low, ahead) = match self.low.get_disjoint_mut([before, target]) {
                Ok([low, ahead]) => (low, &ahead[..]),
                // The same target again.
                Err(_) => (&mut self.low[target], &[][..]),
            };
            if let Some(sketch) = self.cells[before].sketch_mut() {
                sketch.make_room(low, self.waiting.n());
            }
            let finite = (self.waiting).exchange(simd, low, row, sums, grid, ahead);
            if finite && let Some(sketch) = self.cells[target].sketch_mut() {
                sketch.note(grid, values);
            }
            return finite;
        }
        sums.update(row.offset, values);
        let finite = sums.is_finite();
        if finite {
            self.update_finite(mode, target, values);
        }
        finite
    }

    /// Counts values of a value target that are all finite.
    pub(crate) fn update_finite(&mut self, mode: &Mode, target: usize, values: &[f64]) {
        if let (
            Mode::Sketch(grids),
            Cell::Value(Bins {
                store: Some(store), ..
            }),
        ) = (mode, &mut self.cells[target])
        {
            store.update(&mut self.low[target], &grids[target], values);
        }
    }

    /// Asks for the bins, and for what is known of the histogram but for its low bits.
    #[inline(always)]
    pub(crate) fn prefetch_cell(&self, mode: &Mode, target: usize) {
        prefetch_from(&self.cells[target..=target], 0);
        if let Some(grid) = mode.grid(target) {
            prefetch_from(std::slice::from_ref(grid), 0);
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
    #[inline(always)]
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
            Cell::Codes { counts, .. } => {
                count_codes(counts, values, |place, _| refuse(place, f64::NAN));
            }
            Cell::Date(dates) => {
                let room = self.low.get_mut(target).zip(mode.grid(target));
                dates.update(room, values, refuse);
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
        if let Some(target) = self.waiting.target()
            && let Some(sketch) = self.cells[target].sketch_mut()
        {
            let low = &mut self.low[target];
            sketch.make_room(low, self.waiting.n());
            self.waiting.count(low);
        }
        for (target, mut found) in std::mem::take(&mut self.block_non_finite) {
            found.first_trial += first_trial;
            non_finite::record(&mut self.non_finite, target, found);
        }
        if let Some(exact) = &mut self.exact {
            exact.finish_block(block);
        }
    }

    /// Adds what was counted since the last replicate to the spreads.
    pub(crate) fn finish_replicate(&mut self, mode: &Mode, marks: &mut ReplicateMarks) {
        let marks = &mut marks.0;
        marks.resize(self.cells.len(), Vec::new());
        for (target, (cell, mark)) in self.cells.iter_mut().zip(marks).enumerate() {
            let room = self.low.get(target).zip(mode.grid(target));
            let Some((n_trials, events)) = cell.events(room) else {
                continue;
            };
            let before = |place: usize| mark.get(place).copied().unwrap_or(0);
            let n_new = n_trials - before(0);
            let new = (1..)
                .zip(&events)
                .map(|(place, count)| count - before(place));
            cell.spread_mut().add(n_new, new);
            mark.clear();
            mark.push(n_trials);
            mark.extend(events);
        }
    }

    /// Adds the counts of the other part; both have the same plan and mode.
    pub(crate) fn merge(&mut self, mode: &Mode, mut other: Self) {
        for (target, (cell, more)) in self.cells.iter_mut().zip(&other.cells).enumerate() {
            let room = self.low.get_mut(target).zip(mode.grid(target));
            cell.merge(room, more, other.low.get(target));
        }
        if let (Some(exact), Some(other)) = (&mut self.exact, &mut other.exact) {
            exact.merge(other);
        }
        for (target, found) in other.non_finite {
            non_finite::record(&mut self.non_finite, target, found);
        }
    }

    /// Puts the kept values into bins, as [`super::Statistics::into_sketch`] says. A block's values are dropped as soon as they are
    /// counted. `blocks_per_replicate` is `None` in the random design.
    pub(crate) fn into_sketch(
        mut self,
        plan: &TargetPlan,
        mode: &Mode,
        blocks_per_replicate: Option<u64>,
    ) -> Self {
        let Some(mut exact) = self.exact.take() else {
            return self;
        };
        let mut binned = Self::new(plan, mode, blocks_per_replicate.is_some());
        let mut marks = ReplicateMarks::default();
        while let Some((block, rows)) = exact.pop_first() {
            for (target, &kind) in plan.kinds.iter().enumerate() {
                let values = rows.of(target);
                match kind {
                    TargetKind::Value => {
                        for run in values.chunk_by(|a, b| a.is_finite() == b.is_finite()) {
                            if run[0].is_finite() {
                                binned.update_finite(mode, target, run);
                            }
                        }
                    }
                    TargetKind::Date => binned.update_crossing(mode, target, 0, values),
                    TargetKind::CrossingFirst { .. } | TargetKind::Recross => {}
                }
            }
            if blocks_per_replicate.is_some_and(|n| block % n == n - 1) {
                binned.finish_replicate(mode, &mut marks);
            }
        }
        // Counts of codes have been kept all along, and what was refused too.
        for (cell, new) in self.cells.iter_mut().zip(binned.cells) {
            if !matches!(new, Cell::Codes { .. }) {
                *cell = new;
            }
        }
        self.low = binned.low;
        self.settle();
        self
    }

    /// Brings the histograms into the form in which they are stored.
    pub(crate) fn settle(&mut self) {
        for (cell, low) in self.cells.iter_mut().zip(self.low.iter_mut()) {
            if let Some(sketch) = cell.sketch_mut() {
                sketch.settle(low);
            }
        }
    }

    /// Whether these can be the counts of the blocks `range` of a run, `trials` in all, between two of its blocks.
    pub(crate) fn is_sound(
        &self,
        plan: &TargetPlan,
        mode: &Mode,
        blocks: &Blocks,
        range: &Range<u64>,
        trials: u64,
    ) -> bool {
        let replicates = blocks.points().is_some();
        let n_histograms = match mode {
            Mode::Exact => 0,
            Mode::Sketch(grids) => grids.len(),
        };
        let cells_are_sound = self.cells.len() == plan.n_targets()
            && self.low.len() == n_histograms
            && (self.cells.iter().zip(&plan.kinds).enumerate()).all(|(target, (cell, &kind))| {
                let room = self.low.get(target).zip(mode.grid(target));
                cell.is_sound(kind, room, replicates, trials)
            });
        let exact_is_sound = match (&self.exact, mode) {
            (Some(exact), Mode::Exact) => exact.is_sound(plan, blocks, range),
            (None, Mode::Sketch(_)) => true,
            _ => false,
        };
        cells_are_sound
            && exact_is_sound
            && self.block_non_finite.is_empty()
            && non_finite::are_sound(&self.non_finite, plan.n_targets(), trials)
    }

    pub(crate) fn non_finite(&self) -> &BTreeMap<usize, NonFinite> {
        &self.non_finite
    }

    pub(crate) fn cell(&self, target: usize) -> Option<&Cell> {
        self.cells.get(target)
    }

    /// The histogram of a value or date target that has one by now.
    fn histogram(&self, target: usize) -> Option<Histogram<'_>> {
        Some(Histogram {
            sketch: self.cells.get(target)?.sketch()?,
            low: self.low.get(target)?,
        })
    }

    /// Kept values of a target by block, in the order of trials; `None` where they went into bins.
    pub(crate) fn kept(&self, target: usize) -> Option<impl Iterator<Item = (u64, &[f64])>> {
        Some(self.exact.as_ref()?.blocks(target))
    }

    /// Finite values of a value or date target.
    pub(crate) fn distribution(
        &self,
        mode: &Mode,
        target: usize,
        moments: &Moments,
    ) -> Option<Distribution> {
        let cell = self.cells.get(target)?;
        // Targets are mostly read one after the other.
        if let Some(next) = self.low.get(target + 1) {
            prefetch_from(next, 0);
        }
        let (min, max) = match cell {
            Cell::Value(_) => (moments.min, moments.max),
            Cell::Date(dates) => (dates.min.unwrap_or(0.0), dates.max.unwrap_or(0.0)),
            Cell::Codes { .. } => return None,
        };
        match (cell.store(), self.histogram(target)) {
            (Some(Store::Counted(counted)), _) => Some(Distribution::from_counts(
                counted.values.clone(),
                &counted.counts,
            )),
            (_, Some(histogram)) => Some(Distribution::Interpolated(Interpolant::new(
                mode.grid(target)?,
                histogram,
                min,
                max,
            ))),
            _ => {
                let values = self.kept(target)?.flat_map(|(_, values)| values).copied();
                Some(Distribution::from_values(
                    values.filter(|x| x.is_finite()).collect(),
                ))
            }
        }
    }
}
