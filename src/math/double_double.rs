//! Exact sums and products as unevaluated pairs (high, low).
//!
//! # Source
//! T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18 (1971);
//! D. E. Knuth, The Art of Computer Programming 2, section 4.2.2.

/// `a + b` without error.
#[inline(always)]
pub(super) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// `a + b` without error where `|a| >= |b|` or `a = 0`.
#[inline(always)]
pub(super) fn quick_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// The upper and the lower half of the digits of `a` (`|a| < 2^996`).
#[inline(always)]
pub(super) fn split(a: f64) -> (f64, f64) {
    let scaled = 134_217_729.0 * a; // 2^27 + 1
    let high = scaled - (scaled - a);
    (high, a - high)
}

/// `a · b` without error (barring overflow and underflow).
#[inline(always)]
pub(super) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let (a_high, a_low) = split(a);
    let (b_high, b_low) = split(b);
    (
        product,
        ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low,
    )
}
