//! Definitions of nodes, and what scenarios, strategies and arguments replace of them.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::checked::NodeId;
use super::context::Context;
use super::data::describe_cell;
use super::terms::describe_shape;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::dimension::{Assignment, Shape};
use crate::expr::{Expr, Ident};
use crate::model::{OverrideDecl, OverridePart, VariantDecl};

/// A definition before its expression is resolved.
#[derive(Debug, Clone)]
pub(super) struct Definition<'a> {
    /// For each cell whether it is defined here; `None` means every cell.
    pub(super) cells: Option<Vec<bool>>,
    /// What it says.
    pub(super) what: What<'a>,
    /// Whether an override brought it.
    pub(super) overriding: bool,
    /// Where it stands.
    pub(super) span: Span,
}

/// The two forms of a definition.
#[derive(Debug, Clone)]
pub(super) enum What<'a> {
    /// One value for each cell.
    Values(Rc<Vec<f64>>),
    /// An equation or a distribution.
    Formula(&'a Expr),
    /// Values that could not be read; reported already.
    Broken,
}

/// For each node its definitions; of those that hold a cell the last one counts.
pub(super) type Definitions<'a> = Vec<Vec<Definition<'a>>>;

/// Cells that a variant sets, by node, with the place that sets them.
pub(super) type Touched = BTreeMap<NodeId, Vec<Option<Span>>>;

/// Replaces definitions as a list of overrides says; returns the cells that it sets.
pub(super) fn apply<'a>(
    definitions: &mut Definitions<'a>,
    overrides: &'a [OverrideDecl],
    context: &Context,
    shapes: &[Option<Shape>],
    diagnostics: &mut Diagnostics,
) -> Touched {
    let mut touched = Touched::new();
    for item in overrides {
        let Some(id) = context.names.expect_node(&item.node, diagnostics) else {
            check_labels(&item.parts, context, diagnostics);
            continue;
        };
        let index = id.0 as usize;
        let Some(shape) = &shapes[index] else {
            check_labels(&item.parts, context, diagnostics);
            continue;
        };
        let n_cells = shape.n_cells(context.dimensions).unwrap_or(0);
        let mut set: Vec<Option<Span>> = vec![None; n_cells];
        let masks: Vec<Option<Vec<bool>>> = (item.parts.iter())
            .map(|part| mask(part, &item.node, shape, n_cells, context, diagnostics))
            .collect();
        let mut later = vec![false; n_cells];
        for (part, cells) in item.parts.iter().zip(&masks).rev() {
            let Some(cells) = cells else { continue };
            if cells.iter().zip(&later).all(|(own, later)| !own || *later) {
                diagnostics.push(
                    Diagnostic::error(
                        "no-effect",
                        part.is.span,
                        format!(
                            "this sets no cell of `{}`: later parts set them all",
                            item.node.value
                        ),
                    )
                    .expected("parts from the general to the particular: the last one counts"),
                );
            }
            for (later, own) in later.iter_mut().zip(cells) {
                *later |= own;
            }
        }
        for (part, cells) in item.parts.iter().zip(masks) {
            let Some(cells) = cells else { continue };
            for (slot, own) in set.iter_mut().zip(&cells) {
                if *own {
                    *slot = Some(part.is.span);
                }
            }
            let everywhere = cells.iter().all(|own| *own);
            if everywhere {
                definitions[index].clear();
            }
            definitions[index].push(Definition {
                cells: (!everywhere).then_some(cells),
                what: What::Formula(&part.is),
                overriding: true,
                span: part.is.span,
            });
        }
        touched.insert(id, set);
    }
    touched
}

fn check_labels(parts: &[OverridePart], context: &Context, diagnostics: &mut Diagnostics) {
    for part in parts {
        conditions(part, context, diagnostics);
    }
}

/// For each dimension of a `where` its labels; `None` where one is unknown.
fn conditions(
    part: &OverridePart,
    context: &Context,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(crate::dimension::DimensionId, Vec<u32>)>> {
    let mut found = Vec::new();
    let mut sound = true;
    for (name, labels) in &part.cells {
        let Some(id) = context.names.expect_dimension(name, diagnostics) else {
            sound = false;
            continue;
        };
        let dimension = context.dimensions.at(id);
        let mut indices = Vec::new();
        for label in labels {
            match dimension.find(&label.value) {
                Some(index) => indices.push(index),
                None => {
                    sound = false;
                    if !context.broken[usize::from(id.0)] {
                        let known = dimension.labels.iter().map(|info| info.key.as_str());
                        diagnostics.push(super::dimensions::unknown_label(
                            label.span,
                            &label.value,
                            &dimension.name,
                            known,
                        ));
                    }
                }
            }
        }
        found.push((id, indices));
    }
    sound.then_some(found)
}

fn mask(
    part: &OverridePart,
    node: &Ident,
    shape: &Shape,
    n_cells: usize,
    context: &Context,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<bool>> {
    let wanted = conditions(part, context, diagnostics)?;
    for ((id, _), (name, _)) in wanted.iter().zip(&part.cells) {
        if !shape.covers(*id, context.dimensions) {
            let over = describe_shape(shape, context.dimensions);
            diagnostics.push(
                Diagnostic::error(
                    "no-such-dimension",
                    name.span,
                    format!(
                        "`{}` runs over {over}, not over `{}`",
                        node.value, name.value
                    ),
                )
                .expected("a dimension of the node, or one above it"),
            );
            return None;
        }
    }
    if wanted.is_empty() {
        return Some(vec![true; n_cells]);
    }
    let cells: Vec<bool> = (0..n_cells)
        .map(|cell| {
            let at = Assignment::of_cell(shape, cell, context.dimensions);
            wanted.iter().all(|(id, labels)| {
                at.label(*id, context.dimensions)
                    .is_some_and(|label| labels.contains(&label))
            })
        })
        .collect();
    if cells.iter().any(|own| *own) {
        return Some(cells);
    }
    let span = part
        .cells
        .iter()
        .map(|(name, _)| name.span)
        .reduce(Span::to);
    diagnostics.push(
        Diagnostic::error(
            "no-effect",
            span.unwrap_or(node.span),
            format!("`where` matches no cell of `{}`", node.value),
        )
        .expected("labels that occur together"),
    );
    None
}

/// Reports a scenario or a strategy without any `set`.
pub(super) fn sets_something(declaration: &VariantDecl, diagnostics: &mut Diagnostics) {
    if declaration.set.is_empty() {
        let name = &declaration.name;
        diagnostics.push(
            Diagnostic::error(
                "no-effect",
                name.span,
                format!("`{}` sets nothing", name.value),
            )
            .expected("at least one `set.NODE = …`")
            .hint("the model as it stands is run without naming a scenario or a strategy"),
        );
    }
}

/// Reports arguments that set one node twice.
pub(super) fn each_once(arguments: &[OverrideDecl], diagnostics: &mut Diagnostics) {
    for (place, second) in arguments.iter().enumerate() {
        let name = &second.node;
        if let Some(first) =
            (arguments[..place].iter()).find(|first| first.node.value == name.value)
        {
            diagnostics.push(
                Diagnostic::error(
                    "duplicate-override",
                    name.span,
                    format!("`{}` is set twice", name.value),
                )
                .expected("each node once among the arguments")
                .related(first.node.span, "first set here"),
            );
        }
    }
}

/// Reports cells that a scenario and a strategy both set.
pub(super) fn conflicts(
    scenario: &Touched,
    strategy: &Touched,
    context: &Context,
    shapes: &[Option<Shape>],
    diagnostics: &mut Diagnostics,
) {
    for (id, theirs) in strategy {
        let (Some(ours), Some(shape)) = (scenario.get(id), &shapes[id.0 as usize]) else {
            continue;
        };
        let both = (ours.iter().zip(theirs).enumerate())
            .find_map(|(cell, (ours, theirs))| Some((cell, (*ours)?, (*theirs)?)));
        if let Some((cell, ours, theirs)) = both {
            let name = &context.names.at(*id).name().value;
            let cell = describe_cell(shape, cell, context.dimensions);
            diagnostics.push(
                Diagnostic::error(
                    "override-conflict",
                    theirs,
                    format!("the scenario and the strategy both set `{name}` ({cell})"),
                )
                .expected("cells that only one of them sets")
                .related(ours, "the scenario sets it here"),
            );
        }
    }
}
