//! Spread of counts over the replicates of a design, in integers: merging is exact in any order.

use serde::{Deserialize, Serialize};

/// Sums over replicates of the counts k of several events among n trials.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct CountSpread {
    /// Σ n
    trials: u64,
    /// Σ n²; as all sums here at most trials², and trials are fewer than 2³².
    squares: u64,
    /// By event.
    events: Vec<EventSums>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct EventSums {
    /// Σ k
    count: u64,
    /// Σ k²
    squares: u64,
    /// Σ k n
    products: u64,
}

impl CountSpread {
    pub(crate) fn new(n_events: usize) -> Self {
        Self {
            events: vec![EventSums::default(); n_events],
            ..Self::default()
        }
    }

    /// Adds a replicate of so many trials; `counts` are those of each event.
    pub(crate) fn add(&mut self, n_trials: u64, counts: impl IntoIterator<Item = u64>) {
        self.trials += n_trials;
        self.squares += n_trials * n_trials;
        for (sums, count) in self.events.iter_mut().zip(counts) {
            sums.count += count;
            sums.squares += count * count;
            sums.products += count * n_trials;
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.trials += other.trials;
        self.squares += other.squares;
        for (sums, more) in self.events.iter_mut().zip(&other.events) {
            sums.count += more.count;
            sums.squares += more.squares;
            sums.products += more.products;
        }
    }

    /// Whether there are so many events, and no sum is more than a run of so many trials can have.
    pub(crate) fn is_sound(&self, n_events: usize, trials: u64) -> bool {
        let most = u128::from(trials) * u128::from(trials);
        self.events.len() == n_events
            && self.trials <= trials
            && u128::from(self.squares) <= most
            && self.events.iter().all(|sums| {
                sums.count <= self.trials
                    && u128::from(sums.squares) <= most
                    && u128::from(sums.products) <= most
            })
    }

    pub(crate) fn n_trials(&self) -> u64 {
        self.trials
    }

    pub(crate) fn n_events(&self) -> usize {
        self.events.len()
    }

    /// Share of the trials in which an event happened; `None` without trials.
    pub(crate) fn share(&self, event: usize) -> Option<f64> {
        (self.trials > 0).then(|| self.events[event].count as f64 / self.trials as f64)
    }

    /// Standard error of that share: the deviations k − P n of `n_replicates` replicates over Σ n. `None` below two replicates or without
    /// trials.
    ///
    /// # Source
    /// Cochran (1977), Sampling Techniques, section 6.3: the ratio estimator, replicates being the units.
    pub(crate) fn error(&self, event: usize, n_replicates: u64) -> Option<f64> {
        if n_replicates < 2 || self.trials == 0 {
            return None;
        }
        let EventSums {
            count,
            squares,
            products,
        } = self.events[event];
        let [n, nn, k, kk, kn] =
            [self.trials, self.squares, count, squares, products].map(u128::from);
        // Σ (N k − K n)² is below 2¹²⁸, its terms may not be: they wrap, and their sum wraps back.
        let sum = n
            .wrapping_mul(n)
            .wrapping_mul(kk)
            .wrapping_sub(k.wrapping_mul(n).wrapping_mul(kn).wrapping_mul(2))
            .wrapping_add(k.wrapping_mul(k).wrapping_mul(nn));
        let (r, n) = (n_replicates as f64, self.trials as f64);
        Some((sum as f64 * r / (r - 1.0)).sqrt() / (n * n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_of_equal_replicates_is_that_of_the_mean_of_their_shares() {
        let mut spread = CountSpread::new(2);
        for count in [3, 5, 4, 8] {
            spread.add(10, [count, 7]);
        }
        // Shares 0.3, 0.5, 0.4, 0.8: mean ½, squared deviations 0.04 + 0 + 0.01 + 0.09.
        assert_eq!(spread.share(0), Some(0.5));
        let expected = (0.14_f64 / 3.0 / 4.0).sqrt();
        assert!((spread.error(0, 4).unwrap() / expected - 1.0).abs() < 1e-15);
        assert_eq!(spread.error(1, 4), Some(0.0));
        assert_eq!(CountSpread::new(1).error(0, 4), None);
        assert_eq!(spread.error(0, 1), None);
    }

    #[test]
    fn equal_shares_of_unequal_replicates_have_no_spread() {
        let mut spread = CountSpread::new(1);
        spread.add(10, [3]);
        spread.add(1000, [300]);
        assert_eq!(spread.error(0, 2), Some(0.0));
    }

    #[test]
    fn largest_runs_do_not_overflow() {
        let mut spread = CountSpread::new(1);
        let n = 4_000_000_000 / 16;
        for replicate in 0..16 {
            spread.add(n, [if replicate % 2 == 0 { 0 } else { n }]);
        }
        // Shares 0 and 1 in turn: sd √(16/15)/2 over √16.
        let expected = (16.0_f64 / 15.0).sqrt() / 8.0;
        assert!((spread.error(0, 16).unwrap() / expected - 1.0).abs() < 1e-15);
    }

    #[test]
    fn merging_is_adding() {
        let counts = [(10, 3), (7, 2), (0, 0), (12, 12)];
        let mut whole = CountSpread::new(1);
        let mut parts = [CountSpread::new(1), CountSpread::new(1)];
        for (index, (n, count)) in counts.into_iter().enumerate() {
            whole.add(n, [count]);
            parts[index % 2].add(n, [count]);
        }
        let [mut left, right] = parts;
        left.merge(&right);
        assert_eq!(left, whole);
    }
}
