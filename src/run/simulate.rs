//! The road of a run: plan → central case → blocks → statistics → result document.

use std::sync::Arc;

use super::blocks::BlockRun;
use super::document;
use super::load::Loaded;
use super::settings::{Observer, Settings};
use crate::diag::Diagnostic;
use crate::eval::{Sink, Workspace, evaluate};
use crate::plan::{Plan, PlanRequest, TargetKind, build};
use crate::result::{NonFinite, ResultDocument};
use crate::sample::FixedScores;
use crate::stats::{self, JointPlan, StatisticsError, TargetPlan};

/// Why a run has no result.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan found parameters out of their domain, or is too large.
    #[error("the model cannot be run: {} problems", .0.len())]
    Refused(Vec<Diagnostic>),
    /// The run was stopped from outside.
    #[error("stopped before the end; nothing was written")]
    Cancelled,
    /// The threads could not be started.
    #[error("cannot start the threads: {0}")]
    Threads(String),
    /// Statistics of blocks do not fit together.
    #[error("internal error in the statistics: {0}")]
    Statistics(#[from] StatisticsError),
    /// Values were not finite, and that was not allowed.
    #[error("values were not finite in {} places", .0.len())]
    NonFinite(Vec<NonFinite>),
}

/// Runs a model.
///
/// The same model, settings and version give the same document to the bit for any number of threads and any batch size.
///
/// # Errors
/// See [`RunError`].
pub fn simulate(
    loaded: &Loaded,
    settings: &Settings,
    observer: &dyn Observer,
) -> Result<ResultDocument, RunError> {
    let plan = plan(loaded).map_err(RunError::Refused)?;
    simulate_plan(loaded, &plan, settings, observer)
}

/// The plan of a run; everything that can be wrong with a model has been found when there is one.
///
/// # Errors
/// Parameters out of their domain; a plan too large to hold.
pub fn plan(loaded: &Loaded) -> Result<Plan, Vec<Diagnostic>> {
    build(&loaded.model, PlanRequest::Statistics)
}

/// Runs a model whose [`plan`] is there.
///
/// # Errors
/// See [`RunError`].
pub fn simulate_plan(
    loaded: &Loaded,
    plan: &Plan,
    settings: &Settings,
    observer: &dyn Observer,
) -> Result<ResultDocument, RunError> {
    let model = &loaded.model;
    let central = central_case(plan);
    let n_labels = model
        .dimensions
        .time()
        .map_or(0, |time| model.dimensions.at(time).len());
    let targets = Arc::new(TargetPlan {
        kinds: plan
            .targets
            .iter()
            .map(|target| statistic(target.kind, n_labels))
            .collect(),
    });
    let joints = JointPlan {
        sizes: plan.joints.iter().map(|cell| cell.rows.len()).collect(),
    };
    let run = BlockRun {
        plan,
        targets,
        joints,
        settings,
        observer,
    };
    let n_blocks = run.n_blocks();
    let finished = run.run()?;
    let summary = finished.statistics.finish(n_blocks)?;
    let joint_summary = finished
        .joints
        .finish(n_blocks)
        .map_err(StatisticsError::from)?;
    let document = document::assemble(loaded, settings, plan, &central, &summary, &joint_summary);
    if !document.run.non_finite.is_empty() && !settings.allow_non_finite {
        return Err(RunError::NonFinite(document.run.non_finite));
    }
    Ok(document)
}

fn statistic(kind: TargetKind, n_labels: usize) -> stats::TargetKind {
    match kind {
        TargetKind::Output { .. } => stats::TargetKind::Value,
        TargetKind::First { .. } => stats::TargetKind::CrossingFirst { n_labels },
        TargetKind::Recross { .. } => stats::TargetKind::Recross,
        TargetKind::Date { .. } => stats::TargetKind::Date,
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
