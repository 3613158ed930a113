//! Expressions become terms: names are resolved and every shape is known.

use super::checked::{NodeId, Operation, Term, TermKind};
use super::dimensions::unknown_label;
use super::names::{Meaning, Names};
use super::over::check_size;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::dimension::{DimensionId, Dimensions, Shape};
use crate::expr::{BinaryOp, Expr, ExprKind, Selector, UnaryOp};

/// Resolves expressions against the names and shapes known so far.
pub(super) struct Resolver<'a, 'n> {
    pub(super) dimensions: &'a Dimensions,
    /// For each dimension whether some labels could not be read.
    pub(super) broken: &'a [bool],
    pub(super) names: &'a Names<'n>,
    /// For each node its shape; `None` where a problem is reported already.
    pub(super) shapes: &'a [Option<Shape>],
    pub(super) diagnostics: &'a mut Diagnostics,
    /// The next free number of a term.
    pub(super) next_id: &'a mut u32,
}

impl Resolver<'_, '_> {
    /// The term of an expression; `None` where a problem is reported.
    pub(super) fn term(&mut self, expr: &Expr) -> Option<Term> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Number(value) => Some(self.scalar(*value, span)),
            ExprKind::Bool(value) => Some(self.scalar(f64::from(u8::from(*value)), span)),
            ExprKind::Text(text) => {
                self.report(
                    Diagnostic::error("unexpected-text", span, format!("the text \"{text}\" is no value"))
                        .expected("a number or a node")
                        .hint("text stands only beside a dimension: `country == \"JPN\"`, `x[country = \"JPN\"]`"),
                );
                None
            }
            ExprKind::Name(name) => self.name(name, span),
            ExprKind::Unary { op, operand } => {
                let operand = self.term(operand)?;
                match op {
                    UnaryOp::Negate => self.apply(Operation::Negate, vec![operand], span),
                    UnaryOp::Not => self
                        .truth(&operand)
                        .then(|| self.apply(Operation::Not, vec![operand], span))?,
                }
            }
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right, span),
            ExprKind::Call {
                function,
                arguments,
            } => self.call(function, arguments, span),
            ExprKind::Slice { operand, selectors } => self.slice(operand, selectors, span),
            ExprKind::Map(_) => {
                self.report(
                    Diagnostic::error("misplaced-map", span, "`{…}` is no value")
                        .expected("a number or a node")
                        .hint("knots stand only in `interpolate(t, {2023: a, 2027: b})`"),
                );
                None
            }
            ExprKind::List(_) => {
                self.report(
                    Diagnostic::error("misplaced-list", span, "`[…]` is no value")
                        .expected("a number or a node")
                        .hint("lists stand only in `discrete(values = […], weights = […])`"),
                );
                None
            }
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A term with a number of its own.
    pub(super) fn new_term(&mut self, kind: TermKind, shape: Shape, span: Span) -> Term {
        let id = *self.next_id;
        *self.next_id = id.saturating_add(1);
        Term {
            kind,
            shape,
            span,
            id,
        }
    }

    fn scalar(&mut self, value: f64, span: Span) -> Term {
        self.new_term(TermKind::Number(value), Shape::scalar(), span)
    }

    fn name(&mut self, name: &str, span: Span) -> Option<Term> {
        match self.names.find(name) {
            Some(Meaning::Node(NodeId(id))) => {
                let shape = self.shapes[id as usize].clone()?;
                Some(self.new_term(TermKind::Node(NodeId(id)), shape, span))
            }
            Some(Meaning::Dimension(id)) if self.dimensions.at(id).numeric => {
                let shape = Shape::new(self.dimensions, [id]);
                Some(self.new_term(TermKind::LabelNumber(id), shape, span))
            }
            Some(Meaning::Dimension(id)) => {
                let example = self.dimensions.at(id).labels.first();
                let example = example.map_or("…", |label| label.key.as_str());
                let hint = format!("ask for a label: `{name} == \"{example}\"`");
                self.report(
                    Diagnostic::error(
                        "dimension-as-value",
                        span,
                        format!("the labels of `{name}` are no numbers"),
                    )
                    .expected("a number or a node")
                    .hint(hint),
                );
                None
            }
            None => match name {
                "pi" => Some(self.scalar(std::f64::consts::PI, span)),
                "e" => Some(self.scalar(std::f64::consts::E, span)),
                _ if super::calls::is_function(name) => {
                    self.report(
                        Diagnostic::error("unknown-name", span, format!("`{name}` is a function"))
                            .expected(format!("its arguments: `{name}(…)`")),
                    );
                    None
                }
                _ => {
                    let hint = if self.names.is_output(name) {
                        Some("outputs are evaluated after roll-up and read by nothing: make it a variable".to_owned())
                    } else {
                        self.names.suggest(name)
                    };
                    self.report(
                        Diagnostic::error(
                            "unknown-name",
                            span,
                            format!("nothing is called `{name}`"),
                        )
                        .expected("the name of a data, input or variable")
                        .hint_if(hint),
                    );
                    None
                }
            },
        }
    }

    /// The shape of an element-wise operation; ambiguous parents and sizes beyond the limit are refused.
    pub(super) fn union<'t>(
        &mut self,
        operands: impl IntoIterator<Item = &'t Term> + Clone,
        span: Span,
    ) -> Option<Shape> {
        let shape = operands
            .clone()
            .into_iter()
            .fold(Shape::scalar(), |shape, term| {
                shape.union(&term.shape, self.dimensions)
            });
        for term in operands {
            if !self.unambiguous(&shape, &term.shape, term.span) {
                return None;
            }
        }
        check_size(
            &shape,
            span,
            "this expression",
            self.dimensions,
            self.diagnostics,
        )
        .then_some(shape)
    }

    /// Whether every dimension of `needed` has one way only to its label in `shape`; reported if not.
    pub(super) fn unambiguous(&mut self, shape: &Shape, needed: &Shape, span: Span) -> bool {
        for id in needed.iter().filter(|&id| !shape.contains(id)) {
            let ways: Vec<DimensionId> = shape
                .iter()
                .filter(|&own| self.dimensions.leads_to(own, id))
                .collect();
            if let [first, second, ..] = ways[..] {
                let name = |id| &self.dimensions.at(id).name;
                let diagnostic = Diagnostic::error(
                    "ambiguous-parent",
                    span,
                    format!(
                        "which `{}` is meant: that of `{}` or that of `{}`?",
                        name(id),
                        name(first),
                        name(second)
                    ),
                )
                .expected("one dimension that leads there")
                .hint("compute the value over one of them in a variable of its own");
                self.report(diagnostic);
                return false;
            }
        }
        true
    }

    /// An element-wise operation.
    pub(super) fn apply(
        &mut self,
        operation: Operation,
        operands: Vec<Term>,
        span: Span,
    ) -> Option<Term> {
        let shape = self.union(&operands, span)?;
        Some(self.new_term(TermKind::Apply(operation, operands), shape, span))
    }

    /// Whether a term may be a truth value as far as its form tells; reported if not.
    pub(super) fn truth(&mut self, term: &Term) -> bool {
        let plainly_numeric = match term.kind {
            TermKind::Number(value) => value != 0.0 && value != 1.0,
            TermKind::LabelNumber(_) | TermKind::Interpolate { .. } => true,
            TermKind::Apply(operation, _) => matches!(
                operation,
                Operation::Add | Operation::Subtract | Operation::Divide | Operation::Negate
            ),
            _ => false,
        };
        if plainly_numeric {
            self.report(
                Diagnostic::error(
                    "not-a-truth-value",
                    term.span,
                    "this is a number, not a truth value",
                )
                .expected("a comparison, or a value that is 0 or 1"),
            );
        }
        !plainly_numeric
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Option<Term> {
        if matches!(op, BinaryOp::Equal | BinaryOp::NotEqual) {
            for (name, text) in [(left, right), (right, left)] {
                if let (ExprKind::Name(name), ExprKind::Text(label)) = (&name.kind, &text.kind)
                    && let Some(Meaning::Dimension(id)) = self.names.find(name)
                {
                    return self.label_test(id, label, text.span, op, span);
                }
            }
        }
        let (left, right) = (self.term(left), self.term(right));
        let (left, right) = (left?, right?);
        let operation = match op {
            BinaryOp::Add => Operation::Add,
            BinaryOp::Subtract => Operation::Subtract,
            BinaryOp::Multiply => Operation::Multiply,
            BinaryOp::Divide => Operation::Divide,
            BinaryOp::Power => Operation::Power,
            BinaryOp::Equal => Operation::Equal,
            BinaryOp::NotEqual => Operation::NotEqual,
            BinaryOp::Less => Operation::Less,
            BinaryOp::LessEqual => Operation::LessEqual,
            BinaryOp::Greater => Operation::Greater,
            BinaryOp::GreaterEqual => Operation::GreaterEqual,
            BinaryOp::And => Operation::And,
            BinaryOp::Or => Operation::Or,
        };
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            let truths = (self.truth(&left), self.truth(&right));
            if truths != (true, true) {
                return None;
            }
        }
        self.apply(operation, vec![left, right], span)
    }

    fn label_test(
        &mut self,
        id: DimensionId,
        label: &str,
        label_span: Span,
        op: BinaryOp,
        span: Span,
    ) -> Option<Term> {
        let label = self.label(id, label, label_span)?;
        let shape = Shape::new(self.dimensions, [id]);
        let test = self.new_term(TermKind::IsLabel(id, label), shape, span);
        if op == BinaryOp::NotEqual {
            return self.apply(Operation::Not, vec![test], span);
        }
        Some(test)
    }

    /// The index of a label, or an error with the closest one.
    pub(super) fn label(&mut self, id: DimensionId, key: &str, span: Span) -> Option<u32> {
        let dimension = self.dimensions.at(id);
        let found = dimension.find(key);
        if found.is_none() && !self.broken[usize::from(id.0)] {
            let known = dimension.labels.iter().map(|info| info.key.as_str());
            self.diagnostics
                .push(unknown_label(span, key, &dimension.name, known));
        }
        found
    }

    fn slice(&mut self, operand: &Expr, selectors: &[Selector], span: Span) -> Option<Term> {
        let mut term = self.term(operand);
        let mut fixed: Vec<DimensionId> = Vec::new();
        for selector in selectors {
            let name = &selector.dimension;
            let Some(id) = self.names.expect_dimension(name, self.diagnostics) else {
                term = None;
                continue;
            };
            let label = self.label(id, &selector.label.value, selector.label.span);
            let Some(inner) = term.take() else { continue };
            if fixed.contains(&id) {
                self.report(
                    Diagnostic::error(
                        "duplicate-dimension",
                        name.span,
                        format!("`{}` is fixed twice", name.value),
                    )
                    .expected("each dimension once"),
                );
                continue;
            }
            fixed.push(id);
            if !inner.shape.contains(id) {
                let diagnostic = self.lacks(
                    &inner,
                    id,
                    name.span,
                    "cannot be fixed at one of its labels",
                );
                self.report(diagnostic);
                continue;
            }
            let Some(label) = label else { continue };
            let shape = inner.shape.without(id);
            term = Some(self.new_term(
                TermKind::Slice {
                    operand: Box::new(inner),
                    dimension: id,
                    label,
                },
                shape,
                span,
            ));
        }
        term
    }

    /// The error that a term does not run over a dimension.
    pub(super) fn lacks(&self, term: &Term, id: DimensionId, span: Span, what: &str) -> Diagnostic {
        let name = &self.dimensions.at(id).name;
        let child = (term.shape.iter()).find(|&own| self.dimensions.leads_to(own, id));
        let hint = child.map(|child| {
            let child = &self.dimensions.at(child).name;
            format!(
                "it runs over `{child}`: sum to `{name}` first with `sum(…, {child} by {name})`"
            )
        });
        Diagnostic::error(
            "no-such-dimension",
            span,
            format!(
                "this runs over {}, so `{name}` {what}",
                describe_shape(&term.shape, self.dimensions)
            ),
        )
        .expected("a dimension that the operand has")
        .hint_if(hint)
    }
}

/// `` `country` and `year` ``, for messages.
pub(super) fn describe_shape(shape: &Shape, dimensions: &Dimensions) -> String {
    let names: Vec<String> = (shape.iter())
        .map(|id| format!("`{}`", dimensions.at(id).name))
        .collect();
    match names.as_slice() {
        [] => "no dimension".to_owned(),
        _ => names.join(" and "),
    }
}
