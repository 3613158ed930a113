//! From a distribution and a score to a value: elementary operations where the family is one of its score, else a drawing operation.

use std::collections::BTreeMap;

use super::graph::{Binary, Graph, Unary, Value, ValueId};
use crate::dist::{Distribution, FixedDistribution, ParameterValue, Parametrisation};

/// What a distribution with fixed numbers was built from: family, names of the parameters, bits of their values.
type Origin = (&'static str, Vec<String>, Vec<Vec<u64>>);

/// The distributions a plan draws from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Distributions {
    /// With fixed numbers, by the number in [`Value::Draw`].
    pub(crate) fixed: Vec<FixedDistribution>,
    /// Their numbers by origin: cells drawn from the same numbers share a table.
    known: BTreeMap<Origin, u32>,
    /// With numbers that vary by trial, by the number in [`Value::DrawWith`].
    pub(crate) varying: Vec<Parametrisation>,
}

impl Distributions {
    /// The draw of a distribution with fixed numbers, built from these parameters.
    pub(crate) fn fixed(
        &mut self,
        graph: &mut Graph,
        parametrisation: &Parametrisation,
        parameters: &[ParameterValue],
        distribution: Distribution,
        score: ValueId,
    ) -> ValueId {
        let bits = |parameter: &ParameterValue| match parameter {
            ParameterValue::Number(x) => vec![x.to_bits()],
            ParameterValue::List(list) => list.iter().map(|x| x.to_bits()).collect(),
        };
        let origin = (
            parametrisation.family,
            parametrisation.names.clone(),
            parameters.iter().map(bits).collect(),
        );
        let index = *self.known.entry(origin).or_insert_with(|| {
            self.fixed.push(FixedDistribution::new(distribution));
            self.fixed.len() as u32 - 1
        });
        let by_score = self.fixed[index as usize].draws_by_score();
        let place = place_of(graph, by_score || parametrisation.draws_by_score(), score);
        graph.intern(Value::Draw(index, place))
    }

    /// The draw of a distribution whose parameters are values of the graph.
    pub(crate) fn varying(
        &mut self,
        graph: &mut Graph,
        parametrisation: &Parametrisation,
        parameters: &[ValueId],
        score: ValueId,
    ) -> ValueId {
        let index = match self
            .varying
            .iter()
            .position(|known| known == parametrisation)
        {
            Some(index) => index,
            None => {
                self.varying.push(parametrisation.clone());
                self.varying.len() - 1
            }
        };
        let mut list = parameters.to_vec();
        list.push(place_of(graph, parametrisation.draws_by_score(), score));
        graph.intern(Value::DrawWith(index as u32, list.into()))
    }
}

/// What tells a draw its place: the score, or its level where the family is drawn by levels and the score is one stream's own. Going by way of
/// the score and back would cost more than the draw of most families.
fn place_of(graph: &mut Graph, by_score: bool, score: ValueId) -> ValueId {
    match *graph.at(score) {
        Value::Score(stream) if !by_score => graph.intern(Value::Level(stream)),
        _ => score,
    }
}

/// The draw as elementary operations, for the families that are a function of location + spread × score; `None` for all others.
///
/// A spread that varies by trial and is not above zero gives NaN, which the run counts and reports.
pub(crate) fn elementary(
    graph: &mut Graph,
    parametrisation: &Parametrisation,
    parameters: &[ValueId],
    score: ValueId,
) -> Option<ValueId> {
    let names: Vec<&str> = parametrisation.names.iter().map(|name| &**name).collect();
    let (a, b) = match parameters {
        [a, b] => (*a, *b),
        _ => return None,
    };
    let value = match (parametrisation.family, names.as_slice()) {
        ("normal", ["mean", "sd"]) => affine(graph, a, b, score),
        ("lognormal", ["median", "gsd"]) => {
            let spread = graph.unary(Unary::Ln, b);
            times_exp(graph, a, spread, score)
        }
        ("lognormal", ["median", "sd_log"]) => times_exp(graph, a, b, score),
        ("lognormal", ["mu", "sigma"]) => {
            let exponent = affine(graph, a, b, score);
            graph.unary(Unary::Exp, exponent)
        }
        ("lognormal", ["mean", "sd"]) => {
            // σ² = ln(1 + (sd/mean)²), median = mean / √(1 + (sd/mean)²).
            let one = graph.number(1.0);
            let sd = positive(graph, b);
            let ratio = graph.binary(Binary::Divide, sd, a);
            let squared = graph.unary(Unary::Square, ratio);
            let inner = graph.binary(Binary::Add, one, squared);
            let variance = graph.unary(Unary::Ln1p, squared);
            let spread = graph.unary(Unary::Sqrt, variance);
            let root = graph.unary(Unary::Sqrt, inner);
            let median = graph.binary(Binary::Divide, a, root);
            times_exp(graph, median, spread, score)
        }
        ("logit_normal", ["median", "sd_logit"]) => {
            let location = graph.unary(Unary::Logit, a);
            let inner = affine(graph, location, b, score);
            graph.unary(Unary::Logistic, inner)
        }
        ("logit_normal", ["mu", "sigma"]) => {
            let inner = affine(graph, a, b, score);
            graph.unary(Unary::Logistic, inner)
        }
        _ => return None,
    };
    Some(value)
}

fn affine(graph: &mut Graph, location: ValueId, spread: ValueId, score: ValueId) -> ValueId {
    let spread = positive(graph, spread);
    let scaled = graph.binary(Binary::Multiply, spread, score);
    graph.binary(Binary::Add, location, scaled)
}

/// median · exp(spread · score), so that the central case is the median to the bit.
fn times_exp(graph: &mut Graph, median: ValueId, spread: ValueId, score: ValueId) -> ValueId {
    let median = positive(graph, median);
    let spread = positive(graph, spread);
    let exponent = graph.binary(Binary::Multiply, spread, score);
    let factor = graph.unary(Unary::Exp, exponent);
    graph.binary(Binary::Multiply, median, factor)
}

/// The value where it is above 0, else NaN; known numbers were checked when the distribution was built.
fn positive(graph: &mut Graph, value: ValueId) -> ValueId {
    if graph.known(value).is_some() {
        return value;
    }
    let (zero, nan) = (graph.number(0.0), graph.number(f64::NAN));
    let inside = graph.binary(Binary::Less, zero, value);
    graph.select(inside, value, nan)
}
