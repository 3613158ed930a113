//! The part of a document that people read whole: places with few members.

use super::ResultDocument;

impl ResultDocument {
    /// The same document without the kinds of place that have more than `most` members for some output or crossing; `None` if there are none.
    #[must_use]
    pub fn outer(&self, most: usize) -> Option<Self> {
        let time = self.model.time.as_deref().unwrap_or_default();
        let mut crowded: Vec<String> = Vec::new();
        let mut count = |places: Vec<(&str, super::Labels)>| {
            let mut seen: Vec<(&str, Vec<super::Labels>)> = Vec::new();
            for (place, at) in places {
                match seen.iter_mut().find(|(name, _)| *name == place) {
                    Some((_, list))
                        if list.len() > most || list.iter().any(|known| known.same(&at)) => {}
                    Some((_, list)) => list.push(at),
                    None => seen.push((place, vec![at])),
                }
            }
            for (place, list) in seen {
                if list.len() > most && !crowded.iter().any(|known| known == place) {
                    crowded.push(place.to_owned());
                }
            }
        };
        for (_, output) in self.outputs.iter() {
            count(
                output
                    .cells
                    .iter()
                    .map(|cell| (cell.place.as_str(), cell.at.without(time)))
                    .collect(),
            );
        }
        for (_, crossing) in self.crossings.iter() {
            count(
                crossing
                    .cells
                    .iter()
                    .map(|cell| (cell.place.as_str(), cell.at.clone()))
                    .collect(),
            );
        }
        if crowded.is_empty() {
            return None;
        }
        let mut outer = self.clone();
        let keep = |place: &str| !crowded.iter().any(|name| name == place);
        for name in self.outputs.names() {
            if let Some(output) = outer.outputs.get_mut(name) {
                output.cells.retain(|cell| keep(&cell.place));
            }
        }
        for name in self.crossings.names() {
            if let Some(crossing) = outer.crossings.get_mut(name) {
                crossing.cells.retain(|cell| keep(&cell.place));
            }
        }
        for name in self.joint.names() {
            if let Some(joint) = outer.joint.get_mut(name) {
                joint.cells.retain(|cell| keep(&cell.place));
            }
        }
        Some(outer)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;

    #[test]
    fn a_place_counts_once_whatever_the_order_of_its_cells() {
        let mut document = sample::sample();
        for name in ["revenue", "loss"] {
            if let Some(output) = document.outputs.get_mut(name) {
                output
                    .cells
                    .sort_by_key(|cell| cell.at.iter().find_map(|(_, key)| key.number()));
            }
        }
        assert_eq!(document.outer(8), None);
    }

    #[test]
    fn places_with_many_members_are_left_out_and_nothing_else() {
        let document = sample::sample();
        assert_eq!(document.outer(8), None, "eight regions are few");
        let outer = document
            .outer(7)
            .expect("eight regions are more than seven");
        for (name, output) in document.outputs.iter() {
            let kept = &outer.outputs.get(name).expect("outputs stay").cells;
            let expected: Vec<_> = output
                .cells
                .iter()
                .filter(|cell| cell.place == "world")
                .cloned()
                .collect();
            assert_eq!(*kept, expected);
            assert!(!kept.is_empty() && kept.len() < output.cells.len());
        }
    }
}
