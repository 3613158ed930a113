//! The text of models and tables: the only door to files.

mod error;
mod folder;
mod map;
mod memory;
mod path;
mod table;

pub use crate::diag::FileId;
pub use error::SourceError;
pub use folder::{FILE_LIMIT, Folder, Source};
pub use map::{Position, SourceFile, SourceMap};
pub use memory::Memory;
pub use path::normal_path;
pub use table::{Row, Table};
