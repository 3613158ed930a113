//! A run in progress: it advances by rounds, can be stored between them and taken up again, and answers with a document at its end.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::document;
use super::failure::{ResumeError, RunError};
use super::joint_sample::JointSample;
use super::load::Loaded;
use super::part::{Part, PartError, encode};
use super::part_header::{Difference, Goal, PartHeader};
use super::pilot::Begun;
use super::round::{Counted, first_trial, n_threads};
use super::settings::{Observer, Settings};
use super::setup::Setup;
use super::shard::Shard;
use super::targets::{central_case, joint_plan, target_plan};
use super::until::is_look;
use crate::diag::Diagnostic;
use crate::plan::{Plan, PlanRequest, build};
use crate::result::ResultDocument;
use crate::stats::{
    Blocks, JointStatistics, Mode, Statistics, StatisticsError, TRIALS_PER_BLOCK, fits_exactly,
};

/// The plan of a run; everything that can be wrong with a model has been found when there is one.
///
/// # Errors
/// Parameters out of their domain; a plan too large to hold.
pub fn plan(loaded: &Loaded) -> Result<Plan, Vec<Diagnostic>> {
    build(&loaded.model, PlanRequest::Statistics)
}

/// A run in progress, of all trials or of a shard's.
///
/// However it is cut (threads, batches, shards, pauses, growth), it ends with the same document to the bit.
pub struct Simulation<'a> {
    loaded: &'a Loaded,
    setup: Setup<'a>,
    pool: Arc<rayon::ThreadPool>,
    /// The units that are wanted.
    share: Range<u64>,
    counted: Counted,
    /// The first block as far as the pilot reaches, until it is taken up.
    begun: Option<Begun>,
}

impl<'a> Simulation<'a> {
    /// A run of all trials, none of them evaluated yet.
    ///
    /// # Errors
    /// [`RunError::BrokenReplicate`], [`RunError::Threads`].
    pub fn new(loaded: &'a Loaded, plan: &'a Plan, settings: Settings) -> Result<Self, RunError> {
        let share = 0..n_units(&settings)?;
        Self::empty(loaded, plan, settings, share)
    }

    /// One shard of a run.
    ///
    /// # Errors
    /// [`RunError::TooManyShards`], [`RunError::BrokenReplicate`], [`RunError::Threads`].
    pub fn shard(
        loaded: &'a Loaded,
        plan: &'a Plan,
        settings: Settings,
        shard: Shard,
    ) -> Result<Self, RunError> {
        let units = n_units(&settings)?;
        if shard.of > units {
            return Err(RunError::TooManyShards {
                shards: shard.of,
                units,
            });
        }
        Self::empty(loaded, plan, settings, shard.units(units))
    }

    fn empty(
        loaded: &'a Loaded,
        plan: &'a Plan,
        settings: Settings,
        share: Range<u64>,
    ) -> Result<Self, RunError> {
        let points = settings.design.points();
        let pool = pool(&settings, &share)?;
        let setup = Setup::new(loaded, plan, settings);
        prepare(plan, &pool);
        let keeps_all = fits_exactly(setup.targets.n_targets(), setup.settings.trials);
        let begun = if !keeps_all && share.start == 0 {
            setup.round().begin(&pool)
        } else {
            None
        };
        let mode = match &begun {
            _ if keeps_all => Mode::Exact,
            Some(begun) => begun.accumulator.mode().clone(),
            None => Mode::Sketch(Arc::new(setup.round().grids(&pool))),
        };
        let counted = Counted {
            units: share.start..share.start,
            statistics: Statistics::new(&setup.targets, mode, points),
            joints: JointStatistics::new(setup.joints.clone(), points),
        };
        Ok(Self {
            loaded,
            setup,
            pool,
            share,
            counted,
            begun,
        })
    }

    fn with(
        loaded: &'a Loaded,
        plan: &'a Plan,
        settings: Settings,
        share: Range<u64>,
        counted: Counted,
        pool: Arc<rayon::ThreadPool>,
    ) -> Self {
        prepare(plan, &pool);
        Self {
            setup: Setup::new(loaded, plan, settings),
            begun: None,
            loaded,
            pool,
            share,
            counted,
        }
    }

    /// Takes up a run where `part` left it; the model, settings and shard must be the same.
    ///
    /// # Errors
    /// [`ResumeError`]: what differs; a state that does not fit the model; threads.
    pub fn resume(
        loaded: &'a Loaded,
        plan: &'a Plan,
        settings: Settings,
        shard: Option<Shard>,
        goal: &Goal,
        part: Part,
    ) -> Result<Self, ResumeError> {
        let settings = match goal {
            Goal::Trials => settings,
            // A run until a precision has grown as far as the part says.
            Goal::Until { .. } => Settings {
                trials: part.header.trials,
                ..settings
            },
        };
        if let Goal::Until { most, .. } = goal
            && !is_look(settings.trials, settings.design.points(), *most)
        {
            // The part of another command is told by what differs; one of this command cannot have ended there.
            let share = part.header.share.clone();
            let wanted = PartHeader::of(loaded, &settings, goal.clone(), share, 0..0);
            let differences = part.header.differences(&wanted);
            return Err(if differences.is_empty() {
                ResumeError::Part(PartError::Unsound)
            } else {
                ResumeError::Different(differences)
            });
        }
        let n_units = n_units(&settings)?;
        let share = shard.map_or(0..n_units, |shard| shard.units(n_units));
        let wanted = PartHeader::of(loaded, &settings, goal.clone(), share.clone(), 0..0);
        let mut differences = part.header.differences(&wanted);
        if part.header.share != share && part.header.trials == settings.trials {
            let units = |range: &Range<u64>| format!("{}–{}", range.start, range.end);
            differences.push(Difference {
                what: "units of the shard".to_owned(),
                first: units(&part.header.share),
                second: units(&share),
            });
        }
        if !differences.is_empty() {
            return Err(ResumeError::Different(differences));
        }
        part.fits(&target_plan(loaded, plan), &joint_plan(plan), &share)?;
        let pool = pool(&settings, &share)?;
        Ok(Self::with(
            loaded,
            plan,
            settings,
            share,
            part.counted,
            pool,
        ))
    }

    /// The whole run again from parts that cover it.
    ///
    /// # Errors
    /// Parts whose statistics do not fit the model or one another.
    pub fn joined(
        loaded: &'a Loaded,
        plan: &'a Plan,
        settings: Settings,
        parts: impl IntoIterator<Item = Result<Part, PartError>>,
    ) -> Result<Self, ResumeError> {
        let mut run = Self::new(loaded, plan, settings)?;
        for part in parts {
            let part = part?;
            part.fits(&run.setup.targets, &run.setup.joints, &run.share)?;
            let Counted {
                units,
                statistics,
                joints,
            } = part.counted;
            if units.start != run.counted.units.end {
                return Err(ResumeError::Part(PartError::Unsound));
            }
            run.counted.units.end = units.end;
            run.counted
                .statistics
                .merge_shard(statistics)
                .map_err(RunError::from)?;
            run.counted
                .joints
                .merge(joints)
                .map_err(|error| RunError::from(StatisticsError::from(error)))?;
        }
        Ok(run)
    }

    /// The same run with more trials to come; what has been counted stays. In designs of replicates `trials` is a whole number of them.
    ///
    /// # Errors
    /// [`RunError::Growth`] if a block that the longer run has whole was counted in part (see [`Simulation::advance_whole`]), or if the run
    /// begins after the first trial; [`RunError::BrokenReplicate`], [`RunError::Threads`].
    pub fn grown(self, trials: u64) -> Result<Self, RunError> {
        let done = self.trials_done();
        if self.share.start != 0 || trials < done {
            return Err(RunError::Growth("only a run from its first trial on can"));
        }
        let settings = Settings {
            trials,
            ..self.setup.settings.clone()
        };
        let n_units = n_units(&settings)?;
        if first_trial(&blocks(&settings), self.counted.units.end) != done {
            return Err(RunError::Growth(
                "its last block was counted in part, as of a run that was not kept to be extended",
            ));
        }
        let outgrows = matches!(self.counted.statistics.mode(), Mode::Exact)
            && !fits_exactly(self.setup.targets.n_targets(), trials);
        let grids = outgrows.then(|| self.setup.round().grids(&self.pool));
        let mut counted = self.counted;
        if let Some(grids) = grids {
            counted.statistics = counted.statistics.into_sketch(Arc::new(grids));
        }
        let pool = pool(&settings, &(0..n_units))?;
        Ok(Self::with(
            self.loaded,
            self.setup.plan,
            settings,
            0..n_units,
            counted,
            pool,
        ))
    }

    /// Evaluates trials until all are done or the observer wants a pause.
    ///
    /// # Errors
    /// [`RunError::Cancelled`]; nothing of the run is left then.
    pub fn advance(self, observer: &dyn Observer) -> Result<Self, RunError> {
        let end = self.share.end;
        self.advance_to(end, observer)
    }

    /// As [`Simulation::advance`], but leaves out a last block that is not full: what is stored then can grow.
    ///
    /// # Errors
    /// As [`Simulation::advance`].
    pub fn advance_whole(self, observer: &dyn Observer) -> Result<Self, RunError> {
        let end = self.share.end - u64::from(self.is_ragged());
        self.advance_to(end, observer)
    }

    fn advance_to(mut self, end: u64, observer: &dyn Observer) -> Result<Self, RunError> {
        if self.counted.units.end < end {
            let begun = self.begun.take();
            let round = self.setup.round();
            let counted = self.counted;
            self.counted = round.run(&self.pool, counted, begun, end, &self.share, observer)?;
        }
        Ok(self)
    }

    /// Whether the last block is not full.
    fn is_ragged(&self) -> bool {
        self.setup.settings.design.points().is_none()
            && self.share.end == self.setup.blocks().n_units()
            && !self
                .setup
                .settings
                .trials
                .is_multiple_of(TRIALS_PER_BLOCK as u64)
    }

    /// Whether all trials that are wanted have been evaluated.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.counted.units.end == self.share.end
    }

    /// Whether all full blocks that are wanted have been evaluated.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.counted.units.end >= self.share.end - u64::from(self.is_ragged())
    }

    /// Trials evaluated so far.
    #[must_use]
    pub fn trials_done(&self) -> u64 {
        let blocks = self.setup.blocks();
        first_trial(&blocks, self.counted.units.end) - first_trial(&blocks, self.share.start)
    }

    /// Its threads, for what else is to be done: a thread takes it up when it finds no more trials to evaluate.
    #[must_use]
    pub fn threads(&self) -> Arc<rayon::ThreadPool> {
        Arc::clone(&self.pool)
    }

    /// How it is run.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.setup.settings
    }

    /// What has been counted so far, as the bytes of a part file.
    ///
    /// # Errors
    /// [`PartError::Encoding`].
    pub fn to_part(&self, goal: Goal) -> Result<Vec<u8>, PartError> {
        let header = PartHeader::of(
            self.loaded,
            &self.setup.settings,
            goal,
            self.share.clone(),
            self.counted.units.clone(),
        );
        encode(&header, &self.counted)
    }

    /// The sample that the plan keeps, as [`super::sample`] evaluates it; none if it keeps none, if the design has replicates, or if trials
    /// of it were not evaluated by this run but taken up from a part.
    #[must_use]
    pub fn sample(&self) -> Option<JointSample> {
        self.setup.collected.as_ref()?.sample()
    }

    /// The result of all trials.
    ///
    /// # Errors
    /// Values that are not finite, unless they are allowed; trials that are missing.
    pub fn document(&self) -> Result<ResultDocument, RunError> {
        self.pool.install(|| self.assembled())
    }

    fn assembled(&self) -> Result<ResultDocument, RunError> {
        let n_blocks = self.setup.blocks().n_blocks();
        let summary = self.counted.statistics.finish(n_blocks)?;
        let joints = self
            .counted
            .joints
            .finish(n_blocks)
            .map_err(StatisticsError::from)?;
        let document = document::assemble(
            self.loaded,
            &self.setup.settings,
            self.setup.plan,
            &central_case(self.setup.plan),
            &summary,
            &joints,
            self.setup.sampler.n_fallback(),
        );
        if !document.run.non_finite.is_empty() && !self.setup.settings.allow_non_finite {
            return Err(RunError::NonFinite(document.run.non_finite));
        }
        Ok(document)
    }
}

/// Units of the run, if its trials fill them.
fn n_units(settings: &Settings) -> Result<u64, RunError> {
    match settings.design.points() {
        Some(points) if !settings.trials.is_multiple_of(points) => Err(RunError::BrokenReplicate {
            trials: settings.trials,
            points,
        }),
        _ => Ok(blocks(settings).n_units()),
    }
}

/// Threads for the units of a run.
fn pool(settings: &Settings, share: &Range<u64>) -> Result<Arc<rayon::ThreadPool>, RunError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(n_threads(settings, share.end - share.start))
        .build()
        .map(Arc::new)
        .map_err(|error| RunError::Threads(error.to_string()))
}

/// Builds the tables of draws on all threads, before one of them evaluates the pilot.
fn prepare(plan: &Plan, pool: &rayon::ThreadPool) {
    if plan.distributions.iter().any(|one| one.draws_by_score()) {
        pool.install(|| plan.distributions.par_iter().for_each(|one| one.prepare()));
    }
}

fn blocks(settings: &Settings) -> Blocks {
    Blocks::new(settings.trials, settings.design.points())
}

#[cfg(test)]
mod tests;
