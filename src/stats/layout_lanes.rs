//! Bins about a centre with several scales at once, one in each lane of a register.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f64x8, u64x8};

use super::grid::{Centre, Grid, N_BINS, half_way};
use super::layout::{Judged, PilotSample};

/// Layouts that are compared together.
pub(super) const LANES: usize = 8;

/// Finest bins, in bits of the double that are dropped: so a bin number fits in 31 bits.
const LEAST_SHIFT: u64 = 33;
/// A few bins on either side are left even where the pilot has no value.
const MOST_STEPS: u64 = N_BINS as u64 - 18;

/// Bits of the exponent of a double begin here.
const EXPONENT: u32 = f64::MANTISSA_DIGITS - 1;

/// Bins about a centre, before their numbers are given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bins {
    centre: Centre,
    scale: f64,
    /// As [`Grid::low`] and [`Grid::shift`].
    low: f64,
    shift: u32,
    /// Bits from `low` to the farthest values on both sides.
    left: u64,
    right: u64,
}

impl Bins {
    /// The grid, without atoms.
    pub(super) fn grid(self) -> Grid {
        let (left, right) = (self.left >> self.shift, self.right >> self.shift);
        let used = (left + right + 2) as i32;
        let spare = N_BINS as i32 - used;
        Grid {
            centre: self.centre,
            scale: self.scale,
            low: self.low,
            shift: self.shift,
            middle: left as i32 + 1 + spare / 2,
            atoms: Vec::new(),
            discrete: false,
            lumpy: false,
            lattice: false,
            thresholds: Vec::new(),
        }
    }
}

/// [`Bins`] about one centre with several scales.
pub(super) struct Lanes<S: Simd> {
    centre: Centre,
    scale: f64x8<S>,
    low: f64x8<S>,
    shift: u64x8<S>,
    left: u64x8<S>,
    right: u64x8<S>,
}

impl<S: Simd> Lanes<S> {
    /// The finest bins that hold the pilot.
    #[inline(always)]
    pub(super) fn new(
        simd: S,
        centre: Centre,
        scales: &[f64; LANES],
        lows: &[f64; LANES],
        pilot: PilotSample<'_>,
    ) -> Self {
        let (scale, low) = (
            f64x8::from_slice(simd, scales),
            f64x8::from_slice(simd, lows),
        );
        let (left, right) = match centre {
            // A little beyond the pilot on both sides. What lies farther out, about one value in a thousand, goes to the outermost bins.
            Centre::Origin(origin) => (1.25 * (origin - pilot.min), 1.25 * (pilot.max - origin)),
            Centre::Ends(start, end) => {
                let half_way = half_way(start, end);
                (half_way - start, end - half_way)
            }
        };
        let (left, right) = (
            reach(simd, left, scale, low),
            reach(simd, right, scale, low),
        );
        // Ten bits of the sum are 512 steps or more, but fewer than 1,024: with one bit less they are few enough.
        let steps = exact(simd, (left + right) >> LEAST_SHIFT as u32).max(512.0);
        let ten_bits = steps.bitcast::<u64x8<S>>() >> EXPONENT;
        let shift = ten_bits - u64x8::splat(simd, 512_f64.to_bits() >> EXPONENT) + LEAST_SHIFT;
        let too_many = ((left >> shift) + (right >> shift)).simd_gt(MOST_STEPS);
        let shift = too_many.select(shift + 1, shift);
        Self {
            centre,
            scale,
            low,
            shift,
            left,
            right,
        }
    }

    /// The bins of one lane.
    pub(super) fn bins(&self, lane: usize) -> Bins {
        Bins {
            centre: self.centre,
            scale: self.scale[lane],
            low: self.low[lane],
            shift: self.shift[lane] as u32,
            left: self.left[lane],
            right: self.right[lane],
        }
    }

    /// Width of the bin of a value.
    #[inline(always)]
    fn width_at(&self, simd: S, x: f64) -> f64x8<S> {
        let distance = match self.centre {
            Centre::Origin(origin) => (x - origin).abs(),
            Centre::Ends(start, end) => (x - start).min(end - x),
        };
        let low = self.low.bitcast::<u64x8<S>>();
        let y = (f64x8::splat(simd, distance) + self.scale).max(self.low);
        let start = low + (((y.bitcast::<u64x8<S>>() - low) >> self.shift) << self.shift);
        let end = start + (u64x8::splat(simd, 1) << self.shift);
        let end = end.min(f64::MAX.to_bits());
        end.bitcast::<f64x8<S>>() - start.bitcast::<f64x8<S>>()
    }

    /// The largest shares of the values that a bin at a judged place holds, in units of √(p (1 − p)), times a handicap; nothing once all have
    /// reached the limit. Then the place where they did comes first, since the next layouts will probably fail there too.
    #[inline(always)]
    pub(super) fn scores(
        &self,
        simd: S,
        handicap: f64,
        judged: &mut [Judged],
        limit: Option<f64>,
    ) -> Option<[f64; LANES]> {
        let mut largest = f64x8::splat(simd, 0.0);
        for number in 0..judged.len() {
            let place = judged[number];
            let share = self.width_at(simd, place.value) / place.length * place.weight;
            // Not by `max`, which may keep a NaN.
            largest = share.simd_gt(largest).select(share, largest);
            if let Some(limit) = limit
                && (largest * handicap).simd_ge(limit).all_true()
            {
                judged.swap(0, number);
                return None;
            }
        }
        Some((largest * handicap).into())
    }
}

/// Bits from the low to a distance; none to one on the other side.
#[inline(always)]
fn reach<S: Simd>(simd: S, distance: f64, scale: f64x8<S>, low: f64x8<S>) -> u64x8<S> {
    let far = (f64x8::splat(simd, distance) + scale).min(f64::MAX);
    far.max(low).bitcast::<u64x8<S>>() - low.bitcast::<u64x8<S>>()
}

/// Whole numbers below 2^52 as doubles.
#[inline(always)]
fn exact<S: Simd>(simd: S, x: u64x8<S>) -> f64x8<S> {
    let base = (1_u64 << EXPONENT) as f64;
    (x | base.to_bits()).bitcast::<f64x8<S>>() - f64x8::splat(simd, base)
}
