//! The row whose slots were found last: counted while the next row is summed, so that neither waits for the other.

use fearless_simd::Simd;

use super::grid::Grid;
use super::low::Low;
use super::map::{CHUNK, Map, with_map};
use super::moments::{BlockSums, Companion};
use super::prefetch::{prefetch_from, prefetch_line};
use super::sketch::raise;
use super::target::TRIALS_PER_BLOCK;

/// Finite values of consecutive trials of one target.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) target: usize,
    /// Place of the first in its block.
    pub(crate) offset: usize,
    pub(crate) values: &'a [f64],
}

/// Slots of a row that are not counted yet.
///
/// A slot that was just put into memory with 31 others was read late: 0.7 ns each, 0.4 after a chunk, 0.3 after a row (AMD Zen 5).
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    target: usize,
    n: usize,
    slots: Box<[u16; TRIALS_PER_BLOCK]>,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            target: 0,
            n: 0,
            slots: Box::new([0; TRIALS_PER_BLOCK]),
        }
    }
}

impl PartialEq for Waiting {
    /// Equality of what waits.
    fn eq(&self, other: &Self) -> bool {
        self.target() == other.target() && self.slots[..self.n] == other.slots[..other.n]
    }
}

impl Waiting {
    /// The target whose row waits.
    pub(crate) fn target(&self) -> Option<usize> {
        (self.n > 0).then_some(self.target)
    }

    /// How many values wait: so many must have room in the low bits of their histogram.
    #[inline(always)]
    pub(crate) fn n(&self) -> usize {
        self.n
    }

    /// Counts the row that waits in the histogram of its target.
    pub(crate) fn count(&mut self, low: &mut Low) {
        raise(low, &self.slots[..self.n]);
        self.n = 0;
    }

    /// Adds a row to its sums, counts the one that waits in `low`, those of its target, and keeps the slots of the new one in its place.
    /// `ahead` are the counts that the new one will need. False, and nothing waits, if the sums show that not all values are finite.
    #[must_use]
    #[inline(always)]
    pub(crate) fn exchange<S: Simd>(
        &mut self,
        simd: S,
        low: &mut Low,
        row: Row<'_>,
        sums: &mut BlockSums,
        grid: &Grid,
        ahead: &[u16],
    ) -> bool {
        with_map!(grid, |map| {
            let mut exchange = Exchange {
                simd,
                map,
                slots: &mut self.slots,
                place: 0,
                n_before: self.n,
                low,
                ahead,
            };
            sums.update_with(row.offset, row.values, &mut exchange);
            exchange.finish();
        });
        let finite = sums.is_finite();
        self.target = row.target;
        self.n = if finite { row.values.len() } else { 0 };
        finite
    }
}

/// One row on its way in, another on its way out.
struct Exchange<'a, S, const KIND: u8, const ATOMS: bool> {
    simd: S,
    map: Map<KIND, ATOMS>,
    /// Slots of the new row up to `place`, from there on those of the row before.
    slots: &'a mut [u16; TRIALS_PER_BLOCK],
    place: usize,
    n_before: usize,
    /// Counts of the row before.
    low: &'a mut Low,
    ahead: &'a [u16],
}

impl<S, const KIND: u8, const ATOMS: bool> Exchange<'_, S, KIND, ATOMS> {
    /// Slots of the row before among the next `n`.
    #[inline(always)]
    fn n_waiting(&self, n: usize) -> usize {
        self.n_before.saturating_sub(self.place).min(n)
    }

    /// What is left of the row before.
    #[inline(always)]
    fn finish(self) {
        let n = self.n_waiting(TRIALS_PER_BLOCK);
        raise(self.low, &self.slots[self.place..][..n]);
        prefetch_from(self.ahead, size_of::<u16>() * self.place);
    }
}

impl<S: Simd, const KIND: u8, const ATOMS: bool> Companion for Exchange<'_, S, KIND, ATOMS> {
    #[inline(always)]
    fn chunk(&mut self, values: &[f64; CHUNK]) {
        // As many counts as there are slots in a chunk are one line of memory.
        if self.place < self.ahead.len() {
            prefetch_line(self.ahead, size_of::<u16>() * self.place);
        }
        let n = self.n_waiting(CHUNK);
        let Some(slots) = self.slots[self.place..].first_chunk_mut::<CHUNK>() else {
            unreachable!("a row ends with its block")
        };
        // Nearly always all, whose number then is known.
        if n == CHUNK {
            raise(self.low, slots);
        } else {
            raise(self.low, &slots[..n]);
        }
        self.map.slots(self.simd, values, slots);
        self.place += CHUNK;
    }

    #[inline(always)]
    fn few(&mut self, values: &[f64]) {
        let n = self.n_waiting(values.len());
        let slots = &mut self.slots[self.place..][..values.len()];
        raise(self.low, &slots[..n]);
        for (slot, &x) in slots.iter_mut().zip(values) {
            *slot = self.map.slot(x) as u16;
        }
        self.place += values.len();
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;
    use crate::math::simd_level;
    use crate::stats::grid::N_SLOTS;
    use crate::stats::layout::PilotSample;
    use crate::stats::sketch::Sketch;

    fn values() -> Vec<f64> {
        (0..4096)
            .map(|i| f64::from(i * 7 % 37) - 12.0 + 0.01 * f64::from(i))
            .collect()
    }

    fn grid(values: &[f64]) -> Grid {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Grid::from_pilot(PilotSample {
            sorted: &sorted,
            min: sorted[0],
            max: sorted[sorted.len() - 1],
        })
    }

    fn exchange(
        waiting: &mut Waiting,
        low: &mut Low,
        row: Row<'_>,
        sums: &mut BlockSums,
        grid: &Grid,
    ) -> bool {
        dispatch!(simd_level(), simd => waiting.exchange(simd, low, row, sums, grid, &[]))
    }

    /// The low bits of values that did not wait.
    fn counted(grid: &Grid, values: &[f64]) -> Low {
        let mut low = [0; N_SLOTS];
        Sketch::default().update(&mut low, grid, values);
        low
    }

    #[test]
    fn rows_that_waited_are_counted_like_those_that_did_not() {
        let values = values();
        let grid = grid(&values);
        // Lengths about those of chunks and lanes, at every place in a chunk, each after longer ones and after shorter ones.
        let rows = [
            (0, 1500),
            (3, 1),
            (5, 40),
            (8, 31),
            (0, 32),
            (7, 999),
            (0, 4096),
            (1, 1),
            (0, 1024),
            (0, 1024),
        ];
        let mut waiting = Waiting::default();
        let mut lows = vec![[0; N_SLOTS]; rows.len()];
        for (target, &(offset, n)) in rows.iter().enumerate() {
            let row = Row {
                target,
                offset,
                values: &values[values.len() - n..],
            };
            let (mut sums, mut alone) = (BlockSums::EMPTY, BlockSums::EMPTY);
            let before = waiting.target().unwrap_or(target);
            assert_eq!(before, target.saturating_sub(1));
            assert!(exchange(
                &mut waiting,
                &mut lows[before],
                row,
                &mut sums,
                &grid
            ));
            alone.update(offset, row.values);
            assert_eq!(sums.finish(), alone.finish(), "{offset} {n}");
        }
        assert_eq!(waiting.n(), rows[rows.len() - 1].1);
        waiting.count(&mut lows[rows.len() - 1]);
        assert_eq!(waiting, Waiting::default());
        for (low, (offset, n)) in lows.iter().zip(rows) {
            let row = &values[values.len() - n..];
            assert_eq!(*low, counted(&grid, row), "{offset} {n}");
        }
    }

    #[test]
    fn values_that_are_not_all_finite_leave_no_trace() {
        let values = values();
        let grid = grid(&values);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for place in [0, 15, 32, 700, 4095] {
                let (mut waiting, mut low) = (Waiting::default(), [0; N_SLOTS]);
                let mut row = Row {
                    target: 1,
                    offset: 0,
                    values: &values,
                };
                let mut sums = BlockSums::EMPTY;
                assert!(exchange(&mut waiting, &mut low, row, &mut sums, &grid));
                let mut spoilt = values.clone();
                spoilt[place] = bad;
                (row.target, row.values) = (2, &spoilt);
                let mut sums = BlockSums::EMPTY;
                assert!(!exchange(&mut waiting, &mut low, row, &mut sums, &grid));
                assert_eq!(waiting.target(), None, "{bad} {place}");
                // What waited before has been counted.
                assert_eq!(low, counted(&grid, &values), "{bad} {place}");
            }
        }
    }
}
