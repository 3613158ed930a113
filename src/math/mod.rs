//! Elementary and special functions: the one place that chooses an implementation.
//!
//! Everything here is built from IEEE `+ − × ÷`, square root, rounding and bit patterns in a fixed order, without fused
//! multiply-add, tables or the platform's library: the same argument gives the same bits on every machine, alone or in a vectorised loop.
//! Polynomials are near-minimax: Chebyshev interpolation computed with 60 digits.

mod beta;
mod beta_lanes;
mod chebyshev;
mod cholesky;
mod double_double;
mod exp;
mod gamma;
mod gamma_lanes;
mod gamma_near_one;
mod inverse;
mod ln;
mod near_normal;
mod normal;
mod polynomial;
mod pow;
mod reduction;
mod root;
mod rows;
mod simd;
mod trig;

pub use beta::{beta_ln, beta_quantile, incomplete_beta};
pub use cholesky::cholesky;
pub use exp::{exp, exp_m1, exp_near, is_near_exponent, logistic, logistic_near};
pub use gamma::{gamma, gamma_quantile, incomplete_gamma, ln_gamma};
pub use gamma_near_one::{ln_gamma_1p, ln_gamma_doubled};
pub use ln::{ln, ln_1p, log10, logit};
pub use normal::{erf, erfc, normal_cdf, normal_density, normal_quantile, normal_quantile_tails};
pub use pow::{is_near_base, is_near_power, pow, pow_near};
pub use root::{bisect, bracket_root, newton_bracketed};
pub use trig::{atan, atan2, cos, sin, tan};

pub(crate) use beta_lanes::{beta_levels, beta_levels_serve, beta_quantiles};
pub(crate) use chebyshev::{CHEBYSHEV_POINTS, POINTS, rises_in_powers};
pub(crate) use gamma::ln_1p_minus;
pub(crate) use gamma_lanes::{gamma_levels, gamma_levels_serve, gamma_quantiles};
pub(crate) use inverse::{Evaluated, step};
pub(crate) use normal::scaled_normal_tail;
pub(crate) use rows::normal_levels;
pub use rows::normal_quantile_in_place;
#[cfg(test)]
pub(crate) use simd::level_named;
pub(crate) use simd::simd_level;
pub use simd::{SimdLevelError, choose_simd_level};
pub(crate) use trig::{cos_near, is_near_angle, sin_near, tan_near};

#[cfg(test)]
pub(crate) mod oracle;
