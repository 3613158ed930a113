//! The tokens of the expression language.

use super::ast::BinaryOp;

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// Finite and not negative.
    Number(f64),
    /// `[a-z_][a-z0-9_]*`, not a keyword.
    Name(String),
    /// Without its quotes.
    Text(String),
    True,
    False,
    Not,
    /// `+ - * / ^`, comparisons, `and`, `or`.
    Operator(BinaryOp),
    /// `=`
    Assign,
    Comma,
    Colon,
    Open(Bracket),
    Close(Bracket),
    /// `%`, `?`: not part of the language, kept so that the parser can say what to write instead.
    Percent,
    Question,
    End,
}

/// The three pairs of brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    Round,
    Square,
    Curly,
}

impl Bracket {
    pub(super) const fn opening(self) -> &'static str {
        match self {
            Self::Round => "(",
            Self::Square => "[",
            Self::Curly => "{",
        }
    }

    pub(super) const fn closing(self) -> &'static str {
        match self {
            Self::Round => ")",
            Self::Square => "]",
            Self::Curly => "}",
        }
    }
}

/// A token and the bytes `[start, end)` of the text that it takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// A problem was already reported here; the kind is what was probably meant.
    pub(super) reported: bool,
}

impl Token {
    /// Whether an operand can begin here.
    pub(super) const fn begins_operand(&self) -> bool {
        matches!(
            self.kind,
            TokenKind::Number(_)
                | TokenKind::Name(_)
                | TokenKind::Text(_)
                | TokenKind::True
                | TokenKind::False
                | TokenKind::Not
                | TokenKind::Open(_)
        )
    }

    /// How a message names the token.
    pub(super) fn describe(&self, text: &str) -> String {
        match self.kind {
            TokenKind::End => "the end of the expression".to_owned(),
            _ => format!("`{}`", shortened(&text[self.start..self.end])),
        }
    }
}

/// At most 40 characters of `text`, so that a message stays one line.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(MOST).collect();
    short.push('…');
    short
}

/// Whether `text` has the form of a name: `[a-z_][a-z0-9_]*`. Keywords have it too, see [`is_keyword`].
#[must_use]
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether `text` is a word of the language that no node or dimension can bear.
#[must_use]
pub fn is_keyword(text: &str) -> bool {
    matches!(text, "and" | "or" | "not" | "true" | "false" | "if")
}
