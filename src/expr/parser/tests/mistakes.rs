//! Mistakes: their code, their place and the hint that mends them.

use super::read;
use crate::diag::Diagnostic;

fn mistakes(text: &str) -> Vec<Diagnostic> {
    read(text).expect_err(text)
}

/// The one problem of `text`: its code, the text it points at and its hints.
fn only(text: &str) -> (&'static str, String, String) {
    let problems = mistakes(text);
    if problems.len() > 1 {
        return ("several", format!("{problems:?}"), String::new());
    }
    let span = problems[0].span.unwrap();
    let place = text[span.start as usize..span.end as usize].to_owned();
    assert!(
        !problems[0].expected.is_empty(),
        "{text}: says what was expected"
    );
    (problems[0].code, place, problems[0].hints.join("; "))
}

#[test]
fn one_mistake_is_one_problem_with_its_place_and_hint() {
    let mut wrong = Vec::new();
    for (text, code, place, hint) in [
        // Signs of other languages and of typography.
        ("a × b", "unknown-operator", "×", "use `*`"),
        ("a − b", "unknown-operator", "−", "use `-`"),
        ("a ≤ b", "unknown-operator", "≤", "use `<=`"),
        ("a && b", "unknown-operator", "&&", "use `and`"),
        ("a || b", "unknown-operator", "||", "use `or`"),
        ("!a", "unknown-operator", "!", "use `not`"),
        ("a ** b", "unknown-operator", "**", "use `^`"),
        ("a === b", "unknown-operator", "===", "use `==`"),
        ("a <> b", "unknown-operator", "<>", "use `!=`"),
        ("country == “DEU”", "bad-quote", "“DEU”", "write `\"DEU\"`"),
        ("country == 'DEU'", "bad-quote", "'DEU'", "write `\"DEU\"`"),
        ("country = \"DEU\"", "unexpected-token", "=", "use `==`"),
        ("a % b", "unexpected-token", "%", "`0.05`"),
        ("5%", "unexpected-token", "%", "`0.05`"),
        ("a ? b : c", "unexpected-token", "?", "if(condition"),
        (
            "if a then b else c",
            "unexpected-token",
            "if",
            "if(condition",
        ),
        ("x²", "unknown-character", "²", "`^2`"),
        ("a @ b", "unknown-character", "@", ""),
        (
            "a +\u{a0}b",
            "unknown-character",
            "\u{a0}",
            "ordinary space",
        ),
        ("a # remark", "unknown-character", "#", "comments"),
        // Numbers.
        ("1e400", "number-too-large", "1e400", ""),
        ("1e-400", "number-too-small", "1e-400", ""),
        (".5", "malformed-number", ".5", "`0.5`"),
        ("5.", "malformed-number", "5.", "`5.0`"),
        ("1__0", "malformed-number", "1__0", "`10`"),
        ("1_", "malformed-number", "1_", "`1`"),
        ("2x", "malformed-number", "2x", "`2 * x`"),
        ("450M", "malformed-number", "450M", "`450e6`"),
        ("1.2.3", "malformed-number", "1.2.3", "once"),
        // Names and text.
        ("Revenue + 1", "bad-name", "Revenue", "`revenue`"),
        ("country == DEU", "bad-name", "DEU", "\"DEU\""),
        ("a.b", "bad-name", "a.b", "`a_b`"),
        ("größe", "bad-name", "größe", ""),
        ("2 * π", "bad-name", "π", "`pi`"),
        ("a AND b", "bad-name", "AND", "`and`"),
        ("\"abc", "unterminated-text", "\"abc", "close"),
        (r#""a\n""#, "bad-escape", r"\n", r"`\\`"),
        // Operators and operands.
        ("a b", "missing-operator", "b", "`*`"),
        ("2(a)", "missing-operator", "(", "only a name"),
        ("(a)(b)", "missing-operator", "(", "only a name"),
        ("a + * b", "unexpected-token", "*", "each side"),
        ("a +", "unexpected-token", "", ""),
        ("", "unexpected-token", "", ""),
        ("+a", "unexpected-token", "+", "remove"),
        ("a == not b", "unexpected-token", "not", "(not x)"),
        ("a < b < c", "chained-comparison", "<", "`a < b and b < c`"),
        (
            "a == b == c == d",
            "chained-comparison",
            "==",
            "`a == b and b == c`",
        ),
        // Brackets.
        ("(a + b", "unclosed-bracket", "", "`)`"),
        ("f(a, b", "unclosed-bracket", "", "`)`"),
        ("(f(a)", "unclosed-bracket", "", "`)`"),
        ("f(a]", "unexpected-token", "]", "`)`"),
        ("f([a)", "unclosed-bracket", ")", "`]`"),
        ("a)", "unexpected-token", ")", "no `(`"),
        ("()", "unexpected-token", "()", "remove"),
        ("(a, b)", "unexpected-token", "b", "`[a, b]`"),
        ("(a,)", "unexpected-token", "(a,)", "`[a, b]`"),
        ("2,5", "unexpected-token", ",", "point"),
        ("f(a,,b)", "unexpected-token", ",", "comma"),
        ("f(a b)", "missing-operator", "b", "commas"),
        // Calls, slices, maps.
        ("f(a = 1, a = 2)", "duplicate-argument", "a", "remove"),
        ("f(a = 1, 2)", "positional-after-named", "2", "name"),
        (
            "sum(x + 1 by region)",
            "unexpected-token",
            "by",
            "country by region",
        ),
        (
            "sum(x, country by)",
            "unexpected-token",
            ")",
            "country by region",
        ),
        ("x by y", "unexpected-token", "by", "reduction"),
        ("x[2027]", "unexpected-token", "2027", "x[year = 2027"),
        ("x[country]", "unexpected-token", "]", "x[year = 2027"),
        (
            "x[country == \"DEU\"]",
            "unexpected-token",
            "==",
            "x[year = 2027",
        ),
        ("x[country = deu]", "unexpected-token", "deu", "\"deu\""),
        (
            "x[year = 1, year = 2]",
            "duplicate-selector",
            "year",
            "remove",
        ),
        ("x[]", "unexpected-token", "[]", "x[year = 2027]"),
        ("[1, 2][a = 1]", "missing-operator", "[", "to slice"),
        ("{a: 1}", "unexpected-token", "a", "{2023: a"),
        ("{1 = 2}", "unexpected-token", "=", "{2023: a"),
        ("{1: 2, 1.0: 3}", "duplicate-key", "1.0", "remove"),
        ("{0: 2, -0: 3}", "duplicate-key", "-0", "remove"),
        ("a : b", "unexpected-token", ":", "map"),
    ] {
        let (found_code, found_place, found_hint) = only(text);
        if (found_code, found_place.as_str()) != (code, place) || !found_hint.contains(hint) {
            wrong.push(format!(
                "{text}: {found_code} at `{found_place}`: {found_hint}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn all_mistakes_are_reported_in_order() {
    let text = "f(a × b, 2x, x[2027], Revenue) + g(c = 1, c = 2) + ≤ 3 ]";
    let problems = mistakes(text);
    let found: Vec<(&str, u32)> = problems
        .iter()
        .map(|problem| (problem.code, problem.span.unwrap().start))
        .collect();
    let at = |sign: &str| u32::try_from(text.rfind(sign).unwrap()).unwrap();
    assert_eq!(
        found,
        [
            ("unknown-operator", at("×")),
            ("malformed-number", at("2x")),
            ("unexpected-token", at("2027")),
            ("bad-name", at("Revenue")),
            ("duplicate-argument", at("c = 2")),
            ("unknown-operator", at("≤")),
            ("unexpected-token", at("]")),
        ]
    );
}

#[test]
fn an_unclosed_bracket_points_at_its_opening() {
    let problems = mistakes("1 + f(a");
    assert_eq!(problems[0].related[0].span.start, 5);
}

#[test]
fn reading_goes_on_after_a_slip_of_one_argument() {
    let codes: Vec<&str> = mistakes("f(a : b, c d)")
        .iter()
        .map(|problem| problem.code)
        .collect();
    assert_eq!(codes, ["unexpected-token", "missing-operator"]);
}
