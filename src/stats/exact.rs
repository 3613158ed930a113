//! Keeps every value, by trial number, for runs small enough.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::bits;
use super::blocks::Blocks;
use super::target::{TargetKind, TargetPlan};

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
pub(crate) struct Rows {
    /// [target × trial]
    #[serde(with = "bits::many")]
    values: Vec<f64>,
    /// Values of each target end here in `values`; targets without quantiles have none.
    ends: Vec<usize>,
}

impl Rows {
    /// Whether each target that has quantiles has a value for each trial, and the others none.
    fn is_sound(&self, kinds: &[TargetKind], n_trials: usize) -> bool {
        let mut end = 0;
        let fits = self.ends.len() == kinds.len()
            && self.ends.iter().zip(kinds).all(|(&found, kind)| {
                if matches!(kind, TargetKind::Value | TargetKind::Date) {
                    end += n_trials;
                }
                found == end
            });
        fits && self.values.len() == end
    }

    /// Values of one target in the order of trials.
    pub(crate) fn of(&self, target: usize) -> &[f64] {
        let start = target.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.values[start..self.ends[target]]
    }
}

/// All values of the blocks finished so far, and of the current one. What is kept of a block depends on its trials alone, not on those
/// that the run plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ExactValues {
    blocks: BTreeMap<u64, Rows>,
    /// [target][trial of the current block]
    #[serde(with = "bits::nested")]
    current: Vec<Vec<f64>>,
}

impl ExactValues {
    pub(crate) fn new(n_targets: usize) -> Self {
        Self {
            blocks: BTreeMap::new(),
            current: vec![Vec::new(); n_targets],
        }
    }

    /// Stores consecutive trials of the current block, batches in any order.
    pub(crate) fn update(&mut self, target: usize, offset: usize, values: &[f64]) {
        let row = &mut self.current[target];
        let end = offset + values.len();
        if row.len() < end {
            row.resize(end, f64::NAN);
        }
        row[offset..end].copy_from_slice(values);
    }

    pub(crate) fn finish_block(&mut self, block: u64) {
        let mut rows = Rows {
            values: Vec::with_capacity(self.current.iter().map(Vec::len).sum()),
            ends: Vec::with_capacity(self.current.len()),
        };
        for row in &mut self.current {
            rows.values.append(row);
            rows.ends.push(rows.values.len());
        }
        self.blocks.insert(block, rows);
    }

    /// Takes over the other's finished blocks.
    pub(crate) fn merge(&mut self, other: &mut Self) {
        self.blocks.append(&mut other.blocks);
    }

    /// Blocks with their values of one target, in the order of trials.
    pub(crate) fn blocks(&self, target: usize) -> impl Iterator<Item = (u64, &[f64])> {
        self.blocks
            .iter()
            .map(move |(&block, rows)| (block, rows.of(target)))
    }

    /// Whether these are values of exactly the blocks `range`, one for each trial and target, and no block is under way.
    pub(crate) fn is_sound(&self, plan: &TargetPlan, blocks: &Blocks, range: &Range<u64>) -> bool {
        self.current.len() == plan.n_targets()
            && self.current.iter().all(Vec::is_empty)
            && self.blocks.keys().copied().eq(range.clone())
            && (self.blocks.iter())
                .all(|(&block, rows)| rows.is_sound(&plan.kinds, blocks.span(block).n_trials))
    }

    /// Takes out the first block.
    pub(crate) fn pop_first(&mut self) -> Option<(u64, Rows)> {
        self.blocks.pop_first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_in_the_order_of_trials() {
        let mut exact = ExactValues::new(2);
        let mut late = ExactValues::new(2);
        late.update(1, 0, &[7.0, 8.0]);
        late.finish_block(3);
        exact.update(1, 0, &[1.0, 2.0]);
        exact.update(0, 0, &[-1.0]);
        exact.update(1, 2, &[f64::INFINITY; 9]);
        exact.update(1, 11, &[5.0]);
        exact.finish_block(1);
        late.merge(&mut exact);
        let of = |target: usize| -> Vec<f64> {
            late.blocks(target)
                .flat_map(|(_, values)| values)
                .copied()
                .collect()
        };
        let values = of(1);
        assert_eq!(values[..2], [1.0, 2.0]);
        assert_eq!(values[10..], [f64::INFINITY, 5.0, 7.0, 8.0]);
        assert_eq!(of(0), [-1.0]);
    }

    #[test]
    fn the_cap_is_two_to_the_24th_values() {
        assert!(fits_exactly(1 << 4, 1 << 20));
        assert!(!fits_exactly((1 << 4) + 1, 1 << 20));
        assert!(!fits_exactly(usize::MAX, u64::MAX));
    }
}
