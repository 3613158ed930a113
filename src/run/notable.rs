//! The trials behind a result: those of extremes and quantiles of outputs, and the first with each outcome of a crossing.
//!
//! A second pass over all trials of the run, with a plan of the outermost places only, since quantiles are known only at the end of the first.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use super::document::labels;
use super::failure::RunError;
use super::load::Loaded;
use super::round::n_threads;
use super::settings::{Observer, Settings};
use crate::eval::{Sink, Workspace, evaluate};
use crate::plan::{Plan, PlanRequest, Target, TargetKind, build};
use crate::result::{Labels, ResultDocument};
use crate::sample::Sampler;
use crate::stats::Blocks;

/// Lanes of a search, so that the compiler can use vector instructions.
const LANES: usize = 8;

/// What a trial stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Notability {
    /// The smallest value of an output.
    Minimum,
    /// The value nearest to the quantile at this level.
    Quantile(f64),
    /// The largest value of an output.
    Maximum,
    /// A crossing that is first above at this time label.
    First(String),
    /// A crossing that does not come.
    Never,
    /// A crossing that is undone later.
    Recross,
}

/// A trial that stands for something; of several alike it is the first.
#[derive(Debug, Clone, PartialEq)]
pub struct NotableTrial {
    /// Name of the output or crossing.
    pub name: String,
    /// The kind of place.
    pub place: String,
    /// The labels of the cell.
    pub at: Labels,
    /// What it stands for.
    pub notability: Notability,
    /// Its number.
    pub trial: u64,
    /// The value of the output in it; none for a crossing.
    pub value: Option<f64>,
}

/// What is looked for in the values of one target.
#[derive(Debug, Clone)]
enum Search {
    /// The value nearest to a number; ±∞ for the extremes.
    Nearest(f64),
    /// A value of a crossing's code.
    Equal(f64),
}

/// The best trial so far.
#[derive(Debug, Clone, Copy)]
struct Found {
    distance: f64,
    trial: u64,
    value: f64,
}

/// One question about one target.
struct Question {
    search: Search,
    notability: Notability,
}

/// Finds the notable trials of the run that `document` is the result of; they come in the order of outputs, crossings and cells. What no trial has is left out.
///
/// # Errors
/// [`RunError::Refused`], [`RunError::Threads`], [`RunError::Cancelled`].
pub fn notable_trials(
    loaded: &Loaded,
    settings: &Settings,
    document: &ResultDocument,
    observer: &dyn Observer,
) -> Result<Vec<NotableTrial>, RunError> {
    let plan = build(&loaded.model, PlanRequest::OutermostSeries).map_err(RunError::Refused)?;
    let questions: Vec<Vec<Question>> = plan
        .targets
        .iter()
        .map(|target| questions(loaded, document, target))
        .collect();
    let pass = Pass {
        plan: &plan,
        sampler: settings.sampler(&plan),
        blocks: Blocks::new(settings.trials, settings.design.points()),
        questions: &questions,
        observer,
        next: AtomicU64::new(0),
        done: AtomicU64::new(0),
    };
    let found = pass.run(settings)?;
    let mut notable = Vec::new();
    for ((target, questions), found) in plan.targets.iter().zip(&questions).zip(found) {
        let (name, place) = name_and_place(loaded, target);
        for (question, found) in questions.iter().zip(found) {
            if let Some(found) = found {
                let is_value = matches!(question.search, Search::Nearest(_));
                notable.push(NotableTrial {
                    name: name.clone(),
                    place: place.clone(),
                    at: labels(&loaded.model, &target.at),
                    notability: question.notability.clone(),
                    trial: found.trial,
                    value: is_value.then_some(found.value),
                });
            }
        }
    }
    Ok(notable)
}

fn name_and_place(loaded: &Loaded, target: &Target) -> (String, String) {
    let model = &loaded.model;
    match target.kind {
        TargetKind::Output { output, place } => {
            let output = &model.outputs[output];
            (output.name.clone(), output.places[place].name.clone())
        }
        TargetKind::First { crossing, place }
        | TargetKind::Recross { crossing, place }
        | TargetKind::Date { crossing, place } => {
            let crossing = &model.crossings[crossing];
            (crossing.name.clone(), crossing.places[place].name.clone())
        }
    }
}

fn questions(loaded: &Loaded, document: &ResultDocument, target: &Target) -> Vec<Question> {
    let (name, place) = name_and_place(loaded, target);
    let ask = |search, notability| Question { search, notability };
    match target.kind {
        TargetKind::Output { .. } => {
            let at = labels(&loaded.model, &target.at);
            let Some(cell) = document.cell(&name, &place, &at) else {
                return Vec::new();
            };
            let quantiles = document.quantile_levels.iter().zip(&cell.quantiles);
            std::iter::once(ask(Search::Nearest(f64::NEG_INFINITY), Notability::Minimum))
                .chain(quantiles.filter_map(|(&level, &quantile)| {
                    Some(ask(Search::Nearest(quantile?), Notability::Quantile(level)))
                }))
                .chain(std::iter::once(ask(
                    Search::Nearest(f64::INFINITY),
                    Notability::Maximum,
                )))
                .collect()
        }
        TargetKind::First { .. } => {
            let dimensions = &loaded.model.dimensions;
            let labels = dimensions
                .time()
                .map_or(&[][..], |time| &dimensions.at(time).labels);
            let firsts = labels.iter().enumerate().map(|(code, label)| {
                ask(
                    Search::Equal(code as f64),
                    Notability::First(label.key.clone()),
                )
            });
            firsts
                .chain(std::iter::once(ask(
                    Search::Equal(labels.len() as f64),
                    Notability::Never,
                )))
                .collect()
        }
        TargetKind::Recross { .. } => vec![ask(Search::Equal(1.0), Notability::Recross)],
        TargetKind::Date { .. } => Vec::new(),
    }
}

impl Search {
    /// How far a value is from what is looked for: smaller is better, ∞ or NaN is none.
    #[inline(always)]
    fn distance(&self, value: f64) -> f64 {
        match *self {
            Self::Nearest(f64::NEG_INFINITY) => value,
            Self::Nearest(f64::INFINITY) => -value,
            Self::Nearest(wanted) => (value - wanted).abs(),
            Self::Equal(code) => {
                if value == code {
                    0.0
                } else {
                    f64::INFINITY
                }
            }
        }
    }

    /// The best of a row of consecutive trials, if it is better than `known`.
    fn better(&self, values: &[f64], first_trial: u64, known: Option<Found>) -> Option<Found> {
        if matches!(self, Self::Equal(_)) && known.is_some() {
            return None;
        }
        let least = self.least(values);
        // The trials of a thread come in ascending order, so that of equals the first stays.
        if least == f64::INFINITY || known.is_some_and(|known| known.distance <= least) {
            return None;
        }
        let (place, &value) = values
            .iter()
            .enumerate()
            .find(|&(_, &value)| value.is_finite() && self.distance(value) == least)?;
        Some(Found {
            distance: least,
            trial: first_trial + place as u64,
            value,
        })
    }

    /// The least distance among finite values; ∞ if there is none.
    fn least(&self, values: &[f64]) -> f64 {
        let mut lanes = [f64::INFINITY; LANES];
        let (chunks, rest) = values.as_chunks::<LANES>();
        let see = |lane: &mut f64, value: f64| {
            let distance = self.distance(value);
            if value.is_finite() && distance < *lane {
                *lane = distance;
            }
        };
        for chunk in chunks {
            for (lane, &value) in lanes.iter_mut().zip(chunk) {
                see(lane, value);
            }
        }
        for (lane, &value) in lanes.iter_mut().zip(rest) {
            see(lane, value);
        }
        lanes.into_iter().fold(f64::INFINITY, f64::min)
    }
}

/// The second pass.
struct Pass<'a> {
    plan: &'a Plan,
    sampler: Sampler,
    blocks: Blocks,
    questions: &'a [Vec<Question>],
    observer: &'a dyn Observer,
    next: AtomicU64,
    done: AtomicU64,
}

type Answers = Vec<Vec<Option<Found>>>;

struct Look<'a> {
    questions: &'a [Vec<Question>],
    answers: &'a mut Answers,
    first_trial: u64,
}

impl Sink for Look<'_> {
    fn accept(&mut self, target: usize, values: &[f64]) {
        for (question, answer) in self.questions[target].iter().zip(&mut self.answers[target]) {
            let better = question.search.better(values, self.first_trial, *answer);
            *answer = better.or(*answer);
        }
    }
}

impl Pass<'_> {
    fn run(&self, settings: &Settings) -> Result<Answers, RunError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads(settings, self.blocks.n_blocks()))
            .build()
            .map_err(|error| RunError::Threads(error.to_string()))?;
        let none = || -> Answers {
            let none = |questions: &Vec<Question>| vec![None; questions.len()];
            self.questions.iter().map(none).collect()
        };
        let merged = Mutex::new(none());
        let step = settings.batch(self.plan);
        let outcomes: Vec<Result<(), RunError>> = pool.broadcast(|_| {
            let mut answers = none();
            self.thread(step, &mut answers)?;
            let mut merged = merged.lock().unwrap_or_else(PoisonError::into_inner);
            for (mine, theirs) in answers.iter().flatten().zip(merged.iter_mut().flatten()) {
                if let Some(mine) = mine
                    && theirs.is_none_or(|theirs| {
                        (mine.distance, mine.trial) < (theirs.distance, theirs.trial)
                    })
                {
                    *theirs = Some(*mine);
                }
            }
            Ok(())
        });
        outcomes.into_iter().collect::<Result<Vec<()>, _>>()?;
        Ok(merged.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn thread(&self, step: usize, answers: &mut Answers) -> Result<(), RunError> {
        let mut workspace = Workspace::new(self.plan, step);
        let mut scores = self.sampler.scores();
        loop {
            let block = self.next.fetch_add(1, Ordering::Relaxed);
            if block >= self.blocks.n_blocks() {
                return Ok(());
            }
            let span = self.blocks.span(block);
            for offset in (0..span.n_trials).step_by(step) {
                if self.observer.is_cancelled() {
                    return Err(RunError::Cancelled);
                }
                let first_trial = span.first_trial + offset as u64;
                let n = step.min(span.n_trials - offset);
                let mut look = Look {
                    questions: self.questions,
                    answers,
                    first_trial,
                };
                evaluate(
                    self.plan,
                    &mut workspace,
                    &mut scores,
                    first_trial,
                    n,
                    &mut look,
                );
            }
            let n = span.n_trials as u64;
            let done = self.done.fetch_add(n, Ordering::Relaxed) + n;
            self.observer.progress(done, self.blocks.trials());
        }
    }
}
