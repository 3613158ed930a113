//! The unit rules of operators, beside those of the functions.

use super::entry::UnitRule;
use crate::expr::ast::{BinaryOp, UnaryOp};

impl BinaryOp {
    /// How the units of the operands decide that of the value.
    #[must_use]
    pub const fn units(self) -> UnitRule {
        match self {
            Self::Add | Self::Subtract => UnitRule::Same,
            Self::Multiply => UnitRule::Product,
            Self::Divide => UnitRule::Quotient,
            Self::Power => UnitRule::Power,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessEqual
            | Self::Greater
            | Self::GreaterEqual => UnitRule::Compare,
            Self::And | Self::Or => UnitRule::Truth,
        }
    }
}

impl UnaryOp {
    /// How the unit of the operand decides that of the value.
    #[must_use]
    pub const fn units(self) -> UnitRule {
        match self {
            Self::Negate => UnitRule::Same,
            Self::Not => UnitRule::Truth,
        }
    }
}
