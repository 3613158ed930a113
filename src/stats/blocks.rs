//! How the trials of a run fall into blocks and replicates.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::target::TRIALS_PER_BLOCK;

/// The blocks of a run: runs of up to [`TRIALS_PER_BLOCK`] trials, aligned to the trial number, and in designs of replicates aligned to the
/// replicate, so that no block lies in two of them. Batches, threads and shards never change a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocks {
    trials: u64,
    /// Points of a replicate; `None` in the random design.
    points: Option<u64>,
}

/// The trials of one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockSpan {
    /// Its first trial.
    pub first_trial: u64,
    /// Number of trials, at most [`TRIALS_PER_BLOCK`].
    pub n_trials: usize,
}

impl Blocks {
    /// Blocks of `trials` trials in replicates of `points`, of which `trials` is a multiple.
    #[must_use]
    pub fn new(trials: u64, points: Option<u64>) -> Self {
        debug_assert!(points.is_none_or(|points| points > 0 && trials.is_multiple_of(points)));
        Self { trials, points }
    }

    /// Trials of the run.
    #[must_use]
    pub fn trials(&self) -> u64 {
        self.trials
    }

    /// Points of a replicate; `None` in the random design.
    #[must_use]
    pub(crate) fn points(&self) -> Option<u64> {
        self.points
    }

    /// Replicates; `None` in the random design.
    #[must_use]
    pub fn n_replicates(&self) -> Option<u64> {
        self.points.map(|points| self.trials / points)
    }

    /// Blocks of a replicate of so many points.
    #[must_use]
    pub(crate) fn per_replicate(points: u64) -> u64 {
        points.div_ceil(TRIALS_PER_BLOCK as u64)
    }

    /// Blocks of a unit of work: of a replicate, else one.
    #[must_use]
    pub fn blocks_per_unit(&self) -> u64 {
        self.points.map_or(1, Self::per_replicate)
    }

    /// Units of work that are never divided among threads, shards or checkpoints: replicates, else blocks.
    #[must_use]
    pub fn n_units(&self) -> u64 {
        self.n_replicates()
            .unwrap_or_else(|| self.trials.div_ceil(TRIALS_PER_BLOCK as u64))
    }

    /// All blocks.
    #[must_use]
    pub fn n_blocks(&self) -> u64 {
        self.n_units() * self.blocks_per_unit()
    }

    /// The blocks of one unit.
    #[must_use]
    pub fn of_unit(&self, unit: u64) -> Range<u64> {
        let n = self.blocks_per_unit();
        unit * n..(unit + 1) * n
    }

    /// Trials of a range of units, which lies in the run.
    #[must_use]
    pub(crate) fn trials_of(&self, units: &Range<u64>) -> u64 {
        let before = |unit: u64| {
            let per_unit = self.points.unwrap_or(TRIALS_PER_BLOCK as u64);
            unit.saturating_mul(per_unit).min(self.trials)
        };
        before(units.end).saturating_sub(before(units.start))
    }

    /// The trials of one block.
    #[must_use]
    pub fn span(&self, block: u64) -> BlockSpan {
        let per_block = TRIALS_PER_BLOCK as u64;
        let (start, offset, end) = match self.points {
            None => (0, block * per_block, self.trials),
            Some(points) => {
                let n = self.blocks_per_unit();
                (block / n * points, block % n * per_block, points)
            }
        };
        BlockSpan {
            first_trial: start + offset,
            n_trials: end.saturating_sub(offset).min(per_block) as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_all_trials_once_and_keep_to_their_replicate() {
        for (trials, points) in [
            (10_000, None),
            (4096, None),
            (1, None),
            (30_000, Some(10_000)),
            (4096 * 6, Some(4096)),
            (320, Some(20)),
        ] {
            let blocks = Blocks::new(trials, points);
            let mut next = 0;
            for unit in 0..blocks.n_units() {
                for block in blocks.of_unit(unit) {
                    let span = blocks.span(block);
                    assert_eq!(span.first_trial, next);
                    next += span.n_trials as u64;
                    if let Some(points) = points {
                        assert_eq!(span.first_trial / points, unit);
                        assert_eq!((next - 1) / points, unit);
                    }
                }
            }
            assert_eq!(next, trials, "{trials} {points:?}");
        }
    }
}
