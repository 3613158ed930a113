//! Scrambled Sobol' points keep the nets of the sequence, and are uniform and independent over replicates.

use super::super::sobol::{Directions, MOST_DIMENSIONS, directions};
use super::*;

/// The order in which stream k takes dimension k, counted from 0.
fn in_order(streams: &[StreamKey]) -> SobolOrder {
    SobolOrder::new(
        streams
            .iter()
            .map(|stream| StreamGroup {
                name: stream.group(),
                n_cells: 1,
            })
            .collect(),
    )
}

/// Whether each of the 2^a × 2^b equal boxes of the unit square holds the same number of points.
fn is_equidistributed(x: &[f64], y: &[f64], a: u32, b: u32) -> bool {
    let mut counts = vec![0; 1 << (a + b)];
    for (&x, &y) in x.iter().zip(y) {
        let column = (x * f64::from(1u32 << a)) as usize;
        let row = (y * f64::from(1u32 << b)) as usize;
        counts[column << b | row] += 1;
    }
    counts.iter().all(|&count| count == x.len() >> (a + b))
}

/// The quality t of the net of 2^m points in two dimensions, from the ranks of the generator matrices: the smallest t so that for all
/// a + b = m − t the first a rows of one and b rows of the other are independent over the field of two elements.
fn quality(x: &Directions, y: &Directions, m: u32) -> u32 {
    // Bit p of a reversed direction number is row p of the matrix, the number is the column.
    let row =
        |of: &Directions, p: u32| (0..m).fold(0, |row, c| row | (of[c as usize] >> p & 1) << c);
    let independent = |a: u32, b: u32| {
        let mut rows: Vec<u32> = (0..a)
            .map(|p| row(x, p))
            .chain((0..b).map(|p| row(y, p)))
            .collect();
        let mut rank = 0;
        for bit in 0..m {
            if let Some(pivot) = (rank..rows.len()).find(|&r| rows[r] >> bit & 1 == 1) {
                rows.swap(rank, pivot);
                for other in 0..rows.len() {
                    if other != rank && rows[other] >> bit & 1 == 1 {
                        rows[other] ^= rows[rank];
                    }
                }
                rank += 1;
            }
        }
        rank == rows.len()
    };
    (0..=m)
        .find(|t| (0..=m - t).all(|a| independent(a, m - t - a)))
        .expect("t = m holds always")
}

#[test]
fn every_coordinate_has_one_point_in_every_stratum_of_every_replicate() {
    let streams = streams(300);
    for m in [0, 1, 5, 12] {
        let points = 1 << m;
        let design = Design::Sobol { points };
        let mut scores = Sampler::new(2, design, &streams, Some(&in_order(&streams))).scores();
        for stream in (0..12).chain([100, 299]) {
            for number in [0, 1, 77] {
                let row = replicate(&mut scores, stream, points, number);
                // Any power of two of consecutive points, too.
                for length in (0..=m).map(|k| 1 << k) {
                    for part in row.chunks(length) {
                        let mut strata: Vec<usize> =
                            part.iter().map(|u| (u * length as f64) as usize).collect();
                        strata.sort_unstable();
                        assert!((0..length).eq(strata), "{m} {stream} {number} {length}");
                    }
                }
            }
        }
    }
}

#[test]
fn pairs_of_coordinates_are_nets_of_the_quality_of_their_matrices() {
    let streams = streams(12);
    let tables = directions(streams.len());
    for m in [4, 8, 10] {
        let points = 1 << m;
        let design = Design::Sobol { points };
        let mut scores = Sampler::new(6, design, &streams, Some(&in_order(&streams))).scores();
        for number in [0, 5] {
            let rows: Vec<_> = (0..streams.len())
                .map(|stream| replicate(&mut scores, stream, points, number))
                .collect();
            for a in 0..rows.len() {
                for b in 0..a {
                    let t = quality(&tables[a], &tables[b], m);
                    let holds = |t: u32| {
                        (0..=m - t).all(|k| is_equidistributed(&rows[a], &rows[b], k, m - t - k))
                    };
                    assert!(holds(t), "dimensions {a} and {b}, {points} points: t = {t}");
                    // Scrambling makes a net no better, either.
                    assert!(t == 0 || !holds(t - 1), "dimensions {a} and {b}: t < {t}");
                }
            }
        }
    }
    // The first two dimensions are a (0, m, 2)-net (I. M. Sobol', 1967).
    assert_eq!(quality(&tables[0], &tables[1], 10), 0);
}

/// Of a coordinate that is scrambled as Owen (1995) defines it, each of the n strata holds one uniform point independently of the others, so
/// the mean of n points has the variance 1/(12 n³) over replicates.
///
/// Over 4,000 replicates the ratio of the variances is 1 ± √(2/4000) = 0.022; beyond six times that is a false alarm of 2e-9 each.
#[test]
fn strata_of_a_coordinate_are_filled_independently() {
    const REPLICATES: u64 = 4_000;
    let streams = streams(40);
    for points in [2, 8, 64, 256] {
        let design = Design::Sobol { points };
        let mut scores = Sampler::new(9, design, &streams, Some(&in_order(&streams))).scores();
        for stream in [0, 1, 5, 39] {
            let squares: f64 = (0..REPLICATES)
                .map(|number| {
                    let row = replicate(&mut scores, stream, points, number);
                    let n = points as f64;
                    (row.iter().sum::<f64>() / n - 0.5).powi(2)
                })
                .sum();
            let n = points as f64;
            let ratio = squares / REPLICATES as f64 * 12.0 * n * n * n;
            assert!((ratio - 1.0).abs() < 0.134, "{points} {stream}: {ratio}");
        }
    }
}

/// 20,000 replicates, 64 or 100 parts: each of the tests fails by chance with a probability of 1e-7.
#[test]
fn points_are_uniform_and_independent_over_replicates_streams_and_points() {
    const FALSE_ALARM: f64 = 1e-7;
    const REPLICATES: u64 = 20_000;
    let streams = streams(8);
    let points = 32;
    let design = Design::Sobol { points };
    let mut scores = Sampler::new(14, design, &streams, Some(&in_order(&streams))).scores();
    let mut at = |stream, point: u64| -> Vec<f64> {
        (0..REPLICATES)
            .map(|number| {
                let mut one = [f64::NAN];
                scores.uniforms(stream, number * points + point, &mut one);
                one[0]
            })
            .collect()
    };
    let part = |u: f64, n: usize| (u * n as f64) as usize;
    let joint = |x: &[f64], y: &[f64]| {
        let mut counts = vec![0; 64];
        for (&x, &y) in x.iter().zip(y) {
            counts[part(x, 8) * 8 + part(y, 8)] += 1;
        }
        p_value_of_equal_counts(&counts)
    };
    for stream in 0..8 {
        for point in [0, 1, 31] {
            let here = at(stream, point);
            let mut counts = vec![0; 100];
            here.iter().for_each(|&u| counts[part(u, 100)] += 1);
            assert!(p_value_of_equal_counts(&counts) > FALSE_ALARM);
            // Bits below the first ten.
            let mut counts = vec![0; 64];
            here.iter()
                .for_each(|&u| counts[part((u * 1024.0).fract(), 64)] += 1);
            assert!(p_value_of_equal_counts(&counts) > FALSE_ALARM);
            // The same point of the next replicate, and of another stream.
            assert!(joint(&here[1..], &here[..here.len() - 1]) > FALSE_ALARM);
            let other = at((stream + 3) % 8, point);
            assert!(joint(&here, &other) > FALSE_ALARM, "{stream} {point}");
        }
    }
}

#[test]
fn coordinates_have_all_52_bits() {
    let streams = streams(1);
    let design = Design::Sobol { points: 1024 };
    let mut scores = Sampler::new(1, design, &streams, None).scores();
    let row = replicate(&mut scores, 0, 1024, 0);
    let bits = row.iter().map(|u| (u * (1u64 << 52) as f64) as u64);
    let (all, any) = bits.fold((u64::MAX, 0), |(all, any), bits| (all & bits, any | bits));
    assert_eq!((all, any), (0, (1 << 52) - 1));
}

#[test]
fn streams_without_a_dimension_take_latin_hypercubes_and_are_counted() {
    let streams = streams(3);
    let order = |before: usize| {
        SobolOrder::new(vec![
            StreamGroup {
                name: "input2".into(),
                n_cells: 1,
            },
            StreamGroup {
                name: "many".into(),
                n_cells: before as u64,
            },
        ])
    };
    let points = 64;
    let sampler =
        |before| Sampler::new(1, Design::Sobol { points }, &streams, Some(&order(before)));
    assert_eq!(sampler(MOST_DIMENSIONS - 3).n_fallback(), 0);
    assert_eq!(sampler(MOST_DIMENSIONS - 2).n_fallback(), 1);
    assert_eq!(sampler(MOST_DIMENSIONS).n_fallback(), 2);
    assert_eq!(sampler(usize::MAX).n_fallback(), 2);
    let latin = Sampler::new(1, Design::Latin { points }, &streams, None);
    assert_eq!(latin.n_fallback(), 0);
    let mut expected = latin.scores();
    let mut scores = sampler(MOST_DIMENSIONS).scores();
    for (stream, falls_back) in [(0, true), (1, true), (2, false)] {
        let here = replicate(&mut scores, stream, points, 3);
        assert_eq!(
            here == replicate(&mut expected, stream, points, 3),
            falls_back
        );
    }
}
