//! The strip beneath a fan chart: in which share of trials the crossing first happens at each time label, or never.

use crate::result::CrossingCell;

use super::number::{percent, percent_with_error};
use super::svg::{Drawing, GREY, INK, TextStyle};

const BAR: &str = "#7a8794";
const NEVER: &str = "#c3cad1";

/// Where the strip stands.
pub(super) struct StripPlace<'a> {
    /// Centre of each bar, and of the one for never.
    pub(super) xs: &'a [f64],
    pub(super) never_x: f64,
    pub(super) bar_width: f64,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Draws bars, error whiskers and labels; `top` leaves room for the label above the tallest bar.
pub(super) fn draw(drawing: &mut Drawing, cell: &CrossingCell, place: &StripPlace<'_>) {
    let mut bars: Vec<(f64, String, f64, Option<f64>, &str)> = cell
        .first
        .iter()
        .zip(place.xs)
        .map(|(entry, x)| {
            (
                *x,
                entry
                    .label()
                    .map(|label| label.to_string())
                    .unwrap_or_default(),
                entry.probability,
                entry.error,
                BAR,
            )
        })
        .collect();
    bars.push((
        place.never_x,
        "never".to_owned(),
        cell.never.probability,
        cell.never.error,
        NEVER,
    ));
    let tallest = bars
        .iter()
        .map(|(_, _, probability, error, _)| probability + error.unwrap_or(0.0))
        .fold(0.0, f64::max)
        .max(f64::MIN_POSITIVE);
    let small = TextStyle::new(10.5).middle();
    let names = TextStyle::new(11.0).middle();
    let step = place
        .xs
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .fold(f64::INFINITY, f64::min);
    // Where bars are narrow the errors are left to the text alternative and the tables; where even that does not fit, so are the numbers.
    let fits = |text: &dyn Fn(f64, Option<f64>) -> String| {
        cell.first
            .iter()
            .all(|entry| small.width(&text(entry.probability, entry.error)) + 6.0 <= step)
    };
    let (with_errors, alone) = (fits(&percent_with_error), fits(&percent));
    // Every n-th name, counted from the last, so that none touches the next.
    let widest = bars
        .iter()
        .map(|(_, name, ..)| names.width(name))
        .fold(0.0, f64::max);
    let every = if step.is_finite() {
        ((widest + 6.0) / step).ceil().max(1.0) as usize
    } else {
        1
    };
    let y = |probability: f64| place.bottom - probability / tallest * (place.bottom - place.top);
    for (index, (x, name, probability, error, fill)) in bars.iter().enumerate() {
        let never = index + 1 == bars.len();
        let top = y(*probability);
        drawing.rectangle(
            (x - place.bar_width / 2.0, top),
            (place.bar_width, place.bottom - top),
            fill,
            "probability",
        );
        let mut label_base = top - 5.0;
        if let Some(error) = error {
            let (high, low) = (y(probability + error), y((probability - error).max(0.0)));
            // Shorter whiskers would be a blot; the label states the error in any case.
            if low - high > 2.0 {
                drawing.line((*x, high), (*x, low), INK, 1.0);
                drawing.line((x - 4.0, high), (x + 4.0, high), INK, 1.0);
                drawing.line((x - 4.0, low), (x + 4.0, low), INK, 1.0);
                label_base = high - 5.0;
            }
        }
        if never || with_errors {
            drawing.text(
                *x,
                label_base,
                &small,
                &percent_with_error(*probability, *error),
            );
        } else if alone {
            drawing.text(*x, label_base, &small, &percent(*probability, *error));
        }
        if never || (bars.len() - 2 - index).is_multiple_of(every) {
            drawing.text(*x, place.bottom + 15.0, &names, name);
        }
    }
    drawing.line(
        (place.left, place.bottom),
        (place.never_x + place.bar_width / 2.0 + 6.0, place.bottom),
        GREY,
        1.0,
    );
}

/// The strip in words, for the text alternative.
pub(super) fn describe(title: &str, cell: &CrossingCell) -> String {
    let first: Vec<String> = cell
        .first
        .iter()
        .map(|entry| {
            format!(
                "{} {}",
                entry
                    .label()
                    .map(|label| label.to_string())
                    .unwrap_or_default(),
                percent_with_error(entry.probability, entry.error)
            )
        })
        .collect();
    format!(
        "{title}, share of trials by first label: {}, never {}.",
        first.join(", "),
        percent_with_error(cell.never.probability, cell.never.error)
    )
}
