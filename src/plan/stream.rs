//! The address of a sequence of draws: input, component and labels.

/// Which part of an input's score a sequence belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// Each cell's own.
    Own,
    /// Common to all cells.
    World,
    /// Common to the cells below one label of this dimension.
    Parent(String),
}

/// Names one sequence of independent standard normal scores; the position in it is the trial.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StreamKey {
    /// The stream name of the input (its name unless `stream` states another).
    pub input: String,
    /// The component.
    pub component: Component,
    /// Pairs (dimension, label key), sorted by dimension name, so that the order of declarations never matters.
    pub labels: Vec<(String, String)>,
}

impl StreamKey {
    /// The key as unambiguous bytes: every part with its length before it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, dimension) = match &self.component {
            Component::Own => ("own", ""),
            Component::World => ("world", ""),
            Component::Parent(dimension) => ("parent", dimension.as_str()),
        };
        let mut bytes = Vec::new();
        let mut put = |part: &str| {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        };
        put(&self.input);
        put(kind);
        put(dimension);
        for (dimension, label) in &self.labels {
            put(dimension);
            put(label);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_keys_have_different_bytes() {
        let key = |input: &str, labels: &[(&str, &str)]| {
            StreamKey {
                input: input.into(),
                component: Component::Own,
                labels: labels
                    .iter()
                    .map(|(d, l)| ((*d).into(), (*l).into()))
                    .collect(),
            }
            .to_bytes()
        };
        assert_ne!(key("ab", &[("c", "d")]), key("a", &[("bc", "d")]));
        assert_ne!(key("a", &[("c", "de")]), key("a", &[("cd", "e")]));
        assert_ne!(key("a", &[]), key("a", &[("", "")]));
    }
}
