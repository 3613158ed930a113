//! Chains of additions, subtractions, multiplications and divisions: what one gives stays in a register for the next.

use super::rows::{Block, LANES};
use super::source::Source;
use crate::plan::{Link, Links};

/// Evaluates an expression in which the name stands for the function of a link: compiled for each of those given.
macro_rules! with_link {
    ($link:expr, |$f:ident| $body:expr) => {
        match $link {
            Link::SubtractFrom => {
                let $f = |x: f64, y: f64| y - x;
                $body
            }
            Link::DivideInto => {
                let $f = |x: f64, y: f64| y / x;
                $body
            }
            link => with_first_link!(link, |$f| $body),
        }
    };
}

/// [`with_link`] for the first link of a chain, which is none of those that turn their operands round.
macro_rules! with_first_link {
    ($link:expr, |$f:ident| $body:expr) => {
        match $link {
            Link::Subtract => {
                let $f = |x: f64, y: f64| x - y;
                $body
            }
            Link::Multiply => {
                let $f = |x: f64, y: f64| x * y;
                $body
            }
            Link::Divide => {
                let $f = |x: f64, y: f64| x / y;
                $body
            }
            _ => {
                let $f = |x: f64, y: f64| x + y;
                $body
            }
        }
    };
}

/// Blocks of an operand: those of a row, or one that stands for all.
#[derive(Clone, Copy)]
struct Blocks<'a> {
    blocks: &'a [Block],
    step: usize,
}

impl<'a> Blocks<'a> {
    #[inline(always)]
    fn of(source: Source<'a>, number: &'a mut Block) -> Self {
        match source {
            Source::Row(blocks) => Self { blocks, step: 1 },
            Source::Number(x) => {
                number.fill(x);
                Self {
                    blocks: std::slice::from_ref(number),
                    step: 0,
                }
            }
        }
    }

    #[inline(always)]
    fn at(self, block: usize) -> &'a Block {
        &self.blocks[block * self.step]
    }
}

/// Room for the operands of a chain that are numbers.
#[derive(Debug, Clone)]
pub(super) struct Numbers([Block; 4]);

impl Numbers {
    pub(super) const NONE: Self = Self([[0.0; LANES]; 4]);
}

/// `out = chain`, from the first operand on.
#[inline(always)]
pub(super) fn chain<'a>(
    links: Links,
    out: &mut [Block],
    mut operands: impl Iterator<Item = Source<'a>>,
    Numbers([a, b, c, d]): &mut Numbers,
) {
    let mut next = |number| Blocks::of(operands.next().unwrap_or(Source::Number(f64::NAN)), number);
    let (a, b, c) = (next(a), next(b), next(c));
    match links {
        Links::Two([first, second]) => {
            with_first_link!(first, |f| with_link!(second, |g| {
                for (block, out) in out.iter_mut().enumerate() {
                    let (a, b, c) = (a.at(block), b.at(block), c.at(block));
                    for lane in 0..LANES {
                        out[lane] = g(f(a[lane], b[lane]), c[lane]);
                    }
                }
            }));
        }
        Links::Three([first, second, third]) => {
            let d = next(d);
            with_first_link!(first, |f| with_link!(second, |g| with_link!(third, |h| {
                for (block, out) in out.iter_mut().enumerate() {
                    let (a, b, c, d) = (a.at(block), b.at(block), c.at(block), d.at(block));
                    for lane in 0..LANES {
                        out[lane] = h(g(f(a[lane], b[lane]), c[lane]), d[lane]);
                    }
                }
            })));
        }
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;
    use crate::math::simd_level;
    use crate::plan::{Binary, scalar};

    const FIRST: [Link; 4] = [Link::Add, Link::Subtract, Link::Multiply, Link::Divide];
    const ALL: [Link; 6] = [
        Link::Add,
        Link::Subtract,
        Link::SubtractFrom,
        Link::Multiply,
        Link::Divide,
        Link::DivideInto,
    ];

    /// The link by the operations of folded constants.
    fn apply(link: Link, x: f64, y: f64) -> f64 {
        match link {
            Link::Add => scalar::binary(Binary::Add, x, y),
            Link::Subtract => scalar::binary(Binary::Subtract, x, y),
            Link::SubtractFrom => scalar::binary(Binary::Subtract, y, x),
            Link::Multiply => scalar::binary(Binary::Multiply, x, y),
            Link::Divide => scalar::binary(Binary::Divide, x, y),
            Link::DivideInto => scalar::binary(Binary::Divide, y, x),
        }
    }

    /// Two blocks of numbers of both signs and many sizes, a zero, an infinity and a NaN among them.
    fn row(step: f64) -> [Block; 2] {
        let mut row = [[0.0; LANES]; 2];
        for (i, slot) in row.as_flattened_mut().iter_mut().enumerate() {
            *slot = (i as f64 - 77.0) * step;
        }
        row[1][3] = f64::INFINITY;
        row[1][5] = f64::NAN;
        row
    }

    fn check(links: &[Link], chained: Links) {
        let rows = [row(0.37), row(1e-9), row(-13.0), row(2.5e7)];
        // Each operand a row, then each in turn a number.
        for number in 0..=4 {
            let operand = |k: usize| {
                if k == number {
                    Source::Number(0.1 + k as f64)
                } else {
                    Source::Row(&rows[k])
                }
            };
            let operands = || (0..=links.len()).map(operand);
            // What was there before shall not matter.
            let mut out = row(1.0);
            let mut numbers = Numbers::NONE;
            dispatch!(simd_level(), _simd => chain(chained, &mut out, operands(), &mut numbers));
            for (trial, &found) in out.as_flattened().iter().enumerate() {
                let mut rest = operands().map(|source| source.at(trial));
                let first = rest.next().unwrap();
                let expected = links
                    .iter()
                    .zip(rest)
                    .fold(first, |x, (&link, y)| apply(link, x, y));
                assert!(
                    found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan()),
                    "{links:?}, number {number}, trial {trial}: {found} {expected}"
                );
            }
        }
    }

    #[test]
    fn chains_give_the_bits_of_their_operations_one_by_one() {
        for first in FIRST {
            for second in ALL {
                check(&[first, second], Links::Two([first, second]));
                for third in ALL {
                    let links = [first, second, third];
                    check(&links, Links::Three(links));
                }
            }
        }
    }
}
