//! Powers, by a logarithm with 68 good bits.

use super::double_double::{quick_two_sum, two_product};
use super::exp::{exp_sum, exp_sum_near};
use super::ln::{ln_double, ln_double_normal};

/// `x^y` with the special cases of IEEE 754: `x^0 = 1^y = 1`; a negative `x` needs a whole `y`, else NaN; `0^y` is inf for negative `y`.
/// `x^2`, `x^1`, `x^-1` are single operations. Error found: 1 ulp against the standard library.
#[inline(always)]
pub fn pow(x: f64, y: f64) -> f64 {
    let size = x.abs();
    let (ln_high, ln_low) = ln_double(size);
    // |ln x| ≥ 2^-53 unless x = 1, so a larger exponent changes nothing; it would overflow in the exact product.
    let limit = 73_786_976_294_838_206_464.0; // 2^66
    let exponent = if y > limit { limit } else { y };
    let exponent = if exponent < -limit { -limit } else { exponent };
    let (high, low) = two_product(exponent, ln_high);
    let (high, low) = quick_two_sum(high, low + exponent * ln_low);
    let value = exp_sum(high, low);

    let value = if size == 0.0 || size == f64::INFINITY {
        // Exactly one of "zero" and "negative exponent" makes it 0; both or neither inf.
        if (size == 0.0) == (y < 0.0) {
            f64::INFINITY
        } else {
            0.0
        }
    } else {
        value
    };
    let whole = y.floor() == y;
    let odd = whole && (y * 0.5).floor() != y * 0.5;
    let value = if x.is_sign_negative() && odd {
        -value
    } else {
        value
    };
    let value = if x < 0.0 && !whole && size < f64::INFINITY {
        f64::NAN
    } else {
        value
    };
    let value = if y == 2.0 { x * x } else { value };
    let value = if y == 1.0 { x } else { value };
    let value = if y == -1.0 { 1.0 / x } else { value };
    let value = if x.is_nan() || y.is_nan() {
        f64::NAN
    } else {
        value
    };
    if y == 0.0 || x == 1.0 { 1.0 } else { value }
}

/// Whether [`pow_near`] holds for a base, given [`is_near_power`]: between 2⁻⁶⁴ and 2⁶⁴; false for NaN.
#[inline(always)]
pub fn is_near_base(x: f64) -> bool {
    const BOUND: f64 = 18_446_744_073_709_551_616.0; // 2^64
    // Both compared whatever the first says: a loop over such numbers has no branch.
    let (low, high) = (x >= 1.0 / BOUND, x <= BOUND);
    low & high
}

/// Whether [`pow_near`] holds for an exponent, given [`is_near_base`]: up to 15 on either side of 0, but for −1, which takes a division;
/// false for NaN.
#[inline(always)]
pub fn is_near_power(y: f64) -> bool {
    (y.abs() <= 15.0) & (y != -1.0)
}

/// [`pow`] where [`is_near_base`] and [`is_near_power`] hold, to the same bits with fewer steps: |y ln x| ≤ 666 leaves the range of normal numbers neither
/// on the way nor in the end.
#[inline(always)]
pub fn pow_near(x: f64, y: f64) -> f64 {
    let (ln_high, ln_low) = ln_double_normal(x);
    let (high, low) = two_product(y, ln_high);
    let (high, low) = quick_two_sum(high, low + y * ln_low);
    let value = exp_sum_near(high, low);
    let value = if y == 2.0 { x * x } else { value };
    let value = if y == 1.0 { x } else { value };
    if y == 0.0 || x == 1.0 { 1.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::oracle::{spread, ulps};

    #[test]
    fn pow_agrees_with_the_standard_library() {
        let mut worst: f64 = 0.0;
        for x in spread(-9.0, 9.0, 700) {
            let x = x.exp();
            for y in spread(-75.0, 75.0, 700) {
                let expected = x.powf(y);
                if expected.is_normal() {
                    worst = worst.max(ulps(pow(x, y), expected));
                }
            }
        }
        // std is within 0.6 ulp.
        assert!(worst <= 1.0, "{worst}");
    }

    #[test]
    fn near_powers_have_the_bits_of_any() {
        let bound = 2.0_f64.powi(64);
        let mut bases: Vec<f64> = spread(-44.0, 44.0, 1500)
            .into_iter()
            .map(f64::exp)
            .collect();
        bases.extend([1.0, 0.5, 2.0, bound, 1.0 / bound, 1.0 + 1e-15, 1.0 - 1e-15]);
        let mut exponents = spread(-15.0, 15.0, 200);
        exponents.extend([0.0, -0.0, 1.0, -0.999, 2.0, 3.0, 1e-300, 15.0, -15.0]);
        for &x in &bases {
            for &y in &exponents {
                assert!(is_near_base(x) && is_near_power(y), "{x} {y}");
                assert_eq!(pow_near(x, y).to_bits(), pow(x, y).to_bits(), "{x} {y}");
            }
        }
        for (x, y) in [
            (2.0 * bound, 1.0),
            (0.5 / bound, 1.0),
            (2.0, 15.1),
            (2.0, -1.0),
            (-2.0, 2.0),
            (0.0, 1.0),
            (f64::NAN, 1.0),
            (2.0, f64::NAN),
        ] {
            assert!(!(is_near_base(x) && is_near_power(y)), "{x} {y}");
        }
    }

    #[test]
    fn pow_keeps_accuracy_next_to_one_with_a_huge_exponent() {
        for x in [1.0 + 1e-12, 1.0 - 1e-12, 1.0 + 2e-16] {
            for y in [1e13, -1e14, 3e14, 1e18] {
                let expected = f64::powf(x, y);
                assert!(
                    pow(x, y) == expected || ulps(pow(x, y), expected) <= 1.0,
                    "{x} {y}"
                );
            }
        }
    }

    #[test]
    fn pow_of_special_numbers_is_that_of_ieee_754() {
        let inf = f64::INFINITY;
        let numbers = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            -0.5,
            2.0,
            -2.0,
            3.0,
            -3.0,
            2.5,
            1e300,
            -1e300,
            1e-310,
            inf,
            -inf,
            f64::NAN,
        ];
        for x in numbers {
            for y in numbers {
                let (found, expected) = (pow(x, y), f64::powf(x, y));
                let same =
                    found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan());
                assert!(
                    same || ulps(found, expected) <= 1.0,
                    "{x}^{y}: {found} {expected}"
                );
            }
        }
    }
}
