//! Labels of dimensions from ranges, lists and tables; their parents and which of them are reported.

use std::collections::BTreeMap;

use super::names::{Names, did_you_mean};
use super::parents::{check_diamonds, parent_cycles, parent_labels};
use super::tables::{Tables, column};
use crate::diag::{Diagnostic, Diagnostics, Span, Spanned};
use crate::dimension::{Dimension, DimensionId, Dimensions, LabelInfo, ParentLink};
use crate::model::{DimensionDecl, LabelsDecl, ModelFile, ParentFrom, ReportedDecl};

/// Most labels of one dimension.
const MAX_LABELS: usize = 1_000_000;
/// Largest label of a range: beyond it integers are no longer exact in doubles.
const MAX_NUMBER: i64 = 1 << 53;

/// Dimensions as far as they could be read.
pub(super) struct ReadDimensions {
    /// The dimensions; links to parents only where all labels have one.
    pub(super) dimensions: Dimensions,
    /// For each whether labels are missing because of a problem that is reported already.
    pub(super) broken: Vec<bool>,
    /// For each where its labels stand.
    pub(super) spans: Vec<Vec<Span>>,
}

/// The raw cells of one label, by column name.
pub(super) struct Read {
    pub(super) labels: Vec<LabelInfo>,
    pub(super) spans: Vec<Span>,
    /// For each column asked for, the cell of each label.
    pub(super) columns: BTreeMap<String, Vec<Spanned<String>>>,
    pub(super) broken: bool,
}

/// Reads all dimensions of a file.
pub(super) fn read_dimensions(
    file: &ModelFile,
    names: &Names,
    tables: &mut Tables,
    diagnostics: &mut Diagnostics,
) -> ReadDimensions {
    let mut reads: Vec<Read> = Vec::new();
    for declaration in &file.dimensions {
        let mut read = read_labels(declaration, tables, diagnostics);
        report_duplicates(declaration, &mut read, diagnostics);
        read_reported(declaration, &mut read, diagnostics);
        reads.push(read);
    }
    let mut list = Vec::new();
    for (declaration, read) in file.dimensions.iter().zip(&reads) {
        let title = declaration.title.as_ref();
        list.push(Dimension::new(
            declaration.name.value.clone(),
            title.map_or_else(
                || declaration.name.value.clone(),
                |title| title.value.clone(),
            ),
            read.labels.clone(),
            declaration.time.as_ref().is_some_and(|time| time.value),
            matches!(declaration.labels, LabelsDecl::Range { .. }),
        ));
    }
    let mut dimensions = Dimensions::new(list);
    check_time(file, diagnostics);
    let cyclic = parent_cycles(file, names, diagnostics);
    for (index, (declaration, read)) in (0u16..).zip(file.dimensions.iter().zip(&reads)) {
        for parent in &declaration.parents {
            let Some(target) = names.expect_dimension(&parent.dimension, diagnostics) else {
                continue;
            };
            if cyclic.contains(&index) {
                continue;
            }
            let parent_broken = reads[usize::from(target.0)].broken;
            let above = dimensions.at(target);
            if let Some(labels) =
                parent_labels(parent, declaration, read, above, parent_broken, diagnostics)
            {
                dimensions
                    .at_mut(DimensionId(index))
                    .parents
                    .push(ParentLink {
                        parent: target,
                        labels,
                    });
            }
        }
    }
    check_diamonds(file, &dimensions, &reads, diagnostics);
    ReadDimensions {
        broken: reads.iter().map(|read| read.broken).collect(),
        spans: reads.into_iter().map(|read| read.spans).collect(),
        dimensions,
    }
}

fn label(key: String, title: String, number: Option<f64>) -> LabelInfo {
    LabelInfo {
        key,
        title,
        number,
        reported: true,
    }
}

fn read_labels(
    declaration: &DimensionDecl,
    tables: &mut Tables,
    diagnostics: &mut Diagnostics,
) -> Read {
    let mut read = Read {
        labels: Vec::new(),
        spans: Vec::new(),
        columns: BTreeMap::new(),
        broken: false,
    };
    match &declaration.labels {
        LabelsDecl::Range { first, last } => read_range(first, last, &mut read, diagnostics),
        LabelsDecl::Inline(labels) => {
            for inline in labels {
                let title = inline.title.as_ref().unwrap_or(&inline.key);
                read.labels
                    .push(label(inline.key.value.clone(), title.value.clone(), None));
                read.spans.push(inline.key.span);
            }
        }
        LabelsDecl::Table {
            tables: paths,
            keys,
            label,
        } => read_tables(
            declaration,
            paths,
            keys,
            label.as_ref(),
            tables,
            &mut read,
            diagnostics,
        ),
    }
    for (info, span) in read.labels.iter().zip(&read.spans) {
        if info.key.trim().is_empty() {
            diagnostics.push(
                Diagnostic::error(
                    "empty-label",
                    *span,
                    format!("an empty label of `{}`", declaration.name.value),
                )
                .expected("a label"),
            );
        }
    }
    if read.labels.is_empty() && !read.broken {
        read.broken = true;
        diagnostics.push(
            Diagnostic::error(
                "no-labels",
                declaration.name.span,
                format!("the dimension `{}` has no labels", declaration.name.value),
            )
            .expected("at least one label"),
        );
    }
    read
}

fn too_many(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "too-large",
        span,
        format!("{name} has more than {MAX_LABELS} labels"),
    )
    .expected(format!("at most {MAX_LABELS} labels"))
}

fn read_range(
    first: &Spanned<i64>,
    last: &Spanned<i64>,
    read: &mut Read,
    diagnostics: &mut Diagnostics,
) {
    let problem = if first.value > last.value {
        Some(
            Diagnostic::error(
                "empty-range",
                first.span.to(last.span),
                "the range ends before it begins",
            )
            .expected("[first, last] with first ≤ last"),
        )
    } else if first.value < -MAX_NUMBER || last.value > MAX_NUMBER {
        Some(
            Diagnostic::error(
                "too-large",
                first.span.to(last.span),
                "a label beyond 2^53 is not exact",
            )
            .expected("labels between −2^53 and 2^53"),
        )
    } else if last.value - first.value >= MAX_LABELS as i64 {
        Some(too_many(first.span.to(last.span), "the range"))
    } else {
        None
    };
    if let Some(problem) = problem {
        diagnostics.push(problem);
        read.broken = true;
        return;
    }
    for number in first.value..=last.value {
        let key = number.to_string();
        read.labels
            .push(label(key.clone(), key, Some(number as f64)));
        read.spans.push(first.span);
    }
}

fn read_tables(
    declaration: &DimensionDecl,
    paths: &[Spanned<String>],
    keys: &[Spanned<String>],
    label_column: Option<&Spanned<String>>,
    tables: &mut Tables,
    read: &mut Read,
    diagnostics: &mut Diagnostics,
) {
    if keys.len() != 1 && keys.len() != paths.len() {
        let span = keys.first().map_or(declaration.name.span, |key| key.span);
        diagnostics.push(
            Diagnostic::error(
                "key-count",
                span,
                format!("{} keys for {} tables", keys.len(), paths.len()),
            )
            .expected("one key for all tables, or one for each"),
        );
        read.broken = true;
        return;
    }
    let mut wanted: Vec<&Spanned<String>> = Vec::new();
    for parent in &declaration.parents {
        if let ParentFrom::Column(name) = &parent.from {
            wanted.push(name);
        }
    }
    if let Some(ReportedDecl::Column(name)) = &declaration.reported {
        wanted.push(name);
    }
    let mut incomplete = Vec::new();
    for (position, path) in paths.iter().enumerate() {
        let Some(table) = tables.open(path, diagnostics) else {
            read.broken = true;
            continue;
        };
        let key = if keys.len() == 1 {
            &keys[0]
        } else {
            &keys[position]
        };
        let key_column = column(&table, path, &key.value, key.span, diagnostics);
        let title_column =
            label_column.and_then(|name| column(&table, path, &name.value, name.span, diagnostics));
        for name in &wanted {
            let found = column(&table, path, &name.value, name.span, diagnostics);
            let Some(found) = found.filter(|_| key_column.is_some()) else {
                incomplete.push(name.value.clone());
                continue;
            };
            let cells = read.columns.entry(name.value.clone()).or_default();
            // One name may be wanted twice (a parent and `reported`); its cells are taken once per table.
            if cells.len() == read.labels.len() {
                cells.extend(table.rows.iter().map(|row| row.cells[found].clone()));
            }
        }
        let Some(key_column) = key_column else {
            read.broken = true;
            continue;
        };
        if read.labels.len() + table.rows.len() > MAX_LABELS {
            diagnostics.push(too_many(
                path.span,
                &format!("the dimension `{}`", declaration.name.value),
            ));
            read.broken = true;
            return;
        }
        for row in &table.rows {
            let key = &row.cells[key_column];
            let title = title_column
                .map(|index| row.cells[index].value.clone())
                .filter(|title| !title.trim().is_empty())
                .unwrap_or_else(|| key.value.clone());
            read.labels.push(label(key.value.clone(), title, None));
            read.spans.push(key.span);
        }
    }
    for name in incomplete {
        read.columns.remove(&name);
    }
}

fn report_duplicates(declaration: &DimensionDecl, read: &mut Read, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for (info, span) in read.labels.iter().zip(&read.spans) {
        if let Some(first) = seen.get(info.key.as_str()) {
            if !info.key.trim().is_empty() {
                diagnostics.push(
                    Diagnostic::error(
                        "duplicate-label",
                        *span,
                        format!(
                            "the label \"{}\" of `{}` occurs twice",
                            info.key, declaration.name.value
                        ),
                    )
                    .expected("each label once")
                    .related(*first, "first here"),
                );
            }
        } else {
            seen.insert(&info.key, *span);
        }
    }
}

/// The position of each label; the first of duplicates.
pub(super) fn positions(labels: &[LabelInfo]) -> BTreeMap<&str, usize> {
    let mut index = BTreeMap::new();
    for (position, info) in labels.iter().enumerate() {
        index.entry(info.key.as_str()).or_insert(position);
    }
    index
}

/// An unknown label of `dimension`, with the closest one.
pub(super) fn unknown_label<'n>(
    span: Span,
    key: &str,
    dimension: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Diagnostic {
    Diagnostic::error(
        "unknown-label",
        span,
        format!("`{dimension}` has no label \"{key}\""),
    )
    .expected(format!("a label of `{dimension}`"))
    .hint_if(did_you_mean(key, known))
}

fn read_reported(declaration: &DimensionDecl, read: &mut Read, diagnostics: &mut Diagnostics) {
    match &declaration.reported {
        None => {}
        Some(ReportedDecl::Column(name)) => {
            if !matches!(declaration.labels, LabelsDecl::Table { .. }) {
                diagnostics.push(needs_table("reported", name.span));
            }
            let Some(cells) = read.columns.get(&name.value) else {
                return;
            };
            for (info, cell) in read.labels.iter_mut().zip(cells) {
                match cell.value.as_str() {
                    "true" => {}
                    "false" => info.reported = false,
                    other => diagnostics.push(
                        Diagnostic::error(
                            "not-a-truth-value",
                            cell.span,
                            format!("`{other}` is neither true nor false"),
                        )
                        .expected("`true` or `false`"),
                    ),
                }
            }
        }
        Some(ReportedDecl::Pairs(pairs)) => {
            let found: Vec<Option<usize>> = {
                let index = positions(&read.labels);
                pairs
                    .iter()
                    .map(|(key, _)| index.get(key.value.as_str()).copied())
                    .collect()
            };
            for ((key, value), position) in pairs.iter().zip(found) {
                match position {
                    Some(position) => read.labels[position].reported = value.value,
                    None if read.broken => {}
                    None => diagnostics.push(unknown_label(
                        key.span,
                        &key.value,
                        &declaration.name.value,
                        read.labels.iter().map(|info| info.key.as_str()),
                    )),
                }
            }
        }
    }
}

/// The error that a key names a column where labels come from no table.
pub(super) fn needs_table(key: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "needs-table",
        span,
        format!("`{key}` names a column, but the labels come from no table"),
    )
    .expected("a table of labels, or pairs `{ label = value }`")
}

fn check_time(file: &ModelFile, diagnostics: &mut Diagnostics) {
    let mut first: Option<Span> = None;
    for declaration in &file.dimensions {
        let Some(time) = declaration.time.as_ref().filter(|time| time.value) else {
            continue;
        };
        if !matches!(declaration.labels, LabelsDecl::Range { .. }) {
            diagnostics.push(
                Diagnostic::error(
                    "time-needs-range",
                    time.span,
                    "only a range can be the time dimension",
                )
                .expected("`range = [first, last]` in the same dimension"),
            );
        }
        if let Some(parent) = declaration.parents.first() {
            diagnostics.push(
                Diagnostic::error(
                    "time-parent",
                    parent.dimension.span,
                    "the time dimension has no parents",
                )
                .expected("a dimension without `parent`"),
            );
        }
        if let Some(other) = first {
            diagnostics.push(
                Diagnostic::error(
                    "second-time",
                    time.span,
                    "there is a time dimension already",
                )
                .expected("at most one dimension with `time = true`")
                .related(other, "the first one"),
            );
        }
        first = first.or(Some(time.span));
        for child in &file.dimensions {
            for parent in &child.parents {
                if parent.dimension.value == declaration.name.value {
                    diagnostics.push(
                        Diagnostic::error(
                            "time-parent",
                            parent.dimension.span,
                            "the time dimension is no parent",
                        )
                        .expected("a dimension without `time = true`"),
                    );
                }
            }
        }
    }
}
