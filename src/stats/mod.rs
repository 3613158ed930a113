//! Mergeable statistics of all output cells: moments, quantiles, crossings, co-moments and their Monte Carlo errors.
//!
//! Each thread has a [`BlockAccumulator`]; finished blocks go to [`Statistics`], thread parts are merged into it, and [`Statistics::finish`]
//! answers per target. Float sums follow a fixed tree over block numbers, everything else is integer counts: batches, threads and shards
//! change no bit.

mod accumulator;
mod bits;
mod blocks;
mod cell;
mod count_spread;
mod counts;
mod crossing;
mod deviation;
mod discrete;
mod distribution;
pub mod error;
mod exact;
mod grid;
mod interpolant;
mod joint;
mod layout;
mod layout_lanes;
mod level;
mod low;
mod map;
mod moments;
mod non_finite;
mod pair_moments;
mod pilot;
mod prefetch;
mod ranks;
mod side_by_side;
mod sketch;
mod spread;
mod statistics;
mod summary;
mod tail;
mod target;
mod tree;
mod waiting;

#[cfg(test)]
mod tests;

pub use accumulator::{BlockAccumulator, FinishedBlock, FinishedReplicate};
pub use blocks::{BlockSpan, Blocks};
pub use counts::Mode;
pub use crossing::{CrossingDate, FirstCrossing, Probability};
pub use distribution::{Distribution, Quantile};
pub use error::{QuantileEstimate, interval_factor};
pub use exact::{MOST_EXACT_VALUES, fits_exactly};
pub use grid::Grid;
pub use interpolant::Interpolant;
pub use joint::{
    JointAccumulator, JointBlock, JointPlan, JointReplicate, JointStatistics, JointSummary,
};
pub use level::HUB_LEVELS;
pub use moments::Moments;
pub use non_finite::NonFinite;
pub use pair_moments::PairMoments;
pub use pilot::{PILOT_TRIALS, begin, lay_out};
pub use ranks::{mid_ranks, rank_correlation, spearman};
pub use spread::Spread;
pub use statistics::{Statistics, StatisticsError};
pub use summary::{Summary, ValueSummary};
pub use tail::Unreliable;
pub use target::{TRIALS_PER_BLOCK, TargetKind, TargetPlan};
pub use tree::{BlockTree, Combine, TreeError};
