//! Fanfare samples the uncertain inputs of a market model, evaluates the model millions of times and reports bands, crossing dates and
//! their Monte Carlo errors.
//!
//! # From a model to an answer
//! A model is text in the language that `docs/model-file.md` describes. It is loaded and checked, simulated,
//! and answered by a document in which every statistic stands with its labels, its unit and its Monte Carlo error.
//!
//! ```
//! use fanfare::run::{Settings, Unobserved, VariantChoice, load_from, simulate};
//! use fanfare::source::Memory;
//!
//! let files = Memory::new().with("model.toml", r#"
//!     fanfare = 1
//!     name = "bakery"
//!
//!     [data.price]
//!     value = 3
//!     unit = "EUR/loaf"
//!
//!     [inputs.loaves]
//!     unit = "loaf/day"
//!     is = 'lognormal(p05 = 80, p95 = 180)'
//!
//!     [outputs.sales]
//!     unit = "EUR/day"
//!     is = 'loaves * price'
//!     places = ["world"]
//! "#);
//! let loaded = load_from(&files, "model.toml", &VariantChoice::default()).expect("the model is sound");
//!
//! let settings = Settings { trials: 20_000, ..Settings::default() };
//! let result = simulate(&loaded, &settings, &Unobserved).expect("every value is finite");
//!
//! let sales = &result.outputs.get("sales").expect("an output of the model").cells[0];
//! let median = result.level_index(0.5).expect("0.5 is one of the 23 levels");
//! let (value, error) = (sales.quantiles[median].unwrap(), sales.quantile_errors[median].unwrap());
//! // The median of the sales is 3 · √(80 · 180) = 360 EUR a day.
//! assert!((value - 360.0).abs() < 4.0 * error);
//! ```
//!
//! Problems come back as values: [`run::Refused`] lists every mistake of a model with its place, [`run::RunError`] says why a run has no
//! result. Nothing here prints, reads a clock or draws on randomness of its own: the same model, [`run::Settings`] and version give the same
//! document to the bit, whatever the number of threads.
//!
//! # Modules
//! They stand in the order in which data flows; each uses only those above it:
//! text ([`diag`], [`source`]) → declarations ([`expr`], [`model`]) → checked model ([`mod@unit`], [`dimension`], [`check`]) → plan ([`plan`])
//! → batches ([`sample`], [`eval`], with [`math`] and [`dist`]) → statistics ([`stats`]) → result ([`result`], [`run`], [`dependence`]) → renderings
//! ([`render`], [`describe`], [`export`]) → published answers met ([`gauge`]).

// Tests may unwrap, and use the platform's maths as an independent second opinion; clippy.toml says why the library may not.
#![cfg_attr(
    not(test),
    warn(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::unwrap_used
    )
)]

pub mod diag;

pub mod source;

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

pub mod dependence;

pub mod render;

pub mod describe;

pub mod export;

pub mod gauge;

#[cfg(feature = "cli")]
pub mod cli;

/// The examples of the README run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
