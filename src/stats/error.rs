//! Monte Carlo errors: standard errors due to the finite number of trials.

use super::deviation::Deviations;
use super::distribution::Distribution;
use super::moments::Moments;
use crate::math::beta_quantile;

/// Expected values beyond a quantile below which no error of it is stated.
const LEAST_BEYOND: f64 = 10.0;
/// Standard errors on either side over which the spread of a quantile is taken: the normal quantile of 0.975.
///
/// Half of Q(p + δ) − Q(p − δ) rests on some 2√(p(1 − p)N) values, 14 for P5 of a thousand, so it is itself uncertain by a quarter, and
/// value ± 1.96 errors covers the truth in 92 % of runs. Over ±1.96 δ that interval is as wide as the distribution-free one.
const SPREAD: f64 = 1.959_963_984_540_054;
/// Share of the Monte Carlo error that the resolution may reach unmentioned.
const TOLERATED_RESOLUTION: f64 = 0.1;
/// Rule of three: where an event never happened, its probability is below 3/N with confidence 0.95; as a standard error, 3/1.96.
const RULE_OF_THREE: f64 = 3.0 / 1.96;

/// Values on either side over which the spread of a quantile is taken at least: the distances of fewer would tell little of the density.
const LEAST_REACH: f64 = 5.0;

/// Errors on either side of a statistic between which its true value lies with probability 0.95: the quantile of 0.975 of Student's t, or
/// of the normal distribution where `error_df` is `None`.
///
/// # Source
/// Abramowitz and Stegun (1964), 26.7.1: the tails of t with ν degrees of freedom are the incomplete beta function I_x(ν/2, ½), x = ν/(ν + t²).
#[must_use]
pub fn interval_factor(error_df: Option<u64>) -> f64 {
    match error_df {
        None => SPREAD,
        Some(0) => f64::INFINITY,
        Some(df) => {
            let df = df as f64;
            let (x, rest) = beta_quantile(0.5 * df, 0.5, 0.05, 0.95);
            (df * rest / x).sqrt()
        }
    }
}

/// Error of the mean, sd/√N; `None` below two values or where a square overflows.
#[must_use]
pub fn of_mean(moments: &Moments) -> Option<f64> {
    Some(moments.sd()? / (moments.count as f64).sqrt())
}

/// Error of the standard deviation, √((m4 − m2²)/N) / (2 sd) with central moments m2, m4; 0 where all values are equal.
///
/// # Source
/// Kendall and Stuart (1977), The Advanced Theory of Statistics, vol. 1, section 10.9 (delta method).
#[must_use]
pub fn of_sd(moments: &Moments) -> Option<f64> {
    let sd = moments.sd()?;
    if sd == 0.0 {
        return Some(0.0);
    }
    let n = moments.count as f64;
    let (m2, m4) = (moments.m2 / n, moments.m4 / n);
    // m4 ≥ m2², with equality for two values of equal frequency, where rounding can leave a negative difference.
    let variance = ((m4 - m2 * m2) / n).max(0.0);
    // Infinite fourth powers: `max` above would turn NaN into 0.
    (m4.is_finite() && (m2 * m2).is_finite()).then(|| variance.sqrt() / (2.0 * sd))
}

/// Error of a probability estimated by `count` of `n` trials: √(P(1 − P)/n), but never below 3/(1.96 n), so that
/// the 95 % interval of an event that never (or always) happened reaches the rule of three instead of having no width.
#[must_use]
pub fn of_probability(count: u64, n: u64) -> Option<f64> {
    if n == 0 {
        return None;
    }
    let (count, n) = (count as f64, n as f64);
    let probability = count / n;
    Some(
        (probability * (1.0 - probability) / n)
            .sqrt()
            .max(RULE_OF_THREE / n)
            .min(1.0),
    )
}

/// A quantile with its errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileEstimate {
    /// The quantile; `None` of nothing, or where the level falls outside the finite values.
    pub value: Option<f64>,
    /// Monte Carlo error, with the resolution added where `coarse`; `None` where fewer than ten values are expected beyond.
    pub mc_error: Option<f64>,
    /// Possible error of the histogram alone.
    pub resolution: f64,
    /// Whether the resolution exceeds a tenth of the Monte Carlo error.
    pub coarse: bool,
}

/// Error of a probability from the spread over replicates, but never below 3/(1.96 n): replicates that agree may each be off by one trial.
#[must_use]
pub(crate) fn of_replicated_probability(spread: f64, n: u64) -> f64 {
    spread.max(RULE_OF_THREE / n as f64).min(1.0)
}

impl QuantileEstimate {
    /// That of nothing.
    pub(crate) const NONE: Self = Self {
        value: None,
        mc_error: None,
        resolution: 0.0,
        coarse: false,
    };
}

/// Quantiles at levels of `total` values, `below` of which lie below all finite ones. The error of one is half of Q(p + cδ) − Q(p − cδ)
/// over c, δ being the deviation of the distribution function and c = 1.96 or, with replicates, that of [`interval_factor`].
///
/// # Source
/// David and Nagaraja (2003), Order Statistics, section 7.1: the distribution-free interval of a quantile.
#[must_use]
pub(crate) fn quantile_estimates(
    distribution: &Distribution,
    deviations: &Deviations,
    levels: &[f64],
    below: u64,
    total: u64,
) -> Vec<QuantileEstimate> {
    let independent = matches!(deviations, Deviations::Independent);
    let least_reach = if independent {
        0.0
    } else {
        LEAST_REACH / total as f64
    };
    let quantiles = distribution.quantiles_among(levels, below, total);
    let intervals: Vec<Option<Interval>> = (levels.iter().zip(&quantiles))
        .map(|(&level, quantile)| {
            let delta = deviations.at(level, (*quantile)?.value, total)?;
            let reach = deviations.interval_factor() * delta;
            Interval::about(level, delta, reach.max(least_reach), total)
        })
        .collect();
    // All their ends are read together.
    let ends: Vec<f64> = intervals.iter().flatten().flat_map(|i| i.ends).collect();
    let values = distribution.values_among(&ends, below, total);
    let (values, _) = values.as_chunks();
    let mut values = values.iter();
    (quantiles.into_iter().zip(intervals))
        .map(|(quantile, interval)| {
            let spread = interval.and_then(|interval| interval.spread(*values.next()?));
            let Some(quantile) = quantile else {
                return QuantileEstimate::NONE;
            };
            let scatter = if independent { 0.0 } else { quantile.scatter };
            let spread = spread.map(|spread| root_of_squares(spread, scatter));
            let resolution = quantile.resolution;
            let coarse = spread.is_some_and(|error| resolution > TOLERATED_RESOLUTION * error);
            QuantileEstimate {
                value: Some(quantile.value),
                mc_error: spread.map(|error| if coarse { error + resolution } else { error }),
                resolution,
                coarse,
            }
        })
        .collect()
}

/// √(a² + b²), also where the squares would be too large or too small for a double.
fn root_of_squares(a: f64, b: f64) -> f64 {
    let (larger, smaller) = (a.max(b), a.min(b));
    if smaller == 0.0 {
        return larger;
    }
    let ratio = smaller / larger;
    larger * (1.0 + ratio * ratio).sqrt()
}

/// Levels on both sides of a quantile's, between which the slope of the quantile function is taken.
#[derive(Debug, Clone, Copy)]
struct Interval {
    /// Deviation in probability.
    delta: f64,
    ends: [f64; 2],
}

impl Interval {
    /// `None` where too few values are expected beyond the level.
    fn about(level: f64, delta: f64, reach: f64, total: u64) -> Option<Self> {
        let beyond = total as f64 * level.min(1.0 - level);
        // The slack is for 0.99: 1000 · (1 − 0.99) = 10.000000000000009, but 1 − 0.975 falls short.
        (beyond >= LEAST_BEYOND * (1.0 - 1e-12)).then(|| Self {
            delta,
            ends: [(level - reach).max(0.0), (level + reach).min(1.0)],
        })
    }

    /// How far the quantile moves with the deviation, from the quantiles at both ends.
    fn spread(&self, quantiles: [Option<f64>; 2]) -> Option<f64> {
        let [start, end] = self.ends;
        // Halves before the difference, which could overflow.
        let half = 0.5 * quantiles[1]? - 0.5 * quantiles[0]?;
        let error = half * (2.0 * self.delta / (end - start));
        error.is_finite().then_some(error.max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_and_certain_events_have_the_error_of_the_rule_of_three() {
        assert_eq!(of_probability(0, 0), None);
        for n in [1000, 1_000_000_u64] {
            for count in [0, n] {
                let half_width = 1.96 * of_probability(count, n).unwrap();
                assert!((half_width * n as f64 - 3.0).abs() < 1e-12);
            }
            assert_eq!(of_probability(n / 2, n), Some((0.25 / n as f64).sqrt()));
        }
        assert_eq!(of_probability(1, 1), Some(1.0));
    }

    #[test]
    fn interval_factors_are_those_of_the_table_of_t() {
        // Abramowitz and Stegun (1964), table 26.10, A = 0.95.
        for (df, t) in [
            (1, 12.706),
            (5, 2.571),
            (15, 2.131),
            (30, 2.042),
            (120, 1.980),
        ] {
            assert!((interval_factor(Some(df)) - t).abs() < 5e-4, "{df}");
        }
        assert!((interval_factor(Some(1_000_000_000)) - interval_factor(None)).abs() < 1e-8);
        assert_eq!(interval_factor(Some(0)), f64::INFINITY);
    }

    fn estimates<const N: usize>(
        distribution: &Distribution,
        levels: [f64; N],
    ) -> [QuantileEstimate; N] {
        let n = distribution.count();
        let found = quantile_estimates(distribution, &Deviations::Independent, &levels, 0, n);
        found.try_into().unwrap()
    }

    #[test]
    fn quantile_errors_need_ten_values_beyond() {
        let spread_evenly = |n: i32| (0..n).map(|i| f64::from(i) + 0.5).collect();
        let all = Distribution::from_values(spread_evenly(1000));
        for level in [0.01, 0.5, 0.99] {
            let [estimate] = estimates(&all, [level]);
            // Values ½ … 999½ spread evenly: the error is δ times 999.
            let expected = (level * (1.0 - level) / 1000.0_f64).sqrt() * 999.0;
            assert!(
                (estimate.mc_error.unwrap() / expected - 1.0).abs() < 1e-9,
                "{level}"
            );
            assert!(!estimate.coarse);
        }
        let fewer = Distribution::from_values(spread_evenly(999));
        let [estimate] = estimates(&fewer, [0.99]);
        assert_eq!(estimate.mc_error, None);
        assert!(estimate.value.is_some());
    }
}
