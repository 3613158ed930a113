//! A plan: instructions over rows of trials, and the pools that they point at.

use super::graph::{Binary, Unary};
use super::stream::StreamKey;
use super::target::{JointCell, NodeCell, Target};
use crate::check::NodeId;
use crate::dist::{DrawBy, FixedDistribution, Parametrisation};

/// A range of one of a plan's pools.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range32 {
    /// First index.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

impl Range32 {
    /// The range as indices.
    #[must_use]
    pub const fn indices(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What an instruction reads: a row of the batch, or one number for all trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operand {
    /// A row.
    Row(u32),
    /// A number.
    Number(f64),
}

/// What a chain does with x, what it has so far, and its next operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// x + operand
    Add,
    /// x − operand
    Subtract,
    /// operand − x
    SubtractFrom,
    /// x · operand
    Multiply,
    /// x / operand
    Divide,
    /// operand / x
    DivideInto,
}

/// The operations of a chain; the first is none of those that turn its operands round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// On three operands.
    Two([Link; 2]),
    /// On four.
    Three([Link; 3]),
}

/// One operation on rows of trials; `out` is never a row that it reads.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(
    missing_docs,
    reason = "fields are rows, operands and ranges of the plan's pools, as their types say"
)]
pub enum Instruction {
    /// Standard normal scores of a stream.
    Score { stream: u32, out: u32 },
    /// Uniform numbers of a stream, of which its scores are the normal quantiles.
    Level { stream: u32, out: u32 },
    /// A function of one row.
    Unary { op: Unary, a: u32, out: u32 },
    /// A function of two operands, at least one of them a row.
    Binary {
        op: Binary,
        a: Operand,
        b: Operand,
        out: u32,
    },
    /// Two or three operations in a row, each on what the one before gave: `operands` has one more than there are links.
    Chain {
        links: Links,
        operands: Range32,
        out: u32,
    },
    /// `c ? a : b`
    Select {
        c: u32,
        a: Operand,
        b: Operand,
        out: u32,
    },
    /// Σ number × row over pairs of `numbers` and `operands`.
    Combine {
        numbers: Range32,
        operands: Range32,
        out: u32,
    },
    /// A draw of a fixed distribution.
    Draw {
        distribution: u32,
        place: u32,
        by: DrawBy,
        out: u32,
    },
    /// A draw of a distribution whose parameters are the operands before the last; the last is the score or the level.
    DrawWith {
        parametrisation: u32,
        by: DrawBy,
        operands: Range32,
        out: u32,
    },
    /// The quantile of the operands before the last, at the level that is the last.
    OrderStatistic { operands: Range32, out: u32 },
    /// Piecewise linear through `numbers` and the operands before the last, at the last.
    Interpolate {
        numbers: Range32,
        operands: Range32,
        out: u32,
    },
    /// Index of the first positive operand.
    CrossingFirst { operands: Range32, out: u32 },
    /// 1 where an operand after the first positive one is not positive.
    CrossingRecross { operands: Range32, out: u32 },
    /// Date of the first sign change; the time label of the first operand is `first_label`.
    CrossingDate {
        first_label: f64,
        operands: Range32,
        out: u32,
    },
    /// Hands a target's values to the statistics.
    Deliver { target: u32, from: Operand },
    /// Keeps a copy until the end of the batch.
    Keep { row: u32, from: Operand },
}

/// Everything that is evaluated for each trial, as operations on rows `[trials of a batch]`.
#[derive(Debug, Clone)]
pub struct Plan {
    /// In order of evaluation.
    pub instructions: Vec<Instruction>,
    /// For each instruction the node that it was first needed for, for a chain that of its last operation; `None` for expressions of outputs and crossings, deliveries and kept rows.
    pub origins: Vec<Option<NodeId>>,
    /// Numbers that instructions point at.
    pub numbers: Vec<f64>,
    /// Operands that instructions point at.
    pub operands: Vec<Operand>,
    /// Rows that a batch needs.
    pub n_rows: usize,
    /// Rows that are kept until the end of the batch.
    pub n_kept: usize,
    /// One for each sequence of scores.
    pub streams: Vec<StreamKey>,
    /// Distributions with fixed numbers.
    pub distributions: Vec<FixedDistribution>,
    /// Distributions whose numbers vary by trial.
    pub parametrisations: Vec<Parametrisation>,
    /// What is delivered, in the order of outputs, places and cells.
    pub targets: Vec<Target>,
    /// Joint statistics over kept rows.
    pub joints: Vec<JointCell>,
    /// Kept rows of input summary scores.
    pub summaries: Vec<(NodeId, usize)>,
    /// Kept rows of targets (index of the target, row).
    pub kept_targets: Vec<(usize, usize)>,
    /// Kept rows of nodes.
    pub nodes: Vec<NodeCell>,
}
