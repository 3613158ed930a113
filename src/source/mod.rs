//! The text of models and tables: the only door to files.

mod files;

pub use files::FileId;
