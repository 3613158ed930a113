//! One trial again, with every node.

use super::settings::Settings;
use crate::check::CheckedModel;
use crate::diag::Diagnostic;
use crate::dimension::Assignment;
use crate::eval::{Sink, Workspace, evaluate};
use crate::plan::{PlanRequest, Target, TargetKind, build};

/// The value of one cell in one trial.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayedCell {
    /// Name of the node, output or crossing.
    pub name: String,
    /// Kind of place for outputs and crossings; `None` for nodes.
    pub place: Option<String>,
    /// Pairs (dimension, label).
    pub at: Vec<(String, String)>,
    /// The value.
    pub value: f64,
}

/// Every number of one trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// Nodes in order of evaluation.
    pub nodes: Vec<ReplayedCell>,
    /// Outputs, in the order of the result.
    pub outputs: Vec<ReplayedCell>,
    /// For each crossing and place the date of the first crossing: +∞ never, −∞ before the first label.
    pub crossings: Vec<ReplayedCell>,
}

struct Collect(Vec<f64>);

impl Sink for Collect {
    fn accept(&mut self, target: usize, values: &[f64]) {
        self.0[target] = values[0];
    }
}

/// Evaluates trial number `trial` of the run with these settings; its outputs are those that entered the statistics.
///
/// # Errors
/// Parameters out of their domain, as in [`build`].
pub fn replay(
    model: &CheckedModel,
    settings: &Settings,
    trial: u64,
) -> Result<Replay, Vec<Diagnostic>> {
    let plan = build(model, PlanRequest::EveryNode)?;
    let mut workspace = Workspace::new(&plan, 1);
    let mut scores = settings.sampler(&plan).scores();
    let mut collected = Collect(vec![f64::NAN; plan.targets.len()]);
    evaluate(&plan, &mut workspace, &mut scores, trial, 1, &mut collected);
    let labels = |at: &Assignment| labels_of(model, at);
    let nodes = plan
        .nodes
        .iter()
        .map(|cell| {
            let node = model.node(cell.node);
            ReplayedCell {
                name: node.name.clone(),
                place: None,
                at: labels(&Assignment::of_cell(
                    &node.shape,
                    cell.cell,
                    &model.dimensions,
                )),
                value: workspace.kept(cell.row, 1)[0],
            }
        })
        .collect();
    let mut outputs = Vec::new();
    let mut crossings = Vec::new();
    for (Target { kind, at }, &value) in plan.targets.iter().zip(&collected.0) {
        match *kind {
            TargetKind::Output { output, place } => {
                let output = &model.outputs[output];
                outputs.push(ReplayedCell {
                    name: output.name.clone(),
                    place: Some(output.places[place].name.clone()),
                    at: labels(at),
                    value,
                });
            }
            TargetKind::Date { crossing, place } => {
                let crossing = &model.crossings[crossing];
                crossings.push(ReplayedCell {
                    name: crossing.name.clone(),
                    place: Some(crossing.places[place].name.clone()),
                    at: labels(at),
                    value,
                });
            }
            TargetKind::First { .. } | TargetKind::Recross { .. } => {}
        }
    }
    Ok(Replay {
        nodes,
        outputs,
        crossings,
    })
}

/// The labels of an assignment by name.
fn labels_of(model: &CheckedModel, at: &Assignment) -> Vec<(String, String)> {
    at.iter()
        .map(|(id, label)| {
            let dimension = model.dimensions.at(id);
            (
                dimension.name.clone(),
                dimension.labels[label as usize].key.clone(),
            )
        })
        .collect()
}
