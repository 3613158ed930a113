//! Members of a family that have given quantiles or moments.

use super::error::DistributionError;
use crate::math::{bracket_root, exp, ln};

/// A stated quantile: (level, value).
pub(super) type Quantile = (f64, f64);

/// The error that says no member fits.
pub(super) fn no_member(
    family: &str,
    what: &'static str,
    problem: impl Into<String>,
) -> DistributionError {
    DistributionError::NoMember {
        family: family.to_owned(),
        what,
        problem: problem.into(),
    }
}

/// Location and scale with `location + scale·score(level) = value` for two quantiles (levels ascending).
pub(super) fn line(
    family: &str,
    quantiles: &[Quantile],
    score: impl Fn(f64, f64) -> f64,
) -> Result<(f64, f64), DistributionError> {
    let [(first, low), (second, high)] = [quantiles[0], quantiles[quantiles.len() - 1]];
    let (a, b) = (score(first, 1.0 - first), score(second, 1.0 - second));
    let scale = (high - low) / (b - a);
    let location = low - scale * a;
    if !(scale > 0.0 && scale.is_finite() && location.is_finite()) {
        return Err(no_member(
            family,
            "quantiles",
            format!("{low} and {high} leave no spread above 0 that can be represented"),
        ));
    }
    Ok((location, scale))
}

/// Location, scale and shape for three quantiles: the ratio of the two gaps determines the shape, which lies between the bounds given.
pub(super) fn line_and_shape(
    family: &str,
    quantiles: &[Quantile],
    shapes: (f64, f64),
    score: impl Fn(f64, f64, f64) -> f64,
) -> Result<(f64, f64, f64), DistributionError> {
    let gap = |i: usize, j: usize| quantiles[j].1 - quantiles[i].1;
    let target = ln(gap(1, 2) / gap(0, 1));
    let excess = |shape: f64| {
        let [a, b, c] = [0, 1, 2].map(|i| score(shape, quantiles[i].0, 1.0 - quantiles[i].0));
        ln((c - b) / (b - a)) - target
    };
    let shape = bracket_root(excess, shapes.0, shapes.1).ok_or_else(|| {
        no_member(
            family,
            "quantiles",
            "the outer gaps are more unequal than its skewest member allows",
        )
    })?;
    let (location, scale) = line(family, quantiles, |p, q| score(shape, p, q))?;
    Ok((location, scale, shape))
}

/// A positive parameter at which a monotone function is 0, searched over `e^low … e^high`.
pub(super) fn positive_root(f: impl Fn(f64) -> f64, low: f64, high: f64) -> Option<f64> {
    bracket_root(|t| f(exp(t)), low, high).map(exp)
}
