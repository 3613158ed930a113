//! The reader of model files: TOML text to declarations, with every problem of form reported at its place.

mod data;
mod dimension;
mod names;
mod nesting;
mod node;
mod reader;
mod section;
mod statement;
mod syntax;
#[cfg(test)]
mod tests;
mod text;
mod variant;

use toml::de::{DeTable, DeValue};

use self::names::NameKind;
use self::reader::Reader;
use self::section::Section;
use super::ModelFile;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::expr::Ident;
use crate::source::{FileId, Source, SourceMap};

/// Largest model file in bytes (4 MiB).
pub const MODEL_LIMIT: usize = 4 << 20;

/// Reads the model file `file_name` of `source`. Tables it names are not opened.
///
/// All problems of form are added to `problems`, in the order of the file; `None` if one of them is an error.
pub fn read_model(
    source: &dyn Source,
    file_name: &str,
    sources: &mut SourceMap,
    problems: &mut Diagnostics,
) -> Option<ModelFile> {
    let file = match sources.load(source, file_name) {
        Ok(file) => file,
        Err(error) => {
            problems.push(error.at(None));
            return None;
        }
    };
    let text = sources.get(file).map_or("", |source| source.text.as_str());
    let (model, found) = read_text(text, file);
    let model = model.filter(|_| !found.has_errors());
    for problem in found.into_sorted() {
        problems.push(problem);
    }
    model
}

fn read_text(text: &str, file: FileId) -> (Option<ModelFile>, Diagnostics) {
    let mut reader = Reader::new(file, text);
    if text.len() > MODEL_LIMIT {
        let message = format!("the model file is larger than {MODEL_LIMIT} bytes");
        let problem = Diagnostic::error("too-large", Span::new(file, 0, 0), message);
        reader.report(problem.hint("keep large data in CSV tables beside the model"));
        return (None, reader.into_problems());
    }
    if let Some(place) = nesting::too_deep(text) {
        let span = reader.span(place..place + 1);
        let message = format!(
            "more than {} tables, lists or keys nested",
            nesting::DEPTH_LIMIT
        );
        reader.report(Diagnostic::error("nesting", span, message));
        return (None, reader.into_problems());
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    if syntax::report(&mut reader, &errors) {
        // The tree of a broken text would give problems that are not there.
        return (None, reader.into_problems());
    }
    let model = model_file(&mut reader, table.get_ref());
    (model, reader.into_problems())
}

fn model_file(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Option<ModelFile> {
    let items = reader.items(table);
    let mut root = Section::new("the model file".to_owned(), reader.span(0..0), items);
    let right_version = format_version(reader, &mut root);
    if !right_version {
        return None;
    }
    let name = root.require(reader, "name");
    let name = name.and_then(|item| reader.text(item));
    if let Some(name) = &name {
        reader.check_name(name, NameKind::Model);
    }
    let title = root.take("title").and_then(|item| reader.text(item));
    let (input_keys, output_keys) = reader.defaults(&mut root);
    let node = NameKind::InExpressions;
    let hyphen = NameKind::WithHyphen;
    let root = &mut root;
    let input = |reader: &mut Reader<'_>, name: Ident, section: &mut Section<'_>| {
        reader.input(name, section, &input_keys)
    };
    let output = |reader: &mut Reader<'_>, name: Ident, section: &mut Section<'_>| {
        reader.output(name, section, &output_keys)
    };
    let model = ModelFile {
        name: name.unwrap_or_else(|| Ident::new(String::new(), reader.span(0..0))),
        title,
        dimensions: reader.declarations(root, "dimensions", node, Reader::dimension),
        data: reader.declarations(root, "data", node, Reader::data),
        inputs: reader.declarations(root, "inputs", node, input),
        variables: reader.declarations(root, "variables", node, Reader::variable),
        outputs: reader.declarations(root, "outputs", node, output),
        crossings: reader.declarations(root, "crossings", NameKind::Plain, Reader::crossing),
        joints: reader.declarations(root, "joint", NameKind::Plain, Reader::joint),
        correlations: reader.correlations(root),
        evidence: reader.declarations(root, "evidence", NameKind::Plain, Reader::evidence),
        conditions: reader.declarations(root, "conditions", hyphen, Reader::condition),
        strategies: reader.declarations(root, "strategies", hyphen, Reader::variant),
        scenarios: reader.declarations(root, "scenarios", hyphen, Reader::variant),
        sources: reader.declarations(root, "sources", NameKind::Source, Reader::source),
        report: reader.report_decl(root),
        sampling: reader.sampling_decl(root),
    };
    let empty = Section::new(String::new(), reader.span(0..0), Vec::new());
    std::mem::replace(root, empty).finish(reader);
    Some(model)
}

/// `fanfare = 1`; a file of another version is not read any further.
fn format_version(reader: &mut Reader<'_>, root: &mut Section<'_>) -> bool {
    let Some(item) = root.require(reader, "fanfare") else {
        return true;
    };
    let right = matches!(item.value, DeValue::Integer(version) if version.as_str() == "1");
    if !right {
        let problem = Diagnostic::error(
            "format-version",
            item.span,
            "this version of the format is not known",
        );
        reader.report(
            problem
                .expected("1")
                .hint("a later version of Fanfare may read it; `fanfare = 1` is the format described in docs/model-file.md"),
        );
    }
    right
}
