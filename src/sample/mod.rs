//! Where normal scores come from: every draw has an address, and analyses may bring scores of their own.

mod addressed;
mod chacha;
mod design;
mod keys;
mod latin;
mod order;
mod permutation;
mod sampler;
mod scores;
mod sobol;
#[cfg(test)]
mod tests;

pub use addressed::{AddressedScores, GENERATOR, stream_id, uniform};
pub use design::{Design, DesignError, DesignKind, LEAST_REPLICATES, USUAL_REPLICATES};
pub use order::{SobolOrder, SobolOrderError};
pub use sampler::{DesignScores, Sampler};
pub use scores::{FixedScores, Scores};
