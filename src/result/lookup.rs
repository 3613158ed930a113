//! Finding cells, series and labels in a document.

use std::collections::BTreeMap;

use super::{CellResult, CrossingCell, Key, Labels, ResultDocument};

/// The outermost kind of place: every dimension that has a parent is summed out.
pub const WORLD: &str = "world";

/// The cells of one output at one place, in the order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Series<'a> {
    /// The kind of place.
    pub place: &'a str,
    /// The labels, without time.
    pub at: Labels,
    /// Time label (`None` in a quantity without time) and cell.
    pub cells: Vec<(Option<i64>, &'a CellResult)>,
}

impl ResultDocument {
    /// The index of a level in every `quantiles` list. Levels are decimal literals, so equal ones compare equal.
    pub fn level_index(&self, level: f64) -> Option<usize> {
        self.quantile_levels
            .iter()
            .position(|candidate| *candidate == level)
    }

    /// The cell of an output at a kind of place with all its labels.
    pub fn cell(&self, output: &str, place: &str, at: &Labels) -> Option<&CellResult> {
        self.outputs
            .get(output)?
            .cells
            .iter()
            .find(|cell| cell.place == place && cell.at.same(at))
    }

    /// Every series of an output at a kind of place, in document order; none if there is no such output or place.
    pub fn all_series(&self, output: &str, place: &str) -> Vec<Series<'_>> {
        let mut all: Vec<Series<'_>> = Vec::new();
        // A series by its labels in the order of their dimensions.
        let mut places = BTreeMap::new();
        let cells = self
            .outputs
            .get(output)
            .map_or(&[][..], |output| &output.cells);
        for cell in cells.iter().filter(|cell| cell.place == place) {
            let time = self.model.time.as_deref();
            let label = time
                .and_then(|time| cell.at.get(time))
                .and_then(Key::number);
            let at = time.map_or_else(|| cell.at.clone(), |time| cell.at.without(time));
            let mut labels: Vec<(&str, &Key)> = (cell.at.iter())
                .filter(|(dimension, _)| Some(*dimension) != time)
                .collect();
            labels.sort();
            let place = *places.entry(labels).or_insert(all.len());
            match all.get_mut(place) {
                Some(series) => series.cells.push((label, cell)),
                None => all.push(Series {
                    place: &cell.place,
                    at,
                    cells: vec![(label, cell)],
                }),
            }
        }
        for series in &mut all {
            series.cells.sort_by_key(|(label, _)| *label);
        }
        all
    }

    /// The series of an output at one place; `at` holds its labels without time.
    pub fn series(&self, output: &str, place: &str, at: &Labels) -> Option<Series<'_>> {
        self.all_series(output, place)
            .into_iter()
            .find(|series| series.at.same(at))
    }

    /// The cell of a crossing at one place.
    pub fn crossing_cell(&self, crossing: &str, place: &str, at: &Labels) -> Option<&CrossingCell> {
        self.crossings
            .get(crossing)?
            .cells
            .iter()
            .find(|cell| cell.place == place && cell.at.same(at))
    }

    /// The outermost kind of place of some cells: `world` if it occurs, else the kind with the fewest cells (the first of equals).
    pub fn outermost_place<'a>(&self, places: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for place in places {
            match counts.iter_mut().find(|(known, _)| *known == place) {
                Some((_, count)) => *count += 1,
                None => counts.push((place, 1)),
            }
        }
        let world = counts.iter().find(|(place, _)| *place == WORLD);
        world
            .or_else(|| counts.iter().min_by_key(|(_, count)| *count))
            .map(|(place, _)| *place)
    }

    /// The text shown for a label: the key itself where the document does not list it.
    pub fn label(&self, dimension: &str, key: &Key) -> String {
        let listed = self
            .dimensions
            .get(dimension)
            .and_then(|labels| labels.iter().find(|info| info.key == *key));
        listed.map_or_else(|| key.to_string(), |info| info.label.clone())
    }

    /// The text shown for a place, from its labels without time: `World`, `North America`, `World, card payments`.
    pub fn place_name(&self, place: &str, at: &Labels) -> String {
        let own = at.get(place).map(|key| self.label(place, key));
        let mut names = vec![own.unwrap_or_else(|| {
            if place == WORLD {
                "World".to_owned()
            } else {
                place.to_owned()
            }
        })];
        names.extend(
            at.iter()
                .filter(|(dimension, _)| *dimension != place)
                .map(|(dimension, key)| self.label(dimension, key)),
        );
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample;
    use super::*;

    #[test]
    fn a_series_follows_time_even_if_the_cells_do_not() {
        let mut document = sample();
        document.outputs.get_mut("revenue").unwrap().cells.reverse();
        let series = document.series("revenue", WORLD, &Labels::new()).unwrap();
        let years: Vec<_> = series.cells.iter().map(|(year, _)| year.unwrap()).collect();
        assert_eq!(years, [2023, 2024, 2025, 2026, 2027]);
        assert_eq!(series.cells[4].1.central, Some(450e6));
    }

    #[test]
    fn regions_are_series_of_their_own() {
        let document = sample();
        let series = document.all_series("loss", "region");
        assert_eq!(series.len(), 8);
        assert!(series.iter().all(|series| series.cells.len() == 5));
        assert_eq!(
            document.place_name("region", &series[0].at),
            "North America"
        );
        assert_eq!(document.place_name(WORLD, &Labels::new()), "World");
    }

    #[test]
    fn the_order_of_labels_makes_no_other_series() {
        let mut document = sample();
        let cells = &mut document.outputs.get_mut("loss").unwrap().cells;
        // A second label beside the region, in every other cell before it.
        for (place, cell) in cells.iter_mut().enumerate() {
            let mut labels: Vec<_> = (cell.at.iter())
                .map(|(name, key)| (name.to_owned(), key.clone()))
                .collect();
            labels.push(("segment".to_owned(), Key::from(1)));
            if place % 2 == 1 {
                labels.reverse();
            }
            cell.at = labels.into_iter().collect();
        }
        let series = document.all_series("loss", "region");
        assert_eq!(series.len(), 8);
        assert!(series.iter().all(|series| series.cells.len() == 5));
    }

    #[test]
    fn the_outermost_place_is_the_world_or_the_rarest() {
        let document = sample();
        assert_eq!(
            document.outermost_place(["region", "region", "world"].into_iter()),
            Some("world")
        );
        assert_eq!(
            document.outermost_place(["country", "country", "region"].into_iter()),
            Some("region")
        );
        assert_eq!(document.outermost_place(std::iter::empty()), None);
    }

    #[test]
    fn a_cell_is_found_by_all_its_labels() {
        let document = sample();
        let at: Labels = [("year", Key::from(2026))].into_iter().collect();
        assert_eq!(
            document.cell("loss", WORLD, &at).unwrap().central,
            Some(320e6)
        );
        assert!(document.cell("loss", WORLD, &Labels::new()).is_none());
        assert!(document.cell("loss", "country", &at).is_none());
    }
}
