//! Probability distributions: parameters, support, distribution function, quantile, moments.
//!
//! A draw is the quantile function at Φ(score). Both tail probabilities travel together, so that a draw keeps its digits in either tail.

mod bounded;
mod build;
mod count;
mod distribution;
mod error;
mod family;
mod fit;
mod fixed;
mod forms;
mod listed;
mod metalog;
mod normal;
mod parametrisation;
mod positive;
mod real;
mod steps;
mod table;
mod truncated;

pub use bounded::{
    Arcsine, Beta, CurvilinearTrapezoid, LogUniform, Trapezoidal, Triangular, Uniform,
};
pub use build::{ParameterValue, build};
pub use count::{Bernoulli, Binomial, DiscreteUniform, Geometric, NegativeBinomial, Poisson};
pub use distribution::{Distribution, DrawBy};
pub use error::{DistributionError, ParametrisationError};
pub use family::{Domain, FamilyInfo, Form, Parameter, QuantileForm, UnitRole, families};
pub use fixed::FixedDistribution;
pub use listed::Listed;
pub use metalog::Metalog;
pub use normal::{LogitNormal, Lognormal, Normal, SplitNormal};
pub use parametrisation::{DrawForm, Parametrisation, draw_form, parametrisation, quantile_level};
pub use positive::{Exponential, Gamma, InverseGaussian, Pareto, Weibull};
pub use real::{GeneralisedExtremeValue, Gumbel, Laplace, Logistic, StudentT};
pub use truncated::{Truncated, TruncatedNormal};

#[cfg(test)]
mod tests;
