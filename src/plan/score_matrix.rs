//! The exact correlations of scores, from the coefficients with which the plan combines independent ones.

use std::collections::BTreeMap;

use super::graph::{Graph, Value, ValueId};
use super::score::Scores;
use crate::check::{CheckedModel, NodeId};
use crate::dimension::Assignment;

/// The correlation of the scores of each pair of cells (input, cell of its shape).
///
/// A score is a sum of independent standard normal scores, each with its coefficient, so the correlation of two is the sum of the products
/// of their coefficients. It is read from the very combinations that a run evaluates.
///
/// # Panics
/// If a node of a pair is no input.
#[must_use]
pub fn score_correlations(model: &CheckedModel, pairs: &[[(NodeId, usize); 2]]) -> Vec<f64> {
    let (mut scores, mut graph) = (Scores::new(model), Graph::default());
    pairs
        .iter()
        .map(|pair| {
            let [first, second] = pair.map(|(node, cell)| {
                let declared = model.node(node);
                let info = (declared.stream.as_ref()).expect("only inputs have scores");
                let at = Assignment::of_cell(&declared.shape, cell, &model.dimensions);
                let score = scores.of_cell(&mut graph, model, node, info, &at);
                let mut coefficients = BTreeMap::new();
                add(&graph, score, 1.0, &mut coefficients);
                coefficients
            });
            first
                .iter()
                .filter_map(|(stream, a)| Some(a * second.get(stream)?))
                .sum()
        })
        .collect()
}

/// Adds `factor` × the coefficients of a combination.
fn add(graph: &Graph, value: ValueId, factor: f64, coefficients: &mut BTreeMap<u32, f64>) {
    match graph.at(value) {
        Value::Score(stream) => *coefficients.entry(*stream).or_insert(0.0) += factor,
        Value::Combine(terms) => {
            for &(coefficient, value) in terms {
                add(
                    graph,
                    value,
                    factor * f64::from_bits(coefficient),
                    coefficients,
                );
            }
        }
        other => debug_assert!(
            matches!(other, Value::Number(_)),
            "scores are combinations of scores"
        ),
    }
}
