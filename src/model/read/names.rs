//! Which names may be declared.

use super::reader::Reader;
use super::section::{Item, shown};
use crate::diag::{Diagnostic, closest};
use crate::expr::Ident;

/// Names with a meaning in every expression.
const RESERVED: [&str; 10] = [
    "e", "pi", "world", "by", "and", "or", "not", "true", "false", "if",
];

/// What kind of name is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameKind {
    /// The model: it names a folder.
    Model,
    /// Dimensions, nodes and outputs: they occur in expressions.
    InExpressions,
    /// Crossings, joint and evidence.
    Plain,
    /// Strategies, scenarios and conditions.
    WithHyphen,
    /// Ids of sources.
    Source,
}

impl NameKind {
    fn pattern(self) -> &'static str {
        match self {
            Self::Model => {
                "lower-case letters, digits, `-` and `_`, beginning with a letter or digit"
            }
            Self::InExpressions | Self::Plain => {
                "lower-case letters, digits and `_`, not beginning with a digit"
            }
            Self::WithHyphen => {
                "lower-case letters, digits, `-` and `_`, beginning with a letter or `_`"
            }
            Self::Source => "letters, digits, `-`, `.` and `_`",
        }
    }

    fn accepts(self, name: &str) -> bool {
        let first = |allowed: fn(u8) -> bool| name.bytes().next().is_some_and(allowed);
        let all = |allowed: fn(u8) -> bool| !name.is_empty() && name.bytes().all(allowed);
        let lower = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        match self {
            Self::Model => {
                first(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
                    && all(is_word_or_hyphen)
            }
            Self::InExpressions | Self::Plain => {
                first(lower) && all(|byte| is_word_or_hyphen(byte) && byte != b'-')
            }
            Self::WithHyphen => first(lower) && all(is_word_or_hyphen),
            Self::Source => {
                all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
            }
        }
    }
}

fn is_word_or_hyphen(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
}

impl Reader<'_> {
    /// Checks a declared name; problems do not stop the reading of what it declares.
    pub fn check_name(&mut self, name: &Ident, kind: NameKind) {
        if !kind.accepts(&name.value) {
            let message = format!("`{}` cannot be a name here", shown(&name.value));
            let problem = Diagnostic::error("bad-name", name.span, message);
            self.report(
                problem
                    .expected(kind.pattern())
                    .hint_if(better_name(&name.value, kind)),
            );
        } else if kind == NameKind::InExpressions && RESERVED.contains(&name.value.as_str()) {
            let message = format!("`{}` has a meaning of its own in expressions", name.value);
            let problem = Diagnostic::error("reserved-name", name.span, message);
            self.report(problem.expected("another name"));
        }
    }

    /// A label: any text that can be printed.
    pub fn check_label(&mut self, label: &Ident) {
        if label.value.is_empty() || label.value.chars().any(char::is_control) {
            let message = format!("`{}` cannot be a label", shown(&label.value));
            let problem = Diagnostic::error("bad-name", label.span, message);
            self.report(
                problem
                    .expected("text of at least one character, none of them a control character"),
            );
        }
    }

    /// One of a closed set of words.
    pub fn word<T: Copy>(&mut self, item: Item<'_>, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(item)?;
        let found = words.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            let listed: Vec<String> = words
                .iter()
                .map(|(word, _)| format!("\"{word}\""))
                .collect();
            let message = format!("`{}` cannot be \"{}\"", shown(item.key), shown(&text.value));
            let hint = closest(&text.value, words.iter().map(|(word, _)| *word));
            self.report(
                Diagnostic::error("wrong-value", item.span, message)
                    .expected(format!("one of {}", listed.join(", ")))
                    .hint_if(hint.map(|word| format!("did you mean \"{word}\"?"))),
            );
        }
        found.map(|(_, value)| *value)
    }
}

/// The name in lower case with other characters replaced, if that is one.
fn better_name(name: &str, kind: NameKind) -> Option<String> {
    let replacement = if kind == NameKind::Model { '-' } else { '_' };
    let candidate: String = name
        .chars()
        .map(|c| c.to_ascii_lowercase())
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                replacement
            }
        })
        .collect();
    (name.len() <= 60 && kind.accepts(&candidate))
        .then(|| format!("`{candidate}` would be possible"))
}
