//! Nothing that a model file holds makes the program panic, hang or take all memory: random models of the grammar, valid and damaged.
//!
//! Case k is made from seed k, so a failure is repeated by `FANFARE_FUZZ_CASE=k cargo test --test fuzz`; the text of a failing case is
//! printed, and that of the case under way is kept in a file for the event that the process dies of it. A few seconds run with all tests;
//! `FANFARE_FUZZ_SECONDS=60` runs longer.

#[path = "../grammar/mod.rs"]
mod grammar;

mod coverage;
mod damage;
mod watch;

use std::alloc::System;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cap::Cap;
use fanfare::cli::{render, render_short};
use fanfare::describe::{explain, report_plan, summary};
use fanfare::export::json;
use fanfare::run::{RunError, Settings, Unobserved, VariantChoice, load_from, replay, simulate};
use fanfare::sample::Design;
use fanfare::source::Memory;

use coverage::Coverage;
use grammar::Choices;
use watch::Watch;

/// Refuses memory beyond the limit, which ends the process with the case in its file.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// What one case may hold at once. The documented limits allow a million labels for each of 64 dimensions and ten million cells for each
/// value; the models here have few dimensions and values.
const MOST_MEMORY: usize = 2 << 30;

/// What one case may take, on a slow and busy machine.
const MOST_TIME: Duration = Duration::from_secs(60);

/// As many failures are shown at once.
const MOST_FAILURES: usize = 5;

/// Enough cases to reach every key and every function, however slow the machine is.
const FEWEST_CASES: u64 = 600;

fn number_from(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
    )
}

/// A case: every third is as the grammar writes it, the others are damaged.
struct Case {
    model: Vec<u8>,
    tables: Vec<(String, Vec<u8>)>,
    variant: VariantChoice,
}

fn case(number: u64) -> Case {
    let written = grammar::write(number, number.is_multiple_of(2));
    let mut choices = Choices::new(number ^ 0x5eed);
    let mut model = written.text.into_bytes();
    let mut tables: Vec<(String, Vec<u8>)> = (written.tables.into_iter())
        .map(|(path, text)| (path, text.into_bytes()))
        .collect();
    let mut variant = VariantChoice::default();
    if choices.chance(40) {
        variant.scenario = Some("other-world".to_owned());
        variant.strategy = Some("act".to_owned());
    }
    if !number.is_multiple_of(3) {
        for _ in 0..1 + choices.below(3) {
            if choices.chance(8) {
                let (_, table) = &mut tables[choices.below(3)];
                *table = damage::damaged(&mut choices, table);
            } else if choices.chance(5) {
                variant
                    .set
                    .push(("i0".to_owned(), damage::fragment(&mut choices)));
            } else {
                model = damage::damaged(&mut choices, &model);
            }
        }
    }
    Case {
        model,
        tables,
        variant,
    }
}

impl Case {
    /// The texts, for the eye and for a repetition.
    fn shown(&self, number: u64) -> String {
        let mut text = format!(
            "# case {number}, variant {:?}\n{}",
            self.variant,
            String::from_utf8_lossy(&self.model)
        );
        for (path, table) in &self.tables {
            text.push_str(&format!("\n# {path}\n{}", String::from_utf8_lossy(table)));
        }
        text
    }

    /// The whole way of a model: read, check, describe, plan, run, replay, export. Returns whether it was accepted.
    fn run(&self) -> bool {
        let mut files = Memory::new().with("model.toml", self.model.clone());
        for (path, table) in &self.tables {
            files = files.with(path.as_str(), table.clone());
        }
        let loaded = match load_from(&files, "model.toml", &self.variant) {
            Ok(loaded) => loaded,
            Err(refused) => {
                assert!(!refused.problems.is_empty(), "refused without a reason");
                let long = render(&refused.problems, &refused.sources, false);
                let short = render_short(&refused.problems, &refused.sources);
                assert!(!long.is_empty() && !short.is_empty());
                return false;
            }
        };
        assert!(!summary(&loaded.model).is_empty());
        for node in &loaded.model.nodes {
            assert!(explain(&loaded.model, &node.name).is_some());
        }
        let _ = report_plan(&loaded.model);
        // The designs in turn, by the length of the text: 64 trials are sixteen replicates of four points.
        let (design, trials) = match self.model.len() % 3 {
            0 => (Design::Random, 70),
            1 => (Design::Latin { points: 4 }, 64),
            _ => (Design::Sobol { points: 4 }, 64),
        };
        let settings = Settings {
            trials,
            design,
            threads: Some(1),
            trials_per_batch: Some(32),
            allow_non_finite: true,
            ..Settings::default()
        };
        match simulate(&loaded, &settings, &Unobserved) {
            Ok(document) => {
                json(&document).unwrap();
                // What can be run can be replayed, unless nodes that no output reads have impossible parameters.
                if let Err(problems) = replay(&loaded.model, &settings, 63) {
                    assert!(!problems.is_empty());
                }
                true
            }
            Err(RunError::Refused(problems)) => {
                assert!(!render_short(&problems, &loaded.sources).is_empty());
                false
            }
            Err(RunError::NonFinite(_)) => panic!("values that are not finite were allowed"),
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn scratch() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("fuzz-case.txt")
}

#[test]
fn no_model_makes_the_program_panic_hang_or_take_all_memory() {
    let seconds = Duration::from_secs(number_from("FANFARE_FUZZ_SECONDS").unwrap_or(4));
    let only = number_from("FANFARE_FUZZ_CASE");
    let began = Instant::now();
    let watch = Watch::new(MOST_TIME);
    let mut coverage = Coverage::new();
    let (mut accepted, mut valid, mut valid_accepted) = (0u64, 0u64, 0u64);
    let mut failed = Vec::new();
    let mut slowest = (Duration::ZERO, 0);
    let mut number = only.unwrap_or(0);
    loop {
        let case = case(number);
        let shown = case.shown(number);
        std::fs::write(scratch(), &shown).unwrap();
        watch.begin(&shown);
        MEMORY.set_limit(MEMORY.allocated() + MOST_MEMORY).unwrap();
        let started = Instant::now();
        let outcome = std::panic::catch_unwind(|| case.run());
        MEMORY.set_limit(usize::MAX).unwrap();
        watch.end();
        slowest = slowest.max((started.elapsed(), number));
        let is_accepted = outcome.unwrap_or_else(|_| {
            eprintln!("case {number} panicked (FANFARE_FUZZ_CASE={number}):\n{shown}");
            failed.push(number);
            false
        });
        if is_accepted {
            accepted += 1;
            coverage.note(&case.model);
        }
        if number.is_multiple_of(3) && case.variant == VariantChoice::default() {
            valid += 1;
            valid_accepted += u64::from(is_accepted);
        }
        number += 1;
        if only.is_some()
            || failed.len() == MOST_FAILURES
            || (number >= FEWEST_CASES && began.elapsed() >= seconds)
        {
            break;
        }
    }
    println!(
        "{number} cases, {accepted} accepted; of {valid} undamaged ones {valid_accepted}; the slowest, {}, took {:?}",
        slowest.1, slowest.0
    );
    assert!(
        failed.is_empty(),
        "cases that panicked, printed above: {failed:?}"
    );
    if only.is_some() {
        return;
    }
    // Else the damaged models never get past the reader, and the valid ones say nothing.
    assert!(accepted * 4 >= number, "{accepted} of {number} accepted");
    assert!(accepted < number, "nothing was refused");
    assert!(
        valid_accepted * 10 >= valid * 8,
        "{valid_accepted} of {valid} valid models accepted"
    );
    coverage.assert_whole();
}
