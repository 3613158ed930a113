//! `result.json`: the document as text that is the same for the same result and reads well in a comparison of lines.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::staging::PIECE;
use crate::result::{NotFinite, ResultDocument};

/// A document that cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// A number that JSON cannot hold.
    #[error(transparent)]
    NotFinite(#[from] NotFinite),
    /// What takes the text failed.
    #[error("cannot write the document: {0}")]
    Write(#[from] io::Error),
    /// Text that is no result document.
    #[error("not a `fanfare-result/1` document: {0}")]
    Invalid(#[from] serde_json::Error),
}

/// The document as UTF-8 JSON that ends with a line feed. Objects are indented, but each object in a list (cells, labels, warnings) has one line of its own;
/// numbers are the shortest that read back as the same double.
///
/// # Errors
/// A NaN or an infinity in the document.
pub fn json(document: &ResultDocument) -> Result<Vec<u8>, JsonError> {
    document.check_finite()?;
    let mut bytes = Vec::new();
    lines(document, &mut bytes)?;
    Ok(bytes)
}

/// Writes the text of [`json`] in pieces of 256 KB: the whole of it is never held.
///
/// # Errors
/// A NaN or an infinity in the document, found before anything is written; what the writer reports.
pub fn write_json(document: &ResultDocument, writer: impl Write) -> Result<(), JsonError> {
    document.check_finite()?;
    let mut pieces = BufWriter::with_capacity(PIECE, writer);
    lines(document, &mut pieces)?;
    Ok(pieces.flush()?)
}

/// Reads a document.
///
/// # Errors
/// Text that is not JSON, another format or version, an unknown or missing key, a value of the wrong type.
pub fn read_json(bytes: &[u8]) -> Result<ResultDocument, JsonError> {
    Ok(serde_json::from_slice(bytes)?)
}

/// Writes any value in the layout of [`json`].
pub(super) fn lines(value: &impl Serialize, mut writer: impl Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(
        &mut writer,
        LinePerElement::default(),
    ))?;
    writer.write_all(b"\n")
}

/// Indents objects that are members of objects; writes objects that are elements of arrays on one line each and other arrays on the line of their key.
#[derive(Default)]
struct LinePerElement {
    /// Open objects and arrays outside of any array element.
    depth: usize,
    /// Open objects and arrays inside an array element that is an object; nothing there is indented.
    inside_element: usize,
    /// Whether anything was written in the innermost open object or array.
    filled: bool,
    /// Whether the value about to be written is an element of an array.
    element: bool,
    /// Whether the array just written had an object on its own line.
    own_lines: bool,
}

impl LinePerElement {
    fn indent<W: ?Sized + io::Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b" "))
    }
}

impl Formatter for LinePerElement {
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.inside_element > 0 {
            self.inside_element += 1;
        } else {
            self.depth += 1;
            self.own_lines = false;
        }
        writer.write_all(b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.inside_element > 0 {
            self.inside_element -= 1;
        } else {
            self.depth -= 1;
            if self.own_lines {
                self.indent(writer)?;
            }
        }
        self.filled = true;
        self.own_lines = false;
        writer.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.element = true;
        if first {
            Ok(())
        } else {
            writer.write_all(b",")
        }
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.element = false;
        Ok(())
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.inside_element > 0 {
            self.inside_element += 1;
        } else if self.element {
            self.indent(writer)?;
            self.inside_element = 1;
        } else {
            self.depth += 1;
        }
        self.filled = false;
        self.element = false;
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.inside_element > 0 {
            self.inside_element -= 1;
            self.own_lines = true;
        } else {
            self.depth -= 1;
            if self.filled {
                self.indent(writer)?;
            }
        }
        self.filled = true;
        writer.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        if self.inside_element == 0 {
            self.indent(writer)?;
        }
        Ok(())
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.element = false;
        writer.write_all(if self.inside_element > 0 { b":" } else { b": " })
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::sample::sample;

    #[test]
    fn a_document_reads_back_equal_and_writes_the_same_bytes() {
        let document = sample();
        let bytes = json(&document).unwrap();
        let again = read_json(&bytes).unwrap();
        assert_eq!(again, document);
        assert_eq!(json(&again).unwrap(), bytes);
    }

    #[test]
    fn each_object_in_a_list_has_its_line() {
        let value = serde_json::json!({
            "name": "a", "empty": {}, "none": [], "levels": [0.1, 0.2], "files": {"m": "x"},
            "cells": [{"at": {"year": 2023}, "q": [1.5, null], "list": [{"a": 1}, {"a": 2}]}, {"at": {}}],
            "matrix": [[1, 2], [3, 4]]
        });
        let mut text = Vec::new();
        lines(&value, &mut text).unwrap();
        insta::assert_snapshot!(String::from_utf8(text).unwrap(), @r#"
        {
         "name": "a",
         "empty": {},
         "none": [],
         "levels": [0.1,0.2],
         "files": {
          "m": "x"
         },
         "cells": [
          {"at":{"year":2023},"q":[1.5,null],"list":[{"a":1},{"a":2}]},
          {"at":{}}
         ],
         "matrix": [[1,2],[3,4]]
        }
        "#);
    }

    #[test]
    fn a_non_finite_number_is_refused_instead_of_becoming_null() {
        let mut document = sample();
        document.outputs.get_mut("revenue").unwrap().cells[0].mean = Some(f64::NAN);
        assert!(matches!(json(&document), Err(JsonError::NotFinite(_))));
    }

    /// Takes so many bytes and no more, as a full disk does.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let n = bytes.len().min(self.0);
            self.0 -= n;
            Ok(n)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn pieces_are_the_text_or_an_error() {
        // Cells enough for more than one piece.
        let mut document = sample();
        let cells = &mut document.outputs.get_mut("loss").unwrap().cells;
        let one = cells[0].clone();
        cells.resize(1000, one);
        let whole = json(&document).unwrap();
        assert!(whole.len() > 2 * PIECE);
        let mut pieces = Vec::new();
        write_json(&document, &mut pieces).unwrap();
        assert!(pieces == whole);
        for room in [0, PIECE, whole.len() - 1] {
            let failed = write_json(&document, Full(room)).unwrap_err();
            assert!(matches!(failed, JsonError::Write(_)), "{failed}");
        }
        write_json(&document, Full(whole.len())).unwrap();
        document.outputs.get_mut("loss").unwrap().cells[999].max = Some(f64::INFINITY);
        let mut nothing = Vec::new();
        let failed = write_json(&document, &mut nothing).unwrap_err();
        assert!(matches!(failed, JsonError::NotFinite(_)), "{failed}");
        assert!(nothing.is_empty());
    }

    #[test]
    fn another_format_or_an_unknown_key_is_refused() {
        let text = String::from_utf8(json(&sample()).unwrap()).unwrap();
        for (from, to) in [
            ("fanfare-result/1", "fanfare-result/2"),
            ("\"mean_error\"", "\"mean_eror\""),
            ("\"seed\": 1", "\"seed\": -1"),
        ] {
            let broken = text.replacen(from, to, 1);
            assert_ne!(broken, text);
            assert!(read_json(broken.as_bytes()).is_err(), "{to}");
        }
    }

    #[test]
    fn a_crossing_label_stands_before_its_probability() {
        let text = String::from_utf8(json(&sample()).unwrap()).unwrap();
        assert!(
            text.contains(r#""first":[{"year":2023,"probability":0.0003,"#),
            "{text}"
        );
    }
}
