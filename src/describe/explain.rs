//! One node or output explained: equation, operands, unit, dimensions, origin.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{kind_text, rollup_text, shape_text, summary};
use crate::check::{Body, CheckedModel, NodeId, NodeKind, ParameterTerm, Term, TermKind};
use crate::expr::print;
use crate::model::Basis;

/// What there is to know about the node, output or crossing called `name`; `None` if there is none.
#[must_use]
pub fn explain(model: &CheckedModel, name: &str) -> Option<String> {
    let mut text = String::new();
    if let Some(id) = model.find(name) {
        text.push_str(&node(model, id));
    }
    if let Some(output) = model.outputs.iter().find(|output| output.name == name) {
        let written = output
            .written
            .as_ref()
            .map_or_else(|| name.to_owned(), print);
        let places: Vec<_> = output
            .places
            .iter()
            .map(|place| place.name.as_str())
            .collect();
        let _ = writeln!(
            text,
            "output {name}: {}\n  equation    {written}, evaluated after roll-up\n  unit        {}\n  places      {}",
            output.title,
            output.unit,
            places.join(", ")
        );
        let mut read = BTreeSet::new();
        operands(&output.term, &mut read);
        text.push_str(&operand_list(model, &read));
        // A node of the same name has listed them already.
        if model.find(name).is_none() {
            text.push_str(&assumption_list(model, &read));
        }
    }
    if let Some(crossing) = model
        .crossings
        .iter()
        .find(|crossing| crossing.name == name)
    {
        let places: Vec<_> = crossing
            .places
            .iter()
            .map(|place| place.name.as_str())
            .collect();
        let _ = writeln!(
            text,
            "crossing {name}: {}\n  equation    {} > {}, evaluated after roll-up\n  places      {}",
            crossing.title,
            print(&crossing.written.0),
            print(&crossing.written.1),
            places.join(", ")
        );
        let mut read = BTreeSet::new();
        operands(&crossing.of, &mut read);
        operands(&crossing.above, &mut read);
        text.push_str(&operand_list(model, &read));
        text.push_str(&assumption_list(model, &read));
    }
    (!text.is_empty()).then_some(text)
}

fn node(model: &CheckedModel, id: NodeId) -> String {
    let node = model.node(id);
    let mut text = format!("{} {}: {}\n", kind_text(node.kind), node.name, node.title);
    let mut read = BTreeSet::new();
    for part in &node.parts {
        let cells = part.cells.as_ref().map_or_else(String::new, |cells| {
            let n = cells.iter().filter(|&&inside| inside).count();
            format!("  (in {n} of {} cells)", cells.len())
        });
        let equation = match (&part.written, &part.body) {
            (Some(written), _) => print(written),
            (None, Body::Values(values)) => values_text(values),
            (None, _) => node.name.clone(),
        };
        let _ = writeln!(text, "  equation    {equation}{cells}");
        match &part.body {
            Body::Values(_) => {}
            Body::Formula(term) => operands(term, &mut read),
            Body::Draw(draw) => {
                for parameter in &draw.parameters {
                    if let ParameterTerm::Number(term) = &parameter.value {
                        operands(term, &mut read);
                    }
                }
            }
        }
    }
    let _ = writeln!(
        text,
        "  dimensions  {}",
        shape_text(&node.shape, &model.dimensions)
    );
    let _ = writeln!(text, "  unit        {}", node.unit);
    if let Some(rollup) = node.rollup {
        let _ = writeln!(text, "  roll-up     {}", rollup_text(rollup, model));
    }
    let origin = summary::origin(node);
    if !origin.is_empty() {
        let _ = writeln!(text, "  rests on    {origin}");
    }
    text.push_str(&operand_list(model, &read));
    let readers: Vec<_> = readers(model, id);
    if !readers.is_empty() {
        let _ = writeln!(text, "  read by     {}", readers.join(", "));
    }
    let mut behind = read.clone();
    behind.remove(&id);
    text.push_str(&assumption_list(model, &behind));
    text
}

fn values_text(values: &[f64]) -> String {
    match values {
        [value] => format!("{value}"),
        _ => {
            let (low, high) = values
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| {
                    (low.min(x), high.max(x))
                });
            format!("{} values from {low} to {high}", values.len())
        }
    }
}

fn operand_list(model: &CheckedModel, read: &BTreeSet<NodeId>) -> String {
    let mut text = String::new();
    if !read.is_empty() {
        text.push_str("  reads\n");
        for &id in read {
            let node = model.node(id);
            let _ = writeln!(
                text,
                "    {} [{}] {}",
                node.name,
                shape_text(&node.shape, &model.dimensions),
                node.unit
            );
        }
    }
    text
}

/// The nodes that a term reads.
fn operands(term: &Term, read: &mut BTreeSet<NodeId>) {
    match &term.kind {
        TermKind::Number(_) | TermKind::LabelNumber(_) | TermKind::IsLabel(..) => {}
        TermKind::Node(id) => {
            read.insert(*id);
        }
        TermKind::Apply(_, list) => list.iter().for_each(|operand| operands(operand, read)),
        TermKind::Reduce { operand, level, .. } => {
            operands(operand, read);
            if let Some(level) = level {
                operands(level, read);
            }
        }
        TermKind::Slice { operand, .. } | TermKind::Cumulative(operand) => operands(operand, read),
        TermKind::Prev { operand, start } => {
            operands(operand, read);
            operands(start, read);
        }
        TermKind::Interpolate { at, points } => {
            operands(at, read);
            points.iter().for_each(|(_, value)| operands(value, read));
        }
    }
}

/// The nodes that a node's definitions read.
fn read_by_node(model: &CheckedModel, id: NodeId) -> BTreeSet<NodeId> {
    let mut read = BTreeSet::new();
    for part in &model.node(id).parts {
        match &part.body {
            Body::Values(_) => {}
            Body::Formula(term) => operands(term, &mut read),
            Body::Draw(draw) => {
                for parameter in &draw.parameters {
                    if let ParameterTerm::Number(term) = &parameter.value {
                        operands(term, &mut read);
                    }
                }
            }
        }
    }
    read
}

fn readers(model: &CheckedModel, id: NodeId) -> Vec<String> {
    let mut names: Vec<_> = (0u32..)
        .map(NodeId)
        .zip(&model.nodes)
        .filter(|(other, _)| read_by_node(model, *other).contains(&id))
        .map(|(_, node)| node.name.clone())
        .collect();
    for output in &model.outputs {
        let mut read = BTreeSet::new();
        operands(&output.term, &mut read);
        if read.contains(&id) {
            names.push(format!("output {}", output.name));
        }
    }
    names
}

/// The data and inputs on which nodes rest, directly or through others; calibrated and free choices first, then judgement, then evidence.
fn assumptions(model: &CheckedModel, from: &BTreeSet<NodeId>) -> Vec<NodeId> {
    let mut seen = from.clone();
    let mut pending: Vec<NodeId> = from.iter().copied().collect();
    while let Some(next) = pending.pop() {
        for operand in read_by_node(model, next) {
            if seen.insert(operand) {
                pending.push(operand);
            }
        }
    }
    let rank = |id: &NodeId| match model.node(*id).basis {
        Some(Basis::Calibrated) => 0,
        Some(Basis::Free) => 1,
        Some(Basis::Judgement) => 2,
        Some(Basis::Evidence) => 3,
        None => 4,
    };
    let mut list: Vec<NodeId> = seen
        .into_iter()
        .filter(|id| model.node(*id).kind != NodeKind::Variable)
        .collect();
    list.sort_by_key(rank);
    list
}

/// A line for each assumption: what it is, its definition, and what it rests on.
fn assumption_list(model: &CheckedModel, from: &BTreeSet<NodeId>) -> String {
    let rows: Vec<Vec<String>> = assumptions(model, from)
        .into_iter()
        .map(|id| {
            let node = model.node(id);
            let definition = match node.parts.last().map(|part| (&part.written, &part.body)) {
                Some((Some(written), _)) => print(written),
                Some((None, Body::Values(values))) => values_text(values),
                _ => String::new(),
            };
            vec![
                kind_text(node.kind).to_owned(),
                node.name.clone(),
                definition,
                summary::origin(node),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("  assumptions behind it\n{}", super::columns(&rows))
}
