//! Quantile functions as polynomials in the score, with a bound on their error: what draws of fixed distributions read in place of a search.

use super::Distribution;
use super::distribution::DrawBy;
use crate::math::{
    CHEBYSHEV_POINTS, POINTS, exp_near, is_near_exponent, ln, normal_cdf, rises_in_powers,
    simd_level,
};
use fearless_simd::dispatch;

/// Panels in a unit of the score, from the coarsest table to the finest.
const FINENESS: [i32; 3] = [4, 8, 16];
/// Beyond this score, which 7 of a million draws exceed, draws are searched for.
const REACH: f64 = 4.5;
/// A finer table is tried where more draws than this would still be searched for.
const MOST_SEARCHED: f64 = 1.0 / 128.0;
/// The same for the finest table: there is none where more draws would be.
const MOST_SEARCHED_AT_LAST: f64 = 0.25;
/// Where the coarsest table leaves more than this, finer ones are not tried.
const HOPELESS: f64 = 0.5;
/// Largest difference from the search at the places where a panel is compared with it, as a part of `|x| + |dx/dz|/10`: a little above what
/// the search itself scatters by. Draws anywhere else keep to twice as much, which tests hold.
const TOLERANCE: f64 = 2.5e-13;
const PART_OF_SLOPE: f64 = 0.1;
/// Where the quantile function rises from its lower end 0 by more than this power of e in a unit of the score, its logarithm is smoother.
const STEEP: f64 = 4.0;
/// Scores searched for together: the points of a panel and some of the places between them where polynomial and search are compared.
const LANES: usize = 16;
/// Where they are compared, in half widths from the middle: `cos(π (2 k + 1)/20)`, half way between the angles of neighbouring points, where
/// the polynomial that vanishes at all points is largest. A corner of the quantile function shows most in the gap that it lies in or next to
/// it, so no gap is left out; these five come with the points.
const BETWEEN: [f64; LANES - POINTS] = [
    0.9876883405951378,
    std::f64::consts::FRAC_1_SQRT_2,
    0.15643446504023087,
    -0.4539904997395468,
    -0.9876883405951378,
];
/// Those in the other five gaps.
const LEFT: [f64; LANES - POINTS] = [
    0.8910065241883679,
    0.4539904997395468,
    -0.15643446504023087,
    -std::f64::consts::FRAC_1_SQRT_2,
    -0.8910065241883679,
];
/// Adding it rounds to a whole number, which the last bits then hold.
const TO_WHOLE: f64 = 6755399441055744.0;
/// Draws taken through all steps together.
const CHUNK: usize = 128;

/// The polynomial of one panel: its value in the middle, then the coefficients of the powers of the distance from there in half widths.
type Panel = [f64; POINTS];

/// The quantile function of one distribution in panels of equal width about the score 0.
///
/// What a panel holds follows from the distribution alone, so a draw is the same in every plan, batch and thread.
#[derive(Debug, Clone)]
pub(super) struct Table {
    low: f64,
    high: f64,
    /// Whether the polynomials are those of the logarithm of draw over value in the middle.
    by_logarithm: bool,
    panels_per_score: f64,
    /// Largest distance from 0 in widths of a panel.
    reach: f64,
    /// Panel k lies at the place that the last bits of k number; NaN where draws are searched for.
    panels: Box<[Panel]>,
    pub(super) searched: f64,
}

impl Table {
    /// The coarsest table that serves; `None` if none holds the tolerance for most draws.
    pub(super) fn new(law: &Distribution) -> Option<Self> {
        let by_logarithm = rises_steeply(law);
        let [coarse, fine, finest] = FINENESS;
        let table = Self::with(law, by_logarithm, coarse);
        if table.searched <= MOST_SEARCHED {
            return Some(table);
        }
        if table.searched > HOPELESS {
            return None;
        }
        let table = Self::with(law, by_logarithm, fine);
        if table.searched <= MOST_SEARCHED {
            return Some(table);
        }
        let table = Self::with(law, by_logarithm, finest);
        (table.searched <= MOST_SEARCHED_AT_LAST).then_some(table)
    }

    fn with(law: &Distribution, by_logarithm: bool, fineness: i32) -> Self {
        let (low, high) = law.support();
        let panels_per_score = f64::from(fineness);
        let most = (REACH * panels_per_score) as i32;
        let room = (2 * most as usize + 1).next_power_of_two();
        let mut table = Self {
            low,
            high,
            by_logarithm,
            panels_per_score,
            reach: f64::from(most) + 0.5,
            panels: vec![[f64::NAN; POINTS]; room].into_boxed_slice(),
            searched: 0.0,
        };
        for k in -most..=most {
            match table.panel(law, f64::from(k)) {
                Some(panel) => table.panels[k as usize & (room - 1)] = panel,
                None => {
                    let edge = |side: f64| normal_cdf((f64::from(k) + side) / panels_per_score);
                    table.searched += edge(0.5) - edge(-0.5);
                }
            }
        }
        table
    }

    /// The panel about this middle; `None` if its polynomial leaves the tolerance.
    fn panel(&self, law: &Distribution, middle: f64) -> Option<Panel> {
        let places: [f64; LANES] = std::array::from_fn(|lane| {
            let between = lane.checked_sub(POINTS).map(|lane| BETWEEN[lane]);
            between.unwrap_or_else(|| CHEBYSHEV_POINTS[lane])
        });
        let draws = self.search(law, middle, &places);
        let base = draws[POINTS / 2];
        let values: [f64; POINTS] = std::array::from_fn(|lane| {
            if self.by_logarithm {
                ln(draws[lane] / base)
            } else {
                draws[lane]
            }
        });
        if self.by_logarithm && !values.iter().all(|&x| is_near_exponent(x)) {
            return None;
        }
        let mut panel = [base; POINTS];
        panel[1..].copy_from_slice(&rises_in_powers(&values));
        let slope = 2.0 * self.panels_per_score * panel[1].abs();
        let holds = |place: f64, x: f64| {
            let found = self.value(&panel, place);
            let slope = if self.by_logarithm {
                slope * x.abs()
            } else {
                slope
            };
            // False where a draw is not finite, or lies where numbers lose their digits.
            (found - x).abs() <= TOLERANCE * (x.abs() + PART_OF_SLOPE * slope)
                && (x == 0.0 || x.abs() > 1e-290)
        };
        let all_hold = |places: &[f64; LANES], draws: &[f64; LANES]| {
            (places.iter().zip(draws)).all(|(&place, &x)| holds(place, x))
        };
        if !all_hold(&places, &draws) {
            return None;
        }
        let left = std::array::from_fn(|lane| LEFT[lane % LEFT.len()]);
        all_hold(&left, &self.search(law, middle, &left)).then_some(panel)
    }

    /// The exact quantiles at these places of the panel about a middle.
    fn search(&self, law: &Distribution, middle: f64, places: &[f64; LANES]) -> [f64; LANES] {
        let scores = places.map(|v| (middle + 0.5 * v) / self.panels_per_score);
        Distribution::quantiles(
            &[law; LANES],
            &scores.map(normal_cdf),
            &scores.map(|z| normal_cdf(-z)),
        )
    }

    /// The draw at this place of a panel.
    #[inline(always)]
    fn value(&self, panel: &Panel, place: f64) -> f64 {
        let rise = rise(panel, place);
        self.inside(if self.by_logarithm {
            panel[0] * exp_near(rise)
        } else {
            panel[0] + rise
        })
    }

    /// Within the support; NaN stays.
    #[inline(always)]
    fn inside(&self, x: f64) -> f64 {
        let x = if x < self.low { self.low } else { x };
        if x > self.high { self.high } else { x }
    }

    /// The draws at these scores; those beyond the panels that hold are searched for.
    pub(super) fn draw_row(&self, law: &Distribution, scores: &[f64], out: &mut [f64]) {
        for (scores, out) in scores.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
            let all = dispatch!(simd_level(), _simd => self.draw_chunk(scores, out));
            if !all {
                search_rest(law, scores, out);
            }
        }
    }

    /// Draws from the panels, NaN where none holds; whether all do.
    #[inline(always)]
    fn draw_chunk(&self, scores: &[f64], out: &mut [f64]) -> bool {
        let mut bases = [0.0; CHUNK];
        let last = self.panels.len() - 1;
        for ((slot, base), &score) in out.iter_mut().zip(&mut bases).zip(scores) {
            let widths = score * self.panels_per_score;
            let whole = widths + TO_WHOLE;
            let panel = &self.panels[whole.to_bits() as usize & last];
            let inside = widths.abs() <= self.reach;
            *base = if inside { panel[0] } else { f64::NAN };
            *slot = rise(panel, 2.0 * (widths - (whole - TO_WHOLE)));
        }
        let mut all = true;
        for (slot, base) in out.iter_mut().zip(bases) {
            let x = if self.by_logarithm {
                base * exp_near(*slot)
            } else {
                base + *slot
            };
            *slot = self.inside(x);
            all &= !slot.is_nan();
        }
        all
    }
}

/// How far the polynomial of a panel rises from its middle to a place.
#[inline(always)]
fn rise(panel: &Panel, place: f64) -> f64 {
    let mut sum = panel[POINTS - 1];
    let mut power = POINTS - 1;
    while power > 1 {
        power -= 1;
        sum = sum * place + panel[power];
    }
    sum * place
}

/// Whether the logarithm is to be taken: decided at the lower end of the table, where slopes are largest.
fn rises_steeply(law: &Distribution) -> bool {
    let step = 0.125;
    law.support().0 == 0.0 && ln(law.draw(step - REACH) / law.draw(-REACH)) > STEEP * step
}

/// Draws that no panel holds, marked by NaN, to the bit as [`Distribution::draw`].
#[cold]
fn search_rest(law: &Distribution, scores: &[f64], out: &mut [f64]) {
    let (mut rest, mut found) = ([0.0; CHUNK], [0.0; CHUNK]);
    let mut n = 0;
    for (&score, slot) in scores.iter().zip(&*out) {
        if slot.is_nan() {
            rest[n] = score;
            n += 1;
        }
    }
    law.draw_row(DrawBy::Score, &rest[..n], &mut found[..n]);
    let marked = out.iter_mut().filter(|slot| slot.is_nan());
    for (slot, draw) in marked.zip(found) {
        *slot = draw;
    }
}
