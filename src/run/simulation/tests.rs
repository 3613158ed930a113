//! Runs that begin with their pilot, and the sample that a run keeps.

use super::*;
use crate::run::{Unobserved, VariantChoice, load_from, sample};
use crate::sample::Design;
use crate::source::Memory;

/// More rows than targets: all draws are alive until the median is taken.
const MODEL: &str = r#"
fanfare = 1
name = "middle"
[dimensions.judge]
labels = ["a", "b", "c", "d", "e", "f", "g"]
[inputs.opinion]
over = ["judge"]
is = 'lognormal(p05 = 1, p95 = 9)'
[variables.middle]
is = 'median(opinion, judge)'
[outputs.middle]
"#;

#[test]
fn bins_are_the_same_in_batches_of_any_size() {
    let files = Memory::new().with("model.toml", MODEL);
    let loaded = load_from(&files, "model.toml", &VariantChoice::default()).unwrap();
    let plan = plan(&loaded).unwrap();
    assert!(plan.n_rows > target_plan(&loaded, &plan).n_targets());
    let grids = |batch: usize| {
        let settings = Settings {
            trials_per_batch: Some(batch),
            ..Settings::default()
        };
        let pool = pool(&settings, &(0..2)).unwrap();
        let setup = Setup::new(&loaded, &plan, settings);
        setup.round().grids(&pool)
    };
    let whole = grids(1024);
    assert_ne!(whole[0].middle, 0);
    for batch in [100, 128, 1000, 1023, 4096] {
        assert!(grids(batch) == whole, "batches of {batch}");
    }
}

/// Enough targets for bins, with kept rows, dates and more of every kind.
const MARKET: &str = r#"
fanfare = 1
name = "market"
[dimensions.year]
range = [2023, 2025]
time = true
[dimensions.country]
range = [1, 40]
[inputs.growth]
over = ["country", "year"]
is = 'normal(mean = 0.1, sd = 0.3)'
persist = 0.5
alike = { world = 0.4 }
[inputs.cost]
is = 'lognormal(p05 = 30, p95 = 60)'
[variables.sales]
is = 'exp(cumulative(growth))'
rollup = "sum"
[outputs.sales]
places = ["country", "world"]
[crossings.pays]
of = "sales"
above = "cost"
[joint.both]
of = ["sum(sales, country)[year = 2025]", "cost"]
"#;

fn market() -> Loaded {
    let files = Memory::new().with("model.toml", MARKET);
    load_from(&files, "model.toml", &VariantChoice::default())
        .unwrap_or_else(|refused| panic!("{:#?}", refused.problems))
}

#[test]
fn a_run_that_its_pilot_began_gives_the_same_document() {
    let loaded = market();
    let plan = plan(&loaded).unwrap();
    for (design, batch) in [
        (Design::Random, None),
        (Design::Random, Some(100)),
        (Design::Latin { points: 70_000 }, None),
    ] {
        let settings = Settings {
            trials: 140_000,
            design,
            trials_per_batch: batch,
            ..Settings::default()
        };
        let document = |begins: bool| {
            let mut run = Simulation::new(&loaded, &plan, settings.clone()).unwrap();
            assert!(run.begun.is_some());
            if !begins {
                run.begun = None;
            }
            let run = run.advance(&Unobserved).unwrap();
            run.document().unwrap()
        };
        // Not by assert_eq, which prints both.
        assert!(document(true) == document(false), "{design:?} {batch:?}");
    }
    // Replicates that end before the pilot does.
    let short = Settings {
        trials: 140_000,
        design: Design::Latin { points: 1000 },
        ..Settings::default()
    };
    let run = Simulation::new(&loaded, &plan, short).unwrap();
    assert!(run.begun.is_none());
}

#[test]
fn the_sample_of_a_run_is_that_evaluated_apart() {
    let loaded = market();
    let alone = build(&loaded.model, PlanRequest::Drivers { output: 0 }).unwrap();
    let request = PlanRequest::StatisticsAndDrivers { output: 0 };
    let plan = build(&loaded.model, request).unwrap();
    for (trials, batch) in [(900, None), (20_000, Some(300)), (140_000, None)] {
        let settings = Settings {
            trials,
            trials_per_batch: batch,
            ..Settings::default()
        };
        let run = Simulation::new(&loaded, &plan, settings.clone()).unwrap();
        assert_eq!(run.sample(), None);
        let run = run.advance(&Unobserved).unwrap();
        let expected = sample(&alone, &settings);
        assert_eq!(expected.trials.len() as u64, trials.min(10_000));
        assert_eq!(run.sample(), Some(expected));

        // What was taken up from a part was not met.
        let goal = Goal::Trials;
        let part = Part::read(&run.to_part(goal.clone()).unwrap()[..]).unwrap();
        let resumed = Simulation::resume(&loaded, &plan, settings, None, &goal, part).unwrap();
        assert_eq!(resumed.sample(), None);
    }
    let latin = Settings {
        trials: 20_000,
        design: Design::Latin { points: 1000 },
        ..Settings::default()
    };
    let run = Simulation::new(&loaded, &plan, latin).unwrap();
    assert_eq!(run.advance(&Unobserved).unwrap().sample(), None);
}
