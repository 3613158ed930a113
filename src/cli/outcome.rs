//! How a command ends.

use std::process::ExitCode;

/// Exit codes of the `fanfare` command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: done.
    Done,
    /// 1: the run failed (files that cannot be written, an interruption).
    Failed,
    /// 2: the model or the arguments are wrong; nothing was run, nothing written.
    Refused,
    /// 3: outputs were not finite.
    NonFinite,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Done => 0,
            ExitStatus::Failed => 1,
            ExitStatus::Refused => 2,
            ExitStatus::NonFinite => 3,
        })
    }
}

/// Writes text to standard output; a closed pipe ends the command quietly, as `head` expects.
#[must_use]
pub(crate) fn print(text: &str) -> ExitStatus {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitStatus::Done,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitStatus::Done,
        Err(error) => {
            eprintln!("error: cannot write to standard output: {error}");
            ExitStatus::Failed
        }
    }
}
