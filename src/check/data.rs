//! Values of data nodes from tables and from the model file: one finite number for each cell.

use std::collections::BTreeMap;

use super::dimensions::unknown_label;
use super::names::{Names, did_you_mean};
use super::over::Over;
use super::tables::{Tables, column};
use crate::diag::{Diagnostic, Diagnostics, Span, Spanned};
use crate::dimension::{DimensionId, Dimensions, Shape};
use crate::model::{DataDecl, DataEntry, DataFrom, DimensionDecl, LabelsDecl, ModelFile, Scalar};

/// Missing cells that are named one by one.
const NAMED_CELLS: usize = 10;

/// What reading data needs to know.
pub(super) struct DataReader<'a, 'n, 't, 's> {
    pub(super) file: &'a ModelFile,
    pub(super) names: &'a Names<'n>,
    pub(super) dimensions: &'a Dimensions,
    pub(super) broken: &'a [bool],
    pub(super) tables: &'t mut Tables<'s>,
}

/// The value found for a cell and where.
type Found = Vec<Option<(f64, Span)>>;

impl DataReader<'_, '_, '_, '_> {
    /// The values of a data node, one for each cell; `None` where problems are reported.
    pub(super) fn read(
        &mut self,
        data: &DataDecl,
        over: &Over,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<f64>> {
        let n_cells = over.shape.n_cells(self.dimensions)?;
        if over.written.iter().any(|id| self.broken[usize::from(id.0)]) {
            return None;
        }
        let mut found: Found = vec![None; n_cells];
        let mut problems = Diagnostics::new();
        let default = match &data.values {
            DataFrom::Value(value) => {
                if over.written.is_empty() {
                    finite(value.value, value.span, diagnostics)?;
                    return Some(vec![value.value]);
                }
                diagnostics.push(
                    Diagnostic::error(
                        "value-form",
                        value.span,
                        "one value for a node with dimensions",
                    )
                    .expected("`values = { label = … }`, with `default = …` for the rest")
                    .hint(format!(
                        "leave out `over` or write `values = {{}}` and `default = {}`",
                        value.value
                    )),
                );
                return None;
            }
            DataFrom::List(list) => {
                let dimension = match over.written.as_slice() {
                    [one] => self.dimensions.at(*one),
                    _ => {
                        diagnostics.push(
                            Diagnostic::error(
                                "value-form",
                                list.span,
                                "a list of values needs exactly one dimension",
                            )
                            .expected("`over` with one dimension, or `values = { label = … }`"),
                        );
                        return None;
                    }
                };
                if list.value.len() != dimension.len() {
                    diagnostics.push(
                        Diagnostic::error(
                            "missing-cell",
                            list.span,
                            format!(
                                "{} values for the {} labels of `{}`",
                                list.value.len(),
                                dimension.len(),
                                dimension.name
                            ),
                        )
                        .expected("one number for each label"),
                    );
                    return None;
                }
                for (slot, value) in found.iter_mut().zip(&list.value) {
                    if finite(value.value, value.span, &mut problems).is_some() {
                        *slot = Some((value.value, value.span));
                    }
                }
                None
            }
            DataFrom::Values { entries, default } => {
                self.inline(data, entries, over, &mut found, &mut problems);
                default.as_ref()
            }
            DataFrom::Table { default, .. } => {
                if self.table(data, over, &mut found, &mut problems).is_none() {
                    diagnostics.extend(problems);
                    return None;
                }
                default.as_ref()
            }
        };
        if problems.has_errors() {
            diagnostics.extend(problems);
            return None;
        }
        self.complete(data, &over.shape, found, default, diagnostics)
    }

    fn complete(
        &self,
        data: &DataDecl,
        shape: &Shape,
        found: Found,
        default: Option<&Spanned<f64>>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<f64>> {
        if let Some(default) = default {
            finite(default.value, default.span, diagnostics)?;
            if found.iter().all(Option::is_some) {
                diagnostics.push(
                    Diagnostic::error(
                        "unused-default",
                        default.span,
                        format!("every cell of `{}` has a value", data.name.value),
                    )
                    .expected("no `default` where nothing is missing"),
                );
                return None;
            }
        }
        let mut missing = Vec::new();
        let mut values = Vec::with_capacity(found.len());
        for (cell, slot) in found.iter().enumerate() {
            match slot
                .map(|(value, _)| value)
                .or(default.map(|default| default.value))
            {
                Some(value) => values.push(value),
                None => missing.push(cell),
            }
        }
        if missing.is_empty() {
            return Some(values);
        }
        let place = match &data.values {
            DataFrom::Table { column, .. } => column.span,
            _ => data.name.span,
        };
        let shown: Vec<String> = missing
            .iter()
            .take(NAMED_CELLS)
            .map(|&cell| describe_cell(shape, cell, self.dimensions))
            .collect();
        let rest = missing.len() - shown.len();
        let more = if rest > 0 {
            format!(" and {rest} more")
        } else {
            String::new()
        };
        diagnostics.push(
            Diagnostic::error(
                "missing-cell",
                place,
                format!(
                    "`{}` has no value for {}{more}",
                    data.name.value,
                    shown.join(", ")
                ),
            )
            .expected("a value for each cell")
            .hint("state `default = …` if one value holds for all the rest"),
        );
        None
    }

    fn inline(
        &self,
        data: &DataDecl,
        entries: &[DataEntry],
        over: &Over,
        found: &mut Found,
        diagnostics: &mut Diagnostics,
    ) {
        for entry in entries {
            if entry.labels.len() != over.written.len() {
                diagnostics.push(
                    Diagnostic::error(
                        "value-form",
                        entry.value.span,
                        format!(
                            "a value with {} labels for a node with {} dimensions",
                            entry.labels.len(),
                            over.written.len()
                        ),
                    )
                    .expected("one level of labels for each dimension of `over`"),
                );
                continue;
            }
            let labels: Vec<Option<u32>> = (over.written.iter().zip(&entry.labels))
                .map(|(&id, label)| {
                    let dimension = self.dimensions.at(id);
                    let index = dimension.find(&label.value);
                    if index.is_none() {
                        let known = dimension.labels.iter().map(|info| info.key.as_str());
                        diagnostics.push(unknown_label(
                            label.span,
                            &label.value,
                            &dimension.name,
                            known,
                        ));
                    }
                    index
                })
                .collect();
            let Some(cell) = self.cell(over, &labels) else {
                continue;
            };
            if finite(entry.value.value, entry.value.span, diagnostics).is_none() {
                continue;
            }
            if let Some((_, first)) = found[cell] {
                diagnostics.push(
                    Diagnostic::error(
                        "duplicate-cell",
                        entry.value.span,
                        format!(
                            "`{}` has two values for {}",
                            data.name.value,
                            describe_cell(&over.shape, cell, self.dimensions)
                        ),
                    )
                    .expected("one value for each cell")
                    .related(first, "the first value"),
                );
            }
            found[cell] = Some((entry.value.value, entry.value.span));
        }
    }

    /// The cell of labels that are given in the order of `over`.
    fn cell(&self, over: &Over, labels: &[Option<u32>]) -> Option<usize> {
        let mut sorted: Vec<(DimensionId, u32)> = Vec::with_capacity(labels.len());
        for (&id, label) in over.written.iter().zip(labels) {
            sorted.push((id, (*label)?));
        }
        sorted.sort_unstable();
        let labels: Vec<u32> = sorted.into_iter().map(|(_, label)| label).collect();
        Some(over.shape.cell_of(&labels, self.dimensions))
    }

    fn table(
        &mut self,
        data: &DataDecl,
        over: &Over,
        found: &mut Found,
        diagnostics: &mut Diagnostics,
    ) -> Option<()> {
        let DataFrom::Table {
            tables: paths,
            column: value_name,
            index,
            filter,
            ..
        } = &data.values
        else {
            return None;
        };
        let mut stated: BTreeMap<DimensionId, &Spanned<String>> = BTreeMap::new();
        let mut sound = true;
        for (name, column) in index {
            match self.names.expect_dimension(name, diagnostics) {
                Some(id) if over.written.contains(&id) => {
                    stated.insert(id, column);
                }
                Some(_) => {
                    sound = false;
                    diagnostics.push(
                        Diagnostic::error(
                            "useless-index",
                            name.span,
                            format!("`{}` does not run over `{}`", data.name.value, name.value),
                        )
                        .expected("a dimension of `over`")
                        .hint("choose rows with `where = { column = value }`"),
                    );
                }
                None => sound = false,
            }
        }
        let mut selected = 0usize;
        let mut rows = 0usize;
        for path in paths {
            let Some(table) = self.tables.open(path, diagnostics) else {
                sound = false;
                continue;
            };
            let value_column = column(
                &table,
                path,
                &value_name.value,
                value_name.span,
                diagnostics,
            );
            let filters: Vec<Option<usize>> = filter
                .iter()
                .map(|(name, _)| column(&table, path, &name.value, name.span, diagnostics))
                .collect();
            let index: Vec<Option<usize>> = over
                .written
                .iter()
                .map(|id| self.index_column(*id, &stated, path, &table, data, diagnostics))
                .collect();
            let (Some(value_column), Some(filters), Some(index)) = (
                value_column,
                filters.into_iter().collect::<Option<Vec<_>>>(),
                index.into_iter().collect::<Option<Vec<_>>>(),
            ) else {
                sound = false;
                continue;
            };
            rows += table.rows.len();
            for row in &table.rows {
                let counts = filters
                    .iter()
                    .zip(filter)
                    .all(|(&at, (_, wanted))| matches_scalar(&row.cells[at].value, &wanted.value));
                if !counts {
                    continue;
                }
                selected += 1;
                let labels: Vec<Option<u32>> = over
                    .written
                    .iter()
                    .zip(&index)
                    .map(|(&id, &at)| {
                        let dimension = self.dimensions.at(id);
                        let cell = &row.cells[at];
                        let label = dimension.find(&cell.value);
                        if label.is_none() {
                            let known = dimension.labels.iter().map(|info| info.key.as_str());
                            diagnostics.push(
                                unknown_label(cell.span, &cell.value, &dimension.name, known)
                                    .related(value_name.span, "read for this column")
                                    .hint("choose the rows that count with `where = { column = value }`"),
                            );
                        }
                        label
                    })
                    .collect();
                let Some(cell) = self.cell(over, &labels) else {
                    continue;
                };
                let text = &row.cells[value_column];
                let Some(value) = number(text, value_name.span, diagnostics) else {
                    continue;
                };
                if let Some((_, first)) = found[cell] {
                    diagnostics.push(
                        Diagnostic::error(
                            "duplicate-cell",
                            text.span,
                            format!(
                                "two rows give `{}` for {}",
                                data.name.value,
                                describe_cell(&over.shape, cell, self.dimensions)
                            ),
                        )
                        .expected("one row for each cell")
                        .related(first, "the first row")
                        .hint("choose the rows that count with `where = { column = value }`"),
                    );
                    continue;
                }
                found[cell] = Some((value, text.span));
            }
        }
        if sound && selected == 0 && rows > 0 && !filter.is_empty() {
            let span = filter.iter().map(|(name, _)| name.span).reduce(Span::to);
            diagnostics.push(
                Diagnostic::error(
                    "empty-where",
                    span.unwrap_or(value_name.span),
                    "`where` selects no row",
                )
                .expected("values that occur in the table"),
            );
            sound = false;
        }
        sound.then_some(())
    }

    fn index_column(
        &self,
        id: DimensionId,
        stated: &BTreeMap<DimensionId, &Spanned<String>>,
        path: &Spanned<String>,
        table: &crate::source::Table,
        data: &DataDecl,
        diagnostics: &mut Diagnostics,
    ) -> Option<usize> {
        if let Some(name) = stated.get(&id) {
            return column(table, path, &name.value, name.span, diagnostics);
        }
        let declaration = &self.file.dimensions[usize::from(id.0)];
        if let Some(key) = key_of(declaration, &path.value) {
            return column(table, path, &key.value, path.span, diagnostics);
        }
        let name = &declaration.name.value;
        diagnostics.push(
            Diagnostic::error(
                "missing-index",
                path.span,
                format!(
                    "which column of `{}` holds the labels of `{name}`?",
                    path.value
                ),
            )
            .expected(format!(
                "`index = {{ {name} = \"…\" }}` in `{}`",
                data.name.value
            ))
            .hint_if(did_you_mean(name, table.columns.iter().map(String::as_str))),
        );
        None
    }
}

/// The key column of a dimension that was read from this table.
fn key_of<'d>(declaration: &'d DimensionDecl, path: &str) -> Option<&'d Spanned<String>> {
    let LabelsDecl::Table { tables, keys, .. } = &declaration.labels else {
        return None;
    };
    let position = tables.iter().position(|table| table.value == path)?;
    if keys.len() == 1 {
        keys.first()
    } else {
        keys.get(position)
    }
}

/// `country = "JPN", year = 2023`, for messages; `the only cell` of a scalar.
pub(super) fn describe_cell(shape: &Shape, cell: usize, dimensions: &Dimensions) -> String {
    if shape.is_empty() {
        return "its only cell".to_owned();
    }
    let parts: Vec<String> = (shape.iter().zip(shape.labels_of(cell, dimensions)))
        .map(|(id, label)| {
            let dimension = dimensions.at(id);
            format!(
                "{} {}",
                dimension.name, dimension.labels[label as usize].key
            )
        })
        .collect();
    parts.join(", ")
}

fn matches_scalar(cell: &str, wanted: &Scalar) -> bool {
    match wanted {
        Scalar::Number(number) => cell
            .trim()
            .parse::<f64>()
            .is_ok_and(|value| value == *number),
        Scalar::Text(text) => cell == text,
        Scalar::Bool(flag) => cell == if *flag { "true" } else { "false" },
    }
}

fn finite(value: f64, span: Span, diagnostics: &mut Diagnostics) -> Option<()> {
    if value.is_finite() {
        return Some(());
    }
    diagnostics.push(
        Diagnostic::error("not-a-number", span, format!("{value} is not finite"))
            .expected("a finite number"),
    );
    None
}

/// The number of a CSV cell: digits, sign, point and exponent only (`inf` and `nan` are refused).
pub(super) fn number(
    cell: &Spanned<String>,
    asked: Span,
    diagnostics: &mut Diagnostics,
) -> Option<f64> {
    let text = cell.value.trim();
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let parsed = text
        .parse::<f64>()
        .ok()
        .filter(|value| plain && value.is_finite());
    if parsed.is_none() {
        let message = if text.is_empty() {
            "the cell is empty".to_owned()
        } else {
            format!("`{text}` is not a finite number")
        };
        diagnostics.push(
            Diagnostic::error("not-a-number", cell.span, message)
                .expected("a number such as 1200000, 0.05 or 3.1e9")
                .related(asked, "read for this column"),
        );
    }
    parsed
}
