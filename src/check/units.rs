//! Units of terms: sums and comparisons need equal ones, exponentials none, products multiply them.

use super::checked::{NodeId, Operation, Term, TermKind};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::expr::Reduction;
use crate::unit::{Ratio, Unit};

/// Largest denominator of an exponent of a quantity with a unit: beyond it a rounded decimal is meant, not a root.
const MAX_DENOMINATOR: i32 = 12;

/// What is known of a term's unit.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Known {
    /// The literal 0, which fits every unit.
    Zero,
    /// This unit.
    Unit(Unit),
    /// A problem was reported, or a node's unit is still to be inferred.
    Unknown,
}

impl Known {
    fn one() -> Self {
        Self::Unit(Unit::one())
    }

    /// The unit a node takes that is defined so; 0 alone is dimensionless.
    pub(super) fn into_unit(self) -> Option<Unit> {
        match self {
            Self::Zero => Some(Unit::one()),
            Self::Unit(unit) => Some(unit),
            Self::Unknown => None,
        }
    }
}

/// Infers units from those of the nodes.
pub(super) struct UnitChecker<'a> {
    /// For each node its unit; `None` while it is unknown.
    pub(super) units: &'a [Option<Unit>],
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl UnitChecker<'_> {
    /// The unit of a term.
    pub(super) fn unit(&mut self, term: &Term) -> Known {
        match &term.kind {
            TermKind::Number(value) if *value == 0.0 => Known::Zero,
            TermKind::Number(_) | TermKind::LabelNumber(_) | TermKind::IsLabel(..) => Known::one(),
            TermKind::Node(NodeId(id)) => match &self.units[*id as usize] {
                Some(unit) => Known::Unit(unit.clone()),
                None => Known::Unknown,
            },
            TermKind::Apply(operation, operands) => self.apply(*operation, operands, term.span),
            TermKind::Reduce {
                reduction,
                operand,
                level,
                ..
            } => {
                if let Some(level) = level {
                    self.dimensionless(level, "the level of a quantile");
                }
                match reduction {
                    Reduction::Product => {
                        self.dimensionless(operand, "what is multiplied over a dimension")
                    }
                    Reduction::Count | Reduction::Any | Reduction::All => {
                        self.truth(operand);
                        Known::one()
                    }
                    _ => self.unit(operand),
                }
            }
            TermKind::Slice { operand, .. } | TermKind::Cumulative(operand) => self.unit(operand),
            TermKind::Prev { operand, start } => self.same([&**operand, &**start]),
            TermKind::Interpolate { at, points } => {
                self.dimensionless(at, "where to interpolate");
                self.same(points.iter().map(|(_, value)| value))
            }
        }
    }

    fn apply(&mut self, operation: Operation, operands: &[Term], span: Span) -> Known {
        match operation {
            Operation::Negate | Operation::Abs | Operation::Floor | Operation::Round => {
                self.unit(&operands[0])
            }
            Operation::Sign => {
                self.unit(&operands[0]);
                Known::one()
            }
            Operation::Not | Operation::And | Operation::Or => {
                for operand in operands {
                    self.truth(operand);
                }
                Known::one()
            }
            Operation::Add
            | Operation::Subtract
            | Operation::Min
            | Operation::Max
            | Operation::Clamp => self.same(operands),
            Operation::Equal
            | Operation::NotEqual
            | Operation::Less
            | Operation::LessEqual
            | Operation::Greater
            | Operation::GreaterEqual
            | Operation::Atan2 => {
                self.same(operands);
                Known::one()
            }
            Operation::If => {
                self.truth(&operands[0]);
                self.same(&operands[1..])
            }
            Operation::Multiply | Operation::Divide => {
                let units = (self.unit(&operands[0]), self.unit(&operands[1]));
                if units.0 == Known::Zero && operation == Operation::Multiply {
                    return Known::Zero;
                }
                let (Some(left), Some(right)) = (units.0.into_unit(), units.1.into_unit()) else {
                    return Known::Unknown;
                };
                let result = if operation == Operation::Multiply {
                    left.multiply(&right)
                } else {
                    left.divide(&right)
                };
                self.checked(result, span)
            }
            Operation::Sqrt => match self.unit(&operands[0]) {
                Known::Unit(unit) => self.checked(unit.square_root(), span),
                other => other,
            },
            Operation::Power => self.power(&operands[0], &operands[1], span),
            Operation::Exp
            | Operation::Ln
            | Operation::Log10
            | Operation::Sin
            | Operation::Cos
            | Operation::Tan
            | Operation::Logistic
            | Operation::Logit
            | Operation::NormalCdf
            | Operation::NormalQuantile => {
                self.dimensionless(&operands[0], "the argument of this function")
            }
        }
    }

    fn checked(
        &mut self,
        result: Result<Unit, crate::unit::ExponentOverflow>,
        span: Span,
    ) -> Known {
        match result {
            Ok(unit) => Known::Unit(unit),
            Err(error) => {
                self.diagnostics.push(
                    Diagnostic::error("unit-overflow", span, error.to_string())
                        .expected("a smaller power"),
                );
                Known::Unknown
            }
        }
    }

    fn power(&mut self, base: &Term, exponent: &Term, span: Span) -> Known {
        self.dimensionless(exponent, "an exponent");
        let unit = match self.unit(base) {
            Known::Unit(unit) if !unit.is_one() => unit,
            other => return other,
        };
        let Some(ratio) = literal_ratio(exponent) else {
            self.diagnostics.push(
                Diagnostic::error(
                    "unit-power",
                    exponent.span,
                    format!("a quantity in {unit} to a power that is no simple number"),
                )
                .expected("a literal such as 2, 0.5 or (1/3)")
                .hint("divide the base by a reference value first, so that it has no unit"),
            );
            return Known::Unknown;
        };
        self.checked(unit.power(ratio), span)
    }

    /// Reports a term that has a unit.
    pub(super) fn dimensionless(&mut self, term: &Term, what: &str) -> Known {
        match self.unit(term) {
            Known::Unit(unit) if !unit.is_one() => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "unit-mismatch",
                        term.span,
                        format!("{what} has the unit {unit}"),
                    )
                    .expected("a number without unit")
                    .hint("divide by a reference value with the same unit"),
                );
                Known::one()
            }
            Known::Unknown => Known::Unknown,
            _ => Known::one(),
        }
    }

    fn truth(&mut self, term: &Term) {
        if let Known::Unit(unit) = self.unit(term)
            && !unit.is_one()
            && !self.diagnostics.contains("not-a-truth-value", term.span)
        {
            self.diagnostics.push(
                Diagnostic::error(
                    "not-a-truth-value",
                    term.span,
                    format!("a quantity in {unit} is no truth value"),
                )
                .expected("a comparison, or a value that is 0 or 1"),
            );
        }
    }

    fn same<'t>(&mut self, terms: impl IntoIterator<Item = &'t Term>) -> Known {
        let mut common: Option<(Unit, Span)> = None;
        let mut unknown = false;
        let mut any = false;
        for term in terms {
            match (self.unit(term), &common) {
                (Known::Zero, _) => {}
                (Known::Unknown, _) => unknown = true,
                (Known::Unit(unit), None) => common = Some((unit, term.span)),
                (Known::Unit(unit), Some((first, place))) if unit != *first => {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "unit-mismatch",
                            term.span,
                            format!("{unit} beside {first}"),
                        )
                        .expected(format!("a quantity in {first}"))
                        .related(*place, format!("this is in {first}"))
                        .hint_if((unit.is_one() || first.is_one()).then(|| {
                            "a number without unit becomes a quantity as data with a unit"
                                .to_owned()
                        })),
                    );
                    any = true;
                }
                (Known::Unit(_), Some(_)) => {}
            }
        }
        match common {
            _ if any => Known::Unknown,
            Some((unit, _)) => Known::Unit(unit),
            None if unknown => Known::Unknown,
            None => Known::Zero,
        }
    }
}

/// The value of an exponent that is a number as written.
fn literal_ratio(term: &Term) -> Option<Ratio> {
    let ratio = match &term.kind {
        TermKind::Number(value) => Ratio::from_number(*value)?,
        TermKind::Apply(Operation::Negate, operands) => literal_ratio(&operands[0])?.negated()?,
        TermKind::Apply(Operation::Divide, operands) => {
            let (left, right) = (literal_ratio(&operands[0])?, literal_ratio(&operands[1])?);
            left.times(Ratio::new(
                right.denominator().into(),
                right.numerator().into(),
            )?)?
        }
        _ => return None,
    };
    (ratio.denominator() <= MAX_DENOMINATOR).then_some(ratio)
}

/// Whether a term reads any node: others are literals, which take the unit that their place asks for.
pub(super) fn reads_a_node(term: &Term) -> bool {
    let mut found = false;
    visit(term, &mut |term| {
        found |= matches!(term.kind, TermKind::Node(_))
    });
    found
}

/// Calls `see` with a term and all terms in it.
pub(super) fn visit<'t>(term: &'t Term, see: &mut impl FnMut(&'t Term)) {
    see(term);
    match &term.kind {
        TermKind::Number(_)
        | TermKind::Node(_)
        | TermKind::LabelNumber(_)
        | TermKind::IsLabel(..) => {}
        TermKind::Apply(_, operands) => operands.iter().for_each(|operand| visit(operand, see)),
        TermKind::Reduce { operand, level, .. } => {
            visit(operand, see);
            if let Some(level) = level {
                visit(level, see);
            }
        }
        TermKind::Slice { operand, .. } | TermKind::Cumulative(operand) => visit(operand, see),
        TermKind::Prev { operand, start } => {
            visit(operand, see);
            visit(start, see);
        }
        TermKind::Interpolate { at, points } => {
            visit(at, see);
            points.iter().for_each(|(_, value)| visit(value, see));
        }
    }
}
