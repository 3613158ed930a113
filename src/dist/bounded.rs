//! Families on an interval.

use super::distribution::Law;
use crate::math::{
    beta_ln, beta_quantile, beta_quantiles, exp, incomplete_beta, ln, ln_1p, ln_1p_minus,
    newton_bracketed, sin,
};
use std::f64::consts::{FRAC_1_PI, FRAC_PI_2};

/// `low + width·p`, from the nearer end.
#[inline(always)]
fn between(low: f64, high: f64, p: f64, q: f64) -> f64 {
    if p <= q {
        low + (high - low) * p
    } else {
        high - (high - low) * q
    }
}

/// Uniform distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uniform {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Law for Uniform {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        between(self.low, self.high, p, q)
    }
    fn cdf(&self, x: f64) -> f64 {
        ((x - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
    fn survival(&self, x: f64) -> f64 {
        ((self.high - x) / (self.high - self.low)).clamp(0.0, 1.0)
    }
    fn density(&self, x: f64) -> f64 {
        if x < self.low || x > self.high {
            0.0
        } else {
            1.0 / (self.high - self.low)
        }
    }
    fn mean(&self) -> Option<f64> {
        Some(0.5 * (self.low + self.high))
    }
    fn sd(&self) -> Option<f64> {
        Some((self.high - self.low) / 12f64.sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}

/// Log-uniform (reciprocal) distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogUniform {
    /// Lower end, above 0.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Logarithm of high/low.
    pub width: f64,
}

impl Law for LogUniform {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let value = if p <= q {
            self.low * exp(self.width * p)
        } else {
            self.high * exp(-self.width * q)
        };
        value.max(self.low).min(self.high)
    }
    fn cdf(&self, x: f64) -> f64 {
        if x <= self.low {
            0.0
        } else {
            // ln(x/low), also next to low.
            (ln_1p((x - self.low) / self.low) / self.width).min(1.0)
        }
    }
    fn survival(&self, x: f64) -> f64 {
        if x <= self.low {
            1.0
        } else {
            (ln_1p((self.high - x) / x) / self.width).clamp(0.0, 1.0)
        }
    }
    fn density(&self, x: f64) -> f64 {
        if x < self.low || x > self.high {
            0.0
        } else {
            1.0 / (x * self.width)
        }
    }
    fn mean(&self) -> Option<f64> {
        Some((self.high - self.low) / self.width)
    }
    fn sd(&self) -> Option<f64> {
        if self.width < 1.0 {
            // The variance is low·high Σ 2k w^(2k)/(2k + 2)!: the difference below would cancel.
            let square = self.width * self.width;
            let (mut term, mut sum) = (1.0, 0.0);
            for k in 1..10 {
                let n = 2.0 * f64::from(k);
                // w^(2k)/(2k + 2)!, from 1/2! on.
                term *= square / ((n + 1.0) * (n + 2.0));
                sum += n * term;
            }
            return Some((self.low * (0.5 * sum)).sqrt() * self.high.sqrt());
        }
        let mean = (self.high - self.low) / self.width;
        Some(
            ((self.high - self.low)
                * (0.5 * (self.high + self.low) / self.width - mean / self.width))
                .max(0.0)
                .sqrt(),
        )
    }
    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}

/// 1 − √(1 − d) without cancellation.
#[inline]
fn lag(d: f64) -> f64 {
    d / (1.0 + (1.0 - d).sqrt())
}

/// Triangular distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Triangular {
    /// Lower end.
    pub low: f64,
    /// Mode.
    pub mode: f64,
    /// Upper end.
    pub high: f64,
}

impl Law for Triangular {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let width = self.high - self.low;
        let (rise, fall) = (self.mode - self.low, self.high - self.mode);
        if p * width <= rise {
            if q < p {
                // From the mode down, so that the upper end keeps its digits where the mode is there.
                return self.mode - rise * lag((q * width - fall) / rise);
            }
            self.low + (p * width * rise).sqrt()
        } else {
            if p < q {
                return self.mode + fall * lag((p * width - rise) / fall);
            }
            self.high - (q * width * fall).sqrt()
        }
    }
    fn cdf(&self, x: f64) -> f64 {
        if x <= self.low {
            0.0
        } else if x < self.mode {
            (x - self.low) / (self.high - self.low) * ((x - self.low) / (self.mode - self.low))
        } else if x >= self.high {
            1.0
        } else {
            let (beyond, fall) = (x - self.mode, self.high - self.mode);
            ((self.mode - self.low) + beyond * (2.0 - beyond / fall)) / (self.high - self.low)
        }
    }
    fn survival(&self, x: f64) -> f64 {
        if x >= self.high {
            0.0
        } else if x >= self.mode {
            (self.high - x) / (self.high - self.low) * ((self.high - x) / (self.high - self.mode))
        } else if x <= self.low {
            1.0
        } else {
            let (short, rise) = (self.mode - x, self.mode - self.low);
            ((self.high - self.mode) + short * (2.0 - short / rise)) / (self.high - self.low)
        }
    }
    fn density(&self, x: f64) -> f64 {
        let width = self.high - self.low;
        if x < self.low || x > self.high {
            0.0
        } else if x < self.mode {
            2.0 * (x - self.low) / (width * (self.mode - self.low))
        } else if x > self.mode {
            2.0 * (self.high - x) / (width * (self.high - self.mode))
        } else {
            2.0 / width
        }
    }
    fn mean(&self) -> Option<f64> {
        Some((self.low + self.mode + self.high) / 3.0)
    }
    fn sd(&self) -> Option<f64> {
        let (a, b) = (self.mode - self.low, self.high - self.mode);
        Some(((a * a + a * b + b * b) / 18.0).sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}

/// Trapezoidal distribution: flat between `top_low` and `top_high`.
///
/// # Source
/// Kacker and Lawrence (2007); JCGM 101:2008, 6.4.4.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trapezoidal {
    /// Lower end.
    pub low: f64,
    /// Lower end of the flat top.
    pub top_low: f64,
    /// Upper end of the flat top.
    pub top_high: f64,
    /// Upper end.
    pub high: f64,
}

impl Trapezoidal {
    fn height(&self) -> f64 {
        2.0 / ((self.high - self.low) + (self.top_high - self.top_low))
    }
}

impl Law for Trapezoidal {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let h = self.height();
        let (rise, fall) = (self.top_low - self.low, self.high - self.top_high);
        if p <= 0.5 * h * rise {
            self.low + (2.0 * p * rise / h).sqrt()
        } else if q <= 0.5 * h * fall {
            self.high - (2.0 * q * fall / h).sqrt()
        } else {
            (self.top_low + (p / h - 0.5 * rise)).min(self.top_high)
        }
    }
    fn cdf(&self, x: f64) -> f64 {
        let h = self.height();
        if x <= self.low {
            0.0
        } else if x < self.top_low {
            0.5 * h * (x - self.low) * ((x - self.low) / (self.top_low - self.low))
        } else if x <= self.top_high {
            h * (0.5 * (self.top_low - self.low) + (x - self.top_low))
        } else {
            1.0 - self.survival(x)
        }
    }
    fn survival(&self, x: f64) -> f64 {
        let h = self.height();
        if x >= self.high {
            0.0
        } else if x > self.top_high {
            0.5 * h * (self.high - x) * ((self.high - x) / (self.high - self.top_high))
        } else if x >= self.top_low {
            h * (0.5 * (self.high - self.top_high) + (self.top_high - x))
        } else {
            1.0 - self.cdf(x)
        }
    }
    fn density(&self, x: f64) -> f64 {
        let h = self.height();
        if x < self.low || x > self.high {
            0.0
        } else if x < self.top_low {
            h * (x - self.low) / (self.top_low - self.low)
        } else if x <= self.top_high {
            h
        } else {
            h * (self.high - x) / (self.high - self.top_high)
        }
    }
    fn mean(&self) -> Option<f64> {
        // Pieces of the density as a mixture of a rising triangle, a block and a falling triangle.
        Some(self.moments().0)
    }
    fn sd(&self) -> Option<f64> {
        Some(self.moments().1)
    }
    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}

impl Trapezoidal {
    /// (mean, sd) as a mixture of a rising triangle, a block and a falling triangle.
    fn moments(&self) -> (f64, f64) {
        let h = self.height();
        let (rise, top, fall) = (
            self.top_low - self.low,
            self.top_high - self.top_low,
            self.high - self.top_high,
        );
        let pieces = [
            (0.5 * h * rise, rise * 2.0 / 3.0, rise * rise / 18.0),
            (h * top, rise + 0.5 * top, top * top / 12.0),
            (0.5 * h * fall, rise + top + fall / 3.0, fall * fall / 18.0),
        ];
        let mean: f64 = pieces.iter().map(|(w, m, _)| w * m).sum();
        let variance: f64 = pieces
            .iter()
            .map(|(w, m, v)| w * (v + (m - mean) * (m - mean)))
            .sum();
        (self.low + mean, variance.sqrt())
    }
}

/// Curvilinear trapezoid: a uniform distribution whose ends are known only to ± d.
///
/// # Source
/// JCGM 101:2008 (GUM Supplement 1), 6.4.3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvilinearTrapezoid {
    /// Midpoint.
    pub middle: f64,
    /// Half of the stated width.
    pub half_width: f64,
    /// Half of the uncertainty of each end, at most the half width.
    pub d: f64,
}

impl CurvilinearTrapezoid {
    /// P(X − middle > s) for `s ≥ 0`.
    fn tail(&self, s: f64) -> f64 {
        let outer = self.half_width + self.d;
        if s == 0.0 {
            0.5
        } else if s >= outer {
            0.0
        } else if s > self.half_width - self.d {
            // (c − s − s ln(c/s))/4d with u = 1 − s/c.
            let u = (outer - s) / outer;
            outer / (4.0 * self.d) * bend(u)
        } else {
            0.5 - s * self.top()
        }
    }
    /// Height of the flat part.
    fn top(&self) -> f64 {
        ln_1p(2.0 * self.d / (self.half_width - self.d)) / (4.0 * self.d)
    }
    /// The s with `tail(s) = t`, as (distance, whether it is measured from the end of the support instead of the middle).
    fn distance(&self, t: f64) -> (f64, bool) {
        let outer = self.half_width + self.d;
        let inner = self.half_width - self.d;
        let at_bend = outer / (4.0 * self.d) * bend(1.0 - inner / outer);
        if t >= at_bend {
            // No flat part where the half width equals d.
            let s = if inner > 0.0 {
                ((0.5 - t) / self.top()).clamp(0.0, inner)
            } else {
                0.0
            };
            return (s, false);
        }
        let target = t * 4.0 * self.d / outer;
        let start = (2.0 * target).sqrt().min(0.9);
        let u = newton_bracketed(
            |u| {
                let inside = u.clamp(0.0, 1.0);
                if inside == u {
                    (bend(u) - target, -ln_1p(-u))
                } else {
                    (u - 0.5, 0.0)
                }
            },
            start,
        );
        (outer * u, true)
    }
}

/// `u + (1 − u) ln(1 − u)`
fn bend(u: f64) -> f64 {
    if u >= 1.0 {
        1.0
    } else {
        (1.0 - u) * ln_1p_minus(-u) + u * u
    }
}

impl Law for CurvilinearTrapezoid {
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let (low, high) = self.support();
        match self.distance(p.min(q)) {
            (s, true) if p <= q => low + s,
            (s, true) => high - s,
            (s, false) if p <= q => self.middle - s,
            (s, false) => self.middle + s,
        }
    }
    fn cdf(&self, x: f64) -> f64 {
        if x <= self.middle {
            self.tail(self.middle - x)
        } else {
            1.0 - self.tail(x - self.middle)
        }
    }
    fn survival(&self, x: f64) -> f64 {
        if x >= self.middle {
            self.tail(x - self.middle)
        } else {
            1.0 - self.tail(self.middle - x)
        }
    }
    fn density(&self, x: f64) -> f64 {
        let s = (x - self.middle).abs();
        let outer = self.half_width + self.d;
        if s >= outer {
            0.0
        } else if s > self.half_width - self.d {
            ln(outer / s) / (4.0 * self.d)
        } else {
            self.top()
        }
    }
    fn mean(&self) -> Option<f64> {
        Some(self.middle)
    }
    fn sd(&self) -> Option<f64> {
        Some((self.half_width * self.half_width / 3.0 + self.d * self.d / 9.0).sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (
            self.middle - self.half_width - self.d,
            self.middle + self.half_width + self.d,
        )
    }
}

/// Beta distribution on an interval; PERT is one of these.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    /// First shape.
    pub alpha: f64,
    /// Second shape.
    pub beta: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Beta {
    fn parts(&self, x: f64) -> (f64, f64) {
        let width = self.high - self.low;
        (
            ((x - self.low) / width).clamp(0.0, 1.0),
            ((self.high - x) / width).clamp(0.0, 1.0),
        )
    }
}

impl Law for Beta {
    const SEARCHED: bool = true;
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let (x, y) = beta_quantile(self.alpha, self.beta, p, q);
        between(self.low, self.high, x, y)
    }
    #[inline(always)]
    fn quantiles<const W: usize>(laws: &[&Self; W], p: &[f64; W], q: &[f64; W]) -> [f64; W] {
        let (x, y) = beta_quantiles(&laws.map(|law| law.alpha), &laws.map(|law| law.beta), p, q);
        std::array::from_fn(|lane| between(laws[lane].low, laws[lane].high, x[lane], y[lane]))
    }
    fn cdf(&self, x: f64) -> f64 {
        let (x, y) = self.parts(x);
        incomplete_beta(self.alpha, self.beta, x, y).0
    }
    fn survival(&self, x: f64) -> f64 {
        let (x, y) = self.parts(x);
        incomplete_beta(self.alpha, self.beta, x, y).1
    }
    fn density(&self, x: f64) -> f64 {
        if x < self.low || x > self.high {
            return 0.0;
        }
        let (x, y) = self.parts(x);
        // 0·ln 0 is 0 here.
        let term = |k: f64, v: f64| if k == 0.0 { 0.0 } else { k * ln(v) };
        exp(term(self.alpha - 1.0, x) + term(self.beta - 1.0, y) - beta_ln(self.alpha, self.beta))
            / (self.high - self.low)
    }
    fn mean(&self) -> Option<f64> {
        Some(self.low + (self.high - self.low) * (self.alpha / (self.alpha + self.beta)))
    }
    fn sd(&self) -> Option<f64> {
        let sum = self.alpha + self.beta;
        Some((self.high - self.low) * (self.alpha / sum * (self.beta / sum) / (sum + 1.0)).sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}

/// Arcsine (U-shaped) distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arcsine {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Arcsine {
    fn level(&self, x: f64, y: f64) -> f64 {
        2.0 * FRAC_1_PI * crate::math::atan2(x.max(0.0).sqrt(), y.max(0.0).sqrt())
    }
}

impl Law for Arcsine {
    #[inline(always)]
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let root = sin(FRAC_PI_2 * if p <= q { p } else { q });
        let part = root * root * (self.high - self.low);
        if p <= q {
            self.low + part
        } else {
            self.high - part
        }
    }
    fn cdf(&self, x: f64) -> f64 {
        self.level(x - self.low, self.high - x)
    }
    fn survival(&self, x: f64) -> f64 {
        self.level(self.high - x, x - self.low)
    }
    fn density(&self, x: f64) -> f64 {
        if x <= self.low || x >= self.high {
            0.0
        } else {
            FRAC_1_PI / ((x - self.low) * (self.high - x)).sqrt()
        }
    }
    fn mean(&self) -> Option<f64> {
        Some(0.5 * (self.low + self.high))
    }
    fn sd(&self) -> Option<f64> {
        Some((self.high - self.low) / 8f64.sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}
