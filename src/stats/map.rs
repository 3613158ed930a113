//! From values to slots: one at a time, or a chunk at once at the widest registers of the machine.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f64x8, i32x16, i64x8, mask32x16, u16x32, u64x8};

use super::grid::{ATOM_SLOTS, Centre, Grid, N_BINS, ZERO_SLOT, half_way};

/// Values whose slots are found together.
pub(crate) const CHUNK: usize = 32;
/// Values of a register.
const LANES: usize = 8;

/// Kinds of maps, each with loops of its own: from an origin with equal bins about it, from an origin without, between two ends.
pub(crate) const SCALED: u8 = 0;
pub(crate) const RELATIVE: u8 = 1;
pub(crate) const ENDS: u8 = 2;

/// Evaluates an expression in which the name stands for the [`Map`] of a grid: compiled for each kind of map, so that loops over values do
/// not ask which it is.
macro_rules! with_map {
    ($grid:expr, |$map:ident| $body:expr) => {{
        use $crate::stats::map::{ENDS, Map, RELATIVE, SCALED, kind_of};
        let grid: &$crate::stats::grid::Grid = $grid;
        macro_rules! with {
            ($kind:ident, $atoms:literal) => {{
                let $map = Map::<$kind, $atoms>::new(grid);
                $body
            }};
        }
        match (kind_of(grid), !grid.atoms.is_empty()) {
            (SCALED, false) => with!(SCALED, false),
            (SCALED, true) => with!(SCALED, true),
            (RELATIVE, false) => with!(RELATIVE, false),
            (RELATIVE, true) => with!(RELATIVE, true),
            (_, false) => with!(ENDS, false),
            (_, true) => with!(ENDS, true),
        }
    }};
}
pub(crate) use with_map;

/// Which of the maps a grid has.
#[inline(always)]
pub(crate) fn kind_of(grid: &Grid) -> u8 {
    match grid.centre {
        Centre::Origin(_) if grid.scale > 0.0 => SCALED,
        Centre::Origin(_) => RELATIVE,
        Centre::Ends(..) => ENDS,
    }
}

/// What a grid says of the way from values to slots, ready for a loop. `ATOMS` says whether any value but zero has a slot of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Map<const KIND: u8, const ATOMS: bool> {
    /// The ends; both are the origin where there is one.
    start: f64,
    end: f64,
    half_way: f64,
    scale: f64,
    low: f64,
    shift: u32,
    middle: i32,
    atoms: [f64; 2],
}

impl<const KIND: u8, const ATOMS: bool> Map<KIND, ATOMS> {
    /// The map of a grid of this kind.
    #[inline(always)]
    pub(crate) fn new(grid: &Grid) -> Self {
        let (start, end) = match grid.centre {
            Centre::Origin(origin) => (origin, origin),
            Centre::Ends(start, end) => (start, end),
        };
        let atom = |place: usize| grid.atoms.get(place).copied().unwrap_or(f64::NAN);
        Self {
            start,
            end,
            half_way: half_way(start, end),
            scale: grid.scale,
            low: grid.low,
            shift: grid.shift & 63,
            middle: grid.middle,
            atoms: [atom(0), atom(1)],
        }
    }

    /// Bin of a value, atom or not.
    #[inline(always)]
    pub(crate) fn bin(self, x: f64) -> u32 {
        let last = N_BINS as i32 - 1;
        let steps = |y: f64| (y.to_bits().wrapping_sub(self.low.to_bits()) >> self.shift) as i32;
        let raised = |y: f64| if y > self.low { y } else { self.low };
        if KIND == ENDS {
            // Negative beyond the ends: such values join the outermost bins.
            let is_lower = x < self.half_way;
            let d = if is_lower {
                x - self.start
            } else {
                self.end - x
            };
            let steps = steps(raised(d + self.scale));
            if is_lower {
                steps.min(self.middle - 1) as u32
            } else {
                (last - steps).max(self.middle) as u32
            }
        } else {
            let d = x - self.start;
            let steps = steps(if KIND == SCALED {
                // No less than the scale, which is the smallest y.
                d.abs() + self.scale
            } else {
                raised(d.abs())
            });
            // −1 − steps to the left of the origin, by the sign; at −0, which has it too, callers do not look.
            let sign = ((d.to_bits() as i64) >> 63) as i32;
            (self.middle + (steps ^ sign)).max(0).min(last) as u32
        }
    }

    /// Slot of a value: its bin, or that of the atom that it equals.
    #[inline(always)]
    pub(crate) fn slot(self, x: f64) -> u32 {
        let mut slot = self.bin(x);
        if ATOMS {
            for (atom, slot_of) in self.atoms.into_iter().zip(ATOM_SLOTS) {
                slot = if x == atom { slot_of as u32 } else { slot };
            }
        }
        if x == 0.0 { ZERO_SLOT as u32 } else { slot }
    }

    /// Slots of a chunk: those of [`Map::slot`].
    #[inline(always)]
    pub(crate) fn slots<S: Simd>(self, simd: S, values: &[f64; CHUNK], slots: &mut [u16; CHUNK]) {
        let (low, high) = values.split_at(CHUNK / 2);
        let narrow = self.half(simd, low).narrow(self.half(simd, high));
        narrow.bitcast::<u16x32<S>>().store_slice(slots);
    }

    /// Slots of half a chunk.
    #[inline(always)]
    fn half<S: Simd>(self, simd: S, values: &[f64]) -> i32x16<S> {
        let (a, b) = values.split_at(LANES);
        let (a, b) = (f64x8::from_slice(simd, a), f64x8::from_slice(simd, b));
        let (middle, last) = (self.middle, N_BINS as i32 - 1);
        let mut slots = if KIND == ENDS {
            let half_way = f64x8::splat(simd, self.half_way);
            let is_lower = a.simd_lt(half_way).narrow(b.simd_lt(half_way));
            let steps = self.inwards(simd, a).narrow(self.inwards(simd, b));
            is_lower.select(
                steps.min(i32x16::splat(simd, middle - 1)),
                (i32x16::splat(simd, last) - steps).max(i32x16::splat(simd, middle)),
            )
        } else {
            let steps = self.outwards(simd, a).narrow(self.outwards(simd, b));
            (steps + i32x16::splat(simd, middle))
                .max(i32x16::splat(simd, 0))
                .min(i32x16::splat(simd, last))
        };
        if ATOMS {
            for (atom, slot) in self.atoms.into_iter().zip(ATOM_SLOTS) {
                slots = equal(simd, a, b, atom).select(i32x16::splat(simd, slot as i32), slots);
            }
        }
        equal(simd, a, b, 0.0).select(i32x16::splat(simd, ZERO_SLOT as i32), slots)
    }

    /// Steps from the origin, −1 − steps to its left.
    #[inline(always)]
    fn outwards<S: Simd>(self, simd: S, x: f64x8<S>) -> i64x8<S> {
        let d = x - f64x8::splat(simd, self.start);
        let y = if KIND == SCALED {
            d.abs() + f64x8::splat(simd, self.scale)
        } else {
            self.raised(simd, d.abs())
        };
        self.steps(simd, y) ^ (d.bitcast::<i64x8<S>>() >> 63)
    }

    /// Steps from the nearer end.
    #[inline(always)]
    fn inwards<S: Simd>(self, simd: S, x: f64x8<S>) -> i64x8<S> {
        let is_lower = x.simd_lt(f64x8::splat(simd, self.half_way));
        let (start, end) = (f64x8::splat(simd, self.start), f64x8::splat(simd, self.end));
        let d = is_lower.select(x - start, end - x);
        self.steps(simd, self.raised(simd, d + f64x8::splat(simd, self.scale)))
    }

    #[inline(always)]
    fn raised<S: Simd>(self, simd: S, y: f64x8<S>) -> f64x8<S> {
        let low = f64x8::splat(simd, self.low);
        y.simd_gt(low).select(y, low)
    }

    #[inline(always)]
    fn steps<S: Simd>(self, simd: S, y: f64x8<S>) -> i64x8<S> {
        let steps = y.bitcast::<u64x8<S>>() - u64x8::splat(simd, self.low.to_bits());
        (steps >> self.shift).bitcast()
    }
}

/// Which of the values of two registers equal a number.
#[inline(always)]
fn equal<S: Simd>(simd: S, a: f64x8<S>, b: f64x8<S>, number: f64) -> mask32x16<S> {
    let number = f64x8::splat(simd, number);
    a.simd_eq(number).narrow(b.simd_eq(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::level_named;
    use crate::stats::layout::PilotSample;
    use fearless_simd::{Level, dispatch};

    fn grid(sample: &[f64], change: impl Fn(&mut Grid)) -> Grid {
        let mut sorted = sample.to_vec();
        sorted.sort_by(f64::total_cmp);
        let mut grid = Grid::from_pilot(PilotSample {
            sorted: &sorted,
            min: sorted[0],
            max: sorted[sorted.len() - 1],
        });
        change(&mut grid);
        grid
    }

    /// Values about everything that a map tells apart.
    fn values(grid: &Grid) -> Vec<f64> {
        let mut values = vec![0.0, -0.0, 1.0, f64::MAX, f64::MIN, 1e-308, -1e-308];
        values.extend(&grid.atoms);
        for bin in 0..=N_BINS {
            let edge = grid.edge(bin, -1e9, 1e9);
            values.extend([edge, edge.next_down(), edge.next_up()]);
        }
        values.resize(values.len().next_multiple_of(CHUNK), 0.25);
        values
    }

    #[test]
    fn chunks_have_the_slots_of_their_values_in_every_kind_at_every_level() {
        let bell: Vec<f64> = (1..1000)
            .map(|i| (f64::from(i) / f64::from(1000 - i)).ln())
            .collect();
        let shares: Vec<f64> = bell
            .iter()
            .map(|x| 1.0 / (1.0 + (-3.0 * x).exp()))
            .collect();
        let mut repeated = bell.clone();
        repeated.extend([0.5; 60]);
        repeated.extend([-2.0; 50]);
        let scaled = |grid: &mut Grid| {
            (grid.centre, grid.scale, grid.low) = (Centre::Origin(0.5), 2.0, 2.0);
        };
        let relative = |grid: &mut Grid| {
            (grid.centre, grid.scale, grid.low) = (Centre::Origin(0.0), 0.0, 1e-3);
        };
        let ends = |grid: &mut Grid| {
            (grid.centre, grid.scale, grid.low) = (Centre::Ends(-4.0, 5.0), 0.0, 1e-3);
        };
        let levels: Vec<Level> = ["portable", "avx2", "avx512"]
            .into_iter()
            .filter_map(|name| level_named(name).ok())
            .collect();
        let mut seen = std::collections::BTreeSet::new();
        for sample in [&bell, &shares, &repeated] {
            let grids = [
                grid(sample, |_| {}),
                grid(sample, scaled),
                grid(sample, relative),
                grid(sample, ends),
            ];
            for grid in grids {
                let values = values(&grid);
                let mut expected = vec![0; values.len()];
                grid.slots(&values, &mut expected);
                seen.insert((kind_of(&grid), grid.atoms.is_empty()));
                for level in &levels {
                    let mut found = vec![0; values.len()];
                    dispatch!(*level, simd => with_map!(&grid, |map| {
                        let chunks = values.as_chunks().0.iter().zip(found.as_chunks_mut().0);
                        for (values, slots) in chunks {
                            map.slots(simd, values, slots);
                        }
                    }));
                    for ((&x, &slot), &found) in values.iter().zip(&expected).zip(&found) {
                        assert_eq!(u32::from(found), slot, "{x:e} in {grid:?} at {level:?}");
                    }
                }
            }
        }
        assert_eq!(seen.len(), 6, "every kind, with atoms and without");
    }
}
