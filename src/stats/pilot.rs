//! Keeps the first trials, from which each target gets its bins.

use std::ops::Range;

use fearless_simd::dispatch;
use rayon::prelude::*;

use super::grid::Grid;
use super::layout::PilotSample;
use super::side_by_side::{N_LISTS, Row, sort};
use super::target::TargetPlan;
use crate::math::simd_level;

/// Trials of the pilot: 8 KB per target, and enough to place 1,021 bins. Half as many make bins so uneven that twice as many quantiles of a
/// large model lie in one wider than a tenth of their error at a million trials.
pub const PILOT_TRIALS: usize = 1024;

/// A value that was not seen, or is not finite.
const UNSEEN: f64 = f64::NAN;

/// Captures a part of the pilot: trials 0 … 1,023 of the design, also where the run is shorter or its replicates are.
///
/// Each shard evaluates the pilot for this, so all shards have the same bins, and so has the run when it grows. Non-finite values are left out here;
/// the accumulators report them when they meet the trial.
#[derive(Debug, Clone)]
pub struct PilotCapture {
    /// Row of each target, `None` where no quantiles are asked.
    rows: Vec<Option<usize>>,
    /// [row × trial]: bits of the value, so turned that zeros, which fresh memory holds, are [`UNSEEN`].
    values: Vec<u64>,
    trials: Range<usize>,
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
        Self {
            rows,
            values: vec![0; n_rows * trials.len()],
            trials,
        }
    }

    /// Adds consecutive trials, the first being `first_trial`, in any order and batch size.
    pub fn update(&mut self, target: usize, first_trial: usize, values: &[f64]) {
        let Some(row) = self.rows[target] else { return };
        dispatch!(simd_level(), _simd => self.update_row(row, first_trial, values));
    }

    #[inline(always)]
    fn update_row(&mut self, row: usize, first_trial: usize, values: &[f64]) {
        let place = row * self.trials.len() + first_trial - self.trials.start;
        for (slot, &x) in self.values[place..].iter_mut().zip(values) {
            let kept = if x.is_finite() { x } else { UNSEEN };
            *slot = kept.to_bits() ^ UNSEEN.to_bits();
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
        sorted.resize(PILOT_TRIALS, [f64::INFINITY; N_LISTS]);
        let mut counts = [0; N_LISTS];
        for (list, row) in rows.iter().enumerate() {
            let Some(row) = *row else { continue };
            let mut places = sorted.iter_mut();
            for part in parts {
                let n = part.trials.len();
                let kept = &part.values[row * n..(row + 1) * n];
                for (bits, place) in kept.iter().zip(&mut places) {
                    let x = f64::from_bits(bits ^ UNSEEN.to_bits());
                    let seen = !x.is_nan();
                    place[list] = if seen { x } else { f64::INFINITY };
                    counts[list] += usize::from(seen);
                }
            }
        }
        sort(sorted);
        let mut values = Vec::with_capacity(PILOT_TRIALS);
        let of = |list: usize| {
            values.clear();
            values.extend(sorted.iter().map(|place| place[list]));
            let sorted = &values[..counts[list]];
            Grid::from_pilot(PilotSample {
                sorted,
                min: sorted.first().copied().unwrap_or(f64::INFINITY),
                max: sorted.last().copied().unwrap_or(f64::NEG_INFINITY),
            })
        };
        (0..rows.len()).map(of).collect()
    }
}
