//! Draws of fixed distributions that read a table: against the search, against closed forms, and where there is no table.

use super::*;
use crate::dist::distribution::DrawBy;
use crate::math::{exp, exp_m1, ln_1p, normal_quantile_in_place, tan};

/// What the documentation promises, as a part of `|x| + |dx/dz|/10`.
const BOUND: f64 = 5e-13;

fn table(text: &str) -> FixedDistribution {
    FixedDistribution::new(dist(text))
}

/// Draws by way of the table.
fn draws(fixed: &FixedDistribution, scores: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; scores.len()];
    fixed.draw_row(DrawBy::Score, scores, &mut out);
    out
}

/// Exact draws.
fn searched(fixed: &FixedDistribution, scores: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; scores.len()];
    (fixed.distribution()).draw_row(DrawBy::Score, scores, &mut out);
    out
}

/// From −6 to 6 in steps that meet no panel twice at the same place.
fn dense() -> Vec<f64> {
    (-6000..=6000)
        .map(|i| f64::from(i) * 1e-3 + 1.7e-5)
        .collect()
}

/// Slow families at ordinary and extreme parameters; how many draws the table may leave to the search.
fn cases() -> Vec<(String, f64)> {
    let mut cases = Vec::new();
    for shape in [
        "0.05", "0.1", "0.3", "0.77", "1", "1.5", "2", "3", "9.9", "10.1", "47", "199", "201",
        "300", "3999", "4001", "2e4", "1e6",
    ] {
        cases.push((format!("gamma(shape = {shape}, scale = 0.7)"), 0.0));
        cases.push((
            format!("student_t(location = 0, scale = 2, df = {shape})"),
            // With so few degrees of freedom the search itself scatters by more than a panel may be off.
            if ["0.05", "0.1", "0.3"].contains(&shape) {
                1.0
            } else {
                0.01
            },
        ));
    }
    for (alpha, beta) in [
        (0.3, 0.4),
        (0.05, 7.0),
        (9.0, 0.05),
        (0.05, 1e6),
        (1e6, 0.05),
        (1.0, 1.0),
        (1.0, 5.0),
        (5.0, 1.0),
        (2.0, 4.0),
        (3.1, 2.9),
        (14.0, 26.0),
        (1.0, 300.0),
        (200.0, 300.0),
        (7999.0, 9000.0),
        (1e6, 3.0),
        (1e6, 1e6),
    ] {
        let (mean, sum) = (alpha / (alpha + beta), alpha + beta);
        cases.push((
            format!("beta(mean = {mean:e}, concentration = {sum:e})"),
            0.0,
        ));
        cases.push((
            format!(
                "beta(mean = {:e}, concentration = {sum:e}, low = 2, high = 9)",
                2.0 + 7.0 * mean
            ),
            0.0,
        ));
    }
    // Steep at both ends; there may be no table.
    cases.push(("beta(mean = 0.5, concentration = 0.1)".to_owned(), 1.0));
    for text in [
        "pert(low = 1, mode = 2, high = 5)",
        "pert(low = 0, mode = 0, high = 1e6)",
        "pert(low = -3, mode = 4, high = 4)",
        "pert(low = -7, mode = -1, high = 0)",
        "pert(low = 1000, mode = 1000.5, high = 1001)",
        "pert(low = 1, mode = 2, high = 5, max = 3)",
        "inverse_gaussian(mean = 2, shape = 0.1)",
        "inverse_gaussian(mean = 2, shape = 5)",
        "inverse_gaussian(mean = 2e-6, shape = 4e3)",
        "gev(location = 5, scale = 3, shape = -0.4)",
        "gev(location = 5, scale = 3, shape = 0)",
        "gev(location = 5, scale = 3, shape = 0.3)",
        "gamma(shape = 3, scale = 2, max = 10)",
        "gamma(shape = 3, scale = 2, min = 60)",
        "gamma(shape = 0.3, scale = 2, min = 0.01, max = 1)",
        "gamma(shape = 3, scale = 2, min = 1e-3, max = 0.1)",
        "beta(mean = 0.9, concentration = 30, min = 0.99)",
        "student_t(location = 1, scale = 1, df = 3, min = -2, max = 20)",
        "weibull(shape = 1.5, scale = 10, max = 20)",
        "logit_normal(median = 0.4, sd_logit = 0.8, max = 0.7)",
    ] {
        cases.push((text.to_owned(), 0.0));
    }
    cases
}

#[test]
fn draws_from_tables_are_those_of_the_search() {
    let scores = dense();
    let step = 1e-5;
    for (text, left) in cases() {
        let fixed = table(&text);
        let share = fixed.share_from_table();
        assert!(share >= 1.0 - left - 1e-4, "{text}: {share} from the table");
        let found = draws(&fixed, &scores);
        let exact = searched(&fixed, &scores);
        let beside = [-step, step].map(|step| {
            let scores: Vec<f64> = scores.iter().map(|z| z + step).collect();
            searched(&fixed, &scores)
        });
        let (low, high) = fixed.distribution().support();
        let mut worst = (0.0, 0.0);
        for (i, (&x, &exact)) in found.iter().zip(&exact).enumerate() {
            let slope = (beside[1][i] - beside[0][i]) / (2.0 * step);
            // The difference of two searches is known to a few last digits of both.
            let scale = exact.abs() + 0.1 * slope;
            let error = (x - exact).abs() / scale;
            if !(error <= worst.0) {
                worst = (error, scores[i]);
            }
            assert!((low..=high).contains(&x), "{text}: {x}");
            // Never back by more than both draws may be off.
            let back = if i > 0 { found[i - 1] - x } else { 0.0 };
            assert!(back <= 2.0 * BOUND * scale, "{text}: back by {back}");
        }
        assert!(worst.0 <= BOUND, "{text}: {worst:?}");
    }
}

/// Parameters all over their ranges, so that no lucky ones stand for all.
#[test]
fn tables_hold_their_bound_at_scattered_parameters() {
    let scores: Vec<f64> = dense().into_iter().step_by(37).collect();
    for i in 0..120 {
        let part = |factor: f64| (f64::from(i) * factor).fract();
        let shape = exp(-3.0 + 16.0 * part(0.6180339887498949));
        let other = exp(-1.0 + 14.0 * part(0.7548776662466927));
        let (mean, sum) = (shape / (shape + other), shape + other);
        for text in [
            format!("gamma(shape = {shape:e}, scale = 3)"),
            format!("beta(mean = {mean:e}, concentration = {sum:e})"),
            format!("student_t(location = 0, scale = 1, df = {:e})", 2.0 + other),
            format!("inverse_gaussian(mean = 1, shape = {shape:e})"),
            format!(
                "gamma(shape = {shape:e}, scale = 3, max = {:e})",
                3.0 * shape
            ),
        ] {
            let fixed = table(&text);
            let (found, exact) = (draws(&fixed, &scores), searched(&fixed, &scores));
            for (k, (x, exact)) in found.iter().zip(&exact).enumerate() {
                let z = scores[k];
                let slope = fixed.distribution().draw(z + 1e-4) - fixed.distribution().draw(z);
                let scale = exact.abs() + 0.1 * slope.abs() / 1e-4;
                assert!(
                    (x - exact).abs() <= BOUND * scale,
                    "{text} {z}: {x} {exact}"
                );
            }
            // Shapes below 0.05 and their like may have none.
            let ordinary = shape > 0.1 && other > 0.5;
            assert!(!ordinary || fixed.share_from_table() > 0.99, "{text}");
        }
    }
}

/// Quantiles that have closed forms, from the tail probabilities (Φ(z), Φ(−z)).
#[test]
fn draws_from_tables_are_those_of_closed_forms() {
    let closed: [(&str, fn(f64, f64) -> f64); 6] = [
        ("gamma(shape = 1, scale = 2)", |p, q| {
            -2.0 * if p < q { ln_1p(-p) } else { crate::math::ln(q) }
        }),
        // 1 − (1 − p)^(1/5)
        ("beta(mean = 1/6, concentration = 6)", |p, q| {
            let ln_q = if p < q { ln_1p(-p) } else { crate::math::ln(q) };
            -exp_m1(ln_q / 5.0)
        }),
        ("beta(mean = 0.75, concentration = 4)", |p, _| {
            exp(crate::math::ln(p) / 3.0)
        }),
        ("student_t(location = 0, scale = 1, df = 1)", |p, q| {
            let quarter = std::f64::consts::FRAC_PI_4;
            if p < 0.25 || q < 0.25 {
                let tail = if p < q { p } else { q };
                let size = 1.0 / tan(std::f64::consts::PI * tail);
                if p < q { -size } else { size }
            } else {
                tan(2.0 * quarter * (p - q))
            }
        }),
        ("student_t(location = 0, scale = 1, df = 2)", |p, q| {
            (p - q) / (2.0 * p * q).sqrt()
        }),
        ("gev(location = 0, scale = 1, shape = 0)", |p, q| {
            -crate::math::ln(if q < p {
                -ln_1p(-q)
            } else {
                -crate::math::ln(p)
            })
        }),
    ];
    for (text, quantile) in closed {
        let text = text.replace("1/6", &format!("{:e}", 1.0 / 6.0));
        let fixed = table(&text);
        let share = fixed.share_from_table();
        assert!(share > 0.999, "{text}: {share} from the table");
        let scores = dense();
        for (&z, x) in scores.iter().zip(draws(&fixed, &scores)) {
            let at = |z: f64| quantile(normal_cdf(z), normal_cdf(-z));
            let slope = (at(z + 1e-5) - at(z - 1e-5)) / 2e-5;
            let error = (x - at(z)).abs() / (x.abs() + 0.1 * slope);
            // The search's own error, 1e-12 at most, beside that of the table.
            assert!(error <= 1e-12 + BOUND, "{text} {z}: {error:e}");
        }
    }
}

#[test]
fn moments_of_draws_from_tables_are_those_of_the_formulas() {
    // Trapezoids over scores: their error, and what lies beyond, is far below the bound for these.
    let scores: Vec<f64> = (-512..=512).map(|i| f64::from(i) / 64.0).collect();
    for text in [
        "pert(low = 1, mode = 2, high = 5)",
        "beta(mean = 0.3, concentration = 12)",
        "beta(mean = 0.4, concentration = 0.9)",
        "gamma(shape = 0.3, scale = 2)",
        "gamma(shape = 40, scale = 2)",
        "inverse_gaussian(mean = 2, shape = 5)",
        "student_t(location = 1, scale = 1, df = 30)",
    ] {
        let fixed = table(text);
        let draws = draws(&fixed, &scores);
        let sum = |of: &dyn Fn(f64) -> f64| -> f64 {
            let terms = scores.iter().zip(&draws);
            terms.map(|(&z, &x)| normal_density(z) / 64.0 * of(x)).sum()
        };
        let mean = sum(&|x| x);
        let sd = sum(&|x| (x - mean) * (x - mean)).sqrt();
        let law = fixed.distribution();
        assert!(relative(mean, law.mean().unwrap()) < 1e-11, "{text} {mean}");
        assert!(relative(sd, law.sd().unwrap()) < 1e-10, "{text} {sd}");
    }
}

#[test]
fn a_draw_from_a_table_does_not_depend_on_its_neighbours() {
    let mut scores: Vec<f64> = (1..700).map(|i| f64::from(i) / 700.0).collect();
    normal_quantile_in_place(&mut scores);
    // Ends of panels, of the reach, and beyond.
    scores.extend([
        0.0, -0.0, 0.125, -0.125, 4.625, 4.6251, -4.625, -7.9, 8.3, 30.0,
    ]);
    for text in [
        "pert(low = 1, mode = 2, high = 5)",
        "gamma(shape = 0.3, scale = 2)",
        "laplace(location = 1, scale = 2, min = 0)",
    ] {
        let fixed = table(text);
        let together = draws(&fixed, &scores);
        for (i, &z) in scores.iter().enumerate() {
            let alone = draws(&table(text), &[z]);
            assert_eq!(alone[0].to_bits(), together[i].to_bits(), "{text} {z}");
        }
    }
}

#[test]
fn medians_and_far_tails_are_those_of_the_search() {
    for text in [
        "pert(low = 1, mode = 2, high = 5)",
        "gamma(shape = 0.3, scale = 2)",
        "student_t(location = 0.1, scale = 1, df = 4)",
        "beta(median = 0.88, concentration = 40)",
    ] {
        let fixed = table(text);
        assert!(fixed.share_from_table() > 0.9999, "{text}");
        let scores = [0.0, 4.63, -4.63, 5.5, -8.0, 12.0];
        for (x, z) in draws(&fixed, &scores).into_iter().zip(scores) {
            let exact = fixed.distribution().draw(z);
            assert_eq!(x.to_bits(), exact.to_bits(), "{text} {z}");
        }
    }
}

/// A corner may lie anywhere in a panel, also next to its end.
#[test]
fn corners_are_left_to_the_search() {
    for i in 0..60 {
        let min = -0.03 * f64::from(i);
        let fixed = table(&format!("laplace(location = 1, scale = 2, min = {min})"));
        let share = fixed.share_from_table();
        assert!(share > 0.95 && share < 1.0, "{min}: {share}");
        let corner = crate::math::normal_quantile(fixed.distribution().cdf(1.0));
        let scores: Vec<f64> = (-400..=400).map(|i| corner + f64::from(i) * 3e-4).collect();
        let (found, exact) = (draws(&fixed, &scores), searched(&fixed, &scores));
        for (x, exact) in found.iter().zip(exact) {
            // The slope is about 2.
            assert!((x - exact).abs() <= BOUND * (exact.abs() + 0.2), "{min}");
        }
    }
}

/// Far from 0 a panel with a corner may hold its tolerance: then it does so everywhere, also where the corner lies in the gap between two
/// points that are closest to the middle.
#[test]
fn corners_that_a_panel_may_keep_stay_within_the_bound() {
    for i in 0..400 {
        let min = 1e7 - 1.5 - 0.0025 * f64::from(i);
        let fixed = table(&format!("laplace(location = 1e7, scale = 1, min = {min})"));
        let corner = crate::math::normal_quantile(fixed.distribution().cdf(1e7));
        let scores: Vec<f64> = (-300..=300).map(|i| corner + f64::from(i) * 1e-3).collect();
        let (found, exact) = (draws(&fixed, &scores), searched(&fixed, &scores));
        for (x, exact) in found.iter().zip(exact) {
            assert!((x - exact).abs() <= BOUND * exact, "{min}: {x} for {exact}");
        }
    }
}

/// Where no polynomial follows the quantile function draws are searched for, to the bit.
#[test]
fn panels_out_of_tolerance_are_not_read() {
    let scores = dense();
    for text in [
        "gamma(shape = 0.001, scale = 1)",
        "beta(mean = 0.5, concentration = 0.002)",
    ] {
        let fixed = table(text);
        assert_eq!(fixed.share_from_table(), 0.0, "{text}");
        let same = draws(&fixed, &scores) == searched(&fixed, &scores);
        assert!(same, "{text}");
    }
    // The quantile function of a truncated Laplace distribution has a corner at its location.
    let fixed = table("laplace(location = 1, scale = 2, min = 0)");
    let share = fixed.share_from_table();
    assert!(share > 0.95 && share < 1.0, "{share}");
    let level = fixed.distribution().cdf(1.0);
    let corner = crate::math::normal_quantile(level);
    let about: Vec<f64> = (-50..=50).map(|i| corner + f64::from(i) * 1e-4).collect();
    let found = draws(&fixed, &about);
    assert_eq!(found, searched(&fixed, &about));
    // Families with fast quantiles have no table.
    assert_eq!(table("normal(mean = 1, sd = 2)").share_from_table(), 0.0);
    assert_eq!(table("poisson(mean = 1e6)").share_from_table(), 0.0);
}
