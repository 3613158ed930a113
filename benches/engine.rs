//! Speed of the engine: primitives, kernels, plan, whole small runs. Every iteration checks its answer.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fanfare::eval::kernels;
use fanfare::math;
use fanfare::plan::{self, Binary, Component, PlanRequest, StreamKey, Unary};
use fanfare::run::{Loaded, Settings, Unobserved, VariantChoice, load, simulate};
use fanfare::sample::{Design, Sampler, Scores};
use fanfare::stats::{HUB_LEVELS, TRIALS_PER_BLOCK};

/// Trials of a typical batch.
const N: usize = 1024;

const FLAGSHIP: &str = "models/flash-calling/model.toml";

fn model(path: &str) -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    load(&path, &VariantChoice::default()).expect("the models of the repository are sound")
}

/// The middles of `N` equal parts of (0, 1).
fn grid() -> Vec<f64> {
    (0..N).map(|i| (i as f64 + 0.5) / N as f64).collect()
}

fn assert_near(value: f64, expected: f64, tolerance: f64) {
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not {expected} ± {tolerance}"
    );
}

fn primitives(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("primitives");
    group.throughput(Throughput::Elements(N as u64));
    let levels = grid();
    group.bench_function("normal quantile", |bencher| {
        bencher.iter(|| {
            let sum: f64 = black_box(&levels)
                .iter()
                .map(|&p| math::normal_quantile(p))
                .sum();
            // The grid is symmetric about one half; the quantile is odd to the last bits.
            assert_near(sum, 0.0, 1e-9);
            sum
        });
    });
    group.bench_function("exp", |bencher| {
        bencher.iter(|| {
            let sum: f64 = black_box(&levels).iter().map(|&x| math::exp(x)).sum();
            // The midpoint rule for ∫ exp over (0, 1) is short by about (e − 1)/(24 N²).
            assert_near(sum / N as f64, std::f64::consts::E - 1.0, 1e-7);
            sum
        });
    });
    let streams = [StreamKey {
        input: "price".to_owned(),
        component: Component::Own,
        labels: vec![("country".to_owned(), "DEU".to_owned())],
        cell: 0,
    }];
    for design in [
        Design::Random,
        Design::Latin { points: 62_500 },
        Design::Sobol { points: 65_536 },
    ] {
        let mut scores = Sampler::new(1, design, &streams, None).scores();
        let mut row = vec![0.0; N];
        group.bench_function(format!("row of scores, {}", design.name()), |bencher| {
            bencher.iter(|| {
                scores.fill(0, 0, black_box(&mut row));
                // Four standard errors of the mean of 1,024 independent standard normal scores.
                let mean = row.iter().sum::<f64>() / N as f64;
                assert_near(mean, 0.0, 4.0 / (N as f64).sqrt());
            });
        });
    }
    group.finish();
}

fn row_kernels(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kernels");
    group.throughput(Throughput::Elements(N as u64));
    let a = grid();
    let b: Vec<f64> = a.iter().rev().copied().collect();
    let mut out = vec![0.0; N];
    group.bench_function("add", |bencher| {
        bencher.iter(|| {
            kernels::binary(
                Binary::Add,
                &mut out,
                kernels::Source::Row(black_box(&a)),
                kernels::Source::Row(black_box(&b)),
            );
            // u + (1 − u), exact on this grid of powers of two.
            assert_eq!(out[N / 3], 1.0);
        });
    });
    for (name, op, expected) in [
        ("exp", Unary::Exp, math::exp(a[7])),
        ("ln", Unary::Ln, math::ln(a[7])),
        ("logistic", Unary::Logistic, math::logistic(a[7])),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                kernels::unary(op, &mut out, black_box(&a));
                // A kernel gives the bits of the function alone.
                assert_eq!(out[7].to_bits(), expected.to_bits());
            });
        });
    }
    group.bench_function("normal quantile in place", |bencher| {
        let expected = math::normal_quantile(a[7]);
        bencher.iter(|| {
            out.copy_from_slice(black_box(&a));
            fanfare::math::normal_quantile_in_place(&mut out);
            assert_eq!(out[7].to_bits(), expected.to_bits());
        });
    });
    group.finish();
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

fn runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("run");
    group.sample_size(10);
    let median = HUB_LEVELS
        .iter()
        .position(|&level| level == 0.5)
        .expect("the median is among the levels");
    let ishigami = model("models/examples/ishigami/model.toml");
    let settings = Settings {
        trials: 100_000,
        ..Settings::default()
    };
    group.throughput(Throughput::Elements(settings.trials));
    group.bench_function("ishigami, 100,000 trials", |bencher| {
        bencher.iter(|| {
            let result = simulate(&ishigami, &settings, &Unobserved).expect("all is finite");
            let cell = &result.outputs.get("y").expect("its one output").cells[0];
            // E y = a/2 with a = 7 (Ishigami and Homma, 1990).
            let (mean, error) = (cell.mean.unwrap(), cell.mean_error.unwrap());
            assert_near(mean, 3.5, 4.0 * error);
        });
    });
    let flagship = model(FLAGSHIP);
    let settings = Settings {
        trials: TRIALS_PER_BLOCK as u64,
        threads: Some(1),
        ..Settings::default()
    };
    group.throughput(Throughput::Elements(settings.trials));
    group.bench_function("flagship, one block on one thread", |bencher| {
        bencher.iter(|| {
            let result = simulate(&flagship, &settings, &Unobserved).expect("all is finite");
            let revenue = result.outputs.get("revenue").expect("an output");
            let cell = revenue.cells.last().expect("the world in 2027");
            assert_eq!(cell.place, "world");
            // The calibrated central case, and a median within a factor of two of it.
            assert_near(cell.central.unwrap(), 450e6, 1.0);
            let ratio = cell.quantiles[median].unwrap() / 450e6;
            assert!((0.5..2.0).contains(&ratio), "{ratio}");
        });
    });
    group.finish();
}

criterion_group!(engine, primitives, row_kernels, planning, runs);
criterion_main!(engine);
