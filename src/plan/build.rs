//! From a checked model to a graph of values: every cell of every node that something reads.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::thread;

use super::draw::Distributions;
use super::graph::{Graph, ValueId};
use super::instruction::Plan;
use super::roots::Roots;
use super::schedule;
use super::score::Scores;
use super::stream::StreamKey;
use crate::check::{Body, CheckedModel, NodeId};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::dimension::{Assignment, DimensionId};

/// Most values a plan may have: about a gigabyte of plan, sixty times the flagship's.
const MOST_VALUES: usize = 3_000_000;

/// What a plan shall deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanRequest {
    /// The statistics of all outputs, crossings and joint quantities.
    Statistics,
    /// The same, and kept beside it what [`PlanRequest::Drivers`] keeps.
    StatisticsAndDrivers {
        /// Index in the model's outputs.
        output: usize,
    },
    /// The outputs at their outermost place, and one summary score for each input, kept.
    JointSample,
    /// The last cell of one output (its number) at its outermost place, and one summary score for each input that it reads, kept.
    Drivers {
        /// Index in the model's outputs.
        output: usize,
    },
    /// Outputs and crossings at their outermost place.
    OutermostSeries,
    /// The same, the outputs at the last time label.
    Outermost,
    /// Outputs and crossings at their outermost place, and the score of every cell that is drawn, kept.
    Scores,
    /// All targets, and every cell of every node kept.
    EveryNode,
}

/// Plans a checked model.
///
/// # Errors
/// Parameters that are fixed by the model and out of their domain, each with its cell; a plan too large to hold.
pub fn build(model: &CheckedModel, request: PlanRequest) -> Result<Plan, Vec<Diagnostic>> {
    let mut builder = Builder::new(model);
    builder.nodes();
    let roots = builder.roots(request);
    let (graph, streams, distributions) = builder.finish()?;
    Ok(schedule::schedule(&graph, roots, streams, distributions))
}

/// The plan of a request beside that for the drivers of an output (its number), each as [`build`] makes it; values are found once for both.
///
/// # Errors
/// As [`build`].
pub fn build_with_drivers(
    model: &CheckedModel,
    request: PlanRequest,
    output: usize,
) -> Result<(Plan, Plan), Vec<Diagnostic>> {
    let mut builder = Builder::new(model);
    builder.nodes();
    let roots = builder.roots(request);
    let of_drivers = builder.roots(PlanRequest::Drivers { output });
    let (graph, streams, distributions) = builder.finish()?;
    let (others, more) = (streams.clone(), distributions.clone());
    Ok(thread::scope(|scope| {
        let drivers = scope.spawn(|| schedule::schedule(&graph, of_drivers, others, more));
        let plan = schedule::schedule(&graph, roots, streams, distributions);
        let drivers = drivers.join().unwrap_or_else(|panic| resume_unwind(panic));
        (plan, drivers)
    }))
}

/// The state of a plan under construction.
pub(crate) struct Builder<'a> {
    pub(crate) model: &'a CheckedModel,
    pub(crate) graph: Graph,
    pub(crate) rolled: BTreeMap<(NodeId, Vec<(DimensionId, u32)>), ValueId>,
    pub(crate) scores: Scores,
    pub(crate) distributions: Distributions,
    pub(crate) problems: Diagnostics,
    pub(crate) cells: Vec<Vec<Option<ValueId>>>,
    pub(crate) terms: BTreeMap<(u32, Assignment), ValueId>,
    too_large: bool,
    pub(crate) refused: BTreeSet<NodeId>,
}

impl<'a> Builder<'a> {
    fn new(model: &'a CheckedModel) -> Self {
        let cells = model
            .nodes
            .iter()
            .map(|node| vec![None; node.shape.n_cells(&model.dimensions).unwrap_or(0)])
            .collect();
        Self {
            model,
            graph: Graph::default(),
            rolled: BTreeMap::new(),
            scores: Scores::new(model),
            distributions: Distributions::default(),
            problems: Diagnostics::new(),
            cells,
            terms: BTreeMap::new(),
            too_large: false,
            refused: BTreeSet::new(),
        }
    }

    /// What a request shall deliver, found after all nodes; nothing where there are problems.
    fn roots(&mut self, request: PlanRequest) -> Roots {
        let mut roots = Roots::default();
        if self.problems.has_errors() {
            return roots;
        }
        if let PlanRequest::Drivers { output } = request {
            self.last_cell(&mut roots, output);
        } else {
            self.targets(&mut roots);
        }
        match request {
            PlanRequest::Statistics => self.joints(&mut roots),
            PlanRequest::StatisticsAndDrivers { output } => {
                self.joints(&mut roots);
                self.keep_drivers(&mut roots, output);
            }
            PlanRequest::JointSample => {
                self.only_outermost(&mut roots, false);
                self.keep_outputs(&mut roots);
                self.summary_scores(&mut roots);
            }
            PlanRequest::Drivers { output } => self.keep_drivers(&mut roots, output),
            PlanRequest::OutermostSeries => self.only_outermost(&mut roots, false),
            PlanRequest::Outermost => self.only_outermost(&mut roots, true),
            PlanRequest::EveryNode => self.every_node(&mut roots),
            PlanRequest::Scores => {
                self.only_outermost(&mut roots, false);
                self.every_score(&mut roots);
            }
        }
        let only_keeps = matches!(
            request,
            PlanRequest::JointSample | PlanRequest::Drivers { .. }
        );
        if !only_keeps {
            roots.order = self.order_by_place(&roots);
        }
        roots
    }

    /// The values, the streams of their scores and their distributions.
    fn finish(self) -> Result<(Graph, Vec<StreamKey>, Distributions), Vec<Diagnostic>> {
        if self.problems.has_errors() {
            return Err(self.problems.into_sorted());
        }
        Ok((self.graph, self.scores.into_streams(), self.distributions))
    }

    /// Evaluates all nodes, operands first, so that no chain of nodes recurses deeply.
    fn nodes(&mut self) {
        for &node in &self.model.order {
            for cell in 0..self.cells[node.0 as usize].len() {
                self.cell(node, cell);
                if self.too_large {
                    return;
                }
            }
        }
    }

    /// Whether the plan has as many values as it may; reported once, at what is being evaluated.
    pub(crate) fn is_full(&mut self, span: Span) -> bool {
        if self.graph.len() > MOST_VALUES && !self.too_large {
            self.too_large = true;
            self.problems.push(
                Diagnostic::error(
                    "too-large",
                    span,
                    format!("the model needs more than {MOST_VALUES} values in each trial"),
                )
                .expected("the value at which the limit was reached")
                .hint("fewer labels, or sums in place of detail that no output reads"),
            );
        }
        self.too_large
    }

    /// The value of one cell of a node.
    pub(crate) fn cell(&mut self, node: NodeId, cell: usize) -> ValueId {
        if let Some(value) = self.cells[node.0 as usize][cell] {
            return value;
        }
        let model = self.model;
        let declared = model.node(node);
        if self.is_full(declared.span) {
            return self.graph.number(f64::NAN);
        }
        self.earlier_cells(node, cell);
        let at = Assignment::of_cell(&declared.shape, cell, &model.dimensions);
        let part = declared
            .parts
            .iter()
            .rev()
            .find(|part| part.cells.as_ref().is_none_or(|cells| cells[cell]))
            .expect("the first part of a node holds every cell");
        let outer = self.graph.origin.replace(node);
        let value = match &part.body {
            Body::Values(values) => self.graph.number(values[cell]),
            Body::Formula(term) => self.term(term, &at),
            Body::Draw(draw) => self.draw(node, draw, &at),
        };
        self.graph.origin = outer;
        self.cells[node.0 as usize][cell] = Some(value);
        value
    }

    /// Evaluates the cells at earlier times first, so that `prev` finds them and long time dimensions need no deep recursion.
    fn earlier_cells(&mut self, node: NodeId, cell: usize) {
        let all = &self.model.dimensions;
        let shape = &self.model.node(node).shape;
        let Some(time) = all.time().filter(|&time| shape.contains(time)) else {
            return;
        };
        let at = Assignment::of_cell(shape, cell, all);
        let Some(now) = at.own(time).filter(|&now| now > 0) else {
            return;
        };
        let before = |label: u32| shape.cell_at(&at.with(time, label), all);
        let is_known = |builder: &Self, label: u32| {
            before(label).is_some_and(|cell| builder.cells[node.0 as usize][cell].is_some())
        };
        if is_known(self, now - 1) {
            return;
        }
        let first = (0..now)
            .rev()
            .find(|&label| is_known(self, label))
            .map_or(0, |label| label + 1);
        let missing: Vec<_> = (first..now).filter_map(before).collect();
        for earlier in missing {
            self.cell(node, earlier);
        }
    }

    /// ` at country = DEU, year = 2024`, or nothing for a single cell.
    pub(crate) fn describe(&self, at: &Assignment) -> String {
        let parts: Vec<_> = at
            .iter()
            .map(|(id, label)| {
                let dimension = self.model.dimensions.at(id);
                format!(
                    "{} = {}",
                    dimension.name, dimension.labels[label as usize].key
                )
            })
            .collect();
        if parts.is_empty() {
            String::new()
        } else {
            format!(" at {}", parts.join(", "))
        }
    }
}
