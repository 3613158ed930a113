//! The verdicts as a page of Markdown, `docs/gauge.md`.

use std::fmt::Write;

use super::answer::Area;
use super::example::{ExampleReport, GaugeSettings};
use super::table::{ours, remarks, summary, trials};

const TEXT: &str = "text takes any writing";

/// The page: the rule, then a table for each area, its figures in the order of the examples.
pub fn page(reports: &[ExampleReport], settings: &GaugeSettings) -> String {
    let mut text = format!(
        "# Gauge

Published examples, run again. `fanfare gauge` runs every model in [models/examples](../models/examples) and holds it against the figures that its source prints; it ends with exit code 1 if one differs.

- **PASS**: |ours − published| ≤ half a unit of the last printed digit + 4 Monte Carlo errors (+ a slack, where one is stated with its reason). Four errors give about 6 false alarms in 100,000 figures.
- **NOTE**: the printed figure is a known misprint; ours meets the published correction by the same rule, and not the misprint.
- **DIFF**: anything else, also an estimate that is missing, not finite or without error.

A first run of 65,536 random trials says how many trials make four errors smaller than half a printed unit and the slack; the second run has half as many more. Where that would be more than {most}, the second run takes as many Sobol' points, in 64 replicates whose spread is the error (four errors by t then give 17 false alarms in 100,000). Where these are too few the row says so: the figure is then tested less sharply than it is printed.
No Monte Carlo run resolves a figure that is printed to 16 digits. Such a figure is judged to the digits that the run resolves, says so, and is counted apart.
Examples and figures that are not published come from a closed form or a second computation; they are met within 4 standard errors, and only counted here.

{summary}

This page is made by `fanfare gauge --markdown` (seed {seed}).
",
        most = settings.most_trials,
        seed = settings.seed,
        summary = summary(reports),
    );
    for (area, title) in [
        (Area::Metrology, "Metrology"),
        (Area::Reliability, "Reliability"),
        (Area::Forecasting, "Forecasting, finance, projects"),
        (Area::Sensitivity, "Sensitivity"),
        (Area::Inference, "Statistical inference"),
        (Area::Language, "Distributions and the model language"),
    ] {
        let chosen: Vec<_> = reports
            .iter()
            .filter(|report| report.area == area)
            .collect();
        if !chosen.is_empty() {
            write!(text, "\n## {title}\n").expect(TEXT);
        }
        for report in chosen {
            section(report, &mut text);
        }
    }
    text
}

fn section(report: &ExampleReport, text: &mut String) {
    let citation = cell(&report.source.citation);
    let source = match &report.source.url {
        Some(url) => format!("[{citation}]({url})"),
        None => citation,
    };
    write!(
        text,
        "\n**[{name}](../models/examples/{name}/README.md)**: {title}. {source}. {trials}.",
        name = report.name,
        title = report.title,
        trials = trials(report),
    )
    .expect(TEXT);
    match (report.values, report.values_not_met.len()) {
        (0, _) => {}
        (values, 0) => write!(text, " {values} figures of a closed form or a second computation are met.").expect(TEXT),
        (values, not_met) => write!(text, " **{not_met} of {values} figures of a closed form or a second computation are not met.**").expect(TEXT),
    }
    text.push('\n');
    if report.published.is_empty() {
        return;
    }
    text.push_str("\n| figure | published | where | ours | verdict |\n|---|---|---|---|---|\n");
    for judged in &report.published {
        let remarks = remarks(judged).join("; ");
        let verdict = if remarks.is_empty() {
            judged.verdict.word().to_owned()
        } else {
            format!("{}: {}", judged.verdict.word(), cell(&remarks))
        };
        writeln!(
            text,
            "| {} | {} | {} | {} | {verdict} |",
            cell(&judged.figure),
            judged.published,
            cell(judged.location.as_deref().unwrap_or("–")),
            ours(judged),
        )
        .expect(TEXT);
    }
}

/// Text within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
