//! What stays as it is while a run advances.

use std::sync::Arc;

use super::collected::Collected;
use super::load::Loaded;
use super::round::Round;
use super::settings::Settings;
use super::targets::{joint_plan, target_plan};
use super::workspaces::Workspaces;
use crate::plan::Plan;
use crate::sample::Sampler;
use crate::stats::{Blocks, JointPlan, TargetPlan};

/// A plan, how it is run, and what follows from both.
pub(super) struct Setup<'a> {
    pub(super) plan: &'a Plan,
    pub(super) settings: Settings,
    pub(super) targets: Arc<TargetPlan>,
    pub(super) joints: JointPlan,
    pub(super) sampler: Sampler,
    workspaces: Workspaces,
    /// The sample that the plan keeps, if it keeps one.
    pub(super) collected: Option<Collected>,
}

impl<'a> Setup<'a> {
    pub(super) fn new(loaded: &Loaded, plan: &'a Plan, settings: Settings) -> Self {
        Self {
            targets: Arc::new(target_plan(loaded, plan)),
            joints: joint_plan(plan),
            sampler: settings.sampler(plan),
            workspaces: Workspaces::default(),
            collected: Collected::new(plan, &settings),
            plan,
            settings,
        }
    }

    /// How its trials fall into blocks.
    pub(super) fn blocks(&self) -> Blocks {
        Blocks::new(self.settings.trials, self.settings.design.points())
    }

    /// What its units have in common.
    pub(super) fn round(&self) -> Round<'_> {
        Round {
            plan: self.plan,
            targets: &self.targets,
            joints: &self.joints,
            blocks: self.blocks(),
            sampler: &self.sampler,
            workspaces: &self.workspaces,
            collected: self.collected.as_ref(),
            points: self.settings.design.points(),
            trials_per_batch: self.settings.batch(self.plan),
        }
    }
}
