//! The draw of one cell of an input: its score, its parameters, and what is wrong with them.

use super::build::Builder;
use super::draw;
use super::graph::ValueId;
use crate::check::{Draw, NodeId, ParameterTerm};
use crate::diag::Diagnostic;
use crate::dimension::Assignment;
use crate::dist::{self, ParameterValue};

impl Builder<'_> {
    pub(crate) fn draw(&mut self, node: NodeId, draw: &Draw, at: &Assignment) -> ValueId {
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
                        self.distributions.fixed(
                            &mut self.graph,
                            &draw.parametrisation,
                            fixed,
                            distribution,
                            score,
                        )
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
}
