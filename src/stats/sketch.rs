//! Histogram with integer counts: merging is exact in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::discrete::is_whole;
use super::grid::{ATOM_SLOTS, Grid, N_BINS, N_SLOTS, ZERO_SLOT};
use super::low::Low;
use super::map::{CHUNK, with_map};

/// What one carry of a slot stands for. Half of what sixteen bits hold: so many more values can be counted before carries are taken.
const CARRY: u64 = 1 << (u16::BITS - 1);

/// Histogram of one target over the slots of its [`Grid`].
///
/// A count is its low bits plus its carries, which are few. Every batch of a run touches the counts of all targets: with 9,000 of them
/// two bytes per slot are 18 MB, which outer caches hold, and four or eight bytes are not.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sketch {
    total: u64,
    /// Count modulo 2^15 by slot, and up to 2^15 more while values are pending.
    low: Box<Low>,
    /// Count over 2^15 of the slots where it is not 0.
    carries: BTreeMap<usize, u64>,
    /// Whether all values are whole numbers; false wherever the pilot had others.
    all_whole: bool,
    /// Values counted since carries were taken last.
    #[serde(skip)]
    pending: u64,
}

impl PartialEq for Sketch {
    /// Equality of what was counted, settled or not.
    fn eq(&self, other: &Self) -> bool {
        (self.total, self.all_whole) == (other.total, other.all_whole)
            && (0..N_SLOTS).all(|slot| self.count(slot) == other.count(slot))
    }
}

impl Eq for Sketch {}

impl Default for Sketch {
    fn default() -> Self {
        Self {
            total: 0,
            low: Box::new(Low::EMPTY),
            carries: BTreeMap::new(),
            all_whole: true,
            pending: 0,
        }
    }
}

impl Sketch {
    /// Counts finite values.
    pub(crate) fn update(&mut self, grid: &Grid, values: &[f64]) {
        for values in values.chunks(CARRY as usize) {
            let low = self.room(values.len());
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

    /// The low bits of the slots, each with room for so many more values, at most 2^15; which then are to be noted.
    #[inline(always)]
    pub(crate) fn room(&mut self, n: usize) -> &mut [u16; N_SLOTS] {
        let n = n as u64;
        debug_assert!(n <= CARRY, "{n} values at once");
        if self.pending + n > CARRY {
            self.settle();
        }
        self.pending += n;
        &mut self.low.0
    }

    /// Notes values that are counted or wait for it.
    #[inline(always)]
    pub(crate) fn note(&mut self, grid: &Grid, values: &[f64]) {
        self.total += values.len() as u64;
        self.all_whole &= grid.lattice && values.iter().all(|x| is_whole(*x));
    }

    /// Takes the carries of all slots; what is stored has been settled, so that its bytes depend on the counts alone.
    #[inline(never)]
    pub(crate) fn settle(&mut self) {
        self.pending = 0;
        // No slot holds more than all values, so short runs carry nothing.
        if self.total < CARRY || self.low.0.iter().fold(0, |all, low| all | low) < CARRY as u16 {
            return;
        }
        for (slot, low) in self.low.0.iter_mut().enumerate() {
            let count = u64::from(*low);
            if count >= CARRY {
                *low = (count % CARRY) as u16;
                *self.carries.entry(slot).or_insert(0) += count / CARRY;
            }
        }
    }

    /// The low bits of the slots, to be asked for ahead of their use.
    #[inline(always)]
    pub(crate) fn low(&self) -> &[u16] {
        &self.low.0
    }

    /// Counts one value many times.
    pub(crate) fn add(&mut self, grid: &Grid, value: f64, times: u64) {
        let mut slot = [0_u32];
        grid.slots(&[value], &mut slot);
        self.total += times;
        self.all_whole &= grid.lattice && is_whole(value);
        self.raise(slot[0] as usize % N_SLOTS, times);
    }

    /// Adds the counts of the other.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.settle();
        self.total += other.total;
        self.all_whole &= other.all_whole;
        if other.pending > 0 {
            for slot in 0..N_SLOTS {
                self.raise(slot, other.count(slot));
            }
            return;
        }
        // Both are below the carry, so their sum has room.
        for (low, more) in self.low.0.iter_mut().zip(&other.low.0) {
            *low += more;
        }
        for (&slot, carries) in &other.carries {
            *self.carries.entry(slot).or_insert(0) += carries;
        }
        self.settle();
    }

    /// Whether carries are those of slots, and the counts sum to a total of no more than so many trials.
    pub(crate) fn is_sound(&self, trials: u64) -> bool {
        let carried = (self.carries.iter()).try_fold(0_u64, |sum, (&slot, &carries)| {
            let count = carries.checked_mul(CARRY).filter(|_| slot < N_SLOTS)?;
            sum.checked_add(count)
        });
        let low: u64 = self.low.0.iter().map(|&low| u64::from(low)).sum();
        self.low.0.iter().all(|&low| u64::from(low) < CARRY)
            && self.total <= trials
            && carried.and_then(|carried| carried.checked_add(low)) == Some(self.total)
    }

    /// Whether every value counted is a whole number, as those of the pilot were.
    pub(crate) fn is_lattice(&self) -> bool {
        self.all_whole
    }

    /// Values counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Values in each slot.
    #[inline(always)]
    pub(crate) fn counts(&self) -> [u64; N_SLOTS] {
        let mut counts = [0; N_SLOTS];
        for (count, &low) in counts.iter_mut().zip(&self.low.0) {
            *count = u64::from(low);
        }
        for (&slot, carries) in &self.carries {
            counts[slot] += carries * CARRY;
        }
        counts
    }

    /// Values in a slot.
    pub(crate) fn count(&self, slot: usize) -> u64 {
        let carries = self.carries.get(&slot).copied().unwrap_or(0);
        carries * CARRY + u64::from(self.low.0[slot])
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
                let low: u32 = self.low.0[from..to].iter().map(|&low| u32::from(low)).sum();
                let carries: u64 = self
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

    fn raise(&mut self, slot: usize, more: u64) {
        let count = self.count(slot) + more;
        self.low.0[slot] = (count % CARRY) as u16;
        if count >= CARRY {
            self.carries.insert(slot, count / CARRY);
        }
    }
}

/// Adds one, modulo 2^16, to each slot. The mask replaces the bounds check.
#[inline(always)]
pub(crate) fn raise(low: &mut [u16; N_SLOTS], slots: &[u16]) {
    for &slot in slots {
        let low = &mut low[usize::from(slot) % N_SLOTS];
        *low = low.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::layout::PilotSample;

    #[test]
    fn counts_carry_beyond_sixteen_and_thirty_two_bits() {
        let values: Vec<f64> = (1..1000).map(f64::from).collect();
        let grid = Grid::from_pilot(PilotSample {
            sorted: &values,
            min: 1.0,
            max: 999.0,
        });
        let mut sketch = Sketch::default();
        sketch.add(&grid, 5.0, u64::from(u32::MAX) - 1);
        sketch.update(&grid, &[5.0, 5.0, 700.0]);
        let mut slot = [0];
        grid.slots(&[5.0], &mut slot);
        assert_eq!(sketch.count(slot[0] as usize), u64::from(u32::MAX) + 1);
        assert_eq!(sketch.total(), u64::from(u32::MAX) + 2);
        let mut sum = Sketch::default();
        sum.update(&grid, &[5.0; 70_000]);
        assert_eq!(sum.count(slot[0] as usize), 70_000);
        let mut once = Sketch::default();
        once.add(&grid, 5.0, 70_000);
        assert_eq!(once, sum, "the form depends on the counts alone");
        sum.merge(&sketch);
        assert_eq!(sum.count(slot[0] as usize), u64::from(u32::MAX) + 70_001);
        assert_eq!(sum.total(), u64::from(u32::MAX) + 70_002);
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
            let mut sketch = Sketch::default();
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
                    let counted = slots.map(|slot| sum.count(slot as usize));
                    assert_eq!(counted, [total - 6, 6], "{first}, {second}, {settled:?}");
                    assert_eq!(sum.counts().iter().sum::<u64>(), total);
                    assert!(sum.is_sound(total), "carries were taken");
                }
            }
        }
    }
}
