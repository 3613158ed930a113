//! The expression language: tokens, parser, syntax tree, printer and the table of built-in functions.

mod ast;

pub use ast::{Argument, BinaryOp, Expr, ExprKind, Ident, MapEntry, Selector, UnaryOp};
