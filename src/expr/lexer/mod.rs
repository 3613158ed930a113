//! From text to tokens; what is not a token is reported and read as what was probably meant.

mod number;
mod text;

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
        left_out: false,
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
    /// Something unreadable was left out since the last token, so the next one may seem out of place.
    left_out: bool,
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
            reported: reported || self.left_out,
        });
        self.left_out = false;
    }

    fn problem(&self, code: &'static str, start: usize, end: usize, message: String) -> Diagnostic {
        Diagnostic::error(code, self.origin.span(start, end), message)
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
        self.left_out = true;
        if sign == '#' {
            self.skip(|sign| sign != '\n');
        }
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
