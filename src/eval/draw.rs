//! Draws of distributions whose parameters vary by trial.

use super::source::Source;
use crate::dist::{Distribution, DrawBy, ParameterValue, Parametrisation, build};

/// Trials whose distributions are built, then drawn from together.
const CHUNK: usize = 128;

/// The draw of each trial from its own member of the family. Parameters outside their domain give NaN, which the run counts and locates.
pub(super) fn draw_with<'a>(
    parametrisation: &Parametrisation,
    operands: impl Iterator<Item = Source<'a>> + Clone,
    by: DrawBy,
    place: Source<'a>,
    parameters: &mut Vec<ParameterValue>,
    out: &mut [f64],
) {
    let mut distributions = Vec::with_capacity(CHUNK);
    let mut places = [0.0; CHUNK];
    let mut slots = [0; CHUNK];
    let mut draws = [0.0; CHUNK];
    for (chunk, out) in out.chunks_mut(CHUNK).enumerate() {
        distributions.clear();
        for (index, slot) in out.iter_mut().enumerate() {
            let trial = chunk * CHUNK + index;
            parameters.clear();
            let values = operands.clone().map(|operand| operand.at(trial));
            parameters.extend(values.map(ParameterValue::Number));
            match build(parametrisation, parameters) {
                Ok(distribution) => {
                    places[distributions.len()] = place.at(trial);
                    slots[distributions.len()] = index;
                    distributions.push(distribution);
                }
                Err(_) => *slot = f64::NAN,
            }
        }
        let n = distributions.len();
        Distribution::draw_each(&distributions, by, &places[..n], &mut draws[..n]);
        for (&slot, &draw) in slots[..n].iter().zip(&draws[..n]) {
            out[slot] = draw;
        }
    }
}
