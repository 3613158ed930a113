//! A file under a temporary name: it is written piece by piece and goes on to the disk while more is written.

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use tempfile::NamedTempFile;

use super::files::{FileError, at};

/// Bytes of text that are made before they are passed on: few enough to stay in the second-level cache, where they are read again.
pub(super) const PIECE: usize = 1 << 18;

/// Bytes after which a file is sent on its way to the disk, so that less is left to wait for at its end.
const SENT_AFTER: usize = 1 << 23;

/// A wait for the disk.
type Synchronised = JoinHandle<io::Result<()>>;

/// A file that is being written under a temporary name; it is removed unless it is finished and committed.
#[derive(Debug)]
pub struct Staging {
    file: NamedTempFile,
    target: PathBuf,
    /// Bytes written since the last were sent to the disk.
    waiting: usize,
    sent: Option<Synchronised>,
}

impl Staging {
    pub(super) fn new(file: NamedTempFile, target: PathBuf) -> Self {
        Self {
            file,
            target,
            waiting: 0,
            sent: None,
        }
    }

    /// The file with all that was written.
    ///
    /// # Errors
    /// No thread can be had that waits for the disk.
    pub fn finish(self) -> Result<Staged, FileError> {
        let before = self.sent;
        let handle = self.file.as_file().try_clone();
        let synchronised = handle.and_then(|handle| {
            thread::Builder::new().spawn(move || {
                // What failed then is not reported again.
                before.map_or(Ok(()), joined)?;
                handle.sync_all()
            })
        });
        Ok(Staged {
            synchronised: at("write", &self.target, synchronised)?,
            file: self.file,
            target: self.target,
        })
    }

    /// Has what was written so far brought to the disk meanwhile, unless an earlier part is still on its way.
    fn send(&mut self) -> io::Result<()> {
        if self.sent.as_ref().is_some_and(|sent| !sent.is_finished()) {
            return Ok(());
        }
        self.sent.take().map_or(Ok(()), joined)?;
        let handle = self.file.as_file().try_clone()?;
        self.sent = Some(thread::Builder::new().spawn(move || handle.sync_data())?);
        self.waiting = 0;
        Ok(())
    }
}

/// What the disk said, or the panic of the thread that asked.
fn joined(synchronised: Synchronised) -> io::Result<()> {
    synchronised
        .join()
        .unwrap_or_else(|panic| resume_unwind(panic))
}

impl Write for Staging {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.as_file_mut().write(bytes)?;
        self.waiting += written;
        if self.waiting >= SENT_AFTER {
            self.send()?;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
}

/// A file that is written under a temporary name.
#[derive(Debug)]
pub struct Staged {
    file: NamedTempFile,
    target: PathBuf,
    synchronised: Synchronised,
}

impl Staged {
    /// The path that it is to take.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The file and its target, once every byte is on the disk.
    pub(super) fn on_the_disk(self) -> Result<(NamedTempFile, PathBuf), FileError> {
        at("write", &self.target, joined(self.synchronised))?;
        Ok((self.file, self.target))
    }
}
