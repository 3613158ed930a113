//! Every key of every model acts or is refused: a key that is read and then ignored is the worst defect a simulator can have.
//!
//! Each leaf of a model file is changed and, in a second mutation, removed. The changed file must be refused, or change what `check` prints
//! or what a run publishes. Numbers that decide numbers (of data, inputs, variables, crossings, correlations, scenarios and strategies, also
//! those inside expressions) must change a number of the result.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fanfare::describe::{explain, summary};
use fanfare::result::{OrderedMap, ResultDocument};
use fanfare::run::{Loaded, Settings, Unobserved, VariantChoice, load_from, simulate, sobol_order};
use fanfare::sample::{Design, DesignKind};
use fanfare::source::Memory;
use rayon::prelude::*;
use toml::{Table, Value};

use crate::models::{examples, flagship, in_memory, run};

/// Every draw of the first trials moves with its parameters, so that few of them show any change.
const TRIALS: u64 = 64;
/// Trials of a second look where the first saw no change: outputs that are seldom other than 0, such as failures, need them.
const MORE_TRIALS: u64 = 1 << 16;

/// The way to a value: keys and positions.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Key(String),
    Position(usize),
}

type Path_ = Vec<Step>;

fn shown(path: &[Step]) -> String {
    path.iter()
        .map(|step| match step {
            Step::Key(key) => format!(".{key}"),
            Step::Position(position) => format!("[{position}]"),
        })
        .collect::<String>()
        .trim_start_matches('.')
        .to_owned()
}

/// All leaves, and all lists (for the removal of elements).
fn leaves(value: &Value, path: &mut Path_, found: &mut Vec<Path_>) {
    match value {
        Value::Table(table) => {
            if table.is_empty() {
                found.push(path.clone());
            }
            for (key, value) in table {
                path.push(Step::Key(key.clone()));
                leaves(value, path, found);
                path.pop();
            }
        }
        Value::Array(list) => {
            for (position, value) in list.iter().enumerate() {
                path.push(Step::Position(position));
                leaves(value, path, found);
                path.pop();
            }
        }
        _ => found.push(path.clone()),
    }
}

fn at<'v>(value: &'v mut Value, path: &[Step]) -> &'v mut Value {
    path.iter().fold(value, |value, step| match step {
        Step::Key(key) => &mut value.as_table_mut().unwrap()[key.as_str()],
        Step::Position(position) => &mut value.as_array_mut().unwrap()[*position],
    })
}

fn removed(model: &Value, path: &[Step]) -> Value {
    let mut model = model.clone();
    let (last, parent) = path.split_last().unwrap();
    match (last, at(&mut model, parent)) {
        (Step::Key(key), Value::Table(table)) => {
            table.remove(key);
        }
        (Step::Position(position), Value::Array(list)) => {
            list.remove(*position);
        }
        _ => unreachable!("paths lead through tables and lists"),
    }
    model
}

/// Byte ranges of number literals in an expression: not inside text, not part of a name.
fn literals(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        let c = bytes[i];
        if c == b'"' {
            i += 1;
            while i < bytes.len() && bytes[i] != b'"' {
                i += 1;
            }
            i += 1;
        } else if c.is_ascii_alphabetic() || c == b'_' {
            while i < bytes.len() && (bytes[i].is_ascii_alphanumeric() || bytes[i] == b'_') {
                i += 1;
            }
        } else if c.is_ascii_digit() {
            let start = i;
            while i < bytes.len()
                && (bytes[i].is_ascii_digit() || bytes[i] == b'.' || bytes[i] == b'_')
            {
                i += 1;
            }
            if i < bytes.len() && (bytes[i] == b'e' || bytes[i] == b'E') {
                i += 1;
                if i < bytes.len() && (bytes[i] == b'-' || bytes[i] == b'+') {
                    i += 1;
                }
                while i < bytes.len() && bytes[i].is_ascii_digit() {
                    i += 1;
                }
            }
            found.push((start, i));
        } else {
            i += 1;
        }
    }
    found
}

fn larger(number: f64) -> f64 {
    if number == 0.0 { 0.1 } else { number * 1.1 }
}

/// Whether a key holds an expression.
fn is_expression(path: &[Step]) -> bool {
    let keys: Vec<&str> = path
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Position(_) => None,
        })
        .collect();
    match keys.as_slice() {
        ["inputs" | "variables" | "outputs" | "evidence", _, "is"] => true,
        ["crossings", _, "of" | "above"] | ["joint", _, "of"] => true,
        ["evidence", _, "observes" | "holds"] => true,
        ["scenarios" | "strategies", _, "set", ..] => {
            keys.last() != Some(&"where") && !keys.contains(&"where")
        }
        _ => false,
    }
}

/// What must move when a leaf changes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Due {
    /// What `check` prints, or the result.
    Anything,
    /// A number of the result.
    Number,
    /// A number of the result in the Sobol' design.
    SobolNumber,
}

struct Mutation {
    name: String,
    model: Value,
    due: Due,
}

fn first_key(path: &[Step]) -> &str {
    match &path[0] {
        Step::Key(key) => key,
        Step::Position(_) => unreachable!("a file is a table"),
    }
}

fn decides_numbers(path: &[Step]) -> bool {
    matches!(
        first_key(path),
        "data"
            | "inputs"
            | "variables"
            | "crossings"
            | "correlations"
            | "scenarios"
            | "strategies"
            | "outputs"
            | "joint"
    )
}

/// The names that a text could be replaced with: those of its kind, declared beside it.
fn other_name(model: &Table, path: &[Step], own: &str) -> Option<String> {
    let keys: Vec<&str> = path
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Position(_) => None,
        })
        .collect();
    let of_section = |section: &str| -> Vec<String> {
        model
            .get(section)
            .and_then(Value::as_table)
            .map(|table| table.keys().cloned().collect())
            .unwrap_or_default()
    };
    let candidates = match *keys.last()? {
        "sources" => of_section("sources"),
        "over" | "places" => of_section("dimensions"),
        "between" => of_section("inputs"),
        "on" => of_section("evidence"),
        "outputs" | "fan" | "drivers_of" => of_section("outputs"),
        "crossing" => of_section("crossings"),
        "basis" => vec!["free".to_owned(), "judgement".to_owned()],
        "kind" => vec![
            "copula".to_owned(),
            "spearman".to_owned(),
            "pearson".to_owned(),
        ],
        "rollup" => vec!["none".to_owned(), "sum".to_owned()],
        _ => return None,
    };
    candidates.into_iter().find(|name| name != own)
}

fn mutations(model: &Value) -> Vec<Mutation> {
    let mut paths = Vec::new();
    leaves(model, &mut Vec::new(), &mut paths);
    let table = model.as_table().unwrap();
    let mut list = Vec::new();
    let mut push = |name: String, model: Value, due: Due| list.push(Mutation { name, model, due });
    for path in &paths {
        let name = shown(path);
        push(
            format!("{name} removed"),
            removed(model, path),
            Due::Anything,
        );
        let mut changed = model.clone();
        let slot = at(&mut changed, path);
        let due = if decides_numbers(path) {
            Due::Number
        } else {
            Due::Anything
        };
        if first_key(path) == "sampling"
            && let Some(Step::Position(position)) = path.last()
            && *position > 0
        {
            let mut swapped = model.clone();
            let list = at(&mut swapped, &path[..path.len() - 1]);
            list.as_array_mut().unwrap().swap(*position - 1, *position);
            push(format!("{name} earlier"), swapped, Due::SobolNumber);
        }
        match slot.clone() {
            Value::Integer(number) => {
                *slot = if first_key(path) == "dimensions" {
                    Value::Integer(number + 1)
                } else if is_expression(path) || first_key(path) == "data" {
                    Value::Float(larger(number as f64))
                } else {
                    Value::Integer(number + 1)
                };
                push(format!("{name} larger"), changed, due);
            }
            Value::Float(number) => {
                *slot = Value::Float(larger(number));
                push(format!("{name} larger"), changed, due);
            }
            Value::Boolean(truth) => {
                *slot = Value::Boolean(!truth);
                push(format!("{name} flipped"), changed, Due::Anything);
            }
            Value::String(text) if is_expression(path) => {
                for (start, end) in literals(&text) {
                    let number: f64 = text[start..end].replace('_', "").parse().unwrap();
                    // A label is a name: the next one, which may not exist.
                    let before = text[..start].trim_end();
                    let in_slice = before.rfind('[') > before.rfind(']');
                    let is_label = in_slice && before.ends_with('=') && !before.ends_with("==");
                    let replacement = if is_label {
                        number + 1.0
                    } else {
                        larger(number)
                    };
                    let mutant = format!("{}{replacement}{}", &text[..start], &text[end..]);
                    let mut changed = model.clone();
                    *at(&mut changed, path) = Value::String(mutant.clone());
                    // Evidence acts on conditioned runs only; `check` shows it.
                    let due = if first_key(path) == "evidence" {
                        Due::Anything
                    } else {
                        Due::Number
                    };
                    push(format!("{name} = {mutant}"), changed, due);
                }
                *slot = Value::String(format!("({text}) * 1.25 + 0"));
                push(format!("{name} scaled"), changed, Due::Anything);
            }
            Value::String(text) => {
                let other = other_name(table, path, &text).unwrap_or_else(|| format!("{text}x"));
                *slot = Value::String(other.clone());
                push(format!("{name} = {other}"), changed, Due::Anything);
            }
            Value::Datetime(date) => {
                let text = date.to_string();
                let later = text.replacen("20", "19", 1).parse().unwrap();
                *slot = Value::Datetime(later);
                push(format!("{name} earlier"), changed, Due::Anything);
            }
            Value::Array(_) | Value::Table(_) => {}
        }
    }
    list
}

/// All that a reader can see of a loaded model.
fn check_text(loaded: &Loaded) -> String {
    let mut text = summary(&loaded.model);
    let nodes = loaded.model.nodes.iter().map(|node| &node.name);
    for name in nodes.chain(loaded.model.outputs.iter().map(|output| &output.name)) {
        text.push_str(&explain(&loaded.model, name).unwrap());
    }
    text
}

/// A result without the hashes of its files.
fn published(loaded: &Loaded, trials: u64) -> Option<ResultDocument> {
    let mut document = run(loaded, trials).ok()?;
    document.model.files = OrderedMap::default();
    Some(document)
}

/// The numbers of a run in the Sobol' design.
fn sobol_numbers(loaded: &Loaded) -> String {
    // The second and the third dimension have their first four points in common.
    let (design, trials) = Design::planned(DesignKind::Sobol, 1, Some(TRIALS)).unwrap();
    let settings = Settings {
        trials,
        design,
        sobol_order: Some(sobol_order(loaded, 1).unwrap()),
        ..Settings::default()
    };
    numbers(&simulate(loaded, &settings, &Unobserved).unwrap())
}

/// Every number of the outputs, crossings and joint tables.
fn numbers(document: &ResultDocument) -> String {
    let mut text = String::new();
    for (_, output) in document.outputs.iter() {
        text.push_str(&format!("{:?}", output.cells));
    }
    for (_, crossing) in document.crossings.iter() {
        text.push_str(&format!("{:?}", crossing.cells));
    }
    for (_, joint) in document.joint.iter() {
        text.push_str(&format!("{:?}", joint.cells));
    }
    text
}

/// The variant in which a leaf acts.
fn variant_of(name: &str) -> VariantChoice {
    let mut choice = VariantChoice::default();
    let mut steps = name.split('.');
    match (steps.next(), steps.next()) {
        (Some("scenarios"), Some(name)) => choice.scenario = Some(first_word(name)),
        (Some("strategies"), Some(name)) => choice.strategy = Some(first_word(name)),
        _ => {}
    }
    choice
}

fn first_word(name: &str) -> String {
    name.split([' ', '[']).next().unwrap().to_owned()
}

struct Before {
    check: String,
    numbers: String,
    document: ResultDocument,
}

fn before(memory: &Memory, choice: &VariantChoice) -> Before {
    let loaded =
        load_from(memory, "model.toml", choice).unwrap_or_else(|r| panic!("{:?}", r.problems));
    let document = published(&loaded, TRIALS).expect("the model runs");
    Before {
        check: check_text(&loaded),
        numbers: numbers(&document),
        document,
    }
}

/// Whether a mutation changes nothing for a good reason.
fn is_excused(name: &str) -> bool {
    restates_a_default(name) || EXCUSED.iter().any(|(excused, _)| name == *excused)
}

/// Removing a unit, a title or a place that says what holds without it changes nothing: a unit of 1 or the inferred one, the title of the node,
/// the only place there is. That these keys act is shown by the mutation that alters them.
fn restates_a_default(name: &str) -> bool {
    [".unit removed", ".title removed", ".places[0] removed"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Mutations of the flagship that change nothing, with the reason why that is right.
const EXCUSED: [(&str, &str); 3] = [
    (
        "data.list_price.where.provider removed",
        "the table holds one provider on that date; a different provider is refused",
    ),
    (
        "outputs.monetised_share.is = if(identified / flash_calls > 0, monetised / identified, 0.1)",
        "the value where nothing is identified, which never happens in the base model",
    ),
    (
        "variables.listed_log_price.is = ln(if(listed, list_price / reference_price, 1.1))",
        "keeps the logarithm of unlisted members defined; only listed ones are read",
    ),
];

/// The mutations of a model that were read and then ignored.
fn ignored(folder: &Path) -> (usize, Vec<String>) {
    let memory = in_memory(folder);
    let text = fs::read_to_string(folder.join("model.toml")).unwrap();
    let model = Value::Table(text.parse::<Table>().unwrap());
    // Written anew without any change, so that the order of keys is that of the mutants.
    let with = |model: &Value| {
        memory
            .clone()
            .with("model.toml", toml::to_string(model).unwrap())
    };
    let mutations = mutations(&model);
    let mut known: BTreeMap<String, Before> = BTreeMap::new();
    for mutation in &mutations {
        let choice = variant_of(&mutation.name);
        known
            .entry(format!("{choice:?}"))
            .or_insert_with(|| before(&with(&model), &choice));
    }
    let ignored: Vec<String> = mutations
        .par_iter()
        .filter_map(|mutation| {
            let choice = variant_of(&mutation.name);
            let before = &known[&format!("{choice:?}")];
            let loaded = match load_from(&with(&mutation.model), "model.toml", &choice) {
                Err(refused) => {
                    assert!(!refused.problems.is_empty(), "{}", mutation.name);
                    return None;
                }
                Ok(loaded) => loaded,
            };
            if mutation.due == Due::Anything && check_text(&loaded) != before.check {
                return None;
            }
            if mutation.due == Due::SobolNumber {
                let unchanged = load_from(&with(&model), "model.toml", &choice).unwrap();
                return (sobol_numbers(&unchanged) == sobol_numbers(&loaded))
                    .then(|| mutation.name.clone());
            }
            // Refused by the plan, or not finite: seen either way.
            let document = published(&loaded, TRIALS)?;
            let seen = match mutation.due {
                Due::Anything => document != before.document,
                Due::Number | Due::SobolNumber => numbers(&document) != before.numbers,
            };
            if seen || is_excused(&mutation.name) {
                return None;
            }
            let unchanged = load_from(&with(&model), "model.toml", &choice).unwrap();
            let [old, new] =
                [&unchanged, &loaded].map(|loaded| published(loaded, MORE_TRIALS).unwrap());
            (numbers(&old) == numbers(&new))
                .then(|| format!("{:?} {}", mutation.due, mutation.name))
        })
        .collect();
    (mutations.len(), ignored)
}

#[test]
fn every_key_of_every_example_acts_or_is_refused() {
    let mut failures = Vec::new();
    let mut n_mutations = 0;
    for (name, folder) in examples() {
        let (n, ignored) = ignored(&folder);
        n_mutations += n;
        failures.extend(ignored.into_iter().map(|text| format!("{name}: {text}")));
    }
    assert!(n_mutations > 500, "only {n_mutations} mutations");
    assert!(
        failures.is_empty(),
        "{} of {n_mutations}:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn every_key_of_the_flagship_acts_or_is_refused() {
    let (n, ignored) = ignored(&flagship());
    assert!(n > 1_000, "only {n} mutations");
    assert!(
        ignored.is_empty(),
        "{} of {n}:\n{}",
        ignored.len(),
        ignored.join("\n")
    );
}

/// The search can find something: a number multiplied by zero moves nothing.
#[test]
fn an_ignored_number_is_found() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("model.toml"),
        "fanfare = 1\nname = \"m\"\n[inputs.x]\nis = 'normal(mean = 0, sd = 1)'\n[outputs.y]\nis = 'x + 0 * 7'\n",
    )
    .unwrap();
    let (_, ignored) = ignored(folder.path());
    assert!(
        ignored.iter().any(|text| text.contains("0 * 7.7")),
        "{ignored:?}"
    );
    assert!(
        !ignored.iter().any(|text| text.contains("sd = 1.1")),
        "{ignored:?}"
    );
}

#[test]
fn literals_of_an_expression_are_its_numbers() {
    let text = r#"normal(p05 = 1.5e-3, p95 = 2_000)[year = 2027] + x1 * "3" ^ 4"#;
    let found: Vec<&str> = literals(text).iter().map(|(a, b)| &text[*a..*b]).collect();
    assert_eq!(found, ["1.5e-3", "2_000", "2027", "4"]);
}
