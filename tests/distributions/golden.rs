//! Draws of every family stay as they are: a golden file of the first 64 draws under seed 1.
//!
//! `UPDATE_GOLDEN=1 cargo test --test distributions golden` rewrites it. A change means that published results move: docs/numerics.md.

use std::fmt::Write;
use std::path::Path;

use fanfare::dist::families;
use fanfare::run::{Settings, VariantChoice, load_from, replay};
use fanfare::source::Memory;
use serde_json::Value;

const DRAWS: u64 = 64;

/// The file as this version writes it: for each family its example and the draws, as bits and as decimals.
fn current() -> String {
    let mut model = "fanfare = 1\nname = \"golden\"\n".to_owned();
    for family in families() {
        let name = family.name;
        writeln!(
            model,
            "[inputs.x_{name}]\nis = '{}'\n[outputs.x_{name}]",
            family.example
        )
        .unwrap();
    }
    let files = Memory::new().with("model.toml", model);
    let loaded = load_from(&files, "model.toml", &VariantChoice::default()).unwrap();
    let trials: Vec<_> = (0..DRAWS)
        .map(|trial| replay(&loaded.model, &Settings::default(), trial).unwrap())
        .collect();
    let mut text = "{\n  \"seed\": 1,\n  \"families\": {".to_owned();
    for (index, family) in families().iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let example = Value::from(family.example);
        write!(
            text,
            "{comma}\n    \"{}\": {{\"example\": {example}, \"draws\": [",
            family.name
        )
        .unwrap();
        for (trial, replayed) in trials.iter().enumerate() {
            let name = format!("x_{}", family.name);
            let value = replayed
                .nodes
                .iter()
                .find(|cell| cell.name == name)
                .unwrap()
                .value;
            let comma = if trial == 0 { "" } else { "," };
            write!(
                text,
                "{comma}\n      [\"{:016x}\", {}]",
                value.to_bits(),
                Value::from(value)
            )
            .unwrap();
        }
        text.push_str("\n    ]}");
    }
    text.push_str("\n  }\n}\n");
    text
}

#[test]
fn golden_draws_have_not_moved() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/golden-draws.json");
    let found = current();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let (golden, now): (Value, Value) = (
        serde_json::from_str(&text).unwrap(),
        serde_json::from_str(&found).unwrap(),
    );
    let mut moved = Vec::new();
    for family in families() {
        let of = |file: &Value| file["families"][family.name].clone();
        let (golden, now) = (of(&golden), of(&now));
        if golden["example"] != now["example"] {
            moved.push(format!("{}: another example", family.name));
            continue;
        }
        let draws = |value: &Value| value["draws"].as_array().unwrap().clone();
        let (golden, now) = (draws(&golden), draws(&now));
        assert_eq!(golden.len() as u64, DRAWS);
        let changed = golden
            .iter()
            .zip(&now)
            .filter(|(a, b)| a[0] != b[0])
            .count();
        if changed > 0 {
            let largest = (golden.iter().zip(&now))
                .map(|(a, b)| {
                    let (a, b) = (a[1].as_f64().unwrap(), b[1].as_f64().unwrap());
                    (a - b).abs() / a.abs().max(b.abs()).max(f64::MIN_POSITIVE)
                })
                .fold(0.0, f64::max);
            moved.push(format!(
                "{}: {changed} of {DRAWS} draws, by up to {largest:.1e} of their size",
                family.name
            ));
        }
    }
    assert!(
        moved.is_empty(),
        "draws have moved; if that is meant, see docs/numerics.md:\n{}",
        moved.join("\n")
    );
    assert_eq!(text, found, "the file is as UPDATE_GOLDEN=1 writes it");
}
