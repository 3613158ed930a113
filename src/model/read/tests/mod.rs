//! Tests of the reader on small files in memory.

mod accepted;
mod hostile;
mod refused;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::model::{ModelFile, read_model};
use crate::source::{FileId, Memory, SourceMap};

/// The start of every valid file.
const HEAD: &str = "fanfare = 1\nname = \"demo\"\n";

fn read(text: &str) -> Result<ModelFile, Vec<Diagnostic>> {
    let memory = Memory::new().with("model.toml", text);
    let mut problems = Diagnostics::new();
    let model = read_model(&memory, "model.toml", &mut SourceMap::new(), &mut problems);
    let problems = problems.into_sorted();
    assert_eq!(model.is_none(), !problems.is_empty(), "{problems:?}");
    model.ok_or(problems)
}

/// A valid head and `text`, which must be accepted.
fn accept(text: &str) -> ModelFile {
    read(&format!("{HEAD}{text}")).unwrap()
}

/// Code and text at the place of every problem of a valid head and `text`.
fn refuse(text: &str) -> Vec<(&'static str, String)> {
    let text = format!("{HEAD}{text}");
    let view = |problem: Diagnostic| (problem.code, at(&text, problem.span.unwrap()).to_owned());
    read(&text).unwrap_err().into_iter().map(view).collect()
}

/// Asserts the only problem.
#[track_caller]
fn assert_refused(text: &str, code: &str, place: &str) {
    let found = refuse(text);
    let found: Vec<(&str, &str)> = found.iter().map(|(c, p)| (*c, p.as_str())).collect();
    assert_eq!(found, [(code, place)], "{text}");
}

fn at(text: &str, span: Span) -> &str {
    assert_eq!(span.file, FileId(0));
    &text[span.start as usize..span.end as usize]
}
