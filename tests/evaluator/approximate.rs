//! Numbers with a bound on how far rounding may have carried them: the plain evaluator says of each value how well two ways of computing it
//! must agree, to first order in the rounding errors.

/// A value and a bound on its absolute error; an infinite bound means that rounding may have decided otherwise (a floor at a whole number).
#[derive(Debug, Clone, Copy)]
pub struct Approximate {
    pub value: f64,
    pub error: f64,
}

/// Rounding of one operation, with a margin: both evaluators round, and elementary functions are right to a few units in the last place.
const UNIT: f64 = 8.0 * f64::EPSILON;

impl Approximate {
    pub fn exact(value: f64) -> Self {
        Self { value, error: 0.0 }
    }

    fn of(value: f64, error: f64) -> Self {
        let error = if error.is_nan() { f64::INFINITY } else { error };
        Self { value, error }
    }

    /// `value` of a function with this slope: the error of the argument times the slope, and rounding.
    fn through(value: f64, slope: f64, argument: Self) -> Self {
        let carried = if argument.error == 0.0 {
            0.0
        } else {
            slope.abs() * argument.error
        };
        Self::of(value, carried + UNIT * value.abs())
    }

    pub fn is_sure(self) -> bool {
        self.error.is_finite()
    }

    /// A truth value: unsure where the margin of the decision is within the error.
    fn truth(holds: bool, margin: f64, error: f64, nan: bool) -> Self {
        if nan {
            return Self::exact(f64::NAN);
        }
        let value = if holds { 1.0 } else { 0.0 };
        let unsure = error > 0.0 && margin.abs() <= error;
        Self::of(value, if unsure { f64::INFINITY } else { 0.0 })
    }

    pub fn negate(self) -> Self {
        Self::of(-self.value, self.error)
    }

    /// The engine may sum in another order and distribute factors, so rounding counts by the size of the operands.
    pub fn add(self, b: Self) -> Self {
        let size = self.value.abs() + b.value.abs();
        Self::of(self.value + b.value, self.error + b.error + UNIT * size)
    }

    pub fn subtract(self, b: Self) -> Self {
        self.add(b.negate())
    }

    pub fn multiply(self, b: Self) -> Self {
        let value = self.value * b.value;
        let carried = self.value.abs() * b.error + b.value.abs() * self.error;
        let carried = if self.error == 0.0 && b.error == 0.0 {
            0.0
        } else {
            carried + self.error * b.error
        };
        Self::of(value, carried + UNIT * value.abs())
    }

    pub fn divide(self, b: Self) -> Self {
        let value = self.value / b.value;
        let carried = match (self.error, b.error) {
            (0.0, 0.0) => 0.0,
            _ if b.value.abs() <= b.error => f64::INFINITY,
            _ => (self.error + value.abs() * b.error) / (b.value.abs() - b.error),
        };
        Self::of(value, carried + UNIT * value.abs())
    }

    pub fn power(self, b: Self) -> Self {
        let value = self.value.powf(b.value);
        let mut carried = 0.0;
        if self.error > 0.0 {
            carried += if self.value.abs() <= self.error {
                f64::INFINITY
            } else {
                value.abs() * b.value.abs() * self.error / (self.value.abs() - self.error)
            };
        }
        if b.error > 0.0 {
            // A negative base is a number only for whole exponents.
            carried += if self.value <= 0.0 {
                f64::INFINITY
            } else {
                value.abs() * self.value.ln().abs() * b.error
            };
        }
        Self::of(value, carried + UNIT * value.abs())
    }

    pub fn atan2(self, x: Self) -> Self {
        let y = self;
        let value = y.value.atan2(x.value);
        let carried = if y.error == 0.0 && x.error == 0.0 {
            0.0
        } else if y.value.abs() <= y.error && x.value <= x.error {
            f64::INFINITY
        } else {
            (x.value.abs() * y.error + y.value.abs() * x.error)
                / (x.value * x.value + y.value * y.value)
        };
        Self::of(value, carried + UNIT * value.abs())
    }

    pub fn smaller(self, b: Self) -> Self {
        self.extreme(b, self.value < b.value)
    }

    pub fn larger(self, b: Self) -> Self {
        self.extreme(b, self.value > b.value)
    }

    fn extreme(self, b: Self, is_first: bool) -> Self {
        if self.value.is_nan() || b.value.is_nan() {
            return Self::exact(f64::NAN);
        }
        let value = if is_first { self.value } else { b.value };
        // Both bounds, unless one is far from being the extreme.
        let close = (self.value - b.value).abs() <= self.error + b.error;
        let error = match (close, is_first) {
            (true, _) => self.error.max(b.error),
            (false, true) => self.error,
            (false, false) => b.error,
        };
        Self::of(value, error)
    }

    pub fn abs(self) -> Self {
        Self::of(self.value.abs(), self.error)
    }

    pub fn sign(self) -> Self {
        if self.value.is_nan() {
            return self;
        }
        let value = match self.value.partial_cmp(&0.0) {
            Some(std::cmp::Ordering::Less) => -1.0,
            Some(std::cmp::Ordering::Greater) => 1.0,
            _ => 0.0,
        };
        let unsure = self.error > 0.0 && self.value.abs() <= self.error;
        Self::of(value, if unsure { f64::INFINITY } else { 0.0 })
    }

    /// A step function whose steps lie at whole numbers plus `offset`.
    fn step(self, value: f64, offset: f64) -> Self {
        let nearest = (self.value - offset).round() + offset;
        let unsure = self.error > 0.0 && (self.value - nearest).abs() <= self.error;
        Self::of(value, if unsure { f64::INFINITY } else { 0.0 })
    }

    pub fn floor(self) -> Self {
        self.step(self.value.floor(), 0.0)
    }

    pub fn round(self) -> Self {
        self.step(self.value.round(), 0.5)
    }

    pub fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        if self.error > 0.0 && self.value.abs() <= 2.0 * self.error {
            return Self::of(value, f64::INFINITY);
        }
        Self::through(value, 0.5 / value, self)
    }

    pub fn exp(self) -> Self {
        let value = self.value.exp();
        // Near the ends of the range of numbers a last digit decides between 0 or ∞ and a number.
        if self.value.abs() > 700.0 && self.error > 0.0 {
            return Self::of(value, f64::INFINITY);
        }
        Self::through(value, value, self)
    }

    fn logarithm(self, value: f64, slope: f64) -> Self {
        if self.error > 0.0 && self.value.abs() <= 2.0 * self.error {
            return Self::of(value, f64::INFINITY);
        }
        Self::through(value, 2.0 * slope, self)
    }

    pub fn ln(self) -> Self {
        self.logarithm(self.value.ln(), 1.0 / self.value)
    }

    pub fn log10(self) -> Self {
        self.logarithm(
            self.value.log10(),
            1.0 / (self.value * std::f64::consts::LN_10),
        )
    }

    pub fn sin(self) -> Self {
        Self::through(self.value.sin(), 1.0, self)
    }

    pub fn cos(self) -> Self {
        Self::through(self.value.cos(), 1.0, self)
    }

    pub fn tan(self) -> Self {
        let value = self.value.tan();
        let slope = 1.0 + value * value;
        if slope * self.error > 0.1 {
            return Self::of(value, f64::INFINITY);
        }
        Self::through(value, 2.0 * slope, self)
    }

    pub fn logistic(self) -> Self {
        let value = if self.value < 0.0 {
            let power = self.value.exp();
            power / (1.0 + power)
        } else {
            1.0 / (1.0 + (-self.value).exp())
        };
        if self.value < -700.0 && self.error > 0.0 {
            return Self::of(value, f64::INFINITY);
        }
        Self::through(value, value, self)
    }

    pub fn logit(self) -> Self {
        let p = self.value;
        let value = p.ln() - (-p).ln_1p();
        if self.error > 0.0 && (p.abs() <= 2.0 * self.error || (1.0 - p).abs() <= 2.0 * self.error)
        {
            return Self::of(value, f64::INFINITY);
        }
        // The two logarithms cancel about one half.
        let rounding = UNIT * (p.ln().abs() + (-p).ln_1p().abs());
        let carried = Self::through(value, 2.0 / (p * (1.0 - p)), self);
        Self::of(
            value,
            carried.error + if value.is_finite() { rounding } else { 0.0 },
        )
    }

    pub fn normal_cdf(self) -> Self {
        let value = normal_cdf(self.value);
        let slope = density(self.value);
        // The series is right to a few units of 1.
        Self::of(value, slope * self.error + UNIT)
    }

    pub fn normal_quantile(self) -> Self {
        let p = self.value;
        if !(0.0..=1.0).contains(&p) {
            return Self::of(f64::NAN, if self.error > 0.0 { f64::INFINITY } else { 0.0 });
        }
        if p == 0.0 || p == 1.0 || !(0.01..0.99).contains(&p) {
            // The plain inversion below is not made for the tails, which have reference values of their own.
            return Self::of(0.0, f64::INFINITY);
        }
        let (mut low, mut high) = (-3.0, 3.0);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if normal_cdf(middle) < p {
                low = middle;
            } else {
                high = middle;
            }
        }
        let z = 0.5 * (low + high);
        Self::of(z, (self.error + UNIT) / density(z) + UNIT * z.abs())
    }

    pub fn less(self, b: Self, or_equal: bool) -> Self {
        let margin = self.value - b.value;
        let holds = if or_equal {
            self.value <= b.value
        } else {
            self.value < b.value
        };
        self.compared(b, holds, margin)
    }

    pub fn equal(self, b: Self, negated: bool) -> Self {
        let margin = self.value - b.value;
        self.compared(b, (self.value == b.value) != negated, margin)
    }

    fn compared(self, b: Self, holds: bool, margin: f64) -> Self {
        let nan = self.value.is_nan() || b.value.is_nan();
        Self::truth(holds, margin, self.error + b.error, nan)
    }

    /// `and`, `or` of truth values.
    pub fn joined(self, b: Self, holds: impl Fn(bool, bool) -> bool) -> Self {
        if self.value.is_nan() || b.value.is_nan() {
            return Self::exact(f64::NAN);
        }
        let value = if holds(self.value != 0.0, b.value != 0.0) {
            1.0
        } else {
            0.0
        };
        Self::of(value, self.error.max(b.error))
    }

    pub fn not(self) -> Self {
        if self.value.is_nan() {
            return self;
        }
        Self::of(if self.value == 0.0 { 1.0 } else { 0.0 }, self.error)
    }

    /// The value at a level of the ordered list, linear between neighbours.
    pub fn order_statistic(list: &[Self], level: Self) -> Self {
        let values: Vec<f64> = list.iter().map(|x| x.value).collect();
        if values.iter().any(|x| x.is_nan()) || !(0.0..=1.0).contains(&level.value) {
            return Self::exact(f64::NAN);
        }
        let mut sorted = values;
        sorted.sort_by(f64::total_cmp);
        let position = level.value * (sorted.len() - 1) as f64;
        let below = position.floor() as usize;
        let above = (below + 1).min(sorted.len() - 1);
        let share = position - below as f64;
        let value = sorted[below] * (1.0 - share) + sorted[above] * share;
        let spread = sorted[sorted.len() - 1] - sorted[0];
        let largest = list.iter().map(|x| x.value.abs()).fold(0.0, f64::max);
        let error = list.iter().map(|x| x.error).fold(0.0, f64::max);
        let by_level = (level.error + UNIT) * sorted.len() as f64 * spread;
        Self::of(value, error + by_level + UNIT * largest)
    }

    /// Straight lines between points, constant outside.
    pub fn interpolate(t: Self, points: &[(f64, Self)]) -> Self {
        if t.value.is_nan() {
            return t;
        }
        let (first, last) = (points[0], points[points.len() - 1]);
        let steepest = (points.windows(2))
            .map(|pair| ((pair[1].1.value - pair[0].1.value) / (pair[1].0 - pair[0].0)).abs())
            .fold(0.0, f64::max);
        let largest = points.iter().map(|p| p.1.value.abs()).fold(0.0, f64::max);
        let error = points.iter().map(|p| p.1.error).fold(0.0, f64::max);
        let value = if t.value <= first.0 {
            first.1.value
        } else if t.value >= last.0 {
            last.1.value
        } else {
            let pair = (points.windows(2))
                .find(|pair| t.value >= pair[0].0 && t.value <= pair[1].0)
                .unwrap();
            let share = (t.value - pair[0].0) / (pair[1].0 - pair[0].0);
            if share == 0.0 {
                pair[0].1.value
            } else if share == 1.0 {
                pair[1].1.value
            } else {
                pair[0].1.value * (1.0 - share) + pair[1].1.value * share
            }
        };
        if value.is_nan() || largest.is_nan() {
            return Self::of(value, f64::INFINITY);
        }
        let carried = if t.error > 0.0 {
            steepest * t.error
        } else {
            0.0
        };
        Self::of(
            value,
            error + carried + UNIT * (largest + steepest * t.value.abs().min(1e300)),
        )
    }
}

fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// The series 1/2 + φ(z) (z + z³/3 + z⁵/15 + …), G. Marsaglia, Journal of Statistical Software 11, 2004; absolute error near 1e-16 within ±7.
pub fn normal_cdf(z: f64) -> f64 {
    if z.is_nan() {
        return z;
    }
    if z.abs() > 8.5 {
        // Beyond, 1e-17 or less remains.
        return if z > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut sum, mut term, mut k) = (z, z, 1.0);
    while term.abs() > 1e-18 * sum.abs() && k < 1000.0 {
        k += 2.0;
        term *= z * z / k;
        sum += term;
    }
    0.5 + sum * density(z)
}
