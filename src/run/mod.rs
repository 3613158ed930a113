//! A model is loaded, planned and run: batches in parallel, statistics merged in a fixed order, a result document out.

mod blocks;
mod document;
mod doubts;
mod joint_sample;
mod load;
mod replay;
mod settings;
mod simulate;

pub use joint_sample::{JOINT_SAMPLE_TRIALS, JointSample, RankDriver, SampleColumn, joint_sample};
pub use load::{Loaded, Refused, VariantChoice, load, load_from};
pub use replay::{Replay, ReplayedCell, replay};
pub use settings::{Observer, Settings, Unobserved};
pub use simulate::{RunError, plan, simulate, simulate_plan};
