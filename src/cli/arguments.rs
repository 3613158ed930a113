//! The arguments of each command.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};

use super::ExitStatus;

/// Most trials of one run: counts are kept in 32 bits.
pub(crate) const MOST_TRIALS: u64 = 4_000_000_000;

/// Samples the uncertain inputs of a market model and reports bands, crossing dates and their Monte Carlo errors.
#[derive(Debug, Parser)]
#[command(
    name = "fanfare",
    version,
    max_term_width = 100,
    after_help = "Examples:
  fanfare run models/flash-calling/model.toml
  fanfare check models/flash-calling/model.toml --explain revenue
  fanfare replay models/flash-calling/model.toml --trial 17 --node margin

Exit codes: 0 done, 1 the run failed, 2 the model or the arguments are wrong, 3 outputs were not finite."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the trials of a model; print a short report; write result.json, quantiles.csv and charts.
    Run(RunArguments),
    /// Read and check a model; print its dimensions, nodes, inputs and sources.
    Check(CheckArguments),
    /// Show every node of one trial of a run.
    Replay(ReplayArguments),
}

/// Which model, and which of its variants.
#[derive(Debug, Clone, Args)]
pub struct ModelArguments {
    /// The model file.
    pub model: PathBuf,
    /// A scenario of the model: what the world does.
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// A strategy of the model: what the deciders do.
    #[arg(long, value_name = "NAME")]
    pub strategy: Option<String>,
    /// Replace the definition of a node; wins over scenario and strategy.
    #[arg(long = "set", value_name = "NAME=EXPRESSION")]
    pub set: Vec<String>,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fanfare run models/flash-calling/model.toml
  fanfare run models/flash-calling/model.toml --trials 1e5 --seed 7 --out /tmp/trial-run
  fanfare run models/flash-calling/model.toml --strategy block --json
  fanfare run models/flash-calling/model.toml --set 'displacement=0.5'")]
pub struct RunArguments {
    /// Model and variant.
    #[command(flatten)]
    pub model: ModelArguments,
    /// Number of trials: 1000000, 1_000_000 or 1e6.
    #[arg(long, default_value = "1e6", value_parser = parse_trials, value_name = "N")]
    pub trials: u64,
    /// Seed; zero is a seed like any other.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Threads; all cores unless stated. The result does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Trials evaluated together; chosen to fit the cache unless stated. The result does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub batch: Option<u32>,
    /// Condition on a named set of evidence.
    #[arg(long, value_name = "NAME")]
    pub condition: Option<String>,
    /// Folder for the result; results/<model name>, with the variant's name appended, unless stated.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Also write the kept joint sample as joint-sample.csv.
    #[arg(long)]
    pub joint_sample: bool,
    /// Accept values that are not finite: count and report them, leave them out of the statistics.
    #[arg(long)]
    pub allow_non_finite: bool,
    /// Neither report nor progress.
    #[arg(long, conflicts_with = "json")]
    pub quiet: bool,
    /// Print the result document in place of the report.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fanfare check models/flash-calling/model.toml
  fanfare check models/flash-calling/model.toml --explain allocation
  fanfare check models/flash-calling/model.toml --scenario slow_rollout")]
pub struct CheckArguments {
    /// Model and variant.
    #[command(flatten)]
    pub model: ModelArguments,
    /// Print the equation, operands, unit and origin of one node.
    #[arg(long, value_name = "NODE")]
    pub explain: Option<String>,
}

/// Arguments of `replay`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fanfare replay models/flash-calling/model.toml --trial 0
  fanfare replay models/flash-calling/model.toml --trial 123456 --seed 7 --node revenue --json")]
pub struct ReplayArguments {
    /// Model and variant.
    #[command(flatten)]
    pub model: ModelArguments,
    /// The number of the trial, from 0.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(..MOST_TRIALS))]
    pub trial: u64,
    /// The seed of the run.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Only this node or output (may be given more than once).
    #[arg(long, value_name = "NODE")]
    pub node: Vec<String>,
    /// JSON in place of a table.
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    /// The arguments of this process; prints help or what is wrong with them.
    ///
    /// # Errors
    /// The exit status with which the process should end at once.
    pub fn from_process() -> Result<Self, ExitStatus> {
        if std::env::args_os().len() <= 1 && std::io::stdout().is_terminal() {
            // Help was not asked for, so a terminal that cannot show it is no failure of the command.
            let _ = Self::command().print_long_help();
            return Err(ExitStatus::Done);
        }
        Self::try_parse().map_err(|error| {
            let status = if error.use_stderr() {
                ExitStatus::Refused
            } else {
                ExitStatus::Done
            };
            // Nothing more can be said where even the message cannot be printed.
            let _ = error.print();
            status
        })
    }
}

fn parse_trials(text: &str) -> Result<u64, String> {
    let plain = text.replace('_', "");
    let number: f64 = plain
        .parse()
        .map_err(|_| "expected a whole number such as 1000000 or 1e6".to_owned())?;
    if !(number >= 1.0 && number.fract() == 0.0) {
        return Err("expected a whole number of at least 1".to_owned());
    }
    if number > MOST_TRIALS as f64 {
        return Err(format!("at most {MOST_TRIALS} trials in one run"));
    }
    Ok(number as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_are_whole_positive_and_bounded() {
        assert_eq!(parse_trials("1e6"), Ok(1_000_000));
        assert_eq!(parse_trials("1_000"), Ok(1_000));
        for wrong in ["0", "-5", "1.5", "1e18", "NaN", "inf", "many"] {
            assert!(parse_trials(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
