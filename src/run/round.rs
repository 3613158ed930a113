//! One round of a run: whole units on all threads, from the first that is missing to the last that is wanted, or to a pause.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::failure::RunError;
use super::settings::{Observer, Settings};
use super::workspaces::Workspaces;
use crate::eval::{Sink, Workspace, evaluate};
use crate::plan::Plan;
use crate::sample::{DesignScores, Sampler};
use crate::stats::{
    BlockAccumulator, BlockSpan, Blocks, Grid, JointAccumulator, JointPlan, JointStatistics, Mode,
    PILOT_TRIALS, Statistics, StatisticsError, TargetPlan, lay_out,
};

/// What has been counted so far: all trials of a range of units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Counted {
    pub(super) units: Range<u64>,
    pub(super) statistics: Statistics,
    pub(super) joints: JointStatistics,
}

/// What all units of a run have in common.
pub(super) struct Round<'a> {
    pub(super) plan: &'a Plan,
    pub(super) targets: &'a Arc<TargetPlan>,
    pub(super) joints: &'a JointPlan,
    pub(super) blocks: Blocks,
    pub(super) sampler: &'a Sampler,
    pub(super) workspaces: &'a Workspaces,
    pub(super) points: Option<u64>,
    pub(super) trials_per_batch: usize,
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

struct Pilot<'a>(&'a mut dyn FnMut(usize, &[f64]));

impl Sink for Pilot<'_> {
    fn accept(&mut self, target: usize, values: &[f64]) {
        self.0(target, values);
    }
}

/// Values of each target.
struct Columns(Vec<Vec<f64>>);

impl Sink for Columns {
    fn accept(&mut self, target: usize, values: &[f64]) {
        self.0[target].extend_from_slice(values);
    }
}

/// What the threads of a round share.
struct Shared<'a> {
    observer: &'a dyn Observer,
    mode: Mode,
    merged: Mutex<Counted>,
    /// The next unit that nobody has taken.
    next: AtomicU64,
    end: u64,
    done: AtomicU64,
    total: u64,
    stop: AtomicBool,
}

impl Shared<'_> {
    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.merged.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Threads for so many pieces of work: those of the settings, else all cores.
pub(super) fn n_threads(settings: &Settings, n_pieces: u64) -> usize {
    settings
        .threads
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
        .min(usize::try_from(n_pieces).unwrap_or(usize::MAX))
        .max(1)
}

/// Number of trials before a unit.
pub(super) fn first_trial(blocks: &Blocks, unit: u64) -> u64 {
    if unit >= blocks.n_units() {
        blocks.trials()
    } else {
        blocks.span(blocks.of_unit(unit).start).first_trial
    }
}

impl Round<'_> {
    /// The bins of every target, from the first 1,024 trials of the design, whether or not the run reaches so far: so a run that grows keeps
    /// its bins, and every shard has the same.
    pub(super) fn grids(&self, pool: &rayon::ThreadPool) -> Vec<Grid> {
        let fits = self.trials_per_batch >= PILOT_TRIALS;
        if !fits && self.plan.n_rows > self.targets.n_targets() {
            return self.grids_of_columns(pool);
        }
        // One batch, whatever is chosen for the run, so that all values of a target come at once.
        let mut workspace = if fits {
            self.workspaces.take(self.plan, self.trials_per_batch)
        } else {
            Workspace::new(self.plan, PILOT_TRIALS)
        };
        let mut scores = self.sampler.scores();
        let grids = pool.install(|| {
            lay_out(self.targets, |accept| {
                let mut sink = Pilot(accept);
                evaluate(
                    self.plan,
                    &mut workspace,
                    &mut scores,
                    0,
                    PILOT_TRIALS,
                    &mut sink,
                );
            })
        });
        if fits {
            self.workspaces.put(workspace);
        }
        grids
    }

    /// The same where rows of so many trials would take more memory than the values of all targets.
    fn grids_of_columns(&self, pool: &rayon::ThreadPool) -> Vec<Grid> {
        let mut workspace = self.workspaces.take(self.plan, self.trials_per_batch);
        let mut scores = self.sampler.scores();
        let mut columns = Columns(vec![Vec::new(); self.targets.n_targets()]);
        for first in (0..PILOT_TRIALS).step_by(self.trials_per_batch) {
            let n = self.trials_per_batch.min(PILOT_TRIALS - first);
            let sink = &mut columns;
            evaluate(
                self.plan,
                &mut workspace,
                &mut scores,
                first as u64,
                n,
                sink,
            );
        }
        self.workspaces.put(workspace);
        pool.install(|| {
            lay_out(self.targets, |accept| {
                for (target, column) in columns.0.iter().enumerate() {
                    accept(target, column);
                }
            })
        })
    }

    /// Evaluates the units after those already counted, up to `end`; ends earlier where the observer wants a pause, though never without
    /// a unit for each thread. `share` is what progress counts: its trials are all that are wanted.
    pub(super) fn run(
        &self,
        pool: &rayon::ThreadPool,
        counted: Counted,
        end: u64,
        share: &Range<u64>,
        observer: &dyn Observer,
    ) -> Result<Counted, RunError> {
        let start = first_trial(&self.blocks, share.start);
        let first = counted.units.end;
        let shared = Shared {
            observer,
            mode: counted.statistics.mode().clone(),
            merged: Mutex::new(counted),
            next: AtomicU64::new(first),
            end,
            done: AtomicU64::new(first_trial(&self.blocks, first) - start),
            total: first_trial(&self.blocks, share.end) - start,
            stop: AtomicBool::new(false),
        };
        let outcomes: Vec<Result<(), RunError>> = pool.broadcast(|_| {
            let outcome = self.thread(&shared);
            if outcome.is_err() {
                shared.stop.store(true, Ordering::Relaxed);
            }
            outcome
        });
        outcomes
            .into_iter()
            .collect::<Result<Vec<()>, RunError>>()?;
        let mut counted = shared
            .merged
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        counted.units.end = shared.next.into_inner().min(end);
        Ok(counted)
    }

    /// The work of one thread: units until there are no more or a pause is due.
    fn thread(&self, shared: &Shared<'_>) -> Result<(), RunError> {
        let mut workspace = self.workspaces.take(self.plan, self.trials_per_batch);
        let mut scores = self.sampler.scores();
        let mut accumulator =
            BlockAccumulator::new(Arc::clone(self.targets), shared.mode.clone(), self.points);
        let mut joint = JointAccumulator::new(self.joints, self.points);
        let mut first_unit = true;
        while !shared.stop.load(Ordering::Relaxed) {
            // Each thread takes a unit before it asks, so that every round gets on, however often a pause is due.
            if !first_unit && shared.observer.checkpoint_due() {
                break;
            }
            first_unit = false;
            let unit = shared.next.fetch_add(1, Ordering::Relaxed);
            if unit >= shared.end {
                break;
            }
            for block in self.blocks.of_unit(unit) {
                let span = self.blocks.span(block);
                self.block(
                    span,
                    shared.observer,
                    &mut workspace,
                    &mut scores,
                    &mut accumulator,
                    &mut joint,
                )?;
                let sums = accumulator.finish_block(block, span.first_trial);
                let pairs = joint.finish_block(block, span.first_trial);
                {
                    let mut merged = shared.lock();
                    merged.statistics.insert(sums)?;
                    merged.joints.insert(pairs).map_err(StatisticsError::from)?;
                }
                let n = span.n_trials as u64;
                let done = shared.done.fetch_add(n, Ordering::Relaxed) + n;
                shared.observer.progress(done, shared.total);
            }
            if self.points.is_some() {
                let spreads = accumulator.finish_replicate(unit);
                let pairs = joint.finish_replicate(unit);
                let mut merged = shared.lock();
                merged.statistics.insert_replicate(spreads)?;
                merged
                    .joints
                    .insert_replicate(pairs)
                    .map_err(StatisticsError::from)?;
            }
        }
        self.workspaces.put(workspace);
        shared.lock().statistics.merge(&mut accumulator)?;
        Ok(())
    }

    /// Evaluates one block in batches; a cancelled one is left unfinished.
    fn block(
        &self,
        span: BlockSpan,
        observer: &dyn Observer,
        workspace: &mut Workspace,
        scores: &mut DesignScores,
        accumulator: &mut BlockAccumulator,
        joint: &mut JointAccumulator,
    ) -> Result<(), RunError> {
        for offset in (0..span.n_trials).step_by(self.trials_per_batch) {
            if observer.is_cancelled() {
                return Err(RunError::Cancelled);
            }
            let n = self.trials_per_batch.min(span.n_trials - offset);
            evaluate(
                self.plan,
                workspace,
                scores,
                span.first_trial + offset as u64,
                n,
                &mut Accumulate {
                    accumulator,
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
        }
        Ok(())
    }
}
