//! First crossings of whole rows, one time label after another; each trial gives the bits of [`crate::plan::crossing`].

use fearless_simd::dispatch;

use super::kernels::Source;
use crate::math::simd_level;

/// `out = f(out, value)` in each trial.
macro_rules! step {
    ($out:expr, $source:expr, |$state:ident, $value:ident| $body:expr) => {{
        let out: &mut [f64] = $out;
        match $source {
            Source::Row(row) => dispatch!(simd_level(), _simd => {
                for (slot, &$value) in out.iter_mut().zip(row) {
                    let $state = *slot;
                    *slot = $body;
                }
            }),
            Source::Number($value) => dispatch!(simd_level(), _simd => {
                for slot in out.iter_mut() {
                    let $state = *slot;
                    *slot = $body;
                }
            }),
        }
    }};
}

/// Index of the first positive difference; the number of labels if there is none.
pub(super) fn first<'a>(out: &mut [f64], differences: impl ExactSizeIterator<Item = Source<'a>>) {
    let never = differences.len() as f64;
    out.fill(never);
    for (index, difference) in differences.enumerate() {
        let index = index as f64;
        step!(out, difference, |state, d| {
            let next = if (state == never) & (d > 0.0) {
                index
            } else {
                state
            };
            if d.is_nan() { d } else { next }
        });
    }
}

/// 1 where a difference after the first positive one is not positive, else 0.
pub(super) fn recross<'a>(out: &mut [f64], differences: impl Iterator<Item = Source<'a>>) {
    // What a trial has come to: nothing positive yet, positive, or no longer.
    const BEFORE: f64 = 0.0;
    const ABOVE: f64 = 2.0;
    const BACK: f64 = 1.0;
    out.fill(BEFORE);
    for difference in differences {
        step!(out, difference, |state, d| {
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
    dispatch!(simd_level(), _simd => {
        for slot in out.iter_mut() {
            *slot = if *slot == ABOVE { 0.0 } else { *slot };
        }
    });
}

/// The time of the first change to positive, linear between labels of step 1: +∞ if it never comes, −∞ if it came before the first label.
pub(super) fn date<'a>(
    out: &mut [f64],
    first_label: f64,
    differences: impl Iterator<Item = Source<'a>>,
) {
    out.fill(f64::INFINITY);
    let mut earlier = None;
    for (index, difference) in differences.enumerate() {
        let Some(before) = earlier.replace(difference) else {
            step!(out, difference, |state, d| {
                let next = if d > 0.0 { f64::NEG_INFINITY } else { state };
                if d.is_nan() { d } else { next }
            });
            continue;
        };
        let label = first_label + (index - 1) as f64;
        let change = |state: f64, before: f64, d: f64| {
            let date = label + before / (before - d);
            let next = if (state == f64::INFINITY) & (d > 0.0) {
                date
            } else {
                state
            };
            if d.is_nan() { d } else { next }
        };
        match before {
            Source::Number(before) => {
                step!(out, difference, |state, d| change(state, before, d));
            }
            Source::Row(before) => match difference {
                Source::Row(row) => dispatch!(simd_level(), _simd => {
                    for ((slot, &before), &d) in out.iter_mut().zip(before).zip(row) {
                        *slot = change(*slot, before, d);
                    }
                }),
                Source::Number(d) => {
                    step!(out, Source::Row(before), |state, b| change(state, b, d))
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let rows: Vec<Vec<f64>> = (0..4)
            .map(|label| {
                (0..n)
                    .map(|trial| VALUES[trial / 8_usize.pow(label) % 8])
                    .collect()
            })
            .collect();
        let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        let mut out = vec![0.0; n];
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
                first(&mut out, sources.iter().copied());
                for (trial, &value) in out.iter().enumerate() {
                    assert!(
                        same(value, crossing::first(&list(trial))),
                        "{:?}",
                        list(trial)
                    );
                }
                recross(&mut out, sources.iter().copied());
                for (trial, &value) in out.iter().enumerate() {
                    assert!(
                        same(value, crossing::recross(&list(trial))),
                        "{:?}",
                        list(trial)
                    );
                }
                date(&mut out, 2023.0, sources.iter().copied());
                for (trial, &value) in out.iter().enumerate() {
                    let expected = crossing::date(2023.0, &list(trial));
                    assert!(same(value, expected), "{:?}: {value}", list(trial));
                }
            }
        }
    }
}
