//! The tidy table in the column names of the forecasting hubs: one row for each statistic.

use std::io::{self, BufWriter, Write};

use super::staging::PIECE;
use crate::result::{CrossingCell, Key, LabelProbability, Labels, ResultDocument, WORLD};

/// Means, quantiles and crossing probabilities as CSV (RFC 4180, UTF-8, line feeds, shortest numbers that read back as the same double).
///
/// Columns: `target` (output or crossing), `place`, `location`, `location_name`, one column for every further dimension, one for the time dimension, `output_type`,
/// `output_type_id`, `value`, `mc_error`, `unit`. Types are `mean` (no id), `quantile` (id: level), and for crossings `pmf` (id: time label or `never`) and `cdf`
/// (id: time label). The date of a crossing has the target `NAME.date`, a return after it `NAME.recross`. A statistic that does not exist has an empty value.
pub fn quantiles_csv(document: &ResultDocument) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_quantiles_csv(document, &mut bytes).expect("memory takes every byte");
    bytes
}

/// Writes [`quantiles_csv`] in pieces: the table may be large.
///
/// # Errors
/// What the writer reports.
pub fn write_quantiles_csv(document: &ResultDocument, writer: impl Write) -> io::Result<()> {
    let mut pieces = BufWriter::with_capacity(PIECE, writer);
    let table = Table::new(document);
    let levels = &document.quantile_levels;
    let levels: Vec<Kind> = (levels.iter().map(|level| number(*level)))
        .map(|level| Kind::new("quantile", &level))
        .collect();
    let mean = Kind::new("mean", "");
    // The rows of one cell, in the same room for all.
    let mut text = String::new();
    table.header(&mut text);
    pieces.write_all(text.as_bytes())?;
    for (name, output) in document.outputs.iter() {
        let unit = output.unit.as_deref().unwrap_or_default();
        for cell in &output.cells {
            text.clear();
            let mut rows = table.rows(&mut text, name, &cell.place, &cell.at, unit);
            rows.add(&mean, cell.mean, cell.mean_error);
            let estimates = cell.quantiles.iter().zip(&cell.quantile_errors);
            for (level, (value, error)) in levels.iter().zip(estimates) {
                rows.add(level, *value, *error);
            }
            pieces.write_all(text.as_bytes())?;
        }
    }
    for (name, crossing) in document.crossings.iter() {
        for cell in &crossing.cells {
            text.clear();
            crossing_rows(&table, &levels, &mut text, name, cell);
            pieces.write_all(text.as_bytes())?;
        }
    }
    pieces.flush()
}

fn crossing_rows(
    table: &Table<'_>,
    levels: &[Kind],
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
        let kind = Kind::new("pmf", &id(entry));
        rows.add(&kind, Some(entry.probability), entry.error);
    }
    let never = Kind::new("pmf", "never");
    rows.add(&never, Some(cell.never.probability), cell.never.error);
    for entry in &cell.by {
        let kind = Kind::new("cdf", &id(entry));
        rows.add(&kind, Some(entry.probability), entry.error);
    }
    let recross = format!("{name}.recross");
    table.rows(text, &recross, &cell.place, &cell.at, "1").add(
        &Kind::new("pmf", "true"),
        Some(cell.recross.probability),
        cell.recross.error,
    );
    let date = format!("{name}.date");
    let unit = table.time.unwrap_or_default();
    let mut rows = table.rows(text, &date, &cell.place, &cell.at, unit);
    let estimates = cell.date.quantiles.iter().zip(&cell.date.quantile_errors);
    for (level, (value, error)) in levels.iter().zip(estimates) {
        rows.add(level, *value, *error);
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

/// Which statistic a row holds: its type and id as they stand in the table, between commas.
struct Kind(String);

impl Kind {
    fn new(output_type: &str, id: &str) -> Self {
        let mut text = String::from(",");
        fields_into(&mut text, [output_type, id].into_iter());
        text.push(',');
        Self(text)
    }
}

/// The rows of one cell.
struct Rows<'a> {
    text: &'a mut String,
    /// All columns before the type of the statistic.
    start: String,
    /// All after the error: the unit and the end of the line.
    end: String,
}

impl Rows<'_> {
    fn add(&mut self, kind: &Kind, value: Option<f64>, error: Option<f64>) {
        let text = &mut *self.text;
        text.push_str(&self.start);
        text.push_str(&kind.0);
        if let Some(value) = value {
            number_into(text, value);
        }
        text.push(',');
        if let Some(error) = error {
            number_into(text, error);
        }
        text.push_str(&self.end);
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

    /// The rows of a cell.
    fn rows<'b>(
        &self,
        text: &'b mut String,
        target: &str,
        place: &str,
        at: &Labels,
        unit: &str,
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
        let end = format!(",{}\n", quoted(unit));
        Rows { text, start, end }
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
    // Numbers of everyday size have no exponent to look for.
    if !(1e-4..1e15).contains(&value.abs())
        && let Some((digits, exponent)) = written.split_once('e')
    {
        text.push_str(digits);
        text.push('e');
        text.push_str(exponent.strip_prefix('+').unwrap_or(exponent));
    } else {
        text.push_str(written.strip_suffix(".0").unwrap_or(written));
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
    fn a_writer_that_is_full_is_an_error() {
        let document = sample();
        let whole = quantiles_csv(&document);
        let mut room = vec![0; whole.len()];
        write_quantiles_csv(&document, room.as_mut_slice()).unwrap();
        assert!(room == whole);
        let short = &mut room[1..];
        assert!(write_quantiles_csv(&document, short).is_err());
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
