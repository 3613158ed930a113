//! The dimensions of a node as stated, and the limit on its cells.

use super::names::Names;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::dimension::{DimensionId, Dimensions, Shape};
use crate::expr::Ident;

/// Most cells of one node.
pub(super) const MAX_CELLS: usize = 10_000_000;
/// Dimensions of an `over`, as written and as a shape.
pub(super) struct Over {
    /// In the order written.
    pub(super) written: Vec<DimensionId>,
    /// In the order of the model.
    pub(super) shape: Shape,
}

/// Resolves an `over`; each dimension once, none that another implies, not too many cells.
pub(super) fn resolve_over(
    over: &[Ident],
    owner: &Ident,
    names: &Names,
    dimensions: &Dimensions,
    diagnostics: &mut Diagnostics,
) -> Option<Over> {
    let mut written: Vec<DimensionId> = Vec::new();
    let mut complete = true;
    for name in over {
        let Some(id) = names.expect_dimension(name, diagnostics) else {
            complete = false;
            continue;
        };
        if written.contains(&id) {
            diagnostics.push(
                Diagnostic::error(
                    "duplicate-dimension",
                    name.span,
                    format!("`{}` is listed twice", name.value),
                )
                .expected("each dimension once"),
            );
            complete = false;
            continue;
        }
        written.push(id);
    }
    if !complete {
        return None;
    }
    for (&id, name) in written.iter().zip(over) {
        if let Some(&child) = written
            .iter()
            .find(|&&child| child != id && dimensions.leads_to(child, id))
        {
            diagnostics.push(
                Diagnostic::error(
                    "implied-dimension",
                    name.span,
                    format!(
                        "`{}` already tells the label of `{}`",
                        dimensions.at(child).name,
                        name.value
                    ),
                )
                .expected("only the finer of the two"),
            );
            return None;
        }
    }
    let shape = Shape::new(dimensions, written.iter().copied());
    check_size(&shape, owner.span, &owner.value, dimensions, diagnostics)
        .then_some(Over { written, shape })
}

/// Whether a node of this shape fits the limit; reported if not.
pub(super) fn check_size(
    shape: &Shape,
    span: Span,
    name: &str,
    dimensions: &Dimensions,
    diagnostics: &mut Diagnostics,
) -> bool {
    let fits = shape.n_cells(dimensions).is_some_and(|n| n <= MAX_CELLS);
    if !fits {
        diagnostics.push(
            Diagnostic::error(
                "too-large",
                span,
                format!("`{name}` has more than {MAX_CELLS} cells"),
            )
            .expected(format!("at most {MAX_CELLS} cells")),
        );
    }
    fits
}
