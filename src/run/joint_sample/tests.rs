//! The kept trials, and the inputs that are listed as drivers.

use super::*;
use crate::plan::build_with_drivers;
use crate::run::{Loaded, VariantChoice, load_from};
use crate::sample::Design;
use crate::source::Memory;

#[test]
fn the_sample_is_spread_over_whole_replicates_or_over_the_first() {
    let flat = |trials, points| -> Vec<u64> {
        runs_of_trials(trials, points, 10_000)
            .into_iter()
            .flatten()
            .collect()
    };
    assert_eq!(flat(300, None), (0..300).collect::<Vec<_>>());
    assert_eq!(flat(1_000_000, None), (0..10_000).collect::<Vec<_>>());
    // Nine replicates of 1,024 points are the most that 10,000 trials hold.
    assert_eq!(flat(16_384, Some(1024)), (0..9216).collect::<Vec<_>>());
    for points in [10_001, 62_500, 1 << 32] {
        let spread = flat(16 * points, Some(points));
        assert_eq!(spread.len(), 10_000);
        assert!(spread.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(spread[9999] < points && spread[9999] > points - points / 40 - 1);
    }
}

/// What is read by the last year of `y`, and what is not. `a` is its own score, of which that of `b` is mixed.
const MODEL: &str = r#"fanfare = 1
name = "drivers"
[dimensions.year]
range = [2023, 2025]
time = true
[dimensions.region]
labels = ["r"]
[dimensions.country]
labels = ["x", "y"]
parent.region = { x = "r", y = "r" }
[inputs.a]
is = 'normal(mean = 0, sd = 1)'
[inputs.b]
is = 'lognormal(median = 2, gsd = 1.5)'
[[correlations]]
between = ["a", "b"]
kind = "copula"
value = 0.6
[inputs.hyper]
is = 'uniform(low = 0, high = 1)'
[inputs.shock]
over = ["country", "year"]
is = 'normal(mean = hyper, sd = 0.2)'
persist = 0.8
alike = { world = 0.3 }
[inputs.early]
is = 'normal(mean = 0, sd = 1)'
[inputs.never]
is = 'gamma(shape = 2, scale = 1)'
[inputs.elsewhere]
is = 'normal(mean = 0, sd = 1)'
[data.on]
value = 0
[variables.size]
is = 'b * exp(shock) + if(year == 2023, early, 0) + if(on > 0, never, 0)'
rollup = "sum"
[outputs.y]
is = 'size'
places = ["country", "world"]
[outputs.other]
is = 'a + early + elsewhere + never'
"#;

fn loaded(text: &str) -> Loaded {
    let files = Memory::new().with("model.toml", text);
    load_from(&files, "model.toml", &VariantChoice::default())
        .unwrap_or_else(|refused| panic!("{:#?}", refused.problems))
}

fn names(loaded: &Loaded, plan: &Plan) -> Vec<String> {
    let inputs = plan.summaries.iter();
    inputs
        .map(|&(input, _)| loaded.model.node(input).name.clone())
        .collect()
}

#[test]
fn drivers_are_inputs_that_the_output_reads() {
    let loaded = loaded(MODEL);
    let of = |output| build(&loaded.model, PlanRequest::Drivers { output }).unwrap();
    let mut read = names(&loaded, &of(0));
    read.sort();
    assert_eq!(read, ["b", "hyper", "shock"]);
    let mut read = names(&loaded, &of(1));
    read.sort();
    assert_eq!(read, ["a", "early", "elsewhere", "never"]);
    // Without the switch and at all years nothing is left out but what no output of this name reads.
    let changed = MODEL
        .replace("value = 0\n[variables", "value = 1\n[variables")
        .replace("year == 2023", "year > 2023");
    let loaded = self::loaded(&changed);
    let mut read = names(
        &loaded,
        &build(&loaded.model, PlanRequest::Drivers { output: 0 }).unwrap(),
    );
    read.sort();
    assert_eq!(read, ["b", "early", "hyper", "never", "shock"]);
}

#[test]
fn drivers_have_the_values_of_the_joint_sample() {
    let loaded = loaded(MODEL);
    for (design, trials) in [
        (Design::Random, 3000),
        (Design::Latin { points: 300 }, 4800),
        (Design::Sobol { points: 1 << 14 }, 1 << 18),
    ] {
        let settings = Settings {
            trials,
            design,
            ..Settings::default()
        };
        let whole = joint_sample(&loaded.model, &settings).unwrap();
        let request = PlanRequest::Drivers { output: 0 };
        let alone = sample(&build(&loaded.model, request).unwrap(), &settings);
        assert_eq!(alone.trials, whole.trials);
        // One cell of the output, and the three inputs that it reads.
        assert_eq!(alone.columns.len(), 4);
        for (column, kind) in alone.columns.iter().enumerate() {
            let there = whole
                .columns
                .iter()
                .position(|other| other == kind)
                .unwrap();
            assert_eq!(alone.values.column(column), whole.values.column(there));
        }
        let (_, at) = alone.last_cell(0).unwrap();
        let all = whole.drivers(0, &at);
        let listed = alone.drivers(0, &at);
        assert_eq!(listed.len(), 3);
        let kept: Vec<RankDriver> = all
            .into_iter()
            .filter(|driver| listed.iter().any(|kept| kept.input == driver.input))
            .collect();
        assert_eq!(listed, kept);
    }
}

#[test]
fn two_plans_made_together_are_those_made_alone() {
    let loaded = loaded(MODEL);
    let model = &loaded.model;
    let (plan, drivers) = build_with_drivers(model, PlanRequest::Statistics, 0).unwrap();
    let alone = build(model, PlanRequest::Statistics).unwrap();
    assert_eq!(plan.instructions, alone.instructions);
    assert_eq!(plan.operands, alone.operands);
    assert_eq!((plan.numbers, plan.n_rows), (alone.numbers, alone.n_rows));
    assert_eq!(plan.streams, alone.streams);
    assert_eq!(plan.targets, alone.targets);
    let alone = build(model, PlanRequest::Drivers { output: 0 }).unwrap();
    let settings = Settings {
        trials: 1000,
        ..Settings::default()
    };
    assert_eq!(sample(&drivers, &settings), sample(&alone, &settings));
    assert_eq!(drivers.summaries, alone.summaries);

    // A spread that a cell's label makes negative is found by planning.
    let refused =
        self::loaded(&MODEL.replace("mean = hyper, sd = 0.2", "mean = hyper, sd = 2024 - year"));
    let problems = |result: Result<_, Vec<Diagnostic>>| result.map(drop).unwrap_err();
    assert_eq!(
        problems(build_with_drivers(&refused.model, PlanRequest::Statistics, 0).map(drop)),
        problems(build(&refused.model, PlanRequest::Statistics).map(drop))
    );
}
