//! From a syntax tree back to text, with no more parentheses than needed.

use std::fmt::{self, Write};

use super::ast::{Argument, Expr, ExprKind, MapEntry, Selector};
use super::precedence::Precedence;

/// The expression as text that parses to the same tree, up to places.
///
/// Numbers are printed with the fewest digits that give back the same double.
#[must_use]
pub fn print(expr: &Expr) -> String {
    let mut text = String::new();
    write_expr(&mut text, expr).expect("writing to a String cannot fail");
    text
}

impl fmt::Display for Expr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_expr(formatter, self)
    }
}

fn precedence(expr: &Expr) -> Precedence {
    match &expr.kind {
        ExprKind::Unary { op, .. } => op.precedence(),
        ExprKind::Binary { op, .. } => op.precedence(),
        // Never from the parser, but from a tree made by hand.
        ExprKind::Number(value) if value.is_sign_negative() => Precedence::Negation,
        _ => Precedence::Primary,
    }
}

/// Writes an operand, in parentheses if it binds less tightly than `loosest`.
fn write_operand(out: &mut impl Write, expr: &Expr, loosest: Precedence) -> fmt::Result {
    if precedence(expr) < loosest {
        out.write_char('(')?;
        write_expr(out, expr)?;
        out.write_char(')')
    } else {
        write_expr(out, expr)
    }
}

fn write_expr(out: &mut impl Write, expr: &Expr) -> fmt::Result {
    match &expr.kind {
        ExprKind::Number(value) => write_number(out, *value),
        ExprKind::Bool(value) => write!(out, "{value}"),
        ExprKind::Text(text) => write_text(out, text),
        ExprKind::Name(name) => out.write_str(name),
        ExprKind::Unary { op, operand } => {
            out.write_str(op.symbol())?;
            if op.precedence() == Precedence::Not {
                out.write_char(' ')?;
            }
            write_operand(out, operand, op.precedence())
        }
        ExprKind::Binary { op, left, right } => {
            write_operand(out, left, op.left_operand())?;
            if op.precedence() == Precedence::Power {
                out.write_str(op.symbol())?;
            } else {
                write!(out, " {} ", op.symbol())?;
            }
            write_operand(out, right, op.right_operand())
        }
        ExprKind::Call {
            function,
            arguments,
        } => {
            out.write_str(&function.value)?;
            write_list(out, "(", arguments, ")", write_argument)
        }
        ExprKind::Slice { operand, selectors } => {
            let bare = matches!(
                operand.kind,
                ExprKind::Name(_) | ExprKind::Call { .. } | ExprKind::Slice { .. }
            );
            if bare {
                write_expr(out, operand)?;
            } else {
                out.write_char('(')?;
                write_expr(out, operand)?;
                out.write_char(')')?;
            }
            write_list(out, "[", selectors, "]", write_selector)
        }
        ExprKind::Map(entries) => write_list(out, "{", entries, "}", write_entry),
        ExprKind::List(items) => write_list(out, "[", items, "]", write_expr),
    }
}

fn write_list<W: Write, T>(
    out: &mut W,
    opening: &str,
    items: &[T],
    closing: &str,
    write_item: fn(&mut W, &T) -> fmt::Result,
) -> fmt::Result {
    out.write_str(opening)?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        write_item(out, item)?;
    }
    out.write_str(closing)
}

fn write_argument(out: &mut impl Write, argument: &Argument) -> fmt::Result {
    if let Some(name) = &argument.name {
        write!(out, "{} = ", name.value)?;
    }
    write_expr(out, &argument.value)?;
    match &argument.by {
        Some(parent) => write!(out, " by {}", parent.value),
        None => Ok(()),
    }
}

fn write_selector(out: &mut impl Write, selector: &Selector) -> fmt::Result {
    write!(out, "{} = ", selector.dimension.value)?;
    if is_plain_number(&selector.label.value) {
        out.write_str(&selector.label.value)
    } else {
        write_text(out, &selector.label.value)
    }
}

fn write_entry(out: &mut impl Write, entry: &MapEntry) -> fmt::Result {
    write_number(out, entry.key.value)?;
    out.write_str(": ")?;
    write_expr(out, &entry.value)
}

/// Whether a label can stand without quotes and still be read back as it is.
fn is_plain_number(label: &str) -> bool {
    let digits = label.strip_prefix('-').unwrap_or(label);
    !digits.is_empty() && digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The shortest digits that give back the same double; with an exponent where plain digits would be long.
pub(super) fn write_number(out: &mut impl Write, value: f64) -> fmt::Result {
    let size = value.abs();
    if size == 0.0 || (1e-5..1e15).contains(&size) {
        write!(out, "{value}")
    } else {
        write!(out, "{value:e}")
    }
}

fn write_text(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for sign in text.chars() {
        if matches!(sign, '"' | '\\') {
            out.write_char('\\')?;
        }
        out.write_char(sign)?;
    }
    out.write_char('"')
}
