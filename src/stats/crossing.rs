//! Statistics of first crossings: probabilities by label, of never and of crossing back, and quantiles of the date.

use super::count_spread::CountSpread;
use super::deviation::Deviations;
use super::distribution::Distribution;
use super::error::{self, QuantileEstimate};

/// A probability estimated by counting trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probability {
    /// Share of the trials.
    pub probability: f64,
    /// Monte Carlo error: from the spread over replicates, NaN below two of them; in the random design as [`error::of_probability`].
    pub mc_error: f64,
}

impl Probability {
    /// `count` of `n` trials; `None` without trials.
    #[must_use]
    pub fn from_count(count: u64, n: u64) -> Option<Self> {
        Some(Self {
            probability: count as f64 / n as f64,
            mc_error: error::of_probability(count, n)?,
        })
    }
}

/// Codes up to which one pass for each code is faster than one pass over all.
const FEW_CODES: usize = 16;

/// Adds codes 0 … `counts.len()` − 1 to their counts and calls `refuse` with the place of anything else.
#[inline(always)]
pub(crate) fn count_codes(counts: &mut [u64], codes: &[f64], mut refuse: impl FnMut(usize, f64)) {
    if counts.len() <= FEW_CODES {
        let mut counted = 0;
        let of_code = |code: usize| {
            codes
                .iter()
                .map(|&x| u64::from(x == code as f64))
                .sum::<u64>()
        };
        for (code, count) in counts.iter_mut().enumerate() {
            let n = of_code(code);
            *count += n;
            counted += n;
        }
        if counted == codes.len() as u64 {
            return;
        }
        for (place, &code) in codes.iter().enumerate() {
            if counts.get(code as usize).is_none() || code as usize as f64 != code {
                refuse(place, code);
            }
        }
        return;
    }
    for (place, &code) in codes.iter().enumerate() {
        // The cast saturates and takes NaN to 0, hence the comparison back.
        match counts.get_mut(code as usize) {
            Some(count) if code as usize as f64 == code => *count += 1,
            _ => refuse(place, code),
        }
    }
}

/// Distribution of the first label at which a crossing holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstCrossing {
    /// Trials by label; the last entry counts never.
    pub counts: Vec<u64>,
    /// Spread of each count, then of the counts up to each, over so many replicates; `None` in the random design.
    spread: Option<(CountSpread, u64)>,
}

impl FirstCrossing {
    pub(crate) fn new(counts: Vec<u64>, spread: Option<(CountSpread, u64)>) -> Self {
        Self { counts, spread }
    }

    /// Trials counted.
    #[must_use]
    pub fn n_trials(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// P(first = label); for the index after the last label, P(never).
    #[must_use]
    pub fn first(&self, label: usize) -> Option<Probability> {
        self.probability(*self.counts.get(label)?, label)
    }

    /// P(first ≤ label).
    #[must_use]
    pub fn by(&self, label: usize) -> Option<Probability> {
        let count = self.counts.get(..=label)?.iter().sum();
        self.probability(count, self.counts.len() + label)
    }

    /// P(never within the horizon).
    #[must_use]
    pub fn never(&self) -> Option<Probability> {
        self.first(self.counts.len().checked_sub(1)?)
    }

    /// The probability of an event of the spread.
    fn probability(&self, count: u64, event: usize) -> Option<Probability> {
        let n = self.n_trials();
        let Some((spread, n_replicates)) = self.spread.as_ref().filter(|_| n > 0) else {
            return Probability::from_count(count, n);
        };
        Some(Probability {
            probability: count as f64 / n as f64,
            mc_error: spread
                .error(event, *n_replicates)
                .map_or(f64::NAN, |spread| {
                    error::of_replicated_probability(spread, n)
                }),
        })
    }
}

/// Distribution of the crossing date.
#[derive(Debug, Clone)]
pub struct CrossingDate {
    /// Trials in which the crossing held at the first label already.
    pub left_censored: u64,
    /// Trials without a crossing.
    pub never: u64,
    /// Dates of the others.
    pub dates: Distribution,
    pub(crate) deviations: Deviations,
}

impl CrossingDate {
    /// Trials counted.
    #[must_use]
    pub fn n_trials(&self) -> u64 {
        self.left_censored + self.dates.count() + self.never
    }

    /// Quantile of the date; its value is `None` where the level falls among the left-censored or among never, its error also where
    /// the 95 % interval about the level reaches them.
    #[must_use]
    pub fn quantile(&self, level: f64) -> QuantileEstimate {
        self.quantiles(&[level])[0]
    }

    /// [`CrossingDate::quantile`] at many levels, which are read together.
    #[must_use]
    pub fn quantiles(&self, levels: &[f64]) -> Vec<QuantileEstimate> {
        error::quantile_estimates(
            &self.dates,
            &self.deviations,
            levels,
            self.left_censored,
            self.n_trials(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_outside_the_labels_are_refused() {
        let mut counts = vec![0; 4];
        let mut refused = Vec::new();
        let codes = [0.0, 3.0, 3.0, 4.0, -1.0, 1.5, f64::NAN, f64::INFINITY, 1.0];
        count_codes(&mut counts, &codes, |place, _| refused.push(place));
        assert_eq!(counts, [1, 1, 0, 2]);
        assert_eq!(refused, [3, 4, 5, 6, 7]);
    }

    #[test]
    fn where_no_trial_can_be_used_there_is_no_probability_in_any_design() {
        for spread in [None, Some((CountSpread::new(6), 16))] {
            let crossing = FirstCrossing::new(vec![0; 3], spread);
            assert_eq!(crossing.first(0), None);
            assert_eq!(crossing.by(1), None);
            assert_eq!(crossing.never(), None);
        }
    }

    #[test]
    fn probabilities_by_label_add_up() {
        let crossing = FirstCrossing::new(vec![100, 0, 300, 600], None);
        let by = |label| crossing.by(label).unwrap().probability;
        assert_eq!([by(0), by(1), by(2), by(3)], [0.1, 0.1, 0.4, 1.0]);
        assert_eq!(crossing.never().unwrap().probability, 0.6);
        assert_eq!(
            crossing.never().unwrap().mc_error,
            (0.6_f64 * 0.4 / 1000.0).sqrt()
        );
        // Never seen: the rule of three.
        assert!((1.96 * crossing.first(1).unwrap().mc_error - 0.003).abs() < 1e-15);
        assert_eq!(crossing.first(4), None);
    }

    #[test]
    fn date_quantiles_are_missing_in_both_censored_parts() {
        let dates =
            Distribution::from_values((0..500).map(|i| 2024.0 + f64::from(i) / 250.0).collect());
        let date = CrossingDate {
            left_censored: 200,
            never: 300,
            dates,
            deviations: Deviations::Independent,
        };
        assert_eq!(date.quantile(0.1).value, None);
        assert_eq!(date.quantile(0.75).value, None);
        let median = date.quantile(0.5);
        // Position 0.5 · 999 = 499.5, less 200 left-censored: 299.5 steps of 1/250 year.
        assert!((median.value.unwrap() - (2024.0 + 299.5 / 250.0)).abs() < 1e-9);
        // δ = √(¼/1000) = 0.0158 of 999 steps of 1/250 year.
        assert!(
            (median.mc_error.unwrap() - 0.25_f64.sqrt() / 1000_f64.sqrt() * 999.0 / 250.0).abs()
                < 1e-9
        );
        // Within one standard error of never: the value is known, its error is not.
        let late = date.quantile(0.695);
        assert!(late.value.is_some() && late.mc_error.is_none());
    }
}
