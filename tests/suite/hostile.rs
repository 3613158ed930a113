//! Models made to break the reader: deep nesting, huge shapes, links and devices. Each is refused quickly, in little stack and memory.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use fanfare::diag::Diagnostic;
use fanfare::plan::{PlanRequest, build};
use fanfare::run::{VariantChoice, load, load_from};
use fanfare::source::Memory;

/// Generous for a loaded machine; what is allocated or enumerated by size would take far longer, or all memory.
const QUICK: Duration = Duration::from_secs(60);
/// Less than any platform's default for threads (2 MiB).
const SMALL_STACK: usize = 512 << 10;

fn problems(text: &str) -> Vec<Diagnostic> {
    let memory = Memory::new().with("model.toml", text);
    match load_from(&memory, "model.toml", &VariantChoice::default()) {
        Err(refused) => refused.problems,
        Ok(loaded) => build(&loaded.model, PlanRequest::Statistics)
            .err()
            .unwrap_or_default(),
    }
}

fn codes(problems: &[Diagnostic]) -> Vec<&'static str> {
    problems.iter().map(|problem| problem.code).collect()
}

fn model_with(expression: &str) -> String {
    format!(
        "fanfare = 1\nname = \"m\"\n[inputs.x]\nis = 'normal(mean = 0, sd = 1)'\n[outputs.y]\nis = '{expression}'\n"
    )
}

/// Runs in a thread with a small stack, so that a recursion without a limit ends the test.
fn in_a_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new()
        .stack_size(SMALL_STACK)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap()
}

#[test]
fn deep_expressions_are_refused_and_those_at_the_limit_are_not() {
    let shapes: [fn(usize) -> String; 5] = [
        |n| format!("{}x{}", "(".repeat(n), ")".repeat(n)),
        |n| format!("{}x", "-".repeat(n)),
        |n| format!("{}x{}", "exp(-".repeat(n), ")".repeat(n)),
        |n| format!("{}x", "x ^ ".repeat(n)),
        |n| format!("{}x{}", "if(x > 0, 1, ".repeat(n), ")".repeat(n)),
    ];
    for (index, shape) in shapes.into_iter().enumerate() {
        for depth in [1_000, 100_000] {
            let text = model_with(&shape(depth));
            let found = in_a_small_stack(move || problems(&text));
            assert!(!found.is_empty(), "shape {index} at depth {depth}");
            assert!(
                found.iter().all(|problem| problem.span.is_some()),
                "shape {index}: {found:?}"
            );
        }
        let text = model_with(&shape(30));
        let found = in_a_small_stack(move || problems(&text));
        assert!(found.is_empty(), "shape {index}: {found:?}");
    }
}

/// A long sum is flat for its reader but a left-deep tree for whoever walks it.
#[test]
fn long_sums_neither_overflow_nor_pass_unnoticed() {
    for n in [100, 1_000, 20_000] {
        let text = model_with(&format!("x{}", " + x".repeat(n)));
        // Passing or refusing both are answers; a crash is none.
        in_a_small_stack(move || drop(problems(&text)));
    }
}

#[test]
fn deep_toml_is_refused() {
    for value in [
        format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{}1{}", "{a = ".repeat(100_000), "}".repeat(100_000)),
    ] {
        let text = format!("fanfare = 1\nname = \"m\"\nextra = {value}\n");
        assert!(!in_a_small_stack(move || problems(&text)).is_empty());
    }
    let text = format!("fanfare = 1\nname = \"m\"\n{}b = 1\n", "a.".repeat(100_000));
    assert!(!in_a_small_stack(move || problems(&text)).is_empty());
}

/// A chain of variables is as long as the model, not as deep as the stack.
#[test]
fn long_chains_of_variables_are_walked_without_recursion() {
    let mut text = "fanfare = 1\nname = \"m\"\n[inputs.x]\nis = 'normal(mean = 0, sd = 1)'\n[variables.v0]\nis = 'x'\n".to_owned();
    for n in 1..5_000 {
        text.push_str(&format!("[variables.v{n}]\nis = 'v{} + 1'\n", n - 1));
    }
    text.push_str("[outputs.v4999]\n");
    let found = in_a_small_stack(move || problems(&text));
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_shape_that_no_memory_holds_is_refused_before_it_is_allocated() {
    let start = Instant::now();
    let shaped = |labels: &str, over: &str, is: &str| {
        format!(
            "fanfare = 1\nname = \"m\"\n[dimensions.a]\nrange = [1, {labels}]\n[dimensions.b]\nrange = [1, {labels}]\n[inputs.x]\nover = {over}\nis = 'normal(mean = 0, sd = 1)'\n[outputs.y]\nis = '{is}'\n"
        )
    };
    let found = problems(&shaped("1000000000", "[\"a\", \"b\"]", "x"));
    assert!(codes(&found).contains(&"too-large"), "{found:?}");
    let found = problems(&shaped("1000000", "[\"a\", \"b\"]", "x"));
    assert_eq!(codes(&found), ["too-large"], "{found:?}");
    // The operands are small, only their product is not.
    let found = problems(&shaped("100000", "[\"a\"]", "sum(x * b, a)"));
    assert!(codes(&found).contains(&"too-large"), "{found:?}");
    assert!(start.elapsed() < QUICK, "{:?}", start.elapsed());
}

#[cfg(unix)]
#[test]
fn links_and_devices_are_no_tables() {
    use std::os::unix::fs::symlink;
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("model");
    fs::create_dir(&folder).unwrap();
    fs::write(outer.path().join("secret.csv"), "code\nA\n").unwrap();
    symlink("../secret.csv", folder.join("link.csv")).unwrap();
    symlink("/dev/zero", folder.join("zero.csv")).unwrap();
    fs::create_dir(folder.join("folder.csv")).unwrap();
    fs::write(folder.join("latin1.csv"), b"code\n\xe9\n").unwrap();
    for (table, code) in [
        ("link.csv", "path-outside"),
        ("../secret.csv", "path-outside"),
        ("zero.csv", "path-outside"),
        ("folder.csv", "not-a-file"),
        ("latin1.csv", "not-utf8"),
        ("/dev/zero", "path-outside"),
    ] {
        let model = folder.join("model.toml");
        fs::write(
            &model,
            format!(
                "fanfare = 1\nname = \"m\"\n[dimensions.a]\ntable = \"{table}\"\nkey = \"code\"\n[inputs.x]\nover = [\"a\"]\nis = 'normal(mean = 0, sd = 1)'\n[outputs.x]\n"
            ),
        )
        .unwrap();
        let refused = load(&model, &VariantChoice::default()).unwrap_err();
        assert_eq!(codes(&refused.problems), [code], "{table}");
        assert!(refused.problems[0].span.is_some(), "{table}");
        for problem in &refused.problems {
            assert!(
                !problem.message.contains("secret\n"),
                "the file's text is not shown"
            );
        }
    }
}

#[test]
fn what_is_no_regular_file_is_no_model() {
    for (path, code) in [
        ("/dev/zero", "not-a-file"),
        ("/", "not-a-file"),
        ("/no/such/model.toml", "missing-file"),
    ] {
        let refused = load(Path::new(path), &VariantChoice::default()).unwrap_err();
        assert_eq!(codes(&refused.problems), [code], "{path}");
    }
}
