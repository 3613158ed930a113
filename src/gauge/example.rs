//! One example: a first run says how many trials its figures need and of which design, a second one is judged.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::answer::{Answer, AnswerError, Area, Citation};
use super::figure::figures;
use super::folder::{ANSWER, MODEL};
use super::verdict::{Judged, Verdict, agrees, judge, trials_needed};
use crate::diag::Diagnostic;
use crate::run::{
    Observer, RunError, Settings, Unobserved, VariantChoice, load, simulate, sobol_order,
};
use crate::sample::Design;
use crate::source::SourceMap;

/// Trials of the first run.
const PILOT_TRIALS: u64 = 1 << 16;
/// Fewest trials of the second run; closed forms are compared at these.
const FEWEST_TRIALS: u64 = 1 << 18;
/// More trials than the first run asks for: its errors are estimates too.
const MARGIN: f64 = 1.5;
/// Replicates of a Sobol' run: its errors are the spread of these, known to 1/√126 = 9 %.
const REPLICATES: u64 = 64;

/// How examples are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GaugeSettings {
    /// Seed of both runs.
    pub seed: u64,
    /// Most trials of one example. An example that needs more random ones runs as many Sobol' points; figures for which these are too few
    /// are judged with wider errors and marked.
    pub most_trials: u64,
    /// Threads; all cores if `None`.
    pub threads: Option<usize>,
}

impl Default for GaugeSettings {
    fn default() -> Self {
        Self {
            seed: 1,
            most_trials: 1 << 25,
            threads: None,
        }
    }
}

/// What came of one example.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExampleReport {
    /// Name of the model.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The field that it comes from.
    pub area: Area,
    /// Where its figures were published.
    pub source: Citation,
    /// Trials of the run that was judged.
    pub trials: u64,
    /// Its design.
    pub design: String,
    /// Points of a replicate; none in the random design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<u64>,
    /// Every published figure.
    pub published: Vec<Judged>,
    /// How many figures have a value of their own: a closed form or a second computation.
    pub values: usize,
    /// Those that the run does not meet, with the estimate.
    pub values_not_met: Vec<String>,
}

impl ExampleReport {
    /// How many published figures that were judged to their last digit have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        (self.published.iter())
            .filter(|judged| judged.verdict == verdict && !judged.is_cut())
            .count()
    }

    /// How many published figures that were judged to fewer digits than printed have this verdict.
    pub fn count_cut(&self, verdict: Verdict) -> usize {
        (self.published.iter())
            .filter(|judged| judged.verdict == verdict && judged.is_cut())
            .count()
    }

    /// Whether every figure is met, or is a known misprint.
    pub fn is_met(&self) -> bool {
        (self.published.iter()).all(|judged| judged.verdict != Verdict::Diff)
            && self.values_not_met.is_empty()
    }
}

/// Why an example could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum GaugeError {
    /// The answer cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The answer is not of the form.
    #[error("{}: {error}", path.display())]
    Answer {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: AnswerError,
    },
    /// The model is wrong.
    #[error("the model has {} problems", problems.len())]
    Refused {
        /// All of them.
        problems: Vec<Diagnostic>,
        /// The texts they lie in.
        sources: Box<SourceMap>,
    },
    /// The run has no result.
    #[error("{}: {error}", folder.display())]
    Run {
        /// The example.
        folder: PathBuf,
        /// Why.
        error: RunError,
    },
}

/// Runs the example in a folder and judges every figure of its answer.
///
/// The report depends on the example, the seed and the largest number of trials alone.
///
/// # Errors
/// Answers and models that are wrong, runs without result.
pub fn gauge(
    folder: &Path,
    settings: &GaugeSettings,
    observer: &dyn Observer,
) -> Result<ExampleReport, GaugeError> {
    let path = folder.join(ANSWER);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => return Err(GaugeError::Unreadable { path, error }),
    };
    let answer = Answer::from_json(&text).map_err(|error| GaugeError::Answer { path, error })?;
    let loaded = load(&folder.join(MODEL), &VariantChoice::default()).map_err(|refused| {
        GaugeError::Refused {
            problems: refused.problems,
            sources: Box::new(refused.sources),
        }
    })?;
    let failed = |error| GaugeError::Run {
        folder: folder.to_owned(),
        error,
    };
    let run = |(design, trials): (Design, u64), observer: &dyn Observer| {
        let order = match design {
            Design::Sobol { .. } => Some(
                sobol_order(&loaded, settings.seed)
                    .map_err(|problems| failed(RunError::Refused(problems)))?,
            ),
            Design::Random | Design::Latin { .. } => None,
        };
        let settings = Settings {
            trials,
            seed: settings.seed,
            design,
            sobol_order: order,
            threads: settings.threads,
            ..Settings::default()
        };
        simulate(&loaded, &settings, observer).map_err(failed)
    };

    let pilot_trials = PILOT_TRIALS.min(settings.most_trials);
    let pilot = run((Design::Random, pilot_trials), &Unobserved)?;
    let needed = figures(&answer, &pilot)
        .iter()
        .filter_map(trials_needed)
        .fold(0.0, f64::max);
    let (design, trials) = planned(needed * pilot.run.trials as f64, settings.most_trials);
    let document = run((design, trials), observer)?;

    let all = figures(&answer, &document);
    let compared: Vec<_> = (all.iter())
        .filter_map(|figure| Some((figure, agrees(figure, document.run.trials)?)))
        .collect();
    Ok(ExampleReport {
        name: loaded.model.name.clone(),
        title: loaded.model.title.clone(),
        area: answer.area,
        source: answer.source.clone(),
        trials: document.run.trials,
        design: design.kind().name().to_owned(),
        points: design.points(),
        published: all.iter().filter_map(judge).collect(),
        values: compared.len(),
        values_not_met: (compared.iter())
            .filter(|(_, agree)| !agree)
            .map(|(figure, _)| {
                format!(
                    "{}: {:?}, expected {:?}",
                    figure.name, figure.estimate, figure.expected.value
                )
            })
            .collect(),
    })
}

/// Whole pilots of random trials from the fewest on; where that is more than the most, Sobol' points in replicates of a power of two.
fn planned(needed: f64, most: u64) -> (Design, u64) {
    let pilots = (needed * MARGIN / PILOT_TRIALS as f64).ceil();
    // A float above the largest integer becomes the largest integer.
    let trials = (pilots as u64).saturating_mul(PILOT_TRIALS);
    if trials <= most {
        return (Design::Random, trials.max(FEWEST_TRIALS).min(most));
    }
    match (most / REPLICATES).checked_ilog2() {
        Some(power) => {
            let points = 1 << power;
            (Design::Sobol { points }, REPLICATES * points)
        }
        None => (Design::Random, most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(model: &str, answer: &str) -> Result<ExampleReport, GaugeError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(MODEL), model).unwrap();
        fs::write(folder.path().join(ANSWER), answer).unwrap();
        gauge(folder.path(), &GaugeSettings::default(), &Unobserved)
    }

    const COIN: &str = "
        fanfare = 1
        name = 'coin'
        [inputs.head]
        is = 'bernoulli(p = 0.5)'
        [outputs.head]
        is = 'if(head, 1, 0)'
        places = ['world']
    ";

    fn coin(mean: &str) -> Result<ExampleReport, GaugeError> {
        let answer = format!(
            r#"{{"area": "language", "source": {{"citation": "c"}},
                "outputs": {{"head": [{{"place": "world", "mean": {mean}}}]}}}}"#
        );
        example(COIN, &answer)
    }

    #[test]
    fn trials_follow_from_the_printed_digits() {
        // 4 · 0.5/√N ≤ 0.0005 from N = 16 million on; 2 · 10⁶ whole pilots and a margin of a half.
        let report = coin(r#"{"published": "0.500"}"#).unwrap();
        assert_eq!(report.published[0].verdict, Verdict::Pass);
        assert!(!report.published[0].blunt);
        assert!(
            (20_000_000..28_000_000).contains(&report.trials),
            "{}",
            report.trials
        );
        assert_eq!((&report.design[..], report.points), ("random", None));
        // Half a unit of the fourth decimal needs a hundred times as many, more than the most; every replicate of Sobol' points has as
        // many heads as tails.
        let report = coin(r#"{"published": "0.5000"}"#).unwrap();
        assert_eq!(report.trials, GaugeSettings::default().most_trials);
        assert_eq!(
            (&report.design[..], report.points),
            ("sobol", Some(1 << 19))
        );
        assert_eq!(report.published[0].verdict, Verdict::Pass);
        assert!(!report.published[0].blunt);
    }

    #[test]
    fn sobol_points_replace_random_trials_beyond_the_most() {
        let sobol = |points| (Design::Sobol { points }, 64 * points);
        assert_eq!(planned(0.0, u64::MAX), (Design::Random, FEWEST_TRIALS));
        assert_eq!(planned(2e7, 1 << 25), (Design::Random, 458 << 16));
        assert_eq!(planned(2.3e7, 1 << 25), sobol(1 << 19));
        assert_eq!(planned(f64::INFINITY, 1_000), sobol(8));
        assert_eq!(planned(f64::INFINITY, 63), (Design::Random, 63));
    }

    #[test]
    fn figures_with_fewer_digits_than_printed_are_counted_apart() {
        let report = coin(r#"{"published": "0.50", "rounded_from": "0.5000000"}"#).unwrap();
        assert_eq!(
            [Verdict::Pass, Verdict::Diff].map(|verdict| report.count(verdict)),
            [0, 0]
        );
        assert_eq!(report.count_cut(Verdict::Pass), 1);
        let report = coin(r#"{"published": "0.52", "rounded_from": "0.5200000"}"#).unwrap();
        assert_eq!(report.count_cut(Verdict::Diff), 1);
        assert!(!report.is_met());
    }

    #[test]
    fn a_wrong_figure_is_not_met() {
        let report = coin(r#"{"published": "0.51"}"#).unwrap();
        assert_eq!(report.count(Verdict::Diff), 1);
        assert!(!report.is_met());
        let report = coin(r#"{"value": 0.51, "se_coef": 0.5, "ref_err": 0}"#).unwrap();
        assert_eq!((report.values, report.values_not_met.len()), (1, 1));
        assert!(!report.is_met());
        let report = coin(r#"{"value": 0.5, "se_coef": 0.5, "ref_err": 0}"#).unwrap();
        assert!(report.is_met());
    }

    #[test]
    fn a_figure_of_an_output_that_the_model_lacks_differs() {
        let answer = r#"{"area": "language", "source": {"citation": "c"},
            "outputs": {"tail": [{"place": "world", "mean": {"published": "0.5"}}]}}"#;
        let report = example(COIN, answer).unwrap();
        assert_eq!(report.published[0].verdict, Verdict::Diff);
    }

    #[test]
    fn a_run_that_is_not_finite_is_an_error() {
        let model = COIN.replace("if(head, 1, 0)", "1 / if(head, 1, 0)");
        let answer = r#"{"area": "language", "source": {"citation": "c"}}"#;
        assert!(matches!(
            example(&model, answer),
            Err(GaugeError::Run {
                error: RunError::NonFinite(_),
                ..
            })
        ));
        assert!(matches!(
            example("fanfare = 2", answer),
            Err(GaugeError::Refused { .. })
        ));
        assert!(matches!(
            example(COIN, "{}"),
            Err(GaugeError::Answer { .. })
        ));
    }
}
