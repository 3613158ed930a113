//! Reductions: many cells to one, over a dimension or to its parent.

use super::entry::{Arity, Builtin, Entry, Example, UnitRule, example};
use super::named::named_set;

named_set! {
    /// A reduction over a dimension (`sum(x, country)`) or from a dimension to its parent (`sum(x, country by region)`), in every trial by itself.
    pub enum Reduction {
        /// The sum.
        Sum => "sum",
        /// The arithmetic mean.
        Mean => "mean",
        /// The product.
        Product => "product",
        /// The smallest value.
        Min => "min",
        /// The largest value.
        Max => "max",
        /// The middle value.
        Median => "median",
        /// The value at a level.
        Quantile => "quantile",
        /// How many are true.
        Count => "count",
        /// Whether at least one is true.
        Any => "any",
        /// Whether none is false.
        All => "all",
    }
}

impl Reduction {
    /// Which argument is the dimension, counted from 0; it is always the last.
    #[must_use]
    pub const fn dimension_argument(self) -> usize {
        match self {
            Self::Quantile => 2,
            Self::Sum
            | Self::Mean
            | Self::Product
            | Self::Min
            | Self::Max
            | Self::Median
            | Self::Count
            | Self::Any
            | Self::All => 1,
        }
    }

    /// Its row of the table.
    #[must_use]
    pub const fn entry(self) -> Entry {
        use UnitRule::{Count, Dimensionless, Keep, Truth};
        let (signature, units, doc, examples): (_, _, _, &'static [Example]) = match self {
            Self::Sum => (
                "sum(x, dimension)",
                Keep,
                "The sum over a dimension, or with `by` over the members of each parent.",
                const { &[example("sum(year, year)", "6072")] },
            ),
            Self::Mean => (
                "mean(x, dimension)",
                Keep,
                "The unweighted mean over a dimension.",
                const { &[example("mean(year, year)", "2024")] },
            ),
            Self::Product => (
                "product(x, dimension)",
                Dimensionless,
                "The product over a dimension.",
                const { &[example("product(year - 2022, year)", "6")] },
            ),
            Self::Min => (
                "min(x, dimension)",
                Keep,
                "The smallest value over a dimension.",
                const { &[example("min(year, year)", "2023")] },
            ),
            Self::Max => (
                "max(x, dimension)",
                Keep,
                "The largest value over a dimension.",
                const { &[example("max(year, year)", "2025")] },
            ),
            Self::Median => (
                "median(x, dimension)",
                Keep,
                "The middle value over a dimension, for an even number of cells the mean of the two middle ones.",
                const { &[example("median((year - 2022)^2, year)", "4")] },
            ),
            Self::Quantile => (
                "quantile(x, level, dimension)",
                Keep,
                "The value at a level from 0 to 1 over a dimension, linear between the ordered cells (type 7 of Hyndman and Fan, 1996).",
                const { &[example("quantile((year - 2022)^2, 0.75, year)", "6.5")] },
            ),
            Self::Count => (
                "count(condition, dimension)",
                Count,
                "How many cells over a dimension are true or 1.",
                const { &[example("count(year > 2023, year)", "2")] },
            ),
            Self::Any => (
                "any(condition, dimension)",
                Truth,
                "Whether at least one cell over a dimension is true or 1.",
                const { &[example("any(year == 2030, year)", "false")] },
            ),
            Self::All => (
                "all(condition, dimension)",
                Truth,
                "Whether every cell over a dimension is true or 1.",
                const { &[example("all(year > 2000, year)", "true")] },
            ),
        };
        Entry {
            builtin: Builtin::Reduction(self),
            name: self.name(),
            signature,
            doc,
            arity: Arity::exactly(self.dimension_argument() + 1),
            units,
            examples,
        }
    }
}
