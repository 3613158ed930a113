//! Non-finite values and the targets of crossings.

use super::*;

#[test]
fn non_finite_values_are_counted_located_and_left_out() {
    let n = 2 * TRIALS_PER_BLOCK + 100;
    let clean = normals(n, 3);
    let mut dirty = clean.clone();
    for (trial, value) in [
        (5000, f64::NAN),
        (4999, f64::INFINITY),
        (8200, f64::NEG_INFINITY),
        (8000, f64::NAN),
    ] {
        dirty[trial] = value;
    }
    let columns = [dirty, clean.clone()];
    let plan = plan(2);
    for mode in [grids(&plan, &columns), Mode::Exact] {
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
            first_trial: 4999,
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
    for mode in [grids(&plan, &columns), Mode::Exact] {
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
