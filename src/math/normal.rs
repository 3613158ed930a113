//! The normal distribution and the error function.

use super::double_double::split;
use super::exp::{exp, exp_sum};
use super::ln::ln;
use super::polynomial::polynomial;

/// `erf(x)/x` in `x²`, `x ≤ 0.66`; error 2e-17.
const ERF: [f64; 10] = [
    std::f64::consts::FRAC_2_SQRT_PI,
    -0.3761263890318349,
    0.11283791670934916,
    -0.02686617063918227,
    0.005223977536425057,
    -0.0008548319362208905,
    0.0001205493072377405,
    -1.4912531009710226e-05,
    1.6201691779856756e-06,
    -1.345305718693069e-07,
];
/// `erfc(x) e^(x²) (1 + 2x)` in `(x − 4)/(x + 4)`, all `x ≥ 0`; error 7e-17.
const SCALED_ERFC: [f64; 25] = [
    1.2329951186255526,
    -0.13962111684056228,
    0.015379652102619974,
    0.06809705425466839,
    -0.10103906603631811,
    0.09373283499911264,
    -0.06633036581186058,
    0.037167515526338006,
    -0.01619773406293477,
    0.005031970069102256,
    -0.0007577732435942576,
    -0.0001992571524726518,
    0.00015062142608651945,
    -2.4397731143023292e-05,
    -1.1221135665965907e-05,
    5.70657829924074e-06,
    2.9173425573089733e-07,
    -8.210647933297337e-07,
    7.771943241086912e-08,
    1.0631817593818149e-07,
    -2.0725802488181963e-08,
    -1.2338731403798444e-08,
    3.2323973445082033e-09,
    9.297625263709659e-10,
    -2.764120233734578e-10,
];

/// 1/√2 and 1/√(2π).
const INVERSE_ROOT_2: f64 = std::f64::consts::FRAC_1_SQRT_2;
const INVERSE_ROOT_2_PI: f64 = 0.3989422804014327;

/// Wichura's coefficients for `|p − ½| ≤ 0.425`, for the tail to 2e-11, and beyond; numerator, then denominator.
const CENTRE: [[f64; 8]; 2] = [
    [
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ],
    [
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ],
];
const TAIL: [[f64; 8]; 2] = [
    [
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ],
    [
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ],
];
const FAR_TAIL: [[f64; 8]; 2] = [
    [
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ],
    [
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ],
];

/// `e^(−x²)` and `e^(−x²/2)` with the square in two parts: at 37 the rounding of the square alone would cost 13 bits.
#[inline(always)]
fn exp_of_square(x: f64, factor: f64) -> f64 {
    let (high, low) = split(x);
    let low_part = low * (x + high);
    exp_sum(-(high * high) * factor, -low_part * factor)
}

/// `erfc(x) e^(x²)` for `x ≥ 0`.
#[inline(always)]
fn scaled_erfc(x: f64) -> f64 {
    let t = (x - 4.0) / (x + 4.0);
    polynomial(&SCALED_ERFC, t) / (1.0 + 2.0 * x)
}

/// Bound that keeps squares finite; beyond it every tail is 0.
#[inline(always)]
fn bounded(x: f64) -> f64 {
    let x = x.abs();
    if x > 100.0 { 100.0 } else { x }
}

/// `Φ(−x) e^(x²/2)` for `x ≥ 0`: the upper tail without its fast part.
#[inline(always)]
pub(crate) fn scaled_normal_tail(x: f64) -> f64 {
    0.5 * scaled_erfc(x * INVERSE_ROOT_2)
}

/// The error function. Error found: 2 ulp.
#[inline(always)]
pub fn erf(x: f64) -> f64 {
    let size = bounded(x);
    let small = x * polynomial(&ERF, x * x);
    let tail = 1.0 - exp_of_square(size, 1.0) * scaled_erfc(size);
    let tail = if x < 0.0 { -tail } else { tail };
    if size < 0.66 { small } else { tail }
}

/// `1 − erf(x)`, accurate in the upper tail. Relative error found: 2e-15.
#[inline(always)]
pub fn erfc(x: f64) -> f64 {
    let size = bounded(x);
    let small = 1.0 - x * polynomial(&ERF, x * x);
    let tail = exp_of_square(size, 1.0) * scaled_erfc(size);
    let tail = if x < 0.0 { 2.0 - tail } else { tail };
    if size < 0.66 { small } else { tail }
}

/// Φ(z), the standard normal distribution function; `normal_cdf(-z)` is the accurate upper tail. Relative error found: 1e-15 down to z = −37.
#[inline(always)]
pub fn normal_cdf(z: f64) -> f64 {
    normal_cdf_tails(z).0
}

/// (Φ(z), Φ(−z)), each as [`normal_cdf`] gives it.
#[inline(always)]
pub(crate) fn normal_cdf_tails(z: f64) -> (f64, f64) {
    let size = bounded(z);
    let scaled = z * INVERSE_ROOT_2;
    let part = scaled * polynomial(&ERF, scaled * scaled);
    let tail = 0.5 * (exp_of_square(size, 0.5) * scaled_erfc(size * INVERSE_ROOT_2));
    let below = if z > 0.0 { 1.0 - tail } else { tail };
    let above = if z < 0.0 { 1.0 - tail } else { tail };
    if size < 0.92 {
        (0.5 + 0.5 * part, 0.5 - 0.5 * part)
    } else {
        (below, above)
    }
}

/// φ(z), the standard normal density.
#[inline(always)]
pub fn normal_density(z: f64) -> f64 {
    INVERSE_ROOT_2_PI * exp(-0.5 * z * z)
}

/// Half the width of the centre, in which the score is one rational function of `u − ½`.
pub(crate) const CENTRE_REACH: f64 = 0.425;

/// Whether the score of this `u − ½` is [`normal_quantile_centre`].
#[inline(always)]
pub(crate) fn is_central(from_centre: f64) -> bool {
    from_centre.abs() <= CENTRE_REACH
}

/// The score of `u` near the centre, from `u − ½`.
#[inline(always)]
pub(crate) fn normal_quantile_centre(from_centre: f64) -> f64 {
    let r = 0.180625 - from_centre * from_centre;
    from_centre * polynomial(&CENTRE[0], r) / polynomial(&CENTRE[1], r)
}

/// Above this tail probability, a little more than e^−25, [`normal_quantile_near_tail`] holds.
pub(crate) const NEAR_TAIL: f64 = 1.4e-11;

/// The score of `u` outside the centre, where neither `u` nor `1 − u` is below [`NEAR_TAIL`].
#[inline(always)]
pub(crate) fn normal_quantile_near_tail(u: f64) -> f64 {
    let lower = u < 1.0 - u;
    let tail = if lower { u } else { 1.0 - u };
    let shifted = (-ln(tail)).sqrt() - 1.6;
    let size = polynomial(&TAIL[0], shifted) / polynomial(&TAIL[1], shifted);
    if lower { -size } else { size }
}

/// The score z with `Φ(z) = p`, where `p + q = 1` and the smaller of them is accurate. Relative error found: 1e-15, down to 1e-300.
///
/// # Source
/// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988), PPND16.
#[inline(always)]
pub fn normal_quantile_tails(p: f64, q: f64) -> f64 {
    let lower = p < q;
    let tail = if lower { p } else { q };
    let from_centre = if lower { p - 0.5 } else { 0.5 - q };
    let centre = normal_quantile_centre(from_centre);
    let root = (-ln(tail)).sqrt();
    let far = root > 5.0;
    let shifted = root - if far { 5.0 } else { 1.6 };
    let mut numerator = 0.0;
    let mut denominator = 0.0;
    let mut i = 8;
    while i > 0 {
        i -= 1;
        numerator = numerator * shifted + if far { FAR_TAIL[0][i] } else { TAIL[0][i] };
        denominator = denominator * shifted + if far { FAR_TAIL[1][i] } else { TAIL[1][i] };
    }
    // 0 must give an infinite score, not inf/inf.
    let size = if tail == 0.0 {
        f64::INFINITY
    } else {
        numerator / denominator
    };
    let outer = if lower { -size } else { size };
    if is_central(from_centre) {
        centre
    } else {
        outer
    }
}

/// The score z with `Φ(z) = u`; 0 and 1 give −inf and inf, numbers outside [0, 1] NaN. Error as [`normal_quantile_tails`] where `1 − u` is exact.
#[inline(always)]
pub fn normal_quantile(u: f64) -> f64 {
    normal_quantile_tails(u, 1.0 - u)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::oracle::{relative, spread, ulps};

    /// (z, Φ(z)), computed with 50 digits.
    const KNOWN: [(f64, f64); 9] = [
        (-0.1, 0.460172162722971),
        (-0.5, 0.3085375387259869),
        (-0.93, 0.1761855422452579),
        (-1.5, 0.06680720126885807),
        (-3.0, 0.0013498980316300946),
        (-6.5, 4.016000583859118e-11),
        (-12.0, 1.776482112077679e-33),
        (-25.0, 3.056696706382561e-138),
        (-37.0, 5.725571222524577e-300),
    ];

    #[test]
    fn normal_cdf_has_known_values_far_into_the_tail() {
        for (z, expected) in KNOWN {
            assert!(
                relative(normal_cdf(z), expected) < 2e-15,
                "{z} {}",
                normal_cdf(z)
            );
        }
        assert_eq!(normal_cdf(0.0), 0.5);
        assert_eq!(normal_cdf(f64::INFINITY), 1.0);
        assert_eq!(normal_cdf(f64::NEG_INFINITY), 0.0);
        assert!(normal_cdf(f64::NAN).is_nan());
    }

    #[test]
    fn normal_quantile_has_known_values_far_into_the_tail() {
        for (z, p) in KNOWN {
            assert!(
                relative(normal_quantile(p), z) < 2e-15,
                "{z} {}",
                normal_quantile(p)
            );
            assert_eq!(
                normal_quantile_tails(1.0 - p, p),
                -normal_quantile_tails(p, 1.0 - p)
            );
        }
        assert_eq!(normal_quantile(0.5), 0.0);
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(
            normal_quantile(-0.1).is_nan()
                && normal_quantile(1.1).is_nan()
                && normal_quantile(f64::NAN).is_nan()
        );
    }

    #[test]
    fn normal_quantile_inverts_normal_cdf() {
        for z in spread(-37.0, -0.01, 20_000) {
            let p = normal_cdf(z);
            // d ln z/d ln p is at most 1 there but for z near 0, where the error is absolute.
            assert!(
                (normal_quantile_tails(p, 1.0 - p) - z).abs() < 4e-15 * z.abs() + 1e-15,
                "{z}"
            );
        }
    }

    #[test]
    fn erf_and_erfc_have_known_values() {
        // (x, erf x, erfc x), computed with 30 digits.
        let known: [(f64, f64, f64); 12] = [
            (1e-08, 1.1283791670955126e-08, 0.9999999887162083),
            (0.1, 0.1124629160182849, 0.887537083981715),
            (0.5, 0.5204998778130465, 0.4795001221869535),
            (0.65, 0.6420293273556719, 0.35797067264432814),
            (0.67, 0.6566277023003051, 0.3433722976996949),
            (1.0, 0.8427007929497149, 0.15729920705028513),
            (1.7, 0.9837904585907745, 0.01620954140922544),
            (
                2.7137541599999997,
                0.9998758725944016,
                0.00012412740559845502,
            ),
            (3.10399416, 0.9999886498409994, 1.135015900060398e-05),
            (5.0, 0.9999999999984626, 1.537459794428035e-12),
            (12.0, 1.0, 1.3562611692059042e-64),
            (26.0, 1.0, 5.663192408856143e-296),
        ];
        for (x, inner, outer) in known {
            assert!(
                ulps(erf(x), inner) <= 2.0 && ulps(erf(-x), -inner) <= 2.0,
                "{x}"
            );
            assert!(relative(erfc(x), outer) < 2e-15, "{x}");
        }
        assert!(erf(f64::NAN).is_nan() && erfc(f64::NAN).is_nan());
    }

    #[test]
    fn erf_and_erfc_agree_with_statrs() {
        use statrs::function::erf as other;
        // statrs is itself off by up to 1e-10, near 0 most.
        for x in spread(-6.0, 26.0, 100_000) {
            assert!(relative(erf(x), other::erf(x)) < 1e-9, "{x}");
            assert!(relative(erfc(x), other::erfc(x)) < 1e-9, "{x}");
        }
    }
}
