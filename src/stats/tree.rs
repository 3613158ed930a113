//! Combines blocks by a fixed binary tree over block numbers, in whatever order they arrive.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Statistics of two neighbouring ranges of trials joined to those of both, the earlier range first.
pub trait Combine {
    /// Joins `self` (earlier trials) with `other` (later trials).
    #[must_use]
    fn combine(&self, other: &Self) -> Self;
}

/// Why blocks do not form one whole.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TreeError {
    /// The same trials came twice.
    #[error("block {block} has been counted already")]
    Repeated {
        /// First block of the range that came twice.
        block: u64,
    },
    /// A block number beyond 2^63.
    #[error("block number {block} is too large")]
    TooLarge {
        /// The number.
        block: u64,
    },
    /// Trials are missing.
    #[error("block {block} of {n_blocks} is missing")]
    Missing {
        /// First block without statistics.
        block: u64,
        /// Blocks of the run.
        n_blocks: u64,
    },
    /// Blocks beyond the end of the run.
    #[error("block {block} lies beyond the {n_blocks} blocks of the run")]
    Beyond {
        /// The block.
        block: u64,
        /// Blocks of the run.
        n_blocks: u64,
    },
    /// Blocks of different plans.
    #[error("blocks have {found} and {expected} targets")]
    Targets {
        /// Targets of the new block.
        found: usize,
        /// Targets of the blocks before.
        expected: usize,
    },
}

/// A subtree covers blocks start … start + 2^height − 1, start being a multiple of 2^height.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Subtree<T> {
    height: u32,
    statistics: Vec<T>,
}

/// Completed subtrees that wait for their siblings, by first block. Their shape depends on block numbers alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlockTree<T> {
    waiting: BTreeMap<u64, Subtree<T>>,
}

impl<T> Default for BlockTree<T> {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
        }
    }
}

impl<T: Combine + Clone> BlockTree<T> {
    /// No block yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the statistics of one block, one entry per target.
    ///
    /// # Errors
    /// If the block came before, its number exceeds 2^63 or its number of targets differs.
    pub fn insert(&mut self, block: u64, statistics: Vec<T>) -> Result<(), TreeError> {
        self.insert_subtree(
            block,
            Subtree {
                height: 0,
                statistics,
            },
        )
    }

    /// Adds all subtrees of another part of the run.
    ///
    /// # Errors
    /// As [`BlockTree::insert`].
    pub fn merge(&mut self, other: Self) -> Result<(), TreeError> {
        for (start, subtree) in other.waiting {
            self.insert_subtree(start, subtree)?;
        }
        Ok(())
    }

    /// Number of subtrees held: at most about the number of threads plus the logarithm of the number of blocks.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether every subtree is one that blocks of `blocks` can have formed, apart from the others, with `n` sound statistics; and whether
    /// together they are all of these blocks.
    pub(crate) fn is_sound(
        &self,
        blocks: Range<u64>,
        n: usize,
        is_sound: impl Fn(&T) -> bool,
    ) -> bool {
        let mut next = blocks.start;
        let all = self.waiting.iter().all(|(&start, subtree)| {
            let length = 1_u64.checked_shl(subtree.height).unwrap_or(0);
            let fits = length > 0
                && start == next
                && start.is_multiple_of(length)
                && length <= blocks.end.saturating_sub(start);
            next = start.saturating_add(length);
            fits && subtree.statistics.len() == n && subtree.statistics.iter().all(&is_sound)
        });
        all && next == blocks.end
    }

    fn insert_subtree(&mut self, start: u64, subtree: Subtree<T>) -> Result<(), TreeError> {
        if start >= 1 << 63 {
            return Err(TreeError::TooLarge { block: start });
        }
        let end = start + (1 << subtree.height);
        if let Some((&other, known)) = self.waiting.range(..end).next_back() {
            if known.statistics.len() != subtree.statistics.len() {
                return Err(TreeError::Targets {
                    found: subtree.statistics.len(),
                    expected: known.statistics.len(),
                });
            }
            if other + (1 << known.height) > start {
                return Err(TreeError::Repeated {
                    block: start.max(other),
                });
            }
        }
        let (mut start, mut subtree) = (start, subtree);
        // Siblings differ in the one bit of the start that belongs to their height.
        while let Some(sibling) = self.sibling(start, subtree.height) {
            let Some(other) = self.waiting.remove(&sibling) else {
                break;
            };
            let (left, right) = if sibling < start {
                (&other, &subtree)
            } else {
                (&subtree, &other)
            };
            let statistics = join(&left.statistics, &right.statistics);
            start = start.min(sibling);
            subtree = Subtree {
                height: subtree.height + 1,
                statistics,
            };
        }
        self.waiting.insert(start, subtree);
        Ok(())
    }

    fn sibling(&self, start: u64, height: u32) -> Option<u64> {
        let sibling = start ^ (1 << height);
        let found = self.waiting.get(&sibling)?;
        (found.height == height).then_some(sibling)
    }

    /// Statistics of blocks 0 … `n_blocks` − 1; the subtrees that remain are joined from the last to the first. Empty if there is no block.
    ///
    /// # Errors
    /// If a block is missing or lies beyond `n_blocks`.
    pub fn finish(&self, n_blocks: u64) -> Result<Vec<T>, TreeError> {
        let mut next = 0;
        for (&start, subtree) in &self.waiting {
            if start != next {
                return Err(TreeError::Missing {
                    block: next,
                    n_blocks,
                });
            }
            next = start + (1 << subtree.height);
        }
        if next < n_blocks {
            return Err(TreeError::Missing {
                block: next,
                n_blocks,
            });
        }
        if next > n_blocks {
            return Err(TreeError::Beyond {
                block: next - 1,
                n_blocks,
            });
        }
        let mut subtrees = self.waiting.values().rev();
        let Some(last) = subtrees.next() else {
            return Ok(Vec::new());
        };
        let mut whole = last.statistics.clone();
        for subtree in subtrees {
            whole = join(&subtree.statistics, &whole);
        }
        Ok(whole)
    }
}

fn join<T: Combine>(left: &[T], right: &[T]) -> Vec<T> {
    left.iter().zip(right).map(|(a, b)| a.combine(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes down how it was combined.
    #[derive(Clone, Debug, PartialEq)]
    struct Shape(String);
    impl Combine for Shape {
        fn combine(&self, other: &Self) -> Self {
            Self(format!("({}{})", self.0, other.0))
        }
    }

    fn tree(order: &[u64]) -> BlockTree<Shape> {
        let mut tree = BlockTree::new();
        for &block in order {
            tree.insert(block, vec![Shape(block.to_string())]).unwrap();
        }
        tree
    }

    #[test]
    fn shape_depends_on_block_numbers_alone() {
        let expected = vec![Shape("(((01)(23))((45)6))".to_owned())];
        for order in [
            [0, 1, 2, 3, 4, 5, 6],
            [6, 5, 4, 3, 2, 1, 0],
            [3, 6, 0, 5, 2, 4, 1],
        ] {
            assert_eq!(tree(&order).finish(7).unwrap(), expected);
        }
        let mut left = tree(&[0, 2, 4]);
        left.merge(tree(&[1, 3, 5, 6])).unwrap();
        assert_eq!(left.finish(7).unwrap(), expected);
    }

    #[test]
    fn few_subtrees_wait_when_blocks_arrive_nearly_in_order() {
        let mut tree = BlockTree::new();
        let mut most = 0;
        for pair in 0..512_u64 {
            for block in [2 * pair + 1, 2 * pair] {
                tree.insert(block, vec![Shape(String::new())]).unwrap();
                most = most.max(tree.n_waiting());
            }
        }
        assert!(most <= 11, "{most}");
    }

    #[test]
    fn missing_repeated_and_foreign_blocks_are_refused() {
        assert_eq!(
            tree(&[0, 2]).finish(3),
            Err(TreeError::Missing {
                block: 1,
                n_blocks: 3
            })
        );
        assert_eq!(
            tree(&[0, 1]).finish(3),
            Err(TreeError::Missing {
                block: 2,
                n_blocks: 3
            })
        );
        assert_eq!(
            tree(&[0, 1]).finish(1),
            Err(TreeError::Beyond {
                block: 1,
                n_blocks: 1
            })
        );
        let mut repeated = tree(&[0, 1, 2, 3]);
        assert_eq!(
            repeated.insert(2, vec![Shape(String::new())]),
            Err(TreeError::Repeated { block: 2 })
        );
        assert_eq!(
            repeated.insert(u64::MAX, vec![Shape(String::new())]),
            Err(TreeError::TooLarge { block: u64::MAX })
        );
        assert_eq!(
            repeated.insert(4, vec![]),
            Err(TreeError::Targets {
                found: 0,
                expected: 1
            })
        );
        assert_eq!(BlockTree::<Shape>::new().finish(0), Ok(vec![]));
    }

    #[test]
    fn only_subtrees_that_blocks_can_form_are_sound() {
        let sound = |tree: &BlockTree<Shape>, blocks| tree.is_sound(blocks, 1, |_| true);
        let whole = tree(&[0, 1, 2, 3, 4, 5, 6]);
        assert!(sound(&whole, 0..7));
        assert!(sound(&tree(&[3, 4, 5]), 3..6));
        for other in [0..6, 0..8, 1..7, 0..0] {
            assert!(!sound(&whole, other.clone()), "{other:?}");
        }
        assert!(!whole.is_sound(0..7, 2, |_| true));
        assert!(!whole.is_sound(0..7, 1, |shape| shape.0.len() > 1));
        // Beyond 63 the length of a subtree does not fit.
        for height in [1, 3, 63, 64, u32::MAX] {
            let mut forged = whole.clone();
            forged.waiting.get_mut(&0).unwrap().height = height;
            assert!(!sound(&forged, 0..7), "{height}");
        }
    }
}
