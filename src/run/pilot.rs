//! The first trials of a design: bins are laid out from them, and what is counted of them meanwhile begins the first block of a run.

use super::round::Round;
use crate::eval::{Sink, Workspace, evaluate};
use crate::stats::{BlockAccumulator, Grid, JointAccumulator, PILOT_TRIALS, begin, lay_out};

/// Where a thread keeps what it counts, and how far it has come in a block.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) accumulator: BlockAccumulator,
    pub(super) joint: JointAccumulator,
    /// Trials of the block that have been counted.
    pub(super) n_trials: usize,
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

impl Round<'_> {
    /// The bins of every target, from the first 1,024 trials of the design, whether or not the run reaches so far: so a run that grows keeps
    /// its bins, and every shard has the same.
    pub(super) fn grids(&self, pool: &rayon::ThreadPool) -> Vec<Grid> {
        if self.is_wide() {
            return self.grids_of_columns(pool);
        }
        let mut workspace = self.workspace_of_pilot();
        let grids = pool.install(|| {
            lay_out(self.targets, |accept| {
                self.evaluate_pilot(&mut workspace, accept);
            })
        });
        self.put_back(workspace);
        grids
    }

    /// The first block as far as the pilot reaches, with the same bins; none where the block ends before, or where values pass through columns.
    pub(super) fn begin(&self, pool: &rayon::ThreadPool) -> Option<Begun> {
        let span = self.blocks.span(0);
        if self.is_wide() || span.n_trials < PILOT_TRIALS {
            return None;
        }
        let mut workspace = self.workspace_of_pilot();
        let accumulator = pool.install(|| {
            begin(self.targets, self.points, |accept| {
                self.evaluate_pilot(&mut workspace, accept);
            })
        });
        let mut joint = JointAccumulator::new(self.joints, self.points);
        self.take_kept(&workspace, span, 0, PILOT_TRIALS, &mut joint);
        self.put_back(workspace);
        Some(Begun {
            accumulator,
            joint,
            n_trials: PILOT_TRIALS,
        })
    }

    /// Whether rows of all trials of the pilot would take more memory than the values of all targets, and more than rows of a batch.
    fn is_wide(&self) -> bool {
        !self.batches_hold_pilot() && self.plan.n_rows > self.targets.n_targets()
    }

    fn batches_hold_pilot(&self) -> bool {
        self.trials_per_batch >= PILOT_TRIALS
    }

    /// Buffers for one batch, whatever is chosen for the run, so that all values of a target come at once.
    fn workspace_of_pilot(&self) -> Workspace {
        if self.batches_hold_pilot() {
            self.workspaces.take(self.plan, self.trials_per_batch)
        } else {
            Workspace::new(self.plan, PILOT_TRIALS)
        }
    }

    fn put_back(&self, workspace: Workspace) {
        if self.batches_hold_pilot() {
            self.workspaces.put(workspace);
        }
    }

    fn evaluate_pilot(&self, workspace: &mut Workspace, accept: &mut dyn FnMut(usize, &[f64])) {
        let mut scores = self.sampler.scores();
        let sink = &mut Pilot(accept);
        evaluate(self.plan, workspace, &mut scores, 0, PILOT_TRIALS, sink);
    }

    /// The bins by way of the values of all targets.
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
}
