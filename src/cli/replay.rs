//! `fanfare replay`: every node of one trial, as a table or JSON.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::ExitStatus;
use super::arguments::{DesignArguments, ReplayArguments};
use super::design::{order_of, planned_design};
use super::load::{load_model, load_variant, report};
use super::outcome::print;
use crate::diag::closest;
use crate::result::ResultDocument;
use crate::run::{Loaded, Replay, ReplayedCell, Settings, VariantChoice, replay as replay_trial};
use crate::sample::{Design, DesignKind, SobolOrder};

pub(super) fn replay(arguments: &ReplayArguments) -> ExitStatus {
    let (loaded, settings) = match addressed(arguments) {
        Ok(addressed) => addressed,
        Err(status) => return status,
    };
    if arguments.trial >= settings.trials
        && (arguments.run.is_some() || settings.design != Design::Random)
    {
        eprintln!(
            "error: the run has trials 0 to {}, and --trial is {}",
            settings.trials - 1,
            arguments.trial
        );
        return ExitStatus::Refused;
    }
    let mut replayed = match replay_trial(&loaded.model, &settings, arguments.trial) {
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
        print(&to_json(&replayed, &settings, arguments.trial))
    } else {
        print(&to_table(&replayed, &settings, arguments.trial))
    }
}

/// The model and the settings of the run that the trial belongs to.
fn addressed(arguments: &ReplayArguments) -> Result<(Loaded, Settings), ExitStatus> {
    if let Some(folder) = &arguments.run {
        return of_run(&arguments.model.model, folder);
    }
    let loaded = load_model(&arguments.model)?;
    let DesignArguments {
        seed,
        design: kind,
        points,
    } = arguments.design;
    let (design, trials) = planned_design(kind, arguments.trials, points)?;
    let settings = Settings {
        trials,
        seed,
        design,
        sobol_order: order_of(kind, &loaded, &arguments.model, seed)?,
        ..Settings::default()
    };
    Ok((loaded, settings))
}

/// The model at `path` in the variant of the run in `folder`, and that run's settings.
fn of_run(path: &Path, folder: &Path) -> Result<(Loaded, Settings), ExitStatus> {
    let file = folder.join("result.json");
    let refuse = |reason: String| {
        eprintln!("error: {}: {reason}", file.display());
        ExitStatus::Refused
    };
    let text = fs::read(&file).map_err(|error| refuse(error.to_string()))?;
    let document: ResultDocument =
        serde_json::from_slice(&text).map_err(|error| refuse(error.to_string()))?;
    let run = document.run;
    let design = match (run.design.as_str(), run.points_per_replicate) {
        ("random", None) => Design::Random,
        ("latin", Some(points)) => Design::Latin { points },
        ("sobol", Some(points)) => Design::Sobol { points },
        (other, _) => return Err(refuse(format!("no design `{other}` is known"))),
    };
    let sobol_order = (design.kind() == DesignKind::Sobol)
        .then(|| SobolOrder::try_from(run.sobol_order))
        .transpose()
        .map_err(|error| refuse(error.to_string()))?;
    let variant = VariantChoice {
        scenario: run.scenario,
        strategy: run.strategy,
        set: run.set.into_iter().map(|set| (set.node, set.is)).collect(),
    };
    let loaded = load_variant(path, &variant)?;
    let differing = loaded.sources.files().find(|(_, file)| {
        let hash = file.sha256.as_ref().map(|hash| format!("sha256:{hash}"));
        document.model.files.get(&file.path) != hash.as_ref()
    });
    if let Some((_, differing)) = differing {
        return Err(refuse(format!(
            "the run is of another version of the model: {} has changed since",
            differing.path
        )));
    }
    let settings = Settings {
        trials: run.trials,
        seed: run.seed.0,
        design,
        sobol_order,
        ..Settings::default()
    };
    Ok((loaded, settings))
}

fn cells(replayed: &Replay) -> impl Iterator<Item = &ReplayedCell> {
    replayed
        .nodes
        .iter()
        .chain(&replayed.outputs)
        .chain(&replayed.crossings)
}

fn to_table(replayed: &Replay, settings: &Settings, trial: u64) -> String {
    let design = match settings.design {
        Design::Random => String::new(),
        other => format!(
            ", {} design with {} points in each replicate",
            other.name(),
            other.points().unwrap_or_default()
        ),
    };
    let mut text = format!("Trial {trial} of seed {}{design}\n", settings.seed);
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

fn to_json(replayed: &Replay, settings: &Settings, trial: u64) -> String {
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
        "trial": trial,
        "seed": settings.seed.to_string(),
        "design": settings.design.name(),
        "nodes": list(&replayed.nodes),
        "outputs": list(&replayed.outputs),
        "crossings": list(&replayed.crossings),
    });
    format!("{document:#}\n")
}
