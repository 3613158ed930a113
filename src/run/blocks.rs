//! All blocks of a run on all threads: each thread takes the next block, evaluates it in batches and hands in its sums.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::settings::{Observer, Settings};
use super::simulate::RunError;
use crate::eval::{Sink, Workspace, evaluate};
use crate::plan::Plan;
use crate::sample::AddressedScores;
use crate::stats::{
    BlockAccumulator, BlockSpan, Blocks, Grid, JointAccumulator, JointPlan, JointStatistics, Mode,
    PilotCapture, Statistics, StatisticsError, TRIALS_PER_BLOCK, TargetPlan, fits_exactly,
};

/// Bytes of rows that one batch may take. Most rows are used soon after they are made, so they need not all fit the second-level cache;
/// long batches spare the statistics, which touch a histogram of 4 KB for each target and batch.
const BYTES_PER_BATCH: usize = 16 * 1024 * 1024;
/// Bounds of the chosen batch, multiples of the eight lanes of the sums.
const FEWEST_TRIALS: usize = 64;
const MOST_TRIALS: usize = 1024;

/// What all blocks have in common.
pub(super) struct BlockRun<'a> {
    pub(super) plan: &'a Plan,
    pub(super) targets: Arc<TargetPlan>,
    pub(super) joints: JointPlan,
    pub(super) settings: &'a Settings,
    pub(super) observer: &'a dyn Observer,
}

/// The merged statistics of all blocks.
pub(super) struct Finished {
    pub(super) statistics: Statistics,
    pub(super) joints: JointStatistics,
}

struct Accumulate<'a> {
    accumulator: &'a mut BlockAccumulator,
    offset: usize,
}

impl Sink for Accumulate<'_> {
    fn accept(&mut self, target: usize, values: &[f64]) {
        self.accumulator.update(target, self.offset, values);
    }
}

struct Capture<'a> {
    pilot: &'a mut PilotCapture,
    offset: usize,
}

impl Sink for Capture<'_> {
    fn accept(&mut self, target: usize, values: &[f64]) {
        self.pilot.update(target, self.offset, values);
    }
}

impl BlockRun<'_> {
    pub(super) fn n_blocks(&self) -> u64 {
        self.blocks().n_blocks()
    }

    fn blocks(&self) -> Blocks {
        Blocks::new(self.settings.trials, self.settings.design.points())
    }

    /// Trials evaluated together: as many as keep all rows in the second-level cache.
    fn trials_per_batch(&self) -> usize {
        self.settings.trials_per_batch.unwrap_or_else(|| {
            let rows = self.plan.n_rows.max(1);
            (BYTES_PER_BATCH / (8 * rows)).clamp(FEWEST_TRIALS, MOST_TRIALS) / 8 * 8
        })
    }

    /// Evaluates one block; `sink` makes the sink of a batch from its offset in the block.
    fn block(
        &self,
        block: u64,
        workspace: &mut Workspace,
        scores: &mut AddressedScores,
        mut each_batch: impl FnMut(&mut Workspace, &mut AddressedScores, u64, usize, usize),
    ) {
        let BlockSpan {
            first_trial: first,
            n_trials: in_block,
        } = self.blocks().span(block);
        let step = self.trials_per_batch();
        for offset in (0..in_block).step_by(step) {
            // The block is left unfinished: a cancelled run has no result.
            if self.observer.is_cancelled() {
                return;
            }
            let n = step.min(in_block - offset);
            each_batch(workspace, scores, first + offset as u64, offset, n);
        }
    }

    /// How quantiles are kept: every value if they fit, else in bins placed by trials 0 … 4,095, also of a shorter run.
    fn mode(&self) -> Mode {
        if fits_exactly(self.targets.n_targets(), self.settings.trials) {
            return Mode::Exact;
        }
        let mut workspace = Workspace::new(self.plan, self.trials_per_batch());
        let mut scores = AddressedScores::new(self.settings.seed, &self.plan.streams);
        let mut pilot = PilotCapture::new(&self.targets);
        let step = self.trials_per_batch();
        for first in (0..TRIALS_PER_BLOCK).step_by(step) {
            if self.observer.is_cancelled() {
                break;
            }
            evaluate(
                self.plan,
                &mut workspace,
                &mut scores,
                first as u64,
                step.min(TRIALS_PER_BLOCK - first),
                &mut Capture {
                    pilot: &mut pilot,
                    offset: first,
                },
            );
        }
        let grids: Vec<Grid> = pilot.finish();
        Mode::Sketch(Arc::new(grids))
    }

    /// Runs every block.
    pub(super) fn run(&self) -> Result<Finished, RunError> {
        let n_threads = self
            .settings
            .threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let n_threads = n_threads
            .min(usize::try_from(self.n_blocks()).unwrap_or(usize::MAX))
            .max(1);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .build()
            .map_err(|error| RunError::Threads(error.to_string()))?;
        let mode = self.mode();
        let merged = Mutex::new(Finished {
            statistics: Statistics::new(&self.targets, mode.clone(), self.settings.design.points()),
            joints: JointStatistics::new(self.joints.clone(), self.settings.design.points()),
        });
        let next = AtomicU64::new(0);
        let done = AtomicU64::new(0);
        let stop = AtomicBool::new(false);
        let outcomes: Vec<Result<(), RunError>> = pool.broadcast(|_| {
            let outcome = self.thread(&mode, &merged, &next, &done, &stop);
            if outcome.is_err() {
                stop.store(true, Ordering::Relaxed);
            }
            outcome
        });
        outcomes
            .into_iter()
            .collect::<Result<Vec<()>, RunError>>()?;
        Ok(merged.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// The work of one thread: blocks until there are no more.
    fn thread(
        &self,
        mode: &Mode,
        merged: &Mutex<Finished>,
        next: &AtomicU64,
        done: &AtomicU64,
        stop: &AtomicBool,
    ) -> Result<(), RunError> {
        let mut workspace = Workspace::new(self.plan, self.trials_per_batch());
        let mut scores = AddressedScores::new(self.settings.seed, &self.plan.streams);
        let mut accumulator = BlockAccumulator::new(
            Arc::clone(&self.targets),
            mode.clone(),
            self.settings.design.points(),
        );
        let mut joint = JointAccumulator::new(&self.joints, self.settings.design.points());
        loop {
            if self.observer.is_cancelled() {
                return Err(RunError::Cancelled);
            }
            let unit = next.fetch_add(1, Ordering::Relaxed);
            if unit >= self.blocks().n_units() || stop.load(Ordering::Relaxed) {
                break;
            }
            let mut evaluated = 0;
            for block in self.blocks().of_unit(unit) {
                self.block(
                    block,
                    &mut workspace,
                    &mut scores,
                    |workspace, scores, first, offset, n| {
                        evaluate(
                            self.plan,
                            workspace,
                            scores,
                            first,
                            n,
                            &mut Accumulate {
                                accumulator: &mut accumulator,
                                offset,
                            },
                        );
                        for (group, cell) in self.plan.joints.iter().enumerate() {
                            let columns: Vec<&[f64]> = cell
                                .rows
                                .iter()
                                .map(|&row| workspace.kept(row, n))
                                .collect();
                            joint.update(group, offset, &columns);
                        }
                        evaluated += n as u64;
                    },
                );
                if self.observer.is_cancelled() {
                    return Err(RunError::Cancelled);
                }
                let first_trial = self.blocks().span(block).first_trial;
                let sums = accumulator.finish_block(block, first_trial);
                let pairs = joint.finish_block(block, first_trial);
                let mut merged = merged.lock().unwrap_or_else(PoisonError::into_inner);
                merged.statistics.insert(sums)?;
                merged.joints.insert(pairs).map_err(StatisticsError::from)?;
            }
            if self.settings.design.points().is_some() {
                let spreads = accumulator.finish_replicate(unit);
                let pairs = joint.finish_replicate(unit);
                let mut merged = merged.lock().unwrap_or_else(PoisonError::into_inner);
                merged.statistics.insert_replicate(spreads)?;
                merged
                    .joints
                    .insert_replicate(pairs)
                    .map_err(StatisticsError::from)?;
            }
            let total = done.fetch_add(evaluated, Ordering::Relaxed) + evaluated;
            self.observer.progress(total, self.settings.trials);
        }
        let mut merged = merged.lock().unwrap_or_else(PoisonError::into_inner);
        merged.statistics.merge(&mut accumulator)?;
        Ok(())
    }
}
