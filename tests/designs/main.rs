//! The sampling designs compared: how fast their estimates become exact, and that dependence and marginals hold in each.

mod comparison;
mod convergence;
mod dependence;
mod order;
