//! The files of a run: result document and its digest, table, charts, report.

use std::fs;
use std::io::ErrorKind;

use sha2::{Digest, Sha256};

use super::charts::{MOST_PANELS, charts, output_chart, place_chart};
use super::trials::quoted;
use crate::check::CheckedModel;
use crate::export::{OutputFolder, json, quantiles_csv};
use crate::render::ReportPlan;
use crate::result::ResultDocument;
use crate::run::{JointSample, SampleColumn};

/// What `fanfare extend` takes up.
pub(super) const STATE: &str = "run.state";
/// What `--resume` takes up.
pub(super) const CHECKPOINT: &str = "run.checkpoint";
/// Trials behind extremes and quantiles.
pub(super) const TRIALS: &str = "trials.csv";

/// The result document.
const RESULT: &str = "result.json";

/// Writes all files of a run, `kept` among them, each whole or not at all, and removes those of the result that it replaces which this one does not have; returns
/// the bytes of `result.json`. What could not be drawn is said on standard error.
pub(super) fn write(
    folder: &OutputFolder,
    model: &CheckedModel,
    document: &ResultDocument,
    plan: &ReportPlan,
    report: &str,
    sample: Option<&JointSample>,
    kept: Vec<(String, Vec<u8>)>,
) -> Result<Vec<u8>, String> {
    // Places with many members are left to the whole document.
    let outer = document.outer(MOST_PANELS);
    let ((json, outer), table) = rayon::join(
        || (json(document), outer.as_ref().map(json)),
        || quantiles_csv(document),
    );
    let json = json.map_err(|error| error.to_string())?;
    let drawn = charts(model, document, plan);
    for note in &drawn.left_out {
        eprintln!("note: {note}");
    }
    let mut files = drawn.files;
    files.extend(kept);
    files.push(("quantiles.csv".to_owned(), table));
    if let Some(sample) = sample {
        files.push(("joint-sample.csv".to_owned(), sample_csv(model, sample)));
    }
    if let Some(outer) = outer {
        let outer = outer.map_err(|error| error.to_string())?;
        files.push(("result-outer.json".to_owned(), outer));
    }
    files.push(("report.txt".to_owned(), report.as_bytes().to_vec()));
    // In the form that `sha256sum --check` reads.
    let digest: String = Sha256::digest(&json)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    files.push((
        "result.json.sha256".to_owned(),
        format!("{digest}  result.json\n").into_bytes(),
    ));
    // Last, as readers look for it first: once it is there, the others are.
    files.push((RESULT.to_owned(), json.clone()));
    let borrowed: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let old = old_document(folder);
    folder
        .write_all(&borrowed)
        .map_err(|error| error.to_string())?;
    if let Some(old) = old {
        remove_stale(folder, &old, &borrowed)?;
    }
    Ok(json)
}

/// Names of files that a run of this document may have written beside it, and that another run may not have.
fn optional_files(document: &ResultDocument) -> Vec<String> {
    let fixed = [
        "joint-sample.csv",
        "result-outer.json",
        STATE,
        TRIALS,
        "fan.svg",
    ];
    let outputs = document.outputs.iter().map(|(name, _)| output_chart(name));
    let places = document
        .dimensions
        .iter()
        .map(|(name, _)| place_chart(name));
    fixed
        .map(str::to_owned)
        .into_iter()
        .chain(outputs)
        .chain(places)
        .collect()
}

/// The result that is in the folder, if there is one of this format.
fn old_document(folder: &OutputFolder) -> Option<ResultDocument> {
    let text = fs::read(folder.path().join(RESULT)).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Removes files that only the run of the old document wrote: beside the new result they would pass for its own. Other files, whatever
/// they are called, are not ours.
fn remove_stale(
    folder: &OutputFolder,
    old: &ResultDocument,
    written: &[(&str, &[u8])],
) -> Result<(), String> {
    for name in optional_files(old) {
        if written.iter().any(|(new, _)| *new == name) {
            continue;
        }
        let path = folder.path().join(name);
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
