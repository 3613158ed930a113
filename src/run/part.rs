//! Part files: what a run has counted so far, with all that is needed to take it up elsewhere.
//!
//! One format serves shards, checkpoints and runs that may grow. A file is the magic, the version of the format (4 bytes, little endian),
//! the engine's version, the revision of its numbers, the header and the counts (in postcard's encoding), and the SHA-256 of everything before it.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::part_header::PartHeader;
use super::round::Counted;
use crate::stats::{Blocks, JointPlan, Mode, TargetPlan, fits_exactly};

/// What a part file begins with.
const MAGIC: &[u8; 12] = b"fanfare-part";
/// Version of the format; the magic and the digest at the end stay in all versions.
const FORMAT: u32 = 4;
/// Revision of the numbers that a model and a seed give, raised with every **Results change** of CHANGELOG.md: parts of one version of the
/// engine between two releases need not have the same.
pub const NUMBERS: u32 = 5;
const DIGEST_BYTES: usize = 32;

/// A file that is no usable part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// Another kind of file.
    #[error("it is not a part of a run")]
    Foreign,
    /// Cut short or changed.
    #[error("it is damaged or cut short: its digest does not fit its content")]
    Damaged,
    /// Written in another version of the format.
    #[error("it has version {found} of the format, and this program reads version {FORMAT}")]
    OtherFormat {
        /// The version found.
        found: u32,
    },
    /// Written by another version of the engine, whose numbers may differ.
    #[error(
        "it was written by version {found} of the engine, and this is version {}; parts are only joined by the version that made them",
        env!("CARGO_PKG_VERSION")
    )]
    OtherEngine {
        /// The version found.
        found: String,
    },
    /// Written when the same model and seed gave other numbers.
    #[error("its numbers are of revision {found}, and this program has revision {NUMBERS}")]
    OtherNumbers {
        /// The revision found.
        found: u32,
    },
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// The file was another when it was looked at first.
    #[error("it has changed while parts were read")]
    Changed,
    /// The content does not follow the format, or does not fit the model that it holds.
    #[error("its content does not hold together")]
    Unsound,
    /// The content cannot be written down.
    #[error("the state of the run cannot be encoded: {0}")]
    Encoding(String),
}

/// A part that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it belongs to.
    pub header: PartHeader,
    pub(super) counted: Counted,
}

impl PartHeader {
    /// Checks the digest and reads the header; the counts are left unread.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn read(bytes: &[u8]) -> Result<Self, PartError> {
        Ok(split(bytes)?.0)
    }
}

impl Part {
    /// Reads a part file.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn read(bytes: &[u8]) -> Result<Self, PartError> {
        let (header, rest) = split(bytes)?;
        let (counted, rest): (Counted, _) =
            postcard::take_from_bytes(rest).map_err(|_| PartError::Unsound)?;
        if !rest.is_empty() || counted.units != header.units {
            return Err(PartError::Unsound);
        }
        Ok(Self { header, counted })
    }

    /// Whether the counts are those of these targets and groups, of exactly the units in the header, and lie in this share of the run.
    pub(super) fn fits(
        &self,
        targets: &TargetPlan,
        joints: &JointPlan,
        share: &Range<u64>,
    ) -> Result<(), PartError> {
        let Counted {
            units,
            statistics,
            joints: pairs,
        } = &self.counted;
        let blocks = Blocks::new(self.header.trials, self.header.design.points());
        let is_exact = matches!(statistics.mode(), Mode::Exact);
        let is_sound = share.start <= units.start
            && units.start <= units.end
            && units.end <= share.end
            && is_exact == fits_exactly(targets.n_targets(), self.header.trials)
            && statistics.is_sound(targets, &blocks, units.clone())
            && pairs.is_sound(joints, &blocks, units.clone());
        if is_sound {
            Ok(())
        } else {
            Err(PartError::Unsound)
        }
    }
}

/// The bytes of a part file.
pub(super) fn encode(header: &PartHeader, counted: &Counted) -> Result<Vec<u8>, PartError> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(FORMAT.to_le_bytes());
    let failed = |error: postcard::Error| PartError::Encoding(error.to_string());
    let mut bytes = postcard::to_extend(env!("CARGO_PKG_VERSION"), bytes).map_err(failed)?;
    bytes = postcard::to_extend(&NUMBERS, bytes).map_err(failed)?;
    bytes = postcard::to_extend(header, bytes).map_err(failed)?;
    bytes = postcard::to_extend(counted, bytes).map_err(failed)?;
    let digest = Sha256::digest(&bytes);
    bytes.extend(digest);
    Ok(bytes)
}

/// The header and the bytes of the counts.
fn split(bytes: &[u8]) -> Result<(PartHeader, &[u8]), PartError> {
    if !bytes.starts_with(MAGIC) {
        return Err(PartError::Foreign);
    }
    let content = bytes
        .len()
        .checked_sub(DIGEST_BYTES)
        .ok_or(PartError::Damaged)?;
    let (content, digest) = bytes.split_at(content);
    if Sha256::digest(content).as_slice() != digest {
        return Err(PartError::Damaged);
    }
    let (format, rest) = content
        .get(MAGIC.len()..)
        .and_then(<[u8]>::split_first_chunk)
        .ok_or(PartError::Damaged)?;
    let found = u32::from_le_bytes(*format);
    if found != FORMAT {
        return Err(PartError::OtherFormat { found });
    }
    let (found, rest): (String, _) =
        postcard::take_from_bytes(rest).map_err(|_| PartError::Unsound)?;
    if found != env!("CARGO_PKG_VERSION") {
        return Err(PartError::OtherEngine { found });
    }
    let (found, rest): (u32, _) =
        postcard::take_from_bytes(rest).map_err(|_| PartError::Unsound)?;
    if found != NUMBERS {
        return Err(PartError::OtherNumbers { found });
    }
    let (header, rest): (PartHeader, _) =
        postcard::take_from_bytes(rest).map_err(|_| PartError::Unsound)?;
    if header.is_sound() {
        Ok((header, rest))
    } else {
        Err(PartError::Unsound)
    }
}
