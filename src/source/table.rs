//! Tables of comma-separated values whose every cell knows its place.
//!
//! # Source
//! RFC 4180 (Shafranovich, 2005), read strictly: a quote may only enclose a whole field, and a carriage return only precede a line feed.

use std::collections::BTreeMap;

use super::{FileId, SourceMap};
use crate::diag::{Diagnostic, Span, Spanned};

/// Most cells of one table.
const CELL_LIMIT: usize = 10_000_000;
/// Problems reported for one table before reading stops: a shifted column breaks every row.
const PROBLEM_LIMIT: usize = 20;

/// A table with a header row.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The file it was read from.
    pub file: FileId,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The places of these names.
    pub column_spans: Vec<Span>,
    /// Rows in the order of the file, each with one cell for each column.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The text of each cell without its quotes; its place, with them.
    pub cells: Vec<Spanned<String>>,
    /// From the first cell to the last.
    pub span: Span,
}

impl Table {
    /// Reads a table from a file. Lines without any character are skipped.
    ///
    /// # Errors
    /// With the places of: an empty file, a column named twice, rows of unequal length, misplaced or unclosed quotes, too many cells.
    pub fn read(sources: &SourceMap, file: FileId) -> Result<Self, Vec<Diagnostic>> {
        let text = sources.get(file).map_or("", |source| source.text.as_str());
        Self::from_text(text, file, CELL_LIMIT)
    }

    fn from_text(text: &str, file: FileId, cell_limit: usize) -> Result<Self, Vec<Diagnostic>> {
        let mut scanner = Scanner { text, file, at: 0 };
        let Some(header) = scanner.record().map_err(|problem| vec![problem])? else {
            let problem =
                Diagnostic::error("table-syntax", Span::new(file, 0, 0), "the table is empty")
                    .expected("a first line with the names of the columns");
            return Err(vec![problem]);
        };
        let mut problems = duplicate_columns(&header);
        let n_columns = header.cells.len();
        let mut n_cells = 0usize;
        let mut rows = Vec::new();
        while problems.len() < PROBLEM_LIMIT {
            let row = match scanner.record() {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(problem) => {
                    problems.push(problem);
                    break;
                }
            };
            n_cells += row.cells.len();
            if n_cells > cell_limit {
                let message = format!("the table has more than {cell_limit} cells");
                problems.push(Diagnostic::error("too-large", row.span, message));
                break;
            }
            if row.cells.len() == n_columns {
                rows.push(row);
                continue;
            }
            let count = row.cells.len();
            let message = format!(
                "this row has {count} {}, the header {n_columns}",
                if count == 1 { "cell" } else { "cells" }
            );
            problems.push(
                Diagnostic::error("table-syntax", row.span, message)
                    .expected(format!("{n_columns} cells"))
                    .related(header.span, "the header")
                    .hint("a cell that holds a comma must stand in double quotes"),
            );
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            file,
            column_spans: header.cells.iter().map(|cell| cell.span).collect(),
            columns: header.cells.into_iter().map(|cell| cell.value).collect(),
            rows,
        })
    }

    /// The index of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

fn duplicate_columns(header: &Row) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&str, Span> = BTreeMap::new();
    let mut problems = Vec::new();
    for cell in &header.cells {
        if let Some(earlier) = first.get(cell.value.as_str()) {
            let message = format!("the column `{}` occurs twice", cell.value);
            problems.push(
                Diagnostic::error("duplicate-column", cell.span, message)
                    .expected("a name of its own")
                    .related(*earlier, "first here"),
            );
        } else {
            first.insert(&cell.value, cell.span);
        }
    }
    problems
}

/// Reads record after record. All delimiters are ASCII, hence every offset it stops at is the start of a character.
struct Scanner<'a> {
    text: &'a str,
    file: FileId,
    at: usize,
}

impl Scanner<'_> {
    /// The next record that is not an empty line; `None` at the end.
    fn record(&mut self) -> Result<Option<Row>, Diagnostic> {
        while self.line_break() {}
        if self.at == self.text.len() {
            return Ok(None);
        }
        let start = self.at;
        let mut cells = Vec::new();
        loop {
            cells.push(self.field()?);
            if self.peek() == Some(b',') {
                self.at += 1;
                continue;
            }
            let span = self.span(start, self.at);
            if self.at == self.text.len() || self.line_break() {
                return Ok(Some(Row { cells, span }));
            }
            return Err(self.problem_here());
        }
    }

    fn field(&mut self) -> Result<Spanned<String>, Diagnostic> {
        let start = self.at;
        if self.peek() == Some(b'"') {
            return self.quoted_field();
        }
        let rest = &self.text.as_bytes()[start..];
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
            .unwrap_or(rest.len());
        self.at += length;
        let text = self.text[start..self.at].to_owned();
        Ok(Spanned::new(text, self.span(start, self.at)))
    }

    fn quoted_field(&mut self) -> Result<Spanned<String>, Diagnostic> {
        let start = self.at;
        let mut text = String::new();
        loop {
            let from = self.at + 1;
            let Some(length) = self.text[from..].find('"') else {
                let problem = Diagnostic::error(
                    "table-syntax",
                    self.span(start, start + 1),
                    "this quote is never closed",
                );
                return Err(problem.expected("a closing `\"` further on"));
            };
            self.at = from + length + 1;
            text.push_str(&self.text[from..from + length]);
            if self.peek() != Some(b'"') {
                return Ok(Spanned::new(text, self.span(start, self.at)));
            }
            text.push('"');
        }
    }

    fn problem_here(&self) -> Diagnostic {
        let span = self.span(self.at, self.next_character());
        match self.peek() {
            Some(b'"') => Diagnostic::error("table-syntax", span, "a quote within a cell")
                .expected("`,` or the end of the line")
                .hint("enclose the whole cell in double quotes and write each quote in it twice"),
            Some(b'\r') => Diagnostic::error(
                "table-syntax",
                span,
                "a carriage return without a line feed",
            )
            .expected("`,` or the end of the line")
            .hint("save the table with line feeds (LF or CRLF)"),
            _ => Diagnostic::error("table-syntax", span, "text after a closing quote")
                .expected("`,` or the end of the line")
                .hint("enclose the whole cell in double quotes and write each quote in it twice"),
        }
    }

    fn next_character(&self) -> usize {
        let length = self.text[self.at..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
        self.at + length
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn line_break(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let length = if rest.starts_with('\n') {
            1
        } else if rest.starts_with("\r\n") {
            2
        } else {
            return false;
        };
        self.at += length;
        true
    }

    /// Files are limited to 32-bit offsets where they are read.
    fn span(&self, start: usize, end: usize) -> Span {
        let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(self.file, offset(start), offset(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: FileId = FileId(0);

    fn table(text: &str) -> Table {
        Table::from_text(text, FILE, 100).unwrap()
    }

    /// Code, text at the place, message of each problem.
    fn problems(text: &str) -> Vec<(&'static str, String, String)> {
        let problems = Table::from_text(text, FILE, 100).unwrap_err();
        let view = |problem: Diagnostic| {
            let span = problem.span.unwrap();
            let at = text[span.start as usize..span.end as usize].to_owned();
            (problem.code, at, problem.message)
        };
        problems.into_iter().map(view).collect()
    }

    #[test]
    fn cells_know_their_text_and_place() {
        let text = "id,name\r\nJP,\"Japan, \"\"Nippon\"\"\"\n\nDE,\"two\nlines\"\n";
        let table = table(text);
        assert_eq!(table.columns, ["id", "name"]);
        assert_eq!(table.rows.len(), 2);
        let cell = &table.rows[0].cells[1];
        assert_eq!(cell.value, "Japan, \"Nippon\"");
        assert_eq!(
            &text[cell.span.start as usize..cell.span.end as usize],
            "\"Japan, \"\"Nippon\"\"\""
        );
        assert_eq!(table.rows[1].cells[1].value, "two\nlines");
        assert_eq!(
            (table.column("name"), table.column("Name")),
            (Some(1), None)
        );
    }

    #[test]
    fn empty_cells_and_a_missing_last_line_break_are_fine() {
        let table = table("a,b,c\n,,\n1,,3");
        let cells: Vec<&str> = table.rows[1]
            .cells
            .iter()
            .map(|c| c.value.as_str())
            .collect();
        assert_eq!(cells, ["1", "", "3"]);
        assert_eq!(table.rows[0].cells[2].value, "");
    }

    #[test]
    fn every_ragged_row_and_duplicate_column_is_reported() {
        let found = problems("a,b,a\n1,2\n1,2,3\n1,2,3,4\n");
        let brief: Vec<(&str, &str)> = found.iter().map(|p| (p.0, p.1.as_str())).collect();
        assert_eq!(
            brief,
            [
                ("duplicate-column", "a"),
                ("table-syntax", "1,2"),
                ("table-syntax", "1,2,3,4")
            ]
        );
        assert_eq!(found[1].2, "this row has 2 cells, the header 3");
    }

    #[test]
    fn broken_quotes_and_line_ends_are_reported_where_they_stand() {
        for (text, at, message) in [
            ("a\n\"open\n", "\"", "this quote is never closed"),
            ("a\n\"x\"y\n", "y", "text after a closing quote"),
            ("a\n5\" pipe\n", "\"", "a quote within a cell"),
            ("a\nb\rc\n", "\r", "a carriage return without a line feed"),
        ] {
            let found = problems(text);
            assert_eq!((found[0].1.as_str(), found[0].2.as_str()), (at, message));
        }
        assert_eq!(problems("")[0].2, "the table is empty");
        assert_eq!(problems("\n\r\n")[0].2, "the table is empty");
    }

    #[test]
    fn the_cell_limit_holds() {
        let text = format!("a,b\n{}", "1,2\n".repeat(50));
        assert!(Table::from_text(&text, FILE, 100).is_ok());
        let problems = Table::from_text(&text, FILE, 99).unwrap_err();
        assert_eq!(problems[0].code, "too-large");
    }

    #[test]
    fn a_shifted_table_does_not_flood_the_reader() {
        let text = format!("a,b\n{}", "1\n".repeat(1000));
        let problems = Table::from_text(&text, FILE, 10_000).unwrap_err();
        assert_eq!(problems.len(), PROBLEM_LIMIT);
    }

    proptest! {
        /// Second implementation: the `csv` crate. What is accepted here, both read alike.
        #[test]
        fn cells_agree_with_an_independent_reader(text in "[ab,\"\n\r é]{0,40}") {
            if let Ok(table) = Table::from_text(&text, FILE, 1000) {
                let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
                let columns: Vec<String> =
                    reader.headers().unwrap().iter().map(str::to_owned).collect();
                prop_assert_eq!(&table.columns, &columns);
                let rows: Vec<Vec<String>> = reader
                    .records()
                    .map(|row| row.unwrap().iter().map(str::to_owned).collect())
                    .collect();
                let ours: Vec<Vec<String>> = table
                    .rows
                    .iter()
                    .map(|row| row.cells.iter().map(|cell| cell.value.clone()).collect())
                    .collect();
                prop_assert_eq!(ours, rows);
            }
        }

        /// What a CSV writer wrote comes back, whatever the cells hold.
        #[test]
        fn written_tables_come_back(
            rows in prop::collection::vec(prop::collection::vec("[a-c,\"\n\r é]{0,5}", 3), 1..6)
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["x", "y", "z"]).unwrap();
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let table = table(&text);
            let ours: Vec<Vec<String>> = table
                .rows
                .iter()
                .map(|row| row.cells.iter().map(|cell| cell.value.clone()).collect())
                .collect();
            prop_assert_eq!(ours, rows);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = Table::from_text(&text, FILE, 1000);
        }
    }
}
