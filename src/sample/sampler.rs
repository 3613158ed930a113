//! The scores of a run by its design: one sampler for each run, one provider of scores for each thread.

use super::{AddressedScores, Design, Scores, SobolOrder};
use crate::plan::StreamKey;

/// What the threads of a run have in common: which stream takes which place in the design.
#[derive(Debug, Clone)]
pub struct Sampler {
    seed: u64,
    streams: Vec<StreamKey>,
}

/// The scores of one thread. Trial k is point k mod n of replicate ⌊k / n⌋, n being the design's points of a replicate.
#[derive(Debug)]
pub struct DesignScores {
    random: AddressedScores,
}

impl Sampler {
    /// The scores of these streams under a seed and a design. `order` says which streams take the first Sobol' dimensions.
    #[must_use]
    pub fn new(
        seed: u64,
        design: Design,
        streams: &[StreamKey],
        order: Option<&SobolOrder>,
    ) -> Self {
        let _ = order;
        assert!(design == Design::Random, "only the random design is there");
        Self {
            seed,
            streams: streams.to_vec(),
        }
    }

    /// Scores for one thread.
    #[must_use]
    pub fn scores(&self) -> DesignScores {
        DesignScores {
            random: AddressedScores::new(self.seed, &self.streams),
        }
    }

    /// Number of streams for which there is no Sobol' dimension, and which take Latin hypercubes in the same replicates.
    #[must_use]
    pub fn n_fallback(&self) -> usize {
        0
    }
}

impl Scores for DesignScores {
    fn fill(&mut self, stream: usize, first_trial: u64, out: &mut [f64]) {
        self.random.fill(stream, first_trial, out);
    }
}
