//! First crossings of one trial: given the differences `of − above` by time label, when the first is positive.
//!
//! A tie is no crossing. A NaN among the differences makes every answer NaN.

/// Index of the first positive difference; the number of labels if there is none.
#[must_use]
pub fn first(differences: &[f64]) -> f64 {
    if differences.iter().any(|d| d.is_nan()) {
        return f64::NAN;
    }
    let index = differences.iter().position(|&d| d > 0.0);
    index.unwrap_or(differences.len()) as f64
}

/// 1 where a difference after the first positive one is not positive, else 0.
#[must_use]
pub fn recross(differences: &[f64]) -> f64 {
    if differences.iter().any(|d| d.is_nan()) {
        return f64::NAN;
    }
    let falls = differences
        .iter()
        .skip_while(|&&d| d <= 0.0)
        .any(|&d| d <= 0.0);
    if falls { 1.0 } else { 0.0 }
}

/// The time of the first change to positive, linear between labels of step 1: +∞ if it never comes, −∞ if it came before the first label.
#[must_use]
pub fn date(first_label: f64, differences: &[f64]) -> f64 {
    let index = first(differences);
    if index.is_nan() {
        return index;
    }
    let index = index as usize;
    if index == differences.len() {
        f64::INFINITY
    } else if index == 0 {
        f64::NEG_INFINITY
    } else {
        let (before, after) = (differences[index - 1], differences[index]);
        first_label + (index - 1) as f64 + before / (before - after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_is_no_crossing() {
        assert_eq!(first(&[-1.0, 0.0, 2.0]), 2.0);
        assert_eq!(first(&[0.0, 0.0]), 2.0);
        assert_eq!(recross(&[-1.0, 1.0, 0.0]), 1.0);
        assert_eq!(recross(&[-1.0, 1.0, 2.0]), 0.0);
        assert_eq!(recross(&[-1.0, 0.0]), 0.0);
    }

    #[test]
    fn the_date_is_linear_between_labels() {
        assert_eq!(date(2023.0, &[-1.0, -1.0, 3.0]), 2024.25);
        assert_eq!(date(2023.0, &[-1.0, -1.0]), f64::INFINITY);
        assert_eq!(date(2023.0, &[1.0, -1.0]), f64::NEG_INFINITY);
    }

    #[test]
    fn nan_is_no_answer() {
        for value in [
            first(&[f64::NAN, 1.0]),
            recross(&[1.0, f64::NAN]),
            date(1.0, &[1.0, f64::NAN]),
        ] {
            assert!(value.is_nan());
        }
    }
}
