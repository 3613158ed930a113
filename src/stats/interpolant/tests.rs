//! What is read many at a time against a plain way: one target after another, each bin by itself, places by halving.

use super::*;
use crate::stats::distribution::Distribution;
use crate::stats::grid::{ATOM_SLOTS, N_BINS, N_SLOTS, ZERO_SLOT};
use crate::stats::level::HUB_LEVELS;
use crate::stats::low::Low;
use crate::stats::sketch::Sketch;
use crate::stats::tests::{hostile, normals};
use crate::stats::{PILOT_TRIALS, TargetKind, TargetPlan, lay_out};

/// Histogram of values and what is needed to read it.
struct Case {
    grid: Grid,
    sketch: Sketch,
    low: Low,
    min: f64,
    max: f64,
}

impl Case {
    fn new(values: &[f64]) -> Self {
        let plan = TargetPlan {
            kinds: vec![TargetKind::Value],
        };
        let n = PILOT_TRIALS.min(values.len());
        let grids = lay_out(&plan, |accept| accept(0, &values[..n]));
        let [grid] = grids.try_into().unwrap();
        let (mut sketch, mut low) = (Sketch::default(), [0; N_SLOTS]);
        sketch.update(&mut low, &grid, values);
        Self {
            grid,
            sketch,
            low,
            min: values.iter().copied().fold(f64::INFINITY, f64::min),
            max: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    fn interpolant(&self) -> Interpolant {
        Interpolant::new(&self.grid, self.histogram(), self.min, self.max)
    }

    fn histogram(&self) -> Histogram<'_> {
        Histogram {
            sketch: &self.sketch,
            low: &self.low,
        }
    }
}

/// Cumulative counts at the edges of the bins of positive width, and values that repeat.
struct Plain {
    edges: Vec<f64>,
    below: Vec<f64>,
    /// Values with their counts and with how many values, other repeated ones left out, lie below.
    atoms: Vec<[f64; 3]>,
}

impl Plain {
    fn new(case: &Case) -> Self {
        let edge = |bin: usize| case.grid.edge(bin, case.min, case.max);
        let count = |slot: usize| case.histogram().count(slot) as f64;
        let mut atoms = vec![[0.0, count(ZERO_SLOT)]];
        let apart = ATOM_SLOTS.iter().zip(&case.grid.atoms);
        atoms.extend(apart.map(|(&slot, &value)| [value, count(slot)]));
        let (mut edges, mut below) = (vec![edge(0)], vec![0.0]);
        for bin in 0..N_BINS {
            if edge(bin + 1) - edge(bin) > 0.0 {
                edges.push(edge(bin + 1));
                below.push(below[below.len() - 1] + count(bin));
            } else {
                atoms.push([edge(bin), count(bin)]);
            }
        }
        atoms.retain(|[_, count]| *count > 0.0);
        atoms.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let mut plain = Self {
            edges,
            below,
            atoms: Vec::new(),
        };
        plain.atoms = atoms
            .into_iter()
            .map(|[value, count]| [value, count, plain.continuous_below(value)])
            .collect();
        plain
    }

    fn n(&self) -> usize {
        self.edges.len() - 1
    }

    fn width(&self, bin: usize) -> f64 {
        self.edges[bin + 1] - self.edges[bin]
    }

    fn count(&self, bin: usize) -> f64 {
        self.below[bin + 1] - self.below[bin]
    }

    fn density(&self, bin: usize) -> f64 {
        self.count(bin) / self.width(bin)
    }

    /// Slope of the parabola through three edges, at most three times the lesser secant.
    fn slope(&self, edge: usize) -> f64 {
        let n = self.n();
        let outer = |outer: usize, inner: usize| {
            let share = self.width(outer) / (self.width(outer) + self.width(inner));
            let density = self.density(outer);
            let slope = density + (density - self.density(inner)) * share;
            slope.clamp(0.0, 3.0 * density)
        };
        match edge {
            _ if n == 1 => self.density(0),
            0 => outer(0, 1),
            edge if edge == n => outer(n - 1, n - 2),
            edge => {
                let (left, right) = (self.density(edge - 1), self.density(edge));
                let share = self.width(edge) / (self.width(edge - 1) + self.width(edge));
                let slope = left * share + right * (1.0 - share);
                slope.min(3.0 * left.min(right))
            }
        }
    }

    fn rise(&self, bin: usize, u: f64) -> f64 {
        let count = self.count(bin);
        let [start, end] = [self.slope(bin), self.slope(bin + 1)].map(|slope| {
            if slope.is_finite() {
                slope * self.width(bin)
            } else {
                count
            }
        });
        let cubic =
            u * (start + u * (3.0 * count - 2.0 * start - end + u * (start + end - 2.0 * count)));
        cubic.clamp(0.0, count)
    }

    fn continuous_below(&self, x: f64) -> f64 {
        match (0..self.n()).rev().find(|&bin| self.edges[bin] <= x) {
            None => 0.0,
            Some(bin) => {
                let place = ((x - self.edges[bin]) / self.width(bin)).min(1.0);
                self.below[bin] + self.rise(bin, place)
            }
        }
    }

    fn value(&self, target: f64) -> f64 {
        let mut before = 0.0;
        for [value, count, below] in &self.atoms {
            if target < below + before {
                break;
            }
            if target <= below + before + count {
                return *value;
            }
            before += count;
        }
        let target = target - before;
        let bin = (0..self.n()).find(|&bin| self.below[bin + 1] >= target);
        let bin = bin.unwrap_or(self.n() - 1);
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if self.rise(bin, middle) < target - self.below[bin] {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.edges[bin] + self.width(bin) * (0.5 * (low + high))
    }
}

/// The published levels, some that lie in one bin, the ends, and all between.
fn targets(total: u64) -> Vec<f64> {
    let last = (total - 1) as f64;
    let mut targets: Vec<f64> = HUB_LEVELS.iter().map(|level| level * last + 0.5).collect();
    targets.extend([0.5, 0.75, 1.0, last, last + 0.25, last + 0.5]);
    targets.extend((0..400).map(|step| f64::from(step) / 400.0 * last + 0.5));
    targets
}

#[test]
fn many_read_at_once_have_the_bits_of_a_plain_reading() {
    let mut rows = hostile(20_000);
    rows.extend([1, 2, 3, 5, 40, 700].map(|n| normals(n, 11)));
    rows.push(normals(200_000, 5));
    rows.push(normals(20_000, 6).iter().map(|x| x.exp()).collect());
    let [mut n_together, mut n_alone, mut n_repeated] = [0; 3];
    for (number, values) in rows.iter().enumerate() {
        let case = Case::new(values);
        let (interpolant, plain) = (case.interpolant(), Plain::new(&case));
        let targets = targets(interpolant.total());
        let chunks = || targets.chunks(W).map(|some| (some.len(), some));
        let quantiles: Vec<Quantile> = chunks()
            .flat_map(|(n, some)| interpolant.quantiles(some).into_iter().take(n))
            .collect();
        let values: Vec<f64> = chunks()
            .flat_map(|(n, some)| interpolant.values(some).into_iter().take(n))
            .collect();
        for (place, &target) in targets.iter().enumerate() {
            let found = quantiles[place];
            // However many are read beside it, and with errors or without.
            assert_eq!(interpolant.quantiles(&[target])[0], found, "{number}");
            assert_eq!(values[place].to_bits(), found.value.to_bits(), "{number}");
            let expected = plain.value(target);
            let value = match interpolant.find(&[target]).found[0] {
                Found::Step(quantile) => {
                    n_repeated += 1;
                    quantile.value
                }
                Found::Inside(bin, value) => {
                    n_together += 1;
                    let Found::Open(rest) = interpolant.step(target) else {
                        panic!("{number}: {target} lies in a bin")
                    };
                    assert_eq!(interpolant.find_alone(rest), (bin, value));
                    let errors = interpolant.bins.errors(bin, value);
                    let alone = interpolant.inside(bin, value, errors);
                    assert_eq!(alone, found, "{number}: {target}");
                    value
                }
                Found::Open(target) => {
                    n_alone += 1;
                    interpolant.find_alone(target).1
                }
            };
            assert_eq!(value.to_bits(), expected.to_bits(), "{number}: {target}");
            if interpolant.is_lattice() {
                assert!((found.value - value).abs() <= 1.0, "{number}: {target}");
                assert_eq!(found.value, found.value.round(), "{number}: {target}");
            } else {
                assert_eq!(found.value.to_bits(), value.to_bits());
            }
        }
    }
    let counts = [n_together, n_alone, n_repeated];
    assert!(counts.iter().all(|&n| n > 500), "{counts:?}");
}

#[test]
fn nearly_all_places_are_found_together() {
    let interpolant = Case::new(&normals(10_000, 3)).interpolant();
    let targets: Vec<f64> = HUB_LEVELS.iter().map(|level| level * 1e4).collect();
    let found = interpolant.find(&targets).found;
    let found = &found[..targets.len()];
    let n_alone = found.iter().filter(|one| matches!(one, Found::Open(_)));
    assert!(n_alone.count() <= 2, "{found:?}");
}

#[test]
fn levels_outside_the_finite_values_leave_the_others_in_their_places() {
    let interpolant = Case::new(&normals(10_000, 4)).interpolant();
    let distribution = Distribution::Interpolated(interpolant);
    // 1,000 values below, 4,000 above the finite ones.
    let (below, total) = (1_000, 15_000);
    let levels: Vec<f64> = (0..=50).rev().map(|step| f64::from(step) / 50.0).collect();
    let many = distribution.quantiles_among(&levels, below, total);
    let values = distribution.values_among(&levels, below, total);
    for (place, &level) in levels.iter().enumerate() {
        let position = level * 14_999.0 - 1_000.0;
        assert_eq!(many[place].is_some(), (0.0..=9_999.0).contains(&position));
        assert_eq!(
            many[place],
            distribution.quantile_among(level, below, total)
        );
        let value = many[place].map(|quantile| quantile.value);
        assert_eq!(values[place], value, "{level}");
        let Some(value) = value else { continue };
        // The share of the finite values below the quantile is that of its position.
        let share = distribution.cdf_mid(value).unwrap();
        assert!((share * 1e4 - position - 0.5).abs() < 1e-6, "{level}");
    }
}

#[test]
fn a_histogram_without_values_has_no_quantiles() {
    let case = Case::new(&normals(2_000, 5));
    let empty = Interpolant::new(
        &case.grid,
        Histogram {
            sketch: &Sketch::default(),
            low: &[0; N_SLOTS],
        },
        f64::INFINITY,
        f64::NEG_INFINITY,
    );
    let distribution = Distribution::Interpolated(empty);
    let levels = [0.0, 0.05, 0.5, 1.0];
    assert_eq!(distribution.quantiles_among(&levels, 0, 0), [None; 4]);
    assert_eq!(distribution.values_among(&levels, 0, 100), [None; 4]);
    // All 100 trials lie beyond, as of a crossing that has happened before.
    assert_eq!(distribution.quantiles_among(&levels, 100, 100), [None; 4]);
}
