//! Co-moments of two quantities up to the fourth order, for covariance and correlation with their errors.

use serde::{Deserialize, Serialize};

use super::bits;
use super::tree::Combine;

/// Lanes of a block: trial number modulo 8.
pub(crate) const LANES: usize = 8;
/// Highest total order of a co-moment, and the side of the square array that holds all orders up to it.
const ORDER: usize = 4;
const SIDE: usize = ORDER + 1;
const N_ORDERS: usize = SIDE * SIDE;
const BINOMIAL: [[f64; SIDE]; SIDE] = [
    [1.0, 0.0, 0.0, 0.0, 0.0],
    [1.0, 1.0, 0.0, 0.0, 0.0],
    [1.0, 2.0, 1.0, 0.0, 0.0],
    [1.0, 3.0, 3.0, 1.0, 0.0],
    [1.0, 4.0, 6.0, 4.0, 1.0],
];

/// Sums of (x − mean x)^a (y − mean y)^b over trials for a + b ≤ 4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairMoments {
    /// Trials in which all quantities of the group are finite.
    pub count: u64,
    #[serde(with = "bits::one")]
    mean_x: f64,
    #[serde(with = "bits::one")]
    mean_y: f64,
    /// [a × b]
    #[serde(with = "bits::many")]
    sums: Vec<f64>,
}

impl PairMoments {
    pub(crate) fn empty() -> Self {
        Self {
            count: 0,
            mean_x: 0.0,
            mean_y: 0.0,
            sums: vec![0.0; N_ORDERS],
        }
    }

    /// Whether there is a sum of every order.
    pub(crate) fn is_sound(&self, trials: u64) -> bool {
        self.count <= trials && self.sums.len() == N_ORDERS
    }

    /// Means of both.
    #[must_use]
    pub fn means(&self) -> (f64, f64) {
        (self.mean_x, self.mean_y)
    }

    fn sum(&self, a: usize, b: usize) -> f64 {
        self.sums[a * SIDE + b]
    }

    /// Central co-moment of order (a, b), divisor N.
    fn central(&self, a: usize, b: usize) -> f64 {
        self.sum(a, b) / self.count as f64
    }

    /// Covariance with divisor N − 1; `None` below two trials or where a product overflows.
    #[must_use]
    pub fn covariance(&self) -> Option<f64> {
        finite(self.sum(1, 1) / self.count.checked_sub(1)? as f64)
    }

    /// Variances of both, divisor N − 1; `None` below two trials or where a square overflows.
    #[must_use]
    pub fn variances(&self) -> (Option<f64>, Option<f64>) {
        let of = |sum: f64| finite(sum / self.count.checked_sub(1).filter(|&n| n > 0)? as f64);
        (of(self.sum(2, 0)), of(self.sum(0, 2)))
    }

    /// Error of the covariance, √((m22 − m11²)/N).
    ///
    /// # Source
    /// Kendall and Stuart (1977), vol. 1, section 10.10.
    #[must_use]
    pub fn covariance_error(&self) -> Option<f64> {
        self.covariance()?;
        let variance =
            (self.central(2, 2) - self.central(1, 1) * self.central(1, 1)) / self.count as f64;
        Some(finite(variance)?.max(0.0).sqrt())
    }

    /// Pearson correlation; `None` where either quantity is constant.
    #[must_use]
    pub fn correlation(&self) -> Option<f64> {
        let product = self.sum(2, 0).sqrt() * self.sum(0, 2).sqrt();
        if product > 0.0 {
            Some(finite(self.sum(1, 1) / product)?.clamp(-1.0, 1.0))
        } else {
            None
        }
    }

    /// Error of the correlation by the delta method: with standardised u, v, one trial contributes uv − r(u² + v²)/2, whose variance
    /// over N is that of r. For a normal pair it is (1 − r²)²; it needs no such assumption.
    ///
    /// # Source
    /// Kendall and Stuart (1977), vol. 1, section 10.9 (delta method applied to m11/√(m20 m02)).
    #[must_use]
    pub fn correlation_error(&self) -> Option<f64> {
        let r = self.correlation()?;
        let (sx, sy) = (self.central(2, 0).sqrt(), self.central(0, 2).sqrt());
        let standard = |a: usize, b: usize| {
            let power = |s: f64, n: usize| (0..n).fold(1.0, |product, _| product * s);
            self.central(a, b) / (power(sx, a) * power(sy, b))
        };
        let variance = standard(2, 2) - r * (standard(3, 1) + standard(1, 3))
            + 0.25 * r * r * (standard(4, 0) + 2.0 * standard(2, 2) + standard(0, 4));
        Some((finite(variance)?.max(0.0) / self.count as f64).sqrt())
    }
}

impl Combine for PairMoments {
    fn combine(&self, other: &Self) -> Self {
        if self.count == 0 {
            return other.clone();
        }
        if other.count == 0 {
            return self.clone();
        }
        let count = self.count + other.count;
        let share = other.count as f64 / count as f64;
        let mean_x = self.mean_x + (other.mean_x - self.mean_x) * share;
        let mean_y = self.mean_y + (other.mean_y - self.mean_y) * share;
        let left = recentred(&self.sums, self.mean_x - mean_x, self.mean_y - mean_y);
        let right = recentred(&other.sums, other.mean_x - mean_x, other.mean_y - mean_y);
        let mut sums: Vec<f64> = left.iter().zip(&right).map(|(a, b)| a + b).collect();
        set_first_order(&mut sums);
        Self {
            count,
            mean_x,
            mean_y,
            sums,
        }
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// Sums about the mean of order one are zero but for rounding.
fn set_first_order(sums: &mut [f64]) {
    sums[1] = 0.0;
    sums[SIDE] = 0.0;
}

/// Sums of (x + dx)^a (y + dy)^b from those of x^a y^b, by the binomial theorem.
fn recentred(sums: &[f64], dx: f64, dy: f64) -> Vec<f64> {
    let powers = |d: f64| [1.0, d, d * d, d * d * d, (d * d) * (d * d)];
    let (px, py) = (powers(dx), powers(dy));
    let mut moved = vec![0.0; N_ORDERS];
    for a in 0..SIDE {
        for b in 0..SIDE - a {
            let mut sum = 0.0;
            // From the highest order downwards: the large term first.
            for i in (0..=a).rev() {
                for j in (0..=b).rev() {
                    sum += BINOMIAL[a][i]
                        * BINOMIAL[b][j]
                        * (px[a - i] * py[b - j])
                        * sums[i * SIDE + j];
                }
            }
            moved[a * SIDE + b] = sum;
        }
    }
    moved
}

/// Sums of one pair inside the current block, about the first trial, in fixed lanes.
#[derive(Debug, Clone)]
pub(crate) struct PairSums {
    origin: Option<(f64, f64)>,
    lanes: Vec<[f64; N_ORDERS]>,
}

impl PairSums {
    pub(crate) fn new() -> Self {
        Self {
            origin: None,
            lanes: vec![[0.0; N_ORDERS]; LANES],
        }
    }

    pub(crate) fn add(&mut self, lane: usize, x: f64, y: f64) {
        let (x0, y0) = *self.origin.get_or_insert((x, y));
        let powers = |d: f64| [1.0, d, d * d, d * d * d, (d * d) * (d * d)];
        let (px, py) = (powers(x - x0), powers(y - y0));
        for (a, x) in px.iter().enumerate() {
            for (b, y) in py.iter().enumerate().take(SIDE - a) {
                self.lanes[lane][a * SIDE + b] += x * y;
            }
        }
    }

    pub(crate) fn finish(&mut self) -> PairMoments {
        let sums = std::mem::replace(self, Self::new());
        let Some((x0, y0)) = sums.origin else {
            return PairMoments::empty();
        };
        let total: Vec<f64> = (0..N_ORDERS)
            .map(|order| {
                let [a, b, c, d, e, f, g, h] = std::array::from_fn(|lane| sums.lanes[lane][order]);
                ((a + b) + (c + d)) + ((e + f) + (g + h))
            })
            .collect();
        let n = total[0];
        let (dx, dy) = (total[SIDE] / n, total[1] / n);
        let mut central = recentred(&total, -dx, -dy);
        set_first_order(&mut central);
        // At most 4,096 trials: n is a whole number below 2^53.
        PairMoments {
            count: n as u64,
            mean_x: x0 + dx,
            mean_y: y0 + dy,
            sums: central,
        }
    }
}
