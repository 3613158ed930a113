//! From a checked model to a graph of values: every cell of every node that something reads.

use std::collections::{BTreeMap, BTreeSet};

use super::draw::{self, Distributions};
use super::graph::{Binary, Fold, Graph, Unary, ValueId};
use super::schedule::{self, Plan, Roots};
use super::score::Scores;
use super::target::{JointCell, NodeCell, Target, TargetKind};
use crate::check::{
    Body, CheckedModel, Draw, NodeId, NodeKind, Operation, ParameterTerm, Place, Term, TermKind,
};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::dimension::{Assignment, DimensionId, Shape};
use crate::dist::{self, ParameterValue};
use crate::expr::Reduction;

/// Most values a plan may have: about a gigabyte of plan, sixty times the flagship's.
const MOST_VALUES: usize = 3_000_000;

/// What a plan shall deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanRequest {
    /// The statistics of all outputs, crossings and joint quantities.
    Statistics,
    /// The outputs at their outermost place, and one summary score for each input, kept.
    JointSample,
    /// The same targets, and every cell of every node kept.
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
        builder.targets(&mut roots);
        match request {
            PlanRequest::Statistics => builder.joints(&mut roots),
            PlanRequest::JointSample => {
                builder.keep_outermost(&mut roots);
                builder.summary_scores(&mut roots);
            }
            PlanRequest::EveryNode => builder.every_node(&mut roots),
        }
        if request != PlanRequest::JointSample {
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
    scores: Scores,
    distributions: Distributions,
    problems: Diagnostics,
    cells: Vec<Vec<Option<ValueId>>>,
    terms: BTreeMap<(u32, Assignment), ValueId>,
    too_large: bool,
    refused: BTreeSet<NodeId>,
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
    fn is_full(&mut self, span: Span) -> bool {
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
        let value = match &part.body {
            Body::Values(values) => self.graph.number(values[cell]),
            Body::Formula(term) => self.term(term, &at),
            Body::Draw(draw) => self.draw(node, draw, &at),
        };
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

    fn draw(&mut self, node: NodeId, draw: &Draw, at: &Assignment) -> ValueId {
        let model = self.model;
        let info = model
            .node(node)
            .stream
            .as_ref()
            .expect("the checker admits distributions for inputs only");
        let score = self.scores.of_cell(&mut self.graph, model, node, info, at);
        let mut values = Vec::new();
        let mut fixed = Vec::new();
        for parameter in &draw.parameters {
            match &parameter.value {
                ParameterTerm::List(list) => fixed.push(Some(ParameterValue::List(list.clone()))),
                ParameterTerm::Number(term) => {
                    let value = self.term(term, at);
                    fixed.push(self.graph.known(value).map(ParameterValue::Number));
                    values.push(value);
                }
            }
        }
        let given = fixed;
        let fixed: Option<Vec<_>> = given.iter().cloned().collect();
        if let Some(fixed) = &fixed {
            match dist::build(&draw.parametrisation, fixed) {
                Err(error) => {
                    self.refuse_parameters(node, draw, at, &error);
                    return self.graph.number(f64::NAN);
                }
                Ok(distribution) => {
                    return draw::elementary(
                        &mut self.graph,
                        &draw.parametrisation,
                        &values,
                        score,
                    )
                    .unwrap_or_else(|| {
                        self.distributions
                            .fixed(&mut self.graph, distribution, score)
                    });
                }
            }
        }
        if let Some(error) = self.surely_wrong(draw, &given) {
            self.refuse_parameters(node, draw, at, &error);
            return self.graph.number(f64::NAN);
        }
        draw::elementary(&mut self.graph, &draw.parametrisation, &values, score).unwrap_or_else(
            || {
                self.distributions
                    .varying(&mut self.graph, &draw.parametrisation, &values, score)
            },
        )
    }

    /// What is wrong with a parameter that is known while others vary by trial: it is, if it is refused beside every stand-in for them.
    fn surely_wrong(
        &self,
        draw: &Draw,
        given: &[Option<ParameterValue>],
    ) -> Option<dist::DistributionError> {
        const STAND_INS: [f64; 3] = [0.5, 1.0, 2.0];
        let mut refusals = STAND_INS.iter().map(|&stand_in| {
            let values: Vec<_> = given
                .iter()
                .map(|value| value.clone().unwrap_or(ParameterValue::Number(stand_in)))
                .collect();
            let error = dist::build(&draw.parametrisation, &values).err()?;
            let index = draw
                .parameters
                .iter()
                .position(|parameter| Some(parameter.name.as_str()) == error.parameter())?;
            given[index].is_some().then_some(error)
        });
        let first = refusals.next()??;
        refusals.all(|refusal| refusal.is_some()).then_some(first)
    }

    fn refuse_parameters(
        &mut self,
        node: NodeId,
        draw: &Draw,
        at: &Assignment,
        error: &dist::DistributionError,
    ) {
        let declared = self.model.node(node);
        // One cell shows the mistake; a thousand countries would hide it.
        if !self.refused.insert(node) {
            return;
        }
        let span = draw
            .parameters
            .iter()
            .find(|parameter| Some(parameter.name.as_str()) == error.parameter())
            .or(draw.parameters.first())
            .map_or(declared.span, |parameter| parameter.span);
        let cell = self.describe(at);
        self.problems.push(
            Diagnostic::error(
                "parameter-out-of-domain",
                span,
                format!("`{}`{cell}: {error}", declared.name),
            )
            .expected(format!(
                "parameters of a {} distribution",
                draw.parametrisation.family
            )),
        );
    }

    /// ` at country = DEU, year = 2024`, or nothing for a single cell.
    fn describe(&self, at: &Assignment) -> String {
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

    /// The value of a term where `at` points.
    pub(crate) fn term(&mut self, term: &Term, at: &Assignment) -> ValueId {
        if self.is_full(term.span) {
            return self.graph.number(f64::NAN);
        }
        match &term.kind {
            TermKind::Number(x) => self.graph.number(*x),
            TermKind::Node(node) => self.node_at(*node, at),
            TermKind::LabelNumber(id) => {
                let number = at
                    .label(*id, &self.model.dimensions)
                    .and_then(|label| self.model.dimensions.at(*id).labels[label as usize].number);
                self.graph.number(number.unwrap_or(f64::NAN))
            }
            TermKind::IsLabel(id, label) => {
                let holds = at.label(*id, &self.model.dimensions) == Some(*label);
                self.graph.number(if holds { 1.0 } else { 0.0 })
            }
            TermKind::Apply(operation, operands) => self.apply(*operation, operands, at),
            TermKind::Slice {
                operand,
                dimension,
                label,
            } => self.term(
                operand,
                &at.moved_to(*dimension, *label, &self.model.dimensions),
            ),
            TermKind::Prev { operand, start } => {
                let time = self
                    .model
                    .dimensions
                    .time()
                    .expect("the checker requires a time dimension for prev");
                match at.label(time, &self.model.dimensions) {
                    Some(now) if now > 0 => self.term(operand, &at.with(time, now - 1)),
                    _ => self.term(start, at),
                }
            }
            TermKind::Reduce { .. } | TermKind::Cumulative(_) | TermKind::Interpolate { .. } => {
                let key = (term.id, self.projection(&term.shape, at));
                if let Some(&value) = self.terms.get(&key) {
                    return value;
                }
                let value = self.wide_term(term, at);
                self.terms.insert(key, value);
                value
            }
        }
    }

    /// The part of an assignment on which a term of this shape can depend.
    fn projection(&self, shape: &Shape, at: &Assignment) -> Assignment {
        let all = &self.model.dimensions;
        let mut key = Assignment::empty(all);
        for (id, label) in at.iter() {
            if shape.iter().any(|own| all.leads_to(own, id)) {
                key.set(id, label);
            } else {
                for own in shape.iter().filter(|&own| all.leads_to(id, own)) {
                    if let Some(above) = all.ancestor_label(id, label, own) {
                        key.set(own, above);
                    }
                }
            }
        }
        key
    }

    /// Terms that read many cells.
    fn wide_term(&mut self, term: &Term, at: &Assignment) -> ValueId {
        match &term.kind {
            TermKind::Reduce {
                reduction,
                operand,
                level,
                dimension,
                by,
            } => {
                let all = &self.model.dimensions;
                let n = all.at(*dimension).len() as u32;
                let labels: Vec<u32> = match by {
                    None => (0..n).collect(),
                    Some(parent) => {
                        let wanted = at.label(*parent, all);
                        if wanted.is_none() {
                            // The checker refuses such a place; a sum over nothing would be a silent zero.
                            self.problems.push(Diagnostic::error(
                                "undetermined-label",
                                term.span,
                                format!(
                                    "which label of `{}`? The place does not tell",
                                    all.at(*parent).name
                                ),
                            ));
                        }
                        (0..n)
                            .filter(|&label| {
                                all.ancestor_label(*dimension, label, *parent) == wanted
                            })
                            .collect()
                    }
                };
                let values: Vec<_> = labels
                    .iter()
                    .map(|&label| {
                        self.term(
                            operand,
                            &at.moved_to(*dimension, label, &self.model.dimensions),
                        )
                    })
                    .collect();
                let level = level.as_ref().map(|level| self.term(level, at));
                self.reduce(*reduction, &values, level)
            }
            TermKind::Cumulative(operand) => {
                let time = self
                    .model
                    .dimensions
                    .time()
                    .expect("the checker requires a time dimension for cumulative");
                let now = at.label(time, &self.model.dimensions).unwrap_or(0);
                let mut sum = None;
                for label in 0..=now {
                    let there = at.with(time, label);
                    let key = (term.id, self.projection(&term.shape, &there));
                    let value = match self.terms.get(&key) {
                        Some(&value) => value,
                        None => {
                            let value = self.term(operand, &there);
                            let total = match sum {
                                None => value,
                                Some(before) => self.graph.binary(Binary::Add, before, value),
                            };
                            self.terms.insert(key, total);
                            total
                        }
                    };
                    sum = Some(value);
                }
                sum.expect("the loop runs at least once")
            }
            TermKind::Interpolate { at: point, points } => {
                let t = self.term(point, at);
                let knots: Vec<f64> = points.iter().map(|(knot, _)| *knot).collect();
                let values: Vec<_> = points
                    .iter()
                    .map(|(_, value)| self.term(value, at))
                    .collect();
                self.graph.interpolate(t, &knots, &values)
            }
            _ => self.term(term, at),
        }
    }

    fn reduce(
        &mut self,
        reduction: Reduction,
        values: &[ValueId],
        level: Option<ValueId>,
    ) -> ValueId {
        let n = self.graph.number(values.len() as f64);
        match reduction {
            Reduction::Sum => self.graph.fold(Fold::Sum, values),
            Reduction::Product => self.graph.fold(Fold::Product, values),
            Reduction::Min => self.graph.fold(Fold::Min, values),
            Reduction::Max => self.graph.fold(Fold::Max, values),
            Reduction::Any => self.graph.fold(Fold::Any, values),
            Reduction::All => self.graph.fold(Fold::All, values),
            Reduction::Mean => {
                let sum = self.graph.fold(Fold::Sum, values);
                self.graph.binary(Binary::Divide, sum, n)
            }
            Reduction::Count => {
                let zero = self.graph.number(0.0);
                let flags: Vec<_> = values
                    .iter()
                    .map(|&value| self.graph.binary(Binary::NotEqual, value, zero))
                    .collect();
                self.graph.fold(Fold::Sum, &flags)
            }
            Reduction::Median => {
                let half = self.graph.number(0.5);
                self.graph.order_statistic(values, half)
            }
            Reduction::Quantile => {
                let level = level.expect("the checker requires a level for quantile");
                self.graph.order_statistic(values, level)
            }
        }
    }

    fn apply(&mut self, operation: Operation, operands: &[Term], at: &Assignment) -> ValueId {
        use Operation as Op;
        if let (Op::If, [condition, then, otherwise]) = (operation, operands) {
            let c = self.term(condition, at);
            // A branch that is never taken in this cell is not evaluated.
            return match self.graph.known(c) {
                Some(x) if x.is_nan() => c,
                Some(x) => self.term(if x != 0.0 { then } else { otherwise }, at),
                None => {
                    let (a, b) = (self.term(then, at), self.term(otherwise, at));
                    self.graph.select(c, a, b)
                }
            };
        }
        let values: Vec<_> = operands
            .iter()
            .map(|operand| self.term(operand, at))
            .collect();
        match (operation, &values[..]) {
            (Op::Min, list) => self.graph.fold(Fold::Min, list),
            (Op::Max, list) => self.graph.fold(Fold::Max, list),
            (Op::Clamp, &[x, lower, upper]) => {
                let raised = self.graph.binary(Binary::Max, x, lower);
                self.graph.binary(Binary::Min, raised, upper)
            }
            (Op::Greater, &[a, b]) => self.graph.binary(Binary::Less, b, a),
            (Op::GreaterEqual, &[a, b]) => self.graph.binary(Binary::LessEqual, b, a),
            (_, &[a]) => self.graph.unary(unary_of(operation), a),
            (_, &[a, b]) => self.graph.binary(binary_of(operation), a, b),
            _ => unreachable!("the checker fixes the number of operands of {operation:?}"),
        }
    }

    /// The labels of the cells of a place that get a place of their own.
    fn reported_cells(&self, place: &Place) -> Vec<Assignment> {
        let all = &self.model.dimensions;
        (0..place.shape.n_cells(all).unwrap_or(0))
            .map(|cell| Assignment::of_cell(&place.shape, cell, all))
            .filter(|at| {
                at.iter()
                    .all(|(id, label)| all.at(id).labels[label as usize].reported)
            })
            .collect()
    }

    /// Outputs and crossings, place by place, so that what one place needs is used while it is near.
    fn targets(&mut self, roots: &mut Roots) {
        let model = self.model;
        for (output, declared) in model.outputs.iter().enumerate() {
            for (place, level) in declared.places.iter().enumerate() {
                for at in self.reported_cells(level) {
                    let value = self.term(&declared.term, &at);
                    roots.targets.push((
                        Target {
                            kind: TargetKind::Output { output, place },
                            at,
                        },
                        value,
                    ));
                }
            }
        }
        let Some(time) = model.dimensions.time() else {
            return;
        };
        let labels = &model.dimensions.at(time).labels;
        let first_label = labels.first().and_then(|label| label.number).unwrap_or(0.0);
        for (crossing, declared) in model.crossings.iter().enumerate() {
            for (place, level) in declared.places.iter().enumerate() {
                for at in self.reported_cells(level) {
                    let differences: Vec<_> = (0..labels.len() as u32)
                        .map(|label| {
                            let there = at.with(time, label);
                            let of = self.term(&declared.of, &there);
                            let above = self.term(&declared.above, &there);
                            self.graph.binary(Binary::Subtract, of, above)
                        })
                        .collect();
                    let [first, recross, date] = self.graph.crossing(first_label, &differences);
                    for (kind, value) in [
                        (TargetKind::First { crossing, place }, first),
                        (TargetKind::Recross { crossing, place }, recross),
                        (TargetKind::Date { crossing, place }, date),
                    ] {
                        roots.targets.push((
                            Target {
                                kind,
                                at: at.clone(),
                            },
                            value,
                        ));
                    }
                }
            }
        }
    }

    /// The order in which targets are computed: the members of hierarchies first, one after another, then their parents, then the world.
    fn order_by_place(&self, roots: &Roots) -> Vec<usize> {
        let all = &self.model.dimensions;
        let is_parent = |id| {
            all.iter()
                .any(|(_, other)| other.parents.iter().any(|link| link.parent == id))
        };
        let rank = |at: &Assignment| {
            let fixed: Vec<_> = at.iter().filter(|&(id, _)| !all.at(id).time).collect();
            let level = match fixed.iter().map(|&(id, _)| is_parent(id)).max() {
                None => 2,
                Some(true) => 1,
                Some(false) => 0,
            };
            (level, fixed)
        };
        let mut order: Vec<_> = (0..roots.targets.len()).collect();
        order.sort_by_cached_key(|&target| (rank(&roots.targets[target].0.at), target));
        order
    }

    /// Keeps each output at the outermost of its places.
    fn keep_outermost(&mut self, roots: &mut Roots) {
        for target in 0..roots.targets.len() {
            let (Target { kind, .. }, value) = &roots.targets[target];
            if let TargetKind::Output { output, place } = *kind
                && place == self.outermost(output)
            {
                let value = *value;
                let row = roots.keep(value);
                roots.kept_targets.push((target, row));
            }
        }
    }

    /// The place of an output with the fewest cells.
    fn outermost(&self, output: usize) -> usize {
        let places = &self.model.outputs[output].places;
        (0..places.len())
            .min_by_key(|&place| places[place].shape.n_cells(&self.model.dimensions))
            .unwrap_or(0)
    }

    fn joints(&mut self, roots: &mut Roots) {
        let model = self.model;
        for (joint, declared) in model.joints.iter().enumerate() {
            for (place, level) in declared.places.iter().enumerate() {
                for at in self.reported_cells(level) {
                    let values: Vec<_> = declared
                        .of
                        .iter()
                        .map(|term| self.term(term, &at))
                        .collect();
                    let rows = values.iter().map(|&value| roots.keep(value)).collect();
                    roots.joints.push(JointCell {
                        joint,
                        place,
                        at,
                        rows,
                    });
                }
            }
        }
    }

    /// One summary score for each input that is drawn: the mean of its cells' scores.
    fn summary_scores(&mut self, roots: &mut Roots) {
        let model = self.model;
        for &node in &model.order {
            let declared = model.node(node);
            let Some(info) = declared
                .stream
                .as_ref()
                .filter(|_| declared.kind == NodeKind::Input)
            else {
                continue;
            };
            let drawn: Vec<Assignment> = (0..self.cells[node.0 as usize].len())
                .filter(|&cell| {
                    let part = declared
                        .parts
                        .iter()
                        .rev()
                        .find(|part| part.cells.as_ref().is_none_or(|cells| cells[cell]));
                    part.is_some_and(|part| matches!(part.body, Body::Draw(_)))
                })
                .map(|cell| Assignment::of_cell(&declared.shape, cell, &model.dimensions))
                .collect();
            if drawn.is_empty() {
                continue;
            }
            let scores: Vec<_> = drawn
                .iter()
                .map(|at| self.scores.of_cell(&mut self.graph, model, node, info, at))
                .collect();
            let sum = self.graph.fold(Fold::Sum, &scores);
            let n = self.graph.number(scores.len() as f64);
            let mean = self.graph.binary(Binary::Divide, sum, n);
            let row = roots.keep(mean);
            roots.summaries.push((node, row));
        }
    }

    fn every_node(&mut self, roots: &mut Roots) {
        for &node in &self.model.order {
            for cell in 0..self.cells[node.0 as usize].len() {
                let value = self.cell(node, cell);
                let row = roots.keep(value);
                roots.nodes.push(NodeCell { node, cell, row });
            }
        }
    }
}

fn unary_of(operation: Operation) -> Unary {
    match operation {
        Operation::Negate => Unary::Negate,
        Operation::Not => Unary::Not,
        Operation::Abs => Unary::Abs,
        Operation::Sign => Unary::Sign,
        Operation::Floor => Unary::Floor,
        Operation::Round => Unary::Round,
        Operation::Sqrt => Unary::Sqrt,
        Operation::Exp => Unary::Exp,
        Operation::Ln => Unary::Ln,
        Operation::Log10 => Unary::Log10,
        Operation::Sin => Unary::Sin,
        Operation::Cos => Unary::Cos,
        Operation::Tan => Unary::Tan,
        Operation::Logistic => Unary::Logistic,
        Operation::Logit => Unary::Logit,
        Operation::NormalCdf => Unary::NormalCdf,
        Operation::NormalQuantile => Unary::NormalQuantile,
        other => unreachable!("{other:?} does not take one operand"),
    }
}

fn binary_of(operation: Operation) -> Binary {
    match operation {
        Operation::Add => Binary::Add,
        Operation::Subtract => Binary::Subtract,
        Operation::Multiply => Binary::Multiply,
        Operation::Divide => Binary::Divide,
        Operation::Power => Binary::Power,
        Operation::Equal => Binary::Equal,
        Operation::NotEqual => Binary::NotEqual,
        Operation::Less => Binary::Less,
        Operation::LessEqual => Binary::LessEqual,
        Operation::And => Binary::And,
        Operation::Or => Binary::Or,
        Operation::Atan2 => Binary::Atan2,
        other => unreachable!("{other:?} does not take two operands"),
    }
}
