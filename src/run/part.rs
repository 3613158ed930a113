//! Part files: what a run has counted so far, with all that is needed to take it up elsewhere.
//!
//! One format serves shards, checkpoints and runs that may grow. A file is the magic, the version of the format (4 bytes, little endian),
//! the engine's version, the header and the counts (in postcard's encoding), and the SHA-256 of everything before it.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::load::{Loaded, Refused, VariantChoice, load_from};
use super::round::Counted;
use super::settings::Settings;
use crate::sample::{Design, SobolOrder};
use crate::source::Memory;
use crate::stats::TargetPlan;

/// What a part file begins with.
const MAGIC: &[u8; 12] = b"fanfare-part";
/// Version of the format; the magic and the digest at the end stay in all versions.
const FORMAT: u32 = 1;
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
    /// Written by a later program.
    #[error("it has version {found} of the format, and this program reads version {FORMAT}")]
    NewerFormat {
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
    /// The content does not follow the format, or does not fit the model that it holds.
    #[error("its content does not hold together")]
    Unsound,
    /// The content cannot be written down.
    #[error("the state of the run cannot be encoded: {0}")]
    Encoding(String),
}

/// When a run ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Goal {
    /// At the number of trials in the settings.
    Trials,
    /// At a precision, or at a number of trials.
    Until {
        /// Precisions, as the user wrote them.
        precisions: Vec<String>,
        /// Most trials.
        most: u64,
    },
}

/// What a part belongs to, and which units of it are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartHeader {
    /// The user's seed.
    pub seed: u64,
    /// How trials are spread.
    pub design: Design,
    /// Which inputs take the first Sobol' dimensions.
    pub sobol_order: Option<SobolOrder>,
    /// Trials of the whole run.
    pub trials: u64,
    /// When the run ends.
    pub goal: Goal,
    /// Whether values that are not finite are left out.
    pub allow_non_finite: bool,
    /// Scenario, strategy and overrides.
    pub variant: VariantChoice,
    /// Name of the model file.
    pub model: String,
    /// The model's files: path and bytes, in the order of paths.
    pub files: Vec<(String, Vec<u8>)>,
    /// The units (blocks of 4,096 trials, or replicates) that were to be counted.
    pub share: Range<u64>,
    /// The units that have been counted.
    pub units: Range<u64>,
}

/// A part that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it belongs to.
    pub header: PartHeader,
    pub(super) counted: Counted,
}

/// Something in which two runs differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What differs.
    pub what: String,
    /// There.
    pub first: String,
    /// Here.
    pub second: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} against {}", self.what, self.first, self.second)
    }
}

/// `a; b; c`
pub(super) fn list(differences: &[Difference]) -> String {
    let texts: Vec<String> = differences.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

impl PartHeader {
    pub(super) fn of(
        loaded: &Loaded,
        settings: &Settings,
        goal: Goal,
        share: Range<u64>,
        units: Range<u64>,
    ) -> Self {
        let files = loaded.sources.files();
        Self {
            seed: settings.seed,
            design: settings.design,
            sobol_order: settings.sobol_order.clone(),
            trials: settings.trials,
            goal,
            allow_non_finite: settings.allow_non_finite,
            variant: loaded.variant.clone(),
            model: loaded.file_name.clone(),
            files: files
                .map(|(_, file)| (file.path.clone(), file.bytes()))
                .collect(),
            share,
            units,
        }
    }

    /// Checks the digest and reads the header; the counts are left unread.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn read(bytes: &[u8]) -> Result<Self, PartError> {
        Ok(split(bytes)?.0)
    }

    /// The settings of the run, for this machine.
    #[must_use]
    pub fn settings(&self, threads: Option<usize>) -> Settings {
        Settings {
            trials: self.trials,
            seed: self.seed,
            design: self.design,
            sobol_order: self.sobol_order.clone(),
            threads,
            trials_per_batch: None,
            allow_non_finite: self.allow_non_finite,
        }
    }

    /// The least number of trials from `trials` on that the design has: in designs of replicates whole ones.
    #[must_use]
    pub fn whole(&self, trials: u64) -> u64 {
        self.design
            .points()
            .map_or(trials, |points| trials.div_ceil(points) * points)
    }

    /// The model from the part's own copy of its files.
    ///
    /// # Errors
    /// A model that this version refuses.
    pub fn load(&self) -> Result<Loaded, Box<Refused>> {
        let memory = self
            .files
            .iter()
            .fold(Memory::new(), |memory, (path, bytes)| {
                memory.with(path, bytes.clone())
            });
        load_from(&memory, &self.model, &self.variant)
    }

    /// Everything but the units in which two runs differ; parts of one run differ in nothing here. `self` is named first.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let mut differences: Vec<Difference> = self
            .facts()
            .into_iter()
            .zip(other.facts())
            .filter(|(a, b)| a != b)
            .map(|((what, first), (_, second))| Difference {
                what: what.to_owned(),
                first,
                second,
            })
            .collect();
        differences.extend(self.other_files(other));
        differences
    }

    fn facts(&self) -> [(&'static str, String); 11] {
        let named = |name: &Option<String>| name.clone().unwrap_or_else(|| "none".to_owned());
        let set = &self.variant.set;
        let set: Vec<String> = set
            .iter()
            .map(|(node, is)| format!("{node}={is}"))
            .collect();
        let (until, most) = match &self.goal {
            Goal::Trials => (Vec::new(), String::new()),
            Goal::Until { precisions, most } => (precisions.clone(), most.to_string()),
        };
        let none_if_empty = |texts: Vec<String>| {
            if texts.is_empty() {
                "none".to_owned()
            } else {
                texts.join(", ")
            }
        };
        [
            ("seed", self.seed.to_string()),
            ("design", self.design.name().to_owned()),
            (
                "points of a replicate",
                none_if_empty(self.design.points().iter().map(u64::to_string).collect()),
            ),
            (
                "order of Sobol' dimensions",
                none_if_empty(
                    self.sobol_order
                        .as_ref()
                        .map_or_else(Vec::new, SobolOrder::to_texts),
                ),
            ),
            ("trials", self.trials.to_string()),
            ("--until", none_if_empty(until)),
            ("--max-trials", most),
            ("scenario", named(&self.variant.scenario)),
            ("strategy", named(&self.variant.strategy)),
            ("--set", none_if_empty(set)),
            ("--allow-non-finite", self.allow_non_finite.to_string()),
        ]
    }

    /// Files of the model that differ.
    fn other_files(&self, other: &Self) -> Vec<Difference> {
        let of = |header: &Self, path: &str| {
            let found = header.files.iter().find(|(name, _)| name == path);
            found.map_or("absent".to_owned(), |(_, bytes)| {
                let digest: String = Sha256::digest(bytes)
                    .iter()
                    .take(6)
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                format!("sha256:{digest}…")
            })
        };
        let mut paths: Vec<&String> = self
            .files
            .iter()
            .chain(&other.files)
            .map(|file| &file.0)
            .collect();
        paths.sort();
        paths.dedup();
        let files = paths.into_iter().map(|path| Difference {
            what: format!("the model's {path}"),
            first: of(self, path),
            second: of(other, path),
        });
        files.filter(|file| file.first != file.second).collect()
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

    /// Whether the counts are those of these targets and lie in their share of the run.
    pub(super) fn fits(&self, targets: &TargetPlan, share: &Range<u64>) -> Result<(), PartError> {
        let Range { start, end } = self.counted.units;
        let inside = share.start <= start && start <= end && end <= share.end;
        if inside && self.counted.statistics.plan() == targets {
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
        return Err(PartError::NewerFormat { found });
    }
    let (found, rest): (String, _) =
        postcard::take_from_bytes(rest).map_err(|_| PartError::Unsound)?;
    if found != env!("CARGO_PKG_VERSION") {
        return Err(PartError::OtherEngine { found });
    }
    postcard::take_from_bytes(rest).map_err(|_| PartError::Unsound)
}
