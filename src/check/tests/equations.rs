//! Mistakes in expressions, distributions, units and correlations.

use super::{all, model};

/// Dimensions `year` (time), `country` with parent `region`, data `d` over country and year, and the output `y`.
fn y(is: &str) -> super::Case {
    model(&format!(
        "[outputs.y]\nis = '{is}'\n[data.d]\nover = [\"country\", \"year\"]\nvalues = {{}}\ndefault = 1\n[dimensions.year]\nrange = [2023, 2027]\ntime = true\n[dimensions.country]\nlabels = [\"JPN\", \"DEU\"]\nparent.region = {{ JPN = \"asia\", DEU = \"europe\" }}\n[dimensions.region]\nlabels = [\"asia\", \"europe\"]\n"
    ))
}

fn finds(cases: &[(&str, &[&str])]) {
    for (is, expected) in cases {
        // Sums over both dimensions, so that no place asks for a roll-up.
        y(is).finds(expected);
    }
}

#[test]
fn names_are_known() {
    finds(&[
        ("sum(d, country)", &[]),
        ("sum(d, country) + dd", &["4:25 unknown-name"]),
        ("sum(d, country) + country", &["4:25 dimension-as-value"]),
        ("sum(d, country) + exp", &["4:25 unknown-name"]),
        ("sum(d, country) + \"JPN\"", &["4:25 unexpected-text"]),
        ("sum(d, country) + exq(1)", &["4:25 unknown-function"]),
        (
            "sum(d, country) + normal(mean = 0, sd = 1)",
            &["4:25 misplaced-distribution"],
        ),
        ("sum(d, country) + pi + e + year", &[]),
    ]);
}

#[test]
fn labels_are_known() {
    finds(&[
        ("sum(d * (country == \"JPN\"), country)", &[]),
        ("sum(d * (\"JPN\" != country), country)", &[]),
        ("sum(d * (region == \"asia\"), country)", &[]),
        (
            "sum(d * (country == \"JPM\"), country)",
            &["4:27 unknown-label"],
        ),
        (
            "sum(d * (region == \"JPN\"), country)",
            &["4:26 unknown-label"],
        ),
        ("d[country = \"JPN\", year = 2027]", &[]),
        ("d[country = \"JPN\", year = 2028]", &["4:33 unknown-label"]),
        ("d[country = \"FRA\", year = 2027]", &["4:19 unknown-label"]),
    ]);
}

#[test]
fn reductions_and_slices_need_their_dimension() {
    finds(&[
        ("sum(sum(d, country), country)", &["4:28 no-such-dimension"]),
        ("sum(d, region)", &["4:14 no-such-dimension"]),
        ("sum(sum(d, country by region), region)", &[]),
        ("sum(d, country by year)", &["4:25 not-a-parent"]),
        ("sum(d, country by country)", &["4:25 not-a-parent"]),
        (
            "sum(d, country)[country = \"JPN\"]",
            &["4:23 no-such-dimension"],
        ),
        (
            "sum(d, country)[year = 2023][year = 2024]",
            &["4:36 no-such-dimension"],
        ),
        ("sum(d)", &["4:7 wrong-arguments"]),
        ("sum(d, d)", &["4:14 unknown-dimension"]),
        ("quantile(d, 0.5, country)", &[]),
        ("quantile(d, 1.5, country)", &["4:19 out-of-domain"]),
    ]);
}

#[test]
fn functions_take_their_arguments() {
    finds(&[
        ("max(sum(d, country), 1, 2)", &[]),
        ("max(d, country)", &[]),
        ("exp(sum(d, country), 2)", &["4:7 wrong-arguments"]),
        ("exp(x = sum(d, country))", &["4:11 wrong-arguments"]),
        ("clamp(sum(d, country), 2)", &["4:7 wrong-arguments"]),
        (
            "interpolate(year, {2023: 1, 2025: 2}) * sum(d, country)",
            &[],
        ),
        (
            "interpolate(year, {2025: 1, 2023: 2}) * sum(d, country)",
            &["4:35 bad-knots"],
        ),
        (
            "interpolate(year, {2023: 1}) * sum(d, country)",
            &["4:25 bad-knots"],
        ),
        (
            "interpolate(year, 3) * sum(d, country)",
            &["4:25 wrong-arguments"],
        ),
        ("sum(prev(d, 0), country)", &[]),
        (
            "prev(sum(d[year = 2023], country), 0)",
            &["4:12 no-such-dimension"],
        ),
        (
            "cumulative(sum(d[year = 2023], country))",
            &["4:18 no-such-dimension"],
        ),
    ]);
}

#[test]
fn truth_values_are_asked_for() {
    finds(&[
        ("if(sum(d, country) > 1, 1, 2)", &[]),
        ("if(1, 1, 2) * sum(d, country)", &[]),
        (
            "if(3.5, 1, 2) * sum(d, country)",
            &["4:10 not-a-truth-value"],
        ),
        ("(sum(d, country) > 1) * 3", &[]),
        ("sum(d, country) > 1 and 2", &["4:31 not-a-truth-value"]),
        ("not year * sum(d, country)", &["4:11 not-a-truth-value"]),
        (
            "not year and sum(d, country) > 1",
            &["4:11 not-a-truth-value"],
        ),
        ("count(d + 1, country)", &["4:13 not-a-truth-value"]),
    ]);
}

#[test]
fn time_functions_need_a_time_dimension() {
    all(&[
        (
            "[data.a]\nvalue = 1\n[outputs.y]\nis = 'prev(a, 1)'\n",
            &["6:7 needs-time"],
        ),
        (
            "[data.a]\nvalue = 1\n[outputs.y]\nis = 'cumulative(a)'\n",
            &["6:7 needs-time"],
        ),
    ]);
}

#[test]
fn two_ways_to_one_parent_are_ambiguous() {
    let text = |is: &str| {
        format!(
            "[dimensions.city]\nlabels = [\"c\"]\nparent.region = {{ c = \"r\" }}\n[dimensions.office]\nlabels = [\"o\"]\nparent.region = {{ o = \"r\" }}\n[dimensions.region]\nlabels = [\"r\"]\n[data.a]\nover = [\"city\"]\nvalues = [1]\n[data.b]\nover = [\"office\"]\nvalues = [1]\n[data.r]\nover = [\"region\"]\nvalues = [1]\n[variables.v]\nis = '{is}'\nrollup = \"sum\"\n[outputs.v]\nplaces = [\"city\"]\n[outputs.a]\nplaces = [\"city\"]\n[outputs.b]\nplaces = [\"office\"]\n[outputs.r]\nplaces = [\"region\"]\n"
        )
    };
    model(&text("a * r")).finds(&["22:10 unused-rollup"]);
    let found = model(&text("a * b * r")).problems();
    assert!(
        found
            .iter()
            .any(|problem| problem.ends_with("ambiguous-parent")),
        "{found:?}"
    );
}

#[test]
fn cycles_are_printed() {
    let text = "[variables.a]\nis = 'b + 1'\n[variables.b]\nis = 'c + 1'\n[variables.c]\nis = 'a + 1'\n[outputs.a]\n";
    model(text).finds(&["4:7 cycle"]);
    let message = &model(text).diagnostics()[0].message;
    assert!(message.ends_with("`a` → `b` → `c` → `a`"), "{message}");
    assert_eq!(model(text).diagnostics()[0].related.len(), 2);
    all(&[("[variables.a]\nis = 'a + 1'\n[outputs.a]\n", &["4:7 cycle"])]);
}

#[test]
fn only_the_past_closes_a_cycle() {
    let text = |over: &str, is: &str| {
        format!(
            "[dimensions.year]\nrange = [1, 3]\ntime = true\n[variables.a]\n{over}\nis = '{is}'\n[outputs.a]\n"
        )
    };
    let over = "over = [\"year\"]";
    for (over, is, expected) in [
        (over, "prev(a, 1) * 2", &[][..]),
        (over, "prev(cumulative(a), 1)", &[]),
        ("", "prev(a, 1) * 2", &["6:12 missing-over"]),
        (over, "prev(a, a) * 2", &["8:15 cycle"]),
        (over, "prev(a[year = 2], 1)", &["8:12 cycle"]),
        (over, "prev(a, 1)[year = 2] * year", &["8:12 cycle"]),
        (over, "prev(sum(a, year) * year, 1)", &["8:16 cycle"]),
        (over, "cumulative(a)", &["8:18 cycle"]),
    ] {
        let found = model(&text(over, is)).problems();
        assert!(
            expected
                .iter()
                .all(|due| found.contains(&(*due).to_owned())),
            "{is}: {found:?}"
        );
        assert_eq!(found.is_empty(), expected.is_empty(), "{is}: {found:?}");
    }
}

#[test]
fn definitions_fit_their_over() {
    let text = |over: &str| {
        format!(
            "[dimensions.c]\nlabels = [\"x\"]\n[dimensions.t]\nrange = [1, 2]\n[data.d]\nover = [\"c\"]\nvalues = [1]\n[variables.v]\nover = [{over}]\nis = 'd * t'\n[outputs.v]\n"
        )
    };
    model(&text("\"c\", \"t\"")).finds(&[]);
    model(&text("\"c\"")).finds(&["12:7 shape"]);
    model(&text("\"t\"")).finds(&["12:7 shape"]);
}

#[test]
fn inputs_are_distributions_with_the_right_parameters() {
    let case = |is: &str, expected: &[&str]| {
        model(&format!("[inputs.a]\nis = '{is}'\n[outputs.a]\n")).finds(expected)
    };
    case("normal(mean = 0, sd = 1)", &[]);
    case("3", &["4:7 not-a-distribution"]);
    case("nomral(mean = 0, sd = 1)", &["4:7 not-a-distribution"]);
    case("normal(mean = 0)", &["4:7 wrong-parameters"]);
    case("normal(mean = 0, scale = 1)", &["4:24 unknown-parameter"]);
    case(
        "normal(0, 1)",
        &["4:14 unnamed-parameter", "4:17 unnamed-parameter"],
    );
    case("normal(mean = 0, sd = -1)", &["4:29 out-of-domain"]);
    case("normal(mean = 0, sd = 1 - 3)", &["4:29 out-of-domain"]);
    case("normal(p05 = 3, p95 = 1)", &["4:7 out-of-domain"]);
    case(
        "discrete(values = [1, 2], weights = [1, z])",
        &["4:47 not-constant"],
    );
    case(
        "discrete(values = [1, 2], weights = [1, -1])",
        &["4:43 out-of-domain"],
    );
    case("bernoulli(p = 1.5)", &["4:21 out-of-domain"]);
}

#[test]
fn domains_are_checked_for_every_cell_of_data() {
    let text = "[dimensions.c]\nlabels = [\"x\", \"y\"]\n[data.s]\nover = [\"c\"]\nvalues = [1, -1]\n[inputs.a]\nover = [\"c\"]\nis = 'normal(mean = 0, sd = s)'\n[outputs.a]\n";
    model(text).finds(&["10:29 out-of-domain"]);
    assert!(model(text).diagnostics()[0].message.ends_with("(c y)"));
    model(&text.replace("[1, -1]", "[1, 2]")).finds(&[]);
}

#[test]
fn solved_parameters_do_not_vary_by_trial() {
    let text = |is: &str| {
        format!(
            "[inputs.a]\nis = 'uniform(low = 1, high = 2)'\n[variables.v]\nis = '2 * a'\n[inputs.b]\nis = '{is}'\n[outputs.b]\n"
        )
    };
    model(&text("normal(mean = v, sd = a)")).finds(&[]);
    model(&text("normal(p05 = v, p95 = 9)")).finds(&["8:20 varying-parameter"]);
}

#[test]
fn empirical_reads_a_column() {
    let case = |is: &str| {
        model(&format!("[inputs.a]\nis = '{is}'\n[outputs.a]\n")).table("e.csv", "c\n1\n2\n")
    };
    case("empirical(table = \"e.csv\", column = \"c\")").finds(&[]);
    case("empirical(table = \"e.csv\", column = \"d\")").finds(&["4:43 missing-column"]);
    case("empirical(table = \"f.csv\", column = \"c\")").finds(&["4:25 missing-file"]);
    case("empirical(table = \"e.csv\")").finds(&["4:7 wrong-arguments"]);
}

#[test]
fn what_inputs_have_in_common_is_checked() {
    let text = |keys: &str| {
        format!(
            "[dimensions.year]\nrange = [1, 2]\ntime = true\n[dimensions.c]\nlabels = [\"x\", \"y\"]\nparent.r = {{ x = \"u\", y = \"v\" }}\n[dimensions.r]\nlabels = [\"u\", \"v\"]\n[inputs.a]\nover = [\"c\", \"year\"]\nis = 'normal(mean = 0, sd = 1)'\n{keys}\n[inputs.b]\nis = 'normal(mean = 0, sd = 1)'\n{}[outputs.a]\nplaces = [\"c\"]\n[outputs.b]\n",
            ""
        )
    };
    for (keys, expected) in [
        ("alike = { world = 0.3, r = 0.3 }", &[][..]),
        ("persist = 0.8", &[]),
        ("alike = { world = 0.7, r = 0.4 }", &["14:19 out-of-domain"]),
        ("alike = { world = 0.0 }", &["14:19 out-of-domain"]),
        ("alike = { c = 0.5 }", &["14:11 useless-alike"]),
        ("alike = { q = 0.5 }", &["14:11 unknown-dimension"]),
        ("persist = 1.0", &["14:11 out-of-domain"]),
        ("persist = 0", &["14:11 out-of-domain"]),
        ("stream = \"b\"", &["14:10 duplicate-stream"]),
        ("stream = \"a\"", &["14:10 useless-stream"]),
    ] {
        let found = model(&text(keys)).problems();
        let close = |due: &&str| {
            found
                .iter()
                .any(|own| own.split(' ').nth(1) == due.split(' ').nth(1))
        };
        assert!(
            expected.iter().all(close) && found.len() == expected.len(),
            "{keys}: {found:?}"
        );
    }
    all(&[
        (
            "[inputs.a]\nis = 'normal(mean = 0, sd = 1)'\nalike = { world = 0.5 }\n[outputs.a]\n",
            &["5:11 useless-alike"],
        ),
        (
            "[inputs.a]\nis = 'normal(mean = 0, sd = 1)'\npersist = 0.5\n[outputs.a]\n",
            &["5:11 needs-time"],
        ),
    ]);
}

#[test]
fn units_agree() {
    let case = |is: &str, unit: &str, expected: &[&str]| {
        model(&format!("[data.usd]\nvalue = 2\nunit = \"USD\"\n[data.call]\nvalue = 3\nunit = \"call\"\n[data.n]\nvalue = 2\n[variables.v]\nis = '{is}'\nunit = \"{unit}\"\n[outputs.v]\n[outputs.o]\nis = 'usd * call * n'\n"))
            .finds(expected);
    };
    case("usd / call", "USD/call", &[]);
    case("usd / call", "USD", &["12:7 unit-mismatch"]);
    case("usd + call", "USD", &["12:13 unit-mismatch"]);
    case("usd + 1", "USD", &["12:13 unit-mismatch"]);
    case("usd + 0", "USD", &[]);
    case("max(usd, 0)", "USD", &[]);
    case("exp(usd)", "1", &["12:11 unit-mismatch"]);
    case("exp(usd / usd)", "1", &[]);
    case("usd^2", "USD^2", &[]);
    case("sqrt(usd^2)", "USD", &[]);
    case("(usd^2)^(1/2)", "USD", &[]);
    case("usd^n", "USD", &["12:11 unit-power"]);
    case("n^call", "1", &["12:9 unit-mismatch"]);
    case("if(usd, 1, 2)", "1", &["12:10 not-a-truth-value"]);
    case("if(usd > 1, 1, 2)", "1", &["12:16 unit-mismatch"]);
    case("if(usd > 2 * usd, n, 2)", "1", &[]);
    case("sign(usd)", "1", &[]);
    case("usd == call", "1", &["12:14 unit-mismatch"]);
}

#[test]
fn units_of_parameters_follow_their_roles() {
    let case = |is: &str, expected: &[&str]| {
        model(&format!("[data.usd]\nvalue = 2\nunit = \"USD\"\n[data.n]\nvalue = 2\n[inputs.a]\nis = '{is}'\nunit = \"USD\"\n[outputs.a]\n[outputs.o]\nis = 'usd * n'\n")).finds(expected);
    };
    case("normal(mean = 5, sd = 1)", &[]);
    case("normal(mean = usd, sd = 0.1 * usd)", &[]);
    case("normal(mean = n, sd = 0.1)", &["9:21 unit-mismatch"]);
    case("lognormal(median = usd, gsd = n)", &[]);
    case(
        "lognormal(median = usd, gsd = usd)",
        &["9:37 unit-mismatch"],
    );
    case("normal(p05 = usd, p95 = 3 * usd)", &[]);
}

#[test]
fn units_through_prev_are_inferred() {
    let text = |extra: &str| {
        format!(
            "[dimensions.year]\nrange = [1, 3]\ntime = true\n[data.flow]\nvalue = 1\nunit = \"call\"\n[variables.stock]\nover = [\"year\"]\nis = 'prev(stock, 0) + flow{extra}'\n[outputs.stock]\nunit = \"call\"\n"
        )
    };
    model(&text("")).finds(&[]);
    model(&text(" * flow")).finds(&["13:8 unit-mismatch"]);
}

#[test]
fn correlations_are_possible() {
    let text = |entry: &str| {
        format!(
            "[inputs.a]\nis = 'normal(mean = 0, sd = 1)'\n[inputs.b]\nis = 'lognormal(mu = 0, sigma = 1)'\n[inputs.c]\nis = 'bernoulli(p = 0.5)'\n[data.d]\nvalue = 1\n[outputs.o]\nis = 'a + b + c + d'\n[[correlations]]\n{entry}\n"
        )
    };
    for (entry, expected) in [
        (
            "between = [\"a\", \"b\"]\nkind = \"spearman\"\nvalue = 0.4",
            &[][..],
        ),
        (
            "between = [\"a\", \"b\"]\nkind = \"pearson\"\nvalue = 0.4",
            &[],
        ),
        // The largest Pearson correlation of a normal and this lognormal is 1/sqrt(e − 1) = 0.763.
        (
            "between = [\"a\", \"b\"]\nkind = \"pearson\"\nvalue = 0.8",
            &["16:9 unreachable-correlation"],
        ),
        (
            "between = [\"a\", \"c\"]\nkind = \"spearman\"\nvalue = 0.4",
            &["16:9 correlation-kind"],
        ),
        (
            "between = [\"a\", \"c\"]\nkind = \"copula\"\nvalue = 0.4",
            &[],
        ),
        (
            "between = [\"a\", \"d\"]\nkind = \"copula\"\nvalue = 0.4",
            &["14:17 not-an-input"],
        ),
        (
            "between = [\"a\", \"x\"]\nkind = \"copula\"\nvalue = 0.4",
            &["14:17 unknown-name"],
        ),
        (
            "between = [\"a\", \"b\"]\nkind = \"copula\"\nvalue = 1.4",
            &["16:9 wrong-matrix"],
        ),
        (
            "between = [\"a\", \"b\", \"c\"]\nkind = \"copula\"\nvalues = [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]",
            &["16:15 not-positive-semi-definite"],
        ),
        (
            "between = [\"a\", \"b\", \"c\"]\nkind = \"copula\"\nvalues = [[1, 0.9, 0.9], [0.9, 1, 0.9], [0.8, 0.9, 1]]",
            &["16:42 wrong-matrix"],
        ),
        (
            "between = [\"a\", \"b\"]\nkind = \"copula\"\nvalue = 0.1\n[[correlations]]\nbetween = [\"b\", \"a\"]\nkind = \"copula\"\nvalue = 0.2",
            &["20:9 duplicate-correlation"],
        ),
    ] {
        let found = model(&text(entry)).problems();
        let close = |due: &&str| {
            found
                .iter()
                .any(|own| own.split(' ').nth(1) == due.split(' ').nth(1))
        };
        assert!(
            expected.iter().all(close) && found.len() == expected.len(),
            "{entry}: {found:?}"
        );
    }
    let checked = model(&text(
        "between = [\"b\", \"a\"]\nkind = \"pearson\"\nvalue = 0.4",
    ))
    .checked();
    let score = checked.correlations[0].asked[0].score;
    // Closed form: corr(Z, e^Z) = ρ/√(e − 1).
    let due = 0.4 * (1f64.exp() - 1.0).sqrt();
    assert!((score - due).abs() < 1e-9, "{score} {due}");
}

#[test]
fn correlated_inputs_are_alike() {
    let text = "[dimensions.c]\nlabels = [\"x\", \"y\"]\n[inputs.a]\nover = [\"c\"]\nis = 'normal(mean = 0, sd = 1)'\n[inputs.b]\nis = 'normal(mean = 0, sd = 1)'\n[outputs.o]\nis = 'a + b'\n[[correlations]]\nbetween = [\"a\", \"b\"]\nkind = \"copula\"\nvalue = 0.4\n";
    model(text).finds(&["13:17 incompatible-inputs"]);
    let over = text.replace("[inputs.b]\n", "[inputs.b]\nover = [\"c\"]\n");
    model(&over).finds(&[]);
    model(&over.replace("[inputs.b]\n", "[inputs.b]\nalike = { world = 0.5 }\n"))
        .finds(&["15:17 incompatible-inputs"]);
}

#[test]
fn long_chains_and_large_cycles_do_not_exhaust_the_stack() {
    let mut text = String::from("[variables.v0]\nis = '1'\n");
    for k in 1..20_000 {
        text.push_str(&format!("[variables.v{k}]\nis = 'v{} + 1'\n", k - 1));
    }
    text.push_str("[outputs.v19999]\n");
    model(&text).finds(&[]);
    model(&text.replacen("is = '1'", "is = 'v19999'", 1)).finds(&["4:7 cycle"]);
}
