//! Logarithms.

use super::double_double::{quick_two_sum, two_product, two_sum};
use super::polynomial::polynomial;

/// `(2 artanh(s)/s − 2)/s²` as a polynomial in `s² ≤ 0.02944`; error 5.4e-19.
const LN: [f64; 8] = [
    0.6666666666666666,
    0.4000000000000088,
    0.2857142857080323,
    0.2222222239180047,
    0.18181795630884753,
    0.15386240205813478,
    0.13268759668560612,
    0.13086767009948175,
];
/// `(artanh(s)/s − 1 − s²/3 − s⁴/5)/s⁶` as a polynomial in `s² ≤ 0.02944`; error of `artanh(s)/s` 2e-22.
const LN_TAIL: [f64; 9] = [
    0.14285714285714285,
    0.11111111111111108,
    0.09090909090911949,
    0.07692307691312741,
    0.06666666840013645,
    0.058823360012450844,
    0.05264127896376047,
    0.047296900518298886,
    0.04917858069585387,
];

const LN_2_HIGH: f64 = 0.6931471803691238;
const LN_2_LOW: f64 = 1.9082149292705877e-10;
/// ln 2 to 42 bits and the rest, for the logarithm in extended precision.
const LN_2_LONG_HIGH: f64 = 0.6931471805598903;
const LN_2_LONG_LOW: f64 = 5.497923018708371e-14;
const THIRD: (f64, f64) = (0.3333333333333333, 1.850371707708594e-17);
const FIFTH: (f64, f64) = (0.2, -1.1102230246251566e-17);
const LOG10_E: (f64, f64) = (std::f64::consts::LOG10_E, 1.098319650216765e-17);

/// A positive finite number as (k, m), `x = 2^k m`, `√½ ≤ m < √2`.
#[inline(always)]
fn normalise(x: f64) -> (f64, f64) {
    let tiny = x < f64::MIN_POSITIVE;
    let scaled = if tiny {
        x * 18_014_398_509_481_984.0
    } else {
        x
    }; // 2^54
    let (exponent, mantissa) = normalise_normal(scaled);
    (exponent - if tiny { 54.0 } else { 0.0 }, mantissa)
}

/// [`normalise`] for a normal number.
#[inline(always)]
fn normalise_normal(x: f64) -> (f64, f64) {
    // Adding 1 − √½ as bit patterns moves the break of the exponent from 1 to √½.
    const OFFSET: u64 = 0x3ff0_0000_0000_0000 - 0x3fe6_a09e_667f_3bcd;
    let bits = x.to_bits().wrapping_add(OFFSET);
    let exponent =
        f64::from_bits((bits >> 52) | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1023.0);
    let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) + 0x3fe6_a09e_667f_3bcd);
    (exponent, mantissa)
}

/// The results at the ends of the domain: NaN below 0, −inf at 0, inf and NaN unchanged.
#[inline(always)]
fn at_edges(x: f64, inside: f64) -> f64 {
    let value = if x > 0.0 { inside } else { f64::NAN };
    let value = if x == 0.0 { f64::NEG_INFINITY } else { value };
    if x == f64::INFINITY { x } else { value }
}

/// Natural logarithm. 0 gives −inf, negative numbers NaN. Error found: 1 ulp against the standard library.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    let (k, m) = normalise(x);
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let half_square = 0.5 * f * f;
    // ln m = 2s + s R(z) and 2s = f − s f = f − f²/2 + s f²/2.
    let rest = s * (half_square + z * polynomial(&LN, z)) + k * LN_2_LOW;
    at_edges(x, k * LN_2_HIGH - ((half_square - rest) - f))
}

/// The logarithm of a positive finite number as (high, low), relative error about 2^-68.
#[inline(always)]
pub(super) fn ln_double(x: f64) -> (f64, f64) {
    ln_double_of(normalise(x))
}

/// [`ln_double`] of a normal number.
#[inline(always)]
pub(super) fn ln_double_normal(x: f64) -> (f64, f64) {
    ln_double_of(normalise_normal(x))
}

#[inline(always)]
fn ln_double_of((k, m): (f64, f64)) -> (f64, f64) {
    let f = m - 1.0;
    let (d_high, d_low) = two_sum(m, 1.0);
    let s = f / d_high;
    let (product, error) = two_product(s, d_high);
    let s_low = (((f - product) - error) - s * d_low) / d_high;
    let (z, z_low) = two_product(s, s);
    let z_low = z_low + 2.0 * s * s_low;
    // w = s²(1/3 + s²(1/5 + s² tail)), each step with its low part.
    let (u, u_low) = quick_two_sum(FIFTH.0, z * polynomial(&LN_TAIL, z));
    let u_low = u_low + FIFTH.1;
    let (v, v_low) = two_product(z, u);
    let v_low = v_low + (z * u_low + z_low * u);
    let (v, carry) = quick_two_sum(THIRD.0, v);
    let v_low = carry + (v_low + THIRD.1);
    let (w, w_low) = two_product(z, v);
    let w_low = w_low + (z * v_low + z_low * v);
    let (t, t_low) = two_product(s, w);
    let t_low = t_low + (s * w_low + s_low * w);
    let (high, carry) = quick_two_sum(s, t);
    let low = carry + (s_low + t_low);
    let (sum, carry) = two_sum(k * LN_2_LONG_HIGH, 2.0 * high);
    quick_two_sum(sum, carry + (2.0 * low + k * LN_2_LONG_LOW))
}

/// `ln(1 + x)`, accurate near 0. Error found: 2 ulp.
#[inline(always)]
pub fn ln_1p(x: f64) -> f64 {
    let sum = 1.0 + x;
    // What the sum lost.
    let part = sum - 1.0;
    let lost = (1.0 - (sum - part)) + (x - part);
    let main = ln(sum);
    let value = main + lost / sum;
    // At −1, inf and NaN the correction is NaN.
    let value = if sum > 0.0 && sum < f64::INFINITY {
        value
    } else {
        main
    };
    if x == 0.0 { x } else { value }
}

/// Decimal logarithm; whole powers of ten give whole numbers. Error found: 1 ulp against the standard library.
#[inline(always)]
pub fn log10(x: f64) -> f64 {
    let (high, low) = ln_double(x);
    let (product, error) = two_product(high, LOG10_E.0);
    at_edges(x, product + (error + (high * LOG10_E.1 + low * LOG10_E.0)))
}

/// `ln(p/(1 − p))`. Error found: 3 ulp, also next to ½, where the result is near 0.
#[inline(always)]
pub fn logit(p: f64) -> f64 {
    let q = 1.0 - p;
    // 2p − 1 is exact between ¼ and 1.
    let middle = ln_1p((2.0 * p - 1.0) / q);
    let outside = ln(p / q);
    if p > 0.25 && p < 0.75 {
        middle
    } else {
        outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::oracle::{largest_ulps, spread};

    #[test]
    fn ln_agrees_with_the_standard_library() {
        // std is within 0.6 ulp.
        for (low, high) in [(0.5, 2.0), (0.99, 1.01), (1e-6, 1e6), (1e300, 1.7e308)] {
            let found = largest_ulps(spread(low, high, 200_000), ln, f64::ln);
            assert!(found <= 1.0, "{low} {found}");
        }
        let found = largest_ulps(
            spread(-740.0, 700.0, 200_000).into_iter().map(f64::exp),
            ln,
            f64::ln,
        );
        assert!(found <= 1.0, "{found}");
        assert_eq!(ln(5e-324), f64::ln(5e-324));
    }

    #[test]
    fn ln_at_the_edges() {
        assert_eq!(ln(1.0), 0.0);
        assert_eq!(ln(0.0), f64::NEG_INFINITY);
        assert_eq!(ln(-0.0), f64::NEG_INFINITY);
        assert_eq!(ln(f64::INFINITY), f64::INFINITY);
        assert!(ln(-1.0).is_nan());
        assert!(ln(f64::NEG_INFINITY).is_nan());
        assert!(ln(f64::NAN).is_nan());
    }

    #[test]
    fn ln_1p_agrees_with_the_standard_library() {
        for (low, high) in [(-1e-3, 1e-3), (-0.999, 1.0), (0.0, 1e9)] {
            let found = largest_ulps(spread(low, high, 200_000), ln_1p, f64::ln_1p);
            assert!(found <= 2.0, "{low} {found}");
        }
        assert_eq!(ln_1p(1e-300), 1e-300);
        assert_eq!(ln_1p(-1.0), f64::NEG_INFINITY);
        assert_eq!(ln_1p(f64::INFINITY), f64::INFINITY);
        assert!(ln_1p(-1.5).is_nan());
        assert!(ln_1p(f64::NAN).is_nan());
    }

    #[test]
    fn log10_of_powers_of_ten_is_whole() {
        for k in -300..=300 {
            assert_eq!(log10(format!("1e{k}").parse().unwrap()), f64::from(k));
        }
        let found = largest_ulps(spread(0.01, 1e4, 200_000), log10, f64::log10);
        assert!(found <= 1.0, "{found}");
    }

    #[test]
    fn logit_is_accurate_next_to_one_half_and_in_the_tails() {
        // 2·artanh(2p − 1) by its series: 2p − 1 = 2e-9 exactly representable enough at 2^-29.
        let t = 2f64.powi(-29);
        assert!((logit(0.5 + t / 2.0) / (2.0 * t) - 1.0).abs() < 1e-15);
        assert_eq!(logit(0.5), 0.0);
        assert!((logit(1e-300) / -690.7755278982137 - 1.0).abs() < 1e-15);
        assert_eq!(logit(0.0), f64::NEG_INFINITY);
        assert_eq!(logit(1.0), f64::INFINITY);
        assert!(logit(1.1).is_nan() && logit(-0.1).is_nan() && logit(f64::NAN).is_nan());
    }
}
