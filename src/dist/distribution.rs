//! The closed set of distributions under one type.

use super::*;
use crate::math::{normal_cdf, normal_density, normal_levels, simd_level};
use fearless_simd::dispatch;

/// What a family answers. `p + q = 1`, and the smaller of them is accurate.
pub(super) trait Law {
    fn quantile(&self, p: f64, q: f64) -> f64;
    fn cdf(&self, x: f64) -> f64;
    fn survival(&self, x: f64) -> f64;
    fn density(&self, x: f64) -> f64;
    fn mean(&self) -> Option<f64>;
    fn sd(&self) -> Option<f64>;
    fn support(&self) -> (f64, f64);
    /// Whether quantiles are searched for, many at once faster than one by one.
    const SEARCHED: bool = false;
    /// The quantiles of several laws of the family, each to the bit as alone.
    #[inline(always)]
    fn quantiles<const W: usize>(laws: &[&Self; W], p: &[f64; W], q: &[f64; W]) -> [f64; W] {
        std::array::from_fn(|lane| laws[lane].quantile(p[lane], q[lane]))
    }
    /// Whether `draw` is a function of the score itself, in place of the quantile at its level.
    const BY_SCORE: bool = false;
    fn draw(&self, score: f64) -> f64 {
        self.quantile(normal_cdf(score), normal_cdf(-score))
    }
}

/// What tells a draw its place in its distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawBy {
    /// A standard normal score.
    Score,
    /// The level of the quantile.
    Level,
}

/// Draws that are searched for together.
const LANES: usize = 16;

/// Draws taken through all steps together.
const CHUNK: usize = 128;

/// The draws of one law at a row of scores or levels: in steps, each of which the compiler vectorises where the quantile function allows it.
/// To the bit as `Law::draw`.
fn draw_row<L: Law>(law: &L, by: DrawBy, places: &[f64], out: &mut [f64]) {
    if L::SEARCHED {
        return draw_each(|_| law, by, places, out);
    }
    let (mut below, mut above) = ([0.0; CHUNK], [0.0; CHUNK]);
    for (places, out) in places.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
        if L::BY_SCORE && by == DrawBy::Score {
            dispatch!(simd_level(), _simd => {
                for (slot, &score) in out.iter_mut().zip(places) {
                    *slot = law.draw(score);
                }
            });
        } else {
            levels(by, places, &mut below, &mut above);
            dispatch!(simd_level(), _simd => {
                for ((slot, &p), &q) in out.iter_mut().zip(&below).zip(&above) {
                    *slot = law.quantile(p, q);
                }
            });
        }
    }
}

/// The draw of each of several laws of one family; `law` tells that of a trial.
fn draw_each<'a, L: Law + 'a>(
    law: impl Fn(usize) -> &'a L,
    by: DrawBy,
    places: &[f64],
    out: &mut [f64],
) {
    let (mut below, mut above) = ([0.0; CHUNK], [0.0; CHUNK]);
    for (chunk, (places, out)) in places.chunks(CHUNK).zip(out.chunks_mut(CHUNK)).enumerate() {
        let law = |trial: usize| law(chunk * CHUNK + trial);
        if L::BY_SCORE && by == DrawBy::Score {
            for (trial, (slot, &score)) in out.iter_mut().zip(places).enumerate() {
                *slot = law(trial).draw(score);
            }
            continue;
        }
        levels(by, places, &mut below, &mut above);
        dispatch!(simd_level(), _simd => {
            let n_searched = if L::SEARCHED { out.len() } else { 0 };
            let (whole, _) = out[..n_searched].as_chunks_mut::<LANES>();
            let (whole_below, _) = below.as_chunks::<LANES>();
            let (whole_above, _) = above.as_chunks::<LANES>();
            for (group, slots) in whole.iter_mut().enumerate() {
                let laws = std::array::from_fn(|lane| law(group * LANES + lane));
                *slots = L::quantiles(&laws, &whole_below[group], &whole_above[group]);
            }
            let start = whole.len() * LANES;
            let levels = below[start..].iter().zip(&above[start..]);
            for ((trial, slot), (&p, &q)) in (start..).zip(&mut out[start..]).zip(levels) {
                *slot = law(trial).quantile(p, q);
            }
        });
    }
}

/// The levels of a row of places, and what they leave of 1.
fn levels(by: DrawBy, places: &[f64], below: &mut [f64], above: &mut [f64]) {
    match by {
        DrawBy::Score => normal_levels(places, below, above),
        DrawBy::Level => {
            for ((&level, p), q) in places.iter().zip(below).zip(above) {
                (*p, *q) = (level, 1.0 - level);
            }
        }
    }
}

macro_rules! distributions {
    ($($(#[$doc:meta])* $name:ident($law:ty)),* $(,)?) => {
        /// A distribution with all its numbers known, ready to draw.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Distribution {
            $($(#[$doc])* $name($law)),*
        }

        impl Distribution {
            /// The draw at a standard normal score: the quantile at Φ(score). At score 0 a median given as parameter comes back exactly.
            #[inline]
            pub fn draw(&self, score: f64) -> f64 {
                match self { $(Self::$name(law) => Law::draw(law, score)),* }
            }
            /// [`Distribution::draw`] of a row of scores, or the quantiles at a row of levels, to the bit.
            pub(crate) fn draw_row(&self, by: DrawBy, places: &[f64], out: &mut [f64]) {
                match self { $(Self::$name(law) => draw_row(law, by, places, out)),* }
            }
            /// The draw of each distribution at its place, to the bit as alone; those of one family are searched for together.
            pub(crate) fn draw_each(all: &[Self], by: DrawBy, places: &[f64], out: &mut [f64]) {
                match all.first() {
                    $(Some(Self::$name(first)) if all.iter().all(|one| matches!(one, Self::$name(_))) => {
                        let law = |trial: usize| match &all[trial] {
                            Self::$name(law) => law,
                            _ => first,
                        };
                        draw_each(law, by, places, out);
                    })*
                    _ => {
                        for ((slot, one), &place) in out.iter_mut().zip(all).zip(places) {
                            *slot = match by {
                                DrawBy::Score => one.draw(place),
                                DrawBy::Level => one.quantile(place, 1.0 - place),
                            };
                        }
                    }
                }
            }
            /// The quantiles of several distributions, each to the bit as [`Distribution::quantile`]; those of one family are searched for together.
            pub(super) fn quantiles<const W: usize>(
                all: &[&Self; W],
                p: &[f64; W],
                q: &[f64; W],
            ) -> [f64; W] {
                dispatch!(simd_level(), _simd => match all[0] {
                    $(Self::$name(first) if all.iter().all(|one| matches!(one, Self::$name(_))) => {
                        let laws = all.map(|one| match one {
                            Self::$name(law) => law,
                            _ => first,
                        });
                        Law::quantiles(&laws, p, q)
                    })*
                    _ => std::array::from_fn(|lane| all[lane].quantile(p[lane], q[lane])),
                })
            }
            /// The quantile at level p, where `p + q = 1` and the smaller of them is accurate. Discrete: the smallest x with `F(x) ≥ p`.
            pub fn quantile(&self, p: f64, q: f64) -> f64 {
                match self { $(Self::$name(law) => law.quantile(p, q)),* }
            }
            /// P(X ≤ x)
            pub fn cdf(&self, x: f64) -> f64 {
                match self { $(Self::$name(law) => law.cdf(x)),* }
            }
            /// P(X > x)
            pub fn survival(&self, x: f64) -> f64 {
                match self { $(Self::$name(law) => law.survival(x)),* }
            }
            /// Density, or probability of x for a discrete distribution.
            pub fn density(&self, x: f64) -> f64 {
                // Formulas give inf·0 there.
                if x.is_infinite() {
                    return 0.0;
                }
                match self { $(Self::$name(law) => law.density(x)),* }
            }
            /// Mean; `None` where undefined or infinite.
            pub fn mean(&self) -> Option<f64> {
                match self { $(Self::$name(law) => law.mean()),* }
            }
            /// Standard deviation; `None` where undefined or infinite.
            pub fn sd(&self) -> Option<f64> {
                match self { $(Self::$name(law) => law.sd()),* }
            }
            /// Lower and upper end of the support.
            pub fn support(&self) -> (f64, f64) {
                match self { $(Self::$name(law) => law.support()),* }
            }
        }
    };
}

distributions! {
    /// Normal.
    Normal(Normal),
    /// Lognormal.
    Lognormal(Lognormal),
    /// Logit-normal.
    LogitNormal(LogitNormal),
    /// Split normal.
    SplitNormal(SplitNormal),
    /// Normal or lognormal, truncated.
    TruncatedNormal(TruncatedNormal),
    /// Any other continuous family, truncated.
    Truncated(Truncated),
    /// Uniform.
    Uniform(Uniform),
    /// Log-uniform.
    LogUniform(LogUniform),
    /// Triangular.
    Triangular(Triangular),
    /// Trapezoidal.
    Trapezoidal(Trapezoidal),
    /// Curvilinear trapezoid.
    CurvilinearTrapezoid(CurvilinearTrapezoid),
    /// Beta and PERT.
    Beta(Beta),
    /// Arcsine.
    Arcsine(Arcsine),
    /// Gamma.
    Gamma(Gamma),
    /// Inverse Gaussian.
    InverseGaussian(InverseGaussian),
    /// Weibull.
    Weibull(Weibull),
    /// Exponential.
    Exponential(Exponential),
    /// Pareto.
    Pareto(Pareto),
    /// Gumbel (of maxima).
    Gumbel(Gumbel),
    /// Generalised extreme value.
    GeneralisedExtremeValue(GeneralisedExtremeValue),
    /// Laplace.
    Laplace(Laplace),
    /// Logistic.
    Logistic(Logistic),
    /// Student t.
    StudentT(StudentT),
    /// Metalog.
    Metalog(Metalog),
    /// Bernoulli.
    Bernoulli(Bernoulli),
    /// Binomial.
    Binomial(Binomial),
    /// Negative binomial.
    NegativeBinomial(NegativeBinomial),
    /// Geometric.
    Geometric(Geometric),
    /// Poisson.
    Poisson(Poisson),
    /// Discrete uniform.
    DiscreteUniform(DiscreteUniform),
    /// Listed values with weights, or observed values.
    Listed(Listed),
}

impl Distribution {
    /// Whether the distribution has atoms instead of a density.
    pub fn is_discrete(&self) -> bool {
        matches!(
            self,
            Self::Bernoulli(_)
                | Self::Binomial(_)
                | Self::NegativeBinomial(_)
                | Self::Geometric(_)
                | Self::Poisson(_)
                | Self::DiscreteUniform(_)
                | Self::Listed(_)
        )
    }

    /// Whether quantiles are continuous and take so long that a table of them pays.
    pub(super) fn is_slow(&self) -> bool {
        matches!(
            self,
            Self::Beta(_)
                | Self::Gamma(_)
                | Self::InverseGaussian(_)
                | Self::GeneralisedExtremeValue(_)
                | Self::StudentT(_)
                | Self::Truncated(_)
        )
    }
}

/// Mean and sd by the trapezoid rule over scores, which converges faster than any power of the step for smooth quantile functions.
pub(super) fn moments_by_scores(draw: impl Fn(f64) -> f64) -> (f64, f64) {
    const STEP: f64 = 1.0 / 64.0;
    // φ(37) = 1e-298: with one bound a metalog may grow nearly as fast as φ falls.
    const STEPS: i32 = 64 * 37;
    let origin = draw(0.0);
    let (mut weight, mut first, mut second) = (0.0, 0.0, 0.0);
    for k in -STEPS..=STEPS {
        let z = f64::from(k) * STEP;
        let (w, x) = (normal_density(z), draw(z) - origin);
        weight += w;
        first += w * x;
        second += w * x * x;
    }
    let mean = first / weight;
    (
        origin + mean,
        (second / weight - mean * mean).max(0.0).sqrt(),
    )
}
