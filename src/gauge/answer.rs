//! The answer beside an example, `expected.json`: figures for cells of a result, and where each comes from.

use serde::{Deserialize, Deserializer};

use super::Printed;
use crate::result::{Labels, OrderedMap};

/// All that is known about an example's result.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The field that the example comes from.
    pub area: Area,
    /// Where the figures were published.
    pub source: Citation,
    /// Outputs by name.
    #[serde(default)]
    pub outputs: OrderedMap<Vec<OutputAnswer>>,
    /// Crossings by name.
    #[serde(default)]
    pub crossings: OrderedMap<Vec<CrossingAnswer>>,
    /// Joint quantities by name.
    #[serde(default)]
    pub joint: OrderedMap<Vec<JointAnswer>>,
}

/// The field that an example comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// Uncertainty of measurements.
    Metrology,
    /// Probabilities of failure.
    Reliability,
    /// Forecasts, finance, projects.
    Forecasting,
    /// Functions with known sensitivity indices.
    Sensitivity,
    /// What data say about a parameter.
    Inference,
    /// Distributions and the features of the model language.
    Language,
}

/// A publication.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// Author, title, year, place.
    pub citation: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Figures for one cell of an output.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputAnswer {
    /// The kind of place.
    pub place: String,
    /// The labels.
    #[serde(default)]
    pub at: Labels,
    /// Mean.
    #[serde(default)]
    pub mean: Option<Statistic>,
    /// Standard deviation.
    #[serde(default)]
    pub sd: Option<Statistic>,
    /// Quantiles by level, written `0.025`.
    #[serde(default)]
    pub quantiles: OrderedMap<Statistic>,
}

/// Figures for one place of a crossing.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossingAnswer {
    /// The kind of place.
    pub place: String,
    /// The labels.
    #[serde(default)]
    pub at: Labels,
    /// P(first = label) by label.
    #[serde(default)]
    pub first: OrderedMap<Statistic>,
    /// P(by label) by label.
    #[serde(default)]
    pub by: OrderedMap<Statistic>,
    /// P(never).
    #[serde(default)]
    pub never: Option<Statistic>,
    /// P(recross).
    #[serde(default)]
    pub recross: Option<Statistic>,
    /// Quantiles of the date by level.
    #[serde(default)]
    pub date: OrderedMap<Statistic>,
}

/// Figures for one cell of a joint quantity: of its first two quantities.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JointAnswer {
    /// The kind of place.
    pub place: String,
    /// The labels.
    #[serde(default)]
    pub at: Labels,
    /// Correlation.
    #[serde(default)]
    pub correlation: Option<Statistic>,
    /// Covariance.
    #[serde(default)]
    pub covariance: Option<Statistic>,
}

/// A figure: from a closed form or a second computation (`value`), printed in a source (`published`), or both.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statistic {
    /// The value to ten digits; `null` says that the statistic has none.
    #[serde(default, deserialize_with = "stated")]
    pub value: Option<Option<f64>>,
    /// Standard error of the statistic for a single trial: sd for a mean, √(p(1 − p))/density for a quantile, √(P(1 − P)) for a
    /// probability; 0 for the quantile of a discrete output.
    #[serde(default)]
    pub se_coef: Option<f64>,
    /// Numerical error of `value`.
    #[serde(default)]
    pub ref_err: Option<f64>,
    /// The figure as printed.
    #[serde(default)]
    pub published: Option<Printed>,
    /// The longer figure that was printed, where `published` holds only the digits of it that a run resolves.
    #[serde(default)]
    pub rounded_from: Option<Printed>,
    /// How far the published figure may be off for a stated reason, such as a small Monte Carlo run behind it.
    #[serde(default)]
    pub slack: Option<f64>,
    /// The reason for `slack`.
    #[serde(default)]
    pub slack_reason: Option<String>,
    /// Where in the source: table, page, equation.
    #[serde(default, rename = "where")]
    pub location: Option<String>,
    /// That the printed figure is known to be wrong.
    #[serde(default)]
    pub misprint: Option<Misprint>,
}

/// A published correction of a published figure.
#[derive(Debug, Clone, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Misprint {
    /// The right figure, as printed in the source of the correction.
    pub correct: Printed,
    /// Where the correction was published.
    pub source: String,
}

/// `null` is a statement too.
fn stated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<f64>>, D::Error> {
    Option::<f64>::deserialize(deserializer).map(Some)
}

/// Why an answer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// It is no JSON of this form.
    #[error("{0}")]
    Form(#[from] serde_json::Error),
    /// A figure says too little or contradicts itself.
    #[error("{0}: {1}")]
    Figure(String, &'static str),
}

impl Answer {
    /// Reads the text of an `expected.json`.
    ///
    /// # Errors
    /// Unknown keys, wrong types, figures that say too little to be compared.
    pub fn from_json(text: &str) -> Result<Self, AnswerError> {
        let answer: Self = serde_json::from_str(text)?;
        for (name, statistic) in answer.statistics() {
            statistic
                .check()
                .map_err(|problem| AnswerError::Figure(name, problem))?;
        }
        Ok(answer)
    }

    /// Every figure with a name, in the order of the file.
    fn statistics(&self) -> Vec<(String, &Statistic)> {
        let mut all = Vec::new();
        for (name, cells) in self.outputs.iter() {
            for cell in cells {
                all.extend(
                    [&cell.mean, &cell.sd]
                        .into_iter()
                        .flatten()
                        .map(|s| (name, s)),
                );
                all.extend(cell.quantiles.iter().map(|(_, s)| (name, s)));
            }
        }
        for (name, cells) in self.crossings.iter() {
            for cell in cells {
                for list in [&cell.first, &cell.by, &cell.date] {
                    all.extend(list.iter().map(|(_, s)| (name, s)));
                }
                let single = [&cell.never, &cell.recross];
                all.extend(single.into_iter().flatten().map(|s| (name, s)));
            }
        }
        for (name, cells) in self.joint.iter() {
            for cell in cells {
                let single = [&cell.correlation, &cell.covariance];
                all.extend(single.into_iter().flatten().map(|s| (name, s)));
            }
        }
        all.into_iter()
            .map(|(name, statistic)| (name.to_owned(), statistic))
            .collect()
    }

    /// How many figures the answer holds.
    pub fn n_figures(&self) -> usize {
        self.statistics().len()
    }
}

impl Statistic {
    fn check(&self) -> Result<(), &'static str> {
        let number_without_error = matches!(self.value, Some(Some(_)))
            && (self.se_coef.is_none() || self.ref_err.is_none());
        let not_a_size = |number: Option<f64>| number.is_some_and(|size| !(size >= 0.0));
        if self.value.is_none() && self.published.is_none() {
            Err("neither `value` nor `published`")
        } else if number_without_error {
            Err("`value` needs `se_coef` and `ref_err`")
        } else if not_a_size(self.se_coef) || not_a_size(self.ref_err) || not_a_size(self.slack) {
            Err("`se_coef`, `ref_err` and `slack` are at least 0")
        } else if self.published.is_none()
            && (self.rounded_from.is_some()
                || self.slack.is_some()
                || self.location.is_some()
                || self.misprint.is_some())
        {
            Err("`rounded_from`, `slack`, `where` and `misprint` belong to `published`")
        } else if self.slack.is_some() != self.slack_reason.is_some() {
            Err("`slack` and `slack_reason` go together")
        } else if let (Some(short), Some(long)) = (&self.published, &self.rounded_from)
            && !((short.value() - long.value()).abs() <= short.half_unit() * (1.0 + 1e-9))
        {
            Err("`published` is not `rounded_from` with fewer digits")
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_mean(statistic: &str) -> Result<Answer, AnswerError> {
        Answer::from_json(&format!(
            r#"{{"area": "metrology", "source": {{"citation": "c"}},
                "outputs": {{"y": [{{"place": "world", "mean": {statistic}}}]}}}}"#
        ))
    }

    #[test]
    fn a_figure_is_a_value_or_a_printed_figure_or_both() {
        for right in [
            r#"{"published": "2.0"}"#,
            r#"{"value": 2, "se_coef": 1, "ref_err": 0}"#,
            r#"{"value": 2, "se_coef": 1, "ref_err": 0, "published": "2.0", "where": "table 2"}"#,
            r#"{"value": null}"#,
            r#"{"published": "0.0786", "rounded_from": "0.07864960352"}"#,
        ] {
            let answer = with_mean(right).unwrap_or_else(|error| panic!("{right}: {error}"));
            assert_eq!(answer.n_figures(), 1);
        }
    }

    #[test]
    fn figures_that_say_too_little_or_contradict_themselves_are_refused() {
        for wrong in [
            "{}",
            r#"{"value": 2}"#,
            r#"{"value": 2, "se_coef": -1, "ref_err": 0}"#,
            r#"{"published": "about 2"}"#,
            r#"{"published": 2.0}"#,
            r#"{"published": "2.0", "slack": 1}"#,
            r#"{"published": "0.0786", "rounded_from": "0.07866"}"#,
            r#"{"value": null, "where": "table 2"}"#,
            r#"{"published": "2.0", "note": "a key that nobody reads"}"#,
        ] {
            assert!(with_mean(wrong).is_err(), "{wrong}");
        }
    }
}
