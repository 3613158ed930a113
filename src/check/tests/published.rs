//! Mistakes in outputs, crossings, joint statistics, evidence and roll-ups.

use super::{all, model};

/// `users` (amount) and `share` over country with parent region, `tariff` over region.
fn with(nodes: &str, outputs: &str) -> super::Case {
    model(&format!(
        "[dimensions.year]\nrange = [2023, 2027]\ntime = true\n[dimensions.country]\nlabels = [\"JPN\", \"DEU\"]\nparent.region = {{ JPN = \"asia\", DEU = \"europe\" }}\n[dimensions.region]\nlabels = [\"asia\", \"europe\"]\n[data.users]\nover = [\"country\", \"year\"]\nvalues = {{}}\ndefault = 1\nunit = \"user\"\n[data.share]\nover = [\"country\", \"year\"]\nvalues = {{}}\ndefault = 1\n{nodes}\n[outputs.all]\nis = 'users * share'\nplaces = [\"country\"]\n{outputs}\n"
    ))
}

fn codes(case: &super::Case) -> Vec<String> {
    let all = case.problems();
    all.iter()
        .map(|problem| problem.split(' ').nth(1).unwrap_or(problem).to_owned())
        .collect()
}

#[test]
fn a_parent_place_needs_a_rollup() {
    let case = with("", "[outputs.o]\nis = 'users'\nplaces = [\"region\"]");
    assert_eq!(codes(&case), ["missing-rollup"]);
    assert!(case.diagnostics()[0].hints[0].contains("\"sum\""));
    let case = with("", "[outputs.o]\nis = 'share'\nplaces = [\"world\"]");
    assert!(case.diagnostics()[0].hints[0].contains("mean = WEIGHT"));
    assert_eq!(
        codes(&with(
            "",
            "[outputs.o]\nis = 'users'\nplaces = [\"country\"]"
        )),
        [""; 0]
    );
    assert_eq!(
        codes(&with(
            "",
            "[outputs.o]\nis = 'sum(users, country)'\nplaces = [\"world\"]"
        )),
        [""; 0]
    );
    assert_eq!(
        codes(&with("", "[outputs.o]\nis = 'users[country = \"JPN\"]'")),
        [""; 0]
    );
}

#[test]
fn rollups_are_possible() {
    let v = |rollup: &str| {
        format!(
            "[variables.v]\nis = 'users * share'\n{rollup}\n[variables.s]\nis = 'share'\nrollup = {{ mean = \"v\" }}\n"
        )
    };
    let o = "[outputs.v]\nplaces = [\"region\"]\n[outputs.s]\nplaces = [\"world\"]";
    assert_eq!(codes(&with(&v("rollup = \"sum\""), o)), [""; 0]);
    assert_eq!(
        codes(&with(&v("rollup = \"none\""), o)),
        ["bad-weight", "no-rollup"]
    );
    let s = "[variables.s]\nis = 'share'\nrollup = \"sum\"\n";
    assert_eq!(
        codes(&with(s, "[outputs.s]\nplaces = [\"region\"]")),
        ["summing-a-share"]
    );
    let b = "[inputs.b]\nover = [\"country\"]\nis = 'beta(alpha = 2, beta = 3)'\nunit = \"user\"\nrollup = \"sum\"\n";
    assert_eq!(
        codes(&with(b, "[outputs.b]\nplaces = [\"region\"]")),
        ["summing-a-share"]
    );
    for (weight, expected) in [
        (
            "over = [\"country\"]\nvalues = { JPN = 1, DEU = 2 }",
            &[][..],
        ),
        (
            "over = [\"region\"]\nvalues = { asia = 1, europe = 2 }",
            &["bad-weight"],
        ),
        ("value = 1", &["bad-weight"]),
    ] {
        let s = format!(
            "[data.w]\n{weight}\nunit = \"user\"\nrollup = \"sum\"\n[variables.s]\nis = 'share * w / w'\nrollup = {{ mean = \"w\" }}\n"
        );
        let case = with(&s, "[outputs.s]\nplaces = [\"region\"]");
        assert_eq!(codes(&case), expected, "{weight}");
    }
    let w = "[variables.s]\nis = 'share'\nrollup = { mean = \"user\" }\n";
    assert_eq!(
        codes(&with(w, "[outputs.s]\nplaces = [\"region\"]")),
        ["unknown-name"]
    );
}

#[test]
fn a_rollup_that_no_place_needs_is_a_warning() {
    let v = "[variables.v]\nis = 'users * share'\nrollup = \"sum\"\n";
    assert_eq!(
        codes(&with(v, "[outputs.v]\nplaces = [\"country\"]")),
        ["unused-rollup"]
    );
}

#[test]
fn places_are_reached_by_the_quantity() {
    for (places, expected) in [
        ("\"country\"", &[][..]),
        ("\"regoin\"", &["unknown-dimension"]),
        ("\"year\"", &["bad-place"]),
        ("\"country\", \"country\"", &["duplicate-place"]),
    ] {
        let case = with(
            "",
            &format!("[outputs.o]\nis = 'users'\nplaces = [{places}]"),
        );
        assert_eq!(codes(&case), expected, "{places}");
    }
    assert_eq!(
        codes(&with(
            "",
            "[outputs.o]\nis = 'sum(users, country)'\nplaces = [\"region\"]"
        )),
        ["bad-place"]
    );
}

#[test]
fn labels_are_determined_at_the_place() {
    let v = "[variables.v]\nis = 'users * share'\nrollup = \"sum\"\n";
    let at = |is: &str, place: &str| {
        codes(&with(
            v,
            &format!("[outputs.o]\nis = '{is}'\nplaces = [\"{place}\"]"),
        ))
    };
    assert_eq!(at("v * (region == \"asia\")", "region"), [""; 0]);
    assert_eq!(
        at("v * (country == \"JPN\")", "region"),
        ["undetermined-label"]
    );
    assert_eq!(
        at("v * (region == \"asia\")", "world"),
        ["undetermined-label"]
    );
    assert_eq!(at("v * (year == 2023)", "world"), [""; 0]);
    // What a sum by regions leaves is told by regions, by their countries, and not by the world.
    assert_eq!(at("v + sum(users, country by region)", "region"), [""; 0]);
    assert_eq!(
        at("v + sum(users, country by region)", "world"),
        ["undetermined-label"]
    );
    assert_eq!(
        at("v + sum(sum(users, country by region), region)", "world"),
        [""; 0]
    );
    for crossing in ["", "places = [\"world\"]"] {
        let case = with(
            v,
            &format!(
                "[outputs.v]\n[crossings.x]\nof = 'sum(users, country by region)'\nabove = '2 * users[country = \"JPN\"]'\n{crossing}"
            ),
        );
        assert_eq!(codes(&case), ["undetermined-label"]);
    }
}

#[test]
fn outputs_read_nodes() {
    all(&[
        (
            "[data.a]\nvalue = 1\n[outputs.a]\n[outputs.b]\n",
            &["6:10 missing-is"],
        ),
        (
            "[data.a]\nvalue = 1\n[outputs.c]\nis = 'a'\n[outputs.b]\nis = 'c + a'\n",
            &["8:7 unknown-name"],
        ),
        (
            "[data.a]\nvalue = 1\nunit = \"USD\"\n[outputs.a]\nunit = \"call\"\n",
            &["7:8 unit-mismatch"],
        ),
        (
            "[data.a]\nvalue = 1\nunit = \"USD/\"\n[outputs.a]\n",
            &["5:8 bad-unit"],
        ),
    ]);
}

#[test]
fn crossings_run_along_time_and_compare_like_with_like() {
    let v = "[variables.v]\nis = 'users * share'\nrollup = \"sum\"\n";
    let crossing = |of: &str, above: &str| {
        codes(&with(
            v,
            &format!("[crossings.x]\nof = '{of}'\nabove = '{above}'"),
        ))
    };
    assert_eq!(crossing("v", "2 * v"), [""; 0]);
    assert_eq!(crossing("v", "0"), [""; 0]);
    assert_eq!(
        crossing("v", "users / users"),
        ["missing-rollup", "unit-mismatch"]
    );
    assert_eq!(crossing("v[year = 2023]", "v[year = 2024]"), ["needs-time"]);
}

#[test]
fn a_model_publishes_something() {
    all(&[
        ("[data.a]\nvalue = 1\n", &["2:8 nothing-published"]),
        (
            "[data.a]\nvalue = 1\n[evidence.e]\nholds = 'a > 0'\n",
            &["2:8 nothing-published"],
        ),
    ]);
}

#[test]
fn a_place_has_reported_labels() {
    let text = |reported: &str, places: &str| {
        format!(
            "[dimensions.c]\nlabels = [\"x\", \"y\"]\nparent.r = {{ x = \"z\", y = \"z\" }}\nreported = {reported}\n[dimensions.r]\nlabels = [\"z\"]\n[data.a]\nover = [\"c\"]\nvalues = [1, 2]\nrollup = \"sum\"\n[outputs.a]\n{places}\n"
        )
    };
    let none = "{ x = false, y = false }";
    all(&[
        (&text("{ x = false }", ""), &[]),
        (&text(none, ""), &["13:10 empty-place"]),
        (
            &text(none, "places = [\"r\", \"c\"]"),
            &["14:16 empty-place"],
        ),
        (&text(none, "places = [\"r\"]"), &[]),
    ]);
}

#[test]
fn a_parent_without_children_is_a_warning_where_it_counts() {
    let text = |is: &str, places: &str, reported: &str| {
        format!(
            "[dimensions.c]\nlabels = [\"x\"]\nparent.r = {{ x = \"z\" }}\n[dimensions.r]\nlabels = [\"z\", \"w\"]\n{reported}\n[data.a]\nover = [\"c\"]\nvalues = [1]\nrollup = \"sum\"\n[data.b]\nover = [\"r\"]\nvalues = [1, 2]\nrollup = \"sum\"\n[outputs.a]\n[outputs.b]\n[outputs.y]\nis = '{is}'\nplaces = [\"{places}\"]\n"
        )
    };
    let at = |is: &str, places: &str, reported: &str| {
        // Without the place `r` of the output `a`.
        let text = text(is, places, reported)
            .replace("[outputs.a]\n", "[outputs.a]\nplaces = [\"world\"]\n");
        codes(&model(&text))
    };
    model(&text("a", "world", "")).finds(&["7:16 childless-label"]);
    assert_eq!(at("a", "world", ""), [""; 0]);
    assert_eq!(at("a", "r", ""), ["childless-label"]);
    assert_eq!(at("a", "r", "reported = { w = false }"), [""; 0]);
    assert_eq!(at("b * sum(a, c)", "r", ""), [""; 0]);
    assert_eq!(at("b * sum(a, c by r)", "r", ""), ["childless-label"]);
}

#[test]
fn joints_join_several_quantities() {
    let joint = |of: &str| {
        codes(&with(
            "",
            &format!("[joint.j]\nof = [{of}]\nplaces = [\"world\"]"),
        ))
    };
    assert_eq!(
        joint("\"sum(users, country)\", \"sum(share, country)\""),
        [""; 0]
    );
    assert_eq!(joint("\"sum(users, country)\""), ["too-few-quantities"]);
    assert_eq!(
        joint("\"users\", \"sum(share, country)\""),
        ["missing-rollup"]
    );
}

#[test]
fn evidence_is_one_statement() {
    let evidence = |text: &str| codes(&with("", &format!("[evidence.e]\n{text}")));
    let total = "sum(users[year = 2023], country)";
    assert_eq!(
        evidence(&format!(
            "observes = '{total}'\nis = 'normal(mean = 1, sd = 1)'"
        )),
        [""; 0]
    );
    assert_eq!(
        evidence("observes = 'users'\nis = 'normal(mean = 1, sd = 1)'"),
        ["not-a-scalar"]
    );
    assert_eq!(
        evidence(&format!("observes = '{total}'\nis = '3'")),
        ["not-a-distribution"]
    );
    assert_eq!(
        evidence(&format!(
            "observes = '{total}'\nis = 'normal(mean = 1, sd = -1)'"
        )),
        ["out-of-domain"]
    );
    assert_eq!(
        evidence(&format!(
            "observes = '{total}'\nis = 'normal(mean = 1, sd = share)'"
        )),
        ["not-constant"]
    );
    assert_eq!(
        evidence(&format!("holds = '{total} > 0'\nsoftness = 0.05")),
        [""; 0]
    );
    assert_eq!(
        evidence(&format!("holds = '{total} > 0'\nsoftness = 0.6")),
        ["out-of-domain"]
    );
    assert_eq!(
        evidence(&format!("holds = '{total}'")),
        ["not-a-truth-value"]
    );
    assert_eq!(evidence("holds = '1'"), ["not-a-truth-value"]);
}

#[test]
fn conditions_and_reports_name_what_exists() {
    let total =
        "[evidence.first]\nholds = 'sum(users[year = 2023], country) > 0'\n[conditions.all]\n";
    assert_eq!(
        codes(&with("", &format!("{total}on = [\"first\"]"))),
        [""; 0]
    );
    assert_eq!(
        codes(&with("", &format!("{total}on = [\"fisrt\"]"))),
        ["unknown-evidence"]
    );
    assert_eq!(
        codes(&with("", &format!("{total}on = [\"first\", \"first\"]"))),
        ["duplicate-evidence"]
    );
    assert_eq!(codes(&with("", "[report]\noutputs = [\"all\"]")), [""; 0]);
    assert_eq!(
        codes(&with("", "[report]\noutputs = [\"al\"]\ncrossing = \"c\"")),
        ["unknown-output", "unknown-crossing"]
    );
}
