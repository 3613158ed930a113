//! Answers of a run, by target.

use std::collections::BTreeMap;

use super::accumulator::MomentSpread;
use super::blocks::Blocks;
use super::cell::Cell;
use super::crossing::{CrossingDate, FirstCrossing, Probability};
use super::deviation::{Deviations, Replicate};
use super::distribution::Distribution;
use super::error::{self, QuantileEstimate};
use super::moments::Moments;
use super::non_finite::NonFinite;
use super::statistics::Statistics;
use super::tail::Unreliable;
use super::target::TargetKind;

/// Statistics of a whole run, by target.
#[derive(Debug, Clone)]
pub struct Summary<'a> {
    pub(crate) statistics: &'a Statistics,
    pub(crate) moments: Vec<Moments>,
    pub(crate) n_replicates: Option<u64>,
    pub(crate) spreads: Vec<MomentSpread>,
    /// [`error::interval_factor`] of the errors.
    pub(crate) factor: f64,
}

impl Summary<'_> {
    /// Degrees of freedom of all Monte Carlo errors: replicates less one; `None` in the random design, where errors are as good as normal.
    /// The 95 % interval of a statistic is ± t₀.₉₇₅ of so many degrees of freedom × its error.
    #[must_use]
    pub fn error_df(&self) -> Option<u64> {
        Some(self.n_replicates?.saturating_sub(1))
    }

    /// Targets with non-finite values.
    #[must_use]
    pub fn non_finite(&self) -> BTreeMap<usize, NonFinite> {
        self.statistics
            .counts
            .as_ref()
            .map_or_else(BTreeMap::new, |counts| counts.non_finite().clone())
    }

    /// Statistics of a value target; `None` for another kind or without trials. Reading sorts or interpolates: keep it for all questions.
    #[must_use]
    pub fn value(&self, target: usize) -> Option<ValueSummary> {
        if *self.statistics.plan.kinds.get(target)? != TargetKind::Value {
            return None;
        }
        let moments = *self.moments.get(target)?;
        let counts = self.statistics.counts.as_ref()?;
        let distribution = counts.distribution(&self.statistics.mode, target, &moments)?;
        Some(ValueSummary {
            unreliable: Unreliable::of(&distribution, &moments),
            moments,
            distribution,
            spread: self.spreads.get(target).copied(),
            n_replicates: self.n_replicates,
            deviations: self.deviations(target)?,
        })
    }

    /// How far the distribution function of a value or date target may be off.
    fn deviations(&self, target: usize) -> Option<Deviations> {
        let (Some(n_replicates), Some(points)) = (self.n_replicates, self.statistics.points) else {
            return Some(Deviations::Independent);
        };
        let counts = self.statistics.counts.as_ref()?;
        let Some(blocks) = counts.kept(target) else {
            let spread = counts.cell(target)?.spread();
            return Some(Deviations::from_spread(spread, n_replicates, self.factor));
        };
        let per_replicate = Blocks::per_replicate(points);
        let mut replicates = vec![Replicate::default(); usize::try_from(n_replicates).ok()?];
        for (block, values) in blocks {
            let replicate = replicates.get_mut((block / per_replicate) as usize)?;
            replicate.extend(values, self.statistics.plan.kinds[target]);
        }
        Some(Deviations::from_values(replicates, self.factor))
    }

    /// Probabilities of the first crossing; `None` for another kind or without trials.
    #[must_use]
    pub fn first_crossing(&self, target: usize) -> Option<FirstCrossing> {
        match self.statistics.plan.kinds.get(target)? {
            TargetKind::CrossingFirst { .. } => self.codes(target),
            _ => None,
        }
    }

    /// Probability of crossing back; `None` for another kind or without trials.
    #[must_use]
    pub fn recross(&self, target: usize) -> Option<Probability> {
        match self.statistics.plan.kinds.get(target)? {
            TargetKind::Recross => self.codes(target)?.first(1),
            _ => None,
        }
    }

    fn codes(&self, target: usize) -> Option<FirstCrossing> {
        match self.statistics.counts.as_ref()?.cell(target)? {
            Cell::Codes { counts, spread } => Some(FirstCrossing::new(
                counts.clone(),
                self.n_replicates.map(|n| (spread.clone(), n)),
            )),
            _ => None,
        }
    }

    /// Distribution of the crossing date; `None` for another kind or without trials.
    #[must_use]
    pub fn crossing_date(&self, target: usize) -> Option<CrossingDate> {
        let counts = self.statistics.counts.as_ref()?;
        let Cell::Date(cell) = counts.cell(target)? else {
            return None;
        };
        let dates = counts.distribution(&self.statistics.mode, target, &Moments::EMPTY)?;
        Some(CrossingDate {
            left_censored: cell.left_censored,
            never: cell.never,
            dates,
            deviations: self.deviations(target)?,
        })
    }
}

/// Statistics of one value target.
#[derive(Debug, Clone)]
pub struct ValueSummary {
    moments: Moments,
    distribution: Distribution,
    spread: Option<MomentSpread>,
    n_replicates: Option<u64>,
    deviations: Deviations,
    unreliable: Unreliable,
}

impl ValueSummary {
    /// Number of finite values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.moments.count
    }

    /// Mean; `None` of nothing or where a sum overflows.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.moments.count > 0 && self.moments.mean.is_finite()).then_some(self.moments.mean + 0.0)
    }

    /// Moments that rest on a few trials.
    #[must_use]
    pub fn unreliable(&self) -> Unreliable {
        self.unreliable
    }

    /// Monte Carlo error of the mean: from the spread over replicates, in the random design sd/√N; `None` where the mean is unreliable.
    #[must_use]
    pub fn mean_error(&self) -> Option<f64> {
        if self.unreliable.mean {
            return None;
        }
        match self.n_replicates {
            None => error::of_mean(&self.moments),
            Some(n) => self.spread?.mean.error(n),
        }
    }

    /// Standard deviation, divisor count − 1.
    #[must_use]
    pub fn sd(&self) -> Option<f64> {
        self.moments.sd()
    }

    /// Monte Carlo error of the standard deviation: in designs of replicates error(variance)/(2 sd); `None` where the standard deviation
    /// is unreliable.
    #[must_use]
    pub fn sd_error(&self) -> Option<f64> {
        if self.unreliable.sd {
            return None;
        }
        match self.n_replicates {
            None => error::of_sd(&self.moments),
            Some(n) => {
                let sd = self.sd()?;
                let error = self.spread?.variance.error(n)?;
                Some(if sd > 0.0 { error / (2.0 * sd) } else { 0.0 })
            }
        }
    }

    /// Smallest finite value.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        (self.moments.count > 0).then_some(self.moments.min + 0.0)
    }

    /// Largest finite value.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        (self.moments.count > 0).then_some(self.moments.max + 0.0)
    }

    /// Quantile at one level with its error.
    #[must_use]
    pub fn quantile(&self, level: f64) -> QuantileEstimate {
        self.quantiles(&[level])[0]
    }

    /// Quantiles at many levels with their errors, which are read together.
    #[must_use]
    pub fn quantiles(&self, levels: &[f64]) -> Vec<QuantileEstimate> {
        error::quantile_estimates(
            &self.distribution,
            &self.deviations,
            levels,
            0,
            self.distribution.count(),
        )
    }

    /// Probability level of `x`: share of values below it plus half the share of those equal to it; of the central case, `central_level`.
    #[must_use]
    pub fn cdf_mid(&self, x: f64) -> Option<f64> {
        self.distribution.cdf_mid(x)
    }

    /// Moments of the finite values.
    #[must_use]
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// Distribution of the finite values.
    #[must_use]
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }
}
