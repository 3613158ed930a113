//! A made-up but plausible document for tests: revenue that overtakes a loss, for the world and eight regions.

use super::*;

/// The 23 levels of the forecasting hubs.
pub(crate) const LEVELS: [f64; 23] = [
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75,
    0.8, 0.85, 0.9, 0.95, 0.975, 0.99,
];

/// Standard normal quantiles at [`LEVELS`] above the median (Abramowitz and Stegun, 1964, table 26.5).
const UPPER_SCORES: [f64; 11] = [
    0.125661, 0.253347, 0.385320, 0.524401, 0.674490, 0.841621, 1.036433, 1.281552, 1.644854,
    1.959964, 2.326348,
];

/// Standard normal density at those scores, needed for the error of a quantile: √(p(1−p)/N)/density.
fn density(score: f64) -> f64 {
    (-0.5 * score * score).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

fn score(index: usize) -> f64 {
    match index {
        0..=10 => -UPPER_SCORES[10 - index],
        11 => 0.0,
        _ => UPPER_SCORES[index - 12],
    }
}

const YEARS: [i64; 5] = [2023, 2024, 2025, 2026, 2027];
const REVENUE: [(f64, f64); 5] = [
    (2.46e6, 1.3),
    (15e6, 1.1),
    (75e6, 0.9),
    (220e6, 0.8),
    (450e6, 0.75),
];
const LOSS: [(f64, f64); 5] = [
    (120e6, 0.35),
    (245e6, 0.4),
    (375e6, 0.45),
    (320e6, 0.5),
    (240e6, 0.6),
];
const REGIONS: [(&str, &str, f64, f64); 8] = [
    ("NAM", "North America", 0.22, 1.6),
    ("LAM", "Latin America", 0.09, 0.8),
    ("WEU", "West Europe", 0.18, 1.3),
    ("CEE", "Central and East Europe", 0.11, 0.9),
    ("FEC", "Far East and China", 0.14, 1.1),
    ("ISC", "Indian Subcontinent", 0.08, 0.4),
    ("RAP", "Rest of Asia Pacific", 0.10, 0.7),
    ("AME", "Africa and Middle East", 0.08, 0.5),
];

fn cell(place: &str, at: Labels, median: f64, log_sd: f64, trials: f64) -> CellResult {
    let quantile = |index: usize| median * (log_sd * score(index)).exp();
    let quantile_error = |index: usize| {
        let level = LEVELS[index];
        quantile(index) * log_sd * (level * (1.0 - level) / trials).sqrt() / density(score(index))
    };
    let mean = median * (0.5 * log_sd * log_sd).exp();
    let sd = mean * ((log_sd * log_sd).exp() - 1.0).sqrt();
    CellResult {
        place: place.to_owned(),
        at,
        central: Some(median),
        central_level: Some(0.5),
        mean: Some(mean),
        mean_error: Some(sd / trials.sqrt()),
        sd: Some(sd),
        sd_error: Some(sd * 0.002),
        min: Some(median * (-4.5 * log_sd).exp()),
        max: Some(median * (4.5 * log_sd).exp()),
        quantiles: (0..23).map(|index| Some(quantile(index))).collect(),
        quantile_errors: (0..23).map(|index| Some(quantile_error(index))).collect(),
    }
}

fn output(title: &str, path: &[(f64, f64); 5], revenue: bool, trials: f64) -> OutputResult {
    let mut cells = Vec::new();
    for (year, (median, log_sd)) in YEARS.iter().zip(path) {
        let at = [("year", Key::from(*year))].into_iter().collect();
        let mut world = cell(WORLD, at, *median, *log_sd, trials);
        // The central case of a sum of skewed parts is not its median.
        world.central_level = Some(0.46);
        cells.push(world);
    }
    for (key, _, share, ratio) in REGIONS {
        for (year, (median, log_sd)) in YEARS.iter().zip(path) {
            let at = [("region", Key::from(key)), ("year", Key::from(*year))]
                .into_iter()
                .collect();
            let scale = if revenue { share * ratio } else { share };
            cells.push(cell("region", at, median * scale, log_sd * 1.25, trials));
        }
    }
    OutputResult {
        title: title.to_owned(),
        unit: Some("USD/year".to_owned()),
        note: None,
        cells,
    }
}

fn probability(probability: f64, trials: f64) -> Probability {
    Probability {
        probability,
        error: Some((probability * (1.0 - probability) / trials).sqrt()),
    }
}

fn crossing_cell(place: &str, at: Labels, first: [f64; 5], trials: f64) -> CrossingCell {
    let labelled = |year: i64, value: f64| {
        let Probability { probability, error } = probability(value, trials);
        LabelProbability {
            at: [("year", Key::from(year))].into_iter().collect(),
            probability,
            error,
        }
    };
    let mut total = 0.0;
    let by = YEARS.iter().zip(first).map(|(year, value)| {
        total += value;
        labelled(*year, total)
    });
    let by: Vec<_> = by.collect();
    let reached = |level: f64| level < total;
    CrossingCell {
        place: place.to_owned(),
        at,
        first: YEARS
            .iter()
            .zip(first)
            .map(|(year, value)| labelled(*year, value))
            .collect(),
        by,
        never: probability(1.0 - total, trials),
        recross: probability(0.0214, trials),
        date: CrossingDate {
            quantiles: LEVELS
                .iter()
                .map(|level| reached(*level).then_some(2023.0 + 4.5 * level))
                .collect(),
            quantile_errors: LEVELS
                .iter()
                .map(|level| reached(*level).then_some(0.002))
                .collect(),
            left_censored: probability(first[0], trials),
        },
    }
}

/// The document, as from a million trials.
pub(crate) fn sample() -> ResultDocument {
    sample_of(1_000_000)
}

/// The document with the errors of any number of trials.
pub(crate) fn sample_of(n_trials: u64) -> ResultDocument {
    let trials = n_trials as f64;
    let mut crossing_cells = vec![crossing_cell(
        WORLD,
        Labels::new(),
        [0.0003, 0.0087, 0.0612, 0.1978, 0.4121],
        trials,
    )];
    for (key, _, _, ratio) in REGIONS {
        let at = [("region", Key::from(key))].into_iter().collect();
        let first = [0.001, 0.01, 0.05, 0.12, 0.22].map(|value: f64| value * ratio);
        crossing_cells.push(crossing_cell("region", at, first, trials));
    }
    let label = |key: Key, label: &str| LabelInfo {
        key,
        label: label.to_owned(),
        parent: Labels::new(),
        reported: true,
    };
    let quantity = |expression: &str, title: &str| Quantity {
        expression: expression.to_owned(),
        title: Some(title.to_owned()),
    };
    let quantities = vec![
        quantity("revenue", "Operator revenue from flash calls"),
        quantity("loss", "Loss to undetected flash calls"),
    ];
    let square = |diagonal: f64, other: f64| {
        vec![
            vec![Some(diagonal), Some(other)],
            vec![Some(other), Some(diagonal)],
        ]
    };
    ResultDocument {
        format: Format::Result1,
        model: ModelInfo {
            name: "flash-calling".to_owned(),
            title: Some("Flash calling: operator revenue against loss, 2023–2027".to_owned()),
            time: Some("year".to_owned()),
            files: [("model.toml", format!("sha256:{}", "0".repeat(64)))]
                .into_iter()
                .collect(),
        },
        run: RunInfo {
            engine: "0.1.0".to_owned(),
            generator: "chacha8".to_owned(),
            seed: Seed(1),
            design: "random".to_owned(),
            trials: n_trials,
            points_per_replicate: None,
            sobol_order: Vec::new(),
            error_df: None,
            scenario: None,
            strategy: None,
            set: Vec::new(),
            evidence: Vec::new(),
            non_finite: Vec::new(),
            warnings: vec![Warning {
                code: "unused-source".to_owned(),
                message: "the source `gsma-2022` is never cited".to_owned(),
            }],
        },
        quantile_levels: LEVELS.to_vec(),
        dimensions: [
            (
                "year",
                YEARS
                    .iter()
                    .map(|year| label(Key::from(*year), &year.to_string()))
                    .collect::<Vec<_>>(),
            ),
            (
                "region",
                REGIONS
                    .iter()
                    .map(|(key, title, _, _)| label(Key::from(*key), title))
                    .collect(),
            ),
        ]
        .into_iter()
        .collect(),
        outputs: [
            (
                "revenue",
                output("Operator revenue from flash calls", &REVENUE, true, trials),
            ),
            (
                "loss",
                output("Loss to undetected flash calls", &LOSS, false, trials),
            ),
        ]
        .into_iter()
        .collect(),
        crossings: [(
            "revenue_over_loss",
            CrossingResult {
                title: "Revenue passes loss".to_owned(),
                of: quantities[0].clone(),
                above: quantities[1].clone(),
                note: None,
                cells: crossing_cells,
            },
        )]
        .into_iter()
        .collect(),
        joint: [(
            "revenue_and_loss",
            JointResult {
                title: "Revenue and loss".to_owned(),
                quantities,
                cells: vec![JointCell {
                    place: WORLD.to_owned(),
                    at: [("year", Key::from(2027))].into_iter().collect(),
                    mean: vec![Some(6.0e8), Some(2.9e8)],
                    covariance: square(2.0e17, -3.0e16),
                    correlation: square(1.0, -0.31),
                    correlation_errors: square(0.0, 0.0009),
                }],
            },
        )]
        .into_iter()
        .collect(),
        sources: [(
            "juniper-2023",
            SourceInfo {
                title: "A published forecast".to_owned(),
                url: None,
                date: Some("2023-04-17".to_owned()),
                note: None,
            },
        )]
        .into_iter()
        .collect(),
    }
}
