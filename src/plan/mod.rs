//! A checked model becomes a list of row operations: constants folded, shared values computed once, broadcasting and slices resolved to row numbers.

mod build;
mod chain;
pub(crate) mod crossing;
mod deliver;
mod draw;
mod graph;
mod input;
mod instruction;
mod known;
mod order;
mod place;
mod roots;
pub(crate) mod scalar;
mod schedule;
mod score;
mod score_matrix;
mod stream;
mod target;
mod term;

pub use build::{PlanRequest, build, build_with_drivers};
pub use graph::{Binary, Fold, Unary};
pub use instruction::{Instruction, Link, Links, Operand, Plan, Range32};
pub use scalar::{interpolate, order_statistic};
pub use score_matrix::score_correlations;
pub use stream::{Component, StreamKey};
pub use target::{JointCell, NodeCell, Target, TargetKind};
