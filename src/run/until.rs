//! Precision that a run shall reach: which errors of which cells, how small, and whether they are.

use std::fmt;
use std::str::FromStr;

use crate::check::CheckedModel;
use crate::diag::closest;
use crate::result::{CellResult, CrossingCell, LabelProbability, Labels, ResultDocument, WORLD};

/// Trials at the first look; later looks come at twice as many each.
pub const FIRST_CHECK: u64 = 16_384;
/// Trials at which a run ends that has not reached its precision, unless stated: the thirteenth look.
pub const MOST_TRIALS_UNTIL: u64 = FIRST_CHECK << 12;
/// Points of a replicate unless stated: sixteen replicates at the first look.
pub const POINTS_UNTIL: u64 = 1024;
/// Levels whose quantiles must be precise, beside the mean.
const LEVELS: [f64; 3] = [0.05, 0.5, 0.95];

/// `0.5%`, `revenue:0.5%`, `revenue@2027:0.2%`, `P:0.001`, `crossing@DEU:0.001`.
#[derive(Debug, Clone, PartialEq)]
pub struct Precision {
    text: String,
    of: Subject,
    /// Labels that a cell must have; the outermost place that has them is meant.
    labels: Vec<String>,
    /// Largest error: a share of the sd of the output, or a probability.
    limit: f64,
}

#[derive(Debug, Clone, PartialEq)]
enum Subject {
    EveryOutput,
    EveryCrossing,
    /// A name, with whether it is an output (`%`) or a crossing.
    Output(String),
    Crossing(String),
}

/// How a precision stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The largest error found, in the unit of the limit; `None` where an error does not exist.
    pub largest: Option<f64>,
    /// The largest that is wanted.
    pub limit: f64,
    /// Which statistic has it.
    pub statistic: String,
    /// Whether both are shares of a standard deviation.
    pub is_share: bool,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.largest {
            Some(largest) if self.is_share => write!(f, "{:.3} % of the sd", 100.0 * largest)?,
            Some(largest) => write!(f, "{largest:.3e}")?,
            None => f.write_str("unknown")?,
        }
        write!(f, ", {}", self.statistic)
    }
}

impl Standing {
    /// Whether the precision is reached.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.largest.is_some_and(|largest| largest <= self.limit)
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Precision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const FORMS: &str =
            "expected 0.5%, OUTPUT:0.5%, OUTPUT@LABEL:0.5%, P:0.001 or CROSSING:0.001";
        let (name, number) = match text.rsplit_once(':') {
            Some((name, number)) => (Some(name), number),
            None => (None, text),
        };
        let (number, percent) = match number.strip_suffix('%') {
            Some(number) => (number, true),
            None => (number, false),
        };
        let number: f64 = number.trim().parse().map_err(|_| FORMS.to_owned())?;
        let limit = if percent { number / 100.0 } else { number };
        if !(limit > 0.0 && limit < 1.0) {
            return Err("expected an error above 0 and below 1 (100 %)".to_owned());
        }
        let mut parts = name.unwrap_or_default().split('@');
        let name = parts.next().filter(|name| !name.is_empty());
        let labels: Vec<String> = parts.map(str::to_owned).collect();
        let of = match (name, percent) {
            (None, true) => Subject::EveryOutput,
            (None, false) => {
                return Err(format!(
                    "an error of a probability is asked as P:{text}; {FORMS}"
                ));
            }
            (Some("P"), false) => Subject::EveryCrossing,
            (Some("P"), true) => {
                return Err(
                    "P takes an absolute error of a probability, such as P:0.001".to_owned(),
                );
            }
            (Some(name), true) => Subject::Output(name.to_owned()),
            (Some(name), false) => Subject::Crossing(name.to_owned()),
        };
        if labels.iter().any(String::is_empty) || (name.is_none() && !labels.is_empty()) {
            return Err(FORMS.to_owned());
        }
        Ok(Self {
            text: text.to_owned(),
            of,
            labels,
            limit,
        })
    }
}

impl Precision {
    /// Whether the model has what is named.
    ///
    /// # Errors
    /// What is wrong, and the nearest name.
    pub fn check(&self, model: &CheckedModel) -> Result<(), String> {
        let outputs: Vec<&str> = model
            .outputs
            .iter()
            .map(|output| output.name.as_str())
            .collect();
        let crossings: Vec<&str> = model
            .crossings
            .iter()
            .map(|crossing| crossing.name.as_str())
            .collect();
        let unknown = |kind: &str, name: &str, known: &[&str], other: &[&str], hint: &str| {
            if known.contains(&name) {
                return Ok(());
            }
            if other.contains(&name) {
                return Err(format!("`{self}`: `{name}` {hint}"));
            }
            let near = closest(name, known.iter().copied());
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            Err(format!("`{self}`: no {kind} is called `{name}`{near}"))
        };
        match &self.of {
            Subject::EveryOutput if outputs.is_empty() => {
                return Err(format!("`{self}`: the model has no outputs"));
            }
            Subject::EveryCrossing if crossings.is_empty() => {
                return Err(format!("`{self}`: the model has no crossings"));
            }
            Subject::EveryOutput | Subject::EveryCrossing => {}
            Subject::Output(name) => unknown(
                "output",
                name,
                &outputs,
                &crossings,
                "is a crossing: its errors are absolute, as in NAME:0.001",
            )?,
            Subject::Crossing(name) => unknown(
                "crossing",
                name,
                &crossings,
                &outputs,
                "is an output: its errors are shares of its standard deviation, as in NAME:0.5%",
            )?,
        }
        for label in &self.labels {
            let known = model
                .dimensions
                .iter()
                .flat_map(|(_, dimension)| &dimension.labels)
                .any(|known| known.key == *label);
            if !known {
                return Err(format!("`{self}`: no dimension has a label `{label}`"));
            }
        }
        Ok(())
    }

    /// The largest error among the cells that are meant, in the result so far; `None` if no cell has the labels.
    #[must_use]
    pub fn standing(&self, document: &ResultDocument) -> Option<Standing> {
        let mut worst: Option<Standing> = None;
        let mut see = |largest: Option<f64>, statistic: &dyn Fn() -> String| {
            let larger = |known: &Standing| match (largest, known.largest) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(new), Some(old)) => new > old,
            };
            if worst.as_ref().is_none_or(larger) {
                worst = Some(Standing {
                    largest,
                    limit: self.limit,
                    statistic: statistic(),
                    is_share: matches!(self.of, Subject::EveryOutput | Subject::Output(_)),
                });
            }
        };
        let is_meant = |name: &str| match &self.of {
            Subject::Output(wanted) | Subject::Crossing(wanted) => name == wanted,
            Subject::EveryOutput | Subject::EveryCrossing => true,
        };
        match self.of {
            Subject::EveryOutput | Subject::Output(_) => {
                // Where tails are long the error of the sd is the largest by far: it is looked at where an output is named.
                let with_sd = matches!(self.of, Subject::Output(_));
                for (name, output) in document.outputs.iter().filter(|(name, _)| is_meant(name)) {
                    for cell in self.outermost(
                        &output.cells,
                        |cell| &cell.place,
                        |cell, label| has_label(&cell.at, label),
                    ) {
                        for (statistic, error) in
                            relative_errors(cell, &document.quantile_levels, with_sd)
                        {
                            see(error, &|| {
                                format!("{statistic} of {}", named(name, &cell.place, &cell.at))
                            });
                        }
                    }
                }
            }
            Subject::EveryCrossing | Subject::Crossing(_) => {
                for (name, crossing) in document.crossings.iter().filter(|(name, _)| is_meant(name))
                {
                    let has = |cell: &CrossingCell, label: &String| {
                        let mut times = cell.first.iter().flat_map(|first| first.at.iter());
                        has_label(&cell.at, label)
                            || times.any(|(_, key)| key.to_string() == *label)
                    };
                    for cell in self.outermost(&crossing.cells, |cell| &cell.place, has) {
                        for (statistic, error) in probabilities(cell, &self.labels) {
                            see(error, &|| {
                                format!("{statistic} of {}", named(name, &cell.place, &cell.at))
                            });
                        }
                    }
                }
            }
        }
        worst
    }

    /// The cells with the labels, at the kind of place that has fewest of them; of several the world.
    fn outermost<'c, T>(
        &self,
        cells: &'c [T],
        place: impl Fn(&T) -> &String,
        has: impl Fn(&T, &String) -> bool,
    ) -> Vec<&'c T> {
        let mut meant: Vec<&T> = cells
            .iter()
            .filter(|cell| self.labels.iter().all(|label| has(cell, label)))
            .collect();
        let count = |kind: &String| meant.iter().filter(|cell| place(cell) == kind).count();
        let outermost = meant
            .iter()
            .map(|cell| place(cell))
            .min_by_key(|kind| (count(kind), *kind != WORLD));
        let outermost = outermost.cloned();
        meant.retain(|cell| Some(place(cell)) == outermost.as_ref());
        meant
    }
}

fn has_label(at: &Labels, label: &str) -> bool {
    at.iter().any(|(_, key)| key.to_string() == label)
}

/// `revenue (world, year = 2027)`
fn named(name: &str, place: &str, at: &Labels) -> String {
    let labels: Vec<String> = std::iter::once(place.to_owned())
        .chain(
            at.iter()
                .map(|(dimension, key)| format!("{dimension} = {key}")),
        )
        .collect();
    format!("{name} ({})", labels.join(", "))
}

/// Errors of the mean, of three quantiles and, if asked, of the standard deviation itself as shares of the standard deviation; 0 where nothing varies.
fn relative_errors(cell: &CellResult, levels: &[f64], with_sd: bool) -> Vec<(String, Option<f64>)> {
    let share = |error: Option<f64>| match (error, cell.sd) {
        (_, Some(0.0)) => Some(0.0),
        (Some(error), Some(sd)) => Some(error / sd),
        _ => None,
    };
    let mut errors = vec![("the mean".to_owned(), share(cell.mean_error))];
    if with_sd {
        errors.push(("the sd".to_owned(), share(cell.sd_error)));
    }
    for level in LEVELS {
        if let Some(index) = levels.iter().position(|&known| known == level) {
            let name = format!("the {} % quantile", (100.0 * level).round());
            errors.push((name, share(cell.quantile_errors[index])));
        }
    }
    errors
}

/// P(first at) and P(by) each time label, P(never) and P(recross); with time labels only those.
fn probabilities(cell: &CrossingCell, labels: &[String]) -> Vec<(String, Option<f64>)> {
    let is_meant = |at: &LabelProbability| {
        at.at
            .iter()
            .any(|(_, key)| labels.contains(&key.to_string()))
    };
    let is_timed = cell.first.iter().any(is_meant);
    let timed = [("first", &cell.first), ("by", &cell.by)];
    let mut all: Vec<(String, Option<f64>)> = timed
        .into_iter()
        .flat_map(|(kind, list)| list.iter().map(move |at| (kind, at)))
        .filter(|(_, at)| !is_timed || is_meant(at))
        .map(|(kind, at)| {
            let label = at.label().map_or(String::new(), |label| label.to_string());
            (format!("P({kind} {label})"), at.error)
        })
        .collect();
    if !is_timed {
        all.push(("P(never)".to_owned(), cell.never.error));
        all.push(("P(recross)".to_owned(), cell.recross.error));
    }
    all
}

/// Trials at the look after `done` trials, the first if `done` is 0: 2^k × 16,384, in designs of replicates rounded up to whole replicates and at
/// least sixteen of them; never beyond `most`, rounded down to whole replicates.
#[must_use]
pub fn next_check(done: u64, points: Option<u64>, most: u64) -> u64 {
    let whole = |trials: u64| points.map_or(trials, |points| trials.div_ceil(points) * points);
    let fewest = points.map_or(FIRST_CHECK, |points| FIRST_CHECK.max(16 * points));
    let mut check = FIRST_CHECK;
    while check < fewest || whole(check) <= done {
        check *= 2;
    }
    let most = points.map_or(most, |points| (most / points).max(16) * points);
    whole(check).min(most)
}

/// Whether a run with these arguments is looked at after so many trials.
pub(super) fn is_look(trials: u64, points: Option<u64>, most: u64) -> bool {
    let mut look = next_check(0, points, most);
    while look < trials {
        let next = next_check(look, points, most);
        if next <= look {
            return false;
        }
        look = next;
    }
    look == trials
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(points: Option<u64>, most: u64) -> Vec<u64> {
        let mut checks = vec![next_check(0, points, most)];
        loop {
            let last = checks[checks.len() - 1];
            match next_check(last, points, most) {
                next if next > last => checks.push(next),
                _ => return checks,
            }
        }
    }

    #[test]
    fn looks_double_in_whole_replicates_up_to_the_most() {
        assert_eq!(checks(None, 100_000), [16_384, 32_768, 65_536, 100_000]);
        assert_eq!(checks(None, 65_536), [16_384, 32_768, 65_536]);
        assert_eq!(checks(None, 5000), [5000]);
        assert_eq!(checks(Some(1024), 40_000), [16_384, 32_768, 39_936]);
        assert_eq!(checks(Some(1000), 40_000), [17_000, 33_000, 40_000]);
        // Sixteen replicates of 3,000 points are more than two looks.
        assert_eq!(checks(Some(3000), 200_000), [66_000, 132_000, 198_000]);
        assert_eq!(checks(Some(3000), 1000), [48_000]);
    }

    #[test]
    fn looks_are_told_from_other_numbers_of_trials() {
        for look in checks(Some(1000), 40_000) {
            assert!(is_look(look, Some(1000), 40_000), "{look}");
        }
        for other in [0, 1000, 16_384, 18_000, 41_000, 66_000] {
            assert!(!is_look(other, Some(1000), 40_000), "{other}");
        }
    }

    #[test]
    fn precisions_print_as_they_were_written() {
        for text in ["0.5%", "revenue@2027@DEU:0.2%", "P:1e-3", "over:0.001"] {
            assert_eq!(
                text.parse::<Precision>()
                    .map(|precision| precision.to_string()),
                Ok(text.to_owned())
            );
        }
    }
}
