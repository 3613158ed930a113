//! Scores by address: a pure function of seed, stream key and trial number, from the counter-based generator ChaCha8.

use std::sync::Arc;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

use super::Scores;
use super::chacha::{ChaCha8, to_uniform};
use crate::math::normal_quantile_in_place;
use crate::plan::StreamKey;

/// The name of the generator in results.
pub const GENERATOR: &str = "chacha8";

/// 32-bit words of the generator's sequence that one draw takes.
const WORDS_PER_DRAW: u128 = 2;

/// The number of a stream: the first eight bytes (little endian) of the SHA-256 of its key.
#[must_use]
pub fn stream_id(key: &StreamKey) -> u64 {
    first_eight(
        Sha256::digest([b"fanfare-stream/1".as_slice(), &key.to_bytes()].concat()).as_slice(),
    )
}

fn first_eight(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(8)
        .rev()
        .fold(0, |id, &byte| (id << 8) | u64::from(byte))
}

/// The generator's key for a seed: a digest, so that adjacent seeds share nothing.
fn key_of(seed: u64) -> [u8; 32] {
    Sha256::digest([b"fanfare-seed/1".as_slice(), &seed.to_le_bytes()].concat()).into()
}

/// The uniform number at an address.
#[must_use]
pub fn uniform(seed: u64, key: &StreamKey, trial: u64) -> f64 {
    let mut generator = ChaCha8Rng::from_seed(key_of(seed));
    generator.set_stream(stream_id(key));
    generator.set_word_pos(u128::from(trial) * WORDS_PER_DRAW);
    to_uniform(generator.next_u64())
}

/// Scores by address.
#[derive(Debug)]
pub struct AddressedScores {
    generator: ChaCha8,
    ids: Arc<[u64]>,
}

impl AddressedScores {
    /// The scores of these streams under a seed.
    #[must_use]
    pub fn new(seed: u64, streams: &[StreamKey]) -> Self {
        Self::with_ids(seed, streams.iter().map(stream_id).collect())
    }

    /// The scores of the streams with these numbers, see [`stream_id`].
    #[must_use]
    pub fn with_ids(seed: u64, ids: Arc<[u64]>) -> Self {
        Self {
            generator: ChaCha8::new(key_of(seed)),
            ids,
        }
    }

    /// The uniform numbers of `stream` for the trials from `first_trial` on.
    pub fn uniforms(&mut self, stream: usize, first_trial: u64, out: &mut [f64]) {
        self.generator.fill(self.ids[stream], first_trial, out);
    }
}

impl Scores for AddressedScores {
    fn fill(&mut self, stream: usize, first_trial: u64, out: &mut [f64]) {
        self.uniforms(stream, first_trial, out);
        normal_quantile_in_place(out);
    }

    fn fill_levels(&mut self, stream: usize, first_trial: u64, out: &mut [f64]) {
        self.uniforms(stream, first_trial, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Component;

    fn key(input: &str) -> StreamKey {
        StreamKey {
            input: input.into(),
            component: Component::Own,
            labels: vec![("country".into(), "DEU".into())],
            cell: 0,
        }
    }

    #[test]
    fn a_batch_is_the_single_draws_at_their_addresses() {
        let streams = [key("a"), key("b")];
        let mut scores = AddressedScores::new(7, &streams);
        let mut row = [0.0; 37];
        scores.fill(1, 1_000_003, &mut row);
        for (trial, &score) in (1_000_003..).zip(&row) {
            let expected = crate::math::normal_quantile(uniform(7, &streams[1], trial));
            assert_eq!(score.to_bits(), expected.to_bits());
        }
    }

    #[test]
    fn uniforms_lie_strictly_inside_the_unit_interval() {
        assert!(to_uniform(0) > 0.0);
        assert!(to_uniform(u64::MAX) < 1.0);
        assert_eq!(1.0 - to_uniform(u64::MAX), to_uniform(0));
    }
}
