//! The exponential and what is made of it.

use super::polynomial::polynomial;

/// `(e^r − 1 − r)/r²` on `|r| ≤ 0.3466`; error of `e^r` 1.3e-17.
const EXP: [f64; 10] = [
    0.5000000000000001,
    0.16666666666666669,
    0.041666666666624136,
    0.008333333333330063,
    0.001388888891720967,
    0.00019841269863050506,
    2.4801521302241082e-05,
    2.7557268464831627e-06,
    2.7620085455018414e-07,
    2.510038319586702e-08,
];

/// 1.5·2^52: added to a number below 2^51, it leaves the nearest integer in the low bits.
pub(super) const ROUND: f64 = 6_755_399_441_055_744.0;
const INVERSE_LN_2: f64 = std::f64::consts::LOG2_E;
/// ln 2 to 32 bits, so that its product with any exponent is exact, and the rest.
const LN_2_HIGH: f64 = 0.6931471803691238;
const LN_2_LOW: f64 = 1.9082149292705877e-10;

/// 2^k for an integer `-1022 <= k <= 1023`.
#[inline(always)]
fn power_of_two(k: f64) -> f64 {
    f64::from_bits((k + (ROUND + 1023.0)).to_bits() << 52)
}

/// The reduced argument, `x = k ln 2 + high + low`, as (k, high, low).
#[inline(always)]
fn reduce(x: f64) -> (f64, f64, f64) {
    let k = (x * INVERSE_LN_2 + ROUND) - ROUND;
    (k, x - k * LN_2_HIGH, k * LN_2_LOW)
}

/// `e^(high + low)` where `low` is a correction below the last digit of `high` (or, for small `high`, below 2^-20).
#[inline(always)]
pub(super) fn exp_sum(high: f64, low: f64) -> f64 {
    // Beyond these bounds the result is inf or 0 anyway; the selects let NaN through.
    let x = if high > 710.0 { 710.0 } else { high };
    let x = if x < -746.0 { -746.0 } else { x };
    let low = if x == high { low } else { 0.0 };
    let (k, r_high, r_low) = reduce(x);
    let value = value_of(r_high, low - r_low);
    // Two factors, so that neither the largest nor subnormal results leave the range of one.
    let half = (k * 0.5 + ROUND) - ROUND;
    value * power_of_two(half) * power_of_two(k - half)
}

/// `e^x`. Overflow gives inf, underflow subnormal numbers and 0. Error found: 1 ulp against the standard library.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    exp_sum(x, 0.0)
}

/// `e^x − 1`, accurate near 0. Error found: 2 ulp.
#[inline(always)]
pub fn exp_m1(x: f64) -> f64 {
    // Above 40 the 1 is below the last digit; below -40 the exponential is.
    let inner = if x > 40.0 { 40.0 } else { x };
    let inner = if inner < -40.0 { -40.0 } else { inner };
    let (k, r_high, r_low) = reduce(inner);
    let r = r_high - r_low;
    let tail = (r_high - r) - r_low;
    let fraction = r + (r * r * polynomial(&EXP, r) + tail);
    let scale = power_of_two(k);
    let value = scale * fraction + (scale - 1.0);
    let value = if x > 40.0 { exp(x) } else { value };
    // Keeps the sign of zero.
    if x == 0.0 { x } else { value }
}

/// Whether [`exp_near`] and [`logistic_near`] hold for `x`; false for NaN.
#[inline(always)]
pub fn is_near_exponent(x: f64) -> bool {
    x.abs() <= 700.0
}

/// [`exp`] of a number for which [`is_near_exponent`] holds, to the same bits with fewer steps.
#[inline(always)]
pub fn exp_near(x: f64) -> f64 {
    exp_sum_near(x, 0.0)
}

/// [`exp_sum`] where `high` is such a number: nothing can leave the range of normal numbers, so one factor is as good as two.
#[inline(always)]
pub(super) fn exp_sum_near(high: f64, low: f64) -> f64 {
    let (k, r_high, r_low) = reduce(high);
    let r_low = low - r_low;
    value_of(r_high, r_low) * power_of_two(k)
}

/// The exponential of a reduced argument.
#[inline(always)]
fn value_of(r_high: f64, r_low: f64) -> f64 {
    let r = r_high + r_low;
    let tail = (r_high - r) + r_low;
    1.0 + (r + (r * r * polynomial(&EXP, r) + tail))
}

/// [`logistic`] of a number for which [`is_near_exponent`] holds, to the same bits.
#[inline(always)]
pub fn logistic_near(x: f64) -> f64 {
    let small = exp_near(-x.abs());
    let numerator = if x < 0.0 { small } else { 1.0 };
    numerator / (1.0 + small)
}

/// `1/(1 + e^−x)`, accurate in both tails. Error found: 2 ulp.
#[inline(always)]
pub fn logistic(x: f64) -> f64 {
    let small = exp(-x.abs());
    let numerator = if x < 0.0 { small } else { 1.0 };
    numerator / (1.0 + small)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::oracle::{largest_ulps, spread};

    #[test]
    fn exp_agrees_with_the_standard_library() {
        // std is within 0.6 ulp here, so 1 ulp apart is at most 1.6 ulp of error.
        let found = largest_ulps(spread(-745.0, 709.7, 400_000), exp, f64::exp);
        assert!(found <= 1.0, "{found}");
        let found = largest_ulps(spread(-1.0, 1.0, 400_000), exp, f64::exp);
        assert!(found <= 1.0, "{found}");
    }

    #[test]
    fn near_exponents_have_the_bits_of_any() {
        let mut exponents = spread(-700.0, 700.0, 400_000);
        exponents.extend(spread(-1.0, 1.0, 400_000));
        exponents.extend([0.0, -0.0, 700.0, -700.0, 1e-300, -1e-300, 5e-324]);
        for x in exponents {
            assert!(is_near_exponent(x), "{x}");
            assert_eq!(exp_near(x).to_bits(), exp(x).to_bits(), "{x}");
            assert_eq!(logistic_near(x).to_bits(), logistic(x).to_bits(), "{x}");
        }
        for x in [700.1, -700.1, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            assert!(!is_near_exponent(x), "{x}");
        }
    }

    #[test]
    fn exp_at_the_edges() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(-0.0), 1.0);
        assert_eq!(exp(709.782712893384), f64::exp(709.782712893384));
        assert_eq!(exp(709.782712893385), f64::INFINITY);
        assert_eq!(exp(f64::INFINITY), f64::INFINITY);
        assert_eq!(exp(f64::NEG_INFINITY), 0.0);
        assert_eq!(exp(-745.2), 0.0);
        assert_eq!(exp(-745.1), 5e-324);
        assert!(exp(f64::NAN).is_nan());
        // One rounding of a subnormal may fall on the other side.
        assert!((exp(-740.0).to_bits() as i64 - f64::exp(-740.0).to_bits() as i64).abs() <= 1);
    }

    #[test]
    fn exp_m1_agrees_with_the_standard_library() {
        for (low, high) in [(-1e-3, 1e-3), (-2.0, 2.0), (-45.0, 700.0)] {
            let found = largest_ulps(spread(low, high, 200_000), exp_m1, f64::exp_m1);
            assert!(found <= 2.0, "{found}");
        }
        assert_eq!(exp_m1(1e-300), 1e-300);
        assert_eq!(exp_m1(f64::NEG_INFINITY), -1.0);
        assert_eq!(exp_m1(f64::INFINITY), f64::INFINITY);
        assert!(exp_m1(f64::NAN).is_nan());
        assert!(exp_m1(-0.0).is_sign_negative());
    }

    #[test]
    fn logistic_keeps_both_tails() {
        assert_eq!(logistic(0.0), 0.5);
        assert_eq!(logistic(800.0), 1.0);
        assert_eq!(logistic(-700.0), exp(-700.0));
        assert!(logistic(f64::NAN).is_nan());
        for x in spread(-30.0, 30.0, 1000) {
            assert!((logistic(x) + logistic(-x) - 1.0).abs() <= 2.3e-16);
        }
        let found = largest_ulps(spread(-700.0, 0.0, 100_000), logistic, |x| {
            x.exp() / (1.0 + x.exp())
        });
        assert!(found <= 2.0, "{found}");
    }
}
