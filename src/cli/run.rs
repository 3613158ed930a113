//! `fanfare run`: load → check → plan → run → write → report.

use std::cell::Cell;
use std::mem::forget;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use super::ExitStatus;
use super::arguments::RunArguments;
use super::design::{order_of, planned_design};
use super::drive::{Driven, Storage, drive, drive_until, failed, read_part};
use super::extend::extend_same;
use super::files::CHECKPOINT;
use super::finish::{
    DriverPlan, Drivers, Ended, default_folder, driven_output, explain_failure, finish, prepare,
};
use super::load::{load_model, report};
use super::profile::Stages;
use super::progress::{Progress, stop_on_signals};
use super::stored::{guard_checkpoint, guard_state};
use crate::diag::Diagnostic;
use crate::export::OutputFolder;
use crate::plan::{Plan, PlanRequest, build, build_with_drivers};
use crate::run::{
    Goal, JOINT_SAMPLE_TRIALS, Loaded, MOST_TRIALS_UNTIL, POINTS_UNTIL, ResumeError, Settings,
    Shard, Simulation, next_check, plan,
};
use crate::sample::DesignKind;
use crate::stats::TRIALS_PER_BLOCK;

pub(super) fn run(arguments: &RunArguments) -> ExitStatus {
    let mut stages = Stages::start();
    let loaded = match load_model(&arguments.model) {
        Ok(loaded) => loaded,
        Err(status) => return status,
    };
    stages.end("load and check");
    if let Some(condition) = &arguments.condition {
        eprintln!(
            "error: this version checks evidence and conditions but cannot condition a run on them yet (`--condition {condition}`)"
        );
        eprintln!("  = help: run without --condition; `fanfare check` shows the evidence");
        return ExitStatus::Refused;
    }
    // Everything that can be wrong with the model is found before anything is written.
    let (planned, driver_plan) = match plans(arguments, &loaded) {
        Ok(plans) => plans,
        Err(problems) => {
            report(&problems, &loaded.sources);
            return ExitStatus::Refused;
        }
    };
    stages.end("plan");
    for precision in &arguments.until {
        if let Err(message) = precision.check(&loaded.model) {
            eprintln!("error: --until {message}");
            return ExitStatus::Refused;
        }
    }
    if arguments.extend {
        return extend_same(arguments, &loaded);
    }
    let settings = match settings(arguments, &loaded) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    let path = arguments.output.out.clone();
    let path = path.unwrap_or_else(|| default_folder(&loaded));
    let checkpoint = match arguments.shard {
        Some(shard) => format!("{}.checkpoint", name_of(shard)),
        None => CHECKPOINT.to_owned(),
    };
    if let Err(status) = guard(arguments, &path, &checkpoint) {
        return status;
    }
    let folder = match prepare(path) {
        Ok(folder) => folder,
        Err(status) => return status,
    };
    let storage = Storage {
        folder: &folder,
        checkpoint: &checkpoint,
        stores: arguments.checkpoint.is_some(),
        keeps_state: arguments.keep_state,
        goal: goal(arguments),
        has_checkpoint: Cell::new(false),
    };
    stop_on_signals(storage.keeps());
    let started = start(arguments, &loaded, &planned, settings, &storage);
    let run = match started {
        Ok(run) => run,
        Err(status) => {
            folder.discard();
            return status;
        }
    };
    stages.end("bins from the first trials");
    let progress = Progress::new(
        run.trials_done(),
        arguments.checkpoint,
        arguments.output.quiet,
    )
    .pausing(storage.keeps());
    let (pool, settings) = (run.threads(), run.settings().clone());
    let find = |plan: &DriverPlan| pool.install(|| plan.drivers(&loaded, &settings));
    let driver_plan = driver_plan.filter(|_| pool.current_num_threads() > 1);
    let (outcome, drivers) = thread::scope(|scope| {
        let drivers = driver_plan.as_ref();
        let drivers = drivers.map(|plan| scope.spawn(move || find(plan)));
        let outcome = if arguments.until.is_empty() {
            drive(run, &storage, &progress).map(|driven| (driven, None))
        } else {
            let most = most_trials(arguments);
            drive_until(run, &arguments.until, most, &storage, &progress)
                .map(|(driven, looked)| (driven, Some(looked)))
        };
        (outcome, drivers.map(joined))
    });
    let (mut driven, looked) = match outcome {
        Ok(ended) => ended,
        Err(error) => return failed(error, &loaded, &storage, &progress),
    };
    progress.finish(driven.run.trials_done(), arguments.output.quiet);
    stages.end("trials");
    let status = match arguments.shard {
        Some(shard) => write_shard(&driven, shard, &folder, arguments.output.quiet),
        None => {
            let document = match looked {
                Some(looked) => {
                    if !arguments.output.quiet {
                        looked.print();
                    }
                    Ok(looked.document)
                }
                None => driven.run.document(),
            };
            let document = match document {
                Ok(document) => document,
                Err(error) => return failed(error, &loaded, &storage, &progress),
            };
            let kept = match driven.state(&storage) {
                Ok(kept) => kept,
                Err(error) => return failed(error, &loaded, &storage, &progress),
            };
            stages.end("statistics");
            let status = finish(
                &Ended {
                    loaded: &loaded,
                    model: arguments.model.model.display().to_string(),
                    settings: driven.run.settings(),
                    document: &document,
                    folder: &folder,
                    output: &arguments.output,
                    drivers: match (drivers, driven.run.sample()) {
                        (Some(drivers), _) => Drivers::Found(drivers),
                        (None, Some(sample)) => Drivers::Sampled(sample),
                        (None, None) => Drivers::Unknown,
                    },
                },
                kept,
            );
            stages.end("report and files");
            forget(document);
            status
        }
    };
    if arguments.profile {
        stages.print(&loaded, &planned, driven.run.settings());
    }
    if status == ExitStatus::Done {
        storage.remove_checkpoint();
    }
    // The process ends here: to free a hundred thousand pieces one by one takes as long as to load and plan the model.
    forget(driven);
    forget(planned);
    forget(driver_plan);
    forget(loaded);
    status
}

/// The plan of the run, and that of the drivers where threads that have no more trials may find them. A run that is hardly longer than the
/// sample of the drivers keeps it itself.
fn plans(
    arguments: &RunArguments,
    loaded: &Loaded,
) -> Result<(Plan, Option<DriverPlan>), Vec<Diagnostic>> {
    let model = &loaded.model;
    let reports = arguments.shard.is_none()
        && !arguments.extend
        // A run until a precision does not know yet which trials its sample takes.
        && arguments.until.is_empty();
    let Some(output) = reports.then(|| driven_output(model)).flatten() else {
        return Ok((plan(loaded)?, None));
    };
    let keeps_sample = arguments.design.design == DesignKind::Random
        && !arguments.resume
        && arguments.trials <= JOINT_SAMPLE_TRIALS.next_multiple_of(TRIALS_PER_BLOCK as u64);
    if keeps_sample {
        let planned = build(model, PlanRequest::StatisticsAndDrivers { output })?;
        return Ok((planned, None));
    }
    let n_threads = match arguments.output.threads {
        Some(n_threads) => usize::from(n_threads),
        None => thread::available_parallelism().map_or(1, usize::from),
    };
    if n_threads == 1 || arguments.trials <= TRIALS_PER_BLOCK as u64 {
        return Ok((plan(loaded)?, None));
    }
    let (planned, plan) = build_with_drivers(model, PlanRequest::Statistics, output)?;
    Ok((planned, Some(DriverPlan { output, plan })))
}

/// What a thread found, or its panic.
fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Refuses to take the place of what an earlier run stored in the folder, unless the arguments say so.
fn guard(arguments: &RunArguments, folder: &Path, checkpoint: &str) -> Result<(), ExitStatus> {
    if !arguments.resume {
        guard_checkpoint(&folder.join(checkpoint), arguments.discard_checkpoint)?;
    }
    // A shard writes no result, so the state stays beside that which it belongs to.
    if arguments.shard.is_some() {
        return Ok(());
    }
    guard_state(
        folder,
        arguments.keep_state,
        arguments.discard_state,
        "another --out leaves it where it is, --keep-state replaces it by that of the new run, --discard-state deletes it",
    )
}

/// The settings that the arguments mean; says so where trials are rounded up to whole replicates.
fn settings(arguments: &RunArguments, loaded: &Loaded) -> Result<Settings, ExitStatus> {
    let until = !arguments.until.is_empty();
    let kind = arguments.design.design;
    let (asked, points) = if until {
        let unstated = (kind != DesignKind::Random).then_some(POINTS_UNTIL);
        let points = arguments.design.points.or(unstated);
        (next_check(0, points, most_trials(arguments)), points)
    } else {
        (arguments.trials, arguments.design.points)
    };
    let (design, trials) = planned_design(kind, asked, points)?;
    if !until && trials > asked && !arguments.output.quiet {
        let points = design.points().unwrap_or(1);
        eprintln!(
            "note: {trials} trials in place of {asked}: {} replicates of {points} points",
            trials / points
        );
    }
    Ok(Settings {
        trials,
        seed: arguments.design.seed,
        design,
        sobol_order: order_of(kind, loaded, &arguments.model, arguments.design.seed)?,
        threads: arguments.output.threads.map(usize::from),
        trials_per_batch: arguments.batch.map(|batch| batch as usize),
        allow_non_finite: arguments.allow_non_finite,
    })
}

/// Where a run with --until ends at the latest.
fn most_trials(arguments: &RunArguments) -> u64 {
    arguments.max_trials.unwrap_or(MOST_TRIALS_UNTIL)
}

fn goal(arguments: &RunArguments) -> Goal {
    if arguments.until.is_empty() {
        return Goal::Trials;
    }
    Goal::Until {
        precisions: arguments.until.iter().map(ToString::to_string).collect(),
        most: most_trials(arguments),
    }
}

/// A new run, or one taken up from its checkpoint.
fn start<'a>(
    arguments: &RunArguments,
    loaded: &'a Loaded,
    planned: &'a Plan,
    settings: Settings,
    storage: &Storage<'_>,
) -> Result<Simulation<'a>, ExitStatus> {
    let path = storage.checkpoint_path();
    let shown = path.display();
    let say = |message: String| {
        if !arguments.output.quiet {
            eprintln!("{message}");
        }
    };
    if arguments.resume {
        if let Some(part) = read_part(&path)? {
            let resumed = Simulation::resume(
                loaded,
                planned,
                settings,
                arguments.shard,
                &storage.goal,
                part,
            );
            return match resumed {
                Ok(run) => {
                    storage.has_checkpoint.set(true);
                    say(format!(
                        "Resumed from {shown}: {} trials reused",
                        run.trials_done()
                    ));
                    Ok(run)
                }
                Err(ResumeError::Run(error)) => Err(explain_failure(error, loaded)),
                Err(error) => {
                    eprintln!("error: {shown} cannot be resumed: {error}");
                    eprintln!(
                        "  = help: repeat the command of the run, or leave out --resume to start afresh"
                    );
                    Err(ExitStatus::Refused)
                }
            };
        }
        say(format!(
            "note: there is no checkpoint {shown}; the run starts afresh"
        ));
    }
    let run = match arguments.shard {
        Some(shard) => Simulation::shard(loaded, planned, settings, shard),
        None => Simulation::new(loaded, planned, settings),
    };
    run.map_err(|error| explain_failure(error, loaded))
}

/// `shard-3-of-16`
fn name_of(shard: Shard) -> String {
    format!("shard-{}-of-{}", shard.index, shard.of)
}

fn write_shard(
    driven: &Driven<'_>,
    shard: Shard,
    folder: &OutputFolder,
    quiet: bool,
) -> ExitStatus {
    let name = format!("{}.part", name_of(shard));
    let written = driven
        .run
        .to_part(Goal::Trials)
        .map_err(|error| error.to_string())
        .and_then(|bytes| {
            folder
                .write_all(&[(&name, &bytes)])
                .map_err(|error| error.to_string())
        });
    match written {
        Ok(()) => {
            if !quiet {
                let path: PathBuf = folder.path().join(name);
                eprintln!(
                    "Written to {}; `fanfare merge` joins all {} shards",
                    path.display(),
                    shard.of
                );
            }
            ExitStatus::Done
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitStatus::Failed
        }
    }
}
