//! Places in text, and problems reported at them.

mod diagnostic;
mod span;
mod suggest;

pub use diagnostic::{Diagnostic, Diagnostics, Label, Severity};
pub use span::{FileId, Span, Spanned};
pub use suggest::closest;
