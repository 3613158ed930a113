//! Runs that are cut, stopped, taken up, extended and merged: always the bytes of one run.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod command;
mod cuts;
mod damage;
mod designs;
mod interruptions;
mod market;
mod notable;
mod precision;
mod refusals;
mod stored;
