//! Dependence asked and achieved: every correlation, `alike` share and persistence of a model, computed and sampled.

mod pairs;
mod sample;

pub use sample::Sampled;

use crate::check::{
    Body, CheckedModel, NodeId, pearson_of_scores, pearson_range, spearman_of_scores,
};
use crate::diag::Diagnostic;
use crate::model::CorrelationKind;
use crate::plan::score_correlations;
use pairs::PairOfCells;

/// Trials of the sample.
pub const DEPENDENCE_TRIALS: u64 = 20_000;

/// What a model asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// A correlation of two inputs.
    Correlation {
        /// The two inputs.
        between: (NodeId, NodeId),
        /// What the number means.
        kind: CorrelationKind,
    },
    /// What two cells of an input have in common: of one label in each of these dimensions, of different ones in the others of `alike`.
    Alike {
        /// The input.
        input: NodeId,
        /// Names of the parent dimensions whose label both cells share.
        same: Vec<String>,
        /// Names of the parent dimensions of `alike` in which they differ.
        different: Vec<String>,
    },
    /// The correlation of neighbouring time labels.
    Persist {
        /// The input.
        input: NodeId,
    },
}

/// One row: what is asked, and what the model does.
#[derive(Debug, Clone, PartialEq)]
pub struct DependenceRow {
    /// What is asked for.
    pub asked: Asked,
    /// The number in the model; for `alike` the sum of the shares that both cells have in common.
    pub value: f64,
    /// The correlation of the normal scores (the copula), from the coefficients that the run evaluates. None where a cell is not drawn.
    pub scores: Option<f64>,
    /// Spearman's correlation of the values; None where one is discrete or not drawn.
    pub spearman: Option<f64>,
    /// Pearson's correlation of the values; None where the parameters vary, or a standard deviation is not finite.
    pub pearson: Option<f64>,
    /// The smallest and largest Pearson correlation of these distributions, where Pearson's has a value.
    pub pearson_range: Option<(f64, f64)>,
    /// An estimate of what is asked, in its kind, from a sample.
    pub sampled: Option<Sampled>,
}

impl DependenceRow {
    /// What is achieved of what was asked, in its kind.
    #[must_use]
    pub fn achieved(&self) -> Option<f64> {
        match &self.asked {
            Asked::Correlation { kind, .. } => match kind {
                CorrelationKind::Copula => self.scores,
                CorrelationKind::Spearman => self.spearman,
                CorrelationKind::Pearson => self.pearson,
            },
            Asked::Alike { .. } | Asked::Persist { .. } => self.scores,
        }
    }
}

/// Every correlation, `alike` share and persistence of the model: asked, computed and sampled.
///
/// # Errors
/// Parameters out of their domain, as in [`crate::plan::build`].
pub fn dependence(model: &CheckedModel, seed: u64) -> Result<Vec<DependenceRow>, Vec<Diagnostic>> {
    let mut rows = Vec::new();
    let mut cells: Vec<Option<PairOfCells>> = Vec::new();
    for pair in model.correlations.iter().flat_map(|group| &group.asked) {
        let (first, second) = pair.between;
        let drawn = pairs::same_cell(model, first, second);
        let scores = drawn.map(|cells| score(model, cells));
        let continuous = [first, second].iter().all(|&id| is_continuous(model, id));
        let marginals = pair.marginals.as_deref().zip(scores);
        let pearson = marginals.and_then(|([a, b], score)| pearson_of_scores(a, b, score));
        rows.push(DependenceRow {
            asked: Asked::Correlation {
                between: pair.between,
                kind: pair.kind,
            },
            value: pair.value,
            scores,
            spearman: scores.filter(|_| continuous).map(spearman_of_scores),
            pearson,
            pearson_range: marginals
                .filter(|_| pearson.is_some())
                .and_then(|([a, b], _)| pearson_range(a, b)),
            sampled: None,
        });
        cells.push(drawn);
    }
    for (asked, value, pair) in pairs::alike(model).into_iter().chain(pairs::persist(model)) {
        let (Asked::Alike { input, .. } | Asked::Persist { input }) = asked else {
            continue;
        };
        let scores = score(model, pair);
        rows.push(DependenceRow {
            asked,
            value,
            scores: Some(scores),
            spearman: is_continuous(model, input).then(|| spearman_of_scores(scores)),
            pearson: None,
            pearson_range: None,
            sampled: None,
        });
        cells.push(Some(pair));
    }
    sample::fill(model, seed, &mut rows, &cells)?;
    Ok(rows)
}

fn score(model: &CheckedModel, pair: PairOfCells) -> f64 {
    score_correlations(model, &[pair]).into_iter().sum()
}

/// Whether every cell of an input is drawn from a continuous family.
fn is_continuous(model: &CheckedModel, input: NodeId) -> bool {
    let parts = &model.node(input).parts;
    parts
        .iter()
        .all(|part| matches!(&part.body, Body::Draw(draw) if !draw.parametrisation.discrete))
}
