//! Where a decoded text stands in its file.

use crate::diag::Span;
use crate::source::FileId;

/// Maps byte offsets of a decoded text to places in the file that it was written in.
#[derive(Debug, Clone, PartialEq)]
pub struct TextOrigin {
    file: FileId,
    offsets: Offsets,
}

#[derive(Debug, Clone, PartialEq)]
enum Offsets {
    /// The text stands in the file as it is, from this offset.
    From(u32),
    /// The offset of each byte, and that of the end.
    Each(Vec<u32>),
}

impl TextOrigin {
    /// A text that stands in `file` byte for byte, from `base_offset`.
    #[must_use]
    pub const fn contiguous(file: FileId, base_offset: u32) -> Self {
        Self {
            file,
            offsets: Offsets::From(base_offset),
        }
    }

    /// A text that was written with escapes: one offset for each byte, and one for the end.
    #[must_use]
    pub const fn mapped(file: FileId, offsets: Vec<u32>) -> Self {
        Self {
            file,
            offsets: Offsets::Each(offsets),
        }
    }

    /// The place of the bytes `[start, end)` of the decoded text.
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.offset(start), self.offset(end))
    }

    fn offset(&self, at: usize) -> u32 {
        match &self.offsets {
            Offsets::From(base) => base.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)),
            Offsets::Each(offsets) => offsets
                .get(at)
                .or(offsets.last())
                .copied()
                .unwrap_or_default(),
        }
    }
}
