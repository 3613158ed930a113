//! Where the text of an expression stands in its file, so that places inside it become places in the file.

use crate::diag::Span;
use crate::source::FileId;

/// How the bytes of an expression lie in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offsets {
    /// Byte `i` of the text is byte `start + i` of the file (TOML literal strings, arguments).
    From(u32),
    /// Byte `i` of the text comes from byte `map[i]` of the file; one more entry for the end (TOML basic strings, which have escapes).
    Map(Vec<u32>),
}

/// The file of an expression and the place of its bytes there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextOrigin {
    /// The file.
    pub file: FileId,
    /// Where each byte stands.
    pub offsets: Offsets,
}

impl TextOrigin {
    /// Text that stands in `file` byte for byte from `start` on.
    #[must_use]
    pub const fn contiguous(file: FileId, start: u32) -> Self {
        Self {
            file,
            offsets: Offsets::From(start),
        }
    }

    /// Text whose byte `i` comes from byte `map[i]` of `file`; `map` has one more entry for the end.
    #[must_use]
    pub const fn mapped(file: FileId, map: Vec<u32>) -> Self {
        Self {
            file,
            offsets: Offsets::Map(map),
        }
    }

    /// The place in the file of the bytes `[start, end)` of the text. Positions beyond the file or the map are held at its end.
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.position(start), self.position(end))
    }

    fn position(&self, index: usize) -> u32 {
        match &self.offsets {
            Offsets::From(start) => start.saturating_add(u32::try_from(index).unwrap_or(u32::MAX)),
            Offsets::Map(map) => map.get(index).or(map.last()).copied().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId(3);

    #[test]
    fn contiguous_text_is_shifted() {
        let origin = TextOrigin::contiguous(FILE, 100);
        assert_eq!(origin.span(2, 5), Span::new(FILE, 102, 105));
    }

    #[test]
    fn mapped_text_follows_its_map() {
        // The file holds `x == \"A\"`: each quote takes two bytes there and one in the text.
        let origin = TextOrigin::mapped(FILE, vec![10, 11, 12, 13, 14, 15, 17, 18, 20]);
        assert_eq!(origin.span(5, 8), Span::new(FILE, 15, 20));
    }

    #[test]
    fn positions_beyond_the_end_are_held_there() {
        let origin = TextOrigin::contiguous(FILE, u32::MAX - 1);
        assert_eq!(origin.span(0, 9), Span::new(FILE, u32::MAX - 1, u32::MAX));
        assert_eq!(
            TextOrigin::mapped(FILE, vec![4, 5]).span(1, 7),
            Span::new(FILE, 5, 5)
        );
        assert_eq!(
            TextOrigin::mapped(FILE, vec![]).span(0, 1),
            Span::new(FILE, 0, 0)
        );
    }
}
