//! Tests of the statistics as a whole, and the streams and runs that they share.

mod coverage;
mod equal_bits;
mod histogram;
mod kinds;
mod layout;
mod reliability;
mod speed;

use std::sync::Arc;

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use super::*;

fn plan(n_targets: usize) -> Arc<TargetPlan> {
    Arc::new(TargetPlan {
        kinds: vec![TargetKind::Value; n_targets],
    })
}

fn grids(plan: &TargetPlan, columns: &[Vec<f64>]) -> Mode {
    let grids = lay_out(plan, |accept| {
        for (target, column) in columns.iter().enumerate() {
            accept(target, &column[..PILOT_TRIALS.min(column.len())]);
        }
    });
    Mode::Sketch(Arc::new(grids))
}

/// Runs columns of trials through threads: block k goes to thread `thread(k)`, blocks in the order given.
fn run(
    plan: &Arc<TargetPlan>,
    mode: &Mode,
    columns: &[Vec<f64>],
    batch: usize,
    order: &[usize],
    thread: impl Fn(usize) -> usize,
) -> Statistics {
    let mut threads: Vec<_> = (0..4)
        .map(|_| BlockAccumulator::new(plan.clone(), mode.clone(), None))
        .collect();
    let mut statistics = Statistics::new(plan, mode.clone(), None);
    for &block in order {
        let accumulator = &mut threads[thread(block) % 4];
        let start = block * TRIALS_PER_BLOCK;
        let end = (start + TRIALS_PER_BLOCK).min(columns[0].len());
        for from in (start..end).step_by(batch) {
            let to = (from + batch).min(end);
            for (target, column) in columns.iter().enumerate() {
                accumulator.update(target, from - start, &column[from..to]);
            }
        }
        statistics
            .insert(accumulator.finish_block(block as u64, 4096 * block as u64))
            .unwrap();
    }
    for accumulator in &mut threads {
        statistics.merge(accumulator).unwrap();
    }
    statistics
}

fn run_all(plan: &Arc<TargetPlan>, mode: &Mode, columns: &[Vec<f64>]) -> Statistics {
    let order: Vec<usize> = (0..columns[0].len().div_ceil(TRIALS_PER_BLOCK)).collect();
    run(plan, mode, columns, TRIALS_PER_BLOCK, &order, |_| 0)
}

fn bytes(statistics: &Statistics) -> Vec<u8> {
    serde_json::to_vec(statistics).unwrap()
}

pub(super) fn normals(n: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..n)
        .map(|_| rng.sample::<f64, _>(rand_distr::StandardNormal))
        .collect()
}

/// Streams that break careless statistics.
pub(super) fn hostile(n: usize) -> Vec<Vec<f64>> {
    let z = normals(n, 7);
    let map = |f: &dyn Fn(f64) -> f64| z.iter().map(|&x| f(x)).collect::<Vec<f64>>();
    let mut sorted = z.clone();
    sorted.sort_by(f64::total_cmp);
    let reversed = sorted.iter().rev().copied().collect();
    vec![
        sorted,
        reversed,
        vec![0.1; n],
        map(&|x| f64::from(x > 0.3)),
        map(&|x| 1e15 + x),
        map(&|x| 1e15 + 0.01 * x),
        map(&|x| if x > 0.0 { x } else { -1e6 * x }),
        map(&|x| 10f64.powf(10.0 * x)),
        map(&|x| x * 1e-310),
        map(&|x| x.signum() * 10f64.powf(10.0 * x.abs() - 20.0)),
        map(&|x| x.max(0.0)),
        map(&|x| x.clamp(-0.5, 0.5)),
        map(&|x| (x * 100.0).round() / 100.0),
        map(&|x| if x > 2.0 { 1e300 } else { x }),
        map(&|x| (x * 1000.0).round() / 1000.0),
        map(&|x| 1.0 / (1.0 + (-6.0 * x).exp())),
        map(&|x| {
            if x.abs() < 0.3 {
                (x * 30.0).round() / 30.0
            } else {
                x
            }
        }),
    ]
}
