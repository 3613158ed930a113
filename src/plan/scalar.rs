//! What each operation does to single numbers: constants are folded with the functions that the kernels use, so folding never changes a bit.

use super::graph::{Binary, Unary};
use crate::math;

/// All bits set where a condition holds. Choices by bits stay in registers: of plain conditions the compiler makes look-ups in memory.
#[inline(always)]
fn mask(holds: bool) -> u64 {
    u64::from(holds).wrapping_neg()
}

/// 1 or 0; a comparison with NaN is NaN, so that a broken number cannot pass as an answer.
#[inline(always)]
pub(crate) fn truth(holds: bool, a: f64, b: f64) -> f64 {
    let value = mask(holds) & 1.0_f64.to_bits();
    // Every bit of 1 is one of NaN, too.
    f64::from_bits(value | (mask(a.is_nan() | b.is_nan()) & f64::NAN.to_bits()))
}

/// The smaller; NaN if either is.
#[inline(always)]
pub(crate) fn smaller(a: f64, b: f64) -> f64 {
    if a.is_nan() | (a < b) { a } else { b }
}

/// The larger; NaN if either is.
#[inline(always)]
pub(crate) fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() | (a > b) { a } else { b }
}

/// −1, 0, 1; NaN of NaN.
#[inline(always)]
pub(crate) fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x + 0.0
    }
}

/// The value of `c ? a : b`; NaN where `c` is.
#[inline(always)]
pub(crate) fn select(c: f64, a: f64, b: f64) -> f64 {
    let chosen = mask(c != 0.0);
    let value = (a.to_bits() & chosen) | (b.to_bits() & !chosen);
    let broken = mask(c.is_nan());
    f64::from_bits((c.to_bits() & broken) | (value & !broken))
}

/// `op(x)`.
#[must_use]
pub fn unary(op: Unary, x: f64) -> f64 {
    match op {
        Unary::Negate => -x,
        Unary::Not => truth(x == 0.0, x, x),
        Unary::Abs => x.abs(),
        Unary::Sign => sign(x),
        Unary::Floor => x.floor(),
        Unary::Round => x.round(),
        Unary::Sqrt => x.sqrt(),
        Unary::Square => x * x,
        Unary::Exp => math::exp(x),
        Unary::Ln => math::ln(x),
        Unary::Ln1p => math::ln_1p(x),
        Unary::Log10 => math::log10(x),
        Unary::Sin => math::sin(x),
        Unary::Cos => math::cos(x),
        Unary::Tan => math::tan(x),
        Unary::Logistic => math::logistic(x),
        Unary::Logit => math::logit(x),
        Unary::NormalCdf => math::normal_cdf(x),
        Unary::NormalQuantile => math::normal_quantile(x),
    }
}

/// `a op b`.
#[must_use]
pub fn binary(op: Binary, a: f64, b: f64) -> f64 {
    match op {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide => a / b,
        Binary::Power => math::pow(a, b),
        Binary::Atan2 => math::atan2(a, b),
        Binary::Min => smaller(a, b),
        Binary::Max => larger(a, b),
        Binary::Equal => truth(a == b, a, b),
        Binary::NotEqual => truth(a != b, a, b),
        Binary::Less => truth(a < b, a, b),
        Binary::LessEqual => truth(a <= b, a, b),
        Binary::And => truth((a != 0.0) & (b != 0.0), a, b),
        Binary::Or => truth((a != 0.0) | (b != 0.0), a, b),
    }
}

/// The quantile of a list at `level` by linear interpolation between order statistics (Hyndman and Fan 1996, type 7); sorts the list. NaN of nothing, of a NaN, or of a level outside [0, 1].
pub fn order_statistic(values: &mut [f64], level: f64) -> f64 {
    if values.is_empty() || values.iter().any(|x| x.is_nan()) || !(0.0..=1.0).contains(&level) {
        return f64::NAN;
    }
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len() - 1;
    let position = level * last as f64;
    let below = position.floor();
    let index = (below as usize).min(last);
    let upper = values[(index + 1).min(last)];
    let lower = values[index];
    let weight = position - below;
    if weight == 0.0 {
        lower
    } else {
        lower + weight * (upper - lower)
    }
}

/// Linear between knots, constant outside; `knots` strictly increasing, as many as `values`.
#[must_use]
pub fn interpolate(t: f64, knots: &[f64], values: &[f64]) -> f64 {
    if t.is_nan() {
        return t;
    }
    let last = knots.len() - 1;
    if t <= knots[0] {
        return values[0];
    }
    for k in 0..last {
        if t == knots[k + 1] {
            return values[k + 1];
        }
        if t < knots[k + 1] {
            let weight = (t - knots[k]) / (knots[k + 1] - knots[k]);
            return values[k] + weight * (values[k + 1] - values[k]);
        }
    }
    values[last]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_with_nan_is_nan() {
        for op in [
            Binary::Equal,
            Binary::NotEqual,
            Binary::Less,
            Binary::LessEqual,
            Binary::And,
            Binary::Or,
            Binary::Min,
            Binary::Max,
        ] {
            assert!(binary(op, f64::NAN, 1.0).is_nan(), "{op:?}");
            assert!(binary(op, 1.0, f64::NAN).is_nan(), "{op:?}");
        }
        assert!(select(f64::NAN, 1.0, 2.0).is_nan());
        assert!(unary(Unary::Sign, f64::NAN).is_nan());
    }

    #[test]
    fn median_of_even_count_is_midpoint() {
        assert_eq!(order_statistic(&mut [4.0, 1.0, 2.0, 3.0], 0.5), 2.5);
        assert_eq!(order_statistic(&mut [4.0, 1.0, 2.0], 1.0), 4.0);
        assert!(order_statistic(&mut [1.0], 1.5).is_nan());
    }

    #[test]
    fn interpolation_is_linear_inside_and_constant_outside() {
        let (knots, values) = ([1.0, 3.0, 4.0], [10.0, 20.0, 0.0]);
        for (t, expected) in [
            (0.0, 10.0),
            (1.0, 10.0),
            (2.0, 15.0),
            (3.0, 20.0),
            (3.5, 10.0),
            (9.0, 0.0),
        ] {
            assert_eq!(interpolate(t, &knots, &values), expected);
        }
    }
}
