//! Correlation matrices: whether one is valid, and the nearest that is.

use nalgebra::DMatrix;

/// Smallest eigenvalue that still counts as 0: rounding of a matrix of a few dozen rows.
const EIGENVALUE_ROUNDING: f64 = 1e-10;
/// Rounds of alternating projections; they converge linearly, and the result is only shown.
const ROUNDS: usize = 1000;

/// Whether a symmetric row-major matrix has no negative eigenvalue.
pub(super) fn is_valid(matrix: &[f64], n: usize) -> bool {
    let matrix = DMatrix::from_row_slice(n, n, matrix);
    matrix.symmetric_eigenvalues().min() >= -EIGENVALUE_ROUNDING
}

/// The nearest correlation matrix in the Frobenius norm, row-major.
///
/// # Source
/// Higham 2002, IMA Journal of Numerical Analysis 22(3): alternating projections with Dykstra's correction.
pub(super) fn nearest(matrix: &[f64], n: usize) -> Vec<f64> {
    let mut x = DMatrix::from_row_slice(n, n, matrix);
    let mut correction = DMatrix::zeros(n, n);
    for _ in 0..ROUNDS {
        let r = &x - &correction;
        let eigen = r.clone().symmetric_eigen();
        let clipped = DMatrix::from_diagonal(&eigen.eigenvalues.map(|value| value.max(0.0)));
        let projected = &eigen.eigenvectors * clipped * eigen.eigenvectors.transpose();
        correction = &projected - &r;
        let before = x;
        x = projected;
        x.fill_diagonal(1.0);
        if (&x - before).amax() < 1e-12 {
            break;
        }
    }
    x.transpose().as_slice().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Higham 2002, section 4: the matrix of the first example has the nearest correlation matrix with off-diagonals 0.7607 and 0.1573.
    #[test]
    fn the_example_of_higham_comes_out() {
        let matrix = [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0];
        assert!(!is_valid(&matrix, 3));
        let near = nearest(&matrix, 3);
        // Published to four digits.
        for (found, due) in near.iter().zip([
            1.0, 0.7607, 0.1573, 0.7607, 1.0, 0.7607, 0.1573, 0.7607, 1.0,
        ]) {
            assert!((found - due).abs() < 5e-5, "{near:?}");
        }
        assert!(is_valid(&near, 3));
    }

    #[test]
    fn a_valid_matrix_is_its_own_nearest() {
        let matrix = [1.0, 0.5, 0.5, 1.0];
        assert!(is_valid(&matrix, 2));
        // Two eigenvalue decompositions round.
        for (found, due) in nearest(&matrix, 2).iter().zip(matrix) {
            assert!((found - due).abs() < 1e-12);
        }
    }

    #[test]
    fn a_singular_matrix_is_valid() {
        assert!(is_valid(&[1.0, 1.0, 1.0, 1.0], 2));
        assert!(!is_valid(&[1.0, 1.001, 1.001, 1.0], 2));
    }
}
