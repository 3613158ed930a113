//! Models with mistakes, and models without.

mod accepted;
mod declarations;
mod equations;
mod published;
mod truths;
mod variants;

use super::{CheckedModel, Variant, check};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{TextOrigin, parse};
use crate::model::{OverrideDecl, OverridePart, read_model};
use crate::source::{Memory, SourceMap};

/// The files of a model; `model.toml` is the first.
pub(super) struct Case {
    files: Vec<(String, String)>,
    scenario: Option<String>,
    strategy: Option<String>,
    set: Vec<(String, String)>,
}

/// A model without further files. The line with `fanfare` is added in front, on the line of the first character.
pub(super) fn model(text: &str) -> Case {
    let text = format!(
        "fanfare = 1\nname = \"m\"\n{}",
        text.trim_start_matches('\n')
    );
    Case {
        files: vec![("model.toml".to_owned(), text)],
        scenario: None,
        strategy: None,
        set: Vec::new(),
    }
}

impl Case {
    pub(super) fn table(mut self, path: &str, text: &str) -> Self {
        self.files.push((path.to_owned(), text.to_owned()));
        self
    }

    pub(super) fn scenario(mut self, name: &str) -> Self {
        self.scenario = Some(name.to_owned());
        self
    }

    pub(super) fn strategy(mut self, name: &str) -> Self {
        self.strategy = Some(name.to_owned());
        self
    }

    pub(super) fn set(mut self, node: &str, is: &str) -> Self {
        self.set.push((node.to_owned(), is.to_owned()));
        self
    }

    fn run(&self) -> (Result<CheckedModel, Vec<Diagnostic>>, SourceMap) {
        let mut memory = Memory::new();
        for (path, text) in &self.files {
            memory = memory.with(path, text.as_bytes());
        }
        let mut sources = SourceMap::new();
        let mut problems = Diagnostics::new();
        let file = read_model(&memory, "model.toml", &mut sources, &mut problems);
        let Some(file) = file else {
            return (Err(problems.into_sorted()), sources);
        };
        let set: Vec<OverrideDecl> = (self.set.iter())
            .map(|(node, is)| {
                let id = sources.add_argument("--set", is);
                let origin = TextOrigin::contiguous(id, 0);
                let is = parse(is, &origin).unwrap();
                OverrideDecl {
                    node: crate::diag::Spanned::new(node.clone(), is.span),
                    parts: vec![OverridePart {
                        cells: Vec::new(),
                        is,
                    }],
                }
            })
            .collect();
        let variant = Variant {
            scenario: self.scenario.as_deref(),
            strategy: self.strategy.as_deref(),
            set: &set,
        };
        let result = check(file, &memory, &mut sources, &variant);
        (result, sources)
    }

    /// `line:column code` of each problem, with the file in front if it is not the model.
    pub(super) fn problems(&self) -> Vec<String> {
        let (result, sources) = self.run();
        result
            .map_or_else(|list| list, |model| model.warnings)
            .iter()
            .map(|problem| describe(problem, &sources))
            .collect()
    }

    /// The full problems.
    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.run()
            .0
            .map_or_else(|list| list, |model| model.warnings)
    }

    /// The checked model, which must be free of errors.
    pub(super) fn checked(&self) -> CheckedModel {
        let (result, sources) = self.run();
        result.unwrap_or_else(|list| {
            let list: Vec<String> = (list.iter())
                .map(|problem| format!("{}: {}", describe(problem, &sources), problem.message))
                .collect();
            panic!("{}", list.join("\n"))
        })
    }

    /// Asserts that exactly these problems are found.
    pub(super) fn finds(&self, expected: &[&str]) {
        let found = self.problems();
        assert_eq!(
            found,
            expected,
            "\n{}\n{:#?}",
            self.files[0].1,
            self.diagnostics()
        );
    }
}

fn describe(problem: &Diagnostic, sources: &SourceMap) -> String {
    let Some(span) = problem.span else {
        return problem.code.to_owned();
    };
    let file = sources.get(span.file).unwrap();
    let position = file.position(span.start);
    let place = format!("{}:{} {}", position.line, position.column, problem.code);
    if file.path == "model.toml" {
        place
    } else {
        format!("{}:{place}", file.path)
    }
}

/// Runs each model and compares its problems.
pub(super) fn all(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        model(text).finds(expected);
    }
}
