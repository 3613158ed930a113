//! Direction numbers of Sobol' sequences from the table of Joe and Kuo.

/// The table; `joe_kuo.md` describes its format and gives its licence.
const TABLE: &[u8] = include_bytes!("joe_kuo.bin");

/// Dimensions of the table.
pub(in crate::sample) const MOST_DIMENSIONS: usize = 21_201;

/// Bits of a point.
const BITS: usize = 32;

/// The direction numbers of one dimension with their bits reversed: point i is the exclusive or of those whose number is a set bit of i,
/// the lowest bit being the half of (0, 1), the next one the quarter, and so on.
pub(in crate::sample) type Directions = [u32; BITS];

/// Reads a table bit by bit, low bits first.
struct Bits<'a> {
    bytes: &'a [u8],
    next: usize,
}

impl Bits<'_> {
    fn take(&mut self, width: usize) -> u32 {
        let mut value = 0;
        for bit in 0..width {
            let byte = self.bytes[self.next / 8];
            value |= u32::from(byte >> (self.next % 8) & 1) << bit;
            self.next += 1;
        }
        value
    }
}

/// The direction numbers of the first `n` dimensions.
///
/// # Source
/// P. Bratley and B. L. Fox, "Algorithm 659: implementing Sobol's quasirandom sequence generator", ACM Transactions on Mathematical Software
/// 14 (1988), 88–100, with the initial numbers of S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional
/// projections", SIAM Journal on Scientific Computing 30 (2008), 2635–2654.
pub(in crate::sample) fn directions(n: usize) -> Vec<Directions> {
    let mut table = Bits {
        bytes: TABLE,
        next: 0,
    };
    (0..n.min(MOST_DIMENSIONS))
        .map(|dimension| {
            if dimension == 0 {
                return std::array::from_fn(|bit| 1 << bit);
            }
            let degree = table.take(5) as usize;
            let inner = table.take(degree - 1);
            let mut numbers = [0u32; BITS];
            for bit in 0..BITS {
                numbers[bit] = if bit < degree {
                    (table.take(bit) << 1 | 1) << (BITS - 1 - bit)
                } else {
                    let before = numbers[bit - degree];
                    (1..degree)
                        .filter(|k| inner >> (degree - 1 - k) & 1 == 1)
                        .fold(before ^ before >> degree, |sum, k| sum ^ numbers[bit - k])
                };
            }
            numbers.map(u32::reverse_bits)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Point `number` of a dimension as a multiple of 2⁻³².
    fn point(directions: &Directions, number: u32) -> u32 {
        let set = (0..BITS).filter(|bit| number >> bit & 1 == 1);
        set.fold(0, |x, bit| x ^ directions[bit]).reverse_bits()
    }

    #[test]
    fn first_points_are_the_published_ones() {
        // The first ten points of the three-dimensional sequence as printed with Joe and Kuo's program, which walks in the order of Gray's
        // code: https://web.maths.unsw.edu.au/~fkuo/sobol/
        let published = [
            [0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
            [0.1875, 0.3125, 0.9375],
            [0.6875, 0.8125, 0.4375],
        ];
        let directions = directions(3);
        for (number, row) in (0u32..).zip(&published) {
            for (dimension, &x) in directions.iter().zip(row) {
                let here = f64::from(point(dimension, number ^ number >> 1)) / 4294967296.0;
                assert_eq!(here, x, "point {number}");
            }
        }
    }

    #[test]
    fn points_are_those_of_scipy() {
        #[derive(serde::Deserialize)]
        struct Reference {
            dimensions: Vec<usize>,
            numbers: Vec<u32>,
            points: Vec<Vec<u32>>,
        }
        let text = include_str!("../../../tests/reference/sobol.json");
        let reference: Reference = serde_json::from_str(text).unwrap();
        let directions = directions(MOST_DIMENSIONS);
        assert_eq!(directions.len(), MOST_DIMENSIONS);
        for (&number, row) in reference.numbers.iter().zip(&reference.points) {
            for (&dimension, &expected) in reference.dimensions.iter().zip(row) {
                let here = point(&directions[dimension - 1], number);
                assert_eq!(here, expected, "dimension {dimension}, point {number}");
            }
        }
    }

    #[test]
    fn the_table_is_read_to_its_end() {
        // The numbers of bits are known from the degrees alone; all bits but the padding of the last byte belong to a dimension.
        let mut table = Bits {
            bytes: TABLE,
            next: 0,
        };
        for _ in 1..MOST_DIMENSIONS {
            let degree = table.take(5) as usize;
            table.next += degree - 1 + degree * (degree - 1) / 2;
        }
        assert_eq!(table.next.div_ceil(8), TABLE.len());
    }
}
