//! `[dimensions.*]`

use super::reader::Reader;
use super::section::{Item, Section};
use crate::diag::Diagnostic;
use crate::expr::Ident;
use crate::model::{DimensionDecl, InlineLabel, LabelsDecl, ParentDecl, ParentFrom, ReportedDecl};
use toml::de::DeValue;

/// Most labels that `range` may span.
const LABEL_LIMIT: u64 = 1_000_000;

impl Reader<'_> {
    /// `[dimensions.NAME]`
    pub fn dimension(&mut self, name: Ident, section: &mut Section<'_>) -> Option<DimensionDecl> {
        let title = section.take("title").and_then(|item| self.text(item));
        let time = section.take("time").and_then(|item| self.boolean(item));
        let table = section.take("table");
        let labels = self.labels(section, table);
        let parents = match section.take("parent") {
            Some(item) => self.parents(item, table.is_some()),
            None => Some(Vec::new()),
        };
        let reported = match section.take("reported") {
            Some(item) => Some(self.reported(item, table.is_some())?),
            None => None,
        };
        Some(DimensionDecl {
            name,
            title,
            labels: labels?,
            time,
            parents: parents?,
            reported,
        })
    }

    fn labels(&mut self, section: &mut Section<'_>, table: Option<Item<'_>>) -> Option<LabelsDecl> {
        let range = section.take("range");
        let inline = section.take("labels");
        let key = section.take("key");
        let label = section.take("label");
        let forms: Vec<Item<'_>> = [range, inline, table].into_iter().flatten().collect();
        let Some(form) = forms.first().copied() else {
            section.missing(self, "`range`, `labels` or `table`");
            return None;
        };
        for other in &forms[1..] {
            let message = format!("`{}` and `{}` both state the labels", form.key, other.key);
            self.conflict(other.key_span, message, form.key_span, form.key);
        }
        if table.is_none() {
            for item in [key, label].into_iter().flatten() {
                let message = format!("`{}` names a column, but there is no `table`", item.key);
                self.conflict(item.key_span, message, form.key_span, form.key);
            }
        }
        match (range, inline, table) {
            (Some(item), _, _) => self.range(item),
            (_, Some(item), _) => self.inline_labels(item),
            (_, _, Some(item)) => {
                let tables = self.one_or_more_texts(item);
                let keys = match key {
                    Some(key) => self.one_or_more_texts(key),
                    None => {
                        section.missing(self, "`key`, the column that holds the labels");
                        None
                    }
                };
                let label = match label {
                    Some(label) => Some(self.text(label)?),
                    None => None,
                };
                let (tables, keys) = (tables?, keys?);
                if keys.len() != 1 && keys.len() != tables.len() {
                    let (n_keys, n_tables) = (keys.len(), tables.len());
                    let message = format!("{n_keys} key columns for {n_tables} tables");
                    let span = key.map_or(item.span, |key| key.span);
                    let problem = Diagnostic::error("wrong-length", span, message);
                    self.report(problem.expected("one column for all tables, or one for each"));
                    return None;
                }
                Some(LabelsDecl::Table {
                    tables,
                    keys,
                    label,
                })
            }
            (None, None, None) => None,
        }
    }

    /// `range = [first, last]`; its size is known before anything is made of it.
    fn range(&mut self, item: Item<'_>) -> Option<LabelsDecl> {
        let elements = self.list(item, "the first and the last label")?;
        let bounds = self.all(elements, Self::integer)?;
        let [first, last] = <[_; 2]>::try_from(bounds)
            .map_err(|bounds| {
                let message = format!("`range` has {} elements", bounds.len());
                let problem = Diagnostic::error("wrong-length", item.span, message);
                self.report(problem.expected("[first, last]"));
            })
            .ok()?;
        if first.value > last.value {
            let message = format!("the range ends at {} before it begins", last.value);
            let problem = Diagnostic::error("wrong-value", item.span, message);
            self.report(problem.expected("[first, last] with first ≤ last"));
            return None;
        }
        // No overflow: both bounds are within ±2^53.
        let n_labels = first.value.abs_diff(last.value) + 1;
        if n_labels > LABEL_LIMIT {
            let message = format!("the range has {n_labels} labels");
            let problem = Diagnostic::error("too-large", item.span, message);
            self.report(problem.expected(format!("at most {LABEL_LIMIT} labels")));
            return None;
        }
        Some(LabelsDecl::Range { first, last })
    }

    /// `labels = ["a", "b"]` or `{ a = "Title of a" }`
    fn inline_labels(&mut self, item: Item<'_>) -> Option<LabelsDecl> {
        let labels: Vec<InlineLabel> = match item.value {
            DeValue::Array(_) => {
                let keys = self.texts(item)?;
                keys.into_iter()
                    .map(|key| InlineLabel { key, title: None })
                    .collect()
            }
            DeValue::Table(_) => {
                let pairs = self.pairs(item, "a table of labels", Self::text)?;
                pairs
                    .into_iter()
                    .map(|(key, title)| InlineLabel {
                        key,
                        title: Some(title),
                    })
                    .collect()
            }
            _ => return self.wrong_type(item, "a list of labels or a table of labels and titles"),
        };
        for label in &labels {
            self.check_label(&label.key);
        }
        if labels.is_empty() {
            let problem =
                Diagnostic::error("wrong-length", item.span, "a dimension without labels");
            self.report(problem.expected("at least one label"));
            return None;
        }
        Some(LabelsDecl::Inline(labels))
    }

    /// `parent.DIMENSION = "column"` or `{ child = "parent" }`
    fn parents(&mut self, item: Item<'_>, has_table: bool) -> Option<Vec<ParentDecl>> {
        let form = "a table of dimensions, parent.region = \"column\"";
        let parents = self.pairs(item, form, |reader, entry| match entry.value {
            DeValue::String(_) => {
                let column = reader.text(entry)?;
                reader.column_needs_table(entry, has_table)?;
                Some(ParentFrom::Column(column))
            }
            DeValue::Table(_) => {
                let pairs = reader.pairs(entry, "labels and their parents", Self::text)?;
                Some(ParentFrom::Pairs(pairs))
            }
            _ => reader.wrong_type(entry, "a column or a table { child = \"parent\" }"),
        })?;
        Some(
            parents
                .into_iter()
                .map(|(dimension, from)| ParentDecl { dimension, from })
                .collect(),
        )
    }

    /// `reported = "column"` or `{ XNA = false }`
    fn reported(&mut self, item: Item<'_>, has_table: bool) -> Option<ReportedDecl> {
        match item.value {
            DeValue::String(_) => {
                let column = self.text(item)?;
                self.column_needs_table(item, has_table)?;
                Some(ReportedDecl::Column(column))
            }
            DeValue::Table(_) => {
                let pairs = self.pairs(item, "labels and true or false", Self::boolean)?;
                Some(ReportedDecl::Pairs(pairs))
            }
            _ => self.wrong_type(item, "a column or a table { label = false }"),
        }
    }

    fn column_needs_table(&mut self, item: Item<'_>, has_table: bool) -> Option<()> {
        if has_table {
            return Some(());
        }
        let message = format!(
            "`{}` names a column, but the dimension has no `table`",
            item.key
        );
        self.report(
            Diagnostic::error("conflicting-keys", item.span, message)
                .expected("a table of labels, as the dimension is not read from a file"),
        );
        None
    }
}
