//! From steps to a list of row instructions: a row for each value, used again when the value has been read for the last time.

use super::chain::Chains;
use super::draw::Distributions;
use super::graph::{Graph, Value, ValueId};
use super::instruction::{Instruction, Operand, Plan, Range32};
use super::order::{Step, count_reads, in_order};
use super::roots::Roots;
use super::stream::StreamKey;
use crate::check::NodeId;
use crate::dist::DrawBy;

/// Orders the values that the roots need and gives them rows.
pub(crate) fn schedule(
    graph: &Graph,
    roots: Roots,
    streams: Vec<StreamKey>,
    distributions: Distributions,
) -> Plan {
    let steps = in_order(graph, &roots);
    let chains = Chains::find(graph, &steps);
    let mut scheduler = Scheduler::new(graph, &chains, &steps);
    for step in steps {
        scheduler.step(step);
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

struct Scheduler<'a> {
    graph: &'a Graph,
    chains: &'a Chains,
    /// Reads still to come, by value.
    reads: Vec<u32>,
    /// Row of each value that has been computed.
    row: Vec<u32>,
    free: Vec<u32>,
    n_rows: u32,
    instructions: Vec<Instruction>,
    origins: Vec<Option<NodeId>>,
    numbers: Vec<f64>,
    operands: Vec<Operand>,
}

impl<'a> Scheduler<'a> {
    fn new(graph: &'a Graph, chains: &'a Chains, steps: &[Step]) -> Self {
        let n = graph.len();
        Self {
            graph,
            chains,
            reads: count_reads(graph, steps),
            row: vec![u32::MAX; n],
            free: Vec::new(),
            n_rows: 0,
            instructions: Vec::with_capacity(steps.len()),
            origins: Vec::with_capacity(steps.len()),
            numbers: Vec::new(),
            operands: Vec::new(),
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            // Its operands wait for the end of the chain.
            Step::Compute(value) if self.chains.is_part(value) => {}
            Step::Compute(value) => self.compute(value),
            Step::Deliver(target, value) => {
                let from = self.read(value);
                self.push(Instruction::Deliver { target, from }, None);
                self.release(value);
            }
            Step::Keep(row, value) => {
                let from = self.read(value);
                self.push(Instruction::Keep { row, from }, None);
                self.release(value);
            }
        }
    }

    fn push(&mut self, instruction: Instruction, origin: Option<NodeId>) {
        self.instructions.push(instruction);
        self.origins.push(origin);
    }

    fn read(&self, value: ValueId) -> Operand {
        match self.graph.known(value) {
            Some(x) => Operand::Number(x),
            None => Operand::Row(self.row_of(value)),
        }
    }

    fn row_of(&self, value: ValueId) -> u32 {
        self.row[value.0 as usize]
    }

    /// One read less; the row is free after the last.
    fn release(&mut self, value: ValueId) {
        let index = value.0 as usize;
        self.reads[index] -= 1;
        if self.reads[index] == 0 && self.graph.known(value).is_none() {
            self.free.push(self.row[index]);
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

    fn compute(&mut self, value: ValueId) {
        let out = self.free.pop().unwrap_or_else(|| {
            self.n_rows += 1;
            self.n_rows - 1
        });
        let graph = self.graph;
        if let Some(chain) = self.chains.ending_in(graph, value) {
            let instruction = Instruction::Chain {
                links: chain.links,
                operands: self.operand_range(&chain.operands),
                out,
            };
            self.place(value, out, instruction);
            for &operand in &chain.operands {
                self.release(operand);
            }
            return;
        }
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
        self.place(value, out, instruction);
        graph.at(value).operands(|operand| self.release(operand));
    }

    /// Notes where a value is.
    fn place(&mut self, value: ValueId, out: u32, instruction: Instruction) {
        self.push(instruction, self.graph.origin_of(value));
        self.row[value.0 as usize] = out;
    }
}
