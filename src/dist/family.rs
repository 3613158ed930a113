//! The families that a model may name, with their parametrisations.

use super::distribution::Distribution;
use super::error::DistributionError;
use super::forms;
use UnitRole::{Dimensionless, PerValue, Value};

/// The unit of a parameter, as seen from the draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitRole {
    /// The unit of the draw.
    Value,
    /// None. (`mu` of a lognormal is the logarithm of a number: the draw then has no unit either.)
    Dimensionless,
    /// One over the unit of the draw.
    PerValue,
}

/// Where the draws of a family can lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Anywhere, or between ends that are parameters.
    Line,
    /// Above 0.
    Positive,
    /// Between 0 and 1.
    UnitInterval,
    /// Between 0 and 1, or between ends that are parameters.
    Interval,
}

/// A named parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// The name.
    pub name: &'static str,
    /// Its unit.
    pub unit: UnitRole,
    /// Whether it is a list of numbers.
    pub list: bool,
}

/// A parametrisation by named parameters.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// The parameters, all required.
    pub parameters: &'static [Parameter],
    /// Whether the natural parameters are solved numerically.
    pub solved: bool,
    pub(super) lists: bool,
    pub(super) make: fn(&[f64]) -> Result<Distribution, DistributionError>,
}

/// A parametrisation by quantiles (`p05`, `p95`; they have the unit of the draw), with further parameters.
#[derive(Debug, Clone, Copy)]
pub struct QuantileForm {
    /// Fewest quantiles.
    pub fewest: usize,
    /// Most quantiles.
    pub most: usize,
    /// Further parameters, all required.
    pub with: &'static [Parameter],
    pub(super) fit: Fit,
}

/// From quantiles (level, value), ascending, and the further parameters.
pub(super) type Fit = fn(&[(f64, f64)], &[f64]) -> Result<Distribution, DistributionError>;

/// A family: what the documentation says of it and what it accepts. Continuous families also take `min` and `max` (unit of the draw).
#[derive(Debug, Clone, Copy)]
pub struct FamilyInfo {
    /// The name in models.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Where it is described.
    pub source: &'static str,
    /// An example expression.
    pub example: &'static str,
    /// Whether the draws are discrete.
    pub discrete: bool,
    /// Where the draws lie.
    pub domain: Domain,
    /// Parametrisations by name.
    pub forms: &'static [Form],
    /// Parametrisations by quantiles.
    pub quantile_forms: &'static [QuantileForm],
}

const fn number(name: &'static str, unit: UnitRole) -> Parameter {
    Parameter {
        name,
        unit,
        list: false,
    }
}

const fn list(name: &'static str, unit: UnitRole) -> Parameter {
    Parameter {
        name,
        unit,
        list: true,
    }
}

/// All families, in the order of the documentation.
pub fn families() -> &'static [FamilyInfo] {
    FAMILIES
}

const FAMILIES: &[FamilyInfo] = &[
    FamilyInfo {
        name: "normal",
        doc: "Normal: symmetric, unbounded.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "normal(mean = 10, sd = 2)",
        discrete: false,
        domain: Domain::Line,
        forms: &[Form {
            parameters: &[number("mean", Value), number("sd", Value)],
            solved: false,
            lists: false,
            make: forms::normal,
        }],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::normal_quantiles,
        }],
    },
    FamilyInfo {
        name: "lognormal",
        doc: "Lognormal: the logarithm is normal. mu and sigma belong to the logarithm; gsd is e to the sd of the logarithm.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "lognormal(median = 450, gsd = 1.1)",
        discrete: false,
        domain: Domain::Positive,
        forms: &[
            Form {
                parameters: &[number("mean", Value), number("sd", Value)],
                solved: false,
                lists: false,
                make: forms::lognormal_mean_sd,
            },
            Form {
                parameters: &[number("mu", Dimensionless), number("sigma", Dimensionless)],
                solved: false,
                lists: false,
                make: forms::lognormal_mu_sigma,
            },
            Form {
                parameters: &[number("median", Value), number("gsd", Dimensionless)],
                solved: false,
                lists: false,
                make: forms::lognormal_median_gsd,
            },
            Form {
                parameters: &[number("median", Value), number("sd_log", Dimensionless)],
                solved: false,
                lists: false,
                make: forms::lognormal_median_sd_log,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::lognormal_quantiles,
        }],
    },
    FamilyInfo {
        name: "logit_normal",
        doc: "Logit-normal: the logit of a share is normal.",
        source: "Aitchison and Shen, Biometrika 67, 1980",
        example: "logit_normal(median = 0.2, sd_logit = 0.5)",
        discrete: false,
        domain: Domain::UnitInterval,
        forms: &[
            Form {
                parameters: &[
                    number("median", Dimensionless),
                    number("sd_logit", Dimensionless),
                ],
                solved: false,
                lists: false,
                make: forms::logit_normal_median,
            },
            Form {
                parameters: &[number("mu", Dimensionless), number("sigma", Dimensionless)],
                solved: false,
                lists: false,
                make: forms::logit_normal_mu_sigma,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::logit_normal_quantiles,
        }],
    },
    FamilyInfo {
        name: "uniform",
        doc: "Uniform between two ends.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "uniform(low = 1, high = 3)",
        discrete: false,
        domain: Domain::Line,
        forms: &[
            Form {
                parameters: &[number("low", Value), number("high", Value)],
                solved: false,
                lists: false,
                make: forms::uniform,
            },
            Form {
                parameters: &[number("mean", Value), number("sd", Value)],
                solved: false,
                lists: false,
                make: forms::uniform_mean_sd,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::uniform_quantiles,
        }],
    },
    FamilyInfo {
        name: "log_uniform",
        doc: "Log-uniform: the logarithm is uniform.",
        source: "NPL report DEM-ES-011, 2006",
        example: "log_uniform(low = 0.1, high = 10)",
        discrete: false,
        domain: Domain::Positive,
        forms: &[Form {
            parameters: &[number("low", Value), number("high", Value)],
            solved: false,
            lists: false,
            make: forms::log_uniform,
        }],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::log_uniform_quantiles,
        }],
    },
    FamilyInfo {
        name: "triangular",
        doc: "Triangular: low, mode, high.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "triangular(low = 1, mode = 2, high = 5)",
        discrete: false,
        domain: Domain::Line,
        forms: &[Form {
            parameters: &[
                number("low", Value),
                number("mode", Value),
                number("high", Value),
            ],
            solved: false,
            lists: false,
            make: forms::triangular,
        }],
        quantile_forms: &[QuantileForm {
            fewest: 3,
            most: 3,
            with: &[],
            fit: forms::triangular_quantiles,
        }],
    },
    FamilyInfo {
        name: "trapezoidal",
        doc: "Trapezoidal: flat between top_low and top_high.",
        source: "JCGM 101:2008, 6.4.4",
        example: "trapezoidal(low = 0, top_low = 1, top_high = 3, high = 4)",
        discrete: false,
        domain: Domain::Line,
        forms: &[Form {
            parameters: &[
                number("low", Value),
                number("top_low", Value),
                number("top_high", Value),
                number("high", Value),
            ],
            solved: false,
            lists: false,
            make: forms::trapezoidal,
        }],
        quantile_forms: &[],
    },
    FamilyInfo {
        name: "curvilinear_trapezoid",
        doc: "Uniform between a and b whose ends are known only to plus or minus d.",
        source: "JCGM 101:2008, 6.4.3",
        example: "curvilinear_trapezoid(a = 1, b = 3, d = 0.5)",
        discrete: false,
        domain: Domain::Line,
        forms: &[Form {
            parameters: &[number("a", Value), number("b", Value), number("d", Value)],
            solved: false,
            lists: false,
            make: forms::curvilinear,
        }],
        quantile_forms: &[],
    },
    FamilyInfo {
        name: "pert",
        doc: "PERT: a beta distribution with a given mode; weight (4 if absent) says how narrow it is.",
        source: "Malcolm et al., Operations Research 7, 1959; Vose, Risk Analysis, 2008",
        example: "pert(low = 1, mode = 2, high = 5)",
        discrete: false,
        domain: Domain::Line,
        forms: &[
            Form {
                parameters: &[
                    number("low", Value),
                    number("mode", Value),
                    number("high", Value),
                ],
                solved: false,
                lists: false,
                make: forms::pert,
            },
            Form {
                parameters: &[
                    number("low", Value),
                    number("mode", Value),
                    number("high", Value),
                    number("weight", Dimensionless),
                ],
                solved: false,
                lists: false,
                make: forms::pert_weight,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 3,
            most: 3,
            with: &[],
            fit: forms::pert_quantiles,
        }],
    },
    FamilyInfo {
        name: "beta",
        doc: "Beta on [0, 1], or on [low, high]. concentration is alpha + beta.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "beta(median = 0.88, concentration = 40)",
        discrete: false,
        domain: Domain::Interval,
        forms: &[
            Form {
                parameters: &[
                    number("alpha", Dimensionless),
                    number("beta", Dimensionless),
                ],
                solved: false,
                lists: false,
                make: forms::beta_shapes,
            },
            Form {
                parameters: &[
                    number("alpha", Dimensionless),
                    number("beta", Dimensionless),
                    number("low", Value),
                    number("high", Value),
                ],
                solved: false,
                lists: false,
                make: forms::beta_shapes,
            },
            Form {
                parameters: &[number("mean", Value), number("sd", Value)],
                solved: false,
                lists: false,
                make: forms::beta_mean_sd,
            },
            Form {
                parameters: &[
                    number("mean", Value),
                    number("sd", Value),
                    number("low", Value),
                    number("high", Value),
                ],
                solved: false,
                lists: false,
                make: forms::beta_mean_sd,
            },
            Form {
                parameters: &[
                    number("mean", Value),
                    number("concentration", Dimensionless),
                ],
                solved: false,
                lists: false,
                make: forms::beta_mean_concentration,
            },
            Form {
                parameters: &[
                    number("mean", Value),
                    number("concentration", Dimensionless),
                    number("low", Value),
                    number("high", Value),
                ],
                solved: false,
                lists: false,
                make: forms::beta_mean_concentration,
            },
            Form {
                parameters: &[
                    number("median", Value),
                    number("concentration", Dimensionless),
                ],
                solved: true,
                lists: false,
                make: forms::beta_median_concentration,
            },
            Form {
                parameters: &[
                    number("median", Value),
                    number("concentration", Dimensionless),
                    number("low", Value),
                    number("high", Value),
                ],
                solved: true,
                lists: false,
                make: forms::beta_median_concentration,
            },
        ],
        quantile_forms: &[
            QuantileForm {
                fewest: 2,
                most: 2,
                with: &[],
                fit: forms::beta_quantiles,
            },
            QuantileForm {
                fewest: 2,
                most: 2,
                with: &[number("low", Value), number("high", Value)],
                fit: forms::beta_quantiles,
            },
        ],
    },
    FamilyInfo {
        name: "arcsine",
        doc: "Arcsine: U-shaped between two ends, as a sine with random phase.",
        source: "JCGM 101:2008, 6.4.6",
        example: "arcsine(low = -1, high = 1)",
        discrete: false,
        domain: Domain::Line,
        forms: &[
            Form {
                parameters: &[number("low", Value), number("high", Value)],
                solved: false,
                lists: false,
                make: forms::arcsine,
            },
            Form {
                parameters: &[number("mean", Value), number("sd", Value)],
                solved: false,
                lists: false,
                make: forms::arcsine_mean_sd,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::arcsine_quantiles,
        }],
    },
    FamilyInfo {
        name: "gamma",
        doc: "Gamma.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "gamma(shape = 2, scale = 3)",
        discrete: false,
        domain: Domain::Positive,
        forms: &[
            Form {
                parameters: &[number("shape", Dimensionless), number("scale", Value)],
                solved: false,
                lists: false,
                make: forms::gamma_scale,
            },
            Form {
                parameters: &[number("shape", Dimensionless), number("rate", PerValue)],
                solved: false,
                lists: false,
                make: forms::gamma_rate,
            },
            Form {
                parameters: &[number("mean", Value), number("sd", Value)],
                solved: false,
                lists: false,
                make: forms::gamma_mean_sd,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::gamma_quantiles,
        }],
    },
    FamilyInfo {
        name: "inverse_gaussian",
        doc: "Inverse Gaussian (Wald): the variance is mean^3/shape.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "inverse_gaussian(mean = 2, shape = 5)",
        discrete: false,
        domain: Domain::Positive,
        forms: &[
            Form {
                parameters: &[number("mean", Value), number("shape", Value)],
                solved: false,
                lists: false,
                make: forms::inverse_gaussian,
            },
            Form {
                parameters: &[number("mean", Value), number("sd", Value)],
                solved: false,
                lists: false,
                make: forms::inverse_gaussian_mean_sd,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::inverse_gaussian_quantiles,
        }],
    },
    FamilyInfo {
        name: "weibull",
        doc: "Weibull.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "weibull(shape = 1.5, scale = 10)",
        discrete: false,
        domain: Domain::Positive,
        forms: &[
            Form {
                parameters: &[number("shape", Dimensionless), number("scale", Value)],
                solved: false,
                lists: false,
                make: forms::weibull,
            },
            Form {
                parameters: &[number("mean", Value), number("sd", Value)],
                solved: true,
                lists: false,
                make: forms::weibull_mean_sd,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::weibull_quantiles,
        }],
    },
    FamilyInfo {
        name: "exponential",
        doc: "Exponential.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "exponential(mean = 2)",
        discrete: false,
        domain: Domain::Positive,
        forms: &[
            Form {
                parameters: &[number("mean", Value)],
                solved: false,
                lists: false,
                make: forms::exponential,
            },
            Form {
                parameters: &[number("rate", PerValue)],
                solved: false,
                lists: false,
                make: forms::exponential_rate,
            },
            Form {
                parameters: &[number("median", Value)],
                solved: false,
                lists: false,
                make: forms::exponential_median,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 1,
            most: 1,
            with: &[],
            fit: forms::exponential_quantile,
        }],
    },
    FamilyInfo {
        name: "pareto",
        doc: "Pareto: scale is the smallest value, shape the tail index.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "pareto(scale = 1, shape = 3)",
        discrete: false,
        domain: Domain::Positive,
        forms: &[
            Form {
                parameters: &[number("scale", Value), number("shape", Dimensionless)],
                solved: false,
                lists: false,
                make: forms::pareto,
            },
            Form {
                parameters: &[number("mean", Value), number("sd", Value)],
                solved: false,
                lists: false,
                make: forms::pareto_mean_sd,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::pareto_quantiles,
        }],
    },
    FamilyInfo {
        name: "gumbel",
        doc: "Gumbel distribution of maxima.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "gumbel(location = 5, scale = 3)",
        discrete: false,
        domain: Domain::Line,
        forms: &[
            Form {
                parameters: &[number("location", Value), number("scale", Value)],
                solved: false,
                lists: false,
                make: forms::gumbel,
            },
            Form {
                parameters: &[number("mean", Value), number("sd", Value)],
                solved: false,
                lists: false,
                make: forms::gumbel_mean_sd,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::gumbel_quantiles,
        }],
    },
    FamilyInfo {
        name: "gev",
        doc: "Generalised extreme value; a positive shape means a heavy upper tail.",
        source: "Coles, An Introduction to Statistical Modeling of Extreme Values, 2001",
        example: "gev(location = 5, scale = 3, shape = 0.1)",
        discrete: false,
        domain: Domain::Line,
        forms: &[Form {
            parameters: &[
                number("location", Value),
                number("scale", Value),
                number("shape", Dimensionless),
            ],
            solved: false,
            lists: false,
            make: forms::gev,
        }],
        quantile_forms: &[
            QuantileForm {
                fewest: 3,
                most: 3,
                with: &[],
                fit: forms::gev_quantiles,
            },
            QuantileForm {
                fewest: 2,
                most: 2,
                with: &[number("shape", Dimensionless)],
                fit: forms::gev_shape_quantiles,
            },
        ],
    },
    FamilyInfo {
        name: "laplace",
        doc: "Laplace (double exponential).",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "laplace(location = 5, scale = 1.5)",
        discrete: false,
        domain: Domain::Line,
        forms: &[
            Form {
                parameters: &[number("location", Value), number("scale", Value)],
                solved: false,
                lists: false,
                make: forms::laplace,
            },
            Form {
                parameters: &[number("mean", Value), number("sd", Value)],
                solved: false,
                lists: false,
                make: forms::laplace_mean_sd,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::laplace_quantiles,
        }],
    },
    FamilyInfo {
        name: "logistic",
        doc: "Logistic.",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "logistic(location = 5, scale = 1.5)",
        discrete: false,
        domain: Domain::Line,
        forms: &[
            Form {
                parameters: &[number("location", Value), number("scale", Value)],
                solved: false,
                lists: false,
                make: forms::logistic_location,
            },
            Form {
                parameters: &[number("mean", Value), number("sd", Value)],
                solved: false,
                lists: false,
                make: forms::logistic_mean_sd,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[],
            fit: forms::logistic_quantiles,
        }],
    },
    FamilyInfo {
        name: "student_t",
        doc: "Student t with location and scale; the sd is scale * sqrt(df/(df - 2)).",
        source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 1994-1995",
        example: "student_t(location = 0, scale = 1, df = 4)",
        discrete: false,
        domain: Domain::Line,
        forms: &[
            Form {
                parameters: &[
                    number("location", Value),
                    number("scale", Value),
                    number("df", Dimensionless),
                ],
                solved: false,
                lists: false,
                make: forms::student_t,
            },
            Form {
                parameters: &[
                    number("mean", Value),
                    number("sd", Value),
                    number("df", Dimensionless),
                ],
                solved: false,
                lists: false,
                make: forms::student_t_mean_sd,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 2,
            most: 2,
            with: &[number("df", Dimensionless)],
            fit: forms::student_t_quantiles,
        }],
    },
    FamilyInfo {
        name: "split_normal",
        doc: "Split normal: two halves of normal densities joined at the mode. uncertainty and skew are those of the Bank of England.",
        source: "Britton, Fisher and Whitley, Bank of England Quarterly Bulletin, 1998",
        example: "split_normal(mode = 1.4, sd_left = 1.1, sd_right = 1.3)",
        discrete: false,
        domain: Domain::Line,
        forms: &[
            Form {
                parameters: &[
                    number("mode", Value),
                    number("sd_left", Value),
                    number("sd_right", Value),
                ],
                solved: false,
                lists: false,
                make: forms::split_normal,
            },
            Form {
                parameters: &[
                    number("mode", Value),
                    number("uncertainty", Value),
                    number("skew", Dimensionless),
                ],
                solved: false,
                lists: false,
                make: forms::split_normal_bank,
            },
        ],
        quantile_forms: &[QuantileForm {
            fewest: 3,
            most: 3,
            with: &[],
            fit: forms::split_normal_quantiles,
        }],
    },
    FamilyInfo {
        name: "metalog",
        doc: "Metalog through 2 to 16 quantiles, optionally above low and below high.",
        source: "Keelin, Decision Analysis 13, 2016",
        example: "metalog(p05 = 1, p50 = 3, p95 = 9, low = 0)",
        discrete: false,
        domain: Domain::Line,
        forms: &[],
        quantile_forms: &[
            QuantileForm {
                fewest: 2,
                most: 16,
                with: &[],
                fit: forms::metalog,
            },
            QuantileForm {
                fewest: 2,
                most: 16,
                with: &[number("low", Value)],
                fit: forms::metalog_low,
            },
            QuantileForm {
                fewest: 2,
                most: 16,
                with: &[number("high", Value)],
                fit: forms::metalog_high,
            },
            QuantileForm {
                fewest: 2,
                most: 16,
                with: &[number("low", Value), number("high", Value)],
                fit: forms::metalog_both,
            },
        ],
    },
    FamilyInfo {
        name: "bernoulli",
        doc: "1 (true) with probability p, else 0.",
        source: "Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005",
        example: "bernoulli(p = 0.3)",
        discrete: true,
        domain: Domain::Line,
        forms: &[Form {
            parameters: &[number("p", Dimensionless)],
            solved: false,
            lists: false,
            make: forms::bernoulli,
        }],
        quantile_forms: &[],
    },
    FamilyInfo {
        name: "binomial",
        doc: "Successes in n trials.",
        source: "Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005",
        example: "binomial(n = 10, p = 0.3)",
        discrete: true,
        domain: Domain::Line,
        forms: &[Form {
            parameters: &[number("n", Dimensionless), number("p", Dimensionless)],
            solved: false,
            lists: false,
            make: forms::binomial,
        }],
        quantile_forms: &[],
    },
    FamilyInfo {
        name: "negative_binomial",
        doc: "Failures before the r-th success; the variance is mean + mean^2/r, and dispersion is 1/r.",
        source: "Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005",
        example: "negative_binomial(mean = 10, dispersion = 0.5)",
        discrete: true,
        domain: Domain::Line,
        forms: &[
            Form {
                parameters: &[number("r", Dimensionless), number("p", Dimensionless)],
                solved: false,
                lists: false,
                make: forms::negative_binomial,
            },
            Form {
                parameters: &[number("mean", Dimensionless), number("sd", Dimensionless)],
                solved: false,
                lists: false,
                make: forms::negative_binomial_mean_sd,
            },
            Form {
                parameters: &[
                    number("mean", Dimensionless),
                    number("dispersion", Dimensionless),
                ],
                solved: false,
                lists: false,
                make: forms::negative_binomial_dispersion,
            },
        ],
        quantile_forms: &[],
    },
    FamilyInfo {
        name: "geometric",
        doc: "Failures before the first success: 0, 1, 2, and so on; mean = (1 - p)/p.",
        source: "Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005",
        example: "geometric(p = 0.2)",
        discrete: true,
        domain: Domain::Line,
        forms: &[
            Form {
                parameters: &[number("p", Dimensionless)],
                solved: false,
                lists: false,
                make: forms::geometric,
            },
            Form {
                parameters: &[number("mean", Dimensionless)],
                solved: false,
                lists: false,
                make: forms::geometric_mean,
            },
        ],
        quantile_forms: &[],
    },
    FamilyInfo {
        name: "poisson",
        doc: "Poisson counts.",
        source: "Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005",
        example: "poisson(mean = 4)",
        discrete: true,
        domain: Domain::Line,
        forms: &[Form {
            parameters: &[number("mean", Dimensionless)],
            solved: false,
            lists: false,
            make: forms::poisson,
        }],
        quantile_forms: &[],
    },
    FamilyInfo {
        name: "discrete_uniform",
        doc: "Whole numbers from low to high, each as likely.",
        source: "Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005",
        example: "discrete_uniform(low = 1, high = 6)",
        discrete: true,
        domain: Domain::Line,
        forms: &[Form {
            parameters: &[number("low", Dimensionless), number("high", Dimensionless)],
            solved: false,
            lists: false,
            make: forms::discrete_uniform,
        }],
        quantile_forms: &[],
    },
    FamilyInfo {
        name: "discrete",
        doc: "Listed values with weights, which are scaled to sum 1.",
        source: "Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005",
        example: "discrete(values = [1, 2, 5], weights = [0.5, 0.3, 0.2])",
        discrete: true,
        domain: Domain::Line,
        forms: &[Form {
            parameters: &[list("values", Value), list("weights", Dimensionless)],
            solved: false,
            lists: true,
            make: forms::lists,
        }],
        quantile_forms: &[],
    },
    FamilyInfo {
        name: "empirical",
        doc: "Observed values: every draw is one of them; the quantile is the smallest value whose share of values at or below it reaches the level.",
        source: "Hyndman and Fan, American Statistician 50, 1996, type 1",
        example: "empirical(values = [3, 1, 2])",
        discrete: true,
        domain: Domain::Line,
        forms: &[Form {
            parameters: &[list("values", Value)],
            solved: false,
            lists: true,
            make: forms::lists,
        }],
        quantile_forms: &[],
    },
];
