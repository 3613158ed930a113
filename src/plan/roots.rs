//! What a plan shall deliver, as values of the graph.

use super::graph::ValueId;
use super::target::{JointCell, NodeCell, Target};
use crate::check::NodeId;

/// Targets and kept values.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    pub(crate) targets: Vec<(Target, ValueId)>,
    pub(crate) joints: Vec<JointCell>,
    pub(crate) summaries: Vec<(NodeId, usize)>,
    pub(crate) kept_targets: Vec<(usize, usize)>,
    pub(crate) nodes: Vec<NodeCell>,
    /// Order in which targets are computed: indices of `targets`.
    pub(crate) order: Vec<usize>,
    pub(super) kept: Vec<ValueId>,
}

impl Roots {
    /// Has a value kept until the end of the batch; returns its row.
    pub(crate) fn keep(&mut self, value: ValueId) -> usize {
        self.kept.push(value);
        self.kept.len() - 1
    }
}
