//! One battery over a table of distributions: every family, every parametrisation.

use super::*;
use crate::math::oracle::{relative, spread};
use crate::math::{normal_cdf, normal_density};

mod outside;
mod tables;

/// Builds from `family(name = number, name = [list])`.
fn try_dist(text: &str) -> Result<Distribution, String> {
    let (family, rest) = text.split_once('(').unwrap();
    let mut rest = rest.strip_suffix(')').unwrap().to_owned();
    // Commas inside lists become spaces first.
    let mut depth = 0;
    rest = rest
        .chars()
        .map(|c| {
            depth += i32::from(c == '[') - i32::from(c == ']');
            if c == ',' && depth > 0 { ' ' } else { c }
        })
        .collect();
    let mut names = Vec::new();
    let mut values = Vec::new();
    for part in rest.split(',') {
        let (name, value) = part.split_once('=').unwrap();
        names.push(name.trim());
        let value = value.trim();
        values.push(match value.strip_prefix('[') {
            Some(list) => ParameterValue::List(
                list.trim_end_matches(']')
                    .split_whitespace()
                    .map(|v| v.parse().unwrap())
                    .collect(),
            ),
            None => ParameterValue::Number(value.parse().unwrap()),
        });
    }
    let chosen = parametrisation(family, &names).map_err(|e| e.to_string())?;
    build(&chosen, &values).map_err(|e| e.to_string())
}

fn dist(text: &str) -> Distribution {
    try_dist(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

const CONTINUOUS: &[&str] = &[
    "normal(mean = 10, sd = 2)",
    "normal(p05 = 1, p90 = 4)",
    "normal(mean = 0, sd = 1, min = 30)",
    "normal(mean = 0, sd = 1, max = -30)",
    "normal(mean = 0, sd = 1, min = -0.5, max = 2)",
    "normal(p05 = 1, p90 = 4, min = 0)",
    "lognormal(mean = 10, sd = 5)",
    "lognormal(mu = 1, sigma = 0.7)",
    "lognormal(median = 450, gsd = 1.1)",
    "lognormal(median = 3, sd_log = 0.5)",
    "lognormal(p05 = 1, p95 = 20)",
    "lognormal(median = 3, gsd = 2, min = 2, max = 100)",
    "lognormal(median = 3, gsd = 2, max = 1)",
    "lognormal(p10 = 2, p90 = 20, max = 30)",
    "logit_normal(median = 0.2, sd_logit = 0.5)",
    "logit_normal(mu = -1, sigma = 1.5)",
    "logit_normal(p05 = 0.1, p95 = 0.4)",
    "logit_normal(median = 0.2, sd_logit = 0.5, min = 0.1)",
    "uniform(low = 1, high = 3)",
    "uniform(mean = 1, sd = 3)",
    "uniform(p10 = 1, p90 = 3)",
    "log_uniform(low = 0.1, high = 10)",
    "log_uniform(p10 = 1, p90 = 3)",
    "triangular(low = 1, mode = 2, high = 5)",
    "triangular(low = 1, mode = 1, high = 5)",
    "triangular(low = 1, mode = 5, high = 5)",
    "triangular(p05 = 1, p50 = 2, p95 = 3.5)",
    "trapezoidal(low = 0, top_low = 1, top_high = 3, high = 5)",
    "trapezoidal(low = 0, top_low = 0, top_high = 3, high = 3)",
    "curvilinear_trapezoid(a = 1, b = 3, d = 0.5)",
    "curvilinear_trapezoid(a = 1, b = 3, d = 1)",
    "pert(low = 1, mode = 2, high = 5)",
    "pert(low = 1, mode = 2, high = 5, weight = 10)",
    "pert(p05 = 1, p50 = 2, p95 = 4)",
    "beta(alpha = 2, beta = 3)",
    "beta(alpha = 2, beta = 3, low = -1, high = 4)",
    "beta(mean = 0.3, sd = 0.1)",
    "beta(mean = 30, sd = 10, low = 0, high = 100)",
    "beta(mean = 0.3, concentration = 12)",
    "beta(mean = 3, concentration = 12, low = 0, high = 10)",
    "beta(median = 0.88, concentration = 40)",
    "beta(median = 8.8, concentration = 40, low = 0, high = 10)",
    "beta(p05 = 0.1, p95 = 0.4)",
    "beta(p05 = 0.001, p50 = 0.2)",
    "beta(p05 = 11, p95 = 14, low = 10, high = 20)",
    "beta(alpha = 2, beta = 3, min = 0.9)",
    "arcsine(low = -1, high = 1)",
    "arcsine(mean = 0, sd = 1)",
    "arcsine(p10 = 0, p90 = 1)",
    "gamma(shape = 2, scale = 3)",
    "gamma(shape = 0.4, rate = 3)",
    "gamma(mean = 10, sd = 1)",
    "gamma(p05 = 1, p95 = 10)",
    "gamma(shape = 2, scale = 1, min = 100)",
    "gamma(p05 = 1, p95 = 10, max = 15)",
    "inverse_gaussian(mean = 2, shape = 5)",
    "inverse_gaussian(mean = 2, sd = 3)",
    "inverse_gaussian(p05 = 1, p95 = 10)",
    "weibull(shape = 1.5, scale = 10)",
    "weibull(mean = 10, sd = 3)",
    "weibull(p05 = 1, p95 = 10)",
    "exponential(mean = 2)",
    "exponential(rate = 2)",
    "exponential(median = 2)",
    "exponential(p90 = 2)",
    "exponential(mean = 1, min = 500)",
    "pareto(scale = 1, shape = 9)",
    "pareto(mean = 10, sd = 1)",
    "pareto(p10 = 1, p90 = 2)",
    "gumbel(location = 5, scale = 3)",
    "gumbel(mean = 5, sd = 3)",
    "gumbel(p05 = 1, p95 = 10)",
    "gev(location = 5, scale = 3, shape = 0.1)",
    "gev(location = 5, scale = 3, shape = -0.3)",
    "gev(location = 5, scale = 3, shape = 0)",
    "gev(p05 = 1, p50 = 4, p95 = 10)",
    "gev(p05 = 1, p95 = 10, shape = -0.1)",
    "laplace(location = 5, scale = 1.5)",
    "laplace(mean = 5, sd = 1)",
    "laplace(p05 = 5, p95 = 10)",
    "logistic(location = 5, scale = 1.5)",
    "logistic(mean = 5, sd = 1)",
    "logistic(p05 = 5, p95 = 10)",
    "student_t(location = 1, scale = 2, df = 12)",
    "student_t(mean = 1, sd = 2, df = 12)",
    "student_t(p05 = 1, p95 = 2, df = 12)",
    "split_normal(mode = 1.4, sd_left = 1.1, sd_right = 1.9)",
    "split_normal(mode = 1.4, uncertainty = 1.1, skew = -0.3)",
    "split_normal(p05 = 1, p50 = 2, p95 = 3.2)",
    "metalog(p05 = 1, p50 = 3, p95 = 6)",
    "metalog(p10 = 1, p90 = 6)",
    "metalog(p05 = 1, p25 = 2, p50 = 3, p75 = 4.2, p95 = 7)",
    "metalog(p05 = 1, p50 = 2, p95 = 4, low = 0)",
    "metalog(p05 = 1, p50 = 2, p95 = 4, high = 9)",
    "metalog(p05 = 1, p50 = 2, p95 = 4, low = 0, high = 10)",
];

const DISCRETE: &[&str] = &[
    "bernoulli(p = 0.3)",
    "bernoulli(p = 0.9)",
    "bernoulli(p = 0)",
    "bernoulli(p = 1)",
    "binomial(n = 10, p = 0.3)",
    "binomial(n = 1000, p = 0.001)",
    "binomial(n = 5, p = 1)",
    "negative_binomial(r = 2.5, p = 0.2)",
    "negative_binomial(mean = 10, sd = 6)",
    "negative_binomial(mean = 10, dispersion = 0.5)",
    "geometric(p = 0.2)",
    "geometric(p = 1)",
    "geometric(mean = 3)",
    "poisson(mean = 0.2)",
    "poisson(mean = 40)",
    "discrete_uniform(low = 1, high = 6)",
    "discrete(values = [1, 2, 5], weights = [0.5, 0.3, 0.2])",
    "empirical(values = [3, 1, 2, 2])",
];

/// Scores to ±8, where both tail probabilities are above 6e-16 (and to ±30 further below).
fn scores() -> Vec<f64> {
    spread(-8.0, 8.0, 401)
}

#[test]
fn every_parametrisation_is_in_the_table() {
    for family in families() {
        let of_family: Vec<&&str> = CONTINUOUS
            .iter()
            .chain(DISCRETE)
            .filter(|t| t.split_once('(').unwrap().0 == family.name)
            .collect();
        let has = |names: &[&str], n_quantiles: std::ops::RangeInclusive<usize>| {
            of_family.iter().any(|text| {
                let given: Vec<&str> = text
                    .split(['(', ','])
                    .filter_map(|p| p.split_once(" =").map(|p| p.0.trim()))
                    .collect();
                names.iter().all(|n| given.contains(n))
                    && n_quantiles
                        .contains(&given.iter().filter(|n| quantile_level(n).is_some()).count())
            })
        };
        for form in family.forms {
            assert!(
                has(
                    &form.parameters.iter().map(|p| p.name).collect::<Vec<_>>(),
                    0..=0
                ),
                "{} {:?}",
                family.name,
                form.parameters
            );
        }
        for form in family.quantile_forms {
            if family.name != "gev" || form.with.is_empty() {
                assert!(
                    has(
                        &form.with.iter().map(|p| p.name).collect::<Vec<_>>(),
                        form.fewest..=form.most
                    ),
                    "{}",
                    family.name
                );
            }
        }
        dist(family.example);
    }
}

#[test]
fn draws_rise_with_the_score_and_the_score_0_gives_the_median() {
    for text in CONTINUOUS {
        let d = dist(text);
        let mut last = f64::NEG_INFINITY;
        for z in spread(-37.0, 37.0, 1_500) {
            let x = d.draw(z);
            // The last digits may disagree where two formulas meet.
            assert!(x >= last - 1e-13 * last.abs(), "{text} {z} {x} {last}");
            let (low, high) = d.support();
            assert!(x >= low && x <= high, "{text} {z} {x}");
            last = x;
        }
        assert!((d.cdf(d.draw(0.0)) - 0.5).abs() < 1e-10, "{text}");
    }
    for text in DISCRETE {
        let d = dist(text);
        let mut last = f64::NEG_INFINITY;
        for z in scores() {
            assert!(d.draw(z) >= last, "{text} {z}");
            last = d.draw(z);
        }
    }
}

#[test]
fn stated_medians_come_back_exactly_at_score_0() {
    assert_eq!(dist("normal(mean = 0.1, sd = 2)").draw(0.0), 0.1);
    assert_eq!(dist("lognormal(median = 0.3, gsd = 2)").draw(0.0), 0.3);
    assert!(
        relative(
            dist("logit_normal(median = 0.2, sd_logit = 2)").draw(0.0),
            0.2
        ) < 3e-16
    );
}

#[test]
fn cdf_and_survival_invert_the_quantile_in_both_tails() {
    for text in CONTINUOUS {
        let d = dist(text);
        for z in scores() {
            let (p, q) = (normal_cdf(z), normal_cdf(-z));
            let x = d.quantile(p, q);
            // x is known to a few last digits only: the level must lie between those of its neighbours. Next to a bound the level after
            // truncation is a difference of levels before it, and that of the curvilinear trapezoid comes from the distance to the middle.
            let step = 8.0 * f64::EPSILON * x.abs();
            let slack = if text.contains("min =")
                || text.contains("max =")
                || text.starts_with("curvilinear")
            {
                1e-15
            } else {
                0.0
            };
            let (level, from, to) = if p < q {
                (p, d.cdf(x - step), d.cdf(x + step))
            } else {
                (q, d.survival(x + step), d.survival(x - step))
            };
            assert!(
                from <= level * (1.0 + 1e-9) + slack && level <= to * (1.0 + 1e-9) + slack,
                "{text} {z} x {x} {from} {level} {to}"
            );
            assert!((d.cdf(x) + d.survival(x) - 1.0).abs() < 1e-12, "{text} {z}");
        }
    }
}

#[test]
fn cdf_is_the_integral_of_the_density() {
    for text in CONTINUOUS {
        let d = dist(text);
        // Gauss–Legendre with 5 points on cells between neighbouring quantiles.
        let nodes = [
            (0.0, 128.0 / 225.0),
            (0.5384693101056831, 0.47862867049936647),
            (0.906179845938664, 0.23692688505618908),
        ];
        let mut worst: f64 = 0.0;
        let bounds: Vec<f64> = spread(-3.0, 3.0, 600).iter().map(|z| d.draw(*z)).collect();
        for pair in bounds.windows(2) {
            let (middle, half) = (0.5 * (pair[0] + pair[1]), 0.5 * (pair[1] - pair[0]));
            let mut sum = 0.0;
            for (node, weight) in nodes {
                sum += weight * d.density(middle + half * node);
                if node > 0.0 {
                    sum += weight * d.density(middle - half * node);
                }
            }
            let gap = d.cdf(pair[1]) - d.cdf(pair[0]);
            worst = worst.max((sum * half - gap).abs());
        }
        // Cells hold about 4e-3; a corner of the density inside one costs at most a few per cent of it.
        assert!(worst < 1e-4, "{text} {worst}");
        assert!(
            d.density(d.support().0 - 1.0) == 0.0 && d.density(d.support().1 + 1.0) == 0.0,
            "{text}"
        );
    }
}

#[test]
fn mean_and_sd_agree_with_quadrature_of_the_draws() {
    for text in CONTINUOUS {
        let d = dist(text);
        let (mut weight, mut first, mut second) = (0.0, 0.0, 0.0);
        let origin = d.draw(0.0);
        // Midpoint rule over scores, step 1/50: exact to 1e-12 for smooth quantile functions, to 1e-5 with a corner.
        for z in spread(-12.0, 12.0, 1_200) {
            let (w, x) = (normal_density(z), d.draw(z) - origin);
            weight += w;
            first += w * x;
            second += w * x * x;
        }
        let mean = first / weight;
        let sd = (second / weight - mean * mean).sqrt();
        let (found_mean, found_sd) = (d.mean().unwrap(), d.sd().unwrap());
        assert!(
            (found_mean - origin - mean).abs() < 2e-4 * sd,
            "{text} {found_mean} {}",
            origin + mean
        );
        assert!((found_sd / sd - 1.0).abs() < 2e-4, "{text} {found_sd} {sd}");
    }
}

#[test]
fn stated_moments_come_back() {
    for text in CONTINUOUS.iter().chain(DISCRETE) {
        let number = |name: &str| {
            let at = text
                .find(&format!("{name} = "))
                .filter(|at| text[..*at].ends_with(['(', ' ']))?;
            text[at + name.len() + 3..]
                .split([',', ')'])
                .next()
                .unwrap()
                .parse::<f64>()
                .ok()
        };
        if text.contains("min =") || text.contains("max =") {
            continue;
        }
        let d = dist(text);
        if let Some(mean) = number("mean") {
            assert!(
                relative(d.mean().unwrap(), mean) < 1e-11
                    || (d.mean().unwrap() - mean).abs() < 1e-12,
                "{text}"
            );
        }
        if let Some(sd) = number("sd") {
            assert!(relative(d.sd().unwrap(), sd) < 1e-9, "{text} {:?}", d.sd());
        }
        if let Some(median) = number("median") {
            assert!(relative(d.draw(0.0), median) < 1e-11, "{text}");
        }
    }
}

#[test]
fn stated_quantiles_come_back_also_after_truncation() {
    let mut checked = 0;
    for text in CONTINUOUS {
        let d = dist(text);
        for part in text.split(['(', ',', ')']) {
            let Some((name, value)) = part.split_once('=') else {
                continue;
            };
            let Some(level) = quantile_level(name.trim()) else {
                continue;
            };
            let value: f64 = value.trim().parse().unwrap();
            assert!(
                (d.quantile(level, 1.0 - level) - value).abs() < 2e-9 * value.abs().max(1.0),
                "{text} {name}"
            );
            checked += 1;
        }
    }
    assert!(checked > 50);
}

#[test]
fn discrete_quantiles_are_the_smallest_values_that_reach_the_level() {
    for text in DISCRETE {
        let d = dist(text);
        assert!(d.is_discrete());
        let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
        for k in 0..2_000 {
            let x = f64::from(k);
            total += d.density(x);
            first += d.density(x) * x;
            second += d.density(x) * x * x;
            assert!(
                (d.cdf(x) - total).abs() < 1e-11,
                "{text} {x} {} {total}",
                d.cdf(x)
            );
            assert!((d.cdf(x) + d.survival(x) - 1.0).abs() < 1e-12, "{text} {x}");
            assert_eq!(d.cdf(x + 0.5), d.cdf(x));
        }
        assert!((d.mean().unwrap() - first).abs() < 1e-9, "{text}");
        assert!(
            (d.sd().unwrap() - (second - first * first).max(0.0).sqrt()).abs() < 1e-6,
            "{text}"
        );
        for z in scores() {
            let (p, q) = (normal_cdf(z), normal_cdf(-z));
            let x = d.draw(z);
            if p <= q {
                assert!(
                    d.cdf(x) >= p && (x == d.support().0 || d.cdf(x - 0.5) < p),
                    "{text} {z} {x}"
                );
            } else {
                assert!(
                    d.survival(x) <= q && (x == d.support().0 || d.survival(x - 0.5) > q),
                    "{text} {z} {x}"
                );
            }
        }
    }
}

#[test]
fn every_parameter_refuses_nan_and_infinity() {
    for text in CONTINUOUS.iter().chain(DISCRETE) {
        let (family, rest) = text.split_once('(').unwrap();
        if family == "discrete" || family == "empirical" {
            continue;
        }
        let parts: Vec<(&str, f64)> = rest
            .trim_end_matches(')')
            .split(',')
            .map(|p| {
                p.split_once('=')
                    .map(|(n, v)| (n.trim(), v.trim().parse().unwrap()))
                    .unwrap()
            })
            .collect();
        let chosen =
            parametrisation(family, &parts.iter().map(|p| p.0).collect::<Vec<_>>()).unwrap();
        for i in 0..parts.len() {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                if (parts[i].0 == "min" && bad == f64::NEG_INFINITY)
                    || (parts[i].0 == "max" && bad == f64::INFINITY)
                {
                    continue;
                }
                let values: Vec<ParameterValue> = parts
                    .iter()
                    .enumerate()
                    .map(|(j, p)| ParameterValue::Number(if i == j { bad } else { p.1 }))
                    .collect();
                assert!(
                    build(&chosen, &values).is_err(),
                    "{text} {} = {bad}",
                    parts[i].0
                );
            }
        }
    }
}

#[test]
fn parameters_outside_their_domain_are_refused_by_name() {
    for (text, named) in [
        ("normal(mean = 0, sd = 0)", "`sd` is 0"),
        ("normal(mean = 0, sd = -1)", "`sd` is -1"),
        ("lognormal(median = 0, gsd = 2)", "`median`"),
        (
            "lognormal(median = 1, gsd = 1)",
            "`gsd` is 1; it must be above 1",
        ),
        ("lognormal(mean = -1, sd = 2)", "`mean`"),
        ("logit_normal(median = 1, sd_logit = 2)", "`median`"),
        ("uniform(low = 1, high = 1)", "`high`"),
        ("log_uniform(low = 0, high = 1)", "`low`"),
        ("triangular(low = 1, mode = 0, high = 2)", "`mode`"),
        (
            "trapezoidal(low = 1, top_low = 3, top_high = 2, high = 4)",
            "`top_high`",
        ),
        ("curvilinear_trapezoid(a = 1, b = 2, d = 0.6)", "`d`"),
        ("pert(low = 1, mode = 3, high = 2)", "`mode`"),
        ("beta(alpha = 0, beta = 1)", "`alpha`"),
        ("beta(mean = 0.5, sd = 0.5)", "`sd`"),
        ("beta(mean = 1.5, sd = 0.1)", "`mean`"),
        ("gamma(shape = -1, scale = 1)", "`shape`"),
        ("weibull(shape = 1, scale = 0)", "`scale`"),
        ("student_t(mean = 0, sd = 1, df = 2)", "`df`"),
        (
            "split_normal(mode = 0, uncertainty = 1, skew = 1)",
            "`skew`",
        ),
        ("bernoulli(p = 1.1)", "`p`"),
        ("binomial(n = 2.5, p = 0.1)", "`n`"),
        ("binomial(n = -1, p = 0.1)", "`n`"),
        ("negative_binomial(mean = 4, sd = 2)", "`sd`"),
        ("geometric(p = 0)", "`p`"),
        ("poisson(mean = -1)", "`mean`"),
        ("discrete_uniform(low = 1.5, high = 3)", "`low`"),
        ("discrete(values = [1, 2], weights = [1])", "`weights`"),
        ("discrete(values = [1, 2], weights = [0, 0])", "`weights`"),
        ("discrete(values = [1, 2], weights = [1, -1])", "`weights`"),
        ("empirical(values = [])", "`values`"),
        (
            "normal(p05 = 2, p95 = 1)",
            "no normal distribution has these quantiles",
        ),
        ("lognormal(p05 = -2, p95 = 1)", "-2 is not above 0"),
        ("beta(p05 = 0.2, p95 = 1.2)", "1.2 is not between 0 and 1"),
        (
            "triangular(p05 = 0, p50 = 1, p95 = 100)",
            "no triangular distribution",
        ),
        ("metalog(p05 = 0, p50 = 0.1, p95 = 100)", "falls at level"),
        (
            "normal(mean = 0, sd = 1, min = 2, max = 1)",
            "min must be below max",
        ),
        ("normal(mean = 0, sd = 1, min = 40)", "1e-300"),
        ("gamma(shape = 1, scale = 1, max = -1)", "1e-300"),
        ("normal(p05 = 1, p95 = 3, min = 2)", "not between min"),
    ] {
        let error = try_dist(text).expect_err(text);
        assert!(error.contains(named), "{text}: {error}");
    }
}

#[test]
fn names_that_do_not_fit_are_answered_with_those_that_do() {
    let error = parametrisation("normal", &["mean", "scale"])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("no parameter `scale`")
            && error.contains("give mean and sd, or p05 and p95; min and max are optional"),
        "{error}"
    );
    assert!(matches!(
        parametrisation("normal", &["mean"]),
        Err(ParametrisationError::Combination { .. })
    ));
    assert!(matches!(
        parametrisation("normal", &["p05", "p50", "p95"]),
        Err(ParametrisationError::Combination { .. })
    ));
    assert!(matches!(
        parametrisation("normal", &["p05", "p050"]),
        Err(ParametrisationError::Twice { .. })
    ));
    assert!(matches!(
        parametrisation("nornal", &["mean"]),
        Err(ParametrisationError::Family { .. })
    ));
    assert!(matches!(
        parametrisation("poisson", &["mean", "min"]),
        Err(ParametrisationError::Unknown { .. })
    ));
    assert!(matches!(
        parametrisation("normal", &["mean", "mean"]),
        Err(ParametrisationError::Twice { .. })
    ));
}

#[test]
fn quantile_names_read_their_digits_as_decimals() {
    for (name, level) in [
        ("p05", Some(0.05)),
        ("p50", Some(0.5)),
        ("p975", Some(0.975)),
        ("p001", Some(0.001)),
    ] {
        assert_eq!(quantile_level(name), level);
    }
    for name in ["p5", "p", "p00", "q05", "p0x", "p1.5"] {
        assert_eq!(quantile_level(name), None, "{name}");
    }
}

#[test]
fn draw_forms_and_solved_marks_tell_what_may_vary_by_trial() {
    let of = |family: &str, names: &[&str]| parametrisation(family, names).unwrap();
    assert_eq!(draw_form(&of("normal", &["sd", "mean"])), DrawForm::Affine);
    assert_eq!(
        draw_form(&of("lognormal", &["median", "gsd"])),
        DrawForm::ExpAffine
    );
    assert_eq!(
        draw_form(&of("logit_normal", &["mu", "sigma"])),
        DrawForm::LogisticAffine
    );
    assert_eq!(
        draw_form(&of("normal", &["mean", "sd", "min"])),
        DrawForm::General
    );
    assert_eq!(draw_form(&of("normal", &["p05", "p95"])), DrawForm::General);
    assert!(
        of("beta", &["median", "concentration"]).solved && of("normal", &["p05", "p95"]).solved
    );
    assert!(
        !of("normal", &["mean", "sd", "min"]).solved
            && !of("beta", &["mean", "concentration"]).solved
    );
}

/// A row of draws is the single draws to the bit, wherever a draw stands and whatever its neighbours are, by scores and by levels.
#[test]
fn a_draw_does_not_depend_on_its_neighbours() {
    // More than a chunk of 128, and no multiple of the 16 that are searched for together.
    let scores = spread(-7.5, 7.5, 149);
    let levels: Vec<f64> = scores.iter().map(|&z| normal_cdf(z)).collect();
    let mut found = vec![0.0; scores.len()];
    for text in CONTINUOUS.iter().chain(DISCRETE) {
        let d = dist(text);
        d.draw_row(DrawBy::Score, &scores, &mut found);
        for (&z, &x) in scores.iter().zip(&found) {
            assert_eq!(x.to_bits(), d.draw(z).to_bits(), "{text} {z}");
        }
        d.draw_row(DrawBy::Level, &levels, &mut found);
        for (&p, &x) in levels.iter().zip(&found) {
            let alone = d.quantile(p, 1.0 - p);
            assert_eq!(x.to_bits(), alone.to_bits(), "{text} {p}");
        }
    }
}

/// The same with a distribution of its own for each draw: of one family, from shapes so small that the search is a slow one to large ones
/// that are nearly normal, and of families mixed.
#[test]
fn a_draw_does_not_depend_on_the_distributions_beside_it() {
    let of = |text: &dyn Fn(f64) -> String| -> Vec<Distribution> {
        (0..149)
            .map(|i| dist(&text(10f64.powf(-4.0 + f64::from(i * 37 % 149) / 15.0))))
            .collect()
    };
    let mut rows = vec![
        of(&|s| format!("gamma(shape = {s}, scale = 2)")),
        of(&|s| format!("beta(alpha = {s}, beta = {})", 3.0 + 0.1 * s)),
        of(&|s| format!("poisson(mean = {s})")),
        of(&|s| format!("binomial(n = {}, p = 0.3)", (10.0 * s).ceil())),
        of(&|s| format!("negative_binomial(mean = {s}, dispersion = 0.5)")),
        of(&|s| format!("student_t(location = 0, scale = 1, df = {})", s + 0.5)),
        of(&|s| format!("gamma(shape = 3, scale = 2, min = {})", s.min(30.0))),
    ];
    let mixed = (0..149).map(|i| rows[i % rows.len()][i].clone()).collect();
    rows.push(mixed);
    let scores = spread(-7.5, 7.5, 149);
    let mut found = vec![0.0; scores.len()];
    for row in &rows {
        Distribution::draw_each(row, DrawBy::Score, &scores, &mut found);
        for ((d, &z), &x) in row.iter().zip(&scores).zip(&found) {
            assert_eq!(x.to_bits(), d.draw(z).to_bits(), "{d:?} {z}");
        }
    }
}
