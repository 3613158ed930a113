//! Loads the model that the arguments name, and prints what is wrong with it.

use std::io::IsTerminal;
use std::path::Path;

use super::arguments::ModelArguments;
use super::{ExitStatus, diagnostics};
use crate::diag::Diagnostic;
use crate::run::{Loaded, VariantChoice, load};
use crate::source::SourceMap;

/// The checked model; its warnings and problems go to standard error.
pub(super) fn load_model(arguments: &ModelArguments) -> Result<Loaded, ExitStatus> {
    let mut set = Vec::new();
    for text in &arguments.set {
        let Some((node, expression)) = text.split_once('=') else {
            eprintln!("error: --set expects NAME=EXPRESSION, found `{text}`");
            return Err(ExitStatus::Refused);
        };
        set.push((node.trim().to_owned(), expression.to_owned()));
    }
    let variant = VariantChoice {
        scenario: arguments.scenario.clone(),
        strategy: arguments.strategy.clone(),
        set,
    };
    load_variant(&arguments.model, &variant)
}

/// The checked model at a path; its warnings and problems go to standard error.
pub(super) fn load_variant(path: &Path, variant: &VariantChoice) -> Result<Loaded, ExitStatus> {
    match load(path, variant) {
        Ok(loaded) => {
            report(&loaded.model.warnings, &loaded.sources);
            Ok(loaded)
        }
        Err(refused) => {
            report(&refused.problems, &refused.sources);
            Err(ExitStatus::Refused)
        }
    }
}

/// Prints problems to standard error, in colour on a terminal.
pub(super) fn report(problems: &[Diagnostic], sources: &SourceMap) {
    if !problems.is_empty() {
        eprint!(
            "{}",
            diagnostics::render(problems, sources, std::io::stderr().is_terminal())
        );
    }
}
