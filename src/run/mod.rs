//! A model is loaded, planned and run: rounds of batches in parallel, statistics merged in a fixed order, a result document out.

mod document;
mod joint_sample;
mod load;
mod merge;
mod notable;
mod part;
mod replay;
mod round;
mod settings;
mod simulate;
mod simulation;
mod until;

pub use joint_sample::{JOINT_SAMPLE_TRIALS, JointSample, RankDriver, SampleColumn, joint_sample};
pub use load::{Loaded, Refused, VariantChoice, load, load_from};
pub use merge::{Misfit, order_of_parts};
pub use notable::{Notability, NotableTrial, notable_trials};
pub use part::{Difference, Goal, Part, PartError, PartHeader};
pub use replay::{Replay, ReplayedCell, replay};
pub use settings::{Observer, Settings, Unobserved};
pub use simulate::{simulate, simulate_plan};
pub use simulation::{ResumeError, RunError, Shard, Simulation, plan};
pub use until::{FIRST_CHECK, MOST_TRIALS_UNTIL, POINTS_UNTIL, Precision, Standing, next_check};
