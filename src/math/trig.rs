//! Sine, cosine, tangent and arctangent.

use super::polynomial::polynomial;
use super::reduction::{is_near, reduce, reduce_near};

/// `(sin(r)/r − 1)/r²` in `r²`, `|r| ≤ π/4`; error 6e-18.
const SIN: [f64; 7] = [
    -0.16666666666666666,
    0.008333333333333331,
    -0.0001984126984126504,
    2.755731921932058e-06,
    -2.50521062259944e-08,
    1.6058530596645953e-10,
    -7.586636882825159e-13,
];
/// `(cos r − 1 + r²/2)/r⁴` in `r²`, `|r| ≤ π/4`; error 9e-19.
const COS: [f64; 7] = [
    0.041666666666666664,
    -0.0013888888888888887,
    2.4801587301584632e-05,
    -2.755731922139249e-07,
    2.0876755787492604e-09,
    -1.1470460319209511e-11,
    4.745838412531023e-14,
];
/// `(atan(t)/t − 1)/t²` in `t²`, `|t| ≤ √2 − 1`; error 7e-18.
const ATAN: [f64; 11] = [
    -0.3333333333333333,
    0.1999999999999548,
    -0.14285714284657894,
    0.11111111014561013,
    -0.09090904549884611,
    0.07692182535116648,
    -0.06664502215671447,
    0.058580687568615106,
    -0.05085030492810941,
    0.03921955253255129,
    -0.019162068915902573,
];

const PI: (f64, f64) = (std::f64::consts::PI, 1.2246467991473532e-16);

/// (sin, cos) of a reduced angle.
#[inline(always)]
fn kernels(r: f64, low: f64) -> (f64, f64) {
    let z = r * r;
    let sin = r + (r * z * polynomial(&SIN, z) + low * (1.0 - 0.5 * z));
    let half = 0.5 * z;
    let main = 1.0 - half;
    let cos = main + (((1.0 - main) - half) + (z * z * polynomial(&COS, z) - r * low));
    (sin, cos)
}

#[inline(always)]
fn sin_of_quadrant(quadrant: u64, sin: f64, cos: f64) -> f64 {
    let value = if quadrant & 1 == 0 { sin } else { cos };
    if quadrant & 2 == 0 { value } else { -value }
}

/// Whether an angle is small enough for [`sin_near`] and its like, which vectorise: at most 10⁶.
#[inline(always)]
pub(crate) fn is_near_angle(x: f64) -> bool {
    is_near(x)
}

#[inline(always)]
fn sin_of((quadrant, r, low): (u64, f64, f64), x: f64) -> f64 {
    let (sin, cos) = kernels(r, low);
    if x == 0.0 {
        x
    } else {
        sin_of_quadrant(quadrant, sin, cos)
    }
}

#[inline(always)]
fn cos_of((quadrant, r, low): (u64, f64, f64)) -> f64 {
    let (sin, cos) = kernels(r, low);
    sin_of_quadrant(quadrant + 1, sin, cos)
}

#[inline(always)]
fn tan_of((quadrant, r, low): (u64, f64, f64), x: f64) -> f64 {
    let (sin, cos) = kernels(r, low);
    let odd = quadrant & 1 != 0;
    let (numerator, denominator) = if odd { (-cos, sin) } else { (sin, cos) };
    let value = numerator / denominator;
    if x == 0.0 { x } else { value }
}

/// [`sin`] of an angle that [`is_near_angle`] accepts.
#[inline(always)]
pub(crate) fn sin_near(x: f64) -> f64 {
    sin_of(reduce_near(x), x)
}

/// [`cos`] of an angle that [`is_near_angle`] accepts.
#[inline(always)]
pub(crate) fn cos_near(x: f64) -> f64 {
    cos_of(reduce_near(x))
}

/// [`tan`] of an angle that [`is_near_angle`] accepts.
#[inline(always)]
pub(crate) fn tan_near(x: f64) -> f64 {
    tan_of(reduce_near(x), x)
}

/// Sine of an angle in radians, of any size. Error found: 1 ulp against the standard library.
#[inline(always)]
pub fn sin(x: f64) -> f64 {
    sin_of(reduce(x), x)
}

/// Cosine of an angle in radians, of any size. Error found: 1 ulp against the standard library.
#[inline(always)]
pub fn cos(x: f64) -> f64 {
    cos_of(reduce(x))
}

/// Tangent of an angle in radians. Error found: 3 ulp.
#[inline(always)]
pub fn tan(x: f64) -> f64 {
    tan_of(reduce(x), x)
}

/// Arctangent, in radians. Error found: 1 ulp against the standard library.
#[inline(always)]
pub fn atan(x: f64) -> f64 {
    const TAN_EIGHTH: f64 = 0.41421356237309503;
    const TAN_THREE_EIGHTHS: f64 = 2.414213562373095;
    let size = x.abs();
    let far = size > TAN_THREE_EIGHTHS;
    let near = size <= TAN_EIGHTH;
    let numerator = if near { size } else { size - 1.0 };
    let numerator = if far { -1.0 } else { numerator };
    let denominator = if near { 1.0 } else { size + 1.0 };
    let denominator = if far { size } else { denominator };
    let quarters = if near { 0.0 } else { 0.25 };
    let quarters = if far { 0.5 } else { quarters };
    let t = numerator / denominator;
    let z = t * t;
    let rest = t * z * polynomial(&ATAN, z) + quarters * PI.1;
    let value = quarters * PI.0 + (t + rest);
    if x.is_sign_negative() { -value } else { value }
}

/// The angle of the point (x, y), in radians, in [−π, π], with the special cases of IEEE 754. Error found: 2 ulp.
#[inline(always)]
pub fn atan2(y: f64, x: f64) -> f64 {
    let (rise, run) = (y.abs(), x.abs());
    // inf/inf would be NaN; the angle is that of (1, 1).
    let both = rise == f64::INFINITY && run == f64::INFINITY;
    let (rise, run) = if both { (1.0, 1.0) } else { (rise, run) };
    let angle = if rise == 0.0 { 0.0 } else { atan(rise / run) };
    let angle = if x.is_sign_negative() {
        PI.0 - (angle - PI.1)
    } else {
        angle
    };
    let angle = if y.is_sign_negative() { -angle } else { angle };
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else {
        angle
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::oracle::{largest_ulps, spread, ulps};

    #[test]
    fn sine_and_cosine_agree_with_the_standard_library() {
        for (low, high) in [
            (-1e-3, 1e-3),
            (-10.0, 10.0),
            (-1e6, 1e6),
            (1e6, 1e9),
            (1e15, 1e18),
            (1e300, 1.7e308),
        ] {
            // std is within 0.6 ulp.
            let found = largest_ulps(spread(low, high, 100_000), sin, f64::sin);
            assert!(found <= 1.0, "sin {low} {found}");
            let found = largest_ulps(spread(low, high, 100_000), cos, f64::cos);
            assert!(found <= 1.0, "cos {low} {found}");
            let found = largest_ulps(spread(low, high, 100_000), tan, f64::tan);
            assert!(found <= 3.0, "tan {low} {found}");
        }
    }

    #[test]
    fn sine_next_to_multiples_of_pi_keeps_its_digits() {
        for k in 1..300_000 {
            let x = f64::from(k) * std::f64::consts::FRAC_PI_2;
            assert!(ulps(sin(x), x.sin()) <= 1.0, "{x}");
            assert!(ulps(cos(x), x.cos()) <= 1.0, "{x}");
        }
        // The double nearest to a multiple of π/2 (Muller, Elementary Functions, table 11.1).
        let x = 6381956970095103.0 * 2f64.powi(797);
        assert!(ulps(cos(x), -4.687_165_924_254_628e-19) <= 1.0);
    }

    #[test]
    fn angles_that_are_not_finite_give_nan() {
        for x in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            assert!(sin(x).is_nan() && cos(x).is_nan() && tan(x).is_nan());
        }
    }

    #[test]
    fn arctangent_agrees_with_the_standard_library() {
        for (low, high) in [(-1e-3, 1e-3), (-3.0, 3.0), (-1e6, 1e6)] {
            let found = largest_ulps(spread(low, high, 200_000), atan, f64::atan);
            assert!(found <= 1.0, "{low} {found}");
        }
        assert_eq!(atan(f64::INFINITY), std::f64::consts::FRAC_PI_2);
        assert!(atan(f64::NAN).is_nan());
    }

    #[test]
    fn atan2_agrees_with_the_standard_library_in_all_quadrants_and_at_the_edges() {
        let inf = f64::INFINITY;
        let numbers = [
            0.0, -0.0, 1.0, -1.0, 0.3, -0.3, 1e300, -1e-300, inf, -inf, 2.5, -7.0,
        ];
        for y in numbers {
            for x in numbers {
                let (found, expected) = (atan2(y, x), f64::atan2(y, x));
                assert!(
                    found.is_sign_negative() == expected.is_sign_negative(),
                    "{y} {x}"
                );
                assert!(
                    found == expected || ulps(found, expected) <= 2.0,
                    "{y} {x} {found} {expected}"
                );
            }
        }
    }
}
