//! Numbers where truth values are asked for.

use super::model;

/// Nodes of all kinds; `body` uses them. The output `y` publishes what is given, `all` everything else.
fn with(declarations: &str, y: &str) -> super::Case {
    model(&format!(
        "[dimensions.year]\nrange = [1, 3]\ntime = true\n[data.flag]\nvalue = 1\n[data.amount]\nvalue = 3\n[data.trend]\nover = [\"year\"]\nvalues = [1, 2, 3]\n[inputs.coin]\nis = 'bernoulli(p = 0.5)'\n[inputs.size]\nis = 'normal(mean = 0, sd = 1)'\n[inputs.side]\nis = 'discrete(values = [0, 1], weights = [1, 1])'\n[inputs.die]\nis = 'discrete_uniform(low = 1, high = 6)'\n[inputs.calls]\nis = 'poisson(mean = 3)'\n{declarations}\n[outputs.all]\nis = 'flag + amount + coin + size + side + die + calls + trend'\nplaces = [\"world\"]\n[outputs.y]\nis = '{y}'\n"
    ))
}

fn codes(case: &super::Case) -> Vec<String> {
    let all = case.problems();
    all.iter()
        .map(|problem| problem.split(' ').nth(1).unwrap_or(problem).to_owned())
        .collect()
}

const TRUTHS: &[&str] = &[
    "flag",
    "coin",
    "side",
    "size > 0",
    "1 - coin",
    "coin * side",
    "min(coin, side)",
    "max(coin, 0)",
    "if(size > 0, coin, 1)",
    "not coin",
    "coin == side",
];

const NUMBERS: &[&str] = &[
    "amount",
    "size",
    "calls",
    "2 * coin",
    "amount / 3",
    "exp(size)",
    "abs(size)",
    "clamp(size, 0, 1)",
    "if(coin, size, 0)",
    "size + amount",
];

/// Neither surely truth values nor surely not.
const UNKNOWN: &[&str] = &["die", "coin + side", "round(size)", "min(size, 1)"];

#[test]
fn conditions_are_no_numbers() {
    for (list, expected) in [
        (TRUTHS, &[][..]),
        (UNKNOWN, &[]),
        (NUMBERS, &["not-a-truth-value"]),
    ] {
        for is in list {
            // By way of a variable, so that the form of the condition itself tells nothing.
            let v = format!("[variables.v]\nis = '{is}'");
            for y in ["if(v, 2, 3)", "v and coin", "coin or v", "not v"] {
                let case = with(&v, y);
                assert_eq!(codes(&case), expected, "{is} in {y}");
            }
            let w = format!("{v}\n[variables.w]\nis = 'if(v, 2, 3)'");
            assert_eq!(codes(&with(&w, "w")), expected, "{is}");
            let sd = format!("{v}\n[inputs.w]\nis = 'normal(mean = 0, sd = if(v, 2, 3))'");
            assert_eq!(codes(&with(&sd, "w")), expected, "{is}");
        }
    }
    let case = with("[variables.v]\nis = 'size'", "if(v, 2, 3)");
    assert_eq!(case.diagnostics()[0].related.len(), 1);
}

#[test]
fn what_is_counted_is_no_number() {
    for (is, expected) in [
        ("flag * (year > 1)", &[][..]),
        ("amount * year", &["not-a-truth-value"]),
    ] {
        let v = format!("[variables.v]\nis = '{is}'");
        for reduction in ["count", "any", "all"] {
            let case = with(&v, &format!("{reduction}(v, year)"));
            assert_eq!(codes(&case), expected, "{reduction}({is})");
        }
    }
}

#[test]
fn statements_are_surely_truth_values() {
    for (list, expected) in [
        (TRUTHS, &[][..]),
        (UNKNOWN, &["not-a-truth-value"]),
        (NUMBERS, &["not-a-truth-value"]),
    ] {
        for is in list {
            let v = format!("[variables.v]\nis = '{is}'\n[evidence.e]\nholds = 'v'");
            assert_eq!(codes(&with(&v, "v")), expected, "{is}");
        }
    }
}

#[test]
fn what_was_true_before_may_be_true_now() {
    let v = |is: &str| format!("[variables.v]\nover = [\"year\"]\nis = '{is}'");
    let y = "if(v[year = 3], 2, 3)";
    assert_eq!(codes(&with(&v("prev(v, 1) * coin"), y)), [""; 0]);
    assert_eq!(
        codes(&with(&v("prev(v, 1) * amount"), y)),
        ["not-a-truth-value"]
    );
    assert_eq!(
        codes(&with(&v("prev(v, 5) * coin"), y)),
        ["not-a-truth-value"]
    );
}

#[test]
fn a_variant_keeps_truth_values() {
    let evidence = "[evidence.e]\nholds = 'coin'";
    for (set, expected) in [
        ("1", &[][..]),
        ("bernoulli(p = 0.1)", &[]),
        ("0.7", &["not-a-truth-value", "not-a-truth-value"]),
    ] {
        let text = format!("{evidence}\n[scenarios.s]\nset.coin = '{set}'");
        assert_eq!(codes(&with(&text, "if(coin, 2, 3)")), expected, "{set}");
    }
}
