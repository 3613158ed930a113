//! How a model is run, and who watches.

use crate::eval::trials_per_batch;
use crate::plan::Plan;
use crate::sample::{Design, Sampler, SobolOrder};

/// Most trials of one run: counts are kept in 32 bits.
pub const MOST_TRIALS: u64 = 4_000_000_000;

/// Settings of a run. Only `trials`, `seed`, `design` and `sobol_order` decide numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Number of trials.
    pub trials: u64,
    /// Seed; zero is a seed like any other.
    pub seed: u64,
    /// How trials are spread.
    pub design: Design,
    /// Which inputs take the first Sobol' dimensions; see [`sobol_order`](super::sobol_order). Other designs have none.
    pub sobol_order: Option<SobolOrder>,
    /// Threads; all cores if `None`.
    pub threads: Option<usize>,
    /// Trials evaluated together; chosen by the size of the plan if `None`.
    pub trials_per_batch: Option<usize>,
    /// Leave values that are not finite out of the statistics instead of failing.
    pub allow_non_finite: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            trials: 1_000_000,
            seed: 1,
            design: Design::Random,
            sobol_order: None,
            threads: None,
            trials_per_batch: None,
            allow_non_finite: false,
        }
    }
}

impl Settings {
    /// Trials evaluated together.
    #[must_use]
    pub fn batch(&self, plan: &Plan) -> usize {
        self.trials_per_batch
            .unwrap_or_else(|| trials_per_batch(plan))
    }

    /// The scores of a plan's streams under this seed and design.
    #[must_use]
    pub fn sampler(&self, plan: &Plan) -> Sampler {
        Sampler::new(
            self.seed,
            self.design,
            &plan.streams,
            self.sobol_order.as_ref(),
        )
    }
}

/// Watches a run from other threads.
pub trait Observer: Sync {
    /// `done` of `total` trials have been evaluated.
    fn progress(&self, done: u64, total: u64) {
        let _ = (done, total);
    }

    /// Whether the run should stop as soon as it can.
    fn is_cancelled(&self) -> bool {
        false
    }

    /// Whether the run should pause after the units at work, so that what it has can be stored.
    fn checkpoint_due(&self) -> bool {
        false
    }
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {}
