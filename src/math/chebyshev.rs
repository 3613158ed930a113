//! Interpolation by a polynomial at Chebyshev points, whose coefficients come out as those of powers.

/// Highest power.
const DEGREE: usize = 10;
/// Points of an interpolation, which are its coefficients' number too.
pub(crate) const POINTS: usize = DEGREE + 1;

/// `cos(π i/10)`: the extremes of the Chebyshev polynomial of degree ten, both ends of [−1, 1] and its middle among them.
pub(crate) const CHEBYSHEV_POINTS: [f64; POINTS] = [
    1.0,
    0.9510565162951535,
    0.8090169943749475,
    0.5877852522924731,
    0.30901699437494745,
    0.0,
    -0.30901699437494745,
    -0.5877852522924731,
    -0.8090169943749475,
    -0.9510565162951535,
    -1.0,
];

/// Row j: the coefficients of the powers in the Chebyshev polynomial of degree j; whole numbers up to 1,280.
const IN_POWERS: [[f64; POINTS]; POINTS] = {
    let mut rows = [[0.0; POINTS]; POINTS];
    rows[0][0] = 1.0;
    rows[1][1] = 1.0;
    let mut j = 2;
    while j < POINTS {
        // T(j) = 2 v T(j − 1) − T(j − 2)
        rows[j][0] = -rows[j - 2][0];
        let mut k = 1;
        while k < POINTS {
            rows[j][k] = 2.0 * rows[j - 1][k - 1] - rows[j - 2][k];
            k += 1;
        }
        j += 1;
    }
    rows
};

/// The coefficients of v, v², … v¹⁰ of the polynomial that is 0 at 0 and rises from there as `values` at the Chebyshev points do.
///
/// First those of the Chebyshev polynomials, which fall so fast for a smooth function that the large numbers in [`IN_POWERS`] meet small
/// ones: the result is as good as the values.
pub(crate) fn rises_in_powers(values: &[f64; POINTS]) -> [f64; DEGREE] {
    let middle = values[DEGREE / 2];
    let mut powers = [0.0; DEGREE];
    for (j, in_powers) in IN_POWERS.iter().enumerate().skip(1) {
        let mut sum = 0.0;
        for (i, value) in values.iter().enumerate() {
            // cos(π i j/10)
            let turn = (i * j) % (2 * DEGREE);
            let cosine = CHEBYSHEV_POINTS[turn.min(2 * DEGREE - turn)];
            let at_end = i == 0 || i == DEGREE;
            sum += if at_end { 0.5 } else { 1.0 } * cosine * (value - middle);
        }
        let share = if j == DEGREE { 1.0 } else { 2.0 } / DEGREE as f64;
        for (power, &part) in powers.iter_mut().zip(&in_powers[1..]) {
            *power += share * sum * part;
        }
    }
    powers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{cos, exp, sin};

    fn at(powers: &[f64; DEGREE], v: f64) -> f64 {
        powers.iter().rev().fold(0.0, |sum, c| v * (c + sum))
    }

    #[test]
    fn points_are_cosines() {
        for (i, point) in CHEBYSHEV_POINTS.iter().enumerate() {
            let angle = std::f64::consts::PI * i as f64 / DEGREE as f64;
            assert!((point - cos(angle)).abs() < 2e-16, "{i}");
        }
    }

    #[test]
    fn polynomials_of_degree_ten_come_back() {
        let expected: [f64; DEGREE] = [3.0, -1.0, 0.5, 4.0, -2.5, 1.25, 0.125, -7.0, 2.0, 1.0];
        let found = rises_in_powers(&CHEBYSHEV_POINTS.map(|v| 11.0 + at(&expected, v)));
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-11, "{found} {expected}");
        }
    }

    /// The remainder of sin is at most 1/(11! 2¹⁰) = 2.4e-11, twice that for points of extremes; that of `exp(v/8)` lies below rounding.
    #[test]
    fn smooth_functions_are_met_between_the_points() {
        let sines = rises_in_powers(&CHEBYSHEV_POINTS.map(sin));
        let powers = rises_in_powers(&CHEBYSHEV_POINTS.map(|v| exp(v / 8.0)));
        for i in -1000..=1000 {
            let v = f64::from(i) / 1000.0;
            assert!((at(&sines, v) - sin(v)).abs() < 5e-11, "{v}");
            let error = (1.0 + at(&powers, v) - exp(v / 8.0)).abs();
            assert!(error < 5e-16, "{v} {error}");
        }
    }
}
