//! Ordered axes such as country or year, and how their labels roll up into parents.

use std::collections::BTreeMap;

/// The number of a dimension within its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DimensionId(pub u16);

/// One label of a dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelInfo {
    /// The key used in data and expressions.
    pub key: String,
    /// What reports show; the key where nothing else is stated.
    pub title: String,
    /// The value in expressions, for the labels of a range.
    pub number: Option<f64>,
    /// Whether the label gets a place of its own; it counts in its parents either way.
    pub reported: bool,
}

/// How the labels of one dimension map to those of a parent.
#[derive(Debug, Clone, PartialEq)]
pub struct ParentLink {
    /// The parent dimension.
    pub parent: DimensionId,
    /// For each label, the index of its parent label.
    pub labels: Vec<u32>,
}

/// One axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// Its name in the model.
    pub name: String,
    /// What reports show.
    pub title: String,
    /// In order; never empty.
    pub labels: Vec<LabelInfo>,
    /// Whether this is the time dimension.
    pub time: bool,
    /// Whether labels are numbers in expressions (declared by `range`).
    pub numeric: bool,
    /// Links to parents, in the order declared.
    pub parents: Vec<ParentLink>,
    index: BTreeMap<String, u32>,
}

impl Dimension {
    /// A dimension with these labels; a later label of the same key is not found by [`Dimension::find`].
    #[must_use]
    pub fn new(
        name: String,
        title: String,
        labels: Vec<LabelInfo>,
        time: bool,
        numeric: bool,
    ) -> Self {
        let mut index = BTreeMap::new();
        for (position, label) in (0u32..).zip(&labels) {
            index.entry(label.key.clone()).or_insert(position);
        }
        Self {
            name,
            title,
            labels,
            time,
            numeric,
            parents: Vec::new(),
            index,
        }
    }

    /// Number of labels.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no labels (refused by the checker).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The index of the label with this key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<u32> {
        self.index.get(key).copied()
    }

    /// For each label its place in the order of keys as text, which no reordering of rows changes. `[labels]`
    #[must_use]
    pub fn key_ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.labels.len()];
        for (rank, &label) in (0..).zip(self.index.values()) {
            ranks[label as usize] = rank;
        }
        ranks
    }
}

/// All dimensions of a model, in the order declared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dimensions {
    list: Vec<Dimension>,
}

impl Dimensions {
    /// These dimensions; parents may be linked afterwards through [`Dimensions::at_mut`].
    #[must_use]
    pub fn new(list: Vec<Dimension>) -> Self {
        Self { list }
    }

    /// The dimension with this number.
    #[must_use]
    pub fn at(&self, id: DimensionId) -> &Dimension {
        &self.list[usize::from(id.0)]
    }

    /// The same, to link its parents.
    pub fn at_mut(&mut self, id: DimensionId) -> &mut Dimension {
        &mut self.list[usize::from(id.0)]
    }

    /// The dimension with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<DimensionId> {
        self.iter()
            .find(|(_, dimension)| dimension.name == name)
            .map(|(id, _)| id)
    }

    /// All of them with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (DimensionId, &Dimension)> {
        (0u16..).map(DimensionId).zip(&self.list)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The time dimension.
    #[must_use]
    pub fn time(&self) -> Option<DimensionId> {
        self.iter()
            .find(|(_, dimension)| dimension.time)
            .map(|(id, _)| id)
    }

    /// Whether `ancestor` is `dimension` itself, its parent, or a parent's parent.
    #[must_use]
    pub fn leads_to(&self, dimension: DimensionId, ancestor: DimensionId) -> bool {
        dimension == ancestor
            || self
                .at(dimension)
                .parents
                .iter()
                .any(|link| self.leads_to(link.parent, ancestor))
    }

    /// The label of `ancestor` above a label of `dimension`; `None` where no chain of parents leads there.
    #[must_use]
    pub fn ancestor_label(
        &self,
        dimension: DimensionId,
        label: u32,
        ancestor: DimensionId,
    ) -> Option<u32> {
        if dimension == ancestor {
            return Some(label);
        }
        self.at(dimension).parents.iter().find_map(|link| {
            self.ancestor_label(link.parent, link.labels[label as usize], ancestor)
        })
    }

    /// Whether the dimension has a parent or is one: those are summed out at the place `world`.
    #[must_use]
    pub fn in_hierarchy(&self, dimension: DimensionId) -> bool {
        !self.at(dimension).parents.is_empty()
            || self
                .list
                .iter()
                .any(|other| other.parents.iter().any(|link| link.parent == dimension))
    }
}
