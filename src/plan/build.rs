//! From a checked model to a graph of values: every cell of every node that something reads.

use std::collections::{BTreeMap, BTreeSet};

use super::draw::Distributions;
use super::graph::{Graph, ValueId};
use super::instruction::Plan;
use super::roots::Roots;
use super::schedule;
use super::score::Scores;
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
    /// The outputs at their outermost place, and one summary score for each input, kept.
    JointSample,
    /// The last cell of one output (its number) at its outermost place, and one summary score for each input, kept.
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
    let mut roots = Roots::default();
    builder.nodes();
    if !builder.problems.has_errors() {
        if let PlanRequest::Drivers { output } = request {
            builder.last_cell(&mut roots, output);
        } else {
            builder.targets(&mut roots);
        }
        match request {
            PlanRequest::Statistics => builder.joints(&mut roots),
            PlanRequest::JointSample => {
                builder.only_outermost(&mut roots, false);
                builder.keep_outputs(&mut roots);
                builder.summary_scores(&mut roots);
            }
            PlanRequest::Drivers { .. } => {
                builder.keep_outputs(&mut roots);
                builder.summary_scores(&mut roots);
            }
            PlanRequest::OutermostSeries => builder.only_outermost(&mut roots, false),
            PlanRequest::Outermost => builder.only_outermost(&mut roots, true),
            PlanRequest::EveryNode => builder.every_node(&mut roots),
            PlanRequest::Scores => {
                builder.only_outermost(&mut roots, false);
                builder.every_score(&mut roots);
            }
        }
        let only_keeps = matches!(
            request,
            PlanRequest::JointSample | PlanRequest::Drivers { .. }
        );
        if !only_keeps {
            roots.order = builder.order_by_place(&roots);
        }
    }
    if builder.problems.has_errors() {
        return Err(builder.problems.into_sorted());
    }
    Ok(schedule::schedule(
        &builder.graph,
        roots,
        builder.scores.into_streams(),
        builder.distributions,
    ))
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
