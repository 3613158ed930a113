//! The table of dependence: what `check --dependence` prints.

use super::columns;
use crate::check::CheckedModel;
use crate::dependence::{Asked, DEPENDENCE_TRIALS, DependenceRow};
use crate::model::CorrelationKind;
use crate::render::exact;

/// Asked and achieved dependence as a table; a sentence where a model has none.
#[must_use]
pub fn dependence_table(model: &CheckedModel, rows: &[DependenceRow]) -> String {
    if rows.is_empty() {
        return "All draws are independent: no correlation, no `alike`, no `persist`.\n".to_owned();
    }
    let mut table = vec![
        [
            "asked",
            "",
            "kind",
            "number",
            "achieved",
            "sampled",
            "copula",
            "Spearman",
            "Pearson",
            "Pearson within",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    table.extend(rows.iter().map(|row| line(model, row)));
    format!(
        "Dependence, asked and achieved\n{}\n\
         achieved: computed from the scores that a run evaluates; sampled: {DEPENDENCE_TRIALS} trials, with the standard error.\n\
         copula, Spearman, Pearson: the same dependence in each kind; – where it has none (ranks of a discrete input tie; parameters that\n\
         vary give each cell and trial a Pearson correlation of its own). Pearson within: the smallest and largest value it can have here.\n",
        columns(&table)
    )
}

fn line(model: &CheckedModel, row: &DependenceRow) -> Vec<String> {
    let name = |id| model.node(id).name.clone();
    let (what, of, kind) = match &row.asked {
        Asked::Correlation { between, kind } => (
            "correlation",
            format!("{}, {}", name(between.0), name(between.1)),
            match kind {
                CorrelationKind::Copula => "copula",
                CorrelationKind::Pearson => "pearson",
                CorrelationKind::Spearman => "spearman",
            },
        ),
        Asked::Alike {
            input,
            same,
            different,
        } => {
            let listed = |word: &str, names: &[String]| {
                (!names.is_empty()).then(|| format!("{word} {}", names.join(", ")))
            };
            let cells: Vec<String> = [listed("one", same), listed("different", different)]
                .into_iter()
                .flatten()
                .collect();
            let cells = if cells.is_empty() {
                "any two cells".to_owned()
            } else {
                format!("cells of {}", cells.join(", "))
            };
            ("alike", format!("{}, {cells}", name(*input)), "copula")
        }
        Asked::Persist { input } => (
            "persist",
            format!("{}, neighbouring times", name(*input)),
            "copula",
        ),
    };
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), four_places);
    vec![
        what.to_owned(),
        of,
        kind.to_owned(),
        exact(row.value),
        number(row.achieved()),
        row.sampled.map_or_else(
            || "–".to_owned(),
            |sampled| format!("{:.3} ± {:.3}", sampled.value, sampled.error),
        ),
        number(row.scores),
        number(row.spearman),
        number(row.pearson),
        row.pearson_range.map_or_else(String::new, |(low, high)| {
            format!("{} … {}", four_places(low), four_places(high))
        }),
    ]
}

/// Four decimals, no negative zero.
fn four_places(value: f64) -> String {
    let text = format!("{value:.4}");
    if text == "-0.0000" {
        "0.0000".to_owned()
    } else {
        text
    }
}
