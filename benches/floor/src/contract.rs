//! Arithmetic under the engine's contract: no fused multiply-add, the engine's elementary functions, and scores by address.

use fanfare::math;
use fanfare::plan::{Component, StreamKey};
use fanfare::sample::{Design, DesignScores, Sampler, Scores};

use crate::members::{FIRST_PASS, MEMBER};
use crate::row::{B, Row};

pub use fanfare::math::exp_near as exp;

/// a·b + c, rounded twice.
#[inline(always)]
pub fn multiply_add(a: f64, b: f64, c: f64) -> f64 {
    a * b + c
}

/// More than the members of the model.
const MEMBERS: usize = 128;

/// The engine's normal scores: quantiles of the words of ChaCha8, each at an address made of a stream and a trial.
pub struct Generator {
    scores: DesignScores,
    /// Address of the next row.
    stream: usize,
    trial: u64,
    /// Rows of normal scores made so far.
    pub rows: u64,
}

impl Generator {
    /// Threads share all streams: a draw depends on its address alone.
    pub fn new(seed: u64, _thread: u64) -> Self {
        let key = |number: usize| StreamKey {
            input: format!("row {number}"),
            component: Component::Own,
            labels: Vec::new(),
            cell: 0,
        };
        let streams: Vec<StreamKey> = (0..FIRST_PASS + MEMBERS * MEMBER).map(key).collect();
        Self {
            scores: Sampler::new(seed, Design::Random, &streams, None).scores(),
            stream: 0,
            trial: 0,
            rows: 0,
        }
    }

    /// The next rows are those of the streams from `first` on, for the trials from `trial` on.
    #[inline(always)]
    pub fn seek(&mut self, first: usize, trial: u64) {
        (self.stream, self.trial) = (first, trial);
    }

    /// Uniform numbers, strictly inside (0, 1).
    pub fn uniforms(&mut self, row: &mut Row) {
        self.scores.uniforms(self.stream, self.trial, &mut row.0);
        self.stream += 1;
    }

    /// Standard normal scores.
    #[inline(never)]
    pub fn normals(&mut self, row: &mut Row) {
        self.rows += 1;
        self.scores.fill(self.stream, self.trial, &mut row.0);
        self.stream += 1;
    }

    /// Standard normal scores within bounds: quantiles of levels between theirs.
    pub fn normals_within(&mut self, row: &mut Row, low: f64, high: f64) {
        self.rows += 1;
        self.uniforms(row);
        let (low, high) = (math::normal_cdf(low), math::normal_cdf(high));
        for i in 0..B {
            row.0[i] = low + (high - low) * row.0[i];
        }
        math::normal_quantile_in_place(&mut row.0);
    }
}
