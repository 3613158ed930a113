//! Histogram with integer counts: merging is exact in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::discrete::is_whole;
use super::grid::{ATOM_SLOTS, CHUNK, Grid, N_BINS, N_SLOTS, ZERO_SLOT};

/// What one carry of a slot stands for.
const CARRY: u64 = 1 << u16::BITS;

/// Histogram of one target over the slots of its [`Grid`].
///
/// A count is its low sixteen bits plus its carries, which are few. Every batch of a run touches the counts of all targets: with 9,000
/// of them two bytes per slot are 18 MB, which outer caches hold, and four or eight bytes are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch {
    total: u64,
    /// Count modulo 2^16 by slot.
    low: Vec<u16>,
    /// Count over 2^16 of the slots where it is not 0.
    carries: BTreeMap<usize, u64>,
    /// Whether all values are whole numbers; false wherever the pilot had others.
    all_whole: bool,
}

impl Default for Sketch {
    fn default() -> Self {
        Self {
            total: 0,
            low: vec![0; N_SLOTS],
            carries: BTreeMap::new(),
            all_whole: true,
        }
    }
}

impl Sketch {
    /// Counts finite values.
    #[inline(always)]
    pub(crate) fn update(&mut self, grid: &Grid, values: &[f64]) {
        self.total += values.len() as u64;
        self.all_whole &= grid.lattice && values.iter().all(|x| is_whole(*x));
        let Self { low, carries, .. } = self;
        // A fixed length lets the mask replace the bounds check.
        let Ok(low) = <&mut [u16; N_SLOTS]>::try_from(&mut low[..]) else {
            unreachable!("a histogram has {N_SLOTS} slots")
        };
        let mut slots = [0_u32; CHUNK];
        for chunk in values.chunks(CHUNK) {
            grid.slots(chunk, &mut slots[..chunk.len()]);
            for &slot in &slots[..chunk.len()] {
                let slot = slot as usize % N_SLOTS;
                let count = low[slot].wrapping_add(1);
                low[slot] = count;
                if count == 0 {
                    carry(carries, slot);
                }
            }
        }
    }

    /// Reads one slot of each cache line, so that a later [`Sketch::update`] finds all in the first-level cache.
    #[inline(always)]
    pub(crate) fn touch(&self) -> u16 {
        self.low.iter().step_by(32).fold(0, |all, low| all ^ low)
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
        self.total += other.total;
        self.all_whole &= other.all_whole;
        for slot in 0..N_SLOTS {
            self.raise(slot, other.count(slot));
        }
    }

    /// Whether every slot is there, and the counts sum to a total of no more than so many trials.
    pub(crate) fn is_sound(&self, trials: u64) -> bool {
        let carried = (self.carries.iter()).try_fold(0_u64, |sum, (&slot, &carries)| {
            let count = carries.checked_mul(CARRY).filter(|_| slot < N_SLOTS)?;
            sum.checked_add(count)
        });
        let low: u64 = self.low.iter().map(|&low| u64::from(low)).sum();
        self.low.len() == N_SLOTS
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

    /// Values in a slot.
    pub(crate) fn count(&self, slot: usize) -> u64 {
        let carries = self.carries.get(&slot).copied().unwrap_or(0);
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
        self.low[slot] = (count % CARRY) as u16;
        if count >= CARRY {
            self.carries.insert(slot, count / CARRY);
        }
    }
}

/// Kept out of the loop: one value in 65,536 comes here.
#[cold]
#[inline(never)]
fn carry(carries: &mut BTreeMap<usize, u64>, slot: usize) {
    *carries.entry(slot).or_insert(0) += 1;
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
}
