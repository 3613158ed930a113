//! The order of Sobol' dimensions: what the model states, then the groups of draws by their importance in a short pilot.

use std::collections::BTreeMap;

use super::load::Loaded;
use crate::check::{CheckedModel, StreamGroup};
use crate::diag::Diagnostic;
use crate::eval::{Sink, Workspace, evaluate};
use crate::plan::{Plan, PlanRequest, TargetKind, build};
use crate::sample::{AddressedScores, SobolOrder};
use crate::stats::mid_ranks;

/// Trials of the pilot: the squared rank correlation of unrelated columns is 1/4096 on average, so a group counts from about 1 % of the
/// variance of ranks on.
const TRIALS: usize = 4096;
const TRIALS_PER_BATCH: usize = 512;

/// The order for runs of the model `base` (without scenario, strategy or overrides) and all its variants under a seed.
///
/// Groups that the model's `sobol_order` names come first. If more than one is left, 4,096 random trials decide about the rest: the
/// importance of a group is the mean over its streams of the squared rank correlation with each quantity of the report, less what chance
/// gives, added up over quantities. Quantities are the report's outputs and crossing (all, if it names none) at their outermost place, the
/// outputs at the last time label. Groups of equal importance stand in the order of their names.
///
/// # Errors
/// Parameters out of their domain, as in [`build`].
pub fn sobol_order(base: &Loaded, seed: u64) -> Result<SobolOrder, Vec<Diagnostic>> {
    let model = &base.model;
    let mut rest: BTreeMap<String, u64> = model
        .stream_groups()
        .into_iter()
        .map(|group| (group.name, group.n_cells))
        .collect();
    let mut order: Vec<StreamGroup> = model
        .sobol_order
        .iter()
        .filter_map(|name| rest.remove_entry(name))
        .map(|(name, n_cells)| StreamGroup { name, n_cells })
        .collect();
    let mut rest: Vec<StreamGroup> = rest
        .into_iter()
        .map(|(name, n_cells)| StreamGroup { name, n_cells })
        .collect();
    if rest.len() > 1 {
        let importance = importance(model, seed)?;
        let of = |group: &StreamGroup| importance.get(&group.name).copied().unwrap_or(0.0);
        // Stable, so that equals stay in the order of names.
        rest.sort_by(|a, b| of(b).total_cmp(&of(a)));
    }
    order.append(&mut rest);
    Ok(SobolOrder::new(order))
}

/// The importance of every group that the base model draws; never negative.
fn importance(model: &CheckedModel, seed: u64) -> Result<BTreeMap<String, f64>, Vec<Diagnostic>> {
    let plan = build(model, PlanRequest::Outermost)?;
    let quantities: Vec<Vec<f64>> = columns(model, &plan, seed)
        .iter()
        .filter_map(|values| standard_ranks(values))
        .collect();
    // The order of declarations shall not decide in which order numbers are added.
    let mut streams: Vec<_> = (0..plan.streams.len())
        .map(|stream| (plan.streams[stream].group(), stream))
        .collect();
    streams.sort_by_key(|(group, stream)| (group.clone(), plan.streams[*stream].cell));
    let mut scores = AddressedScores::new(seed, &plan.streams);
    let mut ranks = vec![0.0; TRIALS];
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for (group, stream) in streams {
        scores.uniforms(stream, 0, &mut ranks);
        let found: f64 = quantities
            .iter()
            .map(|quantity| squared_correlation(&ranks, quantity) - 1.0 / TRIALS as f64)
            .sum();
        let (sum, n_streams) = sums.entry(group).or_default();
        *sum += found;
        *n_streams += 1.0;
    }
    Ok(sums
        .into_iter()
        .map(|(group, (sum, n_streams))| (group, (sum / n_streams).max(0.0)))
        .collect())
}

/// The values of the report's quantities in the pilot: one column for each cell.
fn columns(model: &CheckedModel, plan: &Plan, seed: u64) -> Vec<Vec<f64>> {
    struct Columns(Vec<Vec<f64>>);
    impl Sink for Columns {
        fn accept(&mut self, target: usize, values: &[f64]) {
            self.0[target].extend_from_slice(values);
        }
    }
    let mut columns = Columns(vec![Vec::with_capacity(TRIALS); plan.targets.len()]);
    let mut workspace = Workspace::new(plan, TRIALS_PER_BATCH);
    let mut scores = AddressedScores::new(seed, &plan.streams);
    for first in (0..TRIALS).step_by(TRIALS_PER_BATCH) {
        let n = TRIALS_PER_BATCH.min(TRIALS - first);
        evaluate(
            plan,
            &mut workspace,
            &mut scores,
            first as u64,
            n,
            &mut columns,
        );
    }
    plan.targets
        .iter()
        .zip(columns.0)
        .filter(|(target, _)| is_reported(model, target.kind))
        .map(|(_, column)| column)
        .collect()
}

/// Whether the report shows this output or crossing. Of a crossing the date counts.
fn is_reported(model: &CheckedModel, kind: TargetKind) -> bool {
    let report = model.file.report.as_ref();
    match kind {
        TargetKind::Output { output, .. } => {
            let mut named = report
                .into_iter()
                .flat_map(|report| report.outputs.iter().chain(&report.fan))
                .chain(report.and_then(|report| report.drivers_of.as_ref()))
                .peekable();
            let name = &model.outputs[output].name;
            named.peek().is_none() || named.any(|known| known.value == *name)
        }
        TargetKind::Date { crossing, .. } => report
            .and_then(|report| report.crossing.as_ref())
            .is_none_or(|known| known.value == model.crossings[crossing].name),
        TargetKind::First { .. } | TargetKind::Recross { .. } => false,
    }
}

/// Ranks with mean 0 and variance 1; `None` if a value is missing or all are equal.
fn standard_ranks(values: &[f64]) -> Option<Vec<f64>> {
    let ranks = mid_ranks(values)?;
    let n = ranks.len() as f64;
    let mean = (n + 1.0) / 2.0;
    let variance = ranks
        .iter()
        .map(|rank| (rank - mean) * (rank - mean))
        .sum::<f64>()
        / n;
    let scale = variance.sqrt();
    (scale > 0.0).then(|| ranks.iter().map(|rank| (rank - mean) / scale).collect())
}

/// The squared correlation of uniform numbers, which are their own ranks but for a factor, with standard ranks.
fn squared_correlation(uniforms: &[f64], ranks: &[f64]) -> f64 {
    let product: f64 = uniforms
        .iter()
        .zip(ranks)
        .map(|(u, rank)| (u - 0.5) * rank)
        .sum();
    let mean = product / ranks.len() as f64;
    // The variance of uniform numbers is 1/12.
    12.0 * mean * mean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{VariantChoice, load_from};
    use crate::source::Memory;

    fn loaded(text: &str, variant: &VariantChoice) -> Loaded {
        let files = Memory::new().with("model.toml", text);
        load_from(&files, "model.toml", variant).unwrap()
    }

    fn order(text: &str) -> Vec<String> {
        let base = loaded(text, &VariantChoice::default());
        sobol_order(&base, 3).unwrap().to_texts()
    }

    const MODEL: &str = r#"
        fanfare = 1
        name = "order"
        SAMPLING
        [dimensions.year]
        range = [2023, 2025]
        time = true
        [dimensions.region]
        labels = ["north", "south"]
        [dimensions.country]
        labels = ["a", "b", "c"]
        parent.region = { a = "north", b = "north", c = "south" }
        [inputs.small]
        is = 'normal(mean = 0, sd = 0.5)'
        [inputs.idle]
        is = 'normal(mean = 0, sd = 1e-9)'
        [inputs.faint]
        is = 'normal(mean = 0, sd = 1e-9)'
        [inputs.large]
        over = ["country", "year"]
        is = 'normal(mean = 0, sd = 1)'
        alike = { world = 0.6, region = 0.2 }
        rollup = "sum"
        [outputs.total]
        is = 'large + small + idle + faint'
        places = ["country", "world"]
    "#;

    #[test]
    fn groups_stand_by_importance_then_by_name() {
        // At the world in 2025 the shares of variance are: world 9 · 0.6 = 5.4, regions (4 + 1) · 0.2 = 1 in two streams, countries 0.6 in
        // three, small 0.25 in one. By stream of three years: 1.8, 0.17, 0.07; small 0.25.
        let found = order(&MODEL.replace("SAMPLING", ""));
        assert_eq!(
            found[..4],
            ["large/world[3]", "small", "large/region[6]", "large[9]"]
        );
        let mut others = found[4..].to_vec();
        others.sort();
        assert_eq!(others, ["faint", "idle"]);
    }

    #[test]
    fn what_the_model_states_comes_first() {
        let stated = "[sampling]\n sobol_order = ['idle', 'large[9]']";
        let found = order(&MODEL.replace("SAMPLING", stated));
        let expected = [
            "idle",
            "large[9]",
            "large/world[3]",
            "small",
            "large/region[6]",
            "faint",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn every_stream_of_a_plan_has_its_own_cell_of_a_group() {
        let base = loaded(&MODEL.replace("SAMPLING", ""), &VariantChoice::default());
        let groups: BTreeMap<_, _> = (base.model.stream_groups().into_iter())
            .map(|group| (group.name, group.n_cells))
            .collect();
        let plan = build(&base.model, PlanRequest::Statistics).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for stream in &plan.streams {
            assert!(stream.cell < groups[&stream.group()], "{stream:?}");
            assert!(seen.insert((stream.group(), stream.cell)), "{stream:?}");
        }
        // All cells of all groups are drawn here.
        assert_eq!(seen.len() as u64, groups.values().sum::<u64>());
    }

    #[test]
    fn a_crossing_counts_by_its_date_and_a_missing_value_is_no_error() {
        let text = r#"
            fanfare = 1
            name = "crossing"
            [dimensions.year]
            range = [2023, 2025]
            time = true
            [inputs.cost]
            is = 'normal(mean = 1, sd = 1)'
            [inputs.other]
            is = 'normal(mean = 0, sd = 1)'
            [variables.sales]
            is = 'year - 2023 + 0 * other'
            [crossings.profit]
            of = 'sales'
            above = 'cost'
            [outputs.broken]
            is = 'ln(other)'
            places = ["world"]
        "#;
        assert_eq!(order(text), ["cost", "other"]);
    }
}
