//! Operations on whole rows, a loop for each; compiled within [`super::evaluate`] for each SIMD level, and every level gives the same bits.
//!
//! Only IEEE addition, multiplication, division and square root are used, in a fixed order and without fused multiply-add, so a wider
//! register changes the speed and nothing else.

use super::rows::Block;
use super::source::Source;
use crate::math;
use crate::plan::{Binary, Unary, scalar};

/// `out[i] = f(a[i])`
macro_rules! each {
    ($out:expr, $a:expr, |$x:ident| $body:expr) => {{
        let (out, a): (&mut [Block], &[Block]) = ($out, $a);
        for (out, a) in out.iter_mut().zip(a) {
            for (slot, &$x) in out.iter_mut().zip(a) {
                *slot = $body;
            }
        }
    }};
}

/// `out[i] = f(a[i], b[i])`
macro_rules! each_pair {
    ($out:expr, $a:expr, $b:expr, |$x:ident, $y:ident| $body:expr) => {{
        let (out, a, b): (&mut [Block], &[Block], &[Block]) = ($out, $a, $b);
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            for ((slot, &$x), &$y) in out.iter_mut().zip(a).zip(b) {
                *slot = $body;
            }
        }
    }};
}

/// `out[i] = f(a[i], b[i])` for rows and numbers alike.
macro_rules! pair {
    ($out:expr, $a:expr, $b:expr, |$x:ident, $y:ident| $body:expr) => {{
        let out: &mut [Block] = $out;
        match ($a, $b) {
            (Source::Row(a), Source::Row(b)) => each_pair!(out, a, b, |$x, $y| $body),
            (Source::Row(a), Source::Number($y)) => each!(out, a, |$x| $body),
            (Source::Number($x), Source::Row(b)) => each!(out, b, |$y| $body),
            (Source::Number($x), Source::Number($y)) => out.as_flattened_mut().fill($body),
        }
    }};
}

/// A function with a short form: block by block that one if it holds for all numbers, else the general one.
macro_rules! each_near {
    ($out:expr, $a:expr, $is_near:path, $near:path, $any:path) => {{
        let (out, a): (&mut [Block], &[Block]) = ($out, $a);
        for (out, a) in out.iter_mut().zip(a) {
            if a.iter().fold(true, |all, &x| all & $is_near(x)) {
                for (slot, &x) in out.iter_mut().zip(a) {
                    *slot = $near(x);
                }
            } else {
                for (slot, &x) in out.iter_mut().zip(a) {
                    *slot = $any(x);
                }
            }
        }
    }};
}

/// Applies `op` to a row.
#[inline(always)]
pub(super) fn unary(op: Unary, out: &mut [Block], a: &[Block]) {
    match op {
        Unary::Negate => each!(out, a, |x| -x),
        Unary::Not => each!(out, a, |x| scalar::truth(x == 0.0, x, x)),
        Unary::Abs => each!(out, a, |x| x.abs()),
        Unary::Sign => each!(out, a, |x| scalar::sign(x)),
        Unary::Floor => each!(out, a, |x| x.floor()),
        Unary::Round => each!(out, a, |x| x.round()),
        Unary::Sqrt => each!(out, a, |x| x.sqrt()),
        Unary::Square => each!(out, a, |x| x * x),
        Unary::Exp => each_near!(out, a, math::is_near_exponent, math::exp_near, math::exp),
        Unary::Ln => each!(out, a, |x| math::ln(x)),
        Unary::Ln1p => each!(out, a, |x| math::ln_1p(x)),
        Unary::Log10 => each!(out, a, |x| math::log10(x)),
        Unary::Sin => each_near!(out, a, math::is_near_angle, math::sin_near, math::sin),
        Unary::Cos => each_near!(out, a, math::is_near_angle, math::cos_near, math::cos),
        Unary::Tan => each_near!(out, a, math::is_near_angle, math::tan_near, math::tan),
        Unary::Logistic => each_near!(
            out,
            a,
            math::is_near_exponent,
            math::logistic_near,
            math::logistic
        ),
        Unary::Logit => each!(out, a, |x| math::logit(x)),
        Unary::NormalCdf => each!(out, a, |x| math::normal_cdf(x)),
        Unary::NormalQuantile => each!(out, a, |x| math::normal_quantile(x)),
    }
}

/// Powers: block by block the short form if it holds for all numbers, else the general one.
#[inline(always)]
fn power(out: &mut [Block], a: Source<'_>, b: Source<'_>) {
    for (block, out) in out.chunks_exact_mut(1).enumerate() {
        let (a, b) = (a.block(block), b.block(block));
        if a.all(math::is_near_base) && b.all(math::is_near_power) {
            pair!(out, a, b, |x, y| math::pow_near(x, y));
        } else {
            pair!(out, a, b, |x, y| math::pow(x, y));
        }
    }
}

/// Applies `op` to two operands.
#[inline(always)]
pub(super) fn binary(op: Binary, out: &mut [Block], a: Source<'_>, b: Source<'_>) {
    match op {
        Binary::Add => pair!(out, a, b, |x, y| x + y),
        Binary::Subtract => pair!(out, a, b, |x, y| x - y),
        Binary::Multiply => pair!(out, a, b, |x, y| x * y),
        Binary::Divide => pair!(out, a, b, |x, y| x / y),
        Binary::Power => power(out, a, b),
        Binary::Atan2 => pair!(out, a, b, |x, y| math::atan2(x, y)),
        Binary::Min => pair!(out, a, b, |x, y| scalar::smaller(x, y)),
        Binary::Max => pair!(out, a, b, |x, y| scalar::larger(x, y)),
        Binary::Equal => pair!(out, a, b, |x, y| scalar::truth(x == y, x, y)),
        Binary::NotEqual => pair!(out, a, b, |x, y| scalar::truth(x != y, x, y)),
        Binary::Less => pair!(out, a, b, |x, y| scalar::truth(x < y, x, y)),
        Binary::LessEqual => pair!(out, a, b, |x, y| scalar::truth(x <= y, x, y)),
        Binary::And => pair!(out, a, b, |x, y| scalar::truth(
            (x != 0.0) & (y != 0.0),
            x,
            y
        )),
        Binary::Or => pair!(out, a, b, |x, y| scalar::truth(
            (x != 0.0) | (y != 0.0),
            x,
            y
        )),
    }
}

/// `out = c ? a : b`.
#[inline(always)]
pub(super) fn select(out: &mut [Block], c: &[Block], a: Source<'_>, b: Source<'_>) {
    match (a, b) {
        (Source::Row(a), Source::Row(b)) => {
            for (((out, c), a), b) in out.iter_mut().zip(c).zip(a).zip(b) {
                for (((slot, &c), &a), &b) in out.iter_mut().zip(c).zip(a).zip(b) {
                    *slot = scalar::select(c, a, b);
                }
            }
        }
        (Source::Row(a), Source::Number(b)) => {
            each_pair!(out, c, a, |c, a| scalar::select(c, a, b));
        }
        (Source::Number(a), Source::Row(b)) => {
            each_pair!(out, c, b, |c, b| scalar::select(c, a, b));
        }
        (Source::Number(a), Source::Number(b)) => each!(out, c, |c| scalar::select(c, a, b)),
    }
}

/// `out = Σ factor · term`, from left to right.
#[inline(always)]
pub(super) fn combine<'a>(
    out: &mut [Block],
    terms: impl Iterator<Item = (f64, Source<'a>)> + Clone,
) {
    for (block, out) in out.iter_mut().enumerate() {
        for (k, (factor, term)) in terms.clone().enumerate() {
            match (term, k) {
                (Source::Row(row), 0) => {
                    for (slot, &x) in out.iter_mut().zip(&row[block]) {
                        *slot = factor * x;
                    }
                }
                (Source::Row(row), _) => {
                    for (slot, &x) in out.iter_mut().zip(&row[block]) {
                        *slot += factor * x;
                    }
                }
                (Source::Number(x), 0) => out.fill(factor * x),
                (Source::Number(x), _) => out.iter_mut().for_each(|slot| *slot += factor * x),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;
    use crate::eval::rows::LANES;
    use crate::math::simd_level;

    /// Numbers of both signs and many sizes, among them zeros, ones and the ends of (0, 1).
    fn row() -> Vec<Block> {
        let mut row: Vec<f64> = (0..1000).map(|i| f64::from(i) / 999.0).collect();
        row.extend((0..300).map(|i| f64::from(i - 150) * 0.37));
        row.extend([
            1e-300,
            1e-17,
            1.0 - 1e-16,
            1e6,
            -1e6,
            f64::NAN,
            f64::INFINITY,
        ]);
        // The last block holds ordinary numbers only.
        row.resize(row.len().next_multiple_of(LANES), -0.0);
        row.extend((0..LANES).map(|i| 1.0 / (i as f64 + 3.0)));
        let (blocks, rest) = row.as_chunks();
        assert!(rest.is_empty());
        blocks.to_vec()
    }

    const UNARY: [Unary; 19] = [
        Unary::Negate,
        Unary::Not,
        Unary::Abs,
        Unary::Sign,
        Unary::Floor,
        Unary::Round,
        Unary::Sqrt,
        Unary::Square,
        Unary::Exp,
        Unary::Ln,
        Unary::Ln1p,
        Unary::Log10,
        Unary::Sin,
        Unary::Cos,
        Unary::Tan,
        Unary::Logistic,
        Unary::Logit,
        Unary::NormalCdf,
        Unary::NormalQuantile,
    ];
    const BINARY: [Binary; 14] = [
        Binary::Add,
        Binary::Subtract,
        Binary::Multiply,
        Binary::Divide,
        Binary::Power,
        Binary::Atan2,
        Binary::Min,
        Binary::Max,
        Binary::Equal,
        Binary::NotEqual,
        Binary::Less,
        Binary::LessEqual,
        Binary::And,
        Binary::Or,
    ];

    /// Equal to the bit; every NaN counts as the same answer.
    fn same(a: f64, b: f64) -> bool {
        a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
    }

    #[test]
    fn kernels_give_the_bits_of_the_folded_constants() {
        let a = row();
        let mut b = row();
        b.as_flattened_mut().reverse();
        let mut out = row();
        for op in UNARY {
            dispatch!(simd_level(), _simd => unary(op, &mut out, &a));
            for (&x, &y) in a.as_flattened().iter().zip(out.as_flattened()) {
                assert!(same(scalar::unary(op, x), y), "{op:?}({x}) = {y}");
            }
        }
        for op in BINARY {
            let mut check = |a: Source<'_>, b: Source<'_>| {
                dispatch!(simd_level(), _simd => binary(op, &mut out, a, b));
                for (trial, &z) in out.as_flattened().iter().enumerate() {
                    let (x, y) = (a.at(trial), b.at(trial));
                    assert!(same(scalar::binary(op, x, y), z), "{op:?}({x}, {y}) = {z}");
                }
            };
            check(Source::Row(&a), Source::Row(&b));
            check(Source::Row(&a), Source::Row(&a));
            check(Source::Row(&a), Source::Number(0.75));
            check(Source::Number(0.75), Source::Row(&b));
            check(Source::Number(0.75), Source::Number(-3.0));
        }
    }

    #[test]
    fn selections_follow_the_condition_trial_by_trial() {
        let mut c = [[0.0; LANES]; 2];
        for (trial, slot) in c.as_flattened_mut().iter_mut().enumerate() {
            *slot = [1.0, 0.0, f64::NAN, 2.0][trial % 4];
        }
        let (a, b) = (row(), row());
        let mut out = [[0.0; LANES]; 2];
        for (first, second) in [
            (Source::Row(&a[..2]), Source::Row(&b[3..5])),
            (Source::Row(&a[..2]), Source::Number(7.0)),
            (Source::Number(7.0), Source::Row(&b[..2])),
            (Source::Number(7.0), Source::Number(8.0)),
        ] {
            dispatch!(simd_level(), _simd => select(&mut out, &c, first, second));
            for (trial, &value) in out.as_flattened().iter().enumerate() {
                match trial % 4 {
                    0 | 3 => assert_eq!(value.to_bits(), first.at(trial).to_bits()),
                    1 => assert_eq!(value.to_bits(), second.at(trial).to_bits()),
                    _ => assert!(value.is_nan()),
                }
            }
        }
    }

    #[test]
    fn combinations_add_their_terms_from_left_to_right() {
        let (a, b) = (row(), row());
        let terms = [
            (0.3, Source::Row(&a[..])),
            (-1.7, Source::Number(0.1)),
            (1e8, Source::Row(&b[..])),
        ];
        let mut out = row();
        for start in 0..3 {
            let mut terms = terms;
            terms.rotate_left(start);
            dispatch!(simd_level(), _simd => combine(&mut out, terms.iter().copied()));
            for (trial, &value) in out.as_flattened().iter().enumerate() {
                let [x, y, z] = terms.map(|(factor, source)| factor * source.at(trial));
                assert!(same(value, (x + y) + z), "{trial}: {value}");
            }
        }
    }
}
