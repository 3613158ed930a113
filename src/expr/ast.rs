//! The syntax tree of one expression, each part with its place.

use crate::diag::{Span, Spanned};

/// A name as written.
pub type Ident = Spanned<String>;

/// An expression and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `2.5e3`; always finite.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `"DEU"`: a label or a file name.
    Text(String),
    /// A node, a dimension or a constant (`pi`, `e`).
    Name(String),
    /// `-x`, `not x`.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// What it acts on.
        operand: Box<Expr>,
    },
    /// `x + y`.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `f(a, name = b, country by region)`: functions, reductions and distributions alike.
    Call {
        /// What is called.
        function: Ident,
        /// In the order written.
        arguments: Vec<Argument>,
    },
    /// `x[year = 2027, country = "DEU"]`.
    Slice {
        /// What is sliced.
        operand: Box<Expr>,
        /// One for each dimension fixed.
        selectors: Vec<Selector>,
    },
    /// `{2023: a, 2027: b}`.
    Map(Vec<MapEntry>),
    /// `[1, 2, 3]`.
    List(Vec<Expr>),
}

/// One argument of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// `sd` in `sd = 0.2`.
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
    /// `region` in `country by region`.
    pub by: Option<Ident>,
}

/// `year = 2027` within a slice.
#[derive(Debug, Clone, PartialEq)]
pub struct Selector {
    /// The dimension fixed.
    pub dimension: Ident,
    /// Its label: text, or a number for numeric labels (kept as written, so `2027` is `"2027"`).
    pub label: Spanned<String>,
}

/// `2023: a` within braces.
#[derive(Debug, Clone, PartialEq)]
pub struct MapEntry {
    /// A number, possibly negative.
    pub key: Spanned<f64>,
    /// Its value.
    pub value: Expr,
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-x`
    Negate,
    /// `not x`
    Not,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `^`, binds tighter than unary minus, to the right
    Power,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `and`
    And,
    /// `or`
    Or,
}
