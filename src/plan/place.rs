//! Values of nodes at places: where a place leaves dimensions of a node open, the node is rolled up first.

use super::build::Builder;
use super::graph::{Binary, Fold, ValueId};
use crate::check::{NodeId, Rollup};
use crate::dimension::{Assignment, DimensionId};

impl Builder<'_> {
    /// The value of `node` where `at` points; dimensions that `at` leaves open are rolled up.
    pub(crate) fn node_at(&mut self, node: NodeId, at: &Assignment) -> ValueId {
        let all = &self.model.dimensions;
        let shape = &self.model.node(node).shape;
        if let Some(cell) = shape.cell_at(at, all) {
            return self.cell(node, cell);
        }
        let relevant: Vec<_> = at
            .iter()
            .filter(|&(id, _)| {
                shape
                    .iter()
                    .any(|own| all.leads_to(own, id) || all.leads_to(id, own))
            })
            .collect();
        let key = (node, relevant);
        if let Some(&value) = self.rolled.get(&key) {
            return value;
        }
        let outer = self.graph.origin.replace(node);
        let value = match self.model.node(node).rollup {
            Some(Rollup::Mean(weight)) => self.weighted_mean(node, weight, at),
            // The checker admits no other node here; "none" never reaches a parent place.
            Some(Rollup::Sum | Rollup::None) | None => self.sum_below(node, at),
        };
        self.graph.origin = outer;
        self.rolled.insert(key, value);
        value
    }

    /// The sum over the open dimensions; over countries of a world it goes by way of the regions, whose sums are needed anyway.
    fn sum_below(&mut self, node: NodeId, at: &Assignment) -> ValueId {
        let all = &self.model.dimensions;
        let shape = &self.model.node(node).shape;
        let open: Vec<DimensionId> = shape
            .iter()
            .filter(|&id| at.label(id, all).is_none())
            .collect();
        let step = open.iter().find_map(|&id| {
            let link = all.at(id).parents.first()?;
            at.label(link.parent, all).is_none().then_some(link.parent)
        });
        let parts: Vec<ValueId> = match step {
            Some(parent) => (0..all.at(parent).len() as u32)
                .map(|label| self.node_at(node, &at.with(parent, label)))
                .collect(),
            None => self
                .cells_below(node, at)
                .into_iter()
                .map(|cell| self.cell(node, cell))
                .collect(),
        };
        self.graph.fold(Fold::Sum, &parts)
    }

    fn weighted_mean(&mut self, node: NodeId, weight: NodeId, at: &Assignment) -> ValueId {
        let shape = self.model.node(node).shape.clone();
        let mut products = Vec::new();
        let mut weights = Vec::new();
        for cell in self.cells_below(node, at) {
            let place = Assignment::of_cell(&shape, cell, &self.model.dimensions);
            let w = self.node_at(weight, &place);
            let x = self.cell(node, cell);
            products.push(self.graph.binary(Binary::Multiply, w, x));
            weights.push(w);
        }
        let sum = self.graph.fold(Fold::Sum, &products);
        let total = self.graph.fold(Fold::Sum, &weights);
        self.graph.binary(Binary::Divide, sum, total)
    }

    /// The cells of a node that lie at or below the labels that `at` fixes, in order.
    fn cells_below(&self, node: NodeId, at: &Assignment) -> Vec<usize> {
        let all = &self.model.dimensions;
        let shape = &self.model.node(node).shape;
        let choices: Vec<Vec<u32>> = shape
            .iter()
            .map(|id| match at.label(id, all) {
                Some(label) => vec![label],
                None => (0..all.at(id).len() as u32)
                    .filter(|&label| {
                        at.iter().all(|(fixed, wanted)| {
                            all.ancestor_label(id, label, fixed)
                                .is_none_or(|above| above == wanted)
                        })
                    })
                    .collect(),
            })
            .collect();
        let mut cells = vec![Vec::new()];
        for labels in &choices {
            cells = cells
                .iter()
                .flat_map(|before: &Vec<u32>| {
                    labels.iter().map(move |&label| {
                        let mut longer = before.clone();
                        longer.push(label);
                        longer
                    })
                })
                .collect();
        }
        cells
            .iter()
            .map(|labels| shape.cell_of(labels, all))
            .collect()
    }
}
