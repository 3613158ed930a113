//! Files that exist only in memory, for tests and for programs that embed the engine.

use std::collections::BTreeMap;

use super::{Source, SourceError, normal_path};

/// Files by their relative path.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    /// No file yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or replaces it.
    #[must_use]
    pub fn with(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), bytes.into());
        self
    }
}

impl Source for Memory {
    fn read(&self, relative: &str) -> Result<Vec<u8>, SourceError> {
        let normal = normal_path(relative)?;
        self.files
            .get(&normal)
            .cloned()
            .ok_or(SourceError::Missing { path: normal })
    }
}
