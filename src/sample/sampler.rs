//! The scores of a run by its design: one sampler for each run, one provider of scores for each thread.

use std::sync::Arc;

use super::addressed::{AddressedScores, stream_id};
use super::keys::Keys;
use super::latin::stratify;
use super::sobol::{Directions, MOST_DIMENSIONS, directions, scramble};
use super::{Design, Scores, SobolOrder};
use crate::math::normal_quantile_in_place;
use crate::plan::StreamKey;

/// What the threads of a run have in common: which stream takes which place in the design.
#[derive(Debug, Clone)]
pub struct Sampler {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    seed: u64,
    design: Design,
    ids: Arc<[u64]>,
    /// For each stream the direction numbers of its dimension; `None` without one, and in other designs.
    directions: Vec<Option<Directions>>,
}

/// The scores of one thread. Trial k is point k mod n of replicate ⌊k / n⌋, n being the design's points of a replicate.
#[derive(Debug)]
pub struct DesignScores {
    shared: Arc<Shared>,
    addressed: AddressedScores,
    keys: Keys,
}

impl Sampler {
    /// The scores of these streams under a seed and a design. `order` says which streams take the first Sobol' dimensions; streams of groups
    /// that it does not hold follow in the order of their names. Other designs do not ask it.
    #[must_use]
    pub fn new(
        seed: u64,
        design: Design,
        streams: &[StreamKey],
        order: Option<&SobolOrder>,
    ) -> Self {
        let ids: Arc<[u64]> = streams.iter().map(stream_id).collect();
        let directions = match design {
            Design::Random | Design::Latin { .. } => vec![None; streams.len()],
            Design::Sobol { .. } => {
                let nothing_first = SobolOrder::default();
                let dimensions = order.unwrap_or(&nothing_first).dimensions(streams);
                let found = dimensions
                    .iter()
                    .map(|&dimension| usize::try_from(dimension).unwrap_or(usize::MAX));
                let n = found.clone().filter(|&d| d < MOST_DIMENSIONS).max();
                let table = directions(n.map_or(0, |last| last + 1));
                found.map(|d| table.get(d).copied()).collect()
            }
        };
        Self {
            shared: Arc::new(Shared {
                seed,
                design,
                ids,
                directions,
            }),
        }
    }

    /// Scores for one thread.
    #[must_use]
    pub fn scores(&self) -> DesignScores {
        DesignScores {
            addressed: AddressedScores::with_ids(self.shared.seed, Arc::clone(&self.shared.ids)),
            keys: Keys::new(self.shared.seed, self.shared.ids.len()),
            shared: Arc::clone(&self.shared),
        }
    }

    /// Streams without a Sobol' dimension in a Sobol' design: they take Latin hypercubes in the same replicates.
    #[must_use]
    pub fn n_fallback(&self) -> usize {
        match self.shared.design {
            Design::Random | Design::Latin { .. } => 0,
            Design::Sobol { .. } => {
                let without = self.shared.directions.iter().filter(|d| d.is_none());
                without.count()
            }
        }
    }
}

impl DesignScores {
    /// The uniform numbers of `stream` for the trials from `first_trial` on, strictly inside (0, 1).
    pub fn uniforms(&mut self, stream: usize, first_trial: u64, out: &mut [f64]) {
        self.addressed.uniforms(stream, first_trial, out);
        let Some(points) = self.shared.design.points() else {
            return;
        };
        let mut rest = out;
        let mut trial = first_trial;
        while !rest.is_empty() {
            let (replicate, point) = (trial / points, trial % points);
            let left = usize::try_from(points - point).unwrap_or(usize::MAX);
            let (row, later) = rest.split_at_mut(rest.len().min(left));
            trial += row.len() as u64;
            let key = self.keys.of(stream, self.shared.ids[stream], replicate);
            match &self.shared.directions[stream] {
                Some(directions) => scramble(directions, [key[0], key[1]], point, row),
                None => stratify(key, points, point, row),
            }
            rest = later;
        }
    }
}

impl Scores for DesignScores {
    fn fill(&mut self, stream: usize, first_trial: u64, out: &mut [f64]) {
        self.uniforms(stream, first_trial, out);
        normal_quantile_in_place(out);
    }
}
