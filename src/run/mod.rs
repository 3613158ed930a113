//! A model is loaded, planned and run: rounds of batches in parallel, statistics merged in a fixed order, a result document out.

mod collected;
mod document;
mod doubts;
mod failure;
mod joint_sample;
mod load;
mod measure;
mod merge;
mod notable;
mod part;
mod part_header;
mod pilot;
mod replay;
mod round;
mod settings;
mod setup;
mod shard;
mod simulate;
mod simulation;
mod sobol_order;
mod targets;
mod until;
mod workspaces;

pub use failure::{ResumeError, RunError};
pub use joint_sample::{
    JOINT_SAMPLE_TRIALS, JointSample, RankDriver, SampleColumn, joint_sample, sample,
};
pub use load::{Loaded, Refused, VariantChoice, load, load_from};
pub use measure::measure;
pub use merge::{Misfit, order_of_parts};
pub use notable::{Notability, NotableTrial, notable_trials};
pub use part::{NUMBERS, Part, PartError};
pub use part_header::{Difference, Goal, PartHeader};
pub use replay::{Replay, ReplayedCell, replay};
pub use settings::{MOST_TRIALS, Observer, Settings, Unobserved};
pub use shard::Shard;
pub use simulate::{simulate, simulate_plan};
pub use simulation::{Simulation, plan};
pub use sobol_order::sobol_order;
pub use until::{FIRST_CHECK, MOST_TRIALS_UNTIL, POINTS_UNTIL, Precision, Standing, next_check};
