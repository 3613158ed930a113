//! Draws that read a table, through whole models and against values from outside.

use fanfare::dist::FixedDistribution;
use fanfare::math::{normal_cdf, normal_quantile_tails};
use fanfare::plan::{PlanRequest, build};
use fanfare::run::{Settings, VariantChoice, load_from, replay};
use fanfare::source::Memory;

use crate::rows::rows;

/// The independent quantiles, computed with 60 digits, as far as tables reach.
#[test]
fn draws_from_tables_are_those_of_the_definitions() {
    let (mut checked, mut tables) = (0, 0);
    for row in rows() {
        let fixed = FixedDistribution::new(row.distribution());
        if fixed.share_from_table() == 0.0 {
            continue;
        }
        tables += 1;
        for triple in row.0["quantiles"].as_array().unwrap() {
            let (side, tail) = (triple[0].as_str().unwrap(), triple[1].as_f64().unwrap());
            let Some(expected) = triple[2].as_f64() else {
                continue;
            };
            if tail < 1e-6 {
                continue;
            }
            let z = match side {
                "lower" => normal_quantile_tails(tail, 1.0 - tail),
                _ => normal_quantile_tails(1.0 - tail, tail),
            };
            // The score has some last digits of its own; what they are worth, beside 1e-12 for search and table. Truncation costs digits of
            // the levels, which the reference does not share.
            let slope = (fixed.draw(z + 1e-4) - fixed.draw(z - 1e-4)) / 2e-4;
            let truncation = if row.is_truncated() { 1e-9 } else { 0.0 };
            let bound = (1e-12 + truncation) * (expected.abs() + 0.1 * slope) + 1e-14 * slope;
            let found = fixed.draw(z);
            assert!(
                (found - expected).abs() <= bound,
                "{} {side} {tail:e}: {found:e}, not {expected:e}",
                row.text()
            );
            checked += 1;
        }
    }
    println!("{checked} quantiles of {tables} tables");
    assert!(checked > 150 && tables > 15, "{checked} {tables}");
}

const MODEL: &str = r#"
fanfare = 1
name = "shared"
[dimensions.town]
labels = ["port", "mill", "spa"]
[data.mode]
over = ["town"]
values = { port = 2, mill = 3, spa = 2 }
[inputs.x]
over = ["town"]
is = 'pert(low = 1, mode = mode, high = 5)'
[outputs.x]
[inputs.y]
is = 'pert(low = 1, mode = 2, high = 5)'
[outputs.y]
"#;

#[test]
fn cells_drawn_from_the_same_numbers_share_a_table_and_are_drawn_by_score() {
    let files = Memory::new().with("model.toml", MODEL);
    let loaded = load_from(&files, "model.toml", &VariantChoice::default()).unwrap();
    let plan = build(&loaded.model, PlanRequest::Statistics).unwrap();
    assert_eq!(plan.distributions.len(), 2);
    for fixed in &plan.distributions {
        assert!(fixed.share_from_table() > 0.9999);
    }
    // A replayed trial has the draws of the tables at its scores: other than the search by last digits only.
    for trial in 0..50 {
        let replayed = replay(&loaded.model, &Settings::default(), trial).unwrap();
        let values: Vec<f64> = (replayed.nodes.iter())
            .filter(|cell| cell.name != "mode")
            .map(|cell| cell.value)
            .collect();
        assert_eq!(values.len(), 4);
        for (index, value) in values.into_iter().enumerate() {
            let fixed = &plan.distributions[usize::from(index == 1)];
            let law = fixed.distribution();
            let z = normal_quantile_tails(law.cdf(value), law.survival(value));
            assert!((normal_cdf(z) - law.cdf(value)).abs() < 1e-14);
            assert!((fixed.draw(z) - value).abs() < 2e-12 * value, "{trial}");
        }
    }
}
