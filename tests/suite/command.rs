//! The command from outside: what it prints and where, what it writes, and how it ends.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use clap::Parser;
use fanfare::cli::Arguments;
use serde_json::Value;

use crate::models::{examples, flagship, root};

/// The command in an empty folder of its own.
struct Cell {
    folder: tempfile::TempDir,
}

/// How a command ended.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Cell {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fanfare"));
        command
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(arguments).output().unwrap();
        Ended {
            code: status.code(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Everything in the folder, for proofs that nothing was written.
    fn files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                }
                found.push(path);
            }
        }
        let mut found = Vec::new();
        walk(self.path(), &mut found);
        found.sort();
        found
    }
}

fn example(name: &str) -> String {
    examples()[name]
        .join("model.toml")
        .to_str()
        .unwrap()
        .to_owned()
}

#[test]
fn help_names_every_command_and_ends_well() {
    let cell = Cell::new();
    let help = cell.run(&["--help"]);
    assert_eq!(help.code, Some(0), "{}", help.err);
    for command in ["run", "check", "replay", "merge", "extend"] {
        assert!(help.out.contains(command), "{command}: {}", help.out);
        let own = cell.run(&[command, "--help"]);
        assert_eq!(own.code, Some(0));
        assert!(own.out.contains("Examples:"), "{}", own.out);
    }
    let version = cell.run(&["--version"]);
    assert!(
        version.out.contains(env!("CARGO_PKG_VERSION")),
        "{}",
        version.out
    );
}

#[test]
fn wrong_arguments_end_with_two_and_print_nothing_on_standard_output() {
    let cell = Cell::new();
    let model = example("coverage");
    for arguments in [
        vec!["rnu", &model],
        vec!["run"],
        vec!["run", &model, "--trials", "1e18"],
        vec!["run", &model, "--trials", "0"],
        vec!["run", &model, "--trials", "1.5"],
        vec!["run", &model, "--trials", "nan"],
        vec!["run", &model, "--seed", "-1"],
        vec!["run", &model, "--threads", "0"],
        vec!["run", &model, "--set", "x"],
        vec!["run", &model, "--quiet", "--json"],
        vec!["replay", &model],
        vec!["replay", &model, "--trial", "18446744073709551616"],
        vec!["check", "absent.toml"],
    ] {
        let ended = cell.run(&arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert_eq!(ended.out, "", "{arguments:?}");
        assert!(
            ended.err.starts_with("error"),
            "{arguments:?}: {}",
            ended.err
        );
    }
    assert_eq!(cell.files(), Vec::<PathBuf>::new());
}

#[test]
fn a_run_writes_its_folder_and_reports_on_standard_output() {
    let cell = Cell::new();
    let ended = cell.run(&[
        "run",
        &example("sum-of-normals"),
        "--trials",
        "2e4",
        "--out",
        "o",
    ]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended.out.contains("Sum of four normal quantities"),
        "{}",
        ended.out
    );
    assert!(ended.err.contains("20000 trials in"), "{}", ended.err);
    assert!(ended.err.contains("Written to o"), "{}", ended.err);
    let written = cell.path().join("o/result.json");
    let result: Value = serde_json::from_slice(&fs::read(&written).unwrap()).unwrap();
    assert_eq!(result["run"]["trials"], 20_000);
    assert_eq!(result["run"]["seed"], 1);

    let json = cell.run(&[
        "run",
        &example("sum-of-normals"),
        "--trials",
        "20_000",
        "--out",
        "j",
        "--json",
    ]);
    assert_eq!(json.code, Some(0));
    assert_eq!(
        json.out,
        fs::read_to_string(&written).unwrap(),
        "the same bytes, printed"
    );

    let quiet = cell.run(&[
        "run",
        &example("sum-of-normals"),
        "--trials",
        "2e4",
        "--quiet",
    ]);
    assert_eq!(
        (quiet.code, quiet.out.as_str(), quiet.err.as_str()),
        (Some(0), "", "")
    );
    let default = cell.path().join("results/sum-of-normals/result.json");
    assert_eq!(fs::read(default).unwrap(), fs::read(written).unwrap());
}

#[test]
fn check_describes_and_explains() {
    let cell = Cell::new();
    let model = example("two-hierarchies");
    let check = cell.run(&["check", &model]);
    assert_eq!(check.code, Some(0), "{}", check.err);
    for part in [
        "Dimensions",
        "rolls up to category",
        "uniform(low = 0, high = 0.2)",
        "1 - sales / list_value",
    ] {
        assert!(check.out.contains(part), "{part}: {}", check.out);
    }
    let explained = cell.run(&["check", &model, "--explain", "sales"]);
    for part in [
        "list_value * (1 - discount)",
        "product",
        "shop",
        "EUR",
        "roll-up",
        "assumptions behind it",
    ] {
        assert!(explained.out.contains(part), "{part}: {}", explained.out);
    }
    // A crossing rests on data as well as on inputs.
    let crossing = example("crossing-year");
    let name = "target_passed";
    let explained = cell.run(&["check", &crossing, "--explain", name]);
    for part in ["crossing", "assumptions behind it", "input", "data"] {
        assert!(
            explained.out.contains(part),
            "{part}: {} {}",
            explained.out,
            explained.err
        );
    }
    let unknown = cell.run(&["check", &model, "--explain", "sale"]);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown.err.contains("did you mean `sales`?"),
        "{}",
        unknown.err
    );
    assert_eq!(cell.files(), Vec::<PathBuf>::new(), "check writes nothing");
}

#[test]
fn replay_shows_the_nodes_of_a_trial() {
    let cell = Cell::new();
    let model = example("sum-of-normals");
    let table = cell.run(&["replay", &model, "--trial", "7"]);
    assert_eq!(table.code, Some(0), "{}", table.err);
    assert!(table.out.starts_with("Trial 7 of seed 1"), "{}", table.out);
    let json = cell.run(&["replay", &model, "--trial", "7", "--json"]);
    let value: Value = serde_json::from_str(&json.out).unwrap();
    let nodes = value["nodes"].as_array().unwrap();
    let sum: f64 = nodes
        .iter()
        .map(|node| node["value"].as_f64().unwrap())
        .sum();
    let y = value["outputs"][0]["value"].as_f64().unwrap();
    assert_eq!(nodes.len(), 4);
    assert!((sum - y).abs() < 1e-12, "{sum} against {y}");
    let other = cell.run(&["replay", &model, "--trial", "8", "--json"]);
    assert_ne!(json.out, other.out);
    let one = cell.run(&["replay", &model, "--trial", "7", "--node", "x2"]);
    assert!(
        one.out.contains("x2") && !one.out.contains("x3"),
        "{}",
        one.out
    );
    let unknown = cell.run(&["replay", &model, "--trial", "7", "--node", "x5"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("did you mean"), "{}", unknown.err);
}

/// A refused model ends with 2, shows file, line, column and the line itself on standard error, and writes nothing.
#[test]
fn a_refused_model_is_shown_where_it_is_wrong_and_writes_nothing() {
    for (mistake, place, excerpt, hint) in [
        (
            "keys/misspelt",
            ":8:1",
            "persit = 0.5",
            "did you mean `persist`?",
        ),
        (
            "names/misspelt",
            ":19:7",
            "is = 'prise * 2'",
            "did you mean `price`?",
        ),
        ("units/stated", ":13:7", "is = 'price * calls'", ""),
        (
            "domain/expression",
            ":15:29",
            "is = 'normal(mean = 0, sd = spread)'",
            "",
        ),
        ("cycles/two", ":8:7", "`a` → `b` → `a`", "prev(x, start)"),
    ] {
        let text = fs::read_to_string(root().join(format!("tests/suite/mistakes/{mistake}.toml")))
            .unwrap();
        let cell = Cell::new();
        let model = cell.write("model.toml", &text);
        for command in ["check", "run"] {
            let ended = cell.run(&[command, &model]);
            assert_eq!(ended.code, Some(2), "{mistake}: {}", ended.err);
            assert_eq!(ended.out, "", "{mistake}");
            for part in [&format!("{model}{place}"), excerpt, hint] {
                assert!(
                    ended.err.contains(part),
                    "{mistake}: `{part}` in\n{}",
                    ended.err
                );
            }
            assert_eq!(
                cell.files(),
                [PathBuf::from(&model)],
                "{mistake} wrote something"
            );
        }
    }
}

#[test]
fn names_of_variants_and_overrides_are_checked_with_their_place() {
    let cell = Cell::new();
    let model = flagship().join("model.toml").to_str().unwrap().to_owned();
    let ended = cell.run(&["run", &model, "--strategy", "bloc"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("did you mean `block`?"), "{}", ended.err);
    let model = example("coverage");
    for (set, parts) in [
        ("x=2+", vec!["--set:1:5", "x=2+"]),
        ("y=2", vec!["--set:1:1", "`y`"]),
        ("x='normal(mean = 0, sd = 0)'", vec!["--set:1:3"]),
        (
            "x=normal(mean = 0, sd = 0)",
            vec!["--set:1:25", "`sd` is 0"],
        ),
    ] {
        let ended = cell.run(&["run", &model, "--set", set]);
        assert_eq!(ended.code, Some(2), "{set}: {}", ended.err);
        for part in parts {
            assert!(
                ended.err.contains(part),
                "{set}: `{part}` in\n{}",
                ended.err
            );
        }
    }
    assert_eq!(cell.files(), Vec::<PathBuf>::new());
    let ended = cell.run(&["run", &model, "--trials", "100", "--set", "x=3", "--json"]);
    let result: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(result["outputs"]["x"]["cells"][0]["mean"], 3.0);
    assert_eq!(result["run"]["set"][0]["node"], "x");
}

#[test]
fn values_that_are_not_finite_end_with_three_and_say_where() {
    let cell = Cell::new();
    let model = cell.write(
        "model.toml",
        "fanfare = 1\nname = \"m\"\n[inputs.x]\nis = 'normal(mean = 0, sd = 1)'\n[outputs.root]\nis = 'sqrt(x)'\n",
    );
    let ended = cell.run(&["run", &model, "--trials", "1000"]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert_eq!(ended.out, "");
    assert_eq!(cell.files(), [PathBuf::from(&model)], "nothing is written");
    // The trial named is the first whose draw is negative.
    let first = (0..1_000)
        .find(|trial| {
            let replay = cell.run(&[
                "replay",
                &model,
                "--trial",
                &trial.to_string(),
                "--node",
                "x",
                "--json",
            ]);
            let value: Value = serde_json::from_str(&replay.out).unwrap();
            value["nodes"][0]["value"].as_f64().unwrap() < 0.0
        })
        .unwrap();
    for part in [
        "root (world)",
        &format!("the first is trial {first}"),
        "replay",
    ] {
        assert!(ended.err.contains(part), "`{part}` in\n{}", ended.err);
    }
    let allowed = cell.run(&[
        "run",
        &model,
        "--trials",
        "1000",
        "--allow-non-finite",
        "--json",
    ]);
    assert_eq!(allowed.code, Some(0), "{}", allowed.err);
    let result: Value = serde_json::from_str(&allowed.out).unwrap();
    assert_eq!(result["run"]["non_finite"][0]["output"], "root");
    assert_eq!(result["run"]["non_finite"][0]["first_trial"], first);
}

#[test]
fn a_folder_that_cannot_be_written_ends_with_one() {
    let cell = Cell::new();
    let file = cell.write("in-the-way", "a file");
    let out = format!("{file}/results");
    for out in [file.as_str(), out.as_str()] {
        let ended = cell.run(&["run", &example("coverage"), "--trials", "100", "--out", out]);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(ended.err.contains("in-the-way"), "{}", ended.err);
        assert_eq!(ended.out, "");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "a file");
}

/// `fanfare … | head -1` is no failure.
#[test]
fn a_closed_pipe_ends_quietly() {
    let cell = Cell::new();
    let model = flagship().join("model.toml").to_str().unwrap().to_owned();
    let mut child = cell
        .command(&["replay", &model, "--trial", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
}

#[test]
fn every_result_fits_the_schema() {
    let text = fs::read_to_string(root().join("docs/result.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let cell = Cell::new();
    let mut models: BTreeMap<String, PathBuf> = examples();
    models.insert("flash-calling".to_owned(), flagship());
    for (name, folder) in models {
        let model = folder.join("model.toml").to_str().unwrap().to_owned();
        let ended = cell.run(&["run", &model, "--trials", "1000", "--json"]);
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.err);
        let mut result: Value = serde_json::from_str(&ended.out).unwrap();
        let problems: Vec<String> = validator
            .iter_errors(&result)
            .map(|problem| format!("{}: {problem}", problem.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{name}: {problems:?}");
        assert_eq!(result["model"]["name"], name.as_str());
        result["run"]["seed"] = Value::Null;
        assert!(
            !validator.is_valid(&result),
            "the schema refuses a result without a seed"
        );
    }
}

/// Commands in fenced blocks of Markdown files: lines that begin with `fanfare`, or with `$ fanfare` in a session.
fn commands(text: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if inside {
            let line = line.trim_start();
            let line = line.strip_prefix("$ ").unwrap_or(line);
            let line = line.strip_prefix("target/release/").unwrap_or(line);
            if line.starts_with("fanfare ") {
                found.push(line.split(" #").next().unwrap().trim_end().to_owned());
            }
        }
    }
    found
}

/// Words of a shell command with single and double quotes; redirections and pipes end it.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ') => words.push(String::new()),
            (None, '|' | '>' | ';') => break,
            (_, c) => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What the documents and the help tell readers to type is a command of this version, about files that exist.
#[test]
fn commands_in_documents_exist_and_parse() {
    let mut texts = Vec::new();
    for path in ["README.md", "docs", "models"] {
        collect(&root().join(path), &mut texts);
    }
    assert!(!texts.is_empty());
    let cell = Cell::new();
    for command in ["run", "check", "replay", "merge", "extend"] {
        let help = cell.run(&[command, "--help"]).out;
        let examples = help.split("Examples:").nth(1).unwrap();
        texts.push((format!("{command} --help"), format!("```\n{examples}\n```")));
    }
    let mut n_commands = 0;
    for (path, text) in &texts {
        for command in commands(text) {
            let words = words(&command);
            // `fanfare = 1` is the first line of a model.
            if words.get(1).is_some_and(|word| word == "=") {
                continue;
            }
            n_commands += 1;
            if let Err(problem) = Arguments::try_parse_from(&words) {
                use clap::error::ErrorKind::{DisplayHelp, DisplayVersion};
                assert!(
                    matches!(problem.kind(), DisplayHelp | DisplayVersion),
                    "{path}: `{command}`: {problem}"
                );
            }
            for word in &words {
                if word.starts_with("models/") {
                    assert!(
                        root().join(word).exists(),
                        "{path}: `{command}`: no file {word}"
                    );
                }
            }
        }
    }
    assert!(n_commands >= 9, "only {n_commands} commands found");
}

fn collect(path: &Path, texts: &mut Vec<(String, String)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), texts);
        }
    } else if path.extension().is_some_and(|end| end == "md") && path.exists() {
        texts.push((
            path.display().to_string(),
            fs::read_to_string(path).unwrap(),
        ));
    }
}

#[test]
fn commands_are_read_as_a_shell_would() {
    assert_eq!(
        words("fanfare run m.toml --set 'x=1 + 2' | head"),
        ["fanfare", "run", "m.toml", "--set", "x=1 + 2"]
    );
    assert_eq!(
        commands("fanfare no\n```sh\n$ fanfare check a\n```\n"),
        ["fanfare check a"]
    );
    assert!(Arguments::try_parse_from(["fanfare", "rnu", "m.toml"]).is_err());
}
