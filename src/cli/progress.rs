//! Progress on standard error, and a clean end on Ctrl-C.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::run::Observer;

static CANCELLED: AtomicBool = AtomicBool::new(false);

/// Has SIGINT and SIGTERM ask the run to stop; a second one ends the process. A run that stores what it has first ends the units under
/// way, and says that this takes a moment.
pub(super) fn stop_on_signals(stores: bool) {
    let installed = ctrlc::set_handler(move || {
        if CANCELLED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        if stores {
            eprintln!("stopping after the units under way; once more ends the run at once");
        }
    });
    if let Err(error) = installed {
        eprintln!("warning: Ctrl-C will end the run at once: {error}");
    }
}

/// A bar on a terminal, a plain line every few seconds elsewhere; says when a checkpoint is due.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    plain: Option<Mutex<Instant>>,
    started: Instant,
    /// Trials that were there at the start: they count as done, not for the rate.
    reused: u64,
    interval: Option<Duration>,
    /// Whether a signal lets the units under way come to their end, so that nothing is lost.
    pauses: bool,
    stored: Mutex<Instant>,
}

/// Time between plain lines.
const PLAIN_PAUSE: Duration = Duration::from_secs(5);

/// The one reading of a clock.
pub(super) fn now() -> Instant {
    #[cfg_attr(
        not(test),
        expect(
            clippy::disallowed_methods,
            reason = "shown on standard error, never in a result"
        )
    )]
    Instant::now()
}

/// `193000 trials/s, 12 s left`; `reused` of the `done` trials were there at the start.
fn pace(done: u64, total: u64, reused: u64, elapsed: Duration) -> String {
    let rate = (done.saturating_sub(reused)) as f64 / elapsed.as_secs_f64();
    if rate > 0.0 && rate.is_finite() {
        let left = total.saturating_sub(done) as f64 / rate;
        format!("{rate:.0} trials/s, {left:.0} s left")
    } else {
        "starting".to_owned()
    }
}

impl Progress {
    /// Shows nothing if `quiet`.
    pub(super) fn new(reused: u64, interval: Option<Duration>, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (!quiet && terminal).then(|| {
            let style =
                ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} trials  {msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(reused)
                .with_style(style)
                .with_position(reused)
        });
        let started = now();
        Self {
            bar,
            plain: (!quiet && !terminal).then(|| Mutex::new(started)),
            started,
            reused,
            interval,
            pauses: false,
            stored: Mutex::new(started),
        }
    }

    /// Has a signal pause the run after the units under way, if `pauses`, in place of ending it at once.
    pub(super) fn pausing(self, pauses: bool) -> Self {
        Self { pauses, ..self }
    }

    /// Whether a signal has asked the run to stop.
    pub(super) fn is_stopping(&self) -> bool {
        CANCELLED.load(Ordering::Relaxed)
    }

    /// A checkpoint has been stored: the next is due an interval later.
    pub(super) fn checkpoint_stored(&self) {
        *self.stored.lock().unwrap_or_else(PoisonError::into_inner) = now();
    }

    /// Clears the bar and says how fast it was.
    pub(super) fn finish(&self, trials: u64, quiet: bool) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if quiet {
            return;
        }
        let seconds = self.started.elapsed().as_secs_f64();
        let fresh = trials.saturating_sub(self.reused);
        let reused = if self.reused > 0 {
            format!(", {} of them reused,", self.reused)
        } else {
            String::new()
        };
        eprintln!(
            "{trials} trials{reused} in {seconds:.1} s, {:.0} trials/s",
            fresh as f64 / seconds
        );
    }

    /// Clears the bar.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Observer for Progress {
    fn progress(&self, done: u64, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(pace(done, total, self.reused, self.started.elapsed()));
        }
        // A thread that finds the lock taken leaves the line to the other.
        if let Some(Ok(mut last)) = self.plain.as_ref().map(Mutex::try_lock)
            && last.elapsed() >= PLAIN_PAUSE
            && done < total
        {
            *last = now();
            let pace = pace(done, total, self.reused, self.started.elapsed());
            eprintln!("{done} of {total} trials, {pace}");
        }
    }

    fn is_cancelled(&self) -> bool {
        !self.pauses && self.is_stopping()
    }

    fn checkpoint_due(&self) -> bool {
        if self.pauses && self.is_stopping() {
            return true;
        }
        self.interval.is_some_and(|interval| {
            let stored = *self.stored.lock().unwrap_or_else(PoisonError::into_inner);
            stored.elapsed() >= interval
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_new_trials() {
        let pace = |done, reused| pace(done, 1000, reused, Duration::from_secs(2));
        assert_eq!(pace(500, 0), "250 trials/s, 2 s left");
        assert_eq!(pace(500, 400), "50 trials/s, 10 s left");
        assert_eq!(pace(400, 400), "starting");
    }
}
