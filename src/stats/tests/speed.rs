//! Speed of the accumulators.

use super::*;

/// Time per value of moments and histogram, the least over all passes: `cargo test --release --lib stats -- --ignored --nocapture speed`.
/// A pass gives one batch to every target, so with 9,000 targets no histogram stays in the inner caches.
#[test]
#[ignore = "prints a measurement"]
fn speed_of_updates() {
    let columns = [normals(TRIALS_PER_BLOCK, 1)];
    for n_targets in [10, 9000] {
        let plan = plan(n_targets);
        let many: Vec<Vec<f64>> = vec![columns[0].clone(); n_targets];
        let mode = grids(&plan, &many);
        drop(many);
        for batch in [256, 512, 1024, 4096] {
            let mut accumulator = BlockAccumulator::new(plan.clone(), mode.clone(), None);
            let mut passes = Vec::new();
            for block in 0..(90_000 / n_targets).min(500) {
                for from in (0..TRIALS_PER_BLOCK).step_by(batch) {
                    let start = std::time::Instant::now();
                    for target in 0..n_targets {
                        accumulator.update(target, from, &columns[0][from..from + batch]);
                    }
                    passes.push(start.elapsed().as_secs_f64() * 1e9 / (n_targets * batch) as f64);
                }
                accumulator.finish_block(block as u64, 4096 * block as u64);
            }
            passes.sort_by(f64::total_cmp);
            println!(
                "{n_targets} targets, batch {batch}: {:.2} ns per value at best, {:.2} at the median",
                passes[0],
                passes[passes.len() / 2]
            );
        }
    }
}
