//! Tails and quantiles of beta and gamma distributions with large parameters, whose logits and logarithms are nearly normal.
//!
//! The density of the logit of a beta variate (of the logarithm of a gamma variate) is `e^(−w²/2)` up to a factor, where `w` is a smooth
//! increasing function of it, 0 at the mode. Let `κ = ab/(a + b)` (for gamma, `b` being infinite, `κ = a`), `u = w/√κ`, and let `δ` say where the
//! variate stands: `x = a/n (1 + b/n δ)` and `1 − x = b/n (1 − a/n δ)` with `n = a + b` (for gamma `x = a(1 + δ)`). Then
//! `δ dδ/du = u (1 + b/n δ)(1 − a/n δ)`, and the logit has the slope `u/δ` in `u`: both follow as power series in `u`, which converge for
//! `|u| < 2√π`. The tail is the integral of `φ(w)` times the slope, term by term.
//!
//! # Source
//! The idea is that of N. M. Temme, "The asymptotic expansion of the incomplete gamma functions", SIAM Journal on Mathematical Analysis 10 (1979);
//! the differential equation follows from the densities.

use super::inverse::{Evaluated, step};
use super::normal::{normal_cdf_tails, normal_density};

/// Terms of the slope; with [`LEAST_KAPPA`] and [`REACH`] what is left out is below 1e-12 of a tail.
const TERMS: usize = 13;
/// Least `κ`.
const LEAST_KAPPA: f64 = 200.0;
/// Largest `|u|`.
const REACH: f64 = 0.4;
const MOST_STEPS: usize = 12;

/// Whether the expansion serves a distribution of this `κ` at this `w`, or at this normal score, which differs from it by less than 0.1.
#[inline(always)]
pub(super) fn is_near_normal(kappa: f64, w: f64) -> bool {
    let w = w.abs() + 0.1;
    (kappa >= LEAST_KAPPA) & (w * w < REACH * REACH * kappa)
}

/// The expansion for as many distributions as there are lanes.
#[derive(Debug, Clone, Copy)]
pub(super) struct NearNormal<const W: usize> {
    /// Of `δ` in powers of `w`, from the first on.
    place: [[f64; W]; TERMS],
    /// Of the slope in powers of `w`, from the power 0 on.
    slope: [[f64; W]; TERMS],
    /// Of the tail over `φ(w)`, beside the normal tail, in powers of `w`.
    tail: [[f64; W]; TERMS - 1],
    /// The integral of the slope times `φ`.
    whole: [f64; W],
}

impl<const W: usize> NearNormal<W> {
    /// For each lane `κ`, `(b − a)/n` and `ab/n²` (for gamma 1 and 0).
    #[inline(always)]
    pub(super) fn new(kappa: &[f64; W], skew: &[f64; W], product: &[f64; W]) -> Self {
        // Coefficients of δ, δ² and u/δ in powers of u.
        let mut delta = [[0.0; W]; TERMS + 1];
        let mut square = [[0.0; W]; TERMS + 2];
        let mut slope = [[0.0; W]; TERMS];
        delta[1] = [1.0; W];
        square[2] = [1.0; W];
        for k in 3..TERMS + 2 {
            for lane in 0..W {
                let term = skew[lane] * delta[k - 2][lane] - product[lane] * square[k - 2][lane];
                square[k][lane] = 2.0 / k as f64 * term;
                let mut sum = square[k][lane];
                for i in 2..k - 1 {
                    sum -= delta[i][lane] * delta[k - i][lane];
                }
                delta[k - 1][lane] = 0.5 * sum;
            }
        }
        slope[0] = [1.0; W];
        for k in 1..TERMS {
            for lane in 0..W {
                let mut sum = 0.0;
                for i in 0..k {
                    sum -= slope[i][lane] * delta[k + 1 - i][lane];
                }
                slope[k][lane] = sum;
            }
        }
        // From powers of u to powers of w.
        let mut place = [[0.0; W]; TERMS];
        for lane in 0..W {
            let scale = 1.0 / kappa[lane].sqrt();
            let mut power = 1.0;
            for k in 0..TERMS {
                slope[k][lane] *= power;
                power *= scale;
                place[k][lane] = delta[k + 1][lane] * power;
            }
        }
        // ∫ v^k φ(v) dv from w on is w^(k − 1) φ(w) + (k − 1) ∫ v^(k − 2) φ(v) dv.
        let mut sums = slope;
        for k in (0..TERMS - 2).rev() {
            let farther = sums[k + 2];
            for (sum, farther) in sums[k].iter_mut().zip(farther) {
                *sum += (k + 1) as f64 * farther;
            }
        }
        let mut tail = [[0.0; W]; TERMS - 1];
        tail.copy_from_slice(&sums[1..]);
        Self {
            place,
            slope,
            tail,
            whole: sums[0],
        }
    }

    /// The probabilities below and above `w`.
    #[inline(always)]
    pub(super) fn tails(&self, w: &[f64; W]) -> ([f64; W], [f64; W]) {
        let (mut below, mut above) = ([0.0; W], [0.0; W]);
        for lane in 0..W {
            let (lower, upper) = normal_cdf_tails(w[lane]);
            let moved = normal_density(w[lane]) * at(&self.tail, lane, w[lane]) / self.whole[lane];
            below[lane] = lower - moved;
            above[lane] = upper + moved;
        }
        (below, above)
    }

    /// `δ` at the quantile, where `p + q = 1`, the smaller of them is accurate, and `z` is their normal score.
    #[inline(always)]
    pub(super) fn quantiles(&self, p: &[f64; W], q: &[f64; W], z: &[f64; W]) -> [f64; W] {
        let mut w = [0.0; W];
        for lane in 0..W {
            let z = z[lane];
            w[lane] = z + at(&self.tail, lane, z) / at(&self.slope, lane, z);
        }
        let mut done = [false; W];
        for _ in 0..MOST_STEPS {
            let (below, above) = self.tails(&w);
            let mut all = true;
            for lane in 0..W {
                let (slope, first, second) = self.slope_at(lane, w[lane]);
                let found = Evaluated {
                    below: below[lane],
                    above: above[lane],
                    density: normal_density(w[lane]) * slope / self.whole[lane],
                    slope: first - w[lane],
                    curvature: second - first * first - 1.0,
                };
                let (length, last) = step(found, p[lane], q[lane]);
                w[lane] += if done[lane] { 0.0 } else { length };
                done[lane] |= last;
                all &= done[lane];
            }
            if all {
                break;
            }
        }
        std::array::from_fn(|lane| w[lane] * at(&self.place, lane, w[lane]))
    }

    /// The slope, and its first two derivatives relative to it.
    #[inline(always)]
    fn slope_at(&self, lane: usize, w: f64) -> (f64, f64, f64) {
        let (mut value, mut first, mut second) = (0.0, 0.0, 0.0);
        for k in (0..TERMS).rev() {
            second = second * w + 2.0 * first;
            first = first * w + value;
            value = value * w + self.slope[k][lane];
        }
        (value, first / value, second / value)
    }
}

/// A polynomial of one lane.
#[inline(always)]
fn at<const W: usize, const N: usize>(coefficients: &[[f64; W]; N], lane: usize, w: f64) -> f64 {
    let mut sum = 0.0;
    for k in (0..N).rev() {
        sum = sum * w + coefficients[k][lane];
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::oracle::relative;
    use crate::math::{incomplete_beta, incomplete_gamma, ln_1p};

    /// Where the expansion begins to serve, its tails are those of series and continued fractions.
    #[test]
    fn tails_are_those_of_the_incomplete_functions() {
        for size in [200.0, 700.0] {
            let reach = (REACH * REACH * size).sqrt() - 0.1;
            for z in [-1.0, -0.6, -0.1, 0.0, 0.3, 1.0] {
                let w = z * reach;
                assert!(is_near_normal(size, 0.999 * w));
                let [delta] = place(&NearNormal::new(&[size], &[1.0], &[0.0]), w);
                let expansion = NearNormal::new(&[size], &[1.0], &[0.0]);
                let found = expansion.tails(&[w]);
                let expected = incomplete_gamma(size, size * (1.0 + delta));
                check(found, expected, size, w);

                // κ = size with a = 4b: n = κ n²/(ab).
                let (x, y) = (0.8, 0.2);
                let n = size / (x * y);
                let expansion = NearNormal::new(&[size], &[y - x], &[x * y]);
                let [delta] = place(&expansion, w);
                let (at, rest) = (x * (1.0 + y * delta), y * (1.0 - x * delta));
                check(
                    expansion.tails(&[w]),
                    incomplete_beta(x * n, y * n, at, rest),
                    size,
                    w,
                );
            }
        }
    }

    fn place<const W: usize>(expansion: &NearNormal<W>, w: f64) -> [f64; W] {
        std::array::from_fn(|lane| w * at(&expansion.place, lane, w))
    }

    fn check(found: ([f64; 1], [f64; 1]), expected: (f64, f64), size: f64, w: f64) {
        let ([below], [above]) = found;
        let error = if w < 0.0 {
            relative(below, expected.0)
        } else {
            relative(above, expected.1)
        };
        // The incomplete functions themselves are known to 1e-13 and, of the tail, the rounding of x to size · 1e-16.
        assert!(error < 1e-12, "{size} {w}: {error}");
    }

    /// −ln of the density of the gamma variate's logarithm over κ is u²/2 by definition.
    #[test]
    fn the_series_solves_its_equation() {
        let kappa = 1e4;
        let expansion = NearNormal::new(&[kappa], &[1.0], &[0.0]);
        for w in [-30.0, -3.0, 1e-3, 2.0, 30.0] {
            let [delta] = place(&expansion, w);
            let exponent = delta - ln_1p(delta);
            assert!(relative(exponent, 0.5 * w * w / kappa) < 1e-11, "{w}");
        }
    }
}
