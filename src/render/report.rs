//! The short text report of a run, at most 100 columns wide.

use crate::result::{
    CellResult, CrossingCell, CrossingResult, LabelProbability, ResultDocument, Series,
};
use crate::stats::interval_factor;

use super::number::{Scale, beside, percent_with_error, rounded, supported, with_error};

const WIDTH: usize = 100;
/// Kinds of place with more members than this are left to the result files.
const MOST_PLACES: usize = 20;

/// What to show; names that the result does not hold are reported as such.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportPlan {
    /// The crossing of the headline.
    pub crossing: Option<String>,
    /// Outputs of the table, at the outermost place; all outputs if empty.
    pub outputs: Vec<String>,
    /// Outputs drawn on one chart; the text report does not use them.
    pub fan: Vec<String>,
    /// The output whose drivers are ranked.
    pub drivers_of: Option<String>,
}

/// How strongly an input moves an output.
#[derive(Debug, Clone, PartialEq)]
pub struct Driver {
    /// Title or name of the input.
    pub input: String,
    /// The place whose draws are meant.
    pub place: String,
    /// Rank correlation with the output.
    pub correlation: f64,
    /// Its Monte Carlo error.
    pub error: Option<f64>,
}

/// The report, with a line feed at the end of every line.
pub fn report(document: &ResultDocument, plan: &ReportPlan, drivers: &[Driver]) -> String {
    let mut text = Lines::default();
    text.wrapped(
        document
            .model
            .title
            .as_deref()
            .unwrap_or(&document.model.name),
    );
    text.variants(document);
    if let Some(name) = &plan.crossing {
        match document.crossings.get(name) {
            Some(crossing) => headline(&mut text, document, crossing),
            None => text.wrapped(&format!("The result has no crossing `{name}`.")),
        }
    }
    let all: Vec<String> = document.outputs.names().map(str::to_owned).collect();
    for name in if plan.outputs.is_empty() {
        &all
    } else {
        &plan.outputs
    } {
        output_tables(&mut text, document, name);
    }
    if let Some(crossing) = plan
        .crossing
        .as_ref()
        .and_then(|name| document.crossings.get(name))
    {
        crossing_tables(&mut text, document, crossing);
    }
    if !drivers.is_empty() {
        driver_table(&mut text, document, plan, drivers);
    }
    text.footer(document);
    text.0
}

fn headline(text: &mut Lines, document: &ResultDocument, crossing: &CrossingResult) {
    let place = document.outermost_place(crossing.cells.iter().map(|cell| cell.place.as_str()));
    for cell in crossing
        .cells
        .iter()
        .filter(|cell| Some(cell.place.as_str()) == place)
    {
        let (Some(first), Some(by)) = (cell.first.last(), cell.by.last()) else {
            continue;
        };
        text.blank();
        text.wrapped(&format!(
            "{}: “{}” passes “{}” for the first time in {} in {} of trials, by {} in {}.",
            document.place_name(&cell.place, &cell.at),
            crossing.of.display(),
            crossing.above.display(),
            label(first),
            percent_with_error(first.probability, first.error),
            label(by),
            percent_with_error(by.probability, by.error)
        ));
    }
}

fn output_tables(text: &mut Lines, document: &ResultDocument, name: &str) {
    let Some(output) = document.outputs.get(name) else {
        text.blank();
        text.wrapped(&format!("The result has no output `{name}`."));
        return;
    };
    let Some(place) = document.outermost_place(output.cells.iter().map(|cell| cell.place.as_str()))
    else {
        return;
    };
    let columns: Vec<(f64, usize)> = [0.05, 0.5, 0.95]
        .into_iter()
        .filter_map(|level| document.level_index(level).map(|index| (level, index)))
        .collect();
    for series in document.all_series(name, place) {
        let scale = Scale::of(
            series
                .cells
                .iter()
                .filter_map(|(_, cell)| typical(document, cell)),
        );
        let unit = scale.unit(output.unit.as_deref());
        let unit = if unit.is_empty() {
            String::new()
        } else {
            format!(" ({unit})")
        };
        text.blank();
        text.wrapped(&format!(
            "{}, {}{unit}",
            output.title,
            document.place_name(place, &series.at)
        ));
        let mut header = vec![document.model.time.clone().unwrap_or_default()];
        header.extend(
            columns
                .iter()
                .map(|(level, _)| format!("{} %", rounded(100.0 * level, 0))),
        );
        header.extend(["mean", "central", "at level"].map(str::to_owned));
        text.table(header, output_rows(document, &series, &columns, scale));
    }
}

/// The median, or the mean in a document without that level.
fn typical(document: &ResultDocument, cell: &CellResult) -> Option<f64> {
    document
        .level_index(0.5)
        .and_then(|index| cell.quantiles.get(index).copied().flatten())
        .or(cell.mean)
}

fn output_rows(
    document: &ResultDocument,
    series: &Series<'_>,
    columns: &[(f64, usize)],
    scale: Scale,
) -> Vec<Vec<String>> {
    let scaled = |error: Option<f64>| error.map(|error| scale.divide(error));
    let shown = |value: Option<f64>, error: Option<f64>| {
        value.map_or_else(
            || "-".to_owned(),
            |value| supported(scale.divide(value), scaled(error)),
        )
    };
    let median = document.level_index(0.5);
    let row = |(time, cell): &(Option<i64>, &CellResult)| {
        let at = |list: &[Option<f64>], index: usize| list.get(index).copied().flatten();
        let mut row = vec![time.map(|time| time.to_string()).unwrap_or_default()];
        row.extend(columns.iter().map(|(_, index)| {
            shown(
                at(&cell.quantiles, *index),
                at(&cell.quantile_errors, *index),
            )
        }));
        row.push(shown(cell.mean, cell.mean_error));
        // The central case has no Monte Carlo error; it is shown to the decimals of the median beside it.
        let error = scaled(median.and_then(|index| at(&cell.quantile_errors, index)));
        row.push(cell.central.map_or_else(
            || "-".to_owned(),
            |central| beside(scale.divide(central), error),
        ));
        row.push(cell.central_level.map_or_else(
            || "-".to_owned(),
            |level| format!("{} %", rounded(100.0 * level, 0)),
        ));
        row
    };
    series.cells.iter().map(row).collect()
}

fn crossing_tables(text: &mut Lines, document: &ResultDocument, crossing: &CrossingResult) {
    let outermost = document.outermost_place(crossing.cells.iter().map(|cell| cell.place.as_str()));
    let time = document.model.time.clone().unwrap_or_default();
    for cell in crossing
        .cells
        .iter()
        .filter(|cell| Some(cell.place.as_str()) == outermost)
    {
        text.blank();
        text.wrapped(&format!(
            "{}, {} (share of trials)",
            crossing.title,
            document.place_name(&cell.place, &cell.at)
        ));
        let mut rows: Vec<Vec<String>> = cell
            .first
            .iter()
            .zip(&cell.by)
            .map(|(first, by)| vec![label(first), probability(first), probability(by)])
            .collect();
        rows.push(vec![
            "never".to_owned(),
            percent_with_error(cell.never.probability, cell.never.error),
            String::new(),
        ]);
        text.table(
            vec![time.clone(), "first in".to_owned(), "by".to_owned()],
            rows,
        );
        text.wrapped(&format!(
            "Back at or below after a crossing: {}.",
            percent_with_error(cell.recross.probability, cell.recross.error)
        ));
        if cell.date.left_censored.probability > 0.0
            && let Some(first) = cell.first.first()
        {
            text.wrapped(&format!(
                "Already above in {}, counted there: {}.",
                label(first),
                probability(first)
            ));
        }
    }
    let mut places: Vec<&str> = Vec::new();
    for cell in &crossing.cells {
        if Some(cell.place.as_str()) != outermost && !places.contains(&cell.place.as_str()) {
            places.push(&cell.place);
        }
    }
    for place in places {
        let cells: Vec<&CrossingCell> = crossing
            .cells
            .iter()
            .filter(|cell| cell.place == place)
            .collect();
        text.blank();
        if cells.len() > MOST_PLACES {
            text.wrapped(&format!(
                "{} by {place}: {} places, see the result files.",
                crossing.title,
                cells.len()
            ));
            continue;
        }
        let last = cells
            .iter()
            .find_map(|cell| cell.by.last())
            .map(label)
            .unwrap_or_default();
        let rows = cells.iter().map(|cell| {
            let by = cell.by.last().map_or_else(|| "-".to_owned(), probability);
            vec![document.place_name(&cell.place, &cell.at), by]
        });
        text.wrapped(&format!("{} by {place} (share of trials)", crossing.title));
        text.table(vec![place.to_owned(), format!("by {last}")], rows.collect());
    }
}

fn driver_table(
    text: &mut Lines,
    document: &ResultDocument,
    plan: &ReportPlan,
    drivers: &[Driver],
) {
    let of = plan.drivers_of.as_deref().map_or_else(String::new, |name| {
        document.outputs.get(name).map_or_else(
            || format!(" of {name}"),
            |output| format!(" of “{}”", output.title),
        )
    });
    text.blank();
    text.wrapped(&format!("Drivers{of} (rank correlation)"));
    let rows = drivers.iter().map(|driver| {
        vec![
            driver.input.clone(),
            with_error(driver.correlation, driver.error),
            driver.place.clone(),
        ]
    });
    text.table(
        vec![
            "input".to_owned(),
            "correlation".to_owned(),
            "place".to_owned(),
        ],
        rows.collect(),
    );
}

fn label(entry: &LabelProbability) -> String {
    entry
        .label()
        .map(|label| label.to_string())
        .unwrap_or_default()
}

fn probability(entry: &LabelProbability) -> String {
    percent_with_error(entry.probability, entry.error)
}

/// The report so far.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn blank(&mut self) {
        self.0.push('\n');
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    /// A paragraph broken at spaces; a longer word stands alone.
    fn wrapped(&mut self, text: &str) {
        self.hanging("", text);
    }

    fn hanging(&mut self, indent: &str, text: &str) {
        let mut line = String::new();
        for word in text.split_whitespace() {
            if line.is_empty() {
                line.push_str(word);
            } else if line.chars().count() + 1 + word.chars().count() <= WIDTH {
                line.push(' ');
                line.push_str(word);
            } else {
                self.line(&line);
                line = format!("{indent}{word}");
            }
        }
        self.line(&line);
    }

    /// The first column from the left, the others right-aligned; a first cell too long for the width is cut, with `…`.
    fn table(&mut self, header: Vec<String>, rows: Vec<Vec<String>>) {
        let count = |text: &String| text.chars().count();
        let widths: Vec<usize> = (0..header.len())
            .map(|column| {
                rows.iter()
                    .chain([&header])
                    .filter_map(|row| row.get(column).map(count))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let others: usize = widths.iter().skip(1).map(|width| (*width).max(8) + 2).sum();
        let first_room = WIDTH.saturating_sub(others + 2).max(8);
        for row in [&header].into_iter().chain(&rows) {
            let mut line = String::from("  ");
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                if column == 0 {
                    let room = (*width).min(first_room);
                    let cut: String = if count(cell) > room {
                        cell.chars().take(room - 1).chain(['…']).collect()
                    } else {
                        cell.clone()
                    };
                    line.push_str(&format!("{cut:<room$}"));
                } else {
                    let width = (*width).max(8);
                    line.push_str(&format!("  {cell:>width$}"));
                }
            }
            self.line(&line);
        }
    }

    /// What was changed against the plain model.
    fn variants(&mut self, document: &ResultDocument) {
        let run = &document.run;
        for (kind, name) in [("Scenario", &run.scenario), ("Strategy", &run.strategy)] {
            if let Some(name) = name {
                self.wrapped(&format!("{kind}: {name}"));
            }
        }
        for set in &run.set {
            self.wrapped(&format!("Set: {} = {}", set.node, set.is));
        }
        if !run.evidence.is_empty() {
            self.wrapped(&format!("Given: {}", run.evidence.join(", ")));
        }
    }

    fn footer(&mut self, document: &ResultDocument) {
        let run = &document.run;
        if !run.warnings.is_empty() || !run.non_finite.is_empty() {
            self.blank();
        }
        for warning in &run.warnings {
            self.hanging(
                "  ",
                &format!("warning[{}]: {}", warning.code, warning.message),
            );
        }
        for cell in &run.non_finite {
            let at = document.place_name(&cell.place, &cell.at);
            self.hanging(
                "  ",
                &format!(
                    "not finite: {}, {at}: {} trials, first {}",
                    cell.output,
                    rounded(cell.count as f64, 0),
                    cell.first_trial
                ),
            );
        }
        self.blank();
        self.wrapped(&format!(
            "{} trials, seed {}, {} design, generator {}, engine {}. Digits shown are those that the Monte Carlo error supports; ± is one standard error.",
            rounded(run.trials as f64, 0),
            run.seed,
            run.design,
            run.generator,
            run.engine
        ));
        if let Some(freedom) = run.error_df {
            self.wrapped(&format!(
                "95 % intervals are ± {:.2} errors (from the spread of replicates, {} degrees of freedom).",
                interval_factor(Some(freedom as u64)),
                super::number::exact(freedom)
            ));
        }
    }
}
