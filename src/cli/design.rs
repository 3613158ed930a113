//! The sampling design that the arguments mean.

use super::ExitStatus;
use super::arguments::{MOST_TRIALS, ModelArguments};
use crate::run::Loaded;
use crate::sample::{Design, DesignKind, SobolOrder};

/// The design, and the trials rounded up to whole replicates.
pub(super) fn planned_design(
    kind: DesignKind,
    trials: u64,
    points: Option<u64>,
) -> Result<(Design, u64), ExitStatus> {
    let planned = Design::planned(kind, trials, points).map_err(|error| error.to_string());
    planned
        .and_then(|(design, trials)| {
            if trials > MOST_TRIALS {
                return Err(format!(
                    "{trials} trials in whole replicates: at most {MOST_TRIALS} in one run"
                ));
            }
            Ok((design, trials))
        })
        .map_err(|message| {
            eprintln!("error: {message}");
            ExitStatus::Refused
        })
}

/// The order of Sobol' dimensions: that of the base model, whatever the variant.
pub(super) fn order_of(
    kind: DesignKind,
    _loaded: &Loaded,
    _arguments: &ModelArguments,
    _seed: u64,
) -> Result<Option<SobolOrder>, ExitStatus> {
    let _ = kind;
    Ok(None)
}
