//! Lays out the bins of a target from its pilot.

use super::discrete::{Repetition, is_whole, looks_discrete};
use super::grid::{Centre, Grid, N_BINS, half_way};

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
        let body: &[f64] = if continuous.len() < FEWEST_TO_JUDGE {
            pilot.sorted
        } else {
            &continuous
        };
        let n_repeated = continuous.windows(2).filter(|w| w[0] == w[1]).count();
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
        let mut best: Option<(f64, Self)> = None;
        for layout in layouts(body, pilot) {
            let grid = Self {
                atoms: atoms.clone(),
                discrete,
                lumpy,
                lattice,
                ..Self::laid_out(layout, body, pilot)
            };
            // Bins between the ends of the pilot say nothing of what lies beyond.
            let handicap = if layout.centre == Centre::Ends(pilot.min, pilot.max) {
                BOUNDED_HANDICAP
            } else {
                1.0
            };
            let score = handicap * grid.widest_bin(body, pilot);
            if best.as_ref().is_none_or(|(least, _)| score < *least) {
                best = Some((score, grid));
            }
        }
        match best {
            Some((_, grid)) => grid,
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
            },
        }
    }

    /// Bins for values without atoms.
    fn laid_out(layout: Layout, body: &[f64], pilot: PilotSample<'_>) -> Self {
        let Layout { centre, scale } = layout;
        let low = if scale > 0.0 {
            scale
        } else {
            let nearest = body
                .iter()
                .map(|&x| match centre {
                    Centre::Origin(origin) => (x - origin).abs(),
                    Centre::Ends(start, end) => (x - start).min(end - x),
                })
                .filter(|d| *d > 0.0)
                .fold(f64::INFINITY, f64::min);
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
            // Two octaves beyond the pilot on both sides.
            Centre::Origin(origin) => {
                let beyond = |distance: f64| {
                    if distance > 0.0 {
                        reach(4.0 * distance)
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
        let mut shift = *SHIFTS.start();
        // A few bins on either side even where the pilot has no value.
        while shift < *SHIFTS.end() && (left >> shift) + (right >> shift) + 18 > N_BINS as u64 {
            shift += 1;
        }
        let used = ((left >> shift) + (right >> shift) + 2) as i32;
        let spare = N_BINS as i32 - used;
        Self {
            centre,
            scale,
            low,
            shift,
            middle: (left >> shift) as i32 + 1 + spare / 2,
            atoms: Vec::new(),
            discrete: false,
            lumpy: false,
            lattice: false,
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
                self.bins(&[quantile(level)], &mut bin);
                let bin = bin[0] as usize;
                let width =
                    self.edge(bin + 1, pilot.min, pilot.max) - self.edge(bin, pilot.min, pilot.max);
                widest = widest.max(width / length);
            }
        }
        widest
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
        centre: Centre::Origin(0.0),
        scale: 0.0,
    }];
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
        for power in [1_i32, 0, -1, -2, -4, -6, -9, -12, -20, -40] {
            let scale = spread
                * if power > 0 {
                    2.0
                } else {
                    1.0 / (1_u64 << -power) as f64
                };
            if (f64::MIN_POSITIVE..f64::MAX / 8.0).contains(&scale) {
                list.push(Layout { centre, scale });
            }
        }
    }
    list
}
