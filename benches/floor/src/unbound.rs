//! Arithmetic bound by nothing: fused multiply-add, short polynomials, draws in pairs from a small generator.

use crate::row::{B, Row};

/// Reciprocals of factorials from 2! on: Taylor terms of the exponential. |r| ≤ ln 2 / 2 leaves an error of 6e-15.
const EXP: [f64; 10] = [
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
];

/// 1.5·2⁵²: added to a number it leaves the nearest integer in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// e^x for |x| < 700, which the model never leaves.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let shifted = x.mul_add(std::f64::consts::LOG2_E, ROUND);
    let k = shifted - ROUND;
    // ln 2 to 32 bits, and the rest.
    let r = k.mul_add(-0.693_147_180_369_123_8, x);
    let r = k.mul_add(-1.908_214_929_270_587_7e-10, r);
    let mut sum = EXP[9];
    for &term in EXP[..9].iter().rev() {
        sum = sum.mul_add(r, term);
    }
    let sum = sum.mul_add(r * r, r) + 1.0;
    f64::from_bits(sum.to_bits().wrapping_add(shifted.to_bits() << 52))
}

/// ln u for u in (0, 1]: 2 artanh((m − 1)/(m + 1)) with m near 1. Error 1e-15.
#[inline(always)]
fn ln(u: f64) -> f64 {
    const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    let bits = u.to_bits().wrapping_sub(ROOT_HALF) as i64;
    let exponent = bits >> 52;
    let m = f64::from_bits(((bits as u64) & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT_HALF));
    let s = (m - 1.0) / (m + 1.0);
    let q = s * s;
    let mut sum = 1.0 / 19.0;
    for k in [17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0f64] {
        sum = f64::mul_add(sum, q, 1.0 / k);
    }
    // An integer of few bits as a double, without a conversion instruction.
    let e = f64::from_bits(((exponent + (1 << 51)) as u64) | 0x4330_0000_0000_0000)
        - 6_755_399_441_055_744.0;
    f64::mul_add(e, std::f64::consts::LN_2, 2.0 * s * sum)
}

/// (sin, cos) of v turns, v in [0, 1). Error 2e-14.
#[inline(always)]
fn sin_cos_turns(v: f64) -> (f64, f64) {
    let shifted = f64::mul_add(v, 4.0, ROUND);
    let quadrant = shifted.to_bits();
    let angle = (v - (shifted - ROUND) * 0.25) * std::f64::consts::TAU;
    let q = angle * angle;
    let mut s = 1.0 / 6_227_020_800.0;
    for term in [
        -1.0 / 39_916_800.0,
        1.0 / 362_880.0,
        -1.0 / 5_040.0,
        1.0 / 120.0,
        -1.0 / 6.0,
        1.0f64,
    ] {
        s = f64::mul_add(s, q, term);
    }
    let s = s * angle;
    let mut c = -1.0 / 87_178_291_200.0;
    for term in [
        1.0 / 479_001_600.0,
        -1.0 / 3_628_800.0,
        1.0 / 40_320.0,
        -1.0 / 720.0,
        1.0 / 24.0,
        -0.5,
        1.0f64,
    ] {
        c = f64::mul_add(c, q, term);
    }
    // A quarter turn on: (sin, cos) → (cos, −sin); half a turn changes both signs.
    let odd = quadrant & 1 == 1;
    let (sine, cosine) = if odd { (c, s) } else { (s, c) };
    let sine_sign = (quadrant & 2) << 62;
    let cosine_sign = ((quadrant.wrapping_add(1)) & 2) << 62;
    (
        f64::from_bits(sine.to_bits() ^ sine_sign),
        f64::from_bits(cosine.to_bits() ^ cosine_sign),
    )
}

/// a·b + c in one step.
#[inline(always)]
pub fn multiply_add(a: f64, b: f64, c: f64) -> f64 {
    a.mul_add(b, c)
}

const LANES: usize = 8;

/// Eight xoshiro256++ generators side by side (D Blackman, S Vigna: Scrambled linear pseudorandom number generators, 2021).
pub struct Generator {
    state: [[u64; LANES]; 4],
    /// Rows of normal scores made so far.
    pub rows: u64,
}

impl Generator {
    /// Seeded by splitmix64; `stream` keeps threads apart.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut word = seed ^ stream.wrapping_mul(0xd134_2543_de82_ef95);
        let mut next = || {
            word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        let mut state = [[0; LANES]; 4];
        for lane in 0..LANES {
            for word in &mut state {
                word[lane] = next();
            }
        }
        Self { state, rows: 0 }
    }

    /// Nothing: draws have no address.
    #[inline(always)]
    pub fn seek(&mut self, _first: usize, _trial: u64) {}

    /// Uniform numbers: the middles of 2⁵² equal parts of (0, 1).
    #[inline(always)]
    pub fn uniforms(&mut self, row: &mut Row) {
        let [mut a, mut b, mut c, mut d] = self.state;
        for group in row.0.chunks_exact_mut(LANES) {
            for lane in 0..LANES {
                let bits = a[lane]
                    .wrapping_add(d[lane])
                    .rotate_left(23)
                    .wrapping_add(a[lane]);
                let t = b[lane] << 17;
                c[lane] ^= a[lane];
                d[lane] ^= b[lane];
                b[lane] ^= c[lane];
                a[lane] ^= d[lane];
                c[lane] ^= t;
                d[lane] = d[lane].rotate_left(45);
                group[lane] = f64::from_bits((bits >> 12) | 0x3ff0_0000_0000_0000)
                    - (1.0 - f64::EPSILON / 2.0);
            }
        }
        self.state = [a, b, c, d];
    }

    /// Standard normal scores by pairs (G Box, M Muller: A note on the generation of random normal deviates, 1958).
    // Not inlined: the sixty copies would not fit the first-level cache of instructions.
    #[inline(never)]
    pub fn normals(&mut self, row: &mut Row) {
        self.rows += 1;
        self.uniforms(row);
        let (first, second) = row.0.split_at_mut(B / 2);
        for (x, y) in first.iter_mut().zip(second) {
            let radius = (-2.0 * ln(*x)).sqrt();
            let (sine, cosine) = sin_cos_turns(*y);
            *x = radius * cosine;
            *y = radius * sine;
        }
    }

    /// Standard normal scores within bounds that few leave: those are drawn again.
    #[inline(always)]
    pub fn normals_within(&mut self, row: &mut Row, low: f64, high: f64) {
        self.normals(row);
        let mut spare = Row::ZERO;
        let mut left = 0;
        for z in &mut row.0 {
            while !(*z >= low && *z <= high) {
                if left == 0 {
                    self.normals(&mut spare);
                    left = B;
                }
                left -= 1;
                *z = spare.0[left];
            }
        }
    }
}
