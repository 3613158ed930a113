//! The buffers of threads that are done, for the next that need some: fresh ones cost a visit of the system for every page.

use std::sync::{Mutex, PoisonError};

use crate::eval::Workspace;
use crate::plan::Plan;

/// Buffers for batches of one plan and size.
#[derive(Debug, Default)]
pub(super) struct Workspaces(Mutex<Vec<Workspace>>);

impl Workspaces {
    /// Buffers that nobody uses, or new ones.
    pub(super) fn take(&self, plan: &Plan, trials_per_batch: usize) -> Workspace {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        known.unwrap_or_else(|| Workspace::new(plan, trials_per_batch))
    }

    /// Gives buffers back.
    pub(super) fn put(&self, workspace: Workspace) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(workspace);
    }
}
