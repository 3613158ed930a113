//! The correlation of normal scores that gives a wanted correlation of values or ranks.

use crate::dist::Distribution;
use crate::math::{atan2, normal_density, sin};

/// Hermite coefficients kept: at |ρ| = 0.95 the rest of a step function's series is below 0.95^160 = 3e-4 of its own tail.
const TERMS: usize = 160;
/// Step of the trapezoid rule over scores; functions of order 160 swing about every 0.25.
const STEP: f64 = 1.0 / 64.0;
/// Scores beyond 12 have the density 2e-32.
const LARGEST: i32 = 12 * 64;
/// Jumps of a discrete distribution that are placed exactly; more are so small that the trapezoid rule sees no steps.
const MAX_JUMPS: usize = 4096;

/// Why no correlation of scores gives the wanted one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Unreachable {
    /// A distribution without a finite standard deviation.
    NoMoments,
    /// Beyond these smallest and largest reachable values.
    Beyond(f64, f64),
}

/// The correlation of the scores of two continuous distributions whose ranks correlate by `spearman`.
///
/// # Source
/// Pearson 1907; Kruskal 1958, Journal of the American Statistical Association 53: ρ = 2 sin(π r / 6).
pub(super) fn from_spearman(spearman: f64) -> f64 {
    // Twice the sine of π/6 rounds to 1 − 2^-53, and perfect dependence should stay perfect.
    if spearman.abs() == 1.0 {
        return spearman;
    }
    2.0 * sin(std::f64::consts::PI * spearman / 6.0)
}

/// The correlation of the scores of two distributions whose values correlate by `pearson`.
///
/// With α, β the coefficients of both quantile functions in normalised Hermite polynomials of the score, the covariance is Σ α_k β_k ρ^k; it grows with ρ.
///
/// # Source
/// Mehler 1866; Lancaster 1957, Biometrika 44.
///
/// # Errors
/// When a moment is not finite or the value cannot be reached.
pub(super) fn from_pearson(
    first: &Distribution,
    second: &Distribution,
    pearson: f64,
) -> Result<f64, Unreachable> {
    let (Some(scale), Some((lowest, largest))) =
        (scale(first, second), pearson_range(first, second))
    else {
        return Err(Unreachable::NoMoments);
    };
    let (alpha, beta) = (coefficients(first), coefficients(second));
    // Moments and extremes come from different integrals; at an exact ±1 they may differ in the last digits.
    const ROUNDING: f64 = 1e-9;
    if pearson > largest + ROUNDING || pearson < lowest - ROUNDING {
        return Err(Unreachable::Beyond(lowest, largest));
    }
    let (mut low, mut high) = (-1.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if covariance(&alpha, &beta, middle) < pearson * scale {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(0.5 * (low + high))
}

/// The Pearson correlation of two distributions whose scores correlate by `score`; `None` if one has no finite, positive standard
/// deviation.
///
/// # Source
/// Mehler 1866; Lancaster 1957, Biometrika 44: covariance Σ α_k β_k ρ^k.
#[must_use]
pub fn pearson_of_scores(first: &Distribution, second: &Distribution, score: f64) -> Option<f64> {
    let scale = scale(first, second)?;
    // The series converges slowest at ±1, where the integral is of one variable.
    if score.abs() == 1.0 {
        return Some(extreme(first, second, score) / scale);
    }
    let (alpha, beta) = (coefficients(first), coefficients(second));
    Some(covariance(&alpha, &beta, score) / scale)
}

/// The smallest and the largest Pearson correlation that two distributions can have; `None` as in [`pearson_of_scores`].
///
/// # Source
/// Hoeffding 1940; Frechet 1951: reached where one is a falling, or a rising, function of the other.
#[must_use]
pub fn pearson_range(first: &Distribution, second: &Distribution) -> Option<(f64, f64)> {
    let scale = scale(first, second)?;
    let end = |sign| extreme(first, second, sign) / scale;
    Some((end(-1.0), end(1.0)))
}

/// The rank correlation of two continuous distributions whose scores correlate by `score`.
///
/// # Source
/// Pearson 1907; Kruskal 1958: 6/π arcsin(ρ/2).
#[must_use]
pub fn spearman_of_scores(score: f64) -> f64 {
    if score.abs() == 1.0 {
        return score;
    }
    let half = 0.5 * score;
    6.0 / std::f64::consts::PI * atan2(half, (1.0 - half * half).sqrt())
}

/// The product of both standard deviations.
fn scale(first: &Distribution, second: &Distribution) -> Option<f64> {
    match (first.sd(), second.sd()) {
        (Some(a), Some(b)) if a > 0.0 && b > 0.0 && (a * b).is_finite() => Some(a * b),
        _ => None,
    }
}

fn covariance(alpha: &[f64], beta: &[f64], rho: f64) -> f64 {
    let series = alpha.iter().zip(beta).rev();
    series.fold(0.0, |sum, (a, b)| (sum + a * b) * rho)
}

/// Covariance when the scores are equal (`sign` 1) or opposite (`sign` −1).
fn extreme(first: &Distribution, second: &Distribution, sign: f64) -> f64 {
    let (centre_first, centre_second) = (first.draw(0.0), second.draw(0.0));
    let (mut weight, mut a, mut b, mut product) = (0.0, 0.0, 0.0, 0.0);
    // Half steps off the origin: jumps at the median fall between two points.
    for k in -LARGEST..LARGEST {
        let z = (f64::from(k) + 0.5) * STEP;
        let w = normal_density(z);
        let (x, y) = (
            first.draw(z) - centre_first,
            second.draw(sign * z) - centre_second,
        );
        weight += w;
        a += w * x;
        b += w * y;
        product += w * x * y;
    }
    product / weight - (a / weight) * (b / weight)
}

/// E[X h_k(Z)] for k = 1 … TERMS, where h_k is the Hermite polynomial of order k over √k!.
fn coefficients(distribution: &Distribution) -> Vec<f64> {
    if distribution.is_discrete()
        && let Some(jumps) = jumps(distribution)
    {
        return stepwise(&jumps);
    }
    let mut sums = vec![0.0; TERMS];
    let centre = distribution.draw(0.0);
    for k in -LARGEST..=LARGEST {
        let z = f64::from(k) * STEP;
        let weighted = (distribution.draw(z) - centre) * normal_density(z) * STEP;
        hermite(z, |order, value| {
            if order > 0 {
                sums[order - 1] += weighted * value;
            }
        });
    }
    sums
}

/// Calls `see` with h_0(z) … h_TERMS(z).
fn hermite(z: f64, mut see: impl FnMut(usize, f64)) {
    let (mut before, mut now) = (0.0, 1.0);
    for order in 0..=TERMS {
        see(order, now);
        let (k, next) = (order as f64, (order + 1) as f64);
        (before, now) = (now, (z * now - k.sqrt() * before) / next.sqrt());
    }
}

/// The coefficients of a step function: ∫ from c of h_k φ is h_{k−1}(c) φ(c) / √k.
fn stepwise(jumps: &[(f64, f64)]) -> Vec<f64> {
    let mut sums = vec![0.0; TERMS];
    for &(at, height) in jumps {
        let density = normal_density(at);
        hermite(at, |order, value| {
            if order < TERMS {
                sums[order] += height * value * density / ((order + 1) as f64).sqrt();
            }
        });
    }
    sums
}

/// Scores at which the draw jumps, with the height; `None` where there are too many.
fn jumps(distribution: &Distribution) -> Option<Vec<(f64, f64)>> {
    let mut found = Vec::new();
    let end = f64::from(LARGEST) * STEP;
    let at = |score: f64| (score, distribution.draw(score));
    let mut open = vec![(at(-end), at(end))];
    while !open.is_empty() {
        // Level by level, so that too many are noticed long before each is located.
        if open.len() + found.len() > MAX_JUMPS {
            return None;
        }
        let mut halves = Vec::new();
        for (low, high) in open {
            let height = high.1 - low.1;
            let middle = 0.5 * (low.0 + high.0);
            // Scores of a jump are wanted to about 1e-13.
            if high.0 - low.0 < 1e-13 || middle <= low.0 || middle >= high.0 {
                found.push((middle, height));
            } else {
                let middle = at(middle);
                halves.extend([(low, middle), (middle, high)]);
            }
        }
        halves.retain(|(low, high)| high.1 != low.1);
        open = halves;
    }
    // Sums are taken from above, whatever the order of finding.
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{ParameterValue, build, parametrisation};
    use std::f64::consts::PI;

    fn distribution(family: &str, parameters: &[(&str, f64)]) -> Distribution {
        let names: Vec<&str> = parameters.iter().map(|(name, _)| *name).collect();
        let values: Vec<ParameterValue> = (parameters.iter())
            .map(|(_, value)| ParameterValue::Number(*value))
            .collect();
        build(&parametrisation(family, &names).unwrap(), &values).unwrap()
    }

    /// The series is cut at 160 terms and integrals are sums with step 1/64; smooth functions leave rounding only.
    fn close(found: f64, due: f64, tolerance: f64) {
        assert!((found - due).abs() < tolerance, "{found} {due}");
    }

    #[test]
    fn pearson_of_lognormals_has_its_closed_form() {
        let (a, b) = (0.5f64, 1.2f64);
        let first = distribution("lognormal", &[("mu", 3.0), ("sigma", a)]);
        let second = distribution("lognormal", &[("mu", -1.0), ("sigma", b)]);
        for rho in [-0.9, -0.3, 0.2, 0.7, 0.99] {
            let pearson = (rho * a * b).exp_m1() / ((a * a).exp_m1() * (b * b).exp_m1()).sqrt();
            close(from_pearson(&first, &second, pearson).unwrap(), rho, 1e-9);
        }
    }

    #[test]
    fn pearson_of_uniforms_is_their_rank_correlation() {
        let uniform = distribution("uniform", &[("low", 2.0), ("high", 5.0)]);
        for pearson in [-0.8, 0.1, 0.5, 0.9] {
            // Coefficients of the uniform fall like k^(-5/4) at the ends only; inside the disc the rest is below 1e-8.
            close(
                from_pearson(&uniform, &uniform, pearson).unwrap(),
                from_spearman(pearson),
                1e-7,
            );
        }
    }

    #[test]
    fn pearson_of_fair_coins_has_its_closed_form() {
        let coin = distribution("bernoulli", &[("p", 0.5)]);
        for rho in [-0.8, -0.2, 0.4, 0.9] {
            // Sheppard 1899: P(both) = 1/4 + asin(ρ)/(2π), so the correlation is 2 asin(ρ)/π.
            let pearson = 2.0 * f64::asin(rho) / PI;
            close(from_pearson(&coin, &coin, pearson).unwrap(), rho, 1e-7);
        }
    }

    #[test]
    fn pearson_beyond_the_comonotone_value_is_refused_with_it() {
        let normal = distribution("normal", &[("mean", 0.0), ("sd", 2.0)]);
        let skewed = distribution("lognormal", &[("mu", 0.0), ("sigma", 1.0)]);
        let due = 1.0 / 1f64.exp_m1().sqrt();
        match from_pearson(&normal, &skewed, 0.8) {
            Err(Unreachable::Beyond(lowest, largest)) => {
                close(largest, due, 1e-9);
                close(lowest, -due, 1e-9);
            }
            other => panic!("{other:?}"),
        }
        let heavy = distribution(
            "student_t",
            &[("df", 1.5), ("location", 0.0), ("scale", 1.0)],
        );
        assert_eq!(
            from_pearson(&normal, &heavy, 0.1),
            Err(Unreachable::NoMoments)
        );
    }

    #[test]
    fn spearman_has_its_closed_form() {
        close(from_spearman(0.5), 2.0 * (PI / 12.0).sin(), 1e-15);
        assert_eq!(from_spearman(1.0), 1.0);
        assert_eq!(from_spearman(0.0), 0.0);
    }
}
