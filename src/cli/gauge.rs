//! `fanfare gauge`: runs published examples and prints a verdict for every figure.

use serde::Serialize;

use super::ExitStatus;
use super::arguments::GaugeArguments;
use super::load::report;
use super::outcome::print;
use super::progress::{Progress, stop_on_signals};
use crate::gauge::{ExampleReport, GaugeError, GaugeSettings, example_folders, page, table};
use crate::run::RunError;

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    engine: &'static str,
    seed: u64,
    met: bool,
    examples: &'a [ExampleReport],
}

pub(super) fn gauge(arguments: &GaugeArguments) -> ExitStatus {
    let folders = match example_folders(&arguments.folder) {
        Ok(folders) => folders,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitStatus::Refused;
        }
    };
    stop_on_signals(false);
    let settings = GaugeSettings {
        seed: arguments.seed,
        most_trials: arguments.most_trials,
        threads: arguments.threads.map(usize::from),
    };
    let mut reports = Vec::new();
    for (index, folder) in folders.iter().enumerate() {
        eprintln!("{} of {}: {}", index + 1, folders.len(), folder.display());
        let progress = Progress::new(0, None, false);
        let outcome = crate::gauge::gauge(folder, &settings, &progress);
        progress.clear();
        match outcome {
            Ok(report) => reports.push(report),
            Err(error) => return explain(error),
        }
    }
    let met = reports.iter().all(ExampleReport::is_met);
    let text = if arguments.json {
        let document = Document {
            format: "fanfare-gauge/1",
            engine: env!("CARGO_PKG_VERSION"),
            seed: settings.seed,
            met,
            examples: &reports,
        };
        match serde_json::to_string_pretty(&document) {
            Ok(text) => text + "\n",
            Err(error) => {
                eprintln!("error: {error}");
                return ExitStatus::Failed;
            }
        }
    } else if arguments.markdown {
        page(&reports, &settings)
    } else {
        table(&reports)
    };
    match print(&text) {
        ExitStatus::Done if !met => ExitStatus::Failed,
        status => status,
    }
}

fn explain(error: GaugeError) -> ExitStatus {
    match error {
        GaugeError::Refused { problems, sources } => {
            report(&problems, &sources);
            ExitStatus::Refused
        }
        GaugeError::Run {
            error: RunError::NonFinite(_),
            ..
        } => {
            eprintln!("error: {error}");
            ExitStatus::NonFinite
        }
        GaugeError::Run { .. } => {
            eprintln!("error: {error}");
            ExitStatus::Failed
        }
        GaugeError::Unreadable { .. } | GaugeError::Answer { .. } => {
            eprintln!("error: {error}");
            ExitStatus::Refused
        }
    }
}
