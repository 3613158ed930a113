//! The array of normal scores that an evaluation takes, whoever provides it.

use crate::math::normal_cdf;

/// Provides independent standard normal scores: one row for each stream of a plan.
pub trait Scores {
    /// Fills `out` with the scores of `stream` (its number in the plan) for the trials from `first_trial` on.
    fn fill(&mut self, stream: usize, first_trial: u64, out: &mut [f64]);

    /// Fills `out` with the levels of those scores: their normal distribution function, or the uniform numbers that they were made of.
    fn fill_levels(&mut self, stream: usize, first_trial: u64, out: &mut [f64]) {
        self.fill(stream, first_trial, out);
        for slot in out {
            *slot = normal_cdf(*slot);
        }
    }
}

/// The same score for every stream and trial; 0 gives the central case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixedScores(pub f64);

impl Scores for FixedScores {
    fn fill(&mut self, _stream: usize, _first_trial: u64, out: &mut [f64]) {
        out.fill(self.0);
    }
}
