//! How far the distribution function of a run may lie from the true one, level by level.

use super::count_spread::CountSpread;
use super::error::interval_factor;
use super::target::TargetKind;

/// Finite values of one replicate, beside the trials without.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Replicate {
    values: Vec<f64>,
    /// Trials below all finite values: left-censored.
    below: u64,
    /// Trials above: never.
    above: u64,
}

impl Replicate {
    /// Adds the values of further trials. Of values those that are not finite are left out.
    pub(crate) fn extend(&mut self, values: &[f64], kind: TargetKind) {
        self.values.extend(values.iter().filter(|x| x.is_finite()));
        if kind == TargetKind::Date {
            let count = |wanted: f64| values.iter().filter(|x| **x == wanted).count() as u64;
            self.below += count(f64::NEG_INFINITY);
            self.above += count(f64::INFINITY);
        }
    }

    fn total(&self) -> u64 {
        self.below + self.values.len() as u64 + self.above
    }

    /// Trials below a value, and up to it; values are sorted.
    fn up_to(&self, x: f64) -> [u64; 2] {
        [
            self.values.partition_point(|value| *value < x),
            self.values.partition_point(|value| *value <= x),
        ]
        .map(|n| self.below + n as u64)
    }
}

/// Where the standard error of the distribution function comes from.
#[derive(Debug, Clone)]
pub(crate) enum Deviations {
    /// Independent trials: √(p (1 − p)/N).
    Independent,
    /// Replicates whose values are kept: their distribution functions at the quantile itself.
    Values {
        /// Each with its values sorted.
        replicates: Vec<Replicate>,
        /// Errors to the end of an interval.
        factor: f64,
    },
    /// Replicates whose values below some thresholds were counted.
    Thresholds {
        /// Replicates.
        n_replicates: u64,
        /// Errors to the end of an interval.
        factor: f64,
        /// True level of each threshold, ascending, with the variance there over p (1 − p).
        known: Vec<(f64, f64)>,
    },
}

impl Deviations {
    pub(crate) fn from_values(mut replicates: Vec<Replicate>) -> Self {
        for replicate in &mut replicates {
            replicate.values.sort_by(f64::total_cmp);
        }
        let factor = interval_factor(Some(beyond_one(replicates.len() as u64)));
        Self::Values { replicates, factor }
    }

    pub(crate) fn from_spread(spread: &CountSpread, n_replicates: u64) -> Self {
        Self::Thresholds {
            n_replicates,
            factor: interval_factor(Some(beyond_one(n_replicates))),
            known: known_levels(spread, n_replicates),
        }
    }

    /// Errors on either side of a quantile to the ends of its 95 % interval: see [`interval_factor`].
    pub(crate) fn interval_factor(&self) -> f64 {
        match self {
            Self::Independent => interval_factor(None),
            Self::Values { factor, .. } | Self::Thresholds { factor, .. } => *factor,
        }
    }

    /// Standard error of the distribution function at a quantile of level `level` of `total` trials; `None` below two replicates.
    ///
    /// With replicates it is the variance by which their spread at the known levels exceeds the least one, relative to p (1 − p) and
    /// interpolated, plus the least one at this level: the larger of [`least_variance`] and the square of [`between_neighbours`].
    pub(crate) fn at(&self, level: f64, quantile: f64, total: u64) -> Option<f64> {
        let scale = level * (1.0 - level);
        let (n_replicates, excess) = match self {
            Self::Independent => return Some((scale / total as f64).sqrt()),
            Self::Values { replicates, .. } => {
                let mut spread = CountSpread::new(2);
                for replicate in replicates {
                    spread.add(replicate.total(), replicate.up_to(quantile));
                }
                let n_replicates = replicates.len() as u64;
                let known = known_levels(&spread, n_replicates);
                (n_replicates, relative_excess(&known, level))
            }
            Self::Thresholds {
                n_replicates,
                known,
                ..
            } => (*n_replicates, relative_excess(known, level)),
        };
        if n_replicates < 2 {
            return None;
        }
        let within = between_neighbours(level, total);
        let least = least_variance(level, total, n_replicates);
        Some((excess * scale + least.max(within * within)).sqrt())
    }
}

/// Degrees of freedom of a spread of so many replicates.
fn beyond_one(n_replicates: u64) -> u64 {
    n_replicates.saturating_sub(1)
}

/// Smallest variance of the mean of R shares k/n with expectation `level`: a whole number of expectation n p varies at least by f (1 − f),
/// f being the part of n p beyond a whole number. Stratified points reach it.
fn least_variance(level: f64, total: u64, n_replicates: u64) -> f64 {
    let (total, n_replicates) = (total as f64, n_replicates as f64);
    let points = total / n_replicates;
    let part = (points * level).fract();
    part * (1.0 - part) / (points * total)
}

/// How far a quantile lies from its level where all replicates agree on the distribution function there: between the last of the N values
/// below the level and the first above it, whose distances from it are exponential with mean 1/N in probability. Type 7 weighs them by
/// 1 − w and w, w being the part of p (N − 1) beyond a whole number. For both ends of w, and between, so large an error as √2 max(w, 1 − w)/N
/// times t of 15 degrees of freedom is exceeded in 5 % of runs or fewer.
fn between_neighbours(level: f64, total: u64) -> f64 {
    let weight = (level * (total as f64 - 1.0)).fract();
    std::f64::consts::SQRT_2 * weight.max(1.0 - weight) / total as f64
}

/// Shares strictly between 0 and 1 with what their variance exceeds the least one, over p (1 − p).
fn known_levels(spread: &CountSpread, n_replicates: u64) -> Vec<(f64, f64)> {
    (0..spread.n_events())
        .filter_map(|event| {
            let share = spread.share(event)?;
            let error = spread.error(event, n_replicates)?;
            let least = least_variance(share, spread.n_trials(), n_replicates);
            let excess = (error * error - least).max(0.0);
            (share > 0.0 && share < 1.0).then(|| (share, excess / (share * (1.0 - share))))
        })
        .collect()
}

/// Linear between known levels, constant beyond them; 0 if none is known, as where all values are equal.
fn relative_excess(known: &[(f64, f64)], level: f64) -> f64 {
    let after = known.partition_point(|(share, _)| *share < level);
    let before = after.checked_sub(1).map(|before| known[before]);
    match (before, known.get(after)) {
        (Some((_, excess)), None) | (None, Some(&(_, excess))) => excess,
        (Some((p0, e0)), Some(&(p1, e1))) => {
            let weight = if p1 > p0 {
                (level - p0) / (p1 - p0)
            } else {
                0.5
            };
            e0 + (e1 - e0) * weight
        }
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replicate(values: &[f64]) -> Replicate {
        let mut replicate = Replicate::default();
        replicate.extend(values, TargetKind::Date);
        replicate
    }

    #[test]
    fn values_give_the_spread_of_the_distribution_functions() {
        let deviations = Deviations::from_values(vec![
            replicate(&[f64::NEG_INFINITY, 1.0, 2.0, 3.0]),
            replicate(&[4.0, 1.0, 3.0, 5.0]),
            replicate(&[6.0, 1.0, 4.0, f64::INFINITY]),
        ]);
        // At 2.5 the shares are ¾, ¼, ¼: mean 5/12, squared deviations 1/9 + 2/36; position 11 · 5/12 = 4.58….
        let spread = 1.0 / 6.0 / 2.0 / 3.0;
        let within = 2_f64.sqrt() * (55.0 / 12.0 - 4.0) / 12.0;
        // The least variance, of 4 · 5/12 = 1.67, is part of the spread.
        let least = 2.0 / 9.0 / 48.0;
        let expected = (spread - least + f64::max(least, within * within)).sqrt();
        let found = deviations.at(5.0 / 12.0, 2.5, 12).unwrap();
        assert!((found / expected - 1.0).abs() < 1e-14, "{found} {expected}");
        assert_eq!(deviations.interval_factor(), interval_factor(Some(2)));
    }

    #[test]
    fn levels_between_thresholds_take_their_share_of_both() {
        let mut spread = CountSpread::new(4);
        for (a, b) in [(2, 7), (4, 9)] {
            spread.add(10, [0, a, b, 10]);
        }
        let deviations = Deviations::from_spread(&spread, 2);
        // Shares 0.3 ± 0.1 and 0.8 ± 0.1, where 10 p is whole; those of 0 and 1 say nothing.
        for (level, relative) in [
            (0.01, 0.01 / 0.21),
            (0.55, 0.5 * (0.01 / 0.21 + 0.01 / 0.16)),
            (0.99, 0.01 / 0.16),
        ] {
            let part: f64 = (10.0_f64 * level).fract();
            let weight = (19.0_f64 * level).fract();
            let within = 2_f64.sqrt() * weight.max(1.0 - weight) / 20.0;
            let least = f64::max(part * (1.0 - part) / 200.0, within * within);
            let expected = (relative * level * (1.0 - level) + least).sqrt();
            let found = deviations.at(level, f64::NAN, 20).unwrap();
            assert!((found / expected - 1.0).abs() < 1e-12, "{level}");
        }
        assert_eq!(Deviations::from_spread(&spread, 1).at(0.5, 0.0, 20), None);
    }

    #[test]
    fn stratified_replicates_have_the_least_variance() {
        // 10 points with 3.25 below on average: 3 or 4, the latter in one replicate of four.
        let mut spread = CountSpread::new(1);
        for count in [3, 3, 4, 3] {
            spread.add(10, [count]);
        }
        let least = least_variance(0.325, 40, 4);
        assert!((least - 0.25 * 0.75 / 400.0).abs() < 1e-18);
        // The variance estimate divides by R − 1: ⅓ more.
        let known = known_levels(&spread, 4);
        let expected = least / 3.0 / (0.325 * 0.675);
        assert!((known[0].1 / expected - 1.0).abs() < 1e-12);
    }
}
