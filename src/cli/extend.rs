//! `fanfare extend`: more trials for a finished run.

use std::cell::Cell;

use super::ExitStatus;
use super::arguments::ExtendArguments;
use super::drive::{Storage, drive, failed, read_part};
use super::files::{CHECKPOINT, STATE};
use super::finish::{Ended, explain_failure, finish, prepare};
use super::load::report;
use super::progress::{Progress, stop_on_signals};
use super::stored::guard_checkpoint;
use crate::run::{Goal, ResumeError, Settings, Simulation, plan};

pub(super) fn extend(arguments: &ExtendArguments) -> ExitStatus {
    let path = arguments.folder.join(STATE);
    let part = match read_part(&path) {
        Ok(Some(part)) => part,
        Ok(None) => {
            eprintln!(
                "error: {} is not there: what the run counted was not kept",
                path.display()
            );
            eprintln!(
                "  = help: `fanfare run … --keep-state` keeps it; a new run with more trials gives the same result as extending"
            );
            return ExitStatus::Refused;
        }
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
        },
        kept,
    );
    if status == ExitStatus::Done {
        storage.remove_checkpoint();
    }
    status
}
