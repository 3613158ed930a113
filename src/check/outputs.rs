//! Outputs, crossings, joint statistics and evidence: terms over nodes that are rolled up to places.

use std::collections::BTreeSet;

use super::calls::plural;
use super::checked::{Crossing, Evidence, Joint, Output, Place, Term, TermKind};
use super::context::Context;
use super::inputs::DrawReader;
use super::rollup::Roller;
use super::terms::describe_shape;
use super::truths::{self, NodeTruth};
use super::units::{Known, UnitChecker};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::dimension::{DimensionId, Shape};
use crate::expr::{Expr, Ident};
use crate::model::{EvidenceDecl, ModelFile, OutputDecl, Statement};
use crate::unit::Unit;

/// All that reads nodes, checked; what could not be checked is left out and reported.
#[derive(Default)]
pub(super) struct Readings {
    pub(super) outputs: Vec<Output>,
    pub(super) crossings: Vec<Crossing>,
    pub(super) joints: Vec<Joint>,
    pub(super) evidence: Vec<Evidence>,
    /// For each node whether some place needs its roll-up.
    pub(super) rolled_up: Vec<bool>,
    /// Labels of places below which nothing lies.
    pub(super) childless: BTreeSet<(DimensionId, u32)>,
}

impl Readings {
    /// Repeats, for a variant, the checks of truth values.
    pub(super) fn check_truths(&self, truths: &[NodeTruth], diagnostics: &mut Diagnostics) {
        for term in self.terms() {
            truths::check_term(term, truths, diagnostics);
        }
        for evidence in &self.evidence {
            if evidence.observed.is_none() {
                truths::check_statement(&evidence.term, truths, diagnostics);
            }
        }
    }

    /// The terms of all of them.
    pub(super) fn terms(&self) -> impl Iterator<Item = &Term> {
        let crossings = self.crossings.iter();
        (self.outputs.iter().map(|output| &output.term))
            .chain(crossings.flat_map(|crossing| [&crossing.of, &crossing.above]))
            .chain(self.joints.iter().flat_map(|joint| &joint.of))
            .chain(self.evidence.iter().map(|evidence| &evidence.term))
    }
}

/// What the readings are checked against.
pub(super) struct ReadingChecker<'a, 'n> {
    pub(super) context: &'a Context<'n>,
    pub(super) file: &'a ModelFile,
    pub(super) shapes: &'a [Option<Shape>],
    pub(super) units: &'a [Option<Unit>],
    pub(super) is_share: &'a [bool],
    pub(super) truths: &'a [NodeTruth],
    pub(super) next_id: &'a mut u32,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl<'n> ReadingChecker<'_, 'n> {
    /// Checks all of them.
    pub(super) fn check(mut self, draws: &mut DrawReader) -> Readings {
        let n = self.shapes.len();
        let mut roller = Roller {
            dimensions: self.context.dimensions,
            names: self.context.names,
            shapes: self.shapes,
            units: self.units,
            is_share: self.is_share,
            has_units: self.context.has_units,
            rollups: vec![None; n],
            used: vec![false; n],
            childless: BTreeSet::new(),
        };
        roller.resolve(self.diagnostics);
        let mut readings = Readings::default();
        for output in &self.file.outputs {
            readings.outputs.extend(self.output(output, &mut roller));
        }
        for crossing in &self.file.crossings {
            readings
                .crossings
                .extend(self.crossing(crossing, &mut roller));
        }
        for joint in &self.file.joints {
            readings.joints.extend(self.joint(joint, &mut roller));
        }
        for evidence in &self.file.evidence {
            readings.evidence.extend(self.evidence(evidence, draws));
        }
        readings.rolled_up = roller.used;
        readings.childless = roller.childless;
        readings
    }

    fn term(&mut self, expr: &Expr) -> Option<Term> {
        let term = self
            .context
            .resolver(self.shapes, self.next_id, self.diagnostics)
            .term(expr)?;
        truths::check_term(&term, self.truths, self.diagnostics);
        Some(term)
    }

    fn unit(&mut self, term: &Term) -> Known {
        if !self.context.has_units {
            return Known::Unit(Unit::one());
        }
        UnitChecker {
            units: self.units,
            diagnostics: self.diagnostics,
        }
        .unit(term)
    }

    /// The places of terms, each checked at each place.
    fn places(
        &mut self,
        terms: &[&Term],
        written: &[Ident],
        owner: &Ident,
        roller: &mut Roller,
    ) -> Vec<Place> {
        let union = terms.iter().fold(Shape::scalar(), |shape, term| {
            shape.union(&term.shape, self.context.dimensions)
        });
        let places = roller.places(written, &union, self.diagnostics);
        for (place, span) in &places {
            self.not_empty(place, span.unwrap_or(owner.span));
            roller.find_childless(place, &union);
            let fixed: Vec<DimensionId> = place.shape.iter().collect();
            for term in terms {
                roller.check(
                    term,
                    place,
                    &fixed,
                    span.unwrap_or(owner.span),
                    self.diagnostics,
                );
            }
        }
        places.into_iter().map(|(place, _)| place).collect()
    }

    /// Reports a place none of whose labels is reported.
    fn not_empty(&mut self, place: &Place, span: Span) {
        let silent = |id: &DimensionId| {
            let labels = &self.context.dimensions.at(*id).labels;
            !labels.is_empty() && labels.iter().all(|label| !label.reported)
        };
        if let Some(id) = place.shape.iter().find(silent) {
            let name = &self.context.dimensions.at(id).name;
            self.diagnostics.push(
                Diagnostic::error(
                    "empty-place",
                    span,
                    format!(
                        "nothing would be published at the place `{}`: no label of `{name}` is reported",
                        place.name
                    ),
                )
                .expected("a place with at least one label that is reported")
                .hint("name other levels in `places`, or correct `reported`"),
            );
        }
    }

    fn output(&mut self, output: &OutputDecl, roller: &mut Roller) -> Option<Output> {
        let name = &output.name;
        let node = self.context.names.node(&name.value);
        let term = match (&output.is, node) {
            (Some(is), _) => self.term(is),
            (None, Some(_)) => {
                let itself = Expr {
                    kind: crate::expr::ExprKind::Name(name.value.clone()),
                    span: name.span,
                };
                self.term(&itself)
            }
            // A node whose name was refused as a duplicate is reported there.
            (None, None)
                if self
                    .context
                    .names
                    .nodes
                    .iter()
                    .any(|node| node.name().value == name.value) =>
            {
                None
            }
            (None, None) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "missing-is",
                        name.span,
                        format!("no node is called `{}`", name.value),
                    )
                    .expected("`is = '…'`, or the name of a node")
                    .hint_if(self.context.names.suggest_node(&name.value)),
                );
                None
            }
        };
        let stated = output
            .unit
            .as_ref()
            .and_then(|unit| self.context.parse_unit(unit, self.diagnostics));
        let term = term?;
        let inferred = self.unit(&term);
        let unit = match (&stated, inferred) {
            (Some(stated), Known::Unit(found)) if self.context.has_units && *stated != found => {
                let span = output.unit.as_ref().map_or(name.span, |unit| unit.span);
                self.diagnostics.push(
                    Diagnostic::error(
                        "unit-mismatch",
                        span,
                        format!("`{}` is in {found}, not {stated}", name.value),
                    )
                    .expected(format!("\"{found}\""))
                    .related(term.span, format!("this is in {found}")),
                );
                found
            }
            (Some(stated), _) => stated.clone(),
            (None, known) => known.into_unit().unwrap_or_default(),
        };
        let places = self.places(&[&term], &output.places, name, roller);
        let title = output.title.as_ref().map(|title| title.value.clone());
        let title = title.or_else(|| {
            let declared = self.context.names.at(node.filter(|_| output.is.is_none())?);
            Some(declared.info().title.as_ref()?.value.clone())
        });
        Some(Output {
            name: name.value.clone(),
            title: title.unwrap_or_else(|| name.value.clone()),
            unit,
            term,
            places,
            note: output.note.as_ref().map(|note| note.value.clone()),
            written: output.is.clone(),
            span: name.span,
        })
    }

    fn crossing(
        &mut self,
        crossing: &crate::model::CrossingDecl,
        roller: &mut Roller,
    ) -> Option<Crossing> {
        let (of, above) = (self.term(&crossing.of), self.term(&crossing.above));
        let (of, above) = (of?, above?);
        let (left, right) = (self.unit(&of), self.unit(&above));
        if let (Known::Unit(left), Known::Unit(right)) = (&left, &right)
            && left != right
        {
            self.diagnostics.push(
                Diagnostic::error(
                    "unit-mismatch",
                    above.span,
                    format!("{right} is compared with {left}"),
                )
                .expected(format!("a quantity in {left}"))
                .related(of.span, format!("this is in {left}")),
            );
        }
        let time = self.context.dimensions.time();
        let runs = |term: &Term| time.is_some_and(|time| term.shape.contains(time));
        if !runs(&of) && !runs(&above) {
            self.diagnostics.push(
                Diagnostic::error(
                    "needs-time",
                    crossing.name.span,
                    format!(
                        "neither side of `{}` changes along the time dimension",
                        crossing.name.value
                    ),
                )
                .expected("a quantity over the dimension with `time = true`"),
            );
            return None;
        }
        let mut places = self.places(&[&of, &above], &crossing.places, &crossing.name, roller);
        for place in &mut places {
            if let Some(time) = time {
                place.shape = place.shape.without(time);
            }
        }
        Some(Crossing {
            name: crossing.name.value.clone(),
            title: title_or_name(crossing.title.as_ref(), &crossing.name),
            of,
            above,
            places,
            written: (crossing.of.clone(), crossing.above.clone()),
            note: crossing.note.as_ref().map(|note| note.value.clone()),
            span: crossing.name.span,
        })
    }

    fn joint(&mut self, joint: &crate::model::JointDecl, roller: &mut Roller) -> Option<Joint> {
        let terms: Vec<Option<Term>> = joint.of.iter().map(|expr| self.term(expr)).collect();
        let terms = terms.into_iter().collect::<Option<Vec<_>>>()?;
        if terms.len() < 2 {
            self.diagnostics.push(
                Diagnostic::error(
                    "too-few-quantities",
                    joint.name.span,
                    format!(
                        "`{}` joins {}",
                        joint.name.value,
                        plural(terms.len(), "term")
                    ),
                )
                .expected("at least two quantities in `of`"),
            );
        }
        for term in &terms {
            self.unit(term);
        }
        let all: Vec<&Term> = terms.iter().collect();
        let places = self.places(&all, &joint.places, &joint.name, roller);
        Some(Joint {
            name: joint.name.value.clone(),
            title: title_or_name(joint.title.as_ref(), &joint.name),
            names: joint.of.iter().map(crate::expr::print).collect(),
            of: terms,
            places,
        })
    }

    fn scalar(&mut self, term: Term) -> Option<Term> {
        if term.shape.is_empty() {
            return Some(term);
        }
        let shape = describe_shape(&term.shape, self.context.dimensions);
        self.diagnostics.push(
            Diagnostic::error("not-a-scalar", term.span, format!("evidence over {shape}"))
                .expected("one number")
                .hint("fix a label, `x[year = 2027]`, or reduce, `sum(x, country)`"),
        );
        None
    }

    fn evidence(&mut self, evidence: &EvidenceDecl, draws: &mut DrawReader) -> Option<Evidence> {
        let (term, observed, softness) = match &evidence.statement {
            Statement::Observes { quantity, is } => {
                let term = self.term(quantity).and_then(|term| self.scalar(term));
                if let Some(term) = &term {
                    self.unit(term);
                }
                let observed = draws.observed(
                    is,
                    self.context,
                    self.shapes,
                    self.next_id,
                    self.diagnostics,
                );
                (term?, Some(observed?), 0.0)
            }
            Statement::Holds {
                condition,
                softness,
            } => {
                let term = self.term(condition).and_then(|term| self.scalar(term));
                if let Some(softness) = softness
                    .as_ref()
                    .filter(|softness| !(0.0..=0.5).contains(&softness.value))
                {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "out-of-domain",
                            softness.span,
                            format!("softness is {}", softness.value),
                        )
                        .expected("a probability between 0 and 0.5"),
                    );
                }
                let term = term?;
                let unit = self.unit(&term);
                let sound = self
                    .context
                    .resolver(self.shapes, self.next_id, self.diagnostics)
                    .truth(&term);
                if sound {
                    self.check_statement(&term, &unit);
                }
                (
                    term,
                    None,
                    softness.as_ref().map_or(0.0, |softness| softness.value),
                )
            }
        };
        Some(Evidence {
            name: evidence.name.value.clone(),
            title: title_or_name(evidence.title.as_ref(), &evidence.name),
            term,
            observed,
            softness,
        })
    }

    /// A condition with a unit is no statement, and a constant one says nothing.
    fn check_statement(&mut self, term: &Term, unit: &Known) {
        let problem = match (unit, &term.kind) {
            (Known::Unit(unit), _) if !unit.is_one() => {
                format!("a quantity in {unit} is no truth value")
            }
            (_, TermKind::Number(_)) => "the condition is always the same".to_owned(),
            _ => {
                truths::check_statement(term, self.truths, self.diagnostics);
                return;
            }
        };
        self.diagnostics.push(
            Diagnostic::error("not-a-truth-value", term.span, problem)
                .expected("a comparison of quantities of the model"),
        );
    }
}

fn title_or_name(title: Option<&crate::diag::Spanned<String>>, name: &Ident) -> String {
    title.map_or_else(|| name.value.clone(), |title| title.value.clone())
}
