//! Problems of the TOML text itself.

use super::reader::Reader;
use super::section::shown;
use crate::diag::Diagnostic;

/// Most syntax errors reported: after a lost quote most of them mean nothing.
const PROBLEM_LIMIT: usize = 20;

/// Reports what the TOML parser found; whether the tree is unfit to be read.
pub(super) fn report(reader: &mut Reader<'_>, errors: &[toml::de::Error]) -> bool {
    let mut broken = false;
    let mut last_line_end = 0;
    let mut n_reported = 0;
    for error in errors {
        let range = error.span().unwrap_or(0..0);
        let span = reader.span(range.clone());
        let message = error.message();
        if message.starts_with("duplicate key") {
            let key = shown(reader.slice(span));
            let message = format!("`{key}` is declared twice");
            reader.report(
                Diagnostic::error("duplicate-key", span, message).expected("a key of its own"),
            );
            continue;
        }
        broken = true;
        // What follows on the same line is most often the same mistake.
        if n_reported >= PROBLEM_LIMIT || (n_reported > 0 && range.start < last_line_end) {
            continue;
        }
        n_reported += 1;
        last_line_end = reader.line_end(range.start);
        let code = if message.contains("recurs") {
            "nesting"
        } else {
            "toml-syntax"
        };
        let (found, expected) = message.split_once(", expected ").unwrap_or((message, ""));
        let mut problem = Diagnostic::error(code, span, found);
        if !expected.is_empty() {
            problem = problem.expected(format!("expected {expected}"));
        }
        reader.report(problem);
    }
    broken
}
