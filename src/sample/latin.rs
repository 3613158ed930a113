//! Latin hypercubes: in every replicate each of n equal parts of (0, 1) holds one point of every stream.

use fearless_simd::dispatch;

use super::keys::Key;
use super::permutation::Permutation;
use crate::math::simd_level;

/// Numbers placed together.
const CHUNK: usize = 1024;

/// Puts the points `first_point` … of a replicate of `points` points into their strata: each number of `out` holds where in its stratum the
/// point lies, in (0, 1), and becomes (stratum + that number) / points, the strata being a keyed permutation of the points.
///
/// A point keeps all digits of its place in the first stratum, where small uniform numbers need them, and never leaves its stratum, so it is
/// never 1.
///
/// # Source
/// M. D. McKay, R. J. Beckman and W. J. Conover, "A comparison of three methods for selecting values of input variables in the analysis of
/// output from a computer code", Technometrics 21 (1979), 239–245.
pub(super) fn stratify(key: Key, points: u64, first_point: u64, out: &mut [f64]) {
    /// The largest double below a positive whole number x is x · (1 − 2⁻⁵³), rounded.
    const BELOW: f64 = 1.0 - f64::EPSILON / 2.0;
    let permutation = Permutation::new(key, points);
    let n = points as f64;
    let mut strata = [0; CHUNK];
    for (chunk, first) in out.chunks_mut(CHUNK).zip((first_point..).step_by(CHUNK)) {
        let strata = &mut strata[..chunk.len()];
        let first = u32::try_from(first).expect("designs have at most 2^32 points");
        permutation.fill(first, strata);
        dispatch!(simd_level(), _simd => {
            for (slot, &stratum) in chunk.iter_mut().zip(strata.iter()) {
                let start = f64::from(stratum);
                // The sum may round up to the next stratum.
                let place = start + *slot;
                let end = (start + 1.0) * BELOW;
                *slot = (if place < end { place } else { end }) / n;
            }
        });
    }
}
