//! `fanfare replay`: every node of one trial, as a table or JSON.

use serde_json::{Map, Value, json};

use super::ExitStatus;
use super::arguments::ReplayArguments;
use super::load::{load_model, report};
use super::outcome::print;
use crate::diag::closest;
use crate::run::{Replay, ReplayedCell, replay as replay_trial};

pub(super) fn replay(arguments: &ReplayArguments) -> ExitStatus {
    let loaded = match load_model(&arguments.model) {
        Ok(loaded) => loaded,
        Err(status) => return status,
    };
    let mut replayed = match replay_trial(&loaded.model, arguments.seed, arguments.trial) {
        Ok(replayed) => replayed,
        Err(problems) => {
            report(&problems, &loaded.sources);
            return ExitStatus::Refused;
        }
    };
    if !arguments.node.is_empty() {
        for wanted in &arguments.node {
            if !cells(&replayed).any(|cell| cell.name == *wanted) {
                eprintln!("error: no node, output or crossing is called `{wanted}`");
                if let Some(near) = closest(wanted, cells(&replayed).map(|cell| cell.name.as_str()))
                {
                    eprintln!("  = help: did you mean `{near}`?");
                }
                return ExitStatus::Refused;
            }
        }
        for list in [
            &mut replayed.nodes,
            &mut replayed.outputs,
            &mut replayed.crossings,
        ] {
            list.retain(|cell| arguments.node.contains(&cell.name));
        }
    }
    if arguments.json {
        print(&to_json(&replayed, arguments))
    } else {
        print(&to_table(&replayed, arguments))
    }
}

fn cells(replayed: &Replay) -> impl Iterator<Item = &ReplayedCell> {
    replayed
        .nodes
        .iter()
        .chain(&replayed.outputs)
        .chain(&replayed.crossings)
}

fn to_table(replayed: &Replay, arguments: &ReplayArguments) -> String {
    let mut text = format!("Trial {} of seed {}\n", arguments.trial, arguments.seed);
    for (title, list) in [
        ("Nodes", &replayed.nodes),
        ("Outputs", &replayed.outputs),
        ("Crossing dates", &replayed.crossings),
    ] {
        if list.is_empty() {
            continue;
        }
        text.push_str(&format!("\n{title}\n"));
        for cell in list {
            let labels: Vec<_> = cell
                .place
                .iter()
                .cloned()
                .chain(
                    cell.at
                        .iter()
                        .map(|(dimension, label)| format!("{dimension} = {label}")),
                )
                .collect();
            let value = if cell.value == f64::INFINITY {
                "never".to_owned()
            } else if cell.value == f64::NEG_INFINITY {
                "before the first label".to_owned()
            } else {
                format!("{}", cell.value)
            };
            text.push_str(&format!(
                "  {:<28} {:<44} {value}\n",
                cell.name,
                labels.join(", ")
            ));
        }
    }
    text
}

fn to_json(replayed: &Replay, arguments: &ReplayArguments) -> String {
    let list = |cells: &[ReplayedCell]| {
        cells
            .iter()
            .map(|cell| {
                let at: Map<String, Value> = cell
                    .at
                    .iter()
                    .map(|(dimension, label)| (dimension.clone(), json!(label)))
                    .collect();
                // Values that are not finite have no number in JSON: they are named.
                let value = if cell.value.is_finite() {
                    json!(cell.value)
                } else {
                    json!(format!("{}", cell.value))
                };
                let mut entry = Map::new();
                entry.insert("name".into(), json!(cell.name));
                entry.extend(
                    cell.place
                        .as_ref()
                        .map(|place| ("place".to_owned(), json!(place))),
                );
                entry.insert("at".into(), Value::Object(at));
                entry.insert("value".into(), value);
                Value::Object(entry)
            })
            .collect::<Vec<_>>()
    };
    let document = json!({
        "trial": arguments.trial,
        "seed": arguments.seed.to_string(),
        "nodes": list(&replayed.nodes),
        "outputs": list(&replayed.outputs),
        "crossings": list(&replayed.crossings),
    });
    format!("{document:#}\n")
}
