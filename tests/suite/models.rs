//! The models of this repository, and a short way to load and run them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fanfare::result::ResultDocument;
use fanfare::run::{Loaded, RunError, Settings, Unobserved, VariantChoice, load, simulate};
use fanfare::source::Memory;

/// The folder of this repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folders of all examples, by name.
pub fn examples() -> BTreeMap<String, PathBuf> {
    let folders: BTreeMap<String, PathBuf> = fs::read_dir(root().join("models/examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    assert!(folders.len() >= 14, "only {} examples found", folders.len());
    folders
}

/// The folder of the flagship.
pub fn flagship() -> PathBuf {
    root().join("models/flash-calling")
}

/// Every file below a folder, by its path relative to it, with its bytes.
pub fn in_memory(folder: &Path) -> Memory {
    fn add(memory: Memory, root: &Path, folder: &Path) -> Memory {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        entries.into_iter().fold(memory, |memory, path| {
            if path.is_dir() {
                return add(memory, root, &path);
            }
            let relative = path.strip_prefix(root).unwrap().to_str().unwrap();
            memory.with(relative, fs::read(&path).unwrap())
        })
    }
    add(Memory::new(), folder, folder)
}

/// The base model of a folder.
pub fn load_base(folder: &Path) -> Loaded {
    load(&folder.join("model.toml"), &VariantChoice::default())
        .unwrap_or_else(|refused| panic!("{}: {:?}", folder.display(), refused.problems))
}

/// A run with seed 1.
pub fn run(loaded: &Loaded, trials: u64) -> Result<ResultDocument, RunError> {
    let settings = Settings {
        trials,
        ..Settings::default()
    };
    simulate(loaded, &settings, &Unobserved)
}
