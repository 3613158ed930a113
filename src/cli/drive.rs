//! Drives a run to its end: checkpoints at intervals, the state that may grow, looks at its precision.

use std::cell::Cell;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::ExitStatus;
use super::files::STATE;
use super::finish::explain_failure;
use super::progress::Progress;
use crate::export::OutputFolder;
use crate::result::{ResultDocument, Warning};
use crate::run::{
    Goal, Loaded, Part, PartError, Precision, RunError, Simulation, Standing, next_check,
};

/// What is stored on the way.
pub(super) struct Storage<'a> {
    /// Where.
    pub(super) folder: &'a OutputFolder,
    /// Name of the checkpoint file.
    pub(super) checkpoint: &'a str,
    /// Whether checkpoints are stored.
    pub(super) stores: bool,
    /// Whether what can grow is kept.
    pub(super) keeps_state: bool,
    /// When the run ends.
    pub(super) goal: Goal,
    /// Whether the checkpoint there is of this run: stored by it, or taken up.
    pub(super) has_checkpoint: Cell<bool>,
}

impl Storage<'_> {
    /// Whether anything is stored, so that a run that is stopped can be taken up.
    pub(super) fn keeps(&self) -> bool {
        self.stores || self.keeps_state
    }

    /// Where the checkpoint is.
    pub(super) fn checkpoint_path(&self) -> PathBuf {
        self.folder.path().join(self.checkpoint)
    }

    /// Removes the checkpoint of this run, which is no longer needed.
    pub(super) fn remove_checkpoint(&self) {
        if !self.has_checkpoint.get() {
            return;
        }
        let path = self.checkpoint_path();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                eprintln!("warning: cannot remove {}: {error}", path.display());
            }
            _ => {}
        }
    }
}

/// A run at its end.
pub(super) struct Driven<'a> {
    pub(super) run: Simulation<'a>,
    /// The bytes of what can grow, where that is not all that was counted: a last block that is not full is not in it.
    grows: Option<Vec<u8>>,
}

impl Driven<'_> {
    /// The file of what can grow, if it is kept.
    pub(super) fn state(
        &mut self,
        storage: &Storage<'_>,
    ) -> Result<Vec<(String, Vec<u8>)>, RunError> {
        if !storage.keeps_state {
            return Ok(Vec::new());
        }
        let bytes = match self.grows.take() {
            Some(bytes) => bytes,
            None => self.run.to_part(storage.goal.clone())?,
        };
        Ok(vec![(STATE.to_owned(), bytes)])
    }
}

/// Evaluates all trials that are wanted.
pub(super) fn drive<'a>(
    mut run: Simulation<'a>,
    storage: &Storage<'_>,
    progress: &Progress,
) -> Result<Driven<'a>, RunError> {
    let mut grows = None;
    if storage.keeps() {
        while !run.is_whole() {
            run = run.advance_whole(progress)?;
            let stops = progress.is_stopping();
            if (storage.stores || stops) && !run.is_whole() {
                store(&run, storage, progress);
            }
            if stops && !run.is_whole() {
                return Err(RunError::Cancelled);
            }
        }
        if storage.keeps_state && !run.is_done() {
            grows = Some(run.to_part(storage.goal.clone())?);
        }
    }
    while !run.is_done() {
        run = run.advance(progress)?;
    }
    Ok(Driven { run, grows })
}

/// Writes a checkpoint. A run does not end because one cannot be written: it says so and goes on.
fn store(run: &Simulation<'_>, storage: &Storage<'_>, progress: &Progress) {
    let stored = run
        .to_part(storage.goal.clone())
        .map_err(|error| error.to_string())
        .and_then(|bytes| {
            let file = [(storage.checkpoint, bytes.as_slice())];
            storage
                .folder
                .write_all(&file)
                .map_err(|error| error.to_string())
        });
    match stored {
        Ok(()) => storage.has_checkpoint.set(true),
        Err(error) => eprintln!(
            "warning: no checkpoint at {} trials: {error}",
            run.trials_done()
        ),
    }
    progress.checkpoint_stored();
}

/// A part file; `None` if there is none.
pub(super) fn read_part(path: &Path) -> Result<Option<Part>, ExitStatus> {
    match fs::read(path) {
        Ok(bytes) => Part::read(&bytes)
            .map(Some)
            .map_err(|error| refuse_part(path, &error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            eprintln!("error: cannot read {}: {error}", path.display());
            Err(ExitStatus::Failed)
        }
    }
}

/// Says why a part cannot be used.
pub(super) fn refuse_part(path: &Path, error: &PartError) -> ExitStatus {
    eprintln!("error: {} cannot be used: {error}", path.display());
    ExitStatus::Refused
}

/// How each precision stood at the end, and at which look it was first reached.
pub(super) struct Looked {
    pub(super) document: ResultDocument,
    lines: Vec<String>,
    missed: usize,
}

/// Evaluates until every precision is reached, or `most` trials.
pub(super) fn drive_until<'a>(
    mut run: Simulation<'a>,
    precisions: &[Precision],
    most: u64,
    storage: &Storage<'_>,
    progress: &Progress,
) -> Result<(Driven<'a>, Looked), RunError> {
    // A precision may be lost again at a later look: what counts is since when it has been reached.
    let mut reached: Vec<Option<u64>> = vec![None; precisions.len()];
    loop {
        let driven = drive(run, storage, progress)?;
        let document = driven.run.document()?;
        let trials = document.run.trials;
        let standings: Vec<Option<Standing>> = precisions
            .iter()
            .map(|precision| precision.standing(&document))
            .collect();
        for (since, standing) in reached.iter_mut().zip(&standings) {
            let is_reached = standing.as_ref().is_some_and(Standing::is_reached);
            *since = is_reached.then(|| since.unwrap_or(trials));
        }
        let next = next_check(trials, driven.run.settings().design.points(), most);
        if reached.iter().all(Option::is_some) || next <= trials {
            let looked = looked(document, precisions, &standings, &reached);
            return Ok((driven, looked));
        }
        run = driven.run.grown(next)?;
    }
}

fn looked(
    mut document: ResultDocument,
    precisions: &[Precision],
    standings: &[Option<Standing>],
    reached: &[Option<u64>],
) -> Looked {
    let last = reached.iter().flatten().max().copied();
    let mut lines = Vec::new();
    let mut missed = Vec::new();
    for ((precision, standing), since) in precisions.iter().zip(standings).zip(reached) {
        let found = standing.as_ref().map_or_else(
            || "no cell has these labels".to_owned(),
            |standing| format!("largest error {standing}"),
        );
        lines.push(match since {
            Some(trials) if reached.len() > 1 && Some(*trials) == last => {
                format!("{precision}: reached at {trials} trials, as the last; {found}")
            }
            Some(trials) => format!("{precision}: reached at {trials} trials; {found}"),
            None => {
                missed.push(format!("{precision} ({found})"));
                format!("{precision}: not reached; {found}")
            }
        });
    }
    if !missed.is_empty() {
        document.run.warnings.push(Warning {
            code: "precision-not-reached".to_owned(),
            message: format!(
                "after {} trials, the most that were allowed, the errors are still larger than was asked: {}; allow more with --max-trials",
                document.run.trials,
                missed.join(", ")
            ),
        });
    }
    Looked {
        document,
        lines,
        missed: missed.len(),
    }
}

impl Looked {
    /// Says for each precision what was reached.
    pub(super) fn print(&self) {
        for line in &self.lines {
            eprintln!("{line}");
        }
        if self.missed > 0 {
            eprintln!(
                "warning: {} of {} precisions were not reached; the result is written and says so",
                self.missed,
                self.lines.len()
            );
        }
    }
}

/// Explains why there is no result; what was stored on the way stays.
pub(super) fn failed(
    error: RunError,
    loaded: &Loaded,
    storage: &Storage<'_>,
    progress: &Progress,
) -> ExitStatus {
    progress.clear();
    if matches!(error, RunError::Cancelled) && storage.has_checkpoint.get() {
        eprintln!(
            "error: stopped before the end; the same command with --resume takes it up from {}",
            storage.checkpoint_path().display()
        );
        return ExitStatus::Failed;
    }
    storage.folder.discard();
    explain_failure(error, loaded)
}
