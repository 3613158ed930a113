//! What an interrupted or finished run stored is never lost by another run, unless that is asked for.

use std::process::{Child, Command};
use std::time::Duration;

use crate::command::{Cell, Ended};

const SHORT: &str = "run market/model.toml --trials 5000 --out o";
/// Far more than can be done before it is stopped.
const LONG: &str = "run market/model.toml --trials 400000000 --out o";

fn interrupt(child: Child) -> Ended {
    let pid = child.id().to_string();
    let status = Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(status.success());
    child.wait_with_output().unwrap().into()
}

/// A run of so many trials that was stopped and stored a checkpoint in `o`.
fn stopped(cell: &Cell, arguments: &str) -> Ended {
    let child = cell.start(arguments);
    std::thread::sleep(Duration::from_millis(700));
    let ended = interrupt(child);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    ended
}

fn assert_refused(cell: &Cell, arguments: &str, reasons: &[&str]) {
    let before = cell.files("o", &[]);
    let ended = cell.run(arguments);
    assert_eq!(ended.code, Some(2), "{arguments}: {}", ended.err);
    for reason in reasons {
        assert!(ended.err.contains(reason), "{reason}: {}", ended.err);
    }
    assert!(cell.files("o", &[]) == before, "{arguments} changed a file");
}

#[test]
fn a_checkpoint_is_not_lost_to_another_run() {
    let cell = Cell::new();
    // Stopped long before a checkpoint is due: it is stored all the same.
    let ended = stopped(&cell, &format!("{LONG} --checkpoint 1h"));
    assert!(ended.err.contains("--resume takes it up"), "{}", ended.err);
    let checkpoint = cell.read("o/run.checkpoint");
    let reasons = [
        "o/run.checkpoint is the checkpoint of an interrupted run",
        "of 400000000 trials, seed 1, design random",
        "--resume",
        "--discard-checkpoint",
    ];
    for more in ["", " --checkpoint 1h", " --keep-state"] {
        assert_refused(&cell, &format!("{SHORT}{more}"), &reasons);
    }
    // A shard has a checkpoint of another name, a merge has none: both leave this one.
    cell.done(&format!("{SHORT} --shard 1/1"));
    cell.done("merge o --out o --quiet");
    assert_eq!(cell.read("o/run.checkpoint"), checkpoint);
    // A file that this version cannot read is no reason to delete it.
    cell.write("o/run.checkpoint", b"of another program");
    assert_refused(&cell, SHORT, &["o/run.checkpoint", "not a part of a run"]);
    cell.done(&format!("{SHORT} --discard-checkpoint"));
    assert!(!cell.path("o/run.checkpoint").exists());
}

#[test]
fn a_stopped_run_with_kept_state_goes_on_where_it_was() {
    let cell = Cell::new();
    let run = "run market/model.toml --trials 2000123 --keep-state --out o";
    let child = cell.start(run);
    std::thread::sleep(Duration::from_millis(700));
    let ended = interrupt(child);
    // On a fast machine it may have been done: then there is nothing to see.
    if ended.code == Some(0) {
        return;
    }
    assert!(ended.err.contains("--resume takes it up"), "{}", ended.err);
    let resumed = cell.done(&format!("{run} --resume"));
    assert!(resumed.err.contains("Resumed from"), "{}", resumed.err);
    assert!(
        !resumed.err.contains(": 0 trials reused"),
        "{}",
        resumed.err
    );
    cell.done("run market/model.toml --trials 2000123 --out whole --quiet");
    cell.assert_same("whole", "o", &["run.state"]);
}

#[test]
fn a_stopped_run_names_no_checkpoint_of_another() {
    let cell = Cell::new();
    cell.done(&format!("{SHORT} --shard 1/1"));
    let child = cell.start(LONG);
    std::thread::sleep(Duration::from_millis(300));
    // As another run in the same folder would leave it.
    cell.write("o/run.checkpoint", b"of another run");
    let ended = interrupt(child);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(!ended.err.contains("--resume"), "{}", ended.err);
    assert_eq!(cell.read("o/run.checkpoint"), b"of another run");
}

#[test]
fn kept_state_is_not_lost_to_another_run() {
    let cell = Cell::new();
    cell.done(&format!("{SHORT} --keep-state --quiet"));
    let reasons = [
        "o/run.state is what a finished run kept",
        "4096 of 5000 trials, seed 1",
        "--discard-state",
    ];
    assert_refused(&cell, &format!("{SHORT} --seed 2"), &reasons);
    cell.done(&format!("{SHORT} --shard 1/1"));
    assert_refused(&cell, "merge o --out o", &reasons);
    cell.done(&format!("{SHORT} --seed 2 --keep-state --quiet"));
    assert_refused(&cell, SHORT, &["seed 2"]);
    cell.done(&format!("{SHORT} --discard-state --quiet"));
    assert!(!cell.path("o/run.state").exists());
}

#[test]
fn only_files_of_the_replaced_result_are_removed() {
    let cell = Cell::new();
    let users = [
        "fantasy.svg",
        "fan-notes.svg",
        "trials.csv",
        "joint-sample.csv",
    ];
    for name in users {
        cell.write(&format!("o/{name}"), b"the user's");
    }
    // There is no result yet, so nothing in the folder is ours.
    cell.done(&format!("{SHORT} --quiet"));
    for name in users {
        assert_eq!(cell.read(&format!("o/{name}")), b"the user's", "{name}");
    }
    cell.done(&format!("{SHORT} --joint-sample --keep-trials --quiet"));
    cell.write("market/plain.toml", b"fanfare = 1\nname = \"plain\"\n[inputs.x]\nis = 'normal(mean = 0, sd = 1)'\n[outputs.x]\n");
    cell.done("run market/plain.toml --trials 5000 --out o --quiet");
    let names: Vec<String> = cell.files("o", &[]).into_keys().collect();
    assert!(names.contains(&"fantasy.svg".to_owned()));
    assert!(names.contains(&"fan-notes.svg".to_owned()));
    for gone in [
        "fan.svg",
        "fan-sales.svg",
        "fan-by-region.svg",
        "trials.csv",
        "joint-sample.csv",
    ] {
        assert!(!names.contains(&gone.to_owned()), "{gone} of {names:?}");
    }
}

#[test]
fn the_result_is_there_before_the_notable_trials() {
    let cell = Cell::new();
    let run = "run market/model.toml --trials 300000";
    cell.done(&format!("{run} --out whole --quiet"));
    // A trials.csv that cannot be written stands for an interruption of the second pass.
    std::fs::create_dir_all(cell.path("o/trials.csv")).unwrap();
    let ended = cell.run(&format!("{run} --keep-trials --out o"));
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(
        ended.err.contains("trials.csv is not written"),
        "{}",
        ended.err
    );
    std::fs::remove_dir(cell.path("o/trials.csv")).unwrap();
    cell.assert_same("whole", "o", &[]);
}

#[test]
fn run_extends_the_run_that_it_describes() {
    let cell = Cell::new();
    let latin = "run market/model.toml --design latin --out o";
    cell.done(&format!("{latin} --trials 16000 --keep-state --quiet"));
    for (change, reason) in [
        ("--seed 2", "seed 1 against 2"),
        ("--points 500", "points of a replicate 250 against 500"),
        ("--scenario dear", "scenario none against dear"),
        ("--set launches=3", "--set none against launches=3"),
    ] {
        let arguments = format!("{latin} --extend --trials 32000 {change}");
        assert_refused(
            &cell,
            &arguments,
            &["o/run.state is of another run", reason],
        );
    }
    let random = "run market/model.toml --extend --trials 32000";
    assert_refused(
        &cell,
        &format!("{random} --out o"),
        &["design latin against random"],
    );
    let ended = cell.done(&format!("{latin} --extend --trials 32000"));
    assert!(
        ended.err.contains("Extending from 16000 to 32000 trials"),
        "{}",
        ended.err
    );
    cell.done(
        "run market/model.toml --design latin --points 250 --trials 32000 --out whole --quiet",
    );
    cell.assert_same("whole", "o", &["run.state"]);
    // Without a kept state.
    let ended = cell.run(&format!("{random} --out whole"));
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("--keep-state"), "{}", ended.err);
}

#[test]
fn a_shard_in_the_place_of_a_kept_state_is_refused() {
    let cell = Cell::new();
    cell.done(&format!("{SHORT} --shard 1/1"));
    std::fs::rename(cell.path("o/shard-1-of-1.part"), cell.path("o/run.state")).unwrap();
    assert_refused(
        &cell,
        "extend o --trials 9000",
        &["cannot grow", "counted in part"],
    );
}
