//! Takes the batches of one thread.

use std::sync::Arc;

use fearless_simd::{Simd, dispatch};
use serde::{Deserialize, Serialize};

use super::counts::{Counts, Mode, ReplicateMarks};
use super::moments::{BlockSums, Moments};
use super::pilot::Placed;
use super::prefetch::prefetch_from;
use super::spread::Spread;
use super::target::{TRIALS_PER_BLOCK, TargetKind, TargetPlan};
use super::tree::Combine;
use super::waiting::Row;
use crate::math::simd_level;

/// Moments of one finished block, one entry per target; only those of value targets are filled.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedBlock {
    /// Block number, see [`super::Blocks`].
    pub block: u64,
    /// Moments by target.
    pub moments: Vec<Moments>,
}

/// What one replicate adds to the spread over replicates, one entry per target; only those of value targets are filled.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedReplicate {
    /// Its number: trial number / points of a replicate.
    pub replicate: u64,
    pub(crate) spreads: Vec<MomentSpread>,
}

/// Spread of the means and of the variances over replicates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct MomentSpread {
    pub(crate) mean: Spread,
    pub(crate) variance: Spread,
}

impl MomentSpread {
    fn of(moments: &Moments) -> Self {
        let sd = moments.sd();
        Self {
            mean: Spread::of((moments.count > 0).then_some(moments.mean)),
            variance: Spread::of(sd.map(|_| moments.m2 / (moments.count - 1) as f64)),
        }
    }
}

impl Combine for MomentSpread {
    fn combine(&self, other: &Self) -> Self {
        Self {
            mean: self.mean.combine(&other.mean),
            variance: self.variance.combine(&other.variance),
        }
    }
}

/// Statistics of one thread: sums of its current block and counts of all blocks that it has seen.
///
/// Memory: about 2.5 KB per value target, of which 2 KB are the histogram; in the exact mode the values themselves.
#[derive(Debug, Clone)]
pub struct BlockAccumulator {
    plan: Arc<TargetPlan>,
    mode: Mode,
    sums: Vec<BlockSums>,
    /// Created with the first batch, so that a part that was merged costs nothing.
    counts: Option<Counts>,
    open: bool,
    /// Moments of the current replicate by target; empty in the random design.
    replicate: Vec<Moments>,
    marks: ReplicateMarks,
    successors: Successors,
}

/// Which target follows which: batches deliver them in the same order, so what one batch shows tells what the next will need.
#[derive(Debug, Clone)]
struct Successors {
    next: Vec<usize>,
    last: usize,
}

impl Successors {
    fn new(n_targets: usize) -> Self {
        Self {
            next: vec![0; n_targets],
            last: 0,
        }
    }

    /// Notes that `target` came, and guesses the next.
    fn after(&mut self, target: usize) -> usize {
        self.next[self.last] = target;
        self.last = target;
        self.next[target]
    }
}

impl BlockAccumulator {
    /// An accumulator of one thread. In [`Mode::Sketch`] there is one grid per target; `points` are those of a replicate, `None` in the
    /// random design.
    #[must_use]
    pub fn new(plan: Arc<TargetPlan>, mode: Mode, points: Option<u64>) -> Self {
        if let Mode::Sketch(grids) = &mode {
            debug_assert_eq!(grids.len(), plan.n_targets(), "one grid per target");
        }
        Self::with_mode(plan, mode, points)
    }

    fn with_mode(plan: Arc<TargetPlan>, mode: Mode, points: Option<u64>) -> Self {
        Self {
            sums: vec![BlockSums::EMPTY; plan.n_targets()],
            successors: Successors::new(plan.n_targets()),
            replicate: points.map_or_else(Vec::new, |_| vec![Moments::EMPTY; plan.n_targets()]),
            plan,
            mode,
            counts: None,
            open: false,
            marks: ReplicateMarks::default(),
        }
    }

    /// An accumulator that has no bins until [`BlockAccumulator::place`] gives each target its own; what else is kept of values is counted.
    pub(crate) fn without_bins(plan: Arc<TargetPlan>, points: Option<u64>) -> Self {
        Self::with_mode(plan, Mode::Sketch(Arc::default()), points)
    }

    /// Gives each target its bins and what they hold of the values that were counted without them.
    pub(crate) fn place(&mut self, placed: Placed) {
        let Placed { grids, stores, low } = placed;
        let replicates = !self.replicate.is_empty();
        if let Some(counts) = &mut self.counts {
            counts.place(&grids, stores, low, replicates);
        }
        self.mode = Mode::Sketch(Arc::new(grids));
    }

    /// How values are kept for quantiles.
    #[must_use]
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// Adds the values of consecutive trials of one target, the first being `offset` in the current block.
    /// Batches of a block come in ascending order of trials; targets in any order. Codes of values: see [`TargetKind`].
    ///
    /// # Panics
    /// If the values go beyond the end of a block.
    pub fn update(&mut self, target: usize, offset: usize, values: &[f64]) {
        assert!(
            offset + values.len() <= TRIALS_PER_BLOCK,
            "a batch ends with its block"
        );
        self.open = true;
        let row = Row {
            target,
            offset,
            values,
        };
        dispatch!(simd_level(), simd => self.update_vectorised(simd, row));
    }

    #[inline(always)]
    fn update_vectorised<S: Simd>(&mut self, simd: S, row: Row<'_>) {
        let Row {
            target,
            offset,
            values,
        } = row;
        let (plan, mode) = (&self.plan, &self.mode);
        let replicates = !self.replicate.is_empty();
        let counts = self
            .counts
            .get_or_insert_with(|| Counts::new(plan, mode, replicates));
        let kind = self.plan.kinds[target];
        if kind.has_quantiles() {
            counts.keep(target, offset, values);
        }
        if kind != TargetKind::Value {
            counts.update_crossing(&self.mode, target, offset, values);
            return;
        }
        // The histogram comes from outer caches while the slots are found; it is needed with the next target, of which what says where
        // things are is asked for meanwhile.
        let next = self.successors.after(target);
        counts.prefetch_cell(&self.mode, next);
        prefetch_from(&self.sums[next..=next], 0);
        prefetch_from(&self.plan.kinds[next..=next], 0);
        let sums = &mut self.sums[target];
        let before = sums.clone();
        if counts.update_with_sums(simd, &self.mode, row, sums) {
            return;
        }
        *sums = before;
        // Runs of finite values go through the same lanes as in a batch without others.
        let mut place = 0;
        for run in values.chunk_by(|a, b| a.is_finite() == b.is_finite()) {
            if run[0].is_finite() {
                // Sums of huge values may overflow: these are counted all the same.
                sums.update(offset + place, run);
                counts.update_finite(&self.mode, target, run);
            } else {
                for (index, &value) in run.iter().enumerate() {
                    counts.refuse(target, offset + place + index, value);
                }
            }
            place += run.len();
        }
    }

    /// Ends the current block, whose first trial is given; its moments go to [`super::Statistics::insert`], the counts stay.
    pub fn finish_block(&mut self, block: u64, first_trial: u64) -> FinishedBlock {
        self.open = false;
        if let Some(counts) = &mut self.counts {
            counts.finish_block(block, first_trial);
        }
        let moments: Vec<Moments> = self.sums.iter_mut().map(BlockSums::finish).collect();
        for (replicate, block) in self.replicate.iter_mut().zip(&moments) {
            *replicate = replicate.combine(block);
        }
        FinishedBlock { block, moments }
    }

    /// Ends a replicate, all of whose blocks this thread has finished in ascending order, and no other since; it goes to
    /// [`super::Statistics::insert_replicate`]. Not for the random design.
    pub fn finish_replicate(&mut self, replicate: u64) -> FinishedReplicate {
        debug_assert!(!self.open, "a replicate ends with its last block");
        let spreads = self.replicate.iter().map(MomentSpread::of).collect();
        self.replicate.fill(Moments::EMPTY);
        if let Some(counts) = &mut self.counts {
            counts.finish_replicate(&self.mode, &mut self.marks);
        }
        FinishedReplicate { replicate, spreads }
    }

    /// Whether a block has been begun and not finished.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    pub(crate) fn take_counts(&mut self) -> Option<Counts> {
        self.marks = ReplicateMarks::default();
        let mut counts = self.counts.take();
        counts.iter_mut().for_each(Counts::settle);
        counts
    }

    pub(crate) fn belongs_to(&self, plan: &TargetPlan, mode: &Mode) -> bool {
        *self.plan == *plan && same_mode(&self.mode, mode)
    }
}

/// Equality of modes; grids are compared only if they are not the same ones.
pub(crate) fn same_mode(a: &Mode, b: &Mode) -> bool {
    match (a, b) {
        (Mode::Sketch(a), Mode::Sketch(b)) if Arc::ptr_eq(a, b) => true,
        // NaN marks nothing in a grid that is compared: atoms are finite.
        _ => a == b,
    }
}
