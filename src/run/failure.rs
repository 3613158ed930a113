//! Why a run has no result, or cannot be taken up.

use super::part::PartError;
use super::part_header::{Difference, list};
use crate::diag::Diagnostic;
use crate::result::NonFinite;
use crate::stats::StatisticsError;

/// Why a run has no result.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan found parameters out of their domain, or is too large.
    #[error("the model cannot be run: {} problems", .0.len())]
    Refused(Vec<Diagnostic>),
    /// The run was stopped from outside.
    #[error("stopped before the end")]
    Cancelled,
    /// The threads could not be started.
    #[error("cannot start the threads: {0}")]
    Threads(String),
    /// Trials that are no whole number of replicates; see [`Design::planned`](crate::sample::Design::planned).
    #[error("{trials} trials are no whole number of replicates of {points} points")]
    BrokenReplicate {
        /// Trials of the settings.
        trials: u64,
        /// Points of the design.
        points: u64,
    },
    /// There are fewer units than shards.
    #[error(
        "{shards} shards need {shards} units of work; this run has {units}, since neither blocks of 4,096 trials nor replicates are divided"
    )]
    TooManyShards {
        /// Shards asked for.
        shards: u64,
        /// Blocks or replicates of the run.
        units: u64,
    },
    /// Statistics of blocks do not fit together.
    #[error("internal error in the statistics: {0}")]
    Statistics(#[from] StatisticsError),
    /// What was counted cannot be part of a longer run.
    #[error("the run cannot grow: {0}")]
    Growth(&'static str),
    /// What was counted cannot be stored.
    #[error(transparent)]
    Part(#[from] PartError),
    /// Values were not finite, and that was not allowed.
    #[error("values were not finite in {} places", .0.len())]
    NonFinite(Vec<NonFinite>),
}

/// Why a stored run cannot be taken up.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// It belongs to another run.
    #[error("it belongs to another run: {}", list(.0))]
    Different(Vec<Difference>),
    /// The part cannot be used.
    #[error(transparent)]
    Part(#[from] PartError),
    /// The run failed.
    #[error(transparent)]
    Run(#[from] RunError),
}
