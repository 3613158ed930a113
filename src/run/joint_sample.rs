//! A sample kept whole: the first trials, outputs at their outermost place beside one summary score for each input.

use ndarray::Array2;

use crate::check::{CheckedModel, NodeId};
use crate::diag::Diagnostic;
use crate::dimension::Assignment;
use crate::eval::{Sink, Workspace, evaluate};
use crate::plan::{PlanRequest, TargetKind, build};
use crate::sample::AddressedScores;
use crate::stats::spearman;

/// Most trials that are kept.
pub const JOINT_SAMPLE_TRIALS: u64 = 10_000;

/// Most values that are kept: models of very many inputs keep fewer trials.
const MOST_KEPT_VALUES: usize = 1 << 24;

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

/// Trials 0 … 9,999 (fewer in a shorter run, or with more than 1,677 columns).
#[derive(Debug, Clone, PartialEq)]
pub struct JointSample {
    /// What the columns hold.
    pub columns: Vec<SampleColumn>,
    /// `[trials × columns]`
    pub values: Array2<f64>,
}

/// How strongly an input moves an output: the rank correlation of its summary score with the output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankDriver {
    /// The input.
    pub input: NodeId,
    /// Spearman's rank correlation.
    pub correlation: f64,
    /// Its Monte Carlo error, (1 − r²) √((1 + r²/2)/N) (Bonett and Wright 2000).
    pub error: f64,
}

struct Ignore;

impl Sink for Ignore {
    fn accept(&mut self, _target: usize, _values: &[f64]) {}
}

/// Evaluates the joint sample of a run of `trials` trials.
///
/// # Errors
/// Parameters out of their domain, as in [`build`].
pub fn joint_sample(
    model: &CheckedModel,
    seed: u64,
    trials: u64,
) -> Result<JointSample, Vec<Diagnostic>> {
    const TRIALS_PER_BATCH: usize = 250;
    let plan = build(model, PlanRequest::JointSample)?;
    let mut rows = Vec::new();
    let mut columns = Vec::new();
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
    let n = (trials.min(JOINT_SAMPLE_TRIALS) as usize).min(MOST_KEPT_VALUES / columns.len().max(1));
    let mut values = Array2::zeros((n, columns.len()));
    let mut workspace = Workspace::new(&plan, TRIALS_PER_BATCH);
    let mut scores = AddressedScores::new(seed, &plan.streams);
    for first in (0..n).step_by(TRIALS_PER_BATCH) {
        let in_batch = TRIALS_PER_BATCH.min(n - first);
        evaluate(
            &plan,
            &mut workspace,
            &mut scores,
            first as u64,
            in_batch,
            &mut Ignore,
        );
        for (column, &row) in rows.iter().enumerate() {
            for (trial, &value) in workspace.kept(row, in_batch).iter().enumerate() {
                values[(first + trial, column)] = value;
            }
        }
    }
    Ok(JointSample { columns, values })
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
        let n = self.values.nrows() as f64;
        let mut drivers: Vec<_> = self
            .columns
            .iter()
            .enumerate()
            .filter_map(|(column, kind)| {
                let SampleColumn::Input(input) = *kind else {
                    return None;
                };
                let correlation = spearman(self.values.view(), column, target)?;
                let squared = correlation * correlation;
                Some(RankDriver {
                    input,
                    correlation,
                    error: (1.0 - squared) * ((1.0 + 0.5 * squared) / n).sqrt(),
                })
            })
            .collect();
        drivers.sort_by(|a, b| b.correlation.abs().total_cmp(&a.correlation.abs()));
        drivers
    }
}
