//! Files that were read, each under a small number.

/// The number of a file that was read in this session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);
