//! Correlations between inputs become matrices of normal scores.

use std::collections::BTreeMap;

use super::build::Built;
use super::checked::{AskedCorrelation, Body, CorrelationGroup, Draw, NodeId, NodeKind};
use super::constants::Constants;
use super::context::Context;
use super::names::Declared;
use super::scores::{Unreachable, from_pearson, from_spearman};
use super::streams::{stream, stream_name};
use super::{matrix, terms::describe_shape};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::dimension::Assignment;
use crate::dist::{Distribution, DistributionError};
use crate::model::{CorrelationDecl, CorrelationKind, InputDecl, ModelFile};

type Pair = (NodeId, NodeId);

/// What was found of one pair.
struct Stated {
    asked: AskedCorrelation,
    span: Span,
}

/// Checks all correlations; `base` gives the scores of pairs that a variant has fixed or replaced by an equation.
pub(super) fn check(
    file: &ModelFile,
    built: &Built,
    base: Option<&[CorrelationGroup]>,
    context: &Context,
    constants: &Constants,
    diagnostics: &mut Diagnostics,
) -> Vec<CorrelationGroup> {
    let mut pairs: BTreeMap<Pair, Stated> = BTreeMap::new();
    let checker = Checker {
        built,
        base,
        context,
        constants,
    };
    for declaration in &file.correlations {
        checker.declaration(declaration, &mut pairs, diagnostics);
    }
    checker.groups(pairs, diagnostics)
}

/// Warns of correlations that a variant leaves without a distribution.
pub(super) fn idle(
    file: &ModelFile,
    built: &Built,
    context: &Context,
    diagnostics: &mut Diagnostics,
) {
    for declaration in &file.correlations {
        for name in &declaration.between {
            let Some(id) = context.names.node(&name.value) else {
                continue;
            };
            let parts = &built.parts[id.0 as usize];
            if !parts.iter().any(|part| matches!(part.body, Body::Draw(_))) {
                diagnostics.push(Diagnostic::warning(
                    "idle-correlation",
                    name.span,
                    format!("under this scenario and strategy `{}` is not drawn, so it correlates with nothing", name.value),
                ));
            }
        }
    }
}

struct Checker<'a, 'c> {
    built: &'a Built,
    base: Option<&'a [CorrelationGroup]>,
    context: &'a Context<'c>,
    constants: &'a Constants,
}

impl Checker<'_, '_> {
    fn declaration(
        &self,
        declaration: &CorrelationDecl,
        pairs: &mut BTreeMap<Pair, Stated>,
        diagnostics: &mut Diagnostics,
    ) {
        let n = declaration.between.len();
        let inputs: Vec<Option<(NodeId, &InputDecl)>> = declaration
            .between
            .iter()
            .enumerate()
            .map(|(position, name)| {
                if let Some(first) = declaration.between[..position]
                    .iter()
                    .find(|other| other.value == name.value)
                {
                    diagnostics.push(
                        Diagnostic::error(
                            "duplicate-correlation",
                            name.span,
                            format!("`{}` is listed twice", name.value),
                        )
                        .expected("each input once")
                        .related(first.span, "first here"),
                    );
                    return None;
                }
                let id = self.context.names.expect_node(name, diagnostics)?;
                match self.context.names.at(id) {
                    Declared::Input(input) => Some((id, input)),
                    Declared::Data(_) | Declared::Variable(_) => {
                        diagnostics.push(
                            Diagnostic::error(
                                "not-an-input",
                                name.span,
                                format!("`{}` is no input", name.value),
                            )
                            .expected("the name of an input"),
                        );
                        None
                    }
                }
            })
            .collect();
        if n < 2 {
            diagnostics.push(
                Diagnostic::error(
                    "wrong-matrix",
                    declaration.span,
                    "a correlation of fewer than two inputs",
                )
                .expected("at least two inputs in `between`"),
            );
            return;
        }
        if !form(declaration, n, diagnostics) {
            return;
        }
        for row in 0..n {
            for column in row + 1..n {
                if let (Some(first), Some(second)) = (inputs[row], inputs[column]) {
                    self.pair(
                        declaration,
                        (row, column),
                        first,
                        second,
                        pairs,
                        diagnostics,
                    );
                }
            }
        }
    }

    fn pair(
        &self,
        declaration: &CorrelationDecl,
        (row, column): (usize, usize),
        first: (NodeId, &InputDecl),
        second: (NodeId, &InputDecl),
        pairs: &mut BTreeMap<Pair, Stated>,
        diagnostics: &mut Diagnostics,
    ) {
        let value = &declaration.matrix[row][column];
        let key = (first.0.min(second.0), first.0.max(second.0));
        if let Some(other) = pairs.get(&key) {
            diagnostics.push(
                Diagnostic::error(
                    "duplicate-correlation",
                    value.span,
                    format!(
                        "`{}` and `{}` are correlated twice",
                        first.1.name.value, second.1.name.value
                    ),
                )
                .expected("each pair once")
                .related(other.span, "first here"),
            );
            return;
        }
        if let Some(reason) = self.incompatible(first, second) {
            diagnostics.push(
                Diagnostic::error(
                    "incompatible-inputs",
                    declaration.between[column].span,
                    format!(
                        "`{}` and `{}` {reason}",
                        first.1.name.value, second.1.name.value
                    ),
                )
                .expected("inputs of equal `over`, `alike` and `persist`")
                .related(declaration.between[row].span, "the other input"),
            );
            return;
        }
        let Some(score) = self.score(
            declaration.kind.value,
            value.value,
            value.span,
            first.0,
            second.0,
            diagnostics,
        ) else {
            return;
        };
        pairs.insert(
            key,
            Stated {
                asked: AskedCorrelation {
                    between: (first.0, second.0),
                    kind: declaration.kind.value,
                    value: value.value,
                    score,
                    marginals: self.marginals(first.0, second.0),
                },
                span: value.span,
            },
        );
    }

    fn incompatible(
        &self,
        first: (NodeId, &InputDecl),
        second: (NodeId, &InputDecl),
    ) -> Option<String> {
        let shape = |id: NodeId| self.built.shapes[id.0 as usize].as_ref();
        if let (Some(a), Some(b)) = (shape(first.0), shape(second.0))
            && a != b
        {
            let describe = |shape| describe_shape(shape, self.context.dimensions);
            return Some(format!(
                "differ in `over`: {} against {}",
                describe(a),
                describe(b)
            ));
        }
        let (a, b) = (
            stream(first.1, self.context)?,
            stream(second.1, self.context)?,
        );
        if a.alike != b.alike {
            return Some("differ in `alike`".to_owned());
        }
        (a.persist != b.persist).then(|| "differ in `persist`".to_owned())
    }

    /// The draws of an input if all its cells are drawn.
    fn draws(&self, id: NodeId) -> Option<Vec<&Draw>> {
        let parts = &self.built.parts[id.0 as usize];
        let draws: Option<Vec<&Draw>> = parts
            .iter()
            .map(|part| match &part.body {
                Body::Draw(draw) => Some(draw),
                Body::Values(_) | Body::Formula(_) => None,
            })
            .collect();
        draws.filter(|draws| !draws.is_empty())
    }

    /// The distributions of both inputs, where all cells are drawn from the same numbers.
    fn marginals(&self, first: NodeId, second: NodeId) -> Option<Box<[Distribution; 2]>> {
        let of = |id| {
            let draws = self.draws(id)?;
            let only = (draws.len() == 1).then(|| draws[0])?;
            self.constant(only)?.ok()
        };
        Some(Box::new([of(first)?, of(second)?]))
    }

    /// The distribution of a draw whose parameters are the same numbers in every cell.
    fn constant(&self, draw: &Draw) -> Option<Result<Distribution, DistributionError>> {
        let at = Assignment::empty(self.context.dimensions);
        self.constants
            .distribution(draw, &self.built.shapes, &at, self.context.dimensions)
    }

    fn base_score(&self, first: NodeId, second: NodeId) -> Option<f64> {
        let asked = self.base?.iter().flat_map(|group| &group.asked);
        let same = |pair: &&AskedCorrelation| {
            pair.between == (first, second) || pair.between == (second, first)
        };
        asked.into_iter().find(same).map(|pair| pair.score)
    }

    fn score(
        &self,
        kind: CorrelationKind,
        value: f64,
        span: Span,
        first: NodeId,
        second: NodeId,
        diagnostics: &mut Diagnostics,
    ) -> Option<f64> {
        if kind == CorrelationKind::Copula {
            return Some(value);
        }
        let (Some(ours), Some(theirs)) = (self.draws(first), self.draws(second)) else {
            // Fixed by a variant (the base then tells), or its distribution is reported already.
            return self.base_score(first, second);
        };
        let name = |id| &self.context.names.at(id).name().value;
        if kind == CorrelationKind::Spearman {
            for (id, draws) in [(first, &ours), (second, &theirs)] {
                if draws.iter().any(|draw| draw.parametrisation.discrete) {
                    diagnostics.push(
                        Diagnostic::error(
                            "correlation-kind",
                            span,
                            format!("`{}` is discrete: its ranks have ties", name(id)),
                        )
                        .expected("continuous inputs for `kind = \"spearman\"`")
                        .hint("state `kind = \"copula\"`, or \"pearson\""),
                    );
                    return None;
                }
            }
            return Some(from_spearman(value));
        }
        let mut distributions = Vec::new();
        for (id, draws) in [(first, &ours), (second, &theirs)] {
            let only = (draws.len() == 1).then(|| draws[0]);
            let constant = only.and_then(|draw| self.constant(draw));
            match constant {
                Some(Ok(distribution)) => distributions.push(distribution),
                // Out of its domain, which is reported where it stands.
                Some(Err(_)) => return None,
                None => {
                    diagnostics.push(
                        Diagnostic::error(
                            "correlation-kind",
                            span,
                            format!(
                                "the parameters of `{}` are not the same numbers everywhere",
                                name(id)
                            ),
                        )
                        .expected("constant parameters for `kind = \"pearson\"`")
                        .hint("state `kind = \"copula\"` or \"spearman\""),
                    );
                    return None;
                }
            }
        }
        match from_pearson(&distributions[0], &distributions[1], value) {
            Ok(score) => Some(score),
            Err(Unreachable::NoMoments) => {
                diagnostics.push(
                    Diagnostic::error(
                        "unreachable-correlation",
                        span,
                        format!(
                            "`{}` or `{}` has no finite standard deviation",
                            name(first),
                            name(second)
                        ),
                    )
                    .expected("distributions with finite variance")
                    .hint("state `kind = \"spearman\"`"),
                );
                None
            }
            Err(Unreachable::Beyond(lowest, largest)) => {
                diagnostics.push(
                    Diagnostic::error(
                        "unreachable-correlation",
                        span,
                        format!(
                            "no dependence of `{}` and `{}` gives a Pearson correlation of {value}",
                            name(first),
                            name(second)
                        ),
                    )
                    .expected(format!("a number between {lowest:.4} and {largest:.4}")),
                );
                None
            }
        }
    }

    fn groups(
        &self,
        pairs: BTreeMap<Pair, Stated>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<CorrelationGroup> {
        let mut groups: Vec<Vec<NodeId>> = Vec::new();
        for &(first, second) in pairs.keys() {
            let mut merged = vec![first, second];
            groups.retain(|group| {
                let touches = group.contains(&first) || group.contains(&second);
                if touches {
                    merged.extend(group);
                }
                !touches
            });
            merged.sort_unstable();
            merged.dedup();
            groups.push(merged);
        }
        let key = |id: &NodeId| match self.context.names.at(*id) {
            Declared::Input(input) => stream_name(input),
            Declared::Data(_) | Declared::Variable(_) => "",
        };
        for group in &mut groups {
            group.sort_by_key(key);
        }
        groups.sort_by(|a, b| key(&a[0]).cmp(key(&b[0])));
        groups
            .into_iter()
            .map(|inputs| self.group(inputs, &pairs, diagnostics))
            .collect()
    }

    fn group(
        &self,
        inputs: Vec<NodeId>,
        pairs: &BTreeMap<Pair, Stated>,
        diagnostics: &mut Diagnostics,
    ) -> CorrelationGroup {
        let n = inputs.len();
        let mut scores = vec![0.0; n * n];
        let mut asked = Vec::new();
        let mut span: Option<Span> = None;
        for row in 0..n {
            scores[row * n + row] = 1.0;
            for column in row + 1..n {
                let key = (
                    inputs[row].min(inputs[column]),
                    inputs[row].max(inputs[column]),
                );
                if let Some(stated) = pairs.get(&key) {
                    scores[row * n + column] = stated.asked.score;
                    scores[column * n + row] = stated.asked.score;
                    asked.push(stated.asked.clone());
                    span = Some(span.map_or(stated.span, |span| span.min(stated.span)));
                }
            }
        }
        debug_assert!(
            inputs
                .iter()
                .all(|&id| self.context.names.at(id).kind() == NodeKind::Input)
        );
        if let Some(span) = span.filter(|_| !matrix::is_valid(&scores, n)) {
            let names: Vec<&str> = (inputs.iter())
                .map(|&id| self.context.names.at(id).name().value.as_str())
                .collect();
            let rows: Vec<String> = matrix::nearest(&scores, n)
                .chunks(n)
                .map(|row| {
                    let row: Vec<String> = row.iter().map(|value| format!("{value:.4}")).collect();
                    format!("[{}]", row.join(", "))
                })
                .collect();
            diagnostics.push(
                Diagnostic::error(
                    "not-positive-semi-definite",
                    span,
                    format!(
                        "no random quantities have these correlations: {}",
                        names.join(", ")
                    ),
                )
                .expected("a positive semi-definite matrix of the scores")
                .hint(format!(
                    "the nearest valid matrix of the scores, in that order: [{}]",
                    rows.join(", ")
                )),
            );
        }
        CorrelationGroup {
            inputs,
            scores,
            asked,
        }
    }
}

/// Whether the matrix is a symmetric square with a unit diagonal; reported if not.
fn form(declaration: &CorrelationDecl, n: usize, diagnostics: &mut Diagnostics) -> bool {
    let rows = &declaration.matrix;
    if rows.len() != n || rows.iter().any(|row| row.len() != n) {
        diagnostics.push(
            Diagnostic::error(
                "wrong-matrix",
                declaration.span,
                format!("{n} inputs need a matrix of {n} rows of {n} numbers"),
            )
            .expected("`value = r` for two inputs, a square matrix `values` for more"),
        );
        return false;
    }
    let mut sound = true;
    for (index, row) in rows.iter().enumerate() {
        for (column, value) in row.iter().enumerate() {
            let problem = if !(-1.0..=1.0).contains(&value.value) {
                Some((
                    format!("a correlation of {}", value.value),
                    "a number between −1 and 1".to_owned(),
                ))
            } else if index == column && value.value != 1.0 {
                Some((
                    format!("{} on the diagonal", value.value),
                    "1: everything correlates fully with itself".to_owned(),
                ))
            } else if column < index && value.value != rows[column][index].value {
                Some((
                    format!(
                        "{} is not its mirror image {}",
                        value.value, rows[column][index].value
                    ),
                    "a symmetric matrix".to_owned(),
                ))
            } else {
                None
            };
            if let Some((message, expected)) = problem {
                sound = false;
                diagnostics.push(
                    Diagnostic::error("wrong-matrix", value.span, message).expected(expected),
                );
            }
        }
    }
    sound
}
