//! A vertical axis with tidy ticks.

use super::number::{exponent, power_of_ten, rounded};

/// Steps between ticks are one of these times a power of ten.
const TIDY: [f64; 4] = [1.0, 2.0, 5.0, 10.0];

/// A linear axis from a tick at or below the lowest value to one at or above the highest; zero is always on it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    step: f64,
    /// Decimal position of the step.
    position: i32,
    /// Top and bottom on the page.
    top: f64,
    bottom: f64,
}

impl Axis {
    /// An axis over all values, with about `n_ticks` intervals, drawn between two heights on the page.
    pub(super) fn new(
        values: impl IntoIterator<Item = f64>,
        n_ticks: u32,
        top: f64,
        bottom: f64,
    ) -> Self {
        let (low, high) = values
            .into_iter()
            .fold((0.0_f64, 0.0_f64), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        // A range of nothing still needs a step.
        let range = if high - low > 0.0 && (high - low).is_finite() {
            high - low
        } else {
            1.0
        };
        let raw = range / f64::from(n_ticks.max(1));
        let magnitude = power_of_ten(exponent(raw));
        let multiple = TIDY
            .into_iter()
            .find(|multiple| multiple * magnitude >= raw)
            .unwrap_or(10.0);
        let step = multiple * magnitude;
        let position = exponent(step);
        Self {
            low: (low / step).floor() * step,
            high: ((high / step).ceil() * step).max(step),
            step,
            position,
            top,
            bottom,
        }
    }

    /// Ticks from the lowest up, each with its label.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let first = (self.low / self.step).round() as i64;
        let last = (self.high / self.step).round() as i64;
        (first..=last)
            .map(|index| {
                let value = index as f64 * self.step;
                (
                    value,
                    rounded(value, self.position.min(0)).replace('-', "\u{2212}"),
                )
            })
            .collect()
    }

    /// Height of a value on the page.
    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], n_ticks: u32) -> Vec<String> {
        Axis::new(values.iter().copied(), n_ticks, 0.0, 100.0)
            .ticks()
            .into_iter()
            .map(|(_, label)| label)
            .collect()
    }

    #[test]
    fn ticks_are_tidy_and_enclose_the_values() {
        assert_eq!(
            labels(&[12.0, 1545.0], 5),
            ["0", "500", "1000", "1500", "2000"]
        );
        assert_eq!(
            labels(&[0.0, 0.93], 5),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(labels(&[-30.0, 80.0], 5), ["−50", "0", "50", "100"]);
        assert_eq!(labels(&[-3.0, -1.0], 3), ["−3", "−2", "−1", "0", "1"]);
        assert_eq!(labels(&[20_000.0], 2), ["0", "10,000", "20,000"]);
    }

    #[test]
    fn constant_and_empty_axes_have_a_range() {
        assert_eq!(labels(&[0.0], 5), labels(&[], 5));
        assert!(labels(&[], 5).len() >= 2);
    }

    #[test]
    fn values_map_onto_the_page_from_below() {
        let axis = Axis::new([0.0, 10.0], 5, 20.0, 120.0);
        assert_eq!(
            (axis.y(0.0), axis.y(5.0), axis.y(10.0)),
            (120.0, 70.0, 20.0)
        );
    }
}
