//! Quantiles of counts, as many at once as there are lanes: one evaluation of the distribution function beside a guess, then steps by the
//! probabilities of whole numbers, each from its neighbour's.

use crate::math::normal_quantile_tails;

/// Farther steps are left to a search.
const MOST_STEPS: usize = 48;
const LEAST_TAIL: f64 = 1e-290;

/// Whether both tails are far from the end of the range of numbers.
#[inline(always)]
pub(super) fn is_ordinary(p: f64, q: f64) -> bool {
    (p > LEAST_TAIL) & (q > LEAST_TAIL)
}

/// A whole number near the quantile of each lane, and the normal score of its level. `moments` tells mean, standard deviation and skewness.
///
/// # Source
/// Cornish and Fisher (1938): the first correction for skewness.
#[inline(always)]
pub(super) fn guesses<const W: usize>(
    p: &[f64; W],
    q: &[f64; W],
    moments: impl Fn(usize) -> [f64; 3],
) -> ([f64; W], [f64; W]) {
    let (mut guess, mut score) = ([0.0; W], [0.0; W]);
    for lane in 0..W {
        let ordinary = is_ordinary(p[lane], q[lane]);
        let (p, q) = if ordinary {
            (p[lane], q[lane])
        } else {
            (0.5, 0.5)
        };
        let [mean, sd, skew] = moments(lane);
        let z = normal_quantile_tails(p, q);
        let near = (mean + sd * (z + skew * (z * z - 1.0) / 6.0)).floor();
        guess[lane] = if near > 0.0 { near } else { 0.0 };
        score[lane] = z;
    }
    (guess, score)
}

/// Where the steps begin: a whole number k in each lane, the probabilities up to it and above it, and that of k + 1.
pub(super) struct Start<const W: usize> {
    pub(super) k: [f64; W],
    pub(super) below: [f64; W],
    pub(super) above: [f64; W],
    pub(super) next: [f64; W],
}

impl<const W: usize> Start<W> {
    /// The first whole number at which the level is reached, decided in the accurate tail, and whether the steps came to it; lanes that are not
    /// `fast` never do. `ratio` is the probability of k + 1 over that of k.
    #[inline(always)]
    pub(super) fn first_reached(
        self,
        p: &[f64; W],
        q: &[f64; W],
        fast: &[bool; W],
        ratio: impl Fn(usize, f64) -> f64,
    ) -> ([f64; W], [bool; W]) {
        let Self {
            mut k,
            mut below,
            mut above,
            mut next,
        } = self;
        let reached = |lane: usize, below: f64, above: f64| {
            let by_lower = below >= p[lane];
            let by_upper = above <= q[lane];
            if p[lane] <= q[lane] {
                by_lower
            } else {
                by_upper
            }
        };
        let mut here: [f64; W] = std::array::from_fn(|lane| next[lane] / ratio(lane, k[lane]));
        // Up to the first number at which the level is reached.
        let mut open = *fast;
        for _ in 0..MOST_STEPS {
            let mut going = false;
            for lane in 0..W {
                // Beyond the last possible number there is nothing to step over; tails that are ordinary are too large for it to underflow.
                let up = open[lane] & !reached(lane, below[lane], above[lane]) & (next[lane] > 0.0);
                open[lane] = up;
                going |= up;
                let step = if up { next[lane] } else { 0.0 };
                below[lane] += step;
                above[lane] -= step;
                k[lane] += if up { 1.0 } else { 0.0 };
                here[lane] = if up { next[lane] } else { here[lane] };
                let farther = next[lane] * ratio(lane, k[lane]);
                next[lane] = if up { farther } else { next[lane] };
            }
            if !going {
                break;
            }
        }
        let mut sound: [bool; W] = std::array::from_fn(|lane| fast[lane] & !open[lane]);
        // Down while the level is reached one number earlier, too.
        let mut open = sound;
        for _ in 0..MOST_STEPS {
            let mut going = false;
            for lane in 0..W {
                let (lower, upper) = (below[lane] - here[lane], above[lane] + here[lane]);
                let down = open[lane] & (k[lane] > 0.0) & reached(lane, lower, upper);
                open[lane] = down;
                going |= down;
                below[lane] = if down { lower } else { below[lane] };
                above[lane] = if down { upper } else { above[lane] };
                k[lane] -= if down { 1.0 } else { 0.0 };
                let earlier = here[lane] / ratio(lane, k[lane]);
                here[lane] = if down { earlier } else { here[lane] };
            }
            if !going {
                break;
            }
        }
        for lane in 0..W {
            sound[lane] &= !open[lane];
        }
        (k, sound)
    }
}
