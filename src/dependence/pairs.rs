//! Which two cells show what a model asks for.

use super::Asked;
use crate::check::{AlikeLevel, Body, CheckedModel, Node, NodeId, NodeKind, StreamInfo};
use crate::dimension::Assignment;

/// Two cells: input and cell of its shape.
pub(super) type PairOfCells = [(NodeId, usize); 2];

/// Pairs of cells that are looked at for each input: all of 1,000 cells.
const MOST_PAIRS: usize = 1_000_000;

/// The first cell that is drawn in both inputs, which have one shape.
pub(super) fn same_cell(
    model: &CheckedModel,
    first: NodeId,
    second: NodeId,
) -> Option<PairOfCells> {
    let theirs = drawn_cells(model, second);
    drawn_cells(model, first)
        .into_iter()
        .find(|cell| theirs.binary_search(cell).is_ok())
        .map(|cell| [(first, cell), (second, cell)])
}

/// For every input with `alike`: one pair of cells for each set of labels that two cells can have in common, at the first time label.
pub(super) fn alike(model: &CheckedModel) -> Vec<(Asked, f64, PairOfCells)> {
    let mut all = Vec::new();
    for (input, node, stream) in inputs(model) {
        if stream.alike.is_empty() {
            continue;
        }
        let cells = at_first_time(model, node, drawn_cells(model, input));
        let mut seen: Vec<Vec<bool>> = Vec::new();
        let pairs = (0..cells.len()).flat_map(|i| (i + 1..cells.len()).map(move |j| (i, j)));
        for (i, j) in pairs.take(MOST_PAIRS) {
            let [a, b] = [cells[i], cells[j]]
                .map(|cell| Assignment::of_cell(&node.shape, cell, &model.dimensions));
            let shared: Vec<bool> = (stream.alike.iter())
                .map(|(level, _)| match level {
                    AlikeLevel::World => true,
                    AlikeLevel::Parent(id) => {
                        a.label(*id, &model.dimensions) == b.label(*id, &model.dimensions)
                    }
                })
                .collect();
            if seen.contains(&shared) {
                continue;
            }
            let named = |wanted: bool| -> Vec<String> {
                (stream.alike.iter().zip(&shared))
                    .filter_map(|((level, _), &is_shared)| match level {
                        AlikeLevel::Parent(id) if is_shared == wanted => {
                            Some(model.dimensions.at(*id).name.clone())
                        }
                        AlikeLevel::World | AlikeLevel::Parent(_) => None,
                    })
                    .collect()
            };
            let value = (stream.alike.iter().zip(&shared))
                .filter(|(_, is_shared)| **is_shared)
                .map(|((_, share), _)| share)
                .sum();
            all.push((
                Asked::Alike {
                    input,
                    same: named(true),
                    different: named(false),
                },
                value,
                [(input, cells[i]), (input, cells[j])],
            ));
            seen.push(shared);
        }
    }
    all
}

/// For every input that persists: one cell at its first two time labels.
pub(super) fn persist(model: &CheckedModel) -> Vec<(Asked, f64, PairOfCells)> {
    let Some(time) = model.dimensions.time() else {
        return Vec::new();
    };
    inputs(model)
        .filter_map(|(input, node, stream)| {
            let value = stream.persist?;
            let cells = drawn_cells(model, input);
            let pair = cells.iter().find_map(|&cell| {
                let at = Assignment::of_cell(&node.shape, cell, &model.dimensions);
                let next = at.label(time, &model.dimensions)? + 1;
                if next as usize >= model.dimensions.at(time).len() {
                    return None;
                }
                let next = (node.shape).cell_at(
                    &at.moved_to(time, next, &model.dimensions),
                    &model.dimensions,
                )?;
                cells
                    .binary_search(&next)
                    .is_ok()
                    .then_some([(input, cell), (input, next)])
            })?;
            Some((Asked::Persist { input }, value, pair))
        })
        .collect()
}

fn inputs(model: &CheckedModel) -> impl Iterator<Item = (NodeId, &Node, &StreamInfo)> {
    (0u32..)
        .map(NodeId)
        .zip(&model.nodes)
        .filter(|(_, node)| node.kind == NodeKind::Input)
        .filter_map(|(id, node)| Some((id, node, node.stream.as_ref()?)))
}

/// The cells that no variant has replaced by a number or an equation, ascending.
fn drawn_cells(model: &CheckedModel, input: NodeId) -> Vec<usize> {
    let node = model.node(input);
    (0..node.shape.n_cells(&model.dimensions).unwrap_or(0))
        .filter(|&cell| {
            let part = (node.parts.iter().rev())
                .find(|part| part.cells.as_ref().is_none_or(|cells| cells[cell]));
            part.is_some_and(|part| matches!(part.body, Body::Draw(_)))
        })
        .collect()
}

/// What is common varies along time, so cells of one time label are compared: the first.
fn at_first_time(model: &CheckedModel, node: &Node, cells: Vec<usize>) -> Vec<usize> {
    let time = model
        .dimensions
        .time()
        .filter(|&time| node.shape.contains(time));
    let Some(time) = time else {
        return cells;
    };
    let label = |cell: &usize| {
        Assignment::of_cell(&node.shape, *cell, &model.dimensions).label(time, &model.dimensions)
    };
    let first = cells.iter().filter_map(label).min();
    cells
        .into_iter()
        .filter(|cell| label(cell) == first)
        .collect()
}
