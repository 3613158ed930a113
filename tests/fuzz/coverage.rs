//! Which keys, functions and families the accepted models used.

use std::collections::BTreeSet;

use fanfare::dist::families;
use fanfare::expr::builtins;
use fanfare::run::{VariantChoice, load_from};
use fanfare::source::Memory;
use toml::Value;

/// Sections with a declaration that ends in a key that nobody knows: the message about it names the keys that the reader knows.
const SECTIONS: [(&str, &str); 18] = [
    ("", "zzz = 1"),
    ("dimensions", "[dimensions.d]\nlabels = ['a']\nzzz = 1"),
    ("data", "[data.d]\nvalue = 1\nzzz = 1"),
    ("inputs", "[inputs.i]\nis = 'poisson(mean = 1)'\nzzz = 1"),
    ("variables", "[variables.v]\nis = 1\nzzz = 1"),
    ("outputs", "[outputs.o]\nis = '1'\nzzz = 1"),
    ("crossings", "[crossings.c]\nof = '1'\nabove = '1'\nzzz = 1"),
    ("joint", "[joint.j]\nof = ['1', '2']\nzzz = 1"),
    (
        "correlations",
        "[[correlations]]\nbetween = ['a', 'b']\nkind = 'copula'\nvalue = 0\nzzz = 1",
    ),
    ("evidence", "[evidence.e]\nholds = '1 < 2'\nzzz = 1"),
    ("conditions", "[conditions.c]\non = ['e']\nzzz = 1"),
    ("scenarios", "[scenarios.s]\nzzz = 1"),
    ("strategies", "[strategies.s]\nzzz = 1"),
    ("sources", "[sources.s]\ntitle = 's'\nzzz = 1"),
    ("report", "[report]\nzzz = 1"),
    ("sampling", "[sampling]\nzzz = 1"),
    ("defaults.inputs", "[defaults.inputs]\nzzz = 1"),
    ("defaults.outputs", "[defaults.outputs]\nzzz = 1"),
];

/// Keys as `section.key`.
pub struct Coverage {
    keys: BTreeSet<String>,
    words: BTreeSet<String>,
}

impl Coverage {
    pub fn new() -> Self {
        Self {
            keys: BTreeSet::new(),
            words: BTreeSet::new(),
        }
    }

    /// Notes what an accepted model used.
    pub fn note(&mut self, model: &[u8]) {
        let text = std::str::from_utf8(model).expect("accepted models are UTF-8");
        let table: toml::Table = text.parse().expect("accepted models are TOML");
        for (section, value) in &table {
            self.keys.insert(format!(".{section}"));
            match value {
                // A section of named declarations, or of keys.
                Value::Table(named) => {
                    for (name, declaration) in named {
                        self.keys.insert(format!("{section}.{name}"));
                        if let Value::Table(keys) = declaration {
                            let below = if section == "defaults" {
                                format!("defaults.{name}")
                            } else {
                                section.clone()
                            };
                            self.keys
                                .extend(keys.keys().map(|key| format!("{below}.{key}")));
                        }
                    }
                }
                Value::Array(list) => {
                    for declaration in list.iter().filter_map(Value::as_table) {
                        self.keys
                            .extend(declaration.keys().map(|key| format!("{section}.{key}")));
                    }
                }
                _ => {}
            }
        }
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        for (at, _) in text.match_indices('(') {
            let word = text[..at]
                .rsplit(|c| !is_word(c))
                .next()
                .unwrap_or_default();
            self.words.insert(word.to_owned());
        }
    }

    /// Every key that the reader knows, every function and every family occurred in a model that was accepted.
    pub fn assert_whole(&self) {
        let mut missing = Vec::new();
        for (section, declaration) in SECTIONS {
            for key in known_keys(declaration) {
                let key = format!("{section}.{key}");
                if !self.keys.contains(&key) {
                    missing.push(key);
                }
            }
        }
        let functions = builtins().map(|entry| entry.name);
        let drawn = families().iter().map(|family| family.name);
        missing.extend(
            functions
                .chain(drawn)
                .filter(|name| !self.words.contains(*name))
                .map(str::to_owned),
        );
        assert!(missing.is_empty(), "never accepted: {missing:?}");
    }
}

/// The keys that a section knows.
fn known_keys(declaration: &str) -> Vec<String> {
    let text = format!("fanfare = 1\nname = 'keys'\n{declaration}\n");
    let refused = load_from(
        &Memory::new().with("model.toml", text),
        "model.toml",
        &VariantChoice::default(),
    )
    .expect_err("an unknown key is an error");
    let problem = (refused.problems.iter())
        .find(|problem| problem.code == "unknown-key")
        .expect("the unknown key is reported");
    let listed = problem
        .expected
        .strip_prefix("one of ")
        .expect("the known keys are listed");
    listed
        .split(", ")
        .map(|key| key.trim_matches('`').to_owned())
        .collect()
}
