//! The files of a run: result document and its digest, table, charts, report.

use std::fmt::Display;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};

use super::charts::{MOST_PANELS, charts, output_chart, place_chart};
use super::trials::quoted;
use crate::check::CheckedModel;
use crate::export::{FileError, OutputFolder, Staged, json, write_json, write_quantiles_csv};
use crate::render::ReportPlan;
use crate::result::{Format, OrderedMap, ResultDocument};
use crate::run::{JointSample, SampleColumn};

/// What `fanfare extend` takes up.
pub(super) const STATE: &str = "run.state";
/// What `--resume` takes up.
pub(super) const CHECKPOINT: &str = "run.checkpoint";
/// Trials behind extremes and quantiles.
pub(super) const TRIALS: &str = "trials.csv";

/// The result document.
const RESULT: &str = "result.json";
/// Its digest.
const DIGEST: &str = "result.json.sha256";
/// The part of it that people read whole.
const OUTER: &str = "result-outer.json";
/// Its numbers as a table.
const TABLE: &str = "quantiles.csv";
/// The kept trials of `--joint-sample`.
const SAMPLE: &str = "joint-sample.csv";
/// The report that is printed.
const REPORT: &str = "report.txt";

/// The files of a run under temporary names, but for the report.
pub(super) struct Written {
    /// The text of `result.json`, if it is to be printed.
    json: Option<Vec<u8>>,
    /// In the order in which they take their names: the result last, as readers look for it first. Once it is there, the others are.
    files: Vec<Staged>,
}

/// Writes all files of a run but the report, `kept` among them. What could not be drawn is said on standard error. The text of the result
/// is held only if `keeps_json`.
///
/// One thread writes the result while another writes its table.
pub(super) fn write(
    folder: &OutputFolder,
    model: &CheckedModel,
    document: &ResultDocument,
    plan: &ReportPlan,
    kept: &[(String, Vec<u8>)],
    keeps_json: bool,
) -> Result<Written, String> {
    let stage = |name: &str, content: &[u8]| {
        let staged = folder.stage(name, content);
        staged.map_err(|error| error.to_string())
    };
    let result = || {
        let file = folder.begin(RESULT).map_err(|error| error.to_string())?;
        let mut json = Digested {
            inner: file,
            hash: Sha256::new(),
            copy: keeps_json.then(Vec::new),
        };
        write_json(document, &mut json).map_err(|error| failed(folder, RESULT, error))?;
        let Digested { inner, hash, copy } = json;
        let result = inner.finish().map_err(|error| error.to_string())?;
        Ok::<_, String>((copy, stage(DIGEST, digest(hash).as_bytes())?, result))
    };
    let table = || {
        let mut file = folder.begin(TABLE).map_err(|error| error.to_string())?;
        write_quantiles_csv(document, &mut file).map_err(|error| failed(folder, TABLE, error))?;
        file.finish().map_err(|error| error.to_string())
    };
    let others = || {
        let mut files = Vec::new();
        // Places with many members are left to the whole document.
        if let Some(outer) = document.outer(MOST_PANELS) {
            let outer = json(&outer).map_err(|error| error.to_string())?;
            files.push(stage(OUTER, &outer)?);
        }
        let drawn = charts(model, document, plan);
        for (name, content) in drawn.files.iter().chain(kept) {
            files.push(stage(name, content)?);
        }
        Ok::<_, String>((files, drawn.left_out))
    };
    let (result, (table, others)) = rayon::join(result, || rayon::join(table, others));
    let (json, digest, result) = result?;
    let (mut files, left_out) = others?;
    for note in &left_out {
        eprintln!("note: {note}");
    }
    files.extend([table?, digest, result]);
    Ok(Written { json, files })
}

/// What a file that could not be written to says.
fn failed(folder: &OutputFolder, name: &str, error: impl Display) -> String {
    format!(
        "cannot write {}: {error}",
        folder.path().join(name).display()
    )
}

/// Passes text on and takes its digest, and a copy if one is wanted.
struct Digested<W> {
    inner: W,
    hash: Sha256,
    copy: Option<Vec<u8>>,
}

impl<W: Write> Write for Digested<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.hash.update(&bytes[..n]);
        if let Some(copy) = &mut self.copy {
            copy.extend_from_slice(&bytes[..n]);
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Written {
    /// Gives the files their names, each whole or none, and removes those of the result that they replace which this run does not have.
    /// The report and, if it was asked for, the joint sample come with them. Returns the text of the result if it was kept.
    pub(super) fn finish(
        mut self,
        folder: &OutputFolder,
        model: &CheckedModel,
        report: &str,
        sample: Option<&JointSample>,
    ) -> Result<Option<Vec<u8>>, String> {
        let mut stage = |name: &str, content: &[u8]| {
            let staged = folder.stage(name, content)?;
            self.files.insert(0, staged);
            Ok(())
        };
        stage(REPORT, report.as_bytes())
            .and_then(|()| match sample {
                Some(sample) => stage(SAMPLE, &sample_csv(model, sample)),
                None => Ok(()),
            })
            .map_err(|error: FileError| error.to_string())?;
        let files = self.files.iter();
        let new: Vec<PathBuf> = files.map(|file| file.target().to_owned()).collect();
        let stale = stale_files(folder, &new)?;
        (folder.commit(self.files)).map_err(|error| error.to_string())?;
        remove(&stale)?;
        Ok(self.json)
    }
}

/// A digest in the form that `sha256sum --check` reads.
fn digest(hash: Sha256) -> String {
    let digest: String = (hash.finalize().iter())
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{digest}  {RESULT}\n")
}

/// Of a result document what names files.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    format: Option<Format>,
    dimensions: OrderedMap<IgnoredAny>,
    outputs: OrderedMap<IgnoredAny>,
}

/// Names of files that some run writes beside its result and another may not have, whatever its model.
const FIXED: [&str; 5] = [SAMPLE, OUTER, STATE, TRIALS, "fan.svg"];

/// Files that the run whose result is in the folder wrote beside it and that are not among `written`: beside the new result they would pass
/// for its own. Other files, whatever they are called, are not ours. The old result is read only if a file is there that may be one of them.
fn stale_files(folder: &OutputFolder, written: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let may_be_stale = |name: &str| {
        let is_chart = name.starts_with("fan-") && name.ends_with(".svg");
        (is_chart || FIXED.contains(&name)) && !written.contains(&folder.path().join(name))
    };
    let listed = fs::read_dir(folder.path()).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let listed = listed.map_err(|error| {
        let path = folder.path().display();
        format!("cannot see which files of an older result are in {path}: {error}")
    })?;
    let found: Vec<String> = (listed.into_iter())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| may_be_stale(name))
        .collect();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let old = old_files(folder)?;
    Ok(found
        .iter()
        .filter(|name| old.contains(name))
        .map(|name| folder.path().join(name))
        .collect())
}

/// Names of files that the run whose result is in the folder may have written beside it, and that another run may not have; none if there is
/// no result of this format.
fn old_files(folder: &OutputFolder) -> Result<Vec<String>, String> {
    let path = folder.path().join(RESULT);
    let text = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|error| {
            let path = path.display();
            format!("cannot see which files belong to the older result {path}: {error}")
        })?,
    };
    let named: Named = serde_json::from_slice(&text).unwrap_or_default();
    if named.format.is_none() {
        return Ok(Vec::new());
    }
    let outputs = named.outputs.names().map(output_chart);
    let places = named.dimensions.names().map(place_chart);
    let fixed = FIXED.map(str::to_owned).into_iter();
    Ok(fixed.chain(outputs).chain(places).collect())
}

fn remove(stale: &[PathBuf]) -> Result<(), String> {
    for path in stale {
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(format!("cannot remove {}: {error}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// One row for each kept trial; columns are outputs at their outermost place and the summary scores of inputs.
fn sample_csv(model: &CheckedModel, sample: &JointSample) -> Vec<u8> {
    let name = |column: &SampleColumn| match column {
        SampleColumn::Input(input) => format!("score:{}", model.node(*input).name),
        SampleColumn::Output { output, at, .. } => {
            let labels: Vec<_> = at
                .iter()
                .map(|(id, label)| model.dimensions.at(id).labels[label as usize].key.clone())
                .collect();
            let output = &model.outputs[*output].name;
            if labels.is_empty() {
                output.clone()
            } else {
                format!("{output}@{}", labels.join("@"))
            }
        }
    };
    let mut text = String::from("trial");
    for column in &sample.columns {
        text.push(',');
        text.push_str(&quoted(&name(column)));
    }
    text.push('\n');
    for (trial, row) in sample.trials.iter().zip(sample.values.rows()) {
        text.push_str(&trial.to_string());
        for value in row {
            text.push_str(&format!(",{value}"));
        }
        text.push('\n');
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_result_that_cannot_be_read_is_an_error_and_none_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let folder = OutputFolder::prepare(parent.path()).unwrap();
        fs::write(parent.path().join("fan.svg"), "").unwrap();
        assert_eq!(stale_files(&folder, &[]), Ok(Vec::new()));
        // A folder stands for what no reading gets through.
        fs::create_dir(parent.path().join(RESULT)).unwrap();
        let error = stale_files(&folder, &[]).unwrap_err();
        assert!(error.contains(RESULT), "{error}");
        // Without a file that may be left over nobody asks.
        fs::remove_file(parent.path().join("fan.svg")).unwrap();
        assert_eq!(stale_files(&folder, &[]), Ok(Vec::new()));
    }
}
