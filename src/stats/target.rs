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

/// Whether every value is finite; one subtraction and one addition per value.
#[inline(always)]
#[expect(clippy::eq_op, reason = "x − x tells finite values from others")]
pub(crate) fn all_finite(values: &[f64]) -> bool {
    // x − x is 0 for finite x and NaN otherwise; NaN survives every sum.
    let mut lanes = [0.0_f64; 8];
    let mut chunks = values.chunks_exact(8);
    for chunk in &mut chunks {
        for lane in 0..8 {
            lanes[lane] += chunk[lane] - chunk[lane];
        }
    }
    let rest: f64 = chunks.remainder().iter().map(|x| x - x).sum();
    lanes.iter().sum::<f64>() + rest == 0.0
}

#[cfg(test)]
mod tests {
    use super::all_finite;

    #[test]
    fn one_non_finite_value_is_seen_at_every_position() {
        for length in [1, 7, 8, 9, 33] {
            let clean = vec![f64::MAX; length];
            assert!(all_finite(&clean));
            for position in 0..length {
                for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                    let mut values = clean.clone();
                    values[position] = bad;
                    assert!(!all_finite(&values), "{length} {position} {bad}");
                }
            }
        }
    }
}
