//! Strategies, scenarios, sources and the report.

use super::reader::Reader;
use super::section::{Item, Section};
use crate::diag::{Diagnostic, Spanned};
use crate::expr::Ident;
use crate::model::{OverrideDecl, OverridePart, ReportDecl, SamplingDecl, SourceDecl, VariantDecl};
use toml::de::DeValue;

impl Reader<'_> {
    /// `[strategies.NAME]` or `[scenarios.NAME]`; one without `set` is the base model under a name.
    pub fn variant(&mut self, name: Ident, section: &mut Section<'_>) -> Option<VariantDecl> {
        let title = section.take("title").and_then(|item| self.text(item));
        let note = section.take("note").and_then(|item| self.text(item));
        let set = match section.take("set") {
            Some(item) => self.pairs(
                item,
                "a table of nodes, set.price = 2",
                Self::override_parts,
            )?,
            None => Vec::new(),
        };
        let set = set
            .into_iter()
            .map(|(node, parts)| OverrideDecl { node, parts })
            .collect();
        Some(VariantDecl {
            name,
            title,
            set,
            note,
        })
    }

    /// `value`, `'expression'` or `[{ where = { … }, is = … }]`
    fn override_parts(&mut self, item: Item<'_>) -> Option<Vec<OverridePart>> {
        match item.value {
            DeValue::Array(list) if list.is_empty() => {
                self.report(
                    Diagnostic::error(
                        "wrong-length",
                        item.span,
                        format!("`{}` is an empty list", item.key),
                    )
                    .expected("at least one { where = { … }, is = … }"),
                );
                None
            }
            DeValue::Array(list) => {
                let elements = self.elements(item, list);
                self.all(elements, Self::override_part)
            }
            DeValue::Table(_) => self.wrong_type_hint(
                item,
                "an expression or a list of { where = { … }, is = … }",
                Some("put it in square brackets: [{ where = { … }, is = … }]"),
            ),
            _ => {
                let is = self.expression(item)?;
                Some(vec![OverridePart {
                    cells: Vec::new(),
                    is,
                }])
            }
        }
    }

    fn override_part(&mut self, item: Item<'_>) -> Option<OverridePart> {
        let mut section = self.section(item, format!("an entry of `set.{}`", item.key))?;
        let cells = match section.take("where") {
            Some(item) => self.pairs(item, "a table { dimension = \"label\" }", Self::cell_labels),
            None => Some(Vec::new()),
        };
        let is = section.require(self, "is");
        let is = is.and_then(|item| self.expression(item));
        section.finish(self);
        Some(OverridePart {
            cells: cells?,
            is: is?,
        })
    }

    /// One label or a list of labels; labels that are numbers may be written as such.
    fn cell_labels(&mut self, item: Item<'_>) -> Option<Vec<Spanned<String>>> {
        match item.value {
            DeValue::Array(list) if !list.is_empty() => {
                let elements = self.elements(item, list);
                self.all(elements, Self::cell_label)
            }
            DeValue::String(_) | DeValue::Integer(_) => Some(vec![self.cell_label(item)?]),
            _ => self.wrong_type(item, "a label or a list of labels"),
        }
    }

    fn cell_label(&mut self, item: Item<'_>) -> Option<Spanned<String>> {
        match item.value {
            DeValue::Integer(_) => {
                let number = self.integer(item)?;
                Some(Spanned::new(number.value.to_string(), item.span))
            }
            _ => self.text(item),
        }
    }

    /// `[sources.NAME]`
    pub fn source(&mut self, name: Ident, section: &mut Section<'_>) -> Option<SourceDecl> {
        let title = section.require(self, "title");
        let title = title.and_then(|item| self.text(item));
        let url = section.take("url").and_then(|item| self.text(item));
        let date = section.take("date").and_then(|item| self.date(item));
        let note = section.take("note").and_then(|item| self.text(item));
        Some(SourceDecl {
            name,
            title: title?,
            url,
            date,
            note,
        })
    }

    /// `[report]`
    pub fn report_decl(&mut self, root: &mut Section<'_>) -> Option<ReportDecl> {
        let item = root.take("report")?;
        let mut section = self.section(item, "[report]".to_owned())?;
        let names = |reader: &mut Self, item: Option<Item<'_>>| {
            item.and_then(|item| reader.texts(item)).unwrap_or_default()
        };
        let crossing = section.take("crossing").and_then(|item| self.text(item));
        let outputs = names(self, section.take("outputs"));
        let fan = names(self, section.take("fan"));
        let drivers_of = section.take("drivers_of").and_then(|item| self.text(item));
        let span = section.span;
        section.finish(self);
        Some(ReportDecl {
            span,
            crossing,
            outputs,
            fan,
            drivers_of,
        })
    }

    /// `[sampling]`
    pub fn sampling_decl(&mut self, root: &mut Section<'_>) -> Option<SamplingDecl> {
        let item = root.take("sampling")?;
        let mut section = self.section(item, "[sampling]".to_owned())?;
        let order = section.require(self, "sobol_order");
        section.finish(self);
        let item = order?;
        let sobol_order = self.texts(item)?;
        if sobol_order.is_empty() {
            self.report(
                Diagnostic::error("no-group", item.span, "an order of no groups")
                    .expected("the name of at least one input: `sobol_order = [\"input\"]`")
                    .hint("without the key a short pilot of each run decides"),
            );
        }
        Some(SamplingDecl { sobol_order })
    }
}
