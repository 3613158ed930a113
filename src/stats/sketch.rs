//! Histogram with integer counts: merging is exact in any order.

use serde::{Deserialize, Serialize};

use super::grid::{CHUNK, Grid, N_SLOTS};

/// Counts of one target. Narrow until the total could overflow, so the form depends on the number of values alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Counts {
    Narrow(Vec<u32>),
    Wide(Vec<u64>),
}

/// Histogram of one target over the slots of its [`Grid`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch {
    total: u64,
    counts: Counts,
}

impl Default for Sketch {
    fn default() -> Self {
        Self {
            total: 0,
            counts: Counts::Narrow(vec![0; N_SLOTS]),
        }
    }
}

impl Sketch {
    /// Counts finite values.
    #[inline(always)]
    pub(crate) fn update(&mut self, grid: &Grid, values: &[f64]) {
        self.grow_by(values.len() as u64);
        let mut slots = [0_u32; CHUNK];
        for chunk in values.chunks(CHUNK) {
            grid.slots(chunk, &mut slots[..chunk.len()], true);
            match &mut self.counts {
                Counts::Narrow(counts) => count(counts, &slots[..chunk.len()], 1),
                Counts::Wide(counts) => count(counts, &slots[..chunk.len()], 1),
            }
        }
    }

    /// Counts one value many times.
    pub(crate) fn add(&mut self, grid: &Grid, value: f64, times: u64) {
        self.grow_by(times);
        let mut slot = [0_u32];
        grid.slots(&[value], &mut slot, true);
        let slot = slot[0] as usize % N_SLOTS;
        match &mut self.counts {
            // `grow_by` widens before the total exceeds u32, so no count can.
            Counts::Narrow(counts) => {
                counts[slot] = counts[slot].saturating_add(u32::try_from(times).unwrap_or(u32::MAX))
            }
            Counts::Wide(counts) => counts[slot] += times,
        }
    }

    /// Adds the counts of the other.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.grow_by(other.total);
        for slot in 0..N_SLOTS {
            let more = other.count(slot);
            match &mut self.counts {
                Counts::Narrow(counts) => {
                    counts[slot] =
                        counts[slot].saturating_add(u32::try_from(more).unwrap_or(u32::MAX))
                }
                Counts::Wide(counts) => counts[slot] += more,
            }
        }
    }

    /// Values counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Values in a slot.
    pub(crate) fn count(&self, slot: usize) -> u64 {
        match &self.counts {
            Counts::Narrow(counts) => u64::from(counts[slot]),
            Counts::Wide(counts) => counts[slot],
        }
    }

    fn grow_by(&mut self, more: u64) {
        self.total += more;
        if self.total > u64::from(u32::MAX) {
            if let Counts::Narrow(counts) = &self.counts {
                self.counts = Counts::Wide(counts.iter().map(|&count| u64::from(count)).collect());
            }
        }
    }
}

#[inline(always)]
fn count<T: std::ops::AddAssign + Copy>(counts: &mut [T], slots: &[u32], one: T) {
    // A fixed length lets the mask replace the bounds check.
    if let Ok(counts) = <&mut [T; N_SLOTS]>::try_from(counts) {
        for &slot in slots {
            counts[slot as usize % N_SLOTS] += one;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::grid::PilotSample;

    #[test]
    fn counts_widen_before_they_overflow() {
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
        grid.slots(&[5.0], &mut slot, true);
        assert_eq!(sketch.count(slot[0] as usize), u64::from(u32::MAX) + 1);
        assert_eq!(sketch.total(), u64::from(u32::MAX) + 2);
        let mut sum = Sketch::default();
        sum.update(&grid, &[5.0]);
        sum.merge(&sketch);
        assert_eq!(sum.count(slot[0] as usize), u64::from(u32::MAX) + 2);
    }
}
