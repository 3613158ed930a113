//! A plan is run on batches of trials: rows of numbers, a kernel for each instruction.

mod batch;
mod crossing;
pub mod kernels;

pub use batch::{Sink, Workspace, evaluate};
