//! Histogram with integer counts: merging is exact in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::discrete::is_whole;
use super::grid::{ATOM_SLOTS, Grid, N_BINS, N_SLOTS, ZERO_SLOT};
use super::low::Low;
use super::map::{CHUNK, with_map};

/// What one carry of a slot stands for. Half of what sixteen bits hold: so many more values can be counted before carries are taken.
const CARRY: u64 = 1 << (u16::BITS - 1);

/// Histogram of one target over the slots of its [`Grid`], but for the low bits of the counts, which lie in one piece of memory with those
/// of all targets.
///
/// A count is its low bits plus its carries, which are few. Every batch of a run touches the counts of all targets: with 9,000 of them
/// two bytes per slot are 18 MB, which outer caches hold, and four or eight bytes are not. Low bits are counts modulo 2^15, and up to 2^15
/// more while values are pending.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sketch {
    total: u64,
    /// Count over 2^15 of the slots where it is not 0.
    carries: BTreeMap<usize, u64>,
    /// Whether all values are whole numbers; false wherever the pilot had others.
    all_whole: bool,
    /// Values counted since carries were taken last.
    #[serde(skip)]
    pending: u64,
}

/// Histogram of one target, to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Histogram<'a> {
    pub(crate) sketch: &'a Sketch,
    pub(crate) low: &'a Low,
}

impl PartialEq for Sketch {
    /// Equality of what does not depend on low bits; see [`Histogram`].
    fn eq(&self, other: &Self) -> bool {
        (self.total, self.all_whole) == (other.total, other.all_whole)
    }
}

impl PartialEq for Histogram<'_> {
    /// Equality of what was counted, settled or not.
    fn eq(&self, other: &Self) -> bool {
        self.sketch == other.sketch
            && (0..N_SLOTS).all(|slot| self.count(slot) == other.count(slot))
    }
}

impl Default for Sketch {
    fn default() -> Self {
        Self {
            total: 0,
            carries: BTreeMap::new(),
            all_whole: true,
            pending: 0,
        }
    }
}

impl Sketch {
    /// Counts finite values.
    pub(crate) fn update(&mut self, low: &mut Low, grid: &Grid, values: &[f64]) {
        for values in values.chunks(CARRY as usize) {
            self.make_room(low, values.len());
            with_map!(grid, |map| for some in values.chunks(CHUNK) {
                let mut slots = [0; CHUNK];
                for (slot, &x) in slots.iter_mut().zip(some) {
                    *slot = map.slot(x) as u16;
                }
                raise(low, &slots[..some.len()]);
            });
            self.note(grid, values);
        }
    }

    /// Makes room in the low bits of each slot for so many more values, at most 2^15; which then are to be noted.
    #[inline(always)]
    pub(crate) fn make_room(&mut self, low: &mut Low, n: usize) {
        let n = n as u64;
        debug_assert!(n <= CARRY, "{n} values at once");
        if self.pending + n > CARRY {
            self.settle(low);
        }
        self.pending += n;
    }

    /// Notes values that are counted or wait for it.
    #[inline(always)]
    pub(crate) fn note(&mut self, grid: &Grid, values: &[f64]) {
        self.total += values.len() as u64;
        self.all_whole &= grid.lattice && values.iter().all(|x| is_whole(*x));
    }

    /// Takes the carries of all slots; what is stored has been settled, so that its bytes depend on the counts alone.
    #[inline(never)]
    pub(crate) fn settle(&mut self, low: &mut Low) {
        self.pending = 0;
        // No slot holds more than all values, so short runs carry nothing.
        if self.total < CARRY || low.iter().fold(0, |all, low| all | low) < CARRY as u16 {
            return;
        }
        for (slot, low) in low.iter_mut().enumerate() {
            let count = u64::from(*low);
            if count >= CARRY {
                *low = (count % CARRY) as u16;
                *self.carries.entry(slot).or_insert(0) += count / CARRY;
            }
        }
    }

    /// Counts one value many times.
    pub(crate) fn add(&mut self, low: &mut Low, grid: &Grid, value: f64, times: u64) {
        let mut slot = [0_u32];
        grid.slots(&[value], &mut slot);
        self.total += times;
        self.all_whole &= grid.lattice && is_whole(value);
        self.raise(low, slot[0] as usize % N_SLOTS, times);
    }

    /// Adds the counts of another histogram.
    pub(crate) fn merge(&mut self, low: &mut Low, other: Histogram<'_>) {
        self.settle(low);
        self.total += other.sketch.total;
        self.all_whole &= other.sketch.all_whole;
        if other.sketch.pending > 0 {
            for slot in 0..N_SLOTS {
                self.raise(low, slot, other.count(slot));
            }
            return;
        }
        // Both are below the carry, so their sum has room.
        for (low, more) in low.iter_mut().zip(other.low) {
            *low += more;
        }
        for (&slot, carries) in &other.sketch.carries {
            *self.carries.entry(slot).or_insert(0) += carries;
        }
        self.settle(low);
    }

    fn raise(&mut self, low: &mut Low, slot: usize, more: u64) {
        let count = Histogram { sketch: self, low }.count(slot) + more;
        low[slot] = (count % CARRY) as u16;
        if count >= CARRY {
            self.carries.insert(slot, count / CARRY);
        }
    }

    /// Values counted.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }
}

impl Histogram<'_> {
    /// Whether carries are those of slots, and the counts sum to a total of no more than so many trials.
    pub(crate) fn is_sound(&self, trials: u64) -> bool {
        let carried = (self.sketch.carries.iter()).try_fold(0_u64, |sum, (&slot, &carries)| {
            let count = carries.checked_mul(CARRY).filter(|_| slot < N_SLOTS)?;
            sum.checked_add(count)
        });
        let low: u64 = self.low.iter().map(|&low| u64::from(low)).sum();
        self.low.iter().all(|&low| u64::from(low) < CARRY)
            && self.sketch.total <= trials
            && carried.and_then(|carried| carried.checked_add(low)) == Some(self.sketch.total)
    }

    /// Whether every value counted is a whole number, as those of the pilot were.
    pub(crate) fn is_lattice(&self) -> bool {
        self.sketch.all_whole
    }

    /// Values counted.
    pub(crate) fn total(&self) -> u64 {
        self.sketch.total
    }

    /// Values in each slot.
    #[inline(always)]
    pub(crate) fn counts(&self) -> [u64; N_SLOTS] {
        let mut counts = [0; N_SLOTS];
        for (count, &low) in counts.iter_mut().zip(self.low) {
            *count = u64::from(low);
        }
        for (&slot, carries) in &self.sketch.carries {
            counts[slot] += carries * CARRY;
        }
        counts
    }

    /// Values in a slot.
    pub(crate) fn count(&self, slot: usize) -> u64 {
        let carries = self.sketch.carries.get(&slot).copied().unwrap_or(0);
        carries * CARRY + u64::from(self.low[slot])
    }

    /// Values below each threshold of the grid; see [`super::discrete::Store::below_thresholds`].
    #[inline(always)]
    pub(crate) fn below_thresholds(&self, grid: &Grid) -> Vec<u64> {
        let mut from = 0;
        let mut below = 0;
        let mut counts: Vec<u64> = grid
            .thresholds
            .iter()
            .map(|&threshold| {
                let to = (threshold as usize).min(N_BINS);
                let low: u32 = self.low[from..to].iter().map(|&low| u32::from(low)).sum();
                let carries: u64 = self
                    .sketch
                    .carries
                    .range(from..to)
                    .map(|(_, carries)| carries)
                    .sum();
                below += u64::from(low) + carries * CARRY;
                from = to;
                below
            })
            .collect();
        let apart = ATOM_SLOTS
            .iter()
            .zip(&grid.atoms)
            .chain([(&ZERO_SLOT, &0.0)]);
        for (&slot, &value) in apart {
            let mut bin = [0];
            grid.bins(&[value], &mut bin);
            for (count, &threshold) in counts.iter_mut().zip(&grid.thresholds) {
                if bin[0] < threshold {
                    *count += self.count(slot);
                }
            }
        }
        counts
    }
}

/// Adds one, modulo 2^16, to each slot. The mask replaces the bounds check.
#[inline(always)]
pub(crate) fn raise(low: &mut Low, slots: &[u16]) {
    for &slot in slots {
        let low = &mut low[usize::from(slot) % N_SLOTS];
        *low = low.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::layout::PilotSample;

    /// A histogram by itself.
    struct Alone {
        sketch: Sketch,
        low: Low,
    }

    impl Alone {
        fn new() -> Self {
            Self {
                sketch: Sketch::default(),
                low: [0; N_SLOTS],
            }
        }

        fn read(&self) -> Histogram<'_> {
            Histogram {
                sketch: &self.sketch,
                low: &self.low,
            }
        }

        fn add(&mut self, grid: &Grid, value: f64, times: u64) {
            self.sketch.add(&mut self.low, grid, value, times);
        }

        fn update(&mut self, grid: &Grid, values: &[f64]) {
            self.sketch.update(&mut self.low, grid, values);
        }

        fn settle(&mut self) {
            self.sketch.settle(&mut self.low);
        }

        fn merge(&mut self, other: &Self) {
            self.sketch.merge(&mut self.low, other.read());
        }
    }

    #[test]
    fn counts_carry_beyond_sixteen_and_thirty_two_bits() {
        let values: Vec<f64> = (1..1000).map(f64::from).collect();
        let grid = Grid::from_pilot(PilotSample {
            sorted: &values,
            min: 1.0,
            max: 999.0,
        });
        let mut sketch = Alone::new();
        sketch.add(&grid, 5.0, u64::from(u32::MAX) - 1);
        sketch.update(&grid, &[5.0, 5.0, 700.0]);
        let mut slot = [0];
        grid.slots(&[5.0], &mut slot);
        assert_eq!(
            sketch.read().count(slot[0] as usize),
            u64::from(u32::MAX) + 1
        );
        assert_eq!(sketch.read().total(), u64::from(u32::MAX) + 2);
        let mut sum = Alone::new();
        sum.update(&grid, &[5.0; 70_000]);
        assert_eq!(sum.read().count(slot[0] as usize), 70_000);
        let mut once = Alone::new();
        once.add(&grid, 5.0, 70_000);
        assert_eq!(
            once.read(),
            sum.read(),
            "the form depends on the counts alone"
        );
        sum.merge(&sketch);
        assert_eq!(
            sum.read().count(slot[0] as usize),
            u64::from(u32::MAX) + 70_001
        );
        assert_eq!(sum.read().total(), u64::from(u32::MAX) + 70_002);
    }

    #[test]
    fn a_merged_sketch_is_that_of_all_values() {
        let values: Vec<f64> = (1..1000).map(f64::from).collect();
        let grid = Grid::from_pilot(PilotSample {
            sorted: &values,
            min: 1.0,
            max: 999.0,
        });
        let count = |n: usize| {
            let mut sketch = Alone::new();
            for batch in vec![5.0; n].chunks(1000) {
                sketch.update(&grid, batch);
            }
            sketch.update(&grid, &[700.0; 3]);
            sketch
        };
        // Below, at and beyond what sixteen bits and their carry hold, with and without carries that were taken.
        let numbers = [1, 20_000, 32_764, 32_765, 32_767, 32_768, 40_000, 70_000];
        for first in numbers {
            for second in numbers {
                for settled in [[false; 2], [false, true], [true, false], [true; 2]] {
                    let mut parts = [count(first), count(second)];
                    for (part, _) in parts
                        .iter_mut()
                        .zip(settled)
                        .filter(|(_, settled)| *settled)
                    {
                        part.settle();
                    }
                    let [mut sum, other] = parts;
                    sum.merge(&other);
                    let total = (first + second + 6) as u64;
                    let mut slots = [0; 2];
                    grid.slots(&[5.0, 700.0], &mut slots);
                    let counted = slots.map(|slot| sum.read().count(slot as usize));
                    assert_eq!(counted, [total - 6, 6], "{first}, {second}, {settled:?}");
                    assert_eq!(sum.read().counts().iter().sum::<u64>(), total);
                    assert!(sum.read().is_sound(total), "carries were taken");
                }
            }
        }
    }
}
