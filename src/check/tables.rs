//! CSV tables that a model names, each read once.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::names::did_you_mean;
use crate::diag::{Diagnostic, Diagnostics, Spanned};
use crate::source::{FileId, Source, SourceMap, Table};

/// The tables read so far.
pub(super) struct Tables<'a> {
    source: &'a dyn Source,
    sources: &'a mut SourceMap,
    read: BTreeMap<FileId, Option<Rc<Table>>>,
}

impl<'a> Tables<'a> {
    /// No table yet.
    pub(super) fn new(source: &'a dyn Source, sources: &'a mut SourceMap) -> Self {
        Self {
            source,
            sources,
            read: BTreeMap::new(),
        }
    }

    /// The table at a path, with its number; `None` where the problem is reported.
    pub(super) fn open(
        &mut self,
        path: &Spanned<String>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Rc<Table>> {
        let id = match self.sources.load(self.source, &path.value) {
            Ok(id) => id,
            Err(error) => {
                diagnostics.push(error.at(Some(path.span)));
                return None;
            }
        };
        if let Some(known) = self.read.get(&id) {
            return known.clone();
        }
        let table = match Table::read(self.sources, id) {
            Ok(table) => Some(Rc::new(table)),
            Err(problems) => {
                for problem in problems {
                    diagnostics.push(problem.related(path.span, "the table is named here"));
                }
                None
            }
        };
        self.read.insert(id, table.clone());
        table
    }
}

/// The index of a column, or an error at the place that names it.
pub(super) fn column(
    table: &Table,
    path: &Spanned<String>,
    name: &str,
    span: crate::diag::Span,
    diagnostics: &mut Diagnostics,
) -> Option<usize> {
    let found = table.column(name);
    if found.is_none() {
        diagnostics.push(
            Diagnostic::error(
                "missing-column",
                span,
                format!("`{}` has no column `{name}`", path.value),
            )
            .expected("the name of a column")
            .hint_if(did_you_mean(name, table.columns.iter().map(String::as_str))),
        );
    }
    found
}
