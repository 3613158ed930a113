//! Files of a real folder, and nothing outside it.

use std::fs::{self, File, FileType};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{SourceError, normal_path};

/// Largest file that is read, in bytes (256 MiB): a larger table is a mistake, not a model.
pub const FILE_LIMIT: u64 = 256 << 20;

/// The only door to files: text of models and tables by their path relative to the model file.
pub trait Source {
    /// The bytes of a file.
    ///
    /// # Errors
    /// When the path leaves the folder, or the file is missing, not regular or too large.
    fn read(&self, relative: &str) -> Result<Vec<u8>, SourceError>;

    /// The path as a reader of messages would type it.
    fn display_path(&self, relative: &str) -> String {
        relative.to_owned()
    }
}

/// The folder of a model file.
#[derive(Debug, Clone)]
pub struct Folder {
    /// As the user wrote it, for messages.
    written: PathBuf,
    /// With every symbolic link resolved.
    root: PathBuf,
}

impl Folder {
    /// The folder of the model file at `model_path`, and the name of the file in it.
    ///
    /// # Errors
    /// When the path names no file, or a folder, or its folder cannot be opened. The model file itself is first looked at by [`Source::read`].
    pub fn open(model_path: &Path) -> Result<(Self, String), SourceError> {
        let shown = model_path.display().to_string();
        let name = model_path.file_name().and_then(|name| name.to_str());
        let Some(name) = name else {
            return Err(SourceError::NotAFile {
                path: shown,
                found: "no name of a file",
            });
        };
        if model_path.is_dir() {
            return Err(SourceError::FolderOfModels {
                path: shown,
                files: model_files(model_path),
            });
        }
        let written = model_path.parent().unwrap_or(Path::new("")).to_owned();
        let folder = if written.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &written
        };
        let root = folder
            .canonicalize()
            .map_err(|error| system_error(&shown, &error))?;
        Ok((Self { written, root }, name.to_owned()))
    }
}

/// Up to five `.toml` files of a folder, in the order of their names; none where it cannot be listed.
fn model_files(folder: &Path) -> Vec<String> {
    /// As many as a reader takes in at a glance.
    const MOST: usize = 5;
    let mut files: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file() && path.extension().is_some_and(|end| end == "toml"))
        .map(|path| path.display().to_string())
        .collect();
    files.sort();
    files.truncate(MOST);
    files
}

impl Source for Folder {
    fn read(&self, relative: &str) -> Result<Vec<u8>, SourceError> {
        let normal = normal_path(relative)?;
        let real = self
            .root
            .join(&normal)
            .canonicalize()
            .map_err(|error| system_error(&normal, &error))?;
        if !real.starts_with(&self.root) {
            return Err(SourceError::PathOutside {
                path: normal,
                reason: "is a symbolic link that leads out of the model's folder",
            });
        }
        // Looked at before it is opened: opening a pipe without a writer waits for ever.
        let about = fs::metadata(&real).map_err(|error| system_error(&normal, &error))?;
        check_regular(&normal, about.file_type())?;
        let file = File::open(&real).map_err(|error| system_error(&normal, &error))?;
        // And again once open, lest another file has taken its name in between.
        let about = file
            .metadata()
            .map_err(|error| system_error(&normal, &error))?;
        check_regular(&normal, about.file_type())?;
        read_limited(file, &normal, FILE_LIMIT)
    }

    fn display_path(&self, relative: &str) -> String {
        self.written.join(relative).display().to_string()
    }
}

/// Reads at most `limit` bytes; a file may grow while it is read, so its stated length is no guard.
fn read_limited(file: impl Read, path: &str, limit: u64) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| system_error(path, &error))?;
    if bytes.len() as u64 > limit {
        return Err(SourceError::TooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    Ok(bytes)
}

fn check_regular(path: &str, kind: FileType) -> Result<(), SourceError> {
    if kind.is_file() {
        return Ok(());
    }
    Err(SourceError::NotAFile {
        path: path.to_owned(),
        found: if kind.is_dir() {
            "a folder"
        } else {
            "a device, a pipe or a socket"
        },
    })
}

fn system_error(path: &str, error: &std::io::Error) -> SourceError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::NotFound => SourceError::Missing { path },
        // A part of the path is a file: `model.toml/x.csv`.
        ErrorKind::NotADirectory => SourceError::Missing { path },
        _ => SourceError::Unreadable {
            path,
            reason: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let outer = tempfile::tempdir().unwrap();
        fs::write(outer.path().join("secret.csv"), "secret").unwrap();
        let inner = outer.path().join("model");
        fs::create_dir_all(inner.join("data")).unwrap();
        fs::write(inner.join("model.toml"), "fanfare = 1\n").unwrap();
        fs::write(inner.join("data/a.csv"), "a\n1\n").unwrap();
        let (folder, name) = Folder::open(&inner.join("model.toml")).unwrap();
        assert_eq!(name, "model.toml");
        (outer, folder)
    }

    fn code(folder: &Folder, path: &str) -> &'static str {
        folder.read(path).unwrap_err().code()
    }

    #[test]
    fn files_in_the_folder_are_read() {
        let (_outer, folder) = folder();
        assert_eq!(folder.read("model.toml").unwrap(), b"fanfare = 1\n");
        assert_eq!(folder.read("./data/a.csv").unwrap(), b"a\n1\n");
        assert!(
            folder
                .display_path("data/a.csv")
                .ends_with("model/data/a.csv")
        );
    }

    #[test]
    fn what_is_no_regular_file_in_the_folder_is_refused() {
        let (_outer, folder) = folder();
        assert_eq!(code(&folder, "../secret.csv"), "path-outside");
        assert_eq!(code(&folder, "/dev/zero"), "path-outside");
        assert_eq!(code(&folder, "absent.csv"), "missing-file");
        assert_eq!(code(&folder, "model.toml/a.csv"), "missing-file");
        assert_eq!(code(&folder, "data"), "not-a-file");
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_out_of_the_folder_are_refused_and_those_inside_followed() {
        use std::os::unix::fs::symlink;
        let (outer, folder) = folder();
        let inner = outer.path().join("model");
        symlink(outer.path().join("secret.csv"), inner.join("out.csv")).unwrap();
        symlink("../secret.csv", inner.join("up.csv")).unwrap();
        symlink(outer.path(), inner.join("outer")).unwrap();
        symlink("/dev/zero", inner.join("zero.csv")).unwrap();
        symlink("data/a.csv", inner.join("in.csv")).unwrap();
        symlink("loop.csv", inner.join("loop.csv")).unwrap();
        for path in ["out.csv", "up.csv", "outer/secret.csv", "zero.csv"] {
            assert_eq!(code(&folder, path), "path-outside", "{path}");
        }
        assert_eq!(folder.read("in.csv").unwrap(), b"a\n1\n");
        assert_eq!(code(&folder, "loop.csv"), "unreadable-file");
    }

    /// A sibling folder whose name begins like the model's folder is outside.
    #[cfg(unix)]
    #[test]
    fn a_folder_with_the_same_beginning_is_outside() {
        let (outer, folder) = folder();
        fs::create_dir(outer.path().join("model-two")).unwrap();
        fs::write(outer.path().join("model-two/b.csv"), "b").unwrap();
        std::os::unix::fs::symlink("../model-two/b.csv", outer.path().join("model/b.csv")).unwrap();
        assert_eq!(code(&folder, "b.csv"), "path-outside");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_refused_without_waiting_for_a_writer() {
        let (outer, folder) = folder();
        let status = std::process::Command::new("mkfifo")
            .arg(outer.path().join("model/pipe.csv"))
            .status()
            .unwrap();
        assert!(status.success());
        assert_eq!(code(&folder, "pipe.csv"), "not-a-file");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_as_the_model_is_refused() {
        let (folder, name) = Folder::open(Path::new("/dev/zero")).unwrap();
        assert_eq!(code(&folder, &name), "not-a-file");
    }

    #[test]
    fn a_folder_as_the_model_names_the_model_files_in_it() {
        let (outer, _) = folder();
        let inner = outer.path().join("model");
        let problem = Folder::open(&inner).unwrap_err().at(None);
        assert_eq!(problem.code, "not-a-file");
        let path = inner.join("model.toml");
        let hint = format!("name the model file: `{}`", path.display());
        assert_eq!(problem.hints, [hint]);
        let problem = Folder::open(&inner.join("data")).unwrap_err().at(None);
        assert!(problem.hints[0].contains("holds no `.toml` file"));
    }

    #[test]
    fn a_path_without_a_file_name_is_refused() {
        assert_eq!(
            Folder::open(Path::new("..")).unwrap_err().code(),
            "not-a-file"
        );
        assert_eq!(
            Folder::open(Path::new("no/such/folder/m.toml"))
                .unwrap_err()
                .code(),
            "missing-file"
        );
    }

    #[test]
    fn the_limit_is_the_largest_size_that_is_read() {
        assert_eq!(read_limited(&b"1234"[..], "a", 4).unwrap(), b"1234");
        assert_eq!(
            read_limited(&b"12345"[..], "a", 4).unwrap_err().code(),
            "too-large"
        );
        assert_eq!(
            read_limited(std::io::repeat(0), "a", 4).unwrap_err().code(),
            "too-large"
        );
    }
}
