//! The model file as written: declarations with their places.

mod declarations;

pub use declarations::*;
