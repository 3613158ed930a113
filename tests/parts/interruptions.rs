//! Runs that are killed, stopped, or cannot write: files are the old ones or the new ones, never half, and a run goes on where it was.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::command::{Cell, Ended};

/// About a second of work on two cores; killed runs are started again from scratch.
const LONG: &str = "run market/model.toml --trials 400123";
/// Kills that must land, and those of them after which some trials must be reused.
const KILLS: usize = 20;
const REUSED: usize = 15;

fn end(child: Child) -> Ended {
    child.wait_with_output().unwrap().into()
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    let status = Command::new("kill").args([name, &pid]).status().unwrap();
    assert!(status.success());
}

/// The number of trials that a resumed run says it reused.
fn reused(text: &str) -> u64 {
    let before = text.find(" trials reused").map(|end| &text[..end]);
    before
        .and_then(|text| text.rsplit(' ').next())
        .map_or(0, |number| number.parse().unwrap())
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let cell = Cell::new();
    let started = Instant::now();
    cell.done(&format!("{LONG} --out whole --quiet"));
    let whole = started.elapsed();
    let mut moments = ChaCha8Rng::seed_from_u64(20);
    let (mut kills, mut with_reuse) = (0, 0);
    for attempt in 0..200 {
        if kills == KILLS {
            break;
        }
        let out = format!("killed-{attempt}");
        let arguments = format!("{LONG} --checkpoint 0.02s --out {out}");
        let mut child = cell.start(&arguments);
        std::thread::sleep(whole.mul_f64(moments.random_range(0.2..1.0)));
        // On a busy machine the run may have been done before the kill: then it proves nothing.
        if child.try_wait().unwrap().is_some() {
            continue;
        }
        signal(&child, "-KILL");
        if end(child).code.is_some() {
            continue;
        }
        kills += 1;
        let files = cell.files(&out, &[]);
        assert!(!files.contains_key("result.json") || files.contains_key("quantiles.csv"));
        let resumed = cell.done(&format!("{arguments} --resume"));
        if reused(&resumed.err) > 0 {
            with_reuse += 1;
        }
        // What the killed process had not yet renamed stays behind under its temporary name.
        let partial: Vec<String> = cell
            .files(&out, &[])
            .into_keys()
            .filter(|name| name.ends_with(".partial"))
            .collect();
        let partial: Vec<&str> = partial.iter().map(String::as_str).collect();
        cell.assert_same("whole", &out, &partial);
    }
    assert_eq!(kills, KILLS);
    assert!(
        with_reuse >= REUSED,
        "{with_reuse} of {KILLS} reused trials"
    );
}

#[test]
fn a_stopped_run_says_how_it_goes_on_and_leaves_old_files() {
    for name in ["-INT", "-TERM"] {
        let cell = Cell::new();
        cell.done("run market/model.toml --trials 5000 --out o --quiet");
        let before = cell.files("o", &[]);
        let run = "run market/model.toml --trials 40000000 --out o";
        let child = cell.start(run);
        std::thread::sleep(Duration::from_millis(300));
        signal(&child, name);
        let ended = end(child);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(
            ended.err.contains("stopped before the end"),
            "{}",
            ended.err
        );
        assert_eq!(ended.out, "");
        assert!(
            cell.files("o", &[]) == before,
            "the old files are as they were"
        );

        let child = cell.start(&format!("{run} --checkpoint 0.05s"));
        let checkpoint = cell.path("o/run.checkpoint");
        while !checkpoint.exists() {
            std::thread::sleep(Duration::from_millis(20));
        }
        signal(&child, name);
        let ended = end(child);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(ended.err.contains("--resume"), "{}", ended.err);
        assert!(cell.files("o", &["run.checkpoint"]) == before);
    }
}

#[test]
fn a_full_disk_leaves_old_files() {
    let cell = Cell::new();
    cell.done("run market/model.toml --trials 5000 --out o --quiet");
    let before = cell.files("o", &[]);
    // No file may grow beyond 16 KiB; the signal of that is ignored, so writing fails as on a full disk.
    let limited = "trap '' XFSZ; ulimit -f 16; exec $FANFARE run market/model.toml --out o";
    let ended = cell.shell(&format!("{limited} --trials 6000"));
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("error: cannot write"), "{}", ended.err);
    assert!(
        cell.files("o", &[]) == before,
        "the old files are as they were"
    );

    // A checkpoint that cannot be written is no reason to end a run: it says so, and fails when its result cannot be written either.
    let ended = cell.shell(&format!("{limited} --trials 200000 --checkpoint 0.01s"));
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(
        ended.err.contains("warning: no checkpoint at"),
        "{}",
        ended.err
    );
    assert!(
        cell.files("o", &[]) == before,
        "the old files are as they were"
    );

    // With the signal's default the process ends at once.
    let killed = limited.replace("trap '' XFSZ; ", "");
    let ended = cell.shell(&format!("{killed} --trials 6000"));
    assert_ne!(ended.code, Some(0));
    let partial: Vec<String> = cell
        .files("o", &[])
        .into_keys()
        .filter(|name| name.ends_with(".partial"))
        .collect();
    let partial: Vec<&str> = partial.iter().map(String::as_str).collect();
    assert!(
        cell.files("o", &partial) == before,
        "the old files are as they were"
    );
}

#[test]
fn a_part_that_cannot_be_written_ends_with_one() {
    let cell = Cell::new();
    let ended = cell.shell("trap '' XFSZ; ulimit -f 16; exec $FANFARE run market/model.toml --trials 9000 --shard 1/2 --out parts");
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(cell.files("parts", &[]).is_empty());
    cell.write("in-the-way", b"a file");
    for arguments in [
        "run market/model.toml --trials 9000 --shard 1/2 --out in-the-way",
        "run market/model.toml --trials 9000 --checkpoint 1s --out in-the-way/below",
    ] {
        assert_eq!(cell.run(arguments).code, Some(1), "{arguments}");
    }
    assert_eq!(cell.read("in-the-way"), b"a file");
}

#[test]
fn what_cannot_be_printed_is_written_all_the_same() {
    let cell = Cell::new();
    cell.done("run market/model.toml --trials 5000 --out whole --quiet");
    let full = cell.shell("$FANFARE run market/model.toml --trials 5000 --out full > /dev/full");
    assert_eq!(full.code, Some(1), "{}", full.err);
    assert!(
        full.err.contains("cannot write to standard output"),
        "{}",
        full.err
    );
    cell.assert_same("whole", "full", &[]);
    let closed = cell
        .shell("set -o pipefail; $FANFARE run market/model.toml --trials 5000 --out closed | true");
    assert_eq!(closed.code, Some(0), "{}", closed.err);
    cell.assert_same("whole", "closed", &[]);
}

#[test]
fn a_resumed_shard_and_a_resumed_extension_give_the_same_bytes() {
    let cell = Cell::new();
    let kill_at_checkpoint = |arguments: &str, checkpoint: &str| {
        let mut child = cell.start(arguments);
        let path = cell.path(checkpoint);
        while !path.exists() {
            assert!(
                child.try_wait().unwrap().is_none(),
                "ended before its first checkpoint"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        signal(&child, "-KILL");
        end(child);
        let resumed = cell.done(&format!("{arguments} --resume"));
        assert!(reused(&resumed.err) > 0, "{}", resumed.err);
        assert!(!path.exists(), "the checkpoint goes with success");
    };
    let run = "run market/model.toml --trials 1000123";
    cell.done(&format!("{run} --out whole --quiet"));
    cell.done(&format!("{run} --shard 2/2 --out parts"));
    kill_at_checkpoint(
        &format!("{run} --shard 1/2 --out parts --checkpoint 0.02s"),
        "parts/shard-1-of-2.checkpoint",
    );
    cell.done("merge parts --out merged --quiet");
    cell.assert_same("whole", "merged", &[]);

    cell.done("run market/model.toml --trials 50000 --keep-state --out growing --quiet");
    let extension = "extend growing --trials 1000123 --checkpoint 0.02s";
    kill_at_checkpoint(extension, "growing/run.checkpoint");
    cell.assert_same("whole", "growing", &["run.state"]);
    // What was extended can be extended again.
    cell.done("extend growing --trials 1200000 --quiet");
    cell.done("run market/model.toml --trials 1200000 --out longer --quiet");
    cell.assert_same("longer", "growing", &["run.state"]);
}

#[test]
fn without_a_checkpoint_a_run_starts_afresh_and_says_so() {
    // The shorter run keeps the sample in which the report finds its drivers; a resumed one evaluates it apart.
    for trials in [12_000, 20_000] {
        let cell = Cell::new();
        let run = format!("run market/model.toml --trials {trials}");
        let fresh = cell.done(&format!("{run} --out o --resume"));
        assert!(fresh.err.contains("the run starts afresh"), "{}", fresh.err);
        cell.done(&format!("{run} --out whole --quiet"));
        cell.assert_same("whole", "o", &[]);
        let report = String::from_utf8(cell.read("o/report.txt")).unwrap();
        assert!(report.contains("Drivers of"), "{report}");
    }
}
