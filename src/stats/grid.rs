//! Map from values to histogram bins, log-linear on both sides of an origin, chosen from a pilot.
//!
//! With d = x − origin and y = |d| + scale, the bin is counted from the origin outwards by the bits of y, which grow with y: inside
//! ±scale bins are equally wide, beyond it they widen in proportion to |d|. Scale 0 gives bins of equal relative width.
//! A subtraction, an addition, a shift and two selections per value: plain loops that the compiler vectorises, equal on every machine.

use serde::{Deserialize, Serialize};

use super::bits;

/// Bins of the continuous part.
pub const N_BINS: usize = 1021;
/// Slots of a target: the bins, two values that repeat in the pilot, zero.
pub(crate) const N_SLOTS: usize = 1024;
pub(crate) const ATOM_SLOTS: [usize; 2] = [N_BINS, N_BINS + 1];
pub(crate) const ZERO_SLOT: usize = N_BINS + 2;

/// Values of one batch that are mapped at once, small enough for the first-level cache.
pub(crate) const CHUNK: usize = 256;

/// Coarsest and finest bins, in bits of the double that are dropped. From 33 on, a bin number fits in 31 bits.
const SHIFTS: std::ops::RangeInclusive<u32> = 33..=62;

/// Bins of one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    #[serde(with = "bits::one")]
    pub(crate) origin: f64,
    #[serde(with = "bits::one")]
    pub(crate) scale: f64,
    /// Smallest y that is told from smaller ones.
    #[serde(with = "bits::one")]
    low: f64,
    shift: u32,
    /// Number of the bin that begins at the origin.
    middle: i32,
    /// Values with slots of their own; NaN where there is none.
    #[serde(with = "bits::many")]
    pub(crate) atoms: Vec<f64>,
    /// Whether values are counted one by one at first.
    pub(crate) discrete: bool,
}

/// One way of laying out the bins.
#[derive(Debug, Clone, Copy)]
struct Layout {
    origin: f64,
    scale: f64,
}

/// Sorted pilot values with what was seen of the rest of the pilot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PilotSample<'a> {
    /// Finite values in ascending order.
    pub(crate) sorted: &'a [f64],
    /// Smallest finite value of the whole pilot.
    pub(crate) min: f64,
    /// Largest finite value of the whole pilot.
    pub(crate) max: f64,
}

/// Levels at which a layout is judged.
const JUDGED: [f64; 11] = [
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99,
];

impl Grid {
    /// Chooses bins for a pilot.
    ///
    /// Values that make up more than a 128th of the sample get slots of their own (zero always has one). From the others, layouts about
    /// zero, one, the median and both ends with many scales are compared by their widest bin at the judged levels, relative to the
    /// distance over which the quantile function there changes its slope; the finest wins. Without any finite value the bins are
    /// logarithmic about zero; with one value, about this value.
    #[must_use]
    pub(crate) fn from_pilot(pilot: PilotSample<'_>) -> Self {
        let (atoms, n_distinct) = atoms(pilot.sorted);
        let continuous: Vec<f64> = pilot
            .sorted
            .iter()
            .copied()
            .filter(|x| *x != 0.0 && !atoms.contains(x))
            .collect();
        let body: &[f64] = if continuous.len() < 16 {
            pilot.sorted
        } else {
            &continuous
        };
        let discrete = pilot.sorted.is_empty()
            || super::discrete::looks_discrete(n_distinct, pilot.sorted.len());
        let mut best: Option<(f64, Self)> = None;
        for layout in layouts(body, pilot) {
            let grid = Self::laid_out(layout, body, pilot, &atoms, discrete);
            let score = grid.widest_bin(body, pilot);
            if best.as_ref().is_none_or(|(least, _)| score < *least) {
                best = Some((score, grid));
            }
        }
        match best {
            Some((_, grid)) => grid,
            None => Self {
                origin: 0.0,
                scale: 0.0,
                low: f64::MIN_POSITIVE,
                shift: 54,
                middle: N_BINS as i32 / 2,
                atoms,
                discrete,
            },
        }
    }

    fn laid_out(
        layout: Layout,
        body: &[f64],
        pilot: PilotSample<'_>,
        atoms: &[f64],
        discrete: bool,
    ) -> Self {
        let Layout { origin, scale } = layout;
        let low = if scale > 0.0 {
            scale
        } else {
            let nearest = body
                .iter()
                .map(|x| (x - origin).abs())
                .filter(|d| *d > 0.0)
                .fold(f64::INFINITY, f64::min);
            // Two octaves closer to the origin than the sample reaches.
            if nearest.is_finite() {
                (nearest / 4.0).max(f64::from_bits(1))
            } else {
                f64::MIN_POSITIVE
            }
        };
        // Two octaves beyond the pilot on both sides.
        let reach = |distance: f64| {
            if distance > 0.0 {
                let far = (4.0 * distance + scale).min(f64::MAX);
                far.to_bits().saturating_sub(low.to_bits())
            } else {
                0
            }
        };
        let (left, right) = (reach(origin - pilot.min), reach(pilot.max - origin));
        let mut shift = *SHIFTS.start();
        // A few bins on either side even where the pilot has no value.
        while shift < *SHIFTS.end() && (left >> shift) + (right >> shift) + 18 > N_BINS as u64 {
            shift += 1;
        }
        let used = ((left >> shift) + (right >> shift) + 2) as i32;
        let spare = N_BINS as i32 - used;
        Self {
            origin,
            scale,
            low,
            shift,
            middle: (left >> shift) as i32 + 1 + spare / 2,
            atoms: atoms.to_vec(),
            discrete,
        }
    }

    /// Width of the widest bin at the judged levels, relative to the local length.
    fn widest_bin(&self, body: &[f64], pilot: PilotSample<'_>) -> f64 {
        let quantile =
            |level: f64| body[((body.len() as f64 * level) as usize).min(body.len() - 1)];
        let mut widest: f64 = 0.0;
        for level in JUDGED {
            let half = 0.5 * level.min(1.0 - level);
            let length = quantile(level + half) - quantile(level - half);
            if length > 0.0 {
                let mut bin = [0_u32];
                self.slots(&[quantile(level)], &mut bin, false);
                let bin = bin[0] as usize;
                let width =
                    self.edge(bin + 1, pilot.min, pilot.max) - self.edge(bin, pilot.min, pilot.max);
                widest = widest.max(width / length);
            }
        }
        widest
    }

    /// Slot of each value: its bin, or the slot of the atom that it equals.
    #[inline(always)]
    pub(crate) fn slots(&self, values: &[f64], slots: &mut [u32], with_atoms: bool) {
        let (origin, scale, low, shift, middle) =
            (self.origin, self.scale, self.low, self.shift, self.middle);
        let base = low.to_bits();
        let last = N_BINS as i32 - 1;
        for (slot, &x) in slots.iter_mut().zip(values) {
            let d = x - origin;
            let y = d.abs() + scale;
            let y = if y > low { y } else { low };
            let steps = ((y.to_bits() - base) >> (shift & 63)) as i32;
            let bin = if d < 0.0 {
                middle - 1 - steps
            } else {
                middle + steps
            };
            *slot = bin.max(0).min(last) as u32;
        }
        if with_atoms {
            let first = self.atoms.first().copied().unwrap_or(f64::NAN);
            let second = self.atoms.get(1).copied().unwrap_or(f64::NAN);
            for (slot, &x) in slots.iter_mut().zip(values) {
                let bin = *slot;
                let bin = if x == first {
                    ATOM_SLOTS[0] as u32
                } else {
                    bin
                };
                let bin = if x == second {
                    ATOM_SLOTS[1] as u32
                } else {
                    bin
                };
                *slot = if x == 0.0 { ZERO_SLOT as u32 } else { bin };
            }
        }
    }

    /// Lower edge of a bin, kept between the smallest and the largest value; edge 0 and the last are these values.
    pub(crate) fn edge(&self, bin: usize, min: f64, max: f64) -> f64 {
        if bin == 0 {
            return min;
        }
        if bin >= N_BINS {
            return max;
        }
        let steps = bin as i64 - i64::from(self.middle);
        let distance = |steps: i64| {
            let bits = u128::from(self.low.to_bits()) + ((steps as u128) << self.shift);
            f64::from_bits(bits.min(u128::from(f64::MAX.to_bits())) as u64) - self.scale
        };
        let edge = match steps {
            0 => self.origin,
            1.. => self.origin + distance(steps),
            _ => self.origin - distance(-steps),
        };
        edge.max(min).min(max)
    }
}

/// The two most frequent values other than zero among those that repeat, and the number of distinct values.
fn atoms(sorted: &[f64]) -> (Vec<f64>, usize) {
    let needed = (sorted.len() / 128).max(3);
    let mut found: Vec<(usize, f64)> = Vec::new();
    let mut n_distinct = 0;
    for run in sorted.chunk_by(|a, b| a == b) {
        n_distinct += 1;
        if run.len() > needed && run[0] != 0.0 {
            found.push((run.len(), run[0]));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)));
    (
        found.into_iter().take(2).map(|(_, value)| value).collect(),
        n_distinct,
    )
}

/// Layouts to compare.
fn layouts(body: &[f64], pilot: PilotSample<'_>) -> Vec<Layout> {
    let (Some(&first), Some(&last)) = (body.first(), body.last()) else {
        return Vec::new();
    };
    let median = body[body.len() / 2];
    let mut spread = body[body.len() * 3 / 4] - body[body.len() / 4];
    if spread <= 0.0 || !spread.is_finite() {
        spread = last / 2.0 - first / 2.0;
    }
    if spread <= 0.0 {
        // One value: a millionth of it, so that a later change is told at any size.
        spread = (median.abs() * 1e-6).max(f64::MIN_POSITIVE);
    }
    let mut list = vec![Layout {
        origin: 0.0,
        scale: 0.0,
    }];
    if pilot.min >= 0.0 && pilot.max <= 1.0 {
        list.push(Layout {
            origin: 1.0,
            scale: 0.0,
        });
    }
    for origin in [0.0, median, pilot.min, pilot.max] {
        for power in [1_i32, 0, -1, -2, -4, -6, -9, -12, -20, -40] {
            let scale = spread
                * if power > 0 {
                    2.0
                } else {
                    1.0 / (1_u64 << -power) as f64
                };
            if (f64::MIN_POSITIVE..f64::MAX / 8.0).contains(&scale) {
                list.push(Layout { origin, scale });
            }
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(mut values: Vec<f64>) -> (Grid, Vec<f64>) {
        values.sort_by(f64::total_cmp);
        let pilot = PilotSample {
            sorted: &values,
            min: values[0],
            max: values[values.len() - 1],
        };
        (Grid::from_pilot(pilot), values)
    }

    fn slot(grid: &Grid, x: f64) -> usize {
        let mut slots = [0];
        grid.slots(&[x], &mut slots, true);
        slots[0] as usize
    }

    #[test]
    fn every_value_lies_between_the_edges_of_its_bin() {
        let offset = |c: f64, s: f64| (1..1000).map(|i| c + s * f64::from(i)).collect::<Vec<_>>();
        let families = [
            offset(0.0, 1e-3),
            offset(-300.0, 1.0),
            offset(1e15, 0.125),
            offset(-1e9, 1e3),
            (1..1000)
                .map(|i| 10f64.powf(f64::from(i) * 0.06 - 30.0))
                .collect(),
            (1..1000).map(|i| f64::from_bits(i * 77)).collect(),
            (1..1000).map(|i| -1e300 + f64::from(i) * 2e297).collect(),
        ];
        for family in families {
            let (grid, values) = grid(family);
            let (min, max) = (values[0], values[values.len() - 1]);
            let mut last = 0;
            for &x in &values {
                let bin = slot(&grid, x);
                if bin < N_BINS {
                    assert!(bin >= last, "bins keep the order");
                    last = bin;
                    // The edges are sums rounded once or twice: two units in the last place.
                    let slack = 4.0 * f64::EPSILON * x.abs().max(grid.origin.abs());
                    let (low, high) = (grid.edge(bin, min, max), grid.edge(bin + 1, min, max));
                    assert!(
                        low <= x + slack && x <= high + slack,
                        "{x:e} in {low:e} … {high:e}"
                    );
                }
            }
            for bin in 0..N_BINS {
                assert!(grid.edge(bin, min, max) <= grid.edge(bin + 1, min, max));
            }
        }
    }

    #[test]
    fn repeated_values_and_zero_have_their_own_slots() {
        let mut values: Vec<f64> = (1..1000).map(|i| f64::from(i) * 1e-3).collect();
        values.extend([1.0; 30]);
        values.extend([0.0; 30]);
        values.extend([0.25; 40]);
        let (grid, _) = grid(values);
        assert_eq!(slot(&grid, 0.25), ATOM_SLOTS[0]);
        assert_eq!(slot(&grid, 1.0), ATOM_SLOTS[1]);
        assert_eq!(slot(&grid, 0.0), ZERO_SLOT);
        assert_eq!(slot(&grid, -0.0), ZERO_SLOT);
        assert!(slot(&grid, 0.5) < N_BINS);
        assert!(!grid.discrete);
    }

    #[test]
    fn far_values_fall_into_the_outer_bins() {
        let (grid, _) = grid((1..1000).map(f64::from).collect());
        for x in [f64::MAX, f64::MIN, 1e-308, -1e-308, 1e9, -1e9] {
            assert!(slot(&grid, x) < N_BINS);
        }
        assert!(slot(&grid, f64::MAX) > slot(&grid, 1000.0));
        assert!(slot(&grid, f64::MIN) < slot(&grid, 1.0));
    }
}
