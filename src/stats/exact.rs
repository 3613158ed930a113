//! Keeps every value, by trial number, for runs small enough.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bits;
use super::target::TRIALS_PER_BLOCK;

/// Values (targets × trials) up to which all are kept: 128 MiB.
pub const MOST_EXACT_VALUES: u64 = 1 << 24;

/// Whether a run is small enough to keep every value.
#[must_use]
pub fn fits_exactly(n_targets: usize, planned_trials: u64) -> bool {
    (n_targets as u64)
        .checked_mul(planned_trials)
        .is_some_and(|values| values <= MOST_EXACT_VALUES)
}

/// Values of one block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Rows {
    /// [target × `width`]
    #[serde(with = "bits::many")]
    values: Vec<f64>,
    width: usize,
    /// Values present of each target.
    lengths: Vec<usize>,
}

impl Rows {
    fn new(n_targets: usize, width: usize) -> Self {
        Self {
            values: vec![f64::NAN; n_targets * width],
            width,
            lengths: vec![0; n_targets],
        }
    }
}

/// All values of the blocks finished so far, and of the current one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ExactValues {
    n_targets: usize,
    width: usize,
    blocks: BTreeMap<u64, Rows>,
    current: Option<Rows>,
}

impl ExactValues {
    pub(crate) fn new(n_targets: usize, planned_trials: u64) -> Self {
        let width = usize::try_from(planned_trials)
            .unwrap_or(usize::MAX)
            .clamp(1, TRIALS_PER_BLOCK);
        Self {
            n_targets,
            width,
            blocks: BTreeMap::new(),
            current: None,
        }
    }

    /// Stores consecutive trials of the current block.
    pub(crate) fn update(&mut self, target: usize, offset: usize, values: &[f64]) {
        let end = offset + values.len();
        if end > self.width {
            self.widen(end);
        }
        let (n_targets, width) = (self.n_targets, self.width);
        let rows = self
            .current
            .get_or_insert_with(|| Rows::new(n_targets, width));
        rows.values[target * width + offset..target * width + end].copy_from_slice(values);
        rows.lengths[target] = rows.lengths[target].max(end);
    }

    /// More trials than planned in a block of a run shorter than a block.
    fn widen(&mut self, width: usize) {
        if let Some(rows) = &mut self.current {
            let mut wider = Rows::new(self.n_targets, width);
            for target in 0..self.n_targets {
                wider.values[target * width..target * width + rows.width]
                    .copy_from_slice(&rows.values[target * rows.width..(target + 1) * rows.width]);
            }
            wider.lengths.clone_from(&rows.lengths);
            *rows = wider;
        }
        self.width = width;
    }

    pub(crate) fn finish_block(&mut self, block: u64) {
        if let Some(rows) = self.current.take() {
            self.blocks.insert(block, rows);
        }
    }

    /// Takes over the other's finished blocks.
    pub(crate) fn merge(&mut self, other: &mut Self) {
        self.blocks.append(&mut other.blocks);
    }

    /// Values of one target in the order of trials.
    pub(crate) fn values(&self, target: usize) -> impl Iterator<Item = f64> {
        self.blocks.values().flat_map(move |rows| {
            let start = target * rows.width;
            rows.values[start..start + rows.lengths[target]]
                .iter()
                .copied()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_in_the_order_of_trials() {
        let mut exact = ExactValues::new(2, 10);
        let mut late = ExactValues::new(2, 10);
        late.update(1, 0, &[7.0, 8.0]);
        late.finish_block(3);
        exact.update(1, 0, &[1.0, 2.0]);
        exact.update(0, 0, &[-1.0]);
        exact.update(1, 2, &[f64::INFINITY; 9]);
        exact.update(1, 11, &[5.0]);
        exact.finish_block(1);
        late.merge(&mut exact);
        let values: Vec<f64> = late.values(1).collect();
        assert_eq!(values[..2], [1.0, 2.0]);
        assert_eq!(values[10..], [f64::INFINITY, 5.0, 7.0, 8.0]);
        assert_eq!(late.values(0).collect::<Vec<_>>(), [-1.0]);
    }

    #[test]
    fn the_cap_is_two_to_the_24th_values() {
        assert!(fits_exactly(1 << 4, 1 << 20));
        assert!(!fits_exactly((1 << 4) + 1, 1 << 20));
        assert!(!fits_exactly(usize::MAX, u64::MAX));
    }
}
