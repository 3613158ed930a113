//! Whether a mean or a standard deviation can be trusted: tails so heavy that it rests on a few trials.

use super::distribution::Distribution;
use super::moments::Moments;
use crate::math;

/// Share of the values, on each side, that counts as the tail.
const TAIL: f64 = 0.02;
/// Levels in a tail at which it is read: midpoints of equal parts, which leave out no more than half a per cent of the sum.
const N_READ: usize = 32;
/// Levels at which a tail is read first, then more of them, to see whether it may be heavy at all.
const BOUNDING: [&[usize]; 2] = [&[0, 4, 12], &[0, 1, 2, 4, 7, 12, 18, 25]];
/// Fewest values of a tail that say anything of it.
const FEWEST: f64 = 10.0;
/// Tail index up to which the sum of some terms settles too slowly: below 2 they have no variance, below 1 no mean.
const LEAST_INDEX: f64 = 1.4;
/// Standard errors of the index, 1/√k of it for a tail of k values, by which it must fall short.
const MARGIN: f64 = 3.0;
/// Far above the rounding of a sum of terms, relative to it.
const SLACK: f64 = 1e-9;
/// Share of the largest term in the sum of squared terms from which a mean counts as resting on a few trials.
const DOMINANT: f64 = 0.05;
/// The same of a variance, whose terms are squares themselves.
const DOMINANT_SQUARE: f64 = 0.02;
/// Equal squares, as many as would have the relative error of the squares there are, up to which a variance does.
const FEW_SQUARES: f64 = 1500.0;

/// Which moments of a target cannot be trusted.
///
/// The terms of a mean are the distances from the centre, those of a variance their squares. A moment is unreliable if its terms have a
/// tail index below 1.4 by three standard errors, and if it rests on few of them besides: a mean if the largest makes up 5 % or more of
/// their sum of squares, a variance if it makes up 2 % of it and m2²/m4 of the sums of squares and fourth powers is below 1,500, the number
/// of trials over the kurtosis. The index is the reciprocal mean of ln(d/d₀) in the outer 2 % of the values on one side, d being the
/// distance from the median and d₀ that of the innermost of them; the lesser of both sides counts, and squares have half of it.
///
/// # Source
/// Index: Hill (1975), Annals of Statistics 3. The limits are measured, see docs/numerics.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unreliable {
    /// The mean.
    pub mean: bool,
    /// The standard deviation.
    pub sd: bool,
}

impl Unreliable {
    pub(crate) fn of(distribution: &Distribution, moments: &Moments) -> Self {
        let largest = (moments.max - moments.mean).max(moments.mean - moments.min);
        let square = largest * largest;
        let few_squares = moments.m2 / moments.m4 * moments.m2;
        let mean_rests_on_few = square / moments.m2 >= DOMINANT;
        let sd_rests_on_few =
            square / moments.m4 * square >= DOMINANT_SQUARE && few_squares < FEW_SQUARES;
        // Most moments rest on many trials; the index takes three times as many quantiles as are published.
        let n_tail = TAIL * distribution.count() as f64;
        let margin = 1.0 + MARGIN / n_tail.sqrt();
        let limit = |rests: bool, limit: f64| rests.then_some(limit / margin);
        let limits = [
            limit(mean_rests_on_few, LEAST_INDEX),
            limit(sd_rests_on_few, 2.0 * LEAST_INDEX),
        ];
        let in_doubt = (mean_rests_on_few || sd_rests_on_few) && n_tail >= FEWEST;
        let index = in_doubt.then(|| tail_index(distribution, Some(limits)));
        let Some(index) = index.flatten() else {
            return Self::default();
        };
        let index = index * margin;
        Self {
            mean: index < LEAST_INDEX && mean_rests_on_few,
            sd: index < 2.0 * LEAST_INDEX && sd_rests_on_few,
        }
    }
}

/// The lesser tail index of both sides, or with limits any number that lies below the same of them; `None` where a tail does not differ
/// from the centre.
fn tail_index(distribution: &Distribution, limits: Option<[Option<f64>; 2]>) -> Option<f64> {
    let total = distribution.count();
    let read = |levels: &[f64]| -> Option<Vec<f64>> {
        let values = distribution.values_among(levels, 0, total);
        values.into_iter().collect()
    };
    // The centre, then of each side the innermost and the parts that bound its sum: read together.
    let sides: [fn(f64) -> f64; 2] = [|depth| depth, |depth| 1.0 - depth];
    let [_, bounding] = BOUNDING;
    let mut levels = vec![0.5];
    for level in sides {
        levels.push(level(TAIL));
        levels.extend(bounding.iter().map(|&part| level(depth(part))));
    }
    let values = read(&levels)?;
    let (&centre, values) = values.split_first()?;
    // Halves before the difference, which could overflow.
    let distance = |value: f64| (0.5 * value - 0.5 * centre).abs();
    let of_side = |level: fn(f64) -> f64, values: &[f64]| {
        let (&innermost, values) = values.split_first()?;
        let innermost = Some(distance(innermost)).filter(|d| *d > 0.0)?;
        let term = |value: f64| math::ln(distance(value) / innermost);
        let known = |part: usize| Some(values[bounding.iter().position(|&known| known == part)?]);
        for parts in BOUNDING {
            let Some(limits) = limits else { break };
            let terms: Option<Vec<_>> = parts
                .iter()
                .map(|&part| Some((part, term(known(part)?))))
                .collect();
            let [least, most] = bounds(&terms?);
            if limits.into_iter().flatten().all(|limit| {
                let sum = N_READ as f64 / limit;
                most < sum * (1.0 - SLACK) || least > sum * (1.0 + SLACK)
            }) {
                return Some(N_READ as f64 / most);
            }
        }
        let missing: Vec<f64> = (0..N_READ)
            .filter(|&part| known(part).is_none())
            .map(|part| level(depth(part)))
            .collect();
        let mut missing = read(&missing)?.into_iter();
        let sum: Option<f64> = (0..N_READ)
            .map(|part| known(part).or_else(|| missing.next()).map(term))
            .sum();
        Some(N_READ as f64 / sum?)
    };
    let (lower, upper) = values.split_at(values.len() / 2);
    match (of_side(sides[0], lower), of_side(sides[1], upper)) {
        (Some(lower), Some(upper)) => Some(lower.min(upper)),
        (lower, upper) => lower.or(upper),
    }
}

/// Depth of the middle of a part of the tail.
fn depth(part: usize) -> f64 {
    TAIL * (part as f64 + 0.5) / N_READ as f64
}

/// Between which sums of all terms lie of which some are known, the first among them: terms fall from the outermost inwards to 0.
fn bounds(known: &[(usize, f64)]) -> [f64; 2] {
    let (mut least, mut most) = (0.0, 0.0);
    let mut before = 0;
    let ends = known.iter().skip(1).map(|&(part, _)| part);
    for (&(part, term), end) in known.iter().zip(ends.chain([N_READ])) {
        least += (part + 1 - before) as f64 * term;
        most += (end - part) as f64 * term;
        before = part + 1;
    }
    [least, most]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quantiles at the middles of n equal parts.
    fn spread_evenly(quantile: impl Fn(f64) -> f64) -> Distribution {
        let n = 100_000;
        let at = |i: i32| quantile((f64::from(i) + 0.5) / f64::from(n));
        Distribution::from_values((0..n).map(at).collect())
    }

    #[test]
    fn index_of_a_power_law_is_its_exponent() {
        for shape in [0.5, 1.0] {
            // Distances from the median, which is at most a 25th of what the tail begins with; midpoints leave out 1 % of the sum.
            let upper = spread_evenly(|p| (1.0 - p).powf(-1.0 / shape));
            let found = tail_index(&upper, None).unwrap();
            assert!((found / shape - 1.0).abs() < 0.03, "{shape}: {found}");
            // Moved and mirrored, the tail is the same; doubles near 1e6 leave ten digits.
            let mirrored = spread_evenly(|p| 1e6 - p.powf(-1.0 / shape));
            let exact = tail_index(&mirrored, None).unwrap();
            assert!((exact / found - 1.0).abs() < 1e-4);
            // Where it is asked which limits it is below, that is all that is told: by three terms, by eight, by all.
            for ratio in [0.3, 0.7, 0.9, 0.97, 0.999, 1.001, 1.03, 1.1, 1.4, 3.0] {
                for other in [None, Some(0.98 * exact), Some(1.02 * exact)] {
                    let limit = ratio * exact;
                    let told = tail_index(&mirrored, Some([Some(limit), other])).unwrap();
                    assert_eq!(told < limit, exact < limit, "{ratio}: {told}, {exact}");
                    assert!(other.is_none_or(|limit| (told < limit) == (exact < limit)));
                }
            }
        }
    }

    #[test]
    fn values_without_a_tail_have_no_index() {
        let rare = spread_evenly(|p| f64::from(p > 0.99));
        assert_eq!(tail_index(&rare, None), None);
        assert_eq!(tail_index(&spread_evenly(|_| 1.0), None), None);
        let nothing = Distribution::from_values(vec![]);
        assert_eq!(tail_index(&nothing, None), None);
    }
}
