//! The sampling design that the arguments mean.

use super::ExitStatus;
use super::arguments::ModelArguments;
use super::load::report;
use crate::run::{Loaded, MOST_TRIALS, VariantChoice, load, sobol_order};
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

/// The order of Sobol' dimensions: that of the base model, so that all its variants draw the same.
pub(super) fn order_of(
    kind: DesignKind,
    loaded: &Loaded,
    arguments: &ModelArguments,
    seed: u64,
) -> Result<Option<SobolOrder>, ExitStatus> {
    if kind != DesignKind::Sobol {
        return Ok(None);
    }
    let order = if loaded.variant == VariantChoice::default() {
        sobol_order(loaded, seed).map_err(|problems| (problems, loaded.sources.clone()))
    } else {
        // Its warnings are those of the variant, which have been shown, or concern what is replaced.
        let base = load(&arguments.model, &VariantChoice::default()).map_err(|refused| {
            report(&refused.problems, &refused.sources);
            ExitStatus::Refused
        })?;
        sobol_order(&base, seed).map_err(|problems| (problems, base.sources.clone()))
    };
    order.map(Some).map_err(|(problems, sources)| {
        report(&problems, &sources);
        ExitStatus::Refused
    })
}
