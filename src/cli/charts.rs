//! Which fans of a run are drawn: those of the report, at the outermost place and in panels.

use crate::check::{CheckedModel, PlaceLevel};
use crate::render::{ChartError, FanChart, ReportPlan, SmallMultiples, fan_chart, small_multiples};
use crate::result::{Labels, ResultDocument};

/// Kinds of place with more members than this get no panels, and are left out of `result-outer.json`.
pub(super) const MOST_PANELS: usize = 20;
const PANELS_ABREAST: usize = 4;

/// The charts of a run.
#[derive(Debug, Default)]
pub(super) struct Charts {
    /// Name and content.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// What could not be drawn, and why.
    pub(super) left_out: Vec<String>,
}

impl Charts {
    fn add(&mut self, name: String, drawn: Result<String, ChartError>) {
        match drawn {
            Ok(svg) => self.files.push((name, svg.into_bytes())),
            Err(error) => self
                .left_out
                .push(format!("the chart {name} is left out: {error}")),
        }
    }
}

/// Fans of the outputs that the report shows; none for a model without time. A chart that cannot be drawn never costs the run.
pub(super) fn charts(model: &CheckedModel, document: &ResultDocument, plan: &ReportPlan) -> Charts {
    let mut charts = Charts::default();
    let Some(time) = document.model.time.as_deref() else {
        return charts;
    };
    let runs = |output: &str| {
        let cells = document.outputs.get(output).map(|output| &output.cells);
        cells.is_some_and(|cells| cells.iter().any(|cell| cell.at.get(time).is_some()))
    };
    for name in plan.fan.iter().filter(|name| !runs(name)) {
        charts.left_out.push(format!(
            "`{name}` does not vary over time and is not drawn as a fan"
        ));
    }
    let fan: Vec<&str> = plan
        .fan
        .iter()
        .map(String::as_str)
        .filter(|name| runs(name))
        .collect();
    if let Some((place, at)) = fan.first().and_then(|output| outermost(document, output)) {
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
        charts.add("fan.svg".to_owned(), fan_chart(document, &chart));
    }
    for output in plan.outputs.iter().filter(|name| runs(name)) {
        if let Some((place, at)) = outermost(document, output) {
            let chart = FanChart {
                outputs: &[output],
                place: &place,
                at: &at,
                crossing: None,
            };
            charts.add(output_chart(output), fan_chart(document, &chart));
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
        charts.add(place_chart(&place), small_multiples(document, &chart));
    }
    charts
}

/// Name of the chart of one output.
pub(super) fn output_chart(output: &str) -> String {
    format!("fan-{output}.svg")
}

/// Name of the chart with a panel for each place of a kind.
pub(super) fn place_chart(place: &str) -> String {
    format!("fan-by-{place}.svg")
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
