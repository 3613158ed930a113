//! The part of a document that people read whole: places with few members.

use super::{Labels, OutputResult, ResultDocument};

impl ResultDocument {
    /// The same document without the kinds of place that have more than `most` members for some output or crossing; `None` if there are none.
    #[must_use]
    pub fn outer(&self, most: usize) -> Option<Self> {
        let time = self.model.time.as_deref().unwrap_or_default();
        let mut crowded: Vec<&str> = Vec::new();
        for (_, output) in self.outputs.iter() {
            let cells = output.cells.iter().map(|cell| (&*cell.place, &cell.at));
            note_crowded(&mut crowded, cells, most, time);
        }
        for (_, crossing) in self.crossings.iter() {
            let cells = crossing.cells.iter().map(|cell| (&*cell.place, &cell.at));
            note_crowded(&mut crowded, cells, most, "");
        }
        if crowded.is_empty() {
            return None;
        }
        let keeps = |place: &str| !crowded.contains(&place);
        // Cells are many: only those that stay are copied.
        let outputs = self.outputs.iter().map(|(name, output)| {
            let cells = output.cells.iter().filter(|cell| keeps(&cell.place));
            let kept = OutputResult {
                title: output.title.clone(),
                unit: output.unit.clone(),
                note: output.note.clone(),
                cells: cells.cloned().collect(),
            };
            (name, kept)
        });
        let mut crossings = self.crossings.clone();
        for name in self.crossings.names() {
            if let Some(crossing) = crossings.get_mut(name) {
                crossing.cells.retain(|cell| keeps(&cell.place));
            }
        }
        let mut joint = self.joint.clone();
        for name in self.joint.names() {
            if let Some(joint) = joint.get_mut(name) {
                joint.cells.retain(|cell| keeps(&cell.place));
            }
        }
        Some(Self {
            format: self.format,
            model: self.model.clone(),
            run: self.run.clone(),
            quantile_levels: self.quantile_levels.clone(),
            dimensions: self.dimensions.clone(),
            outputs: outputs.collect(),
            crossings,
            joint,
            sources: self.sources.clone(),
        })
    }
}

/// Adds the kinds of place with more than `most` members among the cells of one output or crossing; cells that differ in the dimension
/// `time` only are one member.
fn note_crowded<'a>(
    crowded: &mut Vec<&'a str>,
    cells: impl Iterator<Item = (&'a str, &'a Labels)>,
    most: usize,
    time: &str,
) {
    let mut seen: Vec<(&str, Vec<&Labels>)> = Vec::new();
    for (place, at) in cells {
        match seen.iter_mut().find(|(name, _)| *name == place) {
            Some((_, list)) if list.len() > most => {}
            Some((_, list)) if list.iter().any(|known| known.same_but(at, time)) => {}
            Some((_, list)) => list.push(at),
            None => seen.push((place, vec![at])),
        }
    }
    for (place, list) in seen {
        if list.len() > most && !crowded.contains(&place) {
            crowded.push(place);
        }
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
