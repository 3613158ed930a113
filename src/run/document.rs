//! From statistics by target to the result document, with names, labels, units and provenance.

use rayon::prelude::*;

use super::doubts::Doubts;
use super::load::Loaded;
use super::settings::Settings;
use crate::check::{CheckedModel, Term, TermKind};
use crate::dimension::Assignment;
use crate::expr::print;
use crate::plan::{Plan, TargetKind};
use crate::result::{
    CellResult, CrossingCell, CrossingDate, CrossingResult, Format, JointCell, JointResult, Key,
    LabelInfo, LabelProbability, Labels, ModelInfo, NonFinite, OrderedMap, OutputResult,
    Probability, Quantity, ResultDocument, RunInfo, Seed, SetInfo, SourceInfo, Warning,
};
use crate::sample::{GENERATOR, SobolOrder};
use crate::stats::{self, HUB_LEVELS, JointSummary, QuantileEstimate, Summary, Unreliable};

/// Targets that a thread reads at once.
const TARGETS_PER_PIECE: usize = 64;

/// Puts the document together.
pub(super) fn assemble(
    loaded: &Loaded,
    settings: &Settings,
    plan: &Plan,
    central: &[f64],
    summary: &Summary<'_>,
    joints: &JointSummary,
    n_fallback: usize,
) -> ResultDocument {
    let model = &loaded.model;
    let mut warnings: Vec<Warning> = model
        .warnings
        .iter()
        .map(|warning| Warning {
            code: warning.code.to_owned(),
            message: warning.message.clone(),
        })
        .collect();
    if n_fallback > 0 {
        warnings.push(Warning {
            code: "sobol-fallback".to_owned(),
            message: format!(
                "{n_fallback} of {} independent scores are beyond the last Sobol' dimension: they come from Latin hypercubes in the same replicates, and the errors include it",
                plan.streams.len()
            ),
        });
    }
    let mut doubts = Doubts::default();
    let outputs = outputs(model, plan, central, summary, &mut doubts);
    warnings.extend(doubts.warnings());
    ResultDocument {
        format: Format::Result1,
        model: ModelInfo {
            name: model.name.clone(),
            title: model.file.title.as_ref().map(|title| title.value.clone()),
            time: model
                .dimensions
                .time()
                .map(|time| model.dimensions.at(time).name.clone()),
            files: loaded
                .sources
                .files()
                .filter_map(|(_, file)| {
                    Some((
                        file.path.clone(),
                        format!("sha256:{}", file.sha256.as_ref()?),
                    ))
                })
                .collect(),
        },
        run: RunInfo {
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            generator: GENERATOR.to_owned(),
            seed: Seed(settings.seed),
            design: settings.design.name().to_owned(),
            trials: settings.trials,
            points_per_replicate: settings.design.points(),
            sobol_order: settings
                .sobol_order
                .as_ref()
                .map_or_else(Vec::new, SobolOrder::to_texts),
            error_df: summary.error_df().map(|df| df as f64),
            scenario: loaded.variant.scenario.clone(),
            strategy: loaded.variant.strategy.clone(),
            set: loaded
                .variant
                .set
                .iter()
                .map(|(node, is)| SetInfo {
                    node: node.clone(),
                    is: is.clone(),
                })
                .collect(),
            evidence: Vec::new(),
            non_finite: non_finite(model, plan, summary, joints),
            warnings,
        },
        quantile_levels: HUB_LEVELS.to_vec(),
        dimensions: dimensions(model),
        outputs,
        crossings: crossings(model, plan, summary),
        joint: joint(model, plan, joints),
        sources: sources(model),
    }
}

fn key(model: &CheckedModel, at: (crate::dimension::DimensionId, u32)) -> Key {
    let label = &model.dimensions.at(at.0).labels[at.1 as usize];
    match label.number {
        // Labels of a range are whole numbers within ±2^53.
        Some(number) => Key::Number(number as i64),
        None => Key::Text(label.key.clone()),
    }
}

pub(super) fn labels(model: &CheckedModel, at: &Assignment) -> Labels {
    at.iter()
        .map(|(id, label)| {
            (
                model.dimensions.at(id).name.clone(),
                key(model, (id, label)),
            )
        })
        .collect()
}

fn dimensions(model: &CheckedModel) -> OrderedMap<Vec<LabelInfo>> {
    let all = &model.dimensions;
    all.iter()
        .map(|(id, dimension)| {
            let list = (0u32..)
                .zip(&dimension.labels)
                .map(|(index, label)| LabelInfo {
                    key: key(model, (id, index)),
                    label: label.title.clone(),
                    parent: dimension
                        .parents
                        .iter()
                        .map(|link| {
                            (
                                all.at(link.parent).name.clone(),
                                key(model, (link.parent, link.labels[index as usize])),
                            )
                        })
                        .collect(),
                    reported: label.reported,
                })
                .collect();
            (dimension.name.clone(), list)
        })
        .collect()
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

fn split(estimates: &[QuantileEstimate]) -> (Vec<Option<f64>>, Vec<Option<f64>>) {
    estimates
        .iter()
        .map(|estimate| (estimate.value, estimate.mc_error))
        .unzip()
}

/// A cell of an output, and what is in doubt about it.
struct Cell {
    result: CellResult,
    coarse: bool,
    unreliable: Unreliable,
}

impl Cell {
    fn new(place: &str, at: Labels, central: f64, value: Option<stats::ValueSummary>) -> Self {
        let value = value.as_ref();
        let estimates = value.map_or_else(
            || vec![QuantileEstimate::NONE; HUB_LEVELS.len()],
            |value| value.quantiles(&HUB_LEVELS),
        );
        let (quantiles, quantile_errors) = split(&estimates);
        Self {
            coarse: estimates.iter().any(|estimate| estimate.coarse),
            unreliable: value.map_or_else(Unreliable::default, stats::ValueSummary::unreliable),
            result: CellResult {
                place: place.to_owned(),
                at,
                central: finite(central),
                central_level: finite(central).and_then(|x| value?.cdf_mid(x)),
                mean: value.and_then(stats::ValueSummary::mean),
                mean_error: value.and_then(stats::ValueSummary::mean_error),
                sd: value.and_then(stats::ValueSummary::sd),
                sd_error: value.and_then(stats::ValueSummary::sd_error),
                min: value.and_then(stats::ValueSummary::min),
                max: value.and_then(stats::ValueSummary::max),
                quantiles,
                quantile_errors,
            },
        }
    }
}

fn outputs(
    model: &CheckedModel,
    plan: &Plan,
    central: &[f64],
    summary: &Summary<'_>,
    doubts: &mut Doubts,
) -> OrderedMap<OutputResult> {
    let mut results: Vec<OutputResult> = model
        .outputs
        .iter()
        .map(|output| OutputResult {
            title: output.title.clone(),
            unit: model.has_units.then(|| output.unit.to_string()),
            note: output.note.clone(),
            cells: Vec::new(),
        })
        .collect();
    // All threads read the statistics of cells, in pieces so small that none waits long for the last; the cells are put together in order.
    let cells: Vec<Option<(usize, Cell)>> = plan
        .targets
        .par_iter()
        .enumerate()
        .with_max_len(TARGETS_PER_PIECE)
        .map(|(number, target)| match target.kind {
            TargetKind::Output { output, place } => {
                let place = &model.outputs[output].places[place].name;
                let value = summary.value(number);
                let at = labels(model, &target.at);
                Some((output, Cell::new(place, at, central[number], value)))
            }
            _ => None,
        })
        .collect();
    for (output, cell) in cells.into_iter().flatten() {
        doubts.note(cell.coarse, cell.unreliable, || {
            describe(&model.outputs[output].name, &cell.result.at)
        });
        results[output].cells.push(cell.result);
    }
    model
        .outputs
        .iter()
        .map(|output| output.name.clone())
        .zip(results)
        .collect()
}

/// `revenue at year = 2027`.
fn describe(name: &str, at: &Labels) -> String {
    let parts: Vec<_> = at
        .iter()
        .map(|(dimension, label)| format!("{dimension} = {label}"))
        .collect();
    if parts.is_empty() {
        name.to_owned()
    } else {
        format!("{name} at {}", parts.join(", "))
    }
}

fn quantity(model: &CheckedModel, expression: String, term: &Term) -> Quantity {
    let title = match term.kind {
        TermKind::Node(node) => {
            let node = model.node(node);
            (node.title != node.name).then(|| node.title.clone())
        }
        _ => None,
    };
    Quantity { expression, title }
}

fn probability(value: Option<stats::Probability>) -> Probability {
    value.map_or(
        Probability {
            probability: 0.0,
            error: None,
        },
        |value| Probability {
            probability: value.probability,
            error: finite(value.mc_error),
        },
    )
}

fn crossings(
    model: &CheckedModel,
    plan: &Plan,
    summary: &Summary<'_>,
) -> OrderedMap<CrossingResult> {
    let mut results: Vec<CrossingResult> = model
        .crossings
        .iter()
        .map(|crossing| CrossingResult {
            title: crossing.title.clone(),
            of: quantity(model, print(&crossing.written.0), &crossing.of),
            above: quantity(model, print(&crossing.written.1), &crossing.above),
            note: crossing.note.clone(),
            cells: Vec::new(),
        })
        .collect();
    let Some(time) = model.dimensions.time() else {
        return OrderedMap::new();
    };
    let n_labels = model.dimensions.at(time).len() as u32;
    for (number, target) in plan.targets.iter().enumerate() {
        // The plan delivers first, recross and date of a cell one after another.
        let TargetKind::First { crossing, place } = target.kind else {
            continue;
        };
        let first = summary.first_crossing(number);
        let recross = summary.recross(number + 1);
        let date = summary.crossing_date(number + 2);
        let along = |of: &dyn Fn(usize) -> Option<stats::Probability>| -> Vec<LabelProbability> {
            (0..n_labels)
                .map(|label| {
                    let Probability { probability, error } = probability(of(label as usize));
                    LabelProbability {
                        at: [(
                            model.dimensions.at(time).name.clone(),
                            key(model, (time, label)),
                        )]
                        .into_iter()
                        .collect(),
                        probability,
                        error,
                    }
                })
                .collect()
        };
        let estimates = date.as_ref().map_or_else(
            || vec![QuantileEstimate::NONE; HUB_LEVELS.len()],
            |date| date.quantiles(&HUB_LEVELS),
        );
        let (quantiles, quantile_errors) = split(&estimates);
        results[crossing].cells.push(CrossingCell {
            place: model.crossings[crossing].places[place].name.clone(),
            at: labels(model, &target.at),
            first: along(&|label| first.as_ref()?.first(label)),
            by: along(&|label| first.as_ref()?.by(label)),
            never: probability(first.as_ref().and_then(stats::FirstCrossing::never)),
            recross: probability(recross),
            date: CrossingDate {
                quantiles,
                quantile_errors,
                left_censored: probability(first.as_ref().and_then(|first| first.first(0))),
            },
        });
    }
    model
        .crossings
        .iter()
        .map(|crossing| crossing.name.clone())
        .zip(results)
        .collect()
}

fn joint(model: &CheckedModel, plan: &Plan, summary: &JointSummary) -> OrderedMap<JointResult> {
    let mut results: Vec<JointResult> = model
        .joints
        .iter()
        .map(|joint| JointResult {
            title: joint.title.clone(),
            quantities: joint
                .names
                .iter()
                .zip(&joint.of)
                .map(|(name, term)| quantity(model, name.clone(), term))
                .collect(),
            cells: Vec::new(),
        })
        .collect();
    for (group, cell) in plan.joints.iter().enumerate() {
        let n = cell.rows.len();
        let mut mean = vec![None; n];
        let mut covariance = vec![vec![None; n]; n];
        let mut correlation = vec![vec![None; n]; n];
        let mut correlation_errors = vec![vec![None; n]; n];
        for j in 1..n {
            for i in 0..j {
                let Some(pair) = summary.pair(group, i, j) else {
                    continue;
                };
                let (mean_i, mean_j) = pair.means();
                (mean[i], mean[j]) = (finite(mean_i), finite(mean_j));
                let (variance_i, variance_j) = pair.variances();
                (covariance[i][i], covariance[j][j]) = (variance_i, variance_j);
                for (row, column) in [(i, j), (j, i)] {
                    covariance[row][column] = pair.covariance();
                    correlation[row][column] = pair.correlation();
                    correlation_errors[row][column] = summary.correlation_error(group, i, j);
                }
                for (index, variance) in [(i, variance_i), (j, variance_j)] {
                    if variance.is_some_and(|variance| variance > 0.0) {
                        correlation[index][index] = Some(1.0);
                        correlation_errors[index][index] = Some(0.0);
                    }
                }
            }
        }
        results[cell.joint].cells.push(JointCell {
            place: model.joints[cell.joint].places[cell.place].name.clone(),
            at: labels(model, &cell.at),
            mean,
            covariance,
            correlation,
            correlation_errors,
        });
    }
    model
        .joints
        .iter()
        .map(|joint| joint.name.clone())
        .zip(results)
        .collect()
}

/// Where values were not finite. A crossing is listed once: its three targets miss the same trials.
fn non_finite(
    model: &CheckedModel,
    plan: &Plan,
    summary: &Summary<'_>,
    joints: &JointSummary,
) -> Vec<NonFinite> {
    let of_joints = joints.non_finite();
    let of_joints = of_joints.iter().filter_map(|(&group, found)| {
        let cell = plan.joints.get(group)?;
        let joint = &model.joints[cell.joint];
        Some(NonFinite {
            output: joint.name.clone(),
            place: joint.places[cell.place].name.clone(),
            at: labels(model, &cell.at),
            count: found.count(),
            first_trial: found.first_trial,
        })
    });
    summary
        .non_finite()
        .iter()
        .filter_map(|(&target, found)| {
            let target = plan.targets.get(target)?;
            let (name, place) = match target.kind {
                TargetKind::Output { output, place } => (
                    &model.outputs[output].name,
                    &model.outputs[output].places[place],
                ),
                TargetKind::First { crossing, place } => (
                    &model.crossings[crossing].name,
                    &model.crossings[crossing].places[place],
                ),
                TargetKind::Recross { .. } | TargetKind::Date { .. } => return None,
            };
            Some(NonFinite {
                output: name.clone(),
                place: place.name.clone(),
                at: labels(model, &target.at),
                count: found.count(),
                first_trial: found.first_trial,
            })
        })
        .chain(of_joints)
        .collect()
}

fn sources(model: &CheckedModel) -> OrderedMap<SourceInfo> {
    model
        .file
        .sources
        .iter()
        .map(|source| {
            let text = |value: &Option<crate::diag::Spanned<String>>| {
                value.as_ref().map(|value| value.value.clone())
            };
            (
                source.name.value.clone(),
                SourceInfo {
                    title: source.title.value.clone(),
                    url: text(&source.url),
                    date: text(&source.date),
                    note: text(&source.note),
                },
            )
        })
        .collect()
}
