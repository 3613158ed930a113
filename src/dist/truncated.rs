//! Truncation to an interval, also far in a tail.

use super::Distribution;
use super::distribution::{Law, moments_by_scores};
use super::error::DistributionError;
use crate::math::{exp, ln, normal_cdf, normal_density, normal_quantile_tails};

/// The levels of the two bounds; each in both tails, so that nothing cancels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Levels {
    /// (F, 1 − F) at the lower bound.
    low: (f64, f64),
    /// (F, 1 − F) at the upper bound.
    high: (f64, f64),
    mass: f64,
}

impl Levels {
    fn new(
        low: (f64, f64),
        high: (f64, f64),
        min: f64,
        max: f64,
    ) -> Result<Self, DistributionError> {
        // The difference of the smaller tail probabilities keeps its digits.
        let mass = if low.0 > 0.5 {
            low.1 - high.1
        } else {
            high.0 - low.0
        };
        // 1e-300 is close to where probabilities lose their digits.
        if !(mass >= 1e-300) {
            return Err(DistributionError::Truncation {
                min,
                max,
                problem: if mass > 0.0 {
                    format!(
                        "a probability of {mass:e} before truncation; at least 1e-300 is needed"
                    )
                } else {
                    "no probability before truncation; at least 1e-300 is needed".to_owned()
                },
            });
        }
        Ok(Self { low, high, mass })
    }

    /// Levels of the whole distribution from levels inside the bounds. A product that underflows stays above 0, so that an open end is not reached.
    #[inline(always)]
    fn outer(&self, p: f64, q: f64) -> (f64, f64) {
        let lower = q * self.low.0 + p * self.high.0;
        let upper = q * self.low.1 + p * self.high.1;
        (
            if p > 0.0 {
                lower.max(f64::MIN_POSITIVE)
            } else {
                lower
            },
            if q > 0.0 {
                upper.max(f64::MIN_POSITIVE)
            } else {
                upper
            },
        )
    }

    fn below(&self, lower: f64, upper: f64) -> f64 {
        let part = if lower > 0.5 {
            self.low.1 - upper
        } else {
            lower - self.low.0
        };
        (part / self.mass).clamp(0.0, 1.0)
    }

    fn above(&self, lower: f64, upper: f64) -> f64 {
        let part = if lower > 0.5 {
            upper - self.high.1
        } else {
            self.high.0 - lower
        };
        (part / self.mass).clamp(0.0, 1.0)
    }
}

fn check_order(min: f64, max: f64) -> Result<(), DistributionError> {
    if min < max {
        Ok(())
    } else {
        Err(DistributionError::Truncation {
            min,
            max,
            problem: "nothing: min must be below max".to_owned(),
        })
    }
}

/// A normal or lognormal distribution between two bounds, drawn in score space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TruncatedNormal {
    /// Mean before truncation, of the logarithm if `log`.
    centre: f64,
    spread: f64,
    log: bool,
    min: f64,
    max: f64,
    levels: Levels,
}

impl TruncatedNormal {
    /// Between `min` and `max`, either of which may be infinite; with `log` the logarithm is normal.
    ///
    /// # Errors
    /// If `min` is not below `max`, or the probability between them is below 1e-300.
    pub fn new(
        centre: f64,
        spread: f64,
        log: bool,
        min: f64,
        max: f64,
    ) -> Result<Self, DistributionError> {
        check_order(min, max)?;
        let score = |x: f64| {
            if !log {
                (x - centre) / spread
            } else if x <= 0.0 {
                f64::NEG_INFINITY
            } else {
                (ln(x) - centre) / spread
            }
        };
        let level = |x: f64| (normal_cdf(score(x)), normal_cdf(-score(x)));
        Ok(Self {
            centre,
            spread,
            log,
            min,
            max,
            levels: Levels::new(level(min), level(max), min, max)?,
        })
    }

    fn score(&self, x: f64) -> f64 {
        if !self.log {
            (x - self.centre) / self.spread
        } else if x <= 0.0 {
            f64::NEG_INFINITY
        } else {
            (ln(x) - self.centre) / self.spread
        }
    }
}

impl Law for TruncatedNormal {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let (p, q) = self.levels.outer(p, q);
        let value = self.centre + self.spread * normal_quantile_tails(p, q);
        let value = if self.log { exp(value) } else { value };
        value.max(self.min).min(self.max)
    }
    fn cdf(&self, x: f64) -> f64 {
        let z = self.score(x.clamp(self.min, self.max));
        self.levels.below(normal_cdf(z), normal_cdf(-z))
    }
    fn survival(&self, x: f64) -> f64 {
        let z = self.score(x.clamp(self.min, self.max));
        self.levels.above(normal_cdf(z), normal_cdf(-z))
    }
    fn density(&self, x: f64) -> f64 {
        let (low, high) = self.support();
        if x < low || x > high || (self.log && x <= 0.0) {
            return 0.0;
        }
        let inner = normal_density(self.score(x)) / (self.spread * self.levels.mass);
        if self.log { inner / x } else { inner }
    }
    fn mean(&self) -> Option<f64> {
        Some(moments_by_scores(|z| self.draw(z)).0)
    }
    fn sd(&self) -> Option<f64> {
        Some(moments_by_scores(|z| self.draw(z)).1)
    }
    fn support(&self) -> (f64, f64) {
        (
            if self.log {
                self.min.max(0.0)
            } else {
                self.min
            },
            self.max,
        )
    }
}

/// Any continuous distribution between two bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Truncated {
    base: Box<Distribution>,
    min: f64,
    max: f64,
    levels: Levels,
}

impl Truncated {
    /// `base` between `min` and `max`, either of which may be infinite.
    ///
    /// # Errors
    /// If `min` is not below `max`, or the probability between them is below 1e-300.
    pub fn new(base: Distribution, min: f64, max: f64) -> Result<Self, DistributionError> {
        check_order(min, max)?;
        let level = |x: f64| (base.cdf(x), base.survival(x));
        let levels = Levels::new(level(min), level(max), min, max)?;
        Ok(Self {
            base: Box::new(base),
            min,
            max,
            levels,
        })
    }
}

impl Law for Truncated {
    const SEARCHED: bool = true;
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let (p, q) = self.levels.outer(p, q);
        self.base.quantile(p, q).max(self.min).min(self.max)
    }
    fn quantiles<const W: usize>(laws: &[&Self; W], p: &[f64; W], q: &[f64; W]) -> [f64; W] {
        let levels: [_; W] = std::array::from_fn(|lane| laws[lane].levels.outer(p[lane], q[lane]));
        let bases = laws.map(|law| &*law.base);
        let (p, q) = (levels.map(|(p, _)| p), levels.map(|(_, q)| q));
        let found = Distribution::quantiles(&bases, &p, &q);
        std::array::from_fn(|lane| found[lane].max(laws[lane].min).min(laws[lane].max))
    }
    fn cdf(&self, x: f64) -> f64 {
        let x = x.clamp(self.min, self.max);
        self.levels.below(self.base.cdf(x), self.base.survival(x))
    }
    fn survival(&self, x: f64) -> f64 {
        let x = x.clamp(self.min, self.max);
        self.levels.above(self.base.cdf(x), self.base.survival(x))
    }
    fn density(&self, x: f64) -> f64 {
        if x < self.min || x > self.max {
            0.0
        } else {
            self.base.density(x) / self.levels.mass
        }
    }
    fn mean(&self) -> Option<f64> {
        let (low, high) = self.support();
        let finite = (low.is_finite() && high.is_finite()) || self.base.mean().is_some();
        finite.then(|| moments_by_scores(|z| self.draw(z)).0)
    }
    fn sd(&self) -> Option<f64> {
        let (low, high) = self.support();
        let finite = (low.is_finite() && high.is_finite()) || self.base.sd().is_some();
        finite.then(|| moments_by_scores(|z| self.draw(z)).1)
    }
    fn support(&self) -> (f64, f64) {
        let (low, high) = self.base.support();
        (low.max(self.min), high.min(self.max))
    }
}
