//! The arguments of each command.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand};

use super::ExitStatus;
use super::values::{designs, parse_interval, parse_shard, parse_trials};
use crate::gauge::GaugeSettings;
use crate::run::{MOST_TRIALS, Precision, Shard};
use crate::sample::DesignKind;

/// Samples the uncertain inputs of a market model and reports bands, crossing dates and their Monte Carlo errors.
#[derive(Debug, Parser)]
#[command(
    name = "fanfare",
    version,
    max_term_width = 100,
    after_help = "Examples:
  fanfare run models/flash-calling/model.toml
  fanfare check models/flash-calling/model.toml --explain revenue
  fanfare run models/flash-calling/model.toml --until 0.5% --until P:0.001
  fanfare replay models/flash-calling/model.toml --trial 17 --node margin
  fanfare merge parts --out results/flash-calling

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
    /// Join the shards of a run: the same files, byte for byte, as one run of all its trials.
    Merge(MergeArguments),
    /// Add trials to a finished run that was started with --keep-state: the same files as one run of that length.
    Extend(ExtendArguments),
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

/// Where the result goes and what is shown of it.
#[derive(Debug, Clone, Args)]
pub struct OutputArguments {
    /// Folder for the result; unless stated results/<model name>, with +<scenario>, +<strategy> and +<node>=<expression> appended. Files there are replaced.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Number of threads; all cores unless stated, and in the designs latin and sobol at most as many as there are replicates. The result does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Also write joint-sample.csv: 10,000 trials, outputs beside one summary score for each input.
    #[arg(long)]
    pub joint_sample: bool,
    /// Also write trials.csv: the trials behind extremes and quantiles of outputs, and the first with each outcome of a crossing, for `fanfare replay`. Takes a second pass over all trials.
    #[arg(long)]
    pub keep_trials: bool,
    /// Print neither report nor progress.
    #[arg(long, conflicts_with = "json")]
    pub quiet: bool,
    /// Print the result document (result.json) in place of the report.
    #[arg(long)]
    pub json: bool,
}

/// Which draws belong to which trial.
#[derive(Debug, Clone, Args)]
pub struct DesignArguments {
    /// Seed: the same seed gives the same draws. Zero is a seed like any other.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// How trials are spread: independent draws, Latin hypercubes, or Sobol' points with Owen scrambling; the latter two in replicates (64 or more unless --points says otherwise, at least 16), whose spread gives the errors. At most one thread works on a replicate.
    #[arg(long, default_value = "random", value_name = "DESIGN", value_parser = designs())]
    pub design: DesignKind,
    /// Points of a replicate (latin, sobol); a 64th of the trials unless stated (for sobol the power of two below), 1,024 with --until. Trials are rounded up to whole replicates.
    #[arg(long, value_name = "N", value_parser = parse_trials)]
    pub points: Option<u64>,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fanfare run models/flash-calling/model.toml
  fanfare run models/flash-calling/model.toml --trials 1e5 --seed 7 --out results/seed-7
  fanfare run models/flash-calling/model.toml --strategy block --json
  fanfare run models/flash-calling/model.toml --set displacement_level=0.5
  fanfare run models/flash-calling/model.toml --set 'price_ratio=uniform(low = 0.2, high = 0.6)'

Until the result is precise enough (errors as shares of each output's standard deviation; P absolute):
  fanfare run models/flash-calling/model.toml --until 0.5%
  fanfare run models/flash-calling/model.toml --until revenue@2027:0.2% --until P:0.001
  fanfare run models/flash-calling/model.toml --until P:0.0005 --max-trials 1e7

Long runs, in pieces (the result is the same to the byte):
  fanfare run models/flash-calling/model.toml --trials 1e8 --checkpoint 60s
  fanfare run models/flash-calling/model.toml --trials 1e8 --checkpoint 60s --resume
  fanfare run models/flash-calling/model.toml --trials 1e8 --shard 3/16 --out parts
  fanfare merge parts --out results/flash-calling
  fanfare run models/flash-calling/model.toml --keep-state --out results/growing
  fanfare run models/flash-calling/model.toml --extend --trials 4e6 --out results/growing
  fanfare extend results/growing --trials 8e6")]
pub struct RunArguments {
    /// Model and variant.
    #[command(flatten)]
    pub model: ModelArguments,
    /// Result and report.
    #[command(flatten)]
    pub output: OutputArguments,
    /// Number of trials: 1000000, 1_000_000 or 1e6. Four times as many halve the Monte Carlo errors.
    #[arg(long, default_value = "1e6", value_parser = parse_trials, value_name = "N", conflicts_with = "until")]
    pub trials: u64,
    /// Seed and design.
    #[command(flatten)]
    pub design: DesignArguments,
    /// Run until errors are small enough, looked at after 16,384 trials and at each doubling: 0.5% (mean and the 5, 50 and 95 % quantiles of every output at its outermost place, as a share of its standard deviation), OUTPUT:0.5%, OUTPUT@LABEL:0.5% (one output, its standard deviation too), P:0.001 (probabilities of every crossing, absolute), CROSSING:0.001. May be given more than once.
    #[arg(long, value_name = "PRECISION")]
    pub until: Vec<Precision>,
    /// Most trials of a run with --until, 67,108,864 unless stated; if it ends there, the result says so in a warning.
    #[arg(long, value_parser = parse_trials, value_name = "N", requires = "until", conflicts_with = "trials")]
    pub max_trials: Option<u64>,
    /// Trials evaluated together; chosen by the size of the model unless stated. The result does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub batch: Option<u32>,
    /// Run one of several shares of the trials, here or on any machine, and write a part file for `fanfare merge` in place of a result. In the designs latin and sobol there are at most as many shares as replicates.
    #[arg(long, value_name = "I/N", value_parser = parse_shard, conflicts_with_all = ["until", "keep_state", "keep_trials", "joint_sample", "json"])]
    pub shard: Option<Shard>,
    /// Store what has been counted at this interval (60s, 5m, 1h), and when Ctrl-C or SIGTERM stops the run, so that it can be taken up with --resume.
    #[arg(long, value_name = "TIME", value_parser = parse_interval)]
    pub checkpoint: Option<Duration>,
    /// Take up an interrupted run from its checkpoint; all other arguments as before. Starts afresh where there is none.
    #[arg(long)]
    pub resume: bool,
    /// Delete the checkpoint of an interrupted run in the folder; without this or --resume a folder that holds one is refused.
    #[arg(long, conflicts_with = "resume")]
    pub discard_checkpoint: bool,
    /// Keep what was counted beside the result, so that `fanfare extend` can add trials.
    #[arg(long)]
    pub keep_state: bool,
    /// Add trials to the finished run in the folder, up to --trials in all, as `fanfare extend` does; refused if that run is of another model, variant, seed or design.
    #[arg(long, conflicts_with_all = ["until", "shard", "discard_state", "batch"])]
    pub extend: bool,
    /// Delete the kept state of an earlier run in the folder; without this or --keep-state a folder that holds one is refused.
    #[arg(long, conflicts_with_all = ["keep_state", "shard"])]
    pub discard_state: bool,
    /// Condition on a set of evidence that the model names (refused: not in this version).
    #[arg(long, hide = true, value_name = "NAME")]
    pub condition: Option<String>,
    /// Print on standard error where the time goes, by stage, operation and node; operations that are one instruction, such as `* +`, count for the node of the last.
    #[arg(long)]
    pub profile: bool,
    /// Leave values that are not finite out of the statistics and report how many; otherwise they end the run with exit code 3.
    #[arg(long)]
    pub allow_non_finite: bool,
}

/// Arguments of `merge`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fanfare merge parts --out results/flash-calling
  fanfare merge parts/shard-1-of-2.part parts/shard-2-of-2.part

The model is read from the parts: its folder is not needed. Parts that do not fit together end with exit code 2.")]
pub struct MergeArguments {
    /// Part files, or folders of them, in any order.
    #[arg(required = true, value_name = "PART")]
    pub parts: Vec<PathBuf>,
    /// Delete the kept state of an earlier run in the folder; without this a folder that holds one is refused.
    #[arg(long)]
    pub discard_state: bool,
    /// Result and report.
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Arguments of `extend`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fanfare extend results/growing --trials 4e6
  fanfare extend results/growing --trials 4e6 --out results/longer

Model, seed and design are those of the run that is extended, read from its folder.")]
pub struct ExtendArguments {
    /// The folder of the run.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Number of trials in all, those of the run included.
    #[arg(long, value_parser = parse_trials, value_name = "N")]
    pub trials: u64,
    /// Store what has been counted at this interval (60s, 5m, 1h), so that an interruption loses little.
    #[arg(long, value_name = "TIME", value_parser = parse_interval)]
    pub checkpoint: Option<Duration>,
    /// Take up an interrupted extension from its checkpoint; all other arguments as before.
    #[arg(long)]
    pub resume: bool,
    /// Delete the checkpoint of an interrupted run in the folder; without this or --resume a folder that holds one is refused.
    #[arg(long, conflicts_with = "resume")]
    pub discard_checkpoint: bool,
    /// Result and report; the folder is that of the run unless stated.
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fanfare check models/flash-calling/model.toml
  fanfare check models/flash-calling/model.toml --explain revenue
  fanfare check models/flash-calling/model.toml --dependence
  fanfare check models/flash-calling/model.toml --scenario slow_rollout")]
pub struct CheckArguments {
    /// Model and variant.
    #[command(flatten)]
    pub model: ModelArguments,
    /// Explain one node or output: its equation, unit, what it reads, and the assumptions behind it with their sources.
    #[arg(long, value_name = "NODE")]
    pub explain: Option<String>,
    /// Print every correlation, `alike` share and persistence: what is asked, what is achieved, and a sample of it.
    #[arg(long, conflicts_with = "explain")]
    pub dependence: bool,
}

/// Arguments of `replay`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fanfare replay models/flash-calling/model.toml --trial 0
  fanfare replay models/flash-calling/model.toml --trial 123456 --seed 7 --node revenue --json
  fanfare replay models/flash-calling/model.toml --trial 123456 --design sobol --trials 1e5
  fanfare replay models/flash-calling/model.toml --trial 123456 --run results/flash-calling")]
pub struct ReplayArguments {
    /// Model and variant.
    #[command(flatten)]
    pub model: ModelArguments,
    /// The number of the trial, from 0.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(..MOST_TRIALS))]
    pub trial: u64,
    /// The folder of a run: seed, design, scenario, strategy and --set are read from its result.json.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["scenario", "strategy", "set", "seed", "design", "points", "trials"])]
    pub run: Option<PathBuf>,
    /// Seed and design of the run that the trial belongs to.
    #[command(flatten)]
    pub design: DesignArguments,
    /// Number of trials of that run: in latin and sobol it decides the number of points, unless they are stated.
    #[arg(long, default_value = "1e6", value_parser = parse_trials, value_name = "N")]
    pub trials: u64,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
