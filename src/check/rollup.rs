//! Places, and whether every node that is read there has a value.

use std::collections::BTreeSet;

use super::checked::{NodeId, Place, PlaceLevel, Rollup, Term, TermKind};
use super::names::Names;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::dimension::{DimensionId, Dimensions, Shape};
use crate::expr::Ident;
use crate::model::RollupDecl;
use crate::unit::Unit;

/// What rolling up needs to know of the model.
pub(super) struct Roller<'a, 'n> {
    pub(super) dimensions: &'a Dimensions,
    pub(super) names: &'a Names<'n>,
    pub(super) shapes: &'a [Option<Shape>],
    pub(super) units: &'a [Option<Unit>],
    /// For each node whether its values lie in [0, 1] by its family.
    pub(super) is_share: &'a [bool],
    pub(super) has_units: bool,
    /// For each node how it rolls up.
    pub(super) rollups: Vec<Option<Rollup>>,
    /// For each node whether some place needs its roll-up.
    pub(super) used: Vec<bool>,
    /// Labels of places below which nothing lies.
    pub(super) childless: BTreeSet<(DimensionId, u32)>,
}

impl Roller<'_, '_> {
    /// Resolves all `rollup` keys.
    pub(super) fn resolve(&mut self, diagnostics: &mut Diagnostics) {
        for (id, node) in self.names.iter() {
            let Some(rollup) = &node.info().rollup else {
                continue;
            };
            self.rollups[id.0 as usize] = match &rollup.value {
                RollupDecl::Sum => {
                    self.check_sum(id, rollup.span, diagnostics);
                    Some(Rollup::Sum)
                }
                RollupDecl::None => Some(Rollup::None),
                RollupDecl::Mean(weight) => self.weight(id, weight, diagnostics).map(Rollup::Mean),
            };
        }
    }

    fn check_sum(&self, id: NodeId, span: Span, diagnostics: &mut Diagnostics) {
        let index = id.0 as usize;
        let dimensionless = self.units[index].as_ref().is_some_and(Unit::is_one);
        let name = &self.names.at(id).name().value;
        let reason = if self.is_share[index] {
            "lies between 0 and 1"
        } else if self.has_units && dimensionless {
            "has no unit"
        } else {
            return;
        };
        diagnostics.push(
            Diagnostic::error(
                "summing-a-share",
                span,
                format!("`{name}` {reason}: a share or an index does not add up"),
            )
            .expected("`{ mean = WEIGHT }` or \"none\"")
            .hint("publish the ratio of two sums as an output, or take the mean weighted by the whole"),
        );
    }

    fn weight(&self, id: NodeId, weight: &Ident, diagnostics: &mut Diagnostics) -> Option<NodeId> {
        let found = self.names.expect_node(weight, diagnostics)?;
        let (own, theirs) = (&self.shapes[id.0 as usize], &self.shapes[found.0 as usize]);
        let problem = if found == id {
            Some("is the node itself")
        } else if !matches!(
            self.names
                .at(found)
                .info()
                .rollup
                .as_ref()
                .map(|rollup| &rollup.value),
            Some(RollupDecl::Sum)
        ) {
            Some("does not roll up by \"sum\"")
        } else {
            match (own, theirs) {
                (Some(own), Some(theirs)) if !own.accepts(theirs, self.dimensions) => {
                    Some("runs over dimensions that the node lacks")
                }
                (Some(own), Some(theirs)) if theirs.iter().any(|id| !own.contains(id)) => {
                    Some("runs over a parent, so it would count once for each child")
                }
                (Some(own), Some(theirs))
                    if own.iter().any(|id| {
                        self.dimensions.in_hierarchy(id)
                            && !self.dimensions.at(id).time
                            && !theirs.contains(id)
                    }) =>
                {
                    Some(
                        "lacks a dimension that is rolled up, so it would count once for each of its labels",
                    )
                }
                _ => None,
            }
        };
        if let Some(problem) = problem {
            diagnostics.push(
                Diagnostic::error(
                    "bad-weight",
                    weight.span,
                    format!("the weight `{}` {problem}", weight.value),
                )
                .expected("a node with `rollup = \"sum\"` over the dimensions that are rolled up")
                .hint("make a variable over the dimensions of the node, with `rollup = \"sum\"`, and weight by it"),
            );
        }
        Some(found)
    }

    /// The places named, or all that the shape leads to, finest first.
    pub(super) fn places(
        &self,
        written: &[Ident],
        shape: &Shape,
        diagnostics: &mut Diagnostics,
    ) -> Vec<(Place, Option<Span>)> {
        if written.is_empty() {
            let levels = self.all_levels(shape);
            return levels
                .into_iter()
                .map(|level| (self.place(level, shape), None))
                .collect();
        }
        let mut places: Vec<(Place, Option<Span>)> = Vec::new();
        for name in written {
            if let Some((_, first)) = places.iter().find(|(place, _)| place.name == name.value) {
                let diagnostic = Diagnostic::error(
                    "duplicate-place",
                    name.span,
                    format!("`{}` is listed twice", name.value),
                )
                .expected("each place once");
                diagnostics.push(match first {
                    Some(first) => diagnostic.related(*first, "first here"),
                    None => diagnostic,
                });
                continue;
            }
            let level = if name.value == "world" {
                PlaceLevel::World
            } else {
                let Some(id) = self.names.expect_dimension(name, diagnostics) else {
                    continue;
                };
                if self.dimensions.at(id).time {
                    diagnostics.push(
                        Diagnostic::error("bad-place", name.span, "time is no place")
                            .expected("a dimension other than time, or `world`"),
                    );
                    continue;
                }
                if !shape.covers(id, self.dimensions) {
                    diagnostics.push(
                        Diagnostic::error(
                            "bad-place",
                            name.span,
                            format!(
                                "nothing here leads to `{}`: this runs over {}",
                                name.value,
                                super::terms::describe_shape(shape, self.dimensions)
                            ),
                        )
                        .expected("a dimension of the quantity, one above it, or `world`"),
                    );
                    continue;
                }
                PlaceLevel::Dimension(id)
            };
            places.push((self.place(level, shape), Some(name.span)));
        }
        places
    }

    fn all_levels(&self, shape: &Shape) -> Vec<PlaceLevel> {
        let mut open: Vec<DimensionId> = shape
            .iter()
            .filter(|&id| self.dimensions.in_hierarchy(id) && !self.dimensions.at(id).time)
            .collect();
        let mut levels: Vec<DimensionId> = Vec::new();
        let mut next = 0;
        while next < open.len() {
            let id = open[next];
            next += 1;
            if !levels.contains(&id) {
                levels.push(id);
                open.extend(
                    self.dimensions
                        .at(id)
                        .parents
                        .iter()
                        .map(|link| link.parent),
                );
            }
        }
        // A dimension stands before all that it leads to, whichever way they were reached.
        levels.sort_by_key(|&id| levels_below(self.dimensions, shape, id));
        (levels.into_iter().map(PlaceLevel::Dimension))
            .chain([PlaceLevel::World])
            .collect()
    }

    fn place(&self, level: PlaceLevel, shape: &Shape) -> Place {
        let (name, shape) = match level {
            PlaceLevel::World => {
                let stays = |id: &DimensionId| {
                    self.dimensions.at(*id).time || !self.dimensions.in_hierarchy(*id)
                };
                (
                    "world".to_owned(),
                    Shape::new(self.dimensions, shape.iter().filter(stays)),
                )
            }
            PlaceLevel::Dimension(target) => {
                let replace = |id| {
                    if self.dimensions.leads_to(id, target) {
                        target
                    } else {
                        id
                    }
                };
                let stays = |id: &DimensionId| !self.is_of_another_hierarchy(*id, target);
                (
                    self.dimensions.at(target).name.clone(),
                    Shape::new(self.dimensions, shape.iter().filter(stays).map(replace)),
                )
            }
        };
        Place { level, name, shape }
    }

    /// Checks that every node and label test of a term is determined at a place whose cells fix `fixed`.
    pub(super) fn check(
        &mut self,
        term: &Term,
        place: &Place,
        fixed: &[DimensionId],
        span: Span,
        diagnostics: &mut Diagnostics,
    ) {
        let mut reading = Reading {
            place,
            span,
            reported: BTreeSet::new(),
        };
        self.walk(term, fixed, &mut reading, diagnostics);
    }

    /// Whether a place of `level` leaves `id` open because it belongs to another hierarchy: shops are summed out at a product category.
    fn is_of_another_hierarchy(&self, id: DimensionId, level: DimensionId) -> bool {
        self.dimensions.in_hierarchy(id)
            && !self.dimensions.at(id).time
            && !self.dimensions.leads_to(id, level)
            && !self.dimensions.leads_to(level, id)
    }

    /// Notes the reported labels of a place below which no label of the dimensions of `shape` lies.
    pub(super) fn find_childless(&mut self, place: &Place, shape: &Shape) {
        let PlaceLevel::Dimension(level) = place.level else {
            return;
        };
        let below: Vec<DimensionId> = shape
            .iter()
            .filter(|&id| id != level && self.dimensions.leads_to(id, level))
            .collect();
        let labels = childless(self.dimensions, &below, level);
        let reported = |label: &u32| self.dimensions.at(level).labels[*label as usize].reported;
        self.childless.extend(
            labels
                .into_iter()
                .filter(reported)
                .map(|label| (level, label)),
        );
    }

    fn covered(&self, fixed: &[DimensionId], id: DimensionId) -> bool {
        fixed.iter().any(|&own| self.dimensions.leads_to(own, id))
    }

    fn walk(
        &mut self,
        term: &Term,
        fixed: &[DimensionId],
        reading: &mut Reading,
        diagnostics: &mut Diagnostics,
    ) {
        match &term.kind {
            TermKind::Number(_) => {}
            TermKind::Node(id) => self.node(*id, term.span, fixed, reading, diagnostics),
            TermKind::LabelNumber(id) | TermKind::IsLabel(id, _) => {
                self.determined(*id, term.span, fixed, reading, diagnostics);
            }
            TermKind::Apply(_, operands) => {
                for operand in operands {
                    self.walk(operand, fixed, reading, diagnostics);
                }
            }
            TermKind::Reduce {
                operand,
                level,
                dimension,
                by,
                ..
            } => {
                if let Some(by) = by {
                    self.determined(*by, term.span, fixed, reading, diagnostics);
                }
                if let Some(level) = level {
                    self.walk(level, fixed, reading, diagnostics);
                }
                self.walk(operand, &with(fixed, *dimension), reading, diagnostics);
            }
            TermKind::Slice {
                operand, dimension, ..
            } => self.walk(operand, &with(fixed, *dimension), reading, diagnostics),
            TermKind::Cumulative(operand) => self.walk(operand, fixed, reading, diagnostics),
            TermKind::Prev { operand, start } => {
                self.walk(operand, fixed, reading, diagnostics);
                self.walk(start, fixed, reading, diagnostics);
            }
            TermKind::Interpolate { at, points } => {
                self.walk(at, fixed, reading, diagnostics);
                for (_, value) in points {
                    self.walk(value, fixed, reading, diagnostics);
                }
            }
        }
    }

    /// Reports a dimension whose label the place does not tell.
    fn determined(
        &self,
        id: DimensionId,
        read_at: Span,
        fixed: &[DimensionId],
        reading: &Reading,
        diagnostics: &mut Diagnostics,
    ) {
        if self.covered(fixed, id) {
            return;
        }
        let name = &self.dimensions.at(id).name;
        diagnostics.push(
            Diagnostic::error(
                "undetermined-label",
                read_at,
                format!(
                    "which label of `{name}` at the place `{}`?",
                    reading.place.name
                ),
            )
            .expected("a dimension that the place tells")
            .related(reading.span, "read for this place")
            .hint("make it a variable: its value is rolled up afterwards"),
        );
    }

    fn node(
        &mut self,
        id: NodeId,
        read_at: Span,
        fixed: &[DimensionId],
        reading: &mut Reading,
        diagnostics: &mut Diagnostics,
    ) {
        let index = id.0 as usize;
        let Some(shape) = self.shapes[index].clone() else {
            return;
        };
        let open: Vec<DimensionId> = shape
            .iter()
            .filter(|&own| !self.covered(fixed, own))
            .collect();
        if open.is_empty() {
            return;
        }
        self.used[index] = true;
        let name = self.names.at(id).name();
        let place = &reading.place.name;
        for &dimension in &open {
            let below = match reading.place.level {
                PlaceLevel::World => self.dimensions.in_hierarchy(dimension),
                PlaceLevel::Dimension(level) => {
                    self.dimensions.leads_to(dimension, level)
                        || self.is_of_another_hierarchy(dimension, level)
                }
            };
            if !below {
                let dimension = &self.dimensions.at(dimension).name;
                diagnostics.push(
                    Diagnostic::error(
                        "undetermined-place",
                        read_at,
                        format!(
                            "`{}` runs over `{dimension}`, which the place `{place}` does not tell",
                            name.value
                        ),
                    )
                    .expected("a node over dimensions that lead to the place")
                    .related(reading.span, "read for this place"),
                );
                return;
            }
        }
        if !reading.reported.insert(id) {
            return;
        }
        match self.rollups[index] {
            Some(Rollup::Sum) => {}
            Some(Rollup::Mean(weight)) => self.used[weight.0 as usize] = true,
            Some(Rollup::None) => diagnostics.push(
                Diagnostic::error(
                    "no-rollup",
                    reading.span,
                    format!(
                        "`{}` has no value at the place `{place}`: it states `rollup = \"none\"`",
                        name.value
                    ),
                )
                .expected("only places at which every node has a value")
                .related(name.span, "declared here")
                .related(read_at, "read here"),
            ),
            // A broken weight is reported where it is stated.
            None if self.names.at(id).info().rollup.is_some() => {}
            // Once for each node, however many outputs and places read it.
            None if diagnostics.contains("missing-rollup", name.span) => {}
            None => diagnostics.push(
                Diagnostic::error(
                    "missing-rollup",
                    name.span,
                    format!(
                        "`{}` is read at the place `{place}`, above its own dimensions, and does not say how it rolls up",
                        name.value
                    ),
                )
                .expected("`rollup` in this declaration")
                .related(reading.span, "the place")
                .related(read_at, "read here")
                .hint(self.rollup_hint(index)),
            ),
        }
    }

    fn rollup_hint(&self, index: usize) -> &'static str {
        let dimensionless = self.units[index].as_ref().is_some_and(Unit::is_one);
        if self.is_share[index] || (self.has_units && dimensionless) {
            "for a share state `rollup = { mean = WEIGHT }`, or publish the ratio of two sums"
        } else if self.has_units {
            "for an amount state `rollup = \"sum\"`; for a price `rollup = { mean = WEIGHT }`"
        } else {
            "state `rollup = \"sum\"` for an amount, `{ mean = WEIGHT }` for a share or a price"
        }
    }
}

struct Reading<'p> {
    place: &'p Place,
    span: Span,
    reported: BTreeSet<NodeId>,
}

fn with(fixed: &[DimensionId], id: DimensionId) -> Vec<DimensionId> {
    let mut fixed = fixed.to_vec();
    fixed.push(id);
    fixed
}

/// Labels of `level` below which no label of any of the dimensions `below` lies; none where there is no such dimension.
pub(super) fn childless(
    dimensions: &Dimensions,
    below: &[DimensionId],
    level: DimensionId,
) -> Vec<u32> {
    if below.is_empty() {
        return Vec::new();
    }
    let mut has_child = vec![false; dimensions.at(level).len()];
    for &id in below {
        for label in 0..dimensions.at(id).len() as u32 {
            if let Some(above) = dimensions.ancestor_label(id, label, level) {
                has_child[above as usize] = true;
            }
        }
    }
    (0u32..)
        .zip(has_child)
        .filter_map(|(label, has_child)| (!has_child).then_some(label))
        .collect()
}

/// The longest way from a dimension of the shape up to `id`.
fn levels_below(dimensions: &Dimensions, shape: &Shape, id: DimensionId) -> usize {
    fn height(dimensions: &Dimensions, from: DimensionId, to: DimensionId) -> Option<usize> {
        if from == to {
            return Some(0);
        }
        let parents = dimensions.at(from).parents.iter();
        parents
            .filter_map(|link| height(dimensions, link.parent, to))
            .max()
            .map(|height| height + 1)
    }
    shape
        .iter()
        .filter_map(|from| height(dimensions, from, id))
        .max()
        .unwrap_or(0)
}
