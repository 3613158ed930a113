//! Keyed permutations are permutations, and look random over their keys.

use super::super::keys::Keys;
use super::super::permutation::Permutation;
use super::*;

/// The values of some numbers under one key.
fn values(permutation: &Permutation, numbers: &[u32]) -> Vec<u32> {
    let mut value = [0];
    numbers
        .iter()
        .map(|&number| {
            permutation.fill(number, &mut value);
            value[0]
        })
        .collect()
}

#[test]
fn every_number_has_one_place_whatever_their_number() {
    let mut keys = Keys::new(1, 1);
    for n in (1..=70).chain([255, 256, 257, 1000, 4095, 4097, 62_500, 65_537]) {
        let permutation = Permutation::new(keys.of(0, 0, n), n);
        let mut row = vec![0; n as usize];
        permutation.fill(0, &mut row);
        row.sort_unstable();
        assert!((0..n as u32).eq(row.iter().copied()), "{n}");
    }
}

#[test]
fn a_value_is_found_without_the_others_up_to_the_last() {
    let mut keys = Keys::new(2, 1);
    for n in [1000, 1 << 20, 1 << 32, (1 << 32) - 5, (1 << 31) + 1] {
        let permutation = Permutation::new(keys.of(0, 0, n), n);
        let first = (n - 600) as u32;
        let mut row = [0; 600];
        permutation.fill(first, &mut row);
        let numbers: Vec<u32> = (first..=(n - 1) as u32).collect();
        assert_eq!(values(&permutation, &numbers), row, "{n}");
        assert!(row.iter().all(|&value| u64::from(value) < n));
    }
}

/// 20,000 keys; each of the 73 tests fails by chance with a probability of 1e-7. Pairs of a random permutation are equally probable.
#[test]
fn values_and_pairs_of_values_are_equally_probable_over_keys() {
    const KEYS: u64 = 20_000;
    const FALSE_ALARM: f64 = 1e-7;
    for (n, numbers) in [
        (2_u32, vec![0, 1]),
        (3, vec![0, 1, 2]),
        (4, vec![0, 1, 2, 3]),
        (5, vec![0, 1, 2, 4]),
        (7, vec![0, 1, 3, 6]),
        (8, vec![0, 1, 2, 7]),
        (16, vec![0, 1, 2, 8, 15]),
        (20, vec![0, 1, 2, 16, 19]),
        (33, vec![0, 1, 16, 32]),
    ] {
        let mut keys = Keys::new(u64::from(n), 1);
        let mut single = vec![vec![0; n as usize]; numbers.len()];
        let mut pairs = vec![vec![0; (n * n) as usize]; numbers.len() * numbers.len()];
        for key in 0..KEYS {
            let permutation = Permutation::new(keys.of(0, 0, key), u64::from(n));
            let values = values(&permutation, &numbers);
            for (a, &x) in values.iter().enumerate() {
                single[a][x as usize] += 1;
                for (b, &y) in values.iter().enumerate().skip(a + 1) {
                    pairs[a * numbers.len() + b][(x * n + y) as usize] += 1;
                }
            }
        }
        for (counts, number) in single.iter().zip(&numbers) {
            let p = p_value_of_equal_counts(counts);
            assert!(p > FALSE_ALARM, "value of {number} of {n}: {p}");
        }
        for counts in pairs.iter().filter(|counts| counts.iter().any(|&c| c > 0)) {
            let equal = |cell: usize| cell as u32 / n == cell as u32 % n;
            let unequal: Vec<u64> = (0..counts.len())
                .filter(|&cell| !equal(cell))
                .map(|cell| counts[cell])
                .collect();
            assert_eq!(unequal.iter().sum::<u64>(), KEYS);
            if unequal.len() > 1 {
                let p = p_value_of_equal_counts(&unequal);
                assert!(p > FALSE_ALARM, "pairs of {n}: {p}");
            }
        }
    }
}

/// 16 × 16 cells over 20,000 keys, one pair of each; false alarm 1e-7 each.
#[test]
fn neighbours_of_a_long_permutation_fall_anywhere() {
    const N: u64 = 62_500;
    for distance in [1, 2, 256, 32_768] {
        let mut keys = Keys::new(distance, 1);
        let mut counts = vec![0; 256];
        for key in 0..20_000 {
            let permutation = Permutation::new(keys.of(0, 0, key), N);
            let first = (key * 7 % (N - distance)) as u32;
            let pair = values(&permutation, &[first, first + distance as u32]);
            let cell = |value: u32| u64::from(value) * 16 / N;
            counts[(cell(pair[0]) * 16 + cell(pair[1])) as usize] += 1;
        }
        let p = p_value_of_equal_counts(&counts);
        assert!(p > 1e-7, "distance {distance}: {p}");
    }
}
