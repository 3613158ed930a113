//! The summary of a model: dimensions, nodes in order of evaluation, inputs with their sources, what is unsourced.

use std::fmt::Write;

use super::{basis_text, columns, kind_text, rollup_text, shape_text};
use crate::check::{AlikeLevel, CheckedModel, Node, NodeKind, PlaceLevel};
use crate::expr::print;
use crate::model::{CorrelationKind, Statement, VariantDecl};

/// The whole summary.
#[must_use]
pub fn summary(model: &CheckedModel) -> String {
    let mut text = format!("{}: {}\n", model.name, model.title);
    for section in [
        dimensions,
        nodes,
        inputs,
        correlations,
        outputs,
        crossings,
        joints,
        evidence,
        variants,
        sources,
        sampling,
        report,
    ] {
        let part = section(model);
        if !part.is_empty() {
            text.push('\n');
            text.push_str(&part);
        }
    }
    text
}

fn titled(title: &str, rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        String::new()
    } else {
        format!("{title}\n{}", columns(rows))
    }
}

fn dimensions(model: &CheckedModel) -> String {
    let all = &model.dimensions;
    let rows: Vec<_> = all
        .iter()
        .map(|(_, dimension)| {
            let keys: Vec<_> = dimension
                .labels
                .iter()
                .map(|label| label.key.as_str())
                .collect();
            let shown = match keys.as_slice() {
                [first, .., last] if keys.len() > 4 => format!("{first} … {last}"),
                _ => keys.join(", "),
            };
            let mut remarks = Vec::new();
            if dimension.title != dimension.name {
                remarks.push(dimension.title.clone());
            }
            if dimension.time {
                remarks.push("time".to_owned());
            }
            for link in &dimension.parents {
                remarks.push(format!("rolls up to {}", all.at(link.parent).name));
            }
            let hidden = dimension
                .labels
                .iter()
                .filter(|label| !label.reported)
                .count();
            if hidden > 0 {
                remarks.push(format!("{hidden} without a place of their own"));
            }
            vec![
                dimension.name.clone(),
                format!("{} labels", dimension.len()),
                shown,
                remarks.join("; "),
            ]
        })
        .collect();
    titled("Dimensions", &rows)
}

fn nodes(model: &CheckedModel) -> String {
    let rows: Vec<_> = model
        .order
        .iter()
        .map(|&id| {
            let node = model.node(id);
            vec![
                kind_text(node.kind).to_owned(),
                node.name.clone(),
                shape_text(&node.shape, &model.dimensions),
                node.unit.to_string(),
                node.rollup.map_or_else(String::new, |rollup| {
                    format!("roll-up {}", rollup_text(rollup, model))
                }),
                if node.title == node.name {
                    String::new()
                } else {
                    node.title.clone()
                },
            ]
        })
        .collect();
    titled(
        &format!("Nodes in order of evaluation ({})", rows.len()),
        &rows,
    )
}

fn inputs(model: &CheckedModel) -> String {
    let inputs: Vec<&Node> = model
        .nodes
        .iter()
        .filter(|node| node.kind == NodeKind::Input)
        .collect();
    let rows: Vec<_> = inputs
        .iter()
        .map(|node| {
            let written: Vec<_> = node
                .parts
                .iter()
                .filter_map(|part| part.written.as_ref())
                .map(print)
                .collect();
            vec![
                node.name.clone(),
                written.join(" | "),
                dependence_text(node, model),
                origin(node),
            ]
        })
        .collect();
    let mut text = titled(&format!("Inputs ({})", rows.len()), &rows);
    let unsourced: Vec<_> = model
        .nodes
        .iter()
        .filter(|node| node.kind != NodeKind::Variable && node.sources.is_empty())
        .map(|node| node.name.as_str())
        .collect();
    if !unsourced.is_empty() {
        let _ = writeln!(
            text,
            "\nWithout a source ({}): {}",
            unsourced.len(),
            unsourced.join(", ")
        );
    }
    text
}

fn dependence_text(node: &Node, model: &CheckedModel) -> String {
    let Some(info) = &node.stream else {
        return String::new();
    };
    let mut parts: Vec<_> = info
        .alike
        .iter()
        .map(|(level, share)| {
            let name = match level {
                AlikeLevel::World => "world",
                AlikeLevel::Parent(id) => model.dimensions.at(*id).name.as_str(),
            };
            format!("alike {name} {share}")
        })
        .collect();
    parts.extend(info.persist.map(|rho| format!("persist {rho}")));
    if info.name != node.name {
        parts.push(format!("stream {}", info.name));
    }
    parts.join(", ")
}

/// What an assumption rests on, in a few words.
pub(super) fn origin(node: &Node) -> String {
    let mut parts: Vec<String> = node
        .basis
        .map(|basis| basis_text(basis).to_owned())
        .into_iter()
        .collect();
    if !node.sources.is_empty() {
        parts.push(node.sources.join(", "));
    }
    parts.extend(node.as_of.as_ref().map(|date| format!("as of {date}")));
    parts.extend(node.note.clone());
    parts.join("; ")
}

fn correlations(model: &CheckedModel) -> String {
    let rows: Vec<_> = model
        .correlations
        .iter()
        .flat_map(|group| &group.asked)
        .map(|pair| {
            let kind = match pair.kind {
                CorrelationKind::Copula => "copula",
                CorrelationKind::Pearson => "pearson",
                CorrelationKind::Spearman => "spearman",
            };
            vec![
                format!(
                    "{} ~ {}",
                    model.node(pair.between.0).name,
                    model.node(pair.between.1).name
                ),
                format!("{kind} {}", pair.value),
                format!("scores {:.6}", pair.score),
            ]
        })
        .collect();
    let mut text = titled("Correlations", &rows);
    for declared in &model.file.correlations {
        let mut remarks: Vec<_> = declared
            .sources
            .iter()
            .map(|source| source.value.clone())
            .collect();
        remarks.extend(declared.note.as_ref().map(|note| note.value.clone()));
        if !remarks.is_empty() {
            let names: Vec<_> = declared
                .between
                .iter()
                .map(|name| name.value.as_str())
                .collect();
            let _ = writeln!(text, "  {}: {}", names.join(" ~ "), remarks.join("; "));
        }
    }
    text
}

fn outputs(model: &CheckedModel) -> String {
    let rows: Vec<_> = model
        .outputs
        .iter()
        .map(|output| {
            let places: Vec<_> = output
                .places
                .iter()
                .map(|place| match place.level {
                    PlaceLevel::Dimension(id) => model.dimensions.at(id).name.clone(),
                    PlaceLevel::World => "world".to_owned(),
                })
                .collect();
            vec![
                output.name.clone(),
                output.unit.to_string(),
                places.join(", "),
                output
                    .written
                    .as_ref()
                    .map_or_else(|| output.name.clone(), print),
                if output.title == output.name {
                    String::new()
                } else {
                    output.title.clone()
                },
                output.note.clone().unwrap_or_default(),
            ]
        })
        .collect();
    titled(&format!("Outputs ({})", rows.len()), &rows)
}

fn crossings(model: &CheckedModel) -> String {
    let rows: Vec<_> = model
        .crossings
        .iter()
        .map(|crossing| {
            let places: Vec<_> = crossing
                .places
                .iter()
                .map(|place| place.name.as_str())
                .collect();
            vec![
                crossing.name.clone(),
                format!(
                    "{} > {}",
                    print(&crossing.written.0),
                    print(&crossing.written.1)
                ),
                places.join(", "),
                crossing.title.clone(),
                crossing.note.clone().unwrap_or_default(),
            ]
        })
        .collect();
    titled("Crossings", &rows)
}

fn joints(model: &CheckedModel) -> String {
    let rows: Vec<_> = model
        .joints
        .iter()
        .map(|joint| {
            let places: Vec<_> = joint
                .places
                .iter()
                .map(|place| place.name.as_str())
                .collect();
            vec![
                joint.name.clone(),
                joint.names.join(", "),
                places.join(", "),
                joint.title.clone(),
            ]
        })
        .collect();
    titled("Joint statistics", &rows)
}

fn evidence(model: &CheckedModel) -> String {
    let rows: Vec<_> = model
        .file
        .evidence
        .iter()
        .map(|evidence| {
            let statement = match &evidence.statement {
                Statement::Observes { quantity, is } => {
                    format!("{} observed as {}", print(quantity), print(is))
                }
                Statement::Holds {
                    condition,
                    softness,
                } => {
                    let wrong = softness.as_ref().map_or(0.0, |softness| softness.value);
                    format!("{} (wrong with probability {wrong})", print(condition))
                }
            };
            let mut remarks: Vec<_> = evidence
                .title
                .iter()
                .map(|title| title.value.clone())
                .collect();
            remarks.extend(evidence.sources.iter().map(|source| source.value.clone()));
            remarks.extend(evidence.note.iter().map(|note| note.value.clone()));
            vec![evidence.name.value.clone(), statement, remarks.join("; ")]
        })
        .collect();
    let mut text = titled("Evidence", &rows);
    let conditions: Vec<_> = model
        .file
        .conditions
        .iter()
        .map(|condition| {
            let on: Vec<_> = condition
                .on
                .iter()
                .map(|name| name.value.as_str())
                .collect();
            let mut remarks: Vec<_> = condition
                .title
                .iter()
                .map(|title| title.value.clone())
                .collect();
            remarks.extend(condition.note.iter().map(|note| note.value.clone()));
            vec![
                condition.name.value.clone(),
                on.join(", "),
                remarks.join("; "),
            ]
        })
        .collect();
    text.push_str(&titled("Conditions", &conditions));
    text
}

fn variants(model: &CheckedModel) -> String {
    let list = |title: &str, variants: &[VariantDecl]| {
        let rows: Vec<_> = variants
            .iter()
            .map(|variant| {
                let set: Vec<_> = variant
                    .set
                    .iter()
                    .map(|set| {
                        let parts: Vec<_> = set
                            .parts
                            .iter()
                            .map(|part| {
                                let cells: Vec<_> = part
                                    .cells
                                    .iter()
                                    .map(|(dimension, labels)| {
                                        let labels: Vec<_> = labels
                                            .iter()
                                            .map(|label| label.value.as_str())
                                            .collect();
                                        format!("{} = {}", dimension.value, labels.join(" or "))
                                    })
                                    .collect();
                                if cells.is_empty() {
                                    print(&part.is)
                                } else {
                                    format!("{} where {}", print(&part.is), cells.join(", "))
                                }
                            })
                            .collect();
                        format!("{} = {}", set.node.value, parts.join("; "))
                    })
                    .collect();
                let mut remarks: Vec<_> = variant
                    .title
                    .iter()
                    .map(|title| title.value.clone())
                    .collect();
                remarks.extend(variant.note.iter().map(|note| note.value.clone()));
                vec![
                    variant.name.value.clone(),
                    set.join("; "),
                    remarks.join("; "),
                ]
            })
            .collect();
        titled(title, &rows)
    };
    list("Strategies", &model.file.strategies) + &list("Scenarios", &model.file.scenarios)
}

fn sources(model: &CheckedModel) -> String {
    let rows: Vec<_> = model
        .file
        .sources
        .iter()
        .map(|source| {
            let text = |value: &Option<crate::diag::Spanned<String>>| {
                value
                    .as_ref()
                    .map_or_else(String::new, |value| value.value.clone())
            };
            vec![
                source.name.value.clone(),
                source.title.value.clone(),
                text(&source.date),
                text(&source.url),
                text(&source.note),
            ]
        })
        .collect();
    titled("Sources", &rows)
}

/// The groups of draws that the model wants to be spread best, with their Sobol' dimensions.
fn sampling(model: &CheckedModel) -> String {
    let groups = model.stream_groups();
    let mut first = 1;
    let mut rows = Vec::new();
    for name in &model.sobol_order {
        let found = groups.iter().find(|group| group.name == *name);
        let n_cells = found.map_or(0, |group| group.n_cells);
        let last = first + n_cells - 1;
        let dimensions = if last > first {
            format!("{first}–{last}")
        } else {
            first.to_string()
        };
        rows.push(vec![name.clone(), dimensions]);
        first = last + 1;
    }
    titled("Sobol' dimensions", &rows)
}

fn report(model: &CheckedModel) -> String {
    let Some(report) = &model.file.report else {
        return String::new();
    };
    let names = |list: &[crate::expr::Ident]| {
        list.iter()
            .map(|name| name.value.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut rows = Vec::new();
    rows.extend(
        report
            .crossing
            .iter()
            .map(|name| vec!["headline".to_owned(), name.value.clone()]),
    );
    rows.push(vec!["table".to_owned(), names(&report.outputs)]);
    rows.push(vec!["fan".to_owned(), names(&report.fan)]);
    rows.extend(
        report
            .drivers_of
            .iter()
            .map(|name| vec!["drivers of".to_owned(), name.value.clone()]),
    );
    titled("Report", &rows)
}
