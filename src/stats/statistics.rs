//! Statistics of a run: collects blocks, replicates and the counts of threads.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::accumulator::{
    BlockAccumulator, FinishedBlock, FinishedReplicate, MomentSpread, same_mode,
};
use super::blocks::Blocks;
use super::counts::{Counts, Mode};
use super::error::interval_factor;
use super::grid::Grid;
use super::moments::Moments;
use super::summary::Summary;
use super::target::TargetPlan;
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
    pub(crate) plan: TargetPlan,
    pub(crate) mode: Mode,
    pub(crate) counts: Option<Counts>,
    tree: BlockTree<Moments>,
    /// Points of a replicate; `None` in the random design.
    pub(crate) points: Option<u64>,
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

    /// Puts kept values into bins, one grid per target, as [`super::lay_out`] placed them: the result is that of a run that kept bins
    /// from the start. Statistics in bins stay as they are.
    #[must_use]
    pub fn into_sketch(self, grids: Arc<Vec<Grid>>) -> Self {
        if let Mode::Sketch(_) = self.mode {
            return self;
        }
        let mode = Mode::Sketch(grids);
        let blocks_per_replicate = self.points.map(Blocks::per_replicate);
        let counts = self
            .counts
            .map(|counts| counts.into_sketch(&self.plan, &mode, blocks_per_replicate));
        Self {
            mode,
            counts,
            ..self
        }
    }

    /// Whether these can be the statistics of exactly the units `units` of a run with these blocks and targets. What is read from a file is
    /// asked this before anything is looked up in it.
    #[must_use]
    pub fn is_sound(&self, plan: &TargetPlan, blocks: &Blocks, units: Range<u64>) -> bool {
        let n_targets = plan.n_targets();
        let per_unit = blocks.blocks_per_unit();
        let range = units.start * per_unit..units.end * per_unit;
        let replicates = if self.points.is_some() {
            units.clone()
        } else {
            0..0
        };
        let trials = blocks.trials_of(&units);
        let grids_are_sound = match &self.mode {
            Mode::Exact => true,
            Mode::Sketch(grids) => grids.len() == n_targets && grids.iter().all(Grid::is_sound),
        };
        let counts_are_sound = match &self.counts {
            None => units.is_empty(),
            Some(counts) => counts.is_sound(plan, &self.mode, blocks, &range, trials),
        };
        self.plan == *plan
            && self.points == blocks.points()
            && grids_are_sound
            && self
                .tree
                .is_sound(range, n_targets, |moments| moments.count <= trials)
            && self.replicates.is_sound(replicates, n_targets, |_| true)
            && counts_are_sound
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
            .map(|points| n_blocks / Blocks::per_replicate(points));
        Ok(Summary {
            statistics: self,
            moments: self.tree.finish(n_blocks)?,
            n_replicates,
            factor: interval_factor(n_replicates.map(|n| n.saturating_sub(1))),
            spreads: self.replicates.finish(n_replicates.unwrap_or(0))?,
        })
    }
}
