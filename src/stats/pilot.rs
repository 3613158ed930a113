//! Keeps a sample of the first trials, from which each target gets its bins.

use super::grid::Grid;
use super::layout::PilotSample;
use super::target::{TRIALS_PER_BLOCK, TargetPlan};

/// Every fourth trial of the pilot is kept: 8 KB per target, exact, and enough to place 1,021 bins.
const STRIDE: usize = 4;
const KEPT: usize = TRIALS_PER_BLOCK / STRIDE;

/// Captures the pilot, trials 0 … 4,095 of the design, also where the run is shorter or its replicates are: trials 0, 4, 8 … in full,
/// smallest and largest value of all.
///
/// Each shard evaluates the pilot for this, so all shards have the same bins, and so has the run when it grows. Non-finite values are left out here;
/// the accumulators report them when they meet the trial.
#[derive(Debug, Clone)]
pub struct PilotCapture {
    /// Row of each target, `None` where no quantiles are asked.
    rows: Vec<Option<usize>>,
    /// [row × kept trial]; NaN = not seen.
    values: Vec<f64>,
    /// Smallest and largest finite value by row.
    extremes: Vec<(f64, f64)>,
}

impl PilotCapture {
    /// Room for the pilot of all targets with quantiles.
    #[must_use]
    pub fn new(plan: &TargetPlan) -> Self {
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
            values: vec![f64::NAN; n_rows * KEPT],
            extremes: vec![(f64::INFINITY, f64::NEG_INFINITY); n_rows],
        }
    }

    /// Adds consecutive trials, the first being `first_trial`, in any order and batch size.
    pub fn update(&mut self, target: usize, first_trial: usize, values: &[f64]) {
        let Some(row) = self.rows[target] else { return };
        let kept = &mut self.values[row * KEPT..(row + 1) * KEPT];
        let (min, max) = &mut self.extremes[row];
        for (trial, &x) in (first_trial..).zip(values) {
            if x.is_finite() {
                *min = min.min(x);
                *max = max.max(x);
                if trial % STRIDE == 0 {
                    kept[trial / STRIDE] = x;
                }
            }
        }
    }

    /// Bins of every target.
    #[must_use]
    pub fn finish(self) -> Vec<Grid> {
        let mut sorted = Vec::with_capacity(KEPT);
        self.rows
            .iter()
            .map(|row| {
                sorted.clear();
                let (mut min, mut max) = (0.0, 0.0);
                if let Some(row) = *row {
                    let kept = &self.values[row * KEPT..(row + 1) * KEPT];
                    sorted.extend(kept.iter().filter(|x| !x.is_nan()));
                    sorted.sort_by(f64::total_cmp);
                    (min, max) = self.extremes[row];
                }
                Grid::from_pilot(PilotSample {
                    sorted: &sorted,
                    min,
                    max,
                })
            })
            .collect()
    }
}
