//! Each figure of an answer beside the estimate that a result has for it.

use super::answer::{Answer, CrossingAnswer, JointAnswer, OutputAnswer, Statistic};
use crate::result::{CrossingCell, LabelProbability, Labels, Probability, ResultDocument};

/// What a result says about a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Estimate {
    /// The result has no such output, cell, label or level.
    Missing,
    /// The result says that the statistic has no value.
    Null,
    /// The estimate and its Monte Carlo error, where it has one.
    Number {
        /// The estimate.
        value: f64,
        /// Its standard error.
        error: Option<f64>,
    },
}

impl Estimate {
    fn of(value: Option<f64>, error: Option<f64>) -> Self {
        value.map_or(Self::Null, |value| Self::Number { value, error })
    }

    fn of_probability(probability: Option<Probability>) -> Self {
        probability.map_or(Self::Missing, |found| {
            Self::of(Some(found.probability), found.error)
        })
    }
}

/// A figure of an answer and the estimate for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure<'a> {
    /// What it is: `pf, mean`, `inflation (year = 2010), quantile 0.05`.
    pub name: String,
    /// What the answer says.
    pub expected: &'a Statistic,
    /// What the result says.
    pub estimate: Estimate,
}

/// Every figure of an answer, in the order of the answer.
pub fn figures<'a>(answer: &'a Answer, document: &ResultDocument) -> Vec<Figure<'a>> {
    let mut all = Vec::new();
    for (name, cells) in answer.outputs.iter() {
        for cell in cells {
            of_output(name, cell, document, &mut all);
        }
    }
    for (name, cells) in answer.crossings.iter() {
        for cell in cells {
            of_crossing(name, cell, document, &mut all);
        }
    }
    for (name, cells) in answer.joint.iter() {
        for cell in cells {
            of_joint(name, cell, document, &mut all);
        }
    }
    all
}

fn of_output<'a>(
    name: &str,
    expected: &'a OutputAnswer,
    document: &ResultDocument,
    all: &mut Vec<Figure<'a>>,
) {
    let cell = document.cell(name, &expected.place, &expected.at);
    let name = titled(name, &expected.at);
    let mut push = |what: &str, expected: &'a Option<Statistic>, found: Option<_>| {
        if let Some(expected) = expected {
            all.push(Figure {
                name: format!("{name}, {what}"),
                expected,
                estimate: found.map_or(Estimate::Missing, |(value, error)| {
                    Estimate::of(value, error)
                }),
            });
        }
    };
    let mean = cell.map(|cell| (cell.mean, cell.mean_error));
    push("mean", &expected.mean, mean);
    let sd = cell.map(|cell| (cell.sd, cell.sd_error));
    push("sd", &expected.sd, sd);
    let lists = cell.map(|cell| (&cell.quantiles[..], &cell.quantile_errors[..]));
    of_quantiles(&name, &expected.quantiles, lists, document, all);
}

/// Quantiles whose level the result does not have are missing.
fn of_quantiles<'a>(
    name: &str,
    expected: &'a crate::result::OrderedMap<Statistic>,
    found: Option<(&[Option<f64>], &[Option<f64>])>,
    document: &ResultDocument,
    all: &mut Vec<Figure<'a>>,
) {
    for (level, expected) in expected.iter() {
        let index = level
            .parse()
            .ok()
            .and_then(|level| document.level_index(level));
        let estimate = match (found, index) {
            (Some((quantiles, errors)), Some(index)) => {
                Estimate::of(quantiles[index], errors[index])
            }
            _ => Estimate::Missing,
        };
        all.push(Figure {
            name: format!("{name}, quantile {level}"),
            expected,
            estimate,
        });
    }
}

fn of_crossing<'a>(
    name: &str,
    expected: &'a CrossingAnswer,
    document: &ResultDocument,
    all: &mut Vec<Figure<'a>>,
) {
    let cell = document.crossing_cell(name, &expected.place, &expected.at);
    let name = titled(name, &expected.at);
    let lists: [(_, _, fn(&CrossingCell) -> &[LabelProbability]); 2] = [
        ("first", &expected.first, |cell| &cell.first),
        ("by", &expected.by, |cell| &cell.by),
    ];
    for (what, expected, list) in lists {
        for (label, expected) in expected.iter() {
            let found = cell.and_then(|cell| {
                (list(cell).iter()).find(|entry| {
                    entry
                        .label()
                        .is_some_and(|number| number.to_string() == label)
                })
            });
            let probability = found.map(|entry| Probability {
                probability: entry.probability,
                error: entry.error,
            });
            all.push(Figure {
                name: format!("{name}, {what} {label}"),
                expected,
                estimate: Estimate::of_probability(probability),
            });
        }
    }
    for (what, expected, found) in [
        ("never", &expected.never, cell.map(|cell| cell.never)),
        ("recross", &expected.recross, cell.map(|cell| cell.recross)),
    ] {
        if let Some(expected) = expected {
            all.push(Figure {
                name: format!("{name}, {what}"),
                expected,
                estimate: Estimate::of_probability(found),
            });
        }
    }
    let date = cell.map(|cell| (&cell.date.quantiles[..], &cell.date.quantile_errors[..]));
    of_quantiles(
        &format!("{name}, date"),
        &expected.date,
        date,
        document,
        all,
    );
}

fn of_joint<'a>(
    name: &str,
    expected: &'a JointAnswer,
    document: &ResultDocument,
    all: &mut Vec<Figure<'a>>,
) {
    let cell = document.joint.get(name).and_then(|joint| {
        (joint.cells.iter()).find(|cell| cell.place == expected.place && cell.at.same(&expected.at))
    });
    let name = titled(name, &expected.at);
    if let Some(expected) = &expected.correlation {
        all.push(Figure {
            name: format!("{name}, correlation"),
            expected,
            estimate: cell.map_or(Estimate::Missing, |cell| {
                Estimate::of(cell.correlation[0][1], cell.correlation_errors[0][1])
            }),
        });
    }
    if let Some(expected) = &expected.covariance {
        all.push(Figure {
            name: format!("{name}, covariance"),
            expected,
            estimate: cell.map_or(Estimate::Missing, |cell| {
                Estimate::of(cell.covariance[0][1], None)
            }),
        });
    }
}

/// `inflation (year = 2010)`.
fn titled(name: &str, at: &Labels) -> String {
    let labels: Vec<String> = at
        .iter()
        .map(|(dimension, label)| format!("{dimension} = {label}"))
        .collect();
    if labels.is_empty() {
        name.to_owned()
    } else {
        format!("{name} ({})", labels.join(", "))
    }
}
