//! ChaCha8 for runs of consecutive positions: sixteen blocks side by side, in the registers of the machine.
//!
//! The bits are those of `rand`'s `ChaCha8Rng` with `set_stream` and `set_word_pos`; that one makes at most four blocks at a time.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, dispatch, f64x8, u32x16, u64x8};

use crate::math::simd_level;

/// Blocks made together, one in each lane.
const LANES: usize = 16;
/// 32-bit words of a block.
const WORDS: usize = 16;
/// 64-bit words of a block.
const PAIRS: usize = WORDS / 2;
/// 64-bit words made together.
const CHUNK: usize = LANES * PAIRS;
/// Double rounds of ChaCha8.
const DOUBLE_ROUNDS: usize = 4;
/// "expand 32-byte k" in little-endian words.
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// The generator under one key: 2⁶⁴ streams of 2⁶⁷ 64-bit words each.
///
/// # Source
/// D. J. Bernstein, "ChaCha, a variant of Salsa20", 2008, with a block counter and a stream number of 64 bits each.
#[derive(Debug, Clone)]
pub(super) struct ChaCha8 {
    key: [u32; 8],
}

impl ChaCha8 {
    /// The generator under `key`.
    pub(super) fn new(key: [u8; 32]) -> Self {
        let word = |index: usize| {
            (0..4).rev().fold(0, |word, byte| {
                (word << 8) | u32::from(key[4 * index + byte])
            })
        };
        Self {
            key: std::array::from_fn(word),
        }
    }

    /// Gives `f` of the 64-bit words from position `first` of a stream on.
    #[inline(always)]
    pub(super) fn fill(&self, stream: u64, first: u64, out: &mut [f64]) {
        dispatch!(simd_level(), simd => self.fill_vectorised(simd, stream, first, out));
    }

    #[inline(always)]
    fn fill_vectorised<S: Simd>(&self, simd: S, stream: u64, first: u64, out: &mut [f64]) {
        let mut block = first / PAIRS as u64;
        let skipped = (first % PAIRS as u64) as usize;
        let mut rest = out;
        if skipped != 0 {
            let mut chunk = [0.0; CHUNK];
            self.chunk(simd, stream, block, &mut chunk);
            let n = rest.len().min(CHUNK - skipped);
            let (head, tail) = rest.split_at_mut(n);
            head.copy_from_slice(&chunk[skipped..skipped + n]);
            rest = tail;
            block = block.wrapping_add(LANES as u64);
        }
        let mut chunks = rest.chunks_exact_mut(CHUNK);
        for chunk in &mut chunks {
            if let Ok(chunk) = <&mut [f64; CHUNK]>::try_from(chunk) {
                self.chunk(simd, stream, block, chunk);
            }
            block = block.wrapping_add(LANES as u64);
        }
        let rest = chunks.into_remainder();
        if !rest.is_empty() {
            let mut chunk = [0.0; CHUNK];
            self.chunk(simd, stream, block, &mut chunk);
            rest.copy_from_slice(&chunk[..rest.len()]);
        }
    }

    /// The words of sixteen blocks in order, each as the uniform number of [`to_uniform`].
    #[inline(always)]
    fn chunk<S: Simd>(&self, simd: S, stream: u64, first_block: u64, out: &mut [f64; CHUNK]) {
        let word = |word: u32| u32x16::splat(simd, word);
        let block = |lane: usize| first_block.wrapping_add(lane as u64);
        let mut input = [word(0); WORDS];
        for (slot, &constant) in input.iter_mut().zip(CONSTANTS.iter().chain(&self.key)) {
            *slot = word(constant);
        }
        input[12] = u32x16::from_fn(simd, |lane| block(lane) as u32);
        input[13] = u32x16::from_fn(simd, |lane| (block(lane) >> 32) as u32);
        input[14] = word(stream as u32);
        input[15] = word((stream >> 32) as u32);
        let mut state = input;
        for _ in 0..DOUBLE_ROUNDS {
            quarter(&mut state, 0, 4, 8, 12);
            quarter(&mut state, 1, 5, 9, 13);
            quarter(&mut state, 2, 6, 10, 14);
            quarter(&mut state, 3, 7, 11, 15);
            quarter(&mut state, 0, 5, 10, 15);
            quarter(&mut state, 1, 6, 11, 12);
            quarter(&mut state, 2, 7, 8, 13);
            quarter(&mut state, 3, 4, 9, 14);
        }
        for (sum, start) in state.iter_mut().zip(&input) {
            *sum += *start;
        }
        // Word p of each lane, in two halves of eight lanes; then lane after lane.
        let mut halves = [[u64x8::splat(simd, 0); PAIRS]; 2];
        for pair in 0..PAIRS {
            let low = state[2 * pair];
            let high = state[2 * pair + 1];
            halves[0][pair] = low.zip_low(high).bitcast();
            halves[1][pair] = low.zip_high(high).bitcast();
        }
        for (half, out) in halves.into_iter().zip(out.chunks_exact_mut(CHUNK / 2)) {
            let words = transposed(half);
            for (words, out) in words.into_iter().zip(out.chunks_exact_mut(PAIRS)) {
                uniforms(simd, words).store_slice(out);
            }
        }
    }
}

/// [`to_uniform`] of eight words.
#[inline(always)]
fn uniforms<S: Simd>(simd: S, words: u64x8<S>) -> f64x8<S> {
    let between_one_and_two: f64x8<S> = ((words >> 12) | u64x8::splat(simd, ONE)).bitcast();
    (between_one_and_two - 1.0) + HALF_PART
}

/// Eight rows of eight words become its columns: three times the perfect shuffle of rows k and k + 4.
#[inline(always)]
fn transposed<S: Simd>(mut rows: [u64x8<S>; 8]) -> [u64x8<S>; 8] {
    for _ in 0..3 {
        let before = rows;
        for k in 0..4 {
            rows[2 * k] = before[k].zip_low(before[k + 4]);
            rows[2 * k + 1] = before[k].zip_high(before[k + 4]);
        }
    }
    rows
}

/// The quarter round on four words of the state.
#[inline(always)]
fn quarter<S: Simd>(x: &mut [u32x16<S>; WORDS], a: usize, b: usize, c: usize, d: usize) {
    x[a] += x[b];
    x[d] = rotated::<S, 16>(x[d] ^ x[a]);
    x[c] += x[d];
    x[b] = rotated::<S, 12>(x[b] ^ x[c]);
    x[a] += x[b];
    x[d] = rotated::<S, 8>(x[d] ^ x[a]);
    x[c] += x[d];
    x[b] = rotated::<S, 7>(x[b] ^ x[c]);
}

/// To the left by `BITS`.
#[inline(always)]
fn rotated<S: Simd, const BITS: u32>(words: u32x16<S>) -> u32x16<S> {
    (words << BITS) | (words >> (32 - BITS))
}

/// The bits of 1: with 52 random bits below them a number in [1, 2).
const ONE: u64 = 1.0_f64.to_bits();
/// Half of 2⁻⁵².
const HALF_PART: f64 = 0.5 / (1_u64 << 52) as f64;

/// The middle of one of 2⁵² equal parts of (0, 1): never 0 or 1, and 1 − u is exact. Both operations are exact, too.
#[inline(always)]
pub(super) fn to_uniform(word: u64) -> f64 {
    (f64::from_bits((word >> 12) | ONE) - 1.0) + HALF_PART
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::ChaCha8Rng;
    use rand::{Rng, SeedableRng};

    #[test]
    fn runs_of_words_are_those_of_the_published_generator() {
        let key: [u8; 32] = std::array::from_fn(|index| (index * 37 + 11) as u8);
        let own = ChaCha8::new(key);
        for stream in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef] {
            for first in [0_u64, 1, 7, 8, 127, 128, 129, (1 << 35) - 3, (1 << 60) + 5] {
                for n in [0, 1, 7, 127, 128, 129, 300] {
                    let mut row = vec![f64::NAN; n];
                    own.fill(stream, first, &mut row);
                    let mut other = ChaCha8Rng::from_seed(key);
                    other.set_stream(stream);
                    other.set_word_pos(u128::from(first) * 2);
                    for (index, &u) in row.iter().enumerate() {
                        let word = other.next_u64();
                        // The middle of the part that the upper 52 bits name.
                        let expected = ((word >> 12) as f64 + 0.5) / (1_u64 << 52) as f64;
                        assert_eq!(u.to_bits(), expected.to_bits(), "{stream} {first} {index}");
                    }
                }
            }
        }
    }
}
