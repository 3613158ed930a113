//! The rows of a batch: one for each live value, in blocks of a fixed number of trials, on the boundaries of cache lines.

/// Trials of a block. Kernels are loops of this fixed length, without beginnings and ends of other lengths.
pub(super) const LANES: usize = 128;

/// Consecutive trials of one row.
pub(super) type Block = [f64; LANES];

/// Rows of equal length `[rows × blocks × LANES]`.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    buffer: Vec<f64>,
    /// Where the first cache line of the buffer begins.
    start: usize,
    blocks_per_row: usize,
}

impl Rows {
    /// Rows of zeros for at least `trials` trials.
    pub(super) fn new(n_rows: usize, trials: usize) -> Self {
        /// Bytes of a cache line, and of the widest register: an access across two lines takes twice as long.
        const LINE: usize = 64;
        const NUMBERS_PER_LINE: usize = LINE / size_of::<f64>();
        let blocks_per_row = trials.div_ceil(LANES);
        let buffer = vec![0.0; n_rows * blocks_per_row * LANES + NUMBERS_PER_LINE];
        // A platform that cannot tell gives usize::MAX: rows are then where they are.
        let start = buffer.as_ptr().align_offset(LINE);
        Self {
            start: if start < NUMBERS_PER_LINE { start } else { 0 },
            buffer,
            blocks_per_row,
        }
    }

    /// The first `n_blocks` blocks of a row.
    #[inline(always)]
    pub(super) fn row(&self, row: u32, n_blocks: usize) -> &[Block] {
        let (blocks, _) = self.buffer[self.start..].as_chunks();
        &blocks[row as usize * self.blocks_per_row..][..n_blocks]
    }

    /// The first blocks of row `out`, to be written, and all other rows.
    #[inline(always)]
    pub(super) fn split(&mut self, out: u32, n_blocks: usize) -> (&mut [Block], Others<'_>) {
        let (blocks, _) = self.buffer[self.start..].as_chunks_mut();
        let (before, rest) = blocks.split_at_mut(out as usize * self.blocks_per_row);
        let (row, after) = rest.split_at_mut(self.blocks_per_row);
        let others = Others {
            before,
            after,
            out,
            blocks_per_row: self.blocks_per_row,
            n_blocks,
        };
        (&mut row[..n_blocks], others)
    }
}

/// All rows but one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Others<'a> {
    before: &'a [Block],
    after: &'a [Block],
    out: u32,
    blocks_per_row: usize,
    n_blocks: usize,
}

impl<'a> Others<'a> {
    /// A row other than the one that was split off.
    #[inline(always)]
    pub(super) fn row(&self, row: u32) -> &'a [Block] {
        let (blocks, index) = if row < self.out {
            (self.before, row)
        } else {
            (self.after, row - self.out - 1)
        };
        &blocks[index as usize * self.blocks_per_row..][..self.n_blocks]
    }
}
