//! Checks the bins that are found for a pilot against a plain search that tries one layout after another.

use fearless_simd::{Level, dispatch};
use proptest::prelude::*;

use crate::math::level_named;
use crate::stats::grid::{Centre, Grid, N_BINS, half_way};
use crate::stats::layout::{PilotSample, best_bins, judged, low, spread};
use crate::stats::layout_lanes::{LANES, Lanes};

/// A layout with its bins as the search must find them.
#[derive(Debug, Clone, Copy)]
struct Layout {
    centre: Centre,
    scale: f64,
    low: f64,
    shift: u32,
    left: u64,
    right: u64,
}

impl Layout {
    fn new(centre: Centre, scale: f64, body: &[f64], pilot: PilotSample<'_>) -> Self {
        let low = if scale > 0.0 {
            scale
        } else {
            low(centre, body)
        };
        let reach = |distance: f64| {
            let far = (distance + scale).min(f64::MAX);
            far.to_bits().saturating_sub(low.to_bits())
        };
        let beyond = |distance: f64| {
            if distance > 0.0 {
                reach(1.25 * distance)
            } else {
                0
            }
        };
        let (left, right) = match centre {
            Centre::Origin(origin) => (beyond(origin - pilot.min), beyond(pilot.max - origin)),
            Centre::Ends(start, end) => {
                let half_way = half_way(start, end);
                (reach(half_way - start), reach(end - half_way))
            }
        };
        let fits = |shift: &u32| (left >> shift) + (right >> shift) + 18 <= N_BINS as u64;
        Self {
            centre,
            scale,
            low,
            shift: (33..=62).find(fits).unwrap(),
            left,
            right,
        }
    }

    /// All that are compared, in their order.
    fn all(body: &[f64], pilot: PilotSample<'_>) -> Vec<Self> {
        let (zero, one, shares) = (
            Centre::Origin(0.0),
            Centre::Origin(1.0),
            Centre::Ends(0.0, 1.0),
        );
        let is_share = pilot.min >= 0.0 && pilot.max <= 1.0;
        let mut list = vec![(zero, 0.0)];
        let mut centres = vec![zero];
        centres.extend([body[body.len() / 2], pilot.min, pilot.max].map(Centre::Origin));
        if pilot.min < pilot.max {
            centres.push(Centre::Ends(pilot.min, pilot.max));
        }
        if is_share {
            list.extend([(one, 0.0), (shares, 0.0)]);
            centres.push(shares);
        }
        let mut factors: Vec<f64> = (0..18)
            .flat_map(|octave| [2_f64.powi(2 - octave), 3.0 * 2_f64.powi(-octave)])
            .collect();
        factors.extend([20, 30, 40].map(|octave| 2_f64.powi(-octave)));
        let spread = spread(body).unwrap();
        for centre in centres {
            let scales = factors.iter().map(|factor| factor * spread);
            let possible = scales.filter(|x| (f64::MIN_POSITIVE..f64::MAX / 8.0).contains(x));
            list.extend(possible.map(|scale| (centre, scale)));
        }
        list.into_iter()
            .map(|(centre, scale)| Self::new(centre, scale, body, pilot))
            .collect()
    }

    fn width_at(&self, x: f64) -> f64 {
        let distance = match self.centre {
            Centre::Origin(origin) => (x - origin).abs(),
            Centre::Ends(start, end) => (x - start).min(end - x),
        };
        let low = self.low.to_bits();
        let y = (distance + self.scale).max(self.low).to_bits();
        let start = low + ((y - low) >> self.shift << self.shift);
        let end = (start + (1 << self.shift)).min(f64::MAX.to_bits());
        f64::from_bits(end) - f64::from_bits(start)
    }

    fn score(&self, body: &[f64], pilot: PilotSample<'_>) -> f64 {
        let shares = judged(body)
            .into_iter()
            .map(|place| self.width_at(place.value) / place.length * place.weight);
        shares.fold(0.0, f64::max) * self.handicap(pilot)
    }

    fn handicap(&self, pilot: PilotSample<'_>) -> f64 {
        let is_bounded = self.centre == Centre::Ends(pilot.min, pilot.max);
        if is_bounded { 8.0 } else { 1.0 }
    }

    fn grid(&self) -> Grid {
        let (left, right) = (
            (self.left >> self.shift) as i32,
            (self.right >> self.shift) as i32,
        );
        Grid {
            centre: self.centre,
            scale: self.scale,
            low: self.low,
            shift: self.shift,
            middle: left + 1 + (N_BINS as i32 - left - right - 2) / 2,
            atoms: Vec::new(),
            discrete: false,
            lumpy: false,
            lattice: false,
            thresholds: Vec::new(),
        }
    }
}

/// Levels that this machine has.
fn levels() -> impl Iterator<Item = Level> {
    let names = ["portable", "avx2", "avx512"];
    names.into_iter().filter_map(|name| level_named(name).ok())
}

/// As text, which tells the two zeros apart.
fn text(grid: &Grid) -> String {
    format!("{grid:?}")
}

/// Checks each layout and the best. Returns the centres of those that share the least score.
fn check(body: &[f64], pilot: PilotSample<'_>) -> Vec<Centre> {
    let all = Layout::all(body, pilot);
    let mut scores = Vec::new();
    for layout in &all {
        let score = layout.score(body, pilot);
        let (scales, lows) = ([layout.scale; LANES], [layout.low; LANES]);
        let handicap = layout.handicap(pilot);
        for level in levels() {
            dispatch!(level, simd => {
                let lanes = Lanes::new(simd, layout.centre, &scales, &lows, pilot);
                let found = lanes.scores(simd, handicap, &mut judged(body), None).unwrap();
                assert_eq!(found.map(f64::to_bits), [score.to_bits(); LANES], "{layout:?}");
                assert_eq!(text(&lanes.bins(0).grid()), text(&layout.grid()));
            });
        }
        scores.push(score);
    }
    let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
    let best = all
        .iter()
        .zip(&scores)
        .filter(|(_, score)| **score == least);
    let best: Vec<&Layout> = best.map(|(layout, _)| layout).collect();
    for level in levels() {
        let bins = dispatch!(level, simd => best_bins(simd, body, pilot)).unwrap();
        assert_eq!(text(&bins.grid()), text(&best[0].grid()), "{level:?}");
    }
    best.iter().map(|layout| layout.centre).collect()
}

/// Checks a sample of its own, and as the body of one with more values, that have slots of their own.
fn check_sample(mut values: Vec<f64>, apart: f64) -> Vec<Centre> {
    values.sort_by(f64::total_cmp);
    let pilot = |apart: Option<f64>| PilotSample {
        sorted: &values,
        min: apart.map_or(values[0], |x| x.min(values[0])),
        max: apart.map_or(values[values.len() - 1], |x| {
            x.max(values[values.len() - 1])
        }),
    };
    check(&values, pilot(Some(apart)));
    check(&values, pilot(None))
}

proptest! {
    #[test]
    fn bins_are_those_of_the_first_layout_with_the_least_score(
        shares in prop::collection::vec(1e-9..1.0 - 1e-9, 1..300_usize),
        family in 0..10_u8,
        (shape, size) in (0.1..5.0, prop_oneof![Just(1.0), Just(1e-290), Just(1e290), -1e3..1e3]),
        (is_mirrored, apart) in (any::<bool>(), prop_oneof![Just(0.0), Just(1.0), -1e6..1e6]),
    ) {
        let value = |u: f64| match family {
            0 => u,
            1 => u.powf(4.0 * shape),
            2 => (u / (1.0 - u)).ln(),
            3 => (u / (1.0 - u)).powf(shape),
            4 => 1.0 / (1.0 + ((1.0 - u) / u).powf(shape)),
            5 => (20.0 * shape * u).floor(),
            6 => 1e9 + u,
            7 => (std::f64::consts::PI * (u - 0.5)).tan(),
            8 => f64::from_bits((u * 1e4) as u64),
            _ => shape,
        };
        let mut values: Vec<f64> = shares.iter().map(|&u| value(u) * size).collect();
        if is_mirrored {
            values.extend(values.clone().iter().map(|x| -x));
        }
        values.retain(|x| x.is_finite());
        if !values.is_empty() {
            check_sample(values, apart);
        }
    }
}

#[test]
fn of_layouts_with_equal_scores_the_first_wins() {
    let mut of_ends = 0;
    for steepness in 1..20 {
        // Symmetric, and so are the judged values, of 1,023: bins about the least serve as well as those about the greatest.
        let one_side =
            (1..=511_i32).map(|i| (f64::from(i).powf(0.1 * f64::from(steepness)) * 1024.0).round());
        let both: Vec<f64> = one_side.flat_map(|x| [x, -x]).chain([0.0]).collect();
        let tied = check_sample(both, 0.0);
        of_ends += usize::from(tied.iter().any(|centre| *centre != tied[0]));
    }
    assert!(of_ends > 0, "no tie of different centres");
}

#[test]
fn layouts_of_the_largest_numbers_are_those_of_the_plain_search() {
    let step = f64::MAX / 512.0;
    let families: [Vec<f64>; 4] = [
        (-511..=511).map(|i| f64::from(i) * step).collect(),
        (1..=512)
            .map(|i| f64::MAX - f64::from(i) * f64::from_bits(1))
            .collect(),
        (1..1000)
            .map(|i| 2_f64.powi(i) * (1.0 + f64::from(i) / 1024.0))
            .collect(),
        (0..1000)
            .map(|i| {
                if i < 300 {
                    f64::MIN
                } else if i < 700 {
                    f64::from(i)
                } else {
                    f64::MAX
                }
            })
            .collect(),
    ];
    for values in families {
        check_sample(values.clone(), 0.0);
        check_sample(values, f64::MIN);
    }
}
