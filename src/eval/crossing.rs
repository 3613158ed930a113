//! First crossings of whole rows, one time label after another; each trial gives the bits of [`crate::plan::crossing`].

use super::rows::{Block, LANES};
use super::source::Source;

/// `state = f(state, value)` in each trial of a block.
macro_rules! step {
    ($block:expr, $index:expr, $source:expr, |$state:ident, $value:ident| $body:expr) => {{
        let block: &mut Block = $block;
        match $source {
            Source::Row(row) => {
                for (slot, &$value) in block.iter_mut().zip(&row[$index]) {
                    let $state = *slot;
                    *slot = $body;
                }
            }
            Source::Number($value) => {
                for slot in block {
                    let $state = *slot;
                    *slot = $body;
                }
            }
        }
    }};
}

/// Index of the first positive difference; the number of labels if there is none.
#[inline(always)]
pub(super) fn first<'a>(
    out: &mut [Block],
    differences: impl ExactSizeIterator<Item = Source<'a>> + Clone,
) {
    let never = differences.len() as f64;
    for (block, out) in out.iter_mut().enumerate() {
        out.fill(never);
        for (index, difference) in differences.clone().enumerate() {
            let index = index as f64;
            step!(out, block, difference, |state, d| {
                let next = if (state == never) & (d > 0.0) {
                    index
                } else {
                    state
                };
                if d.is_nan() { d } else { next }
            });
        }
    }
}

/// 1 where a difference after the first positive one is not positive, else 0.
#[inline(always)]
pub(super) fn recross<'a>(
    out: &mut [Block],
    differences: impl Iterator<Item = Source<'a>> + Clone,
) {
    // What a trial has come to: nothing positive yet, positive, or no longer.
    const BEFORE: f64 = 0.0;
    const ABOVE: f64 = 2.0;
    const BACK: f64 = 1.0;
    for (block, out) in out.iter_mut().enumerate() {
        out.fill(BEFORE);
        for difference in differences.clone() {
            step!(out, block, difference, |state, d| {
                let crossed = if (state == BEFORE) & (d > 0.0) {
                    ABOVE
                } else {
                    state
                };
                let next = if (state == ABOVE) & (d <= 0.0) {
                    BACK
                } else {
                    crossed
                };
                if d.is_nan() { d } else { next }
            });
        }
        for slot in out {
            *slot = if *slot == ABOVE { 0.0 } else { *slot };
        }
    }
}

/// The time of the first change to positive, linear between labels of step 1: +∞ if it never comes, −∞ if it came before the first label.
#[inline(always)]
pub(super) fn date<'a>(
    out: &mut [Block],
    first_label: f64,
    differences: impl Iterator<Item = Source<'a>> + Clone,
) {
    for (block, out) in out.iter_mut().enumerate() {
        out.fill(f64::INFINITY);
        let mut earlier = [0.0; LANES];
        for (index, difference) in differences.clone().enumerate() {
            if index == 0 {
                step!(out, block, difference, |state, d| {
                    let next = if d > 0.0 { f64::NEG_INFINITY } else { state };
                    if d.is_nan() { d } else { next }
                });
            } else {
                let label = first_label + (index - 1) as f64;
                let mut now = [0.0; LANES];
                fill(&mut now, block, difference);
                for ((slot, &before), &d) in out.iter_mut().zip(&earlier).zip(&now) {
                    let date = label + before / (before - d);
                    let next = if (*slot == f64::INFINITY) & (d > 0.0) {
                        date
                    } else {
                        *slot
                    };
                    *slot = if d.is_nan() { d } else { next };
                }
            }
            fill(&mut earlier, block, difference);
        }
    }
}

/// One block of a source.
#[inline(always)]
fn fill(out: &mut Block, block: usize, source: Source<'_>) {
    match source {
        Source::Row(row) => *out = row[block],
        Source::Number(x) => out.fill(x),
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;
    use crate::math::simd_level;
    use crate::plan::crossing;

    /// Every sequence of four among values that matter: both signs, a tie, infinities, NaN; as rows, and with one label a number.
    #[test]
    fn rows_are_their_trials_one_by_one() {
        const VALUES: [f64; 8] = [
            -2.5,
            -0.0,
            0.0,
            1.75,
            3.0,
            f64::NEG_INFINITY,
            f64::INFINITY,
            f64::NAN,
        ];
        let n = VALUES.len().pow(4);
        let rows: Vec<Vec<Block>> = (0..4)
            .map(|label| {
                let row: Vec<f64> = (0..n)
                    .map(|trial| VALUES[trial / 8_usize.pow(label) % 8])
                    .collect();
                row.as_chunks().0.to_vec()
            })
            .collect();
        let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        let mut out = vec![[0.0; LANES]; n / LANES];
        for constant in 0..5 {
            for number in [-1.0, 2.0, f64::NAN] {
                let sources: Vec<_> = rows
                    .iter()
                    .enumerate()
                    .map(|(label, row)| {
                        if label == constant {
                            Source::Number(number)
                        } else {
                            Source::Row(row)
                        }
                    })
                    .collect();
                let list = |trial| -> Vec<f64> { sources.iter().map(|s| s.at(trial)).collect() };
                dispatch!(simd_level(), _simd => first(&mut out, sources.iter().copied()));
                for (trial, &value) in out.as_flattened().iter().enumerate() {
                    assert!(
                        same(value, crossing::first(&list(trial))),
                        "{:?}",
                        list(trial)
                    );
                }
                dispatch!(simd_level(), _simd => recross(&mut out, sources.iter().copied()));
                for (trial, &value) in out.as_flattened().iter().enumerate() {
                    assert!(
                        same(value, crossing::recross(&list(trial))),
                        "{:?}",
                        list(trial)
                    );
                }
                dispatch!(simd_level(), _simd => date(&mut out, 2023.0, sources.iter().copied()));
                for (trial, &value) in out.as_flattened().iter().enumerate() {
                    let expected = crossing::date(2023.0, &list(trial));
                    assert!(same(value, expected), "{:?}: {value}", list(trial));
                }
            }
        }
    }
}
