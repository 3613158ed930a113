//! The catalogue of mistakes: each file of `mistakes/` is a model whose problems are listed in comments at its end, all of them, in order.
//!
//! `# error: LINE:COLUMN code: part of the message` (a path stands before the place where it lies in a table, `-` where there is none);
//! `# expected: …` and `# hint: …` beneath it name a part of what was expected there and of one of its hints.
//! A first line `# run: --scenario a --strategy b --set x=1` chooses a variant. `FANFARE_BLESS=1` rewrites the comments: review the difference.

use std::fs;
use std::path::{Path, PathBuf};

use fanfare::cli::{render, render_short};
use fanfare::diag::{Diagnostic, Severity};
use fanfare::plan::{PlanRequest, build};
use fanfare::run::{VariantChoice, load_from};
use fanfare::source::{Memory, SourceMap};

use crate::models::root;

/// One problem as the comments state it.
#[derive(Debug, Default)]
struct Expected {
    severity: String,
    place: String,
    code: String,
    message: String,
    expected: Option<String>,
    hints: Vec<String>,
}

fn folder() -> PathBuf {
    root().join("tests/suite/mistakes")
}

/// All cases, sorted.
fn cases() -> Vec<PathBuf> {
    let mut cases = Vec::new();
    for kind in fs::read_dir(folder()).unwrap() {
        let kind = kind.unwrap().path();
        for file in fs::read_dir(&kind).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_some_and(|end| end == "toml") {
                cases.push(file);
            }
        }
    }
    cases.sort();
    cases
}

fn variant(text: &str) -> VariantChoice {
    let mut choice = VariantChoice::default();
    let Some(line) = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("# run: "))
    else {
        return choice;
    };
    let words: Vec<&str> = line.split(' ').collect();
    for pair in words.chunks(2) {
        match pair {
            ["--scenario", name] => choice.scenario = Some((*name).to_owned()),
            ["--strategy", name] => choice.strategy = Some((*name).to_owned()),
            ["--set", text] => {
                let (node, is) = text.split_once('=').unwrap();
                choice.set.push((node.to_owned(), is.to_owned()));
            }
            other => panic!("unknown option {other:?}"),
        }
    }
    choice
}

fn is_expectation(line: &str) -> bool {
    ["# error: ", "# warning: ", "# expected: ", "# hint: "]
        .iter()
        .any(|start| line.starts_with(start))
}

/// # Panics
/// If a comment does not have the form of an expectation.
fn expectations(text: &str) -> Vec<Expected> {
    let mut list: Vec<Expected> = Vec::new();
    for line in text.lines().filter(|line| is_expectation(line)) {
        let (word, rest) = line[2..].split_once(": ").unwrap();
        match word {
            "expected" => list.last_mut().unwrap().expected = Some(rest.to_owned()),
            "hint" => list.last_mut().unwrap().hints.push(rest.to_owned()),
            severity => {
                let (before, message) = rest.split_once(": ").expect("place, code, message");
                let (place, code) = before.rsplit_once(' ').expect("place and code");
                list.push(Expected {
                    severity: severity.to_owned(),
                    place: place.to_owned(),
                    code: code.to_owned(),
                    message: message.to_owned(),
                    ..Expected::default()
                });
            }
        }
    }
    list
}

/// What loading and planning say of a case.
fn problems(path: &Path, text: &str) -> (Vec<Diagnostic>, SourceMap) {
    let mut memory = Memory::new().with("model.toml", text);
    for table in fs::read_dir(folder().join("tables")).unwrap() {
        let table = table.unwrap().path();
        let name = table.file_name().unwrap().to_str().unwrap();
        memory = memory.with(&format!("tables/{name}"), fs::read(&table).unwrap());
    }
    match load_from(&memory, "model.toml", &variant(text)) {
        Err(refused) => (refused.problems, refused.sources),
        Ok(loaded) => match build(&loaded.model, PlanRequest::Statistics) {
            Err(problems) => (problems, loaded.sources),
            Ok(_) => {
                let warnings = loaded.model.warnings;
                assert!(!warnings.is_empty(), "{}: nothing is wrong", path.display());
                (warnings, loaded.sources)
            }
        },
    }
}

fn severity(problem: &Diagnostic) -> &'static str {
    match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn place(problem: &Diagnostic, sources: &SourceMap) -> String {
    let Some(span) = problem.span else {
        return "-".to_owned();
    };
    let file = sources.get(span.file).expect("places lie in known texts");
    let at = file.position(span.start);
    let prefix = if file.path == "model.toml" {
        String::new()
    } else {
        format!("{} ", file.path)
    };
    format!("{prefix}{}:{}", at.line, at.column)
}

fn comments(problems: &[Diagnostic], sources: &SourceMap) -> String {
    let mut text = String::new();
    for problem in problems {
        text.push_str(&format!(
            "# {}: {} {}: {}\n",
            severity(problem),
            place(problem, sources),
            problem.code,
            problem.message.replace('\n', " ")
        ));
        if !problem.expected.is_empty() {
            text.push_str(&format!("# expected: {}\n", problem.expected));
        }
        for hint in &problem.hints {
            text.push_str(&format!("# hint: {hint}\n"));
        }
    }
    text
}

/// The differences between what a case expects and what was found.
fn differences(expected: &[Expected], found: &[Diagnostic], sources: &SourceMap) -> Vec<String> {
    let mut list = Vec::new();
    if expected.len() != found.len() {
        list.push(format!(
            "{} problems expected, {} found",
            expected.len(),
            found.len()
        ));
    }
    for (expected, found) in expected.iter().zip(found) {
        let stands = format!(
            "{} {} {}",
            severity(found),
            place(found, sources),
            found.code
        );
        let due = format!("{} {} {}", expected.severity, expected.place, expected.code);
        if stands != due {
            list.push(format!("`{due}` expected, `{stands}` found"));
        }
        if !found.message.contains(&expected.message) {
            list.push(format!(
                "{due}: `{}` is not part of `{}`",
                expected.message, found.message
            ));
        }
        let due_there = expected.expected.as_deref().unwrap_or("");
        if !found.expected.contains(due_there)
            || (due_there.is_empty() != found.expected.is_empty())
        {
            list.push(format!(
                "{due}: `{due_there}` is not what was expected there: `{}`",
                found.expected
            ));
        }
        if expected.hints.len() != found.hints.len() {
            list.push(format!("{due}: hints {:?}", found.hints));
        }
        for (hint, theirs) in expected.hints.iter().zip(&found.hints) {
            if !theirs.contains(hint) {
                list.push(format!("{due}: hint `{hint}` is not part of `{theirs}`"));
            }
        }
    }
    list
}

#[test]
fn every_mistake_is_reported_with_its_place_and_nothing_else() {
    let bless = std::env::var_os("FANFARE_BLESS").is_some();
    let cases = cases();
    assert!(cases.len() >= 90, "only {} cases", cases.len());
    let mut failures = Vec::new();
    for path in &cases {
        let text = fs::read_to_string(path).unwrap();
        let (found, sources) = problems(path, &text);
        if bless {
            let model: Vec<&str> = text.lines().filter(|line| !is_expectation(line)).collect();
            let blessed = format!(
                "{}\n\n{}",
                model.join("\n").trim_end(),
                comments(&found, &sources)
            );
            fs::write(path, blessed).unwrap();
            continue;
        }
        let differences = differences(&expectations(&text), &found, &sources);
        if !differences.is_empty() {
            failures.push(format!(
                "{}\n  {}\n{}",
                path.strip_prefix(folder()).unwrap().display(),
                differences.join("\n  "),
                comments(&found, &sources)
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A reader needs to know where, and either what was expected or what to do.
#[test]
fn every_problem_has_a_place_and_says_how_to_mend_it() {
    for path in cases() {
        let text = fs::read_to_string(&path).unwrap();
        let (found, sources) = problems(&path, &text);
        for problem in &found {
            let shown = render_short(std::slice::from_ref(problem), &sources);
            assert!(
                problem.span.is_some() || shown.contains("unknown-"),
                "{shown}"
            );
            assert!(
                !problem.expected.is_empty()
                    || !problem.hints.is_empty()
                    || !problem.related.is_empty()
                    || severity(problem) == "warning",
                "{}: {shown}",
                path.display()
            );
            assert!(!problem.message.ends_with('.'), "{shown}");
            assert!(
                !problem.message.contains("Span") && !problem.message.contains("Some("),
                "{shown}"
            );
        }
        let rendered = render(&found, &sources, false);
        let n_marked = found
            .iter()
            .filter(|problem| problem.span.is_some())
            .count();
        assert!(rendered.matches("--> ").count() >= n_marked, "{rendered}");
    }
}

/// The comparison itself can fail: a wrong place, code, message, hint, a missing and an extra problem are each seen.
#[test]
fn the_catalogue_sees_every_difference() {
    let path = folder().join("keys/misspelt.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (found, sources) = problems(&path, &text);
    let listed = comments(&found, &sources);
    assert!(differences(&expectations(&listed), &found, &sources).is_empty());
    let first = listed.lines().next().unwrap();
    let hint = listed
        .lines()
        .find(|line| line.starts_with("# hint: "))
        .unwrap();
    for (from, to) in [
        (first, ""),
        (first, "# error: 99:1 unknown-key: unknown key"),
        ("unknown-key", "missing-key"),
        ("unknown key", "forgotten key"),
        ("# error", "# warning"),
        (hint, "# hint: read the manual"),
        (hint, "# note"),
    ] {
        let wrong = listed.replacen(from, to, 1);
        assert!(
            !std::panic::catch_unwind(
                || differences(&expectations(&wrong), &found, &sources).is_empty()
            )
            .unwrap_or(false),
            "{from} → {to}"
        );
    }
}
