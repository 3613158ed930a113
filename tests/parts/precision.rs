//! Runs until a precision end at the first look at which it is reached, with the bytes of a plain run.

use serde_json::Value;

use crate::command::Cell;

fn result(cell: &Cell, folder: &str) -> Value {
    serde_json::from_slice(&cell.read(&format!("{folder}/result.json"))).unwrap()
}

/// The largest error of the mean and of three quantiles of an output in the world, as a share of its sd; read from the document by hand.
fn largest_share(document: &Value, output: &str, year: Option<i64>) -> f64 {
    let levels: Vec<f64> = serde_json::from_value(document["quantile_levels"].clone()).unwrap();
    let cells = document["outputs"][output]["cells"].as_array().unwrap();
    let mut largest = 0.0_f64;
    let mut n_cells = 0;
    for cell in cells {
        if cell["place"] != "world" || year.is_some_and(|year| cell["at"]["year"] != year) {
            continue;
        }
        n_cells += 1;
        let sd = cell["sd"].as_f64().unwrap();
        let mut see = |error: &Value| largest = largest.max(error.as_f64().unwrap() / sd);
        see(&cell["mean_error"]);
        // Only of an output that is named; here those are asked at a label.
        if year.is_some() {
            see(&cell["sd_error"]);
        }
        for wanted in [0.05, 0.5, 0.95] {
            let level = levels.iter().position(|&level| level == wanted).unwrap();
            see(&cell["quantile_errors"][level]);
        }
    }
    assert!(n_cells > 0);
    largest
}

/// The largest error of all probabilities of the crossing in the world.
fn largest_probability_error(document: &Value) -> f64 {
    let cells = document["crossings"]["profit"]["cells"].as_array().unwrap();
    let world = cells.iter().find(|cell| cell["place"] == "world").unwrap();
    let lists = ["first", "by"].map(|list| world[list].as_array().unwrap().clone());
    let listed = lists.iter().flatten().map(|at| &at["error"]);
    listed
        .chain([&world["never"]["error"], &world["recross"]["error"]])
        .map(|error| error.as_f64().unwrap())
        .fold(0.0, f64::max)
}

/// Runs until `until`; the result is that of a plain run, `error` of it is at most `limit`, and was not at the look before.
fn assert_until(until: &str, design: &str, error: impl Fn(&Value) -> f64, limit: f64) -> u64 {
    let cell = Cell::new();
    let ended = cell.done(&format!("run market/model.toml {until} {design} --out u"));
    let document = result(&cell, "u");
    let trials = document["run"]["trials"].as_u64().unwrap();
    assert!(
        ended.err.contains(&format!("reached at {trials} trials")),
        "{}",
        ended.err
    );
    let points = if design.is_empty() || design.contains("--points") {
        ""
    } else {
        "--points 1024"
    };
    let plain = |trials: u64, out: &str| {
        cell.done(&format!(
            "run market/model.toml --trials {trials} {design} {points} --out {out} --quiet"
        ));
    };
    plain(trials, "plain");
    cell.assert_same("u", "plain", &[]);
    assert!(error(&document) <= limit);
    if trials > 16_384 {
        plain(trials / 2, "half");
        assert!(
            error(&result(&cell, "half")) > limit,
            "it would have ended earlier"
        );
    }
    trials
}

#[test]
fn a_share_of_the_sd_of_every_output() {
    let largest = |document: &Value| {
        let outputs = ["sales", "share", "launches"];
        outputs
            .iter()
            .map(|output| largest_share(document, output, None))
            .fold(0.0, f64::max)
    };
    let trials = assert_until("--until 1%", "", largest, 0.01);
    assert!(
        trials > 16_384 && (trials / 16_384).is_power_of_two(),
        "{trials}"
    );
}

#[test]
fn one_output_at_one_label() {
    let largest = |document: &Value| largest_share(document, "sales", Some(2023));
    assert_until("--until sales@2023:0.9%", "", largest, 0.009);
}

#[test]
fn probabilities() {
    assert_until("--until P:0.002", "", largest_probability_error, 0.002);
    assert_until("--until profit:0.002", "", largest_probability_error, 0.002);
}

#[test]
fn in_designs_of_replicates() {
    for design in [
        "--design latin",
        "--design sobol",
        "--design latin --points 500",
    ] {
        assert_until("--until P:0.002", design, largest_probability_error, 0.002);
    }
}

#[test]
fn each_precision_is_said_and_the_last_is_named() {
    let cell = Cell::new();
    let ended = cell
        .done("run market/model.toml --until P:0.01 --until profit@2022:0.002 --until 10% --out u");
    assert!(
        ended
            .err
            .contains("P:0.01: reached at 16384 trials; largest error"),
        "{}",
        ended.err
    );
    let last: Vec<&str> = ended
        .err
        .lines()
        .filter(|line| line.contains("as the last"))
        .collect();
    assert_eq!(last.len(), 1, "{}", ended.err);
    assert!(
        last[0].starts_with("profit@2022:0.002: reached at 65536 trials"),
        "{last:?}"
    );
    assert!(last[0].contains("2022) of profit (world)"), "{last:?}");
}

#[test]
fn a_precision_that_is_not_reached_is_a_warning_and_no_failure() {
    let cell = Cell::new();
    let ended =
        cell.done("run market/model.toml --until P:0.0001 --until 50% --max-trials 50000 --out u");
    assert!(ended.err.contains("P:0.0001: not reached"), "{}", ended.err);
    assert!(
        ended.err.contains("warning: 1 of 2 precisions"),
        "{}",
        ended.err
    );
    let mut document = result(&cell, "u");
    let warnings = document["run"]["warnings"].as_array_mut().unwrap();
    let place = warnings
        .iter()
        .position(|warning| warning["code"] == "precision-not-reached")
        .unwrap();
    let warning = warnings.remove(place);
    assert!(
        warning["message"].as_str().unwrap().contains("P:0.0001"),
        "{warning}"
    );
    cell.done("run market/model.toml --trials 50000 --out plain --quiet");
    assert_eq!(document, result(&cell, "plain"));
}

#[test]
fn precisions_of_nothing_are_refused() {
    let cell = Cell::new();
    for (until, reason) in [
        ("sale:1%", "did you mean `sales`"),
        ("profits:0.01", "did you mean `profit`"),
        ("profit:1%", "is a crossing"),
        ("sales:0.01", "is an output"),
        ("sales@2031:1%", "no dimension has a label `2031`"),
        ("P:1%", "absolute"),
        ("0.01", "P:0.01"),
        ("0%", "above 0"),
        ("150%", "below 1"),
        ("sales@:1%", "expected"),
        ("soon", "expected"),
        ("NaN%", "above 0"),
    ] {
        let ended = cell.run(&format!("run market/model.toml --until {until} --out u"));
        assert_eq!(ended.code, Some(2), "{until}: {}", ended.err);
        assert!(ended.err.contains(reason), "{until}: {}", ended.err);
        assert!(!cell.path("u").exists());
    }
}

#[test]
fn a_run_until_a_precision_is_taken_up_and_extended() {
    let cell = Cell::new();
    let until = "run market/model.toml --until P:0.001";
    cell.done(&format!("{until} --keep-state --out u --quiet"));
    let trials = result(&cell, "u")["run"]["trials"].as_u64().unwrap();
    // The state at the end is that of a checkpoint at the last look.
    cell.write("again/run.checkpoint", &cell.read("u/run.state"));
    let resumed = cell.done(&format!("{until} --resume --out again"));
    assert!(
        resumed.err.contains(&format!("{trials} trials reused")),
        "{}",
        resumed.err
    );
    cell.assert_same("u", "again", &["run.state"]);
    cell.done(&format!("extend u --trials {} --quiet", trials + 7777));
    cell.done(&format!(
        "run market/model.toml --trials {} --out plain --quiet",
        trials + 7777
    ));
    cell.assert_same("u", "plain", &["run.state"]);
}
