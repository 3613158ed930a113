//! The rule: when an estimate meets a figure, and when it does not.

use serde::Serialize;

use super::figure::{Estimate, Figure};
use super::{Misprint, Printed};

/// Standard errors that an estimate may be off: about 6 false alarms in 100,000 figures.
const ERRORS: f64 = 4.0;

/// A reference with ten digits is off by its own rounding, 10⁻⁹ of it.
const REFERENCE_ROUNDING: f64 = 1e-9;

/// How a published figure and an estimate stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// They agree.
    Pass,
    /// The published figure is a known misprint; the estimate meets the published correction.
    Note,
    /// They differ.
    Diff,
}

impl Verdict {
    /// The word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Note => "NOTE",
            Self::Diff => "DIFF",
        }
    }
}

/// A published figure that was judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// What it is: output, labels, statistic.
    pub figure: String,
    /// As printed.
    pub published: Printed,
    /// The longer figure that was printed, where `published` holds only the digits of it that a run resolves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounded_from: Option<Printed>,
    /// Where in the source.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The estimate of the run; none if it is missing.
    pub estimate: Option<f64>,
    /// Its Monte Carlo error.
    pub error: Option<f64>,
    /// The most by which they may differ; none where the estimate has no error.
    pub tolerance: Option<f64>,
    /// Whether four Monte Carlo errors are more than half a printed unit and the slack: more trials would be a sharper test.
    pub blunt: bool,
    /// A known misprint, with its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misprint: Option<Misprint>,
    /// Why the published figure may be off by more than its rounding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slack_reason: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// What is wrong with a figure that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Judged {
    /// Whether it was judged to fewer digits than the source prints.
    pub const fn is_cut(&self) -> bool {
        self.rounded_from.is_some()
    }
}

/// Judges the published figure: |estimate − published| ≤ half a unit of the last printed digit + 4 Monte Carlo errors + slack.
///
/// A known misprint is a [`Verdict::Note`] if the estimate meets the correction by the same rule and not the misprint. An estimate that is
/// missing, not finite or without error differs. None if the figure is not published.
pub fn judge(figure: &Figure<'_>) -> Option<Judged> {
    let expected = figure.expected;
    let published = expected.published.clone()?;
    let (estimate, error) = match figure.estimate {
        Estimate::Number { value, error } => (Some(value), error),
        Estimate::Missing | Estimate::Null => (None, None),
    };
    let slack = expected.slack.unwrap_or(0.0);
    let tolerance =
        |printed: &Printed| error.map(|error| printed.half_unit() + slack + ERRORS * error);
    let meets = |printed: &Printed| {
        within(
            estimate,
            printed.value(),
            tolerance(printed).unwrap_or(f64::NAN),
        )
    };
    let problem = match &expected.misprint {
        _ if figure.estimate == Estimate::Missing => {
            Some("the result has no such figure".to_owned())
        }
        _ if figure.estimate == Estimate::Null => Some("the estimate is null".to_owned()),
        _ if error.is_none() => Some("the estimate has no Monte Carlo error".to_owned()),
        None if meets(&published) => None,
        None => Some("the estimate is too far from the published figure".to_owned()),
        Some(_) if meets(&published) => {
            Some("the estimate meets the printed figure, which is called a misprint".to_owned())
        }
        Some(misprint) if meets(&misprint.correct) => None,
        Some(_) => Some("the estimate is too far from the correction of the misprint".to_owned()),
    };
    let verdict = match (&problem, &expected.misprint) {
        (Some(_), _) => Verdict::Diff,
        (None, Some(_)) => Verdict::Note,
        (None, None) => Verdict::Pass,
    };
    Some(Judged {
        figure: figure.name.clone(),
        tolerance: tolerance(&published),
        blunt: error.is_some_and(|error| ERRORS * error > published.half_unit() + slack),
        published,
        rounded_from: expected.rounded_from.clone(),
        location: expected.location.clone(),
        estimate,
        error,
        misprint: expected.misprint.clone(),
        slack_reason: expected.slack_reason.clone(),
        verdict,
        problem,
    })
}

/// How many times the trials of a run would make four errors of this figure as small as half a printed unit and the slack; none if the
/// figure is not published or has no error.
pub(super) fn trials_needed(figure: &Figure<'_>) -> Option<f64> {
    let published = figure.expected.published.as_ref()?;
    let Estimate::Number {
        error: Some(error), ..
    } = figure.estimate
    else {
        return None;
    };
    let root = ERRORS * error / (published.half_unit() + figure.expected.slack.unwrap_or(0.0));
    Some(root * root)
}

/// Whether the estimate meets the figure's `value`: |estimate − value| ≤ 4 `se_coef`/√trials + 4 `ref_err`, or null where it is null.
/// None if the figure has no value.
pub fn agrees(figure: &Figure<'_>, trials: u64) -> Option<bool> {
    let expected = figure.expected;
    Some(match (expected.value?, figure.estimate) {
        (None, estimate) => estimate == Estimate::Null,
        (
            Some(value),
            Estimate::Number {
                value: estimate, ..
            },
        ) => {
            // A value without these was refused on reading; without them nothing agrees.
            let [se_coef, ref_err] =
                [expected.se_coef, expected.ref_err].map(|size| size.unwrap_or(f64::NAN));
            let tolerance = ERRORS * se_coef / (trials as f64).sqrt()
                + ERRORS * ref_err
                + REFERENCE_ROUNDING * value.abs();
            within(Some(estimate), value, tolerance)
        }
        (Some(_), Estimate::Missing | Estimate::Null) => false,
    })
}

/// What is no number meets nothing.
fn within(estimate: Option<f64>, value: f64, tolerance: f64) -> bool {
    estimate.is_some_and(|estimate| (estimate - value).abs() <= tolerance)
}

#[cfg(test)]
mod tests {
    use super::super::Statistic;
    use super::*;

    fn printed(text: &str) -> Printed {
        Printed::new(text).unwrap()
    }

    fn judged(expected: &Statistic, estimate: Estimate) -> Judged {
        let figure = Figure {
            name: "y, mean".to_owned(),
            expected,
            estimate,
        };
        judge(&figure).unwrap()
    }

    fn number(value: f64, error: f64) -> Estimate {
        Estimate::Number {
            value,
            error: Some(error),
        }
    }

    #[test]
    fn half_a_unit_and_four_errors_are_allowed() {
        let expected = Statistic {
            published: Some(printed("2.00")),
            ..Statistic::default()
        };
        // 0.005 + 4 · 0.001 = 0.009.
        assert_eq!(
            judged(&expected, number(2.0089, 0.001)).verdict,
            Verdict::Pass
        );
        assert_eq!(
            judged(&expected, number(2.0091, 0.001)).verdict,
            Verdict::Diff
        );
        assert_eq!(
            judged(&expected, number(1.9911, 0.001)).verdict,
            Verdict::Pass
        );
        assert!(!judged(&expected, number(2.0, 0.001)).blunt);
        assert!(judged(&expected, number(2.0, 0.002)).blunt);
        let slack = Statistic {
            slack: Some(0.01),
            ..expected
        };
        assert_eq!(judged(&slack, number(2.018, 0.001)).verdict, Verdict::Pass);
        assert_eq!(judged(&slack, number(2.020, 0.001)).verdict, Verdict::Diff);
    }

    #[test]
    fn what_is_no_number_differs() {
        let expected = Statistic {
            published: Some(printed("2.0")),
            ..Statistic::default()
        };
        for estimate in [
            Estimate::Missing,
            Estimate::Null,
            number(f64::NAN, 0.1),
            number(f64::INFINITY, 0.1),
            number(2.0, f64::NAN),
            Estimate::Number {
                value: 2.0,
                error: None,
            },
        ] {
            let judged = judged(&expected, estimate);
            assert_eq!(judged.verdict, Verdict::Diff, "{estimate:?}");
            assert!(judged.problem.is_some());
        }
    }

    #[test]
    fn a_misprint_is_a_note_only_if_the_correction_is_met_and_the_misprint_is_not() {
        let expected = Statistic {
            published: Some(printed("0.36")),
            misprint: Some(Misprint {
                correct: printed("0.560"),
                source: "erratum".to_owned(),
            }),
            ..Statistic::default()
        };
        assert_eq!(judged(&expected, number(0.56, 1e-4)).verdict, Verdict::Note);
        assert_eq!(judged(&expected, number(0.36, 1e-4)).verdict, Verdict::Diff);
        assert_eq!(judged(&expected, number(0.50, 1e-4)).verdict, Verdict::Diff);
        // Errors so large that both are met show nothing.
        assert_eq!(judged(&expected, number(0.50, 1.0)).verdict, Verdict::Diff);
    }

    #[test]
    fn a_closed_form_is_met_within_four_errors_of_its_own() {
        let expected = Statistic {
            value: Some(Some(1.0)),
            se_coef: Some(2.0),
            ref_err: Some(0.001),
            ..Statistic::default()
        };
        // 4 · 2/√10,000 + 4 · 0.001 = 0.084; the error that the run reports does not matter.
        let agree = |estimate| {
            let figure = Figure {
                name: String::new(),
                expected: &expected,
                estimate,
            };
            agrees(&figure, 10_000).unwrap()
        };
        assert!(agree(number(1.0839, 0.0)));
        assert!(!agree(number(1.0841, 9.0)));
        for estimate in [Estimate::Missing, Estimate::Null, number(f64::NAN, 0.1)] {
            assert!(!agree(estimate), "{estimate:?}");
        }
    }

    #[test]
    fn a_statistic_without_value_is_met_by_null_alone() {
        let expected = Statistic {
            value: Some(None),
            ..Statistic::default()
        };
        for (estimate, right) in [
            (Estimate::Null, true),
            (Estimate::Missing, false),
            (number(0.0, 0.1), false),
        ] {
            let figure = Figure {
                name: String::new(),
                expected: &expected,
                estimate,
            };
            assert_eq!(agrees(&figure, 1), Some(right));
            assert_eq!(judge(&figure), None);
        }
    }
}
