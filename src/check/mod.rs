//! Names become numbers; shapes, units, domains and roll-ups are checked: declarations in, [`CheckedModel`] out.

mod checked;

pub use checked::*;
