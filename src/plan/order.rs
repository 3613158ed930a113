//! The order in which values are computed: depth first, and sums as soon as their operands are there, so that few are alive at a time.

use super::graph::{Graph, Value, ValueId};
use super::roots::Roots;

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Compute a value, whose operands have been computed.
    Compute(ValueId),
    /// Hand a value to the statistics of a target.
    Deliver(u32, ValueId),
    /// Copy a value to a row that is kept.
    Keep(u32, ValueId),
}

/// Everything that the roots need, operands first: targets in their order, then what is kept.
pub(super) fn in_order(graph: &Graph, roots: &Roots) -> Vec<Step> {
    let mut order = Order::new(graph, roots);
    for &target in &roots.order {
        let value = roots.targets[target].1;
        order.compute(value);
        order.steps.push(Step::Deliver(target as u32, value));
        order.read(value);
    }
    for (row, &value) in roots.kept.iter().enumerate() {
        order.compute(value);
        order.steps.push(Step::Keep(row as u32, value));
        order.read(value);
    }
    order.steps
}

/// How often the steps read each value.
pub(super) fn count_reads(graph: &Graph, steps: &[Step]) -> Vec<u32> {
    let mut reads = vec![0; graph.len()];
    for &step in steps {
        match step {
            Step::Compute(value) => graph
                .at(value)
                .operands(|operand| reads[operand.0 as usize] += 1),
            Step::Deliver(_, value) | Step::Keep(_, value) => reads[value.0 as usize] += 1,
        }
    }
    reads
}

/// The operands of an operation on two values, each once; none of other values.
fn two_operands(value: &Value) -> impl Iterator<Item = ValueId> {
    let pair = match *value {
        Value::Binary(_, a, b) => [Some(a), (b != a).then_some(b)],
        _ => [None, None],
    };
    pair.into_iter().flatten()
}

struct Order<'a> {
    graph: &'a Graph,
    /// Reads still to come, by value; 0 for values that nothing needs.
    reads: Vec<u32>,
    /// Needed two-operand values that read a value: those of each value one after another.
    readers: Vec<ValueId>,
    /// Where the readers of a value begin, by value; those of the next begin where they end.
    first_reader: Vec<u32>,
    done: Vec<bool>,
    steps: Vec<Step>,
}

impl<'a> Order<'a> {
    fn new(graph: &'a Graph, roots: &Roots) -> Self {
        let n = graph.len();
        let mut reads = vec![0u32; n];
        let wanted = roots
            .targets
            .iter()
            .map(|(_, value)| *value)
            .chain(roots.kept.iter().copied());
        for value in wanted {
            reads[value.0 as usize] += 1;
        }
        // Operands have smaller numbers than what they make, so one pass from the top finds all reads.
        let mut n_readers = vec![0u32; n + 1];
        for index in (0..n).rev() {
            if reads[index] == 0 {
                continue;
            }
            let value = graph.at(ValueId(index as u32));
            value.operands(|operand| reads[operand.0 as usize] += 1);
            for operand in two_operands(value) {
                n_readers[operand.0 as usize] += 1;
            }
        }
        // Each list is filled from its end, so that the readers of a value ascend.
        let mut first_reader = n_readers;
        let mut before = 0;
        for end in &mut first_reader {
            before += *end;
            *end = before;
        }
        let mut readers = vec![ValueId(0); before as usize];
        for index in (0..n).rev() {
            if reads[index] == 0 {
                continue;
            }
            let id = ValueId(index as u32);
            for operand in two_operands(graph.at(id)) {
                let place = &mut first_reader[operand.0 as usize];
                *place -= 1;
                readers[*place as usize] = id;
            }
        }
        Self {
            graph,
            reads,
            readers,
            first_reader,
            done: vec![false; n],
            steps: Vec::new(),
        }
    }

    fn is_ready(&self, value: ValueId) -> bool {
        self.done[value.0 as usize] || self.graph.known(value).is_some()
    }

    fn read(&mut self, value: ValueId) {
        self.reads[value.0 as usize] -= 1;
    }

    /// Appends everything that `value` needs, operands first.
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
                self.append(top);
                self.append_readers(top);
            } else {
                // The first operand shall be computed first.
                pending[before..].reverse();
            }
        }
    }

    /// Appends sums and other two-operand values as soon as they can be had without a further row: a roll-up then adds country after country.
    fn append_readers(&mut self, value: ValueId) {
        let mut pending = vec![value];
        while let Some(top) = pending.pop() {
            let index = top.0 as usize;
            for k in self.first_reader[index]..self.first_reader[index + 1] {
                let reader = self.readers[k as usize];
                let Value::Binary(_, a, b) = *self.graph.at(reader) else {
                    continue;
                };
                let frees_one = [a, b].iter().any(|&operand| {
                    self.graph.known(operand).is_none() && self.reads[operand.0 as usize] == 1
                });
                if !self.done[reader.0 as usize]
                    && self.is_ready(a)
                    && self.is_ready(b)
                    && frees_one
                {
                    self.append(reader);
                    pending.push(reader);
                }
            }
        }
    }

    fn append(&mut self, value: ValueId) {
        self.steps.push(Step::Compute(value));
        self.done[value.0 as usize] = true;
        let Self { graph, reads, .. } = self;
        graph
            .at(value)
            .operands(|operand| reads[operand.0 as usize] -= 1);
    }
}
