//! Keys of labels: numbers for time and other ranges, text otherwise.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OrderedMap;

/// The key of a label as it stands in a result: `2027` for a range, `"CAN"` otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Key {
    /// A label of a range.
    Number(i64),
    /// Any other label.
    Text(String),
}

/// The labels of a cell by dimension, for example `{"country": "CAN", "year": 2023}`.
pub type Labels = OrderedMap<Key>;

impl Key {
    /// The number of a range label.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Text(text) => formatter.write_str(text),
        }
    }
}

impl From<i64> for Key {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Labels {
    /// The same labels without those of one dimension.
    pub fn without(&self, dimension: &str) -> Self {
        self.iter()
            .filter(|(name, _)| *name != dimension)
            .map(|(name, key)| (name, key.clone()))
            .collect()
    }

    /// Whether both hold the same labels, in whatever order.
    pub fn same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(name, key)| other.get(name) == Some(key))
    }

    /// Whether both hold the same labels in all dimensions but one.
    pub fn same_but(&self, other: &Self, dimension: &str) -> bool {
        let holds =
            |all: &Self, (name, key): (&str, &Key)| name == dimension || all.get(name) == Some(key);
        self.iter().all(|entry| holds(other, entry)) && other.iter().all(|entry| holds(self, entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_compare_without_regard_to_order() {
        let labels = |pairs: [(&str, Key); 2]| pairs.into_iter().collect::<Labels>();
        let one = labels([("country", "CAN".into()), ("year", 2023.into())]);
        let two = labels([("year", 2023.into()), ("country", "CAN".into())]);
        assert!(one.same(&two));
        assert!(!one.same(&labels([("year", 2024.into()), ("country", "CAN".into())])));
        assert!(!one.same(&one.without("year")));
        let later = labels([("year", 2024.into()), ("country", "CAN".into())]);
        assert!(one.same_but(&later, "year") && one.same_but(&one.without("year"), "year"));
        assert!(!one.same_but(&later, "country") && !one.same_but(&later, ""));
        assert!(!one.without("year").same_but(&one, "country"));
    }

    #[test]
    fn a_year_is_a_number_in_json() {
        assert_eq!(serde_json::to_string(&Key::from(2027)).unwrap(), "2027");
        assert_eq!(
            serde_json::from_str::<Key>("\"2027\"").unwrap(),
            Key::from("2027")
        );
    }
}
