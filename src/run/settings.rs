//! How a model is run, and who watches.

use crate::sample::Design;

/// Settings of a run. Only `trials`, `seed` and `design` decide numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Number of trials.
    pub trials: u64,
    /// Seed; zero is a seed like any other.
    pub seed: u64,
    /// How trials are spread.
    pub design: Design,
    /// Threads; all cores if `None`.
    pub threads: Option<usize>,
    /// Trials evaluated together; chosen to fit the second-level cache if `None`.
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
            threads: None,
            trials_per_batch: None,
            allow_non_finite: false,
        }
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
