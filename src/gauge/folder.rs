//! The folders of examples below a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The model of an example.
pub(super) const MODEL: &str = "model.toml";
/// The answer beside it.
pub(super) const ANSWER: &str = "expected.json";

/// Why a folder has no examples to run.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A model has no answer.
    #[error("{} has a {MODEL} and no {ANSWER}", .0.display())]
    NoAnswer(PathBuf),
    /// No folder in it holds an example.
    #[error("{} holds no example: no folder with {MODEL} and {ANSWER}", .0.display())]
    Empty(PathBuf),
}

/// The folder itself if it is an example, else the folders in it that are, by name.
///
/// # Errors
/// Folders that cannot be read, a model without answer, no example at all.
pub fn example_folders(folder: &Path) -> Result<Vec<PathBuf>, FolderError> {
    if folder.join(MODEL).is_file() {
        return checked(vec![folder.to_owned()]);
    }
    let unreadable = |error| FolderError::Unreadable {
        path: folder.to_owned(),
        error,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.join(MODEL).is_file() {
            found.push(path);
        }
    }
    if found.is_empty() {
        return Err(FolderError::Empty(folder.to_owned()));
    }
    found.sort();
    checked(found)
}

fn checked(folders: Vec<PathBuf>) -> Result<Vec<PathBuf>, FolderError> {
    match folders.iter().find(|path| !path.join(ANSWER).is_file()) {
        Some(path) => Err(FolderError::NoAnswer(path.clone())),
        None => Ok(folders),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_found_by_their_two_files_in_order_of_name() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            example_folders(folder.path()),
            Err(FolderError::Empty(_))
        ));
        for name in ["b", "a"] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join(MODEL), "").unwrap();
        }
        assert!(matches!(
            example_folders(folder.path()),
            Err(FolderError::NoAnswer(_))
        ));
        for name in ["b", "a"] {
            fs::write(folder.path().join(name).join(ANSWER), "").unwrap();
        }
        let found = example_folders(folder.path()).unwrap();
        let [a, b] = [folder.path().join("a"), folder.path().join("b")];
        assert_eq!(found, [a.clone(), b]);
        assert_eq!(example_folders(&a).unwrap(), [a]);
        assert!(matches!(
            example_folders(&folder.path().join("c")),
            Err(FolderError::Unreadable { .. })
        ));
    }
}
