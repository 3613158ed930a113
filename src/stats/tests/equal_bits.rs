//! Batches, threads, order of blocks and shards change no byte.

use proptest::prelude::*;

use super::*;

#[test]
fn batches_threads_and_order_of_blocks_do_not_change_a_byte() {
    let n = 6 * TRIALS_PER_BLOCK + 777;
    let columns = hostile(n);
    let plan = plan(columns.len());
    for mode in [grids(&plan, &columns), Mode::Exact] {
        let whole = bytes(&run_all(&plan, &mode, &columns));
        let orders = [
            [0, 1, 2, 3, 4, 5, 6],
            [6, 5, 4, 3, 2, 1, 0],
            [3, 6, 0, 5, 2, 4, 1],
        ];
        for (case, batch) in [1, 7, 256, 1000, 4096].into_iter().enumerate() {
            let found = run(&plan, &mode, &columns, batch, &orders[case % 3], |block| {
                block * (case + 1) / 2
            });
            assert!(bytes(&found) == whole, "batch {batch}");
        }
    }
}

#[test]
fn stored_state_of_shards_joins_to_the_same_bytes() {
    let columns = hostile(3 * TRIALS_PER_BLOCK);
    let plan = plan(columns.len());
    let mode = grids(&plan, &columns);
    let whole = run_all(&plan, &mode, &columns);
    let shard = |blocks: &[usize]| -> Statistics {
        serde_json::from_slice(&bytes(&run(&plan, &mode, &columns, 1000, blocks, |_| 1))).unwrap()
    };
    let mut joined = shard(&[2]);
    joined.merge_shard(shard(&[0, 1])).unwrap();
    assert!(bytes(&joined) == bytes(&whole));
    assert!(
        joined.merge_shard(shard(&[1])).is_err(),
        "a block must not count twice"
    );
    let other = Statistics::new(&plan, Mode::Exact, None);
    assert_eq!(joined.merge_shard(other), Err(StatisticsError::Different));
}

/// Columns in replicates of so many points, each wholly on the thread `thread(replicate)`.
fn run_replicates(
    plan: &Arc<TargetPlan>,
    mode: &Mode,
    columns: &[Vec<f64>],
    points: usize,
    order: &[u64],
    batch: usize,
    thread: impl Fn(u64) -> usize,
) -> Statistics {
    let design = Some(points as u64);
    let blocks = Blocks::new(columns[0].len() as u64, design);
    let mut threads: Vec<_> = (0..4)
        .map(|_| BlockAccumulator::new(plan.clone(), mode.clone(), design))
        .collect();
    let mut statistics = Statistics::new(plan, mode.clone(), design);
    for &replicate in order {
        let accumulator = &mut threads[thread(replicate) % 4];
        for block in blocks.of_unit(replicate) {
            let span = blocks.span(block);
            let start = span.first_trial as usize;
            for from in (start..start + span.n_trials).step_by(batch) {
                let to = (from + batch).min(start + span.n_trials);
                for (target, column) in columns.iter().enumerate() {
                    accumulator.update(target, from - start, &column[from..to]);
                }
            }
            statistics
                .insert(accumulator.finish_block(block, span.first_trial))
                .unwrap();
        }
        statistics
            .insert_replicate(accumulator.finish_replicate(replicate))
            .unwrap();
        // A checkpoint between replicates.
        if replicate % 3 == 0 {
            statistics.merge(accumulator).unwrap();
        }
    }
    for accumulator in &mut threads {
        statistics.merge(accumulator).unwrap();
    }
    statistics
}

/// Hostile columns, some with values that are not finite, then the three targets of a crossing.
fn all_kinds(n: usize) -> (Arc<TargetPlan>, Vec<Vec<f64>>) {
    let mut columns = hostile(n);
    columns[0][n / 3] = f64::NAN;
    columns[7][n / 2] = f64::INFINITY;
    let mut kinds = vec![TargetKind::Value; columns.len()];
    let z = normals(n, 8);
    columns.push(
        z.iter()
            .map(|x| (2.5 + x).floor().clamp(0.0, 5.0))
            .collect(),
    );
    kinds.push(TargetKind::CrossingFirst { n_labels: 5 });
    columns.push(z.iter().map(|x| f64::from(*x > 1.0)).collect());
    kinds.push(TargetKind::Recross);
    let date = |x: f64| match x {
        x if x < -2.0 => f64::NEG_INFINITY,
        x if x > 1.5 => f64::INFINITY,
        x => 2025.0 + x,
    };
    columns.push(z.iter().map(|&x| date(x)).collect());
    kinds.push(TargetKind::Date);
    (Arc::new(TargetPlan { kinds }), columns)
}

#[test]
fn replicates_give_the_same_bytes_however_they_are_cut() {
    for (points, n_replicates) in [(5000, 6), (1000, 16)] {
        let (plan, columns) = all_kinds(points * n_replicates);
        let order: Vec<u64> = (0..n_replicates as u64).collect();
        let backwards: Vec<u64> = order.iter().rev().copied().collect();
        for mode in [grids(&plan, &columns), Mode::Exact] {
            let whole = run_replicates(&plan, &mode, &columns, points, &order, 4096, |_| 0);
            let spread = |replicate: u64| (replicate * 7 % 5) as usize;
            let other = run_replicates(&plan, &mode, &columns, points, &backwards, 333, spread);
            assert!(bytes(&whole) == bytes(&other));
            let (left, right) = order.split_at(n_replicates / 3);
            let part =
                |order: &[u64]| run_replicates(&plan, &mode, &columns, points, order, 1000, spread);
            let mut joined = part(right);
            joined.merge_shard(part(left)).unwrap();
            assert!(bytes(&whole) == bytes(&joined));
            let n = columns[0].len() as u64;
            let n_blocks = Blocks::new(n, Some(points as u64)).n_blocks();
            let summary = whole.finish(n_blocks).unwrap();
            assert_eq!(summary.error_df(), Some(n_replicates as u64 - 1));
            assert_eq!(summary.non_finite()[&0].first_trial, n / 3);
            assert_eq!(summary.non_finite()[&7].first_trial, n / 2);
        }
    }
}

#[test]
fn kept_values_go_into_bins_as_if_they_had_gone_there_from_the_start() {
    let (plan, columns) = all_kinds(16_000);
    let Mode::Sketch(bins) = grids(&plan, &columns) else {
        unreachable!("grids are of a sketch")
    };
    let sketch = Mode::Sketch(bins.clone());
    let order: Vec<usize> = (0..4).collect();
    let in_blocks = |mode: &Mode| run(&plan, mode, &columns, 1000, &order, |block| block);
    let kept = in_blocks(&Mode::Exact).into_sketch(bins.clone());
    assert!(bytes(&kept) == bytes(&in_blocks(&sketch)));
    assert!(bytes(&kept.clone().into_sketch(bins.clone())) == bytes(&kept));
    for points in [1000, 8000] {
        let order: Vec<u64> = (0..16_000 / points as u64).collect();
        let in_replicates =
            |mode: &Mode| run_replicates(&plan, mode, &columns, points, &order, 1000, |_| 0);
        let kept = in_replicates(&Mode::Exact).into_sketch(bins.clone());
        assert!(bytes(&kept) == bytes(&in_replicates(&sketch)));
    }
}

#[test]
fn a_block_that_its_pilot_began_is_the_same_to_the_byte() {
    // The values that are not finite lie in the pilot and beyond it.
    for n in [2900, 6000] {
        let (plan, columns) = all_kinds(n);
        let mode = grids(&plan, &columns);
        for points in [None, Some(n as u64)] {
            let blocks = Blocks::new(n as u64, points);
            let count = |mut accumulator: BlockAccumulator, n_begun: usize| {
                let mut statistics = Statistics::new(&plan, accumulator.mode().clone(), points);
                let mut from = n_begun;
                for block in blocks.of_unit(0) {
                    let span = blocks.span(block);
                    let start = span.first_trial as usize;
                    for (target, column) in columns.iter().enumerate() {
                        let rest = &column[from..start + span.n_trials];
                        accumulator.update(target, from - start, rest);
                    }
                    from = start + span.n_trials;
                    let finished = accumulator.finish_block(block, span.first_trial);
                    statistics.insert(finished).unwrap();
                }
                if points.is_some() {
                    let finished = accumulator.finish_replicate(0);
                    statistics.insert_replicate(finished).unwrap();
                }
                statistics.merge(&mut accumulator).unwrap();
                statistics
            };
            let begun = begin(&plan, points, |accept| {
                for (target, column) in columns.iter().enumerate() {
                    accept(target, &column[..PILOT_TRIALS]);
                }
            });
            assert!(*begun.mode() == mode);
            let whole = BlockAccumulator::new(plan.clone(), mode.clone(), points);
            assert!(bytes(&count(begun, PILOT_TRIALS)) == bytes(&count(whole, 0)));
        }
    }
}

#[test]
fn stored_low_bits_that_fit_no_histogram_are_refused() {
    let (plan, columns) = all_kinds(5000);
    let (n_slots, n_targets) = (1024, plan.n_targets());
    // Zeros and ones are counted by value, and codes by themselves.
    let (discrete, code) = (3, n_targets - 2);
    let blocks = Blocks::new(5000, None);
    let read = |stored: &serde_json::Value| serde_json::from_value::<Statistics>(stored.clone());
    let is_sound = |stored: &serde_json::Value| -> Result<bool, serde_json::Error> {
        Ok(read(stored)?.is_sound(&plan, &blocks, 0..2))
    };
    let stored = |mode: &Mode| serde_json::to_value(run_all(&plan, mode, &columns)).unwrap();
    fn low(stored: &mut serde_json::Value) -> &mut Vec<serde_json::Value> {
        stored["counts"]["low"].as_array_mut().unwrap()
    }
    let binned = stored(&grids(&plan, &columns));
    let kept = stored(&Mode::Exact);
    for (whole, n) in [(&binned, n_targets), (&kept, 0)] {
        assert!(is_sound(whole).unwrap());
        // Kept values have a NaN among them, which equals nothing; so do moments of huge ones.
        let counts = || read(whole).unwrap().counts;
        assert!(n == 0 || counts() == counts());
        let mut longer = whole.clone();
        assert_eq!(low(&mut longer).len(), n * n_slots);
        low(&mut longer).extend(vec![0.into(); n_slots]);
        assert!(!is_sound(&longer).unwrap(), "{n} targets and one more");
        low(&mut longer).pop();
        assert!(is_sound(&longer).is_err(), "slots of no target");
    }
    let mut shorter = binned.clone();
    low(&mut shorter).truncate((n_targets - 1) * n_slots);
    assert!(!is_sound(&shorter).unwrap());
    for target in [0, code, discrete, n_targets - 1] {
        let mut more = binned.clone();
        let count = &mut low(&mut more)[target * n_slots + 500];
        *count = (count.as_u64().unwrap() + 1).into();
        assert!(!is_sound(&more).unwrap(), "one more of target {target}");
        if ![code, discrete].contains(&target) {
            assert!(read(&more).unwrap().counts != read(&binned).unwrap().counts);
        }
    }
}

#[test]
fn unfinished_blocks_and_foreign_parts_are_refused() {
    let plan = plan(1);
    let mode = Mode::Exact;
    let mut part = BlockAccumulator::new(plan.clone(), mode.clone(), None);
    part.update(0, 0, &[1.0]);
    let mut statistics = Statistics::new(&plan, mode, None);
    assert_eq!(statistics.merge(&mut part), Err(StatisticsError::OpenBlock));
    part.finish_block(0, 0);
    let mut other = Statistics::new(&plan, grids(&plan, &[vec![1.0]]), None);
    assert_eq!(other.merge(&mut part), Err(StatisticsError::Different));
    assert_eq!(statistics.merge(&mut part), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_partition_gives_the_same_bytes(
        values in prop::collection::vec(prop_oneof![any::<f64>(), -1.0..1.0, Just(0.0), Just(1e15)], 4097..9000),
        batch in 1..4097_usize,
        threads in prop::collection::vec(0..4_usize, 3),
    ) {
        let plan = plan(1);
        let columns = [values];
        let mode = grids(&plan, &columns);
        let whole = run_all(&plan, &mode, &columns);
        let n_blocks = columns[0].len().div_ceil(TRIALS_PER_BLOCK);
        let order: Vec<usize> = (0..n_blocks).rev().collect();
        let found = run(&plan, &mode, &columns, batch, &order, |block| threads[block]);
        prop_assert!(bytes(&found) == bytes(&whole));
        let value = whole.finish(n_blocks as u64).unwrap().value(0).unwrap();
        let mut last = f64::NEG_INFINITY;
        for level in HUB_LEVELS {
            let quantile = value.quantile(level).value.unwrap();
            prop_assert!(quantile >= last, "quantiles rise with the level");
            last = quantile;
        }
    }
}
