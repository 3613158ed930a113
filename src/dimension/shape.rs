//! The dimensions of a node, and one combination of labels.

use super::{DimensionId, Dimensions};

/// The dimensions of a node in the order of the model; cells are numbered row-major, the last dimension fastest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Shape {
    dimensions: Vec<DimensionId>,
}

impl Shape {
    /// The shape of a single cell.
    #[must_use]
    pub fn scalar() -> Self {
        Self::default()
    }

    /// These dimensions, each once, without those that a child among them implies.
    #[must_use]
    pub fn new(all: &Dimensions, ids: impl IntoIterator<Item = DimensionId>) -> Self {
        let mut ids: Vec<_> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let implied: Vec<_> = ids
            .iter()
            .copied()
            .filter(|&id| {
                ids.iter()
                    .any(|&child| child != id && all.leads_to(child, id))
            })
            .collect();
        ids.retain(|id| !implied.contains(id));
        Self { dimensions: ids }
    }

    /// The dimensions of either; a parent gives way to its child.
    #[must_use]
    pub fn union(&self, other: &Self, all: &Dimensions) -> Self {
        Self::new(all, self.iter().chain(other.iter()))
    }

    /// This shape without `id`.
    #[must_use]
    pub fn without(&self, id: DimensionId) -> Self {
        Self {
            dimensions: self.iter().filter(|&other| other != id).collect(),
        }
    }

    /// Whether `id` is one of the dimensions.
    #[must_use]
    pub fn contains(&self, id: DimensionId) -> bool {
        self.dimensions.contains(&id)
    }

    /// Whether every cell of this shape names a label of `id`: it, or a descendant of it, is contained.
    #[must_use]
    pub fn covers(&self, id: DimensionId, all: &Dimensions) -> bool {
        self.iter().any(|own| all.leads_to(own, id))
    }

    /// Whether a value of shape `other` broadcasts to this shape.
    #[must_use]
    pub fn accepts(&self, other: &Self, all: &Dimensions) -> bool {
        other.iter().all(|id| self.covers(id, all))
    }

    /// The dimensions in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = DimensionId> + '_ {
        self.dimensions.iter().copied()
    }

    /// How many dimensions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.dimensions.len()
    }

    /// Whether this is the shape of a single cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.dimensions.is_empty()
    }

    /// The number of cells; `None` where it exceeds `usize`.
    #[must_use]
    pub fn n_cells(&self, all: &Dimensions) -> Option<usize> {
        self.iter()
            .try_fold(1usize, |product, id| product.checked_mul(all.at(id).len()))
    }

    /// The labels of cell number `cell`, in the order of the dimensions.
    #[must_use]
    pub fn labels_of(&self, mut cell: usize, all: &Dimensions) -> Vec<u32> {
        let mut labels = vec![0; self.len()];
        for (slot, id) in labels.iter_mut().zip(&self.dimensions).rev() {
            let n = all.at(*id).len();
            *slot = u32::try_from(cell % n)
                .expect("a label index fits u32 because the checker limits labels");
            cell /= n;
        }
        labels
    }

    /// The number of the cell with these labels, in the order of the dimensions.
    #[must_use]
    pub fn cell_of(&self, labels: &[u32], all: &Dimensions) -> usize {
        self.dimensions
            .iter()
            .zip(labels)
            .fold(0, |cell, (&id, &label)| {
                cell * all.at(id).len() + label as usize
            })
    }

    /// The cell of this shape that an assignment points at; `None` where a dimension is not determined.
    #[must_use]
    pub fn cell_at(&self, at: &Assignment, all: &Dimensions) -> Option<usize> {
        let mut cell = 0;
        for &id in &self.dimensions {
            cell = cell * all.at(id).len() + at.label(id, all)? as usize;
        }
        Some(cell)
    }
}

/// A label for some of the dimensions: where an expression is being read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Assignment {
    labels: Vec<Option<u32>>,
}

impl Assignment {
    /// No dimension fixed.
    #[must_use]
    pub fn empty(all: &Dimensions) -> Self {
        Self {
            labels: vec![None; all.len()],
        }
    }

    /// The assignment of cell `cell` of `shape`.
    #[must_use]
    pub fn of_cell(shape: &Shape, cell: usize, all: &Dimensions) -> Self {
        let mut at = Self::empty(all);
        for (id, label) in shape.iter().zip(shape.labels_of(cell, all)) {
            at.set(id, label);
        }
        at
    }

    /// Fixes `id` at `label`.
    pub fn set(&mut self, id: DimensionId, label: u32) {
        self.labels[usize::from(id.0)] = Some(label);
    }

    /// This assignment with `id` fixed at `label`.
    #[must_use]
    pub fn with(&self, id: DimensionId, label: u32) -> Self {
        let mut at = self.clone();
        at.set(id, label);
        at
    }

    /// This assignment with `id` moved to `label`, whatever it was: labels of its ancestors follow from it and are forgotten.
    #[must_use]
    pub fn moved_to(&self, id: DimensionId, label: u32, all: &Dimensions) -> Self {
        let mut at = self.clone();
        for (other, _) in all.iter() {
            if all.leads_to(id, other) {
                at.labels[usize::from(other.0)] = None;
            }
        }
        at.set(id, label);
        at
    }

    /// The label fixed for `id` itself.
    #[must_use]
    pub fn own(&self, id: DimensionId) -> Option<u32> {
        self.labels[usize::from(id.0)]
    }

    /// The label of `id`: its own, or the one above the label of a descendant.
    #[must_use]
    pub fn label(&self, id: DimensionId, all: &Dimensions) -> Option<u32> {
        self.own(id).or_else(|| {
            all.iter().find_map(|(other, _)| {
                let label = self.own(other)?;
                (other != id).then(|| all.ancestor_label(other, label, id))?
            })
        })
    }

    /// The dimensions that are fixed, with their labels, in the order of the model.
    pub fn iter(&self) -> impl Iterator<Item = (DimensionId, u32)> + '_ {
        (0u16..)
            .zip(&self.labels)
            .filter_map(|(id, label)| label.map(|label| (DimensionId(id), label)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Dimension, LabelInfo, ParentLink};
    use super::*;

    fn labels(keys: &[&str]) -> Vec<LabelInfo> {
        keys.iter()
            .map(|key| LabelInfo {
                key: (*key).to_owned(),
                title: (*key).to_owned(),
                number: None,
                reported: true,
            })
            .collect()
    }

    fn model() -> (Dimensions, [DimensionId; 3]) {
        let mut country = Dimension::new(
            "country".into(),
            String::new(),
            labels(&["a", "b", "c"]),
            false,
            false,
        );
        country.parents.push(ParentLink {
            parent: DimensionId(2),
            labels: vec![0, 1, 1],
        });
        let year = Dimension::new(
            "year".into(),
            String::new(),
            labels(&["1", "2"]),
            true,
            true,
        );
        let region = Dimension::new(
            "region".into(),
            String::new(),
            labels(&["r", "s"]),
            false,
            false,
        );
        (
            Dimensions::new(vec![country, year, region]),
            [DimensionId(0), DimensionId(1), DimensionId(2)],
        )
    }

    #[test]
    fn cells_are_row_major_and_invert() {
        let (all, [country, year, _]) = model();
        let shape = Shape::new(&all, [year, country]);
        assert_eq!(shape.n_cells(&all), Some(6));
        for cell in 0..6 {
            assert_eq!(shape.cell_of(&shape.labels_of(cell, &all), &all), cell);
        }
        assert_eq!(shape.labels_of(5, &all), vec![2, 1]);
    }

    #[test]
    fn a_parent_gives_way_to_its_child() {
        let (all, [country, year, region]) = model();
        let regional = Shape::new(&all, [region, year]);
        let national = Shape::new(&all, [country]);
        assert_eq!(
            regional.union(&national, &all),
            Shape::new(&all, [country, year])
        );
        assert!(national.accepts(&Shape::new(&all, [region]), &all));
        assert!(!Shape::new(&all, [region]).accepts(&national, &all));
    }

    #[test]
    fn moving_to_a_country_moves_to_its_region() {
        let (all, [country, _, region]) = model();
        let at = Assignment::empty(&all).with(region, 0);
        assert_eq!(at.moved_to(country, 2, &all).label(region, &all), Some(1));
    }

    #[test]
    fn a_regional_value_is_found_from_a_country() {
        let (all, [country, year, region]) = model();
        let at = Assignment::empty(&all).with(country, 2).with(year, 0);
        assert_eq!(at.label(region, &all), Some(1));
        assert_eq!(Shape::new(&all, [region, year]).cell_at(&at, &all), Some(1));
        assert_eq!(
            Assignment::empty(&all).with(region, 0).label(country, &all),
            None
        );
    }
}
