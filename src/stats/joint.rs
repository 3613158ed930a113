//! Covariances and correlations of groups of quantities, with errors from fourth-order co-moments or from replicates.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::non_finite::{self, NonFinite};
use super::pair_moments::{LANES, PairMoments, PairSums};
use super::spread::Spread;
use super::tree::{BlockTree, Combine, TreeError};

/// Number of each group's quantities, in the order of groups.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JointPlan {
    /// Quantities of each group, at least two.
    pub sizes: Vec<usize>,
}

impl JointPlan {
    fn n_pairs(&self, group: usize) -> usize {
        let size = self.sizes[group];
        size * size.saturating_sub(1) / 2
    }

    /// Place of the group's first pair among all pairs.
    fn first_pair(&self, group: usize) -> usize {
        (0..group).map(|earlier| self.n_pairs(earlier)).sum()
    }
}

/// Co-moments of one finished block, with the trials that were left out of them.
#[derive(Debug, Clone, PartialEq)]
pub struct JointBlock {
    /// Block number, see [`Blocks`].
    pub block: u64,
    /// All pairs of all groups.
    pairs: Vec<PairMoments>,
    /// By group.
    non_finite: BTreeMap<usize, NonFinite>,
}

/// What one replicate adds to the spread over replicates, for all pairs of all groups.
#[derive(Debug, Clone, PartialEq)]
pub struct JointReplicate {
    /// Its number: trial number / points of a replicate.
    pub replicate: u64,
    spreads: Vec<PairSpread>,
}

/// Spread of covariance and correlation over replicates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct PairSpread {
    covariance: Spread,
    correlation: Spread,
}

impl Combine for PairSpread {
    fn combine(&self, other: &Self) -> Self {
        Self {
            covariance: self.covariance.combine(&other.covariance),
            correlation: self.correlation.combine(&other.correlation),
        }
    }
}

/// Co-moments of one thread's current block.
#[derive(Debug, Clone)]
pub struct JointAccumulator {
    plan: JointPlan,
    pairs: Vec<PairSums>,
    /// By group; trials are numbered from the start of the block.
    non_finite: BTreeMap<usize, NonFinite>,
    /// Co-moments of the current replicate by pair; empty in the random design.
    replicate: Vec<PairMoments>,
}

impl JointAccumulator {
    /// Accumulator of all groups; `points` are those of a replicate, `None` in the random design.
    #[must_use]
    pub fn new(plan: &JointPlan, points: Option<u64>) -> Self {
        let n_pairs = plan.first_pair(plan.sizes.len());
        Self {
            plan: plan.clone(),
            pairs: vec![PairSums::new(); n_pairs],
            non_finite: BTreeMap::new(),
            replicate: points.map_or_else(Vec::new, |_| vec![PairMoments::empty(); n_pairs]),
        }
    }

    /// Adds consecutive trials, the first being `offset` in the block; `columns` are the group's quantities, equally long. Batches of a
    /// block come in ascending order. A trial with a non-finite quantity is left out of its group and counted once, as what the first such
    /// quantity is.
    pub fn update(&mut self, group: usize, offset: usize, columns: &[&[f64]]) {
        debug_assert_eq!(columns.len(), self.plan.sizes[group]);
        let first_pair = self.plan.first_pair(group);
        let n_trials = columns.iter().map(|column| column.len()).min().unwrap_or(0);
        for trial in 0..n_trials {
            let broken = columns.iter().find(|column| !column[trial].is_finite());
            if let Some(column) = broken {
                let found = NonFinite::one(column[trial], (offset + trial) as u64);
                non_finite::record(&mut self.non_finite, group, found);
                continue;
            }
            let mut pair = first_pair;
            for j in 1..columns.len() {
                for i in 0..j {
                    self.pairs[pair].add(
                        (offset + trial) % LANES,
                        columns[i][trial],
                        columns[j][trial],
                    );
                    pair += 1;
                }
            }
        }
    }

    /// Ends the current block, whose first trial is given; its co-moments go to [`JointStatistics::insert`].
    pub fn finish_block(&mut self, block: u64, first_trial: u64) -> JointBlock {
        let pairs: Vec<PairMoments> = self.pairs.iter_mut().map(PairSums::finish).collect();
        for (replicate, block) in self.replicate.iter_mut().zip(&pairs) {
            *replicate = replicate.combine(block);
        }
        let mut non_finite = std::mem::take(&mut self.non_finite);
        for found in non_finite.values_mut() {
            found.first_trial = found.first_trial.saturating_add(first_trial);
        }
        JointBlock {
            block,
            pairs,
            non_finite,
        }
    }

    /// Ends a replicate, all of whose blocks this thread has finished in ascending order, and no other since; it goes to
    /// [`JointStatistics::insert_replicate`]. Not for the random design.
    pub fn finish_replicate(&mut self, replicate: u64) -> JointReplicate {
        let spreads = self
            .replicate
            .iter_mut()
            .map(|pair| {
                let pair = std::mem::replace(pair, PairMoments::empty());
                PairSpread {
                    covariance: Spread::of(pair.covariance()),
                    correlation: Spread::of(pair.correlation()),
                }
            })
            .collect();
        JointReplicate { replicate, spreads }
    }
}

/// Co-moments of all blocks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JointStatistics {
    plan: JointPlan,
    tree: BlockTree<PairMoments>,
    /// By group.
    non_finite: BTreeMap<usize, NonFinite>,
    /// Points of a replicate; `None` in the random design.
    points: Option<u64>,
    replicates: BlockTree<PairSpread>,
}

impl JointStatistics {
    /// No block yet; `points` are those of a replicate, `None` in the random design.
    #[must_use]
    pub fn new(plan: JointPlan, points: Option<u64>) -> Self {
        Self {
            plan,
            tree: BlockTree::new(),
            non_finite: BTreeMap::new(),
            points,
            replicates: BlockTree::new(),
        }
    }

    /// Whether these can be the co-moments of exactly the units `units` of a run with these blocks and groups.
    #[must_use]
    pub fn is_sound(&self, plan: &JointPlan, blocks: &Blocks, units: Range<u64>) -> bool {
        if self.plan != *plan || self.points != blocks.points() {
            return false;
        }
        let n_pairs = plan.first_pair(plan.sizes.len());
        let per_unit = blocks.blocks_per_unit();
        let range = units.start * per_unit..units.end * per_unit;
        let trials = blocks.trials_of(&units);
        let replicates = if self.points.is_some() { units } else { 0..0 };
        self.tree
            .is_sound(range, n_pairs, |pair| pair.is_sound(trials))
            && self.replicates.is_sound(replicates, n_pairs, |_| true)
            && non_finite::are_sound(&self.non_finite, plan.sizes.len(), trials)
    }

    /// Adds one block.
    ///
    /// # Errors
    /// As [`BlockTree::insert`].
    pub fn insert(&mut self, finished: JointBlock) -> Result<(), TreeError> {
        self.tree.insert(finished.block, finished.pairs)?;
        for (group, found) in finished.non_finite {
            non_finite::record(&mut self.non_finite, group, found);
        }
        Ok(())
    }

    /// Adds the spreads of one replicate, in any order.
    ///
    /// # Errors
    /// As [`BlockTree::insert`].
    pub fn insert_replicate(&mut self, finished: JointReplicate) -> Result<(), TreeError> {
        self.replicates.insert(finished.replicate, finished.spreads)
    }

    /// Adds another part of the run.
    ///
    /// # Errors
    /// As [`BlockTree::insert`].
    pub fn merge(&mut self, other: Self) -> Result<(), TreeError> {
        self.tree.merge(other.tree)?;
        self.replicates.merge(other.replicates)?;
        for (group, found) in other.non_finite {
            non_finite::record(&mut self.non_finite, group, found);
        }
        Ok(())
    }

    /// Co-moments of blocks 0 … `n_blocks` − 1.
    ///
    /// # Errors
    /// As [`BlockTree::finish`].
    pub fn finish(&self, n_blocks: u64) -> Result<JointSummary, TreeError> {
        let n_replicates = self
            .points
            .map(|points| n_blocks / Blocks::per_replicate(points));
        Ok(JointSummary {
            n_replicates,
            spreads: self.replicates.finish(n_replicates.unwrap_or(0))?,
            plan: self.plan.clone(),
            pairs: self.tree.finish(n_blocks)?,
            non_finite: self.non_finite.clone(),
        })
    }
}

/// Co-moments of the run.
#[derive(Debug, Clone)]
pub struct JointSummary {
    plan: JointPlan,
    pairs: Vec<PairMoments>,
    non_finite: BTreeMap<usize, NonFinite>,
    n_replicates: Option<u64>,
    spreads: Vec<PairSpread>,
}

impl JointSummary {
    /// Trials left out of each group because a quantity was not finite; groups without such trials are absent. A run counts them with
    /// those of its values.
    #[must_use]
    pub fn non_finite(&self) -> BTreeMap<usize, NonFinite> {
        self.non_finite.clone()
    }

    /// Co-moments of quantities `i` < `j` of a group: x is quantity `i`, y is `j`. `None` for any other pair.
    #[must_use]
    pub fn pair(&self, group: usize, i: usize, j: usize) -> Option<&PairMoments> {
        self.pairs.get(self.place(group, i, j)?)
    }

    /// Monte Carlo error of the covariance of a pair: from the spread over replicates, in the random design from fourth-order co-moments.
    #[must_use]
    pub fn covariance_error(&self, group: usize, i: usize, j: usize) -> Option<f64> {
        let place = self.place(group, i, j)?;
        match self.n_replicates {
            None => self.pairs.get(place)?.covariance_error(),
            Some(n) => self.spreads.get(place)?.covariance.error(n),
        }
    }

    /// Monte Carlo error of the correlation of a pair, as of the covariance.
    #[must_use]
    pub fn correlation_error(&self, group: usize, i: usize, j: usize) -> Option<f64> {
        let place = self.place(group, i, j)?;
        match self.n_replicates {
            None => self.pairs.get(place)?.correlation_error(),
            Some(n) => self.spreads.get(place)?.correlation.error(n),
        }
    }

    /// Place of a pair among all pairs.
    fn place(&self, group: usize, i: usize, j: usize) -> Option<usize> {
        if group >= self.plan.sizes.len() || i >= j || j >= self.plan.sizes[group] {
            return None;
        }
        Some(self.plan.first_pair(group) + j * (j - 1) / 2 + i)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::TRIALS_PER_BLOCK;
    use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

    fn columns(n: usize, seed: u64) -> [Vec<f64>; 3] {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let normal = |rng: &mut ChaCha8Rng| -> f64 { rng.sample(rand_distr::StandardNormal) };
        let mut columns = [vec![], vec![], vec![]];
        for _ in 0..n {
            let (a, b, c) = (normal(&mut rng), normal(&mut rng), normal(&mut rng));
            columns[0].push(1e6 + a);
            columns[1].push(0.6 * a + 0.8 * b);
            columns[2].push((0.5 * b + c).exp());
        }
        columns
    }

    fn summary(columns: &[Vec<f64>], batch: usize, order: impl Fn(usize) -> usize) -> JointSummary {
        let plan = JointPlan { sizes: vec![2, 3] };
        let mut accumulator = JointAccumulator::new(&plan, None);
        let mut statistics = JointStatistics::new(plan, None);
        let n_blocks = columns[0].len().div_ceil(TRIALS_PER_BLOCK);
        for block in (0..n_blocks).map(order) {
            let start = block * TRIALS_PER_BLOCK;
            let end = (start + TRIALS_PER_BLOCK).min(columns[0].len());
            for from in (start..end).step_by(batch) {
                let to = (from + batch).min(end);
                let slices: Vec<&[f64]> = columns.iter().map(|c| &c[from..to]).collect();
                accumulator.update(0, from - start, &slices[..2]);
                accumulator.update(1, from - start, &slices);
            }
            statistics
                .insert(accumulator.finish_block(block as u64, start as u64))
                .unwrap();
        }
        statistics.finish(n_blocks as u64).unwrap()
    }

    #[test]
    fn batches_and_order_of_blocks_do_not_change_a_bit() {
        let columns = columns(10_001, 1);
        let whole = summary(&columns, 4096, |b| b);
        for batch in [1, 7, 256, 1000] {
            assert_eq!(summary(&columns, batch, |b| 2 - b).pairs, whole.pairs);
        }
    }

    #[test]
    fn covariance_and_correlation_equal_two_pass_sums() {
        let columns = columns(10_001, 2);
        let whole = summary(&columns, 1000, |b| b);
        let n = 10_001.0;
        let mean = |c: usize| columns[c].iter().sum::<f64>() / n;
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            let (mi, mj) = (mean(i), mean(j));
            let sum = |a: i32, b: i32| -> f64 {
                columns[i]
                    .iter()
                    .zip(&columns[j])
                    .map(|(x, y)| (x - mi).powi(a) * (y - mj).powi(b))
                    .sum()
            };
            let pair = whole.pair(1, i, j).unwrap();
            // 1e4 roundings of 1e-16 beside values of 1e6: 1e-10 of an sd in each difference.
            let close = |found: f64, expected: f64| {
                assert!(
                    (found - expected).abs() < 1e-8 * expected.abs().max(1.0),
                    "{found} {expected}"
                )
            };
            close(pair.covariance().unwrap(), sum(1, 1) / (n - 1.0));
            close(
                pair.correlation().unwrap(),
                sum(1, 1) / (sum(2, 0) * sum(0, 2)).sqrt(),
            );
            close(
                pair.covariance_error().unwrap(),
                ((sum(2, 2) / n - (sum(1, 1) / n).powi(2)) / n).sqrt(),
            );
        }
        assert_eq!(whole.pair(0, 0, 1), whole.pair(1, 0, 1));
        assert!(
            whole.pair(0, 1, 0).is_none()
                && whole.pair(2, 0, 1).is_none()
                && whole.pair(0, 0, 2).is_none()
        );
    }

    #[test]
    fn correlation_error_is_the_spread_over_seeds() {
        // 300 runs: the sd of the correlations is known to 1/√600 = 4 %; 15 % are nearly four of these.
        for (i, j) in [(0, 1), (1, 2)] {
            let runs: Vec<(f64, f64)> = (0..300)
                .map(|seed| {
                    let whole = summary(&columns(1000, 100 + seed), 1000, |b| b);
                    let pair = whole.pair(1, i, j).unwrap();
                    (
                        pair.correlation().unwrap(),
                        pair.correlation_error().unwrap(),
                    )
                })
                .collect();
            let mean = runs.iter().map(|r| r.0).sum::<f64>() / 300.0;
            let sd = (runs.iter().map(|r| (r.0 - mean).powi(2)).sum::<f64>() / 299.0).sqrt();
            let stated = runs.iter().map(|r| r.1).sum::<f64>() / 300.0;
            assert!((stated / sd - 1.0).abs() < 0.15, "{stated} against {sd}");
            if (i, j) == (0, 1) {
                // Normal pair: (1 − r²)/√N; the mean of 300 errors of 5 % each is within 1 %, and the bias is of order 1/N.
                assert!(
                    (stated / ((1.0 - 0.36) / 1000_f64.sqrt()) - 1.0).abs() < 0.02,
                    "{stated}"
                );
            }
        }
    }

    #[test]
    fn replicates_of_independent_trials_have_the_errors_of_independent_trials() {
        const POINTS: usize = 5000;
        const N_REPLICATES: u64 = 64;
        let columns = columns(POINTS * N_REPLICATES as usize, 9);
        let plan = JointPlan { sizes: vec![3] };
        let points = Some(POINTS as u64);
        let run = |order: &dyn Fn(u64) -> u64| {
            let blocks = Blocks::new(columns[0].len() as u64, points);
            let mut accumulator = JointAccumulator::new(&plan, points);
            let mut statistics = JointStatistics::new(plan.clone(), points);
            for replicate in (0..N_REPLICATES).map(order) {
                for block in blocks.of_unit(replicate) {
                    let span = blocks.span(block);
                    let start = span.first_trial as usize;
                    let slices: Vec<&[f64]> = columns
                        .iter()
                        .map(|column| &column[start..start + span.n_trials])
                        .collect();
                    accumulator.update(0, 0, &slices);
                    statistics
                        .insert(accumulator.finish_block(block, span.first_trial))
                        .unwrap();
                }
                statistics
                    .insert_replicate(accumulator.finish_replicate(replicate))
                    .unwrap();
            }
            assert!(statistics.finish(blocks.n_blocks() - 2).is_err());
            (statistics.finish(blocks.n_blocks()).unwrap(), statistics)
        };
        let (summary, statistics) = run(&|replicate| replicate);
        assert_eq!(run(&|replicate| N_REPLICATES - 1 - replicate).1, statistics);
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            let pair = summary.pair(0, i, j).unwrap();
            for (found, expected) in [
                (summary.covariance_error(0, i, j), pair.covariance_error()),
                (summary.correlation_error(0, i, j), pair.correlation_error()),
            ] {
                // 64 replicates know their spread to 1/√126 = 9 %; 40 % are more than four of these.
                let ratio = found.unwrap() / expected.unwrap();
                assert!((ratio - 1.0).abs() < 0.4, "{i} {j}: {ratio}");
                assert_ne!(ratio, 1.0);
            }
        }
    }

    #[test]
    fn trials_left_out_are_counted_once_by_group_and_located() {
        let mut columns = columns(10_001, 4);
        // Block 1, trial 4100: both quantities of group 0; block 2, trial 9000: only the third quantity, of group 1.
        columns[0][4100] = f64::NAN;
        columns[1][4100] = f64::INFINITY;
        columns[2][9000] = f64::NEG_INFINITY;
        for batch in [1, 7, 4096] {
            let whole = summary(&columns, batch, |b| 2 - b);
            let both = NonFinite {
                nan: 1,
                positive: 0,
                negative: 0,
                first_trial: 4100,
            };
            let found = whole.non_finite();
            assert_eq!(found[&0], both);
            let expected = NonFinite {
                negative: 1,
                ..both
            };
            assert_eq!(found[&1], expected);
            assert_eq!(
                found[&1].count() + whole.pair(1, 1, 2).unwrap().count,
                10_001
            );
        }
    }

    #[test]
    fn parts_of_a_run_add_what_they_left_out() {
        let plan = JointPlan { sizes: vec![2] };
        let part = |block: u64, value: f64| {
            let mut accumulator = JointAccumulator::new(&plan, None);
            accumulator.update(0, 5, &[&[1.0, value], &[2.0, 3.0]]);
            let mut statistics = JointStatistics::new(plan.clone(), None);
            statistics
                .insert(accumulator.finish_block(block, 4096 * block))
                .unwrap();
            statistics
        };
        for order in [[0, 1], [1, 0]] {
            let [mut all, other] = order.map(|block| part(block, f64::INFINITY));
            all.merge(other).unwrap();
            let found = all.finish(2).unwrap().non_finite()[&0];
            assert_eq!((found.positive, found.first_trial), (2, 6));
        }
        assert!(part(0, 1.0).finish(1).unwrap().non_finite().is_empty());
    }

    #[test]
    fn degenerate_pairs_have_no_correlation() {
        let constant = summary(
            &[
                vec![1.0; 10],
                (0..10).map(f64::from).collect(),
                vec![2.0; 10],
            ],
            3,
            |b| b,
        );
        assert_eq!(constant.pair(0, 0, 1).unwrap().correlation(), None);
        assert_eq!(constant.pair(0, 0, 1).unwrap().covariance(), Some(0.0));
        let mut broken = columns(100, 3);
        broken[0][17] = f64::NAN;
        assert_eq!(summary(&broken, 7, |b| b).pair(1, 1, 2).unwrap().count, 99);
        assert_eq!(PairMoments::empty().covariance(), None);
    }
}
