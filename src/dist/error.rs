//! What can be wrong with the parameters of a distribution.

/// Why a distribution cannot be built from its parameters.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DistributionError {
    /// A parameter is outside its domain.
    #[error("`{parameter}` is {given}; it must be {allowed}")]
    Domain {
        /// Name of the parameter.
        parameter: String,
        /// What was given.
        given: f64,
        /// What is allowed.
        allowed: String,
    },
    /// A list is given where a number is due, or the other way round.
    #[error("`{parameter}` must be {expected}")]
    Kind {
        /// Name of the parameter.
        parameter: String,
        /// "a number" or "a list of numbers".
        expected: &'static str,
    },
    /// An element of a list is wrong, or the list as a whole.
    #[error("`{parameter}`: {problem}")]
    List {
        /// Name of the parameter.
        parameter: String,
        /// What is wrong.
        problem: String,
    },
    /// No member of the family has these quantiles or moments.
    #[error("no {family} distribution has these {what}: {problem}")]
    NoMember {
        /// The family.
        family: String,
        /// "quantiles", "mean and sd" and so on.
        what: &'static str,
        /// Why.
        problem: String,
    },
    /// The truncation leaves nothing.
    #[error("min = {min} and max = {max} leave {problem}")]
    Truncation {
        /// Lower bound.
        min: f64,
        /// Upper bound.
        max: f64,
        /// What they leave.
        problem: String,
    },
    /// The number of values is not that of the names.
    #[error("{expected} values are needed and {given} were given")]
    Count {
        /// Names of the parametrisation.
        expected: usize,
        /// Values given.
        given: usize,
    },
}

impl DistributionError {
    /// The parameter that is wrong, where it is one.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::Domain { parameter, .. }
            | Self::Kind { parameter, .. }
            | Self::List { parameter, .. } => Some(parameter),
            Self::NoMember { .. } | Self::Truncation { .. } | Self::Count { .. } => None,
        }
    }
}

/// Why argument names select no parametrisation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParametrisationError {
    /// There is no such family.
    #[error("there is no distribution `{family}`")]
    Family {
        /// The name given.
        family: String,
    },
    /// A name is given twice.
    #[error("`{name}` is given twice")]
    Twice {
        /// The name.
        name: String,
    },
    /// A name belongs to no parametrisation of the family.
    #[error("`{family}` has no parameter `{name}`; {fits}")]
    Unknown {
        /// The family.
        family: String,
        /// The name given.
        name: String,
        /// What would fit, as a sentence.
        fits: String,
        /// All parameter names of the family, for the search of a close one.
        known: Vec<String>,
    },
    /// Each name is known, but not this combination.
    #[error("these arguments do not determine `{family}`; {fits}")]
    Combination {
        /// The family.
        family: String,
        /// What would fit, as a sentence.
        fits: String,
    },
}
