//! The central case against the published statements, and against the calibration script that solved for them.

use std::process::{Command, Output};

use fanfare::result::{Key, Labels, ResultDocument};
use fanfare::run::{Settings, Unobserved, simulate};

use super::flagship;
use super::tables::{YEARS, folder};

/// A run of a few trials: the central case does not depend on them.
fn document() -> ResultDocument {
    let settings = Settings {
        trials: 16,
        ..Settings::default()
    };
    simulate(flagship(), &settings, &Unobserved).unwrap()
}

fn central(
    document: &ResultDocument,
    output: &str,
    place: &str,
    label: Option<&str>,
    year: i32,
) -> f64 {
    let mut at = Labels::new();
    if let Some(label) = label {
        at.insert(place, Key::from(label));
    }
    at.insert("year", Key::from(i64::from(year)));
    document
        .cell(output, place, &at)
        .unwrap_or_else(|| panic!("no cell of {output} at {place} {label:?} {year}"))
        .central
        .unwrap()
}

/// Runs the calibration script; it needs Python 3.11 or later (`tomllib`).
fn calibrate(option: &str) -> Output {
    Command::new("python3")
        .arg(folder().join("calibrate.py"))
        .arg(option)
        .output()
        .expect("this test needs python3 (3.11 or later) on the path")
}

#[test]
fn the_central_case_meets_the_published_statements() {
    let document = document();
    let world = |output: &str| YEARS.map(|year| central(&document, output, "world", None, year));
    let (revenue, loss) = (world("revenue"), world("losses_undetected"));
    let undetected = world("undetected_share");
    // The bounds are those of the published figures: ±1 %, ±1 point.
    assert!((revenue[0] / 2.46e6 - 1.0).abs() <= 0.01, "{revenue:?}");
    assert!((revenue[4] / 450e6 - 1.0).abs() <= 0.01, "{revenue:?}");
    assert!(
        (loss.iter().sum::<f64>() / 1.3e9 - 1.0).abs() <= 0.01,
        "{loss:?}"
    );
    assert!(loss[0] < loss[1] && loss[1] < loss[2], "{loss:?}");
    assert!(loss[2] > loss[3] && loss[3] > loss[4], "{loss:?}");
    assert!(undetected[0] > 0.90, "{undetected:?}");
    assert!((undetected[3] - 0.45).abs() <= 0.01, "{undetected:?}");
    let above: Vec<bool> = (0..5).map(|t| revenue[t] > loss[t]).collect();
    assert_eq!(above, [false, false, false, false, true]);
}

#[test]
fn the_central_case_is_that_of_the_calibration_script() {
    let text = std::fs::read_to_string(folder().join("central.json")).unwrap();
    let reference: serde_json::Value = serde_json::from_str(&text).unwrap();
    let document = document();
    let mut n_compared = 0;
    let mut compare = |outputs: &serde_json::Value, place: &str, label: Option<&str>| {
        for (output, years) in outputs.as_object().unwrap() {
            for (year, expected) in years.as_object().unwrap() {
                let expected = expected.as_f64().unwrap();
                let found = central(&document, output, place, label, year.parse().unwrap());
                // Doubles on both sides; differences of sums lose at most a few digits in the central case, so the value itself is the measure.
                assert!(
                    (found - expected).abs() <= 1e-9 * expected.abs(),
                    "{output} {place} {label:?} {year}: {found:e} instead of {expected:e}"
                );
                n_compared += 1;
            }
        }
    };
    compare(&reference["world"], "world", None);
    for place in ["region", "country"] {
        for (label, outputs) in reference[place].as_object().unwrap() {
            compare(outputs, place, Some(label));
        }
    }
    // The world, 8 regions and 10 countries.
    assert_eq!(n_compared, 26 * 5 * 19);
}

#[test]
fn the_calibrated_rows_of_the_model_are_the_solution() {
    let output = calibrate("--check");
    assert!(
        output.status.success(),
        "calibrate.py --check: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_stored_central_case_is_what_the_script_prints() {
    let output = calibrate("--central");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = std::fs::read_to_string(folder().join("central.json")).unwrap();
    let stored: serde_json::Value = serde_json::from_str(&text).unwrap();
    let (printed, stored) = (numbers(&printed), numbers(&stored));
    assert_eq!(printed.len(), stored.len());
    for ((path, new), (old_path, old)) in printed.iter().zip(&stored) {
        assert_eq!(path, old_path);
        // Python follows the platform's libm, whose last bits may differ.
        assert!(
            (new - old).abs() <= 1e-12 * old.abs(),
            "{path}: {old:e} is stored, {new:e} printed"
        );
    }
}

/// Every number of a JSON value with its path.
fn numbers(value: &serde_json::Value) -> Vec<(String, f64)> {
    match value {
        serde_json::Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| {
                numbers(member)
                    .into_iter()
                    .map(move |(path, number)| (format!("{name}/{path}"), number))
            })
            .collect(),
        serde_json::Value::Number(number) => vec![(String::new(), number.as_f64().unwrap())],
        _ => Vec::new(),
    }
}
