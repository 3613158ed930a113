//! Batches of a run evaluated again under the eyes of a stopwatch, for `fanfare run --profile`.

use super::settings::Settings;
use crate::eval::{Laps, Sink, Workspace, evaluate_measured};
use crate::plan::Plan;

/// Delivers nothing: the statistics are not measured here.
struct Ignore;

impl Sink for Ignore {
    fn accept(&mut self, _target: usize, _values: &[f64]) {}
}

/// Evaluates `n_batches` batches from the first trial on, on one thread, and tells `laps` of each instruction; returns the trials of a batch.
pub fn measure(plan: &Plan, settings: &Settings, n_batches: u64, laps: &mut dyn Laps) -> usize {
    let n = settings.batch(plan);
    let mut workspace = Workspace::new(plan, n);
    let mut scores = settings.sampler(plan).scores();
    for batch in 0..n_batches {
        evaluate_measured(
            plan,
            &mut workspace,
            &mut scores,
            batch * n as u64,
            n,
            &mut Ignore,
            Some(laps),
        );
    }
    n
}
