//! Count, mean, central sums, minimum and maximum: in fixed lanes inside a block, combined pairwise between blocks.

use serde::{Deserialize, Serialize};

use super::bits;
use super::map::CHUNK;
use super::tree::Combine;

/// Lanes of a block: trial number modulo 8.
const LANES: usize = 8;

/// Moments of the finite values of one target, over a block or several.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    /// Number of finite values.
    pub count: u64,
    /// Arithmetic mean; 0 if there are none.
    #[serde(with = "bits::one")]
    pub mean: f64,
    /// Sum of (x − mean)².
    #[serde(with = "bits::one")]
    pub m2: f64,
    /// Sum of (x − mean)³.
    #[serde(with = "bits::one")]
    pub m3: f64,
    /// Sum of (x − mean)⁴.
    #[serde(with = "bits::one")]
    pub m4: f64,
    /// Smallest value; +∞ if there are none.
    #[serde(with = "bits::one")]
    pub min: f64,
    /// Largest value; −∞ if there are none.
    #[serde(with = "bits::one")]
    pub max: f64,
}

impl Moments {
    /// Moments of nothing.
    pub const EMPTY: Self = Self {
        count: 0,
        mean: 0.0,
        m2: 0.0,
        m3: 0.0,
        m4: 0.0,
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
    };

    /// Standard deviation with divisor count − 1; `None` below two values or where a square overflows.
    #[must_use]
    pub fn sd(&self) -> Option<f64> {
        let sd = (self.m2 / (self.count.checked_sub(1)? as f64)).sqrt();
        sd.is_finite().then_some(sd)
    }
}

impl Combine for Moments {
    /// # Source
    /// Chan, Golub and LeVeque (1979) for the second order; Pébay (2008), SAND2008-6212, for the third and fourth.
    fn combine(&self, other: &Self) -> Self {
        if self.count == 0 {
            return *other;
        }
        if other.count == 0 {
            return *self;
        }
        let (a, b) = (self.count as f64, other.count as f64);
        let n = a + b;
        let delta = other.mean - self.mean;
        let step = delta / n;
        let square = step * step;
        Self {
            count: self.count + other.count,
            mean: self.mean + step * b,
            m2: self.m2 + other.m2 + delta * step * (a * b),
            m3: self.m3
                + other.m3
                + delta * square * (a * b * (a - b))
                + 3.0 * step * (a * other.m2 - b * self.m2),
            m4: self.m4
                + other.m4
                + delta * square * step * (a * b * (a * a - a * b + b * b))
                + 6.0 * square * (a * a * other.m2 + b * b * self.m2)
                + 4.0 * step * (a * other.m3 - b * self.m3),
            min: smaller(self.min, other.min),
            max: larger(self.max, other.max),
        }
    }
}

/// The smaller of two numbers; the first if they are equal, so the sign of zero does not depend on the platform.
#[inline(always)]
fn smaller(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}

/// The larger of two numbers; the first if they are equal.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// What else is done with values while they are summed.
pub(super) trait Companion {
    /// Takes the values of a chunk.
    fn chunk(&mut self, values: &[f64; CHUNK]);
    /// Takes fewer values, at either end.
    fn few(&mut self, values: &[f64]);
}

impl Companion for () {
    fn chunk(&mut self, _values: &[f64; CHUNK]) {}
    fn few(&mut self, _values: &[f64]) {}
}

/// Sums of one target inside the current block.
///
/// Powers of x − K are summed, K being the block's first finite value. As K is one of the block's own values, the sum of squares
/// exceeds the central one at most by the factor 1 + count, so cancellation costs at most 12 of 53 bits however far the values lie from zero.
#[derive(Debug, Clone)]
pub struct BlockSums {
    shift: Option<f64>,
    count: u64,
    powers: [[f64; LANES]; 4],
    min: [f64; LANES],
    max: [f64; LANES],
}

impl BlockSums {
    /// Sums of nothing.
    pub const EMPTY: Self = Self {
        shift: None,
        count: 0,
        powers: [[0.0; LANES]; 4],
        min: [f64::INFINITY; LANES],
        max: [f64::NEG_INFINITY; LANES],
    };

    /// Adds values of consecutive trials, the first being `offset` in the block. Batches of a block come in ascending order. With values that
    /// are not finite the sums are worthless.
    pub fn update(&mut self, offset: usize, values: &[f64]) {
        self.update_with(offset, values, &mut ());
    }

    /// [`BlockSums::update`], which shows the values to a companion before it adds them: so they are loaded once, and the processor can do
    /// both at the same time.
    #[inline(always)]
    pub(super) fn update_with(
        &mut self,
        offset: usize,
        values: &[f64],
        companion: &mut impl Companion,
    ) {
        let Some(&first) = values.first() else { return };
        let shift = *self.shift.get_or_insert(first);
        self.count += values.len() as u64;
        let head = ((LANES - offset % LANES) % LANES).min(values.len());
        let (head, aligned) = values.split_at(head);
        companion.few(head);
        for (index, &x) in head.iter().enumerate() {
            self.add((offset + index) % LANES, shift, x);
        }
        let (chunks, rest) = aligned.as_chunks::<CHUNK>();
        let [mut s1, mut s2, mut s3, mut s4] = self.powers;
        let (mut min, mut max) = (self.min, self.max);
        for chunk in chunks {
            companion.chunk(chunk);
            for eight in chunk.as_chunks::<LANES>().0 {
                for lane in 0..LANES {
                    let d = eight[lane] - shift;
                    let square = d * d;
                    s1[lane] += d;
                    s2[lane] += square;
                    s3[lane] += square * d;
                    s4[lane] += square * square;
                }
            }
            // A second pass: sums and extremes together need more registers than SSE2 and AVX2 have.
            for eight in chunk.as_chunks::<LANES>().0 {
                for lane in 0..LANES {
                    min[lane] = smaller(min[lane], eight[lane]);
                    max[lane] = larger(max[lane], eight[lane]);
                }
            }
        }
        self.powers = [s1, s2, s3, s4];
        (self.min, self.max) = (min, max);
        companion.few(rest);
        for (index, &x) in rest.iter().enumerate() {
            self.add(index % LANES, shift, x);
        }
    }

    /// Whether all values so far were finite: one that is not makes the sum of its lane so for good. False also where that sum overflows.
    #[inline(always)]
    pub(crate) fn is_finite(&self) -> bool {
        self.powers[0].iter().all(|sum| sum.is_finite())
    }

    /// Adds one finite value to its lane, with the operations of the vector loop.
    #[inline(always)]
    fn add(&mut self, lane: usize, shift: f64, x: f64) {
        let d = x - shift;
        let square = d * d;
        self.powers[0][lane] += d;
        self.powers[1][lane] += square;
        self.powers[2][lane] += square * d;
        self.powers[3][lane] += square * square;
        self.min[lane] = smaller(self.min[lane], x);
        self.max[lane] = larger(self.max[lane], x);
    }

    /// Moments of the block; the sums start again.
    pub fn finish(&mut self) -> Moments {
        let sums = std::mem::replace(self, Self::EMPTY);
        let Some(shift) = sums.shift else {
            return Moments::EMPTY;
        };
        let n = sums.count as f64;
        let [s1, s2, s3, s4] = sums.powers.map(|lanes| reduce(lanes, |a, b| a + b));
        let a = s1 / n;
        let m2 = s2 - a * s1;
        let m3 = s3 - 3.0 * a * s2 + 2.0 * a * a * s1;
        let m4 = s4 - 4.0 * a * s3 + 6.0 * a * a * s2 - 3.0 * a * a * a * s1;
        Moments {
            count: sums.count,
            mean: shift + a,
            // Rounding can leave −1e-17; NaN (an overflowed square) passes through.
            m2: if m2 < 0.0 { 0.0 } else { m2 },
            m3,
            m4: if m4 < 0.0 { 0.0 } else { m4 },
            min: reduce(sums.min, smaller),
            max: reduce(sums.max, larger),
        }
    }
}

/// Reduces the lanes by a fixed tree.
fn reduce(lanes: [f64; LANES], join: impl Fn(f64, f64) -> f64) -> f64 {
    let [a, b, c, d, e, f, g, h] = lanes;
    join(join(join(a, b), join(c, d)), join(join(e, f), join(g, h)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::target::TRIALS_PER_BLOCK;
    use crate::stats::tree::BlockTree;

    fn moments(values: &[f64], batch: usize) -> Moments {
        let mut tree = BlockTree::new();
        let mut n_blocks = 0;
        for (block, block_values) in values.chunks(TRIALS_PER_BLOCK).enumerate() {
            let mut sums = BlockSums::EMPTY;
            for (index, slice) in block_values.chunks(batch).enumerate() {
                sums.update(index * batch, slice);
            }
            tree.insert(block as u64, vec![sums.finish()]).unwrap();
            n_blocks += 1;
        }
        tree.finish(n_blocks).unwrap()[0]
    }

    /// Log relative error: number of correct significant digits.
    fn digits(found: f64, certified: f64) -> f64 {
        if found == certified {
            17.0
        } else {
            -((found - certified).abs() / certified.abs()).log10()
        }
    }

    /// NIST StRD univariate: first value, then 500 pairs.
    fn accuracy_set(first: f64, low: f64, high: f64) -> Vec<f64> {
        let mut values = vec![first];
        for _ in 0..500 {
            values.extend([low, high]);
        }
        values
    }

    #[test]
    fn nist_numerical_accuracy_sets_are_met_in_every_batching() {
        // Certified values of NIST StRD NumAcc1–4; digits reachable in doubles: the data of NumAcc3 and 4 are themselves rounded
        // at 1e-10 and 2e-9, so an sd of 0.1 can be right to 9 and 8 digits.
        let sets = [
            (
                vec![10_000_001.0, 10_000_003.0, 10_000_002.0],
                10_000_002.0,
                1.0,
                15.0,
                15.0,
            ),
            (accuracy_set(1.2, 1.1, 1.3), 1.2, 0.1, 14.0, 14.0),
            (
                accuracy_set(1_000_000.2, 1_000_000.1, 1_000_000.3),
                1_000_000.2,
                0.1,
                14.0,
                9.0,
            ),
            (
                accuracy_set(10_000_000.2, 10_000_000.1, 10_000_000.3),
                10_000_000.2,
                0.1,
                14.0,
                8.0,
            ),
        ];
        for (values, mean, sd, mean_digits, sd_digits) in sets {
            let whole = moments(&values, 1001);
            for n_chunks in [1, 7, 1001] {
                assert_eq!(moments(&values, values.len().div_ceil(n_chunks)), whole);
            }
            assert!(
                digits(whole.mean, mean) >= mean_digits,
                "mean {}",
                whole.mean
            );
            let found = whole.sd().unwrap();
            assert!(digits(found, sd) >= sd_digits, "sd {found} of {sd}");
        }
    }

    #[test]
    fn central_sums_equal_two_pass_sums_over_ragged_blocks() {
        let values: Vec<f64> = (0..10_001_u64)
            .map(|i| 3.0 + (i.wrapping_mul(2_654_435_761) % 1000) as f64 * 0.37 + (i % 7) as f64)
            .collect();
        let found = moments(&values, 1000);
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let central = |power: i32| values.iter().map(|x| (x - mean).powi(power)).sum::<f64>();
        assert_eq!(found.count, 10_001);
        // Two-pass sums of 1e4 values carry about 1e4 roundings of 1e-16 at worst.
        assert!((found.mean / mean - 1.0).abs() < 1e-12);
        assert!((found.m2 / central(2) - 1.0).abs() < 1e-11);
        assert!((found.m4 / central(4) - 1.0).abs() < 1e-11);
        let scale = central(2).powf(1.5) / n.sqrt();
        assert!((found.m3 - central(3)).abs() < 1e-11 * scale);
        assert_eq!(
            found.min,
            values.iter().copied().fold(f64::INFINITY, f64::min)
        );
        assert_eq!(
            found.max,
            values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        );
    }

    #[test]
    fn one_value_that_is_not_finite_is_seen_at_every_position() {
        for length in [1, 7, 8, 9, 33] {
            let clean = vec![1e300; length];
            let finite = |values: &[f64]| {
                let mut sums = BlockSums::EMPTY;
                sums.update(3, values);
                sums.is_finite()
            };
            assert!(finite(&clean));
            for position in 0..length {
                for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                    let mut values = clean.clone();
                    values[position] = bad;
                    assert!(!finite(&values), "{length} {position} {bad}");
                }
            }
        }
    }

    #[test]
    fn overflowing_squares_give_no_sd() {
        assert_eq!(moments(&[1e200, -1e200, 0.0], 3).sd(), None);
        assert_eq!(moments(&[1.0], 1).sd(), None);
        assert_eq!(moments(&[5e15; 9000], 7).sd(), Some(0.0));
    }
}
