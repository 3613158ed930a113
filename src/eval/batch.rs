//! One batch of trials through a plan.

use super::crossing;
use super::kernels::{self, Source};
use crate::dist;
use crate::plan::{Instruction, Operand, Plan, Range32, interpolate, order_statistic};
use crate::sample::Scores;

/// Takes the rows that a plan delivers.
pub trait Sink {
    /// The values of target number `target` for the trials of this batch, in order.
    fn accept(&mut self, target: usize, values: &[f64]);
}

/// Buffers for one thread: made once, used for every batch.
#[derive(Debug, Clone)]
pub struct Workspace {
    rows: Vec<Vec<f64>>,
    kept: Vec<Vec<f64>>,
    numbers: Vec<f64>,
    parameters: Vec<dist::ParameterValue>,
    trials_per_batch: usize,
}

impl Workspace {
    /// Buffers for batches of at most `trials_per_batch` trials.
    #[must_use]
    pub fn new(plan: &Plan, trials_per_batch: usize) -> Self {
        Self {
            rows: vec![vec![0.0; trials_per_batch]; plan.n_rows],
            kept: vec![vec![0.0; trials_per_batch]; plan.n_kept],
            numbers: Vec::new(),
            parameters: Vec::new(),
            trials_per_batch,
        }
    }

    /// A kept row of the batch evaluated last, cut to its first `n` trials.
    #[must_use]
    pub fn kept(&self, row: usize, n: usize) -> &[f64] {
        &self.kept[row][..n]
    }
}

/// Evaluates the trials `first_trial .. first_trial + n`.
///
/// # Panics
/// If `n` exceeds the workspace's trials per batch.
pub fn evaluate(
    plan: &Plan,
    workspace: &mut Workspace,
    scores: &mut dyn Scores,
    first_trial: u64,
    n: usize,
    sink: &mut dyn Sink,
) {
    assert!(
        n <= workspace.trials_per_batch,
        "a batch of {n} trials does not fit the workspace"
    );
    for instruction in &plan.instructions {
        match *instruction {
            Instruction::Score { stream, out } => {
                scores.fill(
                    stream as usize,
                    first_trial,
                    &mut workspace.rows[out as usize][..n],
                );
            }
            Instruction::Deliver {
                target,
                from: Operand::Row(row),
            } => {
                sink.accept(target as usize, &workspace.rows[row as usize][..n]);
            }
            Instruction::Deliver {
                target,
                from: Operand::Number(x),
            } => {
                workspace.numbers.clear();
                workspace.numbers.resize(n, x);
                sink.accept(target as usize, &workspace.numbers);
            }
            Instruction::Keep { row, from } => match from {
                Operand::Row(from) => workspace.kept[row as usize][..n]
                    .copy_from_slice(&workspace.rows[from as usize][..n]),
                Operand::Number(x) => workspace.kept[row as usize][..n].fill(x),
            },
            Instruction::Unary { out, .. }
            | Instruction::Binary { out, .. }
            | Instruction::Select { out, .. }
            | Instruction::Combine { out, .. }
            | Instruction::Draw { out, .. }
            | Instruction::DrawWith { out, .. }
            | Instruction::OrderStatistic { out, .. }
            | Instruction::Interpolate { out, .. }
            | Instruction::CrossingFirst { out, .. }
            | Instruction::CrossingRecross { out, .. }
            | Instruction::CrossingDate { out, .. } => {
                // The row is taken out of the buffer while it is written: no instruction reads its own `out`.
                let mut row = std::mem::take(&mut workspace.rows[out as usize]);
                compute(plan, workspace, instruction, &mut row[..n]);
                workspace.rows[out as usize] = row;
            }
        }
    }
}

fn compute(plan: &Plan, workspace: &mut Workspace, instruction: &Instruction, out: &mut [f64]) {
    let n = out.len();
    let Workspace {
        rows,
        numbers: list,
        parameters,
        ..
    } = workspace;
    let rows: &[Vec<f64>] = rows;
    let row = |row: u32| &rows[row as usize][..n];
    let source = |operand| Source::of(operand, rows, n);
    let operands = |range: Range32| &plan.operands[range.indices()];
    match *instruction {
        Instruction::Unary { op, a, .. } => kernels::unary(op, out, row(a)),
        Instruction::Binary { op, a, b, .. } => kernels::binary(op, out, source(a), source(b)),
        Instruction::Select { c, a, b, .. } => kernels::select(out, row(c), source(a), source(b)),
        Instruction::Combine {
            numbers,
            operands: range,
            ..
        } => {
            for (k, (&factor, &operand)) in plan.numbers[numbers.indices()]
                .iter()
                .zip(operands(range))
                .enumerate()
            {
                match (source(operand), k) {
                    (Source::Row(a), 0) => kernels::scale(out, factor, a),
                    (Source::Row(a), _) => kernels::add_scaled(out, factor, a),
                    (Source::Number(x), 0) => out.fill(factor * x),
                    (Source::Number(x), _) => out.iter_mut().for_each(|slot| *slot += factor * x),
                }
            }
        }
        Instruction::Draw {
            distribution,
            score,
            ..
        } => {
            let distribution = &plan.distributions[distribution as usize];
            for (slot, &z) in out.iter_mut().zip(row(score)) {
                *slot = distribution.draw(z);
            }
        }
        Instruction::DrawWith {
            parametrisation,
            operands: range,
            ..
        } => {
            let parametrisation = &plan.parametrisations[parametrisation as usize];
            for (trial, slot) in out.iter_mut().enumerate() {
                parameters.clear();
                parameters.extend(
                    operands(range)
                        .iter()
                        .map(|&operand| dist::ParameterValue::Number(source(operand).at(trial))),
                );
                let score = match parameters.pop() {
                    Some(dist::ParameterValue::Number(score)) => score,
                    _ => f64::NAN,
                };
                // Parameters outside their domain give NaN, which the run counts and locates.
                *slot = dist::build(parametrisation, parameters)
                    .map_or(f64::NAN, |distribution| distribution.draw(score));
            }
        }
        Instruction::OrderStatistic {
            operands: range, ..
        } => each_trial(out, operands(range), &source, list, |list| {
            let level = list.pop().unwrap_or(f64::NAN);
            order_statistic(list, level)
        }),
        Instruction::Interpolate {
            numbers,
            operands: range,
            ..
        } => {
            let knots = &plan.numbers[numbers.indices()];
            each_trial(out, operands(range), &source, list, |list| {
                let t = list.pop().unwrap_or(f64::NAN);
                interpolate(t, knots, list)
            });
        }
        Instruction::CrossingFirst {
            operands: range, ..
        } => crossing::first(out, operands(range).iter().map(|&operand| source(operand))),
        Instruction::CrossingRecross {
            operands: range, ..
        } => crossing::recross(out, operands(range).iter().map(|&operand| source(operand))),
        Instruction::CrossingDate {
            first_label,
            operands: range,
            ..
        } => crossing::date(
            out,
            first_label,
            operands(range).iter().map(|&operand| source(operand)),
        ),
        Instruction::Score { .. } | Instruction::Deliver { .. } | Instruction::Keep { .. } => {}
    }
}

/// Gathers the operands of each trial into `list` and applies `f`.
fn each_trial<'a>(
    out: &mut [f64],
    operands: &[Operand],
    source: &impl Fn(Operand) -> Source<'a>,
    list: &mut Vec<f64>,
    mut f: impl FnMut(&mut Vec<f64>) -> f64,
) {
    for (trial, slot) in out.iter_mut().enumerate() {
        list.clear();
        list.extend(operands.iter().map(|&operand| source(operand).at(trial)));
        *slot = f(list);
    }
}
