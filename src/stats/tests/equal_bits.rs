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
