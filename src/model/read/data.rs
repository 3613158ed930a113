//! `[data.*]`

use super::reader::Reader;
use super::section::{Item, Section};
use crate::diag::{Diagnostic, Spanned};
use crate::expr::Ident;
use crate::model::{DataDecl, DataEntry, DataFrom, Scalar};
use toml::de::DeValue;

impl Reader<'_> {
    /// `[data.NAME]`
    pub fn data(&mut self, name: Ident, section: &mut Section<'_>) -> Option<DataDecl> {
        let over = match section.take("over") {
            None => Some(Vec::new()),
            Some(_) => self.over(section).map(|over| over.value),
        };
        let info = self.node_info(section);
        let values = self.data_from(section, over.as_deref());
        Some(DataDecl {
            name,
            over: over?,
            values: values?,
            info,
        })
    }

    /// `table`, `value` or `values`, with the keys that belong to each.
    fn data_from(&mut self, section: &mut Section<'_>, over: Option<&[Ident]>) -> Option<DataFrom> {
        let table = section.take("table");
        let value = section.take("value");
        let values = section.take("values");
        let column = section.take("column");
        let index = section.take("index");
        let filter = section.take("where");
        let default = section.take("default");
        let forms: Vec<Item<'_>> = [table, value, values].into_iter().flatten().collect();
        let Some(form) = forms.first().copied() else {
            section.missing(self, "`table`, `value` or `values`");
            return None;
        };
        for other in &forms[1..] {
            let message = format!("`{}` and `{}` both state the values", form.key, other.key);
            self.conflict(other.key_span, message, form.key_span, form.key);
        }
        let only_with_table = [column, index, filter];
        let unused: Vec<Item<'_>> = match form.value {
            _ if table.is_some() => Vec::new(),
            DeValue::Table(_) => only_with_table.into_iter().flatten().collect(),
            _ => only_with_table
                .into_iter()
                .chain([default])
                .flatten()
                .collect(),
        };
        for item in unused {
            let message = format!("`{}` means nothing beside `{}`", item.key, form.key);
            self.conflict(item.key_span, message, form.key_span, form.key);
        }
        if let Some(item) = table {
            let tables = self.one_or_more_texts(item);
            let column = match column {
                Some(item) => self.text(item),
                None => {
                    section.missing(self, "`column`, which holds the values");
                    None
                }
            };
            let index = self.optional_pairs(index, "{ dimension = \"column\" }", Self::text);
            let filter = self.optional_pairs(filter, "{ column = value }", Self::scalar);
            let default = self.optional_number(default);
            return Some(DataFrom::Table {
                tables: tables?,
                column: column?,
                index: index?,
                filter: filter?,
                default: default?,
            });
        }
        if let Some(item) = value {
            return self.number(item).map(DataFrom::Value);
        }
        let item = values?;
        match item.value {
            DeValue::Array(list) => {
                let elements = self.elements(item, list);
                let numbers = self.all(elements, Self::number)?;
                if over?.len() != 1 {
                    let message = "a list of values needs exactly one dimension";
                    let problem = Diagnostic::error("wrong-depth", item.span, message);
                    self.report(
                        problem.expected("`over` with one dimension, or a table of labels"),
                    );
                    return None;
                }
                Some(DataFrom::List(Spanned::new(numbers, item.span)))
            }
            DeValue::Table(_) => {
                let default = self.optional_number(default);
                let mut entries = Vec::new();
                let complete = self.entries(item, over?, &mut Vec::new(), &mut entries);
                complete?;
                Some(DataFrom::Values {
                    entries,
                    default: default?,
                })
            }
            _ => self.wrong_type(item, "a table of labels and numbers, or a list of numbers"),
        }
    }

    /// Values nested in the order of `over`. The depth is bounded by the number of dimensions.
    fn entries(
        &mut self,
        item: Item<'_>,
        over: &[Ident],
        labels: &mut Vec<Ident>,
        entries: &mut Vec<DataEntry>,
    ) -> Option<()> {
        let n_dimensions = over.len();
        let DeValue::Table(table) = item.value else {
            if labels.len() == n_dimensions {
                let value = self.number(item)?;
                entries.push(DataEntry {
                    labels: labels.clone(),
                    value,
                });
                return Some(());
            }
            let next = &over[labels.len()].value;
            let message = format!(
                "the labels of `{}` are missing here",
                super::section::shown(next)
            );
            let problem = Diagnostic::error("wrong-depth", item.span, message);
            self.report(
                problem.expected("a table { label = value }, nested in the order of `over`"),
            );
            return None;
        };
        if labels.len() == n_dimensions {
            let message = if n_dimensions == 0 {
                "values by label need dimensions in `over`".to_owned()
            } else {
                format!("`over` has only {n_dimensions} of these levels of labels")
            };
            let problem = Diagnostic::error("wrong-depth", item.key_span, message);
            self.report(problem.expected("a number"));
            return None;
        }
        let mut complete = Some(());
        for entry in self.items(table) {
            let label = Ident::new(entry.key.to_owned(), entry.key_span);
            self.check_label(&label);
            labels.push(label);
            complete = self.entries(entry, over, labels, entries).and(complete);
            labels.pop();
        }
        complete
    }

    fn optional_number(&mut self, item: Option<Item<'_>>) -> Option<Option<Spanned<f64>>> {
        match item {
            Some(item) => self.number(item).map(Some),
            None => Some(None),
        }
    }

    fn optional_pairs<T>(
        &mut self,
        item: Option<Item<'_>>,
        of: &str,
        read: impl Fn(&mut Self, Item<'_>) -> Option<T>,
    ) -> Option<Vec<(Ident, T)>> {
        match item {
            Some(item) => self.pairs(item, &format!("a table {of}"), read),
            None => Some(Vec::new()),
        }
    }

    fn scalar(&mut self, item: Item<'_>) -> Option<Spanned<Scalar>> {
        let value = match item.value {
            DeValue::Boolean(value) => Scalar::Bool(*value),
            DeValue::Integer(_) | DeValue::Float(_) => Scalar::Number(self.number(item)?.value),
            DeValue::String(_) | DeValue::Datetime(_) => Scalar::Text(self.date(item)?.value),
            _ => return self.wrong_type(item, "text, a number, a date, or true or false"),
        };
        Some(Spanned::new(value, item.span))
    }
}
