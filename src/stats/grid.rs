//! Map from values to histogram bins, log-linear on both sides of an origin or inwards from two ends.
//!
//! With d = |x − origin| and y = d + scale, the bin is counted from the origin outwards by the bits of y, which grow with y: inside
//! ±scale bins are equally wide, beyond it they widen in proportion to d. Scale 0 gives bins of equal relative width. With two ends, as
//! for shares that crowd at 0 and at 1, d is the distance from the nearer end and bins are counted inwards.
//! A few additions, a shift and two selections per value, equal on every machine: see `map.rs`.

use serde::{Deserialize, Serialize};

use super::bits;
use super::map::with_map;

/// Bins of the continuous part.
pub const N_BINS: usize = 1021;
/// Slots of a target: the bins, two values that repeat in the pilot, zero.
pub(crate) const N_SLOTS: usize = 1024;
pub(crate) const ATOM_SLOTS: [usize; 2] = [N_BINS, N_BINS + 1];
pub(crate) const ZERO_SLOT: usize = N_BINS + 2;

/// Where bins are finest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Centre {
    /// About one value, which is the lower edge of the bin [`Grid::middle`].
    Origin(#[serde(with = "bits::one")] f64),
    /// At both ends of an interval; the bin [`Grid::middle`] begins half way.
    Ends(
        #[serde(with = "bits::one")] f64,
        #[serde(with = "bits::one")] f64,
    ),
}

/// Bins of one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    pub(crate) centre: Centre,
    #[serde(with = "bits::one")]
    pub(crate) scale: f64,
    /// Smallest y that is told from smaller ones.
    #[serde(with = "bits::one")]
    pub(crate) low: f64,
    /// Bits of the double that are dropped.
    pub(crate) shift: u32,
    /// Number of the bin that begins at the origin, or half way between the ends.
    pub(crate) middle: i32,
    /// Values with slots of their own; NaN where there is none.
    #[serde(with = "bits::many")]
    pub(crate) atoms: Vec<f64>,
    /// Whether values are counted one by one at first.
    pub(crate) discrete: bool,
    /// Whether other values repeat too: then they may stand anywhere in their bins, however smooth the counts.
    pub(crate) lumpy: bool,
    /// Whether the pilot holds whole numbers only.
    pub(crate) lattice: bool,
    /// Bins, ascending, below which the values of each replicate are counted: about the published levels.
    pub(crate) thresholds: Vec<u32>,
}

impl Grid {
    /// Whether the bins can be those that a pilot gave: places within the slots, numbers that keep sums and differences finite or harmless.
    pub(crate) fn is_sound(&self) -> bool {
        let centre_is_sound = match self.centre {
            Centre::Origin(origin) => origin.is_finite(),
            Centre::Ends(start, end) => start.is_finite() && end.is_finite() && start <= end,
        };
        let low_is_sound = match self.centre {
            Centre::Origin(_) if self.scale > 0.0 => self.low == self.scale,
            _ => self.low > 0.0,
        };
        centre_is_sound
            && low_is_sound
            && self.scale.is_finite()
            && self.scale >= 0.0
            && self.low.is_finite()
            && (33..=62).contains(&self.shift)
            && (0..=N_BINS as i32).contains(&self.middle)
            && self.atoms.len() <= ATOM_SLOTS.len()
            && self.thresholds.is_sorted()
            && self.thresholds.iter().all(|&bin| bin as usize <= N_BINS)
    }

    /// Slot of each value: its bin, or the slot of the atom that it equals.
    pub(crate) fn slots(&self, values: &[f64], slots: &mut [u32]) {
        with_map!(
            self,
            |map| for (place, &x) in slots.iter_mut().zip(values) {
                *place = map.slot(x);
            }
        );
    }

    /// Bin of each value, atoms or not.
    pub(crate) fn bins(&self, values: &[f64], bins: &mut [u32]) {
        with_map!(self, |map| for (bin, &x) in bins.iter_mut().zip(values) {
            // −0 lies where 0 does.
            *bin = map.bin(x + 0.0);
        });
    }

    /// Lower edge of a bin, kept between the smallest and the largest value; edge 0 and the last are these values.
    #[cfg(test)]
    pub(crate) fn edge(&self, bin: usize, min: f64, max: f64) -> f64 {
        if bin == 0 {
            return min;
        }
        if bin >= N_BINS {
            return max;
        }
        let distance = self.distance();
        let middle = self.middle as usize;
        let edge = match self.centre {
            Centre::Origin(origin) => {
                if bin == middle {
                    origin
                } else if bin > middle {
                    origin + distance((bin - middle) as u64)
                } else {
                    origin - distance((middle - bin) as u64)
                }
            }
            Centre::Ends(start, end) => {
                let half_way = half_way(start, end);
                if bin < middle {
                    (start + distance(bin as u64)).min(half_way)
                } else if bin == middle {
                    half_way
                } else {
                    (end - distance((N_BINS - bin) as u64)).max(half_way)
                }
            }
        };
        edge.max(min).min(max)
    }

    /// The distance from the origin, or from an end, after so many bins.
    #[inline(always)]
    fn distance(&self) -> impl Fn(u64) -> f64 + Copy {
        let (low, scale, shift) = (self.low.to_bits(), self.scale, self.shift & 63);
        // Steps after which it is the largest double.
        let most = (f64::MAX.to_bits() - low) >> shift;
        move |steps| {
            let bits = if steps <= most {
                low + (steps << shift)
            } else {
                f64::MAX.to_bits()
            };
            f64::from_bits(bits) - scale
        }
    }

    /// All edges at once, in plain loops: those of [`Grid::edge`].
    #[inline(always)]
    pub(crate) fn edges(&self, min: f64, max: f64, edges: &mut [f64; N_BINS + 1]) {
        let distance = self.distance();
        let middle = self.middle as usize;
        let (left, right) = edges.split_at_mut(middle);
        match self.centre {
            Centre::Origin(origin) => {
                for (bin, edge) in left.iter_mut().enumerate() {
                    *edge = origin - distance((middle - bin) as u64);
                }
                for (edge, steps) in right.iter_mut().zip(0..) {
                    *edge = origin + distance(steps);
                }
                right[0] = origin;
            }
            Centre::Ends(start, end) => {
                let half_way = half_way(start, end);
                for (edge, steps) in left.iter_mut().zip(0..) {
                    *edge = (start + distance(steps)).min(half_way);
                }
                for (bin, edge) in right.iter_mut().enumerate() {
                    let steps = (N_BINS - middle - bin) as u64;
                    *edge = (end - distance(steps)).max(half_way);
                }
                right[0] = half_way;
            }
        }
        for edge in edges.iter_mut() {
            *edge = edge.max(min).min(max);
        }
        (edges[0], edges[N_BINS]) = (min, max);
    }
}

/// Half of each before the sum, which could overflow.
#[inline(always)]
pub(crate) fn half_way(start: f64, end: f64) -> f64 {
    0.5 * start + 0.5 * end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::layout::PilotSample;

    fn origin(grid: &Grid) -> f64 {
        match grid.centre {
            Centre::Origin(origin) => origin,
            Centre::Ends(start, end) => start.abs().max(end.abs()),
        }
    }

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
        grid.slots(&[x], &mut slots);
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
            crowded_at_both_ends(0.0, 1.0),
            crowded_at_both_ends(-20.0, 30.0),
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
                    let slack = 4.0 * f64::EPSILON * x.abs().max(origin(&grid).abs());
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
            let mut edges = [f64::NAN; N_BINS + 1];
            grid.edges(min, max, &mut edges);
            for (bin, edge) in edges.into_iter().enumerate() {
                assert_eq!(edge.to_bits(), grid.edge(bin, min, max).to_bits(), "{bin}");
            }
        }
    }

    /// Logistic of −10 … 10, on an interval.
    fn crowded_at_both_ends(start: f64, end: f64) -> Vec<f64> {
        (1..1000)
            .map(|i| 1.0 / (1.0 + (10.0 - 0.02 * f64::from(i)).exp()))
            .map(|share| start + (end - start) * share)
            .collect()
    }

    #[test]
    fn values_that_crowd_at_both_ends_have_fine_bins_at_both() {
        for (start, end) in [(0.0, 1.0), (-20.0, 30.0)] {
            let (grid, values) = grid(crowded_at_both_ends(start, end));
            assert!(matches!(grid.centre, Centre::Ends(..)), "{grid:?}");
            for share in [1e-4, 1.0 - 1e-4] {
                let bin = slot(&grid, start + (end - start) * share);
                let (low, high) = (values[0], values[values.len() - 1]);
                let width = grid.edge(bin + 1, low, high) - grid.edge(bin, low, high);
                // Equal bins would be ten times as wide as 1e-4.
                assert!(width < 2e-5 * (end - start), "{width}");
            }
            // Beyond the ends: the outermost bins.
            assert_eq!(slot(&grid, start - 100.0), 0);
            assert_eq!(slot(&grid, end + 100.0), N_BINS - 1);
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
        // Quantiles of a Cauchy distribution: no ends in sight.
        let cauchy = |i: i32| (std::f64::consts::PI * (f64::from(i) / 1000.0 - 0.5)).tan();
        let (grid, values) = grid((1..1000).map(cauchy).collect());
        assert!(matches!(grid.centre, Centre::Origin(_)), "{grid:?}");
        // A bell has no ends either, though bins between those of the pilot would be finer.
        let logistic = |i: i32| (f64::from(i) / (1000.0 - f64::from(i))).ln();
        let (bell, _) = super::tests::grid((1..1000).map(logistic).collect());
        assert!(matches!(bell.centre, Centre::Origin(_)), "{bell:?}");
        for x in [f64::MAX, f64::MIN, 1e-308, -1e-308, 1e9, -1e9] {
            assert!(slot(&grid, x) < N_BINS);
        }
        assert!(slot(&grid, f64::MAX) > slot(&grid, values[998]));
        assert!(slot(&grid, f64::MIN) < slot(&grid, values[0]));
        // Whose outer edges are the extremes of the run.
        assert_eq!(slot(&grid, f64::MAX), N_BINS - 1);
        assert_eq!(slot(&grid, f64::MIN), 0);
    }
}
