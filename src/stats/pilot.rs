//! Lays out the bins of each target as soon as its values in the first trials are known.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::grid::Grid;
use super::layout::PilotSample;
use super::side_by_side::{N_LISTS, Row, sort};
use super::target::TargetPlan;

/// Trials of the pilot, the first of the design: enough to place 1,021 bins. Half as many make bins so uneven that twice as many quantiles of a
/// large model lie in one wider than a tenth of their error at a million trials.
pub const PILOT_TRIALS: usize = 1024;

/// Bins of every target from its values in trials 0 … 1,023 of the design, also where the run is shorter or its replicates are: so each shard
/// has the same bins, and so has the run when it grows.
///
/// `evaluate` is given a function that takes a target and its values, of each target once; values that are not finite are left out here, the
/// accumulators report them when they meet the trial. Targets are laid out by the threads of the current pool while others are evaluated;
/// no more values wait than these threads will take up next, since a pilot of a large model fills fresh pages, and these cost more than sorting.
pub fn lay_out(
    plan: &TargetPlan,
    evaluate: impl FnOnce(&mut dyn FnMut(usize, &[f64])),
) -> Vec<Grid> {
    let pilot = &Pilot::new(plan.n_targets());
    // So many that no other thread runs out of work while this one lays out a group itself.
    let most_waiting = 8 * (rayon::current_num_threads() - 1);
    rayon::in_place_scope(|scope| {
        let mut group = pilot.room();
        evaluate(&mut |target, values| {
            if !plan.kinds[target].has_quantiles() {
                return;
            }
            group.push(target, values);
            if group.is_full() {
                let full = std::mem::replace(&mut group, pilot.room());
                if pilot.n_waiting.load(Ordering::Relaxed) < most_waiting {
                    pilot.n_waiting.fetch_add(1, Ordering::Relaxed);
                    scope.spawn(move |_| {
                        pilot.lay_out(full);
                        pilot.n_waiting.fetch_sub(1, Ordering::Relaxed);
                    });
                } else {
                    pilot.lay_out(full);
                }
            }
        });
        pilot.lay_out(group);
    });
    pilot.finish()
}

/// What the threads share.
struct Pilot {
    grids: Mutex<Vec<Option<Grid>>>,
    /// Groups that wait or are laid out by threads to which they were given.
    n_waiting: AtomicUsize,
    /// Groups that were laid out, to be filled again.
    spare: Mutex<Vec<Group>>,
}

impl Pilot {
    fn new(n_targets: usize) -> Self {
        Self {
            grids: Mutex::new(vec![None; n_targets]),
            n_waiting: AtomicUsize::new(0),
            spare: Mutex::default(),
        }
    }

    /// An empty group.
    fn room(&self) -> Group {
        lock(&self.spare).pop().unwrap_or_default()
    }

    fn lay_out(&self, mut group: Group) {
        let grids = group.grids();
        let mut all = lock(&self.grids);
        for (&target, grid) in group.targets.iter().zip(grids) {
            all[target] = Some(grid);
        }
        drop(all);
        group.targets.clear();
        lock(&self.spare).push(group);
    }

    fn finish(&self) -> Vec<Grid> {
        let grids = std::mem::take(&mut *lock(&self.grids));
        let of_nothing = || {
            Grid::from_pilot(PilotSample {
                sorted: &[],
                min: f64::INFINITY,
                max: f64::NEG_INFINITY,
            })
        };
        grids
            .into_iter()
            .map(|grid| grid.unwrap_or_else(of_nothing))
            .collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Targets that are laid out together.
#[derive(Default)]
struct Group {
    targets: Vec<usize>,
    /// Values by trial and target; infinite where one is missing or not finite, and so the last in ascending order.
    rows: Vec<Row>,
    /// Finite values of each target.
    counts: [usize; N_LISTS],
    /// Those of one target in ascending order.
    sorted: Vec<f64>,
}

impl Group {
    /// Adds a target.
    ///
    /// # Panics
    /// If the group is full.
    fn push(&mut self, target: usize, values: &[f64]) {
        let list = self.targets.len();
        if list == 0 {
            self.rows.clear();
            self.rows.resize(PILOT_TRIALS, [f64::INFINITY; N_LISTS]);
        }
        let mut count = 0;
        for (row, &x) in self.rows.iter_mut().zip(values) {
            count += usize::from(x.is_finite());
            row[list] = if x.is_finite() { x } else { f64::INFINITY };
        }
        self.counts[list] = count;
        self.targets.push(target);
    }

    fn is_full(&self) -> bool {
        self.targets.len() == N_LISTS
    }

    /// Bins of each target.
    fn grids(&mut self) -> Vec<Grid> {
        if self.targets.is_empty() {
            return Vec::new();
        }
        sort(&mut self.rows);
        let of = |list: usize| {
            self.sorted.clear();
            let values = self.rows.iter().map(|row| row[list]);
            self.sorted.extend(values.take(self.counts[list]));
            let sorted = self.sorted.as_slice();
            Grid::from_pilot(PilotSample {
                sorted,
                min: sorted.first().copied().unwrap_or(f64::INFINITY),
                max: sorted.last().copied().unwrap_or(f64::NEG_INFINITY),
            })
        };
        (0..self.targets.len()).map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::target::TargetKind;
    use rayon::ThreadPoolBuilder;

    /// Targets of each kind, with values that are missing, infinite or no numbers; a number of targets that leaves a group in part.
    fn columns() -> (TargetPlan, Vec<Vec<f64>>) {
        let kinds = (0..100).map(|target| match target % 10 {
            3 => TargetKind::Recross,
            7 => TargetKind::Date,
            _ => TargetKind::Value,
        });
        let column = |target: usize| {
            let n = [PILOT_TRIALS, 1000, 17, 1, 0][target % 5];
            let value = |trial: usize| match (target % 4, trial % 9) {
                (1, 2) => f64::NAN,
                (2, 5) => f64::NEG_INFINITY,
                _ => ((trial * 7919 + target) % 10_007) as f64 / 100.0 - 3.0 * target as f64,
            };
            (0..n).map(value).collect()
        };
        let plan = TargetPlan {
            kinds: kinds.collect(),
        };
        (plan, (0..100).map(column).collect())
    }

    #[test]
    fn bins_are_those_of_each_target_alone_whatever_the_order_and_the_threads() {
        let (plan, columns) = columns();
        let alone: Vec<Grid> = plan
            .kinds
            .iter()
            .zip(&columns)
            .map(|(kind, column)| {
                let wanted = |x: &&f64| kind.has_quantiles() && x.is_finite();
                let mut sorted: Vec<f64> = column.iter().filter(wanted).copied().collect();
                sorted.sort_by(f64::total_cmp);
                Grid::from_pilot(PilotSample {
                    sorted: &sorted,
                    min: sorted.first().copied().unwrap_or(f64::INFINITY),
                    max: sorted.last().copied().unwrap_or(f64::NEG_INFINITY),
                })
            })
            .collect();
        assert_ne!(alone[0], alone[5]);
        for n_threads in [1, 2, 5] {
            let pool = ThreadPoolBuilder::new().num_threads(n_threads).build();
            for backwards in [false, true] {
                let mut order: Vec<usize> = (0..columns.len()).collect();
                if backwards {
                    order.reverse();
                }
                let grids = pool.as_ref().unwrap().install(|| {
                    lay_out(&plan, |accept| {
                        for target in order {
                            accept(target, &columns[target]);
                        }
                    })
                });
                assert!(
                    grids == alone,
                    "{n_threads} threads, backwards: {backwards}"
                );
            }
        }
    }
}
