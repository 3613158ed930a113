//! The dependence of a sample: what is asked, estimated in its kind, with its error.

use std::collections::BTreeMap;

use super::pairs::PairOfCells;
use super::{Asked, DEPENDENCE_TRIALS, DependenceRow};
use crate::check::{CheckedModel, NodeId};
use crate::diag::Diagnostic;
use crate::eval::{Sink, Workspace, evaluate};
use crate::model::CorrelationKind;
use crate::plan::{PlanRequest, build};
use crate::run::Settings;
use crate::stats::mid_ranks;

/// An estimate from [`DEPENDENCE_TRIALS`] trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampled {
    /// The correlation of the sample.
    pub value: f64,
    /// Its standard error: the sd over trials of one trial's influence, over √trials.
    pub error: f64,
}

/// Samples of cells: input and cell → one value for each trial.
type Columns = BTreeMap<(NodeId, usize), Vec<f64>>;

/// Fills in the estimates. Scores stand for ranks as well, since values rise with their scores; Pearson's needs the values.
pub(super) fn fill(
    model: &CheckedModel,
    seed: u64,
    rows: &mut [DependenceRow],
    cells: &[Option<PairOfCells>],
) -> Result<(), Vec<Diagnostic>> {
    let needs_values = |row: &DependenceRow| {
        matches!(
            row.asked,
            Asked::Correlation {
                kind: CorrelationKind::Pearson,
                ..
            }
        )
    };
    let wanted = |values: bool| -> Columns {
        (rows.iter().zip(cells))
            .filter(|(row, _)| needs_values(row) == values)
            .filter_map(|(_, pair)| pair.as_ref())
            .flatten()
            .map(|&cell| (cell, Vec::new()))
            .collect()
    };
    let scores = columns(model, PlanRequest::Scores, seed, wanted(false))?;
    let values = columns(model, PlanRequest::EveryNode, seed, wanted(true))?;
    for (row, pair) in rows.iter_mut().zip(cells) {
        let Some([first, second]) = pair else {
            continue;
        };
        row.sampled = if needs_values(row) {
            correlation(&values[first], &values[second])
        } else if matches!(
            row.asked,
            Asked::Correlation {
                kind: CorrelationKind::Spearman,
                ..
            }
        ) {
            mid_ranks(&scores[first])
                .zip(mid_ranks(&scores[second]))
                .and_then(|(a, b)| correlation(&a, &b))
        } else {
            correlation(&scores[first], &scores[second])
        };
    }
    Ok(())
}

struct Ignore;

impl Sink for Ignore {
    fn accept(&mut self, _target: usize, _values: &[f64]) {}
}

/// Evaluates the trials and keeps the wanted cells.
fn columns(
    model: &CheckedModel,
    request: PlanRequest,
    seed: u64,
    mut wanted: Columns,
) -> Result<Columns, Vec<Diagnostic>> {
    const TRIALS_PER_BATCH: usize = 250;
    if wanted.is_empty() {
        return Ok(wanted);
    }
    let plan = build(model, request)?;
    let settings = Settings {
        trials: DEPENDENCE_TRIALS,
        seed,
        ..Settings::default()
    };
    let mut scores = settings.sampler(&plan).scores();
    let mut workspace = Workspace::new(&plan, TRIALS_PER_BATCH);
    for first in (0..DEPENDENCE_TRIALS).step_by(TRIALS_PER_BATCH) {
        evaluate(
            &plan,
            &mut workspace,
            &mut scores,
            first,
            TRIALS_PER_BATCH,
            &mut Ignore,
        );
        for kept in &plan.nodes {
            if let Some(column) = wanted.get_mut(&(kept.node, kept.cell)) {
                column.extend_from_slice(workspace.kept(kept.row, TRIALS_PER_BATCH));
            }
        }
    }
    Ok(wanted)
}

/// Pearson's correlation of two columns; none if one does not vary or is not finite.
///
/// The influence of a trial with standardised values x, y is x y − r (x² + y²)/2, without assuming normality.
fn correlation(first: &[f64], second: &[f64]) -> Option<Sampled> {
    let n = first.len() as f64;
    let standardised = |values: &[f64]| -> Option<Vec<f64>> {
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        let sd = variance.sqrt();
        (sd > 0.0 && sd.is_finite()).then(|| values.iter().map(|x| (x - mean) / sd).collect())
    };
    let (x, y) = (standardised(first)?, standardised(second)?);
    let products = || x.iter().zip(&y);
    let value = products().map(|(x, y)| x * y).sum::<f64>() / n;
    let influence = |(x, y): (&f64, &f64)| x * y - 0.5 * value * (x * x + y * y);
    let squares = products().map(influence).map(|i| i * i).sum::<f64>();
    Some(Sampled {
        value,
        error: squares.sqrt() / n,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_a_correlation_of_normals_is_that_of_theory() {
        // A grid of normal quantiles of both: r and (1 − r²)/√N.
        let (n, r) = (200, 0.6);
        let score = |i: usize| crate::math::normal_quantile((i as f64 + 0.5) / n as f64);
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for i in 0..n {
            for j in 0..n {
                x.push(score(i));
                y.push(r * score(i) + (1.0f64 - r * r).sqrt() * score(j));
            }
        }
        let sampled = correlation(&x, &y).unwrap();
        // The grid has 0.98 of a normal's variance and less of its fourth moment.
        assert!((sampled.value - r).abs() < 1e-6, "{sampled:?}");
        let due = (1.0 - r * r) / (x.len() as f64).sqrt();
        assert!(
            (sampled.error / due - 1.0).abs() < 0.05,
            "{sampled:?} {due}"
        );
        assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
    }
}
