//! Values of a plan, each computed once: equal operations on equal operands are one value, and operations on numbers are numbers.

use super::known::Known;
use super::{crossing, scalar};
use crate::check::NodeId;

/// The number of a value within its graph; operands always come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ValueId(pub u32);

/// Functions of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each is the function of the expression language with that name"
)]
pub enum Unary {
    Negate,
    Not,
    Abs,
    Sign,
    Floor,
    Round,
    Sqrt,
    /// x·x, of `x ^ 2`
    Square,
    Exp,
    Ln,
    /// ln(1 + x), of the spread of a lognormal by mean and sd
    Ln1p,
    Log10,
    Sin,
    Cos,
    Tan,
    Logistic,
    Logit,
    NormalCdf,
    NormalQuantile,
}

impl Unary {
    /// Its name in the expression language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Negate => "negate",
            Self::Not => "not",
            Self::Abs => "abs",
            Self::Sign => "sign",
            Self::Floor => "floor",
            Self::Round => "round",
            Self::Sqrt => "sqrt",
            Self::Square => "square",
            Self::Exp => "exp",
            Self::Ln => "ln",
            Self::Ln1p => "ln(1 + x)",
            Self::Log10 => "log10",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Tan => "tan",
            Self::Logistic => "logistic",
            Self::Logit => "logit",
            Self::NormalCdf => "normal_cdf",
            Self::NormalQuantile => "normal_quantile",
        }
    }
}

/// Functions of two rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each is the operator of the expression language with that name"
)]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Atan2,
    Min,
    Max,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    And,
    Or,
}

impl Binary {
    /// Its name in the expression language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Power => "^",
            Self::Atan2 => "atan2",
            Self::Min => "min",
            Self::Max => "max",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

/// Reductions that are chains of a [`Binary`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "each is the reduction of the expression language with that name"
)]
pub enum Fold {
    Sum,
    Product,
    Min,
    Max,
    Any,
    All,
}

impl Fold {
    /// The operation between neighbours.
    #[must_use]
    pub const fn step(self) -> Binary {
        match self {
            Self::Sum => Binary::Add,
            Self::Product => Binary::Multiply,
            Self::Min => Binary::Min,
            Self::Max => Binary::Max,
            Self::Any => Binary::Or,
            Self::All => Binary::And,
        }
    }

    /// The value of an empty list (a parent without children).
    #[must_use]
    pub const fn of_nothing(self) -> f64 {
        match self {
            Self::Sum | Self::Any => 0.0,
            Self::Product | Self::All => 1.0,
            Self::Min | Self::Max => f64::NAN,
        }
    }
}

/// How a value is computed. Numbers are kept by their bits so that values can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    /// A number known before any trial.
    Number(u64),
    /// A standard normal score.
    Score(u32),
    /// The uniform number of which a score is the normal quantile: the level of a draw.
    Level(u32),
    /// A function of one value.
    Unary(Unary, ValueId),
    /// A function of two.
    Binary(Binary, ValueId, ValueId),
    /// condition, then, else
    Select(ValueId, ValueId, ValueId),
    /// Σ coefficient × value
    Combine(Box<[(u64, ValueId)]>),
    /// A fixed distribution at a score or a level.
    Draw(u32, ValueId),
    /// A distribution whose parameters vary by trial, at a score or a level (the last value).
    DrawWith(u32, Box<[ValueId]>),
    /// The quantile of a list at a level (the last value).
    OrderStatistic(Box<[ValueId]>),
    /// Knots (bits), values, and the point (the last value).
    Interpolate(Box<[u64]>, Box<[ValueId]>),
    /// Index of the first positive difference; the length of the list if none is.
    CrossingFirst(Box<[ValueId]>),
    /// 1 where a difference after the first positive one is not positive.
    CrossingRecross(Box<[ValueId]>),
    /// The date of the first sign change, first label (bits) given.
    CrossingDate(u64, Box<[ValueId]>),
}

impl Value {
    /// Calls `visit` with each operand.
    pub(crate) fn operands(&self, mut visit: impl FnMut(ValueId)) {
        match self {
            Self::Number(_) | Self::Score(_) | Self::Level(_) => {}
            Self::Unary(_, a) | Self::Draw(_, a) => visit(*a),
            Self::Binary(_, a, b) => {
                visit(*a);
                visit(*b);
            }
            Self::Select(c, a, b) => {
                visit(*c);
                visit(*a);
                visit(*b);
            }
            Self::Combine(terms) => terms.iter().for_each(|(_, value)| visit(*value)),
            Self::DrawWith(_, list)
            | Self::OrderStatistic(list)
            | Self::Interpolate(_, list)
            | Self::CrossingFirst(list)
            | Self::CrossingRecross(list)
            | Self::CrossingDate(_, list) => list.iter().for_each(|value| visit(*value)),
        }
    }
}

/// All values of a plan under construction.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    values: Vec<Value>,
    known: Known,
    /// The node that each value was first made for; `None` for expressions of outputs and crossings.
    origins: Vec<Option<NodeId>>,
    /// The node that values are made for now.
    pub(crate) origin: Option<NodeId>,
}

impl Graph {
    /// The value that is computed like this, new or known.
    pub(crate) fn intern(&mut self, value: Value) -> ValueId {
        let (number, new) = self.known.number(&self.values, &value);
        if new {
            self.values.push(value);
            self.origins.push(self.origin);
        }
        ValueId(number)
    }

    /// The node that a value was first made for.
    pub(crate) fn origin_of(&self, id: ValueId) -> Option<NodeId> {
        self.origins[id.0 as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn at(&self, id: ValueId) -> &Value {
        &self.values[id.0 as usize]
    }

    /// Whether each value takes part in one of those wanted, by value; what makes the values of `ends` is not looked at.
    pub(crate) fn needed(
        &self,
        wanted: impl IntoIterator<Item = ValueId>,
        ends: impl IntoIterator<Item = ValueId>,
    ) -> Vec<bool> {
        let mut is_end = vec![false; self.len()];
        for end in ends {
            is_end[end.0 as usize] = true;
        }
        let mut needed = vec![false; self.len()];
        for value in wanted {
            needed[value.0 as usize] = true;
        }
        // Operands have smaller numbers than what they make.
        for index in (0..self.len()).rev() {
            if needed[index] && !is_end[index] {
                self.values[index].operands(|operand| needed[operand.0 as usize] = true);
            }
        }
        needed
    }

    pub(crate) fn number(&mut self, x: f64) -> ValueId {
        self.intern(Value::Number(x.to_bits()))
    }

    /// The number that a value is, if it does not vary.
    pub(crate) fn known(&self, id: ValueId) -> Option<f64> {
        match self.at(id) {
            Value::Number(bits) => Some(f64::from_bits(*bits)),
            _ => None,
        }
    }

    /// The numbers that values are, if none varies.
    pub(crate) fn all_known(&self, ids: &[ValueId]) -> Option<Vec<f64>> {
        ids.iter().map(|&id| self.known(id)).collect()
    }

    pub(crate) fn unary(&mut self, op: Unary, a: ValueId) -> ValueId {
        match self.known(a) {
            Some(x) => self.number(scalar::unary(op, x)),
            None => self.intern(Value::Unary(op, a)),
        }
    }

    pub(crate) fn binary(&mut self, op: Binary, a: ValueId, b: ValueId) -> ValueId {
        match (op, self.known(a), self.known(b)) {
            (_, Some(x), Some(y)) => self.number(scalar::binary(op, x, y)),
            // Neutral operands leave every bit of the other as it is (but for the sign of a zero).
            (Binary::Multiply | Binary::Divide | Binary::Power, None, Some(1.0)) => a,
            (Binary::Multiply, Some(1.0), None) => b,
            (Binary::Add | Binary::Subtract, None, Some(0.0)) => a,
            (Binary::Add, Some(0.0), None) => b,
            (Binary::Power, None, Some(2.0)) => self.intern(Value::Unary(Unary::Square, a)),
            (Binary::Power, None, Some(0.5)) => self.intern(Value::Unary(Unary::Sqrt, a)),
            (Binary::Power, None, Some(-1.0)) => {
                let one = self.number(1.0);
                self.intern(Value::Binary(Binary::Divide, one, a))
            }
            _ => self.intern(Value::Binary(op, a, b)),
        }
    }

    pub(crate) fn select(&mut self, c: ValueId, a: ValueId, b: ValueId) -> ValueId {
        match self.known(c) {
            Some(x) if x.is_nan() => c,
            Some(x) => {
                if x != 0.0 {
                    a
                } else {
                    b
                }
            }
            None => self.intern(Value::Select(c, a, b)),
        }
    }

    /// A chain from left to right, so that a schedule can add each operand as soon as it is there.
    pub(crate) fn fold(&mut self, op: Fold, values: &[ValueId]) -> ValueId {
        let mut rest = values.iter().copied();
        match rest.next() {
            None => self.number(op.of_nothing()),
            // One number that stands for a truth is not yet 1 or 0.
            Some(only) if values.len() == 1 && matches!(op, Fold::Any | Fold::All) => {
                let zero = self.number(0.0);
                self.binary(Binary::NotEqual, only, zero)
            }
            Some(first) => rest.fold(first, |a, b| self.binary(op.step(), a, b)),
        }
    }

    /// Σ coefficient × value; values with coefficient 0 are left out.
    pub(crate) fn combine(&mut self, terms: &[(f64, ValueId)]) -> ValueId {
        let terms: Vec<_> = terms
            .iter()
            .copied()
            .filter(|&(coefficient, _)| coefficient != 0.0)
            .collect();
        match terms[..] {
            [] => self.number(0.0),
            [(1.0, value)] => value,
            _ => self.intern(Value::Combine(
                terms
                    .iter()
                    .map(|&(coefficient, value)| (coefficient.to_bits(), value))
                    .collect(),
            )),
        }
    }

    /// Index, recrossing and date of the first positive difference along time.
    pub(crate) fn crossing(&mut self, first_label: f64, differences: &[ValueId]) -> [ValueId; 3] {
        match self.all_known(differences) {
            Some(numbers) => [
                crossing::first(&numbers),
                crossing::recross(&numbers),
                crossing::date(first_label, &numbers),
            ]
            .map(|x| self.number(x)),
            None => [
                self.intern(Value::CrossingFirst(differences.into())),
                self.intern(Value::CrossingRecross(differences.into())),
                self.intern(Value::CrossingDate(
                    first_label.to_bits(),
                    differences.into(),
                )),
            ],
        }
    }

    pub(crate) fn order_statistic(&mut self, values: &[ValueId], level: ValueId) -> ValueId {
        let mut list = values.to_vec();
        list.push(level);
        match self.all_known(&list) {
            Some(mut numbers) => {
                let level = numbers.pop().unwrap_or(f64::NAN);
                self.number(scalar::order_statistic(&mut numbers, level))
            }
            None => self.intern(Value::OrderStatistic(list.into())),
        }
    }

    pub(crate) fn interpolate(
        &mut self,
        at: ValueId,
        knots: &[f64],
        values: &[ValueId],
    ) -> ValueId {
        if let Some(t) = self.known(at) {
            return self.interpolate_at(t, knots, values);
        }
        let mut list = values.to_vec();
        list.push(at);
        self.intern(Value::Interpolate(
            knots.iter().map(|k| k.to_bits()).collect(),
            list.into(),
        ))
    }

    /// At a known point only the two neighbouring values count.
    fn interpolate_at(&mut self, t: f64, knots: &[f64], values: &[ValueId]) -> ValueId {
        let last = knots.len() - 1;
        if t.is_nan() {
            return self.number(t);
        }
        if t <= knots[0] {
            return values[0];
        }
        for k in 0..last {
            if t == knots[k + 1] {
                return values[k + 1];
            }
            if t < knots[k + 1] {
                let weight = self.number((t - knots[k]) / (knots[k + 1] - knots[k]));
                let rise = self.binary(Binary::Subtract, values[k + 1], values[k]);
                let part = self.binary(Binary::Multiply, weight, rise);
                return self.binary(Binary::Add, values[k], part);
            }
        }
        values[last]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_operations_are_one_value_and_constants_fold() {
        let mut graph = Graph::default();
        let z = graph.intern(Value::Score(0));
        let two = graph.number(2.0);
        let three = graph.number(3.0);
        let six = graph.binary(Binary::Multiply, two, three);
        assert_eq!(graph.known(six), Some(6.0));
        let a = graph.binary(Binary::Multiply, z, six);
        let b = graph.binary(Binary::Multiply, z, six);
        assert_eq!(a, b);
        let one = graph.number(1.0);
        assert_eq!(graph.binary(Binary::Multiply, z, one), z);
        assert_eq!(graph.select(one, z, two), z);
    }

    #[test]
    fn interpolation_at_a_knot_is_its_value() {
        let mut graph = Graph::default();
        let (a, b) = (graph.intern(Value::Score(0)), graph.intern(Value::Score(1)));
        let at = graph.number(1.0);
        assert_eq!(graph.interpolate(at, &[1.0, 2.0], &[a, b]), a);
        let beyond = graph.number(7.0);
        assert_eq!(graph.interpolate(beyond, &[1.0, 2.0], &[a, b]), b);
    }
}
