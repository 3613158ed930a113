//! `fanfare extend`: more trials for a finished run.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use super::ExitStatus;
use super::arguments::{DesignArguments, ExtendArguments, OutputArguments, RunArguments};
use super::design::{order_of, planned_design};
use super::drive::{Storage, drive, failed, read_part};
use super::files::{CHECKPOINT, STATE};
use super::finish::{Drivers, Ended, default_folder, explain_failure, finish, prepare};
use super::load::report;
use super::progress::{Progress, stop_on_signals};
use super::stored::guard_checkpoint;
use crate::run::{Goal, Loaded, Part, ResumeError, Settings, Simulation, plan};
use crate::sample::DesignKind;

/// `fanfare run MODEL --extend`: the run in the folder must be of this model, variant, seed and design.
pub(super) fn extend_same(arguments: &RunArguments, loaded: &Loaded) -> ExitStatus {
    let out = arguments.output.out.clone();
    let folder = out.unwrap_or_else(|| default_folder(loaded));
    let (path, part) = match kept(&folder) {
        Ok(kept) => kept,
        Err(status) => return status,
    };
    let header = &part.header;
    let DesignArguments {
        seed,
        design: kind,
        points,
    } = arguments.design;
    // Points that are not stated are those of the run, not a sixteenth of the new number of trials.
    let points = points.or(header.design.points());
    let points = points.filter(|_| kind != DesignKind::Random || arguments.design.points.is_some());
    let planned = planned_design(kind, header.trials, points);
    let order = order_of(kind, loaded, &arguments.model, seed);
    let (design, sobol_order) = match (planned, order) {
        (Ok((design, _)), Ok(order)) => (design, order),
        (Err(status), _) | (_, Err(status)) => return status,
    };
    let settings = Settings {
        seed,
        design,
        sobol_order,
        allow_non_finite: arguments.allow_non_finite,
        ..Settings::default()
    };
    let differences = header.differences_from(loaded, &settings);
    if !differences.is_empty() {
        eprintln!("error: {} is of another run:", path.display());
        for difference in differences {
            eprintln!("  {difference}");
        }
        eprintln!(
            "  = help: repeat the arguments of that run, or use `fanfare extend {}`, which takes them from it",
            folder.display()
        );
        return ExitStatus::Refused;
    }
    drop(part);
    extend(&ExtendArguments {
        folder,
        trials: arguments.trials,
        checkpoint: arguments.checkpoint,
        resume: arguments.resume,
        discard_checkpoint: arguments.discard_checkpoint,
        output: OutputArguments {
            out: None,
            ..arguments.output.clone()
        },
    })
}

/// What the run in the folder kept to be extended, and where that is.
fn kept(folder: &Path) -> Result<(PathBuf, Part), ExitStatus> {
    let path = folder.join(STATE);
    if let Some(part) = read_part(&path)? {
        return Ok((path, part));
    }
    eprintln!(
        "error: {} is not there: what the run counted was not kept",
        path.display()
    );
    eprintln!(
        "  = help: `fanfare run … --keep-state` keeps it; a new run with more trials gives the same result as extending"
    );
    Err(ExitStatus::Refused)
}

pub(super) fn extend(arguments: &ExtendArguments) -> ExitStatus {
    let (path, part) = match kept(&arguments.folder) {
        Ok(kept) => kept,
        Err(status) => return status,
    };
    let before = part.header.trials;
    let trials = part.header.whole(arguments.trials);
    if trials <= before {
        eprintln!(
            "error: the run has {before} trials already, and --trials {} is the number in all",
            arguments.trials
        );
        return ExitStatus::Refused;
    }
    let loaded = match part.header.load() {
        Ok(loaded) => loaded,
        Err(refused) => {
            report(&refused.problems, &refused.sources);
            return ExitStatus::Refused;
        }
    };
    let planned = match plan(&loaded) {
        Ok(planned) => planned,
        Err(problems) => {
            report(&problems, &loaded.sources);
            return ExitStatus::Refused;
        }
    };
    let settings = part
        .header
        .settings(arguments.output.threads.map(usize::from));
    let out = arguments.output.out.clone();
    let out = out.unwrap_or_else(|| arguments.folder.clone());
    let checkpoint = out.join(CHECKPOINT);
    let stored = if arguments.resume {
        read_part(&checkpoint)
    } else {
        guard_checkpoint(&checkpoint, arguments.discard_checkpoint).map(|()| None)
    };
    let stored = match stored {
        Ok(stored) => stored,
        Err(status) => return status,
    };
    let folder = match prepare(out) {
        Ok(folder) => folder,
        Err(status) => return status,
    };
    let storage = Storage {
        folder: &folder,
        checkpoint: CHECKPOINT,
        stores: arguments.checkpoint.is_some(),
        keeps_state: true,
        goal: Goal::Trials,
        has_checkpoint: Cell::new(stored.is_some()),
    };
    stop_on_signals(storage.keeps());
    let resumed = match stored {
        Some(stored) => {
            let settings = Settings { trials, ..settings };
            Simulation::resume(&loaded, &planned, settings, None, &Goal::Trials, stored)
        }
        None => {
            let goal = part.header.goal.clone();
            Simulation::resume(&loaded, &planned, settings, None, &goal, part)
                .and_then(|run| Ok(run.grown(trials)?))
        }
    };
    let run = match resumed {
        Ok(run) => run,
        Err(error) => {
            folder.discard();
            if let ResumeError::Run(error) = error {
                return explain_failure(error, &loaded);
            }
            eprintln!("error: {} cannot be extended: {error}", path.display());
            return ExitStatus::Refused;
        }
    };
    if !arguments.output.quiet {
        eprintln!(
            "Extending from {before} to {trials} trials: {} trials reused",
            run.trials_done()
        );
    }
    let progress = Progress::new(
        run.trials_done(),
        arguments.checkpoint,
        arguments.output.quiet,
    )
    .pausing(storage.keeps());
    let driven = drive(run, &storage, &progress);
    let ended = driven.and_then(|driven| Ok((driven.run.document()?, driven)));
    let (document, mut driven) = match ended {
        Ok(ended) => ended,
        Err(error) => return failed(error, &loaded, &storage, &progress),
    };
    progress.finish(driven.run.trials_done(), arguments.output.quiet);
    let kept = match driven.state(&storage) {
        Ok(kept) => kept,
        Err(error) => return explain_failure(error, &loaded),
    };
    let status = finish(
        &Ended {
            loaded: &loaded,
            model: loaded.file_name.clone(),
            settings: driven.run.settings(),
            document: &document,
            folder: &folder,
            output: &arguments.output,
            drivers: Drivers::Unknown,
        },
        kept,
    );
    if status == ExitStatus::Done {
        storage.remove_checkpoint();
    }
    status
}
