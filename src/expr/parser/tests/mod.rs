//! What the expression language accepts, what it refuses and how it says so.

mod accepted;
mod limits;
mod mistakes;
mod round_trip;

use super::super::ast::Expr;
use super::super::origin::TextOrigin;
use super::super::{parse, print};
use crate::diag::Diagnostic;
use crate::source::FileId;

/// The text stands at the beginning of its file, so that places are positions in it.
fn read(text: &str) -> Result<Expr, Vec<Diagnostic>> {
    parse(text, &TextOrigin::contiguous(FileId(0), 0))
}

fn tree(text: &str) -> Expr {
    read(text).unwrap_or_else(|problems| panic!("{text}: {problems:#?}"))
}

/// The canonical text of what was read.
fn canonical(text: &str) -> String {
    print(&tree(text))
}
