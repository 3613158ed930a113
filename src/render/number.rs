//! Numbers for readers: a printed digit is a digit that the Monte Carlo error supports.
//!
//! - Alone, a value ends at the leading digit of its error if that digit is 1 to 3, else one place before: the last digit is then uncertain by at most three units, and rounding adds
//!   less than the error itself: 68.01 with error 0.02 is `68.01`, with error 0.05 `68.0`.
//! - Beside its error (`±`) both are rounded to the leading digit of the error: `68.01 ± 0.05`.
//! - Where no error is known, three significant digits follow `≈`.
//! - An error of exactly zero belongs to a constant: up to six significant digits.

/// More digits than these are noise of the double itself.
const DIGITS_OF_A_DOUBLE: i32 = 15;

/// A power of a thousand by which all numbers of a table or axis are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Power of ten, a multiple of three.
    power: i32,
}

impl Scale {
    /// No scaling.
    pub const ONE: Self = Self { power: 0 };

    /// The scale at which the largest magnitude has one to three digits before the point; plain numbers from 0.001 to 99,999.
    pub fn of_largest(magnitude: f64) -> Self {
        if !magnitude.is_finite() || magnitude == 0.0 || (1e-3..1e5).contains(&magnitude.abs()) {
            return Self::ONE;
        }
        Self {
            power: exponent(magnitude).div_euclid(3) * 3,
        }
    }

    /// The scale for all values of a table.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        Self::of_largest(
            values
                .into_iter()
                .fold(0.0, |largest, value| value.abs().max(largest)),
        )
    }

    /// The value in this scale.
    pub fn divide(self, value: f64) -> f64 {
        // Powers beyond 1e308 do not occur: the power is that of a double.
        if self.power >= 0 {
            value / power_of_ten(self.power)
        } else {
            value * power_of_ten(-self.power)
        }
    }

    /// The unit with its scale word: `million USD/year`, `USD/year`, `million`, or nothing.
    pub fn unit(self, unit: Option<&str>) -> String {
        let word = match self.power {
            0 => String::new(),
            3 => "thousand".to_owned(),
            6 => "million".to_owned(),
            9 => "billion".to_owned(),
            12 => "trillion".to_owned(),
            power => format!("×10^{power}"),
        };
        let unit = unit.filter(|unit| *unit != "1").unwrap_or_default();
        [word.as_str(), unit]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The value alone, with the digits its error supports.
pub fn supported(value: f64, error: Option<f64>) -> String {
    match error {
        None => format!("≈ {}", significant(value, 3)),
        Some(error) if error > 0.0 && error.is_finite() => rounded(value, last_supported(error)),
        Some(_) => exact(value),
    }
}

/// The value and its error, both to the leading digit of the error.
pub fn with_error(value: f64, error: Option<f64>) -> String {
    match error {
        Some(error) if error > 0.0 && error.is_finite() => {
            let position = leading_digit(error);
            format!(
                "{} ± {}",
                rounded(value, position),
                rounded(error, position)
            )
        }
        _ => supported(value, error),
    }
}

/// A probability in percent, alone.
pub fn percent(probability: f64, error: Option<f64>) -> String {
    format!(
        "{} %",
        supported(100.0 * probability, error.map(|error| 100.0 * error))
    )
}

/// A probability in percent, with its error.
pub fn percent_with_error(probability: f64, error: Option<f64>) -> String {
    format!(
        "{} %",
        with_error(100.0 * probability, error.map(|error| 100.0 * error))
    )
}

/// A value without Monte Carlo error: up to six significant digits.
pub fn exact(value: f64) -> String {
    let text = significant(value, 6);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A value without error of its own, to the decimal that the error of a neighbour supports, so that a row reads evenly.
pub(super) fn beside(value: f64, error: Option<f64>) -> String {
    match error {
        Some(error) if error > 0.0 && error.is_finite() => rounded(value, last_supported(error)),
        _ => significant(value, 3),
    }
}

/// Rounded to the decimal of `position` (a power of ten), with commas between thousands from five digits on.
pub(super) fn rounded(value: f64, position: i32) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let position = if value == 0.0 {
        position
    } else {
        position.max(exponent(value) - DIGITS_OF_A_DOUBLE + 1)
    };
    let text = if position > 0 {
        let unit = power_of_ten(position);
        format!("{:.0}", (value / unit).round() * unit)
    } else {
        // At most 1,000 decimals are asked for; the smallest double has its first digit at 1e-324.
        format!("{value:.0$}", position.unsigned_abs().min(1_000) as usize)
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) if digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) => ("-", digits),
        Some(digits) => ("", digits),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, ""), |(whole, fraction)| (whole, fraction));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped(whole))
}

/// The exponent of the leading digit: 8 for 450e6.
pub(super) fn exponent(value: f64) -> i32 {
    exponent_of(&format!("{value:e}"))
}

/// Ten to a power, exact as the nearest double.
pub(super) fn power_of_ten(power: i32) -> f64 {
    format!("1e{power}")
        .parse()
        .expect("digits and an exponent are a number")
}

fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.abs().to_string();
    }
    // Rounding may carry into a further digit (0.9996 → 1.00), so the exponent is that of the rounded value.
    let carried = exponent_of(&format!(
        "{value:.0$e}",
        digits.unsigned_abs().saturating_sub(1) as usize
    ));
    rounded(value, carried - digits + 1)
}

/// The decimal position of the leading digit after rounding to one digit: −1 for 0.096, which rounds to 0.1.
fn leading_digit(error: f64) -> i32 {
    exponent_of(&format!("{error:.0e}"))
}

/// The decimal position at which a value without its error beside it ends.
fn last_supported(error: f64) -> i32 {
    let text = format!("{error:.0e}");
    exponent_of(&text) + i32::from(!text.starts_with(['1', '2', '3']))
}

fn exponent_of(text: &str) -> i32 {
    text.rsplit_once('e')
        .and_then(|(_, digits)| digits.parse().ok())
        .unwrap_or(0)
}

fn grouped(digits: &str) -> String {
    if digits.len() < 5 {
        return digits.to_owned();
    }
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_alone_has_the_digits_its_error_supports() {
        for (value, error, text) in [
            (68.0123, 0.05, "68.0"),
            (68.0123, 0.3, "68.0"),
            (68.0123, 0.4, "68"),
            (0.4512, 0.021, "0.45"),
            (68.0123, 0.096, "68.0"),
            (68.0123, 0.009, "68.01"),
            (123_456.7, 90.0, "123,500"),
            (123_456.7, 1.0, "123,457"),
            (-0.04, 0.5, "0"),
            (0.3, 50.0, "0"),
            (1.0, 1e-30, "1.00000000000000"),
        ] {
            assert_eq!(supported(value, Some(error)), text, "{value} ± {error}");
        }
    }

    #[test]
    fn beside_its_error_a_value_ends_at_the_leading_digit() {
        for (value, error, text) in [
            (68.0123, 0.05, "68.01 ± 0.05"),
            (68.0123, 0.096, "68.0 ± 0.1"),
            (123_456.7, 90.0, "123,460 ± 90"),
            (123_456.7, 96.0, "123,500 ± 100"),
            (3.0, 20.0, "0 ± 20"),
        ] {
            assert_eq!(with_error(value, Some(error)), text, "{value} ± {error}");
        }
    }

    #[test]
    fn no_known_error_shows_three_digits_as_approximate() {
        assert_eq!(supported(12_345.6, None), "≈ 12,300");
        assert_eq!(with_error(0.99961, None), "≈ 1.00");
        assert_eq!(supported(0.0, None), "≈ 0");
    }

    #[test]
    fn a_constant_is_exact_to_six_digits() {
        assert_eq!(supported(0.25, Some(0.0)), "0.25");
        assert_eq!(supported(1_234_567.0, Some(0.0)), "1,234,570");
        assert_eq!(exact(0.0), "0");
        assert_eq!(exact(-1.5), "-1.5");
        assert_eq!(exact(100.0), "100");
    }

    #[test]
    fn probabilities_are_in_percent() {
        assert_eq!(percent(0.680123, Some(0.0005)), "68.0 %");
        assert_eq!(percent_with_error(0.680123, Some(0.0005)), "68.01 ± 0.05 %");
        assert_eq!(percent(0.0, Some(0.0)), "0 %");
    }

    #[test]
    fn scales_are_powers_of_a_thousand() {
        for (largest, value, unit) in [
            (450e6, "450", "million USD/year"),
            (1.3e9, "1.3", "billion USD/year"),
            (99_999.0, "99999", "USD/year"),
            (250_000.0, "250", "thousand USD/year"),
            (-450e6, "-450", "million USD/year"),
            (0.42, "0.42", "USD/year"),
            (4.2e-6, "4.2", "×10^-6 USD/year"),
            (0.0, "0", "USD/year"),
        ] {
            let scale = Scale::of([largest, 0.0]);
            assert_eq!(scale.unit(Some("USD/year")), unit);
            assert_eq!(exact(scale.divide(largest)).replace(',', ""), value);
        }
        assert_eq!(Scale::of([450e6]).unit(Some("1")), "million");
        assert_eq!(Scale::ONE.unit(None), "");
    }

    #[test]
    fn extreme_doubles_do_not_panic() {
        for value in [
            f64::MAX,
            -f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            f64::NAN,
            f64::INFINITY,
        ] {
            for error in [
                None,
                Some(0.0),
                Some(f64::MAX),
                Some(5e-324),
                Some(f64::NAN),
                Some(f64::INFINITY),
            ] {
                assert!(!with_error(value, error).is_empty());
                assert!(!supported(value, error).is_empty());
            }
            assert!(
                !Scale::of_largest(value)
                    .divide(value)
                    .to_string()
                    .is_empty()
            );
        }
    }
}
