//! The model file as written: declarations with their places, and their reader.

mod declarations;
mod read;

pub use declarations::*;
pub use read::{MODEL_LIMIT, read_model};
