//! Precedence, forms and places of what is accepted.

use super::super::super::ast::{BinaryOp, ExprKind};
use super::super::super::origin::TextOrigin;
use super::super::super::parse;
use super::{canonical, tree};
use crate::diag::Span;
use crate::source::FileId;

/// The text with every operation in parentheses of its own, to show the grouping.
fn grouped(text: &str) -> String {
    fn write(expr: &super::Expr) -> String {
        match &expr.kind {
            ExprKind::Unary { op, operand } => format!("({} {})", op.symbol(), write(operand)),
            ExprKind::Binary { op, left, right } => {
                format!("({} {} {})", write(left), op.symbol(), write(right))
            }
            _ => super::print(expr),
        }
    }
    write(&tree(text))
}

#[test]
fn operators_group_by_precedence() {
    for (text, expected) in [
        ("a + b * c", "(a + (b * c))"),
        ("a * b + c", "((a * b) + c)"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b / c", "((a / b) / c)"),
        ("a / b * c", "((a / b) * c)"),
        ("a ^ b ^ c", "(a ^ (b ^ c))"),
        ("-a ^ b", "(- (a ^ b))"),
        ("a ^ -b", "(a ^ (- b))"),
        ("a ^ -b ^ c", "(a ^ (- (b ^ c)))"),
        ("a ^ -b * c", "((a ^ (- b)) * c)"),
        ("2^-1", "(2 ^ (- 1))"),
        ("-a * b", "((- a) * b)"),
        ("a * -b", "(a * (- b))"),
        ("a - -b", "(a - (- b))"),
        ("--a", "(- (- a))"),
        ("a + b < c * d", "((a + b) < (c * d))"),
        ("not a == b", "(not (a == b))"),
        ("not a and b", "((not a) and b)"),
        ("not not a", "(not (not a))"),
        ("a and not b", "(a and (not b))"),
        ("a or b and c", "(a or (b and c))"),
        ("a and b or c", "((a and b) or c)"),
        ("a < b and b <= c", "((a < b) and (b <= c))"),
        ("a == (b == c)", "(a == (b == c))"),
        ("(a + b) * c", "((a + b) * c)"),
        ("a\n  + b\t* c", "(a + (b * c))"),
    ] {
        assert_eq!(grouped(text), expected, "{text}");
    }
}

#[test]
fn every_form_prints_canonically() {
    for (text, expected) in [
        ("((a))", "a"),
        ("1_000_000", "1000000"),
        ("2.5e3", "2500"),
        ("1E-7", "1e-7"),
        ("1e21", "1e21"),
        ("007", "7"),
        ("1.7976931348623157e308", "1.7976931348623157e308"),
        ("5e-324", "5e-324"),
        ("0.1", "0.1"),
        ("f()", "f()"),
        ("f(a,)", "f(a)"),
        (
            "beta(median=0.88,concentration=40)",
            "beta(median = 0.88, concentration = 40)",
        ),
        ("sum(x,country by region)", "sum(x, country by region)"),
        ("x[year=2_027]", "x[year = 2027]"),
        ("x[year=\"2027\"]", "x[year = 2027]"),
        ("x[step=-1]", "x[step = -1]"),
        ("x[level=0.5]", "x[level = \"0.5\"]"),
        (
            "x[year = 2027, country = \"DEU\"][a = \"b\"]",
            "x[year = 2027, country = \"DEU\"][a = \"b\"]",
        ),
        ("(a + b)[year = 1]", "(a + b)[year = 1]"),
        ("(a)[year = 1]", "a[year = 1]"),
        ("f(x)[year = 1]^2", "f(x)[year = 1]^2"),
        (
            "interpolate(t, {2023: a, -1.5: b,})",
            "interpolate(t, {2023: a, -1.5: b})",
        ),
        ("metalog([1, 2 , 3])", "metalog([1, 2, 3])"),
        ("[]", "[]"),
        ("{}", "{}"),
        (r#"country == "a\"b\\c""#, r#"country == "a\"b\\c""#),
        ("\"Großbritannien\"", "\"Großbritannien\""),
        ("true or false", "true or false"),
        ("if(a, b, c)", "if(a, b, c)"),
        ("e^pi", "e^pi"),
        ("by + by", "by + by"),
        ("f(by by by)", "f(by by by)"),
        ("-(a + b)", "-(a + b)"),
        ("(-a)^2", "(-a)^2"),
        ("(a^b)^c", "(a^b)^c"),
        ("not (a and b)", "not (a and b)"),
        ("(not a) == b", "(not a) == b"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn places_are_those_of_the_file() {
    let origin = TextOrigin::contiguous(FileId(7), 50);
    let span = |start: u32, end: u32| Span::new(FileId(7), 50 + start, 50 + end);
    let expr = parse(" a + f(b, c = 1)", &origin).unwrap();
    assert_eq!(expr.span, span(1, 16));
    let ExprKind::Binary {
        op: BinaryOp::Add,
        right,
        ..
    } = &expr.kind
    else {
        panic!("a sum: {expr:?}");
    };
    assert_eq!(right.span, span(5, 16));
    let ExprKind::Call {
        function,
        arguments,
    } = &right.kind
    else {
        panic!("a call: {right:?}");
    };
    assert_eq!(function.span, span(5, 6));
    assert_eq!(arguments[1].name.as_ref().unwrap().span, span(10, 11));
    assert_eq!(arguments[1].value.span, span(14, 15));
}

#[test]
fn places_follow_escapes_of_the_file() {
    // The file holds `"x == \"A\""` from byte 20 on.
    let map = vec![21, 22, 23, 24, 25, 26, 28, 29, 31];
    let origin = TextOrigin::mapped(FileId(0), map);
    let expr = parse("x == \"A\"", &origin).unwrap();
    let ExprKind::Binary { right, .. } = &expr.kind else {
        panic!("a comparison: {expr:?}");
    };
    assert_eq!(right.span, Span::new(FileId(0), 26, 31));
}

#[test]
fn numbers_are_correctly_rounded() {
    for (text, bits) in [
        // 2^53 + 1 lies midway between two doubles and goes to the even one.
        ("9007199254740993", 9_007_199_254_740_992.0_f64.to_bits()),
        ("0.1", 0x3FB9_9999_9999_999A),
        ("2.2250738585072014e-308", 0x0010_0000_0000_0000),
    ] {
        let ExprKind::Number(value) = tree(text).kind else {
            panic!("{text} is a number");
        };
        assert_eq!(value.to_bits(), bits, "{text}");
    }
}
