//! The keys that randomise a stream in a replicate: words of the generator, apart from those of the draws.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// Words of a key: one block of the generator.
pub(super) const WORDS_OF_KEY: usize = 16;

/// Most keys that are kept, 360 KB: a plan may have millions of streams.
const MOST_KEPT: usize = 4096;

/// Sixteen random words for each stream and replicate.
pub(super) type Key = [u32; WORDS_OF_KEY];

/// The keys of all streams and replicates under a seed: the block whose number is the replicate, in the stream's sequence of a generator
/// whose own key is another digest of the seed than that of the draws.
#[derive(Debug)]
pub(super) struct Keys {
    generator: ChaCha8Rng,
    /// Keys made last, each with its stream and replicate, at the stream's number modulo their length: a replicate is mostly evaluated in
    /// several rows.
    last: Vec<Option<(usize, u64, Key)>>,
}

impl Keys {
    /// The keys of so many streams.
    pub(super) fn new(seed: u64, n_streams: usize) -> Self {
        let digest = Sha256::digest([b"fanfare-design/1".as_slice(), &seed.to_le_bytes()].concat());
        Self {
            generator: ChaCha8Rng::from_seed(digest.into()),
            last: vec![None; n_streams.min(MOST_KEPT)],
        }
    }

    /// The key of a replicate of a stream, which has the number `id` in all runs.
    pub(super) fn of(&mut self, stream: usize, id: u64, replicate: u64) -> Key {
        let slot = stream % self.last.len();
        if let Some((known, of, key)) = self.last[slot]
            && (known, of) == (stream, replicate)
        {
            return key;
        }
        self.generator.set_stream(id);
        self.generator
            .set_word_pos(u128::from(replicate) * WORDS_OF_KEY as u128);
        let key = std::array::from_fn(|_| self.generator.next_u32());
        self.last[slot] = Some((stream, replicate, key));
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_depend_on_seed_stream_and_replicate_alone() {
        let mut keys = Keys::new(5, 2);
        let first = keys.of(0, 3, 7);
        assert_eq!(first, keys.of(0, 3, 7));
        let next = keys.of(0, 3, 8);
        assert_ne!(first, next);
        assert_ne!(first, keys.of(1, 4, 7));
        let mut many = Keys::new(5, 3 * MOST_KEPT);
        assert_eq!(many.of(7, 3, 7), first);
        assert_ne!(many.of(7 + MOST_KEPT, 4, 7), first);
        assert_eq!(many.of(7, 3, 7), first);
        assert_eq!(first, keys.of(0, 3, 7));
        assert_ne!(first, Keys::new(6, 1).of(0, 3, 7));
        assert_eq!(first, Keys::new(5, 1).of(0, 3, 7));
        // Blocks do not overlap.
        assert!(first.iter().all(|word| !next.contains(word)));
    }
}
