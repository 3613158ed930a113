//! Normal, lognormal, logit-normal and split normal.

use super::distribution::{Law, moments_by_scores};
use crate::math::{
    exp, exp_m1, ln, logistic, logit, normal_cdf, normal_density, normal_quantile_tails,
};

/// Normal distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normal {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

impl Law for Normal {
    const BY_SCORE: bool = true;
    #[inline(always)]
    fn draw(&self, score: f64) -> f64 {
        self.mean + self.sd * score
    }
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.mean + self.sd * normal_quantile_tails(p, q)
    }
    fn cdf(&self, x: f64) -> f64 {
        normal_cdf((x - self.mean) / self.sd)
    }
    fn survival(&self, x: f64) -> f64 {
        normal_cdf((self.mean - x) / self.sd)
    }
    fn density(&self, x: f64) -> f64 {
        normal_density((x - self.mean) / self.sd) / self.sd
    }
    fn mean(&self) -> Option<f64> {
        Some(self.mean)
    }
    fn sd(&self) -> Option<f64> {
        Some(self.sd)
    }
    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}

/// Lognormal distribution: `median · e^(sd_log · z)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lognormal {
    /// Median.
    pub median: f64,
    /// Standard deviation of the logarithm.
    pub sd_log: f64,
}

impl Lognormal {
    /// Score of a value.
    pub(super) fn score(&self, x: f64) -> f64 {
        if x <= 0.0 {
            f64::NEG_INFINITY
        } else {
            ln(x / self.median) / self.sd_log
        }
    }
}

impl Law for Lognormal {
    const BY_SCORE: bool = true;
    #[inline(always)]
    fn draw(&self, score: f64) -> f64 {
        self.median * exp(self.sd_log * score)
    }
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.draw(normal_quantile_tails(p, q))
    }
    fn cdf(&self, x: f64) -> f64 {
        normal_cdf(self.score(x))
    }
    fn survival(&self, x: f64) -> f64 {
        normal_cdf(-self.score(x))
    }
    fn density(&self, x: f64) -> f64 {
        if x <= 0.0 {
            0.0
        } else {
            normal_density(self.score(x)) / (x * self.sd_log)
        }
    }
    fn mean(&self) -> Option<f64> {
        Some(self.median * exp(0.5 * self.sd_log * self.sd_log))
    }
    fn sd(&self) -> Option<f64> {
        let variance = self.sd_log * self.sd_log;
        Some(self.median * exp(0.5 * variance) * exp_m1(variance).sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}

/// Logit-normal distribution on (0, 1): `logistic(mu + sigma · z)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogitNormal {
    /// Logit of the median.
    pub mu: f64,
    /// Standard deviation of the logit.
    pub sigma: f64,
}

impl LogitNormal {
    fn score(&self, x: f64) -> f64 {
        (logit(x.clamp(0.0, 1.0)) - self.mu) / self.sigma
    }
}

impl Law for LogitNormal {
    const BY_SCORE: bool = true;
    #[inline(always)]
    fn draw(&self, score: f64) -> f64 {
        logistic(self.mu + self.sigma * score)
    }
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.draw(normal_quantile_tails(p, q))
    }
    fn cdf(&self, x: f64) -> f64 {
        normal_cdf(self.score(x))
    }
    fn survival(&self, x: f64) -> f64 {
        normal_cdf(-self.score(x))
    }
    fn density(&self, x: f64) -> f64 {
        if x <= 0.0 || x >= 1.0 {
            0.0
        } else {
            normal_density(self.score(x)) / (self.sigma * x * (1.0 - x))
        }
    }
    fn mean(&self) -> Option<f64> {
        Some(moments_by_scores(|z| self.draw(z)).0)
    }
    fn sd(&self) -> Option<f64> {
        Some(moments_by_scores(|z| self.draw(z)).1)
    }
    fn support(&self) -> (f64, f64) {
        (0.0, 1.0)
    }
}

/// Split (two-piece) normal distribution: halves of two normal densities joined at the mode.
///
/// # Source
/// Britton, Fisher and Whitley, Bank of England Quarterly Bulletin, February 1998; Wallis (2014).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitNormal {
    /// Mode.
    pub mode: f64,
    /// Spread below the mode.
    pub sd_left: f64,
    /// Spread above the mode.
    pub sd_right: f64,
}

impl Law for SplitNormal {
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let sum = self.sd_left + self.sd_right;
        let (left, right) = (self.sd_left / sum, self.sd_right / sum);
        if p <= left {
            let tail = 0.5 * p / left;
            self.mode + self.sd_left * normal_quantile_tails(tail, 1.0 - tail)
        } else {
            let tail = 0.5 * q / right;
            self.mode - self.sd_right * normal_quantile_tails(tail, 1.0 - tail)
        }
    }
    fn cdf(&self, x: f64) -> f64 {
        let sum = self.sd_left + self.sd_right;
        if x <= self.mode {
            2.0 * self.sd_left / sum * normal_cdf((x - self.mode) / self.sd_left)
        } else {
            1.0 - self.survival(x)
        }
    }
    fn survival(&self, x: f64) -> f64 {
        let sum = self.sd_left + self.sd_right;
        if x > self.mode {
            2.0 * self.sd_right / sum * normal_cdf((self.mode - x) / self.sd_right)
        } else {
            1.0 - self.cdf(x)
        }
    }
    fn density(&self, x: f64) -> f64 {
        let sd = if x <= self.mode {
            self.sd_left
        } else {
            self.sd_right
        };
        2.0 / (self.sd_left + self.sd_right) * normal_density((x - self.mode) / sd)
    }
    fn mean(&self) -> Option<f64> {
        Some(self.mode + (2.0 / std::f64::consts::PI).sqrt() * (self.sd_right - self.sd_left))
    }
    fn sd(&self) -> Option<f64> {
        let difference = self.sd_right - self.sd_left;
        Some(
            ((1.0 - 2.0 / std::f64::consts::PI) * difference * difference
                + self.sd_left * self.sd_right)
                .sqrt(),
        )
    }
    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}
