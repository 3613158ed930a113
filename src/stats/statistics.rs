//! Statistics of a run: collects blocks and thread parts, and answers per target.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::accumulator::{
    BlockAccumulator, FinishedBlock, FinishedReplicate, MomentSpread, same_mode,
};
use super::blocks::Blocks;
use super::counts::{Counts, Mode};
use super::crossing::{CrossingDate, FirstCrossing, Probability};
use super::distribution::Distribution;
use super::error::{self, QuantileEstimate};
use super::moments::Moments;
use super::non_finite::NonFinite;
use super::target::{TargetKind, TargetPlan};
use super::tree::{BlockTree, TreeError};

/// Why parts do not form one whole.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StatisticsError {
    /// Blocks do not fit together.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A thread's part was merged inside a block.
    #[error("a block was begun and not finished")]
    OpenBlock,
    /// Parts of different runs.
    #[error("the parts have different targets or bins")]
    Different,
}

/// Merged statistics; serialisable, so that shards and interrupted runs can be joined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    plan: TargetPlan,
    mode: Mode,
    counts: Option<Counts>,
    tree: BlockTree<Moments>,
    /// Points of a replicate; `None` in the random design.
    points: Option<u64>,
    replicates: BlockTree<MomentSpread>,
}

impl Statistics {
    /// Statistics of nothing; `points` are those of a replicate, `None` in the random design.
    #[must_use]
    pub fn new(plan: &Arc<TargetPlan>, mode: Mode, points: Option<u64>) -> Self {
        Self {
            plan: plan.as_ref().clone(),
            mode,
            counts: None,
            tree: BlockTree::new(),
            points,
            replicates: BlockTree::new(),
        }
    }

    /// The targets.
    #[must_use]
    pub fn plan(&self) -> &TargetPlan {
        &self.plan
    }

    /// How values are kept.
    #[must_use]
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// Takes the moments of a finished block as soon as it is finished, in any order.
    ///
    /// # Errors
    /// If the block came before or has other targets.
    pub fn insert(&mut self, finished: FinishedBlock) -> Result<(), StatisticsError> {
        Ok(self.tree.insert(finished.block, finished.moments)?)
    }

    /// Takes the spreads of a finished replicate, in any order.
    ///
    /// # Errors
    /// If the replicate came before or has other targets.
    pub fn insert_replicate(&mut self, finished: FinishedReplicate) -> Result<(), StatisticsError> {
        Ok(self
            .replicates
            .insert(finished.replicate, finished.spreads)?)
    }

    /// Takes over the counts of a thread, which starts again from zero: at the end of the run, or at a checkpoint between blocks.
    ///
    /// # Errors
    /// If the thread is inside a block, or has another plan or other bins.
    pub fn merge(&mut self, part: &mut BlockAccumulator) -> Result<(), StatisticsError> {
        if part.is_open() {
            return Err(StatisticsError::OpenBlock);
        }
        if !part.belongs_to(&self.plan, &self.mode) {
            return Err(StatisticsError::Different);
        }
        self.add(part.take_counts());
        Ok(())
    }

    /// Adds another shard of the same run.
    ///
    /// # Errors
    /// If blocks overlap, or the other has another plan or other bins.
    pub fn merge_shard(&mut self, other: Self) -> Result<(), StatisticsError> {
        if self.plan != other.plan
            || self.points != other.points
            || !same_mode(&self.mode, &other.mode)
        {
            return Err(StatisticsError::Different);
        }
        self.tree.merge(other.tree)?;
        self.replicates.merge(other.replicates)?;
        self.add(other.counts);
        Ok(())
    }

    fn add(&mut self, part: Option<Counts>) {
        match (&mut self.counts, part) {
            (Some(counts), Some(part)) => counts.merge(&self.mode, part),
            (None, part) => self.counts = part,
            (Some(_), None) => {}
        }
    }

    /// Answers for blocks 0 … `n_blocks` − 1, all of which, and all of whose replicates, must have been inserted and their threads merged.
    ///
    /// # Errors
    /// If blocks or replicates are missing.
    pub fn finish(&self, n_blocks: u64) -> Result<Summary<'_>, StatisticsError> {
        let n_replicates = self
            .points
            .map(|points| Blocks::replicates_in(n_blocks, points));
        Ok(Summary {
            statistics: self,
            moments: self.tree.finish(n_blocks)?,
            n_replicates,
            spreads: self.replicates.finish(n_replicates.unwrap_or(0))?,
        })
    }
}

/// Statistics of a whole run, by target.
#[derive(Debug, Clone)]
pub struct Summary<'a> {
    statistics: &'a Statistics,
    moments: Vec<Moments>,
    n_replicates: Option<u64>,
    spreads: Vec<MomentSpread>,
}

impl Summary<'_> {
    /// Degrees of freedom of all Monte Carlo errors: replicates less one; `None` in the random design, where errors are as good as normal.
    /// The 95 % interval of a statistic is ± t₀.₉₇₅ of so many degrees of freedom × its error.
    #[must_use]
    pub fn error_df(&self) -> Option<u64> {
        Some(self.n_replicates?.saturating_sub(1))
    }

    /// Targets with non-finite values.
    #[must_use]
    pub fn non_finite(&self) -> BTreeMap<usize, NonFinite> {
        self.statistics
            .counts
            .as_ref()
            .map_or_else(BTreeMap::new, |counts| counts.non_finite().clone())
    }

    /// Statistics of a value target; `None` for another kind or without trials. Reading sorts or interpolates: keep it for all questions.
    #[must_use]
    pub fn value(&self, target: usize) -> Option<ValueSummary> {
        if *self.statistics.plan.kinds.get(target)? != TargetKind::Value {
            return None;
        }
        let moments = *self.moments.get(target)?;
        let counts = self.statistics.counts.as_ref()?;
        let distribution = counts.distribution(&self.statistics.mode, target, &moments)?;
        Some(ValueSummary {
            moments,
            distribution,
            spread: self.spreads.get(target).copied(),
            n_replicates: self.n_replicates,
        })
    }

    /// Probabilities of the first crossing; `None` for another kind or without trials.
    #[must_use]
    pub fn first_crossing(&self, target: usize) -> Option<FirstCrossing> {
        match self.statistics.plan.kinds.get(target)? {
            TargetKind::CrossingFirst { .. } => {
                let counts = self.statistics.counts.as_ref()?.codes(target)?.to_vec();
                Some(FirstCrossing { counts })
            }
            _ => None,
        }
    }

    /// Probability of crossing back; `None` for another kind or without trials.
    #[must_use]
    pub fn recross(&self, target: usize) -> Option<Probability> {
        match self.statistics.plan.kinds.get(target)? {
            TargetKind::Recross => {
                let counts = self.statistics.counts.as_ref()?.codes(target)?;
                Probability::from_count(*counts.get(1)?, counts.iter().sum())
            }
            _ => None,
        }
    }

    /// Distribution of the crossing date; `None` for another kind or without trials.
    #[must_use]
    pub fn crossing_date(&self, target: usize) -> Option<CrossingDate> {
        let counts = self.statistics.counts.as_ref()?;
        let (left_censored, never) = counts.censored(target)?;
        let dates = counts.distribution(&self.statistics.mode, target, &Moments::EMPTY)?;
        Some(CrossingDate {
            left_censored,
            never,
            dates,
        })
    }
}

/// Statistics of one value target.
#[derive(Debug, Clone)]
pub struct ValueSummary {
    moments: Moments,
    distribution: Distribution,
    spread: Option<MomentSpread>,
    n_replicates: Option<u64>,
}

impl ValueSummary {
    /// Number of finite values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.moments.count
    }

    /// Mean; `None` of nothing or where a sum overflows.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.moments.count > 0 && self.moments.mean.is_finite()).then_some(self.moments.mean + 0.0)
    }

    /// Monte Carlo error of the mean: from the spread over replicates, in the random design sd/√N.
    #[must_use]
    pub fn mean_error(&self) -> Option<f64> {
        match self.n_replicates {
            None => error::of_mean(&self.moments),
            Some(n) => self.spread?.mean.error(n),
        }
    }

    /// Standard deviation, divisor count − 1.
    #[must_use]
    pub fn sd(&self) -> Option<f64> {
        self.moments.sd()
    }

    /// Monte Carlo error of the standard deviation: in designs of replicates error(variance)/(2 sd).
    #[must_use]
    pub fn sd_error(&self) -> Option<f64> {
        match self.n_replicates {
            None => error::of_sd(&self.moments),
            Some(n) => {
                let sd = self.sd()?;
                let error = self.spread?.variance.error(n)?;
                Some(if sd > 0.0 { error / (2.0 * sd) } else { 0.0 })
            }
        }
    }

    /// Smallest finite value.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        (self.moments.count > 0).then_some(self.moments.min + 0.0)
    }

    /// Largest finite value.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        (self.moments.count > 0).then_some(self.moments.max + 0.0)
    }

    /// Quantile at one level with its error.
    #[must_use]
    pub fn quantile(&self, level: f64) -> QuantileEstimate {
        error::quantile_estimate(&self.distribution, level, 0, self.distribution.count())
    }

    /// Quantiles at all levels.
    #[must_use]
    pub fn quantiles(&self, levels: &[f64]) -> Vec<QuantileEstimate> {
        levels.iter().map(|&level| self.quantile(level)).collect()
    }

    /// Probability level of `x`: share of values below it plus half the share of those equal to it; of the central case, `central_level`.
    #[must_use]
    pub fn cdf_mid(&self, x: f64) -> Option<f64> {
        self.distribution.cdf_mid(x)
    }

    /// Moments of the finite values.
    #[must_use]
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// Distribution of the finite values.
    #[must_use]
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }
}
