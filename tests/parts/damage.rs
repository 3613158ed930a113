//! Part files that are damaged, foreign or of another version are refused; nothing panics, nothing takes memory without bounds.

use fanfare::plan::Plan;
use fanfare::run::{
    Goal, Loaded, Part, PartError, PartHeader, Settings, Simulation, Unobserved, plan,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::market;

/// Bytes of the magic, and of the version after it.
const MAGIC: usize = 12;
const VERSION: usize = 4;

fn model() -> (Loaded, Plan) {
    let loaded = market::loaded(&market::text(2, 3));
    let plan = plan(&loaded).unwrap();
    (loaded, plan)
}

/// A part of a small run, kept whole or in bins.
fn part(settings: &Settings) -> Vec<u8> {
    let (loaded, plan) = model();
    let run = Simulation::new(&loaded, &plan, settings.clone()).unwrap();
    let run = run.advance(&Unobserved).unwrap();
    run.to_part(Goal::Trials).unwrap()
}

fn settings() -> Settings {
    Settings {
        trials: 5000,
        ..Settings::default()
    }
}

/// The same content with a digest that fits, as a forger would write it.
fn with_digest(mut content: Vec<u8>) -> Vec<u8> {
    let digest = Sha256::digest(&content);
    content.extend(digest);
    content
}

fn content(part: &[u8]) -> Vec<u8> {
    part[..part.len() - 32].to_vec()
}

#[test]
fn what_was_written_is_read() {
    let bytes = part(&settings());
    let read = Part::read(&bytes).unwrap();
    assert_eq!(read.header, PartHeader::read(&bytes).unwrap());
    assert_eq!(read.header.trials, 5000);
    assert_eq!(read.header.units, 0..2);
    let names: Vec<&str> = read
        .header
        .files
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["model.toml", "prices.csv"]);
    assert_eq!(read.header.files[1].1, market::PRICES.as_bytes());
}

#[test]
fn other_versions_are_named() {
    let mut newer = content(&part(&settings()));
    newer[MAGIC] = 77;
    assert_eq!(
        Part::read(&with_digest(newer)),
        Err(PartError::NewerFormat { found: 77 })
    );
    let mut engine = content(&part(&settings()));
    let version = env!("CARGO_PKG_VERSION").as_bytes();
    // The length of the text, then the text.
    assert_eq!(engine[MAGIC + VERSION] as usize, version.len());
    assert_eq!(&engine[MAGIC + VERSION + 1..][..version.len()], version);
    engine[MAGIC + VERSION + 1] = b'7';
    let found = format!("7{}", &env!("CARGO_PKG_VERSION")[1..]);
    assert_eq!(
        Part::read(&with_digest(engine)),
        Err(PartError::OtherEngine { found })
    );
}

#[test]
fn content_beyond_the_end_is_refused() {
    let mut longer = content(&part(&settings()));
    longer.push(0);
    assert_eq!(Part::read(&with_digest(longer)), Err(PartError::Unsound));
}

/// One change of a file.
#[derive(Debug, Clone)]
enum Change {
    Set {
        place: prop::sample::Index,
        value: u8,
    },
    Cut {
        length: prop::sample::Index,
    },
    Insert {
        place: prop::sample::Index,
        value: u8,
    },
    Remove {
        place: prop::sample::Index,
    },
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        (index(), any::<u8>()).prop_map(|(place, value)| Change::Set { place, value }),
        index().prop_map(|length| Change::Cut { length }),
        (index(), any::<u8>()).prop_map(|(place, value)| Change::Insert { place, value }),
        index().prop_map(|place| Change::Remove { place }),
    ]
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        match self {
            Self::Set { place, value } => {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            Self::Cut { length } => bytes.truncate(length.index(bytes.len())),
            Self::Insert { place, value } => bytes.insert(place.index(bytes.len()), *value),
            Self::Remove { place } => {
                bytes.remove(place.index(bytes.len()));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn changed_files_are_refused(changes in prop::collection::vec(change(), 1..4)) {
        static PART: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| part(&settings()));
        let mut bytes = PART.clone();
        changes.iter().for_each(|change| change.apply(&mut bytes));
        if bytes != *PART {
            prop_assert!(Part::read(&bytes).is_err());
            prop_assert!(PartHeader::read(&bytes).is_err());
        }
    }

    /// Changes near the start hit the header; the digest is made to fit, so that what is behind it must hold out.
    #[test]
    fn forged_files_are_refused_or_read(
        changes in prop::collection::vec(change(), 1..4),
        window in prop_oneof![Just(64_usize), Just(4000), Just(usize::MAX)],
        from_end in any::<bool>(),
    ) {
        static PART: std::sync::LazyLock<Vec<u8>> =
            std::sync::LazyLock::new(|| content(&part(&settings())));
        let window = window.min(PART.len());
        let start = if from_end { PART.len() - window } else { 0 };
        let mut changed = PART[start..start + window].to_vec();
        changes.iter().for_each(|change| change.apply(&mut changed));
        let bytes = [&PART[..start], &changed, &PART[start + window..]].concat();
        // Whatever the answer: there is one.
        let _ = Part::read(&with_digest(bytes));
    }
}
