//! Random choices from one seed.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// The choices that make up one model.
pub struct Choices(ChaCha8Rng);

impl Choices {
    /// The choices of a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A whole number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "a choice among nothing");
        (self.0.next_u64() % n as u64) as usize
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }

    /// A short decimal between `low` and `high`.
    pub fn decimal(&mut self, low: f64, high: f64) -> String {
        let share = self.below(10_001) as f64 / 10_000.0;
        format!("{:.3}", low + (high - low) * share)
    }
}
