//! What the short report of a model shows: its `[report]` table, and sensible choices for what that leaves open.

use crate::check::CheckedModel;
use crate::expr::{Ident, print};
use crate::render::ReportPlan;

/// Outputs in the table of a model without `[report]`.
const FEW: usize = 3;

/// The plan of the report: headline of the first crossing, table of the first outputs, drivers of the first, unless the model says otherwise.
#[must_use]
pub fn report_plan(model: &CheckedModel) -> ReportPlan {
    let declared = model.file.report.as_ref();
    let names = |list: &[Ident]| {
        list.iter()
            .map(|name| name.value.clone())
            .collect::<Vec<_>>()
    };
    let crossing = declared
        .and_then(|report| report.crossing.as_ref())
        .map(|name| name.value.clone())
        .or_else(|| {
            model
                .crossings
                .first()
                .map(|crossing| crossing.name.clone())
        });
    let mut outputs = declared.map_or_else(Vec::new, |report| names(&report.outputs));
    if outputs.is_empty() {
        outputs = model
            .outputs
            .iter()
            .take(FEW)
            .map(|output| output.name.clone())
            .collect();
    }
    let mut fan = declared.map_or_else(Vec::new, |report| names(&report.fan));
    if fan.is_empty() {
        fan = crossed(model, crossing.as_deref());
    }
    if fan.is_empty() {
        fan = outputs.iter().take(1).cloned().collect();
    }
    let drivers_of = declared
        .and_then(|report| report.drivers_of.as_ref())
        .map(|name| name.value.clone())
        .or_else(|| outputs.first().cloned());
    ReportPlan {
        crossing,
        outputs,
        fan,
        drivers_of,
    }
}

/// The two outputs that a crossing compares, if they are outputs by name.
fn crossed(model: &CheckedModel, crossing: Option<&str>) -> Vec<String> {
    let Some(crossing) = model
        .crossings
        .iter()
        .find(|found| Some(found.name.as_str()) == crossing)
    else {
        return Vec::new();
    };
    let names = [print(&crossing.written.0), print(&crossing.written.1)];
    let are_outputs = names
        .iter()
        .all(|name| model.outputs.iter().any(|output| output.name == *name));
    if are_outputs {
        names.to_vec()
    } else {
        Vec::new()
    }
}
