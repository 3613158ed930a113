//! Comparison of functions with a second implementation, for tests.

/// `count` points evenly from `low` to `high`, shifted off round numbers.
pub(crate) fn spread(low: f64, high: f64, count: usize) -> Vec<f64> {
    (0..count)
        .map(|i| low + (high - low) * ((i as f64 + 0.382) / count as f64))
        .collect()
}

/// Distance in units of the last place of `expected`; infinite where only one of them is a number.
pub(crate) fn ulps(found: f64, expected: f64) -> f64 {
    if found == expected {
        return 0.0;
    }
    if !found.is_finite() || !expected.is_finite() {
        return f64::INFINITY;
    }
    let unit = f64::from_bits(expected.abs().to_bits() + 1) - expected.abs();
    (found - expected).abs() / unit
}

/// The largest distance over the points.
pub(crate) fn largest_ulps(
    points: impl IntoIterator<Item = f64>,
    found: impl Fn(f64) -> f64,
    expected: impl Fn(f64) -> f64,
) -> f64 {
    points
        .into_iter()
        .map(|x| ulps(found(x), expected(x)))
        .fold(0.0, f64::max)
}

/// |found/expected − 1|; infinite for NaN, so that it cannot pass.
pub(crate) fn relative(found: f64, expected: f64) -> f64 {
    let error = (found / expected - 1.0).abs();
    if found == expected {
        0.0
    } else if error.is_nan() {
        f64::INFINITY
    } else {
        error
    }
}
