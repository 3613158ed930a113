//! The gamma function and the incomplete gamma functions.

use super::exp::{exp, exp_m1};
use super::gamma_lanes::gamma_quantiles;
use super::ln::{ln, ln_1p};
use super::normal::normal_quantile_tails;
use super::polynomial::polynomial;
use super::pow::pow;
use super::root::newton_bracketed;

/// Taylor coefficients of `ln Γ(2 + e)` from `e` on: 1 − γ, then `(−1)^k (ζ(k) − 1)/k` (Abramowitz and Stegun 6.1.33).
const AT_TWO: [f64; 29] = [
    0.42278433509846713,
    0.3224670334241132,
    -0.0673523010531981,
    0.020580808427784546,
    -0.007385551028673986,
    0.0028905103307415234,
    -0.001192753911703261,
    0.0005096695247430425,
    -0.00022315475845357939,
    9.945751278180853e-05,
    -4.492623673813314e-05,
    2.050721277567069e-05,
    -9.439488275268397e-06,
    4.374866789907488e-06,
    -2.039215753801366e-06,
    9.55141213040742e-07,
    -4.492469198764566e-07,
    2.1207184805554665e-07,
    -1.0043224823968099e-07,
    4.7698101693639804e-08,
    -2.2711094608943164e-08,
    1.0838659214896955e-08,
    -5.183475041970047e-09,
    2.4836745438024785e-09,
    -1.1921401405860912e-09,
    5.731367241678862e-10,
    -2.7595228851242334e-10,
    1.330476437424449e-10,
    -6.4229645638381e-11,
];
/// `ln √(2π)`
const LN_ROOT_2_PI: f64 = 0.9189385332046728;
/// Above this the Stirling series is used.
const STIRLING_FROM: f64 = 10.0;

/// `ln Γ(a) − ((a − ½) ln a − a + ln √(2π))` for `a ≥ 10`; error 3e-17.
///
/// # Source
/// Abramowitz and Stegun 6.1.41.
#[inline(always)]
pub(crate) fn stirling_remainder(a: f64) -> f64 {
    const SERIES: [f64; 7] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    polynomial(&SERIES, 1.0 / (a * a)) / a
}

/// `(2 artanh(s)/s − 2)/s²` by its series in `s²`: 2/3, 2/5 …; 18 terms reach 1e-28 at `s² ≤ 0.0294`.
const ARTANH: [f64; 18] = {
    let mut terms = [0.0; 18];
    let mut k = 0;
    while k < 18 {
        terms[k] = 2.0 / (2 * k + 3) as f64;
        k += 1;
    }
    terms
};

/// `ln(1 + x) − x` without cancellation, for `−0.29 ≤ x ≤ 0.41`.
#[inline(always)]
pub(super) fn ln_1p_minus_near(x: f64) -> f64 {
    // ln(1 + x) = 2 artanh(s), s = x/(2 + x), and 2s − x = −s x.
    let s = x / (2.0 + x);
    let z = s * s;
    s * (z * polynomial(&ARTANH, z) - x)
}

/// `ln(1 + x) − x` without cancellation.
pub(crate) fn ln_1p_minus(x: f64) -> f64 {
    if (-0.29..=0.41).contains(&x) {
        ln_1p_minus_near(x)
    } else {
        ln_1p(x) - x
    }
}

/// `ln r − excess` where `excess = r − 1` is given without rounding r: near 1 the excess counts, far from it the ratio.
pub(crate) fn ln_ratio_minus(ratio: f64, excess: f64) -> f64 {
    if (-0.29..=0.41).contains(&excess) {
        ln_1p_minus(excess)
    } else {
        ln(ratio) - excess
    }
}

/// `ln Γ(x)` for `x > 0`; inf at 0, NaN below (no reflection: nothing in a model needs it). Relative error found: 2e-15, absolute 2e-16 next to the zeros at 1 and 2.
pub fn ln_gamma(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 || x == f64::INFINITY {
        return f64::INFINITY;
    }
    if x >= STIRLING_FROM {
        return (x - 0.5) * (ln(x) - 1.0) + (LN_ROOT_2_PI - 0.5 + stirling_remainder(x));
    }
    let at_two = |e: f64| e * polynomial(&AT_TWO, e);
    if x < 0.5 {
        at_two(x) - ln_1p(x) - ln(x)
    } else if x < 1.5 {
        at_two(x - 1.0) - ln_1p(x - 1.0)
    } else {
        let mut product = 1.0;
        let mut rest = x;
        while rest > 2.5 {
            rest -= 1.0;
            product *= rest;
        }
        ln(product) + at_two(rest - 2.0)
    }
}

/// Γ(x) for `x > 0`; inf above 171.6, NaN below 0. Relative error found: 1e-14 (3e-15 up to 20).
pub fn gamma(x: f64) -> f64 {
    if (1.5..20.0).contains(&x) {
        let mut product = 1.0;
        let mut rest = x;
        while rest > 2.5 {
            rest -= 1.0;
            product *= rest;
        }
        return product * exp(ln_gamma(rest));
    }
    if (20.0..172.0).contains(&x) {
        // √(2π) x^(x−½) e^(−x) with the power in halves, as x^x overflows before Γ does.
        let half = pow(x, 0.5 * x - 0.25);
        return 2.5066282746310002 * half * exp(-x) * half * exp(stirling_remainder(x));
    }
    exp(ln_gamma(x))
}

/// `x^a e^−x/Γ(a)`.
pub(super) fn gamma_prefix(a: f64, x: f64) -> f64 {
    if a >= STIRLING_FROM {
        // Loader (2000): the exponent as a distance from the mode keeps its digits for large a.
        return (a / (2.0 * std::f64::consts::PI)).sqrt()
            * exp(a * ln_ratio_minus(x / a, (x - a) / a) - stirling_remainder(a));
    }
    if x > 600.0 {
        return exp(a * ln(x) - x - ln_gamma(a));
    }
    pow(x, a) * exp(-x) / gamma(a)
}

/// The regularised incomplete gamma functions (P(a, x), Q(a, x)) for `a > 0`, `x ≥ 0`, the smaller one accurate. Relative error found: 1e-13.
///
/// # Source
/// Abramowitz and Stegun 6.5.29 (series) and 6.5.31 (continued fraction).
pub fn incomplete_gamma(a: f64, x: f64) -> (f64, f64) {
    if x.is_nan() || a.is_nan() || a <= 0.0 || x < 0.0 {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    if x < a + 1.0 {
        if a < 0.5 && x <= 1.0 {
            return small_shape(a, x);
        }
        if a < 0.5 {
            let q = upper_fraction(a, x);
            return (1.0 - q, q);
        }
        let mut term = 1.0;
        let mut sum = 1.0;
        let mut n = a;
        while term > sum * 1e-17 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        let p = gamma_prefix(a, x) / a * sum;
        let p = if p > 1.0 { 1.0 } else { p };
        (p, 1.0 - p)
    } else {
        let q = upper_fraction(a, x);
        (1.0 - q, q)
    }
}

/// `a < ½`, `x ≤ 1`: `P = g(1 + a Σ (−x)^n/(n!(a + n)))` with `g = x^a/Γ(1 + a)`, and Q = 1 − P from `g − 1` without cancellation.
fn small_shape(a: f64, x: f64) -> (f64, f64) {
    // ln Γ(1 + a) without forming 1 + a, which would lose the digits of a small a.
    let exponent = a * ln(x) - (a * polynomial(&AT_TWO, a) - ln_1p(a));
    let mut term = 1.0;
    let mut sum = 0.0;
    for n in 1..30 {
        let n = f64::from(n);
        term *= -x / n;
        sum += term / (a + n);
    }
    let factor = exp(exponent);
    (
        factor * (1.0 + a * sum),
        -exp_m1(exponent) - factor * a * sum,
    )
}

/// Q by its continued fraction (Lentz's method, as modified by Thompson and Barnett 1986).
fn upper_fraction(a: f64, x: f64) -> f64 {
    let prefix = gamma_prefix(a, x);
    if prefix == 0.0 {
        return 0.0;
    }
    let mut b = x + 1.0 - a;
    let mut c = 1e300;
    let mut d = 1.0 / b;
    let mut h = d;
    let mut i = 1.0;
    while i < 1e7 {
        let numerator = -i * (i - a);
        b += 2.0;
        d = numerator * d + b;
        d = if d.abs() < 1e-300 { 1e-300 } else { d };
        c = b + numerator / c;
        c = if c.abs() < 1e-300 { 1e-300 } else { c };
        d = 1.0 / d;
        let factor = d * c;
        h *= factor;
        if (factor - 1.0).abs() < 2e-16 {
            break;
        }
        i += 1.0;
    }
    let q = prefix * h;
    if q > 1.0 { 1.0 } else { q }
}

/// The x with `P(a, x) = p`, where `p + q = 1` and the smaller of them is accurate. Relative error found: 1e-12.
pub fn gamma_quantile(a: f64, p: f64, q: f64) -> f64 {
    let [x] = gamma_quantiles(&[a], &[p], &[q]);
    x
}

/// [`gamma_quantile`] for any shape and tail, by Newton steps in a bracket.
pub(super) fn gamma_quantile_by_bracket(a: f64, p: f64, q: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if q <= 0.0 {
        return f64::INFINITY;
    }
    let z = normal_quantile_tails(p, q);
    // Wilson and Hilferty (1931); far below, the first term of the series.
    let cube = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
    let from_series = (ln(p) + ln_gamma(a + 1.0)) / a;
    let start = if cube > 0.3 && a > 0.2 {
        ln(a * cube * cube * cube)
    } else {
        from_series.min(ln(a + 10.0))
    };
    if start < -800.0 {
        return 0.0;
    }
    let lower = p < q;
    let target = ln(if lower { p } else { q });
    let root = newton_bracketed(
        |t| {
            let x = exp(t);
            let (below, above) = incomplete_gamma(a, x);
            let density = gamma_prefix(a, x); // of ln x
            if lower {
                (ln(below) - target, density / below)
            } else {
                (target - ln(above), density / above)
            }
        },
        start,
    );
    exp(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::oracle::{relative, spread};

    /// (x, ln Γ(x)), computed with 40 digits.
    const LN_GAMMA: [(f64, f64); 13] = [
        (1e-10, 23.025850929882736),
        (0.1, 2.252712651734206),
        (0.5, 0.5723649429247001),
        (0.999, 0.0005780385328913802),
        (1.001, -0.0005763935982833062),
        (1.4616, -0.12148629003589732),
        (1.9999, -4.227520877215346e-05),
        (2.0001, 4.2281658112919945e-05),
        (3.5, 1.2009736023470743),
        (9.9, 12.57717990421988),
        (10.1, 13.027526738633236),
        (171.3, 708.1149470389969),
        (10000000000.0, 220258509288.81058),
    ];

    /// (a, x, P, Q), computed with 50 digits.
    const INCOMPLETE: [(f64, f64, f64, f64); 15] = [
        (0.01, 0.5, 0.9943732438060329, 0.0056267561939671844),
        (0.3, 1e-10, 0.0011142425085215889, 0.9988857574914785),
        (0.5, 0.2, 0.4729107431344619, 0.5270892568655381),
        (2.5, 1.0, 0.15085496391539036, 0.8491450360846097),
        (2.5, 30.0, 0.9999999999878454, 1.215456977718304e-11),
        (10.0, 3.0, 0.0011024881301154798, 0.9988975118698845),
        (10.0, 9.5, 0.4781739777627926, 0.5218260222372074),
        (10.0, 100.0, 1.0, 1.1253473960842733e-31),
        (100.0, 60.0, 1.4815276326460468e-06, 0.9999985184723673),
        (100.0, 100.0, 0.5132987982791487, 0.48670120172085135),
        (100.0, 160.0, 0.999999855797755, 1.4420224505352737e-07),
        (5000.0, 4900.0, 0.07794495622651391, 0.9220550437734861),
        (5000.0, 5400.0, 0.999999982793368, 1.7206631963239867e-08),
        (
            1000000.0,
            1003000.0,
            0.9986382593537824,
            0.0013617406462175915,
        ),
        (1e-08, 0.7, 0.9999999962623115, 3.737688460803991e-09),
    ];

    #[test]
    fn ln_gamma_has_known_values() {
        for (x, expected) in LN_GAMMA {
            assert!(
                (ln_gamma(x) - expected).abs() < 2e-15 * expected.abs() + 2e-16,
                "{x} {}",
                ln_gamma(x)
            );
            if x < 171.0 {
                assert!(relative(gamma(x), expected.exp()) < 4e-14, "{x}"); // the oracle loses expected·2^-53
            }
        }
        for (n, factorial) in [
            (1.0, 1.0),
            (2.0, 1.0),
            (5.0, 24.0),
            (11.0, 3628800.0),
            (21.0, 2432902008176640000.0),
        ] {
            assert!(relative(gamma(n), factorial) < 3e-15);
        }
        assert!(relative(gamma(171.0), 7.257415615307994e306) < 1e-14);
        assert_eq!(gamma(200.0), f64::INFINITY);
        assert_eq!(ln_gamma(0.0), f64::INFINITY);
        assert!(ln_gamma(-0.5).is_nan() && ln_gamma(f64::NAN).is_nan());
    }

    #[test]
    fn ln_1p_minus_agrees_with_its_series() {
        for x in [1e-9, -1e-5, 0.01, -0.2, 0.4] {
            let series: f64 = (2..400)
                .rev()
                .map(|k| -f64::powi(-x, k) / f64::from(k))
                .sum();
            assert!(relative(ln_1p_minus(x), series) < 2e-15, "{x}");
        }
    }

    #[test]
    fn incomplete_gamma_has_known_values() {
        for (a, x, p, q) in INCOMPLETE {
            let (found_p, found_q) = incomplete_gamma(a, x);
            // At a = 10^6 the rounding of (x − a)/a is worth a·mu·2^-53 = 3e-13.
            let tolerance = if a > 1e5 { 1e-12 } else { 1e-13 };
            assert!(relative(found_p, p) < tolerance, "P({a}, {x}) {found_p}");
            assert!(relative(found_q, q) < tolerance, "Q({a}, {x}) {found_q}");
        }
    }

    #[test]
    fn incomplete_gamma_agrees_with_statrs() {
        for a in [0.05, 0.7, 3.0, 40.0, 300.0] {
            for x in spread(0.01, 3.0, 40) {
                let x = a * x;
                assert!(
                    relative(
                        incomplete_gamma(a, x).0,
                        statrs::function::gamma::gamma_lr(a, x)
                    ) < 1e-10,
                    "{a} {x}"
                );
            }
        }
    }

    #[test]
    fn gamma_quantile_inverts_both_tails() {
        for a in [0.05, 0.3, 1.0, 2.5, 30.0, 1000.0, 1e5] {
            for exponent in [-1.0, -30.0, -300.0, -3.0, -10.0, -0.31] {
                let tail = f64::powf(10.0, exponent);
                let x = gamma_quantile(a, tail, 1.0 - tail);
                if x > 1e-300 {
                    // d ln P/d ln x is about −ln P, so that is what the rounding of x costs.
                    assert!(
                        relative(incomplete_gamma(a, x).0, tail) < 1e-12 * (1.0 + a.sqrt()),
                        "{a} {tail} {x}"
                    );
                }
                let x = gamma_quantile(a, 1.0 - tail, tail);
                let error = relative(incomplete_gamma(a, x).1, tail);
                assert!(
                    x == 0.0 || error < 1e-12 * (1.0 + a.sqrt()),
                    "{a} {tail} {x} {error}"
                );
            }
        }
        assert_eq!(gamma_quantile(2.0, 0.0, 1.0), 0.0);
        assert_eq!(gamma_quantile(2.0, 1.0, 0.0), f64::INFINITY);
        // a = 1 is the exponential distribution.
        assert!(relative(gamma_quantile(1.0, 1.0, 1e-300), 690.7755278982137) < 1e-14);
    }
}
