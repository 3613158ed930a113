//! Fanfare samples the uncertain inputs of a market model, evaluates the model millions of times and reports bands, crossing dates and
//! their Monte Carlo errors.
//!
//! The modules stand in the order in which data flows; each uses only those above it:
//! text ([`source`], [`diag`]) → declarations ([`expr`], [`model`]) → checked model ([`unit`], [`dimension`], [`check`]) → plan ([`plan`])
//! → batches ([`sample`], [`eval`], with [`math`] and [`dist`]) → statistics ([`stats`]) → result ([`result`], [`run`]) → renderings
//! ([`render`], [`describe`], [`export`]).

pub mod source;

pub mod diag;

pub mod unit;

pub mod dimension;

pub mod math;

pub mod dist;

pub mod expr;

pub mod model;

pub mod check;

pub mod plan;

pub mod sample;

pub mod eval;

pub mod stats;

pub mod result;

pub mod run;

pub mod render;

pub mod describe;

pub mod export;

#[cfg(feature = "cli")]
pub mod cli;
