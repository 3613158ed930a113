//! Reduction of an angle to [−π/4, π/4].

use super::double_double::two_sum;
use super::exp::ROUND;

/// The bits of 2/π after the point.
const TWO_OVER_PI: [u64; 20] = [
    0xa2f9_836e_4e44_1529,
    0xfc27_57d1_f534_ddc0,
    0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0,
    0x0649_2eea_09d1_921c,
    0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41,
    0x3991_d639_8353_39f4,
    0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f,
    0x6d36_7ecf_27cb_09b7,
    0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea,
    0x6bfb_5fb1_1f8d_5d08,
    0x5603_3046_fc7b_6bab,
    0xf0cf_bc20_9af4_361d,
];
const TWO_OVER_PI_DOUBLE: f64 = std::f64::consts::FRAC_2_PI;
/// π/2 in pieces of 33, 33 and 53 bits: the products of the first two with a whole number below 2^20 are exact.
const HALF_PI: [f64; 3] = [
    1.5707963267341256,
    6.077100506303966e-11,
    2.0222662487959506e-21,
];
/// Above this the pieces no longer suffice.
const LIMIT: f64 = 1e6;

/// `x = k π/2 + high + low` as (k mod 4, high, low).
///
/// # Source
/// Cody and Waite (1980) up to 10^6, Payne and Hanek (1983) beyond.
#[inline(always)]
pub(super) fn reduce(x: f64) -> (u64, f64, f64) {
    if x.abs() > LIMIT {
        return reduce_large(x);
    }
    reduce_near(x)
}

/// Whether [`reduce_near`] is [`reduce`].
#[inline(always)]
pub(super) fn is_near(x: f64) -> bool {
    x.abs() <= LIMIT
}

/// [`reduce`] without its branch for large angles.
#[inline(always)]
pub(super) fn reduce_near(x: f64) -> (u64, f64, f64) {
    let shifted = x * TWO_OVER_PI_DOUBLE + ROUND;
    let k = shifted - ROUND;
    // ROUND ends in zeros, so its low bits are those of k, also of a negative one.
    let quadrant = shifted.to_bits() & 3;
    let first = x - k * HALF_PI[0];
    let (second, lost) = two_sum(first, -(k * HALF_PI[1]));
    let (high, carry) = two_sum(second, lost - k * HALF_PI[2]);
    (quadrant, high, carry)
}

/// With as many bits of 2/π as the exponent asks for.
#[cold]
fn reduce_large(x: f64) -> (u64, f64, f64) {
    if !x.is_finite() {
        return (0, f64::NAN, 0.0);
    }
    let bits = x.to_bits();
    let mantissa = u128::from((bits & 0x000f_ffff_ffff_ffff) | 0x0010_0000_0000_0000);
    // x = mantissa · 2^exponent; |x| > 10^6, so exponent ≥ −33.
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1075;
    // Bits of 2/π whose product with x is a multiple of 4 do not matter; 192 bits from there on hold the quotient mod 4 and 130 bits after the point.
    let start = exponent - 2;
    let word = |at: i64| -> u128 {
        // 64 bits of 2/π, from the bit of value 2^-(at+1) on; bits before the point are 0.
        let read = |i: i64| -> u64 {
            if i < 0 {
                0
            } else {
                TWO_OVER_PI.get(i as usize).copied().unwrap_or(0)
            }
        };
        let (index, shift) = (at.div_euclid(64), at.rem_euclid(64) as u32);
        let (first, second) = (read(index), read(index + 1));
        u128::from(if shift == 0 {
            first
        } else {
            (first << shift) | (second >> (64 - shift))
        })
    };
    // (w0 w1 w2) · 2^-(start+192) · mantissa · 2^exponent = (w0 w1 w2)·mantissa · 2^-190.
    let low = word(start + 128) * mantissa;
    let middle = word(start + 64) * mantissa + (low >> 64);
    let high = (word(start) * mantissa + (middle >> 64)) & u128::from(u64::MAX);
    // high holds the bits 2^1 … 2^-62, middle's low word the next 64, low's the next.
    let after = ((high & 0x3fff_ffff_ffff_ffff) << 64) | (middle & u128::from(u64::MAX)); // units of 2^-126
    let mut quadrant = (high >> 62) as u64;
    let mut negative = false;
    let mut part = after;
    if after >= 1 << 125 {
        // Nearer to the next multiple.
        part = (1 << 126) - after;
        quadrant += 1;
        negative = true;
    }
    // The fraction times π/2, in two pieces.
    let scale = f64::from_bits((1023 - 126) << 52);
    let first = (part >> 64) as u64 as f64 * 18_446_744_073_709_551_616.0;
    let rest = part as i128 - first as i128;
    let (a, b) = (first * scale, rest as f64 * scale);
    const PI_2: (f64, f64) = (std::f64::consts::FRAC_PI_2, 6.123233995736766e-17);
    let (product, error) = super::double_double::two_product(a, PI_2.0);
    let (r, r_low) = two_sum(product, error + (a * PI_2.1 + b * PI_2.0));
    let flip = negative != (x < 0.0);
    let quadrant = if x < 0.0 {
        quadrant.wrapping_neg()
    } else {
        quadrant
    };
    if flip {
        (quadrant & 3, -r, -r_low)
    } else {
        (quadrant & 3, r, r_low)
    }
}
