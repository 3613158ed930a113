//! What a plan delivers: targets of outputs and crossings in the order of places, kept rows of joint statistics, summaries and nodes.

use super::build::Builder;
use super::graph::{Binary, Fold, ValueId};
use super::roots::Roots;
use super::target::{JointCell, NodeCell, Target, TargetKind};
use crate::check::{Body, NodeId, NodeKind, Place, PlaceLevel};
use crate::dimension::Assignment;

impl Builder<'_> {
    /// The labels of the cells of a place that get a place of their own.
    fn reported_cells(&self, place: &Place) -> Vec<Assignment> {
        let all = &self.model.dimensions;
        (0..place.shape.n_cells(all).unwrap_or(0))
            .map(|cell| Assignment::of_cell(&place.shape, cell, all))
            .filter(|at| {
                at.iter()
                    .all(|(id, label)| all.at(id).labels[label as usize].reported)
            })
            .collect()
    }

    /// Outputs and crossings, place by place, so that what one place needs is used while it is near.
    pub(crate) fn targets(&mut self, roots: &mut Roots) {
        let model = self.model;
        for (output, declared) in model.outputs.iter().enumerate() {
            for (place, level) in declared.places.iter().enumerate() {
                for at in self.reported_cells(level) {
                    self.output_at(roots, output, place, at);
                }
            }
        }
        let Some(time) = model.dimensions.time() else {
            return;
        };
        let labels = &model.dimensions.at(time).labels;
        let first_label = labels.first().and_then(|label| label.number).unwrap_or(0.0);
        for (crossing, declared) in model.crossings.iter().enumerate() {
            for (place, level) in declared.places.iter().enumerate() {
                for at in self.reported_cells(level) {
                    let differences: Vec<_> = (0..labels.len() as u32)
                        .map(|label| {
                            let there = at.with(time, label);
                            let of = self.term(&declared.of, &there);
                            let above = self.term(&declared.above, &there);
                            self.graph.binary(Binary::Subtract, of, above)
                        })
                        .collect();
                    let [first, recross, date] = self.graph.crossing(first_label, &differences);
                    for (kind, value) in [
                        (TargetKind::First { crossing, place }, first),
                        (TargetKind::Recross { crossing, place }, recross),
                        (TargetKind::Date { crossing, place }, date),
                    ] {
                        roots.targets.push((
                            Target {
                                kind,
                                at: at.clone(),
                            },
                            value,
                        ));
                    }
                }
            }
        }
    }

    fn output_at(&mut self, roots: &mut Roots, output: usize, place: usize, at: Assignment) {
        let value = self.term(&self.model.outputs[output].term, &at);
        let kind = TargetKind::Output { output, place };
        roots.targets.push((Target { kind, at }, value));
    }

    /// The last cell of an output at its outermost place.
    pub(crate) fn last_cell(&mut self, roots: &mut Roots, output: usize) {
        let places = &self.model.outputs[output].places;
        let place = self.outermost(places);
        let last = places.get(place).map(|place| self.reported_cells(place));
        if let Some(at) = last.and_then(|mut cells| cells.pop()) {
            self.output_at(roots, output, place, at);
        }
    }

    /// The order in which targets are computed: the members of a parent one after another, then the parent, then the next parent's members,
    /// at last the world. Few sums are then open at a time.
    pub(crate) fn order_by_place(&self, roots: &Roots) -> Vec<usize> {
        let all = &self.model.dimensions;
        let is_parent = |id| {
            all.iter()
                .any(|(_, other)| other.parents.iter().any(|link| link.parent == id))
        };
        // For each dimension of members: its ancestors from the outermost inwards, then itself.
        let paths: Vec<Vec<_>> = all
            .iter()
            .filter(|&(id, dimension)| !dimension.time && !is_parent(id))
            .map(|(id, _)| {
                let mut path = vec![id];
                while let Some(link) = path.last().and_then(|&id| all.at(id).parents.first()) {
                    path.push(link.parent);
                }
                path.reverse();
                path
            })
            .collect();
        let rank = |at: &Assignment| -> Vec<u32> {
            // What a place sums out comes after all labels.
            let label = |&id: &_| at.label(id, all).unwrap_or(u32::MAX);
            paths.iter().flatten().map(label).collect()
        };
        let mut order: Vec<_> = (0..roots.targets.len()).collect();
        order.sort_by_cached_key(|&target| (rank(&roots.targets[target].0.at), target));
        order
    }

    /// Leaves out all targets but those at the outermost place, and if `only_last`, of outputs those at the last time label.
    pub(crate) fn only_outermost(&self, roots: &mut Roots, only_last: bool) {
        let model = self.model;
        let all = &model.dimensions;
        let is_last = |at: &Assignment| {
            at.iter()
                .all(|(id, label)| !all.at(id).time || label as usize + 1 == all.at(id).len())
        };
        roots.targets.retain(|(target, _)| match target.kind {
            TargetKind::Output { output, place } => {
                place == self.outermost(&model.outputs[output].places)
                    && (!only_last || is_last(&target.at))
            }
            TargetKind::First { crossing, place }
            | TargetKind::Recross { crossing, place }
            | TargetKind::Date { crossing, place } => {
                place == self.outermost(&model.crossings[crossing].places)
            }
        });
    }

    /// Keeps the values of outputs, and leaves crossings out.
    pub(crate) fn keep_outputs(&self, roots: &mut Roots) {
        (roots.targets).retain(|(target, _)| matches!(target.kind, TargetKind::Output { .. }));
        for target in 0..roots.targets.len() {
            let row = roots.keep(roots.targets[target].1);
            roots.kept_targets.push((target, row));
        }
    }

    /// The place with the fewest cells; of several the world.
    fn outermost(&self, places: &[Place]) -> usize {
        (0..places.len())
            .min_by_key(|&place| {
                let Place { shape, level, .. } = &places[place];
                let n_cells = shape.n_cells(&self.model.dimensions);
                (n_cells, *level != PlaceLevel::World)
            })
            .unwrap_or(0)
    }

    pub(crate) fn joints(&mut self, roots: &mut Roots) {
        let model = self.model;
        for (joint, declared) in model.joints.iter().enumerate() {
            for (place, level) in declared.places.iter().enumerate() {
                for at in self.reported_cells(level) {
                    let values: Vec<_> = declared
                        .of
                        .iter()
                        .map(|term| self.term(term, &at))
                        .collect();
                    let rows = values.iter().map(|&value| roots.keep(value)).collect();
                    roots.joints.push(JointCell {
                        joint,
                        place,
                        at,
                        rows,
                    });
                }
            }
        }
    }

    /// The scores of the cells of a node that are drawn: none of data, variables and what a variant has replaced.
    fn drawn_scores(&mut self, node: NodeId) -> Vec<(usize, ValueId)> {
        let model = self.model;
        let declared = model.node(node);
        let Some(info) = declared
            .stream
            .as_ref()
            .filter(|_| declared.kind == NodeKind::Input)
        else {
            return Vec::new();
        };
        (0..self.cells[node.0 as usize].len())
            .filter(|&cell| {
                let part = declared
                    .parts
                    .iter()
                    .rev()
                    .find(|part| part.cells.as_ref().is_none_or(|cells| cells[cell]));
                part.is_some_and(|part| matches!(part.body, Body::Draw(_)))
            })
            .map(|cell| {
                let at = Assignment::of_cell(&declared.shape, cell, &model.dimensions);
                let score = self.scores.of_cell(&mut self.graph, model, node, info, &at);
                (cell, score)
            })
            .collect()
    }

    /// One summary score for each input that is drawn: the mean of its cells' scores.
    pub(crate) fn summary_scores(&mut self, roots: &mut Roots) {
        for &node in &self.model.order {
            let scores = self.drawn_scores(node);
            self.summary_score(roots, node, &scores);
        }
    }

    /// Keeps the last cell of an output at its outermost place, if it is among the targets, and the summary scores of the inputs that it reads.
    pub(crate) fn keep_drivers(&mut self, roots: &mut Roots, output: usize) {
        let place = self.outermost(&self.model.outputs[output].places);
        let kind = TargetKind::Output { output, place };
        let last = roots
            .targets
            .iter()
            .rposition(|(target, _)| target.kind == kind);
        if let Some(last) = last {
            let value = roots.targets[last].1;
            let row = roots.keep(value);
            roots.kept_targets.push((last, row));
            self.summary_scores_of_read(roots, value);
        }
    }

    /// The summary scores of those inputs alone that a value reads.
    fn summary_scores_of_read(&mut self, roots: &mut Roots, value: ValueId) {
        let order = self.model.order.iter();
        let drawn: Vec<_> = order.map(|&node| (node, self.drawn_scores(node))).collect();
        let all_scores = drawn.iter().flat_map(|(_, scores)| scores);
        let needed = self.graph.needed(
            [value],
            // A score is its input's own, though it may be mixed from those of inputs that it goes with.
            all_scores.map(|&(_, score)| score),
        );
        for (node, scores) in drawn {
            let cells = &self.cells[node.0 as usize];
            let is_read = scores.iter().any(|&(cell, _)| {
                cells[cell].is_some_and(|value| {
                    needed[value.0 as usize] && self.graph.known(value).is_none()
                })
            });
            if is_read {
                self.summary_score(roots, node, &scores);
            }
        }
    }

    fn summary_score(&mut self, roots: &mut Roots, node: NodeId, scores: &[(usize, ValueId)]) {
        if scores.is_empty() {
            return;
        }
        let scores: Vec<ValueId> = scores.iter().map(|&(_, score)| score).collect();
        let sum = self.graph.fold(Fold::Sum, &scores);
        let n = self.graph.number(scores.len() as f64);
        let mean = self.graph.binary(Binary::Divide, sum, n);
        let row = roots.keep(mean);
        roots.summaries.push((node, row));
    }

    /// The score of every cell that is drawn.
    pub(crate) fn every_score(&mut self, roots: &mut Roots) {
        for &node in &self.model.order {
            for (cell, score) in self.drawn_scores(node) {
                let row = roots.keep(score);
                roots.nodes.push(NodeCell { node, cell, row });
            }
        }
    }

    pub(crate) fn every_node(&mut self, roots: &mut Roots) {
        for &node in &self.model.order {
            for cell in 0..self.cells[node.0 as usize].len() {
                let value = self.cell(node, cell);
                let row = roots.keep(value);
                roots.nodes.push(NodeCell { node, cell, row });
            }
        }
    }
}
