//! Shares in common, persistence, correlations, truncation and hierarchies in every design.

use std::collections::BTreeMap;

use fanfare::eval::{Sink, Workspace, evaluate};
use fanfare::plan::{PlanRequest, build};
use fanfare::run::{Loaded, VariantChoice, load_from, sobol_order};
use fanfare::sample::{Design, Sampler};
use fanfare::source::Memory;
use statrs::distribution::{ContinuousCDF, Normal};

const MODEL: &str = r#"
fanfare = 1
name = "dependence"

[dimensions.year]
range = [2023, 2026]
time = true
[dimensions.region]
labels = ["north", "south"]
[dimensions.country]
labels = ["a", "b", "c"]
parent.region = { a = "north", b = "north", c = "south" }

[inputs.alike]
over = ["country"]
is = 'normal(mean = 0, sd = 1)'
alike = { world = 0.3, region = 0.4 }
rollup = "sum"
[inputs.persistent]
over = ["country", "year"]
is = 'normal(mean = 0, sd = 1)'
alike = { world = 0.5 }
persist = 0.8
rollup = "sum"
[inputs.first]
is = 'lognormal(median = 2, gsd = 1.5)'
[inputs.second]
is = 'gamma(mean = 3, sd = 2)'
[inputs.truncated]
is = 'normal(mean = 0, sd = 1, min = 1, max = 2.5)'
[inputs.level]
is = 'normal(mean = 10, sd = 3)'
[inputs.below]
over = ["country"]
is = 'normal(mean = level, sd = 4)'
rollup = "sum"

[outputs.total]
is = 'alike + persistent + below + first + second + truncated'
places = ["world"]

[[correlations]]
between = ["first", "second"]
kind = "spearman"
value = -0.6
"#;

const POINTS: u64 = 4096;
const TRIALS: u64 = 16 * POINTS;
const DESIGNS: [Design; 3] = [
    Design::Random,
    Design::Latin { points: POINTS },
    Design::Sobol { points: POINTS },
];

struct Ignore;

impl Sink for Ignore {
    fn accept(&mut self, _target: usize, _values: &[f64]) {}
}

/// The values of all cells of all nodes: (name, cell) → one number for each trial.
fn sampled(design: Design) -> BTreeMap<(String, usize), Vec<f64>> {
    const TRIALS_PER_BATCH: usize = 512;
    let files = Memory::new().with("model.toml", MODEL);
    let loaded: Loaded = load_from(&files, "model.toml", &VariantChoice::default()).unwrap();
    let plan = build(&loaded.model, PlanRequest::EveryNode).unwrap();
    let order = sobol_order(&loaded, 5).unwrap();
    let sampler = Sampler::new(5, design, &plan.streams, Some(&order));
    let mut scores = sampler.scores();
    let mut workspace = Workspace::new(&plan, TRIALS_PER_BATCH);
    let mut values = BTreeMap::new();
    for first in (0..TRIALS).step_by(TRIALS_PER_BATCH) {
        evaluate(
            &plan,
            &mut workspace,
            &mut scores,
            first,
            TRIALS_PER_BATCH,
            &mut Ignore,
        );
        for cell in &plan.nodes {
            let name = loaded.model.node(cell.node).name.clone();
            let column: &mut Vec<f64> = values.entry((name, cell.cell)).or_default();
            column.extend_from_slice(workspace.kept(cell.row, TRIALS_PER_BATCH));
        }
    }
    values
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let mean = |x: &[f64]| x.iter().sum::<f64>() / n;
    let (ma, mb) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(usize) -> f64| (0..a.len()).map(f).sum::<f64>();
    sum(&|i| (a[i] - ma) * (b[i] - mb))
        / (sum(&|i| (a[i] - ma).powi(2)) * sum(&|i| (b[i] - mb).powi(2))).sqrt()
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for (rank, &index) in order.iter().enumerate() {
        ranks[index] = rank as f64;
    }
    ranks
}

/// Six standard errors of the random design, which the others do not exceed by much: (1 − r²)/√N for Pearson's correlation of normals, at
/// most 1.1 times that for Spearman's. A false alarm has a probability of 2e-9.
fn is_near(found: f64, asked: f64) -> bool {
    (found - asked).abs() < 6.0 * 1.1 * (1.0 - asked * asked) / (TRIALS as f64).sqrt()
}

#[test]
fn correlations_are_those_asked_in_every_design() {
    for design in DESIGNS {
        let values = sampled(design);
        let at = |name: &str, cell: usize| &values[&(name.to_owned(), cell)];
        let check = |found: f64, asked: f64, what: &str| {
            assert!(
                is_near(found, asked),
                "{design:?}: {what} {found}, asked {asked}"
            );
        };
        // Two countries of one region share 0.3 + 0.4, of two regions 0.3.
        let year = |country: usize, year: usize| at("persistent", year * 3 + country);
        check(pearson(at("alike", 0), at("alike", 1)), 0.7, "one region");
        check(pearson(at("alike", 0), at("alike", 2)), 0.3, "two regions");
        // Cells are year by year, three countries each.
        for lag in 1..4 {
            let found = pearson(year(0, 0), year(0, lag));
            check(found, 0.8_f64.powi(lag as i32), "years");
        }
        check(pearson(year(0, 3), year(1, 3)), 0.5, "countries");
        check(pearson(year(0, 0), year(1, 1)), 0.4, "both");
        let found = pearson(&ranks(at("first", 0)), &ranks(at("second", 0)));
        check(found, -0.6, "ranks");
        check(
            pearson(at("truncated", 0), at("first", 0)),
            0.0,
            "unrelated",
        );
        // level explains 9 of 25.
        check(pearson(at("below", 0), at("below", 2)), 0.36, "hierarchy");
        check(pearson(at("below", 0), at("level", 0)), 0.6, "parameter");
    }
}

/// The share below each quantile is that of the declared family: within six standard errors of the random design in each of the three.
/// Where an input has a stream of its own, `latin` and `sobol` hit it in every replicate but for one point.
#[test]
fn marginals_are_those_declared_in_every_design() {
    let normal = Normal::new(0.0, 1.0).unwrap();
    let (low, high) = (normal.cdf(1.0), normal.cdf(2.5));
    let truncated = |p: f64| normal.inverse_cdf(low + p * (high - low));
    let z = |p: f64| normal.inverse_cdf(p);
    let quantiles: [(&str, bool, &dyn Fn(f64) -> f64); 6] = [
        ("truncated", true, &truncated),
        ("first", true, &|p| 2.0 * (1.5_f64.ln() * z(p)).exp()),
        ("level", true, &|p| 10.0 + 3.0 * z(p)),
        ("below", false, &|p| 10.0 + 5.0 * z(p)),
        ("alike", false, &z),
        ("persistent", false, &z),
    ];
    for design in DESIGNS {
        let values = sampled(design);
        for (name, has_own_stream, quantile) in &quantiles {
            let column = &values[&((*name).to_owned(), 0)];
            for p in [0.001, 0.05, 0.25, 0.5, 0.9, 0.999] {
                let q = quantile(p);
                let below = |part: &[f64]| part.iter().filter(|&&x| x <= q).count() as f64;
                let sd = (p * (1.0 - p) / TRIALS as f64).sqrt();
                let share = below(column) / TRIALS as f64;
                assert!(
                    (share - p).abs() < 6.0 * sd,
                    "{design:?} {name} {p}: {share}"
                );
                if *has_own_stream && design != Design::Random {
                    for part in column.chunks(POINTS as usize) {
                        let off = below(part) - p * POINTS as f64;
                        assert!(off.abs() < 1.0 + 1e-6, "{design:?} {name} {p}: {off}");
                    }
                }
            }
        }
        let truncated = &values[&("truncated".to_owned(), 0)];
        assert!(truncated.iter().all(|x| (1.0..=2.5).contains(x)));
    }
}
