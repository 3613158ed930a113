//! The score of a cell in one trial, as docs/model-file.md and docs/design.md state it: shares, autoregression, correlation, address.

use fanfare::check::{AlikeLevel, CheckedModel, NodeId};
use fanfare::dimension::DimensionId;
use fanfare::math::normal_quantile;
use fanfare::plan::{Component, StreamKey};
use fanfare::sample::uniform;

use crate::plain::At;

/// The score of an input's cell.
pub fn score(model: &CheckedModel, seed: u64, node: NodeId, at: &At, trial: u64) -> f64 {
    let info = model
        .node(node)
        .stream
        .as_ref()
        .expect("inputs have streams");
    let mut z = 0.0;
    let mut rest = 1.0;
    for &(level, share) in &info.alike {
        z += share.sqrt() * component(model, seed, node, Some(level), at, trial);
        rest -= share;
    }
    if rest > 1e-12 {
        z += rest.sqrt() * component(model, seed, node, None, at, trial);
    }
    z
}

/// One component: a stationary first-order autoregression along time where the input persists.
fn component(
    model: &CheckedModel,
    seed: u64,
    node: NodeId,
    level: Option<AlikeLevel>,
    at: &At,
    trial: u64,
) -> f64 {
    let info = model
        .node(node)
        .stream
        .as_ref()
        .expect("inputs have streams");
    let time = model.dimensions.time().filter(|time| at.contains_key(time));
    let (Some(time), Some(persist)) = (time, info.persist) else {
        return innovation(model, seed, node, level, at, trial);
    };
    let mut value = 0.0;
    for label in 0..=at[&time] {
        let mut there = at.clone();
        there.insert(time, label);
        let shock = innovation(model, seed, node, level, &there, trial);
        value = if label == 0 {
            shock
        } else {
            persist * value + (1.0 - persist * persist).sqrt() * shock
        };
    }
    value
}

/// An independent score, or for correlated inputs the mixture of theirs by the Cholesky factor of the matrix.
fn innovation(
    model: &CheckedModel,
    seed: u64,
    node: NodeId,
    level: Option<AlikeLevel>,
    at: &At,
    trial: u64,
) -> f64 {
    let address = |input: NodeId| {
        let (component, labels) = match level {
            None => (Component::Own, at.clone()),
            Some(AlikeLevel::World) => (Component::World, only_time(model, at)),
            Some(AlikeLevel::Parent(parent)) => {
                let mut labels = only_time(model, at);
                labels.insert(parent, label_above(model, at, parent));
                let name = model.dimensions.at(parent).name.clone();
                (Component::Parent(name), labels)
            }
        };
        let mut labels: Vec<(String, String)> = (labels.iter())
            .map(|(&id, &label)| {
                let dimension = model.dimensions.at(id);
                (
                    dimension.name.clone(),
                    dimension.labels[label as usize].key.clone(),
                )
            })
            .collect();
        labels.sort();
        let stream = model
            .node(input)
            .stream
            .as_ref()
            .expect("inputs have streams");
        let key = StreamKey {
            input: stream.name.clone(),
            cell: 0,
            component,
            labels,
        };
        normal_quantile(uniform(seed, &key, trial))
    };
    let Some(group) = model
        .correlations
        .iter()
        .find(|group| group.inputs.contains(&node))
    else {
        return address(node);
    };
    let factor = cholesky(&group.scores, group.inputs.len());
    let row = group
        .inputs
        .iter()
        .position(|&input| input == node)
        .unwrap();
    (0..=row)
        .map(|column| factor[row][column] * address(group.inputs[column]))
        .sum()
}

fn only_time(model: &CheckedModel, at: &At) -> At {
    (at.iter())
        .filter(|(id, _)| model.dimensions.at(**id).time)
        .map(|(&id, &label)| (id, label))
        .collect()
}

fn label_above(model: &CheckedModel, at: &At, parent: DimensionId) -> u32 {
    let find =
        |(&id, &label): (&DimensionId, &u32)| model.dimensions.ancestor_label(id, label, parent);
    at.iter()
        .find_map(find)
        .expect("a cell tells the labels above it")
}

/// Row by row, as in any textbook.
fn cholesky(matrix: &[f64], n: usize) -> Vec<Vec<f64>> {
    let mut factor = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = matrix[i * n + j] - known;
            factor[i][j] = if i == j {
                rest.sqrt()
            } else {
                rest / factor[j][j]
            };
        }
    }
    factor
}
