//! The order in which groups of streams take Sobol' dimensions, the most important first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::StreamGroup;
use crate::plan::StreamKey;

/// Groups of streams in the order in which they take Sobol' dimensions, each with its number of cells: a group takes one dimension for each
/// cell of its component, whether drawn or not, so scenarios keep dimensions.
///
/// As text and in files a group is its name, `input`, `input/world` or `input/region`, followed by its number of cells in brackets where
/// that is not one: `drift[61]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct SobolOrder(Vec<StreamGroup>);

/// A text that is no group of an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a group of Sobol' dimensions such as `price` or `drift[61]`")]
pub struct SobolOrderError(pub String);

impl SobolOrder {
    /// This order.
    #[must_use]
    pub fn new(groups: Vec<StreamGroup>) -> Self {
        Self(groups)
    }

    /// The groups, the most important first.
    #[must_use]
    pub fn groups(&self) -> &[StreamGroup] {
        &self.0
    }

    /// The Sobol' dimension of each stream, counted from 0: that of the first cell of its group and as many further as its cell says. Groups
    /// that the order does not hold follow in the order of their names, with as many dimensions as their streams need.
    pub(super) fn dimensions(&self, streams: &[StreamKey]) -> Vec<u64> {
        let mut drawn: BTreeMap<String, u64> = BTreeMap::new();
        for stream in streams {
            let n_cells = drawn.entry(stream.group()).or_default();
            *n_cells = (*n_cells).max(stream.cell.saturating_add(1));
        }
        let mut starts: BTreeMap<&str, u64> = BTreeMap::new();
        let mut next: u64 = 0;
        let listed = self.0.iter().map(|group| {
            // An order of an earlier model may hold fewer cells; no two streams may share a dimension.
            let needed = drawn.get(&group.name).copied().unwrap_or(0);
            (&group.name, group.n_cells.max(needed))
        });
        for (name, n_cells) in listed.chain(drawn.iter().map(|(name, &n)| (name, n))) {
            starts.entry(name).or_insert_with(|| {
                let start = next;
                next = next.saturating_add(n_cells);
                start
            });
        }
        streams
            .iter()
            .map(|stream| starts[stream.group().as_str()].saturating_add(stream.cell))
            .collect()
    }

    /// The groups as text, as results hold them.
    #[must_use]
    pub fn to_texts(&self) -> Vec<String> {
        self.0
            .iter()
            .map(|group| match group.n_cells {
                1 => group.name.clone(),
                n => format!("{}[{n}]", group.name),
            })
            .collect()
    }
}

impl From<SobolOrder> for Vec<String> {
    fn from(order: SobolOrder) -> Self {
        order.to_texts()
    }
}

impl TryFrom<Vec<String>> for SobolOrder {
    type Error = SobolOrderError;

    fn try_from(texts: Vec<String>) -> Result<Self, SobolOrderError> {
        texts
            .into_iter()
            .map(|text| parse_group(&text).ok_or(SobolOrderError(text)))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn parse_group(text: &str) -> Option<StreamGroup> {
    let (name, n_cells) = match text.split_once('[') {
        None => (text, 1),
        Some((name, rest)) => (name, rest.strip_suffix(']')?.parse().ok()?),
    };
    (!name.is_empty() && n_cells > 0).then(|| StreamGroup {
        name: name.to_owned(),
        n_cells,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_order_are_inverse() {
        let order = SobolOrder::new(vec![
            StreamGroup {
                name: "drift/world".into(),
                n_cells: 5,
            },
            StreamGroup {
                name: "price".into(),
                n_cells: 1,
            },
        ]);
        assert_eq!(order.to_texts(), ["drift/world[5]", "price"]);
        assert_eq!(SobolOrder::try_from(order.to_texts()), Ok(order.clone()));
        let json = serde_json::to_string(&order).unwrap();
        assert_eq!(json, r#"["drift/world[5]","price"]"#);
        assert_eq!(serde_json::from_str::<SobolOrder>(&json).unwrap(), order);
    }

    #[test]
    fn what_is_no_group_is_refused() {
        for text in ["", "[3]", "a[", "a[]", "a[0]", "a[x]", "a[3]b"] {
            assert_eq!(
                SobolOrder::try_from(vec![text.to_owned()]),
                Err(SobolOrderError(text.to_owned()))
            );
        }
    }
}
