//! How the trials of a run are spread over the space of all scores.

use serde::{Deserialize, Serialize};

/// A sampling design. In `Latin` and `Sobol` a run is replicates of so many points, independently randomised: trial k is point k mod
/// `points` of replicate ⌊k / `points`⌋, and the spread of the replicates gives the Monte Carlo errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Design {
    /// Independent draws.
    Random,
    /// Latin hypercubes: every score is stratified in every replicate.
    Latin {
        /// Points of a replicate.
        points: u64,
    },
    /// Sobol' points with Owen scrambling.
    Sobol {
        /// Points of a replicate, a power of two.
        points: u64,
    },
}

impl Design {
    /// The name in results and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Latin { .. } => "latin",
            Self::Sobol { .. } => "sobol",
        }
    }

    /// Points of a replicate; `None` in the random design, which has none.
    #[must_use]
    pub const fn points(self) -> Option<u64> {
        match self {
            Self::Random => None,
            Self::Latin { points } | Self::Sobol { points } => Some(points),
        }
    }
}
