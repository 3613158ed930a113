//! The trials behind a result are those that a search through all replayed trials finds.

use std::collections::BTreeMap;

use fanfare::run::{
    Notability, Replay, SampleColumn, Settings, Unobserved, joint_sample, notable_trials, replay,
    simulate,
};
use fanfare::sample::Design;

use crate::command::Cell;
use crate::market;

const N_TRIALS: u64 = 320;

/// The first index with the least key.
fn first_least(keys: impl Iterator<Item = f64>) -> u64 {
    let mut best = (f64::INFINITY, 0);
    for (index, key) in (0..).zip(keys) {
        if key < best.0 {
            best = (key, index);
        }
    }
    best.1
}

fn assert_found(design: Design) {
    // Wilder growth than elsewhere, so that some crossings are undone.
    let wild = market::text(2, 3).replace("mean = 0.1, sd = 0.2", "mean = 0, sd = 0.6");
    let loaded = market::loaded(&wild);
    let settings = Settings {
        trials: N_TRIALS,
        design,
        trials_per_batch: Some(100),
        ..Settings::default()
    };
    let document = simulate(&loaded, &settings, &Unobserved).unwrap();
    let replays: Vec<Replay> = (0..N_TRIALS)
        .map(|trial| replay(&loaded.model, &settings, trial).unwrap())
        .collect();
    let notable = notable_trials(&loaded, &settings, &document, &Unobserved).unwrap();
    let mut kinds = BTreeMap::new();
    for found in &notable {
        assert_eq!(found.place, "world");
        let is_here = |cell: &&fanfare::run::ReplayedCell| {
            let labels = found
                .at
                .iter()
                .map(|(name, key)| (name.to_owned(), key.to_string()));
            cell.name == found.name
                && cell.place.as_deref() == Some("world")
                && cell.at == labels.collect::<Vec<_>>()
        };
        let values = |replays: &[Replay]| -> Vec<f64> {
            replays
                .iter()
                .map(|replay| {
                    let cells = match found.notability {
                        Notability::Minimum | Notability::Maximum | Notability::Quantile(_) => {
                            &replay.outputs
                        }
                        _ => &replay.crossings,
                    };
                    cells.iter().find(is_here).unwrap().value
                })
                .collect()
        };
        let values = values(&replays);
        let date_in = |from: f64, to: f64| {
            let is = |date: &f64| *date > from && *date <= to;
            values.iter().position(is).unwrap() as u64
        };
        let (kind, expected) = match &found.notability {
            Notability::Minimum => ("minimum", first_least(values.iter().copied())),
            Notability::Maximum => ("maximum", first_least(values.iter().map(|value| -value))),
            Notability::Quantile(level) => {
                let cell = document.cell(&found.name, "world", &found.at).unwrap();
                let quantile = cell.quantiles[document.level_index(*level).unwrap()].unwrap();
                (
                    "quantile",
                    first_least(values.iter().map(|value| (value - quantile).abs())),
                )
            }
            // The date is linear between labels, so it lies in the year before the label at which the crossing first holds.
            Notability::First(label) => {
                let label: f64 = label.parse().unwrap();
                let from = if label == 2021.0 {
                    f64::NEG_INFINITY
                } else {
                    label - 1.0
                };
                let first = if label == 2021.0 {
                    values.iter().position(|&date| date <= label).unwrap() as u64
                } else {
                    date_in(from, label)
                };
                ("first", first)
            }
            Notability::Never => (
                "never",
                values
                    .iter()
                    .position(|&date| date == f64::INFINITY)
                    .unwrap() as u64,
            ),
            // Whether a crossing is undone is no part of its date; the first of them is found by its nodes.
            Notability::Recross => {
                let recrosses = |replay: &Replay| {
                    let total = |name: &str, year: &str| -> f64 {
                        let cells = replay.nodes.iter().filter(|cell| cell.name == name);
                        cells
                            .filter(|cell| cell.at.iter().any(|(_, label)| label == year))
                            .map(|cell| cell.value)
                            .sum()
                    };
                    let above: Vec<bool> = ["2021", "2022", "2023"]
                        .iter()
                        .map(|year| total("sales", year) > total("costs", year))
                        .collect();
                    above.windows(2).any(|pair| pair[0] && !pair[1])
                };
                (
                    "recross",
                    replays.iter().position(recrosses).unwrap() as u64,
                )
            }
        };
        assert_eq!(found.trial, expected, "{found:?}");
        if let Some(value) = found.value {
            assert_eq!(value, values[expected as usize]);
        }
        *kinds.entry(kind).or_insert(0) += 1;
    }
    // Seven cells of outputs with 25 questions each, 23 of them quantiles; dates and outcomes as they come.
    assert_eq!(
        (kinds["minimum"], kinds["maximum"], kinds["quantile"]),
        (7, 7, 7 * 23)
    );
    for kind in ["first", "never", "recross"] {
        assert!(kinds.contains_key(kind), "{kind}: {kinds:?}");
    }
}

#[test]
fn random_trials_are_those_of_a_search() {
    assert_found(Design::Random);
}

#[test]
fn trials_of_replicates_are_those_of_a_search() {
    assert_found(Design::Latin { points: 20 });
    assert_found(Design::Sobol { points: 16 });
}

#[test]
fn the_joint_sample_holds_trials_of_its_run() {
    let loaded = market::loaded(&market::text(2, 3));
    for design in [
        Design::Random,
        Design::Latin { points: 25_000 },
        Design::Sobol { points: 1 << 15 },
    ] {
        let settings = Settings {
            trials: 16 * design.points().unwrap_or(5000),
            design,
            ..Settings::default()
        };
        let sample = joint_sample(&loaded.model, &settings).unwrap();
        assert_eq!(sample.trials.len(), 10_000);
        for row in [0, 249, 250, 9999] {
            let replay = replay(&loaded.model, &settings, sample.trials[row]).unwrap();
            let launches = replay
                .outputs
                .iter()
                .find(|cell| cell.name == "launches")
                .unwrap();
            let column = sample.columns.iter().position(|column| {
                matches!(column, SampleColumn::Output { output, .. } if loaded.model.outputs[*output].name == "launches")
            });
            assert_eq!(sample.values[(row, column.unwrap())], launches.value);
            // The last cell of sales in the world is that of the last year.
            let sales = replay
                .outputs
                .iter()
                .rfind(|cell| cell.name == "sales")
                .unwrap();
            let column = sample.columns.iter().rposition(|column| {
                matches!(column, SampleColumn::Output { output, .. } if loaded.model.outputs[*output].name == "sales")
            });
            assert_eq!(sample.values[(row, column.unwrap())], sales.value);
        }
    }
}

#[test]
fn a_trial_of_a_stored_run_is_found_by_its_folder() {
    let cell = Cell::new();
    let variant = "--scenario dear --set launches=3";
    for design in ["random", "latin", "sobol"].map(|design| format!("--design {design}")) {
        cell.done(&format!(
            "run market/model.toml --trials 1000 --seed 9 {variant} {design} --out o --quiet"
        ));
        let stored = cell.done("replay market/model.toml --run o --trial 77 --json");
        let stated = cell.done(&format!(
            "replay market/model.toml --trials 1000 --seed 9 {variant} {design} --trial 77 --json"
        ));
        assert_eq!(stored.out, stated.out);
        let other = cell.done(&format!(
            "replay market/model.toml {design} --trial 77 --json"
        ));
        assert_ne!(stored.out, other.out);
    }
    let beyond = cell.run("replay market/model.toml --run o --trial 2000");
    assert_eq!(beyond.code, Some(2));
    assert!(beyond.err.contains("trials 0 to 999"), "{}", beyond.err);
    let both = cell.run("replay market/model.toml --run o --trial 1 --seed 9");
    assert_eq!(both.code, Some(2));
    cell.write("market/prices.csv", b"product,price\na,1.5\nb,2.6\n");
    let changed = cell.run("replay market/model.toml --run o --trial 1");
    assert_eq!(changed.code, Some(2));
    assert!(
        changed.err.contains("prices.csv has changed since"),
        "{}",
        changed.err
    );
}

#[test]
fn threads_and_batches_change_no_byte_and_the_example_is_true() {
    let cell = Cell::new();
    let run = "run market/model.toml --trials 30000 --keep-trials";
    let ended = cell.done(&format!("{run} --threads 1 --out one"));
    for (out, cut) in [
        ("two", "--threads 2 --batch 7"),
        ("three", "--threads 3 --batch 1000"),
    ] {
        cell.done(&format!("{run} {cut} --out {out} --quiet"));
        cell.assert_same("one", out, &[]);
    }
    let table = String::from_utf8(cell.read("one/trials.csv")).unwrap();
    assert!(table.starts_with("quantity,place,at,statistic,statistic_id,trial,value\n"));
    assert!(table.contains("\nlaunches,world,,minimum,,"), "{table}");
    let line = ended
        .err
        .lines()
        .find(|line| line.starts_with("A world in which profit never comes: fanfare "))
        .unwrap();
    let command = line.split_once("fanfare ").unwrap().1;
    let shown = cell.done(&format!("{command} --node profit --json"));
    let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    let crossings = shown["crossings"].as_array().unwrap();
    let world = crossings
        .iter()
        .find(|cell| cell["place"] == "world")
        .unwrap();
    assert_eq!(world["value"], "inf");
    // Without the option an old table is taken away.
    cell.done("run market/model.toml --trials 30000 --out one --quiet");
    assert!(!cell.path("one/trials.csv").exists());
}
