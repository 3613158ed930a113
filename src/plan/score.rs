//! The normal score of each cell of an input: shares in common, autocorrelation and correlation as combinations of independent scores.
//!
//! z = Σ √share · (world, parents) + √(1 − Σ share) · own; each component is w₀ = e₀, wₜ = ρ wₜ₋₁ + √(1 − ρ²) eₜ along time if the input
//! persists; in a correlated group e = L ε with L Lᵀ the correlation matrix, so the covariance is R ⊗ alike ⊗ AR(1).

use std::collections::BTreeMap;

use super::graph::{Graph, Value, ValueId};
use super::stream::{Component, StreamKey};
use crate::check::{AlikeLevel, CheckedModel, NodeId, StreamInfo};
use crate::dimension::{Assignment, DimensionId};
use crate::math::cholesky;

/// Scores of inputs within a graph, and the streams they draw on.
pub(crate) struct Scores {
    streams: Vec<StreamKey>,
    known: BTreeMap<StreamKey, u32>,
    /// For each correlated input: the group's inputs and its row of the Cholesky factor.
    mixes: BTreeMap<NodeId, Vec<(NodeId, f64)>>,
    components: BTreeMap<(NodeId, usize, Vec<u32>), ValueId>,
    /// For each dimension the place of each label in the order of keys as text.
    ranks: Vec<Vec<u32>>,
}

impl Scores {
    /// The scores of this model's inputs; none is made before it is asked for.
    pub(crate) fn new(model: &CheckedModel) -> Self {
        let mut mixes = BTreeMap::new();
        for group in &model.correlations {
            let n = group.inputs.len();
            let factor = cholesky(n, &group.scores);
            for (i, &input) in group.inputs.iter().enumerate() {
                let row = (0..=i)
                    .map(|j| (group.inputs[j], factor[i * n + j]))
                    .filter(|&(_, coefficient)| coefficient != 0.0)
                    .collect();
                mixes.insert(input, row);
            }
        }
        Self {
            streams: Vec::new(),
            known: BTreeMap::new(),
            mixes,
            components: BTreeMap::new(),
            ranks: model
                .dimensions
                .iter()
                .map(|(_, dimension)| dimension.key_ranks())
                .collect(),
        }
    }

    /// The streams in the order in which the graph numbers its scores.
    pub(crate) fn into_streams(self) -> Vec<StreamKey> {
        self.streams
    }

    /// The score of the cell of `node` at `at`.
    pub(crate) fn of_cell(
        &mut self,
        graph: &mut Graph,
        model: &CheckedModel,
        node: NodeId,
        info: &StreamInfo,
        at: &Assignment,
    ) -> ValueId {
        let own_share = info.own_share();
        let mut terms = Vec::new();
        for (slot, &(level, share)) in info.alike.iter().enumerate() {
            let labels = self.labels_of(model, node, Some(level), at);
            terms.push((
                share.sqrt(),
                self.component(graph, model, node, info, slot, &labels),
            ));
        }
        if own_share > 0.0 {
            let labels = self.labels_of(model, node, None, at);
            terms.push((
                own_share.sqrt(),
                self.component(graph, model, node, info, info.alike.len(), &labels),
            ));
        }
        graph.combine(&terms)
    }

    /// The labels on which a component depends, with their dimensions; time last.
    fn labels_of(
        &self,
        model: &CheckedModel,
        node: NodeId,
        level: Option<AlikeLevel>,
        at: &Assignment,
    ) -> Vec<(DimensionId, u32)> {
        let all = &model.dimensions;
        let shape = &model.node(node).shape;
        let time = all.time().filter(|&time| shape.contains(time));
        let label = |id| {
            (
                id,
                at.label(id, all)
                    .expect("a cell of the node's shape fixes all its dimensions"),
            )
        };
        let mut labels: Vec<_> = match level {
            None => shape
                .iter()
                .filter(|&id| Some(id) != time)
                .map(label)
                .collect(),
            Some(AlikeLevel::World) => Vec::new(),
            Some(AlikeLevel::Parent(parent)) => vec![label(parent)],
        };
        labels.extend(time.map(label));
        labels
    }

    /// One component of an input's score, after correlation and autocorrelation.
    fn component(
        &mut self,
        graph: &mut Graph,
        model: &CheckedModel,
        node: NodeId,
        info: &StreamInfo,
        slot: usize,
        labels: &[(DimensionId, u32)],
    ) -> ValueId {
        let key = (
            node,
            slot,
            labels.iter().map(|&(_, label)| label).collect::<Vec<_>>(),
        );
        if let Some(&value) = self.components.get(&key) {
            return value;
        }
        let time = labels
            .last()
            .filter(|(id, _)| model.dimensions.at(*id).time)
            .copied();
        let value = match (info.persist, time) {
            (Some(rho), Some((id, last))) => {
                // Forward from the last label known, so that a long time dimension needs neither deep recursion nor many passes.
                let at = |label: u32| {
                    let mut along = labels.to_vec();
                    if let Some(slot) = along.last_mut() {
                        *slot = (id, label);
                    }
                    along
                };
                let key_at = |label: u32| {
                    let along = at(label);
                    (
                        node,
                        slot,
                        along.iter().map(|&(_, label)| label).collect::<Vec<_>>(),
                    )
                };
                let (mut value, first) = (0..last)
                    .rev()
                    .find_map(|label| Some((*self.components.get(&key_at(label))?, label)))
                    .map_or((None, 0), |(value, label)| (Some(value), label + 1));
                for label in first..=last {
                    let along = at(label);
                    let shock = self.innovation(graph, model, node, info, slot, &along);
                    let next = match value {
                        None => shock,
                        Some(before) => {
                            graph.combine(&[(rho, before), ((1.0 - rho * rho).sqrt(), shock)])
                        }
                    };
                    value = Some(next);
                    self.components.insert(key_at(label), next);
                }
                value.expect("the loop runs at least once")
            }
            _ => self.innovation(graph, model, node, info, slot, labels),
        };
        self.components.insert(key, value);
        value
    }

    /// An independent score, or its mixture within a correlated group.
    fn innovation(
        &mut self,
        graph: &mut Graph,
        model: &CheckedModel,
        node: NodeId,
        info: &StreamInfo,
        slot: usize,
        labels: &[(DimensionId, u32)],
    ) -> ValueId {
        let component = match info.alike.get(slot) {
            None => Component::Own,
            Some((AlikeLevel::World, _)) => Component::World,
            Some((AlikeLevel::Parent(id), _)) => {
                Component::Parent(model.dimensions.at(*id).name.clone())
            }
        };
        let mut sorted: Vec<_> = labels
            .iter()
            .map(|&(id, label)| (model.dimensions.at(id), id, label as usize))
            .collect();
        sorted.sort_by(|(a, ..), (b, ..)| a.name.cmp(&b.name));
        let named: Vec<_> = sorted
            .iter()
            .map(|&(dimension, _, label)| {
                (dimension.name.clone(), dimension.labels[label].key.clone())
            })
            .collect();
        let cell = sorted.iter().fold(0, |cell, &(dimension, id, label)| {
            cell * dimension.len() as u64 + u64::from(self.ranks[usize::from(id.0)][label])
        });
        let mix = self
            .mixes
            .get(&node)
            .cloned()
            .unwrap_or_else(|| vec![(node, 1.0)]);
        let terms: Vec<_> = mix
            .iter()
            .map(|&(input, coefficient)| {
                let name = model.node(input).stream.as_ref().map_or_else(
                    || model.node(input).name.clone(),
                    |stream| stream.name.clone(),
                );
                let key = StreamKey {
                    input: name,
                    component: component.clone(),
                    labels: named.clone(),
                    cell,
                };
                (coefficient, self.stream(graph, key))
            })
            .collect();
        graph.combine(&terms)
    }

    fn stream(&mut self, graph: &mut Graph, key: StreamKey) -> ValueId {
        let next =
            u32::try_from(self.streams.len()).expect("the builder limits the number of values");
        let index = *self.known.entry(key.clone()).or_insert_with(|| {
            self.streams.push(key);
            next
        });
        graph.intern(Value::Score(index))
    }
}
