//! From a path or a text to a checked model: reading, checking, and every problem with its place.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::check::{CheckedModel, Variant, check};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{self, Ident, TextOrigin};
use crate::model::{OverrideDecl, OverridePart, read_model};
use crate::source::{Folder, Source, SourceMap};

/// Which variant of a model is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantChoice {
    /// Name of a scenario.
    pub scenario: Option<String>,
    /// Name of a strategy.
    pub strategy: Option<String>,
    /// Pairs (node, expression): they win over both.
    pub set: Vec<(String, String)>,
}

/// A checked model with the texts it came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The model.
    pub model: CheckedModel,
    /// Its files.
    pub sources: SourceMap,
    /// The name of the model file among them.
    pub file_name: String,
    /// The variant that was applied.
    pub variant: VariantChoice,
}

/// A model that cannot be run.
#[derive(Debug, Clone)]
pub struct Refused {
    /// What is wrong, in the order of places.
    pub problems: Vec<Diagnostic>,
    /// The files that the places lie in.
    pub sources: SourceMap,
}

/// Reads and checks the model file at `path`.
///
/// # Errors
/// Every problem found.
pub fn load(path: &Path, variant: &VariantChoice) -> Result<Loaded, Box<Refused>> {
    match Folder::open(path) {
        Ok((folder, file_name)) => load_from(&folder, &file_name, variant),
        Err(error) => Err(Box::new(Refused {
            problems: vec![error.at(None)],
            sources: SourceMap::new(),
        })),
    }
}

/// Reads and checks the model `file_name` of any source, for example one in memory.
///
/// # Errors
/// Every problem found.
pub fn load_from(
    source: &dyn Source,
    file_name: &str,
    variant: &VariantChoice,
) -> Result<Loaded, Box<Refused>> {
    let mut sources = SourceMap::new();
    let mut problems = Diagnostics::new();
    let file = read_model(source, file_name, &mut sources, &mut problems);
    let set = overrides(&variant.set, &mut sources, &mut problems);
    let (Some(file), false) = (file, problems.has_errors()) else {
        return Err(Box::new(Refused {
            problems: problems.into_sorted(),
            sources,
        }));
    };
    let choice = Variant {
        scenario: variant.scenario.as_deref(),
        strategy: variant.strategy.as_deref(),
        set: &set,
    };
    match check(file, source, &mut sources, &choice) {
        Ok(model) => Ok(Loaded {
            model,
            sources,
            file_name: file_name.to_owned(),
            variant: variant.clone(),
        }),
        Err(problems) => Err(Box::new(Refused { problems, sources })),
    }
}

/// Parses overrides given beside the model; each is a text of its own, so that problems in it have a place.
fn overrides(
    set: &[(String, String)],
    sources: &mut SourceMap,
    problems: &mut Diagnostics,
) -> Vec<OverrideDecl> {
    let mut parsed = Vec::new();
    for (node, expression) in set {
        let text = format!("{node}={expression}");
        let file = sources.add_argument("--set", &text);
        let at_name = TextOrigin::contiguous(file, 0).span(0, node.len());
        match expr::parse(
            expression,
            &TextOrigin::contiguous(file, node.len() as u32 + 1),
        ) {
            Ok(is) => parsed.push(OverrideDecl {
                node: Ident::new(node.clone(), at_name),
                parts: vec![OverridePart {
                    cells: Vec::new(),
                    is,
                }],
            }),
            Err(list) => list.into_iter().for_each(|problem| problems.push(problem)),
        }
    }
    parsed
}
