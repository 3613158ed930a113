//! The end of every run: joint sample, drivers, report, files.

use std::path::PathBuf;

use super::arguments::OutputArguments;
use super::files::TRIALS;
use super::load::report;
use super::outcome::print;
use super::progress::Progress;
use super::{ExitStatus, files, trials};
use crate::check::CheckedModel;
use crate::describe::report_plan;
use crate::diag::Diagnostic;
use crate::export::OutputFolder;
use crate::plan::{Plan, PlanRequest, build};
use crate::render::{self, Driver};
use crate::result::ResultDocument;
use crate::run::{JointSample, Loaded, RunError, Settings, joint_sample, notable_trials, sample};

/// Inputs listed as drivers.
const MOST_DRIVERS: usize = 5;

/// A run whose trials are done.
pub(super) struct Ended<'a> {
    pub(super) loaded: &'a Loaded,
    /// The model file, as the user would type it.
    pub(super) model: String,
    pub(super) settings: &'a Settings,
    pub(super) document: &'a ResultDocument,
    pub(super) folder: &'a OutputFolder,
    pub(super) output: &'a OutputArguments,
    pub(super) drivers: Drivers,
}

/// The drivers that the report shows.
pub(super) enum Drivers {
    /// They are known.
    Found(Vec<Driver>),
    /// They are found in a sample that the run has kept.
    Sampled(JointSample),
    /// A sample is evaluated for them.
    Unknown,
}

/// Writes the files of a run, `kept` among them, and prints its report, on as many threads as the run had. The notable trials come last:
/// they take a second pass over all trials, and an interruption of it costs nothing of the result.
pub(super) fn finish(ended: &Ended<'_>, kept: Vec<(String, Vec<u8>)>) -> ExitStatus {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(ended.output.threads.map_or(0, usize::from))
        .build();
    match pool {
        Ok(pool) => pool.install(|| finish_here(ended, kept)),
        Err(error) => explain_failure(RunError::Threads(error.to_string()), ended.loaded),
    }
}

fn finish_here(ended: &Ended<'_>, kept: Vec<(String, Vec<u8>)>) -> ExitStatus {
    let Ended {
        loaded,
        settings,
        document,
        folder,
        output,
        ..
    } = *ended;
    let shown = report_plan(&loaded.model);
    let sampled = || {
        let drivers = match (&ended.drivers, driven_output(&loaded.model)) {
            (Drivers::Found(drivers), _) => drivers.clone(),
            (_, None) => Vec::new(),
            (Drivers::Sampled(sample), Some(output)) => drivers(sample, output, loaded),
            (Drivers::Unknown, Some(output)) => {
                let plan = build(&loaded.model, PlanRequest::Drivers { output })?;
                DriverPlan { output, plan }.drivers(loaded, settings)
            }
        };
        let sample = (output.joint_sample).then(|| joint_sample(&loaded.model, settings));
        Ok::<_, Vec<Diagnostic>>((drivers, sample.transpose()?))
    };
    let write = || files::write(folder, &loaded.model, document, &shown, &kept, output.json);
    let (sampled, written) = rayon::join(sampled, write);
    let (drivers, sample) = match sampled {
        Ok(sampled) => sampled,
        Err(problems) => {
            report(&problems, &loaded.sources);
            return ExitStatus::Refused;
        }
    };
    let text = render::report(document, &shown, &drivers);
    let finished =
        written.and_then(|written| written.finish(folder, &loaded.model, &text, sample.as_ref()));
    let json = match finished {
        Ok(json) => json,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitStatus::Failed;
        }
    };
    let printed = if output.quiet {
        ExitStatus::Done
    } else if let Some(json) = json {
        print(&String::from_utf8_lossy(&json))
    } else {
        let status = print(&text);
        eprintln!("Written to {}", folder.path().display());
        status
    };
    if !output.keep_trials {
        return printed;
    }
    match keep_trials(ended) {
        Ok(()) => printed,
        Err(status) => {
            eprintln!(
                "  = note: {TRIALS} is not written; the other files of the result in {} are",
                folder.path().display()
            );
            status
        }
    }
}

/// Finds and writes the trials behind extremes, quantiles and crossings, and shows how to see one of them.
fn keep_trials(ended: &Ended<'_>) -> Result<(), ExitStatus> {
    let Ended {
        loaded,
        settings,
        document,
        folder,
        output,
        ..
    } = *ended;
    let progress = Progress::new(0, None, output.quiet);
    let notable = notable_trials(loaded, settings, document, &progress);
    progress.clear();
    let notable = notable.map_err(|error| explain_failure(error, loaded))?;
    let csv = trials::csv(&notable);
    folder.write_all(&[(TRIALS, &csv)]).map_err(|error| {
        eprintln!("error: {error}");
        ExitStatus::Failed
    })?;
    let crossing = report_plan(&loaded.model).crossing;
    let example = trials::example(&notable, crossing.as_deref());
    if let Some((what, trial)) = example
        && !output.quiet
        && !output.json
    {
        let (model, path) = (&ended.model, folder.path().display());
        eprintln!("{what}: fanfare replay {model} --run {path} --trial {trial}");
    }
    Ok(())
}

/// The folder for a result, found writable.
pub(super) fn prepare(path: PathBuf) -> Result<OutputFolder, ExitStatus> {
    OutputFolder::prepare(path).map_err(|error| {
        eprintln!("error: {error}");
        ExitStatus::Failed
    })
}

/// `results/<model name>`, with the variant appended, so that no run of a variant replaces another.
pub(super) fn default_folder(loaded: &Loaded) -> PathBuf {
    /// Longest text of one override in a name of a folder.
    const LONGEST: usize = 60;
    let set = loaded.variant.set.iter().map(|(node, expression)| {
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || "._=-".contains(c) {
                c
            } else {
                '_'
            }
        };
        format!("{node}={expression}")
            .chars()
            .map(plain)
            .take(LONGEST)
            .collect::<String>()
    });
    let named = [&loaded.variant.scenario, &loaded.variant.strategy];
    let parts: Vec<String> = std::iter::once(loaded.model.name.clone())
        .chain(named.into_iter().flatten().cloned())
        .chain(set)
        .collect();
    PathBuf::from("results").join(parts.join("+"))
}

pub(super) fn explain_failure(error: RunError, loaded: &Loaded) -> ExitStatus {
    match error {
        RunError::Refused(problems) => {
            report(&problems, &loaded.sources);
            ExitStatus::Refused
        }
        RunError::NonFinite(places) => {
            eprintln!(
                "error: values that are not finite in {} places; nothing was written",
                places.len()
            );
            for place in places.iter().take(10) {
                let labels: Vec<_> = place
                    .at
                    .iter()
                    .map(|(dimension, label)| format!("{dimension} = {label}"))
                    .collect();
                eprintln!(
                    "  {} ({}) {}: {} trials, the first is trial {}",
                    place.output,
                    place.place,
                    labels.join(", "),
                    place.count,
                    place.first_trial
                );
            }
            if let Some(first) = places.first() {
                eprintln!(
                    "  = help: `fanfare replay … --trial {}` shows every node of that trial; --allow-non-finite leaves such trials out",
                    first.first_trial
                );
            }
            ExitStatus::NonFinite
        }
        RunError::TooManyShards { .. } | RunError::Growth(_) => {
            eprintln!("error: {error}");
            ExitStatus::Refused
        }
        other => {
            eprintln!("error: {other}");
            ExitStatus::Failed
        }
    }
}

/// What finds the inputs that move an output most, at its outermost place and the last time label.
pub(super) struct DriverPlan {
    /// Its index in the model's outputs.
    pub(super) output: usize,
    pub(super) plan: Plan,
}

/// The output of which the report names the drivers, if it names any.
pub(super) fn driven_output(model: &CheckedModel) -> Option<usize> {
    let name = report_plan(model).drivers_of?;
    model.outputs.iter().position(|output| output.name == name)
}

impl DriverPlan {
    /// The strongest drivers, on the threads of the pool that this is called in.
    pub(super) fn drivers(&self, loaded: &Loaded, settings: &Settings) -> Vec<Driver> {
        drivers(&sample(&self.plan, settings), self.output, loaded)
    }
}

/// The strongest drivers of an output (its number) in a sample.
pub(super) fn drivers(sample: &JointSample, output: usize, loaded: &Loaded) -> Vec<Driver> {
    let model = &loaded.model;
    let Some((place, at)) = sample.last_cell(output) else {
        return Vec::new();
    };
    let place = &model.outputs[output].places[place].name;
    let labels = at
        .iter()
        .map(|(id, label)| model.dimensions.at(id).labels[label as usize].title.clone());
    let cell: Vec<String> = std::iter::once(place.clone()).chain(labels).collect();
    let place = cell.join(", ");
    (sample.drivers(output, &at).into_iter())
        .take(MOST_DRIVERS)
        .map(|driver| Driver {
            input: model.node(driver.input).title.clone(),
            place: place.clone(),
            correlation: driver.correlation,
            error: driver.error,
        })
        .collect()
}
