//! Spread of one statistic over the replicates of a design: Monte Carlo errors that assume nothing of the points inside a replicate.

use serde::{Deserialize, Serialize};

use super::bits;
use super::tree::Combine;

/// Count, mean and sum of squared deviations of a statistic over replicates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Replicates that have the statistic.
    pub count: u64,
    #[serde(with = "bits::one")]
    mean: f64,
    #[serde(with = "bits::one")]
    m2: f64,
}

impl Spread {
    /// The spread of nothing.
    pub const EMPTY: Self = Self {
        count: 0,
        mean: 0.0,
        m2: 0.0,
    };

    /// One replicate; nothing where it does not have the statistic.
    #[must_use]
    pub fn of(value: Option<f64>) -> Self {
        value.map_or(Self::EMPTY, |mean| Self {
            count: 1,
            mean,
            m2: 0.0,
        })
    }

    /// Standard error of the mean over `n_replicates` replicates, their sd over √R; `None` below two replicates, where one of them lacks
    /// the statistic, or where a square overflows.
    #[must_use]
    pub fn error(&self, n_replicates: u64) -> Option<f64> {
        if self.count != n_replicates || self.count < 2 {
            return None;
        }
        let n = self.count as f64;
        let error = (self.m2 / (n - 1.0) / n).sqrt();
        error.is_finite().then_some(error)
    }
}

impl Combine for Spread {
    /// # Source
    /// Chan, Golub and LeVeque (1979).
    fn combine(&self, other: &Self) -> Self {
        if self.count == 0 {
            return *other;
        }
        if other.count == 0 {
            return *self;
        }
        let (a, b) = (self.count as f64, other.count as f64);
        let step = (other.mean - self.mean) / (a + b);
        Self {
            count: self.count + other.count,
            mean: self.mean + step * b,
            m2: self.m2 + other.m2 + (other.mean - self.mean) * step * (a * b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_is_the_sd_over_the_root_of_the_number() {
        // 1, 2, 4, 9: mean 4, squared deviations 9 + 4 + 0 + 25 = 38.
        let spread = [1.0, 2.0, 4.0, 9.0]
            .map(|value| Spread::of(Some(value)))
            .into_iter()
            .reduce(|all, one| all.combine(&one))
            .unwrap();
        let expected = (38.0_f64 / 3.0 / 4.0).sqrt();
        assert!((spread.error(4).unwrap() / expected - 1.0).abs() < 1e-15);
        assert_eq!(spread.error(5), None, "a replicate is missing");
        assert_eq!(Spread::of(Some(1.0)).error(1), None);
        assert_eq!(Spread::of(None).error(0), None);
    }
}
