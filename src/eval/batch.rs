//! One batch of trials through a plan.

use fearless_simd::dispatch;

use super::chain;
use super::crossing;
use super::draw;
use super::kernels;
use super::rows::{Block, LANES, Rows};
use super::source::Source;
use crate::dist;
use crate::math::simd_level;
use crate::plan::{Instruction, Operand, Plan, Range32, interpolate, order_statistic};
use crate::sample::Scores;

/// Takes the rows that a plan delivers.
pub trait Sink {
    /// The values of target number `target` for the trials of this batch, in order.
    fn accept(&mut self, target: usize, values: &[f64]);
}

/// Is told when an instruction has been executed, to measure how long each takes.
pub trait Laps {
    /// Instruction number `instruction` of the plan is done, the one before having been done when this was called last.
    fn lap(&mut self, instruction: usize);
}

/// Bytes of rows that one batch may take. Rows of a large model then lie beyond the second-level cache, which costs its evaluation some speed;
/// but long batches spare the statistics, which touch a histogram of 2 KB for each target and batch, and that weighs more.
const BYTES_PER_BATCH: usize = 16 * 1024 * 1024;
/// Trials of a block of rows: a batch of fewer takes as long, and chosen batches are whole multiples.
const FEWEST_TRIALS: usize = LANES;
/// Trials of the longest batch that is chosen.
const MOST_TRIALS: usize = 1024;

/// Trials of a batch by which a plan is evaluated fastest: whole blocks of rows.
#[must_use]
pub fn trials_per_batch(plan: &Plan) -> usize {
    let rows = plan.n_rows.max(1);
    (BYTES_PER_BATCH / (size_of::<f64>() * rows)).clamp(FEWEST_TRIALS, MOST_TRIALS) / LANES * LANES
}

/// Buffers for one thread: made once, used for every batch.
#[derive(Debug, Clone)]
pub struct Workspace {
    rows: Rows,
    kept: Rows,
    numbers: Vec<f64>,
    chain_numbers: chain::Numbers,
    parameters: Vec<dist::ParameterValue>,
    trials_per_batch: usize,
}

impl Workspace {
    /// Buffers for batches of at most `trials_per_batch` trials.
    #[must_use]
    pub fn new(plan: &Plan, trials_per_batch: usize) -> Self {
        Self {
            rows: Rows::new(plan.n_rows, trials_per_batch),
            kept: Rows::new(plan.n_kept, trials_per_batch),
            numbers: Vec::new(),
            chain_numbers: chain::Numbers::NONE,
            parameters: Vec::new(),
            trials_per_batch,
        }
    }

    /// A kept row of the batch evaluated last, cut to its first `n` trials.
    #[must_use]
    pub fn kept(&self, row: usize, n: usize) -> &[f64] {
        &self.kept.row(row as u32, n.div_ceil(LANES)).as_flattened()[..n]
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
    evaluate_measured(plan, workspace, scores, first_trial, n, sink, None);
}

/// [`evaluate`], telling `laps` of each instruction.
///
/// # Panics
/// If `n` exceeds the workspace's trials per batch.
pub fn evaluate_measured(
    plan: &Plan,
    workspace: &mut Workspace,
    scores: &mut dyn Scores,
    first_trial: u64,
    n: usize,
    sink: &mut dyn Sink,
    laps: Option<&mut dyn Laps>,
) {
    assert!(
        n <= workspace.trials_per_batch,
        "a batch of {n} trials does not fit the workspace"
    );
    let batch = Batch {
        plan,
        first_trial,
        n,
        n_blocks: n.div_ceil(LANES),
    };
    dispatch!(simd_level(), _simd => batch.run(workspace, scores, sink, laps));
}

/// The trials that are evaluated together. Rows hold whole blocks: what lies beyond the last trial is computed too, and read by nobody.
#[derive(Clone, Copy)]
struct Batch<'a> {
    plan: &'a Plan,
    first_trial: u64,
    n: usize,
    n_blocks: usize,
}

impl Batch<'_> {
    #[inline(always)]
    fn run(
        self,
        workspace: &mut Workspace,
        scores: &mut dyn Scores,
        sink: &mut dyn Sink,
        mut laps: Option<&mut dyn Laps>,
    ) {
        for (index, instruction) in self.plan.instructions.iter().enumerate() {
            self.execute(instruction, workspace, scores, sink);
            if let Some(laps) = &mut laps {
                laps.lap(index);
            }
        }
    }

    #[inline(always)]
    fn execute(
        self,
        instruction: &Instruction,
        workspace: &mut Workspace,
        scores: &mut dyn Scores,
        sink: &mut dyn Sink,
    ) {
        let Self {
            plan, n, n_blocks, ..
        } = self;
        let Workspace {
            rows,
            kept,
            numbers: list,
            chain_numbers,
            parameters,
            ..
        } = workspace;
        let operands = |range: Range32| &plan.operands[range.indices()];
        match *instruction {
            Instruction::Binary { op, a, b, out } => {
                let (out, rows) = rows.split(out, n_blocks);
                kernels::binary(op, out, Source::of(a, rows), Source::of(b, rows));
            }
            Instruction::Unary { op, a, out } => {
                let (out, rows) = rows.split(out, n_blocks);
                kernels::unary(op, out, rows.row(a));
            }
            Instruction::Chain {
                links,
                operands: range,
                out,
            } => {
                let (out, rows) = rows.split(out, n_blocks);
                let operands = operands(range).iter();
                chain::chain(
                    links,
                    out,
                    operands.map(|&operand| Source::of(operand, rows)),
                    chain_numbers,
                );
            }
            Instruction::Select { c, a, b, out } => {
                let (out, rows) = rows.split(out, n_blocks);
                kernels::select(out, rows.row(c), Source::of(a, rows), Source::of(b, rows));
            }
            Instruction::Combine {
                numbers,
                operands: range,
                out,
            } => {
                let (out, rows) = rows.split(out, n_blocks);
                let factors = plan.numbers[numbers.indices()].iter().copied();
                let terms = operands(range)
                    .iter()
                    .map(|&operand| Source::of(operand, rows));
                kernels::combine(out, factors.zip(terms));
            }
            Instruction::Deliver { target, from } => {
                let values = match from {
                    Operand::Row(row) => rows.row(row, n_blocks).as_flattened(),
                    Operand::Number(x) => {
                        list.clear();
                        list.resize(n, x);
                        &list[..]
                    }
                };
                sink.accept(target as usize, &values[..n]);
            }
            Instruction::Score { stream, out } => {
                let (out, _) = rows.split(out, n_blocks);
                let (out, beyond) = out.as_flattened_mut().split_at_mut(n);
                scores.fill(stream as usize, self.first_trial, out);
                beyond.fill(0.0);
            }
            Instruction::Level { stream, out } => {
                let (out, _) = rows.split(out, n_blocks);
                let (out, beyond) = out.as_flattened_mut().split_at_mut(n);
                scores.fill_levels(stream as usize, self.first_trial, out);
                beyond.fill(0.5);
            }
            Instruction::Draw {
                distribution,
                place,
                by,
                out,
            } => {
                let (out, rows) = rows.split(out, n_blocks);
                let places = rows.row(place).as_flattened();
                plan.distributions[distribution as usize].draw_row(
                    by,
                    &places[..n],
                    &mut out.as_flattened_mut()[..n],
                );
            }
            Instruction::DrawWith {
                parametrisation,
                by,
                operands: range,
                out,
            } => {
                let parametrisation = &plan.parametrisations[parametrisation as usize];
                let (out, rows) = rows.split(out, n_blocks);
                // Without a place there is no draw: NaN, which the run counts and locates, and not what the row held before.
                let (place, parameters_of) = match operands(range).split_last() {
                    Some((&place, rest)) => (place, rest),
                    None => (Operand::Number(f64::NAN), &[][..]),
                };
                draw::draw_with(
                    parametrisation,
                    parameters_of
                        .iter()
                        .map(|&operand| Source::of(operand, rows)),
                    by,
                    Source::of(place, rows),
                    parameters,
                    &mut out.as_flattened_mut()[..n],
                );
            }
            Instruction::OrderStatistic {
                operands: range,
                out,
            } => {
                let (out, rows) = rows.split(out, n_blocks);
                self.each_trial(out, operands(range), rows, list, |list| {
                    let level = list.pop().unwrap_or(f64::NAN);
                    order_statistic(list, level)
                });
            }
            Instruction::Interpolate {
                numbers,
                operands: range,
                out,
            } => {
                let knots = &plan.numbers[numbers.indices()];
                let (out, rows) = rows.split(out, n_blocks);
                self.each_trial(out, operands(range), rows, list, |list| {
                    let t = list.pop().unwrap_or(f64::NAN);
                    interpolate(t, knots, list)
                });
            }
            Instruction::CrossingFirst {
                operands: range,
                out,
            } => {
                let (out, rows) = rows.split(out, n_blocks);
                let differences = operands(range).iter();
                crossing::first(out, differences.map(|&operand| Source::of(operand, rows)));
            }
            Instruction::CrossingRecross {
                operands: range,
                out,
            } => {
                let (out, rows) = rows.split(out, n_blocks);
                let differences = operands(range).iter();
                crossing::recross(out, differences.map(|&operand| Source::of(operand, rows)));
            }
            Instruction::CrossingDate {
                first_label,
                operands: range,
                out,
            } => {
                let (out, rows) = rows.split(out, n_blocks);
                let differences = operands(range)
                    .iter()
                    .map(|&operand| Source::of(operand, rows));
                crossing::date(out, first_label, differences);
            }
            Instruction::Keep { row, from } => {
                let (out, _) = kept.split(row, n_blocks);
                match from {
                    Operand::Row(from) => out.copy_from_slice(rows.row(from, n_blocks)),
                    Operand::Number(x) => out.as_flattened_mut().fill(x),
                }
            }
        }
    }

    /// Gathers the operands of each trial into `list` and applies `f`.
    #[inline(always)]
    fn each_trial(
        self,
        out: &mut [Block],
        operands: &[Operand],
        rows: super::rows::Others<'_>,
        list: &mut Vec<f64>,
        mut f: impl FnMut(&mut Vec<f64>) -> f64,
    ) {
        for (trial, slot) in out.as_flattened_mut()[..self.n].iter_mut().enumerate() {
            list.clear();
            list.extend(
                operands
                    .iter()
                    .map(|&operand| Source::of(operand, rows).at(trial)),
            );
            *slot = f(list);
        }
    }
}
