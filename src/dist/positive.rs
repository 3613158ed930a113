//! Families on the positive half line.

use super::distribution::Law;
use super::steps::is_ordinary;
use crate::math::{Evaluated, normal_quantile_tails, pow, scaled_normal_tail, step};
use crate::math::{
    exp, exp_m1, gamma, gamma_quantile, gamma_quantiles, incomplete_gamma, ln, ln_1p, ln_gamma,
    ln_gamma_doubled, newton_bracketed, normal_density,
};

/// 1/√(2π)
const INVERSE_ROOT_2_PI: f64 = 0.3989422804014327;

/// `−ln q` from whichever tail is accurate.
#[inline(always)]
pub(super) fn minus_ln_upper(p: f64, q: f64) -> f64 {
    if p < q { -ln_1p(-p) } else { -ln(q) }
}

/// Gamma distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gamma {
    /// Shape.
    pub shape: f64,
    /// Scale, in the unit of the draw.
    pub scale: f64,
}

impl Law for Gamma {
    const SEARCHED: bool = true;
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.scale * gamma_quantile(self.shape, p, q)
    }
    #[inline(always)]
    fn quantiles<const W: usize>(laws: &[&Self; W], p: &[f64; W], q: &[f64; W]) -> [f64; W] {
        let shapes = laws.map(|law| law.shape);
        let found = gamma_quantiles(&shapes, p, q);
        std::array::from_fn(|lane| laws[lane].scale * found[lane])
    }
    fn cdf(&self, x: f64) -> f64 {
        incomplete_gamma(self.shape, (x / self.scale).max(0.0)).0
    }
    fn survival(&self, x: f64) -> f64 {
        incomplete_gamma(self.shape, (x / self.scale).max(0.0)).1
    }
    fn density(&self, x: f64) -> f64 {
        let v = x / self.scale;
        if v < 0.0 {
            return 0.0;
        }
        // 0·ln 0 is 0 here.
        let power = if self.shape == 1.0 {
            0.0
        } else {
            (self.shape - 1.0) * ln(v)
        };
        exp(power - v - ln_gamma(self.shape)) / self.scale
    }
    fn mean(&self) -> Option<f64> {
        Some(self.shape * self.scale)
    }
    fn sd(&self) -> Option<f64> {
        Some(self.shape.sqrt() * self.scale)
    }
    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}

/// Exponential distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponential {
    /// Mean.
    pub mean: f64,
}

impl Law for Exponential {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.mean * minus_ln_upper(p, q)
    }
    fn cdf(&self, x: f64) -> f64 {
        -exp_m1(-(x / self.mean).max(0.0))
    }
    fn survival(&self, x: f64) -> f64 {
        exp(-(x / self.mean).max(0.0))
    }
    fn density(&self, x: f64) -> f64 {
        if x < 0.0 {
            0.0
        } else {
            exp(-x / self.mean) / self.mean
        }
    }
    fn mean(&self) -> Option<f64> {
        Some(self.mean)
    }
    fn sd(&self) -> Option<f64> {
        Some(self.mean)
    }
    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}

/// Weibull distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weibull {
    /// Shape.
    pub shape: f64,
    /// Scale, in the unit of the draw.
    pub scale: f64,
}

impl Law for Weibull {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.scale * pow(minus_ln_upper(p, q), 1.0 / self.shape)
    }
    fn cdf(&self, x: f64) -> f64 {
        -exp_m1(-pow((x / self.scale).max(0.0), self.shape))
    }
    fn survival(&self, x: f64) -> f64 {
        exp(-pow((x / self.scale).max(0.0), self.shape))
    }
    fn density(&self, x: f64) -> f64 {
        if x < 0.0 {
            return 0.0;
        }
        let v = x / self.scale;
        self.shape / self.scale * pow(v, self.shape - 1.0) * exp(-pow(v, self.shape))
    }
    fn mean(&self) -> Option<f64> {
        Some(self.scale * gamma(1.0 + 1.0 / self.shape)).filter(|m| m.is_finite())
    }
    fn sd(&self) -> Option<f64> {
        // Γ(1 + 2/k) − Γ(1 + 1/k)² as a multiple of the square, so that a narrow distribution keeps its digits.
        let k = 1.0 / self.shape;
        let ratio = exp_m1(ln_gamma_doubled(k));
        Some(self.scale * gamma(1.0 + k) * ratio.max(0.0).sqrt()).filter(|s| s.is_finite())
    }
    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}

/// Pareto distribution (of the first kind).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pareto {
    /// Smallest value.
    pub scale: f64,
    /// Tail index.
    pub shape: f64,
}

impl Law for Pareto {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.scale * exp(minus_ln_upper(p, q) / self.shape)
    }
    fn cdf(&self, x: f64) -> f64 {
        if x <= self.scale {
            0.0
        } else {
            -exp_m1(-self.shape * ln(x / self.scale))
        }
    }
    fn survival(&self, x: f64) -> f64 {
        if x <= self.scale {
            1.0
        } else {
            exp(-self.shape * ln(x / self.scale))
        }
    }
    fn density(&self, x: f64) -> f64 {
        if x < self.scale {
            0.0
        } else {
            self.shape / x * exp(-self.shape * ln(x / self.scale))
        }
    }
    fn mean(&self) -> Option<f64> {
        (self.shape > 1.0).then(|| self.scale * self.shape / (self.shape - 1.0))
    }
    fn sd(&self) -> Option<f64> {
        (self.shape > 2.0)
            .then(|| self.scale / (self.shape - 1.0) * (self.shape / (self.shape - 2.0)).sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (self.scale, f64::INFINITY)
    }
}

/// Inverse Gaussian (Wald) distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InverseGaussian {
    /// Mean.
    pub mean: f64,
    /// Shape λ, in the unit of the draw; the variance is mean³/λ.
    pub shape: f64,
}

impl InverseGaussian {
    /// The distribution of the logarithm at `t`, without branches.
    #[inline(always)]
    fn at_ln(&self, t: f64) -> Evaluated {
        let x = exp(t);
        let (u, v) = self.scores(x);
        let fast = exp(-0.5 * u * u);
        let size = u.abs();
        let (near, far) = (scaled_normal_tail(size), scaled_normal_tail(v));
        let below = fast * (near + far);
        let above = fast * (near - far);
        let low = u <= 0.0;
        let (rise, fall) = (self.shape * (x / self.mean) / self.mean, self.shape / x);
        Evaluated {
            below: if low { below } else { 1.0 - above },
            above: if low { 1.0 - below } else { above },
            density: INVERSE_ROOT_2_PI * fast * fall.sqrt(),
            slope: -0.5 - 0.5 * (rise - fall),
            curvature: -0.5 * (rise + fall),
        }
    }
    /// [`Law::quantile`] for any parameters and tail, by Newton steps in a bracket.
    fn quantile_by_bracket(&self, p: f64, q: f64) -> f64 {
        if p <= 0.0 {
            return 0.0;
        }
        if q <= 0.0 {
            return f64::INFINITY;
        }
        let lower = p < q;
        let target = ln(if lower { p } else { q });
        // Start: lognormal with the same mean and variance.
        let variance = ln_1p(self.mean / self.shape);
        let start = ln(self.mean) - 0.5 * variance + variance.sqrt() * normal_quantile_tails(p, q);
        let root = newton_bracketed(
            |t| {
                let x = exp(t);
                let density = x * self.density(x);
                if lower {
                    let below = self.cdf(x);
                    (ln(below) - target, density / below)
                } else {
                    let above = self.survival(x);
                    (target - ln(above), density / above)
                }
            },
            start,
        );
        exp(root)
    }
    /// The two scores `√(λ/x)(x/μ ∓ 1)`; half the difference of their squares is 2λ/μ.
    fn scores(&self, x: f64) -> (f64, f64) {
        let root = (self.shape / x).sqrt();
        let ratio = x / self.mean;
        (root * ((x - self.mean) / self.mean), root * (ratio + 1.0))
    }
}

impl Law for InverseGaussian {
    const SEARCHED: bool = true;
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let [x] = Self::quantiles(&[self], &[p], &[q]);
        x
    }
    #[inline(always)]
    fn quantiles<const W: usize>(laws: &[&Self; W], p: &[f64; W], q: &[f64; W]) -> [f64; W] {
        /// Searches that have not ended by then go the slow way, as do tails next to the end of the range of numbers.
        const MOST_STEPS: usize = 12;
        let fast: [bool; W] = std::array::from_fn(|lane| is_ordinary(p[lane], q[lane]));
        let mut t = [0.0; W];
        for lane in 0..W {
            let (p, q) = if fast[lane] {
                (p[lane], q[lane])
            } else {
                (0.5, 0.5)
            };
            // Start: lognormal with the same mean and variance.
            let variance = ln_1p(laws[lane].mean / laws[lane].shape);
            let score = normal_quantile_tails(p, q);
            t[lane] = ln(laws[lane].mean) - 0.5 * variance + variance.sqrt() * score;
        }
        let mut done = fast.map(|fast| !fast);
        for _ in 0..MOST_STEPS {
            let mut all = true;
            for lane in 0..W {
                let (length, last) = step(laws[lane].at_ln(t[lane]), p[lane], q[lane]);
                t[lane] += if done[lane] { 0.0 } else { length };
                done[lane] |= last;
                all &= done[lane];
            }
            if all {
                break;
            }
        }
        let mut found = t.map(exp);
        for lane in 0..W {
            if !(fast[lane] & done[lane] & (found[lane] > 0.0)) {
                found[lane] = laws[lane].quantile_by_bracket(p[lane], q[lane]);
            }
        }
        found
    }
    fn cdf(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        if x == f64::INFINITY {
            return 1.0;
        }
        let (u, v) = self.scores(x);
        if u <= 0.0 {
            exp(-0.5 * u * u) * (scaled_normal_tail(-u) + scaled_normal_tail(v))
        } else {
            1.0 - self.survival(x)
        }
    }
    fn survival(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 1.0;
        }
        if x == f64::INFINITY {
            return 0.0;
        }
        let (u, v) = self.scores(x);
        if u > 0.0 {
            (exp(-0.5 * u * u) * (scaled_normal_tail(u) - scaled_normal_tail(v))).max(0.0)
        } else {
            1.0 - self.cdf(x)
        }
    }
    fn density(&self, x: f64) -> f64 {
        if x <= 0.0 || x == f64::INFINITY {
            return 0.0;
        }
        normal_density(self.scores(x).0) * (self.shape / x).sqrt() / x
    }
    fn mean(&self) -> Option<f64> {
        Some(self.mean)
    }
    fn sd(&self) -> Option<f64> {
        Some(self.mean * (self.mean / self.shape).sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}
