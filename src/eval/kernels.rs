//! Loops over rows of trials, compiled for each SIMD level and chosen at run time; every level gives the same bits.
//!
//! Only IEEE addition, multiplication, division and square root are used, in a fixed order and without fused multiply-add, so a wider
//! register changes the speed and nothing else.

use std::sync::OnceLock;

use fearless_simd::{Level, dispatch};

use crate::math;
use crate::plan::{Binary, Operand, Unary, scalar};

/// The instruction set used: the best of this machine.
fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(Level::new)
}

/// `out[i] = f(a[i])`, vectorised for each level.
macro_rules! each {
    ($out:expr, $a:expr, |$x:ident| $body:expr) => {{
        let (out, a): (&mut [f64], &[f64]) = ($out, $a);
        dispatch!(level(), _simd => {
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
            (Source::Row(a), Source::Row(b)) => dispatch!(level(), _simd => {
                for ((slot, &$x), &$y) in out.iter_mut().zip(a).zip(b) {
                    *slot = $body;
                }
            }),
            (Source::Row(a), Source::Number($y)) => dispatch!(level(), _simd => {
                for (slot, &$x) in out.iter_mut().zip(a) {
                    *slot = $body;
                }
            }),
            (Source::Number($x), Source::Row(b)) => dispatch!(level(), _simd => {
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
        (Source::Row(a), Source::Row(b)) => dispatch!(level(), _simd => {
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
    dispatch!(level(), _simd => {
        for (slot, &x) in out.iter_mut().zip(a) {
            *slot += factor * x;
        }
    });
}

/// Uniform numbers in (0, 1) become normal scores.
pub fn normal_quantile_in_place(row: &mut [f64]) {
    dispatch!(level(), _simd => {
        for slot in row.iter_mut() {
            *slot = math::normal_quantile(*slot);
        }
    });
}
