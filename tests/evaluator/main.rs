//! The engine computes what docs/model-file.md says: random models, evaluated by the engine and by a plain evaluator that shares nothing with it.
//!
//! Every equation is compared with the replayed values of the nodes it reads, so that errors do not add up along a model. How well two
//! ways of computing an equation must agree follows from the equation: the plain evaluator carries a bound of eight units of rounding for
//! each operation through the derivatives. Most bounds are below 10⁻¹² of the value, which a test asserts; where rounding may decide
//! (the floor of a whole number) nothing is compared. `FANFARE_EVALUATOR_MODELS=N` compares N models in place of a few hundred.

#[path = "../grammar/mod.rs"]
mod grammar;

mod approximate;
mod known;
mod plain;
mod scores;

use std::collections::{BTreeMap, BTreeSet};

use fanfare::check::{Body, CheckedModel, Draw, NodeId, NodeKind, ParameterTerm};
use fanfare::dist::{ParameterValue, build, families};
use fanfare::expr::builtins;
use fanfare::run::{
    Loaded, Replay, Settings, Unobserved, VariantChoice, load_from, replay, simulate,
};
use fanfare::source::Memory;

use approximate::Approximate;
use plain::{At, Plain};

const SEED: u64 = 11;

/// The first trials, and one beyond the first block.
const TRIALS: [u64; 4] = [0, 1, 2, 4097];

fn loaded(seed: u64) -> Result<(String, Loaded), (String, Vec<String>)> {
    // One model in four is written without guards: values that are not finite must agree too.
    let model = grammar::write(seed, !seed.is_multiple_of(4));
    let files = (model.tables.iter())
        .fold(Memory::new(), |files, (path, text)| {
            files.with(path.as_str(), text.as_str())
        })
        .with("model.toml", model.text.as_str());
    match load_from(&files, "model.toml", &VariantChoice::default()) {
        Ok(loaded) => Ok((model.text, loaded)),
        Err(refused) => {
            let problems = refused
                .problems
                .iter()
                .map(|problem| format!("{}: {}", problem.code, problem.message));
            Err((model.text, problems.collect()))
        }
    }
}

/// How much was compared.
#[derive(Default)]
struct Compared {
    cells: u64,
    tight: u64,
    unsure: u64,
    not_finite: u64,
    draws: u64,
    dates: u64,
    functions: BTreeSet<&'static str>,
    families: BTreeSet<&'static str>,
    refused: BTreeMap<String, u64>,
    models: u64,
}

fn named(model: &CheckedModel, at: &At) -> Vec<(String, String)> {
    let mut labels: Vec<(String, String)> = (at.iter())
        .map(|(&id, &label)| {
            let dimension = model.dimensions.at(id);
            (
                dimension.name.clone(),
                dimension.labels[label as usize].key.clone(),
            )
        })
        .collect();
    labels.sort();
    labels
}

fn sorted(at: &[(String, String)]) -> Vec<(String, String)> {
    let mut at = at.to_vec();
    at.sort();
    at
}

/// Compares one value; says what is wrong.
fn agree(compared: &mut Compared, plain: Approximate, engine: f64) -> Result<(), String> {
    if !plain.is_sure() {
        compared.unsure += 1;
        return Ok(());
    }
    compared.cells += 1;
    if !plain.value.is_finite() || !engine.is_finite() {
        compared.not_finite += 1;
        let same = plain.value.is_nan() && engine.is_nan() || plain.value == engine;
        // Where one way leaves the range of numbers the other may stay just inside.
        let at_the_end = plain.value.abs() > 1e300 || engine.abs() > 1e300;
        return if same || at_the_end && !plain.value.is_nan() && !engine.is_nan() {
            Ok(())
        } else {
            Err(format!(
                "{} by the plain evaluator, {engine} by the engine",
                plain.value
            ))
        };
    }
    // Below the smallest normal number digits are lost.
    let bound = plain.error + 1e-300;
    if bound <= 1e-12 * plain.value.abs() {
        compared.tight += 1;
    }
    if (plain.value - engine).abs() <= bound {
        Ok(())
    } else {
        Err(format!(
            "{} by the plain evaluator, {engine} by the engine, which is {} bounds away",
            plain.value,
            (plain.value - engine).abs() / bound
        ))
    }
}

/// The cells of every node as the engine had them.
fn plain_of<'m>(model: &'m CheckedModel, replayed: &Replay) -> Plain<'m> {
    let mut values = BTreeMap::new();
    for cell in &replayed.nodes {
        let before = values.insert((cell.name.as_str(), sorted(&cell.at)), cell.value);
        assert!(before.is_none(), "{} {:?} occurs twice", cell.name, cell.at);
    }
    let mut plain = Plain {
        model,
        cells: Vec::new(),
    };
    plain.cells = (0u32..)
        .map(NodeId)
        .zip(&model.nodes)
        .map(|(id, node)| {
            (plain.places(id).iter())
                .map(|at| values[&(node.name.as_str(), named(model, at))])
                .collect()
        })
        .collect();
    plain
}

fn compare_nodes(plain: &Plain, trial: u64, compared: &mut Compared) -> Result<(), String> {
    let model = plain.model;
    for (id, node) in (0u32..).map(NodeId).zip(&model.nodes) {
        for (cell, at) in plain.places(id).iter().enumerate() {
            let engine = plain.cells[id.0 as usize][cell];
            let part = (node.parts.iter().rev())
                .find(|part| part.cells.as_ref().is_none_or(|cells| cells[cell]))
                .expect("a part defines the cell");
            let outcome = match &part.body {
                Body::Values(values) => agree(compared, Approximate::exact(values[cell]), engine),
                Body::Formula(term) => agree(compared, plain.term(term, at), engine),
                Body::Draw(draw) => {
                    assert_eq!(node.kind, NodeKind::Input);
                    let score = scores::score(model, SEED, id, at, trial);
                    compare_draw(plain, draw, at, score, engine, compared)
                }
            };
            outcome
                .map_err(|message| format!("{} {:?}: {message}", node.name, named(model, at)))?;
        }
    }
    Ok(())
}

/// A draw is the quantile of its family, with the parameters of the cell and trial, at the level of its score.
fn compare_draw(
    plain: &Plain,
    draw: &Draw,
    at: &At,
    score: f64,
    engine: f64,
    compared: &mut Compared,
) -> Result<(), String> {
    let mut values = Vec::new();
    for parameter in &draw.parameters {
        values.push(match &parameter.value {
            ParameterTerm::Number(term) => {
                let value = plain.term(term, at);
                if !value.is_sure() {
                    compared.unsure += 1;
                    return Ok(());
                }
                ParameterValue::Number(value.value)
            }
            ParameterTerm::List(list) => ParameterValue::List(list.clone()),
        });
    }
    compared.draws += 1;
    let Ok(distribution) = build(&draw.parametrisation, &values) else {
        return if engine.is_nan() {
            Ok(())
        } else {
            Err(format!(
                "{engine} drawn from impossible parameters {values:?}"
            ))
        };
    };
    // The two ways to the score and to the parameters differ in last digits; 1e-9 of the spread is far below any wrong address, share,
    // coefficient or parameter. A discrete draw may step there.
    let around = [-1e-9, 0.0, 1e-9].map(|step| distribution.draw(score + step));
    let slack = 1e-9 * (around[1].abs() + (around[1] - distribution.draw(0.0)).abs());
    let (low, high) = (
        around[0].min(around[2]) - slack,
        around[0].max(around[2]) + slack,
    );
    if engine >= low && engine <= high || engine.is_nan() && around[1].is_nan() {
        Ok(())
    } else {
        Err(format!(
            "{} at the score {score} expected, {engine} drawn",
            around[1]
        ))
    }
}

fn compare_outputs(
    plain: &Plain,
    replayed: &Replay,
    compared: &mut Compared,
) -> Result<(), String> {
    let model = plain.model;
    let at_of = |cell: &fanfare::run::ReplayedCell| -> At {
        (cell.at.iter())
            .map(|(dimension, label)| {
                let id = model.dimensions.find(dimension).unwrap();
                (id, model.dimensions.at(id).find(label).unwrap())
            })
            .collect()
    };
    for cell in &replayed.outputs {
        let output = model
            .outputs
            .iter()
            .find(|output| output.name == cell.name)
            .unwrap();
        agree(compared, plain.term(&output.term, &at_of(cell)), cell.value).map_err(|message| {
            format!(
                "output {} {:?} {:?}: {message}",
                cell.name, cell.place, cell.at
            )
        })?;
    }
    let time = model.dimensions.time().unwrap();
    for cell in &replayed.crossings {
        let crossing = model
            .crossings
            .iter()
            .find(|crossing| crossing.name == cell.name)
            .unwrap();
        let mut at = at_of(cell);
        let mut differences = Vec::new();
        for label in 0..model.dimensions.at(time).len() as u32 {
            at.insert(time, label);
            differences.push(
                plain
                    .term(&crossing.of, &at)
                    .subtract(plain.term(&crossing.above, &at)),
            );
        }
        let unsure =
            |x: &Approximate| !x.is_sure() || x.error > 0.0 && x.value.abs() <= 1e3 * x.error;
        if differences.iter().any(unsure) {
            compared.unsure += 1;
            continue;
        }
        compared.dates += 1;
        let expected = if differences.iter().any(|x| x.value.is_nan()) {
            f64::NAN
        } else {
            match differences.iter().position(|x| x.value > 0.0) {
                None => f64::INFINITY,
                Some(0) => f64::NEG_INFINITY,
                Some(k) => {
                    let (before, after) = (differences[k - 1].value, differences[k].value);
                    2023.0 + k as f64 - after / (after - before)
                }
            }
        };
        let same = expected == cell.value || expected.is_nan() && cell.value.is_nan();
        // Differences are known to a thousandth of themselves or better: see `unsure`.
        if !(same || (expected - cell.value).abs() <= 3e-3) {
            return Err(format!(
                "crossing {} {:?}: {expected} expected, {}",
                cell.name, cell.place, cell.value
            ));
        }
    }
    Ok(())
}

/// The run's minima and maxima over three trials are those of the replayed trials: batches compute what single trials do.
fn compare_run(loaded: &Loaded, replays: &[Replay]) -> Result<(), String> {
    let settings = Settings {
        trials: replays.len() as u64,
        seed: SEED,
        threads: Some(1),
        allow_non_finite: true,
        ..Settings::default()
    };
    let document =
        simulate(loaded, &settings, &Unobserved).map_err(|error| format!("{error:?}"))?;
    let cells: Vec<_> = (document.outputs.iter())
        .flat_map(|(name, output)| output.cells.iter().map(move |cell| (name, cell)))
        .collect();
    if cells.len() != replays[0].outputs.len() {
        return Err(format!(
            "{} cells in the result, {} replayed",
            cells.len(),
            replays[0].outputs.len()
        ));
    }
    for (index, (name, cell)) in cells.iter().enumerate() {
        let values: Vec<f64> = replays
            .iter()
            .map(|replay| replay.outputs[index].value)
            .collect();
        assert_eq!(*name, &replays[0].outputs[index].name);
        let finite = || values.iter().copied().filter(|x| x.is_finite());
        let (least, most) = (finite().reduce(f64::min), finite().reduce(f64::max));
        if cell.min != least || cell.max != most {
            return Err(format!(
                "{name} {:?}: {:?} to {:?} in the run, {values:?} replayed",
                cell.at, cell.min, cell.max
            ));
        }
    }
    Ok(())
}

fn compare_model(seed: u64, compared: &mut Compared) -> Result<(), (String, String)> {
    let (text, loaded) = match loaded(seed) {
        Ok(loaded) => loaded,
        Err((_, problems)) => {
            for problem in problems {
                *compared.refused.entry(problem).or_default() += 1;
            }
            return Ok(());
        }
    };
    compared.models += 1;
    for entry in builtins() {
        if text.contains(&format!("{}(", entry.name)) {
            compared.functions.insert(entry.name);
        }
    }
    for family in families() {
        if text.contains(&format!("is = '{}(", family.name)) {
            compared.families.insert(family.name);
        }
    }
    let settings = Settings {
        seed: SEED,
        ..Settings::default()
    };
    let mut replays = Vec::new();
    for trial in TRIALS {
        let replayed = match replay(&loaded.model, &settings, trial) {
            Ok(replayed) => replayed,
            Err(problems) => {
                for problem in problems {
                    *compared.refused.entry(problem.message).or_default() += 1;
                }
                return Ok(());
            }
        };
        let plain = plain_of(&loaded.model, &replayed);
        compare_nodes(&plain, trial, compared)
            .and_then(|()| compare_outputs(&plain, &replayed, compared))
            .map_err(|message| (format!("trial {trial}: {message}"), text.clone()))?;
        replays.push(replayed);
    }
    replays.truncate(3);
    compare_run(&loaded, &replays).map_err(|message| (message, text))
}

#[test]
fn random_models_are_evaluated_as_the_language_says() {
    let n_models: u64 = std::env::var("FANFARE_EVALUATOR_MODELS")
        .map_or(300, |number| number.parse().expect("a number of models"));
    let mut compared = Compared::default();
    for seed in 0..n_models {
        if let Err((message, text)) = compare_model(seed, &mut compared) {
            panic!("model {seed}: {message}\n{text}");
        }
    }
    println!(
        "{} models, {} values, {} tight, {} unsure, {} not finite, {} draws, {} dates; refused {:#?}",
        compared.models,
        compared.cells,
        compared.tight,
        compared.unsure,
        compared.not_finite,
        compared.draws,
        compared.dates,
        compared.refused
    );
    // The test would be empty if most models were refused, most bounds wide or most values undecided.
    assert!(
        compared.models * 10 >= n_models * 8,
        "{:?}",
        compared.refused
    );
    assert!(
        compared.tight * 10 >= compared.cells * 8,
        "{} of {} tight",
        compared.tight,
        compared.cells
    );
    assert!(
        compared.unsure * 20 <= compared.cells,
        "{} of {} unsure",
        compared.unsure,
        compared.cells
    );
    assert!(compared.not_finite * 4 <= compared.cells);
    assert!(compared.not_finite > 100 && compared.draws > 10_000 && compared.dates > 1_000);
    for entry in builtins() {
        assert!(
            compared.functions.contains(entry.name),
            "{} was never compared",
            entry.name
        );
    }
    for family in families() {
        assert!(
            compared.families.contains(family.name),
            "{} was never drawn",
            family.name
        );
    }
}
