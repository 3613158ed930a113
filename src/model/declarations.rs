//! What a model file may declare, each part with its place; nothing is resolved or checked here beyond its form.

use crate::diag::{Span, Spanned};
use crate::expr::{Expr, Ident};

/// A whole model file. Lists keep the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFile {
    /// `name`: lower-case letters, digits, `-` and `_`; names the results folder.
    pub name: Ident,
    /// `title`, shown in reports.
    pub title: Option<Spanned<String>>,
    /// `[dimensions.*]`
    pub dimensions: Vec<DimensionDecl>,
    /// `[data.*]`
    pub data: Vec<DataDecl>,
    /// `[inputs.*]`, with `[defaults.inputs]` already filled in.
    pub inputs: Vec<InputDecl>,
    /// `[variables.*]`
    pub variables: Vec<VariableDecl>,
    /// `[outputs.*]`, with `[defaults.outputs]` already filled in.
    pub outputs: Vec<OutputDecl>,
    /// `[crossings.*]`
    pub crossings: Vec<CrossingDecl>,
    /// `[joint.*]`
    pub joints: Vec<JointDecl>,
    /// `[[correlations]]`
    pub correlations: Vec<CorrelationDecl>,
    /// `[evidence.*]`
    pub evidence: Vec<EvidenceDecl>,
    /// `[conditions.*]`
    pub conditions: Vec<ConditionDecl>,
    /// `[strategies.*]`
    pub strategies: Vec<VariantDecl>,
    /// `[scenarios.*]`
    pub scenarios: Vec<VariantDecl>,
    /// `[sources.*]`
    pub sources: Vec<SourceDecl>,
    /// `[report]`: what the short report of `run` shows.
    pub report: Option<ReportDecl>,
    /// `[sampling]`
    pub sampling: Option<SamplingDecl>,
}

/// `[dimensions.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct DimensionDecl {
    /// The name.
    pub name: Ident,
    /// Display title.
    pub title: Option<Spanned<String>>,
    /// Where the labels come from.
    pub labels: LabelsDecl,
    /// `time = true`: ordered, step 1, numeric labels.
    pub time: Option<Spanned<bool>>,
    /// `parent.DIMENSION`
    pub parents: Vec<ParentDecl>,
    /// `reported`: a column of true/false, or inline keys that are not reported.
    pub reported: Option<ReportedDecl>,
}

/// Where the labels of a dimension come from.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelsDecl {
    /// `range = [first, last]`
    Range {
        /// First label.
        first: Spanned<i64>,
        /// Last label, included.
        last: Spanned<i64>,
    },
    /// `labels = ["a", "b"]` or `labels = { a = "Title of a", … }`
    Inline(Vec<InlineLabel>),
    /// `table`, `key`, `label`
    Table {
        /// One or more CSV files, relative to the model file.
        tables: Vec<Spanned<String>>,
        /// Column of keys: one for all tables, or one for each.
        keys: Vec<Spanned<String>>,
        /// Column of display titles.
        label: Option<Spanned<String>>,
    },
}

/// One label written in the model file.
#[derive(Debug, Clone, PartialEq)]
pub struct InlineLabel {
    /// The key.
    pub key: Ident,
    /// The display title.
    pub title: Option<Spanned<String>>,
}

/// `parent.DIMENSION = "column"`, or `{ child = "parent", … }` for inline labels.
#[derive(Debug, Clone, PartialEq)]
pub struct ParentDecl {
    /// The parent dimension.
    pub dimension: Ident,
    /// How each label finds its parent.
    pub from: ParentFrom,
}

/// How labels find their parent.
#[derive(Debug, Clone, PartialEq)]
pub enum ParentFrom {
    /// A column of the dimension's tables.
    Column(Spanned<String>),
    /// Pairs (label, parent label).
    Pairs(Vec<(Ident, Spanned<String>)>),
}

/// Which labels get a place of their own.
#[derive(Debug, Clone, PartialEq)]
pub enum ReportedDecl {
    /// A column of `true`/`false` (an absent column in one of several tables is an error).
    Column(Spanned<String>),
    /// `reported = { XNA = false }`: labels that are not listed are reported.
    Pairs(Vec<(Ident, Spanned<bool>)>),
}

/// A scalar written in the model file.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Text or a date, as written without quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Bool(bool),
}

/// Keys that every node may carry.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NodeInfo {
    /// Display title.
    pub title: Option<Spanned<String>>,
    /// `unit`, as written.
    pub unit: Option<Spanned<String>>,
    /// `rollup`
    pub rollup: Option<Spanned<RollupDecl>>,
    /// Ids of `[sources.*]`.
    pub sources: Vec<Ident>,
    /// What the assumption rests on.
    pub basis: Option<Spanned<Basis>>,
    /// Date of information, as written (`2023-04`).
    pub as_of: Option<Spanned<String>>,
    /// A remark for the reader.
    pub note: Option<Spanned<String>>,
}

/// `basis = "…"`: what an assumption rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// `"evidence"`: published evidence.
    Evidence,
    /// `"calibrated"`: solved from a published statement.
    Calibrated,
    /// `"free"`: a choice within what the statements allow.
    Free,
    /// `"judgement"`: expert judgement.
    Judgement,
}

/// `rollup = "sum"`, `"none"` or `{ mean = WEIGHT }`.
#[derive(Debug, Clone, PartialEq)]
pub enum RollupDecl {
    /// Places add up.
    Sum,
    /// Parent places have no value.
    None,
    /// Mean weighted by a node.
    Mean(Ident),
}

/// `[data.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct DataDecl {
    /// The name.
    pub name: Ident,
    /// Its dimensions.
    pub over: Vec<Ident>,
    /// Where the values come from.
    pub values: DataFrom,
    /// Unit, roll-up, sources and so on.
    pub info: NodeInfo,
}

/// Where data values come from.
#[derive(Debug, Clone, PartialEq)]
pub enum DataFrom {
    /// A column of one or more tables.
    Table {
        /// CSV files relative to the model file; rows of all are read.
        tables: Vec<Spanned<String>>,
        /// The column of values.
        column: Spanned<String>,
        /// `index = { dimension = "column" }`: which column holds which label; for a dimension read from the same table its key column is the default.
        index: Vec<(Ident, Spanned<String>)>,
        /// `where = { column = value }`: which rows count.
        filter: Vec<(Ident, Spanned<Scalar>)>,
        /// `default` for cells without a row.
        default: Option<Spanned<f64>>,
    },
    /// `value = 0.08`
    Value(Spanned<f64>),
    /// `values = { JPN = 0.7 }`, nested in the order of `over`, with a `default` for the rest; or `values = [1, 2, 3]` in label order for one dimension.
    Values {
        /// Each with its labels in the order of `over` (empty list of labels never occurs).
        entries: Vec<DataEntry>,
        /// `default` for cells that are not listed.
        default: Option<Spanned<f64>>,
    },
    /// `values = [1, 2, 3]`: one number for each label of the one dimension, in label order.
    List(Spanned<Vec<Spanned<f64>>>),
}

/// One inline value with its labels.
#[derive(Debug, Clone, PartialEq)]
pub struct DataEntry {
    /// One label for each dimension of `over`.
    pub labels: Vec<Ident>,
    /// The value.
    pub value: Spanned<f64>,
}

/// `[inputs.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct InputDecl {
    /// The name.
    pub name: Ident,
    /// Its dimensions.
    pub over: Vec<Ident>,
    /// A distribution.
    pub is: Expr,
    /// `alike = { world = 0.3, region = 0.3 }`
    pub alike: Vec<(Ident, Spanned<f64>)>,
    /// `persist = 0.8`
    pub persist: Option<Spanned<f64>>,
    /// `stream = "old name"`
    pub stream: Option<Spanned<String>>,
    /// Unit, roll-up, sources and so on.
    pub info: NodeInfo,
}

/// `[variables.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct VariableDecl {
    /// The name.
    pub name: Ident,
    /// Its dimensions, where they are stated.
    pub over: Option<Spanned<Vec<Ident>>>,
    /// Its equation.
    pub is: Expr,
    /// Unit, roll-up, sources and so on.
    pub info: NodeInfo,
}

/// `[outputs.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct OutputDecl {
    /// The name; it may be that of a node.
    pub name: Ident,
    /// Display title.
    pub title: Option<Spanned<String>>,
    /// Evaluated after roll-up; defaults to the node of the same name.
    pub is: Option<Expr>,
    /// Names of dimensions, or `world`.
    pub places: Vec<Ident>,
    /// Unit, checked against that of the expression.
    pub unit: Option<Spanned<String>>,
    /// A remark for the reader.
    pub note: Option<Spanned<String>>,
}

/// `[crossings.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct CrossingDecl {
    /// The name.
    pub name: Ident,
    /// Display title.
    pub title: Option<Spanned<String>>,
    /// What rises.
    pub of: Expr,
    /// Above what.
    pub above: Expr,
    /// Places; all levels when absent.
    pub places: Vec<Ident>,
    /// A remark for the reader.
    pub note: Option<Spanned<String>>,
}

/// `[joint.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct JointDecl {
    /// The name.
    pub name: Ident,
    /// Display title.
    pub title: Option<Spanned<String>>,
    /// The quantities, evaluated after roll-up.
    pub of: Vec<Expr>,
    /// Places.
    pub places: Vec<Ident>,
}

/// `[[correlations]]`
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelationDecl {
    /// The whole entry.
    pub span: Span,
    /// The inputs.
    pub between: Vec<Ident>,
    /// What the number means.
    pub kind: Spanned<CorrelationKind>,
    /// Row-major square matrix; `value = r` for two inputs becomes `[[1, r], [r, 1]]`.
    pub matrix: Vec<Vec<Spanned<f64>>>,
    /// Ids of `[sources.*]`.
    pub sources: Vec<Ident>,
    /// A remark for the reader.
    pub note: Option<Spanned<String>>,
}

/// What a correlation number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrelationKind {
    /// Between the normal scores.
    Copula,
    /// Between the values.
    Pearson,
    /// Between the ranks.
    Spearman,
}

/// `[evidence.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceDecl {
    /// The name.
    pub name: Ident,
    /// Display title.
    pub title: Option<Spanned<String>>,
    /// The statement.
    pub statement: Statement,
    /// Ids of `[sources.*]`.
    pub sources: Vec<Ident>,
    /// A remark for the reader.
    pub note: Option<Spanned<String>>,
}

/// The two forms of a published statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `observes` a quantity whose published value has the distribution `is`.
    Observes {
        /// The quantity.
        quantity: Expr,
        /// The distribution.
        is: Expr,
    },
    /// `holds`: a condition, wrong with probability `softness` (default 0).
    Holds {
        /// The condition.
        condition: Expr,
        /// Probability that it is wrong.
        softness: Option<Spanned<f64>>,
    },
}

/// `[conditions.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct ConditionDecl {
    /// The name.
    pub name: Ident,
    /// Display title.
    pub title: Option<Spanned<String>>,
    /// Names of evidence.
    pub on: Vec<Ident>,
    /// A remark for the reader.
    pub note: Option<Spanned<String>>,
}

/// `[strategies.NAME]` or `[scenarios.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct VariantDecl {
    /// The name.
    pub name: Ident,
    /// Display title.
    pub title: Option<Spanned<String>>,
    /// `set.NODE = …`
    pub set: Vec<OverrideDecl>,
    /// A remark for the reader.
    pub note: Option<Spanned<String>>,
}

/// `set.NODE = …`
#[derive(Debug, Clone, PartialEq)]
pub struct OverrideDecl {
    /// The node whose `is` is replaced.
    pub node: Ident,
    /// In the order written; cells matched by none keep the old `is`.
    pub parts: Vec<OverridePart>,
}

/// One `is`, for all cells or for those of a `where`.
#[derive(Debug, Clone, PartialEq)]
pub struct OverridePart {
    /// `where = { country = "JPN" }` or `{ country = ["JPN", "IND"] }`: dimension and labels; a parent's label stands for its children; empty means every cell.
    pub cells: Vec<(Ident, Vec<Spanned<String>>)>,
    /// The new definition.
    pub is: Expr,
}

/// `[sources.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct SourceDecl {
    /// The id (letters, digits, `-`, `.`, `_`).
    pub name: Ident,
    /// What it is.
    pub title: Spanned<String>,
    /// Where it was published.
    pub url: Option<Spanned<String>>,
    /// When, as written.
    pub date: Option<Spanned<String>>,
    /// A remark for the reader.
    pub note: Option<Spanned<String>>,
}

/// `[report]`: what the short report and the charts of `run` show.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportDecl {
    /// The whole table.
    pub span: Span,
    /// The crossing of the headline.
    pub crossing: Option<Ident>,
    /// Outputs of the table, at the outermost place.
    pub outputs: Vec<Ident>,
    /// Outputs drawn on one chart.
    pub fan: Vec<Ident>,
    /// The output whose drivers are ranked, at the last time label.
    pub drivers_of: Option<Ident>,
}

/// `[sampling]`
#[derive(Debug, Clone, PartialEq)]
pub struct SamplingDecl {
    /// `sobol_order = ["input", "input/world"]`: the groups of streams that take the first Sobol' dimensions.
    pub sobol_order: Vec<Ident>,
}
