//! No text is too long or too deep for a small stack.

use super::super::super::ast::{Expr, ExprKind};
use super::super::super::{MAX_HEIGHT, MAX_NESTING, MAX_TOKENS};
use super::{print, read};

/// Runs on a stack of 512 KiB, a quarter of what threads usually have.
fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(run)
        .expect("a thread can be started")
        .join()
        .expect("the thread ends without a panic");
}

fn height(expr: &Expr) -> u32 {
    1 + match &expr.kind {
        ExprKind::Unary { operand, .. } | ExprKind::Slice { operand, .. } => height(operand),
        ExprKind::Binary { left, right, .. } => height(left).max(height(right)),
        ExprKind::Call { arguments, .. } => arguments
            .iter()
            .map(|argument| height(&argument.value))
            .max()
            .unwrap_or(0),
        ExprKind::Map(entries) => entries
            .iter()
            .map(|entry| height(&entry.value))
            .max()
            .unwrap_or(0),
        ExprKind::List(items) => items.iter().map(height).max().unwrap_or(0),
        _ => 0,
    }
}

/// Accepted texts at or near the limits: by chains, by signs, by brackets of each sort, and by precedence within brackets.
fn deepest() -> Vec<String> {
    let chain = |length: usize| vec!["1"; length].join(" + ");
    let levels = MAX_NESTING as usize;
    let around = |opening: &str, inner: &str, closing: &str| {
        format!(
            "{}{inner}{}",
            opening.repeat(levels),
            closing.repeat(levels)
        )
    };
    vec![
        chain(MAX_HEIGHT as usize),
        format!("{}1", "-".repeat(levels)),
        format!("{}1", "not ".repeat(levels)),
        vec!["2"; levels + 1].join("^"),
        around("(", "1", ")"),
        around("f(", "x", ")"),
        around("[", "1", "]"),
        around("{1: ", "1", "}"),
        // Three operators and a bracket for each level.
        around("(a < 1 + 2 * ", "4", ")"),
        format!("x{}", "[a = 1]".repeat(MAX_HEIGHT as usize - 1)),
        format!(
            "f({}x{}{})",
            "(a or b and c == d + e * ".repeat(60),
            ")".repeat(60),
            ", 1".repeat(500)
        ),
    ]
}

#[test]
fn the_deepest_accepted_trees_fit_a_small_stack() {
    on_small_stack(|| {
        for text in deepest() {
            let expr = read(&text).unwrap_or_else(|problems| {
                panic!("{}: {problems:?}", &text[..text.len().min(60)]);
            });
            assert!(height(&expr) <= MAX_HEIGHT);
            let copy = expr.clone();
            assert_eq!(copy, expr);
            let printed = print(&expr);
            assert!(
                read(&printed)
                    .expect("its own text is accepted")
                    .same_as(&expr)
            );
            drop(copy);
            drop(expr);
        }
    });
}

#[test]
fn the_limits_are_reached_exactly() {
    let chain = |length: u32| vec!["1"; length as usize].join("+");
    assert_eq!(height(&read(&chain(MAX_HEIGHT)).unwrap()), MAX_HEIGHT);
    assert_eq!(read(&chain(MAX_HEIGHT + 1)).unwrap_err()[0].code, "nesting");
    let brackets = |levels: u32| {
        format!(
            "{}1{}",
            "(".repeat(levels as usize),
            ")".repeat(levels as usize)
        )
    };
    assert!(read(&brackets(MAX_NESTING)).is_ok());
    let problems = read(&brackets(MAX_NESTING + 1)).unwrap_err();
    assert_eq!(
        problems.len(),
        1,
        "one report, none about what was not read"
    );
    assert_eq!(problems[0].code, "nesting");
    assert_eq!(problems[0].span.unwrap().start, MAX_NESTING);
}

#[test]
fn texts_beyond_the_limits_are_one_clear_error() {
    on_small_stack(|| {
        let many = 100_000;
        let pieces = [
            "1+",
            "-",
            "not ",
            "2^",
            "(",
            "f(",
            "[",
            "{1:",
            "x[a=",
            "a ",
            "a,",
            ")",
            "1<",
            "1?",
            "1 or ",
            "1 % ",
            "× ",
            "if ",
            "f(a=",
            "(a or b and c == d + e * -",
        ];
        for piece in pieces {
            let text = format!("{}1", piece.repeat(many));
            let problems = read(&text).expect_err(piece);
            let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
            assert!(codes.contains(&"expression-too-long"), "{piece}: {codes:?}");
        }
        for piece in pieces {
            // As many as fit the limit on tokens, so that the parser itself runs.
            let tokens = piece.split_whitespace().count() + piece.len();
            let text = format!("{}1", piece.repeat(MAX_TOKENS / tokens));
            assert!(read(&text).is_err(), "{piece}");
        }
    });
}

#[test]
fn wide_expressions_are_allowed() {
    let n_items = MAX_TOKENS / 2 - 1;
    let text = format!("[{}]", vec!["1"; n_items].join(","));
    let ExprKind::List(items) = read(&text).expect("wide, not deep").kind else {
        panic!("a list");
    };
    assert_eq!(items.len(), n_items);
}
