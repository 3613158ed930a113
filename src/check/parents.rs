//! How labels find their parents: known ones, no cycles, one ancestor whichever way is taken.

use super::dimensions::{Read, needs_table, positions, unknown_label};
use super::names::Names;
use crate::diag::{Diagnostic, Diagnostics, Span, Spanned};
use crate::dimension::{Dimension, Dimensions};
use crate::model::{DimensionDecl, LabelsDecl, ModelFile, ParentDecl, ParentFrom};

/// Dimensions that lie on a cycle of parents, or lead to one; reported at one place of each cycle.
pub(super) fn parent_cycles(
    file: &ModelFile,
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Vec<u16> {
    let parents: Vec<Vec<(usize, Span)>> = (file.dimensions.iter())
        .map(|declaration| {
            let find = |parent: &ParentDecl| {
                let id = names.dimension(&parent.dimension.value)?;
                Some((usize::from(id.0), parent.dimension.span))
            };
            declaration.parents.iter().filter_map(find).collect()
        })
        .collect();
    // Removing dimensions all of whose parents are removed leaves those that lead into a cycle.
    let mut left: Vec<usize> = (0..parents.len()).collect();
    loop {
        let before = left.len();
        let still: Vec<usize> = left
            .iter()
            .copied()
            .filter(|&child| {
                parents[child]
                    .iter()
                    .any(|(parent, _)| left.contains(parent))
            })
            .collect();
        left = still;
        if left.len() == before {
            break;
        }
    }
    if let Some(&start) = left.first() {
        let next = |at: usize| parents[at].iter().find(|(parent, _)| left.contains(parent));
        let mut path = vec![start];
        let mut span = file.dimensions[start].name.span;
        while let Some((parent, place)) = path.last().and_then(|&at| next(at)) {
            span = *place;
            let seen = path.iter().position(|at| at == parent);
            path.push(*parent);
            if let Some(from) = seen {
                path.drain(..from);
                break;
            }
        }
        let chain: Vec<String> = (path.iter())
            .map(|&at| format!("`{}`", file.dimensions[at].name.value))
            .collect();
        diagnostics.push(
            Diagnostic::error(
                "parent-cycle",
                span,
                format!("a dimension is its own parent: {}", chain.join(" → ")),
            )
            .expected("parents that end"),
        );
    }
    left.into_iter()
        .filter_map(|at| u16::try_from(at).ok())
        .collect()
}

/// The label above each label; `None` where too little is known.
pub(super) fn parent_labels(
    parent: &ParentDecl,
    declaration: &DimensionDecl,
    read: &Read,
    above: &Dimension,
    above_broken: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<u32>> {
    let mut missing = false;
    let mut find = |cell: &Spanned<String>, diagnostics: &mut Diagnostics| {
        let found = above.find(&cell.value);
        if found.is_none() {
            missing = true;
            if !above_broken {
                diagnostics.push(unknown_label(
                    cell.span,
                    &cell.value,
                    &above.name,
                    above.labels.iter().map(|info| info.key.as_str()),
                ));
            }
        }
        found.unwrap_or(0)
    };
    let labels: Vec<u32> = match &parent.from {
        ParentFrom::Column(name) => {
            if !matches!(declaration.labels, LabelsDecl::Table { .. }) {
                diagnostics.push(needs_table("parent", name.span));
                return None;
            }
            let cells = read.columns.get(&name.value)?;
            let mut labels = Vec::with_capacity(cells.len());
            let mut empty = false;
            for (info, cell) in read.labels.iter().zip(cells) {
                if cell.value.is_empty() {
                    diagnostics.push(
                        Diagnostic::error(
                            "missing-parent",
                            cell.span,
                            format!("\"{}\" has no parent in `{}`", info.key, above.name),
                        )
                        .expected(format!("a label of `{}`", above.name)),
                    );
                    empty = true;
                    labels.push(0);
                } else {
                    labels.push(find(cell, diagnostics));
                }
            }
            missing |= empty;
            labels
        }
        ParentFrom::Pairs(pairs) => {
            let index = positions(&read.labels);
            let mut labels: Vec<Option<(u32, Span)>> = vec![None; read.labels.len()];
            for (key, value) in pairs {
                let Some(&position) = index.get(key.value.as_str()) else {
                    if !read.broken {
                        let known = read.labels.iter().map(|info| info.key.as_str());
                        diagnostics.push(unknown_label(
                            key.span,
                            &key.value,
                            &declaration.name.value,
                            known,
                        ));
                    }
                    continue;
                };
                if let Some((_, first)) = labels[position] {
                    diagnostics.push(
                        Diagnostic::error(
                            "duplicate-label",
                            key.span,
                            format!("\"{}\" has two parents", key.value),
                        )
                        .related(first, "first here"),
                    );
                }
                labels[position] = Some((find(value, diagnostics), key.span));
            }
            for (info, found) in read.labels.iter().zip(&labels) {
                if found.is_none() {
                    diagnostics.push(
                        Diagnostic::error(
                            "missing-parent",
                            parent.dimension.span,
                            format!("\"{}\" has no parent in `{}`", info.key, above.name),
                        )
                        .expected("a pair for each label"),
                    );
                    missing = true;
                }
            }
            labels
                .into_iter()
                .map(|found| found.map_or(0, |(label, _)| label))
                .collect()
        }
    };
    // Placeholders stand for parents that were reported; without any label above there is nothing to stand for.
    (labels.len() == read.labels.len() && !(missing && above.is_empty())).then_some(labels)
}

/// Two ways to one ancestor must lead to the same label.
pub(super) fn check_diamonds(
    file: &ModelFile,
    dimensions: &Dimensions,
    reads: &[Read],
    diagnostics: &mut Diagnostics,
) {
    if diagnostics.has_errors() {
        return;
    }
    for (id, dimension) in dimensions.iter() {
        for (position, link) in dimension.parents.iter().enumerate() {
            for other in &dimension.parents[position + 1..] {
                for (ancestor, above) in dimensions.iter() {
                    let (Some(_), Some(_)) = (
                        dimensions.ancestor_label(link.parent, link.labels[0], ancestor),
                        dimensions.ancestor_label(other.parent, other.labels[0], ancestor),
                    ) else {
                        continue;
                    };
                    let differing = (0..dimension.len()).find(|&label| {
                        dimensions.ancestor_label(link.parent, link.labels[label], ancestor)
                            != dimensions.ancestor_label(
                                other.parent,
                                other.labels[label],
                                ancestor,
                            )
                    });
                    if let Some(label) = differing {
                        let read = &reads[usize::from(id.0)];
                        diagnostics.push(
                            Diagnostic::error(
                                "inconsistent-parents",
                                read.spans[label],
                                format!(
                                    "\"{}\" lies below two labels of `{}`: one through `{}`, one through `{}`",
                                    dimension.labels[label].key,
                                    above.name,
                                    dimensions.at(link.parent).name,
                                    dimensions.at(other.parent).name
                                ),
                            )
                            .expected("one ancestor whichever way is taken")
                            .related(file.dimensions[usize::from(id.0)].name.span, "of this dimension"),
                        );
                    }
                }
            }
        }
    }
}
