//! A checked model as text for people: what `check` prints.

mod dependence;
mod explain;
mod report_plan;
mod summary;

pub use dependence::dependence_table;
pub use explain::explain;
pub use report_plan::report_plan;
pub use summary::summary;

use crate::check::{CheckedModel, NodeKind, Rollup};
use crate::dimension::{Dimensions, Shape};
use crate::model::Basis;

/// `country × year`, or `–` for a single cell.
fn shape_text(shape: &Shape, all: &Dimensions) -> String {
    if shape.is_empty() {
        return "–".to_owned();
    }
    let names: Vec<_> = shape.iter().map(|id| all.at(id).name.as_str()).collect();
    names.join(" × ")
}

const fn kind_text(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Data => "data",
        NodeKind::Input => "input",
        NodeKind::Variable => "variable",
    }
}

const fn basis_text(basis: Basis) -> &'static str {
    match basis {
        Basis::Evidence => "evidence",
        Basis::Calibrated => "calibrated",
        Basis::Free => "free choice",
        Basis::Judgement => "expert judgement",
    }
}

fn rollup_text(rollup: Rollup, model: &CheckedModel) -> String {
    match rollup {
        Rollup::Sum => "sum".to_owned(),
        Rollup::None => "none".to_owned(),
        Rollup::Mean(weight) => format!("mean weighted by {}", model.node(weight).name),
    }
}

/// Lines of columns, each as wide as its widest cell, two spaces apart.
fn columns(rows: &[Vec<String>]) -> String {
    let n_columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..n_columns)
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::from(" ");
        for (cell, width) in row.iter().zip(&widths) {
            line.push(' ');
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.chars().count() + 1));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
