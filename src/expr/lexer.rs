//! From text to tokens; what is not a token is reported and read as what was probably meant.

use super::ast::BinaryOp;
use super::limits::MAX_TOKENS;
use super::lookalike::{hint_for, is_invisible, is_other_quote, lookalike};
use super::origin::TextOrigin;
use super::token::{Bracket, Token, TokenKind, is_name, shortened};
use crate::diag::Diagnostic;

/// What the lexer found.
pub(super) struct Lexed {
    /// Ends with [`TokenKind::End`].
    pub(super) tokens: Vec<Token>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The text has more than [`MAX_TOKENS`]; the rest was not read.
    pub(super) cut: bool,
}

/// Splits `text` into tokens.
pub(super) fn lex(text: &str, origin: &TextOrigin) -> Lexed {
    let mut lexer = Lexer {
        text,
        origin,
        position: 0,
        tokens: Vec::new(),
        diagnostics: Vec::new(),
    };
    let cut = lexer.run();
    Lexed {
        tokens: lexer.tokens,
        diagnostics: lexer.diagnostics,
        cut,
    }
}

struct Lexer<'t> {
    text: &'t str,
    origin: &'t TextOrigin,
    position: usize,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
}

impl Lexer<'_> {
    fn run(&mut self) -> bool {
        let mut cut = false;
        let mut n_read = 0_usize;
        while let Some(sign) = self.peek() {
            if matches!(sign, ' ' | '\t' | '\n' | '\r') {
                self.position += 1;
                continue;
            }
            n_read += 1;
            if n_read > MAX_TOKENS {
                let problem = self
                    .problem(
                        "expression-too-long",
                        self.position,
                        self.text.len(),
                        format!("the expression has more than {MAX_TOKENS} words and signs"),
                    )
                    .expected("a shorter expression")
                    .hint(
                        "move parts of it into variables of their own, or the numbers into a table",
                    );
                self.diagnostics.push(problem);
                cut = true;
                break;
            }
            match sign {
                '0'..='9' => self.number(),
                '.' if self.rest()[1..].starts_with(|next: char| next.is_ascii_digit()) => {
                    self.number();
                }
                '"' => self.text_in_quotes(),
                sign if sign.is_alphabetic() || sign == '_' => self.word(),
                sign if is_other_quote(sign) => self.text_in_other_quotes(sign),
                sign => self.sign(sign),
            }
        }
        let end = self.text.len();
        self.push(TokenKind::End, end, cut);
        cut
    }

    fn rest(&self) -> &str {
        &self.text[self.position..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Moves past all characters that `accept` takes.
    fn skip(&mut self, accept: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.position += rest.find(|next| !accept(next)).unwrap_or(rest.len());
    }

    /// Adds the token that began at `start` and ends here.
    fn push(&mut self, kind: TokenKind, start: usize, reported: bool) {
        self.tokens.push(Token {
            kind,
            start,
            end: self.position.max(start),
            reported,
        });
    }

    fn problem(&self, code: &'static str, start: usize, end: usize, message: String) -> Diagnostic {
        Diagnostic::error(code, self.origin.span(start, end), message)
    }

    fn number(&mut self) {
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

    fn word(&mut self) {
        let start = self.position;
        let in_word = |sign: char| sign.is_alphabetic() || sign.is_ascii_digit() || sign == '_';
        self.skip(in_word);
        while self.rest().starts_with('.')
            && self.rest()[1..].starts_with(|next: char| next.is_alphabetic())
        {
            self.position += 1;
            self.skip(in_word);
        }
        let written = &self.text[start..self.position];
        if is_name(written) {
            let kind = kind_of_word(written);
            self.push(kind, start, false);
            return;
        }
        let lowered = match written {
            "π" | "Π" => "pi".to_owned(),
            _ => written.to_lowercase().replace('.', "_"),
        };
        let mut problem = self
            .problem(
                "bad-name",
                start,
                self.position,
                format!("`{}` is not a name", shortened(written)),
            )
            .expected("lower-case letters a–z, digits and `_`");
        if is_name(&lowered) {
            problem = problem.hint(format!("write `{}`", shortened(&lowered)));
        }
        if written
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && !matches!(
                kind_of_word(&lowered),
                TokenKind::Not | TokenKind::True | TokenKind::False | TokenKind::Operator(_)
            )
        {
            problem = problem.hint(format!(
                "if it is a label, put it in double quotes: `\"{}\"`",
                shortened(written)
            ));
        }
        self.diagnostics.push(problem);
        let kind = kind_of_word(&lowered);
        self.push(kind, start, true);
    }

    fn text_in_quotes(&mut self) {
        let start = self.position;
        self.position += 1;
        let mut content = String::new();
        let mut reported = false;
        loop {
            match self.peek() {
                Some('"') => {
                    self.position += 1;
                    break;
                }
                Some('\\') => {
                    let after = self.rest()[1..].chars().next();
                    if let Some(escaped @ ('"' | '\\')) = after {
                        content.push(escaped);
                        self.position += 2;
                    } else {
                        let end = self.position + 1 + after.map_or(0, char::len_utf8);
                        let problem = self
                            .problem(
                                "bad-escape",
                                self.position,
                                end,
                                "a backslash stands here without its partner".to_owned(),
                            )
                            .expected("`\\\"` or `\\\\`")
                            .hint("write `\\\\` for one backslash; other characters are written as they are");
                        self.diagnostics.push(problem);
                        reported = true;
                        self.position += 1;
                    }
                }
                None | Some('\n' | '\r') => {
                    let problem = self
                        .problem(
                            "unterminated-text",
                            start,
                            self.position,
                            "this text has no closing quote".to_owned(),
                        )
                        .expected("`\"` before the end of the line")
                        .hint("close the text with `\"`");
                    self.diagnostics.push(problem);
                    reported = true;
                    break;
                }
                Some(sign) => {
                    content.push(sign);
                    self.position += sign.len_utf8();
                }
            }
        }
        self.push(TokenKind::Text(content), start, reported);
    }

    fn text_in_other_quotes(&mut self, opening: char) {
        let start = self.position;
        self.position += opening.len_utf8();
        let content_start = self.position;
        self.skip(|sign| !(is_other_quote(sign) || matches!(sign, '"' | '\n' | '\r')));
        let content = self.text[content_start..self.position].to_owned();
        if let Some(closing) = self
            .peek()
            .filter(|sign| is_other_quote(*sign) || *sign == '"')
        {
            self.position += closing.len_utf8();
        }
        let problem = self
            .problem(
                "bad-quote",
                start,
                self.position,
                format!("`{opening}` does not begin a text"),
            )
            .expected("straight double quotes")
            .hint(format!("write `\"{}\"`", shortened(&content)));
        self.diagnostics.push(problem);
        self.push(TokenKind::Text(content), start, true);
    }

    fn sign(&mut self, sign: char) {
        let start = self.position;
        if let Some(found) = lookalike(self.rest()) {
            self.position += found.sign.len();
            let problem = self
                .problem(
                    "unknown-operator",
                    start,
                    self.position,
                    format!("`{}` is not part of the expression language", found.sign),
                )
                .expected(format!("`{}`", found.instead))
                .hint(format!("use `{}`", found.instead));
            self.diagnostics.push(problem);
            self.push(found.token.clone(), start, true);
            return;
        }
        if let Some((kind, length)) = known_sign(self.rest()) {
            self.position += length;
            self.push(kind, start, false);
            return;
        }
        self.position += sign.len_utf8();
        let shown = if sign.is_control() || sign.is_whitespace() || is_invisible(sign) {
            format!("character U+{:04X}", u32::from(sign))
        } else {
            format!("`{sign}`")
        };
        let problem = self
            .problem(
                "unknown-character",
                start,
                self.position,
                format!("{shown} is not part of the expression language"),
            )
            .expected("a name, a number, text in double quotes or an operator")
            .hint_if(hint_for(sign).map(str::to_owned));
        self.diagnostics.push(problem);
    }
}

fn kind_of_word(word: &str) -> TokenKind {
    match word {
        "and" => TokenKind::Operator(BinaryOp::And),
        "or" => TokenKind::Operator(BinaryOp::Or),
        "not" => TokenKind::Not,
        "true" => TokenKind::True,
        "false" => TokenKind::False,
        _ => TokenKind::Name(word.to_owned()),
    }
}

/// The sign of the language that `rest` begins with, and its length in bytes.
fn known_sign(rest: &str) -> Option<(TokenKind, usize)> {
    let two = match rest.get(..2) {
        Some("==") => Some(BinaryOp::Equal),
        Some("!=") => Some(BinaryOp::NotEqual),
        Some("<=") => Some(BinaryOp::LessEqual),
        Some(">=") => Some(BinaryOp::GreaterEqual),
        _ => None,
    };
    if let Some(op) = two {
        return Some((TokenKind::Operator(op), 2));
    }
    let kind = match rest.bytes().next()? {
        b'+' => TokenKind::Operator(BinaryOp::Add),
        b'-' => TokenKind::Operator(BinaryOp::Subtract),
        b'*' => TokenKind::Operator(BinaryOp::Multiply),
        b'/' => TokenKind::Operator(BinaryOp::Divide),
        b'^' => TokenKind::Operator(BinaryOp::Power),
        b'<' => TokenKind::Operator(BinaryOp::Less),
        b'>' => TokenKind::Operator(BinaryOp::Greater),
        b'=' => TokenKind::Assign,
        b',' => TokenKind::Comma,
        b':' => TokenKind::Colon,
        b'(' => TokenKind::Open(Bracket::Round),
        b')' => TokenKind::Close(Bracket::Round),
        b'[' => TokenKind::Open(Bracket::Square),
        b']' => TokenKind::Close(Bracket::Square),
        b'{' => TokenKind::Open(Bracket::Curly),
        b'}' => TokenKind::Close(Bracket::Curly),
        b'%' => TokenKind::Percent,
        b'?' => TokenKind::Question,
        _ => return None,
    };
    Some((kind, 1))
}

/// Whether the digits before the exponent are not all zero.
fn has_nonzero_digit(number: &str) -> bool {
    number
        .bytes()
        .take_while(|byte| !matches!(byte, b'e' | b'E'))
        .any(|byte| matches!(byte, b'1'..=b'9'))
}
