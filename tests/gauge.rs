//! Every published figure is met, and the page that lists them is what the gauge finds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fanfare::gauge::{
    Area, ExampleReport, GaugeSettings, Verdict, example_folders, gauge, page, table,
};
use fanfare::run::Unobserved;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn reports(settings: &GaugeSettings) -> Vec<ExampleReport> {
    example_folders(&root().join("models/examples"))
        .unwrap()
        .iter()
        .map(|folder| {
            gauge(folder, settings, &Unobserved)
                .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        })
        .collect()
}

/// Rewrite the page with `UPDATE_DOCS=1 cargo test --test gauge`.
#[test]
fn every_published_figure_is_met_and_the_page_lists_it() {
    let settings = GaugeSettings::default();
    let reports = reports(&settings);
    let text = table(&reports);
    assert!(reports.iter().all(ExampleReport::is_met), "{text}");

    let published: Vec<_> = (reports.iter())
        .filter(|report| !report.published.is_empty())
        .collect();
    assert!(published.len() >= 22, "{}", published.len());
    let areas: BTreeSet<Area> = published.iter().map(|report| report.area).collect();
    for area in [
        Area::Metrology,
        Area::Reliability,
        Area::Forecasting,
        Area::Sensitivity,
        Area::Inference,
    ] {
        assert!(areas.contains(&area), "{area:?}");
    }
    // The known misprints are found, and no other figure is called one.
    let notes: Vec<&str> = (reports.iter())
        .flat_map(|report| &report.published)
        .filter(|judged| judged.verdict == Verdict::Note)
        .map(|judged| judged.figure.as_str())
        .collect();
    assert_eq!(notes, ["rp55, mean", "rp75, mean"]);

    // Four errors of every other figure are smaller than half a unit of its last digit and the slack. These two have inputs by Student's t
    // with 3 degrees of freedom, so no fourth moment: the error of the sd falls more slowly than 1/√trials, and the first run cannot tell it.
    let blunt: Vec<&str> = (reports.iter())
        .flat_map(|report| &report.published)
        .filter(|judged| judged.blunt)
        .map(|judged| judged.figure.as_str())
        .collect();
    assert_eq!(blunt, ["attenuation, sd", "alpha, sd"]);
    // Only figures printed to more digits than a run resolves are judged to fewer.
    let cut: usize = (reports.iter())
        .map(|report| report.count_cut(Verdict::Pass))
        .sum();
    assert_eq!(cut, 39);

    let path = root().join("docs/gauge.md");
    let fresh = page(&reports, &settings);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == fresh,
        "docs/gauge.md is not up to date: run `UPDATE_DOCS=1 cargo test --test gauge`"
    );
}

fn command(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_fanfare"))
        .arg("gauge")
        .arg(folder)
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// A copy of an example whose answer says something else.
fn altered(name: &str, right: &str, wrong: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = root().join("models/examples").join(name);
    for file in ["model.toml", "expected.json"] {
        let text = fs::read_to_string(example.join(file)).unwrap();
        fs::write(folder.path().join(file), text.replace(right, wrong)).unwrap();
    }
    folder
}

#[test]
fn the_command_says_pass_and_ends_with_0_and_says_diff_and_ends_with_1() {
    let (right, wrong) = (r#""published": "0.446""#, r#""published": "0.448""#);
    let (code, out, error) = command(altered("placenta-previa", right, right).path(), &[]);
    assert_eq!(code, Some(0), "{error}");
    assert!(out.contains("PASS  girls, mean"), "{out}");
    assert!(error.contains("1 of 1"), "{error}");

    let folder = altered("placenta-previa", right, wrong);
    let (code, out, _) = command(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(out.contains("DIFF  girls, mean"), "{out}");

    let (code, out, _) = command(folder.path(), &["--json"]);
    assert_eq!(code, Some(1));
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["met"], false);
    let figures = document["examples"][0]["published"].as_array().unwrap();
    let verdicts: Vec<&str> = (figures.iter())
        .map(|figure| figure["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["DIFF", "PASS", "PASS", "PASS"]);
}

#[test]
fn an_answer_or_a_folder_that_is_wrong_is_refused() {
    let folder = altered("placenta-previa", r#""where""#, r#""wher""#);
    let (code, _, error) = command(folder.path(), &[]);
    assert_eq!(code, Some(2));
    assert!(error.contains("wher"), "{error}");
    fs::remove_file(folder.path().join("expected.json")).unwrap();
    assert_eq!(command(folder.path(), &[]).0, Some(2));
    assert_eq!(command(&folder.path().join("nowhere"), &[]).0, Some(2));
}

#[test]
fn the_number_of_threads_changes_no_figure() {
    let folder = root().join("models/examples/placenta-previa");
    let [one, three] =
        ["1", "3"].map(|threads| command(&folder, &["--threads", threads, "--json"]));
    assert_eq!(one.1, three.1);
    assert_eq!(one.0, Some(0));
}
