//! Units and their algebra.

mod algebra;
mod parse;
mod ratio;
#[cfg(test)]
mod tests;

pub use algebra::{ExponentOverflow, Unit};
pub use parse::UnitError;
pub use ratio::Ratio;
