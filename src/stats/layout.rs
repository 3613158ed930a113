//! Lays out the bins of a target from its pilot.

use std::borrow::Cow;

use super::discrete::{Repetition, is_whole, looks_discrete};
use super::grid::{Centre, Grid, N_BINS, half_way};
use super::level::HUB_LEVELS;

/// Coarsest and finest bins, in bits of the double that are dropped. From 33 on, a bin number fits in 31 bits.
const SHIFTS: std::ops::RangeInclusive<u32> = 33..=62;
/// Share of repeated values among those without slots of their own, one in so many, from which bins are not taken for smooth.
const LUMPY_FROM: usize = 128;

/// Values without slots of their own below which nothing is known of their spread.
const FEWEST_TO_JUDGE: usize = 16;

/// How many times finer bins between the pilot's own ends must be to be chosen.
const BOUNDED_HANDICAP: f64 = 8.0;

/// One way of laying out the bins.
#[derive(Debug, Clone, Copy)]
struct Layout {
    centre: Centre,
    scale: f64,
}

/// What was seen of a pilot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PilotSample<'a> {
    /// Finite values in ascending order.
    pub(crate) sorted: &'a [f64],
    /// Smallest finite value of the whole pilot.
    pub(crate) min: f64,
    /// Largest finite value of the whole pilot.
    pub(crate) max: f64,
}

/// No more layouts are compared: 39 scales about each of six centres, and three without.
const MOST_LAYOUTS: usize = 256;

/// Share of the values on either side of a judged place from which its density is taken, at most.
const WINDOW: f64 = 1.0 / 32.0;

/// Scales of the layouts in distances of the quartiles: 4, 3, 2, 1.5, 1 …, then a few far smaller. The bins of a layout are as wide as its
/// scale over a power of two, so steps finer than an octave use more of the bins there are.
fn scales() -> impl Iterator<Item = f64> {
    let fine = (0..18).flat_map(|octave| [4.0, 3.0].map(|scale| (scale, octave)));
    let coarse = [20, 30, 40].map(|octave| (1.0, octave));
    fine.chain(coarse)
        .map(|(scale, octave)| scale / (1_u64 << octave) as f64)
}

impl Grid {
    /// Chooses bins for a pilot.
    ///
    /// Values that make up more than a 128th of the sample get slots of their own (zero always has one). From the others, layouts about
    /// zero, one, the median and both ends with many scales are compared by the share of the values in a bin at the published levels,
    /// relative to the Monte Carlo error there; the least of the largest shares wins. Without any finite value the bins are logarithmic
    /// about zero; with one value, about this value.
    #[must_use]
    pub(crate) fn from_pilot(pilot: PilotSample<'_>) -> Self {
        let (atoms, n_distinct) = atoms(pilot.sorted);
        let stands_apart = |x: &f64| *x == 0.0 || atoms.contains(x);
        let continuous: Cow<'_, [f64]> = if atoms.is_empty() && !holds(pilot.sorted, 0.0) {
            pilot.sorted.into()
        } else {
            let others = pilot.sorted.iter().filter(|x| !stands_apart(x));
            others.copied().collect()
        };
        let body: &[f64] = if continuous.len() < FEWEST_TO_JUDGE {
            pilot.sorted
        } else {
            &continuous
        };
        let n_repeated = n_repeated(&continuous);
        let discrete = looks_discrete(
            Repetition {
                n_values: pilot.sorted.len(),
                n_distinct,
            },
            Repetition {
                n_values: continuous.len(),
                n_distinct: continuous.len() - n_repeated,
            },
        );
        let lumpy =
            continuous.len() < FEWEST_TO_JUDGE || n_repeated * LUMPY_FROM > continuous.len();
        let lattice = !pilot.sorted.is_empty() && pilot.sorted.iter().all(|x| is_whole(*x));
        let mut judged = judged(body);
        let mut best: Option<(f64, Bins)> = None;
        for layout in layouts(body, pilot) {
            let bins = Bins::new(layout, body, pilot);
            // Bins between the ends of the pilot say nothing of what lies beyond.
            let handicap = if layout.centre == Centre::Ends(pilot.min, pilot.max) {
                BOUNDED_HANDICAP
            } else {
                1.0
            };
            let limit = best.map_or(f64::INFINITY, |(least, _)| least);
            let score = handicap * bins.largest_share(&mut judged, limit / handicap);
            if best.is_none() || score < limit {
                best = Some((score, bins));
            }
        }
        let grid = match best {
            Some((_, bins)) => Self {
                atoms,
                discrete,
                lumpy,
                lattice,
                ..bins.grid()
            },
            None => Self {
                centre: Centre::Origin(0.0),
                scale: 0.0,
                low: f64::MIN_POSITIVE,
                shift: 54,
                middle: N_BINS as i32 / 2,
                atoms,
                discrete,
                lumpy,
                lattice,
                thresholds: Vec::new(),
            },
        };
        Self {
            thresholds: grid.thresholds_about(&HUB_LEVELS, pilot.sorted),
            ..grid
        }
    }

    /// The upper edges of the bins in which the quantiles of a sorted sample lie.
    fn thresholds_about(&self, levels: &[f64], sorted: &[f64]) -> Vec<u32> {
        let Some(last) = sorted.len().checked_sub(1) else {
            return Vec::new();
        };
        let at = |level: &f64| sorted[(level * last as f64).round() as usize];
        let quantiles: Vec<f64> = levels.iter().map(at).collect();
        let mut thresholds = vec![0; quantiles.len()];
        self.bins(&quantiles, &mut thresholds);
        for threshold in &mut thresholds {
            *threshold += 1;
        }
        thresholds.dedup();
        thresholds
    }
}

/// Bins about a centre, before their numbers are given.
#[derive(Debug, Clone, Copy)]
struct Bins {
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
    /// The finest bins that hold the pilot.
    fn new(layout: Layout, body: &[f64], pilot: PilotSample<'_>) -> Self {
        let Layout { centre, scale } = layout;
        let low = if scale > 0.0 {
            scale
        } else {
            let nearest = nearest(centre, body);
            // Two octaves closer to the origin than the sample reaches.
            if nearest.is_finite() {
                (nearest / 4.0).max(f64::from_bits(1))
            } else {
                f64::MIN_POSITIVE
            }
        };
        let reach = |distance: f64| {
            let far = (distance + scale).min(f64::MAX);
            far.to_bits().saturating_sub(low.to_bits())
        };
        let (left, right) = match centre {
            // A little beyond the pilot on both sides. What lies farther out, about one value in a thousand, goes to the outermost bins.
            Centre::Origin(origin) => {
                let beyond = |distance: f64| {
                    if distance > 0.0 {
                        reach(1.25 * distance)
                    } else {
                        0
                    }
                };
                (beyond(origin - pilot.min), beyond(pilot.max - origin))
            }
            Centre::Ends(start, end) => {
                let half_way = half_way(start, end);
                (reach(half_way - start), reach(end - half_way))
            }
        };
        // Eleven bits of the sum are 1,024 steps or more, of which rounding down on both sides takes one: still too many.
        let bits = u64::BITS - (left + right).leading_zeros();
        let mut shift = bits.saturating_sub(11).max(*SHIFTS.start());
        // A few bins on either side even where the pilot has no value.
        while shift < *SHIFTS.end() && (left >> shift) + (right >> shift) + 18 > N_BINS as u64 {
            shift += 1;
        }
        Self {
            centre,
            scale,
            low,
            shift,
            left,
            right,
        }
    }

    /// The grid, without atoms.
    fn grid(self) -> Grid {
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

    /// Width of the bin of a value.
    fn width_at(&self, x: f64) -> f64 {
        let distance = match self.centre {
            Centre::Origin(origin) => (x - origin).abs(),
            Centre::Ends(start, end) => (x - start).min(end - x),
        };
        let low = self.low.to_bits();
        let y = (distance + self.scale).max(self.low);
        let start = low + ((y.to_bits() - low) >> self.shift << self.shift);
        let end = (start + (1 << self.shift)).min(f64::MAX.to_bits());
        f64::from_bits(end) - f64::from_bits(start)
    }

    /// The largest share of the values that a bin at a judged place holds, in units of √(p (1 − p)); or `limit` once it is reached.
    /// Then the place that did so comes first, since the next layout will probably fail there too.
    fn largest_share(&self, judged: &mut [Judged], limit: f64) -> f64 {
        let mut largest: f64 = 0.0;
        for number in 0..judged.len() {
            let place = judged[number];
            largest = largest.max(self.width_at(place.value) / place.length * place.weight);
            if largest >= limit {
                judged.swap(0, number);
                return limit;
            }
        }
        largest
    }
}

/// The distance of the value nearest to where bins are finest, of those that are not there; infinite if there is none. `body` is sorted.
fn nearest(centre: Centre, body: &[f64]) -> f64 {
    let before = |x: f64| body[..body.partition_point(|y| *y < x)].last();
    let after = |x: f64| body.get(body.partition_point(|y| *y <= x));
    let (below, above) = match centre {
        Centre::Origin(origin) => (
            before(origin).map(|x| origin - x),
            after(origin).map(|x| x - origin),
        ),
        Centre::Ends(start, end) => (
            after(start).filter(|x| **x < end).map(|x| x - start),
            before(end).filter(|x| **x > start).map(|x| end - x),
        ),
    };
    below.into_iter().chain(above).fold(f64::INFINITY, f64::min)
}

/// A value at which layouts are judged.
#[derive(Debug, Clone, Copy)]
struct Judged {
    value: f64,
    /// Distance about the value over which the density is taken.
    length: f64,
    /// Share of the values within it, in units of √(p (1 − p)).
    weight: f64,
}

/// The quantiles of a sorted sample at the published levels. Densities are those of a sixteenth of the values about each, or of as many as
/// lie half way to the nearer end: less would be chance, more would hide the peak of a density within.
fn judged(body: &[f64]) -> Vec<Judged> {
    let Some(last) = body.len().checked_sub(1) else {
        return Vec::new();
    };
    let quantile = |level: f64| body[((body.len() as f64 * level) as usize).min(last)];
    HUB_LEVELS
        .iter()
        .filter_map(|&level| {
            let rest = level.min(1.0 - level);
            let half = (0.5 * rest).min(WINDOW);
            let length = quantile(level + half) - quantile(level - half);
            (length > 0.0).then(|| Judged {
                value: quantile(level),
                length,
                weight: 2.0 * half / (level * (1.0 - level)).sqrt(),
            })
        })
        .collect()
}

/// Whether a sorted list holds a value.
fn holds(sorted: &[f64], x: f64) -> bool {
    sorted.get(sorted.partition_point(|y| *y < x)) == Some(&x)
}

/// Values of a sorted list that equal the one before.
fn n_repeated(sorted: &[f64]) -> usize {
    let pairs = sorted.iter().zip(sorted.iter().skip(1));
    pairs.filter(|(a, b)| a == b).count()
}

/// The two most frequent values other than zero among those that repeat, and the number of distinct values.
fn atoms(sorted: &[f64]) -> (Vec<f64>, usize) {
    let needed = (sorted.len() / 128).max(3);
    let n_repeated = n_repeated(sorted);
    if n_repeated < needed {
        return (Vec::new(), sorted.len() - n_repeated);
    }
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
    let mut list = Vec::with_capacity(MOST_LAYOUTS);
    list.push(Layout {
        centre: Centre::Origin(0.0),
        scale: 0.0,
    });
    let mut centres = [0.0, median, pilot.min, pilot.max]
        .map(Centre::Origin)
        .to_vec();
    if pilot.min < pilot.max {
        centres.push(Centre::Ends(pilot.min, pilot.max));
    }
    if pilot.min >= 0.0 && pilot.max <= 1.0 {
        for centre in [Centre::Origin(1.0), Centre::Ends(0.0, 1.0)] {
            list.push(Layout { centre, scale: 0.0 });
        }
        centres.push(Centre::Ends(0.0, 1.0));
    }
    for centre in centres {
        for scale in scales().map(|scale| scale * spread) {
            if (f64::MIN_POSITIVE..f64::MAX / 8.0).contains(&scale) {
                list.push(Layout { centre, scale });
            }
        }
    }
    list
}
