//! `fanfare check`: reads, checks and plans a model, and describes it.

use super::ExitStatus;
use super::arguments::CheckArguments;
use super::load::{load_model, report};
use super::outcome::print;
use crate::dependence::dependence;
use crate::describe;
use crate::diag::closest;
use crate::plan::{PlanRequest, build};

pub(super) fn check(arguments: &CheckArguments) -> ExitStatus {
    let loaded = match load_model(&arguments.model) {
        Ok(loaded) => loaded,
        Err(status) => return status,
    };
    // Parameters that data or other nodes decide are known only once the plan has folded them.
    if let Err(problems) = build(&loaded.model, PlanRequest::Statistics) {
        report(&problems, &loaded.sources);
        return ExitStatus::Refused;
    }
    if arguments.dependence {
        // A fixed seed: the table is part of the description of a model.
        return match dependence(&loaded.model, 1) {
            Ok(rows) => print(&describe::dependence_table(&loaded.model, &rows)),
            Err(problems) => {
                report(&problems, &loaded.sources);
                ExitStatus::Refused
            }
        };
    }
    match &arguments.explain {
        None => print(&describe::summary(&loaded.model)),
        Some(name) => match describe::explain(&loaded.model, name) {
            Some(text) => print(&text),
            None => {
                let names = loaded
                    .model
                    .nodes
                    .iter()
                    .map(|node| node.name.as_str())
                    .chain(
                        loaded
                            .model
                            .crossings
                            .iter()
                            .map(|crossing| crossing.name.as_str()),
                    )
                    .chain(
                        loaded
                            .model
                            .outputs
                            .iter()
                            .map(|output| output.name.as_str()),
                    );
                eprintln!("error: no node, output or crossing is called `{name}`");
                if let Some(near) = closest(name, names) {
                    eprintln!("  = help: did you mean `{near}`?");
                }
                ExitStatus::Refused
            }
        },
    }
}
