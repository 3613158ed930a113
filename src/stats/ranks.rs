//! Spearman's rank correlation between columns of the kept joint sample.

use ndarray::ArrayView2;

/// Ranks 1 … n, ties sharing the mean of their ranks; `None` if a value is NaN. Infinities rank last and first.
#[must_use]
pub fn mid_ranks(values: &[f64]) -> Option<Vec<f64>> {
    if values.iter().any(|x| x.is_nan()) {
        return None;
    }
    // −0 + 0 = 0: the two zeros are a tie.
    let mut order: Vec<(i64, usize)> = (values.iter().map(|x| ascending(x + 0.0)))
        .zip(0..)
        .collect();
    order.sort_unstable();
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for ties in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = before as f64 + (ties.len() + 1) as f64 / 2.0;
        for &(_, index) in ties {
            ranks[index] = rank;
        }
        before += ties.len();
    }
    Some(ranks)
}

/// A whole number that grows with the double: its bits, those of negative numbers in reverse order.
fn ascending(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// Spearman's rank correlation of columns `a` and `b` of a sample [trial × column]: Pearson's of the mid-ranks.
/// `None` if a column is missing, constant, or holds NaN, or below two trials.
///
/// # Source
/// Spearman (1904); for ties Kendall (1945).
#[must_use]
pub fn spearman(sample: ArrayView2<'_, f64>, a: usize, b: usize) -> Option<f64> {
    if a.max(b) >= sample.ncols() || sample.nrows() < 2 {
        return None;
    }
    let ranks = |column: usize| mid_ranks(&sample.column(column).to_vec());
    rank_correlation(&ranks(a)?, &ranks(b)?)
}

/// Spearman's rank correlation of two lists of [`mid_ranks`]; `None` where one has only ties, or below two trials.
#[must_use]
pub fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let mean = (a.len() as f64 + 1.0) / 2.0;
    let sum = |x: &[f64], y: &[f64]| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum()
    };
    let scale = sum(a, a).sqrt() * sum(b, b).sqrt();
    (scale > 0.0).then(|| (sum(a, b) / scale).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn ties_share_their_mean_rank() {
        assert_eq!(
            mid_ranks(&[3.0, -1.0, 3.0, f64::INFINITY, 0.0, -0.0, -2.0]),
            Some(vec![5.5, 2.0, 5.5, 7.0, 3.5, 3.5, 1.0])
        );
        assert_eq!(mid_ranks(&[f64::NAN]), None);
    }

    #[test]
    fn spearman_meets_the_textbook_value() {
        // IQ and hours of television: differences of ranks squared sum to 194, so 1 − 6·194/(10·99) = −29/165.
        let sample = array![
            [106.0, 7.0],
            [100.0, 27.0],
            [86.0, 2.0],
            [101.0, 50.0],
            [99.0, 28.0],
            [103.0, 29.0],
            [97.0, 20.0],
            [113.0, 12.0],
            [112.0, 6.0],
            [110.0, 17.0]
        ];
        assert!((spearman(sample.view(), 0, 1).unwrap() + 29.0 / 165.0).abs() < 1e-15);
        assert_eq!(spearman(sample.view(), 0, 0), Some(1.0));
        assert_eq!(spearman(sample.view(), 0, 2), None);
        // Ranks 1.5 1.5 3.5 3.5 and 1 3 2 4: Σ = 3, over √(4·5).
        let tied = array![[0.0, 1.0], [0.0, 3.0], [1.0, 2.0], [1.0, 4.0]];
        assert!((spearman(tied.view(), 0, 1).unwrap() - 2.0 / 20.0_f64.sqrt()).abs() < 1e-15);
        assert_eq!(spearman(array![[1.0, 1.0], [1.0, 2.0]].view(), 0, 1), None);
    }
}
