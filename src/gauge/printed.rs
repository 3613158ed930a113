//! A figure as its source prints it: the number, and what half a unit of its last digit is.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A printed figure such as `-0.665`, `838` or `1.7268e-5`.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    text: String,
    value: f64,
    half_unit: f64,
}

/// A text that is no printed figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no printed figure: expected digits such as -0.665 or 1.7268e-5")]
pub struct PrintedError(String);

impl Printed {
    /// Reads a figure: an optional sign, digits with at most one point, an optional exponent `e-5`.
    ///
    /// # Errors
    /// Any other text, and magnitudes beyond a double.
    pub fn new(text: &str) -> Result<Self, PrintedError> {
        let wrong = || PrintedError(text.to_owned());
        let (mantissa, exponent) = match text.split_once('e') {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| wrong())?),
            None => (text, 0),
        };
        let digits = mantissa.strip_prefix('-').unwrap_or(mantissa);
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(decimals) || digits.ends_with('.')
        {
            return Err(wrong());
        }
        let position = i64::from(exponent) - i64::try_from(decimals.len()).map_err(|_| wrong())?;
        // Decimal text is read to the nearest double, which powers of ten would not always give.
        let half_unit: f64 = format!("5e{}", position - 1).parse().map_err(|_| wrong())?;
        let value: f64 = text.parse().map_err(|_| wrong())?;
        if !value.is_finite() || !half_unit.is_normal() {
            return Err(wrong());
        }
        Ok(Self {
            text: text.to_owned(),
            value,
            half_unit,
        })
    }

    /// The number.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// How many digits are printed, without leading zeros.
    pub fn n_digits(&self) -> usize {
        let mantissa = self.text.split('e').next().unwrap_or_default();
        let digits = mantissa.bytes().filter(u8::is_ascii_digit);
        digits.skip_while(|&digit| digit == b'0').count()
    }

    /// Half a unit of the last printed digit: what rounding may have changed.
    pub fn half_unit(&self) -> f64 {
        self.half_unit
    }

    /// The text as printed.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Printed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Serialize for Printed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Printed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_counted_from_the_first_that_is_not_zero() {
        for (text, n_digits) in [
            ("0.07864960352514257", 16),
            ("-0.665", 3),
            ("2.950000", 7),
            ("1.7268e-5", 5),
            ("0.00", 0),
        ] {
            assert_eq!(Printed::new(text).unwrap().n_digits(), n_digits, "{text}");
        }
    }

    #[test]
    fn half_a_unit_is_that_of_the_last_printed_digit() {
        for (text, half_unit) in [
            ("-0.665", 0.0005),
            ("0.0", 0.05),
            ("838", 0.5),
            ("2.00", 0.005),
            ("1.7268e-5", 0.5e-9),
            ("2e3", 500.0),
        ] {
            let printed = Printed::new(text).unwrap();
            assert_eq!(printed.half_unit(), half_unit, "{text}");
            assert_eq!(printed.value(), text.parse::<f64>().unwrap());
        }
    }

    #[test]
    fn other_text_is_no_figure() {
        for text in [
            "", "-", ".5", "5.", "NaN", "inf", "1e", "1,5", "1 %", "--1", "1e999", "1E3", "+1",
        ] {
            assert!(Printed::new(text).is_err(), "{text}");
        }
    }
}
