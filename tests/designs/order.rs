//! Sobol' dimensions stay with their draws across scenarios and reordered declarations, and follow the stated order.

use std::collections::BTreeMap;

use fanfare::dimension::Assignment;
use fanfare::eval::{Sink, Workspace, evaluate};
use fanfare::plan::{PlanRequest, build};
use fanfare::run::{Loaded, VariantChoice, load_from, sobol_order};
use fanfare::sample::{Design, Sampler, SobolOrder};
use fanfare::source::Memory;

const HEAD: &str = r#"
fanfare = 1
name = "order"
"#;
const DIMENSIONS: [&str; 2] = [
    "[dimensions.year]\nrange = [2023, 2025]\ntime = true\n",
    "[dimensions.country]\nlabels = [\"a\", \"b\", \"c\"]\n",
];
const REORDERED_LABELS: &str = "[dimensions.country]\nlabels = [\"c\", \"a\", \"b\"]\n";
const INPUTS: [&str; 3] = [
    "[inputs.drift]\nover = [\"country\", \"year\"]\nis = 'normal(mean = 0, sd = 1)'\nalike = { world = 0.5 }\nrollup = \"sum\"\n",
    "[inputs.level]\nover = [\"country\"]\nis = 'normal(mean = 0, sd = 2)'\nrollup = \"sum\"\n",
    "[inputs.price]\nis = 'normal(mean = 10, sd = 1)'\n",
];
const TAIL: &str = r#"
[outputs.total]
is = 'drift + level + price'
places = ["world"]
[scenarios.fixed]
set.level = [{ where = { country = "b" }, is = 3 }]
set.price = 10
"#;

fn loaded(parts: &[&str], scenario: Option<&str>) -> Loaded {
    let text = format!("{HEAD}{}{TAIL}", parts.concat());
    let choice = VariantChoice {
        scenario: scenario.map(str::to_owned),
        ..VariantChoice::default()
    };
    load_from(
        &Memory::new().with("model.toml", text),
        "model.toml",
        &choice,
    )
    .unwrap()
}

struct Ignore;

impl Sink for Ignore {
    fn accept(&mut self, _target: usize, _values: &[f64]) {}
}

/// The first trials of every input's cell in the Sobol' design, by name and labels.
fn draws(loaded: &Loaded, order: &SobolOrder) -> BTreeMap<(String, Vec<String>), Vec<f64>> {
    const TRIALS: usize = 64;
    let model = &loaded.model;
    let plan = build(model, PlanRequest::EveryNode).unwrap();
    let sampler = Sampler::new(2, Design::Sobol { points: 16 }, &plan.streams, Some(order));
    let mut workspace = Workspace::new(&plan, TRIALS);
    evaluate(
        &plan,
        &mut workspace,
        &mut sampler.scores(),
        0,
        TRIALS,
        &mut Ignore,
    );
    plan.nodes
        .iter()
        .map(|cell| {
            let node = model.node(cell.node);
            let mut labels: Vec<String> =
                Assignment::of_cell(&node.shape, cell.cell, &model.dimensions)
                    .iter()
                    .map(|(id, label)| model.dimensions.at(id).labels[label as usize].key.clone())
                    .collect();
            labels.sort();
            let row = workspace.kept(cell.row, TRIALS).to_vec();
            ((node.name.clone(), labels), row)
        })
        .collect()
}

#[test]
fn a_scenario_leaves_all_other_draws_as_they_are() {
    let parts = [DIMENSIONS.as_slice(), &INPUTS].concat();
    let base = loaded(&parts, None);
    let order = sobol_order(&base, 2).unwrap();
    let before = draws(&base, &order);
    let after = draws(&loaded(&parts, Some("fixed")), &order);
    let mut n_equal = 0;
    for (key, row) in &before {
        let (name, labels) = key;
        let is_set = name == "price" || name == "level" && labels[0] == "b";
        assert_eq!(after[key] == *row, !is_set, "{key:?}");
        n_equal += usize::from(!is_set);
    }
    assert_eq!(n_equal, 9 + 2);
}

#[test]
fn the_order_of_declarations_and_labels_moves_no_draw_while_the_order_of_dimensions_is_fixed() {
    let base = loaded(&[DIMENSIONS.as_slice(), &INPUTS].concat(), None);
    let order = sobol_order(&base, 2).unwrap();
    let before = draws(&base, &order);
    let other = [
        INPUTS[2],
        REORDERED_LABELS,
        INPUTS[1],
        DIMENSIONS[0],
        INPUTS[0],
    ];
    let other = loaded(&other, None);
    assert_eq!(draws(&other, &order), before);
    // The pilot finds the same order, too.
    assert_eq!(sobol_order(&other, 2).unwrap(), order);
    // The order is what decides.
    let reversed = SobolOrder::new(order.groups().iter().rev().cloned().collect());
    assert_ne!(draws(&base, &reversed), before);
}

#[test]
fn an_order_survives_its_way_through_a_result() {
    let base = loaded(&[DIMENSIONS.as_slice(), &INPUTS].concat(), None);
    let order = sobol_order(&base, 2).unwrap();
    let stated = format!("[sampling]\nsobol_order = {:?}\n", order.to_texts());
    let parts = [DIMENSIONS.as_slice(), &INPUTS, &[stated.as_str()]].concat();
    let pinned = loaded(&parts, None);
    // Another seed would give another pilot.
    assert_eq!(sobol_order(&pinned, 77).unwrap(), order);
}
