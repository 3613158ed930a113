"""Reference values of all families: quantiles, both tail probabilities, means and standard deviations, and bins for counts of draws.

Every value is computed from the definition of its family with 60 digits by mpmath; where SciPy has the family, its numbers must agree
(SciPy stands in for R: both use the parametrisations below). Run it from anywhere; it writes distributions.json beside itself.

    python3 -m venv venv && venv/bin/pip install mpmath==1.4.1 scipy==1.17.1 && venv/bin/python distributions.py
"""

import json
import pathlib
import sys

import mpmath as mp
import scipy
from mpmath import mpf
from scipy import stats

mp.mp.dps = 60
INF = mp.inf
HALF = mpf(1) / 2

# Probabilities of the nearer tail; 1e-300 is beyond what a run draws (2^-53) and says that no digits hide in 1 - p.
TAILS = ["1e-300", "1e-100", "1e-30", "1e-16", "1e-9", "1e-5", "0.001", "0.025", "0.1", "0.25", "0.4", "0.5"]


def solve(function, low, high):
    """The root of a monotone function between low and high to 40 digits, by Chandrupatla's method (Advances in Engineering Software 28, 1997)."""
    a, b = low, high
    fa, fb = function(a), function(b)
    t = HALF
    for _ in range(2000):
        x = a + t * (b - a)
        fx = function(x)
        if (fx > 0) == (fa > 0):
            c, fc = a, fa
        else:
            c, b, fc, fb = b, a, fb, fa
        a, fa = x, fx
        best, at_best = (a, fa) if abs(fa) < abs(fb) else (b, fb)
        closest = (abs(best) * mpf(10) ** -40 + mpf(10) ** -60) / abs(b - c)
        if closest > HALF or at_best == 0:
            return best
        t = HALF
        if all(mp.isfinite(f) for f in (fa, fb, fc)) and fb != fc:
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            if phi**2 < xi and (1 - phi) ** 2 < 1 - xi:
                t = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        t = min(max(t, closest), 1 - closest)
    raise ArithmeticError("no root")


class Law:
    """A continuous family: `below` and `above` are its tail probabilities; `quantile` takes p and q, of which the smaller is exact."""

    low, high = -INF, INF
    positive = False
    scipy = None

    def quantile(self, p, q):
        lower = p <= q
        target = mp.log(p if lower else q)

        def gap(t):
            x = mp.exp(t) if self.positive else t
            probability = self.below(x) if lower else self.above(x)
            if probability <= 0:
                return -INF if lower else INF
            value = mp.log(probability) - target
            return value if lower else -value

        start = self.start(p, q)
        start = mp.log(start) if self.positive else start
        step = (abs(start) + 1) * mpf(2) ** -20
        low, high = start - step, start + step
        while gap(low) > 0:
            low, step = low - step, step * 4
        step = (abs(start) + 1) * mpf(2) ** -20
        while gap(high) < 0:
            high, step = high + step, step * 4
        root = solve(gap, low, high)
        return mp.exp(root) if self.positive else root

    def start(self, p, q):
        return mpf(1)

    def moments(self):
        """By quadrature over the quantile function, unless the family knows better."""
        points = [mpf(x) for x in self.breaks()]
        density = lambda x: mp.diff(self.below, x)
        total = mp.quad(density, points)
        mean = mp.quad(lambda x: x * density(x), points) / total
        variance = mp.quad(lambda x: (x - mean) ** 2 * density(x), points) / total
        return mean, mp.sqrt(variance)


def normal_score(p, q):
    tail = min(p, q)
    if tail == HALF:
        return mpf(0)
    guess = mp.sqrt(-2 * mp.log(tail)) if tail < 0.1 else mpf(0)
    gap = lambda z: -mp.log(mp.erfc(z / mp.sqrt(2)) / 2) + mp.log(tail)
    z = solve(gap, mpf(-1), guess + 2)
    return -z if p < q else z


def phi(z):
    return mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)


def normal_below(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2


class Normal(Law):
    def __init__(self, mean, sd):
        self.mean, self.sd = mean, sd
        self.scipy = stats.norm(float(mean), float(sd))

    def below(self, x):
        return normal_below((x - self.mean) / self.sd)

    def above(self, x):
        return normal_below((self.mean - x) / self.sd)

    def quantile(self, p, q):
        return self.mean + self.sd * normal_score(p, q)

    def moments(self):
        return self.mean, self.sd


class Lognormal(Law):
    low = mpf(0)

    def __init__(self, mu, sigma):
        self.mu, self.sigma = mu, sigma
        self.scipy = stats.lognorm(float(sigma), scale=float(mp.exp(mu)))

    def below(self, x):
        return normal_below((mp.log(x) - self.mu) / self.sigma)

    def above(self, x):
        return normal_below((self.mu - mp.log(x)) / self.sigma)

    def quantile(self, p, q):
        return mp.exp(self.mu + self.sigma * normal_score(p, q))

    def moments(self):
        mean = mp.exp(self.mu + self.sigma**2 / 2)
        return mean, mean * mp.sqrt(mp.expm1(self.sigma**2))


class LogitNormal(Law):
    low, high = mpf(0), mpf(1)

    def __init__(self, mu, sigma):
        self.mu, self.sigma = mu, sigma

    def below(self, x):
        return normal_below((mp.log(x) - mp.log(1 - x) - self.mu) / self.sigma)

    def above(self, x):
        return normal_below((self.mu - mp.log(x) + mp.log(1 - x)) / self.sigma)

    def quantile(self, p, q):
        return 1 / (1 + mp.exp(-(self.mu + self.sigma * normal_score(p, q))))

    def moments(self):
        points = [-40, -20, -10, -5, -2, 0, 2, 5, 10, 20, 40]
        value = lambda z: 1 / (1 + mp.exp(-(self.mu + self.sigma * z)))
        mean = mp.quad(lambda z: value(z) * phi(z), points)
        return mean, mp.sqrt(mp.quad(lambda z: (value(z) - mean) ** 2 * phi(z), points))


class SplitNormal(Law):
    """Two half normals joined at the mode; the left one has the weight left/(left + right) (Britton, Fisher and Whitley, 1998)."""

    def __init__(self, mode, left, right):
        self.mode, self.left, self.right = mode, left, right

    def below(self, x):
        if x > self.mode:
            return 1 - self.above(x)
        return 2 * self.left / (self.left + self.right) * normal_below((x - self.mode) / self.left)

    def above(self, x):
        if x <= self.mode:
            return 1 - self.below(x)
        return 2 * self.right / (self.left + self.right) * normal_below((self.mode - x) / self.right)

    def quantile(self, p, q):
        both = self.left + self.right
        if p * both <= self.left and p <= HALF or q > HALF and p * both <= self.left:
            tail = p * both / (2 * self.left)
            return self.mode + self.left * normal_score(tail, 1 - tail)
        tail = q * both / (2 * self.right)
        return self.mode + self.right * normal_score(1 - tail, tail)

    def moments(self):
        shift = mp.sqrt(2 / mp.pi) * (self.right - self.left)
        variance = (1 - 2 / mp.pi) * (self.right - self.left) ** 2 + self.left * self.right
        return self.mode + shift, mp.sqrt(variance)


def split_normal(mode, sd_left=None, sd_right=None, uncertainty=None, skew=None):
    if uncertainty is not None:
        # The Bank's skew is positive where the upper half is wider.
        sd_left, sd_right = uncertainty / mp.sqrt(1 + skew), uncertainty / mp.sqrt(1 - skew)
    return SplitNormal(mode, sd_left, sd_right)


class Closed(Law):
    """A family given by closed forms."""

    def __init__(self, below, above, quantile, moments, low=-INF, high=INF, scipy=None):
        self.below, self.above, self.quantile, self.moments = below, above, quantile, moments
        self.low, self.high, self.scipy = low, high, scipy


def uniform(low, high):
    return Closed(
        lambda x: (x - low) / (high - low),
        lambda x: (high - x) / (high - low),
        lambda p, q: low + (high - low) * p if p <= q else high - (high - low) * q,
        lambda: ((low + high) / 2, (high - low) / mp.sqrt(12)),
        low, high, stats.uniform(float(low), float(high - low)),
    )


def log_uniform(low, high):
    width = mp.log(high / low)
    mean = (high - low) / width
    return Closed(
        lambda x: mp.log(x / low) / width,
        lambda x: mp.log(high / x) / width,
        lambda p, q: low * mp.exp(width * p) if p <= q else high * mp.exp(-width * q),
        lambda: (mean, mp.sqrt((high**2 - low**2) / (2 * width) - mean**2)),
        low, high, stats.loguniform(float(low), float(high)),
    )


def trapezoidal(low, top_low, top_high, high):
    """The density is linear up to top_low, flat to top_high, linear down to high (JCGM 101:2008, 6.4.4)."""
    with mp.workdps(400):
        h = 2 / ((high - low) + (top_high - top_low))
    rise, fall = top_low - low, high - top_high

    def below(x):
        if x < top_low:
            return h * (x - low) ** 2 / (2 * rise)
        if x <= top_high:
            return h * (rise / 2 + x - top_low)
        with mp.workdps(400):
            return 1 - above(x)

    def above(x):
        if x > top_high:
            return h * (high - x) ** 2 / (2 * fall)
        if x >= top_low:
            return h * (fall / 2 + top_high - x)
        return 1 - below(x)

    def quantile(p, q):
        if p <= h * rise / 2:
            return low + mp.sqrt(2 * p * rise / h)
        if q <= h * fall / 2:
            # Where the mode is the lower end this counts from it, however small p is.
            with mp.workdps(400):
                return high - mp.sqrt(2 * (1 - p if p < q else q) * fall / h)
        return top_low + p / h - rise / 2 if p <= q else top_high - (q / h - fall / 2)

    def raw(k):
        """The k-th moment about low, from the second antiderivative of x^k."""
        a, b, c, d = mpf(0), top_low - low, top_high - low, high - low
        term = lambda x: x ** (k + 2)
        up = (term(b) - term(a)) / (b - a) if b > a else (k + 2) * a ** (k + 1)
        down = (term(d) - term(c)) / (d - c) if d > c else (k + 2) * d ** (k + 1)
        return h / ((k + 1) * (k + 2)) * (down - up)

    def moments():
        return low + raw(1), mp.sqrt(raw(2) - raw(1) ** 2)

    width = float(high - low)
    compared = stats.trapezoid(float(rise) / width, float(top_high - low) / width, float(low), width)
    return Closed(below, above, quantile, moments, low, high, compared)


def triangular(low, mode, high):
    law = trapezoidal(low, mode, mode, high)
    law.scipy = stats.triang(float((mode - low) / (high - low)), float(low), float(high - low))
    return law


class CurvilinearTrapezoid(Law):
    """Uniform between ends that are themselves uniform within d of a and of b (JCGM 101:2008, 6.4.3)."""

    def __init__(self, a, b, d):
        self.middle, self.half, self.d = (a + b) / 2, (b - a) / 2, d
        self.low, self.high = a - d, b + d

    def above(self, x):
        """P(X > x) for x above the middle: the half width is uniform within d; given it is w > s, the tail is (w - s)/2w."""
        s = x - self.middle
        if s < 0:
            return 1 - self.above(self.middle - s)
        inner, outer = max(self.half - self.d, s), self.half + self.d
        if s >= outer:
            return mpf(0)
        return ((outer - inner) - s * mp.log(outer / inner if inner > 0 else 1)) / 2 / (2 * self.d)

    def below(self, x):
        return self.above(2 * self.middle - x)

    def quantile(self, p, q):
        tail = min(p, q)
        if tail == HALF:
            return self.middle
        outer = self.half + self.d
        # Near the end the tail is quadratic: the distance from the end is the unknown, in its logarithm.
        gap = lambda t: mp.log(self.above(self.high - mp.exp(t))) - mp.log(tail)
        with mp.workdps(400):
            distance = mp.exp(solve(gap, mpf(-400), mp.log(outer)))
        return self.low + distance if p < q else self.high - distance

    def moments(self):
        # The variance of the mixture: the mean of w^2/3 for w within d of the half width.
        return self.middle, mp.sqrt((self.half**2 + self.d**2 / 3) / 3)


def incomplete_beta(a, b, x):
    """The regularised incomplete beta function from 0 to x, by its continued fraction (DLMF 8.17.22), Lentz's way."""
    if x <= 0:
        return mpf(0)
    if x >= 1:
        return mpf(1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = mp.exp(mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b) + a * mp.log(x) + b * mp.log1p(-x)) / a
    c, d = mpf(1), 1 / (1 - (a + b) * x / (a + 1))
    h = d
    m = 0
    while True:
        m += 1
        change = mpf(1)
        for term in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 / (1 + term * d)
            c = 1 + term / c
            change = c * d
            h *= change
        if abs(change - 1) < 16 * mp.eps:
            return front * h


class Beta(Law):
    def __init__(self, alpha, beta, low=mpf(0), high=mpf(1)):
        self.alpha, self.beta, self.low, self.high = alpha, beta, low, high
        self.scipy = stats.beta(float(alpha), float(beta), float(low), float(high - low))

    def below(self, x):
        u = (x - self.low) / (self.high - self.low)
        return incomplete_beta(self.alpha, self.beta, u)

    def above(self, x):
        u = (x - self.low) / (self.high - self.low)
        # 1 - u has lost the digits of a small u.
        if u < HALF:
            return 1 - incomplete_beta(self.alpha, self.beta, u)
        return incomplete_beta(self.beta, self.alpha, (self.high - x) / (self.high - self.low))

    def quantile(self, p, q):
        """The distance from the nearer end, by its logarithm."""
        a, b = (self.alpha, self.beta) if p <= q else (self.beta, self.alpha)
        tail = min(p, q)
        gap = lambda t: mp.log(incomplete_beta(a, b, mp.exp(t))) - mp.log(tail)
        # x^a/(a B(a, b)) (1 - x)^(b - 1) < I < x^a/(a B)·(1 + …): far down the first term alone.
        first = (mp.log(tail) + mp.log(a) + mp.log(mp.beta(a, b))) / a
        if first < -200:
            u = mp.exp(first)
        else:
            guess = float(stats.beta(float(a), float(b)).ppf(float(tail))) if tail > mpf("1e-290") else 0
            start = mp.log(mpf(guess)) if 0 < guess < 1 else max(first, mpf(-1))
            width = mpf("1e-6")
            low, high = start - width, min(start + width, mpf("-1e-60"))
            while gap(low) > 0:
                width *= 8
                low = start - width
            width = mpf("1e-6")
            while gap(high) < 0:
                width *= 8
                high = min(start + width, mpf("-1e-60"))
            u = mp.exp(solve(gap, low, high))
        distance = u * (self.high - self.low)
        return self.low + distance if p <= q else self.high - distance

    def moments(self):
        a, b, width = self.alpha, self.beta, self.high - self.low
        return self.low + width * a / (a + b), width * mp.sqrt(a * b / (a + b + 1)) / (a + b)


def pert(low, mode, high, weight=mpf(4)):
    width = high - low
    return Beta(1 + weight * (mode - low) / width, 1 + weight * (high - mode) / width, low, high)


def beta(alpha=None, beta=None, low=mpf(0), high=mpf(1), mean=None, concentration=None):
    if mean is not None:
        share = (mean - low) / (high - low)
        alpha, beta = share * concentration, (1 - share) * concentration
    return Beta(alpha, beta, low, high)


def arcsine(low, high):
    width = high - low
    return Closed(
        lambda x: 2 / mp.pi * mp.asin(mp.sqrt((x - low) / width)),
        lambda x: 2 / mp.pi * mp.asin(mp.sqrt((high - x) / width)),
        lambda p, q: low + width * mp.sin(mp.pi * p / 2) ** 2 if p <= q else high - width * mp.sin(mp.pi * q / 2) ** 2,
        lambda: ((low + high) / 2, width / mp.sqrt(8)),
        low, high, stats.arcsine(float(low), float(width)),
    )


class Gamma(Law):
    low = mpf(0)
    positive = True

    def __init__(self, shape, scale):
        self.shape, self.scale = shape, scale
        self.scipy = stats.gamma(float(shape), scale=float(scale))

    def below(self, x):
        x = x / self.scale
        if x > self.shape + 10 * mp.sqrt(self.shape) + 60:
            return 1 - self.above(x * self.scale)
        # x^a e^-x/Γ(a + 1) Σ x^k/((a + 1) … (a + k)).
        term = total = mpf(1)
        k = self.shape
        while term > total * mp.eps / 16:
            k += 1
            term *= x / k
            total += term
        return mp.exp(self.shape * mp.log(x) - x - mp.loggamma(self.shape + 1)) * total

    def above(self, x):
        x = x / self.scale
        if x < self.shape + 1:
            return 1 - self.below(x * self.scale)
        # Lentz's evaluation of the continued fraction x^a e^-x/Γ(a)/(x + 1 - a - 1(1 - a)/(x + 3 - a - …)).
        b = x + 1 - self.shape
        c, d = mpf(10) ** 300, 1 / b
        h = d
        n = 0
        while True:
            n += 1
            a = -n * (n - self.shape)
            b += 2
            d = 1 / (a * d + b)
            c = b + a / c
            h *= c * d
            if abs(c * d - 1) < 16 * mp.eps:
                break
        return mp.exp(self.shape * mp.log(x) - x - mp.loggamma(self.shape)) * h

    def start(self, p, q):
        first = (mp.log(p) + mp.loggamma(self.shape + 1)) / self.shape
        if p <= q and first < -100:
            return mp.exp(first) * self.scale
        if q < mpf("1e-290"):
            return self.scale * -mp.log(q)
        value = self.scipy.ppf(float(p)) if p <= q else self.scipy.isf(float(q))
        return mpf(value) if value > 0 else self.scale * mp.exp(first)

    def quantile(self, p, q):
        first = (mp.log(p) + mp.loggamma(self.shape + 1)) / self.shape
        if p <= q and first < -150:
            return mp.exp(first) * self.scale
        return super().quantile(p, q)

    def moments(self):
        return self.shape * self.scale, mp.sqrt(self.shape) * self.scale


class InverseGaussian(Law):
    low = mpf(0)
    positive = True

    def __init__(self, mean, shape):
        self.mean, self.shape = mean, shape
        self.scipy = stats.invgauss(float(mean / shape), scale=float(shape))

    def below(self, x):
        root = mp.sqrt(self.shape / x)
        return normal_below(root * (x / self.mean - 1)) + mp.exp(2 * self.shape / self.mean) * normal_below(
            -root * (x / self.mean + 1)
        )

    def above(self, x):
        with mp.workdps(60 + int(2 * self.shape / self.mean / 2)):
            root = mp.sqrt(self.shape / x)
            return normal_below(-root * (x / self.mean - 1)) - mp.exp(2 * self.shape / self.mean) * normal_below(
                -root * (x / self.mean + 1)
            )

    def start(self, p, q):
        variance = mp.log1p(self.mean / self.shape)
        return mp.exp(mp.log(self.mean) - variance / 2 + mp.sqrt(variance) * normal_score(p, q))

    def moments(self):
        return self.mean, self.mean * mp.sqrt(self.mean / self.shape)


def upper_log(p, q):
    """-ln of the upper tail probability."""
    return -mp.log1p(-p) if p < q else -mp.log(q)


def weibull(shape, scale):
    mean = scale * mp.gamma(1 + 1 / shape)
    return Closed(
        lambda x: -mp.expm1(-((x / scale) ** shape)),
        lambda x: mp.exp(-((x / scale) ** shape)),
        lambda p, q: scale * upper_log(p, q) ** (1 / shape),
        lambda: (mean, mp.sqrt(scale**2 * mp.gamma(1 + 2 / shape) - mean**2)),
        mpf(0), INF, stats.weibull_min(float(shape), scale=float(scale)),
    )


def exponential(mean=None, rate=None):
    mean = 1 / rate if mean is None else mean
    return weibull(mpf(1), mean)


def pareto(scale, shape):
    mean = scale * shape / (shape - 1) if shape > 1 else None
    sd = scale / (shape - 1) * mp.sqrt(shape / (shape - 2)) if shape > 2 else None
    return Closed(
        lambda x: -mp.expm1(-shape * mp.log(x / scale)),
        lambda x: (scale / x) ** shape,
        lambda p, q: scale * mp.exp(upper_log(p, q) / shape),
        lambda: (mean, sd), scale, INF, stats.pareto(float(shape), scale=float(scale)),
    )


def gumbel_score(p, q):
    return -mp.log(-mp.log1p(-q) if q < p else -mp.log(p))


def gev(location, scale, shape):
    """SciPy's shape has the other sign."""

    def power(x):
        s = (x - location) / scale
        return mp.exp(-s) if shape == 0 else (1 + shape * s) ** (-1 / shape)

    def quantile(p, q):
        g = gumbel_score(p, q)
        return location + scale * (g if shape == 0 else mp.expm1(shape * g) / shape)

    def moments():
        if shape == 0:
            return location + mp.euler * scale, scale * mp.pi / mp.sqrt(6)
        g1 = mp.gamma(1 - shape) if shape < 1 else None
        mean = location + scale * (g1 - 1) / shape if shape < 1 else None
        sd = scale * mp.sqrt(mp.gamma(1 - 2 * shape) - g1**2) / abs(shape) if shape < HALF else None
        return mean, sd

    low = location - scale / shape if shape > 0 else -INF
    high = location - scale / shape if shape < 0 else INF
    return Closed(lambda x: mp.exp(-power(x)), lambda x: -mp.expm1(-power(x)), quantile, moments, low, high,
                  stats.genextreme(-float(shape), float(location), float(scale)))


def gumbel(location, scale):
    law = gev(location, scale, mpf(0))
    law.scipy = stats.gumbel_r(float(location), float(scale))
    return law


def laplace(location, scale):
    tail = lambda s: mp.exp(s) / 2 if s <= 0 else 1 - mp.exp(-s) / 2
    return Closed(
        lambda x: tail((x - location) / scale),
        lambda x: tail((location - x) / scale),
        lambda p, q: location + scale * (mp.log(2 * p) if p <= q else -mp.log(2 * q)),
        lambda: (location, scale * mp.sqrt(2)), scipy=stats.laplace(float(location), float(scale)),
    )


def logistic(location, scale):
    return Closed(
        lambda x: 1 / (1 + mp.exp(-(x - location) / scale)),
        lambda x: 1 / (1 + mp.exp((x - location) / scale)),
        lambda p, q: location + scale * (mp.log(p) - mp.log(q)),
        lambda: (location, scale * mp.pi / mp.sqrt(3)), scipy=stats.logistic(float(location), float(scale)),
    )


class StudentT(Law):
    def __init__(self, location, scale, df):
        self.location, self.scale, self.df = location, scale, df
        self.scipy = stats.t(float(df), float(location), float(scale))

    def below(self, x):
        t = (x - self.location) / self.scale
        if t > 0:
            return 1 - self.above(x)
        return incomplete_beta(self.df / 2, HALF, self.df / (self.df + t * t)) / 2

    def above(self, x):
        t = (x - self.location) / self.scale
        if t < 0:
            return 1 - self.below(x)
        return incomplete_beta(self.df / 2, HALF, self.df / (self.df + t * t)) / 2

    def quantile(self, p, q):
        tail = min(p, q)
        if tail == HALF:
            return self.location
        gap = lambda t: mp.log(tail) - mp.log(
            incomplete_beta(self.df / 2, HALF, self.df / (self.df + mp.exp(2 * t))) / 2
        )
        # Far out the tail is a power law.
        first = (mp.log(mp.beta(self.df / 2, HALF)) + mp.log(2 * tail) + mp.log(self.df / 2)) / (-self.df)
        far = first + mp.log(self.df) / 2
        if far > 140:
            t = mp.exp(far)
        else:
            low, high = mpf(-5), mpf(5)
            while gap(low) > 0:
                low -= 5
            while gap(high) < 0:
                high += 10
            t = mp.exp(solve(gap, low, high))
        return self.location + self.scale * (-t if p < q else t)

    def moments(self):
        return (
            self.location if self.df > 1 else None,
            self.scale * mp.sqrt(self.df / (self.df - 2)) if self.df > 2 else None,
        )


class Metalog(Law):
    """Keelin, Decision Analysis 13, 2016, equations 6 to 13: as many terms as quantiles, ln or logit of the value with bounds."""

    def __init__(self, low=None, high=None, **quantiles):
        self.low = -INF if low is None else low
        self.high = INF if high is None else high
        points = sorted((mpf("0." + name[1:]), value) for name, value in quantiles.items())
        n = len(points)
        rows = mp.matrix(n, n)
        right = mp.matrix(n, 1)
        for i, (level, value) in enumerate(points):
            for k in range(n):
                rows[i, k] = self.basis(k, level, 1 - level)
            right[i] = self.inward(value)
        self.coefficients = mp.lu_solve(rows, right)

    @staticmethod
    def basis(k, p, q):
        centred, odds = (p - q) / 2, mp.log(p) - mp.log(q)
        if k == 0:
            return mpf(1)
        if k < 4:
            return [odds, centred * odds, centred][k - 1]
        return centred ** (k // 2) * (odds if k % 2 == 1 else 1)

    def inward(self, x):
        if self.low > -INF and self.high < INF:
            return mp.log((x - self.low) / (self.high - x))
        if self.low > -INF:
            return mp.log(x - self.low)
        if self.high < INF:
            return -mp.log(self.high - x)
        return x

    def outward(self, y):
        if self.low > -INF and self.high < INF:
            return self.low + (self.high - self.low) / (1 + mp.exp(-y))
        if self.low > -INF:
            return self.low + mp.exp(y)
        if self.high < INF:
            return self.high - mp.exp(-y)
        return y

    def quantile(self, p, q):
        return self.outward(sum(a * self.basis(k, p, q) for k, a in enumerate(self.coefficients)))

    def level(self, x):
        gap = lambda t: self.quantile(1 / (1 + mp.exp(-t)), 1 / (1 + mp.exp(t))) - x
        return solve(gap, mpf(-800), mpf(800))

    def below(self, x):
        return 1 / (1 + mp.exp(-self.level(x)))

    def above(self, x):
        return 1 / (1 + mp.exp(self.level(x)))

    def moments(self):
        points = [-140, -60, -30, -15, -8, -4, 0, 4, 8, 15, 30, 60, 140]
        value = lambda t: self.quantile(1 / (1 + mp.exp(-t)), 1 / (1 + mp.exp(t)))
        weight = lambda t: 1 / (1 + mp.exp(-t)) / (1 + mp.exp(t))
        mean = mp.quad(lambda t: value(t) * weight(t), points)
        return mean, mp.sqrt(mp.quad(lambda t: (value(t) - mean) ** 2 * weight(t), points))


class Truncated(Law):
    """A family between min and max; all in the tail where its levels keep their digits."""

    def __init__(self, base, least, most):
        self.base = base
        self.low, self.high = max(base.low, least), min(base.high, most)
        self.below_low = base.below(self.low) if self.low > base.low else mpf(0)
        self.above_low = base.above(self.low) if self.low > base.low else mpf(1)
        self.below_high = base.below(self.high) if self.high < base.high else mpf(1)
        self.above_high = base.above(self.high) if self.high < base.high else mpf(0)
        self.upper = self.above_low < HALF
        self.mass = self.above_low - self.above_high if self.upper else self.below_high - self.below_low

    def below(self, x):
        if self.upper:
            return (self.above_low - self.base.above(x)) / self.mass
        return (self.base.below(x) - self.below_low) / self.mass

    def above(self, x):
        if self.below_high < HALF:
            return (self.below_high - self.base.below(x)) / self.mass
        return (self.base.above(x) - self.above_high) / self.mass

    def quantile(self, p, q):
        with mp.workdps(360):
            if p <= q:
                q = 1 - p
            else:
                p = 1 - q
            p_base = self.below_low + p * self.mass
            q_base = self.above_high + q * self.mass
            q_base = 1 - p_base if p_base < q_base else q_base
            p_base = 1 - q_base if q_base < p_base else p_base
        return self.base.quantile(+p_base, +q_base)

    def moments(self):
        lower = self.low if self.low > -INF else self.quantile(mpf("1e-40"), 1 - mpf("1e-40"))
        upper = self.high if self.high < INF else self.quantile(1 - mpf("1e-40"), mpf("1e-40"))
        # Integrals of the tails: mean = low + ∫ S, second moment about low = 2 ∫ (x − low) S.
        inner = [self.quantile(mpf(p) / 8, 1 - mpf(p) / 8) for p in range(1, 8)]
        far = [self.quantile(1 - mpf(p), mpf(p)) for p in ("1e-3", "1e-7", "1e-14", "1e-24")]
        near = [self.quantile(mpf(p), 1 - mpf(p)) for p in ("1e-24", "1e-14", "1e-7", "1e-3")]
        points = sorted({x for x in [lower, upper] + inner + far + near if lower <= x <= upper})
        with mp.workdps(30):
            first = mp.quad(self.above, points)
            second = 2 * mp.quad(lambda x: (x - lower) * self.above(x), points)
            return lower + first, mp.sqrt(second - first**2)


class Counts:
    """A discrete family by its probabilities."""

    def __init__(self, probability, start, most, mean, sd, scipy=None):
        self.probability, self.start_at, self.most, self.mean, self.sd, self.scipy = (
            probability, start, most, mean, sd, scipy)

    def table(self, from_k, to_k):
        return [self.probability(k) for k in range(from_k, to_k + 1)]


def choose(n, k):
    return mp.exp(mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1))


def binomial(n, p):
    return Counts(lambda k: choose(n, k) * p**k * (1 - p) ** (n - k), 0, int(n), n * p, mp.sqrt(n * p * (1 - p)),
                  stats.binom(int(n), float(p)))


def negative_binomial(r=None, p=None, mean=None, dispersion=None):
    if mean is not None:
        r = 1 / dispersion
        p = r / (r + mean)
    probability = lambda k: mp.exp(mp.loggamma(k + r) - mp.loggamma(r) - mp.loggamma(k + 1)) * p**r * (1 - p) ** k
    return Counts(probability, 0, None, r * (1 - p) / p, mp.sqrt(r * (1 - p)) / p, stats.nbinom(float(r), float(p)))


def geometric(p=None, mean=None):
    p = 1 / (1 + mean) if p is None else p
    return Counts(lambda k: p * (1 - p) ** k, 0, None, (1 - p) / p, mp.sqrt(1 - p) / p, stats.geom(float(p), -1))


def poisson(mean):
    return Counts(lambda k: mp.exp(k * mp.log(mean) - mean - mp.loggamma(k + 1)), 0, None, mean, mp.sqrt(mean),
                  stats.poisson(float(mean)))


def bernoulli(p):
    return Counts(lambda k: p if k == 1 else 1 - p, 0, 1, p, mp.sqrt(p * (1 - p)), stats.bernoulli(float(p)))


def discrete_uniform(low, high):
    n = high - low + 1
    return Counts(lambda k: 1 / n, int(low), int(high), (low + high) / 2, mp.sqrt((n * n - 1) / 12),
                  stats.randint(int(low), int(high) + 1))


def listed(values, weights=None):
    weights = weights or [mpf(1)] * len(values)
    total = sum(weights)
    shares = {}
    for value, weight in zip(values, weights):
        shares[int(value)] = shares.get(int(value), mpf(0)) + weight / total
    mean = sum(k * s for k, s in shares.items())
    sd = mp.sqrt(sum((k - mean) ** 2 * s for k, s in shares.items()))
    return Counts(lambda k: shares.get(k, mpf(0)), min(shares), max(shares), mean, sd)


def lognormal(mean=None, sd=None, mu=None, sigma=None, median=None, gsd=None, sd_log=None):
    if mean is not None:
        variance = mp.log1p((sd / mean) ** 2)
        return Lognormal(mp.log(mean) - variance / 2, mp.sqrt(variance))
    if median is not None:
        return Lognormal(mp.log(median), mp.log(gsd) if sd_log is None else sd_log)
    return Lognormal(mu, sigma)


def logit_normal(median=None, sd_logit=None, mu=None, sigma=None):
    if median is not None:
        return LogitNormal(mp.log(median) - mp.log(1 - median), sd_logit)
    return LogitNormal(mu, sigma)


def gamma(shape=None, scale=None, rate=None, mean=None, sd=None):
    if mean is not None:
        return Gamma((mean / sd) ** 2, sd**2 / mean)
    return Gamma(shape, 1 / rate if scale is None else scale)


FAMILIES = {
    "normal": Normal, "lognormal": lognormal, "logit_normal": logit_normal, "uniform": uniform,
    "log_uniform": log_uniform, "triangular": triangular, "trapezoidal": trapezoidal,
    "curvilinear_trapezoid": CurvilinearTrapezoid, "pert": pert, "beta": beta, "arcsine": arcsine, "gamma": gamma,
    "inverse_gaussian": InverseGaussian, "weibull": weibull, "exponential": exponential, "pareto": pareto,
    "gumbel": gumbel, "gev": gev, "laplace": laplace, "logistic": logistic, "student_t": StudentT,
    "split_normal": split_normal, "metalog": Metalog, "bernoulli": bernoulli, "binomial": binomial,
    "negative_binomial": negative_binomial, "geometric": geometric, "poisson": poisson,
    "discrete_uniform": discrete_uniform, "discrete": listed, "empirical": listed,
}

# The first of each family also gets bins for counts of draws.
CASES = """
normal(mean=10, sd=2)
normal(mean=-1e6, sd=1e-3)
normal(mean=0, sd=1, min=30)
normal(mean=0, sd=1, max=-30)
normal(mean=0, sd=1, min=-0.5, max=2)
normal(mean=3, sd=0.5, min=0)
lognormal(median=450, gsd=1.1)
lognormal(mean=10, sd=50)
lognormal(mu=-3, sigma=4)
lognormal(median=3, gsd=2, min=2, max=100)
lognormal(median=3, gsd=2, min=1e4)
logit_normal(median=0.2, sd_logit=0.5)
logit_normal(mu=-6, sigma=3)
logit_normal(median=0.2, sd_logit=0.5, min=0.1)
uniform(low=1, high=3)
uniform(low=-1e-9, high=1e9)
log_uniform(low=0.1, high=10)
log_uniform(low=1e-12, high=1e12)
log_uniform(low=1, high=1.001)
triangular(low=1, mode=2, high=5)
triangular(low=0, mode=0, high=1)
triangular(low=0, mode=1, high=1)
triangular(low=0, mode=0.25, high=1e6)
trapezoidal(low=0, top_low=1, top_high=3, high=5)
trapezoidal(low=0, top_low=0, top_high=3, high=3)
trapezoidal(low=0, top_low=0.001, top_high=0.002, high=9)
curvilinear_trapezoid(a=1, b=3, d=0.5)
curvilinear_trapezoid(a=1, b=3, d=1)
curvilinear_trapezoid(a=1, b=3, d=0.001)
pert(low=1, mode=2, high=5)
pert(low=0, mode=0.01, high=1, weight=40)
pert(low=0, mode=0, high=1)
beta(alpha=2, beta=3)
beta(alpha=0.5, beta=0.5)
beta(alpha=0.05, beta=0.2)
beta(alpha=200, beta=3000)
beta(alpha=1e5, beta=2e5)
beta(alpha=2, beta=3, low=-1, high=4)
beta(mean=0.999, concentration=50)
beta(alpha=2, beta=3, min=0.9)
arcsine(low=-1, high=1)
arcsine(low=0, high=1e-6)
gamma(shape=2, scale=3)
gamma(shape=0.01, scale=1)
gamma(shape=0.4, rate=3)
gamma(shape=1, scale=2)
gamma(shape=150, scale=0.1)
gamma(shape=1e5, scale=1e-5)
gamma(shape=2, scale=1, min=100)
gamma(shape=2, scale=3, max=15)
inverse_gaussian(mean=2, shape=5)
inverse_gaussian(mean=1, shape=0.1)
inverse_gaussian(mean=1, shape=300)
weibull(shape=1.5, scale=10)
weibull(shape=0.2, scale=1)
weibull(shape=40, scale=3)
weibull(shape=1e5, scale=3)
exponential(mean=2)
exponential(rate=1e-6)
exponential(mean=1, min=500)
pareto(scale=1, shape=9)
pareto(scale=2, shape=2.5)
pareto(scale=1, shape=0.7)
gumbel(location=5, scale=3)
gumbel(location=0, scale=1e-4)
gev(location=5, scale=3, shape=0.1)
gev(location=5, scale=3, shape=-0.3)
gev(location=0, scale=1, shape=0.45)
gev(location=0, scale=1, shape=1.5)
gev(location=0, scale=1, shape=1e-9)
gev(location=0, scale=1, shape=-3e-4)
laplace(location=5, scale=1.5)
laplace(location=0, scale=1, min=20)
logistic(location=5, scale=1.5)
logistic(location=0, scale=1, min=-1, max=30)
student_t(location=1, scale=2, df=12)
student_t(location=0, scale=1, df=1)
student_t(location=0, scale=1, df=0.5)
student_t(location=0, scale=1, df=2.5)
student_t(location=0, scale=1, df=1e4)
student_t(location=0, scale=1, df=4, min=3)
split_normal(mode=1.4, sd_left=1.1, sd_right=1.9)
split_normal(mode=0, sd_left=1e-3, sd_right=5)
split_normal(mode=1.4, uncertainty=1.1, skew=-0.3)
metalog(p05=1, p50=3, p95=9, low=0)
metalog(p05=1, p50=3, p95=6)
metalog(p05=1, p25=2, p50=3, p75=4.2, p95=7)
metalog(p05=1, p50=2, p95=4, high=9)
metalog(p05=1, p50=2, p95=4, low=0, high=10)
metalog(p01=-1.5, p10=0.8, p25=1.9, p50=3, p75=4.2, p95=6.3)
bernoulli(p=0.3)
bernoulli(p=1e-9)
binomial(n=10, p=0.3)
binomial(n=1000, p=0.001)
binomial(n=20000, p=0.6)
negative_binomial(r=2.5, p=0.2)
negative_binomial(mean=10, dispersion=0.5)
negative_binomial(r=0.05, p=0.01)
negative_binomial(mean=200, dispersion=0.001)
geometric(p=0.2)
geometric(p=1e-6)
geometric(mean=0.01)
poisson(mean=4)
poisson(mean=1e-6)
poisson(mean=0.2)
poisson(mean=20000)
discrete_uniform(low=1, high=6)
discrete_uniform(low=-1000000, high=1000000)
discrete(values=[1, 2, 5], weights=[0.5, 0.3, 0.2])
empirical(values=[3, 1, 2, 2])
""".split("\n")


def read(text):
    family, rest = text.split("(", 1)
    names = {}

    def put(**given):
        names.update(given)

    # Numbers as Rust reads them: the nearest double, exactly.
    eval("put(" + rest, {"put": put})  # The cases stand above; nothing else is evaluated.
    return family, names


def exact(value):
    return [mpf(float(v)) for v in value] if isinstance(value, list) else mpf(float(value))


def number(x):
    """As a double; None for what does not exist."""
    return None if x is None else float(x)


def disagreement(a, b):
    return abs(a - b) / max(abs(a), abs(b)) if a != b else 0


def compare(text, what, ours, theirs, tolerance):
    # A value that should be 0 has no digits to compare.
    if disagreement(float(ours), float(theirs)) > tolerance and abs(ours - theirs) > 1e-14:
        sys.exit(f"{text} {what}: {mp.nstr(ours, 17)} here, {theirs} by SciPy")


def continuous(text, law, wants_bins):
    row = {"quantiles": [], "tails": []}
    for side in ("lower", "upper"):
        for tail in TAILS if side == "lower" else TAILS[:-1]:
            tail = mpf(float(tail))
            p, q = (tail, 1 - tail) if side == "lower" else (1 - tail, tail)
            x = law.quantile(p, q)
            # Beyond the range of doubles: infinite.
            row["quantiles"].append([side, float(tail), float(x) if abs(x) < mpf("1.7e308") else None])
            if law.scipy is not None and not isinstance(law, Truncated) and tail >= 1e-6 and x != 0:
                theirs = law.scipy.ppf(float(p)) if side == "lower" else law.scipy.isf(float(q))
                compare(text, f"{side} {float(tail)}", x, theirs, 1e-7)
            # Tail probabilities of the double next to the quantile, where that has neighbours within the support.
            x = mpf(float(x))
            if law.low < x < law.high and tail >= mpf("1e-100") and mp.isfinite(x):
                row["tails"].append([float(x), float(law.below(x)), float(law.above(x))])
    if wants_bins:
        levels = [mpf(k) / 50 for k in range(1, 50)]
        edges = [float(law.quantile(p, 1 - p)) for p in levels]
        row["bins"] = [[edge, float(law.below(mpf(edge)))] for edge in edges]
    mean, sd = law.moments()
    if law.scipy is not None and not isinstance(law, Truncated) and mean is not None and mean != 0:
        if sd is not None and sd / abs(mean) > 1e-3:
            compare(text, "mean", mean, law.scipy.mean(), 1e-6)
            compare(text, "sd", sd, law.scipy.std(), 1e-5)
    row["mean"], row["sd"] = number(mean), number(sd)
    return row


def counts(text, law, wants_bins):
    """Sums of probabilities from both ends, exact to the last digit."""
    spread = max(8 * law.sd, mpf(6))
    first = max(law.start_at, int(law.mean - spread))
    last = int(law.mean + 12 * spread) if law.most is None else law.most
    if last - first > 60000:
        # Uniform and geometric ones have closed forms instead of long sums.
        return wide_counts(text, law)
    probabilities = law.table(law.start_at if first < 60000 else first, last)
    start = law.start_at if first < 60000 else first
    below, total = [], mpf(0)
    for probability in probabilities:
        total += probability
        below.append(total)
    above, total = [mpf(0)] * len(below), mpf(0)
    for i in range(len(below) - 1, 0, -1):
        total += probabilities[i]
        above[i - 1] = total
    row = {"counts": [], "mean": float(law.mean), "sd": float(law.sd)}
    wanted = sorted({max(0, min(len(below) - 1, int(law.mean + k * law.sd / 2) - start)) for k in range(-12, 17)})
    for i in wanted:
        if above[i] < mpf("1e-40") and law.most is None:
            continue
        row["counts"].append([start + i, float(below[i]), float(above[i])])
        if law.scipy is not None and below[i] > 1e-12 and above[i] > 1e-12:
            compare(text, f"P(X <= {start + i})", below[i], law.scipy.cdf(start + i), 1e-8)
            compare(text, f"P(X > {start + i})", above[i], law.scipy.sf(start + i), 1e-8)
    if wants_bins:
        # An edge after each value, while at least a thousandth is left on both sides and in between.
        bins, last_level = [], mpf(0)
        for i, level in enumerate(below):
            if level - last_level > mpf("0.001") and above[i] > mpf("0.001") and len(bins) < 49:
                bins.append([start + i + 0.5, float(level)])
                last_level = level
        row["bins"] = bins
    return row


def wide_counts(text, law):
    row = {"counts": [], "mean": float(law.mean), "sd": float(law.sd)}
    if law.most is not None:
        n = law.most - law.start_at + 1
        for k in [law.start_at, law.start_at + 1, -3, 0, 5, law.most - 1, law.most]:
            row["counts"].append([k, float(mpf(k - law.start_at + 1) / n), float(mpf(law.most - k) / n)])
    else:
        p = law.probability(0)
        for k in [0, 1, 10, 1000, 10**6, 10**7, 5 * 10**7]:
            row["counts"].append(
                [k, float(-mp.expm1((k + 1) * mp.log1p(-p))), float(mp.exp((k + 1) * mp.log1p(-p)))])
    return row


def main():
    rows, seen = [], set()
    for text in CASES:
        if not text:
            continue
        family, given = read(text)
        numbers = {name: exact(value) for name, value in given.items()}
        least, most = numbers.pop("min", -INF), numbers.pop("max", INF)
        law = FAMILIES[family](**numbers)
        wants_bins = family not in seen
        seen.add(family)
        if isinstance(law, Counts):
            row = counts(text, law, wants_bins)
        else:
            if least > -INF or most < INF:
                law = Truncated(law, least, most)
            row = continuous(text, law, wants_bins)
        if "bins" in row:
            # The chi-square value that bins of right draws exceed with probability 1e-6.
            row["chi_square_at_1e-6"] = float(stats.chi2.isf(1e-6, len(row["bins"])))
        parameters = [[name, [float(v) for v in value] if isinstance(value, list) else float(value)]
                      for name, value in given.items()]
        rows.append({"family": family, "parameters": parameters, **row})
        print(text, file=sys.stderr)
    assert seen == set(FAMILIES)
    head = {
        "about": "Made by distributions.py beside this file. quantiles: [side of the tail, its probability, value]; tails: [x, P(X <= x), P(X > x)]; "
        "counts: the same for whole numbers; bins: [edge, P(X <= edge)]; null is a moment that does not exist, or a quantile beyond the doubles.",
        "versions": {"mpmath": mp.__version__, "scipy": scipy.__version__, "python": ".".join(map(str, sys.version_info[:3]))},
    }
    lines = ",\n".join(json.dumps(row) for row in rows)
    text = json.dumps(head)[:-1] + ', "rows": [\n' + lines + "\n]}\n"
    (pathlib.Path(__file__).parent / "distributions.json").write_text(text)


main()
