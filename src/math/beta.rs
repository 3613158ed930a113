//! The beta function and the incomplete beta function.

use super::beta_lanes::beta_quantiles;
use super::exp::exp;
use super::gamma::{ln_gamma, ln_ratio_minus, stirling_remainder};
use super::ln::{ln, ln_1p};
use super::normal::normal_quantile_tails;
use super::root::newton_bracketed;

/// `ln B(a, b)` for `a, b > 0`. Relative error 1e-14; no cancellation when one argument is large.
pub fn beta_ln(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    if large < 10.0 {
        return ln_gamma(small) + ln_gamma(large) - ln_gamma(small + large);
    }
    // ln Γ(large) − ln Γ(sum) by the Stirling series of both.
    let sum = small + large;
    let difference = small - (large - 0.5) * ln_1p(small / large) - small * ln(sum)
        + stirling_remainder(large)
        - stirling_remainder(sum);
    ln_gamma(small) + difference
}

/// `x^a y^b/B(a, b)`, where `y = 1 − x`.
fn beta_prefix(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if a >= 10.0 && b >= 10.0 {
        // Loader (2000): both exponents as distances from the mode.
        let n = a + b;
        let offset = (x * b - y * a) / n;
        let exponent = a * ln_ratio_minus(x * n / a, offset * n / a)
            + b * ln_ratio_minus(y * n / b, -offset * n / b);
        let remainder = stirling_remainder(n) - stirling_remainder(a) - stirling_remainder(b);
        return (a * (b / n) / (2.0 * std::f64::consts::PI)).sqrt() * exp(exponent + remainder);
    }
    let ln_x = if x > 0.5 { ln_1p(-y) } else { ln(x) };
    let ln_y = if y > 0.5 { ln_1p(-x) } else { ln(y) };
    exp(a * ln_x + b * ln_y - beta_ln(a, b))
}

/// The regularised incomplete beta function of x and that of its complement, `(I_x(a, b), 1 − I_x(a, b))`, for `a, b > 0`; `y = 1 − x` is given
/// too, so that both tails are accurate. Relative error found: 1e-12.
///
/// # Source
/// The even part of the continued fraction DLMF 8.17.22, as in A. R. DiDonato and A. H. Morris, "Significant digit computation of the incomplete
/// beta function ratios", ACM Transactions on Mathematical Software 18 (1992), equation 9.
pub fn incomplete_beta(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x.is_nan() || y.is_nan() || !(a > 0.0) || !(b > 0.0) {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let prefix = beta_prefix(a, b, x, y);
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = at_most_one(prefix * fraction(a, b, x, y));
        (lower, 1.0 - lower)
    } else {
        let upper = at_most_one(prefix * fraction(b, a, y, x));
        (1.0 - upper, upper)
    }
}

fn at_most_one(x: f64) -> f64 {
    if x > 1.0 { 1.0 } else { x }
}

/// The continued fraction by Lentz's method, in the form of which every part keeps its digits where x or y is small.
fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let excess = a * y - b * x + 1.0;
    let mut scale = 1.0 / (a + 1.0);
    let mut d = 1.0 / (a * scale * excess);
    let mut c = 1e300;
    let mut h = d;
    let mut n = 1.0;
    while n < 1e7 {
        let term = n * (b - n) * x * scale;
        let numerator = (a + n - 1.0) * scale * ((a + b + n - 1.0) * x) * term;
        scale = 1.0 / (a + 2.0 * n + 1.0);
        let denominator = n + term + (a + n) * scale * (excess + n * (1.0 + y));
        d = 1.0 / (denominator + numerator * d);
        c = denominator + numerator / c;
        let factor = d * c;
        h *= factor;
        if (factor - 1.0).abs() < 2e-16 {
            break;
        }
        n += 1.0;
    }
    h
}

/// (x, 1 − x) with `I_x(a, b) = p`, where `p + q = 1` and the smaller of them is accurate; both parts of the result are accurate.
pub fn beta_quantile(a: f64, b: f64, p: f64, q: f64) -> (f64, f64) {
    let ([x], [y]) = beta_quantiles(&[a], &[b], &[p], &[q]);
    (x, y)
}

/// [`beta_quantile`] for any parameters and tail, by Newton steps in a bracket.
pub(super) fn beta_quantile_by_bracket(a: f64, b: f64, p: f64, q: f64) -> (f64, f64) {
    if p <= 0.0 {
        return (0.0, 1.0);
    }
    if q <= 0.0 {
        return (1.0, 0.0);
    }
    let lower = p < q;
    let target = ln(if lower { p } else { q });
    // In t = ln(x/(1 − x)), where both log tails are smooth and nearly straight far out.
    let from_left = (ln(p) + ln(a) + beta_ln(a, b)) / a;
    let from_right = -(ln(q) + ln(b) + beta_ln(a, b)) / b;
    // So far out the first term of the series is exact to the last digit, and the search would leave the range of numbers.
    if from_left < -600.0 {
        return (exp(from_left), 1.0);
    }
    if from_right > 600.0 {
        return (1.0, exp(-from_right));
    }
    let start = if from_left < -3.0 {
        from_left
    } else if from_right > 3.0 {
        from_right
    } else {
        // Normal approximation of the logit: mean ln(a/b), variance 1/a + 1/b.
        let spread = (1.0 / a + 1.0 / b).sqrt();
        ln(a / b) + spread.min(4.0) * normal_quantile_tails(p, q)
    };
    let start = if start.is_finite() {
        start.clamp(-800.0, 800.0)
    } else {
        0.0
    };
    let parts = |t: f64| {
        let small = exp(-t.abs());
        let (inner, outer) = (small / (1.0 + small), 1.0 / (1.0 + small));
        if t < 0.0 {
            (inner, outer)
        } else {
            (outer, inner)
        }
    };
    let root = newton_bracketed(
        |t| {
            let (x, y) = parts(t);
            let (below, above) = incomplete_beta(a, b, x, y);
            let density = beta_prefix(a, b, x, y); // of t
            if lower {
                (ln(below) - target, density / below)
            } else {
                (target - ln(above), density / above)
            }
        },
        start,
    );
    parts(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::oracle::{relative, spread};

    /// (a, b, x, I, 1 − I), computed with 40 digits.
    const KNOWN: [(f64, f64, f64, f64, f64); 10] = [
        (0.5, 0.5, 0.1, 0.20483276469913345, 0.7951672353008665),
        (2.0, 3.0, 0.3, 0.3483, 0.6517),
        (0.01, 5.0, 0.2, 0.9978180380770353, 0.002181961922964666),
        (35.0, 5.0, 0.88, 0.49024237243289087, 0.5097576275671092),
        (35.0, 5.0, 0.3, 1.0367682617368671e-14, 0.9999999999999897),
        (200.0, 300.0, 0.41, 0.6776281647721789, 0.32237183522782104),
        (200.0, 300.0, 0.55, 0.9999999999913889, 8.61115991210735e-12),
        (14.0, 0.5, 0.97, 0.3600252441331613, 0.6399747558668387),
        (0.5, 1e5, 1e-5, 0.8427013118385188, 0.15729868816148118),
        (1e4, 1e4, 0.51, 0.9976629406698898, 0.0023370593301101496),
    ];

    #[test]
    fn incomplete_beta_has_known_values() {
        for (a, b, x, lower, upper) in KNOWN {
            let (found_lower, found_upper) = incomplete_beta(a, b, x, 1.0 - x);
            assert!(
                relative(found_lower, lower) < 1e-12,
                "{a} {b} {x} {found_lower}"
            );
            assert!(
                relative(found_upper, upper) < 1e-12,
                "{a} {b} {x} {found_upper}"
            );
        }
    }

    #[test]
    fn incomplete_beta_agrees_with_statrs() {
        for (a, b) in [(0.3, 0.4), (1.0, 7.0), (22.0, 3.5), (150.0, 90.0)] {
            for x in spread(0.0, 1.0, 50) {
                assert!(
                    relative(
                        incomplete_beta(a, b, x, 1.0 - x).0,
                        statrs::function::beta::beta_reg(a, b, x)
                    ) < 1e-9,
                    "{a} {b} {x}"
                );
            }
        }
    }

    #[test]
    fn beta_ln_keeps_its_digits_when_one_argument_is_large() {
        // B(a, b) for whole a is (a − 1)!/(b (b + 1) … (b + a − 1)).
        for b in [1e3f64, 1e7, 1e12] {
            let expected = f64::ln(2.0) - (b.ln() + (b + 1.0).ln() + (b + 2.0).ln());
            assert!(relative(beta_ln(3.0, b), expected) < 1e-14);
            assert_eq!(beta_ln(3.0, b), beta_ln(b, 3.0));
        }
        assert!(relative(beta_ln(0.5, 0.5), std::f64::consts::PI.ln()) < 1e-14);
    }

    #[test]
    fn beta_quantile_inverts_both_tails() {
        for (a, b) in [
            (0.5, 0.5),
            (0.05, 3.0),
            (2.0, 3.0),
            (35.2, 4.8),
            (400.0, 900.0),
            (1e4, 0.5),
            (1.0, 1.0),
        ] {
            for exponent in [-0.31, -1.0, -3.0, -10.0, -100.0, -300.0] {
                let tail = f64::powf(10.0, exponent);
                let (x, y) = beta_quantile(a, b, tail, 1.0 - tail);
                if x > 1e-300 {
                    assert!(
                        relative(incomplete_beta(a, b, x, y).0, tail) < 2e-11,
                        "{a} {b} {tail} {x}"
                    );
                }
                let (x, y) = beta_quantile(a, b, 1.0 - tail, tail);
                if y > 1e-300 {
                    assert!(
                        relative(incomplete_beta(a, b, x, y).1, tail) < 2e-11,
                        "{a} {b} {tail} {y}"
                    );
                }
            }
        }
    }
}
