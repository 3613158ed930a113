//! Values of terms that no trial changes, as far as they are plain arithmetic on numbers and data.

use std::rc::Rc;

use super::checked::{Draw, NodeId, Operation, ParameterTerm, Term, TermKind};
use super::overrides::{Definitions, What};
use crate::dimension::{Assignment, Dimensions, Shape};
use crate::dist::{Distribution, DistributionError, ParameterValue, build};
use crate::math;

/// The values of data nodes.
pub(super) struct Constants {
    /// For each node its values; `None` where they are computed or incomplete.
    pub(super) values: Vec<Option<Rc<Vec<f64>>>>,
}

impl Constants {
    /// Nodes whose every cell is a fixed number.
    pub(super) fn of(definitions: &Definitions) -> Self {
        let values = definitions
            .iter()
            .map(|list| match list.as_slice() {
                [only] => match &only.what {
                    What::Values(values) => Some(Rc::clone(values)),
                    What::Formula(_) | What::Broken => None,
                },
                _ => None,
            })
            .collect();
        Self { values }
    }

    /// The distribution of a draw at one cell; `None` where a parameter is no plain constant.
    pub(super) fn distribution(
        &self,
        draw: &Draw,
        shapes: &[Option<Shape>],
        at: &Assignment,
        dimensions: &Dimensions,
    ) -> Option<Result<Distribution, DistributionError>> {
        let values: Option<Vec<ParameterValue>> = draw
            .parameters
            .iter()
            .map(|parameter| match &parameter.value {
                ParameterTerm::List(list) => Some(ParameterValue::List(list.clone())),
                ParameterTerm::Number(term) => self
                    .value(term, shapes, at, dimensions)
                    .map(ParameterValue::Number),
            })
            .collect();
        Some(build(&draw.parametrisation, &values?))
    }

    /// The value of a term at one cell; `None` where it is no plain constant.
    pub(super) fn value(
        &self,
        term: &Term,
        shapes: &[Option<Shape>],
        at: &Assignment,
        dimensions: &Dimensions,
    ) -> Option<f64> {
        match &term.kind {
            TermKind::Number(value) => Some(*value),
            TermKind::LabelNumber(id) => {
                let label = at.label(*id, dimensions)?;
                dimensions.at(*id).labels[label as usize].number
            }
            TermKind::IsLabel(id, label) => Some(truth(at.label(*id, dimensions)? == *label, &[])),
            TermKind::Node(NodeId(id)) => {
                let values = self.values[*id as usize].as_ref()?;
                let cell = shapes[*id as usize].as_ref()?.cell_at(at, dimensions)?;
                values.get(cell).copied()
            }
            TermKind::Apply(operation, operands) => {
                let values: Option<Vec<f64>> = operands
                    .iter()
                    .map(|operand| self.value(operand, shapes, at, dimensions))
                    .collect();
                Some(apply(*operation, &values?))
            }
            TermKind::Slice {
                operand,
                dimension,
                label,
            } => self.value(operand, shapes, &at.with(*dimension, *label), dimensions),
            // The plan evaluates these; it repeats the checks that depend on them.
            TermKind::Reduce { .. }
            | TermKind::Prev { .. }
            | TermKind::Cumulative(_)
            | TermKind::Interpolate { .. } => None,
        }
    }
}

/// 1 or 0; NaN where an operand is, so that a broken number cannot pass as an answer.
fn truth(holds: bool, operands: &[f64]) -> f64 {
    match (operands.iter().any(|x| x.is_nan()), holds) {
        (true, _) => f64::NAN,
        (false, true) => 1.0,
        (false, false) => 0.0,
    }
}

/// The smaller; NaN if either is.
fn smaller(a: f64, b: f64) -> f64 {
    if a.is_nan() || a < b { a } else { b }
}

/// The larger; NaN if either is.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || a > b { a } else { b }
}

/// The value of an operation on numbers: the same as that of the plan, NaN included.
fn apply(operation: Operation, x: &[f64]) -> f64 {
    match operation {
        Operation::Negate => -x[0],
        Operation::Not => truth(x[0] == 0.0, x),
        Operation::Add => x[0] + x[1],
        Operation::Subtract => x[0] - x[1],
        Operation::Multiply => x[0] * x[1],
        Operation::Divide => x[0] / x[1],
        Operation::Power => math::pow(x[0], x[1]),
        Operation::Equal => truth(x[0] == x[1], x),
        Operation::NotEqual => truth(x[0] != x[1], x),
        Operation::Less => truth(x[0] < x[1], x),
        Operation::LessEqual => truth(x[0] <= x[1], x),
        Operation::Greater => truth(x[0] > x[1], x),
        Operation::GreaterEqual => truth(x[0] >= x[1], x),
        Operation::And => truth(x[0] != 0.0 && x[1] != 0.0, x),
        Operation::Or => truth(x[0] != 0.0 || x[1] != 0.0, x),
        Operation::If => {
            if x[0].is_nan() {
                x[0]
            } else if x[0] != 0.0 {
                x[1]
            } else {
                x[2]
            }
        }
        Operation::Min => x.iter().copied().fold(f64::INFINITY, smaller),
        Operation::Max => x.iter().copied().fold(f64::NEG_INFINITY, larger),
        Operation::Clamp => smaller(larger(x[0], x[1]), x[2]),
        Operation::Abs => x[0].abs(),
        Operation::Sign => {
            if x[0] == 0.0 {
                0.0
            } else {
                x[0].signum()
            }
        }
        Operation::Floor => x[0].floor(),
        Operation::Round => x[0].round(),
        Operation::Sqrt => x[0].sqrt(),
        Operation::Exp => math::exp(x[0]),
        Operation::Ln => math::ln(x[0]),
        Operation::Log10 => math::log10(x[0]),
        Operation::Sin => math::sin(x[0]),
        Operation::Cos => math::cos(x[0]),
        Operation::Tan => math::tan(x[0]),
        Operation::Atan2 => math::atan2(x[0], x[1]),
        Operation::Logistic => math::logistic(x[0]),
        Operation::Logit => math::logit(x[0]),
        Operation::NormalCdf => math::normal_cdf(x[0]),
        Operation::NormalQuantile => math::normal_quantile(x[0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_computed_from_nan_is_nan() {
        use Operation as Op;
        let nan = f64::NAN;
        for operation in [
            Op::Equal,
            Op::NotEqual,
            Op::Less,
            Op::LessEqual,
            Op::Greater,
            Op::GreaterEqual,
            Op::And,
            Op::Or,
            Op::Min,
            Op::Max,
        ] {
            assert!(apply(operation, &[nan, 1.0]).is_nan(), "{operation:?}");
            assert!(apply(operation, &[1.0, nan]).is_nan(), "{operation:?}");
        }
        assert!(apply(Op::Not, &[nan]).is_nan());
        assert!(apply(Op::Sign, &[nan]).is_nan());
        assert!(apply(Op::If, &[nan, 1.0, 2.0]).is_nan());
        for place in 0..3 {
            let mut operands = [0.5, 0.0, 1.0];
            operands[place] = nan;
            assert!(apply(Op::Clamp, &operands).is_nan(), "{place}");
        }
    }

    #[test]
    fn truths_are_one_and_zero() {
        use Operation as Op;
        for (operation, operands, expected) in [
            (Op::Less, [1.0, 2.0], 1.0),
            (Op::GreaterEqual, [1.0, 2.0], 0.0),
            (Op::And, [1.0, 0.0], 0.0),
            (Op::Or, [1.0, 0.0], 1.0),
            (Op::Min, [1.0, 2.0], 1.0),
            (Op::Max, [1.0, 2.0], 2.0),
        ] {
            assert_eq!(apply(operation, &operands), expected, "{operation:?}");
        }
        assert_eq!(apply(Op::If, &[1.0, 5.0, 6.0]), 5.0);
        assert_eq!(apply(Op::Clamp, &[3.0, 0.0, 1.0]), 1.0);
    }
}
