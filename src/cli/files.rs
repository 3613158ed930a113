//! The files of a run: result document, table, charts.

use crate::check::{CheckedModel, PlaceLevel};
use crate::export::{OutputFolder, json, quantiles_csv};
use crate::render::{FanChart, ReportPlan, SmallMultiples, fan_chart, small_multiples};
use crate::result::{Labels, ResultDocument};
use crate::run::{JointSample, SampleColumn};

/// Kinds of place with more members than this get no panels.
const MOST_PANELS: usize = 20;
const PANELS_ABREAST: usize = 4;

/// Writes all files of a run, each whole or not at all; returns the bytes of `result.json`.
pub(super) fn write(
    folder: &OutputFolder,
    model: &CheckedModel,
    document: &ResultDocument,
    plan: &ReportPlan,
    sample: Option<&JointSample>,
) -> Result<Vec<u8>, String> {
    let json = json(document).map_err(|error| error.to_string())?;
    let mut files = charts(model, document, plan)?;
    files.push(("quantiles.csv".to_owned(), quantiles_csv(document)));
    if let Some(sample) = sample {
        files.push(("joint-sample.csv".to_owned(), sample_csv(model, sample)));
    }
    // Last, as readers look for it first: once it is there, the others are.
    files.push(("result.json".to_owned(), json.clone()));
    let borrowed: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    folder
        .write_all(&borrowed)
        .map_err(|error| error.to_string())?;
    Ok(json)
}

/// Fans of the outputs that the report shows; none for a model without time.
fn charts(
    model: &CheckedModel,
    document: &ResultDocument,
    plan: &ReportPlan,
) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut files = Vec::new();
    if document.model.time.is_none() {
        return Ok(files);
    }
    let fan: Vec<&str> = (plan.fan.iter().map(String::as_str))
        .filter(|output| varies_over_time(document, output))
        .collect();
    let Some((place, at)) = fan.first().and_then(|output| outermost(document, output)) else {
        return Ok(files);
    };
    let crossing = plan
        .crossing
        .as_deref()
        .filter(|name| document.crossing_cell(name, &place, &at).is_some());
    let chart = FanChart {
        outputs: &fan,
        place: &place,
        at: &at,
        crossing,
    };
    files.push((
        "fan.svg".to_owned(),
        fan_chart(document, &chart)
            .map_err(|error| error.to_string())?
            .into_bytes(),
    ));
    for output in &plan.outputs {
        // A fan runs along time; what does not vary along it has its place in the table alone.
        if !varies_over_time(document, output) {
            continue;
        }
        if let Some((place, at)) = outermost(document, output) {
            let chart = FanChart {
                outputs: &[output],
                place: &place,
                at: &at,
                crossing: None,
            };
            files.push((
                format!("fan-{output}.svg"),
                fan_chart(document, &chart)
                    .map_err(|error| error.to_string())?
                    .into_bytes(),
            ));
        }
    }
    for place in panel_places(model, document, &fan) {
        let chart = SmallMultiples {
            outputs: &fan,
            place: &place,
            crossing: plan.crossing.as_deref().filter(|name| {
                document
                    .crossings
                    .get(name)
                    .is_some_and(|crossing| crossing.cells.iter().any(|cell| cell.place == place))
            }),
            columns: PANELS_ABREAST,
        };
        files.push((
            format!("fan-by-{place}.svg"),
            small_multiples(document, &chart)
                .map_err(|error| error.to_string())?
                .into_bytes(),
        ));
    }
    Ok(files)
}

/// Whether the cells of an output differ by time label.
fn varies_over_time(document: &ResultDocument, output: &str) -> bool {
    let Some(time) = &document.model.time else {
        return false;
    };
    document.outputs.get(output).is_some_and(|output| {
        (output.cells.iter()).any(|cell| cell.at.iter().any(|(dimension, _)| dimension == time))
    })
}

/// The kind of place of an output with the fewest places, and the labels of the last of them.
fn outermost(document: &ResultDocument, output: &str) -> Option<(String, Labels)> {
    let cells = &document.outputs.get(output)?.cells;
    let mut kinds: Vec<&str> = cells.iter().map(|cell| cell.place.as_str()).collect();
    kinds.dedup();
    let place = kinds
        .into_iter()
        .min_by_key(|kind| cells.iter().filter(|cell| cell.place == *kind).count())?;
    let time = document.model.time.as_deref().unwrap_or_default();
    let at = cells
        .iter()
        .find(|cell| cell.place == place)?
        .at
        .without(time);
    Some((place.to_owned(), at))
}

/// Dimensions at which all fan outputs stand, with more than one label and few enough for panels.
fn panel_places(model: &CheckedModel, document: &ResultDocument, fan: &[&str]) -> Vec<String> {
    let Some(first) = fan
        .first()
        .and_then(|name| model.outputs.iter().find(|output| output.name == *name))
    else {
        return Vec::new();
    };
    first
        .places
        .iter()
        .filter(|place| match place.level {
            PlaceLevel::Dimension(id) => (2..=MOST_PANELS).contains(&model.dimensions.at(id).len()),
            PlaceLevel::World => false,
        })
        .filter(|place| {
            fan.iter().all(|name| {
                document
                    .outputs
                    .get(name)
                    .is_some_and(|output| output.cells.iter().any(|cell| cell.place == place.name))
            })
        })
        .map(|place| place.name.clone())
        .collect()
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
    let quoted = |text: String| {
        if text.contains([',', '"', '\n']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text
        }
    };
    let mut text = String::from("trial");
    for column in &sample.columns {
        text.push(',');
        text.push_str(&quoted(name(column)));
    }
    text.push('\n');
    for (trial, row) in sample.values.rows().into_iter().enumerate() {
        text.push_str(&trial.to_string());
        for value in row {
            text.push_str(&format!(",{value}"));
        }
        text.push('\n');
    }
    text.into_bytes()
}
