//! How large an expression may be: bounds that keep every walk over a tree within a small stack.

/// Tokens in one expression.
pub const MAX_TOKENS: usize = 20_000;

/// Brackets, signs, `not` and `^` within one another.
pub const MAX_NESTING: u32 = 128;

/// Height of a syntax tree. A chain `a + b + c` grows by one level for each operator, so this also bounds chains; a recursive walk
/// with frames of 1 kB needs half a megabyte at most.
pub const MAX_HEIGHT: u32 = 512;
