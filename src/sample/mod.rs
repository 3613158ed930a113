//! Where normal scores come from: every draw has an address, and analyses may bring scores of their own.

mod addressed;
mod chacha;
mod design;
mod order;
mod sampler;
mod scores;

pub use addressed::{AddressedScores, GENERATOR, stream_id, uniform};
pub use design::{Design, DesignError, DesignKind, LEAST_REPLICATES};
pub use order::{SobolGroup, SobolOrder, SobolOrderError};
pub use sampler::{DesignScores, Sampler};
pub use scores::{FixedScores, Scores};
