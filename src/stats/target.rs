//! What the statistics are kept of: one target per output cell, and the blocks in which trials arrive.

use serde::{Deserialize, Serialize};

/// Trials in one block; blocks are aligned to the trial number, so batches, threads and shards never change a block.
pub const TRIALS_PER_BLOCK: usize = 4096;

/// Which statistics a target needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TargetKind {
    /// A number per trial: moments, extremes, quantiles.
    Value,
    /// Index of the first label at which a crossing holds: 0 … `n_labels` − 1, or `n_labels` for never.
    CrossingFirst {
        /// Labels of the time dimension.
        n_labels: usize,
    },
    /// 1 where the crossing is undone at a later label, else 0.
    Recross,
    /// Crossing date in units of the time dimension: −∞ = left-censored, +∞ = never.
    Date,
}

impl TargetKind {
    /// Whether quantiles are asked of it.
    #[must_use]
    pub(crate) fn has_quantiles(self) -> bool {
        matches!(self, Self::Value | Self::Date)
    }
}

/// All targets of a run, in the order of their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TargetPlan {
    /// Kind of each target.
    pub kinds: Vec<TargetKind>,
}

impl TargetPlan {
    /// Number of targets.
    #[must_use]
    pub fn n_targets(&self) -> usize {
        self.kinds.len()
    }
}
