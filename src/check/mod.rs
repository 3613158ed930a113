//! Names become numbers; shapes, units, domains and roll-ups are checked: declarations in, [`CheckedModel`] out.

mod build;
mod calls;
mod checked;
mod checker;
mod constants;
mod context;
mod correlations;
mod data;
mod dimensions;
mod graph;
mod inputs;
mod matrix;
mod names;
mod outputs;
mod over;
mod overrides;
mod parents;
mod rollup;
mod sampling;
mod scores;
mod streams;
mod tables;
mod terms;
#[cfg(test)]
mod tests;
mod truths;
mod units;
mod usage;

pub use checked::*;
pub use checker::{Variant, check};
pub use scores::{pearson_of_scores, pearson_range, spearman_of_scores};
