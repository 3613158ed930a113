//! Threads, batches, shards, pauses and growth change no byte, in any design.

use fanfare::export::json;
use fanfare::plan::Plan;
use fanfare::result::ResultDocument;
use fanfare::run::{
    Goal, Loaded, Observer, Part, Settings, Shard, Simulation, Unobserved, VariantChoice, load,
    plan, simulate_plan,
};
use fanfare::sample::Design;

use crate::market;

/// Twenty blocks of 4,096 trials and a ragged end.
const N_TRIALS: u64 = 20 * 4096 + 123;

/// A model with its plan.
struct Case {
    loaded: Loaded,
    plan: Plan,
}

impl Case {
    fn new(loaded: Loaded) -> Self {
        let plan = plan(&loaded).unwrap();
        Self { loaded, plan }
    }

    /// Few targets, so that every value is kept.
    fn exact() -> Self {
        Self::new(market::loaded(&market::text(2, 3)))
    }

    /// Many targets, so that values go into bins.
    fn sketched() -> Self {
        Self::new(market::loaded(&market::text(7, 6)))
    }

    fn flagship() -> Self {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/models/flash-calling/model.toml"
        );
        Self::new(load(path.as_ref(), &VariantChoice::default()).unwrap())
    }

    fn whole(&self, settings: &Settings) -> Vec<u8> {
        bytes(&simulate_plan(&self.loaded, &self.plan, settings, &Unobserved).unwrap())
    }

    fn new_run(&self, settings: &Settings) -> Simulation<'_> {
        Simulation::new(&self.loaded, &self.plan, settings.clone()).unwrap()
    }

    /// Stores the run and takes it up again from the bytes, with other threads and batches.
    fn stored(&self, run: &Simulation<'_>, cut: (usize, usize)) -> Simulation<'_> {
        let part = Part::read(&run.to_part(Goal::Trials).unwrap()).unwrap();
        let settings = cut_as(run.settings(), cut);
        Simulation::resume(
            &self.loaded,
            &self.plan,
            settings,
            None,
            &Goal::Trials,
            part,
        )
        .unwrap()
    }
}

fn bytes(document: &ResultDocument) -> Vec<u8> {
    json(document).unwrap()
}

fn settings(trials: u64, design: Design) -> Settings {
    Settings {
        trials,
        design,
        ..Settings::default()
    }
}

/// The same run with so many threads and trials in a batch.
fn cut_as(settings: &Settings, (threads, batch): (usize, usize)) -> Settings {
    Settings {
        threads: Some(threads),
        trials_per_batch: Some(batch),
        ..settings.clone()
    }
}

/// Numbers of threads and sizes of batches; 7 and 1,000 do not divide a block.
const CUTS: [(usize, usize); 3] = [(1, 4096), (3, 7), (2, 1000)];

fn end(mut run: Simulation<'_>) -> Vec<u8> {
    while !run.is_done() {
        run = run.advance(&Unobserved).unwrap();
    }
    bytes(&run.document().unwrap())
}

/// Every number of shards with every cut, the shards in the reverse of their order of trials where that is possible.
fn assert_shards(case: &Case, settings: &Settings, cuts: &[(usize, usize)], counts: &[u64]) {
    let expected = case.whole(settings);
    for (&of, &cut) in counts
        .iter()
        .flat_map(|of| cuts.iter().map(move |cut| (of, cut)))
    {
        let parts: Vec<_> = (1..=of)
            .map(|index| {
                let shard = Shard { index, of };
                let settings = cut_as(settings, cut);
                let mut run = Simulation::shard(&case.loaded, &case.plan, settings, shard).unwrap();
                while !run.is_done() {
                    run = run.advance(&Unobserved).unwrap();
                }
                Part::read(&run.to_part(Goal::Trials).unwrap())
            })
            .collect();
        let joined = Simulation::joined(&case.loaded, &case.plan, settings.clone(), parts).unwrap();
        assert!(joined.is_done());
        assert_eq!(joined.trials_done(), settings.trials);
        assert!(
            bytes(&joined.document().unwrap()) == expected,
            "{of} shards, {cut:?}: other bytes than one run"
        );
    }
}

/// Always wants a pause.
struct Hasty;

impl Observer for Hasty {
    fn checkpoint_due(&self) -> bool {
        true
    }
}

/// Stored and taken up after every round, with changing threads.
fn assert_pauses(case: &Case, settings: &Settings) {
    let mut run = case.new_run(&cut_as(settings, CUTS[0]));
    let mut pauses = 0;
    while !run.is_done() {
        let before = run.trials_done();
        run = run.advance(&Hasty).unwrap();
        assert!(run.trials_done() > before, "every round gets on");
        run = case.stored(&run, CUTS[pauses % CUTS.len()]);
        pauses += 1;
    }
    assert!(pauses >= 5, "{pauses}");
    assert!(
        bytes(&run.document().unwrap()) == case.whole(settings),
        "other bytes after {pauses} pauses"
    );
}

/// A run of `first` trials that grows to those of `settings`.
fn assert_growth(case: &Case, first: u64, settings: &Settings) {
    let short = Settings {
        trials: first,
        ..settings.clone()
    };
    let mut run = case.new_run(&short);
    while !run.is_whole() {
        run = run.advance_whole(&Unobserved).unwrap();
    }
    let kept = case.stored(&run, CUTS[2]);
    assert!(end(run) == case.whole(&short), "the short run is as it was");
    let grown = kept.grown(settings.trials).unwrap();
    assert!(
        end(grown) == case.whole(settings),
        "from {first} to {} trials: other bytes than one run",
        settings.trials
    );
}

/// Looks at twice as many trials each, as runs until a precision do.
fn assert_doubling(case: &Case, settings: &Settings) {
    let mut run = case.new_run(settings);
    for doubling in 0..4 {
        while !run.is_done() {
            run = run.advance(&Unobserved).unwrap();
        }
        let here = Settings {
            trials: settings.trials << doubling,
            ..settings.clone()
        };
        assert!(
            bytes(&run.document().unwrap()) == case.whole(&here),
            "{} trials: other bytes than one run",
            here.trials
        );
        run = run.grown(here.trials * 2).unwrap();
    }
}

#[test]
fn random_shards_of_an_exact_run() {
    let settings = settings(N_TRIALS, Design::Random);
    assert_shards(&Case::exact(), &settings, &CUTS, &[1, 3, 16]);
}

#[test]
fn random_shards_of_a_sketched_run() {
    let settings = settings(N_TRIALS, Design::Random);
    assert_shards(&Case::sketched(), &settings, &CUTS[1..], &[1, 3, 16]);
}

#[test]
fn random_pauses() {
    let settings = settings(N_TRIALS, Design::Random);
    assert_pauses(&Case::exact(), &settings);
    assert_pauses(&Case::sketched(), &settings);
}

#[test]
fn random_growth() {
    let settings = settings(N_TRIALS, Design::Random);
    let (exact, sketched) = (Case::exact(), Case::sketched());
    assert_growth(&exact, 30_000, &settings);
    // Less than one block: nothing can be kept, and that too ends well.
    assert_growth(&exact, 1000, &settings);
    assert_growth(&sketched, 8 * 4096, &settings);
    // From all values to bins.
    assert_growth(&sketched, 9 * 4096 + 1, &settings);
    assert_growth(&sketched, 60_000, &settings);
}

#[test]
fn random_doubling() {
    assert_doubling(&Case::sketched(), &settings(16_384, Design::Random));
}

#[test]
fn random_flagship() {
    let flagship = Case::flagship();
    let settings = settings(3 * 4096 + 77, Design::Random);
    assert_shards(&flagship, &settings, &[(2, 1000)], &[3]);
    assert_growth(&flagship, 4096 + 5, &settings);
}

/// Replicates of less than a block, of more than one block, and of whole blocks.
const LATIN: [(u64, u64); 2] = [(1000, 82_000), (5000, 80_000)];
const SOBOL: [(u64, u64); 2] = [(1024, 81_920), (8192, 131_072)];

#[test]
fn latin_cuts() {
    for (points, trials) in LATIN {
        let settings = settings(trials, Design::Latin { points });
        assert_shards(&Case::exact(), &settings, &CUTS[1..], &[1, 3, 16]);
        assert_shards(&Case::sketched(), &settings, &CUTS[2..], &[3]);
        assert_pauses(&Case::exact(), &settings);
        assert_growth(&Case::exact(), 16 * points, &settings);
        assert_growth(
            &Case::sketched(),
            20 * points,
            &Settings {
                trials: 120 * points,
                ..settings
            },
        );
    }
    assert_doubling(
        &Case::exact(),
        &settings(16_000, Design::Latin { points: 1000 }),
    );
}

#[test]
fn sobol_cuts() {
    for (points, trials) in SOBOL {
        let settings = settings(trials, Design::Sobol { points });
        assert_shards(&Case::exact(), &settings, &CUTS[1..], &[1, 3, 16]);
        assert_shards(&Case::sketched(), &settings, &CUTS[2..], &[3]);
        assert_pauses(&Case::exact(), &settings);
        assert_growth(
            &Case::exact(),
            16 * points,
            &Settings {
                trials: 24 * points,
                ..settings
            },
        );
    }
    assert_doubling(
        &Case::exact(),
        &settings(16_384, Design::Sobol { points: 1024 }),
    );
}

#[test]
fn latin_and_sobol_flagship() {
    let flagship = Case::flagship();
    for design in [Design::Latin { points: 300 }, Design::Sobol { points: 256 }] {
        let settings = settings(16 * design.points().unwrap(), design);
        assert_shards(&flagship, &settings, &[(2, 100)], &[3]);
        assert_pauses(&flagship, &settings);
    }
}
