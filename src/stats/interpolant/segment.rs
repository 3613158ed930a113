//! One bin of a histogram: the cubic through its cumulative count, and how far a place in it may be off.

/// A density that changes more than twofold over three neighbouring bins is taken for a jump.
const JUMP: f64 = 2.0;
/// Bins so many times as wide as a neighbour are not judged by it: such are the outermost, where all that lies beyond is gathered.
const FAR_WIDER: f64 = 4.0;
/// Departures of a count from its neighbours below this many of its own standard errors are taken for chance.
const CHANCE: f64 = 5.0;

/// Equal parts of a bin, in whose middles quantiles lie: far below its resolution.
const PARTS: f64 = (1_u64 << 40) as f64;
/// Slope, in counts of the bin, at which the steps between parts are 2⁻⁴⁶, 64 times the rounding of the cubic.
const STEEP: f64 = 1.0 / 64.0;
/// Steps towards a place in a bin; after fewer nearly all are there.
const MOST_STEPS: usize = 5;
/// A step of 2⁻¹⁴ leaves an error of 2⁻⁴² times what the slopes make of it.
const NEAR: f64 = 1.0 / (1_u64 << 14) as f64;

/// Width and count of a bin of positive width.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) width: f64,
    pub(super) count: f64,
}

/// How far a quantile inside a bin may be off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Errors {
    /// By the interpolation.
    pub(super) resolution: f64,
    /// By chance inside the bin.
    pub(super) scatter: f64,
}

/// Where a bin stands among its neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Position {
    /// Between them.
    Inner,
    /// Beyond them, at an end of the values.
    Outer,
}

impl Extent {
    #[inline(always)]
    pub(super) fn density(self) -> f64 {
        self.count / self.width
    }

    /// Slope of the cumulative count at the edge to the next bin.
    #[inline(always)]
    pub(super) fn slope_to(self, next: Self) -> f64 {
        let (left, right) = (self.density(), next.density());
        let share = next.width / (self.width + next.width);
        let slope = left * share + right * (1.0 - share);
        slope.min(3.0 * left.min(right))
    }

    /// Slope of the cumulative count at the outer edge of a bin at an end of the values.
    pub(super) fn outer_slope(self, inner: Self) -> f64 {
        let density = self.density();
        let slope =
            density + (density - inner.density()) * (self.width / (self.width + inner.width));
        slope.max(0.0).min(3.0 * density)
    }

    /// How far chance moves a quantile that lies so far from the start of the bin, were its values independent: the share of them below a
    /// place u has the variance u (1 − u)/count.
    #[inline(always)]
    pub(super) fn scatter(self, distance: f64) -> f64 {
        let place = (distance / self.width).clamp(0.0, 1.0);
        if self.count > 0.0 {
            self.width * (place * (1.0 - place) / self.count).sqrt()
        } else {
            0.0
        }
    }

    /// Possible error of a quantile inside a bin in which no value repeats, from two others: its neighbours, or at an end of the values
    /// the next two inwards.
    ///
    /// The third derivative of the cumulative count, estimated by the second difference of densities, bounds the error of the cubic. In equal
    /// bins the parabolic slopes are off by a sixth of it, both alike, and the cubic by at most 0.096 of that, 1/62; a 32nd leaves room for
    /// chance and for what changes within three bins. At the ends of the values one slope is off by a third, the cubic by at most 0.148 of that
    /// and 0.148 of a sixth, 1/14; an 8th is taken. Where the density jumps or a neighbour is far narrower, it may be the whole bin.
    #[inline(always)]
    pub(super) fn resolution(self, others: [Self; 2], position: Position) -> f64 {
        let Self { width, count } = self;
        let far_wider =
            (width > FAR_WIDER * others[0].width) | (width > FAR_WIDER * others[1].width);
        let scaled = |other: Self| other.count * (width / other.width);
        let (first, second) = (scaled(others[0]), scaled(others[1]));
        let most = first.max(second).max(count);
        let least = first.min(second).min(count);
        let jump = most > JUMP * least + CHANCE * most.sqrt();
        // Densities in order: the middle one counts twice.
        let curvature = match position {
            Position::Inner => (first - 2.0 * count + second).abs() * (1.0 / 32.0),
            Position::Outer => (count - 2.0 * first + second).abs() * (1.0 / 8.0),
        };
        if !far_wider & !jump & (count > 0.0) & (curvature < count) {
            width * (curvature / count)
        } else {
            width
        }
    }
}

/// One bin of positive width, with the cubic through its cumulative count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) start: f64,
    pub(super) extent: Extent,
    /// Values below the bin, atoms left out.
    pub(super) below: f64,
    /// Slopes of the cumulative count at both ends, per unit of the bin's width.
    pub(super) slopes: [f64; 2],
}

impl Segment {
    /// From slopes per unit of the values.
    #[inline(always)]
    pub(super) fn new(start: f64, extent: Extent, below: f64, slopes: [f64; 2]) -> Self {
        // Densities of bins narrower than 1e-308 overflow; then a straight line serves.
        let rise = |slope: f64| {
            if slope.is_finite() {
                slope * extent.width
            } else {
                extent.count
            }
        };
        Self {
            start,
            extent,
            below,
            slopes: [rise(slopes[0]), rise(slopes[1])],
        }
    }

    /// Count gained from the start of the bin to a place in it, 0 … 1.
    #[inline(always)]
    pub(super) fn rise(&self, place: f64) -> f64 {
        let ([start, end], count) = (self.slopes, self.extent.count);
        let u = place;
        // Cubic Hermite with values 0 and `count` at the ends.
        let rise =
            u * (start + u * (3.0 * count - 2.0 * start - end + u * (start + end - 2.0 * count)));
        rise.max(0.0).min(count)
    }

    #[inline(always)]
    fn slope_at(&self, place: f64) -> f64 {
        let ([start, end], count) = (self.slopes, self.extent.count);
        start
            + place
                * (6.0 * count - 4.0 * start - 2.0 * end
                    + place * (3.0 * (start + end) - 6.0 * count))
    }

    #[inline(always)]
    fn curvature_at(&self, place: f64) -> f64 {
        let ([start, end], count) = (self.slopes, self.extent.count);
        6.0 * count - 4.0 * start - 2.0 * end + place * (6.0 * (start + end) - 12.0 * count)
    }

    /// Where so much is gained if the cubic is a straight line.
    #[inline(always)]
    pub(super) fn first_place(&self, gain: f64) -> f64 {
        (gain / self.extent.count).clamp(0.0, 1.0)
    }

    /// One step from a place towards that at which so much is gained.
    #[inline(always)]
    pub(super) fn step(&self, place: f64, gain: f64) -> f64 {
        let slope = 1.0 / self.slope_at(place);
        let newton = (self.rise(place) - gain) * slope;
        // With the curvature the error is about cubed.
        let step = newton * (1.0 + 0.5 * newton * self.curvature_at(place) * slope);
        (place - step).clamp(0.0, 1.0)
    }

    /// Middle of the part that bisection would find, if it is this one or a neighbour of it and the cubic is steep enough for rounding to
    /// leave no doubt about it; else NaN.
    #[inline(always)]
    pub(super) fn part_near(&self, place: f64, gain: f64) -> f64 {
        /// From here on doubles are whole numbers.
        const WHOLE: f64 = (1_u64 << 52) as f64;
        let rounded = (place * PARTS + WHOLE) - WHOLE;
        let part = if rounded > place * PARTS {
            rounded - 1.0
        } else {
            rounded
        };
        let steep = self.slope_at(place) > STEEP * self.extent.count;
        let edge = |step: f64| (part + step) / PARTS;
        let is_below = |step: f64| self.rise(edge(step)) < gain;
        let below = [is_below(-1.0), is_below(0.0), is_below(1.0), is_below(2.0)];
        let is_in = |step: f64, from_below: bool, to_below: bool| {
            let (low, high) = (edge(step), edge(step + 1.0));
            steep & (low > 0.0) & (high < 1.0) & from_below & !to_below
        };
        let middle = |step: f64| 0.5 * (edge(step) + edge(step + 1.0));
        // The likeliest first.
        if is_in(0.0, below[1], below[2]) {
            middle(0.0)
        } else if is_in(-1.0, below[0], below[1]) {
            middle(-1.0)
        } else if is_in(1.0, below[2], below[3]) {
            middle(1.0)
        } else {
            f64::NAN
        }
    }

    /// Place in the bin at which so much is gained: the middle of one of 2⁴⁰ equal parts.
    pub(super) fn solve(&self, gain: f64) -> f64 {
        let mut place = self.first_place(gain);
        for _ in 0..MOST_STEPS {
            let before = place;
            place = self.step(place, gain);
            if (place - before).abs() < NEAR {
                break;
            }
        }
        let found = self.part_near(place, gain);
        if found.is_nan() {
            self.bisect(gain, self.bracket(place, gain))
        } else {
            found
        }
    }

    /// Ends of a short interval about a place between which so much is gained beyond doubt: at all places outside, the cubic, which rises, is
    /// on the same side of the gain as at the nearer end.
    fn bracket(&self, place: f64, gain: f64) -> [f64; 2] {
        /// 64 times the rounding of the cubic, in counts of the bin.
        const DOUBT: f64 = 1.0 / (1_u64 << 46) as f64;
        let doubt = DOUBT * self.extent.count;
        let reaches = [30, 20, 10].map(|bits| 1.0 / (1_u64 << bits) as f64);
        let lower = reaches.map(|reach| place - reach);
        let upper = reaches.map(|reach| place + reach);
        let is_below = |place: &f64| *place > 0.0 && self.rise(*place) < gain - doubt;
        let is_above = |place: &f64| *place < 1.0 && self.rise(*place) > gain + doubt;
        [
            lower.into_iter().find(is_below).unwrap_or(0.0),
            upper.into_iter().find(is_above).unwrap_or(1.0),
        ]
    }

    /// The part at whose lower end less and at whose upper end no less is gained, by halving the bin 40 times.
    fn bisect(&self, gain: f64, [below, above]: [f64; 2]) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if middle <= below || (middle < above && self.rise(middle) < gain) {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bins with slopes from flat to the limit of monotony, and gains over the whole bin, to the bit.
    #[test]
    fn a_part_is_found_only_where_bisection_finds_it() {
        let mut n_found = [0, 0];
        for start in 0..=12 {
            for end in 0..=12 {
                for count in [1.0, 7.0, 100_003.0] {
                    let slopes = [start, end].map(|slope| f64::from(slope) / 4.0 * count);
                    let extent = Extent { width: 1.0, count };
                    let segment = Segment::new(0.0, extent, 0.0, slopes);
                    for step in 0..=200 {
                        let gain = count * f64::from(step) / 200.0;
                        let expected = segment.bisect(gain, [0.0, 1.0]);
                        assert_eq!(segment.solve(gain).to_bits(), expected.to_bits());
                        // From the place itself, and from its neighbours.
                        for (n_found, off) in n_found.iter_mut().zip([0.0, 1.0 / PARTS]) {
                            let found = segment.part_near(expected + off, gain);
                            if !found.is_nan() {
                                *n_found += 1;
                                let bits = [found, expected].map(f64::to_bits);
                                assert_eq!(bits[0], bits[1], "{segment:?} {gain}");
                            }
                        }
                    }
                }
            }
        }
        // Nine in ten of 101,907, with slopes far from those of most bins; the rest are ends and flat places.
        assert!(n_found.iter().all(|n| *n > 90_000), "{n_found:?}");
    }
}
