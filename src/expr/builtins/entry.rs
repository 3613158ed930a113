//! What the table says of each built-in.

use std::fmt;

use super::named::named_set;
use super::{Function, Reduction, TimeForm};

/// A built-in function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Builtin {
    /// Cell by cell.
    Function(Function),
    /// Over a dimension, or from it to its parent.
    Reduction(Reduction),
    /// Along the time dimension, or by its labels.
    Time(TimeForm),
}

named_set! {
    /// A number with a name.
    pub enum Constant {
        /// The ratio of a circle's circumference to its diameter.
        Pi => "pi",
        /// The base of natural logarithms.
        E => "e",
    }
}

impl Constant {
    /// Its value, dimensionless.
    #[must_use]
    pub const fn value(self) -> f64 {
        match self {
            Self::Pi => std::f64::consts::PI,
            Self::E => std::f64::consts::E,
        }
    }
}

/// How many arguments a built-in takes, dimension included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arity {
    /// The fewest.
    pub least: usize,
    /// The most; `None` is any number.
    pub most: Option<usize>,
}

impl Arity {
    /// Exactly `count`.
    #[must_use]
    pub const fn exactly(count: usize) -> Self {
        Self {
            least: count,
            most: Some(count),
        }
    }

    /// `least` or more.
    #[must_use]
    pub const fn at_least(least: usize) -> Self {
        Self { least, most: None }
    }

    /// Whether `count` arguments are right.
    #[must_use]
    pub fn accepts(self, count: usize) -> bool {
        count >= self.least && self.most.is_none_or(|most| count <= most)
    }
}

/// `1 argument`, `3 arguments`, `2 or more arguments`, `2 to 3 arguments`.
impl fmt::Display for Arity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.most {
            None => write!(formatter, "{} or more arguments", self.least),
            Some(1) if self.least == 1 => write!(formatter, "1 argument"),
            Some(most) if most == self.least => write!(formatter, "{most} arguments"),
            Some(most) => write!(formatter, "{} to {most} arguments", self.least),
        }
    }
}

/// How the units of the arguments decide that of the value. A dimension or a level among the arguments has no part in it, except that a level is `1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitRule {
    /// Every argument is `1`; so is the value (`exp`, `ln`).
    Dimensionless,
    /// All arguments have one unit; the value has it too (`+`, `min`, `abs`).
    Same,
    /// The first argument is true or false; the others have one unit, which is that of the value (`if`).
    Choice,
    /// Any unit; the value is `1` (`sign`).
    SignLike,
    /// All arguments have one unit; the value is `1` (`atan2`).
    Angle,
    /// The square root of the unit of the argument (`sqrt`).
    SquareRoot,
    /// All arguments have one unit; the value is true or false (`<`).
    Compare,
    /// The product of the units (`*`).
    Product,
    /// The quotient of the units (`/`).
    Quotient,
    /// The unit of the base to the exponent. The exponent is `1`; a base that has a unit needs a constant exponent (`^`).
    Power,
    /// Arguments and value are true or false (`and`, `any`).
    Truth,
    /// The unit of the first argument (`sum` over a dimension).
    Keep,
    /// The first argument is true or false; the value is `1` (`count`).
    Count,
    /// The first argument and the keys are `1`; all values of the map have one unit, which is that of the value (`interpolate`).
    Interpolate,
}

/// An expression and what it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// Uses only constants and, where a dimension is needed, the time dimension `year` with the labels 2023, 2024, 2025.
    pub expression: &'static str,
    /// A number to about 15 digits (relative tolerance 1e-12), `true`, `false`, or the three values over `year` separated by `, `.
    pub value: &'static str,
}

/// One row of the table of built-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Which one.
    pub builtin: Builtin,
    /// As written in a model.
    pub name: &'static str,
    /// Names and order of the arguments: `clamp(x, low, high)`.
    pub signature: &'static str,
    /// What it gives, in one sentence.
    pub doc: &'static str,
    /// How many arguments.
    pub arity: Arity,
    /// The unit of the value.
    pub units: UnitRule,
    /// At least one.
    pub examples: &'static [Example],
}

/// One example.
pub(super) const fn example(expression: &'static str, value: &'static str) -> Example {
    Example { expression, value }
}
