//! Loops over rows of trials, compiled for each SIMD level and chosen at run time; every level gives the same bits.
//!
//! Only IEEE addition, multiplication, division and square root are used, in a fixed order and without fused multiply-add, so a wider
//! register changes the speed and nothing else.

use fearless_simd::dispatch;

use crate::math::{self, simd_level};
use crate::plan::{Binary, Operand, Unary, scalar};

/// `out[i] = f(a[i])`, vectorised for each level.
macro_rules! each {
    ($out:expr, $a:expr, |$x:ident| $body:expr) => {{
        let (out, a): (&mut [f64], &[f64]) = ($out, $a);
        dispatch!(simd_level(), _simd => {
            for (slot, &$x) in out.iter_mut().zip(a) {
                *slot = $body;
            }
        })
    }};
}

/// `out[i] = f(a[i], b[i])` for rows and numbers alike.
macro_rules! pair {
    ($out:expr, $a:expr, $b:expr, |$x:ident, $y:ident| $body:expr) => {{
        let out: &mut [f64] = $out;
        match ($a, $b) {
            (Source::Row(a), Source::Row(b)) => dispatch!(simd_level(), _simd => {
                for ((slot, &$x), &$y) in out.iter_mut().zip(a).zip(b) {
                    *slot = $body;
                }
            }),
            (Source::Row(a), Source::Number($y)) => dispatch!(simd_level(), _simd => {
                for (slot, &$x) in out.iter_mut().zip(a) {
                    *slot = $body;
                }
            }),
            (Source::Number($x), Source::Row(b)) => dispatch!(simd_level(), _simd => {
                for (slot, &$y) in out.iter_mut().zip(b) {
                    *slot = $body;
                }
            }),
            (Source::Number($x), Source::Number($y)) => out.fill($body),
        }
    }};
}

/// What a kernel reads.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// One number for each trial.
    Row(&'a [f64]),
    /// The same for all.
    Number(f64),
}

impl<'a> Source<'a> {
    /// What `operand` stands for among `rows`, cut to `n` trials.
    #[must_use]
    pub fn of(operand: Operand, rows: &'a [Vec<f64>], n: usize) -> Self {
        match operand {
            Operand::Row(row) => Self::Row(&rows[row as usize][..n]),
            Operand::Number(x) => Self::Number(x),
        }
    }

    /// The value in one trial.
    #[must_use]
    pub fn at(&self, trial: usize) -> f64 {
        match self {
            Self::Row(row) => row[trial],
            Self::Number(x) => *x,
        }
    }
}

/// Applies `op` to a row.
pub fn unary(op: Unary, out: &mut [f64], a: &[f64]) {
    match op {
        Unary::Negate => each!(out, a, |x| -x),
        Unary::Not => each!(out, a, |x| scalar::truth(x == 0.0, x, x)),
        Unary::Abs => each!(out, a, |x| x.abs()),
        Unary::Sign => each!(out, a, |x| scalar::sign(x)),
        Unary::Floor => each!(out, a, |x| x.floor()),
        Unary::Round => each!(out, a, |x| x.round()),
        Unary::Sqrt => each!(out, a, |x| x.sqrt()),
        Unary::Square => each!(out, a, |x| x * x),
        Unary::Exp => each!(out, a, |x| math::exp(x)),
        Unary::Ln => each!(out, a, |x| math::ln(x)),
        Unary::Ln1p => each!(out, a, |x| math::ln_1p(x)),
        Unary::Log10 => each!(out, a, |x| math::log10(x)),
        Unary::Sin => each!(out, a, |x| math::sin(x)),
        Unary::Cos => each!(out, a, |x| math::cos(x)),
        Unary::Tan => each!(out, a, |x| math::tan(x)),
        Unary::Logistic => each!(out, a, |x| math::logistic(x)),
        Unary::Logit => each!(out, a, |x| math::logit(x)),
        Unary::NormalCdf => each!(out, a, |x| math::normal_cdf(x)),
        Unary::NormalQuantile => each!(out, a, |x| math::normal_quantile(x)),
    }
}

/// Applies `op` to two operands.
pub fn binary(op: Binary, out: &mut [f64], a: Source<'_>, b: Source<'_>) {
    match op {
        Binary::Add => pair!(out, a, b, |x, y| x + y),
        Binary::Subtract => pair!(out, a, b, |x, y| x - y),
        Binary::Multiply => pair!(out, a, b, |x, y| x * y),
        Binary::Divide => pair!(out, a, b, |x, y| x / y),
        Binary::Power => pair!(out, a, b, |x, y| math::pow(x, y)),
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
pub fn select(out: &mut [f64], c: &[f64], a: Source<'_>, b: Source<'_>) {
    match (a, b) {
        (Source::Row(a), Source::Row(b)) => dispatch!(simd_level(), _simd => {
            for (((slot, &c), &a), &b) in out.iter_mut().zip(c).zip(a).zip(b) {
                *slot = scalar::select(c, a, b);
            }
        }),
        (Source::Row(a), Source::Number(b)) => {
            pair!(out, Source::Row(c), Source::Row(a), |c, a| scalar::select(
                c, a, b
            ))
        }
        (Source::Number(a), Source::Row(b)) => {
            pair!(out, Source::Row(c), Source::Row(b), |c, b| scalar::select(
                c, a, b
            ))
        }
        (Source::Number(a), Source::Number(b)) => each!(out, c, |c| scalar::select(c, a, b)),
    }
}

/// `out = factor · a`.
pub fn scale(out: &mut [f64], factor: f64, a: &[f64]) {
    each!(out, a, |x| factor * x);
}

/// `out += factor · a`.
pub fn add_scaled(out: &mut [f64], factor: f64, a: &[f64]) {
    dispatch!(simd_level(), _simd => {
        for (slot, &x) in out.iter_mut().zip(a) {
            *slot += factor * x;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of both signs and many sizes, among them zeros, ones and the ends of (0, 1).
    fn row() -> Vec<f64> {
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
        row
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
        b.reverse();
        let mut out = vec![0.0; a.len()];
        for op in UNARY {
            unary(op, &mut out, &a);
            for (&x, &y) in a.iter().zip(&out) {
                assert!(same(scalar::unary(op, x), y), "{op:?}({x}) = {y}");
            }
        }
        for op in BINARY {
            binary(op, &mut out, Source::Row(&a), Source::Row(&b));
            for ((&x, &y), &z) in a.iter().zip(&b).zip(&out) {
                assert!(same(scalar::binary(op, x, y), z), "{op:?}({x}, {y}) = {z}");
            }
            binary(op, &mut out, Source::Row(&a), Source::Number(0.75));
            for (&x, &z) in a.iter().zip(&out) {
                assert!(
                    same(scalar::binary(op, x, 0.75), z),
                    "{op:?}({x}, 0.75) = {z}"
                );
            }
            binary(op, &mut out, Source::Number(0.75), Source::Row(&b));
            for (&y, &z) in b.iter().zip(&out) {
                assert!(
                    same(scalar::binary(op, 0.75, y), z),
                    "{op:?}(0.75, {y}) = {z}"
                );
            }
        }
    }

    #[test]
    fn selections_follow_the_condition_trial_by_trial() {
        let c = [1.0, 0.0, f64::NAN, 2.0];
        let (a, b) = ([1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]);
        let mut out = [0.0; 4];
        for (first, second) in [
            (Source::Row(&a[..]), Source::Row(&b[..])),
            (Source::Row(&a[..]), Source::Number(7.0)),
            (Source::Number(7.0), Source::Row(&b[..])),
            (Source::Number(7.0), Source::Number(8.0)),
        ] {
            select(&mut out, &c, first, second);
            for trial in [0, 3] {
                assert_eq!(out[trial], first.at(trial));
            }
            assert_eq!(out[1], second.at(1));
            assert!(out[2].is_nan());
        }
    }
}
