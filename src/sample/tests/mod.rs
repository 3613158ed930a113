//! What the designs promise: addresses, strata, nets, uniform marginals, independence.

mod addresses;
mod latin;
mod permutation;
mod sobol;

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::*;
use crate::check::StreamGroup;
use crate::plan::{Component, StreamKey};

/// Streams of inputs without dimensions.
fn streams(n: usize) -> Vec<StreamKey> {
    let name = |stream: usize| format!("input{stream}");
    (0..n)
        .map(|stream| StreamKey {
            input: name(stream),
            component: Component::Own,
            labels: Vec::new(),
            cell: 0,
        })
        .collect()
}

/// The uniform numbers of one stream in one replicate.
fn replicate(scores: &mut DesignScores, stream: usize, points: u64, replicate: u64) -> Vec<f64> {
    let mut row = vec![f64::NAN; points as usize];
    scores.uniforms(stream, replicate * points, &mut row);
    row
}

/// The probability of counts that differ this much or more from equal ones, by Pearson's χ².
fn p_value_of_equal_counts(counts: &[u64]) -> f64 {
    let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
    let statistic: f64 = counts
        .iter()
        .map(|&count| (count as f64 - expected).powi(2) / expected)
        .sum();
    ChiSquared::new(counts.len() as f64 - 1.0)
        .unwrap()
        .sf(statistic)
}
