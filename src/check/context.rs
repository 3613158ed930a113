//! What every step of checking reads: names, dimensions, whether units count.

use super::names::Names;
use super::terms::Resolver;
use crate::diag::{Diagnostic, Diagnostics, Spanned};
use crate::dimension::{Dimensions, Shape};
use crate::model::ModelFile;
use crate::unit::Unit;

/// Shared by all steps; nothing in it changes between the base model and its variants.
pub(super) struct Context<'n> {
    pub(super) names: &'n Names<'n>,
    pub(super) dimensions: &'n Dimensions,
    /// For each dimension whether some labels could not be read.
    pub(super) broken: &'n [bool],
    /// Whether any unit is stated.
    pub(super) has_units: bool,
}

impl Context<'_> {
    /// A resolver of expressions.
    pub(super) fn resolver<'a>(
        &'a self,
        shapes: &'a [Option<Shape>],
        next_id: &'a mut u32,
        diagnostics: &'a mut Diagnostics,
    ) -> Resolver<'a, 'a> {
        Resolver {
            dimensions: self.dimensions,
            broken: self.broken,
            names: self.names,
            shapes,
            diagnostics,
            next_id,
        }
    }

    /// A unit as written; `None` where it is reported as broken.
    pub(super) fn parse_unit(
        &self,
        unit: &Spanned<String>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Unit> {
        match Unit::parse(&unit.value) {
            Ok(unit) => Some(unit),
            Err(error) => {
                diagnostics.push(
                    Diagnostic::error("bad-unit", unit.span, error.message.clone())
                        .expected("a product of powers of symbols such as \"USD/call\"")
                        .hint_if(error.hint),
                );
                None
            }
        }
    }
}

/// Whether any node or output states a unit.
pub(super) fn has_units(file: &ModelFile, names: &Names) -> bool {
    names.nodes.iter().any(|node| node.info().unit.is_some())
        || file.outputs.iter().any(|output| output.unit.is_some())
}
