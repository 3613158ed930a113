//! A plain evaluator, written from docs/model-file.md: it walks the terms of a checked model, one cell and one trial at a time, with the
//! platform's maths, and shares nothing with the engine but the model.

use std::collections::BTreeMap;

use fanfare::check::{CheckedModel, NodeId, Operation, Rollup, Term, TermKind};
use fanfare::dimension::{DimensionId, Dimensions};
use fanfare::expr::Reduction;

use crate::approximate::Approximate;

/// A label for some dimensions: where an expression is read.
pub type At = BTreeMap<DimensionId, u32>;

/// One trial: the values of all cells of all nodes.
pub struct Plain<'m> {
    pub model: &'m CheckedModel,
    /// By node, then by cell in row-major order.
    pub cells: Vec<Vec<f64>>,
}

/// The label of `wanted` that lies above (or is) a label of `from`, whichever way up.
fn above(all: &Dimensions, from: DimensionId, label: u32, wanted: DimensionId) -> Option<u32> {
    if from == wanted {
        return Some(label);
    }
    (all.at(from).parents.iter())
        .find_map(|link| above(all, link.parent, link.labels[label as usize], wanted))
}

impl Plain<'_> {
    fn all(&self) -> &Dimensions {
        &self.model.dimensions
    }

    /// The label of a dimension where `at` points: stated, or implied by a child.
    fn label(&self, at: &At, id: DimensionId) -> Option<u32> {
        at.get(&id).copied().or_else(|| {
            at.iter()
                .find_map(|(&child, &label)| above(self.all(), child, label, id))
        })
    }

    /// `at` with a label; what the label implies about parents replaces what was stated of them.
    fn moved(&self, at: &At, id: DimensionId, label: u32) -> At {
        let mut at = at.clone();
        at.retain(|&other, _| other == id || above(self.all(), id, label, other).is_none());
        at.insert(id, label);
        at
    }

    /// All cells of a node as places.
    pub fn places(&self, node: NodeId) -> Vec<At> {
        let mut places = vec![At::new()];
        for id in self.model.node(node).shape.iter() {
            let n = self.all().at(id).len() as u32;
            places = (places.iter())
                .flat_map(|at| {
                    (0..n).map(move |label| {
                        let mut at = at.clone();
                        at.insert(id, label);
                        at
                    })
                })
                .collect();
        }
        places
    }

    /// A node where `at` points. Dimensions that `at` does not tell are rolled up: over the cells that lie below `at`.
    pub fn node(&self, node: NodeId, at: &At) -> Approximate {
        let declared = self.model.node(node);
        let below: Vec<usize> = (self.places(node).iter().enumerate())
            .filter(|(_, cell)| {
                let agrees = |id| match (self.label(cell, id), self.label(at, id)) {
                    (Some(own), Some(wanted)) => own == wanted,
                    _ => true,
                };
                self.all().iter().all(|(id, _)| agrees(id))
            })
            .map(|(index, _)| index)
            .collect();
        let value = |cell: &usize| Approximate::exact(self.cells[node.0 as usize][*cell]);
        if declared.shape.iter().all(|id| self.label(at, id).is_some()) {
            assert_eq!(below.len(), 1, "{} has one cell at {at:?}", declared.name);
            return value(&below[0]);
        }
        let sum = |list: Vec<Approximate>| {
            list.into_iter()
                .fold(Approximate::exact(0.0), Approximate::add)
        };
        match declared.rollup {
            Some(Rollup::Mean(weight)) => {
                let places = self.places(node);
                let weights: Vec<Approximate> = below
                    .iter()
                    .map(|&cell| self.node(weight, &places[cell]))
                    .collect();
                let weighted = (below.iter().zip(&weights))
                    .map(|(cell, weight)| value(cell).multiply(*weight))
                    .collect();
                sum(weighted).divide(sum(weights))
            }
            Some(Rollup::Sum) => sum(below.iter().map(value).collect()),
            other => panic!(
                "{} is read above its cells and rolls up by {other:?}",
                declared.name
            ),
        }
    }

    /// The value of a term where `at` points.
    pub fn term(&self, term: &Term, at: &At) -> Approximate {
        match &term.kind {
            TermKind::Number(x) => Approximate::exact(*x),
            TermKind::Node(id) => self.node(*id, at),
            TermKind::LabelNumber(id) => {
                let label = self.label(at, *id).expect("the label is known");
                let number = self.all().at(*id).labels[label as usize].key.parse();
                Approximate::exact(number.expect("labels of a range are numbers"))
            }
            TermKind::IsLabel(id, label) => {
                let holds = self.label(at, *id) == Some(*label);
                Approximate::exact(if holds { 1.0 } else { 0.0 })
            }
            TermKind::Apply(operation, operands) => self.apply(*operation, operands, at),
            TermKind::Reduce {
                reduction,
                operand,
                level,
                dimension,
                by,
            } => {
                let members = (0..self.all().at(*dimension).len() as u32).filter(|&label| {
                    by.is_none_or(|by| {
                        above(self.all(), *dimension, label, by) == self.label(at, by)
                    })
                });
                let values: Vec<Approximate> = members
                    .map(|label| self.term(operand, &self.moved(at, *dimension, label)))
                    .collect();
                let level = level.as_ref().map(|level| self.term(level, at));
                reduce(*reduction, &values, level)
            }
            TermKind::Slice {
                operand,
                dimension,
                label,
            } => self.term(operand, &self.moved(at, *dimension, *label)),
            TermKind::Prev { operand, start } => {
                let time = self.all().time().expect("there is a time dimension");
                match self.label(at, time).expect("the time is known") {
                    0 => self.term(start, at),
                    now => self.term(operand, &self.moved(at, time, now - 1)),
                }
            }
            TermKind::Cumulative(operand) => {
                let time = self.all().time().expect("there is a time dimension");
                let now = self.label(at, time).expect("the time is known");
                (0..=now)
                    .map(|label| self.term(operand, &self.moved(at, time, label)))
                    .fold(Approximate::exact(0.0), Approximate::add)
            }
            TermKind::Interpolate { at: point, points } => {
                let t = self.term(point, at);
                let points: Vec<(f64, Approximate)> = (points.iter())
                    .map(|(knot, value)| (*knot, self.term(value, at)))
                    .collect();
                Approximate::interpolate(t, &points)
            }
        }
    }

    fn apply(&self, operation: Operation, operands: &[Term], at: &At) -> Approximate {
        use Operation as Op;
        if operation == Op::If {
            let condition = self.term(&operands[0], at);
            if condition.value.is_nan() {
                return condition;
            }
            let taken = self.term(&operands[if condition.value != 0.0 { 1 } else { 2 }], at);
            return Approximate {
                error: if condition.is_sure() {
                    taken.error
                } else {
                    f64::INFINITY
                },
                ..taken
            };
        }
        let values: Vec<Approximate> = operands
            .iter()
            .map(|operand| self.term(operand, at))
            .collect();
        let (a, b) = (values[0], values.get(1).copied());
        let second = || b.expect("two operands");
        match operation {
            Op::Negate => a.negate(),
            Op::Not => a.not(),
            Op::Add => a.add(second()),
            Op::Subtract => a.subtract(second()),
            Op::Multiply => a.multiply(second()),
            Op::Divide => a.divide(second()),
            Op::Power => a.power(second()),
            Op::Equal => a.equal(second(), false),
            Op::NotEqual => a.equal(second(), true),
            Op::Less => a.less(second(), false),
            Op::LessEqual => a.less(second(), true),
            Op::Greater => second().less(a, false),
            Op::GreaterEqual => second().less(a, true),
            Op::And => a.joined(second(), |a, b| a && b),
            Op::Or => a.joined(second(), |a, b| a || b),
            Op::If => unreachable!("answered above"),
            Op::Min => values[1..].iter().fold(a, |least, x| least.smaller(*x)),
            Op::Max => values[1..].iter().fold(a, |most, x| most.larger(*x)),
            Op::Clamp => a.larger(second()).smaller(values[2]),
            Op::Abs => a.abs(),
            Op::Sign => a.sign(),
            Op::Floor => a.floor(),
            Op::Round => a.round(),
            Op::Sqrt => a.sqrt(),
            Op::Exp => a.exp(),
            Op::Ln => a.ln(),
            Op::Log10 => a.log10(),
            Op::Sin => a.sin(),
            Op::Cos => a.cos(),
            Op::Tan => a.tan(),
            Op::Atan2 => a.atan2(second()),
            Op::Logistic => a.logistic(),
            Op::Logit => a.logit(),
            Op::NormalCdf => a.normal_cdf(),
            Op::NormalQuantile => a.normal_quantile(),
        }
    }
}

fn reduce(reduction: Reduction, values: &[Approximate], level: Option<Approximate>) -> Approximate {
    let zero = Approximate::exact(0.0);
    let sum = |list: &mut dyn Iterator<Item = Approximate>| list.fold(zero, Approximate::add);
    let fold = |with: fn(Approximate, Approximate) -> Approximate| {
        values[1..].iter().fold(values[0], |all, x| with(all, *x))
    };
    match reduction {
        Reduction::Sum => sum(&mut values.iter().copied()),
        Reduction::Mean => {
            sum(&mut values.iter().copied()).divide(Approximate::exact(values.len() as f64))
        }
        Reduction::Product => fold(Approximate::multiply),
        Reduction::Min => fold(Approximate::smaller),
        Reduction::Max => fold(Approximate::larger),
        Reduction::Median => Approximate::order_statistic(values, Approximate::exact(0.5)),
        Reduction::Quantile => {
            Approximate::order_statistic(values, level.expect("quantile has a level"))
        }
        Reduction::Count => {
            let flags = values.iter().map(|x| x.equal(zero, true));
            let counted = flags.collect::<Vec<_>>();
            let unsure =
                counted.iter().any(|x| !x.is_sure()) || values.iter().any(|x| !x.is_sure());
            let count = sum(&mut counted.into_iter());
            Approximate {
                error: if unsure { f64::INFINITY } else { 0.0 },
                ..count
            }
        }
        Reduction::Any => fold(|a, b| a.joined(b, |a, b| a || b)),
        Reduction::All => fold(|a, b| a.joined(b, |a, b| a && b)),
    }
}
