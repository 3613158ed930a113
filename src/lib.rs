//! Fanfare samples the uncertain inputs of a market model, evaluates the model millions of times and reports bands, crossing dates and their Monte Carlo errors.
//!
//! The modules stand in the order in which data flows; each uses only those above it:
//! text ([`source`], [`diag`]) → declarations ([`expr`], [`model`]) → checked model ([`unit`], [`dimension`], [`check`]) → plan ([`plan`])
//! → batches ([`sample`], [`eval`], with [`math`] and [`dist`]) → statistics ([`stats`]) → result ([`result`], [`run`]) → renderings ([`render`], [`export`]).

pub mod diag;
pub mod dimension;
pub mod dist;
pub mod export;
pub mod expr;
pub mod math;
pub mod model;
pub mod render;
pub mod result;
pub mod source;
pub mod unit;
