//! A score depends on its address alone, in every design.

use super::*;
use crate::math::normal_quantile;

const DESIGNS: [Design; 5] = [
    Design::Random,
    Design::Latin { points: 37 },
    Design::Latin { points: 4096 },
    Design::Sobol { points: 8 },
    Design::Sobol { points: 2048 },
];

#[test]
fn a_row_is_the_single_scores_at_their_addresses() {
    let streams = streams(3);
    for design in DESIGNS {
        let sampler = Sampler::new(11, design, &streams, None);
        let mut scores = sampler.scores();
        for (first, n) in [(0, 700), (5, 1), (2040, 300), (3_999_999_990, 40)] {
            let mut row = vec![f64::NAN; n];
            scores.fill(1, first, &mut row);
            let mut alone = sampler.scores();
            for (trial, &score) in (first..).zip(&row) {
                let mut one = [f64::NAN];
                alone.fill(1, trial, &mut one);
                assert_eq!(score.to_bits(), one[0].to_bits(), "{design:?} {trial}");
            }
        }
    }
}

#[test]
fn scores_are_the_quantiles_of_the_uniform_numbers() {
    let streams = streams(2);
    for design in DESIGNS {
        let mut scores = Sampler::new(3, design, &streams, None).scores();
        let (mut z, mut u) = ([f64::NAN; 500], [f64::NAN; 500]);
        scores.fill(1, 100, &mut z);
        scores.uniforms(1, 100, &mut u);
        for (&z, &u) in z.iter().zip(&u) {
            assert!(u > 0.0 && u < 1.0);
            assert_eq!(z.to_bits(), normal_quantile(u).to_bits());
        }
    }
}

#[test]
fn the_random_design_is_the_addressed_scores() {
    let streams = streams(2);
    let (mut here, mut there) = ([f64::NAN; 50], [f64::NAN; 50]);
    let sampler = Sampler::new(8, Design::Random, &streams, None);
    sampler.scores().fill(1, 9, &mut here);
    AddressedScores::new(8, &streams).fill(1, 9, &mut there);
    assert_eq!(here, there);
}

#[test]
fn other_streams_leave_a_stream_as_it_is() {
    let few = streams(1);
    let mut many = streams(4);
    many.reverse();
    let order = SobolOrder::new(vec![StreamGroup {
        name: "input0".into(),
        n_cells: 1,
    }]);
    for design in DESIGNS {
        let (mut here, mut there) = ([f64::NAN; 100], [f64::NAN; 100]);
        let sampler = Sampler::new(8, design, &few, Some(&order));
        sampler.scores().fill(0, 0, &mut here);
        let sampler = Sampler::new(8, design, &many, Some(&order));
        sampler.scores().fill(3, 0, &mut there);
        assert_eq!(here, there, "{design:?}");
    }
}

#[test]
fn groups_take_dimensions_in_the_stated_order_whether_drawn_or_not() {
    let stream = |input: &str, cell: u64| StreamKey {
        input: input.into(),
        component: Component::World,
        labels: vec![("year".into(), cell.to_string())],
        cell,
    };
    let streams = [
        stream("a", 2),
        stream("b", 0),
        stream("z", 1),
        stream("c", 3),
    ];
    let group = |name: &str, n_cells| StreamGroup {
        name: name.into(),
        n_cells,
    };
    let order = SobolOrder::new(vec![
        group("b/world", 4),
        group("idle", 3),
        group("a/world", 5),
        // Of an earlier model with fewer years: the stream's cell counts.
        group("c/world", 2),
        group("b/world", 9),
    ]);
    // b: 0–3, idle: 4–6, a: 7–11, c: 12–15; then z.
    assert_eq!(order.dimensions(&streams), [9, 0, 17, 15]);
    // In the order of names: a needs three dimensions, b one, c four.
    assert_eq!(SobolOrder::default().dimensions(&streams), [2, 3, 9, 7]);
}

#[test]
#[should_panic(expected = "NotPowerOfTwo(12, 8)")]
fn points_that_no_plan_has_are_a_defect() {
    let _ = Sampler::new(1, Design::Sobol { points: 12 }, &streams(1), None);
}
