//! Whole runs of the command give the same bytes at every SIMD level of the machine.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Every design; replicates of latin and sobol have their own ways to scores and errors.
const DESIGNS: [&str; 3] = ["random", "latin", "sobol"];

/// All families that have kernels of their own, every function, a truncated and a discrete draw, values beyond one block of trials.
const SMALL: &str = r#"
fanfare = 1
name = "small"

[dimensions.year]
range = [2023, 2026]
time = true
[dimensions.region]
labels = ["north", "south"]
[dimensions.town]
labels = ["port", "mill", "spa"]
parent.region = { port = "north", mill = "south", spa = "south" }

[inputs.a]
over = ["town", "year"]
is = 'normal(mean = 1, sd = 0.2)'
persist = 0.6
alike = { world = 0.2, region = 0.3 }
rollup = "sum"
[inputs.b]
over = ["town"]
is = 'lognormal(median = 2, gsd = 1.4)'
rollup = "sum"
[inputs.c]
is = 'beta(mean = 0.3, concentration = 12)'
[inputs.d]
over = ["town"]
is = 'poisson(mean = 3)'
rollup = "sum"
[inputs.e1]
is = 'gamma(shape = 2, scale = a0, min = 0.5)'
# From tables: plain, of the logarithm, around a corner that no panel holds, and at combined scores.
[inputs.f1]
is = 'pert(low = 1, mode = 2, high = 5)'
[inputs.f2]
is = 'gamma(shape = 0.3, scale = 2)'
[inputs.f3]
is = 'laplace(location = 1, scale = 2, min = 0)'
[inputs.f4]
over = ["town", "year"]
is = 'student_t(location = 0, scale = 1, df = 3)'
persist = 0.5
[inputs.a0]
is = 'logit_normal(median = 0.4, sd_logit = 0.8)'

[variables.x]
over = ["town", "year"]
is = 'cumulative(exp(a / 3) * b) + ln(b + d) + sin(a) * cos(b) + tan(a0) + atan2(a, b) + logistic(a) + logit(c) + normal_cdf(a) + normal_quantile(c) + sqrt(b) + log10(b) + b^a + floor(a) + round(b) + abs(a - 1) + sign(a - 1) + clamp(a, 0.9, 1.1)'
rollup = "sum"
[variables.y]
is = 'if(x > mean(x, town), max(x, e1), min(x, e1)) + median(a, town) + quantile(a, 0.3, town) + f1 * f2 + f3 * f4'
rollup = "sum"

[outputs.x]
[outputs.y]
[outputs.ratio]
is = 'y / x'
[outputs.d]

[crossings.overtaken]
of = 'x'
above = '20 * b'
[joint.both]
of = ["x", "y"]
"#;

fn fanfare(level: Option<&str>, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fanfare"));
    command.args(arguments).current_dir(folder);
    match level {
        Some(level) => command.env("FANFARE_SIMD", level),
        None => command.env_remove("FANFARE_SIMD"),
    };
    command.output().unwrap()
}

/// The levels that this machine has, asked of the command itself.
fn levels(folder: &Path) -> Vec<&'static str> {
    let mut found = Vec::new();
    for level in ["portable", "avx2", "avx512"] {
        let output = fanfare(Some(level), folder, &["--version"]);
        // Arguments come first, so the version is shown whatever the level.
        assert!(output.status.success());
        let output = fanfare(Some(level), folder, &["check", "model.toml"]);
        let message = String::from_utf8(output.stderr).unwrap();
        match output.status.code() {
            Some(0) => found.push(level),
            code => {
                assert_eq!(code, Some(2), "{message}");
                assert!(message.contains("this machine lacks"), "{message}");
                assert_ne!(level, "portable");
            }
        }
    }
    found
}

/// Runs a model at every level and with the level of the machine; all files must be equal.
fn assert_same_bytes(model: &str, folder: &Path, trials: &str) {
    let levels = levels(folder);
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
        assert!(levels.contains(&"avx2"), "{levels:?}");
    }
    for design in DESIGNS {
        let mut expected: Option<Vec<(String, Vec<u8>)>> = None;
        for level in levels.iter().copied().map(Some).chain([None]) {
            let out = folder.join(format!("out-{}", level.unwrap_or("best")));
            let mut arguments = vec![
                "run",
                model,
                "--trials",
                trials,
                "--joint-sample",
                "--quiet",
            ];
            arguments.extend(["--out", out.to_str().unwrap()]);
            arguments.extend(["--design", design]);
            let output = fanfare(level, folder, &arguments);
            assert!(
                output.status.success(),
                "{level:?} {}",
                String::from_utf8_lossy(&output.stderr)
            );
            let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(&out)
                .unwrap()
                .map(|entry| entry.unwrap())
                .map(|entry| {
                    let name = entry.file_name().into_string().unwrap();
                    (name, fs::read(entry.path()).unwrap_or_default())
                })
                .collect();
            files.sort();
            assert!(
                files
                    .iter()
                    .any(|(name, bytes)| name == "result.json" && bytes.len() > 1000)
            );
            match &expected {
                None => expected = Some(files),
                Some(expected) => {
                    assert_eq!(files.len(), expected.len());
                    for (found, expected) in files.iter().zip(expected) {
                        assert!(
                            found == expected,
                            "{level:?} {design:?}: {} differs",
                            found.0
                        );
                    }
                }
            }
            fs::remove_dir_all(&out).unwrap();
        }
    }
}

fn folder_with_small() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("model.toml"), SMALL).unwrap();
    folder
}

#[test]
fn a_small_model_has_the_same_bytes_at_every_level() {
    let folder = folder_with_small();
    assert_same_bytes("model.toml", folder.path(), "10001");
}

#[test]
fn the_flagship_has_the_same_bytes_at_every_level() {
    let folder = folder_with_small();
    let flagship = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/flash-calling/model.toml");
    assert_same_bytes(flagship.to_str().unwrap(), folder.path(), "4200");
}

#[test]
fn an_unknown_level_is_refused_before_anything_is_written() {
    let folder = folder_with_small();
    for word in ["", "AVX2", "fastest"] {
        let output = fanfare(Some(word), folder.path(), &["run", "model.toml"]);
        assert_eq!(output.status.code(), Some(2), "{word}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(
            message.contains(&format!("FANFARE_SIMD: `{word}` is no SIMD level"))
                && message.contains("`portable`, `avx2` or `avx512`"),
            "{message}"
        );
        assert!(!folder.path().join("results").exists());
    }
}
