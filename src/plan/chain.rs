//! Chains: additions, subtractions, multiplications and divisions that are one instruction, since what one gives only the next one reads.

use super::graph::{Binary, Graph, Value, ValueId};
use super::instruction::{Link, Links};
use super::order::{Step, count_reads};

/// Most operations of a chain: kernels are compiled for every sequence of them.
const MOST_LINKS: usize = 3;
/// Most steps between an operation and the next one of its chain: the first one's operands stay alive so long. Sums over the members of a
/// parent, which get an operand in each member, are no chains.
const MOST_APART: usize = 16;

/// Which values are computed as part of the value that reads them.
pub(super) struct Chains {
    is_part: Vec<bool>,
}

/// A chain's operations, and its operands from the first on.
pub(super) struct Chain {
    pub(super) links: Links,
    pub(super) operands: Vec<ValueId>,
}

impl Chains {
    /// Finds chains among the steps.
    pub(super) fn find(graph: &Graph, steps: &[Step]) -> Self {
        let n = graph.len();
        let n_reads = count_reads(graph, steps);
        let mut is_part = vec![false; n];
        // Operations that end in a value, and where it is computed.
        let mut n_links = vec![0; n];
        let mut place = vec![0; n];
        for (now, &step) in steps.iter().enumerate() {
            let Step::Compute(value) = step else { continue };
            let Value::Binary(op, a, b) = *graph.at(value) else {
                continue;
            };
            if link(op).is_none() {
                continue;
            }
            let longest = [a, b]
                .into_iter()
                .filter(|&operand| {
                    let index = operand.0 as usize;
                    n_reads[index] == 1
                        && (1..MOST_LINKS).contains(&n_links[index])
                        && now - place[index] <= MOST_APART
                })
                .max_by_key(|&operand| n_links[operand.0 as usize]);
            let index = value.0 as usize;
            place[index] = now;
            n_links[index] = 1;
            if let Some(part) = longest {
                is_part[part.0 as usize] = true;
                n_links[index] += n_links[part.0 as usize];
            }
        }
        Self { is_part }
    }

    /// Whether a value is computed in the instruction of another one.
    pub(super) fn is_part(&self, value: ValueId) -> bool {
        self.is_part[value.0 as usize]
    }

    /// The chain that ends in a value, if it is one of several operations.
    pub(super) fn ending_in(&self, graph: &Graph, value: ValueId) -> Option<Chain> {
        let mut links = Vec::new();
        let mut operands = Vec::new();
        let mut end = value;
        while let Value::Binary(op, a, b) = *graph.at(end) {
            let link = link(op)?;
            let (link, operand, before) = if self.is_part(a) {
                (link, b, Some(a))
            } else if self.is_part(b) {
                (turned(link), a, Some(b))
            } else {
                (link, b, None)
            };
            links.push(link);
            operands.push(operand);
            match before {
                Some(before) => end = before,
                None => {
                    operands.push(a);
                    break;
                }
            }
        }
        links.reverse();
        operands.reverse();
        let links = match links[..] {
            [first, second] => Links::Two([first, second]),
            [first, second, third] => Links::Three([first, second, third]),
            _ => return None,
        };
        Some(Chain { links, operands })
    }
}

/// What an operation does with its first operand, if it can be in a chain.
fn link(op: Binary) -> Option<Link> {
    match op {
        Binary::Add => Some(Link::Add),
        Binary::Subtract => Some(Link::Subtract),
        Binary::Multiply => Some(Link::Multiply),
        Binary::Divide => Some(Link::Divide),
        _ => None,
    }
}

/// The same operation where the chain is its second operand. Sums and products are the same to the bit.
fn turned(link: Link) -> Link {
    match link {
        Link::Subtract => Link::SubtractFrom,
        Link::SubtractFrom => Link::Subtract,
        Link::Divide => Link::DivideInto,
        Link::DivideInto => Link::Divide,
        Link::Add | Link::Multiply => link,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::graph::Unary;

    /// A graph with scores a, b, c, d.
    fn scores() -> (Graph, [ValueId; 4]) {
        let mut graph = Graph::default();
        let scores = [0, 1, 2, 3].map(|stream| graph.intern(Value::Score(stream)));
        (graph, scores)
    }

    fn computed(values: &[ValueId]) -> Vec<Step> {
        values.iter().map(|&value| Step::Compute(value)).collect()
    }

    #[test]
    fn a_chain_names_what_it_does_with_each_operand() {
        let (mut graph, [a, b, c, d]) = scores();
        let product = graph.binary(Binary::Multiply, a, b);
        let rest = graph.binary(Binary::Subtract, c, product);
        let ratio = graph.binary(Binary::Divide, rest, d);
        let mut steps = computed(&[a, b, c, d, product, rest, ratio]);
        steps.push(Step::Deliver(0, ratio));
        let chains = Chains::find(&graph, &steps);
        assert!(chains.is_part(product) && chains.is_part(rest) && !chains.is_part(ratio));
        let chain = chains.ending_in(&graph, ratio).unwrap();
        let links = [Link::Multiply, Link::SubtractFrom, Link::Divide];
        assert_eq!(chain.links, Links::Three(links));
        assert_eq!(chain.operands, [a, b, c, d]);
        assert!(chains.ending_in(&graph, a).is_none());
    }

    #[test]
    fn what_is_read_twice_or_delivered_or_far_away_is_no_part() {
        let (mut graph, [a, b, c, d]) = scores();
        let sum = graph.binary(Binary::Add, a, b);
        let twice = [c, d].map(|other| graph.binary(Binary::Multiply, sum, other));
        let mut steps = computed(&[a, b, c, d, sum, twice[0], twice[1]]);
        assert!(!Chains::find(&graph, &steps).is_part(sum));

        // Read once by an operation, and once delivered.
        steps.pop();
        assert!(Chains::find(&graph, &steps).is_part(sum));
        steps.push(Step::Deliver(0, sum));
        assert!(!Chains::find(&graph, &steps).is_part(sum));

        // Other values in between.
        let others: Vec<_> = (0..MOST_APART as u32)
            .map(|stream| graph.intern(Value::Score(10 + stream)))
            .collect();
        let mut steps = computed(&[a, b, c, sum]);
        steps.extend(computed(&others[1..]));
        steps.push(Step::Compute(twice[0]));
        assert!(Chains::find(&graph, &steps).is_part(sum));
        steps.insert(4, Step::Compute(others[0]));
        assert!(!Chains::find(&graph, &steps).is_part(sum));
    }

    #[test]
    fn chains_end_after_three_operations_and_hold_no_functions() {
        let (mut graph, [a, b, ..]) = scores();
        let mut values = vec![a, b];
        let mut sums = vec![a];
        for _ in 0..7 {
            let sum = graph.binary(Binary::Add, sums[sums.len() - 1], b);
            sums.push(sum);
            values.push(sum);
        }
        let chains = Chains::find(&graph, &computed(&values));
        let ends: Vec<usize> = (1..=7).filter(|&k| !chains.is_part(sums[k])).collect();
        assert_eq!(ends, [3, 6, 7]);
        assert!(chains.ending_in(&graph, sums[7]).is_none());

        let exponential = graph.unary(Unary::Exp, a);
        let product = graph.binary(Binary::Multiply, exponential, b);
        let power = graph.binary(Binary::Power, product, b);
        let chains = Chains::find(&graph, &computed(&[a, b, exponential, product, power]));
        assert!(!chains.is_part(exponential) && !chains.is_part(product));
    }
}
