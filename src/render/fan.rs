//! One fan: the bands, median and central case of an output over time.

use crate::result::{Labels, ResultDocument};

use super::axis::Axis;
use super::number::{Scale, supported};
use super::svg::{Colour, Drawing, HUES};

/// Coverage of the nine bands of a fan that stands alone, in percent, widest first (Bank of England convention).
const ALONE: [u8; 9] = [90, 80, 70, 60, 50, 40, 30, 20, 10];
/// Coverage where fans overlap.
const OVERLAID: [u8; 2] = [90, 50];

/// A chart that cannot be drawn from the result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChartError {
    /// No output of that name.
    #[error("the result has no output `{0}`")]
    UnknownOutput(String),
    /// No crossing of that name at that place.
    #[error("the result has no crossing `{crossing}` at {place}")]
    UnknownCrossing {
        /// The crossing.
        crossing: String,
        /// The place.
        place: String,
    },
    /// The output is not reported there.
    #[error("the output `{output}` is not reported at {place}")]
    NotAtPlace {
        /// The output.
        output: String,
        /// The place.
        place: String,
    },
    /// A fan needs time.
    #[error("the output `{0}` does not vary over time")]
    NoTime(String),
    /// A band needs a level that the result does not hold.
    #[error("the result has no quantile at level {0}")]
    NoLevel(String),
    /// A quantile, median or central value is null.
    #[error("the output `{output}` has no finite quantile or central value at {place}, {label}")]
    NoValue {
        /// The output.
        output: String,
        /// The place.
        place: String,
        /// The time label.
        label: i64,
    },
    /// Fans on one chart share axes.
    #[error("`{first}` and `{second}` cannot share a chart: their units or time labels differ")]
    NotComparable {
        /// One output.
        first: String,
        /// The other.
        second: String,
    },
    /// Too few or too many outputs for one chart.
    #[error("a chart takes one to three outputs, not {0}")]
    Count(usize),
}

/// The numbers of a fan, unscaled.
#[derive(Debug, Clone)]
pub(super) struct Fan {
    pub(super) title: String,
    pub(super) unit: Option<String>,
    pub(super) labels: Vec<i64>,
    /// Lower and upper quantile for each coverage, widest first, for each time label.
    bands: Vec<(u8, Vec<(f64, f64)>)>,
    /// Median and its error.
    pub(super) median: Vec<(f64, Option<f64>)>,
    /// 5 % and 95 % quantile at the last label, with errors.
    pub(super) last_bounds: [(f64, Option<f64>); 2],
    central: Vec<f64>,
    pub(super) hue: Colour,
    overlaid: bool,
}

/// The fans of several outputs at one place, checked to share their axes.
pub(super) fn fans(
    document: &ResultDocument,
    outputs: &[&str],
    place: &str,
    at: &Labels,
) -> Result<Vec<Fan>, ChartError> {
    if outputs.is_empty() || outputs.len() > HUES.len() {
        return Err(ChartError::Count(outputs.len()));
    }
    let fans = outputs
        .iter()
        .zip(HUES)
        .map(|(output, hue)| Fan::new(document, output, place, at, outputs.len() > 1, hue))
        .collect::<Result<Vec<_>, _>>()?;
    for (output, fan) in outputs.iter().zip(&fans) {
        if fan.unit != fans[0].unit || fan.labels != fans[0].labels {
            return Err(ChartError::NotComparable {
                first: outputs[0].to_owned(),
                second: (*output).to_owned(),
            });
        }
    }
    Ok(fans)
}

impl Fan {
    fn new(
        document: &ResultDocument,
        output: &str,
        place: &str,
        at: &Labels,
        overlaid: bool,
        hue: Colour,
    ) -> Result<Self, ChartError> {
        let info = document
            .outputs
            .get(output)
            .ok_or_else(|| ChartError::UnknownOutput(output.to_owned()))?;
        let place_name = document.place_name(place, at);
        let series = document
            .series(output, place, at)
            .ok_or_else(|| ChartError::NotAtPlace {
                output: output.to_owned(),
                place: place_name.clone(),
            })?;
        let coverages: &[u8] = if overlaid { &OVERLAID } else { &ALONE };
        let level = |percent: f64| {
            document
                .level_index(percent / 100.0)
                .ok_or_else(|| ChartError::NoLevel(format!("{percent} %")))
        };
        let half = level(50.0)?;
        let (lowest, highest) = (level(5.0)?, level(95.0)?);
        let mut fan = Self {
            title: info.title.clone(),
            unit: info.unit.clone(),
            labels: Vec::new(),
            bands: coverages
                .iter()
                .map(|coverage| (*coverage, Vec::new()))
                .collect(),
            median: Vec::new(),
            last_bounds: [(0.0, None); 2],
            central: Vec::new(),
            hue,
            overlaid,
        };
        for (label, cell) in &series.cells {
            let label = label.ok_or_else(|| ChartError::NoTime(output.to_owned()))?;
            let missing = || ChartError::NoValue {
                output: output.to_owned(),
                place: place_name.clone(),
                label,
            };
            let quantile = |index: usize| -> Result<(f64, Option<f64>), ChartError> {
                let value = cell
                    .quantiles
                    .get(index)
                    .copied()
                    .flatten()
                    .ok_or_else(missing)?;
                Ok((value, cell.quantile_errors.get(index).copied().flatten()))
            };
            for (coverage, bounds) in &mut fan.bands {
                let half_width = f64::from(*coverage) / 2.0;
                bounds.push((
                    quantile(level(50.0 - half_width)?)?.0,
                    quantile(level(50.0 + half_width)?)?.0,
                ));
            }
            fan.labels.push(label);
            fan.median.push(quantile(half)?);
            fan.last_bounds = [quantile(lowest)?, quantile(highest)?];
            fan.central.push(cell.central.ok_or_else(missing)?);
        }
        Ok(fan)
    }

    /// Every number that must fit on the axis.
    pub(super) fn extent(&self) -> impl Iterator<Item = f64> {
        let widest = self
            .bands
            .first()
            .into_iter()
            .flat_map(|(_, bounds)| bounds.iter().flat_map(|(low, high)| [*low, *high]));
        widest.chain(self.central.iter().copied())
    }

    /// Areas; drawn for all fans before any line, so that no line is hidden.
    pub(super) fn draw_bands(&self, drawing: &mut Drawing, xs: &[f64], axis: &Axis, scale: Scale) {
        let y = |value: f64| axis.y(scale.divide(value));
        for (coverage, bounds) in &self.bands {
            let lower = xs.iter().zip(bounds).map(|(x, (low, _))| (*x, y(*low)));
            let upper = xs
                .iter()
                .zip(bounds)
                .rev()
                .map(|(x, (_, high))| (*x, y(*high)));
            let outline: Vec<(f64, f64)> = lower.chain(upper).collect();
            let (fill, opacity) = band_fill(self.hue, *coverage, self.overlaid);
            drawing.polygon(&outline, &fill, opacity, &format!("band band-{coverage}"));
        }
        if self.overlaid
            && let Some((_, bounds)) = self.bands.first()
        {
            // The edges tell where one fan ends beneath the other.
            for edge in [
                bounds.iter().map(|(low, _)| *low).collect::<Vec<_>>(),
                bounds.iter().map(|(_, high)| *high).collect(),
            ] {
                let points: Vec<(f64, f64)> = xs
                    .iter()
                    .zip(edge)
                    .map(|(x, value)| (*x, y(value)))
                    .collect();
                drawing.polyline(&points, &self.hue.on_white(0.65).hex(), 0.8, "", "edge");
            }
        }
    }

    /// Median and central case.
    pub(super) fn draw_lines(
        &self,
        drawing: &mut Drawing,
        xs: &[f64],
        axis: &Axis,
        scale: Scale,
        thin: bool,
    ) {
        let y = |value: f64| axis.y(scale.divide(value));
        let stroke = self.hue.for_text().hex();
        let points = |values: Vec<f64>| -> Vec<(f64, f64)> {
            xs.iter()
                .zip(values)
                .map(|(x, value)| (*x, y(value)))
                .collect()
        };
        let (width, radius) = if thin { (1.6, 2.0) } else { (2.4, 3.2) };
        drawing.polyline(
            &points(self.median.iter().map(|(value, _)| *value).collect()),
            &stroke,
            width,
            "",
            "median",
        );
        let central = points(self.central.clone());
        drawing.polyline(&central, super::svg::INK, 1.0, "4 3", "central");
        for centre in central {
            drawing.ring(centre, radius, &stroke, "central-mark");
        }
    }

    /// Median and the bounds of the widest band at the last label: `450`, `131 to 1550`.
    pub(super) fn last_numbers(&self, scale: Scale) -> (String, String) {
        let number = |(value, error): (f64, Option<f64>)| {
            supported(scale.divide(value), error.map(|error| scale.divide(error)))
                .replace('-', "\u{2212}")
        };
        let median = self.median.last().copied().map(number).unwrap_or_default();
        (
            median,
            format!(
                "{} to {}",
                number(self.last_bounds[0]),
                number(self.last_bounds[1])
            ),
        )
    }
}

/// The scale that suits the medians, as in the tables; that of all numbers where every median is zero.
pub(super) fn scale_of<'a>(fans: impl Iterator<Item = &'a Fan> + Clone) -> Scale {
    let medians = fans
        .clone()
        .flat_map(|fan| fan.median.iter().map(|(value, _)| *value));
    if medians.clone().any(|value| value != 0.0) {
        Scale::of(medians)
    } else {
        Scale::of(fans.flat_map(Fan::extent))
    }
}

/// Colour and opacity of a band. Alone, opaque steps towards white; overlaid, transparent so that both fans show.
pub(super) fn band_fill(hue: Colour, coverage: u8, overlaid: bool) -> (String, f64) {
    if overlaid {
        (hue.hex(), if coverage > 50 { 0.16 } else { 0.28 })
    } else {
        // From 14 % of the hue in the widest band to 78 % in the narrowest.
        (
            hue.on_white(0.14 + 0.08 * f64::from(90 - coverage.min(90)) / 10.0)
                .hex(),
            1.0,
        )
    }
}

/// Coverage of the bands, for captions and legends.
pub(super) fn coverage_text(overlaid: bool) -> &'static str {
    if overlaid {
        "the central 50 % and 90 %"
    } else {
        "the central 10 %, 20 %, … 90 %"
    }
}
