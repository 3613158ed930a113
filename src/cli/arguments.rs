//! The arguments of each command.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};

use super::ExitStatus;
use crate::gauge::GaugeSettings;

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
    /// Run a model: print a short report, write result.json, quantiles.csv and charts.
    Run(RunArguments),
    /// Check a model without running it; print what it declares, or explain one node.
    Check(CheckArguments),
    /// Show every node of one trial, exactly as the run had it.
    Replay(ReplayArguments),
    /// Run published examples again and compare every figure with its source.
    Gauge(GaugeArguments),
}

/// Which model, and which of its variants.
#[derive(Debug, Clone, Args)]
pub struct ModelArguments {
    /// The model file, for example models/flash-calling/model.toml.
    pub model: PathBuf,
    /// A scenario that the model declares: what the world does.
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// A strategy that the model declares: what the deciders do.
    #[arg(long, value_name = "NAME")]
    pub strategy: Option<String>,
    /// Replace the definition of a node by a number, an expression or a distribution; wins over scenario and strategy; may be given more than once.
    #[arg(long = "set", value_name = "NAME=EXPRESSION")]
    pub set: Vec<String>,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fanfare run models/flash-calling/model.toml
  fanfare run models/flash-calling/model.toml --trials 1e5 --seed 7 --out results/seed-7
  fanfare run models/flash-calling/model.toml --strategy block --json
  fanfare run models/flash-calling/model.toml --set displacement_level=0.5
  fanfare run models/flash-calling/model.toml --set 'price_ratio=uniform(low = 0.2, high = 0.6)'")]
pub struct RunArguments {
    /// Model and variant.
    #[command(flatten)]
    pub model: ModelArguments,
    /// Number of trials: 1000000, 1_000_000 or 1e6. Four times as many halve the Monte Carlo errors.
    #[arg(long, default_value = "1e6", value_parser = parse_trials, value_name = "N")]
    pub trials: u64,
    /// Seed: the same seed gives the same draws. Zero is a seed like any other.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Number of threads; all cores unless stated. The result does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Trials evaluated together; chosen by the size of the model unless stated. The result does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub batch: Option<u32>,
    /// Condition on a set of evidence that the model names (refused: not in this version).
    #[arg(long, hide = true, value_name = "NAME")]
    pub condition: Option<String>,
    /// Folder for the result; unless stated results/<model name>, with +<scenario>, +<strategy> and +<node>=<expression> appended. Files there are replaced.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Also write joint-sample.csv: the first 10,000 trials, outputs beside one summary score for each input.
    #[arg(long)]
    pub joint_sample: bool,
    /// Leave values that are not finite out of the statistics and report how many; otherwise they end the run with exit code 3.
    #[arg(long)]
    pub allow_non_finite: bool,
    /// Print neither report nor progress.
    #[arg(long, conflicts_with = "json")]
    pub quiet: bool,
    /// Print the result document (result.json) in place of the report.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fanfare check models/flash-calling/model.toml
  fanfare check models/flash-calling/model.toml --explain revenue
  fanfare check models/flash-calling/model.toml --scenario slow_rollout")]
pub struct CheckArguments {
    /// Model and variant.
    #[command(flatten)]
    pub model: ModelArguments,
    /// Explain one node or output: its equation, unit, what it reads, and the assumptions behind it with their sources.
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
    /// The seed of the run that the trial belongs to.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Only this node or output (may be given more than once).
    #[arg(long, value_name = "NODE")]
    pub node: Vec<String>,
    /// Print JSON in place of a table.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `gauge`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fanfare gauge
  fanfare gauge models/examples/ishigami
  fanfare gauge --json > gauge.json

Exit code 1 if a figure differs.")]
pub struct GaugeArguments {
    /// An example (model.toml and expected.json), or a folder of examples.
    #[arg(default_value = "models/examples", value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Seed of every run.
    #[arg(long, default_value_t = GaugeSettings::default().seed, value_name = "N")]
    pub seed: u64,
    /// Most trials of one example; figures that would need more are marked.
    #[arg(long, default_value_t = GaugeSettings::default().most_trials, value_parser = parse_trials, value_name = "N")]
    pub most_trials: u64,
    /// Number of threads; all cores unless stated. The result does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Print JSON in place of a table.
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,
    /// Print the page docs/gauge.md in place of a table.
    #[arg(long)]
    pub markdown: bool,
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
