//! What every part of the reader shares: the text, the problems found so far, and values of the simple types.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::section::{Item, Section, Value, shown};
use super::text::text_origin;
use crate::diag::{Diagnostic, Diagnostics, Span, Spanned};
use crate::expr::{Expr, ExprKind, Ident, UnaryOp, parse};
use crate::source::FileId;

/// Integers up to this one are exact in double precision.
const LARGEST_EXACT_INTEGER: u64 = 1 << 53;

/// Walks one model file.
pub(super) struct Reader<'a> {
    file: FileId,
    text: &'a str,
    problems: Diagnostics,
}

impl<'a> Reader<'a> {
    pub fn new(file: FileId, text: &'a str) -> Self {
        Self {
            file,
            text,
            problems: Diagnostics::new(),
        }
    }

    pub fn report(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    pub fn into_problems(self) -> Diagnostics {
        self.problems
    }

    /// Offsets fit: the size of a model file is limited before it is parsed.
    pub fn span(&self, range: Range<usize>) -> Span {
        let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(self.file, offset(range.start), offset(range.end))
    }

    /// The text of the file at a place.
    pub fn slice(&self, span: Span) -> &'a str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// The offset of the end of the line that holds `at`.
    pub fn line_end(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or(&[]);
        let length = rest.iter().position(|byte| *byte == b'\n');
        at + length.unwrap_or(rest.len())
    }

    /// The entries of a table in the order of the file.
    pub fn items<'t>(&self, table: &'t DeTable<'t>) -> Vec<Item<'t>> {
        let mut items: Vec<Item<'t>> = table
            .iter()
            .map(|(key, value)| Item {
                key: key.get_ref(),
                key_span: self.span(key.span()),
                value: value.get_ref(),
                span: self.span(value.span()),
            })
            .collect();
        items.sort_by_key(|item| item.key_span);
        items
    }

    /// The elements of an array, each under the key of the array.
    pub fn elements<'t>(&self, item: Item<'t>, list: &'t [Value<'t>]) -> Vec<Item<'t>> {
        list.iter()
            .map(|value| Item {
                value: value.get_ref(),
                span: self.span(value.span()),
                ..item
            })
            .collect()
    }

    /// Reports that a value has the wrong type; `None`, so that callers can end with it.
    pub fn wrong_type<T>(&mut self, item: Item<'_>, expected: &str) -> Option<T> {
        self.wrong_type_hint(item, expected, None)
    }

    pub fn wrong_type_hint<T>(
        &mut self,
        item: Item<'_>,
        expected: &str,
        hint: Option<&str>,
    ) -> Option<T> {
        let found = match item.value {
            DeValue::String(_) => "text",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("`{}` is {found}, not {expected}", shown(item.key));
        self.report(
            Diagnostic::error("wrong-type", item.span, message)
                .expected(format!("expected {expected}"))
                .hint_if(hint.map(str::to_owned)),
        );
        None
    }

    /// A table, as a section with the given name.
    pub fn section<'t>(&mut self, item: Item<'t>, name: String) -> Option<Section<'t>> {
        let DeValue::Table(table) = item.value else {
            return self.wrong_type(item, "a table");
        };
        // An inline table may be long; its key is enough to find it.
        let span = if self.slice(item.span).starts_with('[') {
            item.span
        } else {
            item.key_span
        };
        Some(Section::new(name, span, self.items(table)))
    }

    pub fn list<'t>(&mut self, item: Item<'t>, of: &str) -> Option<Vec<Item<'t>>> {
        match item.value {
            DeValue::Array(list) => Some(self.elements(item, list)),
            _ => self.wrong_type_hint(
                item,
                &format!("a list of {of}"),
                Some("write the list in square brackets, also when it has a single element"),
            ),
        }
    }

    pub fn text(&mut self, item: Item<'_>) -> Option<Spanned<String>> {
        match item.value {
            DeValue::String(text) => Some(Spanned::new(text.to_string(), item.span)),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
                self.wrong_type_hint(item, "text", Some("write it in quotes"))
            }
            _ => self.wrong_type(item, "text"),
        }
    }

    /// One text, or a list of texts.
    pub fn one_or_more_texts(&mut self, item: Item<'_>) -> Option<Vec<Spanned<String>>> {
        match item.value {
            DeValue::String(_) => Some(vec![self.text(item)?]),
            DeValue::Array(list) if list.is_empty() => {
                self.wrong_type(item, "a text or a list of at least one text")
            }
            DeValue::Array(list) => {
                let elements = self.elements(item, list);
                self.all(elements, Self::text)
            }
            _ => self.wrong_type(item, "a text or a list of texts"),
        }
    }

    pub fn texts(&mut self, item: Item<'_>) -> Option<Vec<Ident>> {
        let elements = self.list(item, "texts")?;
        self.all(elements, Self::text)
    }

    /// Reads every element, so that every wrong one is reported; `None` if there was one.
    pub fn all<'t, T>(
        &mut self,
        items: Vec<Item<'t>>,
        read: impl Fn(&mut Self, Item<'t>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let n_items = items.len();
        let values: Vec<T> = items
            .into_iter()
            .filter_map(|item| read(self, item))
            .collect();
        (values.len() == n_items).then_some(values)
    }

    /// A date, or text that holds one, as written without quotes.
    pub fn date(&mut self, item: Item<'_>) -> Option<Spanned<String>> {
        match item.value {
            DeValue::Datetime(_) => {
                let text = self.slice(item.span).trim().to_owned();
                Some(Spanned::new(text, item.span))
            }
            DeValue::String(text) => Some(Spanned::new(text.to_string(), item.span)),
            _ => self.wrong_type_hint(
                item,
                "a date",
                Some("write 2023-04-17, or \"2023-04\" and \"2023\" in quotes"),
            ),
        }
    }

    pub fn boolean(&mut self, item: Item<'_>) -> Option<Spanned<bool>> {
        match item.value {
            DeValue::Boolean(value) => Some(Spanned::new(*value, item.span)),
            _ => self.wrong_type(item, "true or false"),
        }
    }

    /// A finite number.
    pub fn number(&mut self, item: Item<'_>) -> Option<Spanned<f64>> {
        let value = match item.value {
            // `as` is exact: the magnitude is at most 2^53.
            DeValue::Integer(_) => self.integer(item)?.value as f64,
            DeValue::Float(float) => {
                let written = float.as_str();
                let value = written.parse::<f64>().unwrap_or(f64::NAN);
                if !value.is_finite() {
                    let message =
                        format!("`{}` is not a finite number", shown(self.slice(item.span)));
                    let problem = Diagnostic::error("not-finite", item.span, message);
                    self.report(problem.expected("a finite number, at most about 1.8e308"));
                    return None;
                }
                let mantissa = written.split(['e', 'E']).next().unwrap_or("");
                if value == 0.0 && mantissa.contains(|c: char| ('1'..='9').contains(&c)) {
                    let message = format!("`{}` is so small that it reads as 0", shown(written));
                    let problem = Diagnostic::error("not-finite", item.span, message);
                    self.report(problem.expected("0, or a number of at least about 5e-324"));
                    return None;
                }
                value
            }
            _ => return self.wrong_type(item, "a number"),
        };
        Some(Spanned::new(value, item.span))
    }

    /// An integer of a magnitude up to 2^53.
    pub fn integer(&mut self, item: Item<'_>) -> Option<Spanned<i64>> {
        let DeValue::Integer(integer) = item.value else {
            return self.wrong_type(item, "an integer");
        };
        let value = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let Some(value) = value.filter(|value| value.unsigned_abs() <= LARGEST_EXACT_INTEGER)
        else {
            let message = format!(
                "the integer `{}` is beyond 2^53 and not exact in double precision",
                shown(integer.as_str())
            );
            self.report(
                Diagnostic::error("too-large", item.span, message)
                    .expected("at most 9007199254740992")
                    .hint("write it with a decimal exponent, such as 1.2e18"),
            );
            return None;
        };
        Some(Spanned::new(value, item.span))
    }

    /// Text in the expression language, a number, or true or false.
    pub fn expression(&mut self, item: Item<'_>) -> Option<Expr> {
        let span = item.span;
        match item.value {
            DeValue::String(text) => {
                match parse(text, &text_origin(self.slice(span), text, span)) {
                    Ok(expression) => Some(expression),
                    Err(problems) => {
                        problems
                            .into_iter()
                            .for_each(|problem| self.report(problem));
                        None
                    }
                }
            }
            DeValue::Boolean(value) => Some(Expr {
                kind: ExprKind::Bool(*value),
                span,
            }),
            DeValue::Integer(_) | DeValue::Float(_) => Some(number_expression(self.number(item)?)),
            _ => self.wrong_type_hint(
                item,
                "an expression",
                Some("write an expression in single quotes, a number, or true or false"),
            ),
        }
    }

    /// A table of named values, in the order of the file.
    pub fn pairs<T>(
        &mut self,
        item: Item<'_>,
        of: &str,
        read: impl Fn(&mut Self, Item<'_>) -> Option<T>,
    ) -> Option<Vec<(Ident, T)>> {
        let DeValue::Table(table) = item.value else {
            return self.wrong_type(item, of);
        };
        let items = self.items(table);
        self.all(items, |reader, entry| {
            let name = Ident::new(entry.key.to_owned(), entry.key_span);
            Some((name, read(reader, entry)?))
        })
    }
}

/// The tree that the parser makes of a number: a minus sign is an operator.
fn number_expression(number: Spanned<f64>) -> Expr {
    let span = number.span;
    let magnitude = Expr {
        kind: ExprKind::Number(number.value.abs()),
        span,
    };
    if !number.value.is_sign_negative() {
        return magnitude;
    }
    let kind = ExprKind::Unary {
        op: UnaryOp::Negate,
        operand: Box::new(magnitude),
    };
    Expr { kind, span }
}
