//! From definitions to resolved parts: order, shapes and units of all nodes.

use super::checked::{Body, NodeId, NodeKind, Part};
use super::context::Context;
use super::graph::{Graph, Order};
use super::inputs::DrawReader;
use super::over::check_size;
use super::overrides::{Definition, Definitions, What};
use super::terms::describe_shape;
use super::truths::{self, NodeTruth};
use super::units::{Known, UnitChecker, reads_a_node};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::dimension::Shape;
use crate::expr::{Expr, ExprKind, builtins_named};
use crate::unit::Unit;

/// Nodes with all that was found out about them.
pub(super) struct Built {
    /// Operands first.
    pub(super) order: Order,
    /// For each node its shape.
    pub(super) shapes: Vec<Option<Shape>>,
    /// For each node its unit.
    pub(super) units: Vec<Option<Unit>>,
    /// For each node its parts; fewer than its definitions where problems were reported.
    pub(super) parts: Vec<Vec<Part>>,
    /// For each node what is known of it as a truth value.
    pub(super) truths: Vec<NodeTruth>,
}

/// What the base model fixes for its variants.
pub(super) struct Fixed<'a> {
    pub(super) shapes: &'a [Option<Shape>],
    pub(super) units: &'a [Option<Unit>],
}

/// Builds nodes from their definitions.
pub(super) struct Builder<'a, 'c> {
    pub(super) context: &'a Context<'c>,
    /// For each node the shape that its `over` states.
    pub(super) stated: &'a [Option<Shape>],
    pub(super) next_id: &'a mut u32,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Builder<'_, '_> {
    /// Resolves all definitions; `fixed` holds what a variant may not change.
    pub(super) fn build(
        &mut self,
        definitions: &Definitions,
        fixed: Option<&Fixed>,
        draws: &mut DrawReader,
    ) -> Built {
        let order = self.order(definitions);
        draws.prepare(definitions);
        let mut shapes = match fixed {
            Some(fixed) => fixed.shapes.to_vec(),
            None => self.stated.to_vec(),
        };
        let mut parts: Vec<Vec<Part>> = vec![Vec::new(); definitions.len()];
        for &id in &order.nodes {
            let index = id.0 as usize;
            if order.refused[index] {
                continue;
            }
            for definition in &definitions[index] {
                if let Some(body) = self.body(id, definition, &mut shapes, draws) {
                    draws.random[index] |= match &body {
                        Body::Values(_) => false,
                        Body::Formula(term) => draws.is_random(term),
                        Body::Draw(_) => true,
                    };
                    parts[index].push(Part {
                        cells: definition.cells.clone(),
                        body,
                        written: match definition.what {
                            What::Formula(expr) => Some(expr.clone()),
                            What::Values(_) | What::Broken => None,
                        },
                        span: definition.span,
                    });
                }
            }
        }
        let units = self.units(&order, definitions, &parts, fixed, draws);
        let truths = truths::of_nodes(&order, &parts);
        truths::check_parts(&parts, &truths, self.diagnostics);
        Built {
            order,
            shapes,
            units,
            parts,
            truths,
        }
    }

    fn order(&mut self, definitions: &Definitions) -> Order {
        let names = self.context.names;
        let graph = graph(definitions, self.context);
        let order = graph.order(names, self.diagnostics);
        for (id, node) in names.iter() {
            let index = id.0 as usize;
            if order.lagged[index] && node.over().is_none() {
                let name = node.name();
                self.diagnostics.push(
                    Diagnostic::error(
                        "missing-over",
                        name.span,
                        format!("`{}` reads itself through `prev`", name.value),
                    )
                    .expected("`over = […]` with its dimensions"),
                );
            }
        }
        order
    }

    fn body(
        &mut self,
        id: NodeId,
        definition: &Definition,
        shapes: &mut [Option<Shape>],
        draws: &mut DrawReader,
    ) -> Option<Body> {
        let index = id.0 as usize;
        let node = self.context.names.at(id);
        let expr = match &definition.what {
            What::Values(values) => return Some(Body::Values(values.to_vec())),
            What::Broken => return None,
            What::Formula(expr) => *expr,
        };
        if let Some(family) = distribution_call(expr) {
            if node.kind() != NodeKind::Input {
                self.diagnostics.push(
                    Diagnostic::error(
                        "misplaced-distribution",
                        family,
                        format!("`{}` is no input", node.name().value),
                    )
                    .expected("an expression")
                    .hint("declare an input with this distribution and use its name here"),
                );
                return None;
            }
            let draw = draws.draw(expr, self.context, shapes, self.next_id, self.diagnostics)?;
            if let Some(shape) = shapes[index].clone() {
                for term in super::inputs::terms(&draw) {
                    self.fits(&term.shape, &shape, term.span, &node.name().value);
                }
            }
            return Some(Body::Draw(draw));
        }
        if node.kind() == NodeKind::Input && !definition.overriding {
            self.diagnostics.push(not_a_distribution(expr));
            return None;
        }
        let term = self
            .context
            .resolver(shapes, self.next_id, self.diagnostics)
            .term(expr)?;
        match shapes[index].clone() {
            Some(shape) => {
                self.fits(&term.shape, &shape, term.span, &node.name().value);
            }
            // An `over` that could not be resolved is reported already.
            None if node.over().is_some() => {}
            None => {
                let name = node.name();
                let fits = check_size(
                    &term.shape,
                    name.span,
                    &name.value,
                    self.context.dimensions,
                    self.diagnostics,
                );
                shapes[index] = fits.then(|| term.shape.clone());
            }
        }
        Some(Body::Formula(term))
    }

    /// Reports a definition that runs over more than its node.
    fn fits(&mut self, inner: &Shape, shape: &Shape, span: Span, name: &str) {
        let dimensions = self.context.dimensions;
        if !shape.accepts(inner, dimensions) {
            self.diagnostics.push(
                Diagnostic::error(
                    "shape",
                    span,
                    format!("this runs over {}", describe_shape(inner, dimensions)),
                )
                .expected(format!(
                    "no more than the dimensions of `{name}`: {}",
                    describe_shape(shape, dimensions)
                ))
                .hint("name all dimensions in `over`, or reduce: `sum(x, dimension)`"),
            );
            return;
        }
        self.context
            .resolver(&[], self.next_id, self.diagnostics)
            .unambiguous(shape, inner, span);
    }

    fn units(
        &mut self,
        order: &Order,
        definitions: &Definitions,
        parts: &[Vec<Part>],
        fixed: Option<&Fixed>,
        draws: &mut DrawReader,
    ) -> Vec<Option<Unit>> {
        let names = self.context.names;
        if !self.context.has_units {
            return vec![Some(Unit::one()); parts.len()];
        }
        let stated: Vec<Option<Unit>> = (names.iter())
            .map(|(id, node)| match &node.info().unit {
                Some(unit) => self.context.parse_unit(unit, self.diagnostics),
                None => match (fixed, node.kind()) {
                    (Some(fixed), _) => fixed.units[id.0 as usize].clone(),
                    (None, NodeKind::Variable) => None,
                    (None, _) => Some(Unit::one()),
                },
            })
            .collect();
        let mut units = stated.clone();
        // Only nodes on a cycle through `prev` need more than one round.
        loop {
            let mut changed = false;
            for &id in &order.nodes {
                let index = id.0 as usize;
                if units[index].is_some() || names.at(id).info().unit.is_some() {
                    continue;
                }
                if let Some(Body::Formula(term)) = parts[index].first().map(|part| &part.body) {
                    let mut scratch = Diagnostics::new();
                    let known = UnitChecker {
                        units: &units,
                        diagnostics: &mut scratch,
                    }
                    .unit(term);
                    units[index] = known.into_unit();
                    changed |= units[index].is_some();
                }
            }
            if !changed {
                break;
            }
        }
        for (id, node) in names.iter() {
            let index = id.0 as usize;
            for (part, definition) in parts[index].iter().zip(&definitions[index]) {
                match &part.body {
                    Body::Values(_) => {}
                    Body::Formula(term) => {
                        let found = UnitChecker {
                            units: &units,
                            diagnostics: self.diagnostics,
                        }
                        .unit(term);
                        let literal = definition.overriding && !reads_a_node(term);
                        if let (Some(unit), Known::Unit(found), false) =
                            (&units[index], found, literal)
                        {
                            self.compare_units(
                                unit,
                                &found,
                                node.info().unit.as_ref().map(|unit| unit.span),
                                term.span,
                                node.name(),
                            );
                        }
                    }
                    Body::Draw(draw) => {
                        if let Some(unit) = &units[index] {
                            draws.check_units(draw, unit, &units, self.diagnostics);
                        }
                    }
                }
            }
        }
        units
    }

    fn compare_units(
        &mut self,
        unit: &Unit,
        found: &Unit,
        stated: Option<Span>,
        span: Span,
        name: &crate::expr::Ident,
    ) {
        if unit == found {
            return;
        }
        let diagnostic = Diagnostic::error(
            "unit-mismatch",
            span,
            format!("this is in {found}, but `{}` is in {unit}", name.value),
        )
        .expected(format!("a quantity in {unit}"))
        .related(
            stated.unwrap_or(name.span),
            format!("{unit} is stated here"),
        );
        self.diagnostics.push(diagnostic);
    }
}

/// Who reads whom in these definitions.
pub(super) fn graph(definitions: &Definitions, context: &Context) -> Graph {
    let mut graph = Graph::new(definitions.len());
    read_definitions(&mut graph, definitions, context);
    graph
}

/// Adds what these definitions read.
pub(super) fn read_definitions(graph: &mut Graph, definitions: &Definitions, context: &Context) {
    for (id, list) in (0u32..).map(NodeId).zip(definitions) {
        for definition in list {
            if let What::Formula(expr) = definition.what {
                graph.read(id, expr, context.names, context.dimensions.time());
            }
        }
    }
}

/// Where the name of a distribution stands, if the expression is a call of one. `logistic` is a function too: with a named argument it is the family.
fn distribution_call(expr: &Expr) -> Option<Span> {
    match &expr.kind {
        ExprKind::Call {
            function,
            arguments,
        } if super::inputs::is_family(&function.value)
            && (builtins_named(&function.value).next().is_none()
                || arguments.iter().any(|argument| argument.name.is_some())) =>
        {
            Some(function.span)
        }
        _ => None,
    }
}

fn not_a_distribution(expr: &Expr) -> Diagnostic {
    let message = match &expr.kind {
        ExprKind::Call { function, .. } => {
            format!("there is no distribution `{}`", function.value)
        }
        _ => "an input that is no distribution".to_owned(),
    };
    let diagnostic = Diagnostic::error("not-a-distribution", expr.span, message)
        .expected("one distribution such as `normal(mean = 0, sd = 1)`");
    match &expr.kind {
        ExprKind::Call { function, .. } => diagnostic.hint_if(super::names::did_you_mean(
            &function.value,
            super::inputs::family_names(),
        )),
        _ => diagnostic.hint("a fixed value belongs in [data], an equation in [variables]"),
    }
}
