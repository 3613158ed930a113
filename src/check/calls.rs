//! Calls in expressions: element-wise functions, reductions, functions of time and interpolation.

use super::checked::{Operation, Term, TermKind};
use super::names::did_you_mean;
use super::terms::Resolver;
use crate::diag::{Diagnostic, Span};
use crate::dimension::Shape;
use crate::expr::{Argument, Expr, ExprKind, Ident, Reduction};

/// Element-wise functions: name, operation, fewest and most arguments.
const FUNCTIONS: [(&str, Operation, usize, usize); 20] = [
    ("if", Operation::If, 3, 3),
    ("min", Operation::Min, 2, usize::MAX),
    ("max", Operation::Max, 2, usize::MAX),
    ("clamp", Operation::Clamp, 3, 3),
    ("abs", Operation::Abs, 1, 1),
    ("sign", Operation::Sign, 1, 1),
    ("floor", Operation::Floor, 1, 1),
    ("round", Operation::Round, 1, 1),
    ("sqrt", Operation::Sqrt, 1, 1),
    ("exp", Operation::Exp, 1, 1),
    ("ln", Operation::Ln, 1, 1),
    ("log10", Operation::Log10, 1, 1),
    ("sin", Operation::Sin, 1, 1),
    ("cos", Operation::Cos, 1, 1),
    ("tan", Operation::Tan, 1, 1),
    ("atan2", Operation::Atan2, 2, 2),
    ("logistic", Operation::Logistic, 1, 1),
    ("logit", Operation::Logit, 1, 1),
    ("normal_cdf", Operation::NormalCdf, 1, 1),
    ("normal_quantile", Operation::NormalQuantile, 1, 1),
];

const REDUCTIONS: [(&str, Reduction); 10] = [
    ("sum", Reduction::Sum),
    ("mean", Reduction::Mean),
    ("product", Reduction::Product),
    ("min", Reduction::Min),
    ("max", Reduction::Max),
    ("median", Reduction::Median),
    ("quantile", Reduction::Quantile),
    ("count", Reduction::Count),
    ("any", Reduction::Any),
    ("all", Reduction::All),
];

/// The reduction with this name.
pub(super) fn reduction(name: &str) -> Option<Reduction> {
    REDUCTIONS
        .iter()
        .find(|(own, _)| *own == name)
        .map(|(_, reduction)| *reduction)
}

/// Whether the expression language has a function or reduction with this name.
pub(super) fn is_function(name: &str) -> bool {
    all_names().any(|own| own == name)
}

fn all_names() -> impl Iterator<Item = &'static str> {
    (FUNCTIONS.iter().map(|(name, ..)| *name))
        .chain(REDUCTIONS.iter().map(|(name, _)| *name))
        .chain(["interpolate", "prev", "cumulative"])
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
        if let Some(reduction) = reduction(name) {
            let over_dimension = arguments.len() == 2 && self.is_dimension(&arguments[1]);
            if over_dimension || !matches!(reduction, Reduction::Min | Reduction::Max) {
                return self.reduce(function, reduction, arguments, span);
            }
        }
        let Some((_, operation, least, most)) = FUNCTIONS.iter().find(|(own, ..)| *own == name)
        else {
            for argument in arguments {
                if !matches!(argument.value.kind, ExprKind::List(_) | ExprKind::Text(_)) {
                    self.term(&argument.value);
                }
            }
            self.report(self.unknown_function(function));
            return None;
        };
        let expected = match (*least, *most) {
            (least, most) if least == most => plural(least, "argument"),
            (least, _) => format!("at least {}", plural(least, "argument")),
        };
        let operands = self.plain_arguments(function, arguments, *least, *most, &expected)?;
        if *operation == Operation::If && !self.truth(&operands[0]) {
            return None;
        }
        self.apply(*operation, operands, span)
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
        .hint_if(did_you_mean(name, all_names()))
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
        least: usize,
        most: usize,
        expected: &str,
    ) -> Option<Vec<Term>> {
        let mut sound = true;
        if arguments.len() < least || arguments.len() > most {
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
        if let (Some(by), Some(parent)) = (&along.by, by) {
            if parent == dimension || !self.dimensions.leads_to(dimension, parent) {
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
        if let TermKind::Number(value) = term.kind {
            if !(0.0..=1.0).contains(&value) {
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
        let terms = self.plain_arguments(function, arguments, 2, 2, "`prev(x, start)`")?;
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
            .plain_arguments(function, arguments, 1, 1, "`cumulative(x)`")?
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
