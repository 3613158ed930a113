//! What an earlier run left in a folder to be taken up, and when a new run may take its place.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::ExitStatus;
use super::files::STATE;
use crate::run::{Goal, PartHeader};

/// Refuses a run that would write over the checkpoint of another, which may be hours of work; with `discards` the checkpoint goes.
pub(super) fn guard_checkpoint(path: &Path, discards: bool) -> Result<(), ExitStatus> {
    let Some(bytes) = stored(path)? else {
        return Ok(());
    };
    if discards {
        return fs::remove_file(path).map_err(|error| unusable("remove", path, &error));
    }
    eprintln!(
        "error: {} is the checkpoint of an interrupted run: {}",
        path.display(),
        described(&bytes)
    );
    eprintln!(
        "  = help: --resume takes it up, another --out leaves it where it is, --discard-checkpoint deletes it"
    );
    Err(ExitStatus::Refused)
}

/// Refuses a run whose result would part the kept state in its folder from the result that it belongs to: there can be no state without
/// its result, and nothing else can be extended from it. A run that keeps its own state replaces both.
pub(super) fn guard_state(
    folder: &Path,
    keeps_state: bool,
    discards: bool,
    ways: &str,
) -> Result<(), ExitStatus> {
    let path = folder.join(STATE);
    if keeps_state || discards {
        return Ok(());
    }
    let Some(bytes) = stored(&path)? else {
        return Ok(());
    };
    eprintln!(
        "error: {} is what a finished run kept to be extended: {}",
        path.display(),
        described(&bytes)
    );
    eprintln!("  = help: {ways}");
    Err(ExitStatus::Refused)
}

/// The bytes of a stored run, if there is one.
fn stored(path: &Path) -> Result<Option<Vec<u8>>, ExitStatus> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable("read", path, &error)),
    }
}

fn unusable(action: &str, path: &Path, error: &std::io::Error) -> ExitStatus {
    eprintln!("error: cannot {action} {}: {error}", path.display());
    ExitStatus::Failed
}

/// `98304 of 1000000 trials, seed 1, design random`
fn described(bytes: &[u8]) -> String {
    let header = match PartHeader::read(bytes) {
        Ok(header) => header,
        Err(error) => return format!("it cannot be read here, {error}"),
    };
    let trials = match &header.goal {
        Goal::Trials => format!("{} of {} trials", header.trials_done(), header.trials),
        Goal::Until { precisions, .. } => format!(
            "{} trials, until {}",
            header.trials_done(),
            precisions.join(", ")
        ),
    };
    format!(
        "{trials}, seed {}, design {}",
        header.seed,
        header.design.name()
    )
}
