//! `fanfare run --profile`: where the time of a run goes, by stage, by operation and by node.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::progress::now;
use crate::eval::Laps;
use crate::plan::{Instruction, Link, Links, Plan};
use crate::run::{Loaded, Settings, measure};

/// Lines of each table; the rest is summed.
const MOST_LINES: usize = 24;
/// Batches measured, after one that warms up.
const BATCHES: u64 = 8;

/// The time of each stage of a run.
pub(super) struct Stages {
    last: Instant,
    list: Vec<(&'static str, Duration)>,
}

impl Stages {
    pub(super) fn start() -> Self {
        Self {
            last: now(),
            list: Vec::new(),
        }
    }

    /// Ends a stage, which began where the one before ended.
    pub(super) fn end(&mut self, stage: &'static str) {
        let now = now();
        self.list.push((stage, now - self.last));
        self.last = now;
    }

    /// Prints the stages, then evaluates a few batches again and prints what each operation and each node takes.
    pub(super) fn print(&self, loaded: &Loaded, plan: &Plan, settings: &Settings) {
        eprintln!("{:<28}{:>12}", "stage", "seconds");
        for (stage, time) in &self.list {
            eprintln!("{stage:<28}{:>12.3}", time.as_secs_f64());
        }
        let mut watch = Stopwatch::new(plan.instructions.len());
        let n = measure(plan, settings, 1, &mut watch);
        watch.clear();
        measure(plan, settings, BATCHES, &mut watch);
        let trials = (n as u64 * BATCHES) as f64;
        let names = plan.origins.iter().map(|origin| match origin {
            Some(node) => loaded.model.node(*node).name.to_string(),
            None => "(outputs and crossings)".to_owned(),
        });
        let operations = plan.instructions.iter().map(|one| operation(plan, one));
        for (what, table) in [
            ("operation", watch.table(operations)),
            ("node", watch.table(names)),
        ] {
            eprintln!(
                "\n{what:<28}{:>12}{:>14}{:>10}",
                "µs/trial", "instructions", "share"
            );
            let total: f64 = table.iter().map(|line| line.nanoseconds).sum();
            let show = |name: &str, count: usize, nanoseconds: f64| {
                eprintln!(
                    "{name:<28}{:>12.3}{count:>14}{:>9.1}%",
                    nanoseconds / trials / 1e3,
                    100.0 * nanoseconds / total
                );
            };
            let (shown, rest) = table.split_at(table.len().min(MOST_LINES));
            for line in shown {
                show(&line.name, line.count, line.nanoseconds);
            }
            if !rest.is_empty() {
                let count = rest.iter().map(|line| line.count).sum();
                show(
                    "(others)",
                    count,
                    rest.iter().map(|line| line.nanoseconds).sum(),
                );
            }
            show(
                "evaluation, without statistics",
                plan.instructions.len(),
                total,
            );
        }
    }
}

struct Line {
    name: String,
    count: usize,
    nanoseconds: f64,
}

/// The time of each instruction.
struct Stopwatch {
    last: Instant,
    /// What reading the clock takes, in nanoseconds.
    overhead: f64,
    of: Vec<Duration>,
}

impl Stopwatch {
    fn new(n_instructions: usize) -> Self {
        const READINGS: u32 = 1000;
        let start = now();
        for _ in 0..READINGS {
            std::hint::black_box(now());
        }
        let overhead = start.elapsed().as_nanos() as f64 / f64::from(READINGS);
        Self {
            last: now(),
            overhead,
            of: vec![Duration::ZERO; n_instructions],
        }
    }

    fn clear(&mut self) {
        self.of.fill(Duration::ZERO);
        self.last = now();
    }

    /// Time by name, most first.
    fn table(&self, names: impl Iterator<Item = String>) -> Vec<Line> {
        let mut sums: BTreeMap<String, (usize, f64)> = BTreeMap::new();
        for (name, time) in names.zip(&self.of) {
            let (count, sum) = sums.entry(name).or_default();
            *count += 1;
            *sum += (time.as_nanos() as f64 - self.overhead * BATCHES as f64).max(0.0);
        }
        let mut table: Vec<_> = sums
            .into_iter()
            .map(|(name, (count, nanoseconds))| Line {
                name,
                count,
                nanoseconds,
            })
            .collect();
        table.sort_by(|a, b| b.nanoseconds.total_cmp(&a.nanoseconds));
        table
    }
}

impl Laps for Stopwatch {
    fn lap(&mut self, instruction: usize) {
        let now = now();
        self.of[instruction] += now - self.last;
        self.last = now;
    }
}

/// Its name in the table of operations.
fn operation(plan: &Plan, instruction: &Instruction) -> String {
    let name = match instruction {
        Instruction::Score { .. } => "score",
        Instruction::Level { .. } => "uniform number",
        Instruction::Unary { op, .. } => op.name(),
        Instruction::Binary { op, .. } => op.name(),
        Instruction::Chain { links, .. } => return chain(*links),
        Instruction::Select { .. } => "if",
        Instruction::Combine { .. } => "combination of scores",
        Instruction::Draw { distribution, .. } => {
            let from_table = plan.distributions[*distribution as usize].share_from_table();
            if from_table > 0.0 {
                "draw, from a table"
            } else {
                "draw, fixed parameters"
            }
        }
        Instruction::DrawWith { .. } => "draw, varying parameters",
        Instruction::OrderStatistic { .. } => "quantile",
        Instruction::Interpolate { .. } => "interpolate",
        Instruction::CrossingFirst { .. }
        | Instruction::CrossingRecross { .. }
        | Instruction::CrossingDate { .. } => "crossing",
        Instruction::Deliver { .. } => "delivery",
        Instruction::Keep { .. } => "kept row",
    };
    name.to_owned()
}

/// What a chain does, in its order: `* - /`.
fn chain(links: Links) -> String {
    let symbol = |link: &Link| match link {
        Link::Add => "+",
        Link::Subtract | Link::SubtractFrom => "-",
        Link::Multiply => "*",
        Link::Divide | Link::DivideInto => "/",
    };
    let links = match &links {
        Links::Two(links) => &links[..],
        Links::Three(links) => links,
    };
    let symbols: Vec<_> = links.iter().map(symbol).collect();
    symbols.join(" ")
}
