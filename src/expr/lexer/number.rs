//! Numbers: `2`, `2.5e3`, `1_000_000`.

use super::super::token::{TokenKind, shortened};
use super::Lexer;
use crate::diag::Diagnostic;

impl Lexer<'_> {
    pub(super) fn number(&mut self) {
        let start = self.position;
        let is_digit = |sign: char| sign.is_ascii_digit() || sign == '_';
        self.skip(is_digit);
        if self.rest().starts_with('.') {
            self.position += 1;
            self.skip(is_digit);
        }
        let mut after = self.rest().bytes();
        if matches!(after.next(), Some(b'e' | b'E')) {
            let signed = matches!(after.clone().next(), Some(b'+' | b'-'));
            if signed {
                after.next();
            }
            if after.next().is_some_and(|byte| byte.is_ascii_digit()) {
                self.position += if signed { 2 } else { 1 };
                self.skip(is_digit);
            }
        }
        let digits_end = self.position;
        self.skip(|sign| {
            sign.is_alphabetic() || sign.is_ascii_digit() || matches!(sign, '_' | '.')
        });
        let written = &self.text[start..self.position];
        let (value, problem) = if self.position > digits_end {
            let (digits, tail) = written.split_at(digits_end - start);
            let value = digits.replace('_', "").parse().unwrap_or(0.0);
            (value, Some(self.glued(start, digits, tail)))
        } else {
            self.value_of(start, written)
        };
        let reported = problem.is_some();
        self.diagnostics.extend(problem);
        self.push(TokenKind::Number(value), start, reported);
    }

    /// A number with something stuck to it: `2x`, `450M`, `1.2.3`.
    fn glued(&self, start: usize, digits: &str, tail: &str) -> Diagnostic {
        let problem = self
            .problem(
                "malformed-number",
                start,
                self.position,
                format!(
                    "`{}` is not a number",
                    shortened(&format!("{digits}{tail}"))
                ),
            )
            .expected("digits with at most one decimal point and one exponent");
        let scale = match tail {
            "k" | "K" => Some("e3"),
            "M" | "mn" | "mln" => Some("e6"),
            "bn" | "B" | "G" => Some("e9"),
            _ => None,
        };
        if let Some(scale) = scale {
            problem.hint(format!("write `{digits}{scale}`"))
        } else if tail.starts_with('.') {
            problem.hint("a decimal point stands once, and thousands are grouped with `_`")
        } else {
            problem.hint(format!(
                "write `{digits} * {}` for a product",
                shortened(tail)
            ))
        }
    }

    /// The value of a number, or why it has none. Digits are grouped as in `1_000_000`.
    fn value_of(&self, start: usize, written: &str) -> (f64, Option<Diagnostic>) {
        let malformed = |expected: &str, hint: String| {
            let message = format!("`{}` is not a number", shortened(written));
            self.problem("malformed-number", start, self.position, message)
                .expected(expected)
                .hint(hint)
        };
        let plain = written.replace('_', "");
        let value: f64 = plain.parse().unwrap_or(0.0);
        let bytes = written.as_bytes();
        let grouped_badly = bytes.iter().enumerate().any(|(index, byte)| {
            let is_digit_at = |at: Option<usize>| {
                at.and_then(|at| bytes.get(at))
                    .is_some_and(u8::is_ascii_digit)
            };
            *byte == b'_' && !(is_digit_at(index.checked_sub(1)) && is_digit_at(Some(index + 1)))
        });
        let problem = if grouped_badly {
            Some(malformed(
                "`_` only between two digits",
                format!("write `{plain}`"),
            ))
        } else if plain.starts_with('.') {
            Some(malformed(
                "a digit before the decimal point",
                format!("write `0{plain}`"),
            ))
        } else if let Some(point) = plain.find('.')
            && !plain[point + 1..].starts_with(|next: char| next.is_ascii_digit())
        {
            Some(malformed(
                "a digit after the decimal point",
                format!("write `{}`", plain.replacen('.', ".0", 1)),
            ))
        } else if value.is_infinite() {
            Some(
                self.problem(
                    "number-too-large",
                    start,
                    self.position,
                    format!("`{}` is not a finite double", shortened(written)),
                )
                .expected("a number below 1.8e308"),
            )
        } else if value == 0.0 && has_nonzero_digit(&plain) {
            Some(
                self.problem(
                    "number-too-small",
                    start,
                    self.position,
                    format!(
                        "`{}` is too small for a double and would be 0",
                        shortened(written)
                    ),
                )
                .expected("0 or a number above 4.9e-324"),
            )
        } else {
            None
        };
        (if value.is_finite() { value } else { 0.0 }, problem)
    }
}

/// Whether the digits before the exponent are not all zero.
fn has_nonzero_digit(number: &str) -> bool {
    number
        .bytes()
        .take_while(|byte| !matches!(byte, b'e' | b'E'))
        .any(|byte| matches!(byte, b'1'..=b'9'))
}
