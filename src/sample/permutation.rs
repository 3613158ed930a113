//! Keyed permutations of 0 … n − 1 that give any one of their values without the others.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, dispatch, u32x16};

use super::keys::Key;
use crate::math::simd_level;

/// Numbers permuted together.
const CHUNK: usize = 1024;
/// Numbers of a register; those that walk are passed in whole registers, what lies beyond the last one is read by nobody.
const LANES: usize = 16;

/// A permutation of `0 .. n` for any n up to 2³².
///
/// On the numbers of w bits, 2^w being the next power of two, eight rounds of `x + a`, `x · b` with b odd, and `x ⊕ (x >> s)` modulo 2^w:
/// each is a bijection, and all three together carry every bit to every other. A number that leaves `0 .. n` is sent through again until it
/// comes back (cycle walking: J. Black and P. Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002), which makes the whole a
/// permutation of `0 .. n` with fewer than two passes on average.
///
/// The number of rounds is that from which, over random keys, the joint distribution of pairs of values differs from that of a random
/// permutation by less than 1 % even for n = 4 … 16, where it differs most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Permutation {
    key: Key,
    mask: u32,
    shifts: [u32; 3],
    /// n − 1.
    last: u32,
}

impl Permutation {
    /// The permutation of `0 .. n` with this key.
    pub(super) fn new(key: Key, n: u64) -> Self {
        let last = u32::try_from(n - 1).expect("designs have from 1 to 2^32 points");
        let width = u32::BITS - last.leading_zeros();
        Self {
            key,
            mask: u32::MAX.checked_shr(last.leading_zeros()).unwrap_or(0),
            shifts: [width.div_ceil(2), width / 3, 2 * width / 3].map(|shift| shift.max(1)),
            last,
        }
    }

    /// The values of `first`, `first + 1` …, all of which lie in `0 .. n`.
    pub(super) fn fill(&self, first: u32, out: &mut [u32]) {
        let mut walking = [0; CHUNK + LANES];
        let mut places = [0; CHUNK + LANES];
        for (slot, x) in out.iter_mut().zip(first..=u32::MAX) {
            *slot = x;
        }
        for chunk in out.chunks_mut(CHUNK) {
            self.pass(chunk);
            if self.last == self.mask {
                // All numbers of w bits are below n.
                continue;
            }
            let mut n_walking = dispatch!(simd_level(), simd => {
                beyond(simd, self.last, chunk, &mut walking, &mut places)
            });
            while n_walking > 0 {
                self.pass(&mut walking[..n_walking.next_multiple_of(LANES)]);
                let mut still = 0;
                for slot in 0..n_walking {
                    let (x, place) = (walking[slot], places[slot]);
                    chunk[place as usize] = x;
                    walking[still] = x;
                    places[still] = place;
                    still += usize::from(x > self.last);
                }
                n_walking = still;
            }
        }
    }

    /// One pass of the bijection of w bits.
    fn pass(&self, numbers: &mut [u32]) {
        let Self {
            key, mask, shifts, ..
        } = *self;
        dispatch!(simd_level(), _simd => {
            for slot in numbers.iter_mut() {
                let mut x = *slot;
                let mut round = 0;
                while round < key.len() / 2 {
                    x = x.wrapping_add(key[2 * round]);
                    x = x.wrapping_mul(key[2 * round + 1] | 1) & mask;
                    x ^= x >> shifts[round % 3];
                    round += 1;
                }
                *slot = x;
            }
        });
    }
}

/// Copies the numbers above `last` and their places to the front of `walking` and `places`, in order; returns how many there are.
#[inline(always)]
fn beyond<S: Simd>(
    simd: S,
    last: u32,
    numbers: &[u32],
    walking: &mut [u32; CHUNK + LANES],
    places: &mut [u32; CHUNK + LANES],
) -> usize {
    let mut n_walking = 0;
    let mut here = u32x16::from_fn(simd, |lane| lane as u32);
    let step = u32x16::splat(simd, LANES as u32);
    let whole = numbers.chunks_exact(LANES);
    let rest = whole.remainder();
    for some in whole {
        let some = u32x16::from_slice(simd, some);
        let is_beyond = some.simd_gt(u32x16::splat(simd, last));
        let free = n_walking..n_walking + LANES;
        some.compress(is_beyond)
            .store_slice(&mut walking[free.clone()]);
        here.compress(is_beyond).store_slice(&mut places[free]);
        n_walking += is_beyond.to_bitmask().count_ones() as usize;
        here += step;
    }
    let start = numbers.len() - rest.len();
    for (place, &x) in (start..).zip(rest) {
        walking[n_walking] = x;
        places[n_walking] = place as u32;
        n_walking += usize::from(x > last);
    }
    n_walking
}
