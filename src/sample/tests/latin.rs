//! Latin hypercubes are stratified in every stream and replicate, and otherwise random.

use super::super::keys::Keys;
use super::super::latin::stratify;
use super::*;

fn stratum(u: f64, n: u64) -> u64 {
    (u * n as f64).floor() as u64
}

#[test]
fn every_stratum_holds_one_point_of_every_stream_in_every_replicate() {
    let streams = streams(5);
    for points in [1, 2, 3, 20, 1000, 4096, 5000] {
        let mut scores = Sampler::new(4, Design::Latin { points }, &streams, None).scores();
        for stream in 0..streams.len() {
            for number in [0, 1, 2, 15, 1_000_000 / points] {
                let row = replicate(&mut scores, stream, points, number);
                let mut strata: Vec<u64> = row.iter().map(|&u| stratum(u, points)).collect();
                strata.sort_unstable();
                assert!((0..points).eq(strata), "{points} {stream} {number}");
            }
        }
    }
}

#[test]
fn a_point_stays_in_its_stratum_and_keeps_its_digits() {
    // The smallest and the largest number that the generator gives, and one between.
    let (least, most) = (0.5 / (1u64 << 52) as f64, 1.0 - f64::EPSILON / 2.0);
    let mut keys = Keys::new(1, 1);
    for points in [1, 2, 3, 1000, 62_500, 1 << 16, (1 << 32) - 1, 1 << 32] {
        let key = keys.of(0, 0, points);
        let first = points.saturating_sub(2000);
        for place in [least, 0.3, most] {
            let mut row = vec![place; (points - first) as usize];
            stratify(key, points, first, &mut row);
            let mut middles = vec![0.5; row.len()];
            stratify(key, points, first, &mut middles);
            for (&u, &middle) in row.iter().zip(&middles) {
                assert!(u > 0.0 && u < 1.0, "{points} {u}");
                // The division may round to the border.
                let start = stratum(middle, points);
                let n = points as f64;
                assert!(
                    start as f64 / n <= u && u <= (start + 1) as f64 / n,
                    "{points} {u}"
                );
            }
        }
    }
    // In the first of 2^16 strata a number loses no digit.
    let key = keys.of(0, 0, 7);
    let mut row = vec![0.123_456_789_123_456_78; 1 << 16];
    stratify(key, 1 << 16, 0, &mut row);
    assert!(row.contains(&(0.123_456_789_123_456_78 / 65_536.0)));
}

/// The correlation of two independent random permutations of n has mean 0 and variance 1/(n − 1), and is nearly normal.
///
/// 4,950 pairs of streams, 100 pairs of replicates of each of 20 streams: the largest of 6,950 standard scores exceeds 6 with a probability
/// of 1.4e-5; the mean of their squares is 1 ± √(2/6950) = 0.017, but for less than 1e-6 within six times that.
#[test]
fn streams_and_replicates_are_uncorrelated() {
    const POINTS: u64 = 500;
    let streams = streams(100);
    let design = Design::Latin { points: POINTS };
    let mut scores = Sampler::new(21, design, &streams, None).scores();
    let mut ranks = |stream, number| -> Vec<f64> {
        replicate(&mut scores, stream, POINTS, number)
            .iter()
            .map(|&u| stratum(u, POINTS) as f64)
            .collect()
    };
    let correlation = |a: &[f64], b: &[f64]| {
        let mean = (POINTS - 1) as f64 / 2.0;
        let n = POINTS as f64;
        let product: f64 = a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum();
        product / (n * (n * n - 1.0) / 12.0)
    };
    let mut found = Vec::new();
    let first: Vec<_> = (0..streams.len()).map(|stream| ranks(stream, 0)).collect();
    for a in 0..streams.len() {
        for b in 0..a {
            found.push(correlation(&first[a], &first[b]));
        }
    }
    for (stream, row) in first.iter().enumerate().take(20) {
        let mut before = row.clone();
        for number in 1..=100 {
            let next = ranks(stream, number);
            found.push(correlation(&before, &next));
            before = next;
        }
    }
    let scale = ((POINTS - 1) as f64).sqrt();
    let squares: f64 = found.iter().map(|r| (r * scale).powi(2)).sum();
    let mean_square = squares / found.len() as f64;
    assert!((mean_square - 1.0).abs() < 0.102, "{mean_square}");
    assert!(found.iter().all(|r| (r * scale).abs() < 6.0));
}

/// Each of 40 tests of 20,000 numbers in 50 parts fails by chance with a probability of 1e-7.
#[test]
fn a_point_is_uniform_over_replicates() {
    let streams = streams(10);
    for points in [7, 100] {
        let mut scores = Sampler::new(5, Design::Latin { points }, &streams, None).scores();
        for stream in 0..10 {
            for point in [0, points - 1] {
                let mut counts = vec![0; 50];
                for number in 0..20_000 {
                    let mut one = [f64::NAN];
                    scores.uniforms(stream, number * points + point, &mut one);
                    counts[stratum(one[0], 50) as usize] += 1;
                }
                assert!(p_value_of_equal_counts(&counts) > 1e-7);
            }
        }
    }
}
