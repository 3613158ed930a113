//! The same fans for every place of one kind, a panel each.

use crate::result::{Labels, ResultDocument};

use super::axis::Axis;
use super::fan::{ChartError, Fan, fans, scale_of};
use super::fan_chart::{caption, chart_title, draw_frame, draw_time, legend, positions};
use super::number::{Scale, percent_with_error};
use super::svg::{Drawing, GREY, TextStyle};

const WIDTH: f64 = 1000.0;
const MARGIN: f64 = 18.0;
const GUTTER: f64 = 18.0;
/// Room for the labels of a panel's vertical axis.
const AXIS_ROOM: f64 = 34.0;
const PLOT_HEIGHT: f64 = 150.0;

/// What to draw.
#[derive(Debug, Clone, Copy)]
pub struct SmallMultiples<'a> {
    /// One to three outputs with the same unit; alone an output has nine bands, together they have two each.
    pub outputs: &'a [&'a str],
    /// The kind of place; each of its places has a panel.
    pub place: &'a str,
    /// The crossing whose probability up to the last label stands in each panel.
    pub crossing: Option<&'a str>,
    /// Panels side by side; at least one.
    pub columns: usize,
}

/// The chart as an SVG file. Time is shared; each panel has a vertical scale of its own, as places differ by orders of magnitude.
///
/// # Errors
/// Names that the result does not hold, outputs that cannot share axes, missing values.
pub fn small_multiples(
    document: &ResultDocument,
    chart: &SmallMultiples<'_>,
) -> Result<String, ChartError> {
    let first = chart.outputs.first().ok_or(ChartError::Count(0))?;
    if document.outputs.get(first).is_none() {
        return Err(ChartError::UnknownOutput((*first).to_owned()));
    }
    let places: Vec<Labels> = document
        .all_series(first, chart.place)
        .into_iter()
        .map(|series| series.at)
        .collect();
    if places.is_empty() {
        return Err(ChartError::NotAtPlace {
            output: (*first).to_owned(),
            place: chart.place.to_owned(),
        });
    }
    let panels = places
        .iter()
        .map(|at| Panel::new(document, chart, at))
        .collect::<Result<Vec<_>, _>>()?;
    let scale = scale_of(panels.iter().flat_map(|panel| &panel.fans));
    let unit = scale.unit(panels[0].fans[0].unit.as_deref());
    let overlaid = chart.outputs.len() > 1;
    let title = chart_title(&panels[0].fans);

    let mut drawing = Drawing::default();
    let heading = TextStyle::new(16.0).bold();
    let mut y = drawing.lines(
        MARGIN,
        28.0,
        &heading,
        &heading.wrap(&title, WIDTH - 2.0 * MARGIN),
    );
    let by = format!("by {}", chart.place);
    let subtitle = [
        by.as_str(),
        unit.as_str(),
        "each panel has its own vertical scale",
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join(" · ");
    drawing.text(MARGIN, y, &TextStyle::new(12.5).colour(GREY), &subtitle);
    y += 24.0;
    if overlaid {
        y = colours(&mut drawing, &panels[0].fans, y) + 19.0;
    }
    legend(&mut drawing, MARGIN, y, overlaid, panels[0].fans[0].hue);
    y += 16.0;

    let columns = chart.columns.clamp(1, panels.len());
    let width = (WIDTH - 2.0 * MARGIN - GUTTER * (columns - 1) as f64) / columns as f64;
    let bold = TextStyle::new(12.0).bold();
    let grey = TextStyle::new(10.5).colour(GREY);
    let panel_note = |panel: &Panel| {
        panel
            .note
            .as_ref()
            .map_or_else(Vec::new, |note| grey.wrap(note, width))
    };
    let panel_heading = |panel: &Panel| bold.wrap(&panel.name, width);
    for row in panels.chunks(columns) {
        let heading_lines = row
            .iter()
            .map(|panel| panel_heading(panel).len())
            .max()
            .unwrap_or(1);
        let note_lines = row
            .iter()
            .map(|panel| panel_note(panel).len())
            .max()
            .unwrap_or(0);
        let top = y + 16.0 * heading_lines as f64 + 14.0 * note_lines as f64 + 16.0;
        for (column, panel) in row.iter().enumerate() {
            let left = MARGIN + column as f64 * (width + GUTTER);
            let base = drawing.lines(left, y + 14.0, &bold, &panel_heading(panel));
            drawing.lines(left, base, &grey, &panel_note(panel));
            panel.draw(
                &mut drawing,
                scale,
                (left + AXIS_ROOM, left + width),
                (top, top + PLOT_HEIGHT),
            );
        }
        y = top + PLOT_HEIGHT + 30.0;
    }
    let errors = if chart.crossing.is_some() {
        " ± is one Monte Carlo standard error."
    } else {
        ""
    };
    let small = TextStyle::new(10.5).colour(GREY);
    let text = caption(document, overlaid, errors);
    y = drawing.lines(
        MARGIN,
        y + 10.0,
        &small,
        &small.wrap(&text, WIDTH - 2.0 * MARGIN),
    );
    let description: Vec<String> = panels
        .iter()
        .map(|panel| panel.describe(scale, &unit))
        .collect();
    let id = format!("fans-{}-by-{}", chart.outputs.join("-"), chart.place);
    Ok(drawing.finish(
        (WIDTH, (y + 4.0).ceil()),
        &id,
        &format!("{title}, {by}"),
        &description.join(" "),
    ))
}

struct Panel {
    name: String,
    /// The crossing in words.
    note: Option<String>,
    fans: Vec<Fan>,
}

impl Panel {
    fn new(
        document: &ResultDocument,
        chart: &SmallMultiples<'_>,
        at: &Labels,
    ) -> Result<Self, ChartError> {
        let name = document.place_name(chart.place, at);
        let fans = fans(document, chart.outputs, chart.place, at)?;
        let note = match chart.crossing {
            None => None,
            Some(crossing) => {
                let found = document.crossings.get(crossing).zip(document.crossing_cell(
                    crossing,
                    chart.place,
                    at,
                ));
                let (info, cell) = found.ok_or_else(|| ChartError::UnknownCrossing {
                    crossing: crossing.to_owned(),
                    place: name.clone(),
                })?;
                cell.by.last().map(|entry| {
                    let label = entry
                        .label()
                        .map(|label| label.to_string())
                        .unwrap_or_default();
                    format!(
                        "{} by {label}: {}",
                        info.title,
                        percent_with_error(entry.probability, entry.error)
                    )
                })
            }
        };
        Ok(Self { name, note, fans })
    }

    fn draw(
        &self,
        drawing: &mut Drawing,
        scale: Scale,
        (left, right): (f64, f64),
        (top, bottom): (f64, f64),
    ) {
        let axis = Axis::new(
            self.fans
                .iter()
                .flat_map(Fan::extent)
                .map(|value| scale.divide(value)),
            5,
            top,
            bottom,
        );
        draw_frame(drawing, &axis, left, right, 10.0);
        let labels = self.fans.first().map_or(&[][..], |fan| &fan.labels);
        let xs = positions(labels.len(), left, right);
        for fan in &self.fans {
            fan.draw_bands(drawing, &xs, &axis, scale);
        }
        for fan in &self.fans {
            fan.draw_lines(drawing, &xs, &axis, scale, true);
        }
        draw_time(drawing, labels, &xs, bottom, 10.0);
    }

    fn describe(&self, scale: Scale, unit: &str) -> String {
        let mut text = format!("{}:", self.name);
        for fan in &self.fans {
            if let Some(last) = fan.labels.last() {
                let unit = if unit.is_empty() {
                    String::new()
                } else {
                    format!(" {unit}")
                };
                let (median, bounds) = fan.last_numbers(scale);
                text.push_str(&format!(
                    " {} in {last}: median {median}{unit}, 5 % to 95 % of trials {bounds}.",
                    fan.title
                ));
            }
        }
        if let Some(note) = &self.note {
            text.push_str(&format!(" {note}."));
        }
        text
    }
}

/// Which hue is which output; returns the base line of the last row.
fn colours(drawing: &mut Drawing, fans: &[Fan], first_base: f64) -> f64 {
    let (mut x, mut y) = (MARGIN, first_base);
    for fan in fans {
        let style = TextStyle::new(11.5)
            .bold()
            .colour(&fan.hue.for_text().hex());
        let room = 24.0 + style.width(&fan.title);
        if x > MARGIN && x + room > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + 17.0);
        }
        drawing.rectangle(
            (x, y - 9.0),
            (18.0, 10.0),
            &fan.hue.on_white(0.45).hex(),
            "swatch",
        );
        drawing.line(
            (x, y - 4.0),
            (x + 18.0, y - 4.0),
            &fan.hue.for_text().hex(),
            2.0,
        );
        drawing.text(x + 24.0, y, &style, &fan.title);
        x += room + 24.0;
    }
    y
}
