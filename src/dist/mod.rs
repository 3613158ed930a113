//! Probability distributions: parameters, support, distribution function, quantile, moments.
