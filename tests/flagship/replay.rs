//! The outputs of a replayed trial are those that entered the statistics.

use fanfare::result::{Key, Labels};
use fanfare::run::{Replay, ReplayedCell, Settings, Unobserved, replay, simulate};

use super::flagship;

const N_TRIALS: u64 = 40;
const SEED: u64 = 7;

fn labels(cell: &ReplayedCell) -> Labels {
    let mut at = Labels::new();
    for (dimension, label) in &cell.at {
        let key = match label.parse::<i64>() {
            Ok(number) => Key::from(number),
            Err(_) => Key::from(label.as_str()),
        };
        at.insert(dimension.as_str(), key);
    }
    at
}

#[test]
fn extremes_and_crossings_of_a_run_are_those_of_its_replayed_trials() {
    let loaded = flagship();
    let settings = Settings {
        trials: N_TRIALS,
        seed: SEED,
        ..Settings::default()
    };
    let document = simulate(loaded, &settings, &Unobserved).unwrap();
    let replays: Vec<Replay> = (0..=N_TRIALS)
        .map(|trial| replay(&loaded.model, &settings, trial).unwrap())
        .collect();
    let (run, shifted) = (&replays[..N_TRIALS as usize], &replays[1..]);
    let extremes = |of: &[Replay], k: usize| {
        of.iter()
            .map(|replay| replay.outputs[k].value)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            })
    };
    let mut n_told_apart = 0;
    assert_eq!(replays[0].outputs.len(), 26 * 69 * 5);
    for (k, replayed) in replays[0].outputs.iter().enumerate() {
        let place = replayed.place.as_deref().unwrap();
        let cell = document
            .cell(&replayed.name, place, &labels(replayed))
            .unwrap();
        let found = (cell.min.unwrap(), cell.max.unwrap());
        assert_eq!(
            found,
            extremes(run, k),
            "{} {:?}",
            replayed.name,
            replayed.at
        );
        n_told_apart += usize::from(found != extremes(shifted, k));
    }
    // Trials 1 … 40 instead of 0 … 39 would have been seen: about 4 cells in 40 have an extreme in trial 0 or in trial 40.
    assert!(n_told_apart > 100, "{n_told_apart}");

    for (k, replayed) in replays[0].crossings.iter().enumerate() {
        let place = replayed.place.as_deref().unwrap();
        let cell = document
            .crossing_cell(&replayed.name, place, &labels(replayed))
            .unwrap();
        let share = |of: &dyn Fn(f64) -> bool| {
            let dates = run.iter().map(|replay| replay.crossings[k].value);
            dates.filter(|&date| of(date)).count() as f64 / N_TRIALS as f64
        };
        assert_eq!(cell.never.probability, share(&|date| date == f64::INFINITY));
        assert_eq!(
            cell.date.left_censored.probability,
            share(&|date| date == f64::NEG_INFINITY)
        );
        for by in &cell.by {
            let year = by.label().unwrap() as f64;
            // A date is at most the label at which the quantity stands above.
            assert!((by.probability - share(&|date| date <= year)).abs() < 1e-12);
        }
    }
}
