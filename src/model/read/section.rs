//! One table of the model file: which keys were asked for, which are there, and which nobody knows.

use toml::de::DeValue;

use super::reader::Reader;
use crate::diag::{Diagnostic, Span, closest};

/// A TOML value with the range of its text.
pub(super) type Value<'a> = toml::Spanned<DeValue<'a>>;

/// One key and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    /// The key without quotes.
    pub key: &'a str,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: &'a DeValue<'a>,
    /// Where the value stands; for a table with a header, the header.
    pub span: Span,
}

/// A table whose keys are taken one by one. What is left at the end is unknown.
#[derive(Debug)]
pub(super) struct Section<'a> {
    /// How messages name it: `[inputs.price]`.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    items: Vec<(Item<'a>, bool)>,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// A table with its items in the order of the file.
    pub fn new(name: String, span: Span, items: Vec<Item<'a>>) -> Self {
        Self {
            name,
            span,
            items: items.into_iter().map(|item| (item, false)).collect(),
            known: Vec::new(),
        }
    }

    /// The item of a key that may be absent.
    pub fn take(&mut self, key: &'static str) -> Option<Item<'a>> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        let (item, taken) = self.items.iter_mut().find(|(item, _)| item.key == key)?;
        *taken = true;
        Some(*item)
    }

    /// The item of a key that must be there.
    pub fn require(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Item<'a>> {
        let item = self.take(key);
        if item.is_none() {
            self.missing(reader, &format!("`{key}`"));
        }
        item
    }

    /// Reports that something must be there.
    pub fn missing(&self, reader: &mut Reader<'_>, what: &str) {
        let message = format!("{} lacks {what}", self.name);
        let problem = Diagnostic::error("missing-key", self.span, message);
        reader.report(problem.expected(format!("{what} in this table")));
    }

    /// Reports every key that was never asked for.
    pub fn finish(self, reader: &mut Reader<'_>) {
        let listed: Vec<String> = self.known.iter().map(|key| format!("`{key}`")).collect();
        for (item, _) in self.items.iter().filter(|(_, taken)| !taken) {
            let message = format!("unknown key `{}` in {}", shown(item.key), self.name);
            let hint = closest(item.key, self.known.iter().copied())
                .map(|name| format!("did you mean `{name}`?"));
            reader.report(
                Diagnostic::error("unknown-key", item.key_span, message)
                    .expected(format!("one of {}", listed.join(", ")))
                    .hint_if(hint),
            );
        }
    }
}

/// A name that may hold anything, fit for a message.
pub(super) fn shown(name: &str) -> String {
    const LONGEST: usize = 60;
    let mut text: String = name.chars().take(LONGEST).collect::<String>();
    if text.len() < name.len() {
        text.push('…');
    }
    text.chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect()
            } else {
                vec![c]
            }
        })
        .collect()
}
