//! The published results regenerate byte for byte, and the README quotes them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The runs published in `results/`, a million trials each: folder and further arguments. The two other admissible paths of losses are
/// there because their probabilities stand in the README.
const RUNS: [(&str, &[&str]); 3] = [
    ("flash-calling", &[]),
    ("flash-calling+late_losses", &["--scenario", "late_losses"]),
    (
        "flash-calling+early_losses",
        &["--scenario", "early_losses"],
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn run_into(folder: &Path, arguments: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_fanfare"))
        .current_dir(root())
        .args(["run", "models/flash-calling/model.toml", "--quiet", "--out"])
        .arg(folder)
        .args(arguments)
        .status()
        .expect("the binary starts");
    assert!(status.success(), "the run failed: {status}");
}

/// The files of a published folder that are kept in version control: all but the large tables, which the digest stands for.
fn published(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            !["result.json", "quantiles.csv", "joint-sample.csv"].contains(&name.as_str())
        })
        .collect()
}

#[test]
fn published_results_regenerate_byte_for_byte() {
    for (name, arguments) in RUNS {
        let folder = root().join("results").join(name);
        let again = tempfile::tempdir().unwrap();
        run_into(again.path(), arguments);
        let files = published(&folder);
        assert!(
            files.contains("result.json.sha256") && files.contains("report.txt"),
            "{name}: {files:?}"
        );
        assert_eq!(files, published(again.path()), "{name}: other files");
        for file in files {
            let old = fs::read(folder.join(&file)).unwrap();
            let new = fs::read(again.path().join(&file)).unwrap();
            assert!(
                old == new,
                "results/{name}/{file} differs from what the model gives now"
            );
        }
    }
}

/// The part of a report before its tables by place.
fn answer(report: &str) -> &str {
    let end = report
        .find("\nRevenue above losses to undetected calls by country")
        .expect("the report lists places after the world");
    report[..end].trim_end()
}

#[test]
fn the_readme_quotes_the_published_report() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let report = fs::read_to_string(root().join("results/flash-calling/report.txt")).unwrap();
    assert!(
        readme.contains(answer(&report)),
        "README.md must quote results/flash-calling/report.txt up to the tables by place"
    );
    for (name, _) in RUNS {
        let path = root().join("results").join(name).join("report.txt");
        let report = fs::read_to_string(path).unwrap();
        let probability = report
            .replace('\n', " ")
            .split("by 2027 in ")
            .nth(1)
            .and_then(|rest| Some(rest.split(" %").next()?.to_owned()))
            .expect("a headline with the probability by 2027");
        assert!(
            readme.contains(&format!("{probability} %")),
            "README.md must state {probability} % of {name}"
        );
    }
}
