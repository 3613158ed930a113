//! Families of counts.

use super::distribution::Law;
use super::steps::{Start, guesses, is_ordinary};
use crate::math::{
    beta_levels, beta_levels_serve, beta_ln, exp, gamma_levels, gamma_levels_serve,
    incomplete_beta, incomplete_gamma, ln, ln_1p, ln_gamma, normal_quantile_tails,
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

impl Binomial {
    /// Mean, standard deviation and skewness.
    #[inline(always)]
    fn moments(&self) -> [f64; 3] {
        let sd = (self.n * self.p * (1.0 - self.p)).sqrt();
        [self.n * self.p, sd, (1.0 - 2.0 * self.p) / sd]
    }
    /// [`Law::quantile`] for any parameters and tail.
    fn quantile_by_search(&self, p: f64, q: f64) -> f64 {
        search(self, p, q, self.moments(), self.n)
    }
}

impl Law for Binomial {
    const SEARCHED: bool = true;
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let [k] = Self::quantiles(&[self], &[p], &[q]);
        k
    }
    #[inline(always)]
    fn quantiles<const W: usize>(laws: &[&Self; W], p: &[f64; W], q: &[f64; W]) -> [f64; W] {
        let (guess, score) = guesses(p, q, |lane| laws[lane].moments());
        let mut fast = [false; W];
        let (mut n, mut k, mut success, mut failure) = ([1.0; W], [0.0; W], [0.5; W], [0.5; W]);
        for lane in 0..W {
            let law = laws[lane];
            let guess = if guess[lane] < law.n {
                guess[lane]
            } else {
                law.n - 1.0
            };
            fast[lane] = is_ordinary(p[lane], q[lane])
                & (law.p > 0.0)
                & (law.p < 1.0)
                & (law.n >= 1.0)
                & beta_levels_serve(law.n - guess, guess + 1.0, score[lane]);
            n[lane] = if fast[lane] { law.n } else { 1.0 };
            k[lane] = if fast[lane] { guess } else { 0.0 };
            success[lane] = if fast[lane] { law.p } else { 0.5 };
            failure[lane] = 1.0 - success[lane];
        }
        let a = std::array::from_fn(|lane| n[lane] - k[lane]);
        let b = k.map(|k| k + 1.0);
        let (below, above, density) = beta_levels(&a, &b, &failure, &success);
        let start = Start {
            k,
            below,
            above,
            next: std::array::from_fn(|lane| density[lane] / (b[lane] * failure[lane])),
        };
        let odds: [f64; W] = std::array::from_fn(|lane| success[lane] / failure[lane]);
        let ratio = |lane: usize, k: f64| odds[lane] * ((n[lane] - k) / (k + 1.0));
        let (found, sound) = start.first_reached(p, q, &fast, ratio);
        std::array::from_fn(|lane| match sound[lane] {
            true => found[lane],
            false => laws[lane].quantile_by_search(p[lane], q[lane]),
        })
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

impl NegativeBinomial {
    /// Mean, standard deviation and skewness.
    #[inline(always)]
    fn moments(&self) -> [f64; 3] {
        let root = (self.r * (1.0 - self.p)).sqrt();
        let mean = self.r * (1.0 - self.p) / self.p;
        [mean, root / self.p, (2.0 - self.p) / root]
    }
    /// [`Law::quantile`] for any parameters and tail.
    fn quantile_by_search(&self, p: f64, q: f64) -> f64 {
        search(self, p, q, self.moments(), f64::MAX)
    }
}

impl Law for NegativeBinomial {
    const SEARCHED: bool = true;
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let [k] = Self::quantiles(&[self], &[p], &[q]);
        k
    }
    #[inline(always)]
    fn quantiles<const W: usize>(laws: &[&Self; W], p: &[f64; W], q: &[f64; W]) -> [f64; W] {
        let (guess, score) = guesses(p, q, |lane| laws[lane].moments());
        let mut fast = [false; W];
        let (mut r, mut k, mut success, mut failure) = ([1.0; W], [0.0; W], [0.5; W], [0.5; W]);
        for lane in 0..W {
            let law = laws[lane];
            fast[lane] = is_ordinary(p[lane], q[lane])
                & (law.p < 1.0)
                & beta_levels_serve(law.r, guess[lane] + 1.0, score[lane]);
            r[lane] = if fast[lane] { law.r } else { 1.0 };
            k[lane] = if fast[lane] { guess[lane] } else { 0.0 };
            success[lane] = if fast[lane] { law.p } else { 0.5 };
            failure[lane] = 1.0 - success[lane];
        }
        let b = k.map(|k| k + 1.0);
        let (below, above, density) = beta_levels(&r, &b, &success, &failure);
        let start = Start {
            k,
            below,
            above,
            next: std::array::from_fn(|lane| density[lane] / b[lane]),
        };
        let ratio = |lane: usize, k: f64| failure[lane] * ((r[lane] + k) / (k + 1.0));
        let (found, sound) = start.first_reached(p, q, &fast, ratio);
        std::array::from_fn(|lane| match sound[lane] {
            true => found[lane],
            false => laws[lane].quantile_by_search(p[lane], q[lane]),
        })
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

impl Poisson {
    /// [`Law::quantile`] for any mean and tail.
    fn quantile_by_search(&self, p: f64, q: f64) -> f64 {
        let sd = self.mean.sqrt();
        search(self, p, q, [self.mean, sd, 1.0 / sd], f64::MAX)
    }
}

impl Law for Poisson {
    const SEARCHED: bool = true;
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let [k] = Self::quantiles(&[self], &[p], &[q]);
        k
    }
    #[inline(always)]
    fn quantiles<const W: usize>(laws: &[&Self; W], p: &[f64; W], q: &[f64; W]) -> [f64; W] {
        let mean: [f64; W] = std::array::from_fn(|lane| laws[lane].mean);
        let (guess, score) = guesses(p, q, |lane| {
            let sd = mean[lane].sqrt();
            [mean[lane], sd, 1.0 / sd]
        });
        let fast: [bool; W] = std::array::from_fn(|lane| {
            is_ordinary(p[lane], q[lane])
                & gamma_levels_serve(guess[lane] + 1.0, mean[lane], score[lane])
        });
        let x = std::array::from_fn(|lane| if fast[lane] { mean[lane] } else { 1.0 });
        let k = std::array::from_fn(|lane| if fast[lane] { guess[lane] } else { 0.0 });
        let a = k.map(|k| k + 1.0);
        let (above, below, density) = gamma_levels(&a, &x);
        let start = Start {
            k,
            below,
            above,
            next: std::array::from_fn(|lane| density[lane] / a[lane]),
        };
        let (found, sound) = start.first_reached(p, q, &fast, |lane, k| x[lane] / (k + 1.0));
        std::array::from_fn(|lane| match sound[lane] {
            true => found[lane],
            false => laws[lane].quantile_by_search(p[lane], q[lane]),
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal_cdf;

    /// All levels at which the steps must agree with the search; both may part where a level lies within rounding of a step: none of these does.
    fn assert_steps_are_the_search<L: Law + std::fmt::Debug>(
        law: L,
        by_search: impl Fn(&L, f64, f64) -> f64,
    ) {
        for z in -110..=110 {
            let z = f64::from(z) * 0.1137;
            let (p, q) = (normal_cdf(z), normal_cdf(-z));
            let expected = by_search(&law, p, q);
            assert_eq!(law.quantile(p, q), expected, "{law:?} {z}");
            let laws = [&law; 16];
            let together = L::quantiles(&laws, &[p; 16], &[q; 16]);
            assert_eq!(together, [expected; 16], "{law:?} {z}");
        }
    }

    #[test]
    fn poisson_draws_by_steps_are_those_of_the_search() {
        for i in 0..30 {
            let mean = 1.1e-3 * 1.9_f64.powi(i);
            assert_steps_are_the_search(Poisson { mean }, Poisson::quantile_by_search);
        }
    }

    #[test]
    fn binomial_draws_by_steps_are_those_of_the_search() {
        for n in [1.0, 2.0, 10.0, 77.0, 1e3, 1e5] {
            for p in [1e-4, 0.03, 0.31, 0.5, 0.77, 0.999] {
                assert_steps_are_the_search(Binomial { n, p }, Binomial::quantile_by_search);
            }
        }
    }

    #[test]
    fn negative_binomial_draws_by_steps_are_those_of_the_search() {
        for r in [0.07, 0.5, 1.0, 20.0, 1234.5] {
            for p in [2e-3, 0.05, 0.31, 0.77, 0.999] {
                let law = NegativeBinomial { r, p };
                assert_steps_are_the_search(law, NegativeBinomial::quantile_by_search);
            }
        }
    }
}
