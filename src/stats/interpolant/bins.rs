//! Edges and cumulative counts of the bins of a histogram.

use fearless_simd::dispatch;

use super::places::Around;
use super::segment::{Errors, Extent, Position, Segment};
use crate::math::simd_level;
use crate::stats::grid::{ATOM_SLOTS, Grid, N_BINS, N_SLOTS, ZERO_SLOT};
use crate::stats::sketch::Histogram;

const N_EDGES: usize = N_BINS + 1;

/// A value and how often it occurs.
pub(super) type Repeated = (f64, f64);

/// Edges that are searched together, and how often.
const RUN: usize = 32;
const N_RUNS: usize = N_SLOTS / RUN;

/// A number for each edge, and as many more as let an index be cut off by a mask.
type Row = [f64; N_SLOTS];

/// The bins of positive width, in a row.
#[derive(Debug, Clone)]
pub(super) struct Bins {
    /// The lower edge of each bin, and how many values lie below it, atoms left out.
    table: Box<[Row; 2]>,
    /// How many lie below the end of each run of bins.
    below_runs: Box<[f64; N_RUNS]>,
    /// The first of positive width.
    first: usize,
    n: usize,
}

impl Bins {
    /// Reads a histogram whose values lie in [min, max], beside the values that repeat: those with slots of their own, and those that
    /// fill a bin of no width.
    pub(super) fn new(
        grid: &Grid,
        histogram: Histogram<'_>,
        min: f64,
        max: f64,
    ) -> (Self, Vec<Repeated>) {
        // In place: an array of its size would be made elsewhere and moved.
        let Ok(table) = vec![[0.0; N_SLOTS]; 2].into_boxed_slice().try_into() else {
            unreachable!("two rows were made")
        };
        let mut bins = Self {
            table,
            below_runs: Box::new([f64::INFINITY; N_RUNS]),
            first: 0,
            n: 0,
        };
        let mut repeated = Vec::new();
        dispatch!(simd_level(), _simd => bins.fill(grid, histogram, [min, max], &mut repeated));
        repeated.sort_by(|a, b| a.0.total_cmp(&b.0));
        (bins, repeated)
    }

    #[inline(always)]
    fn fill(
        &mut self,
        grid: &Grid,
        histogram: Histogram<'_>,
        [min, max]: [f64; 2],
        repeated: &mut Vec<Repeated>,
    ) {
        let counts = histogram.counts();
        let apart = ATOM_SLOTS.iter().zip(&grid.atoms);
        for (&slot, &value) in [(&ZERO_SLOT, &0.0)].into_iter().chain(apart) {
            if counts[slot] > 0 {
                repeated.push((value, counts[slot] as f64));
            }
        }
        let [edges, below] = self.table.as_mut();
        let Some(edges) = edges.first_chunk_mut() else {
            unreachable!("there are more slots than edges")
        };
        grid.edges(min, max, edges);
        let mut sum = 0;
        for (below, count) in below[1..N_EDGES].iter_mut().zip(&counts) {
            sum += count;
            *below = sum as f64;
        }
        below[N_EDGES..].fill(f64::INFINITY);
        // Edges rise from the smallest value to the largest.
        let (mut n_least, mut n_largest, mut n) = (0, 0, 0);
        for edge in edges.iter() {
            n_least += usize::from(*edge <= min);
            n_largest += usize::from(*edge >= max);
        }
        for bin in 0..N_BINS {
            n += usize::from(edges[bin + 1] - edges[bin] > 0.0);
        }
        let (first, end) = (n_least.saturating_sub(1), N_EDGES - n_largest);
        // Nearly always all bins of no width lie beyond the values, and are empty.
        if n > 0 && first + n == end && below[first] == 0.0 && below[end] == below[N_BINS] {
            (self.first, self.n) = (first, n);
        } else {
            self.compact(&counts, repeated);
        }
        let [_, below] = self.table.as_ref();
        for (last, run) in self.below_runs.iter_mut().zip(below.chunks(RUN)) {
            *last = run[RUN - 1];
        }
    }

    /// Leaves out the bins of no width: what lies in them repeats.
    #[inline(never)]
    fn compact(&mut self, counts: &[u64; N_SLOTS], repeated: &mut Vec<Repeated>) {
        let [edges, below] = self.table.as_mut();
        let mut sum = 0;
        (self.first, self.n) = (0, 0);
        let mut start = edges[0];
        for bin in 0..N_BINS {
            let (count, end) = (counts[bin], edges[bin + 1]);
            if end - start > 0.0 {
                sum += count;
                self.n += 1;
                // No later than where it was read.
                edges[self.n] = end;
                below[self.n] = sum as f64;
            } else if count > 0 {
                // Edges closer than the spacing of doubles.
                repeated.push((start, count as f64));
            }
            start = end;
        }
        below[self.n + 1..].fill(f64::INFINITY);
    }

    /// The first and the last of them; `None` if there is none.
    pub(super) fn ends(&self) -> Option<(usize, usize)> {
        Some((self.first, self.first + self.n.checked_sub(1)?))
    }

    /// Where the first begins and the last ends.
    pub(super) fn outer_edges(&self) -> [f64; 2] {
        let [first, last] = [self.first, self.first + self.n - 1];
        [
            self.start(first),
            self.start(last) + self.extent(last).width,
        ]
    }

    /// Lower edge of a bin.
    pub(super) fn start(&self, bin: usize) -> f64 {
        self.table[0][bin]
    }

    /// Width and count of a bin.
    pub(super) fn extent(&self, bin: usize) -> Extent {
        self.extents([bin])[0]
    }

    /// Widths and counts of bins.
    pub(super) fn extents<const N: usize>(&self, bins: [usize; N]) -> [Extent; N] {
        let [edges, below] = self.table.as_ref();
        bins.map(|bin| Extent {
            width: edges[bin + 1] - edges[bin],
            count: below[bin + 1] - below[bin],
        })
    }

    /// The bin that holds a value.
    pub(super) fn holding(&self, x: f64) -> Option<usize> {
        let starts = &self.table[0][self.first..self.first + self.n];
        let n_before = starts.partition_point(|start| *start <= x);
        Some(self.first + n_before.checked_sub(1)?)
    }

    /// The bin below whose end lie so many values, atoms left out; `None` if there is none.
    pub(super) fn reaching(&self, target: f64) -> Option<usize> {
        let (first, last) = self.ends()?;
        let ends = &self.table[1][first + 1..=last + 1];
        Some((first + ends.partition_point(|below| *below < target)).min(last))
    }

    /// A bin with its cubic.
    pub(super) fn segment(&self, bin: usize) -> Segment {
        let (is_first, is_last) = (bin == self.first, bin + 1 == self.first + self.n);
        let slopes = match (is_first, is_last) {
            (false, false) => {
                let [before, within, after] = self.extents([bin - 1, bin, bin + 1]);
                [before.slope_to(within), within.slope_to(after)]
            }
            (true, false) => {
                let [within, after] = self.extents([bin, bin + 1]);
                [within.outer_slope(after), within.slope_to(after)]
            }
            (false, true) => {
                let [before, within] = self.extents([bin - 1, bin]);
                [before.slope_to(within), within.outer_slope(before)]
            }
            (true, true) => [self.extent(bin).density(); 2],
        };
        let [edges, below] = self.table.as_ref();
        Segment::new(edges[bin], self.extent(bin), below[bin], slopes)
    }

    /// Possible errors of a value in a bin in which none repeats.
    pub(super) fn errors(&self, bin: usize, value: f64) -> Errors {
        let extent = self.extent(bin);
        let resolution = match bin - self.first {
            _ if self.n < 3 => extent.width,
            0 => extent.resolution(self.extents([bin + 1, bin + 2]), Position::Outer),
            place if place == self.n - 1 => {
                extent.resolution(self.extents([bin - 1, bin - 2]), Position::Outer)
            }
            _ => extent.resolution(self.extents([bin - 1, bin + 1]), Position::Inner),
        };
        Errors {
            resolution,
            scatter: extent.scatter(value - self.start(bin)),
        }
    }

    /// The bins of so many targets: counts of the edges that lie lower, first among the ends of all runs, then in one of them.
    #[inline(always)]
    pub(super) fn around<const W: usize>(&self, targets: &[f64; W]) -> Around<W> {
        /// Spares the check of an index that is never larger.
        const MASK: usize = N_SLOTS - 1;
        let [edges, below] = self.table.as_ref();
        let (first, last) = self.ends().unwrap_or((1, 1));
        let mut around = Around {
            bins: [0; W],
            inner: [false; W],
            edges: [[0.0; W]; 4],
            below: [[0.0; W]; 4],
        };
        let (runs, _) = below.as_chunks::<RUN>();
        for (lane, &target) in targets.iter().enumerate() {
            let run = n_below(&self.below_runs, target).min(N_RUNS - 1);
            let end = RUN * run + n_below(&runs[run], target);
            let bin = end.saturating_sub(1).max(first).min(last);
            around.bins[lane] = bin;
            around.inner[lane] = (bin > first) & (bin < last);
            for step in 0..4 {
                let place = (bin + step).wrapping_sub(1) & MASK;
                around.edges[step][lane] = edges[place];
                around.below[step][lane] = below[place];
            }
        }
        around
    }
}

/// How many of some numbers lie below a target. All are looked at: that takes one instruction for as many as a register has lanes.
#[inline(always)]
fn n_below(numbers: &[f64; RUN], target: f64) -> usize {
    let mut n = 0;
    for number in numbers {
        n += u64::from(*number < target);
    }
    n as usize
}
