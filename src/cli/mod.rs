//! The command line: arguments, one command per file, printed diagnostics, exit codes.

mod arguments;
mod charts;
mod check;
mod design;
mod diagnostics;
mod drive;
mod extend;
mod files;
mod finish;
mod gauge;
mod load;
mod merge;
mod outcome;
mod profile;
mod progress;
mod replay;
mod run;
mod simd;
mod stored;
mod trials;
mod values;

pub use arguments::{Arguments, Command};
pub use diagnostics::{render, render_short};
pub use outcome::ExitStatus;

/// Runs the command that the process was started with and returns its exit code.
#[must_use]
pub fn main() -> std::process::ExitCode {
    let arguments = match Arguments::from_process() {
        Ok(arguments) => arguments,
        Err(status) => return status.into(),
    };
    if let Err(status) = simd::choose_level() {
        return status.into();
    }
    match arguments.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Gauge(arguments) => gauge::gauge(&arguments),
        Command::Merge(arguments) => merge::merge(&arguments),
        Command::Extend(arguments) => extend::extend(&arguments),
    }
    .into()
}
