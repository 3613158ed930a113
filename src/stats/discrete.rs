//! Exact counts of the values of a discrete target.

use fearless_simd::dispatch;
use serde::{Deserialize, Serialize};

use super::bits;
use super::grid::Grid;
use super::low::Low;
use super::sketch::{Histogram, Sketch};
use crate::math::simd_level;

/// Distinct values that are counted one by one; with more, the counts go into the histogram.
pub const MOST_DISTINCT: usize = 512;
/// Distinct values in the pilot sample up to which a target counts as discrete.
const MOST_DISTINCT_IN_PILOT: usize = 64;

/// Whether a value is a whole number that a double tells from its neighbours one half away: counts and rounded quantities are such.
#[inline(always)]
pub(crate) fn is_whole(x: f64) -> bool {
    /// 2^52: from here on every double is whole.
    const ALL_WHOLE: f64 = 4_503_599_627_370_496.0;
    (x.abs() < ALL_WHOLE) & (x.floor() == x)
}

/// Values of a sample and how many of them are distinct.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Repetition {
    pub(crate) n_values: usize,
    pub(crate) n_distinct: usize,
}

/// Whether a pilot sample is of a discrete quantity: at most 64 values, each seen four times on average, or, leaving out zero and the
/// most frequent values, each seen twice. A Poisson count of mean 1,000 shows some 170 values among 1,024. What turns out to have more
/// than [`MOST_DISTINCT`] goes into the histogram.
pub(crate) fn looks_discrete(all: Repetition, others: Repetition) -> bool {
    all.n_distinct <= MOST_DISTINCT_IN_PILOT.min(all.n_values / 4).max(1)
        || 2 * others.n_distinct <= others.n_values
}

/// Distinct values in ascending order with their counts. −0 counts as 0.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ValueCounts {
    #[serde(with = "bits::many")]
    pub(crate) values: Vec<f64>,
    pub(crate) counts: Vec<u64>,
}

impl ValueCounts {
    /// Counts finite values; stops at the first that would exceed [`MOST_DISTINCT`] and returns how many it took.
    pub(crate) fn update(&mut self, values: &[f64]) -> usize {
        let mut last = 0;
        for (index, &x) in values.iter().enumerate() {
            if self.values.get(last) == Some(&x) {
                self.counts[last] += 1;
                continue;
            }
            match self.place(x) {
                Some(place) => last = place,
                None => return index,
            }
            self.counts[last] += 1;
        }
        values.len()
    }

    /// Counts one value many times; false if it would be one distinct value too many.
    #[must_use]
    pub(crate) fn add(&mut self, value: f64, times: u64) -> bool {
        match self.place(value) {
            Some(place) => {
                self.counts[place] += times;
                true
            }
            None => false,
        }
    }

    fn place(&mut self, x: f64) -> Option<usize> {
        // −0 + 0 = 0: one key for both zeros.
        let x = x + 0.0;
        match self.values.binary_search_by(|known| known.total_cmp(&x)) {
            Ok(place) => Some(place),
            Err(_) if self.values.len() >= MOST_DISTINCT => None,
            Err(place) => {
                self.values.insert(place, x);
                self.counts.insert(place, 0);
                Some(place)
            }
        }
    }

    /// Puts all counts into a histogram.
    pub(crate) fn spill(&self, sketch: &mut Sketch, low: &mut Low, grid: &Grid) {
        for (&value, &count) in self.values.iter().zip(&self.counts) {
            sketch.add(low, grid, value, count);
        }
    }
}

/// What is kept of a target's values: exact counts, or the histogram once there are more than [`MOST_DISTINCT`] distinct values.
/// Which of them is a function of the values alone, so parts may be merged in any order. The low bits that the histogram needs are zeros
/// until then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Store {
    Counted(ValueCounts),
    Sketched(Sketch),
}

impl Store {
    pub(crate) fn new(grid: &Grid) -> Self {
        if grid.discrete {
            Self::Counted(ValueCounts::default())
        } else {
            Self::Sketched(Sketch::default())
        }
    }

    #[inline(always)]
    pub(crate) fn update(&mut self, low: &mut Low, grid: &Grid, values: &[f64]) {
        match self {
            Self::Sketched(sketch) => sketch.update(low, grid, values),
            Self::Counted(counts) => {
                let taken = counts.update(values);
                if taken < values.len() {
                    self.spill(low, grid).update(low, grid, &values[taken..]);
                }
            }
        }
    }

    pub(crate) fn merge(&mut self, low: &mut Low, grid: &Grid, other: &Self, other_low: &Low) {
        match other {
            Self::Sketched(sketch) => {
                let other = Histogram {
                    sketch,
                    low: other_low,
                };
                self.spill(low, grid).merge(low, other);
            }
            Self::Counted(other) => {
                for (&value, &times) in other.values.iter().zip(&other.counts) {
                    match self {
                        Self::Sketched(sketch) => sketch.add(low, grid, value, times),
                        Self::Counted(counts) => {
                            if !counts.add(value, times) {
                                self.spill(low, grid).add(low, grid, value, times);
                            }
                        }
                    }
                }
            }
        }
    }

    /// Values counted.
    pub(crate) fn total(&self) -> u64 {
        match self {
            Self::Sketched(sketch) => sketch.total(),
            Self::Counted(counts) => counts.counts.iter().sum(),
        }
    }

    /// Whether this can hold values of this grid, no more than so many.
    pub(crate) fn is_sound(&self, low: &Low, grid: &Grid, trials: u64) -> bool {
        match self {
            Self::Sketched(sketch) => Histogram { sketch, low }.is_sound(trials),
            Self::Counted(ValueCounts { values, counts }) => {
                let sum = counts.iter().try_fold(0_u64, |sum, &n| sum.checked_add(n));
                grid.discrete
                    && low.iter().all(|&low| low == 0)
                    && values.len() == counts.len()
                    && values.len() <= MOST_DISTINCT
                    && values.iter().all(|value| value.is_finite())
                    && values.is_sorted_by(|a, b| a < b)
                    && sum.is_some_and(|sum| sum <= trials)
            }
        }
    }

    /// Values below each threshold of the grid. A value lies below if its bin does, in both forms and for values with slots of their own, so
    /// the answer depends on the values alone.
    pub(crate) fn below_thresholds(&self, low: &Low, grid: &Grid) -> Vec<u64> {
        match self {
            Self::Sketched(sketch) => {
                let histogram = Histogram { sketch, low };
                dispatch!(simd_level(), _simd => histogram.below_thresholds(grid))
            }
            Self::Counted(counts) => {
                let mut bins = vec![0; counts.values.len()];
                grid.bins(&counts.values, &mut bins);
                grid.thresholds
                    .iter()
                    .map(|&threshold| {
                        let below =
                            |(&bin, &count): (&u32, &u64)| (bin < threshold).then_some(count);
                        bins.iter().zip(&counts.counts).filter_map(below).sum()
                    })
                    .collect()
            }
        }
    }

    /// Turns counts into a histogram, unless it is one.
    fn spill(&mut self, low: &mut Low, grid: &Grid) -> &mut Sketch {
        if let Self::Counted(counts) = self {
            let mut sketch = Sketch::default();
            counts.spill(&mut sketch, low, grid);
            *self = Self::Sketched(sketch);
        }
        match self {
            Self::Sketched(sketch) => sketch,
            Self::Counted(_) => unreachable!("counts were replaced above"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::grid::N_SLOTS;
    use crate::stats::layout::PilotSample;
    use proptest::prelude::*;

    fn discrete_grid() -> Grid {
        let mut sample = vec![1.0; 500];
        sample.extend([2.0; 524]);
        Grid::from_pilot(PilotSample {
            sorted: &sample,
            min: 1.0,
            max: 2.0,
        })
    }

    /// With the low bits of its histogram.
    fn store(grid: &Grid, values: &[f64]) -> (Store, Low) {
        let (mut store, mut low) = (Store::new(grid), [0; N_SLOTS]);
        store.update(&mut low, grid, values);
        (store, low)
    }

    proptest! {
        #[test]
        fn final_state_is_a_function_of_the_values(
            mut values in prop::collection::vec(prop_oneof![0..600_i32, 0..3_i32], 0..1500),
            cut in 0..1500_usize,
            rotate in 0..1500_usize,
        ) {
            let grid = discrete_grid();
            let whole = store(&grid, &values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>());
            let distinct = values.iter().collect::<std::collections::BTreeSet<_>>().len();
            prop_assert_eq!(matches!(whole.0, Store::Counted(_)), distinct <= MOST_DISTINCT);
            let length = values.len().max(1);
            let places = (rotate % length).min(values.len());
            values.rotate_left(places);
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let cut = cut.min(values.len());
            let mut left = store(&grid, &values[..cut]);
            let right = store(&grid, &values[cut..]);
            let mut swapped = right.clone();
            swapped.0.merge(&mut swapped.1, &grid, &left.0, &left.1);
            left.0.merge(&mut left.1, &grid, &right.0, &right.1);
            prop_assert_eq!(&left, &whole);
            prop_assert_eq!(&swapped, &whole);
        }
    }

    #[test]
    fn both_zeros_are_one_value() {
        let grid = discrete_grid();
        assert_eq!(store(&grid, &[0.0, -0.0]), store(&grid, &[-0.0, 0.0]));
    }
}
