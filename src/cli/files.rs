//! The files of a run: result document and its digest, table, charts, report.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};

use super::charts::{MOST_PANELS, charts, output_chart, place_chart};
use super::trials::quoted;
use crate::check::CheckedModel;
use crate::export::{FileError, OutputFolder, Staged, json, quantiles_csv_parts};
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
    /// The bytes of `result.json`.
    pub(super) json: Vec<u8>,
    /// In the order in which they take their names: the result last, as readers look for it first. Once it is there, the others are.
    files: Vec<Staged>,
    /// Names of files of the result that is replaced.
    old: Vec<String>,
}

/// Writes all files of a run but the report, `kept` among them. What could not be drawn is said on standard error.
///
/// One thread writes text while another waits for the disk.
pub(super) fn write(
    folder: &OutputFolder,
    model: &CheckedModel,
    document: &ResultDocument,
    plan: &ReportPlan,
    kept: &[(String, Vec<u8>)],
) -> Result<Written, String> {
    let stage = |name: &str, content: &[u8]| {
        let staged = folder.stage(name, &[content]);
        staged.map_err(|error| error.to_string())
    };
    let result = || {
        let json = json(document).map_err(|error| error.to_string())?;
        let digest = stage(DIGEST, digest(&json).as_bytes())?;
        let result = stage(RESULT, &json)?;
        Ok::<_, String>((json, digest, result))
    };
    let table = || {
        let staged = folder.stage(TABLE, &quantiles_csv_parts(document));
        staged.map_err(|error| error.to_string())
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
    let (result, (others, (table, old))) = rayon::join(result, || {
        rayon::join(others, || rayon::join(table, || old_files(folder)))
    });
    let (json, digest, result) = result?;
    let (mut files, left_out) = others?;
    for note in &left_out {
        eprintln!("note: {note}");
    }
    files.extend([table?, digest, result]);
    Ok(Written { json, files, old })
}

impl Written {
    /// Gives the files their names, each whole or none, and removes those of the result that they replace which this run does not have.
    /// The report and, if it was asked for, the joint sample come with them.
    pub(super) fn finish(
        mut self,
        folder: &OutputFolder,
        model: &CheckedModel,
        report: &str,
        sample: Option<&JointSample>,
    ) -> Result<Vec<u8>, String> {
        let mut stage = |name: &str, content: &[u8]| {
            let staged = folder.stage(name, &[content])?;
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
        (folder.commit(self.files)).map_err(|error| error.to_string())?;
        remove_stale(folder, &self.old, &new)?;
        Ok(self.json)
    }
}

/// The digest of a document, in the form that `sha256sum --check` reads.
fn digest(json: &[u8]) -> String {
    let digest: String = Sha256::digest(json)
        .iter()
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

/// Names of files that the run whose result is in the folder may have written beside it, and that another run may not have; none if there is
/// no result of this format.
fn old_files(folder: &OutputFolder) -> Vec<String> {
    let text = fs::read(folder.path().join(RESULT)).unwrap_or_default();
    let named: Named = serde_json::from_slice(&text).unwrap_or_default();
    if named.format.is_none() {
        return Vec::new();
    }
    let fixed = [SAMPLE, OUTER, STATE, TRIALS, "fan.svg"].map(str::to_owned);
    let outputs = named.outputs.names().map(output_chart);
    let places = named.dimensions.names().map(place_chart);
    fixed.into_iter().chain(outputs).chain(places).collect()
}

/// Removes files that only the run of the old result wrote: beside the new one they would pass for its own. Other files, whatever they are
/// called, are not ours.
fn remove_stale(folder: &OutputFolder, old: &[String], written: &[PathBuf]) -> Result<(), String> {
    for name in old {
        let path = folder.path().join(name);
        if written.contains(&path) {
            continue;
        }
        match fs::remove_file(&path) {
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
