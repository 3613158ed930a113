//! A table of the designs for any model: the variance of its outputs' means and crossing probabilities over replicates.
//!
//! `FANFARE_MODEL=models/flash-calling/model.toml cargo test --release --test designs a_model_in_every_design -- --ignored --nocapture`
//! prints it; `FANFARE_POINTS` (4096), a power of two, and `FANFARE_REPLICATES` (32) may be set, too.

use std::path::Path;

use fanfare::eval::{Sink, Workspace, evaluate};
use fanfare::plan::{Plan, PlanRequest, TargetKind, build};
use fanfare::run::{Loaded, VariantChoice, load, sobol_order};
use fanfare::sample::{Design, Sampler, SobolOrder};

const TRIALS_PER_BATCH: usize = 512;

/// Sums of all targets over a replicate; of a crossing the number of trials that crossed up to each label.
struct Sums {
    kinds: Vec<TargetKind>,
    last_label: f64,
    sums: Vec<f64>,
}

impl Sink for Sums {
    fn accept(&mut self, target: usize, values: &[f64]) {
        self.sums[target] += match self.kinds[target] {
            TargetKind::First { .. } => values
                .iter()
                .filter(|&&first| first <= self.last_label)
                .count() as f64,
            _ => values.iter().sum(),
        };
    }
}

/// For each target the mean and the variance over replicates of its mean in one replicate.
fn spread(
    loaded: &Loaded,
    plan: &Plan,
    design: Design,
    points: u64,
    replicates: u64,
    order: &SobolOrder,
) -> Vec<(f64, f64)> {
    let model = &loaded.model;
    let n_labels = model
        .dimensions
        .time()
        .map_or(0, |time| model.dimensions.at(time).len());
    let sampler = Sampler::new(1, design, &plan.streams, Some(order));
    let mut scores = sampler.scores();
    let mut workspace = Workspace::new(plan, TRIALS_PER_BATCH);
    let mut means = vec![Vec::new(); plan.targets.len()];
    for replicate in 0..replicates {
        let mut sums = Sums {
            kinds: plan.targets.iter().map(|target| target.kind).collect(),
            last_label: n_labels as f64 - 0.5,
            sums: vec![0.0; plan.targets.len()],
        };
        for offset in (0..points).step_by(TRIALS_PER_BATCH) {
            let n = (points - offset).min(TRIALS_PER_BATCH as u64) as usize;
            evaluate(
                plan,
                &mut workspace,
                &mut scores,
                replicate * points + offset,
                n,
                &mut sums,
            );
        }
        for (list, sum) in means.iter_mut().zip(&sums.sums) {
            list.push(sum / points as f64);
        }
    }
    let r = replicates as f64;
    means
        .iter()
        .map(|list| {
            let mean = list.iter().sum::<f64>() / r;
            (
                mean,
                list.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (r - 1.0),
            )
        })
        .collect()
}

#[test]
#[ignore = "prints a table of any model: a minute for the flagship in a release build"]
fn a_model_in_every_design() {
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |text| text.parse().expect("a whole number"))
    };
    let path = std::env::var("FANFARE_MODEL").expect("FANFARE_MODEL names a model file");
    let (points, replicates) = (
        number("FANFARE_POINTS", 4096),
        number("FANFARE_REPLICATES", 32),
    );
    let loaded = load(Path::new(&path), &VariantChoice::default()).expect("a sound model");
    let plan = build(&loaded.model, PlanRequest::Outermost).expect("a sound plan");
    let start = std::time::Instant::now();
    let order = sobol_order(&loaded, 1).expect("a sound plan");
    println!(
        "pilot: {:.2} s; first groups: {:?}",
        start.elapsed().as_secs_f64(),
        &order.to_texts()[..order.groups().len().min(10)]
    );
    let designs = [
        Design::Random,
        Design::Latin { points },
        Design::Sobol { points },
    ];
    let found = designs.map(|design| {
        let start = std::time::Instant::now();
        let found = spread(&loaded, &plan, design, points, replicates, &order);
        println!("{}: {:.2} s", design.name(), start.elapsed().as_secs_f64());
        found
    });
    // The ratio of two variances of R replicates each is known to √(4/(R − 1)).
    println!(
        "\n{replicates} replicates of {points} points; ratios of variances are known to {:.0} %",
        100.0 * (4.0 / (replicates as f64 - 1.0)).sqrt()
    );
    println!(
        "| quantity | mean | sd, random | sd, latin | sd, sobol | random/latin | random/sobol |\n|---|---|---|---|---|---|---|"
    );
    for (target, declared) in plan.targets.iter().enumerate() {
        let name = match declared.kind {
            TargetKind::Output { output, .. } => loaded.model.outputs[output].name.clone(),
            TargetKind::First { crossing, .. } => format!(
                "P({} by the last label)",
                loaded.model.crossings[crossing].name
            ),
            TargetKind::Recross { .. } | TargetKind::Date { .. } => continue,
        };
        let [random, latin, sobol] = [0, 1, 2].map(|design: usize| found[design][target]);
        println!(
            "| {name} | {:.4e} | {:.2e} | {:.2e} | {:.2e} | {:.1} | {:.1} |",
            random.0,
            random.1.sqrt(),
            latin.1.sqrt(),
            sobol.1.sqrt(),
            random.1 / latin.1,
            random.1 / sobol.1
        );
    }
}
