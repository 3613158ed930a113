//! The documents say what the code does: tables are generated from it, keys are asked of it, examples are checked by it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use fanfare::dist::{FamilyInfo, Parameter, UnitRole, families};
use fanfare::expr::{BinaryOp, Builtin, Entry, UnaryOp, UnitRule, builtins};
use fanfare::run::{VariantChoice, load_from};
use fanfare::source::Memory;

fn page_path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/model-file.md"))
}

fn page() -> String {
    std::fs::read_to_string(page_path()).unwrap()
}

// ---------------------------------------------------------------- generated tables

fn rule_name(rule: UnitRule) -> &'static str {
    match rule {
        UnitRule::Dimensionless => "none",
        UnitRule::Same => "same",
        UnitRule::Choice => "choice",
        UnitRule::SignLike => "sign",
        UnitRule::Angle => "angle",
        UnitRule::SquareRoot => "root",
        UnitRule::Compare => "compare",
        UnitRule::Product => "product",
        UnitRule::Quotient => "quotient",
        UnitRule::Power => "power",
        UnitRule::Truth => "truth",
        UnitRule::Keep => "keep",
        UnitRule::Count => "count",
        UnitRule::Interpolate => "interpolate",
    }
}

fn rule_text(rule: UnitRule) -> &'static str {
    match rule {
        UnitRule::Dimensionless => "Arguments and value have no unit.",
        UnitRule::Same => "All arguments have one unit, which is that of the value.",
        UnitRule::Choice => {
            "The first argument is true or false; the others have one unit, which is that of the value."
        }
        UnitRule::SignLike => "Any unit; the value has none.",
        UnitRule::Angle => "All arguments have one unit; the value has none.",
        UnitRule::SquareRoot => "The square root of the unit of the argument.",
        UnitRule::Compare => "All arguments have one unit; the value is true or false.",
        UnitRule::Product => "The product of the units.",
        UnitRule::Quotient => "The quotient of the units.",
        UnitRule::Power => {
            "The unit of the base to the exponent. The exponent has no unit; where the base has one, the exponent is a literal."
        }
        UnitRule::Truth => "Arguments and value are true or false.",
        UnitRule::Keep => "The unit of the first argument.",
        UnitRule::Count => "The first argument is true or false; the value has no unit.",
        UnitRule::Interpolate => {
            "The first argument has no unit; the values of the map have one unit, which is that of the value."
        }
    }
}

/// Text within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn entry_table(chosen: impl Fn(&Entry) -> bool) -> String {
    let mut text = String::from("| form | value | units | example |\n|---|---|---|---|\n");
    for entry in builtins().filter(chosen) {
        let examples: Vec<String> = (entry.examples.iter())
            .map(|example| format!("`{}` → {}", example.expression, example.value))
            .collect();
        let units = rule_name(entry.units);
        let examples = cell(&examples.join("<br>"));
        writeln!(
            text,
            "| `{}` | {} | {units} | {examples} |",
            entry.signature,
            cell(entry.doc)
        )
        .unwrap();
    }
    text
}

const BINARY: [(BinaryOp, &str); 13] = [
    (BinaryOp::Power, "power"),
    (BinaryOp::Multiply, "product"),
    (BinaryOp::Divide, "quotient"),
    (BinaryOp::Add, "sum"),
    (BinaryOp::Subtract, "difference"),
    (BinaryOp::Equal, "equal"),
    (BinaryOp::NotEqual, "not equal"),
    (BinaryOp::Less, "less"),
    (BinaryOp::LessEqual, "less or equal"),
    (BinaryOp::Greater, "greater"),
    (BinaryOp::GreaterEqual, "greater or equal"),
    (BinaryOp::And, "both true"),
    (BinaryOp::Or, "at least one true"),
];

fn operator_table() -> String {
    let mut text = String::from("| operator | value | units |\n|---|---|---|\n");
    for (operator, meaning) in BINARY {
        let (symbol, units) = (operator.symbol(), rule_name(operator.units()));
        writeln!(text, "| `a {symbol} b` | {meaning} | {units} |").unwrap();
    }
    for (operator, form, meaning) in [
        (UnaryOp::Negate, "-a", "a with the other sign"),
        (UnaryOp::Not, "not a", "true where a is false"),
    ] {
        let units = rule_name(operator.units());
        writeln!(text, "| `{form}` | {meaning} | {units} |").unwrap();
    }
    text
}

fn unit_table() -> String {
    let mut seen: Vec<UnitRule> = Vec::new();
    let operators = BINARY
        .iter()
        .map(|(operator, _)| operator.units())
        .chain([UnaryOp::Negate.units(), UnaryOp::Not.units()]);
    for rule in operators.chain(builtins().map(|entry| entry.units)) {
        if !seen.contains(&rule) {
            seen.push(rule);
        }
    }
    let mut text = String::from("| rule | units |\n|---|---|\n");
    for rule in seen {
        writeln!(text, "| {} | {} |", rule_name(rule), rule_text(rule)).unwrap();
    }
    text
}

fn parameter(parameter: &Parameter) -> String {
    let unit = match parameter.unit {
        UnitRole::Value => "",
        UnitRole::Dimensionless => " (1)",
        UnitRole::PerValue => " (1/unit)",
    };
    let list = if parameter.list { " list" } else { "" };
    format!("`{}`{list}{unit}", parameter.name)
}

fn arguments(family: &FamilyInfo) -> String {
    let join = |parameters: &[Parameter]| -> String {
        let names: Vec<String> = parameters.iter().map(parameter).collect();
        names.join(", ")
    };
    let mut ways: Vec<String> = Vec::new();
    for form in family.forms {
        let solved = if form.solved { " †" } else { "" };
        ways.push(format!("{}{solved}", join(form.parameters)));
    }
    for form in family.quantile_forms {
        let count = match (form.fewest, form.most) {
            (1, 1) => "one quantile".to_owned(),
            (fewest, most) if fewest == most => format!("{fewest} quantiles"),
            (fewest, most) => format!("{fewest} to {most} quantiles"),
        };
        let with = if form.with.is_empty() {
            String::new()
        } else {
            format!(", {}", join(form.with))
        };
        ways.push(format!("{count}{with}"));
    }
    ways.join("<br>")
}

fn family_table() -> String {
    let mut text = String::new();
    for (title, discrete) in [("Continuous", false), ("Discrete", true)] {
        writeln!(
            text,
            "**{title}**\n\n| family | parameters, one of | example | source |\n|---|---|---|---|"
        )
        .unwrap();
        for family in families()
            .iter()
            .filter(|family| family.discrete == discrete)
        {
            writeln!(
                text,
                "| `{}`: {} | {} | `{}` | {} |",
                family.name,
                cell(family.doc),
                arguments(family),
                family.example,
                cell(family.source)
            )
            .unwrap();
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

fn generated(name: &str) -> String {
    match name {
        "operators" => operator_table(),
        "functions" => entry_table(|entry| matches!(entry.builtin, Builtin::Function(_))),
        "reductions" => entry_table(|entry| matches!(entry.builtin, Builtin::Reduction(_))),
        "time" => entry_table(|entry| matches!(entry.builtin, Builtin::Time(_))),
        "units" => unit_table(),
        "distributions" => family_table(),
        other => panic!("nothing generates `{other}`"),
    }
}

/// The page with every generated part made anew, and the names of the parts.
fn regenerated(page: &str) -> (String, Vec<String>) {
    const BEGIN: &str = "<!-- generated: ";
    const END: &str = "<!-- end -->";
    let mut text = String::new();
    let mut names = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find(BEGIN) {
        let name = &rest[at + BEGIN.len()..];
        let name = &name[..name.find(" -->").unwrap()];
        let end = at + rest[at..].find(END).expect("a generated part that ends");
        writeln!(
            text,
            "{}{BEGIN}{name} -->\n\n{}",
            &rest[..at],
            generated(name)
        )
        .unwrap();
        text.push_str(END);
        names.push(name.to_owned());
        rest = &rest[end + END.len()..];
    }
    text.push_str(rest);
    (text, names)
}

/// Rewrite with `UPDATE_DOCS=1 cargo test --test docs`.
#[test]
fn the_tables_of_the_model_language_are_those_of_the_code() {
    let (fresh, names) = regenerated(&page());
    assert_eq!(
        names,
        [
            "operators",
            "functions",
            "reductions",
            "time",
            "units",
            "distributions"
        ]
    );
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(page_path(), &fresh).unwrap();
    }
    assert!(
        page() == fresh,
        "docs/model-file.md is not up to date: run `UPDATE_DOCS=1 cargo test --test docs`"
    );
}

#[test]
fn every_binary_operator_is_in_the_table() {
    let symbols: BTreeSet<&str> = BINARY
        .iter()
        .map(|(operator, _)| operator.symbol())
        .collect();
    assert_eq!(symbols.len(), BINARY.len());
    // The order of precedence in the page names each of them too.
    for symbol in symbols {
        assert!(operator_table().contains(&format!("`a {symbol} b`")));
    }
}

// ---------------------------------------------------------------- examples

/// Fenced blocks: what follows the opening fence, and the text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block that is not closed");
    blocks
}

fn first_problem(files: &Memory) -> Option<String> {
    let refused = load_from(files, "model.toml", &VariantChoice::default()).err()?;
    Some(format!("{:?}", refused.problems))
}

#[test]
fn every_example_is_a_sound_model_without_warnings() {
    let mut files = Memory::new();
    let mut n_models = 0;
    for (info, text) in blocks(&page()) {
        if let Some(path) = info.strip_prefix("csv ") {
            files = files.with(path, text);
        } else if info == "toml model" {
            n_models += 1;
            let files = files.clone().with("model.toml", text.clone());
            match load_from(&files, "model.toml", &VariantChoice::default()) {
                Ok(loaded) => {
                    assert!(
                        loaded.model.warnings.is_empty(),
                        "{:?}\n{text}",
                        loaded.model.warnings
                    )
                }
                Err(refused) => panic!("{:?}\n{text}", refused.problems),
            }
        } else {
            panic!("a block of an unknown kind: `{info}`");
        }
    }
    assert!(n_models >= 11, "only {n_models} examples were found");
}

#[test]
fn every_example_of_a_distribution_is_a_sound_input() {
    for family in families() {
        let text = format!(
            "fanfare = 1\nname = 'x'\n[inputs.x]\nis = '{}'\n[outputs.x]\nplaces = ['world']\n",
            family.example
        );
        let problem = first_problem(&Memory::new().with("model.toml", text));
        assert_eq!(problem, None, "{}", family.example);
    }
}

// ---------------------------------------------------------------- keys

/// A model whose section ends with a key that nobody knows, and the heading under which the page documents the section.
const SECTIONS: [(&str, &str); 17] = [
    ("### The file itself", "zzz = 1\n"),
    (
        "### `[dimensions.NAME]`",
        "[dimensions.d]\nlabels = ['a']\nzzz = 1\n",
    ),
    ("### `[data.NAME]`", "[data.d]\nvalue = 1\nzzz = 1\n"),
    (
        "### `[inputs.NAME]`",
        "[inputs.i]\nis = 'poisson(mean = 1)'\nzzz = 1\n",
    ),
    ("### `[variables.NAME]`", "[variables.v]\nis = 1\nzzz = 1\n"),
    ("### `[outputs.NAME]`", "[outputs.o]\nis = '1'\nzzz = 1\n"),
    (
        "### `[crossings.NAME]`",
        "[crossings.c]\nof = '1'\nabove = '1'\nzzz = 1\n",
    ),
    (
        "### `[joint.NAME]`",
        "[joint.j]\nof = ['1', '2']\nzzz = 1\n",
    ),
    (
        "### `[[correlations]]`",
        "[[correlations]]\nbetween = ['a', 'b']\nkind = 'copula'\nvalue = 0\nzzz = 1\n",
    ),
    (
        "### `[evidence.NAME]` and `[conditions.NAME]`",
        "[evidence.e]\nholds = '1 < 2'\nzzz = 1\n",
    ),
    (
        "### `[evidence.NAME]` and `[conditions.NAME]`",
        "[conditions.c]\non = ['e']\nzzz = 1\n",
    ),
    (
        "### `[strategies.NAME]` and `[scenarios.NAME]`",
        "[scenarios.s]\nzzz = 1\n",
    ),
    (
        "### `[sources.NAME]`",
        "[sources.s]\ntitle = 's'\nzzz = 1\n",
    ),
    ("### `[report]`", "[report]\nzzz = 1\n"),
    (
        "### `[sampling]`",
        "[sampling]\nsobol_order = ['s']\nzzz = 1\n",
    ),
    ("### `[defaults]`", "[defaults.inputs]\nzzz = 1\n"),
    ("### `[defaults]`", "[defaults.outputs]\nzzz = 1\n"),
];

/// The keys that a section knows, from the message about one that it does not.
fn known_keys(section: &str) -> Vec<String> {
    let text = format!("fanfare = 1\nname = 'keys'\n{section}");
    let files = Memory::new().with("model.toml", text);
    let refused = load_from(&files, "model.toml", &VariantChoice::default())
        .expect_err("an unknown key is an error");
    let unknown: Vec<_> = (refused.problems.iter())
        .filter(|problem| problem.code == "unknown-key")
        .collect();
    assert_eq!(unknown.len(), 1, "{section}: {:?}", refused.problems);
    let listed = unknown[0].expected.strip_prefix("one of ").unwrap();
    let keys: Vec<String> = (listed.split(", "))
        .map(|key| key.trim_matches('`').to_owned())
        .collect();
    assert!(keys.iter().all(|key| !key.is_empty()), "{listed}");
    keys
}

#[test]
fn every_key_is_documented_under_its_section() {
    let page = page();
    for (heading, section) in SECTIONS {
        let at = page.find(&format!("{heading}\n")).expect(heading) + heading.len();
        let end = page[at..].find("\n##").map_or(page.len(), |end| at + end);
        for key in known_keys(section) {
            assert!(
                page[at..end].contains(&format!("`{key}`")),
                "`{key}` is not documented under {heading}"
            );
        }
    }
}

#[test]
fn every_key_occurs_in_an_example() {
    let examples: String = blocks(&page()).into_iter().map(|(_, text)| text).collect();
    let words: BTreeSet<&str> = examples
        .split(|c: char| !(c.is_ascii_lowercase() || c == '_'))
        .collect();
    for (_, section) in SECTIONS {
        for key in known_keys(section) {
            assert!(words.contains(key.as_str()), "no example uses `{key}`");
        }
    }
}

// ---------------------------------------------------------------- other pages

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text of every Rust file below a folder.
fn sources(folder: &std::path::Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_test_that_the_promises_name_exists() {
    let mut code = String::new();
    sources(&root().join("src"), &mut code);
    sources(&root().join("tests"), &mut code);
    let page = std::fs::read_to_string(root().join("docs/numerics.md")).unwrap();
    // Names of tests are the long words in backquotes; modules and folders hold a colon or a slash.
    let names: BTreeSet<&str> = (page.split('`').skip(1).step_by(2))
        .filter(|name| name.matches('_').count() >= 3)
        .collect();
    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        assert!(
            code.contains(&format!("fn {name}(")),
            "docs/numerics.md names `{name}`, which is no test"
        );
    }
}

/// Links to files of the repository; those into `results/` are made by a run.
#[test]
fn links_between_documents_lead_somewhere() {
    let mut n_links = 0;
    for page in [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/design.md",
        "docs/dependence.md",
        "docs/gauge.md",
        "docs/model-file.md",
        "docs/numerics.md",
        "models/README.md",
        "models/flash-calling/README.md",
    ] {
        let path = root().join(page);
        let text = std::fs::read_to_string(&path).unwrap();
        for target in text.split("](").skip(1) {
            let target = &target[..target.find(')').unwrap_or(0)];
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.starts_with("results/") {
                continue;
            }
            n_links += 1;
            let there = path.parent().unwrap().join(file);
            assert!(
                there.exists(),
                "{page} links to {target}, which is not there"
            );
        }
    }
    assert!(n_links >= 15, "only {n_links} links were found");
}

#[test]
fn the_changelog_has_a_section_for_this_version() {
    let text = std::fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    let heading = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&heading), "{heading}");
    let citation = std::fs::read_to_string(root().join("CITATION.cff")).unwrap();
    assert!(citation.contains(concat!("version: ", env!("CARGO_PKG_VERSION"), "\n")));
}
