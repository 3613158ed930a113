//! The expression language: tokens, parser, syntax tree, printer and the table of built-in functions.

mod ast;
mod origin;
mod parse;

pub use ast::{Argument, BinaryOp, Expr, ExprKind, Ident, MapEntry, Selector, UnaryOp};
pub use origin::TextOrigin;
pub use parse::parse;
