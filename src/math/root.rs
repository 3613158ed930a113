//! Roots of functions of one variable; all deterministic.

/// Steps after which a bracketed search stops; bisection alone needs about 1,100 from the widest bracket of doubles to adjacent ones.
const MOST_STEPS: usize = 2_200;

/// The root of a function that is below 0 at `low` and above 0 at `high` (or the other way round), to the last digit that bisection and
/// the ITP method can reach. `None` where the ends have equal signs or give NaN.
///
/// # Source
/// I. F. D. Oliveira and R. H. C. Takahashi, "An enhancement of the bisection method average performance preserving minmax optimality",
/// ACM Transactions on Mathematical Software 47 (2020), with κ₁ = 0.2/(high − low), κ₂ = 2, n₀ = 1.
pub fn bracket_root(mut f: impl FnMut(f64) -> f64, low: f64, high: f64) -> Option<f64> {
    let (mut a, mut b) = (low, high);
    let (mut at_a, mut at_b) = (f(a), f(b));
    if at_a == 0.0 {
        return Some(a);
    }
    if at_b == 0.0 {
        return Some(b);
    }
    if at_a.is_nan() || at_b.is_nan() || (at_a > 0.0) == (at_b > 0.0) {
        return None;
    }
    let rising = at_b > 0.0;
    let width = b - a;
    let tolerance = (a.abs().max(b.abs()) * f64::EPSILON).max(f64::MIN_POSITIVE);
    let mut radius = width; // ε·2^(n_max − k), halved at every step
    for _ in 0..MOST_STEPS {
        let middle = a + 0.5 * (b - a);
        if middle <= a || middle >= b {
            break;
        }
        let half = 0.5 * (b - a);
        let falsi = (b * at_a - a * at_b) / (at_a - at_b);
        let toward = if middle >= falsi { 1.0 } else { -1.0 };
        let shift = (0.2 / width * (b - a) * (b - a)).max(tolerance);
        let truncated = if shift <= (middle - falsi).abs() {
            falsi + toward * shift
        } else {
            middle
        };
        let reach = (radius - half).max(0.0);
        let projected = if (truncated - middle).abs() <= reach {
            truncated
        } else {
            middle - toward * reach
        };
        // Also catches infinite or undefined values at the ends, and points that rounding put on an end.
        let x = if projected > a && projected < b {
            projected
        } else {
            middle
        };
        let at_x = f(x);
        if at_x == 0.0 {
            return Some(x);
        }
        if at_x.is_nan() {
            return None;
        }
        if (at_x > 0.0) == rising {
            b = x;
            at_b = at_x;
        } else {
            a = x;
            at_a = at_x;
        }
        radius *= 0.5;
    }
    Some(if at_a.abs() < at_b.abs() { a } else { b })
}

/// The smallest double (to its last digit) at which a predicate that is false, then true, holds: plain bisection between `low` (false) and `high` (true).
pub fn bisect(mut holds: impl FnMut(f64) -> bool, low: f64, high: f64) -> f64 {
    let (mut a, mut b) = (low, high);
    for _ in 0..MOST_STEPS {
        let middle = a + 0.5 * (b - a);
        if middle <= a || middle >= b {
            break;
        }
        if holds(middle) {
            b = middle;
        } else {
            a = middle;
        }
    }
    b
}

/// The root of an increasing function by Newton steps from `start`, kept inside what is known to bracket the root. `f` gives value and slope.
/// Without a usable slope the bracket is halved, or widened where it is still open.
pub fn newton_bracketed(mut f: impl FnMut(f64) -> (f64, f64), start: f64) -> f64 {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut x = start;
    let mut reach = 1.0;
    let mut last_step = f64::INFINITY;
    let (mut best, mut best_value) = (start, f64::INFINITY);
    for _ in 0..300 {
        let (value, slope) = f(x);
        if value.is_nan() {
            break;
        }
        if value.abs() < best_value {
            (best, best_value) = (x, value.abs());
        }
        let newton = value / slope;
        // Below the last digit of x a step changes nothing; the bracket may still be wide, as Newton steps approach from one side.
        if value == 0.0 || newton.abs() <= x.abs() * 2.3e-16 {
            break;
        }
        if value < 0.0 {
            low = x;
        } else {
            high = x;
        }
        let closed = low.is_finite() && high.is_finite();
        // Steps that do not shrink by half (a tangent much too steep or too flat) give way to bisection, so that the search always ends.
        let slow = closed && newton.abs() > 0.5 * last_step;
        if slow && newton.abs() <= x.abs() * 1e-13 {
            break; // rounding noise
        }
        let mut next = x - newton;
        if slow || !next.is_finite() || next <= low || next >= high || !(slope > 0.0) {
            next = if closed {
                low + 0.5 * (high - low)
            } else if value < 0.0 {
                x + reach
            } else {
                x - reach
            };
            reach *= 2.0;
        }
        if next == x {
            break;
        }
        last_step = (next - x).abs();
        x = next;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bracket_root_finds_roots_of_rising_and_falling_functions() {
        let root = bracket_root(|x| x * x * x - 2.0, 0.0, 5.0).unwrap();
        assert!((root - 2f64.cbrt()).abs() < 3e-16, "{root}");
        let root = bracket_root(|x| 1.0 - x.exp() * 1e-3, -50.0, 50.0).unwrap();
        assert!((root - 1000f64.ln()).abs() < 2e-15, "{root}");
        assert_eq!(bracket_root(|x| x, 0.0, 1.0), Some(0.0));
    }

    #[test]
    fn bracket_root_refuses_equal_signs_and_nan() {
        assert_eq!(bracket_root(|x| x * x + 1.0, -1.0, 1.0), None);
        assert_eq!(bracket_root(|_| f64::NAN, -1.0, 1.0), None);
    }

    #[test]
    fn bracket_root_survives_a_jump() {
        let root = bracket_root(|x| if x < 0.3 { -1.0 } else { 1.0 }, 0.0, 1.0).unwrap();
        assert!((root - 0.3).abs() < 1e-15);
    }

    #[test]
    fn bisect_finds_the_step() {
        assert!((bisect(|x| x >= 0.3, 0.0, 1.0) - 0.3).abs() < 1e-16);
    }

    #[test]
    fn newton_converges_from_far_away() {
        let root = newton_bracketed(|t| (t.exp() - 7.0, t.exp()), -30.0);
        assert!((root - 7f64.ln()).abs() < 1e-15, "{root}");
        let root = newton_bracketed(|t| (t.atan() - 1.5, 1.0 / (1.0 + t * t)), -200.0);
        assert!((root / 1.5f64.tan() - 1.0).abs() < 1e-13);
    }
}
