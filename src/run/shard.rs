//! One share of the units of a run.

use std::ops::Range;

/// One of several equal shares of a run, numbered from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which share, 1 … `of`.
    pub index: u64,
    /// How many shares there are.
    pub of: u64,
}

impl Shard {
    /// Its units among `n_units`: shares differ by at most one unit.
    pub(super) fn units(self, n_units: u64) -> Range<u64> {
        let before = |shards: u64| {
            let product = u128::from(n_units) * u128::from(shards);
            // At most `n_units`, so it fits.
            (product / u128::from(self.of)) as u64
        };
        before(self.index - 1)..before(self.index)
    }
}
