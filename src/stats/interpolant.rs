//! Quantiles between the edges of histogram bins: a monotone cubic through the cumulative counts, and steps where values repeat.

use super::distribution::Quantile;
use super::grid::{ATOM_SLOTS, Grid, N_BINS, ZERO_SLOT};
use super::sketch::Sketch;

/// A density that changes more than twofold over three neighbouring bins is taken for a jump.
const JUMP: f64 = 2.0;
/// Bins so many times as wide as a neighbour are not judged by it: such are the outermost, where all that lies beyond is gathered.
const FAR_WIDER: f64 = 4.0;
/// Departures of a count from its neighbours below this many of its own standard errors are taken for chance.
const CHANCE: f64 = 5.0;

/// One bin of positive width.
#[derive(Debug, Clone, Copy)]
struct Segment {
    start: f64,
    width: f64,
    /// Values below the bin, atoms left out.
    below: f64,
    count: f64,
    /// Slopes of the cumulative count at both ends, per unit of the bin's width.
    slopes: [f64; 2],
}

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
enum Found {
    /// On a value that repeats.
    Step(Quantile),
    /// At a value inside the bin of this number.
    Inside(f64, Segment, usize),
}

/// Cumulative counts of one target, ready for reading.
///
/// Reading 23 levels touches few of the bins, so slopes and resolutions are computed where they are asked.
///
/// # Source
/// Monotone cubic: Fritsch and Carlson (1980); slopes from the parabola through three edges, limited to three times the smaller secant.
#[derive(Debug, Clone)]
pub struct Interpolant {
    /// Edges of the bins of positive width: one more than there are bins.
    edges: Vec<f64>,
    /// Values below each edge, atoms left out.
    below: Vec<f64>,
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
    pub(crate) fn new(grid: &Grid, sketch: &Sketch, min: f64, max: f64) -> Self {
        let all = grid.edges(min, max);
        let mut steps: Vec<(f64, f64)> = vec![(0.0, sketch.count(ZERO_SLOT) as f64)];
        for (&slot, &value) in ATOM_SLOTS.iter().zip(&grid.atoms) {
            steps.push((value, sketch.count(slot) as f64));
        }
        let mut edges = vec![0.0; N_BINS + 1];
        let mut below = vec![0.0; N_BINS + 1];
        let mut sum = 0;
        let mut n_segments = 0;
        edges[0] = all[0];
        for bin in 0..N_BINS {
            let count = sketch.count(bin);
            let (start, end) = (all[bin], all[bin + 1]);
            if end - start > 0.0 {
                sum += count;
                n_segments += 1;
                edges[n_segments] = end;
                below[n_segments] = sum as f64;
            } else if count > 0 {
                // Edges closer than the spacing of doubles: the bin is one value.
                steps.push((start, count as f64));
            }
        }
        edges.truncate(n_segments + 1);
        below.truncate(n_segments + 1);
        steps.retain(|(_, count)| *count > 0.0);
        steps.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut interpolant = Self {
            edges,
            below,
            atoms: Vec::new(),
            total: sketch.total(),
            lattice: sketch.is_lattice(),
            lumpy: grid.lumpy,
        };
        interpolant.atoms = steps
            .into_iter()
            .map(|(value, count)| interpolant.atom(value, count))
            .collect();
        interpolant
    }

    /// An atom where it stands among the bins.
    fn atom(&self, value: f64, count: f64) -> Atom {
        let (continuous_below, segment) = self.continuous_below(value);
        let inside = segment.filter(|s| value > s.start && value < s.start + s.width);
        Atom {
            value,
            count,
            continuous_below,
            bin_width: inside.map_or(0.0, |s| s.width),
            bin_count: inside.map_or(0.0, |s| s.count),
        }
    }

    /// Bins of positive width.
    fn n_segments(&self) -> usize {
        self.edges.len() - 1
    }

    fn width(&self, index: usize) -> f64 {
        self.edges[index + 1] - self.edges[index]
    }

    fn count(&self, index: usize) -> f64 {
        self.below[index + 1] - self.below[index]
    }

    fn density(&self, index: usize) -> f64 {
        self.count(index) / self.width(index)
    }

    fn segment(&self, index: usize) -> Segment {
        let (width, count) = (self.width(index), self.count(index));
        // Densities of bins narrower than 1e-308 overflow; then a straight line serves.
        let rise = |slope: f64| {
            if slope.is_finite() {
                slope * width
            } else {
                count
            }
        };
        let at = |index: usize| (self.width(index), self.density(index));
        let (start, end) = if index > 0 && index + 1 < self.n_segments() {
            let (before, within, after) = (at(index - 1), at(index), at(index + 1));
            (slope_between(before, within), slope_between(within, after))
        } else {
            (self.slope(index), self.slope(index + 1))
        };
        Segment {
            start: self.edges[index],
            width,
            below: self.below[index],
            count,
            slopes: [rise(start), rise(end)],
        }
    }

    /// Slope of the cumulative count at an edge.
    fn slope(&self, edge: usize) -> f64 {
        let n = self.n_segments();
        let beyond = |outer: usize, inner: usize| {
            let (h0, h1) = (self.width(outer), self.width(inner));
            let (density, within) = (self.density(outer), self.density(inner));
            let slope = density + (density - within) * (h0 / (h0 + h1));
            slope.max(0.0).min(3.0 * density)
        };
        match edge {
            _ if n < 2 => self.density(0),
            0 => beyond(0, 1),
            edge if edge == n => beyond(n - 1, n - 2),
            edge => {
                let at = |index: usize| (self.width(index), self.density(index));
                slope_between(at(edge - 1), at(edge))
            }
        }
    }

    /// Possible error of a quantile inside a bin.
    ///
    /// The third derivative of the cumulative count, estimated by the second difference of densities, bounds the error of the cubic. In equal
    /// bins the parabolic slopes are off by a sixth of it, both alike, and the cubic by at most 0.096 of that, 1/62; a 32nd leaves room for
    /// chance and for what changes within three bins. At the ends of the values one slope is off by a third, the cubic by at most 0.148 of that
    /// and 0.148 of a sixth, 1/14; an 8th is taken. Where the density jumps, values repeat, an atom lies inside, or a neighbour is far narrower,
    /// it may be the whole bin.
    fn resolution(&self, index: usize) -> f64 {
        let n = self.n_segments();
        let (start, width, count) = (self.edges[index], self.width(index), self.count(index));
        if self.lumpy || n < 3 {
            return width;
        }
        let (others, part) = match index {
            0 => ([1, 2], 1.0 / 8.0),
            index if index == n - 1 => ([n - 2, n - 3], 1.0 / 8.0),
            index => ([index - 1, index + 1], 1.0 / 32.0),
        };
        if others
            .iter()
            .any(|&other| width > FAR_WIDER * self.width(other))
        {
            return width;
        }
        let [first, second] = others.map(|other| self.count(other) * (width / self.width(other)));
        let most = first.max(second).max(count);
        let least = first.min(second).min(count);
        let jump = most > JUMP * least + CHANCE * most.sqrt();
        let atom = self
            .atoms
            .iter()
            .any(|atom| atom.value > start && atom.value < start + width);
        let inner = index > 0 && index < n - 1;
        // Densities in order: the middle one counts twice.
        let second_difference = if inner {
            first - 2.0 * count + second
        } else {
            count - 2.0 * first + second
        };
        let curvature = second_difference.abs() * part;
        if !jump && !atom && count > 0.0 && curvature < count {
            width * (curvature / count)
        } else {
            width
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

    /// The value with `place` others before it in ascending order, where all are whole numbers: the whole number nearest to where the
    /// interpolation puts it.
    ///
    /// Both lie in one bin, so the farther end of the whole numbers in it bounds the error; a bin with one of them leaves none. Where
    /// the bins are smooth, it is at most 3/2 beside what the interpolation itself may be off: a bin holds the whole numbers between its
    /// edges, so its counts are those of a continuous curve through F at whole numbers with the edges moved by at most one; the number
    /// sought lies at most one above that curve, so the two part by at most one, and rounding adds a half.
    #[must_use]
    pub(crate) fn attained(&self, place: u64) -> Quantile {
        let (value, segment, index) = match self.find(place as f64 + 0.5) {
            Found::Step(quantile) => {
                return Quantile {
                    value: quantile.value.round(),
                    ..quantile
                };
            }
            Found::Inside(value, segment, index) => (value, segment, index),
        };
        // Edges are sums rounded twice, of numbers up to the largest.
        let [first, last] = [0, self.n_segments() - 1].map(|index| self.edges[index]);
        let last = last + self.width(self.n_segments() - 1);
        let slack = 4.0 * f64::EPSILON * first.abs().max(last.abs());
        let low = (segment.start - slack).ceil();
        let high = (segment.start + segment.width + slack).floor();
        let value = value.round().max(low).min(high);
        Quantile {
            value,
            resolution: (value - low)
                .max(high - value)
                .min((self.resolution(index) + 1.5).floor()),
            scatter: segment.scatter(value),
        }
    }

    /// The value below which `target` of the counted values lie, 0 < `target` < total.
    #[must_use]
    pub(crate) fn at(&self, target: f64) -> Quantile {
        match self.find(target) {
            Found::Step(quantile) => quantile,
            Found::Inside(value, segment, index) => Quantile {
                value,
                resolution: self.resolution(index),
                scatter: segment.scatter(value),
            },
        }
    }

    /// The value of [`Interpolant::at`] alone.
    #[must_use]
    pub(crate) fn value(&self, target: f64) -> f64 {
        match self.find(target) {
            Found::Step(quantile) => quantile.value,
            Found::Inside(value, ..) => value,
        }
    }

    fn find(&self, target: f64) -> Found {
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
        self.find_in_bins(target - atoms_below)
    }

    fn find_in_bins(&self, target: f64) -> Found {
        let index = self.below[1..].partition_point(|below| *below < target);
        let Some(last) = self.n_segments().checked_sub(1) else {
            // Only atoms: `at` returned one of them unless rounding put the target past the last.
            let value = self.atoms.last().map_or(f64::NAN, |atom| atom.value);
            return Found::Step(Quantile {
                value,
                resolution: 0.0,
                scatter: 0.0,
            });
        };
        let index = index.min(last);
        let segment = self.segment(index);
        let value = segment.start + segment.width * segment.solve(target - segment.below);
        Found::Inside(value, segment, index)
    }

    /// Values below `x`, atoms left out, and the bin of `x`.
    fn continuous_below(&self, x: f64) -> (f64, Option<Segment>) {
        let starts = &self.edges[..self.n_segments()];
        let index = starts.partition_point(|start| *start <= x);
        match index.checked_sub(1).map(|index| self.segment(index)) {
            None => (0.0, None),
            Some(segment) => {
                let place = ((x - segment.start) / segment.width).min(1.0);
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

/// Slope at the edge between two bins of these widths and densities.
#[inline(always)]
fn slope_between(left: (f64, f64), right: (f64, f64)) -> f64 {
    let share = right.0 / (left.0 + right.0);
    let slope = left.1 * share + right.1 * (1.0 - share);
    slope.min(3.0 * left.1.min(right.1))
}

impl Segment {
    /// How far chance moves the quantile that lies at `value`, were the values of the bin independent: the share of them below a place u
    /// has the variance u (1 − u)/count.
    fn scatter(&self, value: f64) -> f64 {
        let place = ((value - self.start) / self.width).clamp(0.0, 1.0);
        if self.count > 0.0 {
            self.width * (place * (1.0 - place) / self.count).sqrt()
        } else {
            0.0
        }
    }

    /// Count gained from the start of the bin to a place in it, 0 … 1.
    fn rise(&self, place: f64) -> f64 {
        let [start, end] = self.slopes;
        let u = place;
        // Cubic Hermite with values 0 and `count` at the ends.
        let rise = u
            * (start
                + u * (3.0 * self.count - 2.0 * start - end
                    + u * (start + end - 2.0 * self.count)));
        rise.max(0.0).min(self.count)
    }

    /// Place in the bin at which so much is gained: the middle of one of 2⁴⁰ equal parts, far below the bin's resolution.
    fn solve(&self, gain: f64) -> f64 {
        self.solve_by_newton(gain)
            .unwrap_or_else(|| self.solve_by_bisection(gain))
    }

    /// The part that bisection would find, where the cubic is steep enough for rounding to leave no doubt about it.
    fn solve_by_newton(&self, gain: f64) -> Option<f64> {
        const PARTS: f64 = (1_u64 << 40) as f64;
        /// Slope, in counts of the bin, at which the steps between parts are 2⁻⁴⁶, 64 times the rounding of the cubic.
        const STEEP: f64 = 1.0 / 64.0;
        /// A step of 2⁻¹⁴ leaves an error of 2⁻⁴² times what the slopes make of it.
        const NEAR: f64 = 1.0 / (1_u64 << 14) as f64;
        let [start, end] = self.slopes;
        let slope_at = |u: f64| {
            start
                + u * (6.0 * self.count - 4.0 * start - 2.0 * end
                    + u * (3.0 * (start + end) - 6.0 * self.count))
        };
        let curvature_at = |u: f64| {
            6.0 * self.count - 4.0 * start - 2.0 * end
                + u * (6.0 * (start + end) - 12.0 * self.count)
        };
        let part_near = |place: f64| {
            // A comparison with NaN is false.
            if !(slope_at(place) > STEEP * self.count) {
                return None;
            }
            // Whole, as `floor` would make it; a call on some machines.
            let guess = (place * PARTS) as u64 as f64;
            [guess, guess - 1.0, guess + 1.0]
                .into_iter()
                .find_map(|part| {
                    let (low, high) = (part / PARTS, (part + 1.0) / PARTS);
                    let inside = low > 0.0 && high < 1.0;
                    let found = inside && self.rise(low) < gain && self.rise(high) >= gain;
                    found.then_some(0.5 * (low + high))
                })
        };
        let mut place = (gain / self.count).clamp(0.0, 1.0);
        for step in 1..=5 {
            let before = place;
            let slope = 1.0 / slope_at(place);
            let newton = (self.rise(place) - gain) * slope;
            // With the curvature the error is about cubed.
            let step_to = newton * (1.0 + 0.5 * newton * curvature_at(place) * slope);
            place = (place - step_to).clamp(0.0, 1.0);
            if step == 5 || (place - before).abs() < NEAR {
                if let Some(part) = part_near(place) {
                    return Some(part);
                }
            }
        }
        None
    }

    fn solve_by_bisection(&self, gain: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if self.rise(middle) < gain {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bins with slopes from flat to the limit of monotony, and gains over the whole bin, to the bit.
    #[test]
    fn newton_finds_the_part_that_bisection_finds() {
        let mut found = 0;
        for start in 0..=12 {
            for end in 0..=12 {
                for count in [1.0, 7.0, 100_003.0] {
                    let slopes = [start, end].map(|slope| f64::from(slope) / 4.0 * count);
                    let segment = Segment {
                        start: 0.0,
                        width: 1.0,
                        below: 0.0,
                        count,
                        slopes,
                    };
                    for step in 0..=200 {
                        let gain = count * f64::from(step) / 200.0;
                        if let Some(place) = segment.solve_by_newton(gain) {
                            found += 1;
                            let expected = segment.solve_by_bisection(gain);
                            assert_eq!(place.to_bits(), expected.to_bits(), "{segment:?} {gain}");
                        }
                    }
                }
            }
        }
        // Nine in ten of 101,907, with slopes far from those of most bins; the rest are ends and flat places.
        assert!(found > 90_000, "{found}");
    }
}
