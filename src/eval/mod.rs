//! A plan is run on batches of trials: rows of numbers, a kernel for each instruction.

mod batch;
mod chain;
mod crossing;
mod draw;
mod kernels;
mod rows;
mod source;

pub use batch::{Laps, Sink, Workspace, evaluate, evaluate_measured, trials_per_batch};
