//! Instructions executed by kernels, planning, small whole runs and what they write: counted by valgrind, so equal on every machine of a kind, however busy. `.ci/instructions` compares them with `instructions.json`.
//!
//! Valgrind has no AVX-512, so the AVX2 path is counted.

#![allow(missing_docs, reason = "the macros make public modules")]

use std::hint::black_box;
use std::path::Path;

use fanfare::eval::{Sink, Workspace, evaluate};
use fanfare::export::{json, quantiles_csv};
use fanfare::plan::{Plan, PlanRequest, build};
use fanfare::result::ResultDocument;
use fanfare::run::{
    Loaded, Settings, Unobserved, VariantChoice, load, load_from, sample, simulate,
};
use fanfare::sample::Scores;
use fanfare::source::Memory;
use gungraun::{library_benchmark, library_benchmark_group, main};

/// Trials of a typical batch.
const N: usize = 1024;

/// Scores spread evenly over (−2, 2): kernels alone are counted, without draws.
struct Grid;

impl Scores for Grid {
    fn fill(&mut self, _stream: usize, _first_trial: u64, out: &mut [f64]) {
        let n = out.len() as f64;
        for (i, score) in out.iter_mut().enumerate() {
            *score = (i as f64 + 0.5) / n * 4.0 - 2.0;
        }
    }
}

/// The last value of each row, so that no work is left out.
#[derive(Default)]
struct Last(f64);

impl Sink for Last {
    fn accept(&mut self, _target: usize, values: &[f64]) {
        // Dates of crossings are infinite where there is none.
        let last = values[values.len() - 1];
        self.0 += if last.is_infinite() { 0.0 } else { last };
    }
}

/// A plan whose output is `expression` of one standard normal input x.
fn plan_of(expression: &str) -> (Plan, Workspace) {
    let text = format!(
        "fanfare = 1\nname = \"kernel\"\ntitle = \"Kernel\"\n\
         [inputs.x]\nis = 'normal(mean = 0, sd = 1)'\nbasis = \"free\"\n\
         [outputs.y]\nis = '{expression}'\nplaces = [\"world\"]\n"
    );
    let source = Memory::new().with("model.toml", text);
    let loaded = load_from(&source, "model.toml", &VariantChoice::default())
        .unwrap_or_else(|refused| panic!("{:?}", refused.problems));
    plan_and_workspace(&loaded)
}

fn plan_and_workspace(loaded: &Loaded) -> (Plan, Workspace) {
    let plan = build(&loaded.model, PlanRequest::Statistics).expect("the model can be planned");
    let workspace = Workspace::new(&plan, N);
    (plan, workspace)
}

fn model(path: &str) -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    load(&path, &VariantChoice::default()).expect("the models of the repository are sound")
}

fn flagship() -> Loaded {
    model("models/flash-calling/model.toml")
}

fn planned_flagship() -> (Plan, Workspace) {
    plan_and_workspace(&flagship())
}

// One batch through a kernel: 1,024 trials.
#[library_benchmark(setup = plan_of)]
#[bench::add("x + 1")]
#[bench::exp("exp(x)")]
#[bench::ln("ln(x + 3)")]
#[bench::logistic("logistic(x)")]
#[bench::power("(x + 3) ^ x")]
#[bench::sin("sin(x)")]
#[bench::normal_cdf("normal_cdf(x)")]
#[bench::normal_quantile("normal_quantile(x / 5 + 0.5)")]
fn kernel((plan, mut workspace): (Plan, Workspace)) -> f64 {
    let mut last = Last::default();
    evaluate(black_box(&plan), &mut workspace, &mut Grid, 0, N, &mut last);
    assert!(last.0.is_finite());
    last.0
}

// One batch of the flagship without draws and statistics.
#[library_benchmark(setup = planned_flagship)]
fn flagship_batch((plan, mut workspace): (Plan, Workspace)) -> f64 {
    let mut last = Last::default();
    evaluate(black_box(&plan), &mut workspace, &mut Grid, 0, N, &mut last);
    assert!(last.0.is_finite());
    last.0
}

// The flagship from checked model to plan.
#[library_benchmark(setup = flagship)]
fn flagship_plan(loaded: Loaded) -> usize {
    let plan = build(black_box(&loaded.model), PlanRequest::Statistics);
    plan.expect("the flagship can be planned").targets.len()
}

// A whole run on one thread: plan, central case, draws, trials, statistics, result.
#[library_benchmark(setup = model)]
#[bench::ishigami("models/examples/ishigami/model.toml")]
#[bench::persistent_shock("models/examples/persistent-shock/model.toml")]
fn run(loaded: Loaded) -> f64 {
    let settings = Settings {
        trials: 8192,
        threads: Some(1),
        ..Settings::default()
    };
    let result = simulate(black_box(&loaded), &settings, &Unobserved).expect("all is finite");
    let (_, output) = result.outputs.iter().next().expect("an output");
    output.cells[0].mean.expect("a mean of 8,192 trials")
}

// A short run of the flagship: 2,048 trials.
#[library_benchmark(setup = flagship)]
fn flagship_run(loaded: Loaded) -> f64 {
    let settings = Settings {
        trials: 2048,
        threads: Some(1),
        ..Settings::default()
    };
    let result = simulate(black_box(&loaded), &settings, &Unobserved).expect("all is finite");
    let revenue = result.outputs.get("revenue").expect("an output");
    revenue.cells[0].mean.expect("a mean of 2,048 trials")
}

/// Idle threads count instructions, too.
fn on_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    pool.expect("one thread can be had").install(work)
}

/// The result of a short run of the flagship.
fn flagship_result() -> ResultDocument {
    let settings = Settings {
        trials: 1024,
        threads: Some(1),
        ..Settings::default()
    };
    simulate(&flagship(), &settings, &Unobserved).expect("all is finite")
}

// What a run writes, as bytes: the document and its table.
#[library_benchmark(setup = flagship_result)]
fn flagship_files(document: ResultDocument) -> usize {
    let document = black_box(&document);
    on_one_thread(|| {
        let json = json(document).expect("all is finite");
        json.len() + quantiles_csv(document).len()
    })
}

// The drivers of one output that the report shows, planned and sampled: 1,024 trials.
#[library_benchmark(setup = flagship)]
fn flagship_drivers(loaded: Loaded) -> f64 {
    let settings = Settings {
        trials: 1024,
        ..Settings::default()
    };
    let request = PlanRequest::Drivers { output: 0 };
    let plan = build(black_box(&loaded.model), request).expect("the flagship can be planned");
    on_one_thread(|| {
        let sample = sample(&plan, &settings);
        let (_, at) = sample.last_cell(0).expect("the first output has cells");
        sample.drivers(0, &at)[0].correlation
    })
}

library_benchmark_group!(
    name = engine;
    benchmarks = kernel, flagship_batch, flagship_plan, run, flagship_run, flagship_files, flagship_drivers
);
main!(library_benchmark_groups = engine);
