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

/// A design without its number of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DesignKind {
    /// See [`Design::Random`].
    Random,
    /// See [`Design::Latin`].
    Latin,
    /// See [`Design::Sobol`].
    Sobol,
}

impl DesignKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Random, Self::Latin, Self::Sobol];

    /// The name in results and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Latin => "latin",
            Self::Sobol => "sobol",
        }
    }
}

/// Fewest replicates of a run, so that their spread is a fair measure of the error: with 16 the error itself is known to 1/√30 = 18 %.
pub const LEAST_REPLICATES: u64 = 16;

/// Replicates where no number of points is stated. The sampled intervals of means and standard deviations of skewed outputs, such as a
/// lognormal, reach their nominal coverage with many replicates, not with many points (docs/numerics.md, "Coverage"); the points left to
/// a replicate still keep most of what a design saves.
pub const USUAL_REPLICATES: u64 = 64;

/// Most points of a replicate: both designs number their strata with 32 bits.
const MOST_POINTS: u64 = 1 << 32;

/// Why a run cannot be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DesignError {
    /// No trials.
    #[error("a run needs at least one trial")]
    NoTrials,
    /// Points were given for a design without replicates.
    #[error("the random design has no replicates, so no number of points")]
    PointsOfRandom,
    /// No points, or more than can be numbered.
    #[error("{0} points in each replicate: from 1 to 2^32 are possible")]
    Points(u64),
    /// Points that are not a power of two.
    #[error("{0} points in each replicate: sobol needs a power of two, such as {1}")]
    NotPowerOfTwo(u64, u64),
    /// More trials than a run may have.
    #[error("{LEAST_REPLICATES} or more replicates of {0} points are too many trials")]
    TooManyTrials(u64),
}

impl Design {
    /// The design of a run of about `trials` trials, and its trials: rounded up to whole replicates, of which there are at least
    /// [`LEAST_REPLICATES`].
    ///
    /// Without a stated number of `points`, Latin hypercubes take ⌈trials / 64⌉ in 64 replicates ([`USUAL_REPLICATES`]); Sobol' takes the
    /// largest power of two ≤ trials / 64 (at least 1) and as many replicates as reach `trials`, so at most 1/64 more.
    ///
    /// # Errors
    /// No trials; points of the random design; points that the design cannot have; trials that no `u64` holds.
    pub fn planned(
        kind: DesignKind,
        trials: u64,
        points: Option<u64>,
    ) -> Result<(Self, u64), DesignError> {
        if trials == 0 {
            return Err(DesignError::NoTrials);
        }
        if let Some(points) = points.filter(|points| !(1..=MOST_POINTS).contains(points)) {
            return Err(DesignError::Points(points));
        }
        let (design, points) = match kind {
            DesignKind::Random if points.is_some() => return Err(DesignError::PointsOfRandom),
            DesignKind::Random => return Ok((Self::Random, trials)),
            DesignKind::Latin => {
                let points = points.unwrap_or(trials.div_ceil(USUAL_REPLICATES).min(MOST_POINTS));
                (Self::Latin { points }, points)
            }
            DesignKind::Sobol => {
                let most = (trials / USUAL_REPLICATES).clamp(1, MOST_POINTS);
                let points = points.unwrap_or(1 << most.ilog2());
                if !points.is_power_of_two() {
                    return Err(DesignError::NotPowerOfTwo(points, 1 << points.ilog2()));
                }
                (Self::Sobol { points }, points)
            }
        };
        let replicates = trials.div_ceil(points).max(LEAST_REPLICATES);
        match replicates.checked_mul(points) {
            Some(trials) => Ok((design, trials)),
            None => Err(DesignError::TooManyTrials(points)),
        }
    }

    /// The kind of design.
    #[must_use]
    pub const fn kind(self) -> DesignKind {
        match self {
            Self::Random => DesignKind::Random,
            Self::Latin { .. } => DesignKind::Latin,
            Self::Sobol { .. } => DesignKind::Sobol,
        }
    }

    /// The name in results and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.kind().name()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(kind: DesignKind, trials: u64, points: Option<u64>) -> (Option<u64>, u64) {
        let (design, trials) = Design::planned(kind, trials, points).unwrap();
        assert_eq!(design.kind(), kind);
        (design.points(), trials)
    }

    #[test]
    fn trials_are_rounded_up_to_whole_replicates() {
        use DesignKind::{Latin, Random, Sobol};
        assert_eq!(planned(Random, 1_000_000, None), (None, 1_000_000));
        assert_eq!(planned(Latin, 1_000_000, None), (Some(15_625), 1_000_000));
        assert_eq!(planned(Latin, 1_000_001, None), (Some(15_626), 1_000_064));
        assert_eq!(planned(Latin, 100, Some(10)), (Some(10), 160));
        assert_eq!(planned(Latin, 1_001, Some(10)), (Some(10), 1_010));
        // 123 replicates of 2^13: 1,007,616, the first multiple of 2^13 from a million on.
        assert_eq!(planned(Sobol, 1_000_000, None), (Some(8_192), 1_007_616));
        assert_eq!(planned(Sobol, 1 << 20, None), (Some(1 << 14), 1 << 20));
        assert_eq!(planned(Sobol, 5, None), (Some(1), 16));
        assert_eq!(planned(Sobol, 1_000, Some(256)), (Some(256), 4_096));
        // The largest run of the command line.
        assert_eq!(
            planned(Sobol, 4_000_000_000, None),
            (Some(1 << 25), 120 << 25)
        );
    }

    #[test]
    fn sobol_runs_at_most_a_sixteenth_more_trials_than_asked() {
        for trials in (16..70_000).chain([999_983, 16_777_217]) {
            let (_, rounded) = planned(DesignKind::Sobol, trials, None);
            assert!(
                rounded >= trials && 16 * (rounded - trials) < trials,
                "{trials}"
            );
        }
    }

    #[test]
    fn impossible_designs_are_refused() {
        use DesignError as E;
        let refused = |kind, trials, points| Design::planned(kind, trials, points).unwrap_err();
        assert_eq!(refused(DesignKind::Random, 0, None), E::NoTrials);
        assert_eq!(refused(DesignKind::Random, 9, Some(3)), E::PointsOfRandom);
        assert_eq!(refused(DesignKind::Latin, 9, Some(0)), E::Points(0));
        let beyond = (1 << 32) + 1;
        assert_eq!(
            refused(DesignKind::Latin, 9, Some(beyond)),
            E::Points(beyond)
        );
        assert_eq!(
            refused(DesignKind::Sobol, 9, Some(1000)),
            E::NotPowerOfTwo(1000, 512)
        );
        assert_eq!(
            refused(DesignKind::Latin, u64::MAX, Some(10)),
            E::TooManyTrials(10)
        );
    }
}
