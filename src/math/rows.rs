//! Whole rows of numbers at the widest registers of the machine; every width gives the same bits.

use fearless_simd::dispatch;

use super::normal::{is_central, normal_quantile, normal_quantile_centre};
use super::simd_level;

/// Uniform numbers in (0, 1) become normal scores.
///
/// All take the rational function of the centre; the sixth of them that lie in the tails are gathered, computed by the whole function
/// and put back, so that the costly part runs on full registers. The bits are those of [`normal_quantile`].
pub fn normal_quantile_in_place(row: &mut [f64]) {
    const CHUNK: usize = 256;
    let mut tails = [0.0; CHUNK];
    let mut places = [0usize; CHUNK];
    for chunk in row.chunks_mut(CHUNK) {
        let mut n_tails = 0;
        for (place, &u) in chunk.iter().enumerate() {
            tails[n_tails] = u;
            places[n_tails] = place;
            n_tails += usize::from(!is_central(u - 0.5));
        }
        let tails = &mut tails[..n_tails];
        dispatch!(simd_level(), _simd => {
            for slot in chunk.iter_mut() {
                *slot = normal_quantile_centre(*slot - 0.5);
            }
            for slot in tails.iter_mut() {
                *slot = normal_quantile(*slot);
            }
        });
        for (&place, &score) in places.iter().zip(tails.iter()) {
            chunk[place] = score;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
