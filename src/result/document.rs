//! The types of `fanfare-result/1`, in the order in which they stand in `result.json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Key, Labels, OrderedMap, Seed};

/// Name and version of the format; reading refuses any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Format {
    /// `fanfare-result/1`
    #[serde(rename = "fanfare-result/1")]
    Result1,
}

/// All that a run publishes. Statistics that do not exist are `null`, never NaN.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultDocument {
    /// Name and version of the format.
    pub format: Format,
    /// The model and the hashes of its files.
    pub model: ModelInfo,
    /// How it was run.
    pub run: RunInfo,
    /// Levels of every `quantiles` list, ascending.
    pub quantile_levels: Vec<f64>,
    /// Labels of each dimension, in order.
    pub dimensions: OrderedMap<Vec<LabelInfo>>,
    /// Outputs by name.
    pub outputs: OrderedMap<OutputResult>,
    /// Crossings by name.
    pub crossings: OrderedMap<CrossingResult>,
    /// Joint quantities by name.
    pub joint: OrderedMap<JointResult>,
    /// Sources by id.
    pub sources: OrderedMap<SourceInfo>,
}

/// The model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelInfo {
    /// `name` of the model file.
    pub name: String,
    /// `title` of the model file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The time dimension, if the model has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// `sha256:…` of each file, by its path relative to the model's folder.
    pub files: OrderedMap<String>,
}

/// How the model was run. Nothing here depends on host, date or duration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunInfo {
    /// Version of the engine.
    pub engine: String,
    /// Name of the generator.
    pub generator: String,
    /// The user's seed.
    pub seed: Seed,
    /// `random`, `latin` or `sobol`.
    pub design: String,
    /// Trials evaluated.
    pub trials: u64,
    /// Points of each replicate (latin, sobol).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_per_replicate: Option<u64>,
    /// Order of the Sobol' dimensions (sobol).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sobol_order: Vec<String>,
    /// Degrees of freedom of the Monte Carlo errors; `null` means normal.
    pub error_df: Option<f64>,
    /// Name of the scenario.
    pub scenario: Option<String>,
    /// Name of the strategy.
    pub strategy: Option<String>,
    /// Overrides given beside the model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<SetInfo>,
    /// Names of the evidence the run is conditioned on.
    pub evidence: Vec<String>,
    /// Non-finite values that were allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub non_finite: Vec<NonFinite>,
    /// Warnings of the check and of the run.
    pub warnings: Vec<Warning>,
}

/// One override given beside the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetInfo {
    /// The node.
    pub node: String,
    /// Its definition, as given.
    pub is: String,
}

/// Non-finite values of one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NonFinite {
    /// The output.
    pub output: String,
    /// The kind of place.
    pub place: String,
    /// The labels of the cell.
    pub at: Labels,
    /// Trials with a non-finite value.
    pub count: u64,
    /// The first of them.
    pub first_trial: u64,
}

/// A warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// Stable kebab-case code.
    pub code: String,
    /// What, why and what to try.
    pub message: String,
}

/// A label of a dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelInfo {
    /// The key.
    pub key: Key,
    /// The text shown.
    pub label: String,
    /// Its parent in each parent dimension.
    #[serde(default, skip_serializing_if = "OrderedMap::is_empty")]
    pub parent: Labels,
    /// Whether it has a place of its own.
    pub reported: bool,
}

/// An output: its statistics at every place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputResult {
    /// The text shown.
    pub title: String,
    /// The unit, as written in the model; `null` in a model without units.
    pub unit: Option<String>,
    /// A remark for the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// One entry for each place and label.
    pub cells: Vec<CellResult>,
}

/// The statistics of one output cell over all trials, in the unit of the output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CellResult {
    /// The kind of place: a dimension, or `world`.
    pub place: String,
    /// The labels.
    pub at: Labels,
    /// The value when every score is 0.
    pub central: Option<f64>,
    /// The probability level of `central` in the run.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub central_level: Option<f64>,
    /// Mean.
    pub mean: Option<f64>,
    /// Monte Carlo error of the mean; `null` where it rests on a few extreme trials.
    #[schemars(range(min = 0.0))]
    pub mean_error: Option<f64>,
    /// Standard deviation over trials.
    #[schemars(range(min = 0.0))]
    pub sd: Option<f64>,
    /// Monte Carlo error of the standard deviation; `null` where it rests on a few extreme trials.
    #[schemars(range(min = 0.0))]
    pub sd_error: Option<f64>,
    /// Smallest value.
    pub min: Option<f64>,
    /// Largest value.
    pub max: Option<f64>,
    /// One quantile for each of `quantile_levels`.
    pub quantiles: Vec<Option<f64>>,
    /// Their Monte Carlo errors; `null` where too few trials lie beyond the quantile.
    pub quantile_errors: Vec<Option<f64>>,
}

/// A quantity of a crossing or of a joint table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// The expression, as written in the model.
    pub expression: String,
    /// The title of the node, where the expression is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl Quantity {
    /// The title, or the expression where it has none.
    pub fn display(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.expression)
    }
}

/// A crossing: when one quantity first exceeds another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CrossingResult {
    /// The text shown.
    pub title: String,
    /// What rises.
    pub of: Quantity,
    /// Above what.
    pub above: Quantity,
    /// A remark for the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// One entry for each place.
    pub cells: Vec<CrossingCell>,
}

/// The crossing at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CrossingCell {
    /// The kind of place: a dimension, or `world`.
    pub place: String,
    /// The labels, without time.
    pub at: Labels,
    /// Probability that the first crossing is at each time label; at the first label it includes all that was above before.
    pub first: Vec<LabelProbability>,
    /// Probability of a crossing at or before each time label.
    pub by: Vec<LabelProbability>,
    /// Probability of no crossing up to the last label.
    pub never: Probability,
    /// Probability that a crossing is followed by a later label at or below.
    pub recross: Probability,
    /// The date, linear between labels.
    pub date: CrossingDate,
}

/// A probability and its Monte Carlo error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probability {
    /// The probability.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub probability: f64,
    /// Its Monte Carlo error.
    #[schemars(range(min = 0.0))]
    pub error: Option<f64>,
}

/// A probability at a time label, for example `{"year": 2027, "probability": 0.41, "error": 0.0005}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LabelProbability {
    /// The time dimension and its label.
    #[serde(flatten)]
    pub at: Labels,
    /// The probability.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub probability: f64,
    /// Its Monte Carlo error.
    #[schemars(range(min = 0.0))]
    pub error: Option<f64>,
}

impl LabelProbability {
    /// The time label: the one number among the labels.
    pub fn label(&self) -> Option<i64> {
        self.at.iter().find_map(|(_, key)| key.number())
    }
}

/// The distribution of a crossing's date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CrossingDate {
    /// Quantiles over all trials; never counts as later than every label, so levels that fall there are `null`.
    pub quantiles: Vec<Option<f64>>,
    /// Their Monte Carlo errors.
    pub quantile_errors: Vec<Option<f64>>,
    /// Probability of being above at the first label already: such dates are left-censored.
    pub left_censored: Probability,
}

/// Correlation and covariance of quantities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JointResult {
    /// The text shown.
    pub title: String,
    /// The quantities; rows and columns of the matrices follow their order.
    pub quantities: Vec<Quantity>,
    /// One entry for each place and label.
    pub cells: Vec<JointCell>,
}

/// Joint statistics of one cell; matrices are square, in the order of the quantities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JointCell {
    /// The kind of place: a dimension, or `world`.
    pub place: String,
    /// The labels.
    pub at: Labels,
    /// Means.
    pub mean: Vec<Option<f64>>,
    /// Covariances.
    pub covariance: Vec<Vec<Option<f64>>>,
    /// Correlations; `null` where a quantity does not vary.
    pub correlation: Vec<Vec<Option<f64>>>,
    /// Monte Carlo errors of the correlations.
    pub correlation_errors: Vec<Vec<Option<f64>>>,
}

/// A source of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceInfo {
    /// What it is.
    pub title: String,
    /// Where it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When, as written in the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// A remark for the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
