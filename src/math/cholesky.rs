//! The Cholesky factor of a correlation matrix, in a fixed order of operations.

/// The lower triangular L with L Lᵀ = `matrix`, row-major `n × n`; columns that are combinations of earlier ones get zeros.
///
/// The matrix must be positive semi-definite: the model checker refuses others.
///
/// # Source
/// Golub and Van Loan, Matrix Computations (2013), algorithm 4.2.1.
#[must_use]
pub fn cholesky(n: usize, matrix: &[f64]) -> Vec<f64> {
    // A pivot below this is rounding of a zero: perfectly correlated inputs have one.
    const SMALLEST_PIVOT: f64 = 1e-12;
    let mut factor = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let mut rest = matrix[i * n + j];
            for k in 0..j {
                rest -= factor[i * n + k] * factor[j * n + k];
            }
            let pivot = factor[j * n + j];
            factor[i * n + j] = if i == j {
                if rest > SMALLEST_PIVOT {
                    rest.sqrt()
                } else {
                    0.0
                }
            } else if pivot > 0.0 {
                rest / pivot
            } else {
                0.0
            };
        }
    }
    factor
}

#[cfg(test)]
mod tests {
    use super::cholesky;

    #[test]
    fn the_factor_times_its_transpose_is_the_matrix() {
        let matrix = [1.0, 0.6, -0.2, 0.6, 1.0, 0.3, -0.2, 0.3, 1.0];
        let factor = cholesky(3, &matrix);
        for i in 0..3 {
            for j in 0..3 {
                let product: f64 = (0..3).map(|k| factor[i * 3 + k] * factor[j * 3 + k]).sum();
                assert!((product - matrix[i * 3 + j]).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn perfect_correlation_repeats_the_first_column() {
        assert_eq!(
            cholesky(2, &[1.0, -1.0, -1.0, 1.0]),
            vec![1.0, 0.0, -1.0, 0.0]
        );
    }
}
