//! The expression language: tokens, parser, syntax tree, printer and the table of built-in functions.

mod ast;
mod builtins;
mod compare;
mod lexer;
mod limits;
mod lookalike;
mod origin;
mod parser;
mod precedence;
mod printer;
mod token;

pub use ast::{Argument, BinaryOp, Expr, ExprKind, Ident, MapEntry, Selector, UnaryOp};
pub use builtins::{
    Arity, Builtin, Constant, Entry, Example, Function, Reduction, TimeForm, UnitRule, builtins,
    builtins_named,
};
pub use limits::{MAX_HEIGHT, MAX_NESTING, MAX_TOKENS};
pub use origin::{Offsets, TextOrigin};
pub use parser::parse;
pub use printer::print;
pub use token::{is_keyword, is_name};
