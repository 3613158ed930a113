//! Nested uniform scrambling of one coordinate, computed by hashing.

/// Two words that choose a scrambling.
pub(super) type ScramblingKey = [u32; 2];

/// Scrambles a coordinate whose bits are reversed: each bit is flipped or not depending on the key and on the bits below it (the bits before
/// it, of the coordinate), as in A. B. Owen's nested uniform scrambling (1995).
///
/// The hash of S. Laine and T. Karras ("Stratified sampling for stochastic transparency", Computer Graphics Forum 30 (2011)), which
/// B. Burley ("Practical hash-based Owen scrambling", Journal of Computer Graphics Techniques 9 (2020)) uses for Sobol' points, with the
/// constants of N. Vegdahl ("Building a better LK hash", 2021, https://psychopath.io/post/2021_01_30_building_a_better_lk_hash). It is
/// applied twice with a word of its own each: with 32 bits of key two of the ten thousands of streams and replicates of a run would
/// soon be scrambled alike.
#[inline(always)]
pub(super) fn owen(reversed: u32, key: ScramblingKey) -> u32 {
    laine_karras(laine_karras(reversed, key[0]), key[1])
}

/// Every step carries from lower bits to higher ones only: multiplication and addition modulo 2³².
#[inline(always)]
fn laine_karras(mut x: u32, key: u32) -> u32 {
    x ^= x.wrapping_mul(0x3d20_adea);
    x = x.wrapping_add(key);
    x = x.wrapping_mul(key >> 16 | 1);
    x ^= x.wrapping_mul(0x0552_6c56);
    x ^= x.wrapping_mul(0x53a2_2864);
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_a_second_implementation() {
        // By a program in Python with whole numbers of any size: (x, hash under the first key, then under the second).
        let key = [0x9e37_79b9, 0x7f4a_7c15];
        for (x, once, twice) in [
            (0, 0x3ced_baa1, 0x8424_2520),
            (1, 0xf28c_d7c4, 0x0d42_223d),
            (0x8000_0000, 0xbced_baa1, 0x0424_2520),
            (0x1234_5678, 0xfc5e_8dd9, 0x03d7_dcd8),
            (0xffff_ffff, 0x14fa_b952, 0x62dd_7993),
        ] {
            assert_eq!(laine_karras(x, key[0]), once, "{x:#x}");
            assert_eq!(owen(x, key), twice, "{x:#x}");
        }
    }
}
