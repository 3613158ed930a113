//! Sorts several short lists at once: the same comparisons for all, so that one instruction serves as many lists as a register has lanes.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, dispatch};

use crate::math::simd_level;

/// Lists that are sorted together: one register of 512 bits.
pub(crate) const N_LISTS: usize = 8;
/// The values of all lists at one place.
pub(crate) type Row = [f64; N_LISTS];

/// Rows that are sorted in registers: as many as AVX2 has. Left to the compiler, comparisons became stores under a mask, which the next comparison waits for.
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
    dispatch!(simd_level(), simd => sort_all(simd, rows));
}

/// Sorted lists of 16, merged two by two: each length is finished while it is in the first-level cache, as far as it fits.
#[inline(always)]
fn sort_all<S: Simd>(simd: S, rows: &mut [Row]) {
    let (small, _) = rows.as_chunks_mut::<SMALL>();
    for (index, rows) in (1_usize..).zip(0..small.len()) {
        sort_small(simd, &mut small[rows]);
        // After an even number of lists the last two are merged, after a multiple of four the last two pairs, and so on.
        let mut n = 1;
        while index.is_multiple_of(2 * n) {
            n *= 2;
            merge(simd, small[index - n..index].as_flattened_mut());
        }
    }
}

/// Merges the two halves, each in order. Two steps of the network at a time, so that a row is read and written half as often.
#[inline(always)]
fn merge<S: Simd>(simd: S, rows: &mut [Row]) {
    let mut length = rows.len() / 2;
    if length > SMALL {
        let [a, b, c, d] = quarters(rows);
        let places = a
            .iter_mut()
            .zip(b)
            .zip(c.iter_mut().rev())
            .zip(d.iter_mut().rev());
        for (((a, b), c), d) in places {
            for lists in parts::<S>() {
                let mut four = Registers::load(simd, [a, b, c, d], lists);
                four.exchange(0, 3);
                four.exchange(1, 2);
                four.exchange(0, 1);
                four.exchange(2, 3);
                four.store([a, b, c, d], lists);
            }
        }
        length /= 2;
    } else {
        let (lower, upper) = rows.split_at_mut(length);
        for (a, b) in lower.iter_mut().zip(upper.iter_mut().rev()) {
            exchange(simd, a, b);
        }
    }
    while length > 2 * SMALL {
        for part in rows.chunks_exact_mut(length) {
            let [a, b, c, d] = quarters(part);
            for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
                for lists in parts::<S>() {
                    let mut four = Registers::load(simd, [a, b, c, d], lists);
                    four.exchange(0, 2);
                    four.exchange(1, 3);
                    four.exchange(0, 1);
                    four.exchange(2, 3);
                    four.store([a, b, c, d], lists);
                }
            }
        }
        length /= 4;
    }
    if length > SMALL {
        for part in rows.as_chunks_mut::<{ 2 * SMALL }>().0 {
            let (lower, upper) = part.split_at_mut(SMALL);
            for (a, b) in lower.iter_mut().zip(upper) {
                exchange(simd, a, b);
            }
        }
    }
    for part in rows.as_chunks_mut::<SMALL>().0 {
        for lists in parts::<S>() {
            let mut sixteen = Registers::load(simd, part.each_ref(), lists);
            sixteen.halve::<8>();
            sixteen.halve::<4>();
            sixteen.halve::<2>();
            sixteen.halve::<1>();
            sixteen.store(part.each_mut(), lists);
        }
    }
}

#[inline(always)]
fn quarters(rows: &mut [Row]) -> [&mut [Row]; 4] {
    let (lower, upper) = rows.split_at_mut(rows.len() / 2);
    let (a, b) = lower.split_at_mut(lower.len() / 2);
    let (c, d) = upper.split_at_mut(upper.len() / 2);
    [a, b, c, d]
}

#[inline(always)]
fn sort_small<S: Simd>(simd: S, rows: &mut [Row; SMALL]) {
    for lists in parts::<S>() {
        let mut sixteen = Registers::load(simd, rows.each_ref(), lists);
        sixteen.flip::<2>();
        sixteen.flip::<4>();
        sixteen.halve::<1>();
        sixteen.flip::<8>();
        sixteen.halve::<2>();
        sixteen.halve::<1>();
        sixteen.flip::<16>();
        sixteen.halve::<4>();
        sixteen.halve::<2>();
        sixteen.halve::<1>();
        sixteen.store(rows.each_mut(), lists);
    }
}

/// The first list of each part that fills a register.
#[inline(always)]
fn parts<S: Simd>() -> impl Iterator<Item = usize> {
    (0..N_LISTS).step_by(S::f64s::LEN)
}

/// One part of rows that are compared with one another.
struct Registers<S: Simd, const N: usize>([S::f64s; N]);

impl<S: Simd, const N: usize> Registers<S, N> {
    #[inline(always)]
    fn load(simd: S, rows: [&Row; N], lists: usize) -> Self {
        Self(rows.map(|row| S::f64s::from_slice(simd, &row[lists..][..S::f64s::LEN])))
    }

    #[inline(always)]
    fn store(self, rows: [&mut Row; N], lists: usize) {
        for (row, values) in rows.into_iter().zip(self.0) {
            values.store_slice(&mut row[lists..][..S::f64s::LEN]);
        }
    }

    /// The lesser values to place `a`, the greater to `b`. Of equal ones each is kept on x86, where both operations then take the second.
    #[inline(always)]
    fn exchange(&mut self, a: usize, b: usize) {
        let (x, y) = (self.0[a], self.0[b]);
        self.0[a] = x.min(y);
        self.0[b] = y.max(x);
    }

    /// Compares each place with the one so far behind, within parts of twice as many.
    #[inline(always)]
    fn halve<const HALF: usize>(&mut self) {
        for part in 0..N / (2 * HALF) {
            for place in 0..HALF {
                let place = 2 * HALF * part + place;
                self.exchange(place, place + HALF);
            }
        }
    }

    /// Compares the first place of each part with its last, the second with the last but one, and so on.
    #[inline(always)]
    fn flip<const PART: usize>(&mut self) {
        for part in 0..N / PART {
            for place in 0..PART / 2 {
                self.exchange(PART * part + place, PART * part + PART - 1 - place);
            }
        }
    }
}

/// The lesser values to `a`, the greater to `b`.
#[inline(always)]
fn exchange<S: Simd>(simd: S, a: &mut Row, b: &mut Row) {
    for lists in parts::<S>() {
        let mut both = Registers::load(simd, [a, b], lists);
        both.exchange(0, 1);
        both.store([a, b], lists);
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
