//! Logarithms of the gamma function next to 1, where the argument 1 + x has lost the digits of x.

use super::gamma::ln_gamma;

const EULER: f64 = 0.5772156649015329;

/// ζ(2), ζ(3), … ζ(9).
const ZETA: [f64; 8] = [
    1.6449340668482264,
    1.2020569031595942,
    1.0823232337111381,
    1.03692775514337,
    1.0173430619844492,
    1.008349277381923,
    1.0040773561979444,
    1.0020083928260821,
];

/// Below this size of x the series is right to 1e-15 of its value.
const NEAR: f64 = 0.01;

/// ln Γ(1 + x).
///
/// # Source
/// −γ x + Σ ζ(k) (−x)^k/k: NIST Digital Library of Mathematical Functions, 5.7.3, with its ln(1 + x) expanded too.
pub fn ln_gamma_1p(x: f64) -> f64 {
    if x.abs() < NEAR {
        series(x, |_| 1.0) - EULER * x
    } else {
        ln_gamma(1.0 + x)
    }
}

/// ln(Γ(1 + 2x)/Γ(1 + x)²), which is about ζ(2) x² next to 0: the relative variance of a Weibull variable, and of a generalised extreme value.
pub fn ln_gamma_doubled(x: f64) -> f64 {
    if x.abs() < NEAR {
        // The linear terms cancel.
        series(x, |power| power - 2.0)
    } else {
        ln_gamma(1.0 + 2.0 * x) - 2.0 * ln_gamma(1.0 + x)
    }
}

/// Σ ζ(k) (−x)^k/k · factor(2^k) for k from 2, smallest terms first.
fn series(x: f64, factor: impl Fn(f64) -> f64) -> f64 {
    let mut sum = 0.0;
    for (index, zeta) in ZETA.iter().enumerate().rev() {
        let k = index + 2;
        let (mut power, mut doubled) = (1.0, 1.0);
        for _ in 0..k {
            power *= -x;
            doubled *= 2.0;
        }
        sum += zeta * power / k as f64 * factor(doubled);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::oracle::relative;

    /// Computed with 40 digits.
    #[test]
    fn series_and_function_agree_with_many_digits() {
        for (x, once, doubled) in [
            (1e-9, LN_GAMMA_1P[0], LN_DOUBLED[0]),
            (-3e-4, LN_GAMMA_1P[1], LN_DOUBLED[1]),
            (0.00999, LN_GAMMA_1P[2], LN_DOUBLED[2]),
            (-0.00999, LN_GAMMA_1P[3], LN_DOUBLED[3]),
            (0.011, LN_GAMMA_1P[4], LN_DOUBLED[4]),
            (0.3, LN_GAMMA_1P[5], LN_DOUBLED[5]),
        ] {
            assert!(relative(ln_gamma_1p(x), once) < 1e-13, "{x}");
            // Just outside of the series the two logarithms cancel to about 1e-4 of themselves.
            assert!(relative(ln_gamma_doubled(x), doubled) < 2e-12, "{x}");
        }
    }

    const LN_GAMMA_1P: [f64; 6] = [
        -5.772156640790658e-10,
        0.00017323873232417234,
        -0.005684699010429893,
        0.0058488689851340135,
        -0.006250383186980345,
        -0.10817480950786047,
    ];
    const LN_DOUBLED: [f64; 6] = [
        1.6449340644441129e-18,
        1.4810900778810073e-07,
        0.00016180479692549883,
        0.00016659985273992915,
        0.00019589162493015915,
        0.10375785331896516,
    ];
}
