//! Keeps a sample of the first trials, from which each target gets its bins.

use std::ops::Range;

use fearless_simd::dispatch;
use rayon::prelude::*;

use super::grid::Grid;
use super::layout::PilotSample;
use super::side_by_side::{N_LISTS, Row, sort};
use super::target::{TRIALS_PER_BLOCK, TargetPlan};
use crate::math::simd_level;

/// Every fourth trial of the pilot is kept: 8 KB per target, exact, and enough to place 1,021 bins.
const STRIDE: usize = 4;
const KEPT: usize = TRIALS_PER_BLOCK / STRIDE;

/// A value that was not seen, or is not finite.
const UNSEEN: f64 = f64::NAN;

/// Captures a part of the pilot, trials 0 … 4,095 of the design, also where the run is shorter or its replicates are: trials 0, 4, 8 … in full,
/// smallest and largest value of all.
///
/// Each shard evaluates the pilot for this, so all shards have the same bins, and so has the run when it grows. Non-finite values are left out here;
/// the accumulators report them when they meet the trial.
#[derive(Debug, Clone)]
pub struct PilotCapture {
    /// Row of each target, `None` where no quantiles are asked.
    rows: Vec<Option<usize>>,
    /// [row × kept trial]: bits of the value, so turned that zeros, which fresh memory holds, are [`UNSEEN`].
    values: Vec<u64>,
    /// The kept trials, counted by [`STRIDE`].
    kept: Range<usize>,
    /// Smallest and largest finite value by row.
    extremes: Vec<(f64, f64)>,
}

impl PilotCapture {
    /// Room for these trials of all targets with quantiles.
    #[must_use]
    pub fn new(plan: &TargetPlan, trials: Range<usize>) -> Self {
        let mut n_rows = 0;
        let rows = plan
            .kinds
            .iter()
            .map(|kind| {
                kind.has_quantiles().then(|| {
                    n_rows += 1;
                    n_rows - 1
                })
            })
            .collect();
        let kept = trials.start.div_ceil(STRIDE)..trials.end.div_ceil(STRIDE);
        Self {
            rows,
            values: vec![0; n_rows * kept.len()],
            kept,
            extremes: vec![(f64::INFINITY, f64::NEG_INFINITY); n_rows],
        }
    }

    /// Adds consecutive trials, the first being `first_trial`, in any order and batch size.
    pub fn update(&mut self, target: usize, first_trial: usize, values: &[f64]) {
        let Some(row) = self.rows[target] else { return };
        dispatch!(simd_level(), _simd => self.update_row(row, first_trial, values));
    }

    #[inline(always)]
    fn update_row(&mut self, row: usize, first_trial: usize, values: &[f64]) {
        let (min, max) = &mut self.extremes[row];
        let (least, most) = extremes(values);
        *min = min.min(least);
        *max = max.max(most);
        let first = first_trial.div_ceil(STRIDE);
        let place = row * self.kept.len() + first - self.kept.start;
        let keep = |slot: &mut u64, x: f64| {
            let kept = if x.is_finite() { x } else { UNSEEN };
            *slot = kept.to_bits() ^ UNSEEN.to_bits();
        };
        let before = first * STRIDE - first_trial;
        let (chunks, rest) = values[before.min(values.len())..].as_chunks::<STRIDE>();
        let (slots, more) = self.values[place..].split_at_mut(chunks.len());
        for (slot, chunk) in slots.iter_mut().zip(chunks) {
            keep(slot, chunk[0]);
        }
        if let (Some(slot), Some(&x)) = (more.first_mut(), rest.first()) {
            keep(slot, x);
        }
    }

    /// Bins of every target, from all parts of the pilot.
    #[must_use]
    pub fn finish(parts: &[Self]) -> Vec<Grid> {
        let Some(first) = parts.first() else {
            return Vec::new();
        };
        first
            .rows
            .par_chunks(N_LISTS)
            .map_init(Vec::new, |sorted, rows| Self::grids(parts, rows, sorted))
            .flatten_iter()
            .collect()
    }

    /// Bins of a few targets, of which the rows are given; `sorted` is room for their values.
    fn grids(parts: &[Self], rows: &[Option<usize>], sorted: &mut Vec<Row>) -> Vec<Grid> {
        // What is missing comes last.
        sorted.clear();
        sorted.resize(KEPT, [f64::INFINITY; N_LISTS]);
        let mut counts = [0; N_LISTS];
        for (list, row) in rows.iter().enumerate() {
            let Some(row) = *row else { continue };
            let kept = parts.iter().flat_map(|part| {
                let n = part.kept.len();
                &part.values[row * n..(row + 1) * n]
            });
            let values = kept.map(|bits| f64::from_bits(bits ^ UNSEEN.to_bits()));
            let seen = values.filter(|x| !x.is_nan());
            for (place, x) in sorted.iter_mut().zip(seen) {
                place[list] = x;
                counts[list] += 1;
            }
        }
        sort(sorted);
        let mut values = Vec::with_capacity(KEPT);
        let of = |(list, row): (usize, &Option<usize>)| {
            let (mut min, mut max) = (0.0, 0.0);
            if let Some(row) = *row {
                (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
                for part in parts {
                    min = min.min(part.extremes[row].0);
                    max = max.max(part.extremes[row].1);
                }
            }
            values.clear();
            values.extend(sorted.iter().map(|place| place[list]));
            Grid::from_pilot(PilotSample {
                sorted: &values[..counts[list]],
                min,
                max,
            })
        };
        rows.iter().enumerate().map(of).collect()
    }
}

/// The smallest and the largest finite value.
#[inline(always)]
fn extremes(values: &[f64]) -> (f64, f64) {
    const LANES: usize = 8;
    let (mut min, mut max) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    let mut add = |lane: usize, x: f64| {
        let finite = x.is_finite();
        min[lane] = if finite & (x < min[lane]) {
            x
        } else {
            min[lane]
        };
        max[lane] = if finite & (x > max[lane]) {
            x
        } else {
            max[lane]
        };
    };
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &x) in chunk.iter().enumerate() {
            add(lane, x);
        }
    }
    for (lane, &x) in rest.iter().enumerate() {
        add(lane, x);
    }
    (
        min.into_iter().fold(f64::INFINITY, f64::min),
        max.into_iter().fold(f64::NEG_INFINITY, f64::max),
    )
}
