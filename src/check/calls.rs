//! Calls in expressions: element-wise functions, reductions, functions of time and interpolation.

use super::checked::{Operation, Term, TermKind};
use super::names::did_you_mean;
use super::terms::Resolver;
use crate::diag::{Diagnostic, Span};
use crate::dimension::Shape;
use crate::expr::{
    Argument, Arity, Expr, ExprKind, Function, Ident, Reduction, TimeForm, builtins, builtins_named,
};

/// The operation of a function.
const fn operation(function: Function) -> Operation {
    match function {
        Function::If => Operation::If,
        Function::Min => Operation::Min,
        Function::Max => Operation::Max,
        Function::Clamp => Operation::Clamp,
        Function::Abs => Operation::Abs,
        Function::Sign => Operation::Sign,
        Function::Floor => Operation::Floor,
        Function::Round => Operation::Round,
        Function::Sqrt => Operation::Sqrt,
        Function::Exp => Operation::Exp,
        Function::Ln => Operation::Ln,
        Function::Log10 => Operation::Log10,
        Function::Sin => Operation::Sin,
        Function::Cos => Operation::Cos,
        Function::Tan => Operation::Tan,
        Function::Atan2 => Operation::Atan2,
        Function::Logistic => Operation::Logistic,
        Function::Logit => Operation::Logit,
        Function::NormalCdf => Operation::NormalCdf,
        Function::NormalQuantile => Operation::NormalQuantile,
    }
}

/// Whether the expression language has a function or reduction with this name.
pub(super) fn is_function(name: &str) -> bool {
    builtins_named(name).next().is_some()
}

impl Resolver<'_, '_> {
    pub(super) fn call(
        &mut self,
        function: &Ident,
        arguments: &[Argument],
        span: Span,
    ) -> Option<Term> {
        let name = function.value.as_str();
        match name {
            "prev" => return self.prev(function, arguments, span),
            "cumulative" => return self.cumulative(function, arguments, span),
            "interpolate" => return self.interpolate(function, arguments, span),
            _ => {}
        }
        if let Some(reduction) = Reduction::from_name(name) {
            let over_dimension = arguments.len() == 2 && self.is_dimension(&arguments[1]);
            if over_dimension || !matches!(reduction, Reduction::Min | Reduction::Max) {
                return self.reduce(function, reduction, arguments, span);
            }
        }
        let Some(called) = Function::from_name(name) else {
            for argument in arguments {
                if !matches!(argument.value.kind, ExprKind::List(_) | ExprKind::Text(_)) {
                    self.term(&argument.value);
                }
            }
            self.report(self.unknown_function(function));
            return None;
        };
        let arity = called.entry().arity;
        let expected = format!("`{}`", called.entry().signature);
        let operands = self.plain_arguments(function, arguments, arity, &expected)?;
        if called == Function::If && !self.truth(&operands[0]) {
            return None;
        }
        self.apply(operation(called), operands, span)
    }

    fn unknown_function(&self, function: &Ident) -> Diagnostic {
        let name = &function.value;
        if super::inputs::is_family(name) {
            return Diagnostic::error(
                "misplaced-distribution",
                function.span,
                format!("the distribution `{name}` stands within an expression"),
            )
            .expected("a value")
            .hint("declare an input with this distribution and use its name here");
        }
        if self.names.find(name).is_some() {
            return Diagnostic::error(
                "unknown-function",
                function.span,
                format!("`{name}` is no function"),
            )
            .expected("a function")
            .hint(format!("write `{name} * (…)` to multiply"));
        }
        Diagnostic::error(
            "unknown-function",
            function.span,
            format!("there is no function `{name}`"),
        )
        .expected("a function")
        .hint_if(did_you_mean(name, builtins().map(|entry| entry.name)))
    }

    fn is_dimension(&self, argument: &Argument) -> bool {
        argument.by.is_some()
            || matches!(&argument.value.kind, ExprKind::Name(name) if self.names.dimension(name).is_some())
    }

    /// Terms of unnamed arguments; count, names and `by` are checked.
    fn plain_arguments(
        &mut self,
        function: &Ident,
        arguments: &[Argument],
        arity: Arity,
        expected: &str,
    ) -> Option<Vec<Term>> {
        let mut sound = true;
        if !arity.accepts(arguments.len()) {
            sound = false;
            self.report(
                Diagnostic::error(
                    "wrong-arguments",
                    function.span,
                    format!(
                        "`{}` with {}",
                        function.value,
                        plural(arguments.len(), "argument")
                    ),
                )
                .expected(expected),
            );
        }
        let mut terms = Vec::with_capacity(arguments.len());
        for argument in arguments {
            sound &= self.plain(function, argument);
            match self.term(&argument.value) {
                Some(term) => terms.push(term),
                None => sound = false,
            }
        }
        sound.then_some(terms)
    }

    /// Whether an argument has neither name nor `by`; reported if not.
    fn plain(&mut self, function: &Ident, argument: &Argument) -> bool {
        let problem = match (&argument.name, &argument.by) {
            (Some(name), _) => (
                name.span,
                format!("`{}` takes no named arguments", function.value),
            ),
            (None, Some(by)) => (by.span, format!("`by` in a call of `{}`", function.value)),
            (None, None) => return true,
        };
        self.report(
            Diagnostic::error("wrong-arguments", problem.0, problem.1).expected("a value alone"),
        );
        false
    }

    fn reduce(
        &mut self,
        function: &Ident,
        reduction: Reduction,
        arguments: &[Argument],
        span: Span,
    ) -> Option<Term> {
        let name = &function.value;
        let quantile = reduction == Reduction::Quantile;
        let wanted = if quantile {
            format!("`{name}(x, level, dimension)`")
        } else {
            format!("`{name}(x, dimension)` or `{name}(x, dimension by parent)`")
        };
        if arguments.len() != if quantile { 3 } else { 2 } {
            let count = plural(arguments.len(), "argument");
            self.report(
                Diagnostic::error(
                    "wrong-arguments",
                    function.span,
                    format!("`{name}` with {count}"),
                )
                .expected(wanted),
            );
            return None;
        }
        let operand = self.plain(function, &arguments[0]).then_some(&arguments[0]);
        let operand = operand.and_then(|argument| self.term(&argument.value));
        let along = &arguments[arguments.len() - 1];
        let level = quantile.then(|| &arguments[1]);
        let level = match level {
            Some(level) => {
                if !self.plain(function, level) {
                    return None;
                }
                Some(Box::new(self.level(&level.value)?))
            }
            None => None,
        };
        let ExprKind::Name(along_name) = &along.value.kind else {
            self.report(
                Diagnostic::error(
                    "wrong-arguments",
                    along.value.span,
                    format!("`{name}` runs over a dimension"),
                )
                .expected(wanted),
            );
            return None;
        };
        let along_name = Ident::new(along_name.clone(), along.value.span);
        let dimension = self.names.expect_dimension(&along_name, self.diagnostics);
        let by = match &along.by {
            Some(by) => Some(self.names.expect_dimension(by, self.diagnostics)?),
            None => None,
        };
        let (operand, dimension) = (operand?, dimension?);
        if !operand.shape.contains(dimension) {
            let diagnostic = self.lacks(&operand, dimension, along_name.span, "cannot be reduced");
            self.report(diagnostic);
            return None;
        }
        if let (Some(by), Some(parent)) = (&along.by, by)
            && (parent == dimension || !self.dimensions.leads_to(dimension, parent))
        {
            self.report(
                Diagnostic::error(
                    "not-a-parent",
                    by.span,
                    format!("`{}` is no parent of `{}`", by.value, along_name.value),
                )
                .expected(format!("a dimension above `{}`", along_name.value)),
            );
            return None;
        }
        if matches!(
            reduction,
            Reduction::Count | Reduction::Any | Reduction::All
        ) && !self.truth(&operand)
        {
            return None;
        }
        let rest = operand.shape.without(dimension);
        let shape = Shape::new(self.dimensions, rest.iter().chain(by));
        let level_shape = level.as_ref().map(|level| level.shape.clone());
        let shape = level_shape.map_or(shape.clone(), |level| shape.union(&level, self.dimensions));
        Some(self.new_term(
            TermKind::Reduce {
                reduction,
                operand: Box::new(operand),
                level,
                dimension,
                by,
            },
            shape,
            span,
        ))
    }

    fn level(&mut self, expr: &Expr) -> Option<Term> {
        let term = self.term(expr)?;
        if let TermKind::Number(value) = term.kind
            && !(0.0..=1.0).contains(&value)
        {
            self.report(
                Diagnostic::error(
                    "out-of-domain",
                    term.span,
                    format!("{value} is no probability"),
                )
                .expected("a level between 0 and 1"),
            );
            return None;
        }
        Some(term)
    }

    fn needs_time(&mut self, function: &Ident, operand: &Term) -> bool {
        let Some(time) = self.dimensions.time() else {
            self.report(
                Diagnostic::error(
                    "needs-time",
                    function.span,
                    format!("`{}` in a model without a time dimension", function.value),
                )
                .expected("a dimension with `range` and `time = true`"),
            );
            return false;
        };
        if operand.shape.contains(time) {
            return true;
        }
        let diagnostic = self.lacks(
            operand,
            time,
            operand.span,
            &format!("gives `{}` nothing to step along", function.value),
        );
        self.report(diagnostic);
        false
    }

    fn prev(&mut self, function: &Ident, arguments: &[Argument], span: Span) -> Option<Term> {
        let terms = self.plain_arguments(
            function,
            arguments,
            TimeForm::Prev.entry().arity,
            "`prev(x, start)`",
        )?;
        let shape = self.union(&terms, span)?;
        let mut terms = terms.into_iter();
        let (operand, start) = (terms.next()?, terms.next()?);
        if !self.needs_time(function, &operand) {
            return None;
        }
        Some(self.new_term(
            TermKind::Prev {
                operand: Box::new(operand),
                start: Box::new(start),
            },
            shape,
            span,
        ))
    }

    fn cumulative(&mut self, function: &Ident, arguments: &[Argument], span: Span) -> Option<Term> {
        let operand = self
            .plain_arguments(
                function,
                arguments,
                TimeForm::Cumulative.entry().arity,
                "`cumulative(x)`",
            )?
            .pop()?;
        if !self.needs_time(function, &operand) {
            return None;
        }
        let shape = operand.shape.clone();
        Some(self.new_term(TermKind::Cumulative(Box::new(operand)), shape, span))
    }

    fn interpolate(
        &mut self,
        function: &Ident,
        arguments: &[Argument],
        span: Span,
    ) -> Option<Term> {
        let [at, knots] = arguments else {
            self.report(
                Diagnostic::error(
                    "wrong-arguments",
                    function.span,
                    format!("`interpolate` with {}", plural(arguments.len(), "argument")),
                )
                .expected("`interpolate(t, {2023: a, 2027: b})`"),
            );
            return None;
        };
        let plain = (self.plain(function, at), self.plain(function, knots)) == (true, true);
        let at = self.term(&at.value);
        let ExprKind::Map(entries) = &knots.value.kind else {
            self.report(
                Diagnostic::error(
                    "wrong-arguments",
                    knots.value.span,
                    "`interpolate` needs its knots in braces",
                )
                .expected("`{2023: a, 2027: b}`"),
            );
            return None;
        };
        let mut sound = plain;
        if entries.len() < 2 {
            sound = false;
            self.report(
                Diagnostic::error(
                    "bad-knots",
                    knots.value.span,
                    "interpolation with fewer than two knots",
                )
                .expected("at least two knots `{2023: a, 2027: b}`"),
            );
        }
        for pair in entries.windows(2) {
            if pair[0].key.value >= pair[1].key.value {
                sound = false;
                self.report(
                    Diagnostic::error(
                        "bad-knots",
                        pair[1].key.span,
                        format!(
                            "the knot {} follows {}",
                            pair[1].key.value, pair[0].key.value
                        ),
                    )
                    .expected("knots in strictly increasing order")
                    .related(pair[0].key.span, "the knot before"),
                );
            }
        }
        let values: Vec<Option<Term>> = entries
            .iter()
            .map(|entry| self.term(&entry.value))
            .collect();
        let (at, values) = (at?, values.into_iter().collect::<Option<Vec<_>>>()?);
        if !sound {
            return None;
        }
        let shape = self.union(values.iter().chain([&at]).collect::<Vec<_>>(), span)?;
        let points = entries
            .iter()
            .map(|entry| entry.key.value)
            .zip(values)
            .collect();
        Some(self.new_term(
            TermKind::Interpolate {
                at: Box::new(at),
                points,
            },
            shape,
            span,
        ))
    }
}

/// `1 argument`, `2 arguments`.
pub(super) fn plural(count: usize, word: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {word}{ending}")
}
