//! Results as files: JSON, tidy CSV and the JSON Schema, written so that no reader ever sees half a file.

mod files;
mod json;
mod quantiles_csv;
mod schema;
mod staging;

pub use files::{FileError, OutputFolder};
pub use json::{JsonError, json, read_json, write_json};
pub use quantiles_csv::{quantiles_csv, write_quantiles_csv};
pub use schema::schema;
pub use staging::{Staged, Staging};
