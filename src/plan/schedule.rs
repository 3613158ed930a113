//! From a graph of values to a list of row instructions: an order that keeps few rows alive, and a row number for each value.

use super::draw::Distributions;
use super::graph::{Binary, Graph, Unary, Value, ValueId};
use super::stream::StreamKey;
use super::target::{JointCell, NodeCell, Target};
use crate::check::NodeId;
use crate::dist::{Distribution, DrawBy, Parametrisation};

/// A range of one of a plan's pools.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range32 {
    /// First index.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

impl Range32 {
    /// The range as indices.
    #[must_use]
    pub const fn indices(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What an instruction reads: a row of the batch, or one number for all trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operand {
    /// A row.
    Row(u32),
    /// A number.
    Number(f64),
}

/// One operation on rows of trials; `out` is never a row that it reads.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(
    missing_docs,
    reason = "fields are rows, operands and ranges of the plan's pools, as their types say"
)]
pub enum Instruction {
    /// Standard normal scores of a stream.
    Score { stream: u32, out: u32 },
    /// Uniform numbers of a stream, of which its scores are the normal quantiles.
    Level { stream: u32, out: u32 },
    /// A function of one row.
    Unary { op: Unary, a: u32, out: u32 },
    /// A function of two operands, at least one of them a row.
    Binary {
        op: Binary,
        a: Operand,
        b: Operand,
        out: u32,
    },
    /// `c ? a : b`
    Select {
        c: u32,
        a: Operand,
        b: Operand,
        out: u32,
    },
    /// Σ number × row over pairs of `numbers` and `operands`.
    Combine {
        numbers: Range32,
        operands: Range32,
        out: u32,
    },
    /// A draw of a fixed distribution.
    Draw {
        distribution: u32,
        place: u32,
        by: DrawBy,
        out: u32,
    },
    /// A draw of a distribution whose parameters are the operands before the last; the last is the score or the level.
    DrawWith {
        parametrisation: u32,
        by: DrawBy,
        operands: Range32,
        out: u32,
    },
    /// The quantile of the operands before the last, at the level that is the last.
    OrderStatistic { operands: Range32, out: u32 },
    /// Piecewise linear through `numbers` and the operands before the last, at the last.
    Interpolate {
        numbers: Range32,
        operands: Range32,
        out: u32,
    },
    /// Index of the first positive operand.
    CrossingFirst { operands: Range32, out: u32 },
    /// 1 where an operand after the first positive one is not positive.
    CrossingRecross { operands: Range32, out: u32 },
    /// Date of the first sign change; the time label of the first operand is `first_label`.
    CrossingDate {
        first_label: f64,
        operands: Range32,
        out: u32,
    },
    /// Hands a target's values to the statistics.
    Deliver { target: u32, from: Operand },
    /// Keeps a copy until the end of the batch.
    Keep { row: u32, from: Operand },
}

/// Everything that is evaluated for each trial, as operations on rows `[trials of a batch]`.
#[derive(Debug, Clone)]
pub struct Plan {
    /// In order of evaluation.
    pub instructions: Vec<Instruction>,
    /// For each instruction the node that it was first needed for; `None` for expressions of outputs and crossings, deliveries and kept rows.
    pub origins: Vec<Option<NodeId>>,
    /// Numbers that instructions point at.
    pub numbers: Vec<f64>,
    /// Operands that instructions point at.
    pub operands: Vec<Operand>,
    /// Rows that a batch needs.
    pub n_rows: usize,
    /// Rows that are kept until the end of the batch.
    pub n_kept: usize,
    /// One for each sequence of scores.
    pub streams: Vec<StreamKey>,
    /// Distributions with fixed numbers.
    pub distributions: Vec<Distribution>,
    /// Distributions whose numbers vary by trial.
    pub parametrisations: Vec<Parametrisation>,
    /// What is delivered, in the order of outputs, places and cells.
    pub targets: Vec<Target>,
    /// Joint statistics over kept rows.
    pub joints: Vec<JointCell>,
    /// Kept rows of input summary scores.
    pub summaries: Vec<(NodeId, usize)>,
    /// Kept rows of targets (index of the target, row).
    pub kept_targets: Vec<(usize, usize)>,
    /// Kept rows of nodes.
    pub nodes: Vec<NodeCell>,
}

/// What a plan shall deliver, as values of the graph.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    pub(crate) targets: Vec<(Target, ValueId)>,
    pub(crate) joints: Vec<JointCell>,
    pub(crate) summaries: Vec<(NodeId, usize)>,
    pub(crate) kept_targets: Vec<(usize, usize)>,
    pub(crate) nodes: Vec<NodeCell>,
    /// Order in which targets are computed: indices of `targets`.
    pub(crate) order: Vec<usize>,
    kept: Vec<ValueId>,
}

impl Roots {
    /// Has a value kept until the end of the batch; returns its row.
    pub(crate) fn keep(&mut self, value: ValueId) -> usize {
        self.kept.push(value);
        self.kept.len() - 1
    }
}

/// Orders the values that the roots need and gives them rows.
pub(crate) fn schedule(
    graph: &Graph,
    roots: Roots,
    streams: Vec<StreamKey>,
    distributions: Distributions,
) -> Plan {
    let mut scheduler = Scheduler::new(graph, &roots);
    for &target in &roots.order {
        let value = roots.targets[target].1;
        scheduler.compute(value);
        let from = scheduler.read(value);
        let target = target as u32;
        scheduler.push(Instruction::Deliver { target, from }, None);
        scheduler.release(value);
    }
    for (row, &value) in roots.kept.iter().enumerate() {
        scheduler.compute(value);
        let from = scheduler.read(value);
        let row = row as u32;
        scheduler.push(Instruction::Keep { row, from }, None);
        scheduler.release(value);
    }
    Plan {
        instructions: scheduler.instructions,
        origins: scheduler.origins,
        numbers: scheduler.numbers,
        operands: scheduler.operands,
        n_rows: scheduler.n_rows as usize,
        n_kept: roots.kept.len(),
        streams,
        distributions: distributions.fixed,
        parametrisations: distributions.varying,
        targets: roots
            .targets
            .into_iter()
            .map(|(target, _)| target)
            .collect(),
        joints: roots.joints,
        summaries: roots.summaries,
        kept_targets: roots.kept_targets,
        nodes: roots.nodes,
    }
}

const NO_ROW: u32 = u32::MAX;

struct Scheduler<'a> {
    graph: &'a Graph,
    /// Uses still to come, by value; 0 for values that nothing needs.
    uses: Vec<u32>,
    /// Needed two-operand values that read a value.
    readers: Vec<Vec<ValueId>>,
    row: Vec<u32>,
    done: Vec<bool>,
    free: Vec<u32>,
    n_rows: u32,
    instructions: Vec<Instruction>,
    origins: Vec<Option<NodeId>>,
    numbers: Vec<f64>,
    operands: Vec<Operand>,
}

impl<'a> Scheduler<'a> {
    fn new(graph: &'a Graph, roots: &Roots) -> Self {
        let n = graph.len();
        let mut uses = vec![0u32; n];
        let wanted = roots
            .targets
            .iter()
            .map(|(_, value)| *value)
            .chain(roots.kept.iter().copied());
        for value in wanted {
            uses[value.0 as usize] += 1;
        }
        // Operands have smaller numbers than what they make, so one pass from the top finds all uses.
        let mut readers = vec![Vec::new(); n];
        for index in (0..n).rev() {
            if uses[index] == 0 {
                continue;
            }
            let id = ValueId(index as u32);
            graph.at(id).operands(|operand| {
                uses[operand.0 as usize] += 1;
                if matches!(graph.at(id), Value::Binary(..)) {
                    readers[operand.0 as usize].push(id);
                }
            });
        }
        for list in &mut readers {
            list.reverse();
            list.dedup();
        }
        Self {
            graph,
            uses,
            readers,
            row: vec![NO_ROW; n],
            done: vec![false; n],
            free: Vec::new(),
            n_rows: 0,
            instructions: Vec::new(),
            origins: Vec::new(),
            numbers: Vec::new(),
            operands: Vec::new(),
        }
    }

    fn push(&mut self, instruction: Instruction, origin: Option<NodeId>) {
        self.instructions.push(instruction);
        self.origins.push(origin);
    }

    fn is_ready(&self, value: ValueId) -> bool {
        self.done[value.0 as usize] || self.graph.known(value).is_some()
    }

    fn read(&self, value: ValueId) -> Operand {
        match self.graph.known(value) {
            Some(x) => Operand::Number(x),
            None => Operand::Row(self.row[value.0 as usize]),
        }
    }

    fn row_of(&self, value: ValueId) -> u32 {
        self.row[value.0 as usize]
    }

    /// One use less; the row is free after the last.
    fn release(&mut self, value: ValueId) {
        let index = value.0 as usize;
        self.uses[index] -= 1;
        if self.uses[index] == 0 && self.row[index] != NO_ROW {
            self.free.push(self.row[index]);
        }
    }

    /// Emits everything that `value` needs, operands first.
    fn compute(&mut self, value: ValueId) {
        let mut pending = vec![value];
        while let Some(&top) = pending.last() {
            if self.is_ready(top) {
                pending.pop();
                continue;
            }
            let before = pending.len();
            self.graph.at(top).operands(|operand| {
                if !self.is_ready(operand) {
                    pending.push(operand);
                }
            });
            if pending.len() == before {
                pending.pop();
                self.emit(top);
                self.emit_readers(top);
            } else {
                // The first operand shall be computed first.
                pending[before..].reverse();
            }
        }
    }

    /// Emits sums and other two-operand values as soon as they can be had without a further row: a roll-up then adds country after country.
    fn emit_readers(&mut self, value: ValueId) {
        let mut pending = vec![value];
        while let Some(top) = pending.pop() {
            for k in 0..self.readers[top.0 as usize].len() {
                let reader = self.readers[top.0 as usize][k];
                let Value::Binary(_, a, b) = *self.graph.at(reader) else {
                    continue;
                };
                let frees_one = [a, b].iter().any(|&operand| {
                    self.graph.known(operand).is_none() && self.uses[operand.0 as usize] == 1
                });
                if !self.done[reader.0 as usize]
                    && self.is_ready(a)
                    && self.is_ready(b)
                    && frees_one
                {
                    self.emit(reader);
                    pending.push(reader);
                }
            }
        }
    }

    fn operand_range(&mut self, values: &[ValueId]) -> Range32 {
        let start = self.operands.len() as u32;
        for &value in values {
            let operand = self.read(value);
            self.operands.push(operand);
        }
        Range32 {
            start,
            end: self.operands.len() as u32,
        }
    }

    fn number_range(&mut self, bits: impl Iterator<Item = u64>) -> Range32 {
        let start = self.numbers.len() as u32;
        self.numbers.extend(bits.map(f64::from_bits));
        Range32 {
            start,
            end: self.numbers.len() as u32,
        }
    }

    /// What tells a draw its place.
    fn draw_by(&self, place: Option<&ValueId>) -> DrawBy {
        match place.map(|&place| self.graph.at(place)) {
            Some(Value::Level(_)) => DrawBy::Level,
            _ => DrawBy::Score,
        }
    }

    fn emit(&mut self, value: ValueId) {
        let out = self.free.pop().unwrap_or_else(|| {
            self.n_rows += 1;
            self.n_rows - 1
        });
        let graph = self.graph;
        let instruction = match graph.at(value) {
            Value::Number(_) => unreachable!("numbers are ready from the start"),
            Value::Score(stream) => Instruction::Score {
                stream: *stream,
                out,
            },
            Value::Level(stream) => Instruction::Level {
                stream: *stream,
                out,
            },
            Value::Unary(op, a) => Instruction::Unary {
                op: *op,
                a: self.row_of(*a),
                out,
            },
            Value::Binary(op, a, b) => Instruction::Binary {
                op: *op,
                a: self.read(*a),
                b: self.read(*b),
                out,
            },
            Value::Select(c, a, b) => Instruction::Select {
                c: self.row_of(*c),
                a: self.read(*a),
                b: self.read(*b),
                out,
            },
            Value::Combine(terms) => {
                let numbers = self.number_range(terms.iter().map(|(coefficient, _)| *coefficient));
                let values: Vec<_> = terms.iter().map(|(_, value)| *value).collect();
                Instruction::Combine {
                    numbers,
                    operands: self.operand_range(&values),
                    out,
                }
            }
            Value::Draw(distribution, place) => Instruction::Draw {
                distribution: *distribution,
                place: self.row_of(*place),
                by: self.draw_by(Some(place)),
                out,
            },
            Value::DrawWith(parametrisation, list) => Instruction::DrawWith {
                parametrisation: *parametrisation,
                by: self.draw_by(list.last()),
                operands: self.operand_range(list),
                out,
            },
            Value::OrderStatistic(list) => Instruction::OrderStatistic {
                operands: self.operand_range(list),
                out,
            },
            Value::Interpolate(knots, list) => {
                let numbers = self.number_range(knots.iter().copied());
                Instruction::Interpolate {
                    numbers,
                    operands: self.operand_range(list),
                    out,
                }
            }
            Value::CrossingFirst(list) => Instruction::CrossingFirst {
                operands: self.operand_range(list),
                out,
            },
            Value::CrossingRecross(list) => Instruction::CrossingRecross {
                operands: self.operand_range(list),
                out,
            },
            Value::CrossingDate(first_label, list) => Instruction::CrossingDate {
                first_label: f64::from_bits(*first_label),
                operands: self.operand_range(list),
                out,
            },
        };
        self.push(instruction, graph.origin_of(value));
        self.row[value.0 as usize] = out;
        self.done[value.0 as usize] = true;
        let mut read = Vec::new();
        graph.at(value).operands(|operand| read.push(operand));
        for operand in read {
            self.release(operand);
        }
    }
}
