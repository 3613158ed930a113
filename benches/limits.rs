//! What this machine can do at best: the primitives of a run, each on rows of 1,024 trials. docs/performance.md adds them up for the flagship. Every iteration checks its answer.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fanfare::eval::{Sink, Workspace, evaluate};
use fanfare::math;
use fanfare::plan::{Component, PlanRequest, StreamKey, build};
use fanfare::run::{VariantChoice, load_from};
use fanfare::sample::{Design, Sampler, Scores};
use fanfare::source::Memory;
use fanfare::stats::{
    BlockAccumulator, Mode, PILOT_TRIALS, TRIALS_PER_BLOCK, TargetKind, TargetPlan, lay_out,
};
use rayon::ThreadPoolBuilder;

/// Trials of a typical batch.
const N: usize = 1024;

fn assert_near(value: f64, expected: f64, tolerance: f64) {
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not {expected} ± {tolerance}"
    );
}

/// From counter to score.
fn draws(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("draw");
    group.throughput(Throughput::Elements(N as u64));
    let streams = [StreamKey {
        input: "price".to_owned(),
        component: Component::Own,
        labels: vec![("country".to_owned(), "DEU".to_owned())],
        cell: 0,
    }];
    let mut scores = Sampler::new(1, Design::Random, &streams, None).scores();
    let mut row = vec![0.0; N];
    group.bench_function("uniform", |bencher| {
        bencher.iter(|| {
            scores.uniforms(0, 0, black_box(&mut row));
            // Four standard errors of the mean of 1,024 uniform numbers.
            let mean = row.iter().sum::<f64>() / N as f64;
            assert_near(mean, 0.5, 4.0 / (12.0 * N as f64).sqrt());
        });
    });
    let levels: Vec<f64> = (0..N).map(|i| (i as f64 + 0.5) / N as f64).collect();
    group.bench_function("normal quantile", |bencher| {
        let expected = math::normal_quantile(levels[7]);
        bencher.iter(|| {
            row.copy_from_slice(black_box(&levels));
            math::normal_quantile_in_place(&mut row);
            assert_eq!(row[7].to_bits(), expected.to_bits());
        });
    });
    for design in [
        Design::Random,
        Design::Latin { points: 62_500 },
        Design::Sobol { points: 65_536 },
    ] {
        let mut scores = Sampler::new(1, design, &streams, None).scores();
        group.bench_function(format!("score, {}", design.name()), |bencher| {
            bencher.iter(|| {
                scores.fill(0, 0, black_box(&mut row));
                let mean = row.iter().sum::<f64>() / N as f64;
                assert_near(mean, 0.0, 4.0 / (N as f64).sqrt());
            });
        });
    }
    group.finish();
}

/// The same score everywhere: no draw is measured.
struct Constant;

impl Scores for Constant {
    fn fill(&mut self, _stream: usize, _first_trial: u64, out: &mut [f64]) {
        out.fill(0.25);
    }
}

struct Last(f64);

impl Sink for Last {
    fn accept(&mut self, _target: usize, values: &[f64]) {
        self.0 = values[values.len() - 1];
    }
}

/// Operations in a row of each plan.
const OPERATIONS: usize = 64;

/// One operation, many times over; rows stay in the first-level cache.
fn operations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("operation");
    group.throughput(Throughput::Elements((N * OPERATIONS) as u64));
    // x is 0.25; every step keeps its value where it is, or nearly.
    let steps: [(&str, &str, fn(f64) -> f64); 9] = [
        ("add", "(y + x)", |y| y + 0.25),
        ("multiply", "(y * x)", |y| y * 0.25),
        ("divide", "(x / y)", |y| 0.25 / y),
        ("exp", "exp(-y)", |y| math::exp(-y)),
        ("ln", "ln(y + 3)", |y| math::ln(y + 3.0)),
        ("logistic", "logistic(y)", |y| math::logistic(y)),
        ("power", "(x ^ y)", |y| math::pow(0.25, y)),
        ("sin", "sin(y)", |y| math::sin(y)),
        ("normal_cdf", "normal_cdf(y)", |y| math::normal_cdf(y)),
    ];
    for (name, step, function) in steps {
        let (mut text, mut expected) = ("(x + 1)".to_owned(), 1.25);
        let mut variables = String::new();
        for k in 0..OPERATIONS {
            variables += &format!("[variables.y{k}]\nis = '{}'\n", step.replace('y', &text));
            text = format!("y{k}");
            expected = function(expected);
            // Growth and fall are brought back by one cheap step in sixteen; the others come to rest by themselves.
            if k % 16 == 15 && matches!(name, "add" | "multiply") {
                text = format!("(0 * {text} + 1.25)");
                expected = 1.25;
            }
        }
        let is = text.replace("y63", "y63 + 0");
        let model = format!(
            "fanfare = 1\nname = \"limit\"\ntitle = \"Limit\"\n[inputs.x]\nis = 'normal(mean = 0, sd = 1)'\nbasis = \"free\"\n{variables}\n[outputs.z]\nis = '{is}'\nplaces = [\"world\"]\n"
        );
        let source = Memory::new().with("model.toml", model);
        let loaded = load_from(&source, "model.toml", &VariantChoice::default())
            .unwrap_or_else(|refused| panic!("{name}: {:?}", refused.problems));
        let plan = build(&loaded.model, PlanRequest::Statistics).expect("a small plan");
        let mut workspace = Workspace::new(&plan, N);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut last = Last(f64::NAN);
                evaluate(
                    black_box(&plan),
                    &mut workspace,
                    &mut Constant,
                    0,
                    N,
                    &mut last,
                );
                assert_eq!(last.0, expected, "{name}");
            });
        });
    }
    group.finish();
}

/// Moments and histogram of a value: of one target, and of as many as the flagship has, whose histograms no inner cache holds.
fn statistics(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("statistics");
    group.sample_size(10);
    // In no order, as trials come: neighbours in one bin would wait for each other. An odd factor reaches every level once.
    let values: Vec<f64> = (0..TRIALS_PER_BLOCK)
        .map(|i| (i * 2_654_435_761 % TRIALS_PER_BLOCK) as f64)
        .map(|rank| math::normal_quantile((rank + 0.5) / TRIALS_PER_BLOCK as f64))
        .collect();
    let sample: Vec<f64> = values
        .iter()
        .step_by(TRIALS_PER_BLOCK / PILOT_TRIALS)
        .copied()
        .collect();
    let one_group = TargetPlan {
        kinds: vec![TargetKind::Value; 8],
    };
    group.throughput(Throughput::Elements(8));
    group.bench_function("bins of a target", |bencher| {
        let pool = ThreadPoolBuilder::new().num_threads(1).build();
        pool.expect("one thread").install(|| {
            bencher.iter(|| {
                let grids = lay_out(&one_group, |accept| {
                    for target in 0..8 {
                        accept(target, black_box(&sample));
                    }
                });
                assert_eq!(grids[0], grids[7]);
            });
        });
    });
    for n_targets in [1, 9_384] {
        let plan = Arc::new(TargetPlan {
            kinds: vec![TargetKind::Value; n_targets],
        });
        let grids = lay_out(&plan, |accept| {
            for target in 0..n_targets {
                accept(target, &sample);
            }
        });
        let mode = Mode::Sketch(Arc::new(grids));
        let mut accumulator = BlockAccumulator::new(Arc::clone(&plan), mode, None);
        let mut block = 0;
        group.throughput(Throughput::Elements((n_targets * TRIALS_PER_BLOCK) as u64));
        group.bench_function(format!("{n_targets} targets"), |bencher| {
            bencher.iter(|| {
                for offset in (0..TRIALS_PER_BLOCK).step_by(N) {
                    for target in 0..n_targets {
                        accumulator.update(target, offset, black_box(&values[offset..offset + N]));
                    }
                }
                let first = block * TRIALS_PER_BLOCK as u64;
                let finished = accumulator.finish_block(block, first);
                assert_eq!(
                    finished.moments[n_targets - 1].count,
                    TRIALS_PER_BLOCK as u64
                );
                block += 1;
            });
        });
    }
    group.finish();
}

/// A multiplication and an addition by the row, in the first-level cache, and the way of all counts of the flagship to and from memory.
fn machine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("machine");
    let (a, b, c) = (vec![1.5; N], vec![0.5; N], vec![0.25; N]);
    let mut d = vec![0.0; N];
    group.throughput(Throughput::Elements(N as u64));
    group.bench_function("multiply and add", |bencher| {
        bencher.iter(|| {
            let (a, b, c) = (black_box(&a), black_box(&b), black_box(&c));
            for (d, ((a, b), c)) in d.iter_mut().zip(a.iter().zip(b).zip(c)) {
                *d = a * b + c;
            }
            assert_eq!(black_box(&d)[N - 1], 1.0);
        });
    });
    // 26 outputs at 69 places in 5 years, 1,024 counts of two bytes each.
    let mut counts = vec![0u16; 26 * 69 * 5 * 1024];
    let mut passes = 0u16;
    group.throughput(Throughput::Bytes(2 * counts.len() as u64));
    group.bench_function("counts of the flagship, to and fro", |bencher| {
        bencher.iter(|| {
            for count in black_box(&mut counts) {
                *count = count.wrapping_add(1);
            }
            passes = passes.wrapping_add(1);
            assert_eq!(counts[counts.len() - 1], passes);
        });
    });
    group.finish();
}

criterion_group!(limits, machine, draws, operations, statistics);
criterion_main!(limits);
