//! The verdicts as a table of text.

use std::fmt::Write;

use super::example::ExampleReport;
use super::verdict::{Judged, Verdict};
use crate::render::with_error;

/// One line for each published figure, further lines for what needs a remark, and the counts at the end.
pub fn table(reports: &[ExampleReport]) -> String {
    let mut text = String::new();
    for report in reports {
        writeln!(
            text,
            "{} ({}), {}",
            report.name,
            report.source.citation,
            trials(report)
        )
        .expect(TEXT);
        let rows: Vec<[String; 4]> = report.published.iter().map(row).collect();
        let width = |column: usize| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths = [width(0), width(1), width(2), width(3)];
        for (row, judged) in rows.iter().zip(&report.published) {
            let mut line = String::from(" ");
            for (cell, width) in row.iter().zip(widths) {
                let _ = write!(line, " {cell:<width$} ");
            }
            writeln!(text, "{}", line.trim_end()).expect(TEXT);
            for remark in remarks(judged) {
                writeln!(text, "       {remark}").expect(TEXT);
            }
        }
        match (report.values, report.values_not_met.len()) {
            (0, _) => {}
            (values, 0) => writeln!(
                text,
                "  PASS  {values} figures of a closed form or a second computation"
            )
            .expect(TEXT),
            (values, different) => {
                writeln!(text, "  DIFF  {different} of {values} figures of a closed form or a second computation").expect(TEXT);
                for figure in &report.values_not_met {
                    writeln!(text, "       {figure}").expect(TEXT);
                }
            }
        }
    }
    writeln!(text, "{}", summary(reports)).expect(TEXT);
    text
}

const TEXT: &str = "text takes any writing";

/// Verdict, figure, published, ours.
fn row(judged: &Judged) -> [String; 4] {
    [
        judged.verdict.word().to_owned(),
        judged.figure.clone(),
        format!("published {}", judged.published),
        format!("ours {}", ours(judged)),
    ]
}

/// The estimate with as many digits as its error supports.
pub(super) fn ours(judged: &Judged) -> String {
    (judged.estimate).map_or_else(|| "–".to_owned(), |value| with_error(value, judged.error))
}

/// What a reader should know of a figure.
pub(super) fn remarks(judged: &Judged) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(problem) = &judged.problem {
        remarks.push(problem.clone());
    }
    if let Some(misprint) = &judged.misprint {
        remarks.push(format!(
            "a known misprint: {} is right ({})",
            misprint.correct, misprint.source
        ));
    }
    if let Some(long) = &judged.rounded_from {
        remarks.push(format!(
            "printed to {} digits, {long}; judged to the {} that the run resolves",
            long.n_digits(),
            judged.published.n_digits()
        ));
    }
    if let Some(reason) = &judged.slack_reason {
        remarks.push(format!("slack: {reason}"));
    }
    if judged.blunt {
        remarks.push("tested less sharply than printed".to_owned());
    }
    remarks
}

/// How many figures have which verdict, those judged to fewer digits than printed apart.
pub(super) fn summary(reports: &[ExampleReport]) -> String {
    let verdicts = |count: &dyn Fn(&ExampleReport, Verdict) -> usize| {
        [Verdict::Pass, Verdict::Note, Verdict::Diff]
            .map(|verdict| {
                let figures: usize = reports.iter().map(|report| count(report, verdict)).sum();
                format!("{figures} {}", verdict.word())
            })
            .join(", ")
    };
    let n_published = reports
        .iter()
        .filter(|report| !report.published.is_empty())
        .count();
    let values: usize = reports.iter().map(|report| report.values).sum();
    let not_met: usize = reports
        .iter()
        .map(|report| report.values_not_met.len())
        .sum();
    format!(
        "{} examples, {n_published} of them published. Published figures, judged to their last digit: {}. Judged to fewer digits than printed: {}. Closed forms and second computations: {} of {values} met.",
        reports.len(),
        verdicts(&ExampleReport::count),
        verdicts(&ExampleReport::count_cut),
        values - not_met,
    )
}

/// `33554432 trials`, or `33554432 trials, sobol with 524288 points in a replicate`.
pub(super) fn trials(report: &ExampleReport) -> String {
    match report.points {
        None => format!("{} trials", report.trials),
        Some(points) => format!(
            "{} trials, {} with {points} points in a replicate",
            report.trials, report.design
        ),
    }
}
