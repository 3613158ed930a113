//! Nanoseconds a draw of the families of distributions, with fixed parameters and with one that varies by trial. Every iteration checks its answer.
//!
//! The times hold the score and, where a parameter varies, its own score and two elementary operations: some 10 ns.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fanfare::dist::FixedDistribution;
use fanfare::eval::{Sink, Workspace, evaluate};
use fanfare::plan::{Plan, PlanRequest, build};
use fanfare::run::{Settings, VariantChoice, load_from};
use fanfare::source::Memory;

/// Trials of a batch.
const N: usize = 1024;

/// A distribution in which `w` stands for the parameter that varies, with its mean where w has the mean 1; its sd is below `spread`.
struct Case {
    name: &'static str,
    is: &'static str,
    mean: f64,
    spread: f64,
}

const fn case(name: &'static str, is: &'static str, mean: f64, spread: f64) -> Case {
    Case {
        name,
        is,
        mean,
        spread,
    }
}

/// Means are linear in w, so those of the mixtures are those of w = 1.
const CASES: [Case; 32] = [
    case(
        "gamma, shape 0.1",
        "gamma(shape = 0.1 * w, scale = 2)",
        0.2,
        0.7,
    ),
    case(
        "gamma, shape 3",
        "gamma(shape = 3 * w, scale = 2)",
        6.0,
        4.0,
    ),
    case(
        "gamma, shape 300",
        "gamma(shape = 300 * w, scale = 2)",
        600.0,
        80.0,
    ),
    case(
        "gamma, shape 1e6",
        "gamma(shape = 1e6 * w, scale = 2)",
        2e6,
        3e5,
    ),
    case(
        "beta, 0.3 and 0.4",
        "beta(mean = 3/7 * w, concentration = 0.7)",
        3.0 / 7.0,
        0.4,
    ),
    case(
        "beta, 2 and 5",
        "beta(mean = 2/7 * w, concentration = 7)",
        2.0 / 7.0,
        0.2,
    ),
    case(
        "beta, 14 and 26",
        "beta(mean = 0.35 * w, concentration = 40)",
        0.35,
        0.1,
    ),
    case(
        "beta, 1 and 200",
        "beta(mean = 1/201 * w, concentration = 201)",
        1.0 / 201.0,
        0.006,
    ),
    case(
        "beta, 200 and 300",
        "beta(mean = 0.4 * w, concentration = 500)",
        0.4,
        0.06,
    ),
    case(
        "beta, 1e6 and 2e6",
        "beta(mean = 1/3 * w, concentration = 3e6)",
        1.0 / 3.0,
        0.05,
    ),
    case(
        "pert",
        "pert(low = 1, mode = 1 + w, high = 5)",
        14.0 / 6.0,
        1.0,
    ),
    case("poisson, mean 4", "poisson(mean = 4 * w)", 4.0, 2.2),
    case("poisson, mean 50", "poisson(mean = 50 * w)", 50.0, 11.0),
    case("poisson, mean 1e6", "poisson(mean = 1e6 * w)", 1e6, 1.5e5),
    case("binomial, 10", "binomial(n = 10, p = 0.3 * w)", 3.0, 1.7),
    case("binomial, 1e6", "binomial(n = 1e6, p = 0.3 * w)", 3e5, 5e4),
    case(
        "negative binomial",
        "negative_binomial(mean = 10 * w, dispersion = 0.5)",
        10.0,
        9.0,
    ),
    case(
        "student t, 4 df",
        "student_t(location = w, scale = 1, df = 4)",
        1.0,
        1.6,
    ),
    case(
        "student t, 40 df",
        "student_t(location = w, scale = 1, df = 40)",
        1.0,
        1.2,
    ),
    case(
        "inverse gaussian",
        "inverse_gaussian(mean = 2 * w, shape = 5)",
        2.0,
        1.6,
    ),
    case(
        "gamma, truncated",
        "gamma(shape = 3, scale = 2 * w, max = 1e4)",
        6.0,
        4.0,
    ),
    case(
        "weibull, shape 1",
        "weibull(shape = 1, scale = 10 * w)",
        10.0,
        11.0,
    ),
    case("exponential", "exponential(mean = 2 * w)", 2.0, 2.3),
    case("pareto", "pareto(scale = w, shape = 4)", 4.0 / 3.0, 0.6),
    case(
        "gev",
        "gev(location = 5 * w, scale = 3, shape = 0)",
        5.0 + 3.0 * 0.5772156649015329,
        4.2,
    ),
    case(
        "laplace",
        "laplace(location = 5, scale = 1.5 * w)",
        5.0,
        2.4,
    ),
    case(
        "logistic",
        "logistic(location = 5, scale = 1.5 * w)",
        5.0,
        3.0,
    ),
    case("uniform", "uniform(low = w, high = 5)", 3.0, 1.4),
    case(
        "triangular",
        "triangular(low = 1, mode = 1 + w, high = 5)",
        8.0 / 3.0,
        1.0,
    ),
    case("arcsine", "arcsine(low = -w, high = 1)", 0.0, 0.9),
    case("bernoulli", "bernoulli(p = 0.3 * w)", 0.3, 0.5),
    case("normal", "normal(mean = 10 * w, sd = 2)", 10.0, 2.6),
];

/// The plan of one input.
fn plan(case: &Case, varying: bool) -> Plan {
    let base = "fanfare = 1\nname = 'families'\n[outputs.x]\n";
    let weight = "[inputs.v]\nis = 'logit_normal(median = 0.5, sd_logit = 0.4)'\n[variables.w]\nis = 'v + 0.5'\n";
    let text = if varying {
        format!("{base}{weight}[inputs.x]\nis = '{}'\n", case.is)
    } else {
        let is = case.is.replace("* w", "").replace("+ w", "+ 1");
        let is = is.replace("= w", "= 1").replace("-w", "-1");
        format!("{base}[inputs.x]\nis = '{is}'\n")
    };
    let files = Memory::new().with("model.toml", text);
    let loaded = load_from(&files, "model.toml", &VariantChoice::default())
        .unwrap_or_else(|problems| panic!("{}: {problems:?}", case.name));
    build(&loaded.model, PlanRequest::Statistics).expect("it can be planned")
}

/// The mean of what is delivered.
#[derive(Default)]
struct Mean {
    sum: f64,
    n: usize,
}

impl Sink for Mean {
    fn accept(&mut self, _target: usize, values: &[f64]) {
        self.sum += values.iter().sum::<f64>();
        self.n += values.len();
    }
}

fn draws(criterion: &mut Criterion) {
    for varying in [false, true] {
        let name = if varying { "varying" } else { "fixed" };
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(N as u64));
        for case in &CASES {
            let plan = plan(case, varying);
            let mut workspace = Workspace::new(&plan, N);
            let mut scores = Settings::default().sampler(&plan).scores();
            let mut first = 0;
            let mut mean = Mean::default();
            group.bench_function(case.name, |bencher| {
                bencher.iter(|| {
                    let mut batch = Mean::default();
                    evaluate(&plan, &mut workspace, &mut scores, first, N, &mut batch);
                    first += N as u64;
                    mean.sum += batch.sum;
                    mean.n += batch.n;
                    // Six standard errors.
                    let found = mean.sum / mean.n as f64;
                    let tolerance = 6.0 * case.spread / (mean.n as f64).sqrt();
                    assert!(
                        (found - case.mean).abs() < tolerance,
                        "{}: {found}",
                        case.name
                    );
                });
            });
        }
        group.finish();
    }
}

/// A table of each family that has one, built.
fn tables(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("table");
    for case in &CASES {
        let plan = plan(case, false);
        let Some(fixed) = plan.distributions.first() else {
            continue;
        };
        if fixed.share_from_table() == 0.0 {
            continue;
        }
        group.bench_function(case.name, |bencher| {
            bencher.iter(|| {
                let built = FixedDistribution::new(fixed.distribution().clone());
                assert!(built.share_from_table() > 0.999, "{}", case.name);
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = families;
    config = Criterion::default().sample_size(10).measurement_time(std::time::Duration::from_millis(300)).warm_up_time(std::time::Duration::from_millis(100));
    targets = draws, tables
}
criterion_main!(families);
