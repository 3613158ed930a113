//! Every key of every section is accepted and found again in the declarations.

use super::{accept, at, read};
use crate::expr::{Expr, ExprKind, UnaryOp};
use crate::model::*;

const WHOLE: &str = r#"
fanfare = 1
name = "flash-calling"
title = "Flash calling"

[defaults.inputs]
over = ["country"]
unit = "1"
rollup = "none"
sources = ["s-1"]
basis = "judgement"
as_of = "2023-04"
alike = { world = 0.1 }
persist = 0.5
[defaults.outputs]
places = ["country", "world"]
unit = "USD"

[dimensions.year]
title = "Year"
range = [2023, 2027]
time = true
[dimensions.country]
table = ["data/a.csv", "data/b.csv"]
key = ["iso3", "code"]
label = "name"
parent.region = "region"
reported = "reported"
[dimensions.region]
labels = { eu = "Europe", na = "North America" }
parent.half = { na = "west", eu = "east" }
reported = { na = false }
[dimensions.half]
labels = ["west", "east"]

[data.zeta]
title = "Zeta"
over = ["country"]
table = "data/a.csv"
column = "z"
index = { country = "iso3" }
where = { provider = "T", list_date = 2023-04-24, used = true, rank = 1 }
default = 0.5
unit = "USD"
rollup = { mean = "alpha" }
sources = ["s-1"]
basis = "evidence"
as_of = 2023-04-01
note = "n"
[data.alpha]
value = -3
[data.nested]
over = ["country", "year"]
values = { JPN = { "2024" = 0.2, "2023" = 0.1 }, DEU = { "2023" = 3 } }
default = 0
[data.listed]
over = ["year"]
values = [1, 2.5, -3e2, 0x10, 1_000]

[inputs.own]
title = "Own"
over = ["year"]
is = 'normal'
alike = { region = 0.3, world = 0.2 }
persist = 0.8
stream = "old"
unit = "USD"
rollup = "sum"
sources = []
basis = "free"
as_of = "2024"
note = "n"
[inputs.default]
is = 1

[variables.v]
title = "V"
over = ["year"]
is = "v"
unit = "USD"
rollup = "sum"
sources = ["s-1"]
basis = "calibrated"
as_of = 2023-04-01
note = "n"
[variables.w]
is = true

[outputs.o]
title = "O"
is = 'v'
places = ["region"]
unit = "1"
note = "n"
[outputs.v]

[crossings.c]
title = "C"
of = 'v'
above = 2.5
places = ["world"]
note = "n"

[joint.j]
title = "J"
of = ["v", 'w', 3]
places = ["world"]

[[correlations]]
between = ["own", "default"]
kind = "spearman"
value = 0.4
sources = ["s-1"]
note = "n"
[[correlations]]
between = ["a", "b", "c"]
kind = "copula"
values = [[1, 0, 0.1], [0, 1, 0], [0.1, 0, 1]]

[evidence.seen]
title = "S"
observes = 'v'
is = 'lognormal'
sources = ["s-1"]
note = "n"
[evidence.held]
holds = 'v'
softness = 0.05
[conditions.both-of]
title = "B"
on = ["seen", "held"]
note = "n"

[strategies.block-all]
title = "B"
set.v = 0
note = "n"
[scenarios.slow]
set.own = 'normal'
set.w = [{ where = { country = "JPN", year = [2023, "2024"] }, is = 0.1 }, { is = 'x' }]

[sources.s-1]
title = "T"
url = "https://example.org"
date = 2023-04-17
note = "n"
[sources."A.b"]
title = "T"

[report]
crossing = "c"
outputs = ["o"]
fan = ["o", "v"]
drivers_of = "o"
"#;

fn names<'a>(idents: impl IntoIterator<Item = &'a crate::expr::Ident>) -> Vec<&'a str> {
    idents.into_iter().map(|name| name.value.as_str()).collect()
}

fn text(value: &Option<crate::diag::Spanned<String>>) -> &str {
    value.as_ref().map_or("", |text| text.value.as_str())
}

#[test]
fn every_key_of_dimensions_is_read() {
    let model = read(WHOLE).unwrap();
    assert_eq!(
        (model.name.value.as_str(), text(&model.title)),
        ("flash-calling", "Flash calling")
    );
    let d = &model.dimensions;
    assert_eq!(
        names(d.iter().map(|d| &d.name)),
        ["year", "country", "region", "half"]
    );
    assert_eq!(
        (text(&d[0].title), d[0].time.as_ref().map(|t| t.value)),
        ("Year", Some(true))
    );
    let LabelsDecl::Range { first, last } = &d[0].labels else {
        panic!()
    };
    assert_eq!(
        (first.value, last.value, at(WHOLE, last.span)),
        (2023, 2027, "2027")
    );
    let LabelsDecl::Table {
        tables,
        keys,
        label,
    } = &d[1].labels
    else {
        panic!()
    };
    assert_eq!(names(tables), ["data/a.csv", "data/b.csv"]);
    assert_eq!((names(keys), text(label)), (vec!["iso3", "code"], "name"));
    assert!(matches!(&d[1].parents[0].from, ParentFrom::Column(c) if c.value == "region"));
    assert!(matches!(&d[1].reported, Some(ReportedDecl::Column(c)) if c.value == "reported"));
    let LabelsDecl::Inline(labels) = &d[2].labels else {
        panic!()
    };
    assert_eq!(
        (labels[1].key.value.as_str(), text(&labels[1].title)),
        ("na", "North America")
    );
    let ParentFrom::Pairs(pairs) = &d[2].parents[0].from else {
        panic!()
    };
    assert_eq!(
        names(pairs.iter().map(|p| &p.0)),
        ["na", "eu"],
        "order of the file"
    );
    assert!(matches!(&d[2].reported, Some(ReportedDecl::Pairs(p)) if !p[0].1.value));
    assert!(matches!(&d[3].labels, LabelsDecl::Inline(l) if l.len() == 2 && l[0].title.is_none()));
}

#[test]
fn every_key_of_data_is_read() {
    let model = read(WHOLE).unwrap();
    let d = &model.data;
    assert_eq!(
        names(d.iter().map(|d| &d.name)),
        ["zeta", "alpha", "nested", "listed"]
    );
    let info = &d[0].info;
    assert_eq!(
        (text(&info.title), text(&info.unit), text(&info.note)),
        ("Zeta", "USD", "n")
    );
    assert_eq!(
        (text(&info.as_of), names(&info.sources)),
        ("2023-04-01", vec!["s-1"])
    );
    assert_eq!(info.basis.as_ref().map(|b| b.value), Some(Basis::Evidence));
    assert!(
        matches!(&info.rollup.as_ref().unwrap().value, RollupDecl::Mean(w) if w.value == "alpha")
    );
    let DataFrom::Table {
        tables,
        column,
        index,
        filter,
        default,
    } = &d[0].values
    else {
        panic!()
    };
    assert_eq!(
        (names(tables), column.value.as_str()),
        (vec!["data/a.csv"], "z")
    );
    assert_eq!(
        (index[0].0.value.as_str(), index[0].1.value.as_str()),
        ("country", "iso3")
    );
    let filter: Vec<_> = filter
        .iter()
        .map(|(k, v)| (k.value.as_str(), v.value.clone()))
        .collect();
    assert_eq!(
        filter,
        [
            ("provider", Scalar::Text("T".into())),
            ("list_date", Scalar::Text("2023-04-24".into())),
            ("used", Scalar::Bool(true)),
            ("rank", Scalar::Number(1.0)),
        ]
    );
    assert_eq!(default.as_ref().unwrap().value, 0.5);
    assert!(matches!(&d[1].values, DataFrom::Value(v) if v.value == -3.0));
    let DataFrom::Values { entries, default } = &d[2].values else {
        panic!()
    };
    let cells: Vec<_> = entries
        .iter()
        .map(|e| (names(&e.labels), e.value.value))
        .collect();
    assert_eq!(
        cells,
        [
            (vec!["JPN", "2024"], 0.2),
            (vec!["JPN", "2023"], 0.1),
            (vec!["DEU", "2023"], 3.0)
        ]
    );
    assert_eq!(default.as_ref().unwrap().value, 0.0);
    let DataFrom::List(list) = &d[3].values else {
        panic!()
    };
    let list: Vec<f64> = list.value.iter().map(|v| v.value).collect();
    assert_eq!(list, [1.0, 2.5, -300.0, 16.0, 1000.0]);
}

#[test]
fn every_key_of_inputs_variables_and_outputs_is_read_and_defaults_fill_the_rest() {
    let model = read(WHOLE).unwrap();
    let [own, default] = &model.inputs[..] else {
        panic!()
    };
    assert_eq!((names(&own.over), text(&own.stream)), (vec!["year"], "old"));
    assert_eq!(names(own.alike.iter().map(|a| &a.0)), ["region", "world"]);
    assert_eq!(own.persist.as_ref().unwrap().value, 0.8);
    let info = &own.info;
    assert_eq!(
        (text(&info.title), text(&info.unit), text(&info.as_of)),
        ("Own", "USD", "2024")
    );
    assert_eq!(
        (info.sources.len(), info.basis.as_ref().unwrap().value),
        (0, Basis::Free)
    );
    assert_eq!(info.rollup.as_ref().unwrap().value, RollupDecl::Sum);
    assert_eq!(text(&info.note), "n");

    assert_eq!(
        (names(&default.over), text(&default.stream)),
        (vec!["country"], "")
    );
    assert_eq!(names(default.alike.iter().map(|a| &a.0)), ["world"]);
    assert_eq!(default.persist.as_ref().unwrap().value, 0.5);
    let info = &default.info;
    assert_eq!((text(&info.unit), text(&info.as_of)), ("1", "2023-04"));
    assert_eq!(
        (names(&info.sources), info.basis.as_ref().unwrap().value),
        (vec!["s-1"], Basis::Judgement)
    );
    assert_eq!(info.rollup.as_ref().unwrap().value, RollupDecl::None);

    let [v, w] = &model.variables[..] else {
        panic!()
    };
    assert_eq!(names(&v.over.as_ref().unwrap().value), ["year"]);
    assert_eq!(
        (text(&v.info.title), text(&v.info.unit), text(&v.info.note)),
        ("V", "USD", "n")
    );
    assert_eq!(v.info.basis.as_ref().unwrap().value, Basis::Calibrated);
    assert!(w.over.is_none() && w.is.kind == ExprKind::Bool(true));

    let [o, plain] = &model.outputs[..] else {
        panic!()
    };
    assert_eq!((text(&o.title), names(&o.places)), ("O", vec!["region"]));
    assert_eq!(
        (text(&o.unit), text(&o.note), o.is.is_some()),
        ("1", "n", true)
    );
    assert_eq!(
        (text(&plain.unit), names(&plain.places)),
        ("USD", vec!["country", "world"])
    );
    assert!(plain.is.is_none());
}

#[test]
fn every_key_of_statements_is_read() {
    let model = read(WHOLE).unwrap();
    let c = &model.crossings[0];
    assert_eq!(
        (text(&c.title), text(&c.note), names(&c.places)),
        ("C", "n", vec!["world"])
    );
    assert_eq!(
        (&c.of.kind, &c.above.kind),
        (&ExprKind::Name("v".into()), &ExprKind::Number(2.5))
    );
    let j = &model.joints[0];
    assert_eq!(
        (text(&j.title), j.of.len(), names(&j.places)),
        ("J", 3, vec!["world"])
    );

    let [pair, triple] = &model.correlations[..] else {
        panic!()
    };
    assert_eq!(at(WHOLE, pair.span), "[[correlations]]");
    assert_eq!(
        (names(&pair.between), pair.kind.value),
        (vec!["own", "default"], CorrelationKind::Spearman)
    );
    let numbers = |c: &CorrelationDecl| -> Vec<Vec<f64>> {
        c.matrix
            .iter()
            .map(|row| row.iter().map(|cell| cell.value).collect())
            .collect()
    };
    assert_eq!(numbers(pair), [[1.0, 0.4], [0.4, 1.0]]);
    assert_eq!((names(&pair.sources), text(&pair.note)), (vec!["s-1"], "n"));
    assert_eq!(
        numbers(triple),
        [[1.0, 0.0, 0.1], [0.0, 1.0, 0.0], [0.1, 0.0, 1.0]]
    );
    assert_eq!(triple.kind.value, CorrelationKind::Copula);

    let [seen, held] = &model.evidence[..] else {
        panic!()
    };
    assert_eq!(
        (text(&seen.title), text(&seen.note), names(&seen.sources)),
        ("S", "n", vec!["s-1"])
    );
    assert!(
        matches!(&seen.statement, Statement::Observes { is, .. } if is.kind == ExprKind::Name("lognormal".into()))
    );
    assert!(
        matches!(&held.statement, Statement::Holds { softness: Some(s), .. } if s.value == 0.05)
    );
    let both = &model.conditions[0];
    assert_eq!(
        (text(&both.title), text(&both.note), names(&both.on)),
        ("B", "n", vec!["seen", "held"])
    );
}

#[test]
fn every_key_of_variants_sources_and_the_report_is_read() {
    let model = read(WHOLE).unwrap();
    let block = &model.strategies[0];
    assert_eq!(
        (
            block.name.value.as_str(),
            text(&block.title),
            text(&block.note)
        ),
        ("block-all", "B", "n")
    );
    assert_eq!(block.set[0].parts[0].is.kind, ExprKind::Number(0.0));
    let slow = &model.scenarios[0].set;
    assert_eq!(
        (slow[0].node.value.as_str(), slow[1].node.value.as_str()),
        ("own", "w")
    );
    let [japan, rest] = &slow[1].parts[..] else {
        panic!()
    };
    let cells: Vec<_> = japan
        .cells
        .iter()
        .map(|(d, l)| (d.value.as_str(), names(l)))
        .collect();
    assert_eq!(
        cells,
        [("country", vec!["JPN"]), ("year", vec!["2023", "2024"])]
    );
    assert!(rest.cells.is_empty());

    let [first, second] = &model.sources[..] else {
        panic!()
    };
    assert_eq!(
        (text(&first.url), text(&first.date), text(&first.note)),
        ("https://example.org", "2023-04-17", "n")
    );
    assert_eq!(
        (first.title.value.as_str(), second.name.value.as_str()),
        ("T", "A.b")
    );
    let report = model.report.unwrap();
    assert_eq!(report.crossing.unwrap().value, "c");
    assert_eq!(
        (names(&report.outputs), names(&report.fan)),
        (vec!["o"], vec!["o", "v"])
    );
    assert_eq!(report.drivers_of.unwrap().value, "o");
}

#[test]
fn negative_numbers_are_read_as_the_parser_reads_them() {
    let is = accept("[variables.x]\nis = -2.5\n").variables[0].is.clone();
    let ExprKind::Unary {
        op: UnaryOp::Negate,
        operand,
    } = is.kind
    else {
        panic!()
    };
    assert!(matches!(*operand, Expr { kind: ExprKind::Number(n), .. } if n == 2.5));
}

#[test]
fn expressions_remember_their_place_within_the_quotes() {
    let text = "fanfare = 1\nname = \"m\"\n[variables]\na.is = 'one'\nb.is = \"tw\\u006f\"\nc.is = '''\nthree'''\nd.is = 4\n";
    let model = read(text).unwrap();
    let placed: Vec<&str> = model
        .variables
        .iter()
        .map(|v| at(text, v.is.span))
        .collect();
    assert_eq!(placed, ["one", "tw\\u006f", "three", "4"]);
}

#[test]
fn crlf_and_a_byte_order_mark_are_accepted() {
    let text = format!("\u{feff}{}", WHOLE.replace('\n', "\r\n"));
    assert_eq!(read(&text).unwrap().inputs.len(), 2);
}
