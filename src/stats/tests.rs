//! Tests of the statistics as a whole: equal bits, hostile streams, errors of the histogram, coverage of the errors.

use std::sync::Arc;

use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use statrs::distribution::{Beta, ContinuousCDF, Normal};

use super::*;

fn plan(n_targets: usize) -> Arc<TargetPlan> {
    Arc::new(TargetPlan {
        kinds: vec![TargetKind::Value; n_targets],
    })
}

fn grids(plan: &TargetPlan, columns: &[Vec<f64>]) -> Mode {
    let mut pilot = PilotCapture::new(plan);
    for (target, column) in columns.iter().enumerate() {
        pilot.update(target, 0, &column[..column.len().min(TRIALS_PER_BLOCK)]);
    }
    Mode::Sketch(Arc::new(pilot.finish()))
}

/// Runs columns of trials through threads: block k goes to thread `thread(k)`, blocks in the order given.
fn run(
    plan: &Arc<TargetPlan>,
    mode: &Mode,
    columns: &[Vec<f64>],
    batch: usize,
    order: &[usize],
    thread: impl Fn(usize) -> usize,
) -> Statistics {
    let mut threads: Vec<_> = (0..4)
        .map(|_| BlockAccumulator::new(plan.clone(), mode.clone()))
        .collect();
    let mut statistics = Statistics::new(plan, mode.clone());
    for &block in order {
        let accumulator = &mut threads[thread(block) % 4];
        let start = block * TRIALS_PER_BLOCK;
        let end = (start + TRIALS_PER_BLOCK).min(columns[0].len());
        for from in (start..end).step_by(batch) {
            let to = (from + batch).min(end);
            for (target, column) in columns.iter().enumerate() {
                accumulator.update(target, from - start, &column[from..to]);
            }
        }
        statistics
            .insert(accumulator.finish_block(block as u64))
            .unwrap();
    }
    for accumulator in &mut threads {
        statistics.merge(accumulator).unwrap();
    }
    statistics
}

fn run_all(plan: &Arc<TargetPlan>, mode: &Mode, columns: &[Vec<f64>]) -> Statistics {
    let order: Vec<usize> = (0..columns[0].len().div_ceil(TRIALS_PER_BLOCK)).collect();
    run(plan, mode, columns, TRIALS_PER_BLOCK, &order, |_| 0)
}

fn bytes(statistics: &Statistics) -> Vec<u8> {
    serde_json::to_vec(statistics).unwrap()
}

fn normals(n: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..n)
        .map(|_| rng.sample::<f64, _>(rand_distr::StandardNormal))
        .collect()
}

/// Streams that break careless statistics.
fn hostile(n: usize) -> Vec<Vec<f64>> {
    let z = normals(n, 7);
    let map = |f: &dyn Fn(f64) -> f64| z.iter().map(|&x| f(x)).collect::<Vec<f64>>();
    let mut sorted = z.clone();
    sorted.sort_by(f64::total_cmp);
    let reversed = sorted.iter().rev().copied().collect();
    vec![
        sorted,
        reversed,
        vec![0.1; n],
        map(&|x| f64::from(x > 0.3)),
        map(&|x| 1e15 + x),
        map(&|x| 1e15 + 0.01 * x),
        map(&|x| if x > 0.0 { x } else { -1e6 * x }),
        map(&|x| 10f64.powf(10.0 * x)),
        map(&|x| x * 1e-310),
        map(&|x| x.signum() * 10f64.powf(10.0 * x.abs() - 20.0)),
        map(&|x| x.max(0.0)),
        map(&|x| x.clamp(-0.5, 0.5)),
        map(&|x| (x * 100.0).round() / 100.0),
        map(&|x| if x > 2.0 { 1e300 } else { x }),
    ]
}

#[test]
fn batches_threads_and_order_of_blocks_do_not_change_a_byte() {
    let n = 6 * TRIALS_PER_BLOCK + 777;
    let columns = hostile(n);
    let plan = plan(columns.len());
    for mode in [
        grids(&plan, &columns),
        Mode::Exact {
            planned_trials: n as u64,
        },
    ] {
        let whole = bytes(&run_all(&plan, &mode, &columns));
        let orders = [
            [0, 1, 2, 3, 4, 5, 6],
            [6, 5, 4, 3, 2, 1, 0],
            [3, 6, 0, 5, 2, 4, 1],
        ];
        for (case, batch) in [1, 7, 256, 1000, 4096].into_iter().enumerate() {
            let found = run(&plan, &mode, &columns, batch, &orders[case % 3], |block| {
                block * (case + 1) / 2
            });
            assert!(bytes(&found) == whole, "batch {batch}");
        }
    }
}

#[test]
fn stored_state_of_shards_joins_to_the_same_bytes() {
    let columns = hostile(3 * TRIALS_PER_BLOCK);
    let plan = plan(columns.len());
    let mode = grids(&plan, &columns);
    let whole = run_all(&plan, &mode, &columns);
    let shard = |blocks: &[usize]| -> Statistics {
        serde_json::from_slice(&bytes(&run(&plan, &mode, &columns, 1000, blocks, |_| 1))).unwrap()
    };
    let mut joined = shard(&[2]);
    joined.merge_shard(shard(&[0, 1])).unwrap();
    assert!(bytes(&joined) == bytes(&whole));
    assert!(
        joined.merge_shard(shard(&[1])).is_err(),
        "a block must not count twice"
    );
    let other = Statistics::new(&plan, Mode::Exact { planned_trials: 10 });
    assert_eq!(joined.merge_shard(other), Err(StatisticsError::Different));
}

#[test]
fn exact_quantiles_lie_within_the_reported_error_on_hostile_streams() {
    let n = 25 * TRIALS_PER_BLOCK;
    let columns = hostile(n);
    let plan = plan(columns.len());
    let statistics = run_all(&plan, &grids(&plan, &columns), &columns);
    let summary = statistics.finish(25).unwrap();
    for (target, column) in columns.iter().enumerate() {
        let all = Distribution::from_values(column.clone());
        let value = summary.value(target).unwrap();
        for level in HUB_LEVELS {
            let found = value.quantile(level);
            let exact = all.quantile(level).unwrap().value;
            let error = found.mc_error.unwrap();
            // Half a unit in the last place of the value, for bins narrower than the spacing of doubles.
            let slack = f64::EPSILON * exact.abs();
            assert!(
                (found.value.unwrap() - exact).abs() <= error + slack,
                "stream {target}, level {level}: {found:?}, exact {exact:e}"
            );
        }
        let (min, max) = (
            all.quantile(0.0).unwrap().value,
            all.quantile(1.0).unwrap().value,
        );
        assert_eq!((value.min(), value.max()), (Some(min), Some(max)));
        assert_eq!(value.count(), n as u64);
    }
}

/// Worst ratio over the 23 levels of the histogram's own error to the Monte Carlo error at ten million trials. The stream holds the
/// quantiles at (i + ½)/n in mixed order, so chance plays no part, but the pilot is random.
fn worst_ratio(name: &str, quantile: &dyn Fn(f64) -> f64, seed: u64) -> f64 {
    let n = 1_000_000;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let pilot: Vec<f64> = (0..TRIALS_PER_BLOCK)
        .map(|_| quantile(rng.random::<f64>().max(1e-12)))
        .collect();
    let plan = plan(1);
    let mode = grids(&plan, &[pilot]);
    let column: Vec<f64> = (0..n)
        .map(|i| quantile((i as f64 + 0.5) / n as f64))
        .collect();
    let columns = [column];
    let statistics = run_all(&plan, &mode, &columns);
    let value = statistics
        .finish((n as u64).div_ceil(TRIALS_PER_BLOCK as u64))
        .unwrap()
        .value(0)
        .unwrap();
    let mut worst: f64 = 0.0;
    for level in HUB_LEVELS {
        let found = value.quantile(level).value.unwrap();
        let delta = (level * (1.0 - level) / 1e7).sqrt();
        let mc_error = 0.5 * (quantile(level + delta) - quantile(level - delta));
        let error = (found - quantile(level)).abs();
        if error > 0.0 {
            worst = worst.max(error / mc_error);
        }
    }
    println!("{name} {worst:.4}");
    worst
}

#[test]
fn own_error_of_the_histogram_stays_below_a_tenth_of_the_monte_carlo_error_at_ten_million_trials() {
    let normal = Normal::new(0.0, 1.0).unwrap();
    let z = |p: f64| normal.inverse_cdf(p);
    let mut families: Vec<(String, Box<dyn Fn(f64) -> f64>)> = vec![
        ("normal".into(), Box::new(z)),
        (
            "normal 1e9, 5 %".into(),
            Box::new(move |p| 1e9 * (1.0 + 0.05 * z(p))),
        ),
        ("normal, mean 2 sd".into(), Box::new(move |p| 2.0 + z(p))),
        (
            "two-sided heavy".into(),
            Box::new(move |p| (2.0 * z(p)).sinh()),
        ),
        (
            "two-sided very heavy".into(),
            Box::new(move |p| 10.0 + (3.0 * z(p)).sinh()),
        ),
        (
            "shifted lognormal".into(),
            Box::new(move |p| 1000.0 + (1.5 * z(p)).exp()),
        ),
        (
            "negative lognormal".into(),
            Box::new(move |p| -(1.5 * z(p)).exp()),
        ),
        (
            "logistic share near 1".into(),
            Box::new(move |p| 1.0 / (1.0 + (-4.0 - 2.0 * z(p)).exp())),
        ),
        (
            "logistic share near 0".into(),
            Box::new(move |p| 1.0 / (1.0 + (4.0 - 2.0 * z(p)).exp())),
        ),
        (
            "logistic share both".into(),
            Box::new(move |p| 1.0 / (1.0 + (-3.0 * z(p)).exp())),
        ),
        (
            "atom at zero, lognormal".into(),
            Box::new(move |p| {
                if p < 0.33 {
                    0.0
                } else {
                    z((p - 0.33) / 0.67).exp()
                }
            }),
        ),
        (
            "atom at one".into(),
            Box::new(move |p| (0.8 + 0.2 * z(p)).min(1.0)),
        ),
        ("uniform".into(), Box::new(|p| p)),
    ];
    for gsd in [1.05_f64, 1.1, 1.5, 2.0, 5.0] {
        families.push((
            format!("lognormal gsd {gsd}"),
            Box::new(move |p| 4.5e8 * (gsd.ln() * z(p)).exp()),
        ));
    }
    for (seed, (name, quantile)) in families.iter().enumerate() {
        assert!(worst_ratio(name, quantile, seed as u64) < 0.1, "{name}");
    }
    let beta = Beta::new(0.5, 0.5).unwrap();
    let arcsine = |p: f64| (std::f64::consts::FRAC_PI_2 * p).sin().powi(2);
    assert!((beta.cdf(arcsine(0.3)) - 0.3).abs() < 1e-9);
    assert!(worst_ratio("arcsine", &arcsine, 99) < 0.1);
}

#[test]
fn errors_cover_the_truth_in_the_stated_share_of_runs() {
    // 400 runs of 1,000 trials: the 99.9 % binomial band of 0.95 · 400.
    let normal = Normal::new(0.0, 1.0).unwrap();
    let levels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];
    let plan = plan(1);
    let mode = Mode::Exact {
        planned_trials: 1000,
    };
    let mut covered = [0; 9];
    for seed in 0..400 {
        let statistics = run_all(&plan, &mode, &[normals(1000, 5000 + seed)]);
        let value = statistics.finish(1).unwrap().value(0).unwrap();
        let mut check = |place: usize, found: f64, error: f64, truth: f64| {
            covered[place] += u32::from((found - truth).abs() <= 1.96 * error);
        };
        check(0, value.mean().unwrap(), value.mean_error().unwrap(), 0.0);
        check(1, value.sd().unwrap(), value.sd_error().unwrap(), 1.0);
        for (place, level) in levels.into_iter().enumerate() {
            let quantile = value.quantile(level);
            check(
                place + 2,
                quantile.value.unwrap(),
                quantile.mc_error.unwrap(),
                normal.inverse_cdf(level),
            );
        }
    }
    println!("{covered:?}");
    for (place, count) in covered.into_iter().enumerate() {
        assert!(
            (365..=394).contains(&count),
            "statistic {place}: {count} of 400"
        );
    }
}

#[test]
fn non_finite_values_are_counted_located_and_left_out() {
    let n = 2 * TRIALS_PER_BLOCK + 100;
    let clean = normals(n, 3);
    let mut dirty = clean.clone();
    for (trial, value) in [
        (5000, f64::NAN),
        (4999, f64::INFINITY),
        (8200, f64::NEG_INFINITY),
        (0, f64::NAN),
    ] {
        dirty[trial] = value;
    }
    let columns = [dirty, clean.clone()];
    let plan = plan(2);
    for mode in [
        grids(&plan, &columns),
        Mode::Exact {
            planned_trials: n as u64,
        },
    ] {
        let whole = run_all(&plan, &mode, &columns);
        for batch in [1, 7, 1000] {
            assert!(bytes(&run(&plan, &mode, &columns, batch, &[2, 0, 1], |b| b)) == bytes(&whole));
        }
        let summary = whole.finish(3).unwrap();
        let found = summary.non_finite();
        let expected = NonFinite {
            nan: 2,
            positive: 1,
            negative: 1,
            first_trial: 0,
        };
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [(0, expected)]);
        let value = summary.value(0).unwrap();
        assert_eq!(value.count(), n as u64 - 4);
        assert_eq!(value.distribution().count(), n as u64 - 4);
        let rest: Vec<f64> = columns[0]
            .iter()
            .copied()
            .filter(|x| x.is_finite())
            .collect();
        let mean = rest.iter().sum::<f64>() / rest.len() as f64;
        assert!((value.mean().unwrap() - mean).abs() < 1e-12);
    }
    let nothing = vec![vec![f64::NAN; 10]];
    let plan = Arc::new(TargetPlan {
        kinds: vec![TargetKind::Value],
    });
    let statistics = run_all(&plan, &grids(&plan, &nothing), &nothing);
    let value = statistics.finish(1).unwrap().value(0).unwrap();
    assert_eq!(
        (
            value.mean(),
            value.min(),
            value.sd(),
            value.quantile(0.5).value
        ),
        (None, None, None, None)
    );
}

#[test]
fn crossings_are_counted_and_dated_in_both_modes() {
    let n = 5000_usize;
    let date = |i: usize| match i % 10 {
        0 => f64::NEG_INFINITY,
        9 => f64::INFINITY,
        _ => 2023.0 + (i * 7919 % 4000) as f64 / 1000.0,
    };
    let first = |i: usize| match i % 10 {
        0 => 0.0,
        9 => 5.0,
        _ => (date(i).ceil() - 2023.0).clamp(1.0, 4.0),
    };
    let columns = [
        (0..n).map(first).collect::<Vec<_>>(),
        (0..n).map(|i| f64::from(i % 4 == 0)).collect(),
        (0..n).map(date).collect(),
    ];
    let kinds = vec![
        TargetKind::CrossingFirst { n_labels: 5 },
        TargetKind::Recross,
        TargetKind::Date,
    ];
    let plan = Arc::new(TargetPlan { kinds });
    for mode in [
        grids(&plan, &columns),
        Mode::Exact {
            planned_trials: n as u64,
        },
    ] {
        let statistics = run(&plan, &mode, &columns, 7, &[1, 0], |b| b);
        let summary = statistics.finish(2).unwrap();
        let crossing = summary.first_crossing(0).unwrap();
        assert_eq!(crossing.first(0).unwrap().probability, 0.1);
        assert_eq!(crossing.never().unwrap().probability, 0.1);
        assert_eq!(crossing.by(4).unwrap().probability, 0.9);
        assert_eq!(summary.recross(1).unwrap().probability, 0.25);
        let dates = summary.crossing_date(2).unwrap();
        assert_eq!(
            (dates.left_censored, dates.never, dates.n_trials()),
            (500, 500, 5000)
        );
        assert_eq!(dates.quantile(0.05).value, None);
        assert_eq!(dates.quantile(0.95).value, None);
        // Dates between are spread evenly over 4 years of 1,000 steps, 80 % of the trials: within a standard error.
        let median = dates.quantile(0.5);
        assert!(
            (median.value.unwrap() - 2025.0).abs() < median.mc_error.unwrap(),
            "{median:?}"
        );
        assert!(
            summary.value(0).is_none()
                && summary.crossing_date(0).is_none()
                && summary.recross(0).is_none()
        );
        assert!(summary.non_finite().is_empty());
    }
}

#[test]
fn unfinished_blocks_and_foreign_parts_are_refused() {
    let plan = plan(1);
    let mode = Mode::Exact { planned_trials: 10 };
    let mut part = BlockAccumulator::new(plan.clone(), mode.clone());
    part.update(0, 0, &[1.0]);
    let mut statistics = Statistics::new(&plan, mode);
    assert_eq!(statistics.merge(&mut part), Err(StatisticsError::OpenBlock));
    part.finish_block(0);
    let mut other = Statistics::new(&plan, Mode::Exact { planned_trials: 11 });
    assert_eq!(other.merge(&mut part), Err(StatisticsError::Different));
    assert_eq!(statistics.merge(&mut part), Ok(()));
}

#[test]
fn levels_of_values_are_right_with_an_atom_at_zero() {
    let column: Vec<f64> = normals(50_000, 12)
        .into_iter()
        .map(|x| x.max(0.0))
        .collect();
    let zeros = column.iter().filter(|x| **x == 0.0).count() as f64;
    let below_one = column.iter().filter(|x| **x < 1.0).count() as f64;
    let columns = [column];
    let plan = plan(1);
    let statistics = run_all(&plan, &grids(&plan, &columns), &columns);
    let value = statistics.finish(13).unwrap().value(0).unwrap();
    assert_eq!(value.cdf_mid(0.0), Some(zeros / 100_000.0));
    // One bin of 1 % of an sd holds 0.3 % of the values; the interpolation inside is far better.
    assert!((value.cdf_mid(1.0).unwrap() - below_one / 50_000.0).abs() < 5e-4);
    assert_eq!(value.cdf_mid(-1.0), Some(0.0));
    assert_eq!(value.cdf_mid(100.0), Some(1.0));
    assert_eq!(value.quantile(0.25).value, Some(0.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_partition_gives_the_same_bytes(
        values in prop::collection::vec(prop_oneof![any::<f64>(), -1.0..1.0, Just(0.0), Just(1e15)], 4097..9000),
        batch in 1..4097_usize,
        threads in prop::collection::vec(0..4_usize, 3),
    ) {
        let plan = plan(1);
        let columns = [values];
        let mode = grids(&plan, &columns);
        let whole = run_all(&plan, &mode, &columns);
        let n_blocks = columns[0].len().div_ceil(TRIALS_PER_BLOCK);
        let order: Vec<usize> = (0..n_blocks).rev().collect();
        let found = run(&plan, &mode, &columns, batch, &order, |block| threads[block]);
        prop_assert!(bytes(&found) == bytes(&whole));
        let value = whole.finish(n_blocks as u64).unwrap().value(0).unwrap();
        let mut last = f64::NEG_INFINITY;
        for level in HUB_LEVELS {
            let quantile = value.quantile(level).value.unwrap();
            prop_assert!(quantile >= last, "quantiles rise with the level");
            last = quantile;
        }
    }
}

/// Speed of one batch of all statistics: `cargo test --release --lib stats -- --ignored --nocapture speed`.
#[test]
#[ignore = "prints a measurement"]
#[allow(clippy::disallowed_methods)]
fn speed_of_updates() {
    let columns = [normals(TRIALS_PER_BLOCK, 1)];
    for n_targets in [10, 9000] {
        let plan = plan(n_targets);
        let many: Vec<Vec<f64>> = vec![columns[0].clone(); n_targets];
        let mode = grids(&plan, &many);
        for batch in [256, 1024, 4096] {
            let mut accumulator = BlockAccumulator::new(plan.clone(), mode.clone());
            let repeats = 90_000 / n_targets / 5;
            let start = std::time::Instant::now();
            for block in 0..repeats {
                for from in (0..TRIALS_PER_BLOCK).step_by(batch) {
                    for target in 0..n_targets {
                        accumulator.update(target, from, &columns[0][from..from + batch]);
                    }
                }
                accumulator.finish_block(block as u64);
            }
            let values = (repeats * n_targets * TRIALS_PER_BLOCK) as f64;
            println!(
                "{n_targets} targets, batch {batch}: {:.2} ns per value",
                start.elapsed().as_secs_f64() * 1e9 / values
            );
        }
    }
}
