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
    /// For each stream its Sobol' dimension as an index of `directions`; `None` without one. Empty in other designs.
    dimensions: Vec<Option<u32>>,
    directions: Vec<Directions>,
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
    ///
    /// # Panics
    /// If the design has a number of points that [`Design::planned`] refuses.
    #[must_use]
    pub fn new(
        seed: u64,
        design: Design,
        streams: &[StreamKey],
        order: Option<&SobolOrder>,
    ) -> Self {
        if let Some(points) = design.points() {
            let planned = Design::planned(design.kind(), 1, Some(points));
            assert!(planned.is_ok(), "{design:?}: {planned:?}");
        }
        let dimensions: Vec<Option<u32>> = match design {
            Design::Random | Design::Latin { .. } => Vec::new(),
            Design::Sobol { .. } => {
                let nothing_first = SobolOrder::default();
                let wanted = order.unwrap_or(&nothing_first).dimensions(streams);
                let is_there = |&dimension: &u32| (dimension as usize) < MOST_DIMENSIONS;
                wanted
                    .into_iter()
                    .map(|dimension| u32::try_from(dimension).ok().filter(is_there))
                    .collect()
            }
        };
        let last = dimensions.iter().flatten().max();
        let directions = directions(last.map_or(0, |&last| last as usize + 1));
        Self {
            shared: Arc::new(Shared {
                seed,
                design,
                ids: streams.iter().map(stream_id).collect(),
                dimensions,
                directions,
            }),
        }
    }

    /// Scores for one thread.
    #[must_use]
    pub fn scores(&self) -> DesignScores {
        let Shared { seed, ids, .. } = self.shared.as_ref();
        DesignScores {
            addressed: AddressedScores::with_ids(*seed, Arc::clone(ids)),
            keys: Keys::new(*seed, ids.len()),
            shared: Arc::clone(&self.shared),
        }
    }

    /// Streams without a Sobol' dimension in a Sobol' design: they take Latin hypercubes in the same replicates.
    #[must_use]
    pub fn n_fallback(&self) -> usize {
        let dimensions = &self.shared.dimensions;
        dimensions.iter().filter(|found| found.is_none()).count()
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
            match self.shared.dimensions.get(stream).copied().flatten() {
                Some(dimension) => {
                    let directions = &self.shared.directions[dimension as usize];
                    scramble(directions, [key[0], key[1]], point, row);
                }
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

    fn fill_levels(&mut self, stream: usize, first_trial: u64, out: &mut [f64]) {
        self.uniforms(stream, first_trial, out);
    }
}
