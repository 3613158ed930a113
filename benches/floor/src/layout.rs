//! Where a value falls in the 1,024 bins of its cell: bins of equal width within each power of two, so that finding one costs a few integer operations.

use crate::row::Row;

/// Bins of a cell.
pub const N_BINS: usize = 1024;
/// Bins left free at both ends for values beyond the pilot's.
const MARGIN: i64 = 12;

/// What a pilot run saw of one cell.
#[derive(Clone, Copy)]
pub struct Pilot {
    pub min: f64,
    pub max: f64,
    /// Smallest value above zero.
    pub least_positive: f64,
    /// Mean of the bits of |x|: the bits of a middling magnitude, whatever the tails.
    pub sum_bits: f64,
    pub sum: f64,
    pub n: f64,
}

impl Pilot {
    pub const EMPTY: Self = Self {
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
        least_positive: f64::INFINITY,
        sum_bits: 0.0,
        sum: 0.0,
        n: 0.0,
    };

    /// Takes a row.
    pub fn update(&mut self, row: &Row) {
        for &x in &row.0 {
            self.min = self.min.min(x);
            self.max = self.max.max(x);
            if x > 0.0 {
                self.least_positive = self.least_positive.min(x);
            }
            self.sum_bits += x.abs().to_bits() as f64;
            self.sum += x;
            self.n += 1.0;
        }
    }
}

/// The bins of one cell. Of x ≥ 0: bits of x from `base` in steps of 2^shift. Of either sign: bits of |x| + `offset`, mirrored about `zero`.
#[derive(Clone, Copy)]
pub struct Layout {
    /// The pilot's mean: powers are summed about it.
    pub centre: f64,
    offset: f64,
    base: i64,
    shift: u32,
    zero: i64,
    signed: bool,
}

impl Layout {
    /// The finest layout that holds what the pilot saw.
    pub fn new(pilot: &Pilot) -> Self {
        let centre = pilot.sum / pilot.n;
        let bits = |x: f64| x.to_bits() as i64;
        let fits = |spans: &[i64], shift: u32| {
            let used: i64 = spans.iter().map(|span| (span >> shift) + 1 + MARGIN).sum();
            used <= N_BINS as i64
        };
        let finest = |spans: &[i64]| {
            (0..52)
                .find(|&shift| fits(spans, shift))
                .expect("a bin for each power of two is enough")
        };
        if pilot.min < 0.0 {
            let middling = f64::from_bits((pilot.sum_bits / pilot.n) as u64);
            let offset = middling / 16.0;
            let base = bits(offset);
            let left = bits(-pilot.min + offset) - base;
            let right = bits(pilot.max.max(0.0) + offset) - base;
            let shift = finest(&[left, right]);
            let zero = (left >> shift) + 1 + MARGIN;
            return Self {
                centre,
                offset,
                base,
                shift,
                zero,
                signed: true,
            };
        }
        let low = bits(pilot.least_positive.min(pilot.max));
        let span = bits(pilot.max) - low;
        // Twice the margin: below and above.
        let shift = finest(&[span, 0]);
        let free = N_BINS as i64 - (span >> shift) - 1;
        Self {
            centre,
            offset: 0.0,
            base: low - ((free / 2) << shift),
            shift,
            zero: 0,
            signed: false,
        }
    }

    /// The bins of a row.
    #[inline(always)]
    pub fn bins(&self, row: &Row, bins: &mut [u16; crate::row::B]) {
        const LAST: i64 = N_BINS as i64 - 1;
        let Self {
            offset,
            base,
            shift,
            zero,
            ..
        } = *self;
        if self.signed {
            for (bin, &x) in bins.iter_mut().zip(&row.0) {
                let steps = (((x.abs() + offset).to_bits() as i64) - base) >> shift;
                let mirror = (x.to_bits() as i64) >> 63;
                *bin = (zero + (steps ^ mirror)).clamp(0, LAST) as u16;
            }
        } else {
            for (bin, &x) in bins.iter_mut().zip(&row.0) {
                let steps = ((x.to_bits() as i64) - base).max(0) >> shift;
                *bin = steps.min(LAST) as u16;
            }
        }
    }

    /// The lower edge of a bin; `N_BINS` gives the upper edge of the last.
    pub fn edge(&self, bin: usize) -> f64 {
        let steps = bin as i64 - self.zero;
        if !self.signed {
            return f64::from_bits(((steps << self.shift) + self.base).max(0) as u64);
        }
        let magnitude =
            |steps: i64| f64::from_bits((self.base + (steps << self.shift)) as u64) - self.offset;
        if steps >= 0 {
            magnitude(steps)
        } else {
            -magnitude(-steps)
        }
    }
}
