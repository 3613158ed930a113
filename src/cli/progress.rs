//! Progress on standard error, and a clean end on Ctrl-C.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::run::Observer;

static CANCELLED: AtomicBool = AtomicBool::new(false);

/// Has SIGINT and SIGTERM ask the run to stop; a second one ends the process.
pub(super) fn stop_on_signals() {
    let installed = ctrlc::set_handler(|| {
        if CANCELLED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    if let Err(error) = installed {
        eprintln!("warning: Ctrl-C will end the run at once: {error}");
    }
}

/// A bar on a terminal, a plain line every few seconds elsewhere.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    plain: Option<Mutex<Instant>>,
    started: Instant,
}

/// Time between plain lines.
const PLAIN_PAUSE: Duration = Duration::from_secs(5);

/// The one reading of a clock.
fn now() -> Instant {
    #[cfg_attr(
        not(test),
        expect(
            clippy::disallowed_methods,
            reason = "shown on standard error, never in a result"
        )
    )]
    Instant::now()
}

impl Progress {
    /// Shows nothing if `quiet`.
    pub(super) fn new(trials: u64, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (!quiet && terminal).then(|| {
            let style = ProgressStyle::with_template(
                "{bar:30} {human_pos}/{human_len} trials  {per_sec}  {eta} left",
            )
            .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(trials).with_style(style)
        });
        let started = now();
        Self {
            bar,
            plain: (!quiet && !terminal).then(|| Mutex::new(started)),
            started,
        }
    }

    /// Clears the bar; returns the time since the start.
    pub(super) fn finish(&self) -> Duration {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.started.elapsed()
    }
}

impl Observer for Progress {
    fn progress(&self, done: u64, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
        }
        // A thread that finds the lock taken leaves the line to the other.
        if let Some(Ok(mut last)) = self.plain.as_ref().map(Mutex::try_lock)
            && last.elapsed() >= PLAIN_PAUSE
            && done < total
        {
            *last = now();
            let seconds = self.started.elapsed().as_secs_f64();
            let rate = done as f64 / seconds;
            eprintln!(
                "{done} of {total} trials, {rate:.0} trials/s, {:.0} s left",
                (total - done) as f64 / rate
            );
        }
    }

    fn is_cancelled(&self) -> bool {
        CANCELLED.load(Ordering::Relaxed)
    }
}
