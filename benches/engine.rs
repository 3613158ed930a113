//! Speed of the engine by stage, and of whole runs of three models at three sizes. Every iteration checks its answer.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fanfare::eval::Laps;
use fanfare::plan::{self, PlanRequest};
use fanfare::run::{Loaded, Settings, Unobserved, VariantChoice, load, measure, simulate};
use fanfare::stats::{HUB_LEVELS, TRIALS_PER_BLOCK};

const FLAGSHIP: &str = "models/flash-calling/model.toml";

fn model(path: &str) -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    load(&path, &VariantChoice::default()).expect("the models of the repository are sound")
}

fn assert_near(value: f64, expected: f64, tolerance: f64) {
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not {expected} ± {tolerance}"
    );
}

fn planning(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan");
    group.sample_size(10);
    let flagship = model(FLAGSHIP);
    group.bench_function("flagship", |bencher| {
        bencher.iter(|| {
            let plan = plan::build(black_box(&flagship.model), PlanRequest::Statistics)
                .expect("the flagship can be planned");
            // 26 outputs at 69 places (60 countries, 8 regions, the world) in 5 years come first.
            assert!(plan.targets.len() >= 26 * 69 * 5);
            plan.n_rows
        });
    });
    group.finish();
}

fn evaluation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evaluation without statistics");
    group.sample_size(10);
    let flagship = model(FLAGSHIP);
    let plan = plan::build(&flagship.model, PlanRequest::Statistics).expect("it can be planned");
    let settings = Settings::default();
    let n = settings.batch(&plan);
    group.throughput(Throughput::Elements(n as u64));
    group.bench_function("flagship, one batch", |bencher| {
        let mut count = Count(0);
        bencher.iter(|| assert_eq!(measure(&plan, &settings, 1, &mut count), n));
        assert!(count.0 >= plan.instructions.len());
    });
    group.finish();
}

/// Counts instructions.
struct Count(usize);

impl Laps for Count {
    fn lap(&mut self, _instruction: usize) {
        self.0 += 1;
    }
}

/// An output whose mean is known.
struct Known {
    model: &'static str,
    output: &'static str,
    /// Exact mean.
    mean: f64,
    trials: [u64; 3],
}

const SMALL: [Known; 2] = [
    Known {
        model: "models/examples/ishigami/model.toml",
        output: "y",
        // a/2 with a = 7 (Ishigami and Homma, 1990).
        mean: 3.5,
        trials: [10_000, 100_000, 1_000_000],
    },
    Known {
        model: "models/examples/poisson-demand/model.toml",
        output: "demand",
        // Stated in the model.
        mean: 20.0,
        trials: [1_000, 10_000, 100_000],
    },
];

fn small_runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("run");
    group.sample_size(10);
    for known in &SMALL {
        let loaded = model(known.model);
        for trials in known.trials {
            let settings = Settings {
                trials,
                ..Settings::default()
            };
            group.throughput(Throughput::Elements(trials));
            group.bench_function(
                format!("{}, {trials} trials", loaded.model.name),
                |bencher| {
                    bencher.iter(|| {
                        let result =
                            simulate(&loaded, &settings, &Unobserved).expect("all is finite");
                        let output = result.outputs.get(known.output).expect("an output");
                        let cell = &output.cells[0];
                        let (mean, error) = (cell.mean.unwrap(), cell.mean_error.unwrap());
                        assert_near(mean, known.mean, 4.5 * error);
                    });
                },
            );
        }
    }
    group.finish();
}

fn flagship_runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("run");
    group.sample_size(10);
    let median = HUB_LEVELS
        .iter()
        .position(|&level| level == 0.5)
        .expect("the median is among the levels");
    let flagship = model(FLAGSHIP);
    for blocks in [1, 2, 4] {
        let settings = Settings {
            trials: blocks * TRIALS_PER_BLOCK as u64,
            ..Settings::default()
        };
        group.throughput(Throughput::Elements(settings.trials));
        group.bench_function(
            format!("flash-calling, {} trials", settings.trials),
            |bencher| {
                bencher.iter(|| {
                    let result =
                        simulate(&flagship, &settings, &Unobserved).expect("all is finite");
                    let revenue = result.outputs.get("revenue").expect("an output");
                    let cell = revenue.cells.last().expect("the world in 2027");
                    assert_eq!(cell.place, "world");
                    // The calibrated central case, and a median within a factor of two of it.
                    assert_near(cell.central.unwrap(), 450e6, 1.0);
                    let ratio = cell.quantiles[median].unwrap() / 450e6;
                    assert!((0.5..2.0).contains(&ratio), "{ratio}");
                });
            },
        );
    }
    group.finish();
}

criterion_group!(engine, planning, evaluation, small_runs, flagship_runs);
criterion_main!(engine);
