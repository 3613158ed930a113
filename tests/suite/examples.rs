//! Every example runs and agrees with the answer that stands beside it; a wrong model does not.

use std::collections::BTreeSet;
use std::fs;

use fanfare::export::json;
use fanfare::result::ResultDocument;
use fanfare::run::{VariantChoice, load_from};
use fanfare::source::Memory;
use serde_json::Value;

use crate::models::{examples, load_base, run};

/// Trials of each example: `expected.json` asks for at least 100,000.
const TRIALS: u64 = 200_000;

/// Compares a result with an `expected.json`; counts what it compared.
struct Comparison<'a> {
    result: &'a Value,
    levels: Vec<f64>,
    root_n: f64,
    failures: Vec<String>,
    n_compared: usize,
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64()
}

/// Whether an estimate meets a reference: |estimate − value| ≤ 4 se_coef/√N + 4 ref_err. No estimate and no number never do.
fn meets(estimate: Option<f64>, value: f64, tolerance: f64) -> bool {
    // Rounding of the last digit of a reference printed with ten: 1e-9 relative.
    let tolerance = tolerance + 1e-9 * value.abs();
    estimate.is_some_and(|estimate| (estimate - value).abs() <= tolerance)
}

/// Half a unit of the last digit of a printed figure such as `-0.665` or `1.7268e-5`.
fn half_unit(printed: &str) -> f64 {
    let (mantissa, exponent) = printed.split_once('e').unwrap_or((printed, "0"));
    let decimals = mantissa
        .split_once('.')
        .map_or(0, |(_, digits)| digits.len());
    let exponent: i32 = exponent.parse().unwrap();
    0.5 * 10f64.powi(exponent - i32::try_from(decimals).unwrap())
}

impl<'a> Comparison<'a> {
    fn new(result: &'a Value, trials: u64) -> Self {
        Self {
            result,
            levels: result["quantile_levels"]
                .as_array()
                .unwrap()
                .iter()
                .map(|level| level.as_f64().unwrap())
                .collect(),
            root_n: (trials as f64).sqrt(),
            failures: Vec::new(),
            n_compared: 0,
        }
    }

    fn statistic(&mut self, name: &str, estimate: Option<f64>, expected: &Value) {
        self.n_compared += 1;
        let Some(value) = number(&expected["value"]) else {
            if estimate.is_some() {
                self.failures
                    .push(format!("{name}: {estimate:?}, not null"));
            }
            return;
        };
        let monte_carlo = 4.0 * number(&expected["se_coef"]).unwrap() / self.root_n;
        let reference = 4.0 * number(&expected["ref_err"]).unwrap();
        if !meets(estimate, value, monte_carlo + reference) {
            self.failures
                .push(format!("{name}: {estimate:?}, not {value}"));
        }
        if let Some(printed) = expected["published"].as_str() {
            let slack = number(&expected["published_slack"]).unwrap_or(0.0);
            let published: f64 = printed.parse().unwrap();
            let tolerance = half_unit(printed) + monte_carlo + slack;
            if !meets(estimate, published, tolerance) {
                self.failures
                    .push(format!("{name}: {estimate:?}, published {printed}"));
            }
        }
    }

    fn quantiles(&mut self, name: &str, found: &Value, expected: &Value) {
        for expected in expected.as_array().into_iter().flatten() {
            let p = expected["p"].as_f64().unwrap();
            let position = self.levels.iter().position(|level| *level == p);
            let estimate = position.and_then(|position| number(&found["quantiles"][position]));
            if position.is_none() {
                self.failures.push(format!("{name}: no level {p}"));
            }
            self.statistic(&format!("{name} at {p}"), estimate, expected);
        }
    }

    /// The cell of a result that an expected cell means.
    fn cell(&mut self, name: &str, cells: &'a Value, expected: &Value) -> Option<&'a Value> {
        let found = cells.as_array().and_then(|cells| {
            cells
                .iter()
                .find(|cell| cell["place"] == expected["place"] && cell["at"] == expected["at"])
        });
        if found.is_none() {
            self.failures.push(format!(
                "{name}: no cell {} {}",
                expected["place"], expected["at"]
            ));
        }
        found
    }

    fn outputs(&mut self, expected: &Value) {
        for (name, cells) in expected["outputs"].as_object().unwrap() {
            for expected in one_or_many(cells) {
                let results = &self.result["outputs"][name]["cells"];
                let Some(found) = self.cell(name, results, expected) else {
                    continue;
                };
                let name = format!("{name} {}", expected["at"]);
                for statistic in ["mean", "sd"] {
                    if !expected[statistic].is_null() {
                        self.statistic(
                            &format!("{name} {statistic}"),
                            number(&found[statistic]),
                            &expected[statistic],
                        );
                    }
                }
                self.quantiles(&name, found, &expected["quantiles"]);
            }
        }
    }

    fn crossings(&mut self, expected: &Value) {
        for (name, cells) in expected["crossings"].as_object().into_iter().flatten() {
            for expected in one_or_many(cells) {
                let results = &self.result["crossings"][name]["cells"];
                let Some(found) = self.cell(name, results, expected) else {
                    continue;
                };
                for list in ["first", "by"] {
                    for entry in expected[list].as_array().unwrap() {
                        let probability = found[list]
                            .as_array()
                            .unwrap()
                            .iter()
                            .find(|other| other["year"] == entry["year"])
                            .and_then(|other| number(&other["probability"]));
                        let name = format!("{name} {list} {}", entry["year"]);
                        self.statistic(&name, probability, entry);
                    }
                }
                for key in ["never", "recross"] {
                    let probability = number(&found[key]["probability"]);
                    self.statistic(&format!("{name} {key}"), probability, &expected[key]);
                }
                let date = &expected["date"]["quantiles"];
                self.quantiles(&format!("{name} date"), &found["date"], date);
            }
        }
    }

    fn joints(&mut self, expected: &Value) {
        for (name, cells) in expected["joint"].as_object().into_iter().flatten() {
            for expected in one_or_many(cells) {
                let results = &self.result["joint"][name]["cells"];
                let Some(found) = self.cell(name, results, expected) else {
                    continue;
                };
                for statistic in ["correlation", "covariance"] {
                    let estimate = number(&found[statistic][0][1]);
                    self.statistic(
                        &format!("{name} {statistic}"),
                        estimate,
                        &expected[statistic],
                    );
                }
            }
        }
    }
}

fn one_or_many(cells: &Value) -> Vec<&Value> {
    match cells {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    }
}

/// The number of figures compared and all that differ.
fn compare(document: &ResultDocument, expected: &Value, trials: u64) -> (usize, Vec<String>) {
    let result: Value = serde_json::from_slice(&json(document).unwrap()).unwrap();
    let mut comparison = Comparison::new(&result, trials);
    comparison.outputs(expected);
    comparison.crossings(expected);
    comparison.joints(expected);
    (comparison.n_compared, comparison.failures)
}

fn expected(name: &str) -> Value {
    let text = fs::read_to_string(examples()[name].join("expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Numbers below `value` in the answers of all sections that a run can meet.
fn n_values(value: &Value) -> usize {
    match value {
        Value::Object(map) if map.contains_key("value") => 1,
        Value::Object(map) => map.values().map(n_values).sum(),
        Value::Array(list) => list.iter().map(n_values).sum(),
        _ => 0,
    }
}

#[test]
fn every_example_agrees_with_its_answer() {
    let mut failures = Vec::new();
    for (name, folder) in examples() {
        let document = run(&load_base(&folder), TRIALS).unwrap();
        let expected = expected(&name);
        let (n_compared, differences) = compare(&document, &expected, TRIALS);
        // Every figure of the answer was looked at.
        let due: usize = ["outputs", "crossings", "joint"]
            .iter()
            .map(|section| n_values(&expected[section]))
            .sum();
        assert_eq!(n_compared, due, "{name}");
        failures.extend(
            differences
                .into_iter()
                .map(|text| format!("{name}: {text}")),
        );
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_is_no_number_meets_nothing() {
    assert!(meets(Some(1.0), 1.0, 0.0));
    assert!(!meets(Some(1.1), 1.0, 0.05));
    for estimate in [None, Some(f64::NAN), Some(f64::INFINITY)] {
        assert!(!meets(estimate, 1.0, 0.5), "{estimate:?}");
        assert!(!meets(estimate, 1.0, f64::NAN), "{estimate:?}");
    }
    assert_eq!(half_unit("-0.665"), 0.0005);
    assert_eq!(half_unit("0.0"), 0.05);
    assert!((half_unit("1.7268e-5") - 0.5e-9).abs() < 1e-20);
}

/// One mistake in each example: a text to replace, and its wrong replacement.
const WRONG: [(&str, &str, &str); 14] = [
    (
        "alike-sum",
        "world = 0.2, region = 0.3",
        "world = 0.3, region = 0.2",
    ),
    ("boe-inflation-fan", "sqrt(1 + skew)", "(1 + skew)"),
    ("continuous-distributions", "scale = 1.5", "scale = 1.52"),
    ("correlated-sum", "value = 0.5", "value = 0.45"),
    ("coverage", "sd = 1", "sd = 1.02"),
    ("crossing-year", "value = 2", "value = 2.02"),
    ("ishigami", "sin(x2)^2", "sin(x2)"),
    ("log-of-rectangular", "low = 0.1", "low = 0.102"),
    ("persistent-shock", "persist = 0.8", "persist = 0.78"),
    ("poisson-demand", "mean = 20", "mean = 20.2"),
    (
        "stock-with-prev",
        "prev(stock, initial)",
        "prev(stock, 1.05 * initial)",
    ),
    (
        "sum-of-normals",
        "x1 + x2 + x3 + x4",
        "2 * x1 + x2 + x3 + 0 * x4",
    ),
    (
        "thermal-expansion",
        "scale = 0.0001154700538, df = 3",
        "scale = 0.0001154700538, df = 30",
    ),
    ("two-hierarchies", "high = 0.2", "high = 0.21"),
];

/// Without this the comparison above might accept anything.
#[test]
fn an_example_with_one_mistake_disagrees() {
    let names: BTreeSet<&str> = WRONG.iter().map(|(name, ..)| *name).collect();
    let folders = examples();
    assert!(
        folders.keys().all(|name| names.contains(name.as_str())),
        "an example without a mistake"
    );
    for (name, right, wrong) in WRONG {
        let text = fs::read_to_string(folders[name].join("model.toml")).unwrap();
        assert!(text.contains(right), "{name}: `{right}`");
        let memory = Memory::new().with("model.toml", text.replacen(right, wrong, 1));
        let loaded = load_from(&memory, "model.toml", &VariantChoice::default())
            .unwrap_or_else(|refused| panic!("{name}: {:?}", refused.problems));
        let document = run(&loaded, TRIALS).unwrap();
        let (_, differences) = compare(&document, &expected(name), TRIALS);
        assert!(
            !differences.is_empty(),
            "{name} with `{wrong}` agrees still"
        );
    }
}

/// The central case of each example is finite: every score at 0 lies within every family.
#[test]
fn every_example_has_a_central_case() {
    for (name, folder) in examples() {
        let document = run(&load_base(&folder), 1_000).unwrap();
        for (output, result) in document.outputs.iter() {
            for cell in &result.cells {
                assert!(cell.central.is_some(), "{name}: {output}");
            }
        }
    }
}
