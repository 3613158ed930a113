//! Metalog distribution: a quantile function fitted exactly to given quantiles.

use super::distribution::{Law, moments_by_scores};
use crate::math::{bisect, exp, ln, logistic};

/// Metalog distribution with 2 to 16 terms, on the line, a half line or an interval.
///
/// # Source
/// T. W. Keelin, "The metalog distributions", Decision Analysis 13 (2016), equations 6 and 7, 11 and 14.
#[derive(Debug, Clone, PartialEq)]
pub struct Metalog {
    coefficients: [f64; Self::MOST_TERMS],
    terms: usize,
    low: f64,
    high: f64,
}

/// The k-th basis function and its derivative by the level times p q, at level p with complement q.
fn basis(k: usize, p: f64, q: f64) -> (f64, f64) {
    let (centred, log_odds, variance) = (0.5 * (p - q), ln(p / q), p * q);
    // Terms in order: 1, L, cL, c, c², c²L, c³, c³L, …; the first with L is special in that c comes after cL.
    let (power, with_log) = match k {
        0 => (0, false),
        1 => (0, true),
        2 => (1, true),
        3 => (1, false),
        _ => (k / 2, k % 2 == 1),
    };
    let raise = |n: usize| (0..n).fold(1.0, |product, _| product * centred);
    let whole = raise(power);
    let slope = if power == 0 {
        0.0
    } else {
        power as f64 * raise(power - 1) * variance
    };
    if with_log {
        (whole * log_odds, slope * log_odds + whole)
    } else {
        (whole, slope)
    }
}

impl Metalog {
    /// Most terms.
    pub const MOST_TERMS: usize = 16;

    /// Through the quantiles `(level, value)`, levels ascending; `low`, `high` may be infinite.
    ///
    /// # Errors
    /// A sentence that says why there is no such distribution.
    pub fn through(quantiles: &[(f64, f64)], low: f64, high: f64) -> Result<Self, String> {
        let n = quantiles.len();
        if !(2..=Self::MOST_TERMS).contains(&n) {
            return Err(format!(
                "{n} quantiles; a metalog takes 2 to {}",
                Self::MOST_TERMS
            ));
        }
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(n);
        for &(level, value) in quantiles {
            if !(value > low && value < high) {
                return Err(format!(
                    "the quantile {value} is not between low = {low} and high = {high}"
                ));
            }
            let transformed = match (low.is_finite(), high.is_finite()) {
                (false, false) => value,
                (true, false) => ln(value - low),
                (false, true) => -ln(high - value),
                (true, true) => ln((value - low) / (high - value)),
            };
            let mut row: Vec<f64> = (0..n).map(|k| basis(k, level, 1.0 - level).0).collect();
            row.push(transformed);
            rows.push(row);
        }
        let solution = solve(rows)
            .ok_or_else(|| "the equations for its coefficients are singular".to_owned())?;
        let mut coefficients = [0.0; Self::MOST_TERMS];
        coefficients[..n].copy_from_slice(&solution);
        let metalog = Self {
            coefficients,
            terms: n,
            low,
            high,
        };
        // The slope must be positive at every level; far in the tails the logarithm rules and only its coefficient matters.
        for k in -4_000..=4_000 {
            let (p, q) = levels(f64::from(k) / 100.0);
            if !(metalog.inner(p, q).1 > 0.0) {
                return Err(format!(
                    "the quantile function through them falls at level {p:.3}"
                ));
            }
        }
        Ok(metalog)
    }

    /// The value before the bounds are applied and its slope by the log odds.
    fn inner(&self, p: f64, q: f64) -> (f64, f64) {
        let (mut value, mut slope) = (0.0, 0.0);
        for k in 0..self.terms {
            let (b, d) = basis(k, p, q);
            value += self.coefficients[k] * b;
            slope += self.coefficients[k] * d;
        }
        (value, slope)
    }

    /// The log odds of the level of x.
    fn log_odds(&self, x: f64) -> f64 {
        if x <= self.low {
            return f64::NEG_INFINITY;
        }
        if x >= self.high {
            return f64::INFINITY;
        }
        bisect(
            |t| {
                let (p, q) = levels(t);
                Law::quantile(self, p, q) >= x
            },
            -710.0,
            710.0,
        )
    }
}

fn levels(log_odds: f64) -> (f64, f64) {
    (logistic(log_odds), logistic(-log_odds))
}

/// Gaussian elimination with row pivots; each row ends in its right-hand side.
fn solve(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = rows.len();
    for column in 0..n {
        let pivot =
            (column..n).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        rows.swap(column, pivot);
        if !(rows[column][column].abs() > 1e-14) {
            return None;
        }
        for row in column + 1..n {
            let factor = rows[row][column] / rows[column][column];
            let (above, below) = rows.split_at_mut(row);
            for (entry, pivot) in below[0][column..].iter_mut().zip(&above[column][column..]) {
                *entry -= factor * pivot;
            }
        }
    }
    let mut solution = vec![0.0; n];
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|k| rows[row][k] * solution[k]).sum();
        solution[row] = (rows[row][n] - known) / rows[row][row];
    }
    solution.iter().all(|v| v.is_finite()).then_some(solution)
}

impl Law for Metalog {
    fn quantile(&self, p: f64, q: f64) -> f64 {
        if p <= 0.0 || q <= 0.0 {
            return if p <= 0.0 { self.low } else { self.high };
        }
        let value = self.inner(p, q).0;
        match (self.low.is_finite(), self.high.is_finite()) {
            (false, false) => value,
            (true, false) => self.low + exp(value),
            (false, true) => self.high - exp(-value),
            (true, true) => {
                let width = self.high - self.low;
                if value < 0.0 {
                    self.low + width * logistic(value)
                } else {
                    self.high - width * logistic(-value)
                }
            }
        }
    }
    fn cdf(&self, x: f64) -> f64 {
        logistic(self.log_odds(x))
    }
    fn survival(&self, x: f64) -> f64 {
        logistic(-self.log_odds(x))
    }
    fn density(&self, x: f64) -> f64 {
        let t = self.log_odds(x);
        if !t.is_finite() {
            return 0.0;
        }
        let (p, q) = levels(t);
        // dx/dt of the transformed value, then of the bounds; dp/dt = p q.
        let (value, slope) = self.inner(p, q);
        let outer = match (self.low.is_finite(), self.high.is_finite()) {
            (false, false) => 1.0,
            (true, false) => exp(value),
            (false, true) => exp(-value),
            (true, true) => (self.high - self.low) * logistic(value) * logistic(-value),
        };
        p * q / (slope * outer)
    }
    fn mean(&self) -> Option<f64> {
        self.moments().map(|m| m.0)
    }
    fn sd(&self) -> Option<f64> {
        self.moments().map(|m| m.1)
    }
    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}

impl Metalog {
    fn moments(&self) -> Option<(f64, f64)> {
        // With one bound the other tail is a power law with exponent 1/(coefficient of the logarithm at that end).
        let index = |centred: f64| -> f64 {
            let mut sum = 0.0;
            let mut k = 1;
            while k < self.terms {
                if k == 1 || k == 2 || (k > 4 && k % 2 == 1) {
                    let power = if k < 3 { k - 1 } else { k / 2 };
                    sum +=
                        self.coefficients[k] * (0..power).fold(1.0, |product, _| product * centred);
                }
                k += 1;
            }
            sum
        };
        let tail = match (self.low.is_finite(), self.high.is_finite()) {
            (true, false) => index(0.5),
            (false, true) => index(-0.5),
            _ => 0.0,
        };
        // The variance is finite below ½; between ½ and 1 only the mean is, and then neither is reported, as the sum converges too slowly.
        (tail < 0.45).then(|| moments_by_scores(|z| Law::draw(self, z)))
    }
}
