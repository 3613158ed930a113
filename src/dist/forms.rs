//! Each parametrisation's way from numbers to a distribution; the names of the parameters are those of the family table.

use super::bounded::{
    Arcsine, Beta, CurvilinearTrapezoid, LogUniform, Trapezoidal, Triangular, Uniform,
};
use super::count::{Bernoulli, Binomial, DiscreteUniform, Geometric, NegativeBinomial, Poisson};
use super::distribution::Distribution as D;
use super::error::DistributionError;
use super::fit::{Quantile, line, line_and_shape, no_member, positive_root};
use super::metalog::Metalog;
use super::normal::{LogitNormal, Lognormal, Normal, SplitNormal};
use super::positive::{Exponential, Gamma, InverseGaussian, Pareto, Weibull, minus_ln_upper};
use super::real::{
    GeneralisedExtremeValue, Gumbel, Laplace, Logistic, StudentT, extreme_score, gumbel_score,
    laplace_score, student_score,
};
use crate::math::{
    bracket_root, exp, gamma_quantile, incomplete_beta, ln, ln_1p, ln_gamma, logistic, logit,
    normal_quantile_tails,
};
use std::f64::consts::PI;

type Made = Result<D, DistributionError>;
const EULER: f64 = 0.5772156649015329;

fn domain(parameter: &str, given: f64, allowed: impl Into<String>) -> DistributionError {
    DistributionError::Domain {
        parameter: parameter.to_owned(),
        given,
        allowed: allowed.into(),
    }
}

fn positive(parameter: &str, value: f64) -> Result<f64, DistributionError> {
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(domain(parameter, value, "above 0"))
    }
}

/// A derived parameter must be a positive number that can be represented.
fn derived(family: &str, value: f64) -> Result<f64, DistributionError> {
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(no_member(
            family,
            "parameters",
            "they lead outside the range of numbers",
        ))
    }
}

fn inside(parameter: &str, value: f64, low: f64, high: f64) -> Result<f64, DistributionError> {
    if value > low && value < high {
        Ok(value)
    } else {
        Err(domain(
            parameter,
            value,
            format!("between {low} and {high}"),
        ))
    }
}

fn ordered(low: f64, high: f64) -> Result<(), DistributionError> {
    if low < high && (high - low).is_finite() {
        Ok(())
    } else {
        Err(domain("high", high, format!("above low = {low}")))
    }
}

fn within(parameter: &str, value: f64, low: f64, high: f64) -> Result<f64, DistributionError> {
    if value >= low && value <= high {
        Ok(value)
    } else {
        Err(domain(parameter, value, format!("from {low} to {high}")))
    }
}

pub(super) fn normal(v: &[f64]) -> Made {
    Ok(D::Normal(Normal {
        mean: v[0],
        sd: positive("sd", v[1])?,
    }))
}
pub(super) fn normal_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (mean, sd) = line("normal", q, normal_quantile_tails)?;
    Ok(D::Normal(Normal { mean, sd }))
}

fn lognormal_member(median: f64, sd_log: f64) -> Made {
    Ok(D::Lognormal(Lognormal {
        median: derived("lognormal", median)?,
        sd_log: derived("lognormal", sd_log)?,
    }))
}
pub(super) fn lognormal_mean_sd(v: &[f64]) -> Made {
    let ratio = positive("sd", v[1])? / positive("mean", v[0])?;
    let variance = ln_1p(ratio * ratio);
    lognormal_member(v[0] * exp(-0.5 * variance), variance.sqrt())
}
pub(super) fn lognormal_mu_sigma(v: &[f64]) -> Made {
    lognormal_member(exp(v[0]), positive("sigma", v[1])?)
}
pub(super) fn lognormal_median_gsd(v: &[f64]) -> Made {
    if !(v[1] > 1.0) {
        return Err(domain("gsd", v[1], "above 1"));
    }
    lognormal_member(positive("median", v[0])?, ln(v[1]))
}
pub(super) fn lognormal_median_sd_log(v: &[f64]) -> Made {
    lognormal_member(positive("median", v[0])?, positive("sd_log", v[1])?)
}
/// The same quantiles on a transformed scale; `None` where a value is outside the domain of the transformation.
fn transformed(
    family: &str,
    q: &[Quantile],
    what: &str,
    valid: impl Fn(f64) -> bool,
    f: impl Fn(f64) -> f64,
) -> Result<[Quantile; 2], DistributionError> {
    if let Some(bad) = q.iter().find(|(_, x)| !valid(*x)) {
        return Err(no_member(
            family,
            "quantiles",
            format!("{} is not {what}", bad.1),
        ));
    }
    Ok([(q[0].0, f(q[0].1)), (q[1].0, f(q[1].1))])
}
fn logs(family: &str, q: &[Quantile]) -> Result<[Quantile; 2], DistributionError> {
    transformed(family, q, "above 0", |x| x > 0.0, ln)
}
pub(super) fn lognormal_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (mu, sigma) = line("lognormal", &logs("lognormal", q)?, normal_quantile_tails)?;
    lognormal_member(exp(mu), sigma)
}

pub(super) fn logit_normal_median(v: &[f64]) -> Made {
    Ok(D::LogitNormal(LogitNormal {
        mu: logit(inside("median", v[0], 0.0, 1.0)?),
        sigma: positive("sd_logit", v[1])?,
    }))
}
pub(super) fn logit_normal_mu_sigma(v: &[f64]) -> Made {
    Ok(D::LogitNormal(LogitNormal {
        mu: v[0],
        sigma: positive("sigma", v[1])?,
    }))
}
pub(super) fn logit_normal_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let logits = transformed(
        "logit_normal",
        q,
        "between 0 and 1",
        |x| x > 0.0 && x < 1.0,
        logit,
    )?;
    let (mu, sigma) = line("logit_normal", &logits, normal_quantile_tails)?;
    Ok(D::LogitNormal(LogitNormal { mu, sigma }))
}

pub(super) fn uniform(v: &[f64]) -> Made {
    ordered(v[0], v[1])?;
    Ok(D::Uniform(Uniform {
        low: v[0],
        high: v[1],
    }))
}
pub(super) fn uniform_mean_sd(v: &[f64]) -> Made {
    let half = positive("sd", v[1])? * 3f64.sqrt();
    uniform(&[v[0] - half, v[0] + half])
}
pub(super) fn uniform_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (low, width) = line("uniform", q, |p, _| p)?;
    uniform(&[low, low + width])
}
pub(super) fn log_uniform(v: &[f64]) -> Made {
    positive("low", v[0])?;
    ordered(v[0], v[1])?;
    Ok(D::LogUniform(LogUniform {
        low: v[0],
        high: v[1],
        width: derived("log_uniform", ln(v[1] / v[0]))?,
    }))
}
pub(super) fn log_uniform_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (low, width) = line("log_uniform", &logs("log_uniform", q)?, |p, _| p)?;
    let (low, high) = (
        derived("log_uniform", exp(low))?,
        derived("log_uniform", exp(low + width))?,
    );
    Ok(D::LogUniform(LogUniform { low, high, width }))
}

fn check_mode(v: &[f64]) -> Result<(), DistributionError> {
    ordered(v[0], v[2])?;
    within("mode", v[1], v[0], v[2]).map(|_| ())
}
pub(super) fn triangular(v: &[f64]) -> Made {
    check_mode(v)?;
    Ok(D::Triangular(Triangular {
        low: v[0],
        mode: v[1],
        high: v[2],
    }))
}
pub(super) fn triangular_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let score = |mode: f64, p: f64, q: f64| {
        D::Triangular(Triangular {
            low: 0.0,
            mode,
            high: 1.0,
        })
        .quantile(p, q)
    };
    let (low, width, mode) = line_and_shape("triangular", q, (0.0, 1.0), score)?;
    triangular(&[low, low + width * mode, low + width])
}
pub(super) fn trapezoidal(v: &[f64]) -> Made {
    ordered(v[0], v[3])?;
    within("top_low", v[1], v[0], v[3])?;
    within("top_high", v[2], v[1], v[3])?;
    Ok(D::Trapezoidal(Trapezoidal {
        low: v[0],
        top_low: v[1],
        top_high: v[2],
        high: v[3],
    }))
}
pub(super) fn curvilinear(v: &[f64]) -> Made {
    if !(v[0] < v[1]) {
        return Err(domain("b", v[1], format!("above a = {}", v[0])));
    }
    let half_width = 0.5 * (v[1] - v[0]);
    if !(v[2] > 0.0 && v[2] <= half_width) {
        return Err(domain(
            "d",
            v[2],
            format!("above 0 and at most (b - a)/2 = {half_width}"),
        ));
    }
    Ok(D::CurvilinearTrapezoid(CurvilinearTrapezoid {
        middle: v[0] + half_width,
        half_width,
        d: v[2],
    }))
}

fn pert_member(low: f64, mode: f64, high: f64, weight: f64) -> D {
    let place = (mode - low) / (high - low);
    D::Beta(Beta {
        alpha: 1.0 + weight * place,
        beta: 1.0 + weight * (1.0 - place),
        low,
        high,
    })
}
pub(super) fn pert(v: &[f64]) -> Made {
    check_mode(v)?;
    Ok(pert_member(v[0], v[1], v[2], 4.0))
}
pub(super) fn pert_weight(v: &[f64]) -> Made {
    check_mode(v)?;
    Ok(pert_member(v[0], v[1], v[2], positive("weight", v[3])?))
}
pub(super) fn pert_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let score = |mode: f64, p: f64, q: f64| pert_member(0.0, mode, 1.0, 4.0).quantile(p, q);
    let (low, width, mode) = line_and_shape("pert", q, (0.0, 1.0), score)?;
    pert(&[low, low + width * mode, low + width])
}

/// `low` and `high` stand after the two shapes, if given.
fn ends(v: &[f64], from: usize) -> Result<(f64, f64), DistributionError> {
    if v.len() == from {
        return Ok((0.0, 1.0));
    }
    ordered(v[from], v[from + 1])?;
    Ok((v[from], v[from + 1]))
}
fn beta_member(alpha: f64, beta: f64, (low, high): (f64, f64)) -> Made {
    Ok(D::Beta(Beta {
        alpha: derived("beta", alpha)?,
        beta: derived("beta", beta)?,
        low,
        high,
    }))
}
pub(super) fn beta_shapes(v: &[f64]) -> Made {
    positive("alpha", v[0])?;
    positive("beta", v[1])?;
    beta_member(v[0], v[1], ends(v, 2)?)
}
pub(super) fn beta_mean_sd(v: &[f64]) -> Made {
    let (low, high) = ends(v, 2)?;
    let mean = (inside("mean", v[0], low, high)? - low) / (high - low);
    let sd = positive("sd", v[1])? / (high - low);
    let concentration = mean * (1.0 - mean) / (sd * sd) - 1.0;
    if !(concentration > 0.0) {
        return Err(domain(
            "sd",
            v[1],
            format!(
                "below {} for this mean",
                (mean * (1.0 - mean)).sqrt() * (high - low)
            ),
        ));
    }
    beta_member(
        mean * concentration,
        (1.0 - mean) * concentration,
        (low, high),
    )
}
pub(super) fn beta_mean_concentration(v: &[f64]) -> Made {
    let (low, high) = ends(v, 2)?;
    let mean = (inside("mean", v[0], low, high)? - low) / (high - low);
    positive("concentration", v[1])?;
    beta_member(mean * v[1], (1.0 - mean) * v[1], (low, high))
}
/// The mean at which a beta distribution of this concentration has x at a level; `y = 1 − x`.
fn beta_mean_at(concentration: f64, level: f64, x: f64, y: f64) -> Option<f64> {
    let excess = |t: f64| {
        let (below, above) = incomplete_beta(
            concentration * logistic(t),
            concentration * logistic(-t),
            x,
            y,
        );
        // A larger mean puts less below x. Log odds, because levels near 0 and 1 would flatten.
        let odds = ln(above / below) - ln((1.0 - level) / level);
        odds.clamp(-1e6, 1e6)
    };
    bracket_root(excess, -30.0, 30.0)
}
pub(super) fn beta_median_concentration(v: &[f64]) -> Made {
    let (low, high) = ends(v, 2)?;
    let width = high - low;
    inside("median", v[0], low, high)?;
    positive("concentration", v[1])?;
    let t =
        beta_mean_at(v[1], 0.5, (v[0] - low) / width, (high - v[0]) / width).ok_or_else(|| {
            no_member(
                "beta",
                "parameters",
                format!("no mean gives the median {} with this concentration", v[0]),
            )
        })?;
    beta_member(v[1] * logistic(t), v[1] * logistic(-t), (low, high))
}
pub(super) fn beta_quantiles(q: &[Quantile], v: &[f64]) -> Made {
    let (low, high) = ends(v, 0)?;
    let width = high - low;
    if let Some(bad) = q.iter().find(|(_, x)| !(*x > low && *x < high)) {
        return Err(no_member(
            "beta",
            "quantiles",
            format!("{} is not between {low} and {high}", bad.1),
        ));
    }
    let [a, b] = [
        (q[0].0, (q[0].1 - low) / width),
        (q[1].0, (q[1].1 - low) / width),
    ];
    // For each concentration the mean that meets the first quantile; the concentration is then that which meets the second.
    let excess = |log_concentration: f64| {
        let concentration = exp(log_concentration);
        let Some(t) = beta_mean_at(concentration, a.0, a.1, 1.0 - a.1) else {
            return f64::NAN;
        };
        let (below, above) = incomplete_beta(
            concentration * logistic(t),
            concentration * logistic(-t),
            b.1,
            1.0 - b.1,
        );
        (ln(below / above) - ln(b.0 / (1.0 - b.0))).clamp(-1e6, 1e6)
    };
    let root = [(-3.0, 9.0), (-6.0, 9.0), (-3.0, 16.0), (-1.0, 20.0)]
        .iter()
        .find_map(|(from, to)| bracket_root(excess, *from, *to));
    let concentration = exp(root.ok_or_else(|| {
        no_member(
            "beta",
            "quantiles",
            "no concentration from 0.002 to 5e8 meets both",
        )
    })?);
    let t = beta_mean_at(concentration, a.0, a.1, 1.0 - a.1)
        .ok_or_else(|| no_member("beta", "quantiles", "no mean meets both"))?;
    beta_member(
        concentration * logistic(t),
        concentration * logistic(-t),
        (low, high),
    )
}

pub(super) fn arcsine(v: &[f64]) -> Made {
    ordered(v[0], v[1])?;
    Ok(D::Arcsine(Arcsine {
        low: v[0],
        high: v[1],
    }))
}
pub(super) fn arcsine_mean_sd(v: &[f64]) -> Made {
    let half = positive("sd", v[1])? * std::f64::consts::SQRT_2;
    arcsine(&[v[0] - half, v[0] + half])
}
pub(super) fn arcsine_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (low, width) = line("arcsine", q, |p, q| {
        D::Arcsine(Arcsine {
            low: 0.0,
            high: 1.0,
        })
        .quantile(p, q)
    })?;
    arcsine(&[low, low + width])
}

fn gamma_member(shape: f64, scale: f64) -> Made {
    Ok(D::Gamma(Gamma {
        shape: derived("gamma", shape)?,
        scale: derived("gamma", scale)?,
    }))
}
pub(super) fn gamma_scale(v: &[f64]) -> Made {
    gamma_member(positive("shape", v[0])?, positive("scale", v[1])?)
}
pub(super) fn gamma_rate(v: &[f64]) -> Made {
    gamma_member(positive("shape", v[0])?, 1.0 / positive("rate", v[1])?)
}
pub(super) fn gamma_mean_sd(v: &[f64]) -> Made {
    let (mean, sd) = (positive("mean", v[0])?, positive("sd", v[1])?);
    let ratio = mean / sd;
    gamma_member(ratio * ratio, sd / ratio)
}
/// Shape and scale where the ratio of two quantiles falls with the shape.
fn shape_and_scale(
    family: &str,
    q: &[Quantile],
    range: (f64, f64),
    standard: impl Fn(f64, f64, f64) -> f64,
) -> Result<(f64, f64), DistributionError> {
    let [low, high] = logs(family, q)?;
    let target = high.1 - low.1;
    let excess = |shape: f64| {
        let gap = ln(standard(shape, high.0, 1.0 - high.0))
            - ln(standard(shape, low.0, 1.0 - low.0))
            - target;
        gap.clamp(-1e6, 1e6)
    };
    let shape = positive_root(excess, range.0, range.1)
        .ok_or_else(|| no_member(family, "quantiles", "no shape has this ratio between them"))?;
    Ok((shape, q[1].1 / standard(shape, high.0, 1.0 - high.0)))
}
pub(super) fn gamma_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (shape, scale) = shape_and_scale("gamma", q, (-5.0, 18.0), gamma_quantile)?;
    gamma_member(shape, scale)
}

fn inverse_gaussian_member(mean: f64, shape: f64) -> Made {
    Ok(D::InverseGaussian(InverseGaussian {
        mean: derived("inverse_gaussian", mean)?,
        shape: derived("inverse_gaussian", shape)?,
    }))
}
pub(super) fn inverse_gaussian(v: &[f64]) -> Made {
    inverse_gaussian_member(positive("mean", v[0])?, positive("shape", v[1])?)
}
pub(super) fn inverse_gaussian_mean_sd(v: &[f64]) -> Made {
    let ratio = positive("mean", v[0])? / positive("sd", v[1])?;
    inverse_gaussian_member(v[0], v[0] * ratio * ratio)
}
pub(super) fn inverse_gaussian_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let standard = |shape: f64, p: f64, q: f64| {
        D::InverseGaussian(InverseGaussian { mean: 1.0, shape }).quantile(p, q)
    };
    let (shape, mean) = shape_and_scale("inverse_gaussian", q, (-7.0, 18.0), standard)?;
    inverse_gaussian_member(mean, shape * mean)
}

fn weibull_member(shape: f64, scale: f64) -> Made {
    Ok(D::Weibull(Weibull {
        shape: derived("weibull", shape)?,
        scale: derived("weibull", scale)?,
    }))
}
pub(super) fn weibull(v: &[f64]) -> Made {
    weibull_member(positive("shape", v[0])?, positive("scale", v[1])?)
}
pub(super) fn weibull_mean_sd(v: &[f64]) -> Made {
    let ratio = positive("sd", v[1])? / positive("mean", v[0])?;
    let target = ln_1p(ratio * ratio);
    let excess =
        |shape: f64| ln_gamma(1.0 + 2.0 / shape) - 2.0 * ln_gamma(1.0 + 1.0 / shape) - target;
    let shape = positive_root(excess, -4.0, 12.0).ok_or_else(|| {
        no_member(
            "weibull",
            "mean and sd",
            "no shape from 0.02 to 160,000 has this ratio of sd to mean",
        )
    })?;
    weibull_member(shape, v[0] / exp(ln_gamma(1.0 + 1.0 / shape)))
}
pub(super) fn weibull_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (location, scale) = line("weibull", &logs("weibull", q)?, |p, q| {
        ln(minus_ln_upper(p, q))
    })?;
    weibull_member(1.0 / scale, exp(location))
}

fn exponential_member(mean: f64) -> Made {
    Ok(D::Exponential(Exponential {
        mean: derived("exponential", mean)?,
    }))
}
pub(super) fn exponential(v: &[f64]) -> Made {
    exponential_member(positive("mean", v[0])?)
}
pub(super) fn exponential_rate(v: &[f64]) -> Made {
    exponential_member(1.0 / positive("rate", v[0])?)
}
pub(super) fn exponential_median(v: &[f64]) -> Made {
    exponential_member(positive("median", v[0])? / std::f64::consts::LN_2)
}
pub(super) fn exponential_quantile(q: &[Quantile], _: &[f64]) -> Made {
    if !(q[0].1 > 0.0) {
        return Err(no_member(
            "exponential",
            "quantiles",
            format!("{} is not above 0", q[0].1),
        ));
    }
    exponential_member(q[0].1 / minus_ln_upper(q[0].0, 1.0 - q[0].0))
}

fn pareto_member(scale: f64, shape: f64) -> Made {
    Ok(D::Pareto(Pareto {
        scale: derived("pareto", scale)?,
        shape: derived("pareto", shape)?,
    }))
}
pub(super) fn pareto(v: &[f64]) -> Made {
    pareto_member(positive("scale", v[0])?, positive("shape", v[1])?)
}
pub(super) fn pareto_mean_sd(v: &[f64]) -> Made {
    // (mean/sd)² = shape (shape − 2)
    let ratio = positive("mean", v[0])? / positive("sd", v[1])?;
    let shape = 1.0 + (1.0 + ratio * ratio).sqrt();
    pareto_member(v[0] * (shape - 1.0) / shape, shape)
}
pub(super) fn pareto_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (location, scale) = line("pareto", &logs("pareto", q)?, minus_ln_upper)?;
    pareto_member(exp(location), 1.0 / scale)
}

pub(super) fn gumbel(v: &[f64]) -> Made {
    Ok(D::Gumbel(Gumbel {
        location: v[0],
        scale: positive("scale", v[1])?,
    }))
}
pub(super) fn gumbel_mean_sd(v: &[f64]) -> Made {
    let scale = positive("sd", v[1])? * 6f64.sqrt() / PI;
    gumbel(&[v[0] - EULER * scale, scale])
}
pub(super) fn gumbel_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (location, scale) = line("gumbel", q, gumbel_score)?;
    gumbel(&[location, scale])
}
pub(super) fn gev(v: &[f64]) -> Made {
    Ok(D::GeneralisedExtremeValue(GeneralisedExtremeValue {
        location: v[0],
        scale: positive("scale", v[1])?,
        shape: v[2],
    }))
}
pub(super) fn gev_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (location, scale, shape) = line_and_shape("gev", q, (-20.0, 20.0), extreme_score)?;
    gev(&[location, scale, shape])
}
pub(super) fn gev_shape_quantiles(q: &[Quantile], v: &[f64]) -> Made {
    let (location, scale) = line("gev", q, |p, q| extreme_score(v[0], p, q))?;
    gev(&[location, scale, v[0]])
}
pub(super) fn laplace(v: &[f64]) -> Made {
    Ok(D::Laplace(Laplace {
        location: v[0],
        scale: positive("scale", v[1])?,
    }))
}
pub(super) fn laplace_mean_sd(v: &[f64]) -> Made {
    laplace(&[v[0], positive("sd", v[1])? / std::f64::consts::SQRT_2])
}
pub(super) fn laplace_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (location, scale) = line("laplace", q, laplace_score)?;
    laplace(&[location, scale])
}
pub(super) fn logistic_mean_sd(v: &[f64]) -> Made {
    logistic_location(&[v[0], positive("sd", v[1])? * 3f64.sqrt() / PI])
}
pub(super) fn logistic_location(v: &[f64]) -> Made {
    Ok(D::Logistic(Logistic {
        location: v[0],
        scale: positive("scale", v[1])?,
    }))
}
pub(super) fn logistic_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    let (location, scale) = line("logistic", q, |p, q| ln(p / q))?;
    logistic_location(&[location, scale])
}
pub(super) fn student_t(v: &[f64]) -> Made {
    Ok(D::StudentT(StudentT {
        location: v[0],
        scale: positive("scale", v[1])?,
        df: positive("df", v[2])?,
    }))
}
pub(super) fn student_t_mean_sd(v: &[f64]) -> Made {
    positive("sd", v[1])?;
    if !(v[2] > 2.0) {
        return Err(domain(
            "df",
            v[2],
            "above 2, because the sd is infinite otherwise",
        ));
    }
    student_t(&[v[0], v[1] * ((v[2] - 2.0) / v[2]).sqrt(), v[2]])
}
pub(super) fn student_t_quantiles(q: &[Quantile], v: &[f64]) -> Made {
    let df = positive("df", v[0])?;
    let (location, scale) = line("student_t", q, |p, q| student_score(df, p, q))?;
    student_t(&[location, scale, df])
}

pub(super) fn split_normal(v: &[f64]) -> Made {
    Ok(D::SplitNormal(SplitNormal {
        mode: v[0],
        sd_left: positive("sd_left", v[1])?,
        sd_right: positive("sd_right", v[2])?,
    }))
}
/// `sd_left² = uncertainty²/(1 + skew)`, `sd_right² = uncertainty²/(1 − skew)`.
pub(super) fn split_normal_bank(v: &[f64]) -> Made {
    let uncertainty = positive("uncertainty", v[1])?;
    let skew = inside("skew", v[2], -1.0, 1.0)?;
    split_normal(&[
        v[0],
        uncertainty / (1.0 + skew).sqrt(),
        uncertainty / (1.0 - skew).sqrt(),
    ])
}
pub(super) fn split_normal_quantiles(q: &[Quantile], _: &[f64]) -> Made {
    // The share of the right spread in their sum; its ends are half-normal distributions.
    let score = |right: f64, p: f64, q: f64| {
        D::SplitNormal(SplitNormal {
            mode: 0.0,
            sd_left: 1.0 - right,
            sd_right: right,
        })
        .quantile(p, q)
    };
    let (mode, sum, right) = line_and_shape("split_normal", q, (1e-12, 1.0 - 1e-12), score)?;
    split_normal(&[mode, sum * (1.0 - right), sum * right])
}

fn metalog_between(q: &[Quantile], low: f64, high: f64) -> Made {
    Metalog::through(q, low, high)
        .map(D::Metalog)
        .map_err(|problem| no_member("metalog", "quantiles", problem))
}
pub(super) fn metalog(q: &[Quantile], _: &[f64]) -> Made {
    metalog_between(q, f64::NEG_INFINITY, f64::INFINITY)
}
pub(super) fn metalog_low(q: &[Quantile], v: &[f64]) -> Made {
    metalog_between(q, v[0], f64::INFINITY)
}
pub(super) fn metalog_high(q: &[Quantile], v: &[f64]) -> Made {
    metalog_between(q, f64::NEG_INFINITY, v[0])
}
pub(super) fn metalog_both(q: &[Quantile], v: &[f64]) -> Made {
    ordered(v[0], v[1])?;
    metalog_between(q, v[0], v[1])
}

fn whole(parameter: &str, value: f64) -> Result<f64, DistributionError> {
    // 2^53: beyond it not every whole number can be represented.
    if value.floor() == value && value.abs() <= 9_007_199_254_740_992.0 {
        Ok(value)
    } else {
        Err(domain(parameter, value, "a whole number"))
    }
}
pub(super) fn bernoulli(v: &[f64]) -> Made {
    Ok(D::Bernoulli(Bernoulli {
        p: within("p", v[0], 0.0, 1.0)?,
    }))
}
pub(super) fn binomial(v: &[f64]) -> Made {
    if !(v[0] >= 0.0) {
        return Err(domain("n", v[0], "a whole number of 0 or more"));
    }
    Ok(D::Binomial(Binomial {
        n: whole("n", v[0])?,
        p: within("p", v[1], 0.0, 1.0)?,
    }))
}
fn success(v: f64) -> Result<f64, DistributionError> {
    if v > 0.0 && v <= 1.0 {
        Ok(v)
    } else {
        Err(domain("p", v, "above 0 and at most 1"))
    }
}
fn negative_binomial_member(r: f64, p: f64) -> Made {
    Ok(D::NegativeBinomial(NegativeBinomial {
        r: derived("negative_binomial", r)?,
        p: derived("negative_binomial", p)?,
    }))
}
pub(super) fn negative_binomial(v: &[f64]) -> Made {
    negative_binomial_member(positive("r", v[0])?, success(v[1])?)
}
pub(super) fn negative_binomial_mean_sd(v: &[f64]) -> Made {
    let (mean, sd) = (positive("mean", v[0])?, positive("sd", v[1])?);
    let excess = sd * sd - mean;
    if !(excess > 0.0) {
        return Err(domain(
            "sd",
            sd,
            format!("above the square root of the mean, {}", mean.sqrt()),
        ));
    }
    negative_binomial_member(mean * mean / excess, mean / (sd * sd))
}
pub(super) fn negative_binomial_dispersion(v: &[f64]) -> Made {
    let (mean, dispersion) = (positive("mean", v[0])?, positive("dispersion", v[1])?);
    negative_binomial_member(1.0 / dispersion, 1.0 / (1.0 + mean * dispersion))
}
pub(super) fn geometric(v: &[f64]) -> Made {
    Ok(D::Geometric(Geometric { p: success(v[0])? }))
}
pub(super) fn geometric_mean(v: &[f64]) -> Made {
    Ok(D::Geometric(Geometric {
        p: derived("geometric", 1.0 / (1.0 + positive("mean", v[0])?))?,
    }))
}
pub(super) fn poisson(v: &[f64]) -> Made {
    /// Draws sum a series of about √mean terms: beyond this a run would not end.
    const LARGEST_MEAN: f64 = 1e9;
    let mean = positive("mean", v[0])?;
    if mean > LARGEST_MEAN {
        let allowed = "at most 1e9; a normal distribution with sd = √mean is its limit";
        return Err(domain("mean", mean, allowed.to_owned()));
    }
    Ok(D::Poisson(Poisson { mean }))
}
pub(super) fn discrete_uniform(v: &[f64]) -> Made {
    let (low, high) = (whole("low", v[0])?, whole("high", v[1])?);
    if low > high {
        return Err(domain("high", high, format!("at least low = {low}")));
    }
    Ok(D::DiscreteUniform(DiscreteUniform { low, high }))
}
/// Families of lists are built from lists, never from here.
pub(super) fn lists(_: &[f64]) -> Made {
    Err(DistributionError::Kind {
        parameter: "values".to_owned(),
        expected: "a list of numbers",
    })
}
