//! Statistics of the crossings of a place: when they come first, their date between the years, and whether they are crossed back.

use crate::row::{B, Row};
use crate::tables::N_YEARS;

/// Bins of a year for dates.
const A_YEAR: usize = 256;
/// The bin of those never above; bin 0 is of those already above in the first year, dates lie between.
const NEVER: usize = 1 + (N_YEARS - 1) * A_YEAR;
/// A power of two, so that an index needs no check.
const N_BINS: usize = (NEVER + 1).next_power_of_two();
/// 2⁵²: added to a number it leaves the nearest integer in the low bits.
const INTEGER: f64 = 4_503_599_627_370_496.0;

/// One crossing of one place.
pub struct Crossings {
    dates: [u32; N_BINS],
    recross: u64,
}

impl Crossings {
    pub const NONE: Self = Self {
        dates: [0; N_BINS],
        recross: 0,
    };

    /// Takes the differences of a block by year. A tie is no crossing.
    #[inline(always)]
    pub fn update(&mut self, differences: &[Row; N_YEARS]) {
        let never = N_YEARS as f64;
        let mut bins = [0u64; B];
        let mut falls = [0u64; B];
        for i in 0..B {
            let (mut first, mut before, mut after) = (never, 0.0, 1.0);
            let (mut earlier, mut fall) = (0.0, 0);
            for (t, row) in differences.iter().enumerate() {
                let difference = row.0[i];
                let above = difference > 0.0;
                let never_yet = first == never;
                fall = if above | never_yet { fall } else { 1 };
                let new = above & never_yet;
                before = if new { earlier } else { before };
                after = if new { difference } else { after };
                first = if new { t as f64 } else { first };
                earlier = difference;
            }
            // Linear between two years, half a bin lower since the nearest integer is taken; the last bin of a year also where rounding gives the next.
            let share = A_YEAR as f64 * (before / (before - after)) - 0.5;
            let last = (A_YEAR - 1) as f64;
            let share = if share < last { share } else { last };
            let between = (first - 1.0) * A_YEAR as f64 + 1.0 + share;
            // An exact tie in the first year belongs to its first bin, not to "from the start".
            let between = if between < 1.0 { 1.0 } else { between };
            let at = if first == 0.0 { 0.0 } else { between };
            let at = if first == never { NEVER as f64 } else { at };
            bins[i] = (at + INTEGER).to_bits();
            falls[i] = fall;
        }
        self.recross += falls.iter().sum::<u64>();
        for bin in bins {
            self.dates[bin as usize % N_BINS] += 1;
        }
    }

    /// Adds those of another thread.
    pub fn merge(&mut self, other: &Self) {
        self.recross += other.recross;
        for (mine, its) in self.dates.iter_mut().zip(&other.dates) {
            *mine += its;
        }
    }

    /// Trials that have crossed by each year.
    pub fn by(&self) -> [u64; N_YEARS] {
        std::array::from_fn(|t| {
            let bins = &self.dates[..1 + t * A_YEAR];
            bins.iter().map(|&count| u64::from(count)).sum()
        })
    }

    /// Trials that cross back.
    pub fn recross(&self) -> u64 {
        self.recross
    }

    /// The date at a level of all `n` trials, in years after the first; none where it falls before the first year or in never.
    pub fn date(&self, level: f64, n: u64) -> Option<f64> {
        let wanted = level * n as f64;
        let mut below = 0.0;
        for (bin, &count) in self.dates.iter().enumerate() {
            let count = f64::from(count);
            if below + count > wanted {
                let between = bin != 0 && bin != NEVER;
                let at = (bin as f64 - 1.0 + (wanted - below) / count) / A_YEAR as f64;
                return between.then_some(at);
            }
            below += count;
        }
        None
    }
}
