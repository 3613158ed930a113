//! Mistakes in dimensions, data and names.

use super::{all, model};

/// A model in which `x` over `country` is published, with the given declarations in front.
fn with_countries(csv: &str, declarations: &str) -> super::Case {
    model(&format!(
        "[dimensions.country]\ntable = \"c.csv\"\nkey = \"id\"\n{declarations}\n[outputs.x]\nplaces = [\"country\"]\n"
    ))
    .table("c.csv", csv)
}

const X: &str = "[data.x]\nover = [\"country\"]\ntable = \"c.csv\"\ncolumn = \"v\"\n";

#[test]
fn labels_are_unique_and_not_empty() {
    with_countries("id,v\na,1\nb,2\n", X).finds(&[]);
    with_countries("id,v\na,1\na,2\n", X)
        .finds(&["c.csv:3:1 duplicate-label", "c.csv:3:3 duplicate-cell"]);
    with_countries("id,v\n,1\nb,2\n", X).finds(&["c.csv:2:1 empty-label"]);
    with_countries("id,v\n", X).finds(&["3:13 no-labels"]);
    let duplicates = with_countries("id,v\na,1\na,2\n", X).diagnostics();
    assert_eq!(duplicates[0].related.len(), 1);
}

#[test]
fn tables_and_columns_exist() {
    with_countries("ID,v\na,1\n", X).finds(&["5:7 missing-column"]);
    with_countries("id,V\na,1\n", X).finds(&["9:10 missing-column"]);
    let case = with_countries("id,v\na,1\n", &X.replace("c.csv", "d.csv"));
    case.finds(&["8:9 missing-file"]);
    let hint = with_countries("id,values\na,1\n", &X.replace("\"v\"", "\"value\"")).diagnostics();
    assert_eq!(hint[0].hints, ["did you mean `values`?"]);
}

#[test]
fn parents_are_known_and_lead_nowhere_back() {
    let regions = "parent.region = \"r\"\n[dimensions.region]\nlabels = [\"west\", \"east\"]\n";
    let declarations = format!("{regions}{X}");
    with_countries("id,r,v\na,west,1\nb,east,2\n", &declarations).finds(&[]);
    with_countries("id,r,v\na,west,1\nb,esat,2\n", &declarations)
        .finds(&["c.csv:3:3 unknown-label"]);
    with_countries("id,r,v\na,west,1\nb,,2\n", &declarations).finds(&["c.csv:3:3 missing-parent"]);
    with_countries(
        "id,r,v\na,west,1\n",
        &declarations.replace("parent.region", "parent.regoin"),
    )
    .finds(&["6:8 unknown-dimension"]);
    let a = "[dimensions.a]\nlabels = [\"x\"]\nparent.b = { x = \"y\" }\n[dimensions.b]\nlabels = [\"y\"]\nparent.a = { y = \"x\" }\n[data.d]\nover = [\"a\"]\nvalues = [1]\n[outputs.d]\nplaces = [\"a\"]\n";
    model(a).finds(&["8:8 parent-cycle"]);
    model(&a.replace("parent.a = { y = \"x\" }\n", "")).finds(&[]);
    model(
        &a.replace("parent.a = { y = \"x\" }\n", "")
            .replace("{ x =", "{ z ="),
    )
    .finds(&["5:8 missing-parent", "5:14 unknown-label"]);
}

#[test]
fn ancestors_do_not_depend_on_the_way_up() {
    let text = |last: &str| {
        format!(
            "[dimensions.city]\nlabels = [\"x\"]\nparent.a = {{ x = \"a1\" }}\nparent.b = {{ x = \"b1\" }}\n[dimensions.a]\nlabels = [\"a1\"]\nparent.top = {{ a1 = \"t1\" }}\n[dimensions.b]\nlabels = [\"b1\"]\nparent.top = {{ b1 = \"{last}\" }}\n[dimensions.top]\nlabels = [\"t1\", \"t2\"]\n[data.d]\nover = [\"city\"]\nvalues = [1]\n[outputs.d]\nplaces = [\"city\"]\n"
        )
    };
    model(&text("t1")).finds(&[]);
    model(&text("t2")).finds(&["4:11 inconsistent-parents"]);
}

#[test]
fn there_is_at_most_one_time_dimension_and_it_is_a_range() {
    let used = "[data.d]\nover = [\"t\"]\nvalues = [1, 2]\n[outputs.d]\n";
    model(&format!(
        "[dimensions.t]\nrange = [1, 2]\ntime = true\n{used}"
    ))
    .finds(&[]);
    model(&format!(
        "[dimensions.t]\nlabels = [\"a\", \"b\"]\ntime = true\n{used}"
    ))
    .finds(&["5:8 time-needs-range"]);
    model(&format!(
        "[dimensions.t]\nrange = [1, 2]\ntime = true\n[dimensions.u]\nrange = [1, 2]\ntime = true\n{}",
        used.replace("[\"t\"]", "[\"t\", \"u\"]").replace("[1, 2]\n[out", "{ 1 = { 1 = 1 } }\ndefault = 0\n[out")
    ))
    .finds(&["8:8 second-time"]);
    model(&format!("[dimensions.t]\nrange = [1, 2000000]\n{used}")).finds(&["4:9 too-large"]);
}

#[test]
fn reported_is_true_or_false() {
    let reported = format!("reported = \"shown\"\n{X}");
    with_countries("id,v,shown\na,1,true\nb,2,false\n", &reported).finds(&[]);
    with_countries("id,v,shown\na,1,yes\nb,2,false\n", &reported)
        .finds(&["c.csv:2:5 not-a-truth-value"]);
    with_countries("id,v\na,1\n", &reported).finds(&["6:12 missing-column"]);
}

#[test]
fn names_are_declared_once() {
    all(&[
        (
            "[data.a]\nvalue = 1\n[inputs.a]\nis = 'uniform(low = 0, high = 1)'\n[outputs.a]\n",
            &["5:9 duplicate-name"],
        ),
        (
            "[dimensions.a]\nlabels = [\"x\"]\n[data.a]\nover = [\"a\"]\nvalues = [1]\n[outputs.a]\n",
            &["5:7 duplicate-name"],
        ),
        // A function is known by its parentheses, so its name may be a node's.
        ("[data.sum]\nvalue = 1\n[outputs.y]\nis = 'sum + 1'\n", &[]),
    ]);
}

#[test]
fn every_cell_has_one_finite_number() {
    with_countries("id,v\na,1\nb,\n", X).finds(&["c.csv:3:3 not-a-number"]);
    with_countries("id,v\na,1\nb,inf\n", X).finds(&["c.csv:3:3 not-a-number"]);
    with_countries("id,v\na,1\nb,1e999\n", X).finds(&["c.csv:3:3 not-a-number"]);
    let long = format!("{X}index = {{ country = \"c\" }}\n")
        .replace("table = \"c.csv\"", "table = \"d.csv\"");
    let case = |rows: &str, extra: &str| {
        with_countries("id\na\nb\n", &format!("{long}{extra}"))
            .table("d.csv", &format!("c,v,y\n{rows}"))
    };
    case("a,1,2020\nb,2,2020\n", "").finds(&[]);
    case("a,1,2020\n", "").finds(&["9:10 missing-cell"]);
    case("a,1,2020\n", "default = 0\n").finds(&[]);
    case("a,1,2020\nb,2,2020\n", "default = 0\n").finds(&["11:11 unused-default"]);
    case("a,1,2020\na,3,2021\nb,2,2020\n", "").finds(&["d.csv:3:3 duplicate-cell"]);
    case("a,1,2020\na,3,2021\nb,2,2020\n", "where = { y = 2020 }\n").finds(&[]);
    case("a,1,2020.0\na,3,2021\nb,2,2020\n", "where = { y = 2020 }\n").finds(&[]);
    case("a,1,2020\nb,2,2020\n", "where = { y = 2022 }\n").finds(&["11:11 empty-where"]);
    case("a,1,2020\nb,2,2020\n", "where = { z = 2022 }\n").finds(&["11:11 missing-column"]);
    case("a,1,2020\nb,2,2020\nc,1,2020\n", "").finds(&["d.csv:4:1 unknown-label"]);
    case("a,1,2020\nb,2,2020\nc,1,2021\n", "where = { y = 2020 }\n").finds(&[]);
}

#[test]
fn a_column_tells_the_labels_of_every_dimension() {
    let case = with_countries(
        "id\na\n",
        &X.replace("table = \"c.csv\"", "table = \"d.csv\""),
    )
    .table("d.csv", "c,v\na,1\n");
    case.finds(&["8:9 missing-index"]);
    let index = format!("{X}index = {{ year = \"v\" }}\n[dimensions.year]\nrange = [1, 2]\n");
    with_countries("id,v\na,1\n", &index).finds(&["10:11 useless-index"]);
}

#[test]
fn inline_values_are_complete_and_known() {
    let text = |values: &str| {
        format!(
            "[dimensions.c]\nlabels = [\"a\", \"b\"]\n[data.x]\nover = [\"c\"]\n{values}\n[outputs.x]\n"
        )
    };
    for (values, expected) in [
        ("values = { a = 1, b = 2 }", &[][..]),
        ("values = [1, 2]", &[]),
        ("values = { a = 1 }", &["5:7 missing-cell"]),
        ("values = [1, 2, 3]", &["7:10 missing-cell"]),
        ("values = { a = 1, d = 2 }", &["7:19 unknown-label"]),
        (
            "values = { a = 1, b = 2 }\ndefault = 3",
            &["8:11 unused-default"],
        ),
        ("values = { a = 1, b = nan }", &["7:23 not-finite"]),
        ("value = 1", &["7:9 value-form"]),
    ] {
        model(&text(values)).finds(expected);
    }
}

#[test]
fn over_names_each_dimension_once_and_none_that_is_implied() {
    let text = |over: &str| {
        format!(
            "[dimensions.c]\nlabels = [\"a\"]\nparent.r = {{ a = \"z\" }}\n[dimensions.r]\nlabels = [\"z\"]\n[inputs.x]\nover = [{over}]\nis = 'normal(mean = 0, sd = 1)'\n[outputs.x]\nplaces = [\"c\"]\n"
        )
    };
    model(&text("\"c\"")).finds(&[]);
    model(&text("\"c\", \"r\"")).finds(&["9:14 implied-dimension"]);
    let found = model(&text("\"c\", \"q\"")).problems();
    assert!(
        found.contains(&"9:14 unknown-dimension".to_owned()),
        "{found:?}"
    );
}

#[test]
fn nodes_that_are_too_large_are_refused_before_memory_is_taken() {
    let text = "[dimensions.a]\nrange = [1, 1000000]\n[dimensions.b]\nrange = [1, 1000000]\n[inputs.x]\nover = [\"a\", \"b\"]\nis = 'normal(mean = 0, sd = 1)'\n[inputs.y]\nover = [\"a\"]\nis = 'normal(mean = 0, sd = 1)'\n[inputs.z]\nover = [\"b\"]\nis = 'normal(mean = 0, sd = 1)'\n[outputs.w]\nis = 'y * z'\n[outputs.x]\n";
    model(text).finds(&["7:9 too-large", "17:7 too-large"]);
}

#[test]
fn what_is_unused_is_reported() {
    all(&[
        (
            "[data.a]\nvalue = 1\n[data.b]\nvalue = 1\n[outputs.b]\n",
            &["3:7 unused-data"],
        ),
        (
            "[inputs.a]\nis = 'uniform(low = 0, high = 1)'\n[data.b]\nvalue = 1\n[outputs.b]\n",
            &["3:9 unused-input"],
        ),
        (
            "[variables.a]\nis = 'b'\n[data.b]\nvalue = 1\n[outputs.b]\n",
            &["3:12 unused-variable"],
        ),
        (
            "[dimensions.c]\nlabels = [\"a\"]\n[data.b]\nvalue = 1\n[outputs.b]\n",
            &["3:13 unused-dimension"],
        ),
        (
            "[data.b]\nvalue = 1\nsources = [\"s2\"]\n[sources.s1]\ntitle = \"t\"\n[outputs.b]\n",
            &["5:12 unknown-source", "6:10 unused-source"],
        ),
    ]);
}
