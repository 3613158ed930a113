//! Where normal scores come from: every draw has an address, and analyses may bring scores of their own.

mod addressed;
mod chacha;
mod design;
mod scores;

pub use addressed::{AddressedScores, GENERATOR, stream_id, uniform};
pub use design::Design;
pub use scores::{FixedScores, Scores};
