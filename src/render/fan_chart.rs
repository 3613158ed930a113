//! The fan chart of one to three outputs at one place, with the strip of first crossings beneath.

use crate::result::{Labels, ResultDocument};

use super::axis::Axis;
use super::crossing_strip::{self, StripPlace};
use super::fan::{ChartError, Fan, band_fill, coverage_text, fans, scale_of};
use super::number::{Scale, rounded};
use super::svg::{Colour, Drawing, GREY, GRID, INK, TextStyle};

const WIDTH: f64 = 780.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 590.0;
const MARGIN: f64 = 18.0;
const PLOT_HEIGHT: f64 = 290.0;
const STRIP_HEIGHT: f64 = 74.0;
/// Room for the direct labels at the right end.
const LABEL_ROOM: f64 = WIDTH - RIGHT - 22.0;

/// What to draw.
#[derive(Debug, Clone, Copy)]
pub struct FanChart<'a> {
    /// One to three outputs with the same unit; alone an output has nine bands, together they have two each.
    pub outputs: &'a [&'a str],
    /// The kind of place.
    pub place: &'a str,
    /// The labels of the place, without time.
    pub at: &'a Labels,
    /// The crossing whose first labels are shown beneath.
    pub crossing: Option<&'a str>,
}

/// The chart as an SVG file.
///
/// # Errors
/// Names that the result does not hold, outputs that cannot share axes, missing values.
pub fn fan_chart(document: &ResultDocument, chart: &FanChart<'_>) -> Result<String, ChartError> {
    let fans = fans(document, chart.outputs, chart.place, chart.at)?;
    let place_name = document.place_name(chart.place, chart.at);
    let crossing = match chart.crossing {
        None => None,
        Some(name) => {
            let found = document.crossings.get(name).zip(document.crossing_cell(
                name,
                chart.place,
                chart.at,
            ));
            Some(found.ok_or_else(|| ChartError::UnknownCrossing {
                crossing: name.to_owned(),
                place: place_name.clone(),
            })?)
        }
    };
    let scale = scale_of(fans.iter());
    let unit = scale.unit(fans[0].unit.as_deref());
    let title = chart_title(&fans);
    let mut drawing = Drawing::default();

    let heading = TextStyle::new(16.0).bold();
    let mut y = drawing.lines(
        MARGIN,
        28.0,
        &heading,
        &heading.wrap(&title, WIDTH - 2.0 * MARGIN),
    );
    let subtitle = [place_name.as_str(), unit.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    drawing.text(MARGIN, y, &TextStyle::new(12.5).colour(GREY), &subtitle);
    y += 24.0;
    legend(&mut drawing, MARGIN, y, fans.len() > 1, fans[0].hue);
    let top = y + 20.0;
    let bottom = top + PLOT_HEIGHT;

    let axis = Axis::new(
        fans.iter()
            .flat_map(Fan::extent)
            .map(|value| scale.divide(value)),
        8,
        top,
        bottom,
    );
    let xs = positions(fans[0].labels.len(), LEFT, RIGHT);
    // Grid lines end where the direct labels begin.
    draw_frame(
        &mut drawing,
        &axis,
        LEFT,
        xs.last().map_or(RIGHT, |last| last + 8.0),
        11.0,
    );
    for fan in &fans {
        fan.draw_bands(&mut drawing, &xs, &axis, scale);
    }
    for fan in &fans {
        fan.draw_lines(&mut drawing, &xs, &axis, scale, false);
    }
    draw_time(&mut drawing, &fans[0].labels, &xs, bottom, 11.0);
    direct_labels(&mut drawing, &fans, &xs, &axis, scale, (top, bottom));

    let mut description = describe(&fans, scale, &unit, &place_name);
    y = bottom + 44.0;
    if let Some((info, cell)) = crossing {
        let text = format!(
            "{}: share of trials by first {}",
            info.title,
            document.model.time.as_deref().unwrap_or("label")
        );
        let bold = TextStyle::new(12.5).bold();
        y = drawing.lines(
            MARGIN,
            y + 8.0,
            &bold,
            &bold.wrap(&text, WIDTH - 2.0 * MARGIN),
        );
        let strip_top = y + 14.0;
        let step = (RIGHT - LEFT) / xs.len().max(1) as f64;
        let bar_width = (step * 0.55).min(64.0);
        let strip = StripPlace {
            xs: &xs,
            never_x: RIGHT + 70.0,
            bar_width,
            left: LEFT,
            top: strip_top,
            bottom: strip_top + STRIP_HEIGHT,
        };
        crossing_strip::draw(&mut drawing, cell, &strip);
        description.push(' ');
        description.push_str(&crossing_strip::describe(&info.title, cell));
        y = strip.bottom + 42.0;
    }
    let errors = if crossing.is_some() {
        " ± is one Monte Carlo standard error."
    } else {
        ""
    };
    let caption = caption(document, fans.len() > 1, errors);
    let small = TextStyle::new(10.5).colour(GREY);
    y = drawing.lines(
        MARGIN,
        y,
        &small,
        &small.wrap(&caption, WIDTH - 2.0 * MARGIN),
    );
    let id = format!("fan-{}-{place_name}", chart.outputs.join("-"));
    Ok(drawing.finish(
        (WIDTH, (y + 4.0).ceil()),
        &id,
        &format!("{title}, {place_name}"),
        &description,
    ))
}

/// The titles of the outputs, joined.
pub(super) fn chart_title(fans: &[Fan]) -> String {
    let titles: Vec<&str> = fans.iter().map(|fan| fan.title.as_str()).collect();
    titles.join(" · ")
}

/// Evenly spaced centres of the time labels.
pub(super) fn positions(count: usize, left: f64, right: f64) -> Vec<f64> {
    let step = (right - left) / count.max(1) as f64;
    (0..count)
        .map(|index| left + (index as f64 + 0.5) * step)
        .collect()
}

/// Grid lines, zero line and labels of the vertical axis.
pub(super) fn draw_frame(drawing: &mut Drawing, axis: &Axis, left: f64, right: f64, size: f64) {
    for (value, label) in axis.ticks() {
        let y = axis.y(value);
        let (stroke, width) = if value == 0.0 {
            (GREY, 1.0)
        } else {
            (GRID, 1.0)
        };
        drawing.line((left, y), (right, y), stroke, width);
        drawing.text(
            left - 6.0,
            y + size * 0.36,
            &TextStyle::new(size).end(),
            &label,
        );
    }
}

/// Time labels beneath the plot, as many as there is room for, always with the last.
pub(super) fn draw_time(drawing: &mut Drawing, labels: &[i64], xs: &[f64], bottom: f64, size: f64) {
    let style = TextStyle::new(size).middle();
    let mut free_to = f64::INFINITY;
    for (label, x) in labels.iter().zip(xs).rev() {
        let text = label.to_string();
        let half = style.width(&text) / 2.0;
        if x + half + 4.0 <= free_to {
            drawing.text(*x, bottom + size + 6.0, &style, &text);
            free_to = x - half;
        }
    }
}

/// Samples of the marks, in the hue of a single fan or in grey for several.
pub(super) fn legend(drawing: &mut Drawing, left: f64, y: f64, overlaid: bool, hue: Colour) {
    let style = TextStyle::new(11.0);
    let hue = if overlaid {
        Colour([0x55, 0x55, 0x55])
    } else {
        hue
    };
    let mut x = left;
    let entry = |drawing: &mut Drawing, x: &mut f64, width: f64, text: &str| {
        drawing.text(*x + width + 6.0, y, &style, text);
        *x += width + 6.0 + style.width(text) + 20.0;
    };
    let swatches: &[u8] = if overlaid {
        &[90, 50]
    } else {
        &[90, 80, 70, 60, 50, 40, 30, 20, 10]
    };
    if overlaid {
        for coverage in swatches.iter().rev() {
            for layer in swatches.iter().filter(|layer| *layer >= coverage) {
                let (fill, opacity) = band_fill(hue, *layer, true);
                drawing.polygon(
                    &[
                        (x, y - 9.0),
                        (x + 18.0, y - 9.0),
                        (x + 18.0, y + 1.0),
                        (x, y + 1.0),
                    ],
                    &fill,
                    opacity,
                    "swatch",
                );
            }
            entry(
                drawing,
                &mut x,
                18.0,
                &format!("central {coverage} % of trials"),
            );
        }
    } else {
        for (index, coverage) in swatches.iter().rev().enumerate() {
            let (fill, _) = band_fill(hue, *coverage, false);
            drawing.rectangle(
                (x + 9.0 * index as f64, y - 9.0),
                (9.0, 10.0),
                &fill,
                "swatch",
            );
        }
        entry(drawing, &mut x, 81.0, "central 10, 20, … 90 % of trials");
    }
    drawing.line(
        (x, y - 4.0),
        (x + 22.0, y - 4.0),
        &hue.for_text().hex(),
        2.4,
    );
    entry(drawing, &mut x, 22.0, "median");
    drawing.polyline(
        &[(x, y - 4.0), (x + 26.0, y - 4.0)],
        INK,
        1.0,
        "4 3",
        "swatch",
    );
    drawing.ring((x + 13.0, y - 4.0), 3.2, &hue.for_text().hex(), "swatch");
    entry(drawing, &mut x, 26.0, "central case");
}

/// Titles and last numbers at the right end, pushed apart where they would overlap.
fn direct_labels(
    drawing: &mut Drawing,
    fans: &[Fan],
    xs: &[f64],
    axis: &Axis,
    scale: Scale,
    (top, bottom): (f64, f64),
) {
    const LINE: f64 = 15.0;
    const GAP: f64 = 10.0;
    let bold = TextStyle::new(12.0).bold();
    let mut blocks: Vec<(f64, Vec<String>, &Fan)> = fans
        .iter()
        .map(|fan| {
            let lines = bold.wrap(&fan.title, LABEL_ROOM);
            let height = (lines.len() + 2) as f64 * LINE;
            let centre = axis.y(scale.divide(fan.median.last().map_or(0.0, |(value, _)| *value)));
            (centre - height / 2.0, lines, fan)
        })
        .collect();
    blocks.sort_by(|one, other| one.0.total_cmp(&other.0));
    let height = |lines: &[String]| (lines.len() + 2) as f64 * LINE;
    // Downwards, then back up from the lower edge: blocks keep their order and stay within the plot.
    let mut free_from = top;
    for (start, lines, _) in &mut blocks {
        *start = start.max(free_from);
        free_from = *start + height(lines) + GAP;
    }
    let mut free_to = bottom;
    for (start, lines, _) in blocks.iter_mut().rev() {
        *start = start.min(free_to - height(lines));
        free_to = *start - GAP;
    }
    let x = xs
        .last()
        .map_or(RIGHT, |last| last + 14.0)
        .max(RIGHT - 42.0);
    for (start, lines, fan) in &blocks {
        let colour = fan.hue.for_text().hex();
        let mut base = start + 11.0;
        for line in lines {
            drawing.text(x, base, &bold.clone().colour(&colour), line);
            base += LINE;
        }
        let (median, bounds) = fan.last_numbers(scale);
        drawing.text(x, base, &TextStyle::new(11.0), &format!("median {median}"));
        drawing.text(
            x,
            base + LINE,
            &TextStyle::new(11.0),
            &format!("5–95 %: {bounds}"),
        );
    }
}

/// The chart in words.
pub(super) fn describe(fans: &[Fan], scale: Scale, unit: &str, place_name: &str) -> String {
    let mut text = format!("Fan chart, {place_name}.");
    for fan in fans {
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
    text
}

/// What the bands cover, and from which run.
pub(super) fn caption(document: &ResultDocument, overlaid: bool, more: &str) -> String {
    let run = &document.run;
    let mut variants = String::new();
    for (kind, name) in [("scenario", &run.scenario), ("strategy", &run.strategy)] {
        if let Some(name) = name {
            variants.push_str(&format!(", {kind} {name}"));
        }
    }
    for set in &run.set {
        variants.push_str(&format!(", {} = {}", set.node, set.is));
    }
    if !run.evidence.is_empty() {
        variants.push_str(&format!(", given {}", run.evidence.join(", ")));
    }
    format!(
        "Bands cover {} of {} trials at each time label. Central case: every uncertain input at its median.{more} \
         Model {}{variants}; {} design, seed {}, engine {}.",
        coverage_text(overlaid),
        rounded(run.trials as f64, 0),
        document.model.name,
        run.design,
        run.seed,
        run.engine
    )
}
