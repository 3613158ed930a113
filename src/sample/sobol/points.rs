//! Rows of scrambled points: one coordinate of consecutive points of a replicate.

use fearless_simd::dispatch;

use super::direction::Directions;
use super::owen::{ScramblingKey, owen};
use crate::math::simd_level;

/// Points that share all but their lowest bits.
const CHUNK: usize = 1 << CHUNK_BITS;
const CHUNK_BITS: usize = 8;

/// Puts the points `first` … of the sequence, scrambled with `key`, into (0, 1): each number of `out` holds where in its interval of length
/// 2⁻³² the point lies, in (0, 1), and becomes the point's coordinate.
///
/// The coordinate is the middle of one of 2⁵² equal parts, as in the random design: 32 scrambled bits and 20 of the number's. All steps are
/// exact, so every elementary interval holds the points that the net puts there.
///
/// # Panics
/// If points go beyond the 2³² of the sequence.
pub(in crate::sample) fn scramble(
    directions: &Directions,
    key: ScramblingKey,
    first: u64,
    out: &mut [f64],
) {
    const INTERVALS: f64 = (1u64 << 32) as f64;
    const PARTS: f64 = (1u64 << 20) as f64;
    let patterns = patterns(directions);
    let mut point = usize::try_from(first).expect("a machine with 64 bits");
    let mut rest = out;
    while !rest.is_empty() {
        let within = point % CHUNK;
        let (chunk, later) = rest.split_at_mut(rest.len().min(CHUNK - within));
        let base = exclusive_or(&directions[CHUNK_BITS..], point >> CHUNK_BITS);
        point += chunk.len();
        dispatch!(simd_level(), _simd => {
            for (slot, &pattern) in chunk.iter_mut().zip(&patterns[within..]) {
                let coordinate = owen(base ^ pattern, key).reverse_bits();
                let part = (*slot * PARTS).floor();
                *slot = (f64::from(coordinate) + (part + 0.5) / PARTS) / INTERVALS;
            }
        });
        rest = later;
    }
}

/// The reversed coordinates of points 0 … 255: each further bit of the number doubles what is known.
fn patterns(directions: &Directions) -> [u32; CHUNK] {
    let mut patterns = [0; CHUNK];
    for (bit, direction) in directions[..CHUNK_BITS].iter().enumerate() {
        let (known, next) = patterns.split_at_mut(1 << bit);
        for (slot, pattern) in next.iter_mut().zip(known) {
            *slot = *pattern ^ direction;
        }
    }
    patterns
}

/// The exclusive or of the direction numbers at the set bits of `number`.
fn exclusive_or(directions: &[u32], mut number: usize) -> u32 {
    let mut x = 0;
    while number != 0 {
        x ^= directions[number.trailing_zeros() as usize];
        number &= number - 1;
    }
    x
}
