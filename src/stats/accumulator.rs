//! Takes the batches of one thread.

use std::sync::Arc;

use fearless_simd::dispatch;

use super::counts::{Counts, Mode};
use super::moments::{BlockSums, Moments};
use super::target::{TRIALS_PER_BLOCK, TargetKind, TargetPlan, all_finite};
use crate::math::simd_level;

/// Moments of one finished block, one entry per target; only those of value targets are filled.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedBlock {
    /// Block number: trial number / [`TRIALS_PER_BLOCK`].
    pub block: u64,
    /// Moments by target.
    pub moments: Vec<Moments>,
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
}

impl BlockAccumulator {
    /// An accumulator of one thread. In [`Mode::Sketch`] there is one grid per target.
    #[must_use]
    pub fn new(plan: Arc<TargetPlan>, mode: Mode) -> Self {
        if let Mode::Sketch(grids) = &mode {
            debug_assert_eq!(grids.len(), plan.n_targets(), "one grid per target");
        }
        Self {
            sums: vec![BlockSums::EMPTY; plan.n_targets()],
            plan,
            mode,
            counts: None,
            open: false,
        }
    }

    /// Adds the values of consecutive trials of one target, the first being `offset` in the current block.
    /// Batches of a block come in ascending order of trials; targets in any order. Codes of values: see [`TargetKind`].
    pub fn update(&mut self, target: usize, offset: usize, values: &[f64]) {
        debug_assert!(
            offset + values.len() <= TRIALS_PER_BLOCK,
            "a batch ends with its block"
        );
        self.open = true;
        dispatch!(simd_level(), _simd => self.update_vectorised(target, offset, values));
    }

    #[inline(always)]
    fn update_vectorised(&mut self, target: usize, offset: usize, values: &[f64]) {
        let (plan, mode) = (&self.plan, &self.mode);
        let counts = self.counts.get_or_insert_with(|| Counts::new(plan, mode));
        let kind = self.plan.kinds[target];
        if kind.has_quantiles() {
            counts.keep(target, offset, values);
        }
        if kind != TargetKind::Value {
            counts.update_crossing(&self.mode, target, offset, values);
        } else if all_finite(values) {
            // Loads that nothing waits for: the histogram comes from outer caches while the moments are summed.
            std::hint::black_box(counts.touch(target));
            self.sums[target].update(offset, values);
            counts.update_finite(&self.mode, target, values);
        } else {
            // Runs of finite values go through the same lanes as in a batch without others.
            let mut place = 0;
            for run in values.chunk_by(|a, b| a.is_finite() == b.is_finite()) {
                if run[0].is_finite() {
                    self.sums[target].update(offset + place, run);
                    counts.update_finite(&self.mode, target, run);
                } else {
                    for (index, &value) in run.iter().enumerate() {
                        counts.refuse(target, offset + place + index, value);
                    }
                }
                place += run.len();
            }
        }
    }

    /// Ends the current block; its moments go to [`super::Statistics::insert`], the counts stay.
    pub fn finish_block(&mut self, block: u64) -> FinishedBlock {
        self.open = false;
        if let Some(counts) = &mut self.counts {
            counts.finish_block(block);
        }
        FinishedBlock {
            block,
            moments: self.sums.iter_mut().map(BlockSums::finish).collect(),
        }
    }

    /// Whether a block has been begun and not finished.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    pub(crate) fn take_counts(&mut self) -> Option<Counts> {
        self.counts.take()
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
