//! Every example runs and agrees with the answer that stands beside it; a wrong model does not.

use std::collections::BTreeSet;
use std::fs;

use fanfare::gauge::{Answer, Verdict, agrees, figures, judge};
use fanfare::result::ResultDocument;
use fanfare::run::{VariantChoice, load_from};
use fanfare::source::Memory;

use crate::models::{examples, load_base, run};

/// Trials of each example here. `fanfare gauge` takes as many as the printed digits need; its rule holds for any number.
const TRIALS: u64 = 200_000;

fn expected(name: &str) -> Answer {
    let text = fs::read_to_string(examples()[name].join("expected.json")).unwrap();
    Answer::from_json(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The number of figures compared and all that differ.
fn compare(document: &ResultDocument, answer: &Answer) -> (usize, Vec<String>) {
    let figures = figures(answer, document);
    let different = |figure: &&_| {
        agrees(figure, document.run.trials) == Some(false)
            || judge(figure).is_some_and(|judged| judged.verdict == Verdict::Diff)
    };
    let differences = (figures.iter().filter(different))
        .map(|figure| {
            format!(
                "{}: {:?}, {:?}",
                figure.name, figure.estimate, figure.expected
            )
        })
        .collect();
    (figures.len(), differences)
}

#[test]
fn every_example_agrees_with_its_answer() {
    let mut failures = Vec::new();
    for (name, folder) in examples() {
        let document = run(&load_base(&folder), TRIALS).unwrap();
        let answer = expected(&name);
        let (n_compared, differences) = compare(&document, &answer);
        // Every figure of the answer was looked at, and there is one.
        assert_eq!(n_compared, answer.n_figures(), "{name}");
        assert!(n_compared > 0, "{name}");
        failures.extend(
            differences
                .into_iter()
                .map(|text| format!("{name}: {text}")),
        );
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// One mistake in each example: a text to replace, and its wrong replacement.
const WRONG: [(&str, &str, &str); 33] = [
    ("black-scholes", "value = 0.20", "value = 0.21"),
    ("borehole-indices", "sd = 0.0161812", "sd = 0.02"),
    ("cadmium-standard", "sd = 0.05)", "sd = 0.06)"),
    ("comparison-loss", "value = 0.9", "value = 0.85"),
    ("falling-ball-viscometer", "sd = 5.49", "sd = 5.0"),
    ("four-branch-system", "7 / sqrt(2)", "6 / sqrt(2)"),
    ("gauge-block", "high = 0.5)", "high = 1.5)"),
    ("ishigami-indices", "0.1 * x3^4", "0.11 * x3^4"),
    ("magnitude-and-phase", "value = 0.9", "value = 0.8"),
    ("mass-calibration", "low = 7000", "low = 7200"),
    ("newsvendor", "value = 3000", "value = 3040"),
    ("pert-network", "max(t_k, t_l)", "t_k"),
    ("placenta-previa", "1 + girls_born", "girls_born - 2"),
    (
        "reliability-challenge",
        "0.6 * difference",
        "0.7 * difference",
    ),
    ("resistance-and-load", "sd = 30", "sd = 31"),
    ("stefan-boltzmann", "sd = 0.0000075", "sd = 0.000008"),
    (
        "step-attenuator",
        "scale = 0.0091 / sqrt(3)",
        "scale = 0.0091",
    ),
    (
        "sum-of-rectangulars",
        "uniform(mean = 0, sd = 10)",
        "normal(mean = 0, sd = 10)",
    ),
    (
        "alike-sum",
        "world = 0.2, region = 0.3",
        "world = 0.3, region = 0.2",
    ),
    ("boe-inflation-fan", "sqrt(1 + skew)", "(1 + skew)"),
    ("inflation-fan-2013", "1.34", "1.36"),
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
        let (_, differences) = compare(&document, &expected(name));
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
