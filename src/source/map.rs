//! Every file that was read, once, with its hash and its lines.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{FileId, Source, SourceError, normal_path};

/// May open a UTF-8 file; it is none of its text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A place as people count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path relative to the model file, in its one spelling; the name of an argument otherwise.
    pub path: String,
    /// Path as shown in messages.
    pub display_path: String,
    /// The text, without a byte order mark.
    pub text: String,
    /// SHA-256 of the bytes of the file, 64 hexadecimal digits; `None` for an argument.
    pub sha256: Option<String>,
    /// Whether the file began with a byte order mark.
    byte_order_mark: bool,
    /// Offset of the first byte of each line.
    line_starts: Vec<u32>,
}

impl SourceFile {
    fn new(path: String, display_path: String, text: String, sha256: Option<String>) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(offset, _)| to_u32(offset + 1)),
        );
        Self {
            path,
            display_path,
            text,
            sha256,
            byte_order_mark: false,
            line_starts,
        }
    }

    /// The bytes of the file, of which the hash is.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mark = if self.byte_order_mark {
            BYTE_ORDER_MARK
        } else {
            ""
        };
        [mark.as_bytes(), self.text.as_bytes()].concat()
    }

    /// The start of the character that holds the byte at `offset`, or the end of the text.
    #[must_use]
    pub fn char_start(&self, offset: usize) -> usize {
        char_floor(&self.text, offset)
    }

    /// Line and column of a byte; an offset beyond the end counts as the end, one within a character as its first byte.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.char_start(offset as usize);
        let line = self
            .line_starts
            .partition_point(|start| *start as usize <= offset);
        let start = self.line_starts[line - 1] as usize;
        Position {
            line,
            column: self.text[start..offset].chars().count() + 1,
        }
    }

    /// Number of lines; a text that ends with a line break has an empty last one.
    #[must_use]
    pub fn n_lines(&self) -> usize {
        self.line_starts.len()
    }

    /// Byte range `[start, end)` of a line (from 1), without its line break; `None` if there is no such line.
    #[must_use]
    pub fn line_range(&self, line: usize) -> Option<(usize, usize)> {
        let start = *self.line_starts.get(line.checked_sub(1)?)? as usize;
        let end = self
            .line_starts
            .get(line)
            .map_or(self.text.len(), |next| *next as usize - 1);
        let end = if self.text[start..end].ends_with('\r') {
            end - 1
        } else {
            end
        };
        Some((start, end))
    }

    /// The text of a line (from 1) without its line break; empty if there is no such line.
    #[must_use]
    pub fn line(&self, line: usize) -> &str {
        self.line_range(line)
            .map_or("", |(start, end)| &self.text[start..end])
    }

    /// The text of the byte range `[start, end)`; empty if it is none of this file.
    #[must_use]
    pub fn slice(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or("")
    }
}

/// Every text that places refer to.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    by_path: BTreeMap<String, FileId>,
}

impl SourceMap {
    /// No file yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a file, or finds it if it was read before. A UTF-8 byte order mark is dropped; the hash is that of the bytes as they are.
    ///
    /// # Errors
    /// When the source refuses the path or the text is not UTF-8.
    pub fn load(&mut self, source: &dyn Source, relative: &str) -> Result<FileId, SourceError> {
        let path = normal_path(relative)?;
        if let Some(id) = self.by_path.get(&path) {
            return Ok(*id);
        }
        let bytes = source.read(&path)?;
        // Places are 32-bit offsets.
        if u32::try_from(bytes.len()).is_err() {
            return Err(SourceError::TooLarge {
                path,
                limit: u64::from(u32::MAX),
            });
        }
        let sha256 = hex(&Sha256::digest(&bytes));
        let mut text = String::from_utf8(bytes).map_err(|error| SourceError::NotUtf8 {
            path: path.clone(),
            offset: error.utf8_error().valid_up_to(),
        })?;
        let byte_order_mark = text.starts_with(BYTE_ORDER_MARK);
        if byte_order_mark {
            text.drain(..BYTE_ORDER_MARK.len());
        }
        let display_path = source.display_path(&path);
        let id = self.push(SourceFile {
            byte_order_mark,
            ..SourceFile::new(path.clone(), display_path, text, Some(sha256))
        });
        self.by_path.insert(path, id);
        Ok(id)
    }

    /// Adds a text that comes from no file, such as the argument `--set x=2`; it is none of [`SourceMap::files`].
    pub fn add_argument(&mut self, name: &str, text: &str) -> FileId {
        let text = text[..char_floor(text, u32::MAX as usize)].to_owned();
        self.push(SourceFile::new(
            name.to_owned(),
            name.to_owned(),
            text,
            None,
        ))
    }

    fn push(&mut self, file: SourceFile) -> FileId {
        let id = FileId(to_u32(self.files.len()));
        self.files.push(file);
        id
    }

    /// A text by its number.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The number of a file that was read.
    #[must_use]
    pub fn find(&self, relative: &str) -> Option<FileId> {
        self.by_path.get(&normal_path(relative).ok()?).copied()
    }

    /// The files that were read, in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.by_path
            .values()
            .filter_map(|id| self.get(*id).map(|file| (*id, file)))
    }
}

/// Offsets fit: texts are limited to `u32::MAX` bytes where they enter.
fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// The start of the character that holds the byte at `offset`, or the end of the text.
fn char_floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a `String` does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Memory;

    fn file(text: &str) -> (SourceMap, FileId) {
        let mut map = SourceMap::new();
        let id = map
            .load(&Memory::new().with("a.txt", text), "a.txt")
            .unwrap();
        (map, id)
    }

    #[test]
    fn columns_count_characters_and_lines_end_at_line_feeds() {
        let (map, id) = file("äb\r\nc\n");
        let file = map.get(id).unwrap();
        let at = |offset| {
            let position = file.position(offset);
            (position.line, position.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(1), (1, 1), "second byte of the umlaut");
        assert_eq!(at(2), (1, 2));
        assert_eq!(at(5), (2, 1));
        assert_eq!(at(6), (2, 2));
        assert_eq!(at(7), (3, 1));
        assert_eq!(at(4_000_000_000), (3, 1));
        assert_eq!((file.line(0), file.line(1), file.line(2)), ("", "äb", "c"));
        assert_eq!((file.line(3), file.line(4), file.n_lines()), ("", "", 3));
    }

    /// SHA-256 of "abc": FIPS 180-2, appendix B.1.
    #[test]
    fn the_hash_is_that_of_the_bytes() {
        let (map, id) = file("abc");
        assert_eq!(
            map.get(id).unwrap().sha256.as_deref(),
            Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
    }

    #[test]
    fn a_byte_order_mark_is_dropped_from_the_text_but_not_from_the_hash() {
        let (map, id) = file("\u{feff}abc");
        let file = map.get(id).unwrap();
        assert_eq!(file.text, "abc");
        assert!(!file.sha256.as_deref().unwrap().starts_with("ba7816bf"));
        assert_eq!(file.bytes(), "\u{feff}abc".as_bytes());
    }

    #[test]
    fn a_file_is_read_once_under_all_its_spellings() {
        let memory = Memory::new().with("data/a.csv", "a");
        let mut map = SourceMap::new();
        let first = map.load(&memory, "data/a.csv").unwrap();
        assert_eq!(map.load(&Memory::new(), "./data//a.csv").unwrap(), first);
        assert_eq!(map.find("data/./a.csv"), Some(first));
        assert_eq!(map.files().count(), 1);
    }

    #[test]
    fn arguments_have_places_but_are_no_files() {
        let mut map = SourceMap::new();
        let id = map.add_argument("--set x", "1 +");
        assert_eq!(map.get(id).unwrap().line(1), "1 +");
        assert_eq!(map.files().count(), 0);
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_with_its_offset() {
        let memory = Memory::new().with("a", b"ab\xff".to_vec());
        let error = SourceMap::new().load(&memory, "a").unwrap_err();
        assert_eq!(
            error,
            SourceError::NotUtf8 {
                path: "a".to_owned(),
                offset: 2
            }
        );
    }
}
