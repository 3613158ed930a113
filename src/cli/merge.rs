//! `fanfare merge`: the shards of a run become its result.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use super::ExitStatus;
use super::arguments::MergeArguments;
use super::drive::refuse_part;
use super::finish::{Drivers, Ended, default_folder, explain_failure, finish, prepare};
use super::load::report;
use super::stored::guard_state;
use crate::run::{Part, PartError, PartHeader, ResumeError, Simulation, order_of_parts, plan};

pub(super) fn merge(arguments: &MergeArguments) -> ExitStatus {
    let paths = match part_files(&arguments.parts) {
        Ok(paths) => paths,
        Err(status) => return status,
    };
    // Headers first: whether parts fit is known before the counts of any are read.
    let mut parts = Vec::with_capacity(paths.len());
    for path in &paths {
        let header = match read(path).map(|bytes| PartHeader::read(&bytes)) {
            Ok(Ok(header)) => header,
            Ok(Err(error)) => return refuse_part(path, &error),
            Err(status) => return status,
        };
        parts.push((path.display().to_string(), header));
    }
    let order = match order_of_parts(&parts) {
        Ok(order) => order,
        Err(misfit) => {
            eprintln!("error: {misfit}");
            return ExitStatus::Refused;
        }
    };
    let header = &parts[order[0]].1;
    let loaded = match header.load() {
        Ok(loaded) => loaded,
        Err(refused) => {
            report(&refused.problems, &refused.sources);
            return ExitStatus::Refused;
        }
    };
    report(&loaded.model.warnings, &loaded.sources);
    let planned = match plan(&loaded) {
        Ok(planned) => planned,
        Err(problems) => {
            report(&problems, &loaded.sources);
            return ExitStatus::Refused;
        }
    };
    let out = arguments.output.out.clone();
    let out = out.unwrap_or_else(|| default_folder(&loaded));
    let ways = "another --out leaves it where it is, --discard-state deletes it";
    if let Err(status) = guard_state(&out, false, arguments.discard_state, ways) {
        return status;
    }
    let settings = header.settings(arguments.output.threads.map(usize::from));
    let reading = Cell::new(order[0]);
    let read_parts = order.iter().map(|&part| {
        reading.set(part);
        let bytes = fs::read(&paths[part]);
        let bytes = bytes.map_err(|error| PartError::Unreadable(error.to_string()))?;
        let read = Part::read(&bytes)?;
        if read.header != parts[part].1 {
            return Err(PartError::Changed);
        }
        Ok(read)
    });
    let joined = match Simulation::joined(&loaded, &planned, settings, read_parts) {
        Ok(joined) => joined,
        Err(ResumeError::Run(error)) => return explain_failure(error, &loaded),
        Err(error) => {
            eprintln!(
                "error: {} cannot be merged: {error}",
                paths[reading.get()].display()
            );
            return ExitStatus::Refused;
        }
    };
    let document = match joined.document() {
        Ok(document) => document,
        Err(error) => return explain_failure(error, &loaded),
    };
    let folder = match prepare(out) {
        Ok(folder) => folder,
        Err(status) => return status,
    };
    finish(
        &Ended {
            loaded: &loaded,
            model: header.model.clone(),
            settings: joined.settings(),
            document: &document,
            folder: &folder,
            output: &arguments.output,
            drivers: Drivers::Unknown,
        },
        Vec::new(),
    )
}

/// The files that are meant: of a folder, all that end in `.part`, by name.
fn part_files(given: &[PathBuf]) -> Result<Vec<PathBuf>, ExitStatus> {
    let mut files = Vec::new();
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        let entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let entries = entries.map_err(|error| unreadable(path, &error))?;
        files.extend(
            entries
                .into_iter()
                .map(|entry| entry.path())
                .filter(|file| file.extension().is_some_and(|ending| ending == "part")),
        );
        files[before..].sort();
        if files.len() == before {
            eprintln!(
                "error: {} holds no part: no name there ends in .part",
                path.display()
            );
            return Err(ExitStatus::Refused);
        }
    }
    Ok(files)
}

fn read(path: &Path) -> Result<Vec<u8>, ExitStatus> {
    fs::read(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> ExitStatus {
    eprintln!("error: cannot read {}: {error}", path.display());
    ExitStatus::Refused
}
