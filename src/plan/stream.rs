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
    /// The number of these labels among all cells of the component: row-major, with the labels of each dimension in the order of their
    /// keys as text. No part of the address: it places the stream among the Sobol' dimensions of its [`group`](StreamKey::group).
    pub cell: u64,
}

impl Component {
    /// The name of the group of streams that an input of this stream name has in this component: `input`, `input/world`, `input/region`.
    #[must_use]
    pub fn group(&self, input: &str) -> String {
        match self {
            Self::Own => input.to_owned(),
            Self::World => format!("{input}/world"),
            Self::Parent(dimension) => format!("{input}/{dimension}"),
        }
    }
}

impl StreamKey {
    /// The name of the group that the stream belongs to: the cells of one component of one input.
    #[must_use]
    pub fn group(&self) -> String {
        self.component.group(&self.input)
    }

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
                cell: 0,
            }
            .to_bytes()
        };
        assert_ne!(key("ab", &[("c", "d")]), key("a", &[("bc", "d")]));
        assert_ne!(key("a", &[("c", "de")]), key("a", &[("cd", "e")]));
        assert_ne!(key("a", &[]), key("a", &[("", "")]));
    }
}
