//! Whole rows of numbers at the widest registers of the machine; every width gives the same bits.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, dispatch, f64x8, mask64x8};

use super::normal::{
    CENTRE_REACH, NEAR_TAIL, normal_cdf_tails, normal_quantile, normal_quantile_centre,
    normal_quantile_near_tail,
};
use super::simd_level;

/// Numbers taken through all steps together: they stay in the first-level cache.
const CHUNK: usize = 256;
/// Numbers that are parted together.
const LANES: usize = 8;
/// Numbers in the tails whose scores are computed together.
const TAILS: usize = 16;

/// Uniform numbers in (0, 1) become normal scores.
///
/// All take the rational function of the centre; the sixth of them that lie in the tails are moved together, computed by the function of
/// the tails and put back, so that the costly part runs on full registers. The bits are those of [`normal_quantile`].
pub fn normal_quantile_in_place(row: &mut [f64]) {
    dispatch!(simd_level(), simd => scores_in_place(simd, row));
}

/// [`normal_quantile_in_place`] within a function of this SIMD level.
#[inline(always)]
pub(crate) fn scores_in_place<S: Simd>(simd: S, row: &mut [f64]) {
    let mut tails = [0.0; CHUNK + TAILS];
    let mut masks = [0; CHUNK / LANES];
    let whole = row.len() / LANES * LANES;
    let (whole, rest) = row.split_at_mut(whole);
    for chunk in whole.chunks_mut(CHUNK) {
        let n_tails = gather_tails(simd, chunk, &mut masks, &mut tails);
        // Up to whole groups, so that none is computed alone.
        tails[n_tails..][..TAILS].fill(0.5 - CENTRE_REACH);
        tail_scores(&mut tails[..n_tails.next_multiple_of(TAILS)]);
        for slot in &mut *chunk {
            *slot = normal_quantile_centre(*slot - 0.5);
        }
        scatter_tails(simd, chunk, &masks, &tails);
    }
    for slot in rest {
        *slot = normal_quantile(*slot);
    }
}

/// Copies the numbers outside the centre to the front of `tails`, in order; returns how many there are. Bit i of a mask tells of lane i.
#[inline(always)]
fn gather_tails<S: Simd>(
    simd: S,
    chunk: &[f64],
    masks: &mut [u64; CHUNK / LANES],
    tails: &mut [f64; CHUNK + TAILS],
) -> usize {
    let mut n_tails = 0;
    for (numbers, mask) in chunk.chunks_exact(LANES).zip(masks) {
        let numbers = f64x8::from_slice(simd, numbers);
        let is_tail = (numbers - f64x8::splat(simd, 0.5))
            .abs()
            .simd_gt(f64x8::splat(simd, CENTRE_REACH));
        numbers
            .compress(is_tail)
            .store_slice(&mut tails[n_tails..n_tails + LANES]);
        *mask = is_tail.to_bitmask();
        n_tails += mask.count_ones() as usize;
    }
    n_tails
}

/// Scores of whole groups of numbers in the tails.
#[inline(always)]
fn tail_scores(row: &mut [f64]) {
    let (groups, _) = row.as_chunks_mut::<TAILS>();
    // Once in 10⁸ chunks there is a number farther out. All are compared whatever one says: a loop without a branch.
    let is_near = |all, &u: &f64| all & (u >= NEAR_TAIL) & (1.0 - u >= NEAR_TAIL);
    if groups.iter().flatten().fold(true, is_near) {
        for group in groups {
            for slot in group {
                *slot = normal_quantile_near_tail(*slot);
            }
        }
    } else {
        for slot in groups.as_flattened_mut() {
            *slot = normal_quantile(*slot);
        }
    }
}

/// Puts the scores of the tails where their numbers were.
#[inline(always)]
fn scatter_tails<S: Simd>(
    simd: S,
    chunk: &mut [f64],
    masks: &[u64; CHUNK / LANES],
    tails: &[f64; CHUNK + TAILS],
) {
    let mut n_tails = 0;
    for (scores, &mask) in chunk.chunks_exact_mut(LANES).zip(masks) {
        f64x8::from_slice(simd, &tails[n_tails..n_tails + LANES])
            .expand_merge(
                mask64x8::from_bitmask(simd, mask),
                f64x8::from_slice(simd, scores),
            )
            .store_slice(scores);
        n_tails += mask.count_ones() as usize;
    }
}

/// Φ(z) and Φ(−z) of a row of scores; the bits are those of [`normal_cdf`](super::normal_cdf).
pub(crate) fn normal_levels(scores: &[f64], below: &mut [f64], above: &mut [f64]) {
    dispatch!(simd_level(), _simd => {
        for ((&z, p), q) in scores.iter().zip(below).zip(above) {
            (*p, *q) = normal_cdf_tails(z);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal_cdf;

    #[test]
    fn far_tails_and_ends_of_a_row_are_those_of_its_numbers() {
        // From 2⁻⁵³, the least uniform number, through the change of the rational functions at e^−25 = 1.39e-11.
        let mut row: Vec<f64> = (1..=600)
            .map(|i| f64::from(i) * 2.0_f64.powi(-53) * f64::from(i).powi(3))
            .collect();
        let upper: Vec<f64> = row.iter().map(|u| 1.0 - u).collect();
        row.extend(upper);
        row.extend([
            0.0,
            1.0,
            0.075,
            0.925,
            0.5,
            1.4e-11,
            1.389e-11,
            1.388e-11,
            f64::NAN,
        ]);
        for n in [row.len(), 1200, 9, 8, 7, 1, 0] {
            let mut scores = row[row.len() - n..].to_vec();
            normal_quantile_in_place(&mut scores);
            for (&u, &z) in row[row.len() - n..].iter().zip(&scores) {
                let expected = normal_quantile(u);
                assert!(
                    z.to_bits() == expected.to_bits() || z.is_nan() && expected.is_nan(),
                    "{u}: {z}"
                );
            }
        }
    }

    #[test]
    fn levels_of_a_row_are_those_of_its_scores() {
        let mut scores: Vec<f64> = (-4000..=4000).map(|i| f64::from(i) * 0.01).collect();
        scores.extend([-0.0, 1e-300, f64::INFINITY, f64::NEG_INFINITY, f64::NAN]);
        let (mut below, mut above) = (scores.clone(), scores.clone());
        normal_levels(&scores, &mut below, &mut above);
        for ((&z, &p), &q) in scores.iter().zip(&below).zip(&above) {
            for (level, expected) in [(p, normal_cdf(z)), (q, normal_cdf(-z))] {
                let same = level.to_bits() == expected.to_bits();
                assert!(same || level.is_nan() && expected.is_nan(), "{z}: {level}");
            }
        }
    }

    #[test]
    fn scores_of_a_row_are_those_of_its_numbers() {
        let uniforms: Vec<f64> = (0..5000).map(|i| (f64::from(i) + 0.5) / 5000.0).collect();
        let mut row = uniforms.clone();
        normal_quantile_in_place(&mut row);
        for (&u, &z) in uniforms.iter().zip(&row) {
            assert_eq!(z.to_bits(), normal_quantile(u).to_bits(), "{u}");
        }
    }
}
