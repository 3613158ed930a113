//! A sample kept whole: some of the trials, outputs at their outermost place beside one summary score for each input.

use std::ops::Range;

use ndarray::Array2;
use rayon::prelude::*;

use super::settings::Settings;
use crate::check::{CheckedModel, NodeId};
use crate::diag::Diagnostic;
use crate::dimension::Assignment;
use crate::eval::{Sink, Workspace, evaluate};
use crate::plan::{Plan, PlanRequest, TargetKind, build};
use crate::stats::{mid_ranks, rank_correlation};

/// Most trials that are kept.
pub const JOINT_SAMPLE_TRIALS: u64 = 10_000;

/// Most values that are kept: models of very many inputs keep fewer trials.
const MOST_KEPT_VALUES: usize = 1 << 24;

/// Trials evaluated together: whole blocks of rows.
const TRIALS_PER_BATCH: u64 = 256;

/// Neighbouring trials of a sample that is spread over a replicate.
const TRIALS_PER_RUN: u64 = 250;

/// What a column of the sample holds.
#[derive(Debug, Clone, PartialEq)]
pub enum SampleColumn {
    /// An output at its outermost place.
    Output {
        /// Index in the model's outputs.
        output: usize,
        /// Index in the output's places.
        place: usize,
        /// The labels of the cell.
        at: Assignment,
    },
    /// The mean of the normal scores of an input's cells.
    Input(NodeId),
}

/// 10,000 trials (fewer in a shorter run, or with more than 1,677 columns): the first ones; in designs of replicates whole replicates, or if
/// one has more points, runs of 250 trials that are spread evenly over the first.
#[derive(Debug, Clone, PartialEq)]
pub struct JointSample {
    /// The number of the trial of each row.
    pub trials: Vec<u64>,
    /// What the columns hold.
    pub columns: Vec<SampleColumn>,
    /// `[trials × columns]`
    pub values: Array2<f64>,
    /// Whether the trials are independent of each other, as in the random design.
    pub independent: bool,
}

/// How strongly an input moves an output: the rank correlation of its summary score with the output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankDriver {
    /// The input.
    pub input: NodeId,
    /// Spearman's rank correlation.
    pub correlation: f64,
    /// Its Monte Carlo error, (1 − r²) √((1 + r²/2)/N) (Bonett and Wright 2000); `None` in designs of replicates, whose trials are not
    /// independent.
    pub error: Option<f64>,
}

/// The columns that a plan keeps of a sample.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) columns: Vec<SampleColumn>,
    /// The kept row of each.
    pub(super) rows: Vec<usize>,
    /// Most trials of so many columns.
    pub(super) most: u64,
}

impl Columns {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut columns = Vec::new();
        let mut rows = Vec::new();
        for &(target, row) in &plan.kept_targets {
            if let TargetKind::Output { output, place } = plan.targets[target].kind {
                columns.push(SampleColumn::Output {
                    output,
                    place,
                    at: plan.targets[target].at.clone(),
                });
                rows.push(row);
            }
        }
        for &(input, row) in &plan.summaries {
            columns.push(SampleColumn::Input(input));
            rows.push(row);
        }
        let most = JOINT_SAMPLE_TRIALS.min((MOST_KEPT_VALUES / columns.len().max(1)) as u64);
        Self {
            columns,
            rows,
            most,
        }
    }
}

struct Ignore;

impl Sink for Ignore {
    fn accept(&mut self, _target: usize, _values: &[f64]) {}
}

/// Evaluates the joint sample of a run.
///
/// # Errors
/// Parameters out of their domain, as in [`build`].
pub fn joint_sample(
    model: &CheckedModel,
    settings: &Settings,
) -> Result<JointSample, Vec<Diagnostic>> {
    Ok(sample(&build(model, PlanRequest::JointSample)?, settings))
}

/// Evaluates what a plan for [`PlanRequest::JointSample`] or [`PlanRequest::Drivers`] keeps, on the threads of the pool that it is called in.
#[must_use]
pub fn sample(plan: &Plan, settings: &Settings) -> JointSample {
    let Columns {
        columns,
        rows,
        most,
    } = Columns::of(plan);
    let runs = runs_of_trials(settings.trials, settings.design.points(), most);
    let trials: Vec<u64> = runs.iter().cloned().flatten().collect();
    let runs_per_thread = runs.len().div_ceil(rayon::current_num_threads()).max(1);
    let sampler = settings.sampler(plan);
    // Row after row of the sample; each thread fills its share.
    let n_columns = columns.len();
    let mut values = vec![0.0; trials.len() * n_columns];
    let mut shares = Vec::new();
    let mut rest = values.as_mut_slice();
    for runs in runs.chunks(runs_per_thread) {
        let n: u64 = runs.iter().map(|run| run.end - run.start).sum();
        let (share, others) = std::mem::take(&mut rest).split_at_mut(n as usize * n_columns);
        rest = others;
        shares.push((runs, share));
    }
    shares.into_par_iter().for_each(|(runs, share)| {
        let mut workspace = Workspace::new(plan, TRIALS_PER_BATCH as usize);
        let mut scores = sampler.scores();
        let mut trials = share.chunks_exact_mut(n_columns.max(1));
        for run in runs {
            let n = (run.end - run.start) as usize;
            let first = run.start;
            evaluate(plan, &mut workspace, &mut scores, first, n, &mut Ignore);
            let kept: Vec<&[f64]> = rows.iter().map(|&row| workspace.kept(row, n)).collect();
            for (trial, to) in trials.by_ref().take(n).enumerate() {
                for (to, column) in to.iter_mut().zip(&kept) {
                    *to = column[trial];
                }
            }
        }
    });
    let values = Array2::from_shape_vec((trials.len(), n_columns), values)
        .expect("every trial has a value in each column");
    JointSample {
        trials,
        columns,
        values,
        independent: settings.design.points().is_none(),
    }
}

/// Up to `most` trials in runs of at most [`TRIALS_PER_BATCH`], none across two replicates.
fn runs_of_trials(trials: u64, points: Option<u64>, most: u64) -> Vec<Range<u64>> {
    let cut = |all: Range<u64>, length: u64| {
        let end = all.end;
        all.step_by(length as usize)
            .map(move |first| first..(first + length).min(end))
    };
    match points {
        None => cut(0..trials.min(most), TRIALS_PER_BATCH).collect(),
        Some(points) if points <= most => {
            let replicates = (trials / points).min(most / points);
            (0..replicates)
                .flat_map(|replicate| {
                    cut(
                        replicate * points..(replicate + 1) * points,
                        TRIALS_PER_BATCH,
                    )
                })
                .collect()
        }
        // The first k thousandths of a hypercube are no better spread than any other points of it; runs keep the evaluation fast.
        Some(points) => {
            let n_runs = most.div_ceil(TRIALS_PER_RUN);
            cut(0..most, TRIALS_PER_RUN)
                .enumerate()
                .map(|(run, within)| {
                    // At most `points`, so it fits.
                    let first = (u128::from(points) * run as u128 / u128::from(n_runs)) as u64;
                    first..first + (within.end - within.start)
                })
                .collect()
        }
    }
}

impl JointSample {
    /// The last cell kept of an output: its place (by index) and labels; at the last time label if the output has any.
    #[must_use]
    pub fn last_cell(&self, output: usize) -> Option<(usize, Assignment)> {
        self.columns.iter().rev().find_map(|column| match column {
            SampleColumn::Output {
                output: of,
                place,
                at,
            } if *of == output => Some((*place, at.clone())),
            _ => None,
        })
    }

    /// The inputs by their rank correlation with one output cell, strongest first; inputs or outputs that do not vary have none.
    #[must_use]
    pub fn drivers(&self, output: usize, at: &Assignment) -> Vec<RankDriver> {
        let wanted = self.columns.iter().position(|column| matches!(column, SampleColumn::Output { output: of, at: there, .. } if *of == output && there == at));
        let Some(target) = wanted else {
            return Vec::new();
        };
        let ranks = |column: usize| mid_ranks(&self.values.column(column).to_vec());
        let Some(target) = ranks(target) else {
            return Vec::new();
        };
        let n = self.values.nrows() as f64;
        let mut drivers: Vec<_> = self
            .columns
            .par_iter()
            .enumerate()
            .filter_map(|(column, kind)| {
                let SampleColumn::Input(input) = *kind else {
                    return None;
                };
                let correlation = rank_correlation(&ranks(column)?, &target)?;
                let squared = correlation * correlation;
                Some(RankDriver {
                    input,
                    correlation,
                    error: self
                        .independent
                        .then(|| (1.0 - squared) * ((1.0 + 0.5 * squared) / n).sqrt()),
                })
            })
            .collect();
        drivers.sort_by(|a, b| b.correlation.abs().total_cmp(&a.correlation.abs()));
        drivers
    }
}

#[cfg(test)]
mod tests;
