//! Results as files: JSON, tidy CSV and the JSON Schema, written so that no reader ever sees half a file.

mod files;
mod json;
mod quantiles_csv;
mod schema;

pub use files::{FileError, OutputFolder, Staged};
pub use json::{JsonError, json, read_json};
pub use quantiles_csv::{quantiles_csv, quantiles_csv_parts};
pub use schema::schema;
