//! Files that were not written in good faith.

use proptest::prelude::*;

use super::{HEAD, accept, read, refuse};
use crate::diag::Diagnostics;
use crate::model::{MODEL_LIMIT, read_model};
use crate::source::{Memory, SourceMap};

#[test]
fn deep_nesting_is_refused_before_it_can_overflow_the_stack() {
    for text in [
        format!("x = {}", "[".repeat(100_000)),
        format!("x = {}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("x = {}", "{ a = ".repeat(100_000)),
        format!("{}x = 1", "a.".repeat(100_000)),
        format!("[{}x]", "a.".repeat(100_000)),
        format!("x = {}", format!("{{ {}b = ", "a.".repeat(70)).repeat(70)),
        format!(
            "x = 1\nx = {}",
            format!("{{ {}b = ", "a.".repeat(70)).repeat(70)
        ),
    ] {
        assert_eq!(refuse(&text)[0].0, "nesting");
    }
}

#[test]
fn values_within_the_depth_limit_are_read() {
    let text = format!("x = {}{}", "[".repeat(60), "]".repeat(60));
    assert_eq!(refuse(&text)[0].0, "unknown-key");
}

#[test]
fn files_above_the_limit_are_refused() {
    let text = format!("{HEAD}#{}", "x".repeat(MODEL_LIMIT));
    assert_eq!(read(&text).unwrap_err()[0].code, "too-large");
    accept(&format!("#{}\n", "x".repeat(MODEL_LIMIT - HEAD.len() - 2)));
}

#[test]
fn missing_and_foreign_files_are_refused() {
    let code = |source: Memory, name: &str| {
        let mut problems = Diagnostics::new();
        assert!(read_model(&source, name, &mut SourceMap::new(), &mut problems).is_none());
        problems.into_sorted()[0].code
    };
    assert_eq!(code(Memory::new(), "model.toml"), "missing-file");
    assert_eq!(code(Memory::new(), "../model.toml"), "path-outside");
    assert_eq!(
        code(Memory::new().with("m", b"\xff".to_vec()), "m"),
        "not-utf8"
    );
}

#[test]
fn very_long_names_and_many_problems_are_reported_in_short_messages() {
    let long = "z".repeat(1_000_000);
    let problems = read(&format!("{HEAD}{long} = 1\n")).unwrap_err();
    assert!(problems[0].message.len() < 200);
    let text: String = (0..20_000).map(|k| format!("zebra{k} = 1\n")).collect();
    assert_eq!(refuse(&text).len(), 20_000);
}

/// A file that uses most forms; mutations of it reach deep into the reader.
const SEED: &str = r#"fanfare = 1
name = "m"
[dimensions.d]
labels = { a = "A" }
parent.p = { a = "b" }
[data.x]
over = ["d", "e"]
values = { a = { "1" = 0.5 } }
default = 1e3
[inputs.i]
is = "normal(\u006dean = 0)"
alike = { world = 0.3 }
[[correlations]]
between = ["a", "b"]
kind = "copula"
values = [[1, 0], [0, 1]]
[scenarios.s]
set.x = [{ where = { d = ["a", 2] }, is = 'y' }]
[sources.s]
title = '''
t'''
date = 2023-04-17
"#;

fn never_panics(bytes: Vec<u8>) {
    let memory = Memory::new().with("m", bytes);
    let mut problems = Diagnostics::new();
    let mut sources = SourceMap::new();
    let model = read_model(&memory, "m", &mut sources, &mut problems);
    assert_eq!(model.is_none(), problems.has_errors());
    for problem in problems.into_sorted() {
        let Some(span) = problem.span else { continue };
        let text = &sources.get(span.file).unwrap().text;
        assert!(
            text.get(span.start as usize..span.end as usize).is_some(),
            "{problem:?}"
        );
    }
}

#[test]
fn the_seed_of_the_mutations_is_valid() {
    read(SEED).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        never_panics(bytes);
    }

    #[test]
    fn random_tokens_never_panic(text in "([\\[\\]{}=.,'\"#\n\\\\ ]|\"\"\"|'''|[a-e]|[0-9]|is|inputs|é|\r|nan|0x|1e9){0,60}") {
        never_panics(text.into_bytes());
    }

    /// Bytes replaced, removed, doubled or moved in a valid file.
    #[test]
    fn mutations_of_a_valid_file_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..30, any::<prop::sample::Index>(), 0u8..4), 1..5)
    ) {
        let mut text: Vec<char> = SEED.chars().collect();
        for (at, length, other, kind) in edits {
            if text.is_empty() {
                break;
            }
            let start = at.index(text.len());
            let end = (start + length).min(text.len());
            let part: Vec<char> = text[start..end].to_vec();
            let target = other.index(text.len());
            match kind {
                0 => { text.drain(start..end); }
                1 => { text.splice(target..target, part); }
                2 => { text[start] = ['"', '\'', '[', '{', '=', '\n', '.', 'é', '9', '\\'][length % 10]; }
                _ => text.swap(start, target),
            }
        }
        never_panics(text.into_iter().collect::<String>().into_bytes());
    }
}
