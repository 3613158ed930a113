//! What a kernel reads: a row of the batch, or one number for all its trials.

use super::rows::{Block, LANES, Others};
use crate::plan::Operand;

/// What a kernel reads.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    /// One number for each trial.
    Row(&'a [Block]),
    /// The same for all.
    Number(f64),
}

impl<'a> Source<'a> {
    /// What `operand` stands for among `rows`.
    #[inline(always)]
    pub(super) fn of(operand: Operand, rows: Others<'a>) -> Self {
        match operand {
            Operand::Row(row) => Self::Row(rows.row(row)),
            Operand::Number(x) => Self::Number(x),
        }
    }

    /// The value in one trial.
    #[inline(always)]
    pub(super) fn at(&self, trial: usize) -> f64 {
        match self {
            Self::Row(row) => row[trial / LANES][trial % LANES],
            Self::Number(x) => *x,
        }
    }

    /// The part that lies in one block.
    #[inline(always)]
    pub(super) fn block(self, block: usize) -> Self {
        match self {
            Self::Row(row) => Self::Row(&row[block..=block]),
            Self::Number(x) => Self::Number(x),
        }
    }

    /// Whether something holds in all trials.
    #[inline(always)]
    pub(super) fn all(self, holds: impl Fn(f64) -> bool) -> bool {
        match self {
            Self::Row(row) => row
                .as_flattened()
                .iter()
                .fold(true, |all, &x| all & holds(x)),
            Self::Number(x) => holds(x),
        }
    }
}
