//! What is declared must be used: nodes by what is published, dimensions by nodes, sources by anything.

use std::collections::BTreeSet;

use super::build::read_definitions;
use super::checked::{Body, NodeId, NodeKind, Part, TermKind};
use super::context::Context;
use super::dimensions::ReadDimensions;
use super::graph::Graph;
use super::names::did_you_mean;
use super::outputs::Readings;
use super::overrides::Definitions;
use super::rollup::childless;
use super::units::visit;
use crate::diag::{Diagnostic, Diagnostics, Spanned};
use crate::dimension::Shape;
use crate::expr::Ident;
use crate::model::{ModelFile, RollupDecl, Statement};

/// For each node whether anything published reads it under these definitions.
pub(super) fn reached(
    file: &ModelFile,
    definitions: &Definitions,
    rolled_up: &[bool],
    context: &Context,
) -> Vec<bool> {
    let n = definitions.len();
    let mut graph = Graph::new(n + 1);
    read_definitions(&mut graph, definitions, context);
    // One more node stands for the reader of the results.
    let Ok(reader) = u32::try_from(n).map(NodeId) else {
        return vec![true; n];
    };
    let time = context.dimensions.time();
    let names = context.names;
    let mut read = |expr| graph.read(reader, expr, names, time);
    for output in &file.outputs {
        if let Some(is) = &output.is {
            read(is);
        }
    }
    for crossing in &file.crossings {
        read(&crossing.of);
        read(&crossing.above);
    }
    file.joints
        .iter()
        .flat_map(|joint| &joint.of)
        .for_each(&mut read);
    for evidence in &file.evidence {
        match &evidence.statement {
            Statement::Observes { quantity, is } => {
                read(quantity);
                read(is);
            }
            Statement::Holds { condition, .. } => read(condition),
        }
    }
    for output in file.outputs.iter().filter(|output| output.is.is_none()) {
        if let Some(id) = names.node(&output.name.value) {
            graph.need(reader, id, output.name.span);
        }
    }
    for (id, node) in names.iter() {
        if let Some(Spanned {
            value: RollupDecl::Mean(weight),
            ..
        }) = &node.info().rollup
            && let Some(weight_id) = names
                .node(&weight.value)
                .filter(|_| rolled_up[id.0 as usize])
        {
            graph.need(id, weight_id, weight.span);
        }
    }
    let mut reached = graph.reachable([reader]);
    reached.truncate(n);
    reached
}

/// Whether the model publishes anything; reported if not.
pub(super) fn publishes(file: &ModelFile, diagnostics: &mut Diagnostics) -> bool {
    let publishes =
        !(file.outputs.is_empty() && file.crossings.is_empty() && file.joints.is_empty());
    if !publishes {
        diagnostics.push(
            Diagnostic::error(
                "nothing-published",
                file.name.span,
                format!("the model `{}` publishes nothing", file.name.value),
            )
            .expected("at least one of `[outputs.*]`, `[crossings.*]`, `[joint.*]`")
            .hint("publish a node under its own name: `[outputs.NODE]`"),
        );
    }
    publishes
}

/// Warns of labels of a parent that are a place, or that something is summed to, with nothing below them.
pub(super) fn childless_labels(
    parts: &[Vec<Part>],
    readings: &Readings,
    read: &ReadDimensions,
    diagnostics: &mut Diagnostics,
) {
    let mut found = readings.childless.clone();
    let mut look = |term| {
        visit(term, &mut |term| {
            if let TermKind::Reduce {
                dimension,
                by: Some(by),
                ..
            } = term.kind
            {
                let labels = childless(&read.dimensions, &[dimension], by);
                found.extend(labels.into_iter().map(|label| (by, label)));
            }
        });
    };
    readings.terms().for_each(&mut look);
    for part in parts.iter().flatten() {
        match &part.body {
            Body::Values(_) => {}
            Body::Formula(term) => look(term),
            Body::Draw(draw) => super::inputs::terms(draw).for_each(&mut look),
        }
    }
    // Labels that could not be read may be the children.
    if read.broken.contains(&true) {
        return;
    }
    for (id, label) in found {
        let dimension = read.dimensions.at(id);
        let key = &dimension.labels[label as usize].key;
        diagnostics.push(
            Diagnostic::warning(
                "childless-label",
                read.spans[usize::from(id.0)][label as usize],
                format!(
                    "nothing lies below \"{key}\" of `{}`: sums are 0 there, and means have no value",
                    dimension.name
                ),
            )
            .expected("at least one label below it"),
        );
    }
}

/// Reports nodes that nothing published reads.
pub(super) fn unused_nodes(reached: &[bool], context: &Context, diagnostics: &mut Diagnostics) {
    for (id, node) in context.names.iter() {
        // The second of two nodes with one name is reported as such.
        if reached[id.0 as usize] || context.names.node(&node.name().value) != Some(id) {
            continue;
        }
        let (code, what) = match node.kind() {
            NodeKind::Data => ("unused-data", "data"),
            NodeKind::Input => ("unused-input", "input"),
            NodeKind::Variable => ("unused-variable", "variable"),
        };
        let name = node.name();
        diagnostics.push(
            Diagnostic::error(
                code,
                name.span,
                format!("the {what} `{}` changes no result", name.value),
            )
            .expected("something that an output, a crossing, a joint or evidence reads")
            .hint("use it, publish it as an output, or remove it"),
        );
    }
}

/// Reports dimensions over which no node runs and which are no parent.
pub(super) fn unused_dimensions(
    file: &ModelFile,
    shapes: &[Option<Shape>],
    context: &Context,
    diagnostics: &mut Diagnostics,
) {
    // A misspelt name elsewhere may be what should have used it.
    if diagnostics.has_errors() {
        return;
    }
    for (id, dimension) in context.dimensions.iter() {
        let parent = file.dimensions.iter().any(|other| {
            other
                .parents
                .iter()
                .any(|link| link.dimension.value == dimension.name)
        });
        if parent || shapes.iter().flatten().any(|shape| shape.contains(id)) {
            continue;
        }
        let name = &file.dimensions[usize::from(id.0)].name;
        diagnostics.push(
            Diagnostic::error(
                "unused-dimension",
                name.span,
                format!("nothing runs over `{}`", name.value),
            )
            .expected("a dimension of some node, or the parent of one"),
        );
    }
}

/// Warns of roll-ups that no place needs.
pub(super) fn unused_rollups(rolled_up: &[bool], context: &Context, diagnostics: &mut Diagnostics) {
    // What could not be read may be what needs the roll-up.
    if diagnostics.has_errors() {
        return;
    }
    for (id, node) in context.names.iter() {
        let Some(rollup) = &node.info().rollup else {
            continue;
        };
        if rolled_up[id.0 as usize] || rollup.value == RollupDecl::None {
            continue;
        }
        diagnostics.push(
            Diagnostic::warning(
                "unused-rollup",
                rollup.span,
                format!(
                    "no output or crossing reads `{}` at a parent place",
                    node.name().value
                ),
            )
            .expected("a node that is read at a place above its own dimensions")
            .hint("dimensions outside hierarchies stay in every place: give one a `parent`, or sum over it by name, `sum(node, dimension)`"),
        );
    }
}

/// Warns of inputs that matter in the base model and are not drawn, or not read, in the chosen variant.
pub(super) fn idle_inputs(
    base: &[bool],
    chosen: &[bool],
    parts: &[Vec<Part>],
    context: &Context,
    diagnostics: &mut Diagnostics,
) {
    for (id, node) in context.names.iter() {
        let index = id.0 as usize;
        let drawn = parts[index]
            .iter()
            .any(|part| matches!(part.body, Body::Draw(_)));
        if node.kind() == NodeKind::Input && base[index] && !(chosen[index] && drawn) {
            let name = node.name();
            diagnostics.push(Diagnostic::warning(
                "idle-input",
                name.span,
                format!(
                    "the chosen scenario, strategy or argument leaves the input `{}` undrawn or unread",
                    name.value
                ),
            ));
        }
    }
}

/// Checks names of sources, evidence and reported quantities; warns of sources that nothing cites.
pub(super) fn references(file: &ModelFile, context: &Context, diagnostics: &mut Diagnostics) {
    let known: BTreeSet<&str> = file
        .sources
        .iter()
        .map(|source| source.name.value.as_str())
        .collect();
    let mut cited: BTreeSet<&str> = BTreeSet::new();
    let lists = (context.names.nodes.iter().map(|node| &node.info().sources))
        .chain(
            file.correlations
                .iter()
                .map(|correlation| &correlation.sources),
        )
        .chain(file.evidence.iter().map(|evidence| &evidence.sources));
    for source in lists.flatten() {
        cited.insert(&source.value);
        if !known.contains(source.value.as_str()) {
            diagnostics.push(unknown("source", source, known.iter().copied()));
        }
    }
    for source in &file.sources {
        if !cited.contains(source.name.value.as_str()) {
            diagnostics.push(
                Diagnostic::warning(
                    "unused-source",
                    source.name.span,
                    format!("nothing cites the source `{}`", source.name.value),
                )
                .expected("its id in `sources = […]` of a node, a correlation or evidence"),
            );
        }
    }
    let evidence = || {
        file.evidence
            .iter()
            .map(|evidence| evidence.name.value.as_str())
    };
    for name in file.conditions.iter().flat_map(|condition| &condition.on) {
        if !evidence().any(|own| own == name.value) {
            diagnostics.push(unknown("evidence", name, evidence()));
        }
    }
    for condition in &file.conditions {
        for (place, second) in condition.on.iter().enumerate() {
            let first = (condition.on[..place].iter()).find(|first| first.value == second.value);
            if let Some(first) = first {
                diagnostics.push(
                    Diagnostic::error(
                        "duplicate-evidence",
                        second.span,
                        format!("`{}` is listed twice", second.value),
                    )
                    .expected("each evidence once")
                    .related(first.span, "first here"),
                );
            }
        }
    }
    let Some(report) = &file.report else { return };
    let outputs = || file.outputs.iter().map(|output| output.name.value.as_str());
    for name in report
        .outputs
        .iter()
        .chain(&report.fan)
        .chain(&report.drivers_of)
    {
        if !outputs().any(|own| own == name.value) {
            diagnostics.push(unknown("output", name, outputs()));
        }
    }
    let crossings = || {
        file.crossings
            .iter()
            .map(|crossing| crossing.name.value.as_str())
    };
    if let Some(name) = &report.crossing
        && !crossings().any(|own| own == name.value)
    {
        diagnostics.push(unknown("crossing", name, crossings()));
    }
}

fn unknown<'n>(what: &str, name: &Ident, known: impl Iterator<Item = &'n str>) -> Diagnostic {
    let code = match what {
        "source" => "unknown-source",
        "evidence" => "unknown-evidence",
        "output" => "unknown-output",
        _ => "unknown-crossing",
    };
    Diagnostic::error(
        code,
        name.span,
        format!("there is no {what} `{}`", name.value),
    )
    .expected(format!("the name of a declared {what}"))
    .hint_if(did_you_mean(&name.value, known))
}
