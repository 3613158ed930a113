//! How tightly each operator binds, the one table for the parser and the printer.

use super::ast::{BinaryOp, UnaryOp};

/// How tightly an operator binds; greater is tighter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Precedence {
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Negation,
    Power,
    /// Names, numbers, calls, brackets.
    Primary,
}

impl Precedence {
    /// The next tighter one.
    const fn tighter(self) -> Self {
        match self {
            Self::Or => Self::And,
            Self::And => Self::Not,
            Self::Not => Self::Comparison,
            Self::Comparison => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product => Self::Negation,
            Self::Negation => Self::Power,
            Self::Power | Self::Primary => Self::Primary,
        }
    }
}

impl BinaryOp {
    /// As written: `+`, `<=`, `and`.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Power => "^",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::And => "and",
            Self::Or => "or",
        }
    }

    /// Whether it compares two values: `== != < <= > >=`.
    #[must_use]
    pub const fn is_comparison(self) -> bool {
        matches!(self.precedence(), Precedence::Comparison)
    }

    pub(super) const fn precedence(self) -> Precedence {
        match self {
            Self::Or => Precedence::Or,
            Self::And => Precedence::And,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessEqual
            | Self::Greater
            | Self::GreaterEqual => Precedence::Comparison,
            Self::Add | Self::Subtract => Precedence::Sum,
            Self::Multiply | Self::Divide => Precedence::Product,
            Self::Power => Precedence::Power,
        }
    }

    /// The loosest operand that may stand on the left without parentheses.
    pub(super) const fn left_operand(self) -> Precedence {
        let own = self.precedence();
        match own {
            // `a < b < c` is refused; `(a ^ b) ^ c` needs its parentheses because `^` groups to the right.
            Precedence::Comparison | Precedence::Power => own.tighter(),
            _ => own,
        }
    }

    /// The loosest operand that may stand on the right without parentheses.
    pub(super) const fn right_operand(self) -> Precedence {
        match self {
            // To the right, and `2^-1` needs no parentheses.
            Self::Power => Precedence::Negation,
            _ => self.precedence().tighter(),
        }
    }
}

impl UnaryOp {
    /// As written: `-` or `not`.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Negate => "-",
            Self::Not => "not",
        }
    }

    pub(super) const fn precedence(self) -> Precedence {
        match self {
            Self::Negate => Precedence::Negation,
            Self::Not => Precedence::Not,
        }
    }
}
