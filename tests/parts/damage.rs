//! Part files that are damaged, foreign or of another version are refused; nothing panics, nothing takes memory without bounds.

use fanfare::plan::Plan;
use fanfare::run::{
    Goal, Loaded, NUMBERS, Part, PartError, PartHeader, Settings, Shard, Simulation, Unobserved,
    plan,
};
use fanfare::sample::Design;
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
        Err(PartError::OtherFormat { found: 77 })
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
    let mut numbers = content(&part(&settings()));
    let place = MAGIC + VERSION + 1 + version.len();
    assert_eq!(u32::from(numbers[place]), NUMBERS);
    numbers[place] = 99;
    assert_eq!(
        Part::read(&with_digest(numbers)),
        Err(PartError::OtherNumbers { found: 99 })
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
    fn forged_files_are_refused_or_used(
        which in 0..KINDS,
        changes in prop::collection::vec(change(), 1..4),
        window in prop_oneof![Just(64_usize), Just(4000), Just(usize::MAX)],
        from_end in any::<bool>(),
    ) {
        let part = &WHOLE[which];
        let window = window.min(part.len());
        // The model's files are text in the part: other models are not what is tried here.
        let start = if from_end { part.len() - window } else { MAGIC + VERSION };
        let end = (start + window).min(part.len());
        let mut changed = part[start..end].to_vec();
        changes.iter().for_each(|change| change.apply(&mut changed));
        let bytes = [&part[..start], &changed, &part[end..]].concat();
        let bytes = with_digest(bytes);
        // Whatever the answer: there is one.
        let used = std::panic::catch_unwind(|| use_part(&bytes));
        prop_assert!(used.is_ok(), "kind {which}");
    }
}

/// Kinds of parts that are forged.
const KINDS: usize = 6;

/// Every design, with all values kept and in bins.
static WHOLE: std::sync::LazyLock<Vec<Vec<u8>>> = std::sync::LazyLock::new(|| {
    let (loaded, plan) = model();
    let designs = [
        Design::Random,
        Design::Latin { points: 320 },
        Design::Sobol { points: 256 },
    ];
    let parts: Vec<Vec<u8>> = designs
        .into_iter()
        .flat_map(|design| {
            // So that it grows to 5,120 trials; 250,000 are more than are kept.
            let whole = |trials: u64| design.points().map_or(trials, |n| trials / n * n);
            let kept = Settings {
                trials: whole(5000),
                design,
                ..Settings::default()
            };
            let binned = Settings {
                trials: whole(250_000),
                ..kept.clone()
            };
            let kept = Simulation::new(&loaded, &plan, kept).unwrap();
            let kept = kept.advance_whole(&Unobserved).unwrap();
            let first = Shard { index: 1, of: 40 };
            let binned = Simulation::shard(&loaded, &plan, binned, first).unwrap();
            let binned = binned.advance(&Unobserved).unwrap();
            [kept, binned].map(|run| content(&run.to_part(Goal::Trials).unwrap()))
        })
        .collect();
    assert_eq!(parts.len(), KINDS);
    // Untouched, they go the whole way.
    for part in &parts {
        assert!(use_part(&with_digest(part.clone())));
    }
    parts
});

/// Takes a part as far as it goes: resumed, joined, grown, stored, answered from. Whether it could be resumed.
fn use_part(bytes: &[u8]) -> bool {
    let Ok(part) = Part::read(bytes) else {
        return false;
    };
    // Models are tried elsewhere, and a run of billions of trials is sound, but not for a test.
    let (loaded, plan) = model();
    let settings = part.header.settings(Some(1));
    if part.header.share.end > 100_000 || settings.trials > 10_000_000 {
        return false;
    }
    let joined = Simulation::joined(&loaded, &plan, settings.clone(), [Ok(part.clone())]);
    if let Ok(joined) = joined {
        let _ = joined.document();
    }
    let shard = (part.header.share.start == 0 && settings.trials > 100_000)
        .then_some(Shard { index: 1, of: 40 });
    let goal = part.header.goal.clone();
    let Ok(run) = Simulation::resume(&loaded, &plan, settings, shard, &goal, part) else {
        return false;
    };
    let _ = run.to_part(goal);
    let _ = run.document();
    let trials = run.settings().trials;
    let longer = run
        .settings()
        .design
        .points()
        .map_or(trials + 5000, |points| trials + points);
    let resumed = run.grown(longer);
    if let Ok(grown) = resumed {
        let _ = grown.document();
    }
    true
}
