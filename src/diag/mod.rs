//! Places in text, and problems reported at them.

mod diagnostic;
mod span;

pub use diagnostic::{Diagnostic, Diagnostics, Label, Severity};
pub use span::{Span, Spanned};
