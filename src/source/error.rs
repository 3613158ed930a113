//! Why a file could not be read.

use crate::diag::{Diagnostic, Severity, Span};

/// Why a file could not be read; the caller knows the place that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The path leaves the model's folder, or could do so on some system.
    #[error("`{path}` {reason}")]
    PathOutside {
        /// The path as written.
        path: String,
        /// Which rule it breaks.
        reason: &'static str,
    },
    /// There is no such file.
    #[error("there is no file `{path}`")]
    Missing {
        /// The path as written.
        path: String,
    },
    /// A folder, a device, a pipe or the like.
    #[error("`{path}` is {found}, not a regular file")]
    NotAFile {
        /// The path as written.
        path: String,
        /// What it is instead.
        found: &'static str,
    },
    /// A folder in place of a model file.
    #[error("`{path}` is a folder, not a model file")]
    FolderOfModels {
        /// The path as written.
        path: String,
        /// The `.toml` files in it, as one would write their paths.
        files: Vec<String>,
    },
    /// Larger than the limit.
    #[error("`{path}` is larger than {limit} bytes")]
    TooLarge {
        /// The path as written.
        path: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// Not UTF-8.
    #[error("`{path}` is not UTF-8 text (first wrong byte at offset {offset})")]
    NotUtf8 {
        /// The path as written.
        path: String,
        /// Offset of the first byte that is wrong.
        offset: usize,
    },
    /// The system refused.
    #[error("`{path}` cannot be read: {reason}")]
    Unreadable {
        /// The path as written.
        path: String,
        /// What the system said.
        reason: String,
    },
}

impl SourceError {
    /// The stable code of the problem.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PathOutside { .. } => "path-outside",
            Self::Missing { .. } => "missing-file",
            Self::NotAFile { .. } | Self::FolderOfModels { .. } => "not-a-file",
            Self::TooLarge { .. } => "too-large",
            Self::NotUtf8 { .. } => "not-utf8",
            Self::Unreadable { .. } => "unreadable-file",
        }
    }

    /// The problem, reported at the place that named the file (`None` for an argument).
    #[must_use]
    pub fn at(&self, span: Option<Span>) -> Diagnostic {
        let named;
        let hint = match self {
            Self::PathOutside { .. } => {
                "write a path relative to the model file, with `/` between its parts, to a file in the same folder or below"
            }
            Self::Missing { .. } => "paths are relative to the folder of the model file",
            Self::NotAFile { .. } => "name a file that holds text",
            Self::FolderOfModels { files, .. } if files.is_empty() => {
                "name a model file; this folder holds no `.toml` file"
            }
            Self::FolderOfModels { files, .. } => {
                named = format!("name the model file: `{}`", files.join("`, `"));
                &named
            }
            Self::TooLarge { .. } => "split the file or remove what the model does not read",
            Self::NotUtf8 { .. } => "save the file as UTF-8",
            Self::Unreadable { .. } => "check the permissions of the file and its folder",
        };
        Diagnostic {
            code: self.code(),
            severity: Severity::Error,
            message: self.to_string(),
            span,
            expected: String::new(),
            related: Vec::new(),
            hints: vec![hint.to_owned()],
        }
    }
}
