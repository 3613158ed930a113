//! `FANFARE_SIMD` chooses the SIMD level, so that tests can compare the levels of one machine; no result depends on it.

use super::ExitStatus;
use crate::math::choose_simd_level;

/// The variable that names the level.
const VARIABLE: &str = "FANFARE_SIMD";

/// Chooses the level that the environment asks for, where it asks for one; prints what is wrong with it.
pub(super) fn choose_level() -> Result<(), ExitStatus> {
    #[expect(
        clippy::disallowed_methods,
        reason = "every level gives the same bits, so no result depends on this variable"
    )]
    let Some(name) = std::env::var_os(VARIABLE) else {
        return Ok(());
    };
    choose_simd_level(&name.to_string_lossy()).map_err(|error| {
        eprintln!("error: {VARIABLE}: {error}");
        ExitStatus::Refused
    })
}
