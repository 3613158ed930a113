//! Sorts several short lists at once: the same comparisons for all, so that one instruction serves as many lists as a register has lanes.

use fearless_simd::dispatch;

use crate::math::simd_level;

/// Lists that are sorted together: one register of 512 bits.
pub(crate) const N_LISTS: usize = 8;
/// The values of all lists at one place.
pub(crate) type Row = [f64; N_LISTS];

/// Rows that stay in registers.
const SMALL: usize = 16;

/// Sorts every list, `rows[place][list]`, in ascending order. No value may be NaN; the order of the two zeros is open.
///
/// # Panics
/// If the number of rows is not a power of two, or below 16.
///
/// # Source
/// Batcher (1968), Sorting networks and their applications: the bitonic sorter, of which the second half of each pair is read backwards.
pub(crate) fn sort(rows: &mut [Row]) {
    assert!(rows.len() >= SMALL && rows.len().is_power_of_two());
    dispatch!(simd_level(), _simd => sort_all(rows));
}

/// Sorted lists of 16, merged two by two: each length is finished while it is in the first-level cache, as far as it fits.
#[inline(always)]
fn sort_all(rows: &mut [Row]) {
    let (small, _) = rows.as_chunks_mut::<SMALL>();
    for (index, rows) in (1_usize..).zip(0..small.len()) {
        sort_small(&mut small[rows]);
        // After an even number of lists the last two are merged, after a multiple of four the last two pairs, and so on.
        let mut n = 1;
        while index.is_multiple_of(2 * n) {
            n *= 2;
            merge(small[index - n..index].as_flattened_mut());
        }
    }
}

/// Merges the two halves, each in order.
#[inline(always)]
fn merge(rows: &mut [Row]) {
    let (lower, upper) = rows.split_at_mut(rows.len() / 2);
    for (a, b) in lower.iter_mut().zip(upper.iter_mut().rev()) {
        exchange(a, b);
    }
    let mut length = rows.len() / 2;
    while length > SMALL {
        for part in rows.chunks_exact_mut(length) {
            let (lower, upper) = part.split_at_mut(length / 2);
            for (a, b) in lower.iter_mut().zip(upper) {
                exchange(a, b);
            }
        }
        length /= 2;
    }
    for part in rows.as_chunks_mut::<SMALL>().0 {
        clean::<SMALL>(part);
    }
}

#[inline(always)]
fn sort_small(rows: &mut [Row; SMALL]) {
    flip_and_clean::<2>(rows);
    flip_and_clean::<4>(rows);
    flip_and_clean::<8>(rows);
    flip_and_clean::<16>(rows);
}

/// Merges the halves of each part of N rows.
#[inline(always)]
fn flip_and_clean<const N: usize>(rows: &mut [Row; SMALL]) {
    for part in rows.as_chunks_mut::<N>().0 {
        for place in 0..N / 2 {
            exchange_at(part, place, N - 1 - place);
        }
        halve::<N>(part, N / 2);
    }
}

/// Sorts rows that rise and then fall, or fall and then rise.
#[inline(always)]
fn clean<const N: usize>(rows: &mut [Row; N]) {
    halve::<N>(rows, N);
}

/// Sorts each part of so many rows, given that it rises and then falls, or the other way round.
#[inline(always)]
fn halve<const N: usize>(rows: &mut [Row; N], mut length: usize) {
    while length > 1 {
        let half = length / 2;
        for place in 0..N {
            if place % length < half {
                exchange_at(rows, place, place + half);
            }
        }
        length = half;
    }
}

#[inline(always)]
fn exchange_at<const N: usize>(rows: &mut [Row; N], low: usize, high: usize) {
    let (mut a, mut b) = (rows[low], rows[high]);
    exchange(&mut a, &mut b);
    (rows[low], rows[high]) = (a, b);
}

/// The lesser values to `a`, the greater to `b`.
#[inline(always)]
fn exchange(a: &mut Row, b: &mut Row) {
    let (x, y) = (*a, *b);
    for list in 0..N_LISTS {
        a[list] = if x[list] < y[list] { x[list] } else { y[list] };
        b[list] = if x[list] < y[list] { y[list] } else { x[list] };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lists_are_those_of_the_standard_sort(
            values in prop::collection::vec(
                prop_oneof![-3..3_i32, -1000..1000_i32].prop_map(|x| f64::from(x) + 0.5),
                1024 * N_LISTS,
            ),
            bits in 4..=10_u32,
        ) {
            let mut rows: Vec<Row> = values.as_chunks().0[..1 << bits].to_vec();
            rows[3][2] = f64::INFINITY;
            rows[5][2] = f64::NEG_INFINITY;
            let mut expected: Vec<Vec<f64>> = (0..N_LISTS)
                .map(|list| rows.iter().map(|row| row[list]).collect())
                .collect();
            sort(&mut rows);
            for (list, expected) in expected.iter_mut().enumerate() {
                expected.sort_by(f64::total_cmp);
                prop_assert_eq!(&rows.iter().map(|row| row[list]).collect::<Vec<_>>(), expected);
            }
        }
    }
}
