//! The tidy table in the column names of the forecasting hubs: one row for each statistic.

use crate::result::{CrossingCell, Key, LabelProbability, Labels, ResultDocument, WORLD};

/// Means, quantiles and crossing probabilities as CSV (RFC 4180, UTF-8, line feeds, shortest numbers that read back as the same double).
///
/// Columns: `target` (output or crossing), `place`, `location`, `location_name`, one column for every further dimension, one for the time dimension, `output_type`,
/// `output_type_id`, `value`, `mc_error`, `unit`. Types are `mean` (no id), `quantile` (id: level), and for crossings `pmf` (id: time label or `never`) and `cdf`
/// (id: time label). The date of a crossing has the target `NAME.date`, a return after it `NAME.recross`. A statistic that does not exist has an empty value.
pub fn quantiles_csv(document: &ResultDocument) -> Vec<u8> {
    let table = Table::new(document);
    let mut text = String::new();
    table.header(&mut text);
    for (name, output) in document.outputs.iter() {
        let unit = output.unit.as_deref().unwrap_or_default();
        for cell in &output.cells {
            let mut row = |output_type: &str, id: &str, value, error| {
                table.row(
                    &mut text,
                    &Row {
                        target: name,
                        place: &cell.place,
                        at: &cell.at,
                        output_type,
                        id,
                        value,
                        error,
                        unit,
                    },
                );
            };
            row("mean", "", cell.mean, cell.mean_error);
            for (level, (value, error)) in document
                .quantile_levels
                .iter()
                .zip(cell.quantiles.iter().zip(&cell.quantile_errors))
            {
                row("quantile", &number(*level), *value, *error);
            }
        }
    }
    for (name, crossing) in document.crossings.iter() {
        for cell in &crossing.cells {
            crossing_rows(&table, &mut text, name, cell);
        }
    }
    text.into_bytes()
}

fn crossing_rows(table: &Table<'_>, text: &mut String, name: &str, cell: &CrossingCell) {
    let mut row = |target: &str, output_type: &str, id: &str, value, error, unit: &str| {
        table.row(
            text,
            &Row {
                target,
                place: &cell.place,
                at: &cell.at,
                output_type,
                id,
                value,
                error,
                unit,
            },
        );
    };
    let id = |entry: &LabelProbability| {
        entry
            .label()
            .map(|label| label.to_string())
            .unwrap_or_default()
    };
    for entry in &cell.first {
        row(
            name,
            "pmf",
            &id(entry),
            Some(entry.probability),
            entry.error,
            "1",
        );
    }
    row(
        name,
        "pmf",
        "never",
        Some(cell.never.probability),
        cell.never.error,
        "1",
    );
    for entry in &cell.by {
        row(
            name,
            "cdf",
            &id(entry),
            Some(entry.probability),
            entry.error,
            "1",
        );
    }
    let recross = format!("{name}.recross");
    row(
        &recross,
        "pmf",
        "true",
        Some(cell.recross.probability),
        cell.recross.error,
        "1",
    );
    let date = format!("{name}.date");
    let levels = &table.document.quantile_levels;
    for (level, (value, error)) in levels
        .iter()
        .zip(cell.date.quantiles.iter().zip(&cell.date.quantile_errors))
    {
        row(
            &date,
            "quantile",
            &number(*level),
            *value,
            *error,
            table.time.unwrap_or_default(),
        );
    }
}

/// What the rows have in common.
struct Table<'a> {
    document: &'a ResultDocument,
    /// The time dimension.
    time: Option<&'a str>,
    /// Dimensions, other than time, that some cell has beside its place, in document order.
    others: Vec<&'a str>,
}

struct Row<'a> {
    target: &'a str,
    place: &'a str,
    at: &'a Labels,
    output_type: &'a str,
    id: &'a str,
    value: Option<f64>,
    error: Option<f64>,
    unit: &'a str,
}

impl<'a> Table<'a> {
    fn new(document: &'a ResultDocument) -> Self {
        let time = document.model.time.as_deref();
        let outputs = document
            .outputs
            .iter()
            .flat_map(|(_, output)| &output.cells)
            .map(|cell| (&cell.place, &cell.at));
        let crossings = document
            .crossings
            .iter()
            .flat_map(|(_, crossing)| &crossing.cells)
            .map(|cell| (&cell.place, &cell.at));
        let mut others: Vec<&str> = Vec::new();
        for (place, at) in outputs.chain(crossings) {
            for dimension in at
                .names()
                .filter(|dimension| *dimension != place && Some(*dimension) != time)
            {
                if !others.contains(&dimension) {
                    others.push(dimension);
                }
            }
        }
        Self {
            document,
            time,
            others,
        }
    }

    fn header(&self, text: &mut String) {
        let fixed = ["target", "place", "location", "location_name"];
        let columns = fixed
            .into_iter()
            .chain(self.others.iter().copied())
            .chain(self.time);
        line(
            text,
            columns.chain(["output_type", "output_type_id", "value", "mc_error", "unit"]),
        );
    }

    fn row(&self, text: &mut String, row: &Row<'_>) {
        let key = |dimension: &str| {
            row.at
                .get(dimension)
                .map(Key::to_string)
                .unwrap_or_default()
        };
        let (location, name) = match row.at.get(row.place) {
            Some(label) => (label.to_string(), self.document.label(row.place, label)),
            None if row.place == WORLD => (WORLD.to_owned(), "World".to_owned()),
            None => (row.place.to_owned(), row.place.to_owned()),
        };
        let mut fields = vec![row.target.to_owned(), row.place.to_owned(), location, name];
        fields.extend(self.others.iter().copied().map(|dimension| {
            if dimension == row.place {
                String::new()
            } else {
                key(dimension)
            }
        }));
        fields.extend(self.time.map(key));
        let value = |value: Option<f64>| value.map(number).unwrap_or_default();
        fields.extend([
            row.output_type.to_owned(),
            row.id.to_owned(),
            value(row.value),
            value(row.error),
            row.unit.to_owned(),
        ]);
        line(text, fields.iter().map(String::as_str));
    }
}

/// The shortest decimal that reads back as the same double; with an exponent where plain digits would be long.
fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-5..1e16).contains(&size) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

fn line<'a>(text: &mut String, fields: impl Iterator<Item = &'a str>) {
    for (column, field) in fields.enumerate() {
        if column > 0 {
            text.push(',');
        }
        if field.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::sample::sample;

    fn rows(document: &ResultDocument) -> (Vec<String>, Vec<Vec<String>>) {
        let bytes = quantiles_csv(document);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        (
            header,
            reader
                .records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                .collect(),
        )
    }

    #[test]
    fn every_statistic_has_one_row() {
        let (header, rows) = rows(&sample());
        let expected = "target,place,location,location_name,year,output_type,output_type_id,value,mc_error,unit";
        assert_eq!(header.join(","), expected);
        // Two outputs × (1 + 8 places) × 5 years × (mean + 23 levels); 9 crossing places × (5 + never + 5 + recross + 23 levels).
        assert_eq!(rows.len(), 2 * 9 * 5 * 24 + 9 * 35);
    }

    #[test]
    fn values_read_back_as_the_same_doubles() {
        let document = sample();
        let (_, rows) = rows(&document);
        let row = rows
            .iter()
            .find(|row| row[0] == "loss" && row[2] == "ISC" && row[4] == "2026" && row[6] == "0.05")
            .unwrap();
        let at: Labels = [("region", Key::from("ISC")), ("year", Key::from(2026))]
            .into_iter()
            .collect();
        let cell = document.cell("loss", "region", &at).unwrap();
        assert_eq!(row[3], "Indian Subcontinent");
        assert_eq!(row[7].parse::<f64>().unwrap(), cell.quantiles[2].unwrap());
        assert_eq!(
            row[8].parse::<f64>().unwrap(),
            cell.quantile_errors[2].unwrap()
        );
        assert_eq!(row[9], "USD/year");
    }

    #[test]
    fn crossings_are_pmf_with_never_and_cdf() {
        let (_, rows) = rows(&sample());
        let of = |kind: &str, id: &str| {
            rows.iter()
                .find(|row| {
                    row[0] == "revenue_over_loss"
                        && row[1] == "world"
                        && row[5] == kind
                        && row[6] == id
                })
                .unwrap()[7]
                .parse::<f64>()
                .unwrap()
        };
        let pmf: f64 = ["2023", "2024", "2025", "2026", "2027", "never"]
            .iter()
            .map(|id| of("pmf", id))
            .sum();
        // Six sums of numbers below one: rounding stays below 6 × 2^-53.
        assert!((pmf - 1.0).abs() < 1e-15);
        assert!((of("cdf", "2027") + of("pmf", "never") - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_missing_statistic_is_an_empty_field() {
        let (_, rows) = rows(&sample());
        let late = rows
            .iter()
            .find(|row| row[0] == "revenue_over_loss.date" && row[1] == "world" && row[6] == "0.99")
            .unwrap();
        assert_eq!((late[7].as_str(), late[8].as_str()), ("", ""));
    }

    #[test]
    fn commas_and_quotes_in_labels_are_quoted() {
        let mut document = sample();
        document.dimensions.get_mut("region").unwrap()[0].label = "North \"N\", America".to_owned();
        let text = String::from_utf8(quantiles_csv(&document)).unwrap();
        assert!(text.contains(r#"region,NAM,"North ""N"", America",2023"#));
        assert!(!text.contains('\r'));
        assert!(
            rows(&document)
                .1
                .iter()
                .any(|row| row[3] == "North \"N\", America")
        );
    }

    #[test]
    fn long_numbers_take_an_exponent() {
        for (value, text) in [
            (0.05, "0.05"),
            (4.5e8, "450000000"),
            (1e-300, "1e-300"),
            (1e16, "1e16"),
            (-0.1, "-0.1"),
            (0.0, "0"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_further_dimension_gets_its_column() {
        let mut document = sample();
        for cell in &mut document.outputs.get_mut("loss").unwrap().cells {
            cell.at.insert("channel", Key::from("voice"));
        }
        let (header, rows) = rows(&document);
        assert_eq!(header[4..6], ["channel", "year"]);
        assert!(
            rows.iter()
                .all(|row| row[4] == if row[0] == "loss" { "voice" } else { "" })
        );
    }
}
