//! The value of an expression where an assignment points: slices, reductions and steps in time become choices of values.

use super::build::Builder;
use super::graph::{Binary, Fold, Unary, ValueId};
use crate::check::{Operation, Term, TermKind};
use crate::diag::Diagnostic;
use crate::dimension::{Assignment, Shape};
use crate::expr::Reduction;

impl Builder<'_> {
    /// The value of a term where `at` points.
    pub(crate) fn term(&mut self, term: &Term, at: &Assignment) -> ValueId {
        if self.is_full(term.span) {
            return self.graph.number(f64::NAN);
        }
        match &term.kind {
            TermKind::Number(x) => self.graph.number(*x),
            TermKind::Node(node) => self.node_at(*node, at),
            TermKind::LabelNumber(id) => {
                let number = at
                    .label(*id, &self.model.dimensions)
                    .and_then(|label| self.model.dimensions.at(*id).labels[label as usize].number);
                self.graph.number(number.unwrap_or(f64::NAN))
            }
            TermKind::IsLabel(id, label) => {
                let holds = at.label(*id, &self.model.dimensions) == Some(*label);
                self.graph.number(if holds { 1.0 } else { 0.0 })
            }
            TermKind::Apply(operation, operands) => self.apply(*operation, operands, at),
            TermKind::Slice {
                operand,
                dimension,
                label,
            } => self.term(
                operand,
                &at.moved_to(*dimension, *label, &self.model.dimensions),
            ),
            TermKind::Prev { operand, start } => {
                let time = self
                    .model
                    .dimensions
                    .time()
                    .expect("the checker requires a time dimension for prev");
                match at.label(time, &self.model.dimensions) {
                    Some(now) if now > 0 => self.term(operand, &at.with(time, now - 1)),
                    _ => self.term(start, at),
                }
            }
            TermKind::Reduce { .. } | TermKind::Cumulative(_) | TermKind::Interpolate { .. } => {
                let key = (term.id, self.projection(&term.shape, at));
                if let Some(&value) = self.terms.get(&key) {
                    return value;
                }
                let value = self.wide_term(term, at);
                self.terms.insert(key, value);
                value
            }
        }
    }

    /// The part of an assignment on which a term of this shape can depend.
    fn projection(&self, shape: &Shape, at: &Assignment) -> Assignment {
        let all = &self.model.dimensions;
        let mut key = Assignment::empty(all);
        for (id, label) in at.iter() {
            if shape.iter().any(|own| all.leads_to(own, id)) {
                key.set(id, label);
            }
        }
        for own in shape.iter() {
            // A label that is stated stays, whatever a child implies: at a country a sum over regions reads every region.
            if let (None, Some(label)) = (at.own(own), at.label(own, all)) {
                key.set(own, label);
            }
        }
        key
    }

    /// Terms that read many cells.
    fn wide_term(&mut self, term: &Term, at: &Assignment) -> ValueId {
        match &term.kind {
            TermKind::Reduce {
                reduction,
                operand,
                level,
                dimension,
                by,
            } => {
                let all = &self.model.dimensions;
                let n = all.at(*dimension).len() as u32;
                let labels: Vec<u32> = match by {
                    None => (0..n).collect(),
                    Some(parent) => {
                        let wanted = at.label(*parent, all);
                        if wanted.is_none() {
                            // The checker refuses such a place; a sum over nothing would be a silent zero.
                            self.problems.push(Diagnostic::error(
                                "undetermined-label",
                                term.span,
                                format!(
                                    "which label of `{}`? The place does not tell",
                                    all.at(*parent).name
                                ),
                            ));
                        }
                        (0..n)
                            .filter(|&label| {
                                all.ancestor_label(*dimension, label, *parent) == wanted
                            })
                            .collect()
                    }
                };
                let values: Vec<_> = labels
                    .iter()
                    .map(|&label| {
                        self.term(
                            operand,
                            &at.moved_to(*dimension, label, &self.model.dimensions),
                        )
                    })
                    .collect();
                let level = level.as_ref().map(|level| self.term(level, at));
                self.reduce(*reduction, &values, level)
            }
            TermKind::Cumulative(operand) => {
                let time = self
                    .model
                    .dimensions
                    .time()
                    .expect("the checker requires a time dimension for cumulative");
                let now = at.label(time, &self.model.dimensions).unwrap_or(0);
                let mut sum = None;
                for label in 0..=now {
                    let there = at.with(time, label);
                    let key = (term.id, self.projection(&term.shape, &there));
                    let value = match self.terms.get(&key) {
                        Some(&value) => value,
                        None => {
                            let value = self.term(operand, &there);
                            let total = match sum {
                                None => value,
                                Some(before) => self.graph.binary(Binary::Add, before, value),
                            };
                            self.terms.insert(key, total);
                            total
                        }
                    };
                    sum = Some(value);
                }
                sum.expect("the loop runs at least once")
            }
            TermKind::Interpolate { at: point, points } => {
                let t = self.term(point, at);
                let knots: Vec<f64> = points.iter().map(|(knot, _)| *knot).collect();
                let values: Vec<_> = points
                    .iter()
                    .map(|(_, value)| self.term(value, at))
                    .collect();
                self.graph.interpolate(t, &knots, &values)
            }
            _ => self.term(term, at),
        }
    }

    fn reduce(
        &mut self,
        reduction: Reduction,
        values: &[ValueId],
        level: Option<ValueId>,
    ) -> ValueId {
        let n = self.graph.number(values.len() as f64);
        match reduction {
            Reduction::Sum => self.graph.fold(Fold::Sum, values),
            Reduction::Product => self.graph.fold(Fold::Product, values),
            Reduction::Min => self.graph.fold(Fold::Min, values),
            Reduction::Max => self.graph.fold(Fold::Max, values),
            Reduction::Any => self.graph.fold(Fold::Any, values),
            Reduction::All => self.graph.fold(Fold::All, values),
            Reduction::Mean => {
                let sum = self.graph.fold(Fold::Sum, values);
                self.graph.binary(Binary::Divide, sum, n)
            }
            Reduction::Count => {
                let zero = self.graph.number(0.0);
                let flags: Vec<_> = values
                    .iter()
                    .map(|&value| self.graph.binary(Binary::NotEqual, value, zero))
                    .collect();
                self.graph.fold(Fold::Sum, &flags)
            }
            Reduction::Median => {
                let half = self.graph.number(0.5);
                self.graph.order_statistic(values, half)
            }
            Reduction::Quantile => {
                let level = level.expect("the checker requires a level for quantile");
                self.graph.order_statistic(values, level)
            }
        }
    }

    fn apply(&mut self, operation: Operation, operands: &[Term], at: &Assignment) -> ValueId {
        use Operation as Op;
        if let (Op::If, [condition, then, otherwise]) = (operation, operands) {
            let c = self.term(condition, at);
            // A branch that is never taken in this cell is not evaluated.
            return match self.graph.known(c) {
                Some(x) if x.is_nan() => c,
                Some(x) => self.term(if x != 0.0 { then } else { otherwise }, at),
                None => {
                    let (a, b) = (self.term(then, at), self.term(otherwise, at));
                    self.graph.select(c, a, b)
                }
            };
        }
        let values: Vec<_> = operands
            .iter()
            .map(|operand| self.term(operand, at))
            .collect();
        match (operation, &values[..]) {
            (Op::Min, list) => self.graph.fold(Fold::Min, list),
            (Op::Max, list) => self.graph.fold(Fold::Max, list),
            (Op::Clamp, &[x, lower, upper]) => {
                let raised = self.graph.binary(Binary::Max, x, lower);
                self.graph.binary(Binary::Min, raised, upper)
            }
            (Op::Greater, &[a, b]) => self.graph.binary(Binary::Less, b, a),
            (Op::GreaterEqual, &[a, b]) => self.graph.binary(Binary::LessEqual, b, a),
            (_, &[a]) => self.graph.unary(unary_of(operation), a),
            (_, &[a, b]) => self.graph.binary(binary_of(operation), a, b),
            _ => unreachable!("the checker fixes the number of operands of {operation:?}"),
        }
    }
}

fn unary_of(operation: Operation) -> Unary {
    match operation {
        Operation::Negate => Unary::Negate,
        Operation::Not => Unary::Not,
        Operation::Abs => Unary::Abs,
        Operation::Sign => Unary::Sign,
        Operation::Floor => Unary::Floor,
        Operation::Round => Unary::Round,
        Operation::Sqrt => Unary::Sqrt,
        Operation::Exp => Unary::Exp,
        Operation::Ln => Unary::Ln,
        Operation::Log10 => Unary::Log10,
        Operation::Sin => Unary::Sin,
        Operation::Cos => Unary::Cos,
        Operation::Tan => Unary::Tan,
        Operation::Logistic => Unary::Logistic,
        Operation::Logit => Unary::Logit,
        Operation::NormalCdf => Unary::NormalCdf,
        Operation::NormalQuantile => Unary::NormalQuantile,
        other => unreachable!("{other:?} does not take one operand"),
    }
}

fn binary_of(operation: Operation) -> Binary {
    match operation {
        Operation::Add => Binary::Add,
        Operation::Subtract => Binary::Subtract,
        Operation::Multiply => Binary::Multiply,
        Operation::Divide => Binary::Divide,
        Operation::Power => Binary::Power,
        Operation::Equal => Binary::Equal,
        Operation::NotEqual => Binary::NotEqual,
        Operation::Less => Binary::Less,
        Operation::LessEqual => Binary::LessEqual,
        Operation::And => Binary::And,
        Operation::Or => Binary::Or,
        Operation::Atan2 => Binary::Atan2,
        other => unreachable!("{other:?} does not take two operands"),
    }
}
