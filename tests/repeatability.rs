//! The same model and seed give the same numbers however a run is cut, and a change of the model moves only what depends on it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use fanfare::export::json;
use fanfare::result::{CellResult, ResultDocument};
use fanfare::run::{Loaded, Settings, Unobserved, VariantChoice, load, load_from, simulate};
use fanfare::source::Memory;

/// Twenty blocks of 4,096 trials and a ragged end.
const N_TRIALS: u64 = 20 * 4096 + 123;

/// Up to 2²⁴ values quantiles are exact; with more the run keeps sketches.
const EXACT_VALUES: u64 = 1 << 24;

/// Persistence, shared variance, a correlation, roll-ups, a ratio, a discrete output and a crossing; `n_regions` × 5 + 1 countries decide the number of cells.
fn market(n_regions: usize, n_years: usize) -> String {
    let regions: Vec<String> = (0..n_regions).map(|r| format!("r{r}")).collect();
    let countries: Vec<String> = (0..n_regions * 5).map(|c| format!("c{c}")).collect();
    let parents: Vec<String> = (0..n_regions * 5)
        .map(|c| format!("c{c} = \"r{}\"", c / 5))
        .collect();
    let last = 2020 + n_years;
    format!(
        r#"fanfare = 1
name = "market"
title = "Market"
[dimensions.year]
range = [2021, {last}]
time = true
[dimensions.region]
labels = {regions:?}
[dimensions.country]
labels = {countries:?}
parent.region = {{ {parents} }}
[inputs.growth]
title = "Growth"
over = ["country", "year"]
is = 'normal(mean = 0.1, sd = 0.2)'
persist = 0.8
alike = {{ world = 0.3, region = 0.3 }}
[inputs.cost]
title = "Cost"
over = ["country", "year"]
is = 'normal(mean = 1.2, sd = 0.1)'
persist = 0.8
alike = {{ world = 0.3, region = 0.3 }}
[inputs.launches]
title = "Launches"
is = 'poisson(mean = 2)'
[[correlations]]
between = ["growth", "cost"]
kind = "copula"
value = 0.4
[variables.sales]
title = "Sales"
is = 'exp(cumulative(growth)) + 0.1 * launches'
rollup = "sum"
[variables.costs]
title = "Costs"
is = 'exp(cost)'
rollup = "sum"
[outputs.sales]
title = "Sales"
places = ["country", "region", "world"]
[outputs.share]
title = "Costs in sales"
is = 'costs / sales'
places = ["world"]
[outputs.launches]
title = "Launches"
places = ["world"]
[crossings.profit]
title = "Sales above costs"
of = 'sales'
above = 'costs'
[scenarios.dear]
title = "Dear"
set.cost = 'normal(mean = 1.5, sd = 0.1)'
"#,
        parents = parents.join(", ")
    )
}

fn loaded_as(text: &str, variant: &VariantChoice) -> Loaded {
    load_from(
        &Memory::new().with("model.toml", text),
        "model.toml",
        variant,
    )
    .unwrap_or_else(|refused| panic!("{:#?}", refused.problems))
}

fn loaded(text: &str) -> Loaded {
    loaded_as(text, &VariantChoice::default())
}

fn run(loaded: &Loaded, settings: &Settings) -> ResultDocument {
    simulate(loaded, settings, &Unobserved).unwrap_or_else(|error| panic!("{error:?}"))
}

fn n_cells(document: &ResultDocument) -> u64 {
    let cells = document
        .outputs
        .iter()
        .map(|(_, output)| output.cells.len());
    cells.sum::<usize>() as u64
}

/// The bytes of the result of every cut are those of one thread and whole blocks.
fn assert_same_bytes(loaded: &Loaded, trials: u64, cuts: &[(usize, usize)]) -> ResultDocument {
    let settings = |threads, batch| Settings {
        trials,
        threads: Some(threads),
        trials_per_batch: Some(batch),
        ..Settings::default()
    };
    let document = run(loaded, &settings(cuts[0].0, cuts[0].1));
    let expected = json(&document).unwrap();
    for &(threads, batch) in &cuts[1..] {
        let found = json(&run(loaded, &settings(threads, batch))).unwrap();
        assert!(
            found == expected,
            "{threads} threads, batches of {batch}: other bytes than with {:?}",
            cuts[0]
        );
    }
    document
}

/// Every number of threads and every size of batch; 7 and 1,000 do not divide a block.
const CUTS: [(usize, usize); 4] = [(1, 4096), (2, 1), (3, 1000), (8, 7)];

#[test]
fn an_exact_run_has_the_same_bytes_however_it_is_cut() {
    let document = assert_same_bytes(&loaded(&market(1, 3)), N_TRIALS, &CUTS);
    // Crossings have at most three values for each place; still far below the limit.
    assert!((n_cells(&document) + 3 * 7) * N_TRIALS <= EXACT_VALUES);
}

#[test]
fn a_sketched_run_has_the_same_bytes_however_it_is_cut() {
    let document = assert_same_bytes(&loaded(&market(7, 6)), N_TRIALS, &CUTS);
    assert!(n_cells(&document) * N_TRIALS > EXACT_VALUES);
}

#[test]
fn the_flagship_has_the_same_bytes_however_it_is_cut() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/models/flash-calling/model.toml"
    );
    let flagship = load(path.as_ref(), &VariantChoice::default()).unwrap();
    assert_same_bytes(&flagship, 2 * 4096 + 77, &[(1, 7), (8, 1000)]);
}

/// Settings of the runs that compare numbers of different models.
fn settings() -> Settings {
    Settings {
        trials: 5000,
        ..Settings::default()
    }
}

fn cells<'a>(document: &'a ResultDocument, output: &str) -> &'a [CellResult] {
    &document.outputs.get(output).unwrap().cells
}

#[test]
fn an_input_that_only_a_new_output_uses_moves_no_other_number() {
    let text = market(1, 3);
    let longer = text.replace(
        "[inputs.growth]",
        "[inputs.another]\ntitle = \"Another\"\nover = [\"country\"]\nis = 'gamma(shape = 2, scale = 1)'\n[inputs.growth]",
    ) + "[variables.another_sum]\ntitle = \"Another\"\nis = 'another * sales'\nrollup = \"sum\"\n[outputs.another_sum]\ntitle = \"Another\"\nplaces = [\"world\"]\n";
    let (before, after) = (
        run(&loaded(&text), &settings()),
        run(&loaded(&longer), &settings()),
    );
    assert_eq!(after.outputs.len(), before.outputs.len() + 1);
    for (name, output) in before.outputs.iter() {
        assert_eq!(output.cells, cells(&after, name), "{name}");
    }
    assert_eq!(before.crossings, after.crossings);
}

#[test]
fn the_order_of_declarations_moves_no_number() {
    let text = market(1, 3);
    // The tables of the file, last first; the keys above the first table stay where they are.
    let mut tables: Vec<&str> = text.split("\n[").collect();
    tables[1..].reverse();
    let backwards = tables.join("\n[") + "\n";
    assert_ne!(text, backwards);
    let (one, other) = (
        run(&loaded(&text), &settings()),
        run(&loaded(&backwards), &settings()),
    );
    assert_eq!(n_cells(&one), n_cells(&other));
    // Cells stand in the order of the dimensions, so each is looked up by its labels.
    for (name, output) in one.outputs.iter() {
        for cell in &output.cells {
            let mut found = other.cell(name, &cell.place, &cell.at).unwrap().clone();
            found.at = cell.at.clone();
            assert!(found == *cell, "{name} {} {:?}", cell.place, cell.at);
        }
    }
    for cell in &one.crossings.get("profit").unwrap().cells {
        let found = other
            .crossing_cell("profit", &cell.place, &cell.at)
            .unwrap();
        assert!(found == cell, "{} {:?}", cell.place, cell.at);
    }
}

#[test]
fn two_seeds_differ() {
    let model = loaded(&market(1, 3));
    let seeded = |seed| run(&model, &Settings { seed, ..settings() });
    let (one, two, zero) = (seeded(1), seeded(2), seeded(0));
    for (a, b) in [(&one, &two), (&one, &zero), (&two, &zero)] {
        for (x, y) in cells(a, "sales").iter().zip(cells(b, "sales")) {
            assert_eq!((&x.place, &x.at, x.central), (&y.place, &y.at, y.central));
            assert_ne!(x.mean, y.mean);
            assert_ne!(x.quantiles, y.quantiles);
        }
    }
}

#[test]
fn a_scenario_leaves_the_numbers_of_what_it_does_not_touch() {
    let text = market(1, 3);
    let dear = VariantChoice {
        scenario: Some("dear".to_owned()),
        ..VariantChoice::default()
    };
    let (base, scenario) = (
        run(&loaded(&text), &settings()),
        run(&loaded_as(&text, &dear), &settings()),
    );
    assert_eq!(cells(&base, "sales"), cells(&scenario, "sales"));
    assert_eq!(cells(&base, "launches"), cells(&scenario, "launches"));
    // Costs rise by the same factor exp(0.3) in every trial, so with shared draws their share does too, up to rounding.
    for (x, y) in cells(&base, "share").iter().zip(cells(&scenario, "share")) {
        let ratio = y.max.unwrap() / x.max.unwrap();
        assert!((ratio / 0.3f64.exp() - 1.0).abs() < 1e-12, "{ratio}");
    }
}
