//! Values from outside: R, statrs, closed forms far into the tails, and samples of rand_distr.

use super::dist;
use crate::math::oracle::{relative, spread};
use statrs::distribution::{Continuous, ContinuousCDF, DiscreteCDF};

type Row = (&'static str, f64, f64, &'static [(f64, f64)]);

#[allow(clippy::approx_constant, reason = "figures as published")]
/// (distribution, mean, sd, quantiles) by R and CRAN packages, from JuliaStats/Distributions.jl, test/ref/continuous_test.ref.json (MIT).
#[rustfmt::skip]
const BY_R: &[Row] = &[
    ("gumbel(location = 5, scale = 3)", 6.731646995, 3.84764949, &[(0.1, 2.497902664), (0.25, 4.02009722), (0.5, 6.099538762), (0.75, 8.737697971), (0.9, 11.75110198)]),
    ("triangular(low = -4, mode = 3, high = 14)", 4.333333333, 3.704351795, &[(0.1, -0.4503521301), (0.25, 1.61248608), (0.5, 4.050125629), (0.75, 6.96437636), (0.9, 9.550280908)]),
    ("logistic(location = 5, scale = 1.5)", 5.0, 2.720699046, &[(0.1, 1.704163134), (0.25, 3.352081567), (0.5, 5.0), (0.75, 6.647918433), (0.9, 8.295836866)]),
    ("beta(alpha = 17, beta = 13)", 0.5666666667, 0.08900082558, &[(0.1, 0.4504089864), (0.25, 0.5061986888), (0.5, 0.5681674628), (0.75, 0.6287350638), (0.9, 0.6809289061)]),
    ("gamma(shape = 2, scale = 1)", 2.0, 1.414213562, &[(0.1, 0.5318116084), (0.25, 0.9612787631), (0.5, 1.67834699), (0.75, 2.692634529), (0.9, 3.88972017)]),
    ("normal(mean = 0, sd = 1, min = -2, max = 2)", 0.0, 0.879625661, &[(0.1, -1.184032467), (0.25, -0.6391119109), (0.5, 0.0), (0.75, 0.6391119109), (0.9, 1.184032467)]),
    ("student_t(location = 0, scale = 1, df = 28)", 0.0, 1.037749043, &[(0.1, -1.312526782), (0.25, -0.683352843), (0.5, 0.0), (0.75, 0.683352843), (0.9, 1.312526782)]),
    ("exponential(mean = 2)", 2.0, 2.0, &[(0.1, 0.2107210313), (0.25, 0.5753641449), (0.5, 1.386294361), (0.75, 2.772588722), (0.9, 4.605170186)]),
    ("lognormal(mu = 1, sigma = 1)", 4.48168907, 5.874743663, &[(0.1, 0.7546120027), (0.25, 1.384737028), (0.5, 2.718281828), (0.75, 5.336071725), (0.9, 9.791861344)]),
];

/// Bank of England Inflation Report, Q2 2010, four of thirteen quarters, by the R package fanplot 4.0.0 (Abel, The R Journal 2015).
#[rustfmt::skip]
const BANK_OF_ENGLAND: &[Row] = &[
    ("split_normal(mode = 3.3, uncertainty = 0.5442, skew = 0.05)", 3.321744428, 0.54478841, &[(0.05, 2.432982711), (0.1, 2.627080192), (0.25, 2.952437156), (0.5, 3.317080698), (0.75, 3.68738359), (0.9, 4.023372818), (0.95, 4.225054625)]),
    ("split_normal(mode = 1.4, uncertainty = 1.1948, skew = 0.1)", 1.4959318, 1.199996561, &[(0.05, -0.4452617448), (0.1, -0.0263238697), (0.25, 0.6782806259), (0.5, 1.475389659), (0.75, 2.297387877), (0.9, 3.048894597), (0.95, 3.501293894)]),
    ("split_normal(mode = 1.36, uncertainty = 1.4781, skew = 0.2)", 1.601959705, 1.504409631, &[(0.05, -0.7889947071), (0.1, -0.2861295017), (0.25, 0.5659072586), (0.5, 1.550455479), (0.75, 2.597040184), (0.9, 3.56732079), (0.95, 4.15459278)]),
    ("split_normal(mode = 1.75, uncertainty = 1.5175, skew = 0.2)", 1.998409344, 1.544510936, &[(0.05, -0.4562779704), (0.1, 0.05999153041), (0.25, 0.934740048), (0.5, 1.945532231), (0.75, 3.020014532), (0.9, 4.016158784), (0.95, 4.619085003)]),
];

#[test]
fn moments_and_quantiles_agree_with_r() {
    for (text, mean, sd, quantiles) in BY_R.iter().chain(BANK_OF_ENGLAND) {
        let d = dist(text);
        // The tables have ten digits; the published parameters of the Bank lead to nine.
        let close = |a: f64, b: f64| (a - b).abs() < 3e-9 * b.abs().max(1.0);
        assert!(close(d.mean().unwrap(), *mean), "{text} {:?}", d.mean());
        assert!(close(d.sd().unwrap(), *sd), "{text} {:?}", d.sd());
        for (level, value) in *quantiles {
            assert!(
                close(d.quantile(*level, 1.0 - level), *value),
                "{text} {level}"
            );
        }
    }
}

#[test]
fn continuous_families_agree_with_statrs() {
    fn compare(text: &str, other: &(impl ContinuousCDF<f64, f64> + Continuous<f64, f64>)) {
        let d = dist(text);
        for z in spread(-3.5, 3.5, 60) {
            let x = d.draw(z);
            // statrs's own special functions are good to about 1e-10.
            assert!(
                relative(d.cdf(x), other.cdf(x)) < 1e-8,
                "{text} {x} {} {}",
                d.cdf(x),
                other.cdf(x)
            );
            assert!(relative(d.survival(x), other.sf(x)) < 1e-8, "{text} {x}");
            assert!(relative(d.density(x), other.pdf(x)) < 1e-8, "{text} {x}");
        }
    }
    use statrs::distribution as s;
    compare(
        "normal(mean = 1, sd = 2)",
        &s::Normal::new(1.0, 2.0).unwrap(),
    );
    compare(
        "lognormal(mu = 1, sigma = 0.5)",
        &s::LogNormal::new(1.0, 0.5).unwrap(),
    );
    compare(
        "uniform(low = 1, high = 3)",
        &s::Uniform::new(1.0, 3.0).unwrap(),
    );
    compare(
        "triangular(low = 1, mode = 2, high = 5)",
        &s::Triangular::new(1.0, 5.0, 2.0).unwrap(),
    );
    compare(
        "beta(alpha = 2.5, beta = 3.5)",
        &s::Beta::new(2.5, 3.5).unwrap(),
    );
    compare(
        "gamma(shape = 2.5, rate = 3)",
        &s::Gamma::new(2.5, 3.0).unwrap(),
    );
    compare(
        "weibull(shape = 1.5, scale = 3)",
        &s::Weibull::new(1.5, 3.0).unwrap(),
    );
    compare("exponential(rate = 1.5)", &s::Exp::new(1.5).unwrap());
    compare(
        "pareto(scale = 1.5, shape = 3)",
        &s::Pareto::new(1.5, 3.0).unwrap(),
    );
    compare(
        "gumbel(location = 1, scale = 3)",
        &s::Gumbel::new(1.0, 3.0).unwrap(),
    );
    compare(
        "laplace(location = 1, scale = 3)",
        &s::Laplace::new(1.0, 3.0).unwrap(),
    );
    compare(
        "student_t(location = 1, scale = 3, df = 4.5)",
        &s::StudentsT::new(1.0, 3.0, 4.5).unwrap(),
    );
}

#[test]
fn discrete_families_agree_with_statrs() {
    fn compare(text: &str, other: &impl DiscreteCDF<u64, f64>) {
        let d = dist(text);
        for k in 0..60 {
            assert!(
                relative(d.cdf(k as f64), other.cdf(k)) < 1e-8,
                "{text} {k} {} {}",
                d.cdf(k as f64),
                other.cdf(k)
            );
        }
    }
    use statrs::distribution as s;
    compare(
        "binomial(n = 20, p = 0.3)",
        &s::Binomial::new(0.3, 20).unwrap(),
    );
    compare("poisson(mean = 7.5)", &s::Poisson::new(7.5).unwrap());
    compare(
        "negative_binomial(r = 2.5, p = 0.3)",
        &s::NegativeBinomial::new(2.5, 0.3).unwrap(),
    );
}

#[test]
fn far_tails_have_their_closed_forms() {
    let t = 1e-300;
    let upper = |text: &str| dist(text).quantile(1.0, t);
    let lower = |text: &str| dist(text).quantile(t, 1.0);
    let ln_t: f64 = -690.7755278982137;
    for (found, expected) in [
        (upper("exponential(mean = 2)"), -2.0 * ln_t),
        (lower("exponential(mean = 2)"), 2e-300),
        (upper("weibull(shape = 2, scale = 1)"), (-ln_t).sqrt()),
        (upper("logistic(location = 0, scale = 1)"), -ln_t),
        (upper("gumbel(location = 0, scale = 1)"), -ln_t),
        (lower("gumbel(location = 0, scale = 1)"), -(-ln_t).ln()),
        (upper("pareto(scale = 1, shape = 300)"), 10.0),
        (upper("laplace(location = 0, scale = 1)"), -ln_t - 2f64.ln()),
        // Φ(−37.0471) = 1e-300 (computed with 50 digits).
        (upper("normal(mean = 0, sd = 1)"), 37.0470962993612),
        // Cauchy: the quantile is 1/(π t).
        (
            upper("student_t(location = 0, scale = 1, df = 1)"),
            1.0 / (std::f64::consts::PI * t),
        ),
        (lower("beta(alpha = 2, beta = 1)"), 1e-150),
        (lower("beta(alpha = 1, beta = 3)"), t / 3.0),
        // Memoryless.
        (
            dist("exponential(mean = 1, min = 600)").draw(0.0),
            600.0 + 2f64.ln(),
        ),
        // A normal above 30 sd: about 30 + ln 2/30; computed with 50 digits.
        (
            dist("normal(mean = 0, sd = 1, min = 30)").draw(0.0),
            30.0230704678273,
        ),
    ] {
        assert!(relative(found, expected) < 2e-10, "{found} {expected}");
    }
}

#[test]
fn samples_of_rand_distr_look_like_ours() {
    use rand::SeedableRng;
    // Kolmogorov's distance of 20,000 samples from F: above 2.7/√n with probability 2·e^(−2·2.7²) = 9e-7.
    fn distance(text: &str, samples: impl rand_distr::Distribution<f64>) {
        let mut generator = rand::rngs::ChaCha8Rng::seed_from_u64(7);
        let n = 20_000;
        let d = dist(text);
        let mut levels: Vec<f64> = (0..n)
            .map(|_| d.cdf(samples.sample(&mut generator)))
            .collect();
        levels.sort_by(f64::total_cmp);
        let worst = levels
            .iter()
            .enumerate()
            .map(|(i, f)| (f - (i as f64 + 0.5) / f64::from(n)).abs())
            .fold(0.0, f64::max);
        assert!(worst < 2.7 / f64::from(n).sqrt(), "{text} {worst}");
    }
    distance(
        "inverse_gaussian(mean = 2, shape = 5)",
        rand_distr::InverseGaussian::new(2.0, 5.0).unwrap(),
    );
    distance(
        "pert(low = 1, mode = 2, high = 5)",
        rand_distr::Pert::new(1.0, 5.0).with_mode(2.0).unwrap(),
    );
    distance(
        "weibull(shape = 1.5, scale = 10)",
        rand_distr::Weibull::new(10.0, 1.5).unwrap(),
    );
    distance(
        "gamma(shape = 0.4, scale = 3)",
        rand_distr::Gamma::new(0.4, 3.0).unwrap(),
    );
    distance(
        "beta(alpha = 0.5, beta = 3)",
        rand_distr::Beta::new(0.5, 3.0).unwrap(),
    );
    distance(
        "student_t(location = 0, scale = 1, df = 3)",
        rand_distr::StudentT::new(3.0).unwrap(),
    );
}
