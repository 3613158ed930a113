//! Files that appear whole or not at all, in a folder that is checked before the run.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use tempfile::{Builder, NamedTempFile, TempPath};

use super::staging::{Staged, Staging};

/// A file or folder that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {source}", path.display())]
pub struct FileError {
    /// What was tried.
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// Why it failed.
    pub source: io::Error,
}

/// Attaches what was tried, and where.
pub(super) fn at<T>(
    action: &'static str,
    path: &Path,
    result: io::Result<T>,
) -> Result<T, FileError> {
    result.map_err(|source| FileError {
        action,
        path: path.to_owned(),
        source,
    })
}

/// A folder that was found writable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFolder {
    path: PathBuf,
    /// Folders that did not exist before, the innermost first.
    made: Vec<PathBuf>,
}

impl OutputFolder {
    /// Makes the folder where it is missing, and writes and removes a file in it, so that a long run does not fail at its end.
    ///
    /// # Errors
    /// The path is a file, or the folder cannot be made or written to.
    pub fn prepare(path: impl Into<PathBuf>) -> Result<Self, FileError> {
        let path = path.into();
        let made = path
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
            .map(Path::to_owned)
            .collect();
        at("make the folder", &path, fs::create_dir_all(&path))?;
        let probe = at("write in the folder", &path, stage_in(&path))?;
        let now = probe
            .as_file()
            .metadata()
            .and_then(|probe| probe.modified());
        let now = at("write in the folder", &path, now)?;
        at("write in the folder", &path, probe.close())?;
        at("tidy the folder", &path, remove_remains(&path, now))?;
        Ok(Self { path, made })
    }

    /// Removes the folders that were made for a run that then wrote nothing; folders that hold anything stay.
    pub fn discard(&self) {
        for folder in &self.made {
            // Another run may have written there meanwhile: then it is no longer ours to remove.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes all files (relative path, content), or none: [`OutputFolder::stage`] and [`OutputFolder::commit`] in one.
    ///
    /// # Errors
    /// A path that leaves the folder, or a failure to write; the old files are then still there.
    pub fn write_all(&self, files: &[(&str, &[u8])]) -> Result<(), FileError> {
        // Files wait for the disk side by side; the first that fails is reported.
        let attempts: Vec<_> = files
            .par_iter()
            .map(|(name, content)| self.stage(name, content))
            .collect();
        self.commit(attempts.into_iter().collect::<Result<Vec<_>, _>>()?)
    }

    /// Gives staged files their names, all or none, in the order given (put the file that readers look for last). If a rename fails, the
    /// earlier ones are undone.
    ///
    /// # Errors
    /// A failure to rename; the old files are then still there.
    pub fn commit(&self, staged: Vec<Staged>) -> Result<(), FileError> {
        // Nothing takes its name before all are on the disk.
        let ready: Vec<_> = staged
            .into_iter()
            .map(Staged::on_the_disk)
            .collect::<Result<_, _>>()?;
        let mut done: Vec<Replaced> = Vec::with_capacity(ready.len());
        for (file, target) in ready {
            let step = keep_old(&target).and_then(|old| {
                file.persist(&target).map_err(|failure| failure.error)?;
                Ok(Replaced {
                    target: target.clone(),
                    old,
                })
            });
            match at("write", &target, step) {
                Ok(replaced) => done.push(replaced),
                Err(error) => {
                    let undone: Vec<_> = done.into_iter().rev().map(Replaced::undo).collect();
                    undone.into_iter().collect::<Result<(), _>>()?;
                    return Err(error);
                }
            }
        }
        let folder =
            |replaced: &Replaced| replaced.target.parent().unwrap_or(&self.path).to_owned();
        let folders: BTreeSet<PathBuf> = done.iter().map(folder).collect();
        for folder in &folders {
            at("synchronise the folder", folder, synchronise(folder))?;
        }
        // To give back the pages of large old files takes a while.
        done.into_par_iter().for_each(drop);
        Ok(())
    }

    /// Writes a file (relative path, content) under a temporary name beside its target; it is removed unless it is committed.
    /// It goes on to the disk meanwhile: files that wait together wait once.
    ///
    /// # Errors
    /// A path that leaves the folder, or a failure to write.
    pub fn stage(&self, name: &str, content: &[u8]) -> Result<Staged, FileError> {
        let mut file = self.begin(name)?;
        at("write", &self.path.join(name), file.write_all(content))?;
        file.finish()
    }

    /// Begins a file (relative path) that is written piece by piece, as [`OutputFolder::stage`] does at once.
    ///
    /// # Errors
    /// A path that leaves the folder, or a failure to make the file.
    pub fn begin(&self, name: &str) -> Result<Staging, FileError> {
        let target = self.target(name)?;
        let folder = target.parent().unwrap_or(&self.path);
        at("make the folder", folder, fs::create_dir_all(folder))?;
        let file = at("write", &target, stage_in(folder))?;
        if target.is_dir() {
            return at(
                "write",
                &target,
                Err(io::Error::other("a folder of that name is in the way")),
            );
        }
        Ok(Staging::new(file, target))
    }

    fn target(&self, name: &str) -> Result<PathBuf, FileError> {
        let relative = Path::new(name);
        let inside = !name.is_empty()
            && relative
                .components()
                .all(|component| matches!(component, Component::Normal(_)));
        let path = self.path.join(relative);
        if inside {
            Ok(path)
        } else {
            at(
                "write",
                &path,
                Err(io::Error::other("the path leaves the folder")),
            )
        }
    }
}

/// A file that has taken its new content.
struct Replaced {
    target: PathBuf,
    /// A second name of the old content, removed when dropped.
    old: Option<TempPath>,
}

impl Replaced {
    fn undo(self) -> Result<(), FileError> {
        let restored = match self.old {
            Some(old) => old.persist(&self.target).map_err(|failure| failure.error),
            None => fs::remove_file(&self.target),
        };
        at("restore", &self.target, restored)
    }
}

/// A second name for the file, if there is one: a hard link, or a copy where the file system has no links.
fn keep_old(target: &Path) -> io::Result<Option<TempPath>> {
    if !target.try_exists()? {
        return Ok(None);
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let name = stage_in(folder)?.into_temp_path();
    fs::remove_file(&name)?;
    fs::hard_link(target, &name).or_else(|_| fs::copy(target, &name).map(drop))?;
    Ok(Some(name))
}

/// Removes temporary files that killed processes left. Those of the last hour may be of a run that is writing now, here or on another
/// machine; `now` is the file system's own time.
fn remove_remains(folder: &Path, now: SystemTime) -> io::Result<()> {
    const ABANDONED_AFTER: Duration = Duration::from_secs(3600);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_ours = name
            .to_str()
            .is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        if !is_ours {
            continue;
        }
        // Another process may remove it first, or have it still open: it is only tidied.
        let modified = entry.metadata().and_then(|file| file.modified());
        let age = modified.map(|modified| now.duration_since(modified).unwrap_or_default());
        if age.is_ok_and(|age| age > ABANDONED_AFTER) {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// What names of temporary files begin and end with.
const PREFIX: &str = ".fanfare-";
const SUFFIX: &str = ".partial";

/// A temporary file with the rights that an ordinary new file would get.
fn stage_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        // Temporary files are made private by default; 0o666 is what the process's mask is meant to act on.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// A rename lasts through a power cut only when its folder has reached the disk. Other systems cannot open a folder for this.
fn synchronise(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        fs::File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_written_and_replaced_without_remains() {
        let parent = tempfile::tempdir().unwrap();
        let folder = OutputFolder::prepare(parent.path().join("results/model")).unwrap();
        assert!(names(folder.path()).is_empty());
        folder
            .write_all(&[("a.csv", b"old"), ("charts/b.svg", b"<svg/>")])
            .unwrap();
        folder.write_all(&[("a.csv", b"new")]).unwrap();
        assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), b"new");
        assert_eq!(
            fs::read(folder.path().join("charts/b.svg")).unwrap(),
            b"<svg/>"
        );
        assert_eq!(names(folder.path()), ["a.csv", "charts"]);
        assert_eq!(names(&folder.path().join("charts")), ["b.svg"]);
    }

    #[test]
    fn what_killed_processes_left_is_removed_after_an_hour() {
        let parent = tempfile::tempdir().unwrap();
        // The clock is that of the file system; the file that tells it is gone again at the end of the block.
        let now = {
            let file = stage_in(parent.path()).unwrap();
            file.as_file().metadata().unwrap().modified().unwrap()
        };
        for (name, minutes) in [
            (".fanfare-old.partial", 61),
            (".fanfare-new.partial", 59),
            ("fanfare-mine.partial", 9999),
            (".fanfare-mine", 9999),
        ] {
            let file = fs::File::create(parent.path().join(name)).unwrap();
            let age = Duration::from_secs(60 * minutes);
            file.set_modified(now.checked_sub(age).unwrap()).unwrap();
        }
        OutputFolder::prepare(parent.path()).unwrap();
        assert_eq!(
            names(parent.path()),
            [
                ".fanfare-mine",
                ".fanfare-new.partial",
                "fanfare-mine.partial"
            ]
        );
    }

    #[test]
    fn a_failure_leaves_every_old_file() {
        let parent = tempfile::tempdir().unwrap();
        let folder = OutputFolder::prepare(parent.path()).unwrap();
        folder.write_all(&[("a.csv", b"old")]).unwrap();
        fs::create_dir(parent.path().join("result.json")).unwrap();
        let error = folder
            .write_all(&[
                ("a.csv", b"new"),
                ("new.csv", b"new"),
                ("result.json", b"{}"),
            ])
            .unwrap_err();
        assert!(error.to_string().contains("result.json"), "{error}");
        assert_eq!(fs::read(parent.path().join("a.csv")).unwrap(), b"old");
        assert_eq!(names(parent.path()), ["a.csv", "result.json"]);
    }

    #[test]
    fn a_file_written_in_pieces_appears_whole_or_not_at_all() {
        let parent = tempfile::tempdir().unwrap();
        let folder = OutputFolder::prepare(parent.path()).unwrap();
        // Long enough to be sent to the disk twice before its end.
        let content: Vec<u8> = (0..20_000_000_u32).map(|k| (k % 251) as u8).collect();
        let mut abandoned = folder.begin("a.csv").unwrap();
        abandoned.write_all(&content).unwrap();
        drop(abandoned);
        assert!(names(parent.path()).is_empty());
        let mut file = folder.begin("a.csv").unwrap();
        for piece in content.chunks(1_000_003) {
            file.write_all(piece).unwrap();
        }
        let staged = file.finish().unwrap();
        assert_eq!(staged.target(), parent.path().join("a.csv"));
        assert!(!staged.target().exists());
        folder.commit(vec![staged]).unwrap();
        assert!(fs::read(parent.path().join("a.csv")).unwrap() == content);
        assert_eq!(names(parent.path()), ["a.csv"]);
    }

    #[test]
    fn undoing_restores_old_content_and_removes_new_files() {
        let parent = tempfile::tempdir().unwrap();
        let (kept, made) = (parent.path().join("kept"), parent.path().join("made"));
        fs::write(&kept, b"old").unwrap();
        let old = keep_old(&kept).unwrap();
        assert!(old.is_some());
        fs::remove_file(&kept).unwrap();
        fs::write(&kept, b"new").unwrap();
        fs::write(&made, b"new").unwrap();
        Replaced {
            target: kept.clone(),
            old,
        }
        .undo()
        .unwrap();
        Replaced {
            target: made.clone(),
            old: None,
        }
        .undo()
        .unwrap();
        assert_eq!(fs::read(&kept).unwrap(), b"old");
        assert_eq!(names(parent.path()), ["kept"]);
    }

    #[test]
    fn a_file_in_the_way_is_found_before_the_run() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("results");
        fs::write(&file, b"").unwrap();
        let error = OutputFolder::prepare(&file).unwrap_err();
        assert_eq!(error.path, file);
        assert!(OutputFolder::prepare(file.join("model")).is_err());
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        let parent = tempfile::tempdir().unwrap();
        let folder = OutputFolder::prepare(parent.path().join("out")).unwrap();
        for name in ["../a", "/etc/a", "a/../../b", "", "."] {
            assert!(folder.write_all(&[(name, b"x")]).is_err(), "{name:?}");
        }
        assert_eq!(names(parent.path()), ["out"]);
        assert!(names(folder.path()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_the_files() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let plain = parent.path().join("plain");
        fs::write(&plain, b"").unwrap();
        let folder = OutputFolder::prepare(parent.path()).unwrap();
        folder.write_all(&[("a.csv", b"x")]).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&parent.path().join("a.csv")), mode(&plain));
    }
}
