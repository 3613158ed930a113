//! Functions that act cell by cell.

use super::entry::{Arity, Builtin, Entry, Example, UnitRule, example};
use super::named::named_set;

named_set! {
    /// A function of numbers, applied in every cell and trial by itself.
    pub enum Function {
        /// One of two values.
        If => "if",
        /// The smallest argument.
        Min => "min",
        /// The largest argument.
        Max => "max",
        /// Within two bounds.
        Clamp => "clamp",
        /// The size without its sign.
        Abs => "abs",
        /// -1, 0 or 1.
        Sign => "sign",
        /// Rounded down.
        Floor => "floor",
        /// Rounded to a whole number.
        Round => "round",
        /// The square root.
        Sqrt => "sqrt",
        /// The exponential.
        Exp => "exp",
        /// The natural logarithm.
        Ln => "ln",
        /// The decimal logarithm.
        Log10 => "log10",
        /// The sine.
        Sin => "sin",
        /// The cosine.
        Cos => "cos",
        /// The tangent.
        Tan => "tan",
        /// The angle of a point.
        Atan2 => "atan2",
        /// From odds on the logarithmic scale to a probability.
        Logistic => "logistic",
        /// From a probability to odds on the logarithmic scale.
        Logit => "logit",
        /// The standard normal distribution function.
        NormalCdf => "normal_cdf",
        /// Its inverse.
        NormalQuantile => "normal_quantile",
    }
}

impl Function {
    /// Its row of the table.
    #[must_use]
    pub const fn entry(self) -> Entry {
        use UnitRule::{Angle, Choice, Dimensionless, Same, SignLike, SquareRoot};
        const ONE: Arity = Arity::exactly(1);
        const TWO: Arity = Arity::exactly(2);
        const THREE: Arity = Arity::exactly(3);
        let (signature, arity, units, doc, examples): (_, _, _, _, &'static [Example]) = match self
        {
            Self::If => (
                "if(condition, then, otherwise)",
                THREE,
                Choice,
                "The second argument where the condition is true or 1, the third where it is false or 0.",
                const {
                    &[
                        example("if(2 > 1, 10, 20)", "10"),
                        example("if(false, 10, 20)", "20"),
                    ]
                },
            ),
            Self::Min => (
                "min(x, y, …)",
                Arity::at_least(2),
                Same,
                "The smallest of the arguments.",
                const { &[example("min(3, 1, 2)", "1")] },
            ),
            Self::Max => (
                "max(x, y, …)",
                Arity::at_least(2),
                Same,
                "The largest of the arguments.",
                const { &[example("max(3, 1, 2)", "3")] },
            ),
            Self::Clamp => (
                "clamp(x, low, high)",
                THREE,
                Same,
                "x where it lies between the bounds, else the nearer bound.",
                const {
                    &[
                        example("clamp(1.5, 0, 1)", "1"),
                        example("clamp(-3, 0, 1)", "0"),
                    ]
                },
            ),
            Self::Abs => (
                "abs(x)",
                ONE,
                Same,
                "x without its sign.",
                const { &[example("abs(-2.5)", "2.5")] },
            ),
            Self::Sign => (
                "sign(x)",
                ONE,
                SignLike,
                "-1 for negative x, 0 for zero, 1 for positive x.",
                const { &[example("sign(-3)", "-1"), example("sign(0)", "0")] },
            ),
            Self::Floor => (
                "floor(x)",
                ONE,
                Same,
                "The largest whole number that is not above x.",
                const { &[example("floor(-1.5)", "-2")] },
            ),
            Self::Round => (
                "round(x)",
                ONE,
                Same,
                "The nearest whole number; halves go away from zero.",
                const { &[example("round(2.5)", "3"), example("round(-2.5)", "-3")] },
            ),
            Self::Sqrt => (
                "sqrt(x)",
                ONE,
                SquareRoot,
                "The square root.",
                const { &[example("sqrt(2)", "1.4142135623731")] },
            ),
            Self::Exp => (
                "exp(x)",
                ONE,
                Dimensionless,
                "e to the power x.",
                const { &[example("exp(1)", "2.71828182845905")] },
            ),
            Self::Ln => (
                "ln(x)",
                ONE,
                Dimensionless,
                "The natural logarithm.",
                const { &[example("ln(2)", "0.693147180559945")] },
            ),
            Self::Log10 => (
                "log10(x)",
                ONE,
                Dimensionless,
                "The logarithm to base 10.",
                const { &[example("log10(1000)", "3")] },
            ),
            Self::Sin => (
                "sin(x)",
                ONE,
                Dimensionless,
                "The sine of an angle in radians.",
                const { &[example("sin(pi / 6)", "0.5")] },
            ),
            Self::Cos => (
                "cos(x)",
                ONE,
                Dimensionless,
                "The cosine of an angle in radians.",
                const { &[example("cos(pi / 3)", "0.5")] },
            ),
            Self::Tan => (
                "tan(x)",
                ONE,
                Dimensionless,
                "The tangent of an angle in radians.",
                const { &[example("tan(pi / 4)", "1")] },
            ),
            Self::Atan2 => (
                "atan2(y, x)",
                TWO,
                Angle,
                "The angle in radians, from -pi to pi, of the point (x, y) seen from the origin.",
                const { &[example("atan2(1, -1)", "2.35619449019234")] },
            ),
            Self::Logistic => (
                "logistic(x)",
                ONE,
                Dimensionless,
                "1 / (1 + exp(-x)): the probability whose log odds are x.",
                const {
                    &[
                        example("logistic(0)", "0.5"),
                        example("logistic(ln(3))", "0.75"),
                    ]
                },
            ),
            Self::Logit => (
                "logit(p)",
                ONE,
                Dimensionless,
                "ln(p / (1 - p)): the log odds of the probability p.",
                const { &[example("logit(0.75)", "1.09861228866811")] },
            ),
            Self::NormalCdf => (
                "normal_cdf(z)",
                ONE,
                Dimensionless,
                "The probability that a standard normal variable is at most z.",
                const { &[example("normal_cdf(1.96)", "0.97500210485178")] },
            ),
            Self::NormalQuantile => (
                "normal_quantile(p)",
                ONE,
                Dimensionless,
                "The value that a standard normal variable does not exceed with probability p.",
                const { &[example("normal_quantile(0.975)", "1.95996398454005")] },
            ),
        };
        Entry {
            builtin: Builtin::Function(self),
            name: self.name(),
            signature,
            doc,
            arity,
            units,
            examples,
        }
    }
}
