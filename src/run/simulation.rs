//! A run in progress: it advances by rounds, can be stored between them and taken up again, and answers with a document at its end.

use std::ops::Range;
use std::sync::Arc;

use super::document;
use super::load::Loaded;
use super::part::{Difference, Goal, Part, PartError, PartHeader, encode, list};
use super::round::{Counted, Round, first_trial, n_threads, trials_per_batch};
use super::settings::{Observer, Settings};
use crate::diag::Diagnostic;
use crate::eval::{Sink, Workspace, evaluate};
use crate::plan::{Plan, PlanRequest, TargetKind, build};
use crate::result::{NonFinite, ResultDocument};
use crate::sample::{FixedScores, Sampler};
use crate::stats::{
    self, Blocks, JointPlan, JointStatistics, Mode, Statistics, StatisticsError, TargetPlan,
    fits_exactly,
};

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

/// One of several equal shares of a run, numbered from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which share, 1 … `of`.
    pub index: u64,
    /// How many shares there are.
    pub of: u64,
}

impl Shard {
    /// Its units among `n_units`: shares differ by at most one unit.
    fn units(self, n_units: u64) -> Range<u64> {
        let before = |shards: u64| {
            let product = u128::from(n_units) * u128::from(shards);
            // At most `n_units`, so it fits.
            (product / u128::from(self.of)) as u64
        };
        before(self.index - 1)..before(self.index)
    }
}

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
    plan: &'a Plan,
    settings: Settings,
    targets: Arc<TargetPlan>,
    joints: JointPlan,
    sampler: Sampler,
    pool: rayon::ThreadPool,
    /// The units that are wanted.
    share: Range<u64>,
    counted: Counted,
}

impl<'a> Simulation<'a> {
    /// A run of all trials, none of them evaluated yet.
    ///
    /// # Errors
    /// [`RunError::Threads`].
    pub fn new(loaded: &'a Loaded, plan: &'a Plan, settings: Settings) -> Result<Self, RunError> {
        let share = 0..blocks(&settings).n_units();
        Self::empty(loaded, plan, settings, share)
    }

    /// One shard of a run.
    ///
    /// # Errors
    /// [`RunError::TooManyShards`], [`RunError::Threads`].
    pub fn shard(
        loaded: &'a Loaded,
        plan: &'a Plan,
        settings: Settings,
        shard: Shard,
    ) -> Result<Self, RunError> {
        let units = blocks(&settings).n_units();
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
        let targets = Arc::new(target_plan(loaded, plan));
        let joints = joint_plan(plan);
        let sampler = settings.sampler(plan);
        let mode = if fits_exactly(targets.n_targets(), settings.trials) {
            Mode::Exact
        } else {
            let grids = round(plan, &targets, &joints, &settings, &sampler).grids();
            Mode::Sketch(Arc::new(grids))
        };
        let counted = Counted {
            units: share.start..share.start,
            statistics: Statistics::new(&targets, mode, settings.design.points()),
            joints: JointStatistics::new(joints, settings.design.points()),
        };
        Self::with(loaded, plan, settings, share, counted)
    }

    fn with(
        loaded: &'a Loaded,
        plan: &'a Plan,
        settings: Settings,
        share: Range<u64>,
        counted: Counted,
    ) -> Result<Self, RunError> {
        let n_threads = n_threads(&settings, share.end - share.start);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .build()
            .map_err(|error| RunError::Threads(error.to_string()))?;
        Ok(Self {
            targets: Arc::new(target_plan(loaded, plan)),
            joints: joint_plan(plan),
            sampler: settings.sampler(plan),
            loaded,
            plan,
            settings,
            pool,
            share,
            counted,
        })
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
        let share = |settings: &Settings| {
            let n_units = blocks(settings).n_units();
            shard.map_or(0..n_units, |shard| shard.units(n_units))
        };
        let settings = match goal {
            Goal::Trials => settings,
            // A run until a precision has grown as far as the part says.
            Goal::Until { .. } => Settings {
                trials: part.header.trials,
                ..settings
            },
        };
        let share = share(&settings);
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
        part.fits(&target_plan(loaded, plan), &share)?;
        Ok(Self::with(loaded, plan, settings, share, part.counted)?)
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
            part.fits(&run.targets, &run.share)?;
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
    /// [`RunError::Threads`].
    ///
    /// # Panics
    /// If a block that the longer run has whole was counted in part (see [`Simulation::whole_trials`]), or of a shard.
    pub fn grown(self, trials: u64) -> Result<Self, RunError> {
        let done = self.trials_done();
        assert!(
            self.share.start == 0 && trials >= done,
            "a run grows as a whole"
        );
        let settings = Settings {
            trials,
            ..self.settings
        };
        let blocks = blocks(&settings);
        assert_eq!(
            first_trial(&blocks, self.counted.units.end),
            done,
            "a block that was counted in part cannot grow"
        );
        if matches!(self.counted.statistics.mode(), Mode::Exact)
            && !fits_exactly(self.targets.n_targets(), trials)
        {
            // At most 2²⁴ values were kept: they are soon counted again.
            return Self::new(self.loaded, self.plan, settings);
        }
        Self::with(
            self.loaded,
            self.plan,
            settings,
            0..blocks.n_units(),
            self.counted,
        )
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
            let round = round(
                self.plan,
                &self.targets,
                &self.joints,
                &self.settings,
                &self.sampler,
            );
            self.counted = round.run(&self.pool, self.counted, end, &self.share, observer)?;
        }
        Ok(self)
    }

    /// Whether the last block is not full.
    fn is_ragged(&self) -> bool {
        self.settings.design.points().is_none()
            && self.share.end == blocks(&self.settings).n_units()
            && !self
                .settings
                .trials
                .is_multiple_of(stats::TRIALS_PER_BLOCK as u64)
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
        let blocks = blocks(&self.settings);
        first_trial(&blocks, self.counted.units.end) - first_trial(&blocks, self.share.start)
    }

    /// How it is run.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What has been counted so far, as the bytes of a part file.
    ///
    /// # Errors
    /// [`PartError::Encoding`].
    pub fn to_part(&self, goal: Goal) -> Result<Vec<u8>, PartError> {
        let header = PartHeader::of(
            self.loaded,
            &self.settings,
            goal,
            self.share.clone(),
            self.counted.units.clone(),
        );
        encode(&header, &self.counted)
    }

    /// The result of all trials.
    ///
    /// # Errors
    /// Values that are not finite, unless they are allowed; trials that are missing.
    pub fn document(&self) -> Result<ResultDocument, RunError> {
        let n_blocks = blocks(&self.settings).n_blocks();
        let summary = self.counted.statistics.finish(n_blocks)?;
        let joints = self
            .counted
            .joints
            .finish(n_blocks)
            .map_err(StatisticsError::from)?;
        let document = document::assemble(
            self.loaded,
            &self.settings,
            self.plan,
            &central_case(self.plan),
            &summary,
            &joints,
            self.sampler.n_fallback(),
        );
        if !document.run.non_finite.is_empty() && !self.settings.allow_non_finite {
            return Err(RunError::NonFinite(document.run.non_finite));
        }
        Ok(document)
    }
}

fn blocks(settings: &Settings) -> Blocks {
    Blocks::new(settings.trials, settings.design.points())
}

fn round<'a>(
    plan: &'a Plan,
    targets: &'a Arc<TargetPlan>,
    joints: &'a JointPlan,
    settings: &Settings,
    sampler: &'a Sampler,
) -> Round<'a> {
    Round {
        plan,
        targets,
        joints,
        blocks: blocks(settings),
        sampler,
        points: settings.design.points(),
        trials_per_batch: settings
            .trials_per_batch
            .unwrap_or_else(|| trials_per_batch(plan)),
    }
}

fn target_plan(loaded: &Loaded, plan: &Plan) -> TargetPlan {
    let dimensions = &loaded.model.dimensions;
    let n_labels = dimensions
        .time()
        .map_or(0, |time| dimensions.at(time).len());
    let kinds = plan.targets.iter().map(|target| match target.kind {
        TargetKind::Output { .. } => stats::TargetKind::Value,
        TargetKind::First { .. } => stats::TargetKind::CrossingFirst { n_labels },
        TargetKind::Recross { .. } => stats::TargetKind::Recross,
        TargetKind::Date { .. } => stats::TargetKind::Date,
    });
    TargetPlan {
        kinds: kinds.collect(),
    }
}

fn joint_plan(plan: &Plan) -> JointPlan {
    JointPlan {
        sizes: plan.joints.iter().map(|cell| cell.rows.len()).collect(),
    }
}

struct FirstTrial(Vec<f64>);

impl Sink for FirstTrial {
    fn accept(&mut self, target: usize, values: &[f64]) {
        self.0[target] = values[0];
    }
}

/// The central case: every score 0, so every input at its median given its parameters.
fn central_case(plan: &Plan) -> Vec<f64> {
    let mut workspace = Workspace::new(plan, 1);
    let mut central = FirstTrial(vec![f64::NAN; plan.targets.len()]);
    evaluate(
        plan,
        &mut workspace,
        &mut FixedScores(0.0),
        0,
        1,
        &mut central,
    );
    central.0
}
