//! The instruction set of vectorised loops: the best of this machine, or a lower one for tests. Every level gives the same bits.

use std::sync::OnceLock;

use fearless_simd::Level;

static LEVEL: OnceLock<Level> = OnceLock::new();

/// The level that this process uses: the one chosen, else the best of this machine.
#[inline]
pub(crate) fn simd_level() -> Level {
    *LEVEL.get_or_init(Level::new)
}

/// Why a SIMD level cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimdLevelError {
    /// No level has this name.
    #[error("`{0}` is no SIMD level; expected `portable`, `avx2` or `avx512`")]
    Unknown(String),
    /// The machine lacks it.
    #[error("this machine lacks the SIMD level `{0}`")]
    Lacking(String),
    /// Loops have run, or another level was chosen.
    #[error("the SIMD level is in use and can no longer be chosen")]
    InUse,
}

/// Chooses the level of this process by name, before the first use: `portable` (what the target always has), `avx2` or `avx512`.
///
/// # Errors
/// An unknown name, a level that this machine lacks, or a level that is already in use.
pub fn choose_simd_level(name: &str) -> Result<(), SimdLevelError> {
    let level = level_named(name)?;
    LEVEL.set(level).map_err(|_| SimdLevelError::InUse)
}

pub(crate) fn level_named(name: &str) -> Result<Level, SimdLevelError> {
    let level = match name {
        "portable" => Some(Level::baseline()),
        "avx2" => avx2(Level::new()),
        "avx512" => avx512(Level::new()),
        _ => return Err(SimdLevelError::Unknown(name.to_owned())),
    };
    level.ok_or_else(|| SimdLevelError::Lacking(name.to_owned()))
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn avx2(best: Level) -> Option<Level> {
    best.as_avx2().map(Level::Avx2)
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn avx512(best: Level) -> Option<Level> {
    best.as_avx512().map(Level::Avx512)
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
fn avx2(_best: Level) -> Option<Level> {
    None
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
fn avx512(_best: Level) -> Option<Level> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_the_level_or_says_that_the_machine_lacks_it() {
        assert!(level_named("portable").is_ok());
        for name in ["", "AVX2", "sse2", "best"] {
            assert_eq!(
                level_named(name).unwrap_err(),
                SimdLevelError::Unknown(name.to_owned())
            );
        }
        for (name, debug) in [("avx2", "Avx2"), ("avx512", "Avx512")] {
            match level_named(name) {
                Ok(level) => assert!(format!("{level:?}").starts_with(&format!("{debug}("))),
                Err(error) => assert_eq!(error, SimdLevelError::Lacking(name.to_owned())),
            }
        }
    }

    #[test]
    fn a_level_in_use_stays() {
        let used = simd_level();
        assert_eq!(choose_simd_level("portable"), Err(SimdLevelError::InUse));
        assert_eq!(format!("{used:?}"), format!("{:?}", simd_level()));
    }
}
