//! Parts that do not fit end with exit code 2, the reason and the names of both.

use std::fs;

use crate::command::Cell;

/// 100,000 trials are 25 blocks.
const RUN: &str = "run market/model.toml --trials 100000";

fn assert_refused(cell: &Cell, arguments: &str, reasons: &[&str]) {
    let ended = cell.run(arguments);
    assert_eq!(ended.code, Some(2), "{arguments}: {}", ended.err);
    assert_eq!(ended.out, "");
    for reason in reasons {
        assert!(
            ended.err.contains(reason),
            "{arguments}: {reason}\n{}",
            ended.err
        );
    }
    assert!(!cell.path("merged").exists(), "nothing is written");
}

#[test]
fn shards_merge_to_all_files_of_one_run_with_the_models_folder_gone() {
    let cell = Cell::new();
    let extra = "--joint-sample --keep-trials";
    cell.done(&format!(
        "{RUN} --scenario dear --set launches=3 --out whole {extra}"
    ));
    for shard in [2, 3, 1] {
        let ended = cell.done(&format!(
            "{RUN} --scenario dear --set launches=3 --shard {shard}/3 --out parts"
        ));
        assert!(ended.err.contains("fanfare merge"), "{}", ended.err);
        assert_eq!(ended.out, "");
    }
    fs::remove_dir_all(cell.path("market")).unwrap();
    let merged = cell.done(&format!("merge parts --out merged {extra} --threads 1"));
    cell.assert_same("whole", "merged", &[]);
    assert_eq!(merged.out.as_bytes(), cell.read("whole/report.txt"));
    // Files in any order, and as JSON.
    let json = cell.done("merge parts/shard-3-of-3.part parts/shard-1-of-3.part parts/shard-2-of-3.part --out again --json");
    assert_eq!(json.out.as_bytes(), cell.read("whole/result.json"));
    // By default the folder is that of the run itself.
    cell.done("merge parts --quiet");
    assert_eq!(
        cell.read("results/market+dear+launches=3/result.json"),
        cell.read("whole/result.json")
    );
}

#[test]
fn parts_of_different_runs_are_refused() {
    let cell = Cell::new();
    cell.done(&format!("{RUN} --shard 1/2 --out a"));
    let first = "a/shard-1-of-2.part";
    let cases = [
        ("--seed 2", "seed 1 against 2"),
        ("--trials 100001", "trials 100000 against 100001"),
        ("--scenario dear", "scenario none against dear"),
        ("--set launches=3", "--set none against launches=3"),
        (
            "--allow-non-finite",
            "--allow-non-finite false against true",
        ),
    ];
    for (number, (change, reason)) in cases.into_iter().enumerate() {
        let run = if change.starts_with("--trials") {
            "run market/model.toml"
        } else {
            RUN
        };
        cell.done(&format!("{run} {change} --shard 2/2 --out b{number}"));
        let second = format!("b{number}/shard-2-of-2.part");
        assert_refused(
            &cell,
            &format!("merge {first} {second} --out merged"),
            &[first, &second, reason],
        );
    }
    cell.write("market/prices.csv", b"product,price\na,1.5\nb,2.6\n");
    cell.done(&format!("{RUN} --shard 2/2 --out c"));
    assert_refused(
        &cell,
        &format!("merge {first} c --out merged"),
        &[
            first,
            "c/shard-2-of-2.part",
            "the model's prices.csv sha256:",
        ],
    );
}

#[test]
fn overlaps_and_gaps_are_refused() {
    let cell = Cell::new();
    for shard in ["1/3", "2/3", "3/3", "1/2", "2/2"] {
        cell.done(&format!("{RUN} --shard {shard} --out p"));
    }
    let part = |shard: &str| format!("p/shard-{}.part", shard.replace('/', "-of-"));
    let merge = |shards: &[&str]| {
        let parts: Vec<String> = shards.iter().map(|shard| part(shard)).collect();
        format!("merge {} --out merged", parts.join(" "))
    };
    // Eight, eight and nine blocks; twelve and thirteen.
    assert_refused(
        &cell,
        &merge(&["1/2", "2/3", "3/3"]),
        &[
            &part("1/2"),
            &part("2/3"),
            "overlap",
            "trials 32768 to 49151",
        ],
    );
    assert_refused(
        &cell,
        &merge(&["1/3", "1/3", "2/3", "3/3"]),
        &["overlap", "trials 0 to 32767"],
    );
    assert_refused(
        &cell,
        &merge(&["1/3", "3/3"]),
        &[
            "trials 32768 to 65535 are missing",
            &part("1/3"),
            &part("3/3"),
        ],
    );
    assert_refused(
        &cell,
        &merge(&["2/3", "3/3"]),
        &["trials 0 to 32767 are missing", &part("2/3")],
    );
    assert_refused(
        &cell,
        &merge(&["1/2"]),
        &["trials 49152 to 99999 are missing", &part("1/2")],
    );
    assert_refused(&cell, "merge p --out merged", &["overlap"]);
}

#[test]
fn files_that_are_no_parts_are_refused() {
    let cell = Cell::new();
    cell.done(&format!("{RUN} --shard 1/1 --out p"));
    let whole = cell.read("p/shard-1-of-1.part");
    cell.write("x/short.part", &whole[..whole.len() / 2]);
    cell.write("x/empty.part", b"");
    cell.write("x/foreign.part", b"PK\x03\x04 some other file");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    cell.write("x/flipped.part", &flipped);
    for (name, reason) in [
        ("short", "damaged or cut short"),
        ("empty", "not a part of a run"),
        ("foreign", "not a part of a run"),
        ("flipped", "damaged or cut short"),
    ] {
        let file = format!("x/{name}.part");
        assert_refused(
            &cell,
            &format!("merge {file} --out merged"),
            &[&file, reason],
        );
        fs::copy(cell.path(&file), cell.path("market/run.state")).unwrap();
        assert_refused(
            &cell,
            "extend market --trials 2e5",
            &["market/run.state", reason],
        );
        fs::create_dir_all(cell.path("o")).unwrap();
        fs::copy(cell.path(&file), cell.path("o/run.checkpoint")).unwrap();
        assert_refused(
            &cell,
            &format!("{RUN} --out o --resume"),
            &["o/run.checkpoint", reason],
        );
    }
    assert_refused(&cell, "merge absent.part --out merged", &["absent.part"]);
    assert_refused(
        &cell,
        "merge market --out merged",
        &["market holds no part"],
    );
}

#[test]
fn a_run_is_only_resumed_by_the_command_that_began_it() {
    let cell = Cell::new();
    // A checkpoint is the same file as a shard or a kept state.
    cell.done(&format!("{RUN} --keep-state --out o --quiet"));
    let state = cell.read("o/run.state");
    // Left there it would refuse runs that keep none.
    fs::remove_file(cell.path("o/run.state")).unwrap();
    let put = || cell.write("o/run.checkpoint", &state);
    for (change, reason) in [
        ("--seed 7", "seed 1 against 7"),
        ("--scenario dear", "scenario none against dear"),
        ("--set launches=3", "--set none against launches=3"),
        (
            "--allow-non-finite",
            "--allow-non-finite false against true",
        ),
    ] {
        put();
        assert_refused(
            &cell,
            &format!("{RUN} {change} --out o --resume"),
            &["cannot be resumed", reason],
        );
    }
    put();
    assert_refused(
        &cell,
        "run market/model.toml --trials 2e5 --out o --resume",
        &["trials 100000 against 200000"],
    );
    assert_refused(
        &cell,
        "run market/model.toml --until 1% --out o --resume",
        &["--until none against 1%"],
    );
    put();
    let resumed = cell.done(&format!("{RUN} --out o --resume"));
    assert!(
        resumed.err.contains("98304 trials reused"),
        "{}",
        resumed.err
    );
    put();
    cell.write("market/prices.csv", b"product,price\na,1.5\nb,2.6\n");
    assert_refused(
        &cell,
        &format!("{RUN} --out o --resume"),
        &["the model's prices.csv"],
    );
    // The checkpoint of another shard.
    cell.write("o/shard-2-of-3.checkpoint", &state);
    cell.write("market/prices.csv", crate::market::PRICES.as_bytes());
    assert_refused(
        &cell,
        &format!("{RUN} --shard 2/3 --out o --resume"),
        &["units of the shard 0–25 against 8–16"],
    );
}

#[test]
fn a_run_is_only_extended_from_its_kept_state_and_to_more_trials() {
    let cell = Cell::new();
    cell.done(&format!("{RUN} --out o --quiet"));
    assert_refused(
        &cell,
        "extend o --trials 2e5",
        &["o/run.state", "--keep-state"],
    );
    cell.done(&format!("{RUN} --keep-state --out o --quiet"));
    assert_refused(&cell, "extend o --trials 1e5", &["100000 trials already"]);
}

#[test]
fn arguments_that_do_not_go_together_are_refused() {
    let cell = Cell::new();
    for (arguments, reason) in [
        (format!("{RUN} --shard 0/3"), "3/16"),
        (format!("{RUN} --shard 1/26"), "this run has 25"),
        (format!("{RUN} --shard 1/2 --keep-state"), "--keep-state"),
        (format!("{RUN} --shard 1/2 --keep-trials"), "--keep-trials"),
        (format!("{RUN} --until 1%"), "--until"),
        (
            "run market/model.toml --until 1% --shard 1/2".to_owned(),
            "--until",
        ),
        (format!("{RUN} --max-trials 2e5"), "--max-trials"),
        (
            "run market/model.toml --max-trials 2e5".to_owned(),
            "--until",
        ),
        (format!("{RUN} --checkpoint 60"), "60s"),
        (format!("{RUN} --design latim"), "latin"),
        (format!("{RUN} --points 100"), "random"),
        (
            format!("{RUN} --design sobol --points 1000"),
            "power of two",
        ),
    ] {
        assert_refused(&cell, &arguments, &[reason]);
    }
}
