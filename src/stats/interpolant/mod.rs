//! Quantiles between the edges of histogram bins: a monotone cubic through the cumulative counts, and steps where values repeat.

mod bins;
mod places;
mod segment;
#[cfg(test)]
mod tests;

use fearless_simd::dispatch;

use self::bins::Bins;
use self::places::Around;
use self::segment::{Errors, Segment};
use super::distribution::Quantile;
use super::grid::Grid;
use super::sketch::Histogram;
use crate::math::simd_level;

/// Targets that are read together: three registers of 512 bits, which do not wait for each other. The published levels are 23.
pub(crate) const READ_TOGETHER: usize = 24;
const W: usize = READ_TOGETHER;

/// A value that occurs repeatedly.
#[derive(Debug, Clone, Copy)]
struct Atom {
    value: f64,
    count: f64,
    /// Values below it, other atoms left out: where it stands on the continuous part.
    continuous_below: f64,
    /// Width of the bin that it lies in, 0 on an edge: how far a quantile beside it may be off.
    bin_width: f64,
    /// Count of that bin: how uncertain the place of the atom is.
    bin_count: f64,
}

/// Where a quantile lies.
#[derive(Debug, Clone, Copy)]
enum Found {
    /// On a value that repeats.
    Step(Quantile),
    /// At a value inside a bin.
    Inside(usize, f64),
    /// Inside a bin, where so many values, atoms left out, lie below: to be found alone.
    Open(f64),
}

/// What was found of targets that are read together.
struct Group {
    found: [Found; W],
    around: Around<W>,
    values: [f64; W],
}

/// Cumulative counts of one target, ready for reading.
///
/// Reading 23 levels touches few of the bins, so slopes and resolutions are computed where they are asked, for many levels at once.
///
/// # Source
/// Monotone cubic: Fritsch and Carlson (1980); slopes from the parabola through three edges, limited to three times the smaller secant.
#[derive(Debug, Clone)]
pub struct Interpolant {
    bins: Bins,
    atoms: Vec<Atom>,
    total: u64,
    /// Whether all values are whole numbers.
    lattice: bool,
    /// Whether values that are not atoms repeat too.
    lumpy: bool,
}

impl Interpolant {
    /// Reads a histogram whose values lie in [min, max].
    #[must_use]
    pub(crate) fn new(grid: &Grid, histogram: Histogram<'_>, min: f64, max: f64) -> Self {
        let (bins, repeated) = Bins::new(grid, histogram, min, max);
        let mut interpolant = Self {
            bins,
            atoms: Vec::new(),
            total: histogram.total(),
            lattice: histogram.is_lattice(),
            lumpy: grid.lumpy,
        };
        interpolant.atoms = repeated
            .into_iter()
            .map(|(value, count)| interpolant.atom(value, count))
            .collect();
        interpolant
    }

    /// An atom where it stands among the bins.
    fn atom(&self, value: f64, count: f64) -> Atom {
        let (continuous_below, segment) = self.continuous_below(value);
        let inside = segment.filter(|s| value > s.start && value < s.start + s.extent.width);
        Atom {
            value,
            count,
            continuous_below,
            bin_width: inside.map_or(0.0, |s| s.extent.width),
            bin_count: inside.map_or(0.0, |s| s.extent.count),
        }
    }

    /// Values counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Whether all values are whole numbers.
    #[must_use]
    pub(crate) fn is_lattice(&self) -> bool {
        self.lattice
    }

    /// The values below which so many of the counted ones lie, 0 < target < total; where all are whole numbers, the whole numbers nearest to
    /// where the interpolation puts them. At most [`READ_TOGETHER`], in their order.
    #[must_use]
    pub(crate) fn quantiles(&self, targets: &[f64]) -> [Quantile; W] {
        let group = self.find(targets);
        let errors = dispatch!(simd_level(), _simd => group.around.errors(&group.values));
        std::array::from_fn(|lane| match group.found[lane] {
            Found::Step(quantile) if self.lattice => Quantile {
                value: quantile.value.round(),
                ..quantile
            },
            Found::Step(quantile) => quantile,
            Found::Inside(bin, value) => self.inside(bin, value, errors[lane]),
            Found::Open(target) => {
                let (bin, value) = self.find_alone(target);
                self.inside(bin, value, self.bins.errors(bin, value))
            }
        })
    }

    /// The values of [`Interpolant::quantiles`] alone.
    #[must_use]
    pub(crate) fn values(&self, targets: &[f64]) -> [f64; W] {
        let group = self.find(targets);
        std::array::from_fn(|lane| {
            let (bin, value) = match group.found[lane] {
                Found::Step(quantile) if self.lattice => return quantile.value.round(),
                Found::Step(quantile) => return quantile.value,
                Found::Inside(bin, value) => (bin, value),
                Found::Open(target) => self.find_alone(target),
            };
            if self.lattice {
                self.whole(bin, value).0
            } else {
                value
            }
        })
    }

    /// The quantile at a place in a bin; the errors are those where no value repeats.
    fn inside(&self, bin: usize, value: f64, errors: Errors) -> Quantile {
        let (start, extent) = (self.bins.start(bin), self.bins.extent(bin));
        let repeats = |atom: &Atom| atom.value > start && atom.value < start + extent.width;
        let resolution = if self.lumpy || self.atoms.iter().any(repeats) {
            extent.width
        } else {
            errors.resolution
        };
        if !self.lattice {
            return Quantile {
                value,
                resolution,
                scatter: errors.scatter,
            };
        }
        let (value, [low, high]) = self.whole(bin, value);
        let farther = (value - low).max(high - value);
        Quantile {
            value,
            resolution: farther.min((resolution + 1.5).floor()),
            scatter: extent.scatter(value - start),
        }
    }

    /// Where all values are whole numbers, the one nearest to a place in a bin, and the ends of those in the bin.
    ///
    /// The value sought and the one found lie in one bin, so the farther end of the whole numbers in it bounds the error; a bin with one of
    /// them leaves none. Where the bins are smooth, it is at most 3/2 beside what the interpolation itself may be off: a bin holds the whole
    /// numbers between its edges, so its counts are those of a continuous curve through F at whole numbers with the edges moved by at most
    /// one; the number sought lies at most one above that curve, so the two part by at most one, and rounding adds a half.
    fn whole(&self, bin: usize, value: f64) -> (f64, [f64; 2]) {
        let start = self.bins.start(bin);
        let end = start + self.bins.extent(bin).width;
        // Edges are sums rounded twice, of numbers up to the largest.
        let [first, last] = self.bins.outer_edges();
        let slack = 4.0 * f64::EPSILON * first.abs().max(last.abs());
        let low = (start - slack).ceil();
        let high = (end + slack).floor();
        (value.round().max(low).min(high), [low, high])
    }

    /// Finds targets. What is found where there is none is without meaning.
    fn find(&self, targets: &[f64]) -> Group {
        let first = targets.first().copied().unwrap_or(0.5);
        let mut found = [self.step(first); W];
        for (found, &target) in found.iter_mut().zip(targets) {
            *found = self.step(target);
        }
        let mut rest = [0.5; W];
        for (rest, found) in rest.iter_mut().zip(found) {
            if let Found::Open(target) = found {
                *rest = target;
            }
        }
        let around = dispatch!(simd_level(), _simd => self.bins.around(&rest));
        let values = dispatch!(simd_level(), _simd => around.values(&rest));
        for lane in 0..W {
            if let Found::Open(_) = found[lane]
                && !values[lane].is_nan()
            {
                found[lane] = Found::Inside(around.bins[lane], values[lane]);
            }
        }
        Group {
            found,
            around,
            values,
        }
    }

    /// A value that repeats, if the target lies on one; else how many values, atoms left out, lie below it.
    #[inline(always)]
    fn step(&self, target: f64) -> Found {
        let mut atoms_below = 0.0;
        for atom in &self.atoms {
            let low = atom.continuous_below + atoms_below;
            if target < low {
                break;
            }
            if target <= low + atom.count {
                let margin = (target - low).min(low + atom.count - target);
                let resolution = if margin < atom.bin_count {
                    atom.bin_width
                } else {
                    0.0
                };
                return Found::Step(Quantile {
                    value: atom.value,
                    resolution,
                    scatter: 0.0,
                });
            }
            atoms_below += atom.count;
        }
        match self.atoms.last() {
            // Only atoms, and rounding put the target past the last.
            Some(atom) if self.bins.ends().is_none() => Found::Step(Quantile {
                value: atom.value,
                resolution: 0.0,
                scatter: 0.0,
            }),
            _ => Found::Open(target - atoms_below),
        }
    }

    /// A place inside the bins, by itself: the bin and the value.
    fn find_alone(&self, target: f64) -> (usize, f64) {
        let Some(bin) = self.bins.reaching(target) else {
            // Nothing was counted.
            return (0, f64::NAN);
        };
        let segment = self.bins.segment(bin);
        let place = segment.solve(target - segment.below);
        (bin, segment.start + segment.extent.width * place)
    }

    /// Values below `x`, atoms left out, and the bin of `x`.
    fn continuous_below(&self, x: f64) -> (f64, Option<Segment>) {
        match self.bins.holding(x).map(|bin| self.bins.segment(bin)) {
            None => (0.0, None),
            Some(segment) => {
                let place = ((x - segment.start) / segment.extent.width).min(1.0);
                (segment.below + segment.rise(place), Some(segment))
            }
        }
    }

    /// Share of the values below `x` plus half the share of those equal to it (mid-distribution function).
    #[must_use]
    pub(crate) fn cdf_mid(&self, x: f64) -> f64 {
        let (mut below, _) = self.continuous_below(x);
        for atom in &self.atoms {
            if atom.value < x {
                below += atom.count;
            } else if atom.value == x {
                below += 0.5 * atom.count;
            }
        }
        below / self.total as f64
    }
}
