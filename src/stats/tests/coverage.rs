//! The errors cover the truth as often as they say.

use statrs::distribution::{ContinuousCDF, Normal};

use super::*;

#[test]
fn errors_cover_the_truth_in_the_stated_share_of_runs() {
    // Twelve times 400 runs of 1,000 trials: the sd of a share near 0.95 is 0.3 %. Quantile intervals of a thousand trials cover 93.3 to
    // 94.8 % (4,000 runs of a second program), as the spread of a few dozen values is itself uncertain; narrower windows fall below 93 %.
    const N_RUNS: u64 = 4800;
    let normal = Normal::new(0.0, 1.0).unwrap();
    let levels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];
    let plan = plan(1);
    let mode = Mode::Exact;
    let mut covered = [0_u32; 10];
    for seed in 0..N_RUNS {
        let column = normals(1000, seed);
        let above_one = column.iter().filter(|x| **x > 1.0).count();
        let statistics = run_all(&plan, &mode, &[column]);
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
        let found = Probability::from_count(above_one as u64, 1000).unwrap();
        check(9, found.probability, found.mc_error, normal.cdf(-1.0));
    }
    println!("{covered:?}");
    for (place, count) in covered.into_iter().enumerate() {
        let share = f64::from(count) / N_RUNS as f64;
        assert!(
            (0.93..=0.965).contains(&share),
            "statistic {place}: {share}"
        );
    }
}
