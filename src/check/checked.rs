//! A model in which every name is resolved and every rule holds.

use crate::diag::{Diagnostic, Span};
use crate::dimension::{DimensionId, Dimensions, Shape};
use crate::dist::Distribution;
use crate::expr::Expr;
use crate::model::{Basis, CorrelationKind, ModelFile};
use crate::unit::Unit;

/// The number of a node within its model: data, inputs and variables in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A model that can be planned and run.
#[derive(Debug, Clone)]
pub struct CheckedModel {
    /// `name`
    pub name: String,
    /// `title`; the name where none is stated.
    pub title: String,
    /// Its dimensions.
    pub dimensions: Dimensions,
    /// Its nodes, by [`NodeId`].
    pub nodes: Vec<Node>,
    /// An order of evaluation: operands first. Through `prev` a node may also read itself.
    pub order: Vec<NodeId>,
    /// Correlated inputs, one entry for each group of inputs joined by any correlation.
    pub correlations: Vec<CorrelationGroup>,
    /// Outputs in the order of the file.
    pub outputs: Vec<Output>,
    /// Crossings in the order of the file.
    pub crossings: Vec<Crossing>,
    /// Joint statistics in the order of the file.
    pub joints: Vec<Joint>,
    /// Published statements.
    pub evidence: Vec<Evidence>,
    /// The groups of streams that the model wants to take the first Sobol' dimensions, by name.
    pub sobol_order: Vec<String>,
    /// Whether any unit is stated, so that units are checked.
    pub has_units: bool,
    /// Problems that do not stop a run.
    pub warnings: Vec<Diagnostic>,
    /// The declarations, for what is shown and not computed (sources, conditions, variants, report).
    pub file: ModelFile,
}

impl CheckedModel {
    /// The node with this number.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The node with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<NodeId> {
        (0u32..)
            .map(NodeId)
            .zip(&self.nodes)
            .find(|(_, node)| node.name == name)
            .map(|(id, _)| id)
    }

    /// The groups of streams of all inputs, in the order of the file.
    #[must_use]
    pub fn stream_groups(&self) -> Vec<StreamGroup> {
        self.nodes
            .iter()
            .filter_map(|node| Some(node.stream.as_ref()?.groups(&node.shape, &self.dimensions)))
            .flatten()
            .collect()
    }
}

/// A named quantity.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Display title; the name where none is stated.
    pub title: String,
    /// Where it was declared.
    pub kind: NodeKind,
    /// Its dimensions.
    pub shape: Shape,
    /// Its unit.
    pub unit: Unit,
    /// How it rolls up, where stated.
    pub rollup: Option<Rollup>,
    /// Its definition: for each cell the LAST part whose mask holds the cell counts; the first part holds every cell.
    pub parts: Vec<Part>,
    /// What the randomness of an input hangs on; `None` for data and variables.
    pub stream: Option<StreamInfo>,
    /// Ids of sources.
    pub sources: Vec<String>,
    /// What it rests on.
    pub basis: Option<Basis>,
    /// Date of information.
    pub as_of: Option<String>,
    /// Remark.
    pub note: Option<String>,
    /// The name in the declaration.
    pub span: Span,
}

/// Which section declares a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// `[data.*]`
    Data,
    /// `[inputs.*]`
    Input,
    /// `[variables.*]`
    Variable,
}

/// A definition for some of a node's cells.
#[derive(Debug, Clone)]
pub struct Part {
    /// For each cell whether the part defines it; `None` means every cell.
    pub cells: Option<Vec<bool>>,
    /// The definition.
    pub body: Body,
    /// The equation as written, for `--explain` (absent for tables).
    pub written: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// What a part says.
#[derive(Debug, Clone)]
pub enum Body {
    /// One value for each cell of the node's shape.
    Values(Vec<f64>),
    /// An equation.
    Formula(Term),
    /// A distribution.
    Draw(Draw),
}

/// A distribution whose parameters are terms.
#[derive(Debug, Clone)]
pub struct Draw {
    /// Family and the set of parameter names chosen.
    pub parametrisation: crate::dist::Parametrisation,
    /// In the order of the parametrisation's names.
    pub parameters: Vec<Parameter>,
}

/// One parameter of a distribution.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: ParameterTerm,
    /// Where it stands.
    pub span: Span,
}

/// A parameter is a term, or a list fixed in the model.
#[derive(Debug, Clone)]
pub enum ParameterTerm {
    /// One number for each cell and trial.
    Number(Term),
    /// Fixed numbers (weights and values of `discrete`, the column of `empirical`).
    List(Vec<f64>),
}

/// What the draws of an input hang on.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamInfo {
    /// The name in the address of each draw.
    pub name: String,
    /// Share of variance of each component in common; the rest is each cell's own.
    pub alike: Vec<(AlikeLevel, f64)>,
    /// Autocorrelation along time.
    pub persist: Option<f64>,
}

impl StreamInfo {
    /// The share of variance that is each cell's own.
    #[must_use]
    pub fn own_share(&self) -> f64 {
        /// Shares such as 0.7 + 0.2 + 0.1 sum to 1 but for rounding: nothing is left for the cells' own.
        const ROUNDING_OF_SHARES: f64 = 1e-12;
        let own = 1.0 - self.alike.iter().map(|(_, share)| share).sum::<f64>();
        if own > ROUNDING_OF_SHARES { own } else { 0.0 }
    }

    /// The groups of streams of an input of this shape, one for each component of its score.
    #[must_use]
    pub fn groups(&self, shape: &Shape, dimensions: &Dimensions) -> Vec<StreamGroup> {
        let n_labels = |id: DimensionId| dimensions.at(id).len() as u64;
        let n_times = dimensions
            .time()
            .filter(|&time| shape.contains(time))
            .map_or(1, n_labels);
        let own = (self.own_share() > 0.0).then(|| StreamGroup {
            name: self.name.clone(),
            n_cells: shape.iter().map(n_labels).product(),
        });
        let common = self.alike.iter().map(|&(level, _)| match level {
            AlikeLevel::World => StreamGroup {
                name: format!("{}/world", self.name),
                n_cells: n_times,
            },
            AlikeLevel::Parent(parent) => StreamGroup {
                name: format!("{}/{}", self.name, dimensions.at(parent).name),
                n_cells: n_labels(parent) * n_times,
            },
        });
        own.into_iter().chain(common).collect()
    }
}

/// The streams of one component of one input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamGroup {
    /// The stream name of the input, for what its cells have in common with `/world` or `/PARENT`.
    pub name: String,
    /// Number of its streams if all cells are drawn.
    pub n_cells: u64,
}

/// What cells have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlikeLevel {
    /// All cells (each time label apart).
    World,
    /// All cells below one label of this parent dimension.
    Parent(DimensionId),
}

/// Inputs joined by correlations: equal shape, `alike` and `persist`.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelationGroup {
    /// The inputs, sorted by stream name (so the order of declarations never matters).
    pub inputs: Vec<NodeId>,
    /// Correlation matrix of the normal scores, row-major.
    pub scores: Vec<f64>,
    /// What the model asked for, pair by pair.
    pub asked: Vec<AskedCorrelation>,
}

/// One pair as the model states it.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedCorrelation {
    /// The two inputs.
    pub between: (NodeId, NodeId),
    /// What the number means.
    pub kind: CorrelationKind,
    /// The number.
    pub value: f64,
    /// The correlation of the scores that gives it.
    pub score: f64,
    /// The distributions of both, where they are the same numbers in every cell and trial.
    pub marginals: Option<Box<[Distribution; 2]>>,
}

/// How a node rolls up to parent places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rollup {
    /// Places add up.
    Sum,
    /// Parent places have no value.
    None,
    /// Mean weighted by a node (which rolls up by sum).
    Mean(NodeId),
}

/// A kind of place: the labels of a dimension, or the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceLevel {
    /// Each label of this dimension.
    Dimension(DimensionId),
    /// All hierarchies summed out.
    World,
}

/// An output: a term evaluated after roll-up at each place.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its id.
    pub name: String,
    /// Display title.
    pub title: String,
    /// Its unit.
    pub unit: Unit,
    /// The term; nodes in it are rolled up first.
    pub term: Term,
    /// The places, in the order written.
    pub places: Vec<Place>,
    /// Remark.
    pub note: Option<String>,
    /// The equation as written; `None` where it defaults to the node of the same name.
    pub written: Option<Expr>,
    /// The name in the declaration.
    pub span: Span,
}

/// One level of places of an output or a crossing.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The level.
    pub level: PlaceLevel,
    /// Its name in results: the dimension's, or `world`.
    pub name: String,
    /// The dimensions of the cells at this level (for a crossing without the time dimension).
    pub shape: Shape,
}

/// A crossing.
#[derive(Debug, Clone)]
pub struct Crossing {
    /// Its id.
    pub name: String,
    /// Display title.
    pub title: String,
    /// What rises.
    pub of: Term,
    /// Above what.
    pub above: Term,
    /// The places.
    pub places: Vec<Place>,
    /// `of` and `above` as written.
    pub written: (Expr, Expr),
    /// Remark.
    pub note: Option<String>,
    /// The name in the declaration.
    pub span: Span,
}

/// Joint statistics of several quantities.
#[derive(Debug, Clone)]
pub struct Joint {
    /// Its id.
    pub name: String,
    /// Display title.
    pub title: String,
    /// The quantities.
    pub of: Vec<Term>,
    /// Their equations as text.
    pub names: Vec<String>,
    /// The places.
    pub places: Vec<Place>,
}

/// A published statement, checked.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Its id.
    pub name: String,
    /// Display title.
    pub title: String,
    /// A scalar term: the quantity observed, or the condition.
    pub term: Term,
    /// The distribution of the published value; `None` for conditions.
    pub observed: Option<Draw>,
    /// Probability that a condition is wrong.
    pub softness: f64,
}

/// A resolved expression and its shape.
#[derive(Debug, Clone)]
pub struct Term {
    /// What it is.
    pub kind: TermKind,
    /// Its dimensions before any roll-up.
    pub shape: Shape,
    /// Where it stands.
    pub span: Span,
    /// A number unique within the model, so that a plan can remember values.
    pub id: u32,
}

/// The forms of a resolved expression. Truth values are 1 and 0.
#[derive(Debug, Clone)]
pub enum TermKind {
    /// A number (`pi` and `e` too).
    Number(f64),
    /// The value of a node.
    Node(NodeId),
    /// The numeric label of a range dimension at this cell.
    LabelNumber(DimensionId),
    /// 1 where the cell lies at (or below) this label.
    IsLabel(DimensionId, u32),
    /// An element-wise function or operator.
    Apply(Operation, Vec<Term>),
    /// A reduction over all labels of `dimension`, or, with `by`, over those below each label of a parent.
    Reduce {
        /// Which.
        reduction: crate::expr::Reduction,
        /// What is reduced.
        operand: Box<Term>,
        /// `level` of `quantile`.
        level: Option<Box<Term>>,
        /// Over what.
        dimension: DimensionId,
        /// To which parent.
        by: Option<DimensionId>,
    },
    /// `x[d = label]`
    Slice {
        /// What is sliced.
        operand: Box<Term>,
        /// The dimension fixed.
        dimension: DimensionId,
        /// At which label.
        label: u32,
    },
    /// `prev(x, start)`: the value at the time label before, `start` at the first.
    Prev {
        /// What is read.
        operand: Box<Term>,
        /// At the first label.
        start: Box<Term>,
    },
    /// `cumulative(x)`: the sum up to and including this time label.
    Cumulative(Box<Term>),
    /// `interpolate(t, {…})`: knots in strictly increasing order.
    Interpolate {
        /// Where.
        at: Box<Term>,
        /// Knots.
        points: Vec<(f64, Term)>,
    },
}

/// Element-wise operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "each is the function of the expression language with that name"
)]
pub enum Operation {
    Negate,
    Not,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    /// condition, then, else
    If,
    /// two or more operands
    Min,
    /// two or more operands
    Max,
    /// value, lower, upper
    Clamp,
    Abs,
    Sign,
    Floor,
    Round,
    Sqrt,
    Exp,
    Ln,
    Log10,
    Sin,
    Cos,
    Tan,
    /// y, x
    Atan2,
    Logistic,
    Logit,
    NormalCdf,
    NormalQuantile,
}
