//! Published examples run again: each figure of a source stands against the estimate of a run, with a verdict.
//!
//! A folder holds `model.toml` and `expected.json`, the [`Answer`]. [`gauge`] runs the model with enough trials and judges every figure;
//! [`table`] and [`page`] show the verdicts.

mod answer;
mod example;
mod figure;
mod folder;
mod page;
mod printed;
mod table;
mod verdict;

pub use answer::{
    Answer, AnswerError, Area, Citation, CrossingAnswer, JointAnswer, Misprint, OutputAnswer,
    Statistic,
};
pub use example::{ExampleReport, GaugeError, GaugeSettings, gauge};
pub use figure::{Estimate, Figure, figures};
pub use folder::{FolderError, example_folders};
pub use page::page;
pub use printed::{Printed, PrintedError};
pub use table::table;
pub use verdict::{Judged, Verdict, agrees, judge};
