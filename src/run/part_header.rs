//! What a part belongs to: settings, variant and files of its run, and in what two runs differ.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::load::{Loaded, Refused, VariantChoice, load_from};
use super::round::first_trial;
use super::settings::{MOST_TRIALS, Settings};
use crate::sample::{Design, SobolOrder};
use crate::source::Memory;
use crate::stats::Blocks;

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

    /// Whether trials, replicates and units can be those of a run.
    pub(super) fn is_sound(&self) -> bool {
        let points = self.design.points();
        let planned = Design::planned(self.design.kind(), self.trials, points);
        let is_planned = planned.is_ok_and(|(design, _)| design == self.design);
        let is_whole = points.is_none_or(|points| self.trials.is_multiple_of(points));
        if self.trials > MOST_TRIALS || !is_planned || !is_whole {
            return false;
        }
        let n_units = Blocks::new(self.trials, points).n_units();
        let (share, units) = (&self.share, &self.units);
        share.start <= units.start
            && units.start <= units.end
            && units.end <= share.end
            && share.end <= n_units
    }

    /// Trials that have been counted.
    #[must_use]
    pub fn trials_done(&self) -> u64 {
        let blocks = Blocks::new(self.trials, self.design.points());
        first_trial(&blocks, self.units.end) - first_trial(&blocks, self.units.start)
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

    /// In what the run differs from one of this model in these settings, but for when it ends and how many trials it has.
    #[must_use]
    pub fn differences_from(&self, loaded: &Loaded, settings: &Settings) -> Vec<Difference> {
        let settings = Settings {
            trials: self.trials,
            ..settings.clone()
        };
        let (share, units) = (self.share.clone(), self.units.clone());
        self.differences(&Self::of(
            loaded,
            &settings,
            self.goal.clone(),
            share,
            units,
        ))
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
