//! Warnings about statistics that are known less well than they look: one for each kind, with the number of cells and the first.

use crate::result::Warning;
use crate::stats::Unreliable;

/// Cells whose statistics are in doubt.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    coarse: Cells,
    mean: Cells,
    sd: Cells,
}

#[derive(Debug, Default)]
struct Cells {
    number: usize,
    first: Option<String>,
}

impl Cells {
    fn note(&mut self, name: impl Fn() -> String) {
        self.number += 1;
        self.first.get_or_insert_with(name);
    }
}

impl Doubts {
    /// Notes one cell, whose name is made only if it is the first of its kind.
    pub(super) fn note(&mut self, coarse: bool, unreliable: Unreliable, name: impl Fn() -> String) {
        for (cells, applies) in [
            (&mut self.coarse, coarse),
            (&mut self.mean, unreliable.mean),
            (&mut self.sd, unreliable.sd),
        ] {
            if applies {
                cells.note(&name);
            }
        }
    }

    /// The warnings due.
    pub(super) fn warnings(self) -> impl Iterator<Item = Warning> {
        [
            (
                "coarse-quantile",
                self.coarse,
                "quantiles are known less well than by the number of trials alone, because they are read from bins; the reported errors include it, and nothing needs to be done",
            ),
            (
                "unreliable-mean",
                self.mean,
                "the mean rests on a few extreme trials: so heavy a tail may have no mean, and more trials need not help; no error of it is stated; use the median and the other quantiles",
            ),
            (
                "unreliable-sd",
                self.sd,
                "the standard deviation rests on a few extreme trials: so heavy a tail may have none, and more trials need not help; no error of it is stated; use the distance of quantiles",
            ),
        ]
        .into_iter()
        .filter_map(|(code, cells, what)| {
            let first = cells.first?;
            Some(Warning {
                code: code.to_owned(),
                message: format!("in {} cells, first {first}, {what}", cells.number),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_counted_and_names_its_first_cell() {
        let mut doubts = Doubts::default();
        let sound = Unreliable::default();
        let sd = Unreliable { sd: true, ..sound };
        let both = Unreliable { mean: true, ..sd };
        for (name, unreliable) in [("a", sound), ("b", sd), ("c", both)] {
            doubts.note(false, unreliable, || name.to_owned());
        }
        let warnings: Vec<Warning> = doubts.warnings().collect();
        assert_eq!(warnings.len(), 2);
        assert_eq!(warnings[0].code, "unreliable-mean");
        assert!(
            warnings[0]
                .message
                .starts_with("in 1 cells, first c, the mean")
        );
        assert_eq!(warnings[1].code, "unreliable-sd");
        assert!(
            warnings[1]
                .message
                .starts_with("in 2 cells, first b, the standard")
        );
    }
}
