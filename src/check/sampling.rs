//! `[sampling]`: the names of groups of streams.

use super::checked::StreamGroup;
use super::context::Context;
use super::names::did_you_mean;
use super::streams::stream;
use crate::diag::{Diagnostic, Diagnostics};
use crate::dimension::Shape;
use crate::expr::Ident;
use crate::model::ModelFile;

/// The groups that `sobol_order` names.
///
/// A name may be followed by its number of cells in brackets, as in the order that a result holds, which can so be written into the model.
pub(super) fn check(
    file: &ModelFile,
    shapes: &[Option<Shape>],
    context: &Context,
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let Some(sampling) = &file.sampling else {
        return Vec::new();
    };
    let groups: Vec<StreamGroup> = (file.inputs.iter())
        .filter_map(|input| {
            let id = context.names.node(&input.name.value)?;
            let shape = shapes[id.0 as usize].as_ref()?;
            Some(stream(input, context)?.groups(shape, context.dimensions))
        })
        .flatten()
        .collect();
    let mut order: Vec<(String, &Ident)> = Vec::new();
    for written in &sampling.sobol_order {
        let (name, n_cells) = match written.value.split_once('[') {
            None => (written.value.as_str(), None),
            Some((name, rest)) => (name, Some(rest)),
        };
        let Some(group) = groups.iter().find(|group| group.name == name) else {
            diagnostics.push(unknown(name, written, &groups, file));
            continue;
        };
        if n_cells.is_some_and(|text| text != format!("{}]", group.n_cells)) {
            diagnostics.push(
                Diagnostic::error(
                    "wrong-cells",
                    written.span,
                    format!("the number of cells of `{name}` is {}", group.n_cells),
                )
                .expected(format!("`{name}`, or `{name}[{}]`", group.n_cells)),
            );
        }
        match order.iter().find(|(known, _)| known == name) {
            Some((_, first)) => diagnostics.push(
                Diagnostic::error(
                    "duplicate-group",
                    written.span,
                    format!("`{name}` is listed twice"),
                )
                .expected("each group once")
                .related(first.span, "first here"),
            ),
            None => order.push((name.to_owned(), written)),
        }
    }
    order.into_iter().map(|(name, _)| name).collect()
}

fn unknown(name: &str, written: &Ident, groups: &[StreamGroup], file: &ModelFile) -> Diagnostic {
    let input = name.split('/').next().unwrap_or(name);
    let names = || groups.iter().map(|group| group.name.as_str());
    let same_input: Vec<_> = names()
        .filter(|known| known.split('/').next() == Some(input))
        .map(|known| format!("`{known}`"))
        .collect();
    let expected = if same_input.is_empty() {
        "the name of an input (its `stream` if it has one), for what its cells have in common followed by `/world` or `/PARENT`".to_owned()
    } else {
        format!("one of the groups of this input: {}", same_input.join(", "))
    };
    let renamed = (file.inputs.iter())
        .filter(|declared| declared.name.value == input)
        .find_map(|declared| Some((declared, declared.stream.as_ref()?)));
    let hint = match renamed {
        Some((declared, stream)) => Some(format!(
            "`{}` draws from the stream `{}`",
            declared.name.value, stream.value
        )),
        None => did_you_mean(name, names()),
    };
    Diagnostic::error(
        "unknown-group",
        written.span,
        format!("there is no group of draws `{name}`"),
    )
    .expected(expected)
    .hint_if(hint)
}
