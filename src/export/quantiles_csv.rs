//! The tidy table in the column names of the forecasting hubs: one row for each statistic.

use rayon::prelude::*;

use crate::result::{CrossingCell, Key, LabelProbability, Labels, ResultDocument, WORLD};

/// Room for the rows of a cell, some more than they take.
const BYTES_PER_CELL: usize = 4096;

/// Means, quantiles and crossing probabilities as CSV (RFC 4180, UTF-8, line feeds, shortest numbers that read back as the same double).
///
/// Columns: `target` (output or crossing), `place`, `location`, `location_name`, one column for every further dimension, one for the time dimension, `output_type`,
/// `output_type_id`, `value`, `mc_error`, `unit`. Types are `mean` (no id), `quantile` (id: level), and for crossings `pmf` (id: time label or `never`) and `cdf`
/// (id: time label). The date of a crossing has the target `NAME.date`, a return after it `NAME.recross`. A statistic that does not exist has an empty value.
pub fn quantiles_csv(document: &ResultDocument) -> Vec<u8> {
    quantiles_csv_parts(document).concat()
}

/// [`quantiles_csv`] in parts that follow one another: the table may be large, so that joining them takes a while.
pub fn quantiles_csv_parts(document: &ResultDocument) -> Vec<Vec<u8>> {
    let table = Table::new(document);
    let mut header = String::new();
    table.header(&mut header);
    let levels: Vec<String> = document
        .quantile_levels
        .iter()
        .map(|x| number(*x))
        .collect();
    let outputs: Vec<_> = document.outputs.iter().collect();
    let parts: Vec<Vec<u8>> = outputs
        .par_iter()
        .map(|(name, output)| {
            let mut text = String::with_capacity(BYTES_PER_CELL * output.cells.len());
            let unit = quoted(output.unit.as_deref().unwrap_or_default());
            for cell in &output.cells {
                let mut rows = table.rows(&mut text, name, &cell.place, &cell.at, &unit);
                rows.add("mean", "", cell.mean, cell.mean_error);
                let estimates = cell.quantiles.iter().zip(&cell.quantile_errors);
                for (level, (value, error)) in levels.iter().zip(estimates) {
                    rows.add("quantile", level, *value, *error);
                }
            }
            text.into_bytes()
        })
        .collect();
    let mut text = String::new();
    for (name, crossing) in document.crossings.iter() {
        for cell in &crossing.cells {
            crossing_rows(&table, &levels, &mut text, name, cell);
        }
    }
    let header = std::iter::once(header.into_bytes());
    let crossings = std::iter::once(text.into_bytes());
    header.chain(parts).chain(crossings).collect()
}

fn crossing_rows(
    table: &Table<'_>,
    levels: &[String],
    text: &mut String,
    name: &str,
    cell: &CrossingCell,
) {
    let id = |entry: &LabelProbability| {
        entry
            .label()
            .map(|label| label.to_string())
            .unwrap_or_default()
    };
    let mut rows = table.rows(text, name, &cell.place, &cell.at, "1");
    for entry in &cell.first {
        rows.add("pmf", &id(entry), Some(entry.probability), entry.error);
    }
    rows.add(
        "pmf",
        "never",
        Some(cell.never.probability),
        cell.never.error,
    );
    for entry in &cell.by {
        rows.add("cdf", &id(entry), Some(entry.probability), entry.error);
    }
    let recross = format!("{name}.recross");
    table.rows(text, &recross, &cell.place, &cell.at, "1").add(
        "pmf",
        "true",
        Some(cell.recross.probability),
        cell.recross.error,
    );
    let date = format!("{name}.date");
    let unit = quoted(table.time.unwrap_or_default());
    let mut rows = table.rows(text, &date, &cell.place, &cell.at, &unit);
    let estimates = cell.date.quantiles.iter().zip(&cell.date.quantile_errors);
    for (level, (value, error)) in levels.iter().zip(estimates) {
        rows.add("quantile", level, *value, *error);
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

/// The rows of one cell.
struct Rows<'a> {
    text: &'a mut String,
    /// All columns before the type of the statistic.
    start: String,
    /// As it stands in the table.
    unit: &'a str,
}

impl Rows<'_> {
    fn add(&mut self, output_type: &str, id: &str, value: Option<f64>, error: Option<f64>) {
        let text = &mut *self.text;
        text.push_str(&self.start);
        for field in [output_type, id] {
            text.push(',');
            field_into(text, field);
        }
        for value in [value, error] {
            text.push(',');
            if let Some(value) = value {
                number_into(text, value);
            }
        }
        text.push(',');
        text.push_str(self.unit);
        text.push('\n');
    }
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

    /// The rows of a cell; `unit` as it stands in the table.
    fn rows<'b>(
        &self,
        text: &'b mut String,
        target: &str,
        place: &str,
        at: &Labels,
        unit: &'b str,
    ) -> Rows<'b> {
        let key = |dimension: &str| at.get(dimension).map(Key::to_string).unwrap_or_default();
        let (location, name) = match at.get(place) {
            Some(label) => (label.to_string(), self.document.label(place, label)),
            None if place == WORLD => (WORLD.to_owned(), "World".to_owned()),
            None => (place.to_owned(), place.to_owned()),
        };
        let mut fields = vec![target.to_owned(), place.to_owned(), location, name];
        fields.extend(self.others.iter().copied().map(|dimension| {
            if dimension == place {
                String::new()
            } else {
                key(dimension)
            }
        }));
        fields.extend(self.time.map(key));
        let mut start = String::new();
        fields_into(&mut start, fields.iter().map(String::as_str));
        Rows { text, start, unit }
    }
}

/// The shortest decimal that reads back as the same double; with an exponent where plain digits would be long.
fn number(value: f64) -> String {
    let mut text = String::new();
    number_into(&mut text, value);
    text
}

fn number_into(text: &mut String, value: f64) {
    let mut buffer = zmij::Buffer::new();
    let written = buffer.format(value);
    match written.split_once('e') {
        Some((digits, exponent)) => {
            text.push_str(digits);
            text.push('e');
            text.push_str(exponent.strip_prefix('+').unwrap_or(exponent));
        }
        None => text.push_str(written.strip_suffix(".0").unwrap_or(written)),
    }
}

fn line<'a>(text: &mut String, fields: impl Iterator<Item = &'a str>) {
    fields_into(text, fields);
    text.push('\n');
}

fn fields_into<'a>(text: &mut String, fields: impl Iterator<Item = &'a str>) {
    for (column, field) in fields.enumerate() {
        if column > 0 {
            text.push(',');
        }
        field_into(text, field);
    }
}

/// A field as it stands in the table.
fn quoted(field: &str) -> String {
    let mut text = String::new();
    field_into(&mut text, field);
    text
}

fn field_into(text: &mut String, field: &str) {
    if field.contains([',', '"', '\n', '\r']) {
        text.push('"');
        text.push_str(&field.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(field);
    }
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
            (-0.0, "-0"),
            (1e-5, "0.00001"),
            (9.999e-6, "9.999e-6"),
            (9_999_999_999_999_998.0, "9999999999999998"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    proptest::proptest! {
        /// The standard library writes the shortest digits too, though others where two such decimals are equally near.
        #[test]
        fn numbers_are_as_short_as_those_of_the_standard_library(value in proptest::num::f64::ANY) {
            let size = value.abs();
            let expected = if size == 0.0 || (1e-5..1e16).contains(&size) {
                format!("{value}")
            } else {
                format!("{value:e}")
            };
            if value.is_finite() {
                let text = number(value);
                proptest::prop_assert_eq!(text.len(), expected.len());
                proptest::prop_assert_eq!(text.find('e'), expected.find('e'));
                proptest::prop_assert_eq!(text.parse::<f64>(), Ok(value));
            }
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
