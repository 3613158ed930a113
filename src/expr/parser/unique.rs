//! What may stand only once, or only in one order: names of arguments, dimensions of a slice, keys of a map.

use super::super::ast::{Argument, Ident, MapEntry};
use super::Parser;
use crate::diag::{Diagnostic, Spanned};

impl Parser<'_> {
    /// Reports what no single token is to blame for.
    pub(super) fn tell(&mut self, problem: Diagnostic) {
        if !self.stopped {
            self.diagnostics.push(problem);
        }
    }

    pub(super) fn check_argument_names(&mut self, arguments: &[Argument]) {
        let names = arguments
            .iter()
            .filter_map(|argument| argument.name.as_ref());
        self.check_unique("duplicate-argument", "argument", names);
        let mut first_named: Option<&Ident> = None;
        for argument in arguments {
            match (&argument.name, first_named) {
                (Some(name), None) => first_named = Some(name),
                (None, Some(named)) => self.tell(
                    Diagnostic::error(
                        "positional-after-named",
                        argument.value.span,
                        "an argument without a name follows one with a name",
                    )
                    .expected("`name = value`")
                    .related(named.span, "the first named argument")
                    .hint("give this argument its name, or put it first"),
                ),
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
    }

    /// Reports names that occur twice.
    pub(super) fn check_unique<'n>(
        &mut self,
        code: &'static str,
        what: &str,
        names: impl Iterator<Item = &'n Ident>,
    ) {
        let mut seen = std::collections::BTreeMap::new();
        for name in names {
            if let Some(first) = seen.insert(name.value.as_str(), name.span) {
                seen.insert(name.value.as_str(), first);
                self.tell(
                    Diagnostic::error(
                        code,
                        name.span,
                        format!("{what} `{}` is given twice", name.value),
                    )
                    .expected("each once")
                    .related(first, "first given here")
                    .hint("remove one of them"),
                );
            }
        }
    }

    pub(super) fn check_keys(&mut self, entries: &[MapEntry]) {
        let mut sorted: Vec<&Spanned<f64>> = entries.iter().map(|entry| &entry.key).collect();
        // `-0` and `0` are one key.
        sorted.sort_by(|one, two| (one.value + 0.0).total_cmp(&(two.value + 0.0)));
        for pair in sorted.windows(2) {
            if pair[0].value == pair[1].value {
                self.tell(
                    Diagnostic::error(
                        "duplicate-key",
                        pair[1].span,
                        format!("key {} is given twice", pair[1].value),
                    )
                    .expected("each key once")
                    .related(pair[0].span, "first given here")
                    .hint("remove one of them"),
                );
            }
        }
    }
}
