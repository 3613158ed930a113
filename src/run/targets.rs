//! What the statistics keep of a plan, and the central case of its targets.

use super::load::Loaded;
use crate::eval::{Sink, Workspace, evaluate};
use crate::plan::{Plan, TargetKind};
use crate::sample::FixedScores;
use crate::stats::{self, JointPlan, TargetPlan};

pub(super) fn target_plan(loaded: &Loaded, plan: &Plan) -> TargetPlan {
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

pub(super) fn joint_plan(plan: &Plan) -> JointPlan {
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
pub(super) fn central_case(plan: &Plan) -> Vec<f64> {
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
