//! One round of a run: whole units on all threads, from the first that is missing to the last that is wanted, or to a pause.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::collected::Collected;
use super::failure::RunError;
use super::pilot::Begun;
use super::settings::{Observer, Settings};
use super::workspaces::Workspaces;
use crate::eval::{Sink, Workspace, evaluate};
use crate::plan::Plan;
use crate::sample::{DesignScores, Sampler};
use crate::stats::{
    BlockAccumulator, BlockSpan, Blocks, JointAccumulator, JointPlan, JointStatistics, Mode,
    Statistics, StatisticsError, TargetPlan,
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
    /// The sample that the plan keeps of the first trials, if it keeps one.
    pub(super) collected: Option<&'a Collected>,
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

/// What the threads of a round share.
struct Shared<'a> {
    observer: &'a dyn Observer,
    mode: Mode,
    /// The first block, if it was begun: for the thread that takes it.
    begun: Mutex<Option<Begun>>,
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

    /// Takes the next unit.
    fn unit(&self) -> Option<u64> {
        let unit = self.next.fetch_add(1, Ordering::Relaxed);
        (unit < self.end).then_some(unit)
    }

    /// What was begun of a unit.
    fn begun(&self, unit: u64) -> Option<Begun> {
        if unit > 0 {
            return None;
        }
        self.begun
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
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
    /// Evaluates the units after those already counted, up to `end`; ends earlier where the observer wants a pause, though never without
    /// a unit for each thread. `share` is what progress counts: its trials are all that are wanted. `begun` is the first block of a run of
    /// which nothing else has been counted.
    pub(super) fn run(
        &self,
        pool: &rayon::ThreadPool,
        counted: Counted,
        begun: Option<Begun>,
        end: u64,
        share: &Range<u64>,
        observer: &dyn Observer,
    ) -> Result<Counted, RunError> {
        let start = first_trial(&self.blocks, share.start);
        let first = counted.units.end;
        let shared = Shared {
            observer,
            mode: counted.statistics.mode().clone(),
            begun: Mutex::new(begun),
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
        // Each thread takes a unit before it asks, so that every round gets on, however often a pause is due.
        let Some(mut unit) = shared.unit() else {
            return Ok(());
        };
        let mut workspace = self.workspaces.take(self.plan, self.trials_per_batch);
        let mut scores = self.sampler.scores();
        // The first unit is the first of its thread, which has counted nothing else.
        let mut begun = shared.begun(unit).unwrap_or_else(|| Begun {
            accumulator: BlockAccumulator::new(
                Arc::clone(self.targets),
                shared.mode.clone(),
                self.points,
            ),
            joint: JointAccumulator::new(self.joints, self.points),
            n_trials: 0,
        });
        loop {
            for block in self.blocks.of_unit(unit) {
                let span = self.blocks.span(block);
                self.block(
                    span,
                    shared.observer,
                    &mut workspace,
                    &mut scores,
                    &mut begun,
                )?;
                begun.n_trials = 0;
                let sums = begun.accumulator.finish_block(block, span.first_trial);
                let pairs = begun.joint.finish_block(block, span.first_trial);
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
                let spreads = begun.accumulator.finish_replicate(unit);
                let pairs = begun.joint.finish_replicate(unit);
                let mut merged = shared.lock();
                merged.statistics.insert_replicate(spreads)?;
                merged
                    .joints
                    .insert_replicate(pairs)
                    .map_err(StatisticsError::from)?;
            }
            if shared.stop.load(Ordering::Relaxed) || shared.observer.checkpoint_due() {
                break;
            }
            let Some(next) = shared.unit() else {
                break;
            };
            unit = next;
        }
        self.workspaces.put(workspace);
        shared.lock().statistics.merge(&mut begun.accumulator)?;
        Ok(())
    }

    /// Evaluates what is left of one block in batches; a cancelled one is left unfinished.
    fn block(
        &self,
        span: BlockSpan,
        observer: &dyn Observer,
        workspace: &mut Workspace,
        scores: &mut DesignScores,
        begun: &mut Begun,
    ) -> Result<(), RunError> {
        for offset in (begun.n_trials..span.n_trials).step_by(self.trials_per_batch) {
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
                    accumulator: &mut begun.accumulator,
                    offset,
                },
            );
            self.take_kept(workspace, span, offset, n, &mut begun.joint);
        }
        Ok(())
    }

    /// Takes the rows that a batch of `n` trials has kept, the first trial being `offset` in its block.
    pub(super) fn take_kept(
        &self,
        workspace: &Workspace,
        span: BlockSpan,
        offset: usize,
        n: usize,
        joint: &mut JointAccumulator,
    ) {
        for (group, cell) in self.plan.joints.iter().enumerate() {
            let rows = cell.rows.iter();
            let columns: Vec<&[f64]> = rows.map(|&row| workspace.kept(row, n)).collect();
            joint.update(group, offset, &columns);
        }
        if let Some(collected) = self.collected {
            collected.take(workspace, span.first_trial + offset as u64, n);
        }
    }
}
