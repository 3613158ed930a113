//! Inputs, variables and outputs, with the keys they share and their defaults.

use super::names::NameKind;
use super::reader::Reader;
use super::section::{Item, Section, shown};
use crate::diag::{Diagnostic, Span, Spanned, closest};
use crate::expr::Ident;
use crate::model::{Basis, InputDecl, NodeInfo, OutputDecl, RollupDecl, VariableDecl};
use toml::de::DeValue;

/// Most dimensions of one node: far beyond any model, and small enough to nest values.
const DIMENSION_LIMIT: usize = 16;

/// Keys that `[defaults.inputs]` may hold, each absent unless written.
#[derive(Debug, Clone, Default)]
pub(super) struct InputKeys {
    over: Option<Vec<Ident>>,
    unit: Option<Spanned<String>>,
    rollup: Option<Spanned<RollupDecl>>,
    sources: Option<Vec<Ident>>,
    basis: Option<Spanned<Basis>>,
    as_of: Option<Spanned<String>>,
    alike: Option<Vec<(Ident, Spanned<f64>)>>,
    persist: Option<Spanned<f64>>,
}

/// Keys that `[defaults.outputs]` may hold.
#[derive(Debug, Clone, Default)]
pub(super) struct OutputKeys {
    places: Option<Vec<Ident>>,
    unit: Option<Spanned<String>>,
}

impl Reader<'_> {
    /// `[defaults]`
    pub fn defaults(&mut self, root: &mut Section<'_>) -> (InputKeys, OutputKeys) {
        let mut keys = (InputKeys::default(), OutputKeys::default());
        let Some(item) = root.take("defaults") else {
            return keys;
        };
        let Some(mut section) = self.section(item, "[defaults]".to_owned()) else {
            return keys;
        };
        if let Some(item) = section.take("inputs")
            && let Some(mut inputs) = self.section(item, "[defaults.inputs]".to_owned())
        {
            keys.0 = self.input_keys(&mut inputs);
            inputs.finish(self);
        }
        if let Some(item) = section.take("outputs")
            && let Some(mut outputs) = self.section(item, "[defaults.outputs]".to_owned())
        {
            keys.1 = self.output_keys(&mut outputs);
            outputs.finish(self);
        }
        section.finish(self);
        keys
    }

    fn input_keys(&mut self, section: &mut Section<'_>) -> InputKeys {
        InputKeys {
            over: self.over(section).map(|over| over.value),
            unit: section.take("unit").and_then(|item| self.text(item)),
            rollup: section.take("rollup").and_then(|item| self.rollup(item)),
            sources: section.take("sources").and_then(|item| self.texts(item)),
            basis: section.take("basis").and_then(|item| self.basis(item)),
            as_of: section.take("as_of").and_then(|item| self.date(item)),
            alike: section.take("alike").and_then(|item| {
                self.pairs(item, "a table of shares, { world = 0.3 }", Self::number)
            }),
            persist: section.take("persist").and_then(|item| self.number(item)),
        }
    }

    fn output_keys(&mut self, section: &mut Section<'_>) -> OutputKeys {
        OutputKeys {
            places: section.take("places").and_then(|item| self.texts(item)),
            unit: section.take("unit").and_then(|item| self.text(item)),
        }
    }

    /// `[inputs.NAME]`
    pub fn input(
        &mut self,
        name: Ident,
        section: &mut Section<'_>,
        defaults: &InputKeys,
    ) -> Option<InputDecl> {
        let title = section.take("title").and_then(|item| self.text(item));
        let keys = self.input_keys(section);
        let stream = section.take("stream").and_then(|item| self.text(item));
        let note = section.take("note").and_then(|item| self.text(item));
        let is = section.require(self, "is");
        let is = is.and_then(|item| self.expression(item))?;
        let written = |own: &Option<Vec<Ident>>, default: &Option<Vec<Ident>>| {
            own.as_ref()
                .or(default.as_ref())
                .cloned()
                .unwrap_or_default()
        };
        Some(InputDecl {
            name,
            over: written(&keys.over, &defaults.over),
            is,
            alike: keys
                .alike
                .or_else(|| defaults.alike.clone())
                .unwrap_or_default(),
            persist: keys.persist.or_else(|| defaults.persist.clone()),
            stream,
            info: NodeInfo {
                title,
                unit: keys.unit.or_else(|| defaults.unit.clone()),
                rollup: keys.rollup.or_else(|| defaults.rollup.clone()),
                sources: written(&keys.sources, &defaults.sources),
                basis: keys.basis.or_else(|| defaults.basis.clone()),
                as_of: keys.as_of.or_else(|| defaults.as_of.clone()),
                note,
            },
        })
    }

    /// `[variables.NAME]`
    pub fn variable(&mut self, name: Ident, section: &mut Section<'_>) -> Option<VariableDecl> {
        let over = self.over(section);
        let info = self.node_info(section);
        let is = section.require(self, "is");
        let is = is.and_then(|item| self.expression(item))?;
        Some(VariableDecl {
            name,
            over,
            is,
            info,
        })
    }

    /// `[outputs.NAME]`
    pub fn output(
        &mut self,
        name: Ident,
        section: &mut Section<'_>,
        defaults: &OutputKeys,
    ) -> Option<OutputDecl> {
        let title = section.take("title").and_then(|item| self.text(item));
        let is = section.take("is").map(|item| self.expression(item));
        let keys = self.output_keys(section);
        let note = section.take("note").and_then(|item| self.text(item));
        let is = match is {
            Some(expression) => Some(expression?),
            None => None,
        };
        Some(OutputDecl {
            name,
            title,
            is,
            places: keys
                .places
                .or_else(|| defaults.places.clone())
                .unwrap_or_default(),
            unit: keys.unit.or_else(|| defaults.unit.clone()),
            note,
        })
    }

    /// The keys that data and variables share.
    pub fn node_info(&mut self, section: &mut Section<'_>) -> NodeInfo {
        NodeInfo {
            title: section.take("title").and_then(|item| self.text(item)),
            unit: section.take("unit").and_then(|item| self.text(item)),
            rollup: section.take("rollup").and_then(|item| self.rollup(item)),
            sources: self.sources_key(section),
            basis: section.take("basis").and_then(|item| self.basis(item)),
            as_of: section.take("as_of").and_then(|item| self.date(item)),
            note: section.take("note").and_then(|item| self.text(item)),
        }
    }

    /// `sources = ["id"]`
    pub fn sources_key(&mut self, section: &mut Section<'_>) -> Vec<Ident> {
        section
            .take("sources")
            .and_then(|item| self.texts(item))
            .unwrap_or_default()
    }

    /// `over = ["dimension"]`
    pub fn over(&mut self, section: &mut Section<'_>) -> Option<Spanned<Vec<Ident>>> {
        let item = section.take("over")?;
        let names = self.texts(item)?;
        if names.len() > DIMENSION_LIMIT {
            let message = format!("more than {DIMENSION_LIMIT} dimensions");
            self.report(
                Diagnostic::error("too-large", item.span, message)
                    .expected(format!("at most {DIMENSION_LIMIT} dimensions")),
            );
            return None;
        }
        Some(Spanned::new(names, item.span))
    }

    fn basis(&mut self, item: Item<'_>) -> Option<Spanned<Basis>> {
        let words = [
            ("evidence", Basis::Evidence),
            ("calibrated", Basis::Calibrated),
            ("free", Basis::Free),
            ("judgement", Basis::Judgement),
        ];
        let basis = self.word(item, &words)?;
        Some(Spanned::new(basis, item.span))
    }

    /// `"sum"`, `"none"` or `{ mean = WEIGHT }`
    fn rollup(&mut self, item: Item<'_>) -> Option<Spanned<RollupDecl>> {
        let rollup = match item.value {
            DeValue::String(_) => {
                let text = self.text(item)?;
                match text.value.as_str() {
                    "sum" => RollupDecl::Sum,
                    "none" => RollupDecl::None,
                    other => {
                        let message = format!("`rollup` cannot be \"{}\"", shown(other));
                        let mean = (other == "mean").then(|| {
                            "state what weighs: rollup = { mean = \"weight\" }".to_owned()
                        });
                        let near = closest(other, ["sum", "none"].into_iter())
                            .map(|word| format!("did you mean \"{word}\"?"));
                        self.report(
                            Diagnostic::error("wrong-value", item.span, message)
                                .expected("\"sum\", \"none\" or { mean = \"weight\" }")
                                .hint_if(mean.or(near)),
                        );
                        return None;
                    }
                }
            }
            DeValue::Table(_) => {
                let mut section = self.section(item, "`rollup`".to_owned())?;
                let mean = section.require(self, "mean");
                let weight = mean.and_then(|item| self.text(item));
                section.finish(self);
                RollupDecl::Mean(weight?)
            }
            _ => return self.wrong_type(item, "\"sum\", \"none\" or { mean = \"weight\" }"),
        };
        Some(Spanned::new(rollup, item.span))
    }

    /// Every declaration of a section `[key.NAME]`, in the order of the file.
    pub fn declarations<T>(
        &mut self,
        root: &mut Section<'_>,
        key: &'static str,
        kind: NameKind,
        read: impl Fn(&mut Self, Ident, &mut Section<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(item) = root.take(key) else {
            return Vec::new();
        };
        let DeValue::Table(table) = item.value else {
            self.wrong_type_hint::<()>(
                item,
                "a table of declarations",
                Some(&format!("write each one as [{key}.name]")),
            );
            return Vec::new();
        };
        let mut declared = Vec::new();
        for entry in self.items(table) {
            let name = Ident::new(entry.key.to_owned(), entry.key_span);
            self.check_name(&name, kind);
            let shown = super::section::shown(entry.key);
            let Some(mut section) = self.section(entry, format!("[{key}.{shown}]")) else {
                continue;
            };
            declared.extend(read(self, name, &mut section));
            section.finish(self);
        }
        declared
    }

    /// Reports keys that do not go together.
    pub fn conflict(&mut self, key: Span, message: String, related: Span, with: &str) {
        self.report(
            Diagnostic::error("conflicting-keys", key, message)
                .related(related, format!("because of `{with}`")),
        );
    }
}
