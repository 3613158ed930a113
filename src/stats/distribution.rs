//! Quantiles and levels of one target, from all its values, from value counts or from the histogram.

use super::discrete::is_whole;
use super::interpolant::{Interpolant, READ_TOGETHER};

/// A quantile with what the way of keeping the values may have cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    /// The quantile.
    pub value: f64,
    /// How far the interpolation may put it from the quantile of all values, chance inside a bin aside; 0 if values were kept or counted.
    pub resolution: f64,
    /// Standard deviation of that chance: values of one bin stand where they like. Part of the Monte Carlo error of independent trials, of
    /// which it is not seen in the spread of replicates; 0 if values were kept or counted.
    pub scatter: f64,
}

/// Finite values of one target.
///
/// Quantiles of continuous targets interpolate order statistics (type 7); those of discrete ones are attained values, the smallest x with
/// F(x) ≥ p (type 1). From the histogram they are type 7 with the bin's values spread along the interpolated distribution function, or,
/// where all values are whole numbers, the whole number next to where type 1 finds it.
///
/// # Source
/// Hyndman and Fan (1996), definitions 1 and 7.
#[derive(Debug, Clone)]
pub enum Distribution {
    /// All values in ascending order.
    Sorted {
        /// Finite values.
        values: Vec<f64>,
        /// Whether quantiles are attained values.
        discrete: bool,
    },
    /// Distinct values in ascending order.
    Counted {
        /// The values.
        values: Vec<f64>,
        /// How many values are at most each of them.
        cumulative: Vec<u64>,
    },
    /// Histogram.
    Interpolated(Interpolant),
}

impl Quantile {
    /// One found among values that were kept or counted.
    fn exact(value: f64) -> Self {
        Self {
            value,
            resolution: 0.0,
            scatter: 0.0,
        }
    }
}

impl Distribution {
    /// All values, in any order; discrete if all are whole numbers below 2^52, or if at most 512 are distinct and each occurs four times
    /// on average.
    #[must_use]
    pub fn from_values(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let n_distinct = values.chunk_by(|a, b| a == b).count();
        let few = n_distinct <= super::discrete::MOST_DISTINCT && n_distinct * 4 <= values.len();
        let discrete = few || values.iter().all(|x| is_whole(*x));
        Self::Sorted { values, discrete }
    }

    /// Distinct values with their counts.
    #[must_use]
    pub fn from_counts(values: Vec<f64>, counts: &[u64]) -> Self {
        let cumulative = counts
            .iter()
            .scan(0, |sum, count| {
                *sum += count;
                Some(*sum)
            })
            .collect();
        Self::Counted { values, cumulative }
    }

    /// Number of finite values.
    #[must_use]
    pub fn count(&self) -> u64 {
        match self {
            Self::Sorted { values, .. } => values.len() as u64,
            Self::Counted { cumulative, .. } => cumulative.last().copied().unwrap_or(0),
            Self::Interpolated(interpolant) => interpolant.total(),
        }
    }

    /// Quantile at a level in [0, 1]; `None` of nothing.
    #[must_use]
    pub fn quantile(&self, level: f64) -> Option<Quantile> {
        self.quantile_among(level, 0, self.count())
    }

    /// Quantile at a level of `total` values of which `below` lie below all finite ones; `None` where the level falls outside the finite ones.
    #[must_use]
    pub fn quantile_among(&self, level: f64, below: u64, total: u64) -> Option<Quantile> {
        self.quantiles_among(&[level], below, total)[0]
    }

    /// [`Distribution::quantile_among`] at many levels, in any order: from the histogram they are read together, which takes a fraction of
    /// the time.
    #[must_use]
    pub fn quantiles_among(&self, levels: &[f64], below: u64, total: u64) -> Vec<Option<Quantile>> {
        self.read(
            levels,
            below,
            total,
            Quantile::exact,
            Interpolant::quantiles,
        )
    }

    /// The values of [`Distribution::quantiles_among`] alone.
    #[must_use]
    pub(crate) fn values_among(&self, levels: &[f64], below: u64, total: u64) -> Vec<Option<f64>> {
        self.read(levels, below, total, |value| value, Interpolant::values)
    }

    fn read<T: Copy>(
        &self,
        levels: &[f64],
        below: u64,
        total: u64,
        exact: impl Fn(f64) -> T,
        interpolated: impl Fn(&Interpolant, &[f64]) -> [T; READ_TOGETHER],
    ) -> Vec<Option<T>> {
        let mut found = Vec::with_capacity(levels.len());
        for levels in levels.chunks(READ_TOGETHER) {
            let mut places = [None; READ_TOGETHER];
            for (place, &level) in places.iter_mut().zip(levels) {
                *place = self.place(level, below, total);
            }
            let places = &places[..levels.len()];
            let Self::Interpolated(interpolant) = self else {
                found.extend(places.iter().map(|place| place.map(&exact)));
                continue;
            };
            // Nothing to be found, as in a histogram without values.
            if places.iter().all(Option::is_none) {
                found.extend(places.iter().map(|_| None));
                continue;
            }
            // Any target stands in for one that there is not.
            let mut targets = [0.5; READ_TOGETHER];
            for (target, place) in targets.iter_mut().zip(places) {
                *target = place.unwrap_or(*target);
            }
            let read = interpolated(interpolant, &targets[..levels.len()]);
            found.extend(
                places
                    .iter()
                    .zip(read)
                    .map(|(place, one)| place.map(|_| one)),
            );
        }
        found
    }

    /// The quantile at a level; from the histogram, how many values, and parts of one, lie below it.
    #[inline(always)]
    fn place(&self, level: f64, below: u64, total: u64) -> Option<f64> {
        let count = self.count();
        if total == 0 || count == 0 || !(0.0..=1.0).contains(&level) {
            return None;
        }
        let attained = |level: f64| {
            let rank = level * total as f64;
            // 0.07 × 100 = 7.000000000000001 must not become rank 8.
            let rank = (rank - 4.0 * f64::EPSILON * rank).ceil().max(1.0) as u64;
            let place = rank.min(total) - 1;
            (place >= below && place - below < count).then(|| place - below)
        };
        let position = level * (total - 1) as f64 - below as f64;
        let last = (count - 1) as f64;
        match self {
            Self::Sorted {
                values,
                discrete: true,
            } => Some(values[attained(level)? as usize]),
            Self::Counted { values, cumulative } => {
                let place = attained(level)?;
                Some(values[cumulative.partition_point(|&sum| sum <= place)])
            }
            // The j-th value stands at j − ½ of the cumulative count.
            Self::Interpolated(interpolant) if interpolant.is_lattice() => {
                Some(attained(level)? as f64 + 0.5)
            }
            _ if !(0.0..=last).contains(&position) => None,
            Self::Sorted { values, .. } => {
                let index = position.floor() as usize;
                let low = values[index];
                let high = values[(index + 1).min(values.len() - 1)];
                let weight = position - index as f64;
                // Weights before the sum: high − low can overflow.
                Some(if low == high {
                    low
                } else {
                    low * (1.0 - weight) + high * weight
                })
            }
            Self::Interpolated(_) => Some(position + 0.5),
        }
    }

    /// Share of values below `x` plus half the share of those equal to it; `None` of nothing or for NaN.
    #[must_use]
    pub fn cdf_mid(&self, x: f64) -> Option<f64> {
        if self.count() == 0 || x.is_nan() {
            return None;
        }
        let mid = |below: u64, upto: u64| (below + upto) as f64 / (2.0 * self.count() as f64);
        Some(match self {
            Self::Sorted { values, .. } => mid(
                values.partition_point(|v| *v < x) as u64,
                values.partition_point(|v| *v <= x) as u64,
            ),
            Self::Counted { values, cumulative } => {
                let upto = |n: usize| n.checked_sub(1).map_or(0, |last| cumulative[last]);
                mid(
                    upto(values.partition_point(|v| *v < x)),
                    upto(values.partition_point(|v| *v <= x)),
                )
            }
            Self::Interpolated(interpolant) => interpolant.cdf_mid(x),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(distribution: &Distribution, level: f64) -> f64 {
        distribution.quantile(level).unwrap().value
    }

    #[test]
    fn continuous_quantiles_are_type_seven() {
        // R: quantile(c(1, 2, 4, 8, 16), c(0, .1, .25, .5, .9, 1), type = 7) = 1, 1.4, 2, 4, 12.8, 16.
        // Halved, as whole numbers would be discrete.
        let all = Distribution::from_values(vec![8.0, 0.5, 4.0, 1.0, 2.0]);
        for (level, twice) in [
            (0.0, 1.0),
            (0.1, 1.4),
            (0.25, 2.0),
            (0.5, 4.0),
            (0.9, 12.8),
            (1.0, 16.0),
        ] {
            // One rounding in the level times four, one in the weighted sum.
            assert!(
                (2.0 * value(&all, level) - twice).abs() < 1e-14 * twice,
                "{level}"
            );
        }
        assert_eq!(all.quantile(1.5), None);
        assert_eq!(Distribution::from_values(vec![]).quantile(0.5), None);
    }

    #[test]
    fn discrete_quantiles_are_attained_in_both_ways_of_keeping() {
        let mut values = vec![0.0; 30];
        values.extend([1.0; 70]);
        let sorted = Distribution::from_values(values);
        let counted = Distribution::from_counts(vec![0.0, 1.0], &[30, 70]);
        for distribution in [sorted, counted] {
            // F(0) = 0.3 exactly: level 0.3 still gives 0.
            for (level, expected) in [
                (0.0, 0.0),
                (0.07, 0.0),
                (0.3, 0.0),
                (0.301, 1.0),
                (1.0, 1.0),
            ] {
                assert_eq!(value(&distribution, level), expected, "{level}");
            }
            assert_eq!(distribution.cdf_mid(0.0), Some(0.15));
            assert_eq!(distribution.cdf_mid(0.5), Some(0.3));
            assert_eq!(distribution.cdf_mid(1.0), Some(0.65));
            assert_eq!(distribution.cdf_mid(2.0), Some(1.0));
            assert_eq!(distribution.cdf_mid(-2.0), Some(0.0));
            assert_eq!(distribution.cdf_mid(f64::NAN), None);
        }
    }

    #[test]
    fn whole_numbers_are_discrete_however_many() {
        let all = Distribution::from_values((0..1000).map(|i| f64::from(3 * i)).collect());
        // Rank ⌈0.5 · 1000⌉ = 500, whereas type 7 would lie between two values, at 1498.5.
        assert_eq!(value(&all, 0.5), 1497.0);
        assert_eq!(value(&all, 0.9995), 2997.0);
        // Doubles from 2^52 on are whole whatever they measure.
        let large = Distribution::from_values(vec![1e16, 3e16]);
        assert_eq!(value(&large, 0.5), 2e16);
    }

    #[test]
    fn levels_outside_the_finite_part_have_no_quantile() {
        // 10 values left of, 40 in, 50 right of the finite part.
        let all = Distribution::from_values((0..40).map(|i| f64::from(i) + 0.5).collect());
        assert_eq!(all.quantile_among(0.05, 10, 100), None);
        assert_eq!(all.quantile_among(0.6, 10, 100), None);
        let inside = all.quantile_among(0.3, 10, 100).unwrap();
        // Position 0.3 · 99 = 29.7, of which 10 come before.
        assert!((inside.value - 20.2).abs() < 1e-12);
    }
}
