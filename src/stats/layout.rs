//! Lays out the bins of a target from its pilot.

use std::borrow::Cow;

use fearless_simd::{Simd, dispatch};

use super::discrete::{Repetition, is_whole, looks_discrete};
use super::grid::{Centre, Grid, N_BINS};
use super::layout_lanes::{Bins, LANES, Lanes};
use super::level::HUB_LEVELS;
use crate::math::simd_level;

/// Share of repeated values among those without slots of their own, one in so many, from which bins are not taken for smooth.
const LUMPY_FROM: usize = 128;

/// Values without slots of their own below which nothing is known of their spread.
const FEWEST_TO_JUDGE: usize = 16;

/// How many times finer bins between the pilot's own ends must be to be chosen.
const BOUNDED_HANDICAP: f64 = 8.0;

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

/// Share of the values on either side of a judged place from which its density is taken, at most.
const WINDOW: f64 = 1.0 / 32.0;

/// Scales of the layouts in distances of the quartiles: 4, 3, 2, 1.5, 1 …, then a few far smaller. The bins of a layout are as wide as its
/// scale over a power of two, so steps finer than an octave use more of the bins there are.
const SCALES: [f64; 39] = {
    let mut scales = [0.0; 39];
    let mut octave = 0;
    while octave < 18 {
        let unit = 1.0 / (1_u64 << octave) as f64;
        scales[2 * octave] = 4.0 * unit;
        scales[2 * octave + 1] = 3.0 * unit;
        octave += 1;
    }
    scales[36] = 1.0 / (1_u64 << 20) as f64;
    scales[37] = 1.0 / (1_u64 << 30) as f64;
    scales[38] = 1.0 / (1_u64 << 40) as f64;
    scales
};

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
        let n_repeated = match &continuous {
            Cow::Borrowed(all) => all.len() - n_distinct,
            Cow::Owned(others) => n_repeated(others),
        };
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
        let grid = match dispatch!(simd_level(), simd => best_bins(simd, body, pilot)) {
            Some(bins) => Self {
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

/// The bins with the least score, the first of these in the order of comparison; none for no values.
#[inline(always)]
pub(super) fn best_bins<S: Simd>(simd: S, body: &[f64], pilot: PilotSample<'_>) -> Option<Bins> {
    let spread = spread(body)?;
    let median = body[body.len() / 2];
    let is_share = pilot.min >= 0.0 && pilot.max <= 1.0;
    let mut contest = Contest {
        simd,
        pilot,
        judged: judged(body),
        best: None,
    };
    let relative = [
        Centre::Origin(0.0),
        Centre::Origin(1.0),
        Centre::Ends(0.0, 1.0),
    ];
    for &centre in &relative[..if is_share { 3 } else { 1 }] {
        contest.compare(centre, [0.0; LANES], [low(centre, body); LANES]);
    }
    let mut scales = SCALES.map(|scale| scale * spread).to_vec();
    scales.retain(|scale| (f64::MIN_POSITIVE..f64::MAX / 8.0).contains(scale));
    if let Some(&last) = scales.last() {
        // A layout that is compared again does not win.
        scales.resize(scales.len().next_multiple_of(LANES), last);
    }
    let origins = [0.0, median, pilot.min, pilot.max].map(Centre::Origin);
    let ends = (pilot.min < pilot.max).then_some(Centre::Ends(pilot.min, pilot.max));
    let shares = is_share.then_some(Centre::Ends(0.0, 1.0));
    for centre in origins.into_iter().chain(ends).chain(shares) {
        for &scales in scales.as_chunks().0 {
            contest.compare(centre, scales, scales);
        }
    }
    contest.best.map(|(_, bins)| bins)
}

/// The layouts compared so far.
struct Contest<'a, S: Simd> {
    simd: S,
    pilot: PilotSample<'a>,
    judged: Vec<Judged>,
    /// The best with its score.
    best: Option<(f64, Bins)>,
}

impl<S: Simd> Contest<'_, S> {
    /// Compares layouts about a centre with those before. The first of all stands until one has a lower score.
    #[inline(always)]
    fn compare(&mut self, centre: Centre, scales: [f64; LANES], lows: [f64; LANES]) {
        // Bins between the ends of the pilot say nothing of what lies beyond.
        let handicap = if centre == Centre::Ends(self.pilot.min, self.pilot.max) {
            BOUNDED_HANDICAP
        } else {
            1.0
        };
        let lanes = Lanes::new(self.simd, centre, &scales, &lows, self.pilot);
        let limit = self.best.map(|(least, _)| least);
        let Some(scores) = lanes.scores(self.simd, handicap, &mut self.judged, limit) else {
            return;
        };
        for (lane, score) in scores.into_iter().enumerate() {
            if self.best.is_none_or(|(least, _)| score < least) {
                self.best = Some((score, lanes.bins(lane)));
            }
        }
    }
}

/// The smallest distance that bins of equal relative width tell from shorter ones: two octaves closer to the origin than the sample reaches.
pub(super) fn low(centre: Centre, body: &[f64]) -> f64 {
    let nearest = nearest(centre, body);
    if nearest.is_finite() {
        (nearest / 4.0).max(f64::from_bits(1))
    } else {
        f64::MIN_POSITIVE
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
pub(super) struct Judged {
    pub(super) value: f64,
    /// Distance about the value over which the density is taken.
    pub(super) length: f64,
    /// Share of the values within it, in units of √(p (1 − p)).
    pub(super) weight: f64,
}

/// The quantiles of a sorted sample at the published levels. Densities are those of a sixteenth of the values about each, or of as many as
/// lie half way to the nearer end: less would be chance, more would hide the peak of a density within.
pub(super) fn judged(body: &[f64]) -> Vec<Judged> {
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

/// The distance of the quartiles of a sorted sample; of all its values where that is none.
pub(super) fn spread(body: &[f64]) -> Option<f64> {
    let (first, last) = (body.first()?, body.last()?);
    let median = body[body.len() / 2];
    let mut spread = body[body.len() * 3 / 4] - body[body.len() / 4];
    if spread <= 0.0 || !spread.is_finite() {
        spread = last / 2.0 - first / 2.0;
    }
    if spread <= 0.0 {
        // One value: a millionth of it, so that a later change is told at any size.
        spread = (median.abs() * 1e-6).max(f64::MIN_POSITIVE);
    }
    Some(spread)
}
