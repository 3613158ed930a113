//! Counts and places of values that are not finite.

use serde::{Deserialize, Serialize};

/// Non-finite values of one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NonFinite {
    /// Values that are not a number (for a crossing: values outside its code).
    pub nan: u64,
    /// Values +∞ (not counted for dates, where it means never).
    pub positive: u64,
    /// Values −∞ (not counted for dates, where it means left-censored).
    pub negative: u64,
    /// Smallest trial number with such a value.
    pub first_trial: u64,
}

impl NonFinite {
    /// One value that is not usable, seen at `trial`.
    #[must_use]
    pub(crate) fn one(value: f64, trial: u64) -> Self {
        Self {
            nan: u64::from(!value.is_infinite()),
            positive: u64::from(value == f64::INFINITY),
            negative: u64::from(value == f64::NEG_INFINITY),
            first_trial: trial,
        }
    }

    /// Number of such values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.nan + self.positive + self.negative
    }

    /// Adds the other's counts and keeps the earlier trial.
    pub fn merge(&mut self, other: &Self) {
        self.nan += other.nan;
        self.positive += other.positive;
        self.negative += other.negative;
        self.first_trial = self.first_trial.min(other.first_trial);
    }
}

/// Adds one record to the record of a target.
pub(crate) fn record(
    records: &mut std::collections::BTreeMap<usize, NonFinite>,
    target: usize,
    found: NonFinite,
) {
    records
        .entry(target)
        .and_modify(|known| known.merge(&found))
        .or_insert(found);
}

/// Whether these can be the records of so many targets (or groups) in a run of so many trials.
pub(crate) fn are_sound(
    records: &std::collections::BTreeMap<usize, NonFinite>,
    n_targets: usize,
    trials: u64,
) -> bool {
    records.iter().all(|(&target, found)| {
        let count = (found.nan.checked_add(found.positive))
            .and_then(|count| count.checked_add(found.negative));
        target < n_targets && count.is_some_and(|count| count <= trials)
    })
}
