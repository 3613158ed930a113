//! Quantiles of gamma distributions, as many at once as a register and more hold; each lane's bits depend on that lane alone.

use super::exp::exp;
use super::gamma::{gamma_quantile_by_bracket, ln_1p_minus_near, stirling_remainder};
use super::inverse::{Evaluated, all_of, any_of, step};
use super::ln::ln;
use super::near_normal::{NearNormal, is_near_normal};
use super::normal::normal_quantile_tails;

/// Shapes and tails of the fast search; others go the slow way.
const SHAPES: std::ops::RangeInclusive<f64> = 1e-3..=4000.0;
const LARGE_SHAPES: std::ops::RangeInclusive<f64> = 200.0..=1e15;
const LEAST_TAIL: f64 = 1e-290;
/// Searches that have not ended by then go the slow way.
const MOST_STEPS: usize = 30;
/// Above this the Stirling series is used.
const STIRLING_FROM: f64 = 10.0;
/// `ln √(2π)`
const LN_ROOT_2_PI: f64 = 0.9189385332046728;

/// `ln Γ(x)` for `x > 0`, without branches. Absolute error found: 8e-15, or relative 1e-15 where that is more.
#[inline(always)]
pub(super) fn ln_gamma_plain(x: f64) -> f64 {
    let (mut product, mut shifted) = (1.0, x);
    let mut i = 0;
    while i < 10 {
        let small = shifted < STIRLING_FROM;
        product *= if small { shifted } else { 1.0 };
        shifted += if small { 1.0 } else { 0.0 };
        i += 1;
    }
    (shifted - 0.5) * (ln(shifted) - 1.0) + (LN_ROOT_2_PI - 0.5 + stirling_remainder(shifted))
        - ln(product)
}

/// `ln(1 + excess) − excess` where `ratio = 1 + excess`, without branches; near 1 the excess counts, far from it the ratio.
#[inline(always)]
pub(super) fn ln_ratio_minus_plain(ratio: f64, excess: f64) -> f64 {
    let near = (-0.29..=0.41).contains(&excess);
    let inner = if near { excess } else { 0.0 };
    let close = ln_1p_minus_near(inner);
    let far = ln(ratio) - excess;
    if near { close } else { far }
}

/// `x^a e^−x/Γ(a)`
#[inline(always)]
fn prefix(a: f64, ln_gamma: f64, x: f64, ln_x: f64) -> f64 {
    // Loader (2000): the exponent as a distance from the mode keeps its digits for large a.
    let large = a >= STIRLING_FROM;
    let about_mode = a * ln_ratio_minus_plain(x / a, (x - a) / a)
        - stirling_remainder(if large { a } else { STIRLING_FROM });
    let plain = a * ln_x - x - ln_gamma;
    let factor = if large {
        (a / (2.0 * std::f64::consts::PI)).sqrt()
    } else {
        1.0
    };
    factor * exp(if large { about_mode } else { plain })
}

/// (P, Q) of each lane from the prefix: series below `a + 1`, continued fraction above (Abramowitz and Stegun 6.5.29, 6.5.31).
#[inline(always)]
fn incomplete<const W: usize>(
    a: &[f64; W],
    x: &[f64; W],
    prefix: &[f64; W],
    done: &[bool; W],
) -> ([f64; W], [f64; W]) {
    let below: [bool; W] = std::array::from_fn(|lane| x[lane] < a[lane] + 1.0);
    let (mut term, mut sum, mut n) = ([1.0; W], [1.0; W], *a);
    // Terms beyond the last digit change nothing, so lanes need not stop together.
    loop {
        let mut going = false;
        for lane in 0..W {
            n[lane] += 1.0;
            term[lane] *= x[lane] / n[lane];
            sum[lane] += term[lane];
            going |= below[lane] & !done[lane] & (term[lane] > sum[lane] * 1e-17);
        }
        if !going {
            break;
        }
    }
    let mut b: [f64; W] = std::array::from_fn(|lane| x[lane] + 1.0 - a[lane]);
    let mut c = [1e300; W];
    let mut d: [f64; W] = std::array::from_fn(|lane| 1.0 / b[lane]);
    let mut h = d;
    let mut open: [bool; W] = std::array::from_fn(|lane| !below[lane] & !done[lane]);
    let mut i = 1.0;
    while i < 1e5 && open.iter().fold(false, |any, &lane| any | lane) {
        for lane in 0..W {
            let numerator = -i * (i - a[lane]);
            b[lane] += 2.0;
            let denominator = numerator * d[lane] + b[lane];
            let denominator = if denominator.abs() < 1e-300 {
                1e-300
            } else {
                denominator
            };
            let next = b[lane] + numerator / c[lane];
            c[lane] = if next.abs() < 1e-300 { 1e-300 } else { next };
            d[lane] = 1.0 / denominator;
            let factor = d[lane] * c[lane];
            h[lane] = if open[lane] {
                h[lane] * factor
            } else {
                h[lane]
            };
            open[lane] &= (factor - 1.0).abs() >= 2e-16;
        }
        i += 1.0;
    }
    let at_most_one = |x: f64| if x > 1.0 { 1.0 } else { x };
    let (mut lower, mut upper) = ([0.0; W], [0.0; W]);
    for lane in 0..W {
        let p = at_most_one(prefix[lane] / a[lane] * sum[lane]);
        let q = at_most_one(prefix[lane] * h[lane]);
        lower[lane] = if below[lane] { p } else { 1.0 - q };
        upper[lane] = if below[lane] { 1.0 - p } else { q };
    }
    (lower, upper)
}

/// The x with `P(a, x) = p` in each lane, where `p + q = 1` and the smaller of them is accurate. Relative error found: 1e-12.
#[inline(always)]
pub(crate) fn gamma_quantiles<const W: usize>(
    a: &[f64; W],
    p: &[f64; W],
    q: &[f64; W],
) -> [f64; W] {
    let ordinary: [bool; W] =
        std::array::from_fn(|lane| (p[lane] > LEAST_TAIL) & (q[lane] > LEAST_TAIL));
    let score: [f64; W] = std::array::from_fn(|lane| {
        let (p, q) = if ordinary[lane] {
            (p[lane], q[lane])
        } else {
            (0.5, 0.5)
        };
        normal_quantile_tails(p, q)
    });
    let near: [bool; W] = std::array::from_fn(|lane| {
        ordinary[lane] & LARGE_SHAPES.contains(&a[lane]) & is_near_normal(a[lane], score[lane])
    });
    let fast: [bool; W] = std::array::from_fn(|lane| ordinary[lane] & SHAPES.contains(&a[lane]));
    // Lanes that go the slow way have ordinary numbers meanwhile.
    let shape: [f64; W] = std::array::from_fn(|lane| if fast[lane] { a[lane] } else { 1.0 });
    let (mut t, mut ln_gamma) = ([0.0; W], [0.0; W]);
    for lane in 0..W {
        let a = shape[lane];
        let p = if fast[lane] { p[lane] } else { 0.5 };
        ln_gamma[lane] = ln_gamma_plain(a);
        let z = score[lane];
        // Wilson and Hilferty (1931); far below, the first term of the series.
        let cube = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
        let from_series = (ln(p) + ln_gamma[lane] + ln(a)) / a;
        let bounded = ln(a + 10.0);
        let bounded = if from_series < bounded {
            from_series
        } else {
            bounded
        };
        let central = cube > 0.3;
        let cube = if central { cube } else { 1.0 };
        t[lane] = if central {
            ln(a * cube * cube * cube)
        } else {
            bounded
        };
    }
    let mut done: [bool; W] = std::array::from_fn(|lane| !fast[lane] | near[lane]);
    for _ in 0..MOST_STEPS {
        if all_of(&done) {
            break;
        }
        let (mut x, mut density) = ([0.0; W], [0.0; W]);
        for lane in 0..W {
            x[lane] = exp(t[lane]);
            density[lane] = prefix(shape[lane], ln_gamma[lane], x[lane], t[lane]);
        }
        let (below, above) = incomplete(&shape, &x, &density, &done);
        for lane in 0..W {
            let at = Evaluated {
                below: below[lane],
                above: above[lane],
                density: density[lane],
                slope: shape[lane] - x[lane],
                curvature: -x[lane],
            };
            let (length, last) = step(at, p[lane], q[lane]);
            t[lane] += if done[lane] { 0.0 } else { length };
            done[lane] |= last;
        }
    }
    let mut found: [f64; W] = std::array::from_fn(|lane| exp(t[lane]));
    if any_of(&near) {
        let kappa = std::array::from_fn(|lane| if near[lane] { a[lane] } else { 1e4 });
        let level = |levels: &[f64; W]| {
            std::array::from_fn(|lane| if near[lane] { levels[lane] } else { 0.5 })
        };
        let z = std::array::from_fn(|lane| if near[lane] { score[lane] } else { 0.0 });
        let expansion = NearNormal::new(&kappa, &[1.0; W], &[0.0; W]);
        let excess = expansion.quantiles(&level(p), &level(q), &z);
        for lane in 0..W {
            let large = kappa[lane] * (1.0 + excess[lane]);
            found[lane] = if near[lane] { large } else { found[lane] };
        }
    }
    for lane in 0..W {
        let sound = near[lane] | (fast[lane] & done[lane] & (found[lane] > 0.0));
        if !sound {
            found[lane] = gamma_quantile_by_bracket(a[lane], p[lane], q[lane]);
        }
    }
    found
}

/// P(a, x) and Q(a, x) of each lane, and `x^a e^−x/Γ(a)`. For shapes above 4,000 only near the mode: see [`gamma_levels_serve`].
#[inline(always)]
pub(crate) fn gamma_levels<const W: usize>(
    a: &[f64; W],
    x: &[f64; W],
) -> ([f64; W], [f64; W], [f64; W]) {
    let (mut density, mut w) = ([0.0; W], [0.0; W]);
    for lane in 0..W {
        let (a, x) = (a[lane], x[lane]);
        density[lane] = prefix(a, ln_gamma_plain(a), x, ln(x));
        let excess = (x - a) / a;
        let size = (-2.0 * a * ln_ratio_minus_plain(x / a, excess)).sqrt();
        w[lane] = if excess < 0.0 { -size } else { size };
    }
    let near: [bool; W] = std::array::from_fn(|lane| is_near_normal(a[lane], w[lane]));
    let (mut below, mut above) = incomplete(a, x, &density, &near);
    if any_of(&near) {
        let kappa = std::array::from_fn(|lane| if near[lane] { a[lane] } else { 1e4 });
        let w = std::array::from_fn(|lane| if near[lane] { w[lane] } else { 0.0 });
        let (lower, upper) = NearNormal::new(&kappa, &[1.0; W], &[0.0; W]).tails(&w);
        for lane in 0..W {
            below[lane] = if near[lane] { lower[lane] } else { below[lane] };
            above[lane] = if near[lane] { upper[lane] } else { above[lane] };
        }
    }
    (below, above, density)
}

/// Whether [`gamma_levels`] is quick at this shape and x, of which the score is about `z`.
#[inline(always)]
pub(crate) fn gamma_levels_serve(a: f64, x: f64, z: f64) -> bool {
    (x >= 1e-3) & (a >= 1e-3) & ((a <= 4000.0) | ((a <= 1e15) & is_near_normal(a, z)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::oracle::relative;
    use crate::math::{gamma_quantile, incomplete_gamma, ln_gamma};

    #[test]
    fn plain_ln_gamma_is_ln_gamma() {
        for i in 0..4000 {
            let x = 1e-3 + f64::from(i) * f64::from(i) * 1e-3;
            let error = (ln_gamma_plain(x) - ln_gamma(x)).abs();
            assert!(error < 8e-15 + 1e-15 * ln_gamma(x).abs(), "{x} {error}");
        }
    }

    #[test]
    fn lanes_do_not_depend_on_each_other() {
        let a: [f64; 16] = std::array::from_fn(|lane| 0.3 * 1.9_f64.powi(lane as i32));
        let p: [f64; 16] = std::array::from_fn(|lane| (lane as f64 + 0.5) / 16.0);
        let q = p.map(|p| 1.0 - p);
        let together = gamma_quantiles(&a, &p, &q);
        for lane in 0..16 {
            let [alone] = gamma_quantiles(&[a[lane]], &[p[lane]], &[q[lane]]);
            assert_eq!(alone.to_bits(), together[lane].to_bits(), "{}", a[lane]);
        }
    }

    /// (shape, normal score, quantile): the density of the logarithm integrated with 40 digits (mpmath 1.3).
    const LARGE: [(f64, f64, f64); 12] = [
        (250.0, -5.0, 178.77452619779385),
        (250.0, -1.0, 234.19918336835494),
        (250.0, 2.5, 291.2744848411693),
        (4000.0, -5.0, 3691.732071848114),
        (4000.0, -1.0, 3936.7570838970414),
        (4000.0, 2.5, 4159.86301514748),
        (1000000.0, -5.0, 995007.9974974873),
        (1000000.0, -1.0, 999000.000166674),
        (1000000.0, 2.5, 1002501.7499477378),
        (10000000000.0, -5.0, 9999500007.999975),
        (10000000000.0, -1.0, 9999900000.000002),
        (10000000000.0, 2.5, 10000250001.75),
    ];

    #[test]
    fn quantiles_of_large_shapes_have_known_values() {
        for (a, z, x) in LARGE {
            let (p, q) = (crate::math::normal_cdf(z), crate::math::normal_cdf(-z));
            let found = gamma_quantile(a, p, q);
            assert!(
                relative(found, x) < 5e-16 + 2e-14 / a.sqrt(),
                "{a} {z}: {found} {x}"
            );
        }
    }

    #[test]
    fn the_fast_search_ends_where_the_slow_one_does() {
        for a in [
            1e-3, 0.03, 0.25, 0.4, 1.0, 1.7, 4.0, 9.99, 10.0, 60.0, 199.0, 201.0, 900.0, 4000.0,
            4001.0, 3e4,
        ] {
            for z in -240..=240 {
                let z = f64::from(z) / 10.0;
                let (p, q) = (crate::math::normal_cdf(z), crate::math::normal_cdf(-z));
                let [x] = gamma_quantiles(&[a], &[p], &[q]);
                let slow = gamma_quantile_by_bracket(a, p, q);
                if slow < 1e-290 {
                    continue;
                }
                // The tail's rounding over the slope of ln x; the same for both.
                assert!(relative(x, slow) < 2e-12 + 4e-15 / a, "{a} {z}: {x} {slow}");
                assert_eq!(x.to_bits(), gamma_quantile(a, p, q).to_bits());
                let (below, above) = incomplete_gamma(a, x);
                let error = if p < q {
                    relative(below, p)
                } else {
                    relative(above, q)
                };
                assert!(
                    error < 1e-12 * (1.0 + a.sqrt()) * (1.0 + z * z),
                    "{a} {z} {error}"
                );
            }
        }
    }
}
