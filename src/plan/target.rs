//! What a plan delivers: one row for each statistic's cell.

use crate::check::NodeId;
use crate::dimension::Assignment;

/// One row that a plan delivers for each batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What the row is.
    pub kind: TargetKind,
    /// The labels of its cell.
    pub at: Assignment,
}

/// What a delivered row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// A cell of an output (by index) at one of its places (by index).
    Output {
        /// Index in the model's outputs.
        output: usize,
        /// Index in the output's places.
        place: usize,
    },
    /// Index of the label of the first crossing; the number of labels for never.
    First {
        /// Index in the model's crossings.
        crossing: usize,
        /// Index in the crossing's places.
        place: usize,
    },
    /// 1 where a crossing is undone later.
    Recross {
        /// Index in the model's crossings.
        crossing: usize,
        /// Index in the crossing's places.
        place: usize,
    },
    /// Date of the first crossing; +∞ never, −∞ before the first label.
    Date {
        /// Index in the model's crossings.
        crossing: usize,
        /// Index in the crossing's places.
        place: usize,
    },
}

/// One cell of a joint statistic: rows kept until the end of the batch.
#[derive(Debug, Clone, PartialEq)]
pub struct JointCell {
    /// Index in the model's joint statistics.
    pub joint: usize,
    /// Index in its places.
    pub place: usize,
    /// The labels of the cell.
    pub at: Assignment,
    /// One kept row for each quantity.
    pub rows: Vec<usize>,
}

/// One cell of a node that a plan was asked to keep, for `replay`.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeCell {
    /// The node.
    pub node: NodeId,
    /// The number of the cell in the node's shape.
    pub cell: usize,
    /// Where its row is kept.
    pub row: usize,
}
