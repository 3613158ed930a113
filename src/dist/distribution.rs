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
    /// Whether `draw` is a function of the score itself, in place of the quantile at its level.
    const BY_SCORE: bool = false;
    fn draw(&self, score: f64) -> f64 {
        self.quantile(normal_cdf(score), normal_cdf(-score))
    }
}

/// `Law::draw` of a row: in steps, each of which the compiler vectorises where the quantile function allows it.
fn draw_row<L: Law>(law: &L, scores: &[f64], out: &mut [f64]) {
    /// Scores taken through all steps together.
    const CHUNK: usize = 128;
    let (mut below, mut above) = ([0.0; CHUNK], [0.0; CHUNK]);
    for (scores, out) in scores.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
        if L::BY_SCORE {
            dispatch!(simd_level(), _simd => {
                for (slot, &score) in out.iter_mut().zip(scores) {
                    *slot = law.draw(score);
                }
            });
        } else {
            normal_levels(scores, &mut below, &mut above);
            dispatch!(simd_level(), _simd => {
                for ((slot, &p), &q) in out.iter_mut().zip(&below).zip(&above) {
                    *slot = law.quantile(p, q);
                }
            });
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
            /// [`Distribution::draw`] of a row of scores, to the bit.
            pub(crate) fn draw_row(&self, scores: &[f64], out: &mut [f64]) {
                match self { $(Self::$name(law) => draw_row(law, scores, out)),* }
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
