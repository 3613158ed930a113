//! Families on the whole line.

use super::distribution::Law;
use crate::math::{
    beta_ln, beta_quantiles, exp, exp_m1, gamma, incomplete_beta, ln, ln_1p, ln_gamma_1p,
    ln_gamma_doubled, logistic,
};

/// Euler's constant γ.
const EULER: f64 = 0.5772156649015329;

/// The standard Gumbel quantile `−ln(−ln p)`.
#[inline]
pub(super) fn gumbel_score(p: f64, q: f64) -> f64 {
    -ln(if q < p { -ln_1p(-q) } else { -ln(p) })
}

/// Gumbel distribution of maxima.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gumbel {
    /// Location.
    pub location: f64,
    /// Scale, in the unit of the draw.
    pub scale: f64,
}

impl Law for Gumbel {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.location + self.scale * gumbel_score(p, q)
    }
    fn cdf(&self, x: f64) -> f64 {
        exp(-exp(-(x - self.location) / self.scale))
    }
    fn survival(&self, x: f64) -> f64 {
        -exp_m1(-exp(-(x - self.location) / self.scale))
    }
    fn density(&self, x: f64) -> f64 {
        let s = (x - self.location) / self.scale;
        let power = exp(-s);
        if power == f64::INFINITY {
            0.0
        } else {
            exp(-s - power) / self.scale
        }
    }
    fn mean(&self) -> Option<f64> {
        Some(self.location + EULER * self.scale)
    }
    fn sd(&self) -> Option<f64> {
        Some(self.scale * std::f64::consts::PI / 6f64.sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}

/// Generalised extreme value distribution; a positive shape means a heavy upper tail (Coles 2001).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeneralisedExtremeValue {
    /// Location.
    pub location: f64,
    /// Scale, in the unit of the draw.
    pub scale: f64,
    /// Shape ξ.
    pub shape: f64,
}

impl GeneralisedExtremeValue {
    /// `−ln F(x)`
    fn power(&self, x: f64) -> f64 {
        let s = (x - self.location) / self.scale;
        if self.shape == 0.0 {
            return exp(-s);
        }
        let inner = self.shape * s;
        // Beyond the end of the support.
        if inner <= -1.0 {
            return if self.shape > 0.0 { f64::INFINITY } else { 0.0 };
        }
        exp(-ln_1p(inner) / self.shape)
    }
}

/// Quantile of the standard generalised extreme value distribution.
pub(super) fn extreme_score(shape: f64, p: f64, q: f64) -> f64 {
    let g = gumbel_score(p, q);
    if shape == 0.0 {
        g
    } else {
        exp_m1(shape * g) / shape
    }
}

impl Law for GeneralisedExtremeValue {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.location + self.scale * extreme_score(self.shape, p, q)
    }
    fn cdf(&self, x: f64) -> f64 {
        exp(-self.power(x))
    }
    fn survival(&self, x: f64) -> f64 {
        -exp_m1(-self.power(x))
    }
    fn density(&self, x: f64) -> f64 {
        let power = self.power(x);
        if power == 0.0 || power == f64::INFINITY {
            0.0
        } else {
            exp((1.0 + self.shape) * ln(power) - power) / self.scale
        }
    }
    fn mean(&self) -> Option<f64> {
        if self.shape >= 1.0 {
            return None;
        }
        // (Γ(1 − ξ) − 1)/ξ
        let part = if self.shape == 0.0 {
            EULER
        } else {
            exp_m1(ln_gamma_1p(-self.shape)) / self.shape
        };
        Some(self.location + self.scale * part)
    }
    fn sd(&self) -> Option<f64> {
        if self.shape >= 0.5 {
            return None;
        }
        if self.shape == 0.0 {
            return Some(self.scale * std::f64::consts::PI / 6f64.sqrt());
        }
        let once = gamma(1.0 - self.shape);
        let ratio = exp_m1(ln_gamma_doubled(-self.shape));
        Some(self.scale * once * ratio.max(0.0).sqrt() / self.shape.abs())
    }
    fn support(&self) -> (f64, f64) {
        if self.shape > 0.0 {
            (self.location - self.scale / self.shape, f64::INFINITY)
        } else if self.shape < 0.0 {
            (f64::NEG_INFINITY, self.location - self.scale / self.shape)
        } else {
            (f64::NEG_INFINITY, f64::INFINITY)
        }
    }
}

/// Quantile of the standard Laplace distribution.
pub(super) fn laplace_score(p: f64, q: f64) -> f64 {
    if p <= q { ln(2.0 * p) } else { -ln(2.0 * q) }
}

/// Laplace (double exponential) distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Laplace {
    /// Location.
    pub location: f64,
    /// Scale, in the unit of the draw.
    pub scale: f64,
}

impl Law for Laplace {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.location + self.scale * laplace_score(p, q)
    }
    fn cdf(&self, x: f64) -> f64 {
        let s = (x - self.location) / self.scale;
        if s > 0.0 {
            1.0 - 0.5 * exp(-s)
        } else {
            0.5 * exp(s)
        }
    }
    fn survival(&self, x: f64) -> f64 {
        let s = -(x - self.location) / self.scale;
        if s > 0.0 {
            1.0 - 0.5 * exp(-s)
        } else {
            0.5 * exp(s)
        }
    }
    fn density(&self, x: f64) -> f64 {
        0.5 / self.scale * exp(-((x - self.location) / self.scale).abs())
    }
    fn mean(&self) -> Option<f64> {
        Some(self.location)
    }
    fn sd(&self) -> Option<f64> {
        Some(self.scale * std::f64::consts::SQRT_2)
    }
    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}

/// Logistic distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Logistic {
    /// Location.
    pub location: f64,
    /// Scale, in the unit of the draw.
    pub scale: f64,
}

impl Law for Logistic {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.location + self.scale * ln(p / q)
    }
    fn cdf(&self, x: f64) -> f64 {
        logistic((x - self.location) / self.scale)
    }
    fn survival(&self, x: f64) -> f64 {
        logistic((self.location - x) / self.scale)
    }
    fn density(&self, x: f64) -> f64 {
        let s = (x - self.location) / self.scale;
        logistic(s) * logistic(-s) / self.scale
    }
    fn mean(&self) -> Option<f64> {
        Some(self.location)
    }
    fn sd(&self) -> Option<f64> {
        Some(self.scale * (std::f64::consts::PI / 3f64.sqrt()))
    }
    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}

/// Student t distribution with location and scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StudentT {
    /// Location.
    pub location: f64,
    /// Scale, in the unit of the draw.
    pub scale: f64,
    /// Degrees of freedom.
    pub df: f64,
}

/// Quantile of the standard Student t distribution.
pub(super) fn student_score(df: f64, p: f64, q: f64) -> f64 {
    let [score] = student_scores(&[df], &[p], &[q]);
    score
}

/// [`student_score`] in each lane, where `t² = df (1 − x)/x` and x is beta distributed.
#[inline(always)]
fn student_scores<const W: usize>(df: &[f64; W], p: &[f64; W], q: &[f64; W]) -> [f64; W] {
    let tail: [f64; W] =
        std::array::from_fn(|lane| if p[lane] <= q[lane] { p[lane] } else { q[lane] });
    let shape = df.map(|df| 0.5 * df);
    let centre = std::array::from_fn(|lane| (p[lane] - q[lane]).abs());
    let (x, y) = beta_quantiles(&shape, &[0.5; W], &tail.map(|tail| 2.0 * tail), &centre);
    std::array::from_fn(|lane| {
        let size = if x[lane] < 1e-250 {
            far_student_score(df[lane], tail[lane])
        } else {
            (df[lane] * (y[lane] / x[lane])).sqrt()
        };
        if p[lane] <= q[lane] { -size } else { size }
    })
}

/// The first term of the tail, where `x = df/(df + t²)` leaves the range of numbers.
#[cold]
fn far_student_score(df: f64, tail: f64) -> f64 {
    if tail <= 0.0 {
        return f64::INFINITY;
    }
    let ln_x = (ln(2.0 * tail) + ln(0.5 * df) + beta_ln(0.5 * df, 0.5)) / (0.5 * df);
    exp(0.5 * (ln(df) - ln_x))
}

impl StudentT {
    /// P(T > |t|)
    fn tail(&self, t: f64) -> f64 {
        let ratio = t / self.df.sqrt();
        let square = ratio * ratio;
        if square > 1e250 {
            // The first term of the tail, before df/(df + t²) leaves the range of numbers.
            let a = 0.5 * self.df;
            return 0.5 * exp(-self.df * ln(ratio.abs()) - ln(a) - beta_ln(a, 0.5));
        }
        0.5 * incomplete_beta(
            0.5 * self.df,
            0.5,
            1.0 / (1.0 + square),
            square / (1.0 + square),
        )
        .0
    }
}

impl Law for StudentT {
    const SEARCHED: bool = true;
    fn quantile(&self, p: f64, q: f64) -> f64 {
        self.location + self.scale * student_score(self.df, p, q)
    }
    #[inline(always)]
    fn quantiles<const W: usize>(laws: &[&Self; W], p: &[f64; W], q: &[f64; W]) -> [f64; W] {
        let scores = student_scores(&laws.map(|law| law.df), p, q);
        std::array::from_fn(|lane| laws[lane].location + laws[lane].scale * scores[lane])
    }
    fn cdf(&self, x: f64) -> f64 {
        let t = (x - self.location) / self.scale;
        if t <= 0.0 {
            self.tail(t)
        } else {
            1.0 - self.tail(t)
        }
    }
    fn survival(&self, x: f64) -> f64 {
        let t = -(x - self.location) / self.scale;
        if t <= 0.0 {
            self.tail(t)
        } else {
            1.0 - self.tail(t)
        }
    }
    fn density(&self, x: f64) -> f64 {
        let t = (x - self.location) / self.scale;
        exp(-0.5 * (self.df + 1.0) * ln_1p(t * t / self.df) - beta_ln(0.5 * self.df, 0.5))
            / (self.scale * self.df.sqrt())
    }
    fn mean(&self) -> Option<f64> {
        (self.df > 1.0).then_some(self.location)
    }
    fn sd(&self) -> Option<f64> {
        (self.df > 2.0).then(|| self.scale * (self.df / (self.df - 2.0)).sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}
