//! Listed values: with weights (`discrete`), or as observed (`empirical`).

use super::distribution::Law;
use super::error::DistributionError;

/// Values with probabilities, ascending and without duplicates.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    values: Vec<f64>,
    probabilities: Vec<f64>,
    /// P(X ≤ value).
    lower: Vec<f64>,
    /// P(X > value).
    upper: Vec<f64>,
}

impl Listed {
    /// From values and weights, which are scaled to sum 1; equal values are joined. For observations every weight is 1: the quantile is then
    /// the smallest observation whose empirical distribution function reaches p (the inverse of the empirical distribution function, type 1 of
    /// Hyndman and Fan 1996), so every draw is an observation.
    ///
    /// # Errors
    /// If the lists are empty or of unequal length, a value is not finite, a weight is negative or not finite, or all weights are 0.
    pub fn new(values: &[f64], weights: &[f64]) -> Result<Self, DistributionError> {
        let list = |parameter: &str, problem: String| DistributionError::List {
            parameter: parameter.to_owned(),
            problem,
        };
        if values.is_empty() {
            return Err(list("values", "the list is empty".to_owned()));
        }
        if values.len() != weights.len() {
            return Err(list(
                "weights",
                format!("{} weights for {} values", weights.len(), values.len()),
            ));
        }
        if let Some(value) = values.iter().find(|v| !v.is_finite()) {
            return Err(list("values", format!("{value} is not a finite number")));
        }
        if let Some(weight) = weights.iter().find(|w| !(**w >= 0.0 && w.is_finite())) {
            return Err(list(
                "weights",
                format!("{weight} is not a finite number of 0 or more"),
            ));
        }
        let mut pairs: Vec<(f64, f64)> = values
            .iter()
            .copied()
            .zip(weights.iter().copied())
            .filter(|(_, w)| *w > 0.0)
            .collect();
        if pairs.is_empty() {
            return Err(list("weights", "all are 0".to_owned()));
        }
        // Adding 0 turns −0 into 0, which would otherwise sort apart.
        pairs.sort_by(|a, b| {
            (a.0 + 0.0)
                .total_cmp(&(b.0 + 0.0))
                .then(a.1.total_cmp(&b.1))
        });
        let mut joined: Vec<(f64, f64)> = Vec::with_capacity(pairs.len());
        for (value, weight) in pairs {
            match joined.last_mut() {
                Some(last) if last.0 == value => last.1 += weight,
                _ => joined.push((value + 0.0, weight)),
            }
        }
        let total: f64 = joined.iter().map(|(_, w)| w).sum();
        if !total.is_finite() {
            return Err(list("weights", "their sum is not finite".to_owned()));
        }
        let (values, weights): (Vec<f64>, Vec<f64>) = joined.into_iter().unzip();
        let mut lower = Vec::with_capacity(values.len());
        let mut sum = 0.0;
        for weight in &weights {
            sum += weight;
            lower.push(sum / total);
        }
        let mut upper = vec![0.0; values.len()];
        let mut sum = 0.0;
        for i in (0..values.len().saturating_sub(1)).rev() {
            sum += weights[i + 1];
            upper[i] = sum / total;
        }
        let probabilities = weights.iter().map(|w| w / total).collect();
        Ok(Self {
            values,
            probabilities,
            lower,
            upper,
        })
    }

    /// The values with positive weight, ascending.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How many values are at most x.
    fn count_up_to(&self, x: f64) -> usize {
        self.values.partition_point(|v| *v <= x)
    }
}

impl Law for Listed {
    fn quantile(&self, p: f64, q: f64) -> f64 {
        let place = if p <= q {
            self.lower.partition_point(|f| *f < p)
        } else {
            self.upper.partition_point(|s| *s > q)
        };
        self.values[place.min(self.values.len() - 1)]
    }
    fn cdf(&self, x: f64) -> f64 {
        match self.count_up_to(x) {
            0 => 0.0,
            n => self.lower[n - 1],
        }
    }
    fn survival(&self, x: f64) -> f64 {
        match self.count_up_to(x) {
            0 => 1.0,
            n => self.upper[n - 1],
        }
    }
    fn density(&self, x: f64) -> f64 {
        match self.count_up_to(x) {
            0 => 0.0,
            n if self.values[n - 1] == x => self.probabilities[n - 1],
            _ => 0.0,
        }
    }
    fn mean(&self) -> Option<f64> {
        Some(
            self.values
                .iter()
                .zip(&self.probabilities)
                .map(|(v, p)| v * p)
                .sum(),
        )
    }
    fn sd(&self) -> Option<f64> {
        let mean = self.mean()?;
        let variance: f64 = self
            .values
            .iter()
            .zip(&self.probabilities)
            .map(|(v, p)| p * (v - mean) * (v - mean))
            .sum();
        Some(variance.sqrt())
    }
    fn support(&self) -> (f64, f64) {
        (self.values[0], self.values[self.values.len() - 1])
    }
}
