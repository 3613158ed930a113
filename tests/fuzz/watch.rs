//! Ends the process where one case takes too long, and says which.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Watches one case at a time from a thread of its own.
pub struct Watch(Arc<Mutex<Option<(Instant, String)>>>);

impl Watch {
    pub fn new(most: Duration) -> Self {
        let current: Arc<Mutex<Option<(Instant, String)>>> = Arc::default();
        let watched = Arc::clone(&current);
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_millis(200));
                if let Some((began, text)) = &*watched.lock().unwrap()
                    && began.elapsed() > most
                {
                    eprintln!("a case takes more than {most:?}:\n{text}");
                    std::process::abort();
                }
            }
        });
        Self(current)
    }

    pub fn begin(&self, text: &str) {
        *self.0.lock().unwrap() = Some((Instant::now(), text.to_owned()));
    }

    pub fn end(&self) {
        *self.0.lock().unwrap() = None;
    }
}
