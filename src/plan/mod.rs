//! A checked model becomes a list of row operations: constants folded, shared values computed once, broadcasting and slices resolved to row numbers.

mod build;
pub(crate) mod crossing;
mod deliver;
mod draw;
mod graph;
mod input;
mod known;
mod place;
pub(crate) mod scalar;
mod schedule;
mod score;
mod score_matrix;
mod stream;
mod target;
mod term;

pub use build::{PlanRequest, build};
pub use graph::{Binary, Fold, Unary};
pub use scalar::{interpolate, order_statistic};
pub use schedule::{Instruction, Operand, Plan, Range32};
pub use score_matrix::score_correlations;
pub use stream::{Component, StreamKey};
pub use target::{JointCell, NodeCell, Target, TargetKind};
