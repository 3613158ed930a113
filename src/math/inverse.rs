//! Steps to the inverse of a distribution function, many at once: what searched quantiles have in common.

use super::ln::ln;

/// A place at which a distribution function was evaluated, in a coordinate t in which the logarithms of both tails are smooth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evaluated {
    /// Probabilities below and above.
    pub(crate) below: f64,
    /// See `below`.
    pub(crate) above: f64,
    /// Density of t.
    pub(crate) density: f64,
    /// Derivative of the logarithm of the density.
    pub(crate) slope: f64,
    /// Second derivative of the logarithm of the density.
    pub(crate) curvature: f64,
}

/// The way from a place to where the smaller of `p` and `q` is the tail probability, and whether it leads there to the last digits.
///
/// Near the goal it is the inverse Taylor series of the logarithm of the tail to third order, whose error is of fourth order; far from it a
/// Newton step, which is safe as the logarithm of a tail is concave.
#[inline(always)]
pub(crate) fn step(at: Evaluated, p: f64, q: f64) -> (f64, bool) {
    /// First-order correction of a step, relative, up to which the series is taken.
    const NEAR: f64 = 0.2;
    /// The same, and the root of the second-order one, below which what remains is beyond the digits sought: 3e-4 cubed is 3e-11 of a step
    /// that is itself small.
    const LAST: f64 = 3e-4;
    /// Where a tail is nearly a power both corrections vanish however long the step is; what remains is about the first times the cube of the
    /// step.
    const LAST_CUBED: f64 = 2e-12;
    const LONGEST: f64 = 2.0;
    let lower = p < q;
    let (tail, wanted) = if lower { (at.below, p) } else { (at.above, q) };
    let rate = at.density / tail;
    // f = ±(ln tail − ln wanted) rises; f' = rate, f''/f' = a, f'''/f' = b.
    let gap = ln(tail / wanted);
    let gap = if lower { gap } else { -gap };
    let turn = if lower { -rate } else { rate };
    let a = at.slope + turn;
    let b = a * a + at.curvature + turn * a;
    let newton = gap / rate;
    let first = 0.5 * a * newton;
    let second = (0.5 * a * a - b / 6.0) * newton * newton;
    let near = (first.abs() < NEAR) & (second.abs() < NEAR);
    let length = if near {
        newton * (1.0 + first + second)
    } else {
        newton
    };
    let length = if length > LONGEST { LONGEST } else { length };
    let length = if length < -LONGEST { -LONGEST } else { length };
    let last = (first.abs() < LAST)
        & (second.abs() < LAST * LAST)
        & ((first * newton * newton * newton).abs() < LAST_CUBED)
        & (newton.abs() < NEAR);
    (-length, last | (gap == 0.0))
}

/// Whether all lanes are set.
#[inline(always)]
pub(super) fn all_of<const W: usize>(lanes: &[bool; W]) -> bool {
    lanes.iter().fold(true, |all, &lane| all & lane)
}

/// Whether any lane is set.
#[inline(always)]
pub(super) fn any_of<const W: usize>(lanes: &[bool; W]) -> bool {
    lanes.iter().fold(false, |any, &lane| any | lane)
}
