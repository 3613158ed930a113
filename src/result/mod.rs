//! The result document: every statistic that a run publishes, with its labels, units and Monte Carlo errors.

mod document;
mod finite;
mod label;
mod lookup;
mod ordered_map;
mod outer;
mod seed;

#[cfg(test)]
pub(crate) mod sample;

pub use document::*;
pub use finite::NotFinite;
pub use label::{Key, Labels};
pub use lookup::{Series, WORLD};
pub use ordered_map::OrderedMap;
pub use seed::{LARGEST_EXACT_INTEGER, Seed};
