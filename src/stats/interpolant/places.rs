//! Many places in a histogram found at once: the same steps for all, so that one instruction serves as many as a register has lanes.

use super::segment::{Errors, Extent, Position, Segment};

/// Steps towards a place, after which nearly all are there.
const N_STEPS: usize = 4;

/// The bins in which so many places lie, with their neighbours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<const W: usize> {
    pub(super) bins: [usize; W],
    /// Whether a bin has neighbours on both sides.
    pub(super) inner: [bool; W],
    /// Edges of the bin before, of this one and of the one after.
    pub(super) edges: [[f64; W]; 4],
    /// Values below these.
    pub(super) below: [[f64; W]; 4],
}

impl<const W: usize> Around<W> {
    #[inline(always)]
    fn extent(&self, step: usize, lane: usize) -> Extent {
        Extent {
            width: self.edges[step + 1][lane] - self.edges[step][lane],
            count: self.below[step + 1][lane] - self.below[step][lane],
        }
    }

    /// The values below which so many lie, each with the bits that it has alone; NaN where it is to be found alone: at the ends of the
    /// values, and where the distribution function is flat.
    #[inline(always)]
    pub(super) fn values(&self, targets: &[f64; W]) -> [f64; W] {
        let (mut starts, mut ends) = ([0.0; W], [0.0; W]);
        for lane in 0..W {
            let (before, within) = (self.extent(0, lane), self.extent(1, lane));
            let slopes = [
                before.slope_to(within),
                within.slope_to(self.extent(2, lane)),
            ];
            let segment = Segment::new(self.edges[1][lane], within, self.below[1][lane], slopes);
            [starts[lane], ends[lane]] = segment.slopes;
        }
        let segment = |lane: usize| Segment {
            start: self.edges[1][lane],
            extent: self.extent(1, lane),
            below: self.below[1][lane],
            slopes: [starts[lane], ends[lane]],
        };
        let mut places = [0.0; W];
        for lane in 0..W {
            let segment = segment(lane);
            places[lane] = segment.first_place(targets[lane] - segment.below);
        }
        for _ in 0..N_STEPS {
            for lane in 0..W {
                let segment = segment(lane);
                places[lane] = segment.step(places[lane], targets[lane] - segment.below);
            }
        }
        let mut values = [f64::NAN; W];
        for lane in 0..W {
            let segment = segment(lane);
            let part = segment.part_near(places[lane], targets[lane] - segment.below);
            let part = if self.inner[lane] { part } else { f64::NAN };
            values[lane] = segment.start + segment.extent.width * part;
        }
        values
    }

    /// Possible errors of these values, where none repeats in their bins.
    #[inline(always)]
    pub(super) fn errors(&self, values: &[f64; W]) -> [Errors; W] {
        let (mut resolutions, mut scatters) = ([0.0; W], [0.0; W]);
        for lane in 0..W {
            let within = self.extent(1, lane);
            let others = [self.extent(0, lane), self.extent(2, lane)];
            resolutions[lane] = within.resolution(others, Position::Inner);
            scatters[lane] = within.scatter(values[lane] - self.edges[1][lane]);
        }
        std::array::from_fn(|lane| Errors {
            resolution: resolutions[lane],
            scatter: scatters[lane],
        })
    }
}
