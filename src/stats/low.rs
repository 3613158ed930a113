//! Low bits of the counts of one histogram, in whole lines of memory.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::grid::N_SLOTS;

/// Two bytes for each slot, from the start of a line: asked for in as few lines as hold them. Written like a list.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Low(pub(crate) [u16; N_SLOTS]);

impl Low {
    pub(crate) const EMPTY: Self = Self([0; N_SLOTS]);
}

impl Serialize for Low {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Low {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let counts = Vec::<u16>::deserialize(deserializer)?;
        let n = counts.len();
        (counts.try_into().map(Self))
            .map_err(|_| D::Error::invalid_length(n, &"a count for each slot"))
    }
}
