//! Quantiles of beta distributions, as many at once as a register and more hold; each lane's bits depend on that lane alone.

use super::beta::beta_quantile_by_bracket;
use super::exp::{exp, exp_m1};
use super::gamma::stirling_remainder;
use super::gamma_lanes::{ln_gamma_plain, ln_ratio_minus_plain};
use super::inverse::{Evaluated, all_of, any_of, step};
use super::ln::{ln, ln_1p};
use super::near_normal::{NearNormal, is_near_normal};
use super::normal::normal_quantile_tails;

/// Parameters and tails of the fast search; others go the slow way.
const PARAMETERS: std::ops::RangeInclusive<f64> = 1e-3..=1e12;
/// Farther from a normal distribution the fraction takes too long where both parameters are above this.
const MOST_SMALLER: f64 = 8000.0;
const LEAST_TAIL: f64 = 1e-290;
/// Parameters with a larger ratio are unlike.
const UNLIKE: f64 = 2.0;
/// Searches that have not ended by then go the slow way.
const MOST_STEPS: usize = 30;
/// Farthest logits of the fast search.
const FARTHEST: f64 = 600.0;

/// `ln B(a, b)` without branches. Absolute error 3e-15, or relative 1e-15 where that is more.
#[inline(always)]
fn beta_ln_plain(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    let sum = small + large;
    let near = ln_gamma_plain(large) - ln_gamma_plain(sum);
    // ln Γ(large) − ln Γ(sum) by the Stirling series of both.
    let safe = if large < 10.0 { 10.0 } else { large };
    let far = small - (large - 0.5) * ln_1p(small / large) - small * ln(sum)
        + stirling_remainder(safe)
        - stirling_remainder(safe + small);
    ln_gamma_plain(small) + if large < 10.0 { near } else { far }
}

/// `a ln(x n/a) + b ln(y n/b)`, where `n = a + b`: both parts as distances from the mode (Loader 2000).
#[inline(always)]
fn exponent(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let offset = (x * b - y * a) / n;
    a * ln_ratio_minus_plain(x * n / a, offset * n / a)
        + b * ln_ratio_minus_plain(y * n / b, -offset * n / b)
}

/// `x^a y^b/B(a, b)`, where `y = 1 − x`.
#[inline(always)]
fn prefix(a: f64, b: f64, ln_beta: f64, x: f64, y: f64) -> f64 {
    let large = (a >= 10.0) & (b >= 10.0);
    let (safe_a, safe_b) = if large { (a, b) } else { (10.0, 10.0) };
    let remainder = stirling_remainder(safe_a + safe_b)
        - stirling_remainder(safe_a)
        - stirling_remainder(safe_b);
    let about_mode = exponent(a, b, x, y) + remainder;
    let ln_x = if x > 0.5 { ln_1p(-y) } else { ln(x) };
    let ln_y = if y > 0.5 { ln_1p(-x) } else { ln(y) };
    let plain = a * ln_x + b * ln_y - ln_beta;
    let factor = if large {
        (a * (b / (a + b)) / (2.0 * std::f64::consts::PI)).sqrt()
    } else {
        1.0
    };
    factor * exp(if large { about_mode } else { plain })
}

/// The expansion for distributions of large parameters; lanes that are not `near` have ordinary ones.
#[inline(always)]
fn near_normal<const W: usize>(a: &[f64; W], b: &[f64; W], near: &[bool; W]) -> NearNormal<W> {
    let (mut kappa, mut skew, mut product) = ([1e4; W], [0.0; W], [0.25; W]);
    for lane in 0..W {
        let n = a[lane] + b[lane];
        let (x, y) = (a[lane] / n, b[lane] / n);
        kappa[lane] = if near[lane] { a[lane] * y } else { 1e4 };
        skew[lane] = if near[lane] { y - x } else { 0.0 };
        product[lane] = if near[lane] { x * y } else { 0.25 };
    }
    NearNormal::new(&kappa, &skew, &product)
}

/// The incomplete beta function and its complement in each lane, from the prefix: the fraction of [`incomplete_beta`](super::incomplete_beta).
#[inline(always)]
fn incomplete<const W: usize>(
    a: &[f64; W],
    b: &[f64; W],
    x: &[f64; W],
    y: &[f64; W],
    prefix: &[f64; W],
    done: &[bool; W],
) -> ([f64; W], [f64; W]) {
    let lower: [bool; W] =
        std::array::from_fn(|lane| x[lane] < (a[lane] + 1.0) / (a[lane] + b[lane] + 2.0));
    // The fraction converges fast for the smaller of the two arguments.
    let choose = |one: &[f64; W], other: &[f64; W]| -> [f64; W] {
        std::array::from_fn(|lane| if lower[lane] { one[lane] } else { other[lane] })
    };
    let (first, second, at, rest) = (choose(a, b), choose(b, a), choose(x, y), choose(y, x));
    let (mut excess, mut scale, mut d) = ([0.0; W], [0.0; W], [0.0; W]);
    for lane in 0..W {
        excess[lane] = first[lane] * rest[lane] - second[lane] * at[lane] + 1.0;
        scale[lane] = 1.0 / (first[lane] + 1.0);
        d[lane] = 1.0 / (first[lane] * scale[lane] * excess[lane]);
    }
    let mut c = [1e300; W];
    let mut h = d;
    let mut open: [bool; W] = std::array::from_fn(|lane| !done[lane]);
    let mut n = 1.0;
    while n < 1e5 && any_of(&open) {
        for lane in 0..W {
            let (a, b, x) = (first[lane], second[lane], at[lane]);
            let term = n * (b - n) * x * scale[lane];
            let numerator = (a + n - 1.0) * scale[lane] * ((a + b + n - 1.0) * x) * term;
            scale[lane] = 1.0 / (a + 2.0 * n + 1.0);
            let denominator =
                n + term + (a + n) * scale[lane] * (excess[lane] + n * (1.0 + rest[lane]));
            d[lane] = 1.0 / (denominator + numerator * d[lane]);
            c[lane] = denominator + numerator / c[lane];
            let factor = d[lane] * c[lane];
            let farther = h[lane] * factor;
            h[lane] = if open[lane] { farther } else { h[lane] };
            open[lane] &= (factor - 1.0).abs() >= 2e-16;
        }
        n += 1.0;
    }
    let (mut below, mut above) = ([0.0; W], [0.0; W]);
    for lane in 0..W {
        let part = prefix[lane] * h[lane];
        let part = if part > 1.0 { 1.0 } else { part };
        below[lane] = if lower[lane] { part } else { 1.0 - part };
        above[lane] = if lower[lane] { 1.0 - part } else { part };
    }
    (below, above)
}

/// 1/(1 + e^−t) and 1/(1 + e^t).
#[inline(always)]
fn parts(t: f64) -> (f64, f64) {
    let small = exp(-t.abs());
    let (inner, outer) = (small / (1.0 + small), 1.0 / (1.0 + small));
    if t < 0.0 {
        (inner, outer)
    } else {
        (outer, inner)
    }
}

/// (x, 1 − x) with `I_x(a, b) = p` in each lane, where `p + q = 1` and the smaller of them is accurate; both parts are accurate.
#[inline(always)]
pub(crate) fn beta_quantiles<const W: usize>(
    a: &[f64; W],
    b: &[f64; W],
    p: &[f64; W],
    q: &[f64; W],
) -> ([f64; W], [f64; W]) {
    let mut fast: [bool; W] = std::array::from_fn(|lane| {
        PARAMETERS.contains(&a[lane])
            & PARAMETERS.contains(&b[lane])
            & (p[lane] > LEAST_TAIL)
            & (q[lane] > LEAST_TAIL)
    });
    let score: [f64; W] = std::array::from_fn(|lane| {
        let (p, q) = if fast[lane] {
            (p[lane], q[lane])
        } else {
            (0.5, 0.5)
        };
        normal_quantile_tails(p, q)
    });
    let near: [bool; W] = std::array::from_fn(|lane| {
        let kappa = a[lane] * (b[lane] / (a[lane] + b[lane]));
        fast[lane] & is_near_normal(kappa, score[lane])
    });
    for lane in 0..W {
        fast[lane] &= (a[lane] < MOST_SMALLER) | (b[lane] < MOST_SMALLER);
    }
    // Lanes that go the slow way have ordinary numbers meanwhile.
    let alpha: [f64; W] = std::array::from_fn(|lane| if fast[lane] { a[lane] } else { 1.0 });
    let beta: [f64; W] = std::array::from_fn(|lane| if fast[lane] { b[lane] } else { 1.0 });
    let (mut t, mut ln_beta) = ([0.0; W], [0.0; W]);
    for lane in 0..W {
        let (a, b) = (alpha[lane], beta[lane]);
        let p = if fast[lane] { p[lane] } else { 0.5 };
        let q = if fast[lane] { q[lane] } else { 0.5 };
        ln_beta[lane] = beta_ln_plain(a, b);
        // The first term of the series at either end.
        let from_left = (ln(p) + ln(a) + ln_beta[lane]) / a;
        let from_right = -(ln(q) + ln(b) + ln_beta[lane]) / b;
        // Like parameters: the normal approximation of the logit, of mean ln(a/b) and variance 1/a + 1/b.
        let spread = (1.0 / a + 1.0 / b).sqrt();
        let spread = if spread > 4.0 { 4.0 } else { spread };
        let between = ln(a / b) + spread * score[lane];
        let inner = if from_right > 3.0 {
            from_right
        } else {
            between
        };
        let inner = if from_left < -3.0 { from_left } else { inner };
        // Unlike ones: −ln of the part of the larger is about a gamma variate (exactly so where the smaller is 1) of the smaller's shape.
        let (small, large) = if a < b { (a, b) } else { (b, a) };
        let (z, series) = if a < b {
            (score[lane], from_left)
        } else {
            (-score[lane], -from_right)
        };
        let cube = 1.0 - 1.0 / (9.0 * small) + z / (3.0 * small.sqrt());
        let central = cube > 0.3;
        let cube = if central { cube } else { 1.0 };
        let (rate, least) = (large + 0.5 * (small - 1.0), 0.5 * large);
        let rate = if rate < least { least } else { rate };
        let variate = small * cube * cube * cube / rate;
        let outer = ln(exp_m1(if central { variate } else { exp(series) }));
        // Where the exponential underflows it changes nothing.
        let outer = if !central & (series < -30.0) {
            series
        } else {
            outer
        };
        let outer = if a < b { outer } else { -outer };
        t[lane] = if large > UNLIKE * small { outer } else { inner };
    }
    for lane in 0..W {
        fast[lane] &= t[lane].abs() < FARTHEST;
        t[lane] = if fast[lane] { t[lane] } else { 0.0 };
    }
    let mut done: [bool; W] = std::array::from_fn(|lane| !fast[lane] | near[lane]);
    for _ in 0..MOST_STEPS {
        if all_of(&done) {
            break;
        }
        let (mut x, mut y, mut density) = ([0.0; W], [0.0; W], [0.0; W]);
        for lane in 0..W {
            (x[lane], y[lane]) = parts(t[lane]);
            density[lane] = prefix(alpha[lane], beta[lane], ln_beta[lane], x[lane], y[lane]);
        }
        let (below, above) = incomplete(&alpha, &beta, &x, &y, &density, &done);
        for lane in 0..W {
            let (a, b) = (alpha[lane], beta[lane]);
            let at = Evaluated {
                below: below[lane],
                above: above[lane],
                density: density[lane],
                slope: a * y[lane] - b * x[lane],
                curvature: -(a + b) * x[lane] * y[lane],
            };
            let (length, last) = step(at, p[lane], q[lane]);
            t[lane] += if done[lane] { 0.0 } else { length };
            done[lane] |= last;
        }
    }
    let (mut found_x, mut found_y) = ([0.0; W], [0.0; W]);
    for lane in 0..W {
        (found_x[lane], found_y[lane]) = parts(t[lane]);
    }
    if any_of(&near) {
        let level = |levels: &[f64; W]| {
            std::array::from_fn(|lane| if near[lane] { levels[lane] } else { 0.5 })
        };
        let z = std::array::from_fn(|lane| if near[lane] { score[lane] } else { 0.0 });
        let excess = near_normal(a, b, &near).quantiles(&level(p), &level(q), &z);
        for lane in 0..W {
            let n = a[lane] + b[lane];
            let (x, y) = (a[lane] / n, b[lane] / n);
            let (x, y) = (x * (1.0 + y * excess[lane]), y * (1.0 - x * excess[lane]));
            found_x[lane] = if near[lane] { x } else { found_x[lane] };
            found_y[lane] = if near[lane] { y } else { found_y[lane] };
        }
    }
    for lane in 0..W {
        let sound = near[lane] | (fast[lane] & done[lane] & (t[lane].abs() < FARTHEST));
        if !sound {
            (found_x[lane], found_y[lane]) =
                beta_quantile_by_bracket(a[lane], b[lane], p[lane], q[lane]);
        }
    }
    (found_x, found_y)
}

/// `I_x(a, b)` and its complement of each lane, and `x^a y^b/B(a, b)`; `y = 1 − x`. Parameters both above 8,000 only near the mode: see
/// [`beta_levels_serve`].
#[inline(always)]
pub(crate) fn beta_levels<const W: usize>(
    a: &[f64; W],
    b: &[f64; W],
    x: &[f64; W],
    y: &[f64; W],
) -> ([f64; W], [f64; W], [f64; W]) {
    let (mut density, mut w) = ([0.0; W], [0.0; W]);
    for lane in 0..W {
        let (a, b, x, y) = (a[lane], b[lane], x[lane], y[lane]);
        density[lane] = prefix(a, b, beta_ln_plain(a, b), x, y);
        let size = (-2.0 * exponent(a, b, x, y)).sqrt();
        w[lane] = if x * b < y * a { -size } else { size };
    }
    let near: [bool; W] = std::array::from_fn(|lane| {
        is_near_normal(a[lane] * (b[lane] / (a[lane] + b[lane])), w[lane])
    });
    let (mut below, mut above) = incomplete(a, b, x, y, &density, &near);
    if any_of(&near) {
        let w = std::array::from_fn(|lane| if near[lane] { w[lane] } else { 0.0 });
        let (lower, upper) = near_normal(a, b, &near).tails(&w);
        for lane in 0..W {
            below[lane] = if near[lane] { lower[lane] } else { below[lane] };
            above[lane] = if near[lane] { upper[lane] } else { above[lane] };
        }
    }
    (below, above, density)
}

/// Whether [`beta_levels`] is quick with these parameters where the score is about `z`.
#[inline(always)]
pub(crate) fn beta_levels_serve(a: f64, b: f64, z: f64) -> bool {
    let smaller = if a < b { a } else { b };
    PARAMETERS.contains(&a)
        & PARAMETERS.contains(&b)
        & ((smaller < MOST_SMALLER) | is_near_normal(a * (b / (a + b)), z))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::oracle::relative;
    use crate::math::{beta_ln, incomplete_beta, normal_cdf};

    const PAIRS: [(f64, f64); 15] = [
        (0.001, 0.7),
        (0.02, 0.03),
        (0.07, 500.0),
        (400.0, 400.0),
        (2e3, 260.0),
        (1e6, 37.0),
        (0.25, 0.25),
        (0.5, 3.0),
        (1.0, 1.0),
        (2.0, 5.0),
        (35.2, 4.8),
        (9.0, 11.0),
        (10.0, 10.0),
        (700.0, 30.0),
        (20_000.0, 15_000.0),
    ];

    #[test]
    fn plain_beta_ln_is_beta_ln() {
        for (a, b) in PAIRS {
            for (a, b) in [(a, b), (b, a)] {
                let error = (beta_ln_plain(a, b) - beta_ln(a, b)).abs();
                assert!(
                    error < 5e-15 + 3e-15 * beta_ln(a, b).abs(),
                    "{a} {b} {error}"
                );
            }
        }
    }

    #[test]
    fn lanes_do_not_depend_on_each_other() {
        let a: [f64; 16] = std::array::from_fn(|lane| 0.3 * 1.9_f64.powi(lane as i32));
        let b: [f64; 16] = std::array::from_fn(|lane| 40.0 / (lane as f64 + 0.4));
        let p: [f64; 16] = std::array::from_fn(|lane| (lane as f64 + 0.5) / 16.0);
        let q = p.map(|p| 1.0 - p);
        let (x, y) = beta_quantiles(&a, &b, &p, &q);
        for lane in 0..16 {
            let ([alone], [rest]) = beta_quantiles(&[a[lane]], &[b[lane]], &[p[lane]], &[q[lane]]);
            assert_eq!(
                alone.to_bits(),
                x[lane].to_bits(),
                "{} {}",
                a[lane],
                b[lane]
            );
            assert_eq!(rest.to_bits(), y[lane].to_bits(), "{} {}", a[lane], b[lane]);
        }
    }

    /// (a, b, normal score, x, 1 − x): the density of the logit integrated with 40 digits (mpmath 1.3).
    const LARGE: [(f64, f64, f64, f64, f64); 12] = [
        (450.0, 380.0, -5.0, 0.4555151513432834, 0.5444848486567165),
        (450.0, 380.0, -1.0, 0.5248753317997135, 0.4751246682002865),
        (450.0, 380.0, 2.5, 0.5851562229503495, 0.4148437770496505),
        (
            30000.0,
            250.0,
            -5.0,
            0.9888686165776742,
            0.011131383422325761,
        ),
        (
            30000.0,
            250.0,
            -1.0,
            0.991215348351398,
            0.008784651648602008,
        ),
        (
            30000.0,
            250.0,
            2.5,
            0.9929798203553295,
            0.007020179644670486,
        ),
        (
            1000000.0,
            2000000.0,
            -5.0,
            0.33197339719362645,
            0.6680266028063736,
        ),
        (
            1000000.0,
            2000000.0,
            -1.0,
            0.33306116781392514,
            0.6669388321860749,
        ),
        (
            1000000.0,
            2000000.0,
            2.5,
            0.3340139412951214,
            0.6659860587048786,
        ),
        (
            1000000000.0,
            700000000.0,
            -5.0,
            0.588175610974912,
            0.411824389025088,
        ),
        (
            1000000000.0,
            700000000.0,
            -1.0,
            0.5882233576551484,
            0.4117766423448515,
        ),
        (
            1000000000.0,
            700000000.0,
            2.5,
            0.5882651350922099,
            0.4117348649077901,
        ),
    ];

    #[test]
    fn quantiles_of_large_parameters_have_known_values() {
        for (a, b, z, x, y) in LARGE {
            let (p, q) = (normal_cdf(z), normal_cdf(-z));
            let ([found_x], [found_y]) = beta_quantiles(&[a], &[b], &[p], &[q]);
            // The tail is known to some units of its last digit; a unit of the logit is x(1 − x).
            let spread = (1.0 / a + 1.0 / b).sqrt();
            assert!(
                relative(found_x, x) < 1e-15 + 2e-14 * spread * y,
                "{a} {b} {z}: {found_x}"
            );
            assert!(
                relative(found_y, y) < 1e-15 + 2e-14 * spread * x,
                "{a} {b} {z}: {found_y}"
            );
        }
    }

    #[test]
    fn the_fast_search_ends_where_the_slow_one_does() {
        for (a, b) in PAIRS {
            for (a, b) in [(a, b), (b, a)] {
                for z in -160..=160 {
                    let z = f64::from(z) / 10.0;
                    let (p, q) = (normal_cdf(z), normal_cdf(-z));
                    let ([x], [y]) = beta_quantiles(&[a], &[b], &[p], &[q]);
                    let (slow_x, slow_y) = beta_quantile_by_bracket(a, b, p, q);
                    if slow_x < 1e-290 || slow_y < 1e-290 {
                        continue;
                    }
                    let most = 4e-12 + 4e-15 / a.min(b);
                    assert!(relative(x, slow_x) < most, "{a} {b} {z}: {x} {slow_x}");
                    assert!(relative(y, slow_y) < most, "{a} {b} {z}: {y} {slow_y}");
                    let (below, above) = incomplete_beta(a, b, x, y);
                    let error = if p < q {
                        relative(below, p)
                    } else {
                        relative(above, q)
                    };
                    let slope = 1.0 + a.max(b).sqrt() * (1.0 + z * z);
                    assert!(error < 1e-12 * slope, "{a} {b} {z} {error}");
                }
            }
        }
    }
}
