//! Rational exponents in lowest terms.

use std::cmp::Ordering;
use std::fmt;

/// A rational number in lowest terms; the denominator is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: i32,
    denominator: i32,
}

impl Ratio {
    /// 0
    pub const ZERO: Self = Self::whole(0);
    /// 1
    pub const ONE: Self = Self::whole(1);
    /// 1/2
    pub const HALF: Self = Self {
        numerator: 1,
        denominator: 2,
    };

    /// A whole number.
    #[must_use]
    pub const fn whole(value: i32) -> Self {
        Self {
            numerator: value,
            denominator: 1,
        }
    }

    /// `numerator / denominator` in lowest terms; `None` if the denominator is 0 or a term leaves the range of `i32`.
    #[must_use]
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let sign = if denominator < 0 { -1 } else { 1 };
        // `i128` because -(i64::MIN) has no place in `i64`.
        let reduce = |term: i64| i32::try_from(sign * i128::from(term) / i128::from(divisor)).ok();
        Some(Self {
            numerator: reduce(numerator)?,
            denominator: reduce(denominator)?,
        })
    }

    /// The number above the line.
    #[must_use]
    pub const fn numerator(self) -> i32 {
        self.numerator
    }

    /// The number below the line, positive.
    #[must_use]
    pub const fn denominator(self) -> i32 {
        self.denominator
    }

    /// Whether this is 0.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// The sum; `None` if a term leaves the range of `i32`.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        // Products of two `i32` and the sum of two such products fit `i64`.
        let (a, b) = (i64::from(self.numerator), i64::from(self.denominator));
        let (c, d) = (i64::from(other.numerator), i64::from(other.denominator));
        Self::new(a * d + c * b, b * d)
    }

    /// The product; `None` if a term leaves the range of `i32`.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        Self::new(
            i64::from(self.numerator) * i64::from(other.numerator),
            i64::from(self.denominator) * i64::from(other.denominator),
        )
    }

    /// The negative; `None` for the one number that has none in `i32`.
    #[must_use]
    pub fn negated(self) -> Option<Self> {
        Some(Self {
            numerator: self.numerator.checked_neg()?,
            denominator: self.denominator,
        })
    }

    /// The exact value of a double, if it is a ratio with small terms: 0.5 is 1/2, and 0.1 counts as 1/10 because that is its shortest decimal form.
    #[must_use]
    pub fn from_number(value: f64) -> Option<Self> {
        Self::from_decimal(&format!("{value}"))
    }

    /// Reads `2`, `-1`, `0.5`.
    pub(super) fn from_decimal(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let size: i64 = format!("{whole}{fraction}").parse().ok()?;
        let scale = 10_i64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        Self::new(if negative { -size } else { size }, scale)
    }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = i64::from(self.numerator) * i64::from(other.denominator);
        let right = i64::from(other.numerator) * i64::from(self.denominator);
        left.cmp(&right)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            write!(formatter, "{}", self.numerator)
        } else {
            write!(formatter, "{}/{}", self.numerator, self.denominator)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(numerator: i64, denominator: i64) -> Ratio {
        Ratio::new(numerator, denominator).unwrap()
    }

    #[test]
    fn ratios_are_in_lowest_terms_with_a_positive_denominator() {
        assert_eq!(ratio(6, -4), ratio(-3, 2));
        assert_eq!(ratio(6, -4).denominator(), 2);
        assert_eq!(ratio(0, -7), Ratio::ZERO);
        assert_eq!(
            ratio(i64::MIN, i64::MIN / 2),
            Ratio::whole(2),
            "the extremes of i64 are reduced, not overflowed"
        );
    }

    #[test]
    fn terms_beyond_32_bits_are_refused() {
        assert_eq!(Ratio::new(1, 0), None);
        assert_eq!(Ratio::whole(i32::MAX).plus(Ratio::ONE), None);
        assert_eq!(Ratio::whole(i32::MIN).negated(), None);
        assert_eq!(ratio(1, 65_536).times(ratio(1, 65_536)), None);
        assert_eq!(
            Ratio::whole(i32::MIN).plus(Ratio::ONE),
            Some(Ratio::whole(-i32::MAX))
        );
    }

    #[test]
    fn order_is_that_of_the_numbers() {
        assert!(ratio(1, 3) < Ratio::HALF);
        assert!(ratio(-1, 2) < ratio(-1, 3));
        assert!(Ratio::whole(2) > ratio(3, 2));
    }

    #[test]
    fn doubles_become_their_shortest_decimal_ratio() {
        assert_eq!(Ratio::from_number(0.5), Some(Ratio::HALF));
        assert_eq!(Ratio::from_number(-1.25), Some(ratio(-5, 4)));
        assert_eq!(Ratio::from_number(0.1), Some(ratio(1, 10)));
        assert_eq!(Ratio::from_number(3.0), Some(Ratio::whole(3)));
        for impossible in [f64::NAN, f64::INFINITY, 1e300, 1.0 / 3.0] {
            assert_eq!(Ratio::from_number(impossible), None, "{impossible}");
        }
    }
}
