//! Dependence is what was asked for: through whole runs, computed, and as the page says.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use fanfare::dependence::{DependenceRow, dependence};
use fanfare::result::ResultDocument;
use fanfare::run::{Loaded, Settings, Unobserved, VariantChoice, load_from, simulate};
use fanfare::source::Memory;

/// Trials of a run here: a correlation of 0 then has the error 0.0022.
const TRIALS: u64 = 200_000;
/// Standard errors that an estimate may be off. A normal estimate is farther off once in 1.7 million; there are fewer than 200 checks here,
/// so a false alarm has a probability below 1 in 8,000. Runs have fixed seeds: a check that passes stays so until numbers change.
const ERRORS: f64 = 5.0;

fn loaded(text: &str) -> Loaded {
    let files = Memory::new().with("model.toml", text);
    load_from(&files, "model.toml", &VariantChoice::default())
        .unwrap_or_else(|refused| panic!("{:?}\n{text}", refused.problems))
}

fn run(loaded: &Loaded) -> ResultDocument {
    let settings = Settings {
        trials: TRIALS,
        seed: 7,
        ..Settings::default()
    };
    simulate(loaded, &settings, &Unobserved).unwrap()
}

/// The correlation of the two quantities of a joint table and its error.
fn joint(document: &ResultDocument, name: &str) -> (f64, f64) {
    let cell = &document.joint.get(name).expect(name).cells[0];
    (
        cell.correlation[0][1].unwrap(),
        cell.correlation_errors[0][1].unwrap(),
    )
}

fn is_near((value, error): (f64, f64), due: f64) -> bool {
    (value - due).abs() <= ERRORS * error
}

fn assert_near(found: (f64, f64), due: f64, what: &str) {
    assert!(is_near(found, due), "{what}: {found:?}, not {due}");
}

/// A marginal: its family, and its distribution function in the model language.
struct Marginal {
    is: &'static str,
    /// The level of `X`, so that the correlation of levels is Spearman's and that of their normal quantiles the copula's.
    level: &'static str,
}

const NORMAL: Marginal = Marginal {
    is: "normal(mean = 10, sd = 2)",
    level: "normal_cdf((X - 10) / 2)",
};
const LOGNORMAL: Marginal = Marginal {
    is: "lognormal(median = 3, gsd = 4)",
    level: "normal_cdf(ln(X / 3) / ln(4))",
};
const EXPONENTIAL: Marginal = Marginal {
    is: "exponential(mean = 5)",
    level: "1 - exp(-X / 5)",
};
/// U-shaped: the density is highest at both ends.
const U_SHAPED: Marginal = Marginal {
    is: "beta(alpha = 0.5, beta = 0.5)",
    level: "2 / pi * atan2(sqrt(X), sqrt(1 - X))",
};

/// Two correlated inputs, and the joint tables of their values, levels and scores.
fn pair(first: &Marginal, second: &Marginal, kind: &str, value: f64) -> String {
    format!(
        "fanfare = 1\nname = 'pair'\n\
         [inputs.a]\nis = '{}'\n[inputs.b]\nis = '{}'\n\
         [[correlations]]\nbetween = ['a', 'b']\nkind = '{kind}'\nvalue = {value}\n\
         [variables.level_a]\nis = '{}'\n[variables.level_b]\nis = '{}'\n\
         [variables.score_a]\nis = 'normal_quantile(level_a)'\n[variables.score_b]\nis = 'normal_quantile(level_b)'\n\
         [outputs.a]\nplaces = ['world']\n\
         [joint.pearson]\nof = ['a', 'b']\nplaces = ['world']\n\
         [joint.spearman]\nof = ['level_a', 'level_b']\nplaces = ['world']\n\
         [joint.copula]\nof = ['score_a', 'score_b']\nplaces = ['world']\n",
        first.is,
        second.is,
        first.level.replace('X', "a"),
        second.level.replace('X', "b"),
    )
}

fn only_row(loaded: &Loaded) -> DependenceRow {
    let rows = dependence(&loaded.model, 1).unwrap();
    assert_eq!(rows.len(), 1);
    rows[0].clone()
}

/// What is asked comes out, in its kind; and what `dependence` computes of the two other kinds comes out too.
#[test]
fn correlations_of_each_kind_come_out_for_normal_and_skewed_marginals() {
    let pairs = [
        (&NORMAL, &NORMAL),
        (&NORMAL, &EXPONENTIAL),
        (&EXPONENTIAL, &EXPONENTIAL),
        (&EXPONENTIAL, &U_SHAPED),
        (&U_SHAPED, &U_SHAPED),
        (&LOGNORMAL, &U_SHAPED),
        (&LOGNORMAL, &LOGNORMAL),
    ];
    for (first, second) in pairs {
        for (kind, value) in [
            ("copula", 0.3),
            ("copula", -0.7),
            ("spearman", 0.3),
            ("spearman", -0.7),
            ("pearson", 0.3),
        ] {
            let loaded = loaded(&pair(first, second, kind, value));
            let document = run(&loaded);
            let row = only_row(&loaded);
            let what = format!("{} and {}, {kind} {value}", first.is, second.is);
            // Numerical inversion of Pearson's relation leaves 1e-9; the others are closed forms.
            assert!(
                (row.achieved().unwrap() - value).abs() < 1e-8,
                "{what}: {row:?}"
            );
            assert_near(joint(&document, "copula"), row.scores.unwrap(), &what);
            assert_near(joint(&document, "spearman"), row.spearman.unwrap(), &what);
            // A lognormal with gsd 4 has a fourth moment 10¹⁰ times that of a normal: no run of this length knows the error of its
            // Pearson correlation. Its closed form is tested below.
            if !std::ptr::eq(first, &LOGNORMAL) {
                assert_near(joint(&document, "pearson"), row.pearson.unwrap(), &what);
            }
            if kind != "pearson" {
                assert_near(joint(&document, kind), value, &what);
            }
            let sampled = row.sampled.unwrap();
            if kind != "pearson" || !std::ptr::eq(first, &LOGNORMAL) {
                assert_near((sampled.value, sampled.error), value, &what);
            }
        }
    }
}

/// Without this the checks above might accept anything: 0.3 of one kind is not 0.3 of another, nor 0.28 of its own.
#[test]
fn another_kind_or_a_slightly_other_number_is_told_apart() {
    let document = run(&loaded(&pair(&EXPONENTIAL, &EXPONENTIAL, "spearman", 0.3)));
    assert!(is_near(joint(&document, "spearman"), 0.3));
    assert!(!is_near(joint(&document, "spearman"), 0.28));
    assert!(!is_near(joint(&document, "copula"), 0.3));
    // Pearson's is 0.286 here.
    assert!(!is_near(joint(&document, "pearson"), 0.3));
    let document = run(&loaded(&pair(&U_SHAPED, &U_SHAPED, "copula", 0.3)));
    assert!(!is_near(joint(&document, "pearson"), 0.3));
}

/// corr = (e^{ρσ²} − 1)/(e^{σ²} − 1) for two lognormals with σ = ln gsd (Johnson, Kotz and Balakrishnan 1994, 14.8).
#[test]
fn pearson_of_very_skewed_lognormals_has_its_closed_form() {
    let variance = 4f64.ln().powi(2);
    for value in [0.3, 0.05, 0.9] {
        let model = loaded(&pair(&LOGNORMAL, &LOGNORMAL, "pearson", value));
        let row = only_row(&model);
        let score = (1.0 + value * variance.exp_m1()).ln() / variance;
        assert!(
            (row.scores.unwrap() - score).abs() < 1e-8,
            "{row:?} {score}"
        );
        assert_near(joint(&run(&model), "copula"), score, "scores of lognormals");
        // The smallest value is that of opposite scores: (e^{−σ²} − 1)/(e^{σ²} − 1) = −0.146.
        let (low, high) = row.pearson_range.unwrap();
        assert!((low - (-variance).exp_m1() / variance.exp_m1()).abs() < 1e-6);
        assert!((high - 1.0).abs() < 1e-6);
    }
}

#[test]
fn discrete_inputs_have_the_pearson_correlation_that_is_asked_or_computed() {
    let model = |kind: &str, value: f64| {
        loaded(&format!(
            "fanfare = 1\nname = 'counts'\n\
             [inputs.calls]\nis = 'poisson(mean = 2)'\n[inputs.late]\nis = 'bernoulli(p = 0.3)'\n\
             [[correlations]]\nbetween = ['calls', 'late']\nkind = '{kind}'\nvalue = {value}\n\
             [variables.is_late]\nis = 'if(late, 1, 0)'\n\
             [outputs.calls]\nplaces = ['world']\n\
             [joint.pearson]\nof = ['calls', 'is_late']\nplaces = ['world']\n"
        ))
    };
    for (kind, value) in [("pearson", 0.3), ("copula", 0.6), ("copula", -0.4)] {
        let model = model(kind, value);
        let row = only_row(&model);
        assert_near(
            joint(&run(&model), "pearson"),
            row.pearson.unwrap(),
            &format!("{kind} {value}"),
        );
        // The series of step functions is cut at 160 terms.
        assert!((row.achieved().unwrap() - value).abs() < 1e-4, "{row:?}");
        assert_eq!(row.spearman, None);
    }
}

/// Sites in regions over years; `demand` and `price` correlate, have shares in common and persist.
fn panel(marginal: &Marginal) -> String {
    let mut text = format!(
        "fanfare = 1\nname = 'panel'\n\
         [dimensions.region]\nlabels = ['north', 'south']\n\
         [dimensions.site]\nlabels = ['n1', 'n2', 's1']\nparent.region = {{ n1 = 'north', n2 = 'north', s1 = 'south' }}\n\
         [dimensions.year]\nrange = [2023, 2025]\ntime = true\n\
         [inputs.demand]\nover = ['site', 'year']\nis = '{0}'\nalike = {{ world = 0.2, region = 0.3 }}\npersist = 0.8\n\
         [inputs.price]\nover = ['site', 'year']\nis = '{0}'\nalike = {{ world = 0.2, region = 0.3 }}\npersist = 0.8\n\
         [[correlations]]\nbetween = ['demand', 'price']\nkind = 'spearman'\nvalue = 0.4\n\
         [variables.demand_score]\nis = 'normal_quantile({1})'\n\
         [variables.price_score]\nis = 'normal_quantile({2})'\n\
         [outputs.total]\nis = 'sum(demand, site)'\nplaces = ['world']\n",
        marginal.is,
        marginal.level.replace('X', "demand"),
        marginal.level.replace('X', "price"),
    );
    for (name, node, site, year) in CELLS {
        writeln!(
            text,
            "[variables.{name}]\nis = '{node}_score[site = \"{site}\"][year = {year}]'"
        )
        .unwrap();
    }
    for (first, second, _) in CORRELATIONS {
        writeln!(
            text,
            "[joint.{first}_{second}]\nof = ['{first}', '{second}']\nplaces = ['world']"
        )
        .unwrap();
    }
    text
}

const CELLS: [(&str, &str, &str, u16); 7] = [
    ("n1", "demand", "n1", 2023),
    ("n2", "demand", "n2", 2023),
    ("s1", "demand", "s1", 2023),
    ("n1_next", "demand", "n1", 2024),
    ("n1_last", "demand", "n1", 2025),
    ("n2_next", "demand", "n2", 2024),
    ("price_n2_next", "price", "n2", 2024),
];

/// Two cells, and the correlation R ⊗ alike ⊗ AR(1) of their scores without R's factor 2 sin(π 0.4/6) in the last rows.
const CORRELATIONS: [(&str, &str, f64); 6] = [
    ("n1", "n2", 0.5),
    ("n1", "s1", 0.2),
    ("n1", "n1_next", 0.8),
    ("n1", "n1_last", 0.64),
    ("n1", "n2_next", 0.5 * 0.8),
    ("n1", "price_n2_next", 0.5 * 0.8),
];

#[test]
fn shares_persistence_and_correlation_multiply_for_normal_and_skewed_marginals() {
    let between = 2.0 * (std::f64::consts::PI * 0.4 / 6.0).sin();
    for marginal in [&NORMAL, &LOGNORMAL, &EXPONENTIAL, &U_SHAPED] {
        let document = run(&loaded(&panel(marginal)));
        for (first, second, due) in CORRELATIONS {
            let due = if second.starts_with("price") {
                between * due
            } else {
                due
            };
            let found = joint(&document, &format!("{first}_{second}"));
            assert_near(found, due, &format!("{}: {first}, {second}", marginal.is));
            assert!(!is_near(found, due + 0.03), "a difference of 0.03 shows");
        }
    }
}

#[test]
fn the_table_lists_shares_and_persistence_as_asked() {
    let model = loaded(&panel(&LOGNORMAL));
    let rows = dependence(&model.model, 1).unwrap();
    // One correlation; for each of two inputs the cells of one region, of different regions, and persistence.
    assert_eq!(rows.len(), 7);
    let mut values: Vec<f64> = rows.iter().map(|row| row.value).collect();
    values.sort_by(f64::total_cmp);
    assert_eq!(values, [0.2, 0.2, 0.4, 0.5, 0.5, 0.8, 0.8]);
    for row in &rows {
        // Closed forms of up to three factors.
        assert!(
            (row.achieved().unwrap() - row.value).abs() < 1e-12,
            "{row:?}"
        );
        let sampled = row.sampled.unwrap();
        assert_near((sampled.value, sampled.error), row.value, "sampled");
        assert!(sampled.error < 0.01);
    }
}

#[test]
fn check_prints_the_table_and_says_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.toml");
    let print = |text: &str| {
        fs::write(&path, text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_fanfare"))
            .args(["check", "--dependence"])
            .arg(&path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let text = print(&panel(&EXPONENTIAL));
    let words = |start: &str| -> Vec<String> {
        let line = (text.lines().find(|line| line.trim().starts_with(start)))
            .unwrap_or_else(|| panic!("{start}\n{text}"));
        line.split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(
        words("correlation")[..6],
        [
            "correlation",
            "demand,",
            "price",
            "spearman",
            "0.4",
            "0.4000"
        ]
    );
    assert!(text.contains("demand, cells of one region"), "{text}");
    assert!(text.contains("demand, cells of different region"), "{text}");
    assert!(text.contains("demand, neighbouring times"), "{text}");
    let alone = "fanfare = 1\nname = 'x'\n[inputs.x]\nis = 'poisson(mean = 1)'\n[outputs.x]\nplaces = ['world']\n";
    assert!(print(alone).contains("All draws are independent"));
}

// ---------------------------------------------------------------- the page

const PAGE_MARGINALS: [(&str, &str, &str); 7] = [
    (
        "normal",
        "normal(mean = 0, sd = 1)",
        "normal(mean = 0, sd = 1)",
    ),
    (
        "uniform",
        "uniform(low = 0, high = 1)",
        "uniform(low = 0, high = 1)",
    ),
    (
        "exponential",
        "exponential(mean = 1)",
        "exponential(mean = 1)",
    ),
    (
        "lognormal, gsd 2",
        "lognormal(median = 1, gsd = 2)",
        "lognormal(median = 1, gsd = 2)",
    ),
    (
        "lognormal, gsd 4",
        "lognormal(median = 1, gsd = 4)",
        "lognormal(median = 1, gsd = 4)",
    ),
    (
        "beta ½, ½ (U-shaped)",
        "beta(alpha = 0.5, beta = 0.5)",
        "beta(alpha = 0.5, beta = 0.5)",
    ),
    ("Bernoulli 0.1", "bernoulli(p = 0.1)", "bernoulli(p = 0.1)"),
];

fn page_pair(first: &str, second: &str, kind: &str) -> String {
    format!(
        "fanfare = 1\nname = 'pair'\n[inputs.a]\nis = '{first}'\n[inputs.b]\nis = '{second}'\n\
         [[correlations]]\nbetween = ['a', 'b']\nkind = '{kind}'\nvalue = 0.3\n\
         [outputs.y]\nis = 'if(true, 1, 0)'\nplaces = ['world']\n\
         [joint.p]\nof = ['a', 'b']\nplaces = ['world']\n"
    )
}

fn worked_table() -> String {
    let mut text = String::from(
        "| both inputs | 0.3 as | copula | Spearman | Pearson | Pearson can be |\n|---|---|---|---|---|---|\n",
    );
    for (title, first, second) in PAGE_MARGINALS {
        for kind in ["copula", "spearman", "pearson"] {
            let files = Memory::new().with("model.toml", page_pair(first, second, kind));
            let Ok(loaded) = load_from(&files, "model.toml", &VariantChoice::default()) else {
                writeln!(text, "| {title} | {kind} | refused | | | |").unwrap();
                continue;
            };
            let row = only_row(&loaded);
            let number = |value: Option<f64>| value.map_or("–".to_owned(), |x| format!("{x:.3}"));
            let range = row.pearson_range.map_or("–".to_owned(), |(low, high)| {
                format!("{low:.3} … {high:.3}")
            });
            writeln!(
                text,
                "| {title} | {kind} | {} | {} | {} | {range} |",
                number(row.scores),
                number(row.spearman),
                number(row.pearson),
            )
            .unwrap();
        }
    }
    text
}

/// Rewrite with `UPDATE_DOCS=1 cargo test --test dependence`.
#[test]
fn the_worked_table_of_the_page_is_that_of_the_program() {
    const BEGIN: &str = "<!-- generated: worked -->\n\n";
    const END: &str = "\n<!-- end -->";
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/dependence.md"));
    let page = fs::read_to_string(&path).unwrap();
    let begin = page.find(BEGIN).unwrap() + BEGIN.len();
    let end = begin + page[begin..].find(END).unwrap();
    let fresh = format!("{}{}{}", &page[..begin], worked_table(), &page[end..]);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == fresh,
        "docs/dependence.md is not up to date: run `UPDATE_DOCS=1 cargo test --test dependence`"
    );
}
