//! Distributions of inputs and of published values: family, parameters, domains, units.

use super::checked::{Body, Draw, Parameter, ParameterTerm, Part, Term, TermKind};
use super::constants::Constants;
use super::context::Context;
use super::data::{describe_cell, number};
use super::names::did_you_mean;
use super::overrides::Definitions;
use super::tables::{Tables, column};
use super::units::{Known, UnitChecker, reads_a_node, visit};
use crate::diag::{Diagnostic, Diagnostics, Span, Spanned};
use crate::dimension::{Assignment, Shape};
use crate::dist::{self, DistributionError, Parametrisation, ParametrisationError, UnitRole};
use crate::expr::{Argument, Expr, ExprKind, Ident, UnaryOp};
use crate::unit::{Ratio, Unit};

/// Most cells whose parameters are checked here; the plan checks all of them again.
const CHECKED_CELLS: usize = 100_000;

/// Whether a distribution has this name.
pub(super) fn is_family(name: &str) -> bool {
    family_names().any(|own| own == name)
}

/// The names of all distributions.
pub(super) fn family_names() -> impl Iterator<Item = &'static str> {
    dist::families().iter().map(|family| family.name)
}

/// The terms among the parameters of a draw.
pub(super) fn terms(draw: &Draw) -> impl Iterator<Item = &Term> {
    draw.parameters
        .iter()
        .filter_map(|parameter| match &parameter.value {
            ParameterTerm::Number(term) => Some(term),
            ParameterTerm::List(_) => None,
        })
}

/// Reads distributions; knows the tables and the constants of the definitions at hand.
pub(super) struct DrawReader<'t, 's> {
    tables: &'t mut Tables<'s>,
    constants: Constants,
    /// For each node whether it varies by trial, as far as the nodes have been resolved.
    pub(super) random: Vec<bool>,
}

impl<'t, 's> DrawReader<'t, 's> {
    /// A reader for these definitions.
    pub(super) fn new(tables: &'t mut Tables<'s>, definitions: &Definitions) -> Self {
        let constants = Constants::of(definitions);
        let random = vec![false; definitions.len()];
        Self {
            tables,
            constants,
            random,
        }
    }

    /// Forgets all about other definitions.
    pub(super) fn prepare(&mut self, definitions: &Definitions) {
        self.constants = Constants::of(definitions);
        self.random = vec![false; definitions.len()];
    }

    /// What is known to be constant.
    pub(super) fn constants(&self) -> &Constants {
        &self.constants
    }

    /// The draw that a call of a distribution describes.
    pub(super) fn draw(
        &mut self,
        expr: &Expr,
        context: &Context,
        shapes: &[Option<Shape>],
        next_id: &mut u32,
        diagnostics: &mut Diagnostics,
    ) -> Option<Draw> {
        let ExprKind::Call {
            function,
            arguments,
        } = &expr.kind
        else {
            return None;
        };
        let given = self.arguments(function, arguments, context, shapes, next_id, diagnostics);
        let names = given.as_ref().map(|given| {
            given
                .iter()
                .map(|parameter| parameter.name.as_str())
                .collect::<Vec<_>>()
        });
        let parametrisation = match dist::parametrisation(&function.value, &names?) {
            Ok(parametrisation) => parametrisation,
            Err(error) => {
                diagnostics.push(misfit(&error, function, arguments));
                return None;
            }
        };
        let draw = Draw {
            parametrisation,
            parameters: given?,
        };
        self.solvable(&draw, diagnostics);
        self.in_domain(&draw, expr.span, context, shapes, diagnostics);
        Some(draw)
    }

    /// The arguments as parameters; `None` if one of them cannot be read.
    fn arguments(
        &mut self,
        function: &Ident,
        arguments: &[Argument],
        context: &Context,
        shapes: &[Option<Shape>],
        next_id: &mut u32,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<Parameter>> {
        if function.value == "empirical" {
            let reads_table = |argument: &Argument| {
                argument
                    .name
                    .as_ref()
                    .is_some_and(|name| name.value == "table")
            };
            if arguments.iter().any(reads_table) {
                return self
                    .column_values(function, arguments, diagnostics)
                    .map(|parameter| vec![parameter]);
            }
        }
        let mut parameters = Vec::with_capacity(arguments.len());
        let mut sound = true;
        for argument in arguments {
            if let Some(by) = &argument.by {
                diagnostics.push(
                    Diagnostic::error("wrong-arguments", by.span, "`by` in a distribution")
                        .expected("parameters alone"),
                );
                sound = false;
            }
            let Some(name) = &argument.name else {
                diagnostics.push(
                    Diagnostic::error(
                        "unnamed-parameter",
                        argument.value.span,
                        format!("a parameter of `{}` without a name", function.value),
                    )
                    .expected("`name = value`")
                    .hint(fits(&function.value)),
                );
                sound = false;
                continue;
            };
            let value = match &argument.value.kind {
                ExprKind::List(items) => list(items, diagnostics).map(ParameterTerm::List),
                _ => context
                    .resolver(shapes, next_id, diagnostics)
                    .term(&argument.value)
                    .map(ParameterTerm::Number),
            };
            match value {
                Some(value) => parameters.push(Parameter {
                    name: name.value.clone(),
                    value,
                    span: argument.value.span,
                }),
                None => sound = false,
            }
        }
        sound.then_some(parameters)
    }

    /// `empirical(table = "file.csv", column = "c")`: the numbers of a column.
    fn column_values(
        &mut self,
        function: &Ident,
        arguments: &[Argument],
        diagnostics: &mut Diagnostics,
    ) -> Option<Parameter> {
        let mut found: [Option<Spanned<String>>; 2] = [None, None];
        for argument in arguments {
            let position = argument.name.as_ref().and_then(|name| {
                ["table", "column"]
                    .iter()
                    .position(|own| *own == name.value)
            });
            match (position, &argument.value.kind) {
                (Some(position), ExprKind::Text(text)) if found[position].is_none() => {
                    found[position] = Some(Spanned::new(text.clone(), argument.value.span));
                }
                _ => {
                    diagnostics.push(
                        Diagnostic::error(
                            "wrong-arguments",
                            argument.value.span,
                            "`empirical` cannot read this",
                        )
                        .expected("`empirical(table = \"file.csv\", column = \"name\")`"),
                    );
                    return None;
                }
            }
        }
        let [Some(path), Some(name)] = found else {
            diagnostics.push(
                Diagnostic::error(
                    "wrong-arguments",
                    function.span,
                    "`empirical` needs a table and a column",
                )
                .expected("`empirical(table = \"file.csv\", column = \"name\")`"),
            );
            return None;
        };
        let table = self.tables.open(&path, diagnostics)?;
        let index = column(&table, &path, &name.value, name.span, diagnostics)?;
        let values: Vec<Option<f64>> = table
            .rows
            .iter()
            .map(|row| number(&row.cells[index], name.span, diagnostics))
            .collect();
        Some(Parameter {
            name: "values".to_owned(),
            value: ParameterTerm::List(values.into_iter().collect::<Option<Vec<_>>>()?),
            span: name.span,
        })
    }

    /// Parameters that are solved numerically may not vary by trial.
    fn solvable(&self, draw: &Draw, diagnostics: &mut Diagnostics) {
        if !draw.parametrisation.solved {
            return;
        }
        for parameter in &draw.parameters {
            let ParameterTerm::Number(term) = &parameter.value else {
                continue;
            };
            if self.is_random(term) {
                diagnostics.push(
                    Diagnostic::error(
                        "varying-parameter",
                        parameter.span,
                        format!(
                            "`{}` varies by trial, and its distribution is solved from it",
                            parameter.name
                        ),
                    )
                    .expected("a constant, or the natural parameters of the family")
                    .hint(fits(draw.parametrisation.family)),
                );
            }
        }
    }

    /// Whether a term varies by trial.
    pub(super) fn is_random(&self, term: &Term) -> bool {
        let mut found = false;
        visit(term, &mut |term| {
            if let TermKind::Node(id) = term.kind {
                found |= self.random[id.0 as usize];
            }
        });
        found
    }

    /// Builds the distribution of each cell whose parameters are plain constants.
    fn in_domain(
        &self,
        draw: &Draw,
        span: Span,
        context: &Context,
        shapes: &[Option<Shape>],
        diagnostics: &mut Diagnostics,
    ) {
        let dimensions = context.dimensions;
        let shape = terms(draw).fold(Shape::scalar(), |shape, term| {
            shape.union(&term.shape, dimensions)
        });
        let n_cells = shape.n_cells(dimensions).unwrap_or(0).min(CHECKED_CELLS);
        for cell in 0..n_cells {
            let at = Assignment::of_cell(&shape, cell, dimensions);
            match self.constants.distribution(draw, shapes, &at, dimensions) {
                None => return,
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    let place = parameter_of(&error)
                        .and_then(|name| {
                            draw.parameters
                                .iter()
                                .find(|parameter| parameter.name == name)
                        })
                        .map_or(span, |parameter| parameter.span);
                    let mut message = error.to_string();
                    if !shape.is_empty() {
                        message
                            .push_str(&format!(" ({})", describe_cell(&shape, cell, dimensions)));
                    }
                    diagnostics.push(Diagnostic::error("out-of-domain", place, message).expected(
                        format!(
                            "parameters of a {} distribution",
                            draw.parametrisation.family
                        ),
                    ));
                    return;
                }
            }
        }
    }

    /// Compares the units of parameters with what their roles ask for; literals take the unit they need.
    pub(super) fn check_units(
        &self,
        draw: &Draw,
        unit: &Unit,
        units: &[Option<Unit>],
        diagnostics: &mut Diagnostics,
    ) {
        for parameter in &draw.parameters {
            let ParameterTerm::Number(term) = &parameter.value else {
                continue;
            };
            if !reads_a_node(term) {
                continue;
            }
            let Some(due) = due_unit(&draw.parametrisation, &parameter.name, unit) else {
                continue;
            };
            let found = UnitChecker { units, diagnostics }.unit(term);
            match found {
                Known::Unit(found) if found != due => diagnostics.push(
                    Diagnostic::error(
                        "unit-mismatch",
                        parameter.span,
                        format!("`{}` is in {found}", parameter.name),
                    )
                    .expected(format!("a quantity in {due}")),
                ),
                _ => {}
            }
        }
    }

    /// Whether draws lie between 0 and 1, as far as the parameters tell.
    pub(super) fn is_share(
        &self,
        parts: &[Part],
        shapes: &[Option<Shape>],
        context: &Context,
    ) -> bool {
        let Some(Body::Draw(draw)) = parts.first().map(|part| &part.body) else {
            return false;
        };
        let dimensions = context.dimensions;
        let shape = terms(draw).fold(Shape::scalar(), |shape, term| {
            shape.union(&term.shape, dimensions)
        });
        if shape.n_cells(dimensions) == Some(0) {
            // Labels that could not be read, which is reported.
            return false;
        }
        let at = Assignment::of_cell(&shape, 0, dimensions);
        match self.constants.distribution(draw, shapes, &at, dimensions) {
            Some(Ok(distribution)) => {
                let (low, high) = distribution.support();
                low >= 0.0 && high <= 1.0
            }
            _ => {
                // `beta` may have ends of its own; `min` and `max` only narrow.
                let names = &draw.parametrisation.names;
                let ends = names.iter().any(|name| name == "low" || name == "high");
                dist::families()
                    .iter()
                    .find(|family| family.name == draw.parametrisation.family)
                    .is_some_and(|family| match family.domain {
                        dist::Domain::UnitInterval => true,
                        dist::Domain::Interval => !ends && !draw.parametrisation.truncated,
                        dist::Domain::Line | dist::Domain::Positive => false,
                    })
            }
        }
    }

    /// The distribution of a published value: its parameters are numbers.
    pub(super) fn observed(
        &mut self,
        expr: &Expr,
        context: &Context,
        shapes: &[Option<Shape>],
        next_id: &mut u32,
        diagnostics: &mut Diagnostics,
    ) -> Option<Draw> {
        match &expr.kind {
            ExprKind::Call { function, .. } if is_family(&function.value) => {}
            _ => {
                diagnostics.push(
                    Diagnostic::error(
                        "not-a-distribution",
                        expr.span,
                        "a published value that is no distribution",
                    )
                    .expected("one distribution such as `lognormal(median = 450e6, gsd = 1.1)`"),
                );
                return None;
            }
        }
        let draw = self.draw(expr, context, shapes, next_id, diagnostics)?;
        let mut sound = true;
        for term in terms(&draw) {
            if reads_a_node(term) || !term.shape.is_empty() {
                sound = false;
                diagnostics.push(
                    Diagnostic::error(
                        "not-constant",
                        term.span,
                        "a parameter of a published value that is no number",
                    )
                    .expected("a number"),
                );
            }
        }
        sound.then_some(draw)
    }
}

/// The unit that a parameter must have; `None` where the power is out of range.
fn due_unit(parametrisation: &Parametrisation, name: &str, unit: &Unit) -> Option<Unit> {
    let family = dist::families()
        .iter()
        .find(|family| family.name == parametrisation.family)?;
    let named = (family.forms.iter().flat_map(|form| form.parameters))
        .chain(family.quantile_forms.iter().flat_map(|form| form.with));
    // Quantiles, `min` and `max` have the unit of the draw.
    let role = named
        .into_iter()
        .find(|parameter| parameter.name == name)
        .map_or(UnitRole::Value, |parameter| parameter.unit);
    match role {
        UnitRole::Value => Some(unit.clone()),
        UnitRole::Dimensionless => Some(Unit::one()),
        UnitRole::PerValue => unit.power(Ratio::whole(-1)).ok(),
    }
}

fn fits(family: &str) -> String {
    match dist::parametrisation(family, &["?"]) {
        Err(
            ParametrisationError::Unknown { fits, .. }
            | ParametrisationError::Combination { fits, .. },
        ) => fits,
        _ => "see the list of distributions".to_owned(),
    }
}

fn misfit(error: &ParametrisationError, function: &Ident, arguments: &[Argument]) -> Diagnostic {
    let place = |wanted: &str, last: bool| {
        let mut spans = arguments.iter().filter_map(|argument| {
            let name = argument.name.as_ref()?;
            (name.value == wanted).then_some(name.span)
        });
        let span = if last {
            spans.next_back()
        } else {
            spans.next()
        };
        span.unwrap_or(function.span)
    };
    match error {
        ParametrisationError::Family { family } => {
            Diagnostic::error("unknown-distribution", function.span, error.to_string())
                .expected("a distribution")
                .hint_if(did_you_mean(family, family_names()))
        }
        ParametrisationError::Twice { name } => {
            Diagnostic::error("duplicate-parameter", place(name, true), error.to_string())
                .expected("each parameter once")
        }
        ParametrisationError::Unknown {
            name,
            fits,
            known,
            family,
        } => Diagnostic::error(
            "unknown-parameter",
            place(name, false),
            format!("`{family}` has no parameter `{name}`"),
        )
        .expected("a parameter of the family")
        .hint_if(did_you_mean(name, known.iter().map(String::as_str)))
        .hint(fits.clone()),
        ParametrisationError::Combination { family, fits } => Diagnostic::error(
            "wrong-parameters",
            function.span,
            format!("these parameters do not determine `{family}`"),
        )
        .expected("as many parameters as the family has free ones")
        .hint(fits.clone()),
    }
}

fn parameter_of(error: &DistributionError) -> Option<&str> {
    match error {
        DistributionError::Domain { parameter, .. }
        | DistributionError::Kind { parameter, .. }
        | DistributionError::List { parameter, .. } => Some(parameter),
        DistributionError::NoMember { .. }
        | DistributionError::Truncation { .. }
        | DistributionError::Count { .. } => None,
    }
}

/// The numbers of a list written in the model.
fn list(items: &[Expr], diagnostics: &mut Diagnostics) -> Option<Vec<f64>> {
    let values: Vec<Option<f64>> = items
        .iter()
        .map(|item| {
            let value = literal(item);
            if value.is_none() {
                diagnostics.push(
                    Diagnostic::error(
                        "not-constant",
                        item.span,
                        "an entry of a list that is no number",
                    )
                    .expected("a number"),
                );
            }
            value
        })
        .collect();
    values.into_iter().collect()
}

fn literal(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Number(value) => Some(*value),
        ExprKind::Unary {
            op: UnaryOp::Negate,
            operand,
        } => literal(operand).map(|value| -value),
        _ => None,
    }
}
