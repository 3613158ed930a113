//! Low bits of the counts of all histograms of a thread, in one piece of memory.

use std::ops::{Deref, DerefMut};

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::grid::N_SLOTS;

/// Those of one histogram: two bytes for each slot.
pub(crate) type Low = [u16; N_SLOTS];

/// [target × slot]; written like a list of all counts.
///
/// Large pieces of zeros come from the system, which gives a page when it is first written: in the thread that counts, and never for
/// targets that have no histogram. A type with an alignment of its own would be filled with zeros by hand instead, so what is asked for is
/// somewhat more numbers than needed, and the first histogram starts where none lies across two pages.
#[derive(Debug, Clone)]
pub(crate) struct LowBits {
    room: Vec<u16>,
    /// Where the first begins.
    start: usize,
}

impl LowBits {
    /// Zeros for so many targets.
    pub(crate) fn new(n_targets: usize) -> Self {
        let spare = N_SLOTS - 1;
        let room = vec![0; n_targets * N_SLOTS + spare];
        // At the latest where all still fit, wherever memory lies.
        let start = room.as_ptr().align_offset(size_of::<Low>()).min(spare);
        Self { room, start }
    }
}

impl Deref for LowBits {
    type Target = [Low];

    #[inline(always)]
    fn deref(&self) -> &[Low] {
        self.room[self.start..].as_chunks().0
    }
}

impl DerefMut for LowBits {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [Low] {
        self.room[self.start..].as_chunks_mut().0
    }
}

impl Serialize for LowBits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_flattened().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for LowBits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let room = Vec::<u16>::deserialize(deserializer)?;
        if room.len() % N_SLOTS != 0 {
            return Err(D::Error::invalid_length(
                room.len(),
                &"a count for each slot",
            ));
        }
        Ok(Self { room, start: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_has_zeros_that_do_not_lie_across_two_pages() {
        for n_targets in [0, 1, 2, 3, 1000] {
            let low = LowBits::new(n_targets);
            assert_eq!(low.len(), n_targets);
            for low in low.iter() {
                assert_eq!(*low, [0; N_SLOTS]);
                assert_eq!(low.as_ptr().addr() % 2048, 0);
            }
        }
    }

    #[test]
    fn what_was_stored_is_read_and_other_lengths_are_refused() {
        let mut low = LowBits::new(3);
        (low[0][1], low[2][N_SLOTS - 1]) = (7, u16::MAX);
        let bytes = postcard::to_stdvec(&low).unwrap();
        let read: LowBits = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(*read, *low);
        let mut counts = low.as_flattened().to_vec();
        for length in [3 * N_SLOTS - 1, 1, 0] {
            counts.truncate(length);
            let bytes = postcard::to_stdvec(&counts).unwrap();
            let read: Result<LowBits, _> = postcard::from_bytes(&bytes);
            assert_eq!(read.is_ok(), length == 0, "{length}");
        }
    }

    /// Resident memory of the mapping that holds an address, in KB, as Linux tells it.
    #[cfg(all(target_os = "linux", not(miri)))]
    fn resident(address: usize) -> usize {
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut here = false;
        for line in maps.lines() {
            let first = line.split(' ').next().unwrap();
            if let Some((start, end)) = first.split_once('-') {
                let place = |text| usize::from_str_radix(text, 16).unwrap();
                here = (place(start)..place(end)).contains(&address);
            } else if here && first == "Rss:" {
                let kilobytes = line.trim_start_matches("Rss:").trim_end_matches("kB");
                return kilobytes.trim().parse().unwrap();
            }
        }
        panic!("no mapping holds {address:x}")
    }

    #[cfg(all(target_os = "linux", not(miri)))]
    #[test]
    fn memory_is_taken_for_what_is_written() {
        let mut low = LowBits::new(1 << 15);
        let address = low.as_ptr().addr() + size_of_val(&*low) / 2;
        // Of 64 MB. The mapping may be joined with others, and pages may be large.
        let before = resident(address);
        assert!(before < 32 << 10, "{before} KB");
        low.as_flattened_mut().fill(1);
        let after = resident(address);
        assert!(after >= 64 << 10, "{after} KB");
    }
}
