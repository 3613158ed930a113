//! Lays out the bins of each target as soon as its values in the first trials are known, and counts these values in them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::accumulator::BlockAccumulator;
use super::discrete::Store;
use super::grid::{Grid, N_SLOTS};
use super::layout::PilotSample;
use super::low::{Low, LowBits};
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
    let pilot = Pilot::new(plan.n_targets(), false);
    pilot.run(plan, evaluate);
    pilot.finish().grids
}

/// The same for a run that begins with these trials, all of one block: an accumulator that has these bins, and has counted these values as the
/// first of its block. `points` are those of a replicate, `None` in the random design.
pub fn begin(
    plan: &Arc<TargetPlan>,
    points: Option<u64>,
    evaluate: impl FnOnce(&mut dyn FnMut(usize, &[f64])),
) -> BlockAccumulator {
    let mut begun = BlockAccumulator::without_bins(Arc::clone(plan), points);
    let pilot = Pilot::new(plan.n_targets(), true);
    pilot.run(plan, |accept| {
        evaluate(&mut |target, values| {
            begun.update(target, 0, values);
            accept(target, values);
        });
    });
    begun.place(pilot.finish());
    begun
}

/// The bins of all targets, and what the pilot puts into them where it is counted.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) grids: Vec<Grid>,
    pub(crate) stores: Vec<Store>,
    pub(crate) low: LowBits,
}

/// The bins of one target.
#[derive(Debug, Clone)]
struct PlacedTarget {
    grid: Grid,
    store: Store,
}

impl PlacedTarget {
    /// Bins for finite values in ascending order; if they are counted, with these values in them.
    fn of(sorted: &[f64], low: Option<&mut Low>) -> Self {
        let grid = Grid::from_pilot(PilotSample {
            sorted,
            min: sorted.first().copied().unwrap_or(f64::INFINITY),
            max: sorted.last().copied().unwrap_or(f64::NEG_INFINITY),
        });
        let mut store = Store::new(&grid);
        if let Some(low) = low {
            store.update(low, &grid, sorted);
        }
        Self { grid, store }
    }
}

/// What was laid out so far.
#[derive(Debug)]
struct SoFar {
    targets: Vec<Option<PlacedTarget>>,
    /// By target where values are counted, else nothing.
    low: LowBits,
}

/// What the threads share.
struct Pilot {
    so_far: Mutex<SoFar>,
    /// Whether values are counted.
    counts: bool,
    /// Groups that wait or are laid out by threads to which they were given.
    n_waiting: AtomicUsize,
    /// Groups that were laid out, to be filled again.
    spare: Mutex<Vec<Group>>,
}

impl Pilot {
    fn new(n_targets: usize, counts: bool) -> Self {
        Self {
            so_far: Mutex::new(SoFar {
                targets: vec![None; n_targets],
                low: LowBits::new(if counts { n_targets } else { 0 }),
            }),
            counts,
            n_waiting: AtomicUsize::new(0),
            spare: Mutex::default(),
        }
    }

    fn run(&self, plan: &TargetPlan, evaluate: impl FnOnce(&mut dyn FnMut(usize, &[f64]))) {
        // So many that no other thread runs out of work while this one lays out a group itself.
        let most_waiting = 8 * (rayon::current_num_threads() - 1);
        rayon::in_place_scope(|scope| {
            let mut group = self.room();
            evaluate(&mut |target, values| {
                if !plan.kinds[target].has_quantiles() {
                    return;
                }
                group.push(target, values);
                if group.is_full() {
                    let full = std::mem::replace(&mut group, self.room());
                    if self.n_waiting.load(Ordering::Relaxed) < most_waiting {
                        self.n_waiting.fetch_add(1, Ordering::Relaxed);
                        scope.spawn(move |_| {
                            self.place(full);
                            self.n_waiting.fetch_sub(1, Ordering::Relaxed);
                        });
                    } else {
                        self.place(full);
                    }
                }
            });
            self.place(group);
        });
    }

    /// An empty group.
    fn room(&self) -> Group {
        lock(&self.spare).pop().unwrap_or_default()
    }

    fn place(&self, mut group: Group) {
        let placed = group.placed(self.counts);
        let mut so_far = lock(&self.so_far);
        for (&target, placed) in group.targets.iter().zip(placed) {
            so_far.targets[target] = Some(placed);
        }
        if self.counts {
            for (&target, low) in group.targets.iter().zip(&group.low) {
                so_far.low[target] = *low;
            }
        }
        drop(so_far);
        group.targets.clear();
        lock(&self.spare).push(group);
    }

    fn finish(self) -> Placed {
        let SoFar { targets, low } =
            (self.so_far.into_inner()).unwrap_or_else(PoisonError::into_inner);
        let targets = targets.into_iter();
        let (grids, stores) = targets
            .map(|target| target.unwrap_or_else(|| PlacedTarget::of(&[], None)))
            .map(|PlacedTarget { grid, store }| (grid, store))
            .unzip();
        Placed { grids, stores, low }
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
    /// Low bits of each target's histogram.
    low: Vec<Low>,
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

    /// Bins of each target; with its values in them, if they are counted.
    fn placed(&mut self, counts: bool) -> Vec<PlacedTarget> {
        if self.targets.is_empty() {
            return Vec::new();
        }
        sort(&mut self.rows);
        self.low.clear();
        self.low.resize(self.targets.len(), [0; N_SLOTS]);
        let of = |(list, low): (usize, &mut Low)| {
            self.sorted.clear();
            let values = self.rows.iter().map(|row| row[list]);
            self.sorted.extend(values.take(self.counts[list]));
            PlacedTarget::of(&self.sorted, counts.then_some(low))
        };
        self.low.iter_mut().enumerate().map(of).collect()
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
