//! The whole road of a run in one call: plan → rounds → result document.

use super::failure::RunError;
use super::load::Loaded;
use super::settings::{Observer, Settings};
use super::simulation::{Simulation, plan};
use crate::plan::Plan;
use crate::result::ResultDocument;

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
    let mut run = Simulation::new(loaded, plan, settings.clone())?;
    while !run.is_done() {
        run = run.advance(observer)?;
    }
    run.document()
}
