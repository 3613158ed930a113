//! The sample of a run whose plan keeps one, taken from the run's own batches.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ndarray::Array2;

use super::joint_sample::{Columns, JointSample};
use super::settings::Settings;
use crate::eval::Workspace;
use crate::plan::Plan;

/// What [`super::sample`] would evaluate, as far as the trials were met.
#[derive(Debug)]
pub(super) struct Collected {
    columns: Columns,
    /// Number of trials of the sample, the first of the run.
    n_trials: u64,
    /// Trial after trial of a batch, by its first trial.
    pieces: Mutex<BTreeMap<u64, Vec<f64>>>,
}

impl Collected {
    /// Nothing yet; none where the plan keeps no sample, or where it does not consist of the first trials, as in designs of replicates.
    pub(super) fn new(plan: &Plan, settings: &Settings) -> Option<Self> {
        if plan.summaries.is_empty() || settings.design.points().is_some() {
            return None;
        }
        let columns = Columns::of(plan);
        Some(Self {
            n_trials: settings.trials.min(columns.most),
            columns,
            pieces: Mutex::default(),
        })
    }

    /// Takes what a batch of `n` trials has kept.
    pub(super) fn take(&self, workspace: &Workspace, first_trial: u64, n: usize) {
        let n_left = self.n_trials.saturating_sub(first_trial);
        let n_taken = n.min(usize::try_from(n_left).unwrap_or(usize::MAX));
        if n_taken == 0 {
            return;
        }
        let rows = self.columns.rows.iter();
        let kept: Vec<&[f64]> = rows.map(|&row| workspace.kept(row, n)).collect();
        let of_trial = |trial: usize| kept.iter().map(move |row| row[trial]);
        let piece = (0..n_taken).flat_map(of_trial).collect();
        self.lock().insert(first_trial, piece);
    }

    /// The sample; none if trials of it were not met.
    pub(super) fn sample(&self) -> Option<JointSample> {
        let n_columns = self.columns.columns.len();
        let pieces = self.lock();
        let values: Vec<f64> = pieces.values().flatten().copied().collect();
        let n_trials = usize::try_from(self.n_trials).ok()?;
        Some(JointSample {
            trials: (0..self.n_trials).collect(),
            columns: self.columns.columns.clone(),
            // Pieces do not overlap, so as many values as that are those of all trials.
            values: Array2::from_shape_vec((n_trials, n_columns), values).ok()?,
            independent: true,
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Vec<f64>>> {
        self.pieces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
