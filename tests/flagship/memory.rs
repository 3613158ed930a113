//! Peak memory of a run does not grow with its trials.

use std::process::Command;

/// Peak resident memory of `fanfare run` on the flagship, in megabytes: what the kernel kept of the finished child (`ru_maxrss`, the same high-water mark
/// as `VmHWM`), asked through Python since the standard library of Rust has no call for it.
fn peak_megabytes(trials: u32) -> f64 {
    let out = tempfile::tempdir().unwrap();
    let script = "import resource, subprocess, sys\n\
        subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n\
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)";
    let output = Command::new("python3")
        .args(["-c", script, env!("CARGO_BIN_EXE_fanfare"), "run"])
        .arg(super::tables::folder().join("model.toml"))
        .args(["--trials", &trials.to_string(), "--threads", "2", "--out"])
        .arg(out.path().join("result"))
        .output()
        .expect("this test needs python3 on the path");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "ru_maxrss has another unit elsewhere"
)]
fn peak_memory_of_the_flagship_is_bounded_and_does_not_grow_with_trials() {
    // Both runs have more than 2²⁴ values, so both keep sketches; 8,970 cells × 30,000 further trials held as doubles would add 2,150 MB.
    let (short, long) = (peak_megabytes(10_000), peak_megabytes(40_000));
    println!("10,000 trials {short} MB, 40,000 trials {long} MB");
    assert!(short > 10.0, "{short} MB cannot be the whole run");
    assert!(short < 250.0 && long < 250.0, "{short} MB, {long} MB");
    // Even one byte for each of the 269 million further values would add 269 MB. The peak itself varies by some tens of megabytes from run to run, up or
    // down, with how the two threads' blocks meet (measured: 103 to 164 MB for 10,000, 40,000 and 160,000 trials alike).
    assert!((long - short).abs() < 100.0, "{short} MB, {long} MB");
}
