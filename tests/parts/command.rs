//! The command in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::market;

/// A folder with the model `market/model.toml` in it.
pub struct Cell {
    folder: tempfile::TempDir,
}

/// How a command ended.
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Cell {
    /// A small model, so that runs are short.
    pub fn new() -> Self {
        let cell = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        cell.write("market/model.toml", market::text(2, 3).as_bytes());
        cell.write("market/prices.csv", market::PRICES.as_bytes());
        cell
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fanfare"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the command with arguments that hold no spaces.
    pub fn run(&self, arguments: &str) -> Ended {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs a command that must succeed.
    pub fn done(&self, arguments: &str) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments}: {}", ended.err);
        ended
    }

    /// Starts the command; its output is kept for later.
    pub fn start(&self, arguments: &str) -> Child {
        self.command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs a line of a shell, in which `$FANFARE` is the command.
    pub fn shell(&self, line: &str) -> Ended {
        Command::new("bash")
            .args(["-c", line])
            .env("FANFARE", env!("CARGO_BIN_EXE_fanfare"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
            .into()
    }

    /// Names and contents of the files of a folder, without `except`.
    pub fn files(&self, folder: &str, except: &[&str]) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .map(|path| (name(&path), fs::read(&path).unwrap()))
            .filter(|(name, _)| !except.contains(&name.as_str()))
            .collect()
    }

    /// The folders hold the same files, but for those of `except`.
    pub fn assert_same(&self, one: &str, other: &str, except: &[&str]) {
        let (one, other) = (self.files(one, except), self.files(other, except));
        assert_eq!(
            one.keys().collect::<Vec<_>>(),
            other.keys().collect::<Vec<_>>()
        );
        assert!(one.contains_key("result.json"));
        for (name, bytes) in &one {
            assert!(*bytes == other[name], "{name} differs");
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}
