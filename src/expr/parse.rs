//! STAND-IN for the expression parser: numbers as such, every other text as one name.

use super::{Expr, ExprKind, TextOrigin};
use crate::diag::Diagnostic;

/// Parses one expression.
///
/// # Errors
/// When the text is empty.
pub fn parse(text: &str, origin: &TextOrigin) -> Result<Expr, Vec<Diagnostic>> {
    let span = origin.span(0, text.len());
    let trimmed = text.trim();
    if trimmed.is_empty() {
        let problem = Diagnostic::error("expression-syntax", span, "the expression is empty");
        return Err(vec![problem]);
    }
    let kind = match trimmed.parse::<f64>() {
        Ok(number) if number.is_finite() => ExprKind::Number(number),
        _ => ExprKind::Name(trimmed.to_owned()),
    };
    Ok(Expr { kind, span })
}
