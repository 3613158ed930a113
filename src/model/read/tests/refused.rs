//! What is refused, with which code and at which place.

use super::{HEAD, accept, assert_refused, at, read, refuse};

#[test]
fn unknown_keys_are_refused_in_every_section() {
    for (section, rest) in [
        ("[dimensions.d]", "range = [1, 2]"),
        ("[data.d]", "value = 1"),
        ("[inputs.i]", "is = 1"),
        ("[variables.v]", "is = 1"),
        ("[outputs.o]", ""),
        ("[crossings.c]", "of = 1\nabove = 2"),
        ("[joint.j]", "of = [1, 2]"),
        (
            "[[correlations]]",
            "between = ['a', 'b']\nkind = 'copula'\nvalue = 0",
        ),
        ("[evidence.e]", "holds = true"),
        ("[conditions.c]", "on = []"),
        ("[strategies.s]", ""),
        ("[scenarios.s]", ""),
        ("[sources.s]", "title = 't'"),
        ("[report]", ""),
        ("[defaults]", ""),
        ("[defaults.inputs]", ""),
        ("[defaults.outputs]", ""),
    ] {
        accept(&format!("{section}\n{rest}\n"));
        assert_refused(
            &format!("{section}\n{rest}\nzebra = 1\n"),
            "unknown-key",
            "zebra",
        );
    }
    assert_refused("zebra = 1\n", "unknown-key", "zebra");
    assert_refused("[zebra]\nx = 1\n", "unknown-key", "zebra");
    assert_refused(
        "[scenarios.s]\nset.x = [{ is = 1, zebra = 2 }]\n",
        "unknown-key",
        "zebra",
    );
    assert_refused(
        "[data.d]\nvalue = 1\nrollup = { mean = 'w', zebra = 1 }\n",
        "unknown-key",
        "zebra",
    );
}

#[test]
fn keys_of_inputs_that_have_no_default_are_refused_there() {
    for key in ["is = 1", "title = 't'", "stream = 's'", "note = 'n'"] {
        let name = key.split(' ').next().unwrap();
        assert_refused(&format!("[defaults.inputs]\n{key}\n"), "unknown-key", name);
    }
    assert_refused("[defaults.outputs]\nis = 'x'\n", "unknown-key", "is");
}

#[test]
fn a_misspelt_key_is_offered_its_neighbour() {
    let problems = read(&format!("{HEAD}[inputs.i]\nis = 1\nuntis = '1'\n")).unwrap_err();
    assert_eq!(problems[0].hints, ["did you mean `unit`?"]);
    assert_eq!(problems[0].message, "unknown key `untis` in [inputs.i]");
    assert!(problems[0].expected.contains("`persist`"));
    let problems = read(&format!("{HEAD}[input.i]\nis = 1\n")).unwrap_err();
    assert_eq!(problems[0].hints, ["did you mean `inputs`?"]);
}

#[test]
fn required_keys_are_missed_at_their_table() {
    for (text, place) in [
        ("[dimensions.d]\n", "[dimensions.d]"),
        ("[dimensions.d]\ntable = 'a.csv'\n", "[dimensions.d]"),
        ("[data.d]\n", "[data.d]"),
        ("[data.d]\ntable = 'a.csv'\n", "[data.d]"),
        ("[inputs.i]\n", "[inputs.i]"),
        ("[variables]\nv = { unit = '1' }\n", "v"),
        ("[crossings.c]\nof = 1\n", "[crossings.c]"),
        ("[joint.j]\n", "[joint.j]"),
        (
            "[[correlations]]\nbetween = ['a', 'b']\nvalue = 0\n",
            "[[correlations]]",
        ),
        ("[evidence.e]\nobserves = 'x'\n", "[evidence.e]"),
        ("[evidence.e]\n", "[evidence.e]"),
        ("[conditions.c]\n", "[conditions.c]"),
        ("[sources.s]\n", "[sources.s]"),
        (
            "[scenarios.s]\nset.x = [{ where = { c = 'a' } }]\n",
            "set.x",
        ),
    ] {
        let found = refuse(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].0, "missing-key");
        assert!(
            found[0].1 == place || place == "set.x" && found[0].1 == "x",
            "{text}: {found:?}"
        );
    }
    let codes: Vec<_> = read("")
        .unwrap_err()
        .iter()
        .map(|p| p.message.clone())
        .collect();
    assert_eq!(
        codes,
        [
            "the model file lacks `fanfare`",
            "the model file lacks `name`"
        ]
    );
}

#[test]
fn wrong_types_are_refused_at_the_value() {
    for (text, place) in [
        ("title = 3\n", "3"),
        ("dimensions = 3\n", "3"),
        ("[[inputs]]\nis = 1\n", "[[inputs]]"),
        ("correlations = 3\n", "3"),
        ("[correlations]\nkind = 'copula'\n", "[correlations]"),
        ("inputs.i = 3\n", "3"),
        ("[dimensions.d]\nrange = [1.5, 2]\n", "1.5"),
        ("[dimensions.d]\nrange = 3\n", "3"),
        ("[dimensions.d]\nlabels = [1]\n", "1"),
        ("[dimensions.d]\nlabels = 'a'\n", "'a'"),
        ("[dimensions.d]\nlabels = ['a']\ntime = 'yes'\n", "'yes'"),
        ("[dimensions.d]\nlabels = ['a']\nparent = 'p'\n", "'p'"),
        ("[dimensions.d]\nlabels = ['a']\nparent.p = 1\n", "1"),
        ("[dimensions.d]\nlabels = ['a']\nreported = true\n", "true"),
        (
            "[dimensions.d]\nlabels = ['a']\nreported = { a = 1 }\n",
            "1",
        ),
        ("[data.d]\nvalue = '1'\n", "'1'"),
        ("[data.d]\nvalue = 2023-01-01\n", "2023-01-01"),
        ("[data.d]\nvalues = 3\n", "3"),
        ("[data.d]\ntable = []\ncolumn = 'c'\n", "[]"),
        (
            "[data.d]\ntable = 'a'\ncolumn = 'c'\nwhere = { a = [1] }\n",
            "[1]",
        ),
        ("[data.d]\nvalue = 1\nas_of = 2023\n", "2023"),
        ("[data.d]\nvalue = 1\nrollup = 1\n", "1"),
        ("[inputs.i]\nis = [1]\n", "[1]"),
        ("[inputs.i]\nis = 2023-01-01\n", "2023-01-01"),
        ("[inputs.i]\nis = 1\nover = 'country'\n", "'country'"),
        ("[inputs.i]\nis = 1\nalike = 0.3\n", "0.3"),
        ("[inputs.i]\nis = 1\nalike = { world = 'x' }\n", "'x'"),
        ("[joint.j]\nof = 'x'\n", "'x'"),
        ("[scenarios.s]\nset = 3\n", "3"),
        ("[scenarios.s]\nset.x = { is = 1 }\n", "{ is = 1 }"),
        ("[scenarios.s]\nset.x = [1]\n", "1"),
        (
            "[scenarios.s]\nset.x = [{ where = { c = [] }, is = 1 }]\n",
            "[]",
        ),
        ("[sources.s]\ntitle = 't'\nurl = 1\n", "1"),
        ("[report]\noutputs = 'o'\n", "'o'"),
    ] {
        assert_refused(text, "wrong-type", place);
    }
    assert_refused("[scenarios.s]\nset.x = []\n", "wrong-length", "[]");
}

#[test]
fn names_are_checked_where_they_are_declared() {
    for (text, code, place) in [
        ("[inputs.Price]\nis = 1\n", "bad-name", "Price"),
        ("[inputs.a-b]\nis = 1\n", "bad-name", "a-b"),
        ("[inputs.2a]\nis = 1\n", "bad-name", "2a"),
        ("[inputs.\"\"]\nis = 1\n", "bad-name", "\"\""),
        ("[inputs.\"é\"]\nis = 1\n", "bad-name", "\"é\""),
        ("[inputs.world]\nis = 1\n", "reserved-name", "world"),
        ("[variables.e]\nis = 1\n", "reserved-name", "e"),
        ("[data.by]\nvalue = 1\n", "reserved-name", "by"),
        ("[dimensions.pi]\nrange = [1, 2]\n", "reserved-name", "pi"),
        ("[outputs.not]\n", "reserved-name", "not"),
        ("[crossings.a-b]\nof = 1\nabove = 2\n", "bad-name", "a-b"),
        ("[strategies.\"a b\"]\n", "bad-name", "\"a b\""),
        ("[sources.\"a b\"]\ntitle = 't'\n", "bad-name", "\"a b\""),
        ("[dimensions.d]\nlabels = ['']\n", "bad-name", "''"),
        (
            "[data.d]\nover = ['a']\nvalues = { \"\" = 1 }\n",
            "bad-name",
            "\"\"",
        ),
    ] {
        assert_refused(text, code, place);
    }
    let problems = read("fanfare = 1\nname = \"My Model\"\n").unwrap_err();
    assert_eq!(
        (problems[0].code, problems[0].hints[0].as_str()),
        ("bad-name", "`my-model` would be possible")
    );
    accept("[inputs._a1]\nis = 1\n[crossings.e]\nof = 1\nabove = 2\n");
}

#[test]
fn numbers_must_be_finite_exact_and_not_vanish() {
    for (number, code) in [
        ("nan", "not-finite"),
        ("-nan", "not-finite"),
        ("inf", "not-finite"),
        ("-inf", "not-finite"),
        ("1e999", "not-finite"),
        ("-1e-999", "not-finite"),
        ("9007199254740993", "too-large"),
        ("-9007199254740993", "too-large"),
        ("9223372036854775807", "too-large"),
        ("-9223372036854775808", "too-large"),
        ("99999999999999999999999999", "too-large"),
        ("0xffffffffffffffffff", "too-large"),
    ] {
        assert_refused(&format!("[data.d]\nvalue = {number}\n"), code, number);
        assert_refused(&format!("[inputs.i]\nis = {number}\n"), code, number);
    }
    for number in [
        "9007199254740992",
        "-9007199254740992",
        "1e308",
        "5e-324",
        "0e-999",
        "-0.0",
    ] {
        accept(&format!("[data.d]\nvalue = {number}\n"));
    }
}

#[test]
fn ranges_are_measured_before_they_are_made() {
    accept("[dimensions.d]\nrange = [1, 1000000]\n");
    accept("[dimensions.d]\nrange = [-5, -5]\n");
    assert_refused(
        "[dimensions.d]\nrange = [1, 1000000000000]\n",
        "too-large",
        "[1, 1000000000000]",
    );
    let widest = "[-9007199254740992, 9007199254740992]";
    assert_refused(
        &format!("[dimensions.d]\nrange = {widest}\n"),
        "too-large",
        widest,
    );
    assert_refused("[dimensions.d]\nrange = [2, 1]\n", "wrong-value", "[2, 1]");
    assert_refused(
        "[dimensions.d]\nrange = [1, 2, 3]\n",
        "wrong-length",
        "[1, 2, 3]",
    );
    assert_refused("[dimensions.d]\nlabels = []\n", "wrong-length", "[]");
}

#[test]
fn inline_values_must_nest_as_deep_as_over() {
    let two = "[data.d]\nover = ['a', 'b']\n";
    assert_refused(&format!("{two}values = {{ x = 1 }}\n"), "wrong-depth", "1");
    assert_refused(
        &format!("{two}values = {{ x = {{ y = {{ z = 1 }} }} }}\n"),
        "wrong-depth",
        "y",
    );
    assert_refused(&format!("{two}values = [1, 2]\n"), "wrong-depth", "[1, 2]");
    assert_refused("[data.d]\nvalues = { x = 1 }\n", "wrong-depth", "values");
    assert_refused("[data.d]\nvalues = [1]\n", "wrong-depth", "[1]");
    let many = vec!["'a'"; 17].join(", ");
    assert_refused(
        &format!("[data.d]\nover = [{many}]\nvalue = 1\n"),
        "too-large",
        &format!("[{many}]"),
    );
}

#[test]
fn keys_that_exclude_each_other_are_refused() {
    for (text, place) in [
        ("[dimensions.d]\nrange = [1, 2]\nlabels = ['a']\n", "labels"),
        ("[dimensions.d]\nrange = [1, 2]\nkey = 'k'\n", "key"),
        ("[dimensions.d]\nlabels = ['a']\nlabel = 'k'\n", "label"),
        ("[dimensions.d]\nlabels = ['a']\nreported = 'r'\n", "'r'"),
        ("[dimensions.d]\nlabels = ['a']\nparent.p = 'r'\n", "'r'"),
        (
            "[data.d]\nvalue = 1\nvalues = [1]\nover = ['a']\n",
            "values",
        ),
        ("[data.d]\nvalue = 1\ndefault = 2\n", "default"),
        ("[data.d]\nvalue = 1\ncolumn = 'c'\n", "column"),
        (
            "[data.d]\nover = ['a']\nvalues = { x = 1 }\nwhere = { x = 1 }\n",
            "where",
        ),
        (
            "[data.d]\nover = ['a']\nvalues = [1]\ndefault = 1\n",
            "default",
        ),
        (
            "[evidence.e]\nobserves = 'x'\nis = 'y'\nholds = 'z'\n",
            "holds",
        ),
        (
            "[evidence.e]\nobserves = 'x'\nis = 'y'\nsoftness = 0.1\n",
            "softness",
        ),
        ("[evidence.e]\nholds = 'x'\nis = 'y'\n", "is"),
        (
            "[[correlations]]\nbetween = ['a', 'b']\nkind = 'copula'\nvalue = 0\nvalues = [[1, 0], [0, 1]]\n",
            "values",
        ),
    ] {
        assert_refused(text, "conflicting-keys", place);
    }
}

#[test]
fn words_and_lengths_are_checked() {
    assert_refused(
        "[inputs.i]\nis = 1\nbasis = 'guess'\n",
        "wrong-value",
        "'guess'",
    );
    assert_refused(
        "[inputs.i]\nis = 1\nrollup = 'summ'\n",
        "wrong-value",
        "'summ'",
    );
    let pair = "[[correlations]]\nbetween = ['a', 'b']\n";
    assert_refused(
        &format!("{pair}kind = 'rank'\nvalue = 0\n"),
        "wrong-value",
        "'rank'",
    );
    assert_refused(
        &format!("{pair}kind = 'copula'\nvalues = [[1, 0]]\n"),
        "wrong-length",
        "[[1, 0]]",
    );
    let triple = "[[correlations]]\nbetween = ['a', 'b', 'c']\nkind = 'copula'\n";
    assert_refused(&format!("{triple}value = 0.5\n"), "wrong-length", "0.5");
    let ragged = "[[1, 0, 0], [0, 1], [0, 0, 1]]";
    assert_refused(
        &format!("{triple}values = {ragged}\n"),
        "wrong-length",
        ragged,
    );
    assert_refused(
        "[dimensions.d]\ntable = ['a', 'b', 'c']\nkey = ['k', 'l']\n",
        "wrong-length",
        "['k', 'l']",
    );
}

#[test]
fn another_version_of_the_format_is_refused_at_once() {
    for version in ["2", "0", "\"1\"", "1.0"] {
        let text = format!("fanfare = {version}\nzebra = 1\n");
        let problems = read(&text).unwrap_err();
        assert_eq!(problems.len(), 1);
        assert_eq!(
            (problems[0].code, at(&text, problems[0].span.unwrap())),
            ("format-version", version)
        );
    }
}

#[test]
fn duplicate_keys_are_refused_at_the_second() {
    let found =
        refuse("[inputs.a]\nis = 1\nis = 2\n[inputs.a]\nis = 3\n[inputs.b]\nzebra = 1\nis = 1\n");
    let codes: Vec<_> = found.iter().map(|(c, p)| (*c, p.as_str())).collect();
    assert_eq!(
        codes,
        [
            ("duplicate-key", "is"),
            ("duplicate-key", "a"),
            ("duplicate-key", "is"),
            ("unknown-key", "zebra")
        ]
    );
    assert_refused("name = 'again'\n", "duplicate-key", "name");
}

#[test]
fn broken_toml_is_refused_where_it_breaks() {
    let found = refuse("[inputs.a]\nis = \nunit = 'x\nzebra = 1\n");
    assert!(
        found.iter().all(|(code, _)| *code == "toml-syntax"),
        "{found:?}"
    );
    assert!(found.len() >= 2, "both lines: {found:?}");
}

#[test]
fn all_problems_are_reported_at_once_in_the_order_of_the_file() {
    let found = refuse(
        "[variables.Z]\nis = 1\n[inputs.b]\nzebra = 1\n[dimensions.a]\nrange = [2, 1]\n[data.c]\nvalue = nan\n",
    );
    let found: Vec<_> = found.iter().map(|(c, p)| (*c, p.as_str())).collect();
    assert_eq!(
        found,
        [
            ("bad-name", "Z"),
            ("missing-key", "[inputs.b]"),
            ("unknown-key", "zebra"),
            ("wrong-value", "[2, 1]"),
            ("not-finite", "nan"),
        ]
    );
}

#[test]
fn problems_of_expressions_stand_at_the_expression() {
    assert_eq!(refuse("[variables.v]\nis = ''\n").len(), 1);
}
