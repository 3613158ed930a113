//! Where the characters of a TOML string stand in the file, escapes included.

use crate::diag::Span;
use crate::expr::TextOrigin;

/// The origin of `decoded`, which the token `raw` at `span` stands for.
pub(super) fn text_origin(raw: &str, decoded: &str, span: Span) -> TextOrigin {
    if let Some((text, offsets)) = decode(raw) {
        if text == decoded {
            let start = offsets.first().copied().unwrap_or_default();
            let in_line = (start..)
                .zip(&offsets)
                .all(|(expected, at)| expected == *at);
            if in_line {
                return TextOrigin::contiguous(span.file, span.start.saturating_add(start));
            }
            let offsets = offsets.iter().map(|at| span.start.saturating_add(*at));
            return TextOrigin::mapped(span.file, offsets.collect());
        }
    }
    // Only if this decoder and the TOML parser disagree: every place is then the whole token.
    let mut offsets = vec![span.start; decoded.len()];
    offsets.push(span.end);
    TextOrigin::mapped(span.file, offsets)
}

/// Decodes a token: the text, and the offset in the token of each of its bytes and of its end.
///
/// # Source
/// TOML 1.1, section "String".
fn decode(raw: &str) -> Option<(String, Vec<u32>)> {
    let multi = raw.starts_with("\"\"\"") || raw.starts_with("'''");
    let quotes = if multi { 3 } else { 1 };
    let basic = raw.starts_with('"');
    let end = raw.len().checked_sub(quotes)?;
    let mut at = quotes;
    if multi {
        let rest = raw.get(at..end)?;
        at += if rest.starts_with('\n') {
            1
        } else if rest.starts_with("\r\n") {
            2
        } else {
            0
        };
    }
    let mut text = String::new();
    let mut offsets = Vec::new();
    while at < end {
        let rest = raw.get(at..end)?;
        let character = rest.chars().next()?;
        let (decoded, length) = if basic && character == '\\' {
            match escape(rest, multi)? {
                Escape::Character(decoded, length) => (decoded, length),
                Escape::Nothing(length) => {
                    at += length;
                    continue;
                }
            }
        } else {
            (character, character.len_utf8())
        };
        // Bytes of an unescaped character stand one after the other; those of an escape all at its start.
        let escaped = basic && character == '\\';
        for byte in 0..decoded.len_utf8() {
            offsets.push(u32::try_from(if escaped { at } else { at + byte }).ok()?);
        }
        text.push(decoded);
        at += length;
    }
    offsets.push(u32::try_from(end).ok()?);
    Some((text, offsets))
}

enum Escape {
    /// A character, and the length of its escape.
    Character(char, usize),
    /// A line continuation and its length.
    Nothing(usize),
}

/// The escape that `rest` begins with.
fn escape(rest: &str, multi: bool) -> Option<Escape> {
    let kind = rest[1..].chars().next()?;
    let simple = match kind {
        'b' => '\u{8}',
        't' => '\t',
        'n' => '\n',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        '"' => '"',
        '\\' => '\\',
        'x' => return hexadecimal(rest, 2),
        'u' => return hexadecimal(rest, 4),
        'U' => return hexadecimal(rest, 8),
        ' ' | '\t' | '\n' | '\r' if multi => {
            let trimmed = rest[1..].trim_start_matches([' ', '\t', '\n', '\r']);
            return Some(Escape::Nothing(rest.len() - trimmed.len()));
        }
        _ => return None,
    };
    Some(Escape::Character(simple, 2))
}

fn hexadecimal(rest: &str, digits: usize) -> Option<Escape> {
    let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
    Some(Escape::Character(char::from_u32(code)?, 2 + digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use toml::de::{DeTable, DeValue};

    /// The text of the file at the place of `part` within the decoded value of `raw`.
    fn placed(raw: &str, part: &str) -> String {
        let file = format!("key = {raw}\n");
        let table = DeTable::parse(&file).unwrap();
        let value = &table.get_ref()["key"];
        let DeValue::String(decoded) = value.get_ref() else {
            panic!("not a string");
        };
        let (start, end) = (value.span().start as u32, value.span().end as u32);
        let token = &file[value.span()];
        let origin = text_origin(token, decoded, Span::new(FileId(0), start, end));
        let at = decoded.find(part).unwrap();
        let span = origin.span(at, at + part.len());
        file[span.start as usize..span.end as usize].to_owned()
    }

    #[test]
    fn parts_of_literal_strings_stand_as_they_are() {
        assert_eq!(placed("'a * \"é\" + c'", "+ c"), "+ c");
        assert_eq!(placed("'''\na +\n  b'''", "b"), "b");
        assert_eq!(placed("'''a''b'''", "b"), "b");
        assert_eq!(placed("'''\r\na + b'''", "a +"), "a +");
    }

    #[test]
    fn parts_of_basic_strings_are_found_after_escapes() {
        assert_eq!(placed("\"plain + b\"", "b"), "b");
        assert_eq!(placed(r#""x[c = \"DEU\"] + b""#, "+ b"), "+ b");
        assert_eq!(placed(r#""x[c = \"DEU\"] + b""#, "\"DEU\""), r#"\"DEU\""#);
        assert_eq!(placed(r#""\u00e9 + \U0001F600 * \x41 b""#, "b"), "b");
        assert_eq!(placed(r#""\u00e9 + é""#, "é"), r"\u00e9");
        assert_eq!(placed("\"\"\"\na \\\n   + b\"\"\"", "+ b"), "+ b");
        assert_eq!(placed("\"\"\"a \"\" \\t b\"\"\"", "b"), "b");
    }

    #[test]
    fn every_escape_of_the_format_is_decoded_alike() {
        let raw = r#""\b\t\n\f\r\e\"\\\x41\u00e9\U0001F600é""#;
        let file = format!("key = {raw}");
        let table = DeTable::parse(&file).unwrap();
        let expected = table.get_ref()["key"]
            .get_ref()
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(decode(raw).unwrap().0, expected);
    }
}
