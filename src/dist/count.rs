//! Families of counts.

use super::distribution::Law;
use crate::math::{
    beta_ln, exp, incomplete_beta, incomplete_gamma, ln, ln_1p, ln_gamma, normal_quantile_tails,
};

/// The smallest whole number k in `0..=most` at which `reached(k)`; `start` is a guess. `reached` is false, then true.
fn first_whole(reached: impl Fn(f64) -> bool, start: f64, most: f64) -> f64 {
    let start = if start.is_nan() {
        0.0
    } else {
        start.floor().clamp(0.0, most)
    };
    let (mut below, mut at) = (-1.0, most);
    let mut step = 1.0;
    if reached(start) {
        at = start;
        while at - step > below {
            if !reached(at - step) {
                below = at - step;
                break;
            }
            at -= step;
            step *= 2.0;
        }
    } else {
        below = start;
        while below + step < at {
            if reached(below + step) {
                at = below + step;
                break;
            }
            below += step;
            step *= 2.0;
        }
    }
    while at - below > 1.0 {
        let middle = (below + 0.5 * (at - below)).floor();
        // Whole numbers above 2^53 have no neighbours at distance 1.
        if middle <= below || middle >= at {
            break;
        }
        if reached(middle) {
            at = middle;
        } else {
            below = middle;
        }
    }
    at
}

/// `F(k) ≥ p`, decided in the accurate tail.
fn search(law: &impl Law, p: f64, q: f64, [mean, sd, skew]: [f64; 3], most: f64) -> f64 {
    if q <= 0.0 {
        return most;
    }
    // Cornish and Fisher's first correction; from its end the search is short.
    let z = normal_quantile_tails(p, q);
    let start = mean + sd * (z + skew * (z * z - 1.0) / 6.0);
    if p <= q {
        first_whole(|k| law.cdf(k) >= p, start, most)
    } else {
        first_whole(|k| law.survival(k) <= q, start, most)
    }
}

/// Bernoulli distribution: 1 with probability p, else 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bernoulli {
    /// Probability of 1.
    pub p: f64,
}

impl Law for Bernoulli {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let zero = if self.p < 0.5 {
            q >= self.p
        } else {
            p <= 1.0 - self.p
        };
        if zero { 0.0 } else { 1.0 }
    }
    fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 {
            0.0
        } else if x < 1.0 {
            1.0 - self.p
        } else {
            1.0
        }
    }
    fn survival(&self, x: f64) -> f64 {
        if x < 0.0 {
            1.0
        } else if x < 1.0 {
            self.p
        } else {
            0.0
        }
    }
    fn density(&self, x: f64) -> f64 {
        if x == 0.0 {
            1.0 - self.p
        } else if x == 1.0 {
            self.p
        } else {
            0.0
        }
    }
    fn mean(&self) -> Option<f64> {
        Some(self.p)
    }
    fn sd(&self) -> Option<f64> {
        Some((self.p * (1.0 - self.p)).sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (0.0, 1.0)
    }
}

/// Binomial distribution: successes in n trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Binomial {
    /// Number of trials.
    pub n: f64,
    /// Probability of success.
    pub p: f64,
}

impl Law for Binomial {
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let sd = (self.n * self.p * (1.0 - self.p)).sqrt();
        let skew = (1.0 - 2.0 * self.p) / sd;
        search(self, p, q, [self.n * self.p, sd, skew], self.n)
    }
    fn cdf(&self, x: f64) -> f64 {
        let k = x.floor();
        if k < 0.0 {
            0.0
        } else if k >= self.n {
            1.0
        } else {
            incomplete_beta(self.n - k, k + 1.0, 1.0 - self.p, self.p).0
        }
    }
    fn survival(&self, x: f64) -> f64 {
        let k = x.floor();
        if k < 0.0 {
            1.0
        } else if k >= self.n {
            0.0
        } else {
            incomplete_beta(self.n - k, k + 1.0, 1.0 - self.p, self.p).1
        }
    }
    fn density(&self, x: f64) -> f64 {
        if x < 0.0 || x > self.n || x.floor() != x {
            return 0.0;
        }
        if self.p == 0.0 || self.p == 1.0 {
            return if x == self.n * self.p { 1.0 } else { 0.0 };
        }
        let choose = -beta_ln(x + 1.0, self.n - x + 1.0) - ln(self.n + 1.0);
        exp(choose + x * ln(self.p) + (self.n - x) * ln_1p(-self.p))
    }
    fn mean(&self) -> Option<f64> {
        Some(self.n * self.p)
    }
    fn sd(&self) -> Option<f64> {
        Some((self.n * self.p * (1.0 - self.p)).sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (0.0, self.n)
    }
}

/// Negative binomial distribution: failures before the r-th success; r need not be whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NegativeBinomial {
    /// Number of successes (dispersion parameter).
    pub r: f64,
    /// Probability of success.
    pub p: f64,
}

impl Law for NegativeBinomial {
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let mean = self.r * (1.0 - self.p) / self.p;
        let root = (self.r * (1.0 - self.p)).sqrt();
        let shape = [mean, root / self.p, (2.0 - self.p) / root];
        search(self, p, q, shape, f64::MAX)
    }
    fn cdf(&self, x: f64) -> f64 {
        let k = x.floor();
        if k < 0.0 {
            0.0
        } else if k == f64::INFINITY {
            1.0
        } else {
            incomplete_beta(self.r, k + 1.0, self.p, 1.0 - self.p).0
        }
    }
    fn survival(&self, x: f64) -> f64 {
        let k = x.floor();
        if k < 0.0 {
            1.0
        } else if k == f64::INFINITY {
            0.0
        } else {
            incomplete_beta(self.r, k + 1.0, self.p, 1.0 - self.p).1
        }
    }
    fn density(&self, x: f64) -> f64 {
        if x < 0.0 || x.floor() != x || x == f64::INFINITY {
            return 0.0;
        }
        if self.p == 1.0 {
            return if x == 0.0 { 1.0 } else { 0.0 };
        }
        let choose = -beta_ln(self.r, x + 1.0) - ln(self.r + x);
        exp(choose + self.r * ln(self.p) + x * ln_1p(-self.p))
    }
    fn mean(&self) -> Option<f64> {
        Some(self.r * (1.0 - self.p) / self.p)
    }
    fn sd(&self) -> Option<f64> {
        Some((self.r * (1.0 - self.p)).sqrt() / self.p)
    }
    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}

/// Geometric distribution: failures before the first success, from 0 on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Geometric {
    /// Probability of success.
    pub p: f64,
}

impl Law for Geometric {
    fn quantile(&self, p: f64, q: f64) -> f64 {
        if q <= 0.0 {
            return if self.p == 1.0 { 0.0 } else { f64::MAX };
        }
        if self.p == 1.0 {
            return 0.0;
        }
        let upper = if p < q { ln_1p(-p) } else { ln(q) };
        let start = upper / ln_1p(-self.p) - 1.0;
        if p <= q {
            first_whole(|k| self.cdf(k) >= p, start, f64::MAX)
        } else {
            first_whole(|k| self.survival(k) <= q, start, f64::MAX)
        }
    }
    fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 {
            0.0
        } else {
            -crate::math::exp_m1((x.floor() + 1.0) * ln_1p(-self.p))
        }
    }
    fn survival(&self, x: f64) -> f64 {
        if x < 0.0 {
            1.0
        } else {
            exp((x.floor() + 1.0) * ln_1p(-self.p))
        }
    }
    fn density(&self, x: f64) -> f64 {
        if x < 0.0 || x.floor() != x || x == f64::INFINITY {
            return 0.0;
        }
        if self.p == 1.0 {
            if x == 0.0 { 1.0 } else { 0.0 }
        } else {
            self.p * exp(x * ln_1p(-self.p))
        }
    }
    fn mean(&self) -> Option<f64> {
        Some((1.0 - self.p) / self.p)
    }
    fn sd(&self) -> Option<f64> {
        Some((1.0 - self.p).sqrt() / self.p)
    }
    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}

/// Poisson distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Poisson {
    /// Mean.
    pub mean: f64,
}

impl Law for Poisson {
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let sd = self.mean.sqrt();
        search(self, p, q, [self.mean, sd, 1.0 / sd], f64::MAX)
    }
    fn cdf(&self, x: f64) -> f64 {
        let k = x.floor();
        if k < 0.0 {
            0.0
        } else if k == f64::INFINITY {
            1.0
        } else {
            incomplete_gamma(k + 1.0, self.mean).1
        }
    }
    fn survival(&self, x: f64) -> f64 {
        let k = x.floor();
        if k < 0.0 {
            1.0
        } else if k == f64::INFINITY {
            0.0
        } else {
            incomplete_gamma(k + 1.0, self.mean).0
        }
    }
    fn density(&self, x: f64) -> f64 {
        if x < 0.0 || x.floor() != x || x == f64::INFINITY {
            return 0.0;
        }
        if self.mean == 0.0 {
            return if x == 0.0 { 1.0 } else { 0.0 };
        }
        exp(x * ln(self.mean) - self.mean - ln_gamma(x + 1.0))
    }
    fn mean(&self) -> Option<f64> {
        Some(self.mean)
    }
    fn sd(&self) -> Option<f64> {
        Some(self.mean.sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}

/// Discrete uniform distribution over the whole numbers from low to high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiscreteUniform {
    /// Lowest value.
    pub low: f64,
    /// Highest value.
    pub high: f64,
}

impl Law for DiscreteUniform {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let count = self.high - self.low + 1.0;
        if p <= q {
            (self.low + (p * count).ceil() - 1.0).clamp(self.low, self.high)
        } else {
            (self.high - (q * count).floor()).clamp(self.low, self.high)
        }
    }
    fn cdf(&self, x: f64) -> f64 {
        ((x.floor() - self.low + 1.0) / (self.high - self.low + 1.0)).clamp(0.0, 1.0)
    }
    fn survival(&self, x: f64) -> f64 {
        ((self.high - x.floor()) / (self.high - self.low + 1.0)).clamp(0.0, 1.0)
    }
    fn density(&self, x: f64) -> f64 {
        if x < self.low || x > self.high || x.floor() != x {
            0.0
        } else {
            1.0 / (self.high - self.low + 1.0)
        }
    }
    fn mean(&self) -> Option<f64> {
        Some(0.5 * (self.low + self.high))
    }
    fn sd(&self) -> Option<f64> {
        let count = self.high - self.low + 1.0;
        Some(((count * count - 1.0) / 12.0).sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}
