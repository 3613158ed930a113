//! Finds equal values: a table of their numbers by a fixed hash. It is asked, never walked through, so its order decides nothing.

use std::hash::{Hash, Hasher};

/// Numbers of items that a caller keeps in a list, found by content.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// At the place of its hash or in the next vacant one each item; a power of two of places, at most half of them taken.
    places: Vec<Option<Place>>,
    n_taken: usize,
}

/// What is known of an item without a look at it, which may lie far away in memory.
#[derive(Debug, Clone, Copy)]
struct Place {
    hash: u32,
    number: u32,
}

impl Known {
    /// The number of an item that is in `items`, or its future number there, `items.len()`, and whether it is new.
    ///
    /// # Panics
    /// From 2³² items on.
    pub(super) fn number<T: Hash + Eq>(&mut self, items: &[T], item: &T) -> (u32, bool) {
        if 2 * self.n_taken >= self.places.len() {
            self.grow();
        }
        let mut hasher = Multiplied(0);
        item.hash(&mut hasher);
        let hash = hasher.finish() as u32;
        let mask = self.places.len() - 1;
        let mut place = hash as usize & mask;
        while let Some(taken) = self.places[place] {
            if taken.hash == hash && items[taken.number as usize] == *item {
                return (taken.number, false);
            }
            place = (place + 1) & mask;
        }
        let number = u32::try_from(items.len()).expect("the builder limits the number of values");
        self.places[place] = Some(Place { hash, number });
        self.n_taken += 1;
        (number, true)
    }

    fn grow(&mut self) {
        let length = (2 * self.places.len()).max(1024);
        let before = std::mem::replace(&mut self.places, vec![None; length]);
        for taken in before.into_iter().flatten() {
            let mut place = taken.hash as usize & (length - 1);
            while self.places[place].is_some() {
                place = (place + 1) & (length - 1);
            }
            self.places[place] = Some(taken);
        }
    }
}

/// Folds each word by a multiplication with an odd number, whose high bits depend on all bits before.
struct Multiplied(u64);

impl Hasher for Multiplied {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u8(&mut self, x: u8) {
        self.write_u64(u64::from(x));
    }

    fn write_u32(&mut self, x: u32) {
        self.write_u64(u64::from(x));
    }

    fn write_u64(&mut self, x: u64) {
        // 2⁶⁴ over the golden ratio, made odd: Knuth, The Art of Computer Programming, vol. 3, section 6.4.
        self.0 = (self.0.rotate_left(23) ^ x).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_usize(&mut self, x: usize) {
        self.write_u64(x as u64);
    }

    fn write_isize(&mut self, x: isize) {
        self.write_u64(x as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_has_the_number_of_its_first_appearance() {
        let mut known = Known::default();
        let mut items: Vec<u64> = Vec::new();
        // Three rounds over numbers that differ in high bits only, then in low ones.
        for step in [1 << 40, 1] {
            for round in 0..3 {
                for k in 0..5000_u64 {
                    let (number, new) = known.number(&items, &(k * step));
                    if new {
                        items.push(k * step);
                    }
                    assert_eq!(new, round == 0 && (step > 1 || k > 0), "{k}");
                    assert_eq!(items[number as usize], k * step);
                }
            }
        }
        assert_eq!(items.len(), 9999);
    }
}
