//! Printing and parsing are inverse, and no text makes the parser panic.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::super::ast::{
    Argument, BinaryOp, Expr, ExprKind, Ident, MapEntry, Selector, UnaryOp,
};
use super::super::super::token::{is_keyword, is_name};
use super::{print, read};
use crate::diag::{Span, Spanned};
use crate::source::FileId;

const NOWHERE: Span = Span::new(FileId(9), 0, 0);

fn node(kind: ExprKind) -> Expr {
    Expr {
        kind,
        span: NOWHERE,
    }
}

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, NOWHERE)
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["a", "by", "sum", "e", "x_1", "_"]).prop_map(str::to_owned),
        "[a-z_][a-z0-9_]{0,4}".prop_filter("keywords are not names", |name| !is_keyword(name)),
    ]
}

fn idents() -> impl Strategy<Value = Ident> {
    names().prop_map(spanned)
}

/// Every finite double that is not negative: by bits, so that all sizes occur, and small whole ones.
fn numbers() -> impl Strategy<Value = f64> {
    prop_oneof![
        (0_u32..3000).prop_map(f64::from),
        (0..f64::INFINITY.to_bits()).prop_map(f64::from_bits),
    ]
}

fn texts() -> impl Strategy<Value = String> {
    "[^\\n\\r]{0,6}"
}

fn labels() -> impl Strategy<Value = String> {
    prop_oneof![texts(), "-?[0-9]{1,18}", "0\\.[0-9]"]
}

fn binary_ops() -> impl Strategy<Value = BinaryOp> {
    use BinaryOp::*;
    prop::sample::select(vec![
        Add,
        Subtract,
        Multiply,
        Divide,
        Power,
        Equal,
        NotEqual,
        Less,
        LessEqual,
        Greater,
        GreaterEqual,
        And,
        Or,
    ])
}

/// Positional arguments before named ones, no name twice, `by` only after a name.
fn arguments(inner: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = Vec<Argument>> {
    let positional = prop::collection::vec(inner.clone(), 0..3);
    let named = prop::collection::btree_map(names(), inner, 0..3);
    let by = prop::option::of((idents(), names()));
    (positional, named, by).prop_map(|(positional, named, by)| {
        let plain = |value| Argument {
            name: None,
            value,
            by: None,
        };
        let mut arguments: Vec<Argument> = positional.into_iter().map(plain).collect();
        arguments.extend(by.map(|(parent, dimension)| Argument {
            by: Some(parent),
            ..plain(node(ExprKind::Name(dimension)))
        }));
        arguments.extend(named.into_iter().map(|(name, value)| Argument {
            name: Some(spanned(name)),
            ..plain(value)
        }));
        arguments
    })
}

fn selectors() -> impl Strategy<Value = Vec<Selector>> {
    prop::collection::btree_map(names(), labels(), 1..3).prop_map(|pairs| {
        pairs
            .into_iter()
            .map(|(dimension, label)| Selector {
                dimension: spanned(dimension),
                label: spanned(label),
            })
            .collect()
    })
}

fn trees() -> impl Strategy<Value = Expr> {
    let leaves = prop_oneof![
        numbers().prop_map(ExprKind::Number),
        any::<bool>().prop_map(ExprKind::Bool),
        texts().prop_map(ExprKind::Text),
        names().prop_map(ExprKind::Name),
    ]
    .prop_map(node);
    leaves.prop_recursive(7, 60, 4, |inner| {
        let unary = prop::sample::select(vec![UnaryOp::Negate, UnaryOp::Not]);
        let keys = (numbers(), any::<bool>()).prop_map(
            |(size, negative)| {
                if negative { -size } else { size }
            },
        );
        prop_oneof![
            2 => (unary, inner.clone()).prop_map(|(op, operand)| ExprKind::Unary {
                op,
                operand: Box::new(operand),
            }),
            5 => (binary_ops(), inner.clone(), inner.clone()).prop_map(|(op, left, right)| {
                ExprKind::Binary {
                    op,
                    left: Box::new(left),
                    right: Box::new(right),
                }
            }),
            2 => (idents(), arguments(inner.clone())).prop_map(|(function, arguments)| {
                ExprKind::Call { function, arguments }
            }),
            // `if` is a keyword that is called like a function.
            1 => arguments(inner.clone()).prop_map(|arguments| ExprKind::Call {
                function: spanned("if".to_owned()),
                arguments,
            }),
            2 => (inner.clone(), selectors()).prop_map(|(operand, selectors)| ExprKind::Slice {
                operand: Box::new(operand),
                selectors,
            }),
            1 => prop::collection::vec((keys, inner.clone()), 0..3).prop_map(|pairs| {
                let mut seen = BTreeSet::new();
                ExprKind::Map(
                    pairs
                        .into_iter()
                        .filter(|(key, _)| seen.insert((key + 0.0).to_bits()))
                        .map(|(key, value)| MapEntry { key: spanned(key), value })
                        .collect(),
                )
            }),
            1 => prop::collection::vec(inner, 0..3).prop_map(ExprKind::List),
        ]
        .prop_map(node)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn printed_trees_parse_to_themselves(expr in trees()) {
        let text = print(&expr);
        let again = read(&text);
        prop_assert!(again.is_ok(), "{}: {:?}", text, again);
        let again = again.unwrap();
        prop_assert!(again.same_as(&expr), "{}\n{:?}", text, again);
        prop_assert_eq!(print(&again), text);
    }

    /// Taking away any one pair of printed parentheses changes the tree or makes it unreadable. Pairs of calls are left alone.
    #[test]
    fn no_printed_parenthesis_is_superfluous(expr in trees()) {
        let text = print(&expr);
        for shorter in without_one_pair(&text) {
            let same = read(&shorter).is_ok_and(|again| again.same_as(&expr));
            prop_assert!(!same, "{} says the same as {}", shorter, text);
        }
    }

    #[test]
    fn no_text_of_tokens_makes_the_parser_panic(
        words in prop::collection::vec(prop::sample::select(vec![
            "a", "if", "by", "not", "and", "or", "true", "2", "1e400", "5.", "\"x\"", "\"", "'", "(", ")", "[", "]",
            "{", "}", ",", ":", "=", "==", "<", "+", "-", "*", "/", "^", "%", "?", "!", "×", "²", "\\", "A", "\n", " ", ".",
        ]), 0..30)
    ) {
        let text = words.concat();
        if let Err(problems) = read(&text) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                let span = problem.span.unwrap();
                prop_assert!(span.start <= span.end);
                prop_assert!(text.is_char_boundary(span.start as usize), "{:?}", problem);
                prop_assert!(text.is_char_boundary(span.end as usize), "{:?}", problem);
            }
        }
    }

    #[test]
    fn no_text_at_all_makes_the_parser_panic(text in any::<String>()) {
        // Panics, and accepted texts that do not print back.
        if let Ok(expr) = read(&text) {
            prop_assert!(read(&print(&expr)).unwrap().same_as(&expr));
        }
    }
}

/// `text` without each of its pairs of parentheses that do not belong to a call, outside of quoted text.
fn without_one_pair(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let (mut open, mut pairs, mut quoted) = (Vec::new(), Vec::new(), false);
    let mut position = 0;
    while position < bytes.len() {
        match bytes[position] {
            b'\\' if quoted => position += 1,
            b'"' => quoted = !quoted,
            b'(' if !quoted => open.push(position),
            b')' if !quoted => {
                let opening = open.pop().expect("printed parentheses are balanced");
                let before = &text[..opening];
                let word_start = before
                    .rfind(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'))
                    .map_or(0, |at| at + 1);
                let word = &before[word_start..];
                if !(is_name(word) && (word == "if" || !is_keyword(word))) {
                    pairs.push((opening, position));
                }
            }
            _ => {}
        }
        position += 1;
    }
    pairs
        .into_iter()
        .map(|(opening, closing)| {
            // Spaces keep neighbouring words apart.
            format!(
                "{} {} {}",
                &text[..opening],
                &text[opening + 1..closing],
                &text[closing + 1..]
            )
        })
        .collect()
}
