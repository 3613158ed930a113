//! Rows of a block of trials, and what fills them: by the floor's own arithmetic, or by the engine's.

#[cfg(not(feature = "contract"))]
pub use crate::unbound::{Generator, exp, multiply_add};

#[cfg(feature = "contract")]
pub use crate::contract::{Generator, exp, multiply_add};

/// Trials of a block: the rows of a member and year stay in the first-level cache. ChaCha8 makes 128 draws at a time.
pub const B: usize = if cfg!(feature = "contract") { 128 } else { 64 };

/// One value for each trial of a block.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub struct Row(pub [f64; B]);

impl Row {
    pub const ZERO: Self = Self([0.0; B]);
}
