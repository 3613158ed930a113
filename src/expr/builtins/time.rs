//! Forms that look along the time dimension.

use super::entry::{Arity, Builtin, Entry, Example, UnitRule, example};
use super::named::named_set;

named_set! {
    /// A form along the time dimension, or by its numeric labels.
    pub enum TimeForm {
        /// The value one label before.
        Prev => "prev",
        /// The running sum.
        Cumulative => "cumulative",
        /// Piecewise linear between given points.
        Interpolate => "interpolate",
    }
}

impl TimeForm {
    /// Its row of the table.
    #[must_use]
    pub const fn entry(self) -> Entry {
        let (signature, arity, units, doc, examples): (_, _, _, _, &'static [Example]) = match self
        {
            Self::Prev => (
                "prev(x, start)",
                2,
                UnitRule::Same,
                "The value of x one time label earlier; at the first label, start.",
                const { &[example("prev(year, 0)", "0, 2023, 2024")] },
            ),
            Self::Cumulative => (
                "cumulative(x)",
                1,
                UnitRule::Keep,
                "The sum of x from the first time label up to this one.",
                const { &[example("cumulative(year - 2022)", "1, 3, 6")] },
            ),
            Self::Interpolate => (
                "interpolate(t, {2023: a, 2027: b})",
                2,
                UnitRule::Interpolate,
                "The value at t on the straight lines between the given points, and that of the first or last point outside them.",
                const {
                    &[
                        example("interpolate(year, {2023: 0, 2025: 1})", "0, 0.5, 1"),
                        example("interpolate(2030, {2023: 0, 2025: 1})", "1"),
                    ]
                },
            ),
        };
        Entry {
            builtin: Builtin::Time(self),
            name: self.name(),
            signature,
            doc,
            arity: Arity::exactly(arity),
            units,
            examples,
        }
    }
}
