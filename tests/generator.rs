//! The generator of draws: published key streams, the address of every draw by a second implementation, and streams that share nothing.

use std::collections::BTreeSet;

use fanfare::plan::{Component, StreamKey};
use fanfare::sample::uniform;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// One block of ChaCha with 8 rounds (D. J. Bernstein, ChaCha, a variant of Salsa20, 2008; 64-bit counter and IV).
fn block(key: &[u8; 32], iv: u64, counter: u64) -> [u32; 16] {
    let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
    let mut start = [0u32; 16];
    for (slot, four) in start.iter_mut().zip(b"expand 32-byte k".chunks(4)) {
        *slot = word(four);
    }
    for (slot, four) in start[4..12].iter_mut().zip(key.chunks(4)) {
        *slot = word(four);
    }
    for (slot, number) in start[12..].chunks_mut(2).zip([counter, iv]) {
        slot[0] = number as u32;
        slot[1] = (number >> 32) as u32;
    }
    let mut x = start;
    let mut quarter = |[a, b, c, d]: [usize; 4]| {
        for (into, from, turned, by) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
            x[into] = x[into].wrapping_add(x[from]);
            x[turned] = (x[turned] ^ x[into]).rotate_left(by);
        }
    };
    for _ in 0..4 {
        for column in 0..4 {
            quarter([column, column + 4, column + 8, column + 12]);
        }
        for k in 0..4 {
            quarter([k, 4 + (k + 1) % 4, 8 + (k + 2) % 4, 12 + (k + 3) % 4]);
        }
    }
    for (slot, first) in x.iter_mut().zip(start) {
        *slot = slot.wrapping_add(first);
    }
    x
}

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn key(input: &str, component: Component, labels: &[(&str, &str)]) -> StreamKey {
    StreamKey {
        input: input.to_owned(),
        cell: 0,
        component,
        labels: labels
            .iter()
            .map(|(dimension, label)| ((*dimension).to_owned(), (*label).to_owned()))
            .collect(),
    }
}

#[test]
fn key_streams_are_those_published() {
    let published: Value =
        serde_json::from_str(include_str!("reference/chacha8-known-answers.json")).unwrap();
    let vectors = published["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 9);
    for vector in vectors {
        let name = vector["name"].as_str().unwrap();
        let text = |field: &str| bytes_of(vector[field].as_str().unwrap());
        let seed: [u8; 32] = text("key").try_into().unwrap();
        let iv = u64::from_le_bytes(text("iv").try_into().unwrap());
        let first = vector["first_block"].as_u64().unwrap();
        let expected = text("key_stream");
        assert_eq!(expected.len(), 128);

        let mut generator = ChaCha8Rng::from_seed(seed);
        generator.set_stream(iv);
        generator.set_word_pos(u128::from(first) * 16);
        let mut found = vec![0; expected.len()];
        generator.fill_bytes(&mut found);
        assert_eq!(found, expected, "{name}");

        let second: Vec<u8> = [first, first.wrapping_add(1)]
            .iter()
            .flat_map(|&counter| block(&seed, iv, counter))
            .flat_map(u32::to_le_bytes)
            .collect();
        assert_eq!(second, expected, "{name}: the second implementation");
    }
}

/// The whole way from an address to a uniform number, as docs/design.md states it, by the second implementation.
#[test]
fn a_draw_stands_where_its_address_says() {
    let keys = [
        key("a", Component::Own, &[]),
        key(
            "demand",
            Component::Own,
            &[("shop", "harbour"), ("year", "2024")],
        ),
        key("demand", Component::World, &[("year", "2024")]),
        key(
            "demand",
            Component::Parent("region".into()),
            &[("region", "north")],
        ),
    ];
    for seed in [0, 1, 2, u64::MAX] {
        let generator_key: [u8; 32] =
            Sha256::digest([b"fanfare-seed/1".as_slice(), &seed.to_le_bytes()].concat()).into();
        for key in &keys {
            let digest = Sha256::digest([b"fanfare-stream/1".as_slice(), &key.to_bytes()].concat());
            let iv = u64::from_le_bytes(digest[..8].try_into().unwrap());
            // The last trial that a run may have, and one whose block has a number above 2³².
            for trial in [0, 1, 7, 8, 4095, 4096, 3_999_999_999, (1 << 36) + 5] {
                let words = block(&generator_key, iv, trial / 8);
                let at = 2 * (trial % 8) as usize;
                let word = u64::from(words[at]) | u64::from(words[at + 1]) << 32;
                // The middle of one of 2⁵² parts, in whole numbers: odd multiples of 2⁻⁵³.
                let expected = ((word >> 12) * 2 + 1) as f64 / (1u64 << 53) as f64;
                let found = uniform(seed, key, trial);
                assert_eq!(
                    found.to_bits(),
                    expected.to_bits(),
                    "{seed} {key:?} {trial}"
                );
            }
        }
    }
}

/// Neighbouring addresses: seeds, names, labels, components. 64 of them.
fn neighbours() -> Vec<(u64, StreamKey)> {
    let mut all = Vec::new();
    for seed in [0, 1, 2, 3] {
        for name in ["a", "b", "aa", "a1"] {
            all.push((seed, key(name, Component::Own, &[])));
            all.push((seed, key(name, Component::Own, &[("year", "2023")])));
            all.push((seed, key(name, Component::Own, &[("year", "2024")])));
            all.push((seed, key(name, Component::World, &[("year", "2023")])));
        }
    }
    assert_eq!(all.len(), 64);
    all
}

const TRIALS_EACH: u64 = 1 << 14;

/// Among 2²⁰ numbers of 52 random bits a repetition has a probability of (2²⁰)²/2/2⁵² = 2⁻¹³: one repetition would be a shared stream.
#[test]
fn neighbouring_addresses_share_no_draws() {
    let mut seen = BTreeSet::new();
    for (seed, key) in neighbours() {
        for trial in 0..TRIALS_EACH {
            assert!(
                seen.insert(uniform(seed, &key, trial).to_bits()),
                "{seed} {key:?} {trial}"
            );
        }
    }
    assert_eq!(seen.len(), 1 << 20);
}

/// Correlations of independent streams are normal with sd 1/√n. 2,016 pairs at 3 lags beyond 6.5 sd: probability 5·10⁻⁷.
#[test]
fn neighbouring_addresses_are_uncorrelated() {
    let n = TRIALS_EACH as usize;
    let streams: Vec<Vec<f64>> = neighbours()
        .iter()
        .map(|(seed, key)| {
            let draws: Vec<f64> = (0..TRIALS_EACH)
                .map(|trial| uniform(*seed, key, trial))
                .collect();
            // Standardised by the moments of the uniform distribution.
            draws.iter().map(|u| (u - 0.5) * 12f64.sqrt()).collect()
        })
        .collect();
    let mut sum_of_squares = 0.0;
    let mut count = 0.0;
    for (i, a) in streams.iter().enumerate() {
        for b in &streams[..i] {
            for (a, b) in [
                (&a[..n], &b[..n]),
                (&a[1..], &b[..n - 1]),
                (&a[..n - 1], &b[1..]),
            ] {
                let dot: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
                let z = dot / (a.len() as f64).sqrt();
                assert!(z.abs() < 6.5, "{z}");
                sum_of_squares += z * z;
                count += 1.0;
            }
        }
    }
    // 6,048 nearly independent squares have mean 1 and an sd of the mean of √(2/6048) = 0.018; six of these.
    let mean = sum_of_squares / count;
    assert!((mean - 1.0).abs() < 0.11, "{mean}");
}
