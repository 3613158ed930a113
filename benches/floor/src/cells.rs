//! Statistics of all cells of one thread: moments, extremes, counts in bins.

use crate::crossings::Crossings;
use crate::layout::{Layout, N_BINS, Pilot};
use crate::members::{Differences, OUTPUTS};
use crate::prefetch::prefetch_line;
use crate::row::{B, Row, multiply_add};
use crate::tables::N_YEARS;

/// Where the rows of the model go.
pub trait Sink {
    /// Block number `block` of cell `at` of a place.
    fn accept(&mut self, place: usize, at: usize, block: usize, row: &Row);
    /// All cells of a place have had the blocks up to `block`; the next place follows after the last.
    fn count(&mut self, place: usize, block: usize, last: bool);
    /// One block of a place: the differences of both crossings.
    fn accept_crossings(&mut self, place: usize, differences: &Differences);
}

/// Extremes of a short first run.
pub struct Pilots(pub Vec<Pilot>);

impl Sink for Pilots {
    fn accept(&mut self, place: usize, at: usize, _: usize, row: &Row) {
        self.0[place * PLACE + at].update(row);
    }
    fn count(&mut self, _: usize, _: usize, _: bool) {}
    fn accept_crossings(&mut self, _: usize, _: &Differences) {}
}

/// Partial sums of a row: enough for the additions to overlap.
const LANES: usize = 8;

/// Moments and extremes of a cell, by lane.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub struct Moments {
    /// Sums of (x − centre) to the powers 1 to 4.
    powers: [[f64; LANES]; 4],
    min: [f64; LANES],
    max: [f64; LANES],
}

impl Moments {
    pub const EMPTY: Self = Self {
        powers: [[0.0; LANES]; 4],
        min: [f64::INFINITY; LANES],
        max: [f64::NEG_INFINITY; LANES],
    };

    /// Takes a row.
    #[inline(always)]
    pub fn update(&mut self, centre: f64, row: &Row) {
        let Self {
            powers: [mut s1, mut s2, mut s3, mut s4],
            mut min,
            mut max,
        } = *self;
        for group in row.0.chunks_exact(LANES) {
            for lane in 0..LANES {
                let x = group[lane];
                let d = x - centre;
                let square = d * d;
                s1[lane] += d;
                s2[lane] += square;
                s3[lane] = multiply_add(square, d, s3[lane]);
                s4[lane] = multiply_add(square, square, s4[lane]);
                min[lane] = if x < min[lane] { x } else { min[lane] };
                max[lane] = if x > max[lane] { x } else { max[lane] };
            }
        }
        *self = Self {
            powers: [s1, s2, s3, s4],
            min,
            max,
        };
    }

    /// The four sums, minimum, maximum.
    fn totals(&self) -> ([f64; 4], f64, f64) {
        (
            self.powers.map(|lanes| lanes.iter().sum()),
            self.min.iter().copied().fold(f64::INFINITY, f64::min),
            self.max.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        )
    }
}

/// Cells of a place: all outputs in all years.
pub const PLACE: usize = OUTPUTS.len() * N_YEARS;

/// Blocks of a place whose bins are kept before they are counted, so that the counts of a cell, once in the first-level cache, serve many trials.
pub const KEPT: usize = 1024 / B;

/// Bins of the latest blocks of one place.
pub type Kept = [[[u16; B]; KEPT]; PLACE];

/// Counts of a line of the caches.
pub const LINE: usize = 64 / size_of::<u16>();

/// Lines of the counts of a cell.
const LINES: usize = N_BINS / LINE;

/// What a bin can index: no check is needed where so many counts follow.
const WINDOW: usize = 1 << 16;

/// Counts of cells between two emptyings: u16, so that those of a place stay in the second-level cache.
pub struct Counts(Vec<u16>);

impl Counts {
    pub fn new(n_cells: usize) -> Self {
        Self(vec![0; n_cells * N_BINS + WINDOW])
    }

    /// One pass over all counts: what their way through the caches costs.
    pub fn pass(&mut self) {
        for count in &mut self.0 {
            *count = count.wrapping_add(1);
        }
    }

    /// Counts the first `n` blocks of the cells from `first` on.
    #[inline(always)]
    pub fn count(&mut self, kept: &Kept, n: usize, first: usize) {
        // Increments for each line that is asked for: all are when the last is counted.
        if n * B / LINES >= 32 {
            self.count_at_pace::<32>(kept, n, first);
        } else {
            self.count_at_pace::<16>(kept, n, first);
        }
    }

    /// The counts of the next cell are far away, and fetching them one miss at a time would take as long as counting: between the increments each of their lines is asked for ahead.
    #[inline(always)]
    fn count_at_pace<const PACE: usize>(&mut self, kept: &Kept, n: usize, first: usize) {
        for (cell, bins) in kept.iter().enumerate() {
            let start = (first + cell) * N_BINS;
            let counts: &mut [u16; WINDOW] = (&mut self.0[start..start + WINDOW])
                .try_into()
                .expect("a window follows the last cell");
            let bins = bins[..n].as_flattened();
            for (step, bins) in bins.as_chunks::<PACE>().0.iter().enumerate() {
                prefetch_line(&counts[N_BINS + step % LINES * LINE]);
                for &bin in bins {
                    counts[usize::from(bin)] += 1;
                }
            }
        }
    }
}

/// Statistics of all cells.
pub struct Cells<'a> {
    layouts: &'a [Layout],
    moments: Vec<Moments>,
    counts: Counts,
    kept: Box<Kept>,
    wide: Vec<[u32; N_BINS]>,
    crossings: Vec<[Crossings; 2]>,
    pub n: u64,
    /// Trials since the counts were emptied into `wide`.
    pending: usize,
}

impl<'a> Cells<'a> {
    pub fn new(layouts: &'a [Layout], n_places: usize) -> Self {
        Self {
            layouts,
            moments: vec![Moments::EMPTY; layouts.len()],
            counts: Counts::new(layouts.len()),
            kept: Box::new([[[0; B]; KEPT]; PLACE]),
            wide: vec![[0; N_BINS]; layouts.len()],
            crossings: (0..n_places).map(|_| [Crossings::NONE; 2]).collect(),
            n: 0,
            pending: 0,
        }
    }

    /// To be called before `trials` more: empties the counts where they could overflow.
    pub fn reserve(&mut self, trials: usize) {
        if self.pending + trials > usize::from(u16::MAX) {
            self.empty();
        }
        self.pending += trials;
        self.n += trials as u64;
    }

    /// Moves all counts to where they cannot overflow; to be called before they are read or merged.
    pub fn empty(&mut self) {
        for (wide, counts) in self
            .wide
            .iter_mut()
            .zip(self.counts.0.chunks_exact_mut(N_BINS))
        {
            for (sum, count) in wide.iter_mut().zip(counts) {
                *sum += u32::from(*count);
                *count = 0;
            }
        }
        self.pending = 0;
    }

    /// Adds the statistics of another thread; both have been emptied.
    pub fn merge(&mut self, other: Self) {
        self.n += other.n;
        for (mine, its) in self.moments.iter_mut().zip(&other.moments) {
            for lane in 0..LANES {
                for power in 0..4 {
                    mine.powers[power][lane] += its.powers[power][lane];
                }
                mine.min[lane] = mine.min[lane].min(its.min[lane]);
                mine.max[lane] = mine.max[lane].max(its.max[lane]);
            }
        }
        for (mine, its) in self.wide.iter_mut().zip(&other.wide) {
            for (mine, its) in mine.iter_mut().zip(its) {
                *mine += its;
            }
        }
        for (mine, its) in self.crossings.iter_mut().zip(&other.crossings) {
            mine[0].merge(&its[0]);
            mine[1].merge(&its[1]);
        }
    }

    /// Both crossings of a place.
    pub fn crossings(&self, place: usize) -> &[Crossings; 2] {
        &self.crossings[place]
    }

    /// Mean, sd and its Monte Carlo error, minimum, maximum and the quantiles at `levels` of a cell.
    pub fn summary(&self, cell: usize, levels: &[f64]) -> Vec<f64> {
        let n = self.n as f64;
        let layout = &self.layouts[cell];
        let (powers, min, max) = self.moments[cell].totals();
        // Means of the powers about the centre, then about the mean.
        let [a, s2, s3, s4] = powers.map(|sum| sum / n);
        let mean = layout.centre + a;
        let variance = (s2 - a * a).max(0.0);
        let fourth = s4 - 4.0 * a * s3 + 6.0 * a * a * s2 - 3.0 * a.powi(4);
        let sd = (variance * n / (n - 1.0)).sqrt();
        // By the delta method: var(s²) is (μ₄ − σ⁴)/n.
        let sd_error = if variance > 0.0 {
            ((fourth - variance * variance).max(0.0) / n).sqrt() / (2.0 * sd)
        } else {
            0.0
        };
        let mut values = vec![mean, sd, sd_error, min, max];
        let counts = &self.wide[cell];
        let (mut bin, mut below) = (0, 0.0);
        for &level in levels {
            let wanted = level * n;
            while bin < N_BINS - 1 && below + f64::from(counts[bin]) < wanted {
                below += f64::from(counts[bin]);
                bin += 1;
            }
            // Within a bin as if its values were spread evenly; the end bins end at the extremes. Bin 0 of a cell that can be zero holds zeros.
            let low = if bin == 0 {
                min
            } else {
                layout.edge(bin).max(min)
            };
            let high = match bin {
                0 if min == 0.0 => 0.0,
                bin if bin == N_BINS - 1 => max,
                _ => layout.edge(bin + 1).min(max),
            };
            let share = (wanted - below) / f64::from(counts[bin]).max(1.0);
            values.push(low + (high - low) * share);
        }
        values
    }
}

impl Sink for Cells<'_> {
    #[inline(always)]
    fn accept(&mut self, place: usize, at: usize, block: usize, row: &Row) {
        let cell = place * PLACE + at;
        let layout = &self.layouts[cell];
        self.moments[cell].update(layout.centre, row);
        layout.bins(row, &mut self.kept[at][block % KEPT]);
    }

    #[inline(always)]
    fn count(&mut self, place: usize, block: usize, last: bool) {
        let n = block % KEPT + 1;
        if n == KEPT || last {
            self.counts.count(&self.kept, n, place * PLACE);
        }
    }

    #[inline(always)]
    fn accept_crossings(&mut self, place: usize, differences: &Differences) {
        for (crossing, differences) in self.crossings[place].iter_mut().zip(differences) {
            crossing.update(differences);
        }
    }
}
