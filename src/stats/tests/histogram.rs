//! Quantiles from the histogram against those of all values and of the distribution itself.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use statrs::distribution::{Beta, ContinuousCDF, Normal};

use super::*;

type QuantileFunction<'a> = Box<dyn Fn(f64) -> f64 + 'a>;

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

/// Worst ratios over the 23 levels of the histogram's own error, and of what it states as its resolution, to the Monte Carlo error at ten
/// million trials. The stream holds the quantiles at (i + ½)/n in mixed order, so chance plays no part, but the pilot is random.
fn worst_ratios(name: &str, quantile: &dyn Fn(f64) -> f64, seed: u64) -> [f64; 2] {
    let n = 1_000_000;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let pilot: Vec<f64> = (0..PILOT_TRIALS)
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
    let mut worst = [0.0_f64; 2];
    for level in HUB_LEVELS {
        let found = value.quantile(level);
        let delta = (level * (1.0 - level) / 1e7).sqrt();
        let mc_error = 0.5 * (quantile(level + delta) - quantile(level - delta));
        assert!(mc_error >= 0.0, "quantiles rise with the level");
        let error = (found.value.unwrap() - quantile(level)).abs();
        // Edges cut the stream of a million between two values: that moves a count by up to one, and a quantile by the distance of two.
        let rounding = quantile(level + 1e-6) - quantile(level - 1e-6);
        assert!(
            error <= found.resolution + rounding,
            "{name}, {level}: {found:?}, {error:e} off"
        );
        if mc_error > 0.0 {
            worst[0] = worst[0].max(error / mc_error);
            worst[1] = worst[1].max(found.resolution / mc_error);
        }
    }
    println!("{name} {worst:.4?}");
    worst
}

#[test]
fn own_error_of_the_histogram_stays_below_a_tenth_of_the_monte_carlo_error_at_ten_million_trials() {
    let normal = Normal::new(0.0, 1.0).unwrap();
    let z = |p: f64| normal.inverse_cdf(p);
    let mut families: Vec<(String, QuantileFunction<'_>)> = vec![
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
            Box::new(move |p| -(-1.5 * z(p)).exp()),
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
        // A difference of two amounts of many sizes: a cusp at zero, far from the median.
        (
            "cusp at zero, level 0.88".into(),
            Box::new(move |p| 1e6 * (5.0 * z(p) - 6.0).sinh()),
        ),
        (
            "cusp at zero, level 0.1".into(),
            Box::new(move |p| 1e6 * (4.0 * z(p) + 5.0).sinh()),
        ),
        // A density whose slope jumps at level 0.2.
        (
            "kink".into(),
            Box::new(|p| {
                if p < 0.2 {
                    (p / 0.2).ln()
                } else {
                    -4.0 * ((1.0 - p) / 0.8).ln()
                }
            }),
        ),
    ];
    for gsd in [1.05_f64, 1.1, 1.5, 2.0, 5.0] {
        families.push((
            format!("lognormal gsd {gsd}"),
            Box::new(move |p| 4.5e8 * (gsd.ln() * z(p)).exp()),
        ));
    }
    for (seed, (name, quantile)) in families.iter().enumerate() {
        let worst = worst_ratios(name, quantile, seed as u64);
        assert!(worst[0] < 0.1 && worst[1] < 0.1, "{name} {worst:?}");
    }
    let beta = Beta::new(0.5, 0.5).unwrap();
    let arcsine = |p: f64| (std::f64::consts::FRAC_PI_2 * p).sin().powi(2);
    assert!((beta.cdf(arcsine(0.3)) - 0.3).abs() < 1e-9);
    let worst = worst_ratios("arcsine", &arcsine, 99);
    assert!(worst[0] < 0.1 && worst[1] < 0.1, "{worst:?}");
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

#[test]
fn counts_with_hundreds_of_values_are_kept_one_by_one() {
    // Like a Poisson count of mean 1,000: some 280 values in all, 170 of them in the pilot, and all quantiles attained.
    let column: Vec<f64> = normals(25 * TRIALS_PER_BLOCK, 21)
        .into_iter()
        .map(|x| (1000.0 + 1000_f64.sqrt() * x).round())
        .collect();
    let columns = [column];
    let plan = plan(1);
    let statistics = run_all(&plan, &grids(&plan, &columns), &columns);
    let value = statistics.finish(25).unwrap().value(0).unwrap();
    assert!(matches!(value.distribution(), Distribution::Counted { .. }));
    let all = Distribution::from_values(columns[0].clone());
    for level in HUB_LEVELS {
        assert_eq!(
            value.quantile(level).value,
            all.quantile(level).map(|q| q.value)
        );
    }
}

#[test]
fn whole_numbers_beyond_counting_have_whole_quantiles_within_their_error() {
    /// Streams with so many values that few repeat in the pilot.
    const SMOOTH: [usize; 2] = [3, 7];
    let n = 25 * TRIALS_PER_BLOCK;
    let z = normals(n, 23);
    let map = |f: &dyn Fn(f64) -> f64| z.iter().map(|&x| f(x)).collect::<Vec<f64>>();
    let columns = [
        // Like Poisson counts of means 1e4 and 1e6: some 900 and 9,000 values.
        map(&|x| (1e4 + 100.0 * x).round()),
        map(&|x| (1e6 + 1000.0 * x).round()),
        map(&|x| (100.0 * x).round()),
        map(&|x| (1e5 * x).round()),
        map(&|x| (1e4 * x.max(0.0)).floor()),
        map(&|x| (10.0 * (2.0 * x).exp()).round()),
        // Every hundredth whole number.
        map(&|x| 100.0 * (1000.0 * x).round()),
        map(&|x| -(1e12 * x.exp()).round()),
    ];
    let plan = plan(columns.len());
    let statistics = run_all(&plan, &grids(&plan, &columns), &columns);
    let summary = statistics.finish(25).unwrap();
    let mut n_sketched = 0;
    for (target, column) in columns.iter().enumerate() {
        let all = Distribution::from_values(column.clone());
        let value = summary.value(target).unwrap();
        let sketched = matches!(value.distribution(), Distribution::Interpolated(_));
        n_sketched += usize::from(sketched);
        for level in HUB_LEVELS {
            let exact = all.quantile(level).unwrap().value;
            let found = value.quantile(level);
            let quantile = found.value.unwrap();
            assert_eq!(quantile, quantile.round());
            // Where values repeat the resolution alone covers it; where they hardly do, chance inside a bin is left to the other error.
            let error = if SMOOTH.contains(&target) {
                found.mc_error.unwrap()
            } else {
                found.resolution
            };
            assert!(
                (quantile - exact).abs() <= error,
                "stream {target}, level {level}: {found:?}, exact {exact}"
            );
        }
    }
    assert!(n_sketched >= 7, "{n_sketched}");
}

#[test]
fn bins_with_one_whole_number_give_quantiles_without_error() {
    // 600 values: too many to count one by one, fewer than bins.
    let column: Vec<f64> = (0..60 * TRIALS_PER_BLOCK)
        .map(|i| f64::from((i as u32 * 7919) % 600))
        .collect();
    let columns = [column];
    let plan = plan(1);
    let statistics = run_all(&plan, &grids(&plan, &columns), &columns);
    let value = statistics.finish(60).unwrap().value(0).unwrap();
    assert!(matches!(
        value.distribution(),
        Distribution::Interpolated(_)
    ));
    let all = Distribution::from_values(columns[0].clone());
    let mut n_exact = 0;
    for level in HUB_LEVELS {
        let found = value.quantile(level);
        if found.resolution == 0.0 {
            n_exact += 1;
            assert_eq!(found.value, all.quantile(level).map(|q| q.value));
        }
    }
    assert!(n_exact > 0, "{n_exact}");
}

#[test]
fn a_fraction_after_the_pilot_makes_quantiles_continuous_again() {
    let mut column: Vec<f64> = normals(25 * TRIALS_PER_BLOCK, 24)
        .into_iter()
        .map(|x| (1e5 * x).round())
        .collect();
    for fraction in [false, true] {
        if fraction {
            column[2 * TRIALS_PER_BLOCK] = 0.5;
        }
        let columns = [column.clone()];
        let plan = plan(1);
        let statistics = run_all(&plan, &grids(&plan, &columns), &columns);
        let value = statistics.finish(25).unwrap().value(0).unwrap();
        let whole = |level: f64| value.quantile(level).value.unwrap().fract() == 0.0;
        assert_eq!(HUB_LEVELS.iter().all(|&level| whole(level)), !fraction);
    }
}

#[test]
fn a_share_of_zeros_does_not_make_a_quantity_discrete() {
    // So few that value counts would not have spilled into the histogram.
    let column: Vec<f64> = normals(1000, 22)
        .into_iter()
        .map(|x| (x - 0.5).max(0.0))
        .collect();
    let columns = [column];
    let plan = plan(1);
    let statistics = run_all(&plan, &grids(&plan, &columns), &columns);
    let value = statistics.finish(1).unwrap().value(0).unwrap();
    assert!(matches!(
        value.distribution(),
        Distribution::Interpolated(_)
    ));
    // Smooth above the zeros, so the bins are far finer than the error at 1,000 trials.
    let found = value.quantile(0.9);
    assert!(!found.coarse, "{found:?}");
}
