"""The flagship in Numba: members one after the other over blocks of trials that stay in the caches, loops that LLVM vectorises, histograms by hand.

Wheels of Numba have no vectorised elementary functions, so exponential, logarithm, sine and cosine are polynomials here. Loops write one row each: LLVM
cannot prove that many arrays are apart and would not vectorise. Numbers in brackets are the equations of the model's README.
"""

import math

import numpy as np
from numba import njit

from histogram import N_BINS
from tables import OUTPUTS, YEARS

# Trials of a block.
B = 256
LOG2E, LN2 = 1 / math.log(2), math.log(2)
LN2_HIGH, LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
ROUND = 6755399441055744.0


@njit(inline="always", fastmath={"contract"})
def exp(x):
    shifted = x * LOG2E + ROUND
    k = shifted - ROUND
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    s = 1 / 39916800
    s = s * r + 1 / 3628800
    s = s * r + 1 / 362880
    s = s * r + 1 / 40320
    s = s * r + 1 / 5040
    s = s * r + 1 / 720
    s = s * r + 1 / 120
    s = s * r + 1 / 24
    s = s * r + 1 / 6
    s = s * r + 0.5
    s = s * (r * r) + r + 1.0
    return np.int64(np.float64(s).view(np.int64) + (np.float64(shifted).view(np.int64) << 52)).view(np.float64)


@njit(inline="always", fastmath={"contract"})
def log(u):
    bits = np.float64(u).view(np.int64) - np.int64(0x3FE6A09E667F3BCD)
    m = np.int64((bits & np.int64(0x000FFFFFFFFFFFFF)) + np.int64(0x3FE6A09E667F3BCD)).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    q = s * s
    t = 1 / 19
    t = t * q + 1 / 17
    t = t * q + 1 / 15
    t = t * q + 1 / 13
    t = t * q + 1 / 11
    t = t * q + 1 / 9
    t = t * q + 1 / 7
    t = t * q + 1 / 5
    t = t * q + 1 / 3
    t = t * q + 1.0
    return np.float64(bits >> 52) * LN2 + 2.0 * s * t


@njit(inline="always", fastmath={"contract"})
def sine_of_turns(v):
    """sin(2πv) for v in [0, 1.25)."""
    shifted = v * 2.0 + ROUND
    half_turns = shifted - ROUND
    angle = (v - half_turns * 0.5) * math.tau
    q = angle * angle
    t = 1 / 51090942171709440000
    t = t * q - 1 / 121645100408832000
    t = t * q + 1 / 355687428096000
    t = t * q - 1 / 1307674368000
    t = t * q + 1 / 6227020800
    t = t * q - 1 / 39916800
    t = t * q + 1 / 362880
    t = t * q - 1 / 5040
    t = t * q + 1 / 120
    t = t * q - 1 / 6
    t = (t * q + 1.0) * angle
    sign = np.float64(shifted).view(np.int64) << 63
    return np.int64(np.float64(t).view(np.int64) ^ sign).view(np.float64)


@njit
def uniforms(state, out):
    """Splitmix64 (G Steele, D Lea, C Flood 2014): a counter through a mixer, so that it vectorises."""
    first = state[0]
    for i in range(out.size):
        z = first + np.uint64(i + 1) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
        out[i] = np.uint64((z >> np.uint64(12)) | np.uint64(0x3FF0000000000000)).view(np.float64) - (1.0 - 2.0**-53)
    state[0] = first + np.uint64(out.size) * np.uint64(0x9E3779B97F4A7C15)


@njit(fastmath={"contract"})
def normals(state, out, work):
    """Pairs by Box and Muller."""
    uniforms(state, work)
    half = out.size // 2
    u, v = work[:half], work[half:]
    for i in range(half):
        u[i] = math.sqrt(-2.0 * log(u[i]))
    a, b = out[:half], out[half:]
    for i in range(half):
        a[i] = u[i] * sine_of_turns(v[i])
    for i in range(half):
        b[i] = u[i] * sine_of_turns(v[i] + 0.25)


@njit(fastmath={"contract"})
def scaled(state, out, work, mean, sd):
    normals(state, out, work)
    for i in range(B):
        out[i] = mean + sd * out[i]


@njit(fastmath={"contract"})
def lognormals(state, out, work, log_median, sd):
    normals(state, out, work)
    for i in range(B):
        out[i] = exp(log_median + sd * out[i])


@njit(fastmath={"contract"})
def logit_normals(state, out, work, logit_median, sd):
    normals(state, out, work)
    for i in range(B):
        out[i] = 1.0 / (1.0 + exp(-logit_median - sd * out[i]))


@njit
def truncate(state, out, work, low, high):
    """Draws again what lies outside, which is rare."""
    left = 0
    spare = np.empty(B)
    for i in range(B):
        while not low <= out[i] <= high:
            if left == 0:
                normals(state, spare, work)
                left = B
            left -= 1
            out[i] = spare[left]


@njit
def add(out, a):
    for i in range(B):
        out[i] += a[i]


@njit
def times(out, a, b):
    for i in range(B):
        out[i] = a[i] * b[i]


@njit
def scale_by(out, a):
    for i in range(B):
        out[i] *= a[i]


@njit(fastmath={"contract"})
def add_product(out, a, b):
    for i in range(B):
        out[i] += a[i] * b[i]


@njit(fastmath=True)
def moments(values, totals):
    total, squares, low, high = 0.0, 0.0, totals[2], totals[3]
    for i in range(B):
        total += values[i]
        squares += values[i] * values[i]
        low = min(low, values[i])
        high = max(high, values[i])
    totals[0] += total
    totals[1] += squares
    totals[2] = low
    totals[3] = high


@njit
def count(values, bins, counts, signed, scale, shift, offset, base):
    last = N_BINS - 1.0
    if signed:
        for i in range(B):
            key = np.float64(np.float64(abs(values[i]) + offset).view(np.int64) - base) * scale
            bins[i] = np.int32(min(max(math.copysign(key, values[i]) + shift, 0.0), last))
    else:
        for i in range(B):
            key = np.float64(np.float64(values[i]).view(np.int64)) * scale + shift
            bins[i] = np.int32(min(max(key, 0.0), last))
    for i in range(B):
        counts[bins[i]] += np.uint32(1)


# Rows of the world in one block: five for each quantity by year, then single ones.
CONTACTS, ODDS, PRICE, RATIO, ROLLOUT, MONETISED, OTT = range(0, 35, 5)
(ELASTICITY, CHINA, EXPONENT, PASSTHROUGH, RATIO_SLOPE, ROLLOUT_SLOPE, JAPAN, PREMIUM, DISPLACEMENT, FALLBACK, RECALL, FALSE_POSITIVE, FALSE_LEVEL, CALLS,
 MARGIN, CALL_VALUE, CHURN, INVERSE_SHARE, OTT_RATIO) = range(35, 54)
N_WORLD = 54
# Rows of a region in one block.
A_CONTACTS, A_ADOPTION, A_DRIFT, A_ROLLOUT, A_RECALL, A_FALSE, A_MONETISED, A_DISPLACEMENT, A_CALLS, A_LIFETIME = range(10)
N_AREA = 10
# Rows of a member that the second pass needs again.
START, GROWTH, WEIGHT, PROPENSITY, RELATIVE = range(5)
# Sums.
(S_CONTACTS, S_FLASH, S_IDENTIFIED, S_MONETISED, S_SUBSCRIPTIONS, S_REVENUE, S_LOSS, S_LOSS_MONETISED, S_LOSS_BLOCKED, S_UNDETECTED, S_WRONGLY, S_PENALTY,
 S_USERS, S_GROSS, S_DISPLACED) = range(15)
N_SUMS = 15
N_OUTPUTS = len(OUTPUTS)


@njit(fastmath={"contract"})
def draw_world(g, k, w, p, a, b, c):
    """`p` holds A2P volume, odds, rollout and monetised path, each by year; a, b, c are scratch rows."""
    lognormals(g, w[CHINA], k, math.log(0.30), 0.80)
    scaled(g, w[ELASTICITY], k, 0.5, 0.3)
    normals(g, w[EXPONENT], k)
    truncate(g, w[EXPONENT], k, -8 / 3, 8 / 3)
    for i in range(B):
        w[EXPONENT, i] = 0.70 + 0.15 * w[EXPONENT, i]
    logit_normals(g, w[PASSTHROUGH], k, math.log(0.25 / 0.75), 0.70)
    scaled(g, w[RATIO_SLOPE], k, -0.15, 0.15)
    scaled(g, w[ROLLOUT_SLOPE], k, 0.25, 0.25)
    uniforms(g, w[JAPAN])
    for i in range(B):
        w[JAPAN, i] = 0.0 if w[JAPAN, i] < 0.7 else 1.0
    lognormals(g, w[PREMIUM], k, math.log(1.5), 0.30)
    lognormals(g, w[DISPLACEMENT], k, math.log(0.62 / 0.38), 0.67)
    logit_normals(g, w[FALLBACK], k, math.log(0.65 / 0.35), 0.60)
    normals(g, w[RECALL], k)
    normals(g, w[FALSE_POSITIVE], k)
    for i in range(B):
        w[FALSE_POSITIVE, i] = 0.4 * w[RECALL, i] + math.sqrt(0.84) * w[FALSE_POSITIVE, i]
    scaled(g, w[FALSE_LEVEL], k, math.log(2e-4), math.log(5.0))
    lognormals(g, w[CALLS], k, math.log(110.0), 0.60)
    logit_normals(g, w[MARGIN], k, math.log(0.40 / 0.60), 0.50)
    lognormals(g, w[CALL_VALUE], k, math.log(0.01), math.log(3.0))
    normals(g, w[CHURN], k)
    truncate(g, w[CHURN], k, -math.inf, math.log(100.0) / math.log(3.0))
    for i in range(B):
        w[CHURN, i] = exp(math.log(1e-4) + math.log(3.0) * w[CHURN, i])
    normals(g, w[INVERSE_SHARE], k)
    for i in range(B):
        w[INVERSE_SHARE, i] = 1.0 + exp(-math.log(0.60 / 0.40) - 0.65 * w[INVERSE_SHARE, i])
    lognormals(g, w[OTT_RATIO], k, math.log(0.25), 0.60)
    # Paths by year: a first value and a factor.
    lognormals(g, a, k, math.log(0.40), 0.40)
    lognormals(g, b, k, 0.0, 0.05)
    path(w, RATIO, a, b)
    lognormals(g, a, k, 0.0, 0.30)
    lognormals(g, b, k, 0.0, 0.20)
    path(w, ROLLOUT, a, b)
    for t in range(YEARS):
        for i in range(B):
            w[ROLLOUT + t, i] *= 1.0 / p[2, t] - 1.0
    lognormals(g, a, k, -p[3, 0], 0.50)
    lognormals(g, b, k, -(p[3, 4] - p[3, 0]) / 4, 0.15)
    path(w, MONETISED, a, b)
    logit_normals(g, c, k, 0.0, 0.80)
    for t in range(YEARS):
        lognormals(g, w[CONTACTS + t], k, math.log(p[0, t]), 0.05)
        scale_by(w[CONTACTS + t], c)
    lognormals(g, a, k, math.log(24e9), 0.35)
    for i in range(B):
        a[i] *= w[PREMIUM, i] / w[CONTACTS, i]
    lognormals(g, b, k, 0.02, 0.03)
    path(w, PRICE, a, b)
    lognormals(g, a, k, math.log(3.8e9), 0.10)
    b[:] = 1.065
    path(w, OTT, a, b)
    # The growth of adoption, cumulated from 2026 both ways.
    lognormals(g, w[ODDS + 3], k, 0.0, 0.50)
    for t, other in ((4, 3), (2, 3), (1, 2), (0, 1)):
        lognormals(g, w[ODDS + t], k, 0.0, 0.30)
        scale_by(w[ODDS + t], w[ODDS + other])
    for i in range(B):
        w[PREMIUM, i] = 1.0 / w[PREMIUM, i]


@njit
def path(w, row, first, factor):
    w[row] = first
    for t in range(1, YEARS):
        times(w[row + t], w[row + t - 1], factor)


@njit(fastmath={"contract"})
def draw_area(g, k, w, area, b, log_drift, churn):
    for row in range(N_AREA):
        normals(g, area[row], k)
    normals(g, b, k)
    root = math.sqrt(0.3)
    for i in range(B):
        area[A_FALSE, i] = root * (w[FALSE_POSITIVE, i] + 0.4 * area[A_RECALL, i] + math.sqrt(0.84) * area[A_FALSE, i])
    for i in range(B):
        area[A_RECALL, i] = root * (w[RECALL, i] + area[A_RECALL, i])
    for i in range(B):
        area[A_DISPLACEMENT, i] = 1.0 / (1.0 + w[DISPLACEMENT, i] * exp(-0.25 * area[A_DISPLACEMENT, i]))
    for i in range(B):
        area[A_CALLS, i] = w[CALLS, i] * exp(0.40 * area[A_CALLS, i])
    for i in range(B):
        area[A_LIFETIME, i] = w[MARGIN, i] / churn * exp(0.30 * (area[A_LIFETIME, i] - area[A_DRIFT, i]))
    for i in range(B):
        area[A_DRIFT, i] = exp(log_drift * w[PASSTHROUGH, i])


@njit(fastmath={"contract"})
def draw_member(g, k, w, area, s, m, china):
    """`m`: years to 2023, internet users, log price, Android share, sd of adoption, sd of the list price."""
    for row in range(5):
        if row != START:
            normals(g, s[row], k)
    years, log_users, x, log_android = m[0], math.log(m[1]), m[2], math.log(m[3])
    start, growth, weight, propensity, relative = s[START], s[GROWTH], s[WEIGHT], s[PROPENSITY], s[RELATIVE]
    for i in range(B):
        start[i] = exp(years * (math.log(1.021) + 0.05 * growth[i]))
    for i in range(B):
        growth[i] = exp(math.log(1.021) + 0.05 * growth[i])
    common = area[A_CONTACTS]
    for i in range(B):
        weight[i] = exp(log_users + 0.25 * common[i] + 0.35 * weight[i]) * start[i]
    common, elasticity = area[A_ADOPTION], w[ELASTICITY]
    for i in range(B):
        propensity[i] = exp(log_android + elasticity[i] * x + 0.60 * common[i] + m[4] * propensity[i])
    if china:
        scale_by(propensity, w[CHINA])
    exponent = w[EXPONENT]
    for i in range(B):
        relative[i] = exp(exponent[i] * x + m[5] * relative[i])


@njit(fastmath={"contract"})
def first_pass(g, k, w, areas, stash, members, region, log_drift, churn, p, china, scratch):
    a, b, c = scratch[0], scratch[1], scratch[2]
    draw_world(g, k, w, p, a, b, c)
    for r in range(areas.shape[0]):
        draw_area(g, k, w, areas[r], a, log_drift[r], churn[r])
    sums = scratch[3:23]
    sums[:] = 0.0
    for m in range(stash.shape[0]):
        s, area = stash[m], areas[region[m]]
        draw_member(g, k, w, area, s, members[m], m == china)
        a[:] = s[WEIGHT]
        b[:] = s[RELATIVE]
        start = s[START]
        for i in range(B):
            c[i] = members[m, 1] * start[i]
        for t in range(YEARS):
            add(sums[t], a)
            add(sums[5 + t], c)
            add_product(sums[10 + t], a, s[PROPENSITY])
            add_product(sums[15 + t], a, b)
            scale_by(a, s[GROWTH])
            scale_by(c, s[GROWTH])
            scale_by(b, area[A_DRIFT])
    for t in range(YEARS):
        weight, users, propensity, relative = sums[t], sums[5 + t], sums[10 + t], sums[15 + t]
        contacts, odds, price, ott = w[CONTACTS + t], w[ODDS + t], w[PRICE + t], w[OTT + t]
        for i in range(B):
            contacts[i] /= weight[i]
        for i in range(B):
            odds[i] *= p[1, t] * weight[i] / propensity[i]
        for i in range(B):
            price[i] *= weight[i] / relative[i]
        for i in range(B):
            ott[i] /= users[i]


@njit(fastmath={"contract"})
def one_member(g, k, w, area, s, m, japan, india, rows, sums):
    """`m` goes on with subscriptions, sd of their error, ARPU. `rows` are the member's, `sums` by year."""
    weight, subscriptions, users, price, ratio = rows[0], rows[1], rows[2], rows[3], rows[4]
    rollout, shock, against, recall, wrongly = rows[5], rows[6], rows[7], rows[8], rows[9]
    penalty, fresh, fp, sms, open_share = rows[10], rows[11], rows[12], rows[13], rows[14]
    x = m[2]
    weight[:] = s[WEIGHT]
    price[:] = s[RELATIVE]
    start = s[START]
    normals(g, subscriptions, k)
    for i in range(B):
        subscriptions[i] = m[6] * exp(m[7] * subscriptions[i]) * start[i]
    for i in range(B):
        users[i] = m[1] * start[i]
    normals(g, ratio, k)
    slope = w[RATIO_SLOPE]
    for i in range(B):
        ratio[i] = exp(0.20 * ratio[i] + slope[i] * x)
    normals(g, rollout, k)
    slope, common = w[ROLLOUT_SLOPE], area[A_ROLLOUT]
    for i in range(B):
        rollout[i] = slope[i] * x + 0.50 * common[i] + 0.60 * rollout[i]
    normals(g, shock, k)
    normals(g, against, k)
    common = area[A_MONETISED]
    shift = 0.6 if india else 0.0
    for i in range(B):
        against[i] = exp(shift - 0.40 * common[i] - 0.70 * against[i])
    normals(g, recall, k)
    normals(g, wrongly, k)
    common, level = area[A_FALSE], w[FALSE_LEVEL]
    own = math.sqrt(0.4)
    for i in range(B):
        wrongly[i] = level[i] + math.log(2.0) * (common[i] + own * (0.4 * recall[i] + math.sqrt(0.84) * wrongly[i]))
    calls = area[A_CALLS]
    for i in range(B):
        wrongly[i] = calls[i] * min(exp(wrongly[i]), 0.02)
    common = area[A_RECALL]
    for i in range(B):
        recall[i] = 1.0 / (1.0 + exp(-math.log(0.88 / 0.12) - 0.50 * (common[i] + own * recall[i])))
    normals(g, penalty, k)
    lifetime = area[A_LIFETIME]
    for i in range(B):
        penalty[i] = m[8] * lifetime[i] * exp(0.30 * penalty[i])
    value, churn = w[CALL_VALUE], w[CHURN]
    for i in range(B):
        penalty[i] = value[i] + churn[i] * penalty[i]
    displacement, growth, propensity, premium = area[A_DISPLACEMENT], s[GROWTH], s[PROPENSITY], w[PREMIUM]
    for t in range(YEARS):
        o = sums[t]
        contacts, flash, identified, monetised = o[S_CONTACTS], o[S_FLASH], o[S_IDENTIFIED], o[S_MONETISED]
        if t > 0:
            normals(g, fresh, k)
            for i in range(B):
                shock[i] = 0.8 * shock[i] + 0.6 * fresh[i]
        times(contacts, weight, w[CONTACTS + t])
        per = w[ODDS + t]
        for i in range(B):
            odds = per[i] * propensity[i]
            flash[i] = contacts[i] * odds / (1.0 + odds)
        times(sms, price, w[PRICE + t])
        per = w[RATIO + t]
        for i in range(B):
            fp[i] = sms[i] * per[i] * ratio[i]
        gross = o[S_GROSS]
        for i in range(B):
            gross[i] = contacts[i] * sms[i] * premium[i]
        scale_by(sms, displacement)
        per = w[ROLLOUT + t]
        for i in range(B):
            fresh[i] = 1.0 / (1.0 + per[i] * exp(-rollout[i] - 0.20 * shock[i]))
        per = w[MONETISED + t]
        for i in range(B):
            open_share[i] = 1.0 / (1.0 + per[i] * against[i])
        if japan:
            scale_by(open_share, w[JAPAN])
        for i in range(B):
            identified[i] = flash[i] * fresh[i] * recall[i]
        times(monetised, identified, open_share)
        o[S_SUBSCRIPTIONS] = subscriptions
        o[S_USERS] = users
        times(o[S_REVENUE], monetised, fp)
        times(o[S_LOSS_MONETISED], monetised, sms)
        out = o[S_LOSS]
        for i in range(B):
            out[i] = (flash[i] - identified[i]) * sms[i]
        out = o[S_UNDETECTED]
        for i in range(B):
            out[i] = (flash[i] - identified[i]) * fp[i]
        out = o[S_LOSS_BLOCKED]
        for i in range(B):
            out[i] = (identified[i] - monetised[i]) * sms[i]
        out = o[S_WRONGLY]
        for i in range(B):
            out[i] = subscriptions[i] * wrongly[i] * fresh[i] * (1.0 - open_share[i])
        times(o[S_PENALTY], out, penalty)
        scale_by(weight, growth)
        scale_by(subscriptions, growth)
        scale_by(users, growth)
        scale_by(price, area[A_DRIFT])


@njit(fastmath={"contract"})
def displace(w, area, sums):
    fallback, displacement = w[FALLBACK], area[A_DISPLACEMENT]
    for t in range(YEARS):
        flash, identified, monetised, out = sums[t, S_FLASH], sums[t, S_IDENTIFIED], sums[t, S_MONETISED], sums[t, S_DISPLACED]
        for i in range(B):
            out[i] = displacement[i] * (flash[i] - (identified[i] - monetised[i]) * fallback[i])


@njit(fastmath={"contract"})
def one_place(place, w, sums, o, bins, excess, counts, totals, crossed, signed, scale, shift, offset, base):
    excess[:] = -math.inf
    fallback, ott_ratio, inverse_share = w[FALLBACK], w[OTT_RATIO], w[INVERSE_SHARE]
    for t in range(YEARS):
        s = sums[t]
        flash, identified, monetised, revenue, loss = s[S_FLASH], s[S_IDENTIFIED], s[S_MONETISED], s[S_REVENUE], s[S_LOSS]
        blocked, priced, penalty, contacts = s[S_LOSS_BLOCKED], s[S_LOSS_MONETISED], s[S_PENALTY], s[S_CONTACTS]
        for to, of in ((1, S_REVENUE), (6, S_SUBSCRIPTIONS), (7, S_FLASH), (8, S_IDENTIFIED), (9, S_MONETISED), (15, S_LOSS), (17, S_WRONGLY), (18, S_PENALTY),
                       (25, S_DISPLACED)):
            o[to] = s[of]
        times(o[20], flash, ott_ratio)
        for i in range(B):
            o[0, i] = flash[i] + flash[i] * ott_ratio[i]
        times(o[16], blocked, fallback)
        row = o[2]
        for i in range(B):
            row[i] = loss[i] + blocked[i] * (1.0 - fallback[i])
        margin = o[3]
        for i in range(B):
            margin[i] = revenue[i] - loss[i]
        net = o[4]
        for i in range(B):
            net[i] = revenue[i] - row[i] - priced[i] - penalty[i]
        gross, out = s[S_GROSS], o[23]
        for i in range(B):
            out[i] = gross[i] - row[i] - priced[i]
        gain, recovered = o[5], o[16]
        for i in range(B):
            gain[i] = revenue[i] + recovered[i] - penalty[i]
        out = o[10]
        for i in range(B):
            out[i] = identified[i] - monetised[i]
        out = o[11]
        for i in range(B):
            out[i] = flash[i] - identified[i]
        out = o[12]
        for i in range(B):
            out[i] = (flash[i] - identified[i]) / flash[i]
        out = o[13]
        for i in range(B):
            out[i] = monetised[i] / identified[i]
        out, undetected = o[14], s[S_UNDETECTED]
        for i in range(B):
            out[i] = (revenue[i] + undetected[i]) * inverse_share[i]
        times(o[19], s[S_USERS], w[OTT + t])
        out = o[21]
        for i in range(B):
            out[i] = (loss[i] + priced[i] + blocked[i]) * ott_ratio[i]
        out, displaced = o[22], s[S_DISPLACED]
        for i in range(B):
            out[i] = contacts[i] - displaced[i]
        out = o[24]
        for i in range(B):
            out[i] = flash[i] / contacts[i]
        best = excess[0]
        for i in range(B):
            best[i] = max(best[i], margin[i])
        best = excess[1]
        for i in range(B):
            best[i] = max(best[i], gain[i] - loss[i])
        for output in range(N_OUTPUTS):
            at = (output, t, place)
            moments(o[output], totals[at])
            count(o[output], bins, counts[output, t, place], signed[output], scale[at], shift[at], offset[at], base[at])
    for k in range(2):
        n = 0
        for i in range(B):
            n += excess[k, i] > 0.0
        crossed[k, place] += n


@njit(fastmath={"contract"})
def run_chunk(g, memory, model, statistics, layout):
    worlds, areas, stash, area_sums, world_sums, rows, sums, o, bins, excess, k, scratch = memory
    members, region, order, starts, log_drift, churn, p, special, n_rest = model
    counts, totals, crossed = statistics
    signed, scale, shift, offset, base = layout
    blocks = worlds.shape[0]
    japan, china, india = special
    world_sums[:] = 0.0
    for block in range(blocks):
        first_pass(g, k, worlds[block], areas[block], stash[block], members, region, log_drift, churn, p, china, scratch)
    n_regions = areas.shape[1]
    n_countries = members.shape[0] - n_rest
    for r in range(n_regions):
        area_sums[:] = 0.0
        for position in range(starts[r], starts[r + 1]):
            m = order[position]
            for block in range(blocks):
                w, area = worlds[block], areas[block, r]
                one_member(g, k, w, area, stash[block, m], members[m], m == japan, m == india, rows, sums)
                for t in range(YEARS):
                    for j in range(N_SUMS - 1):
                        add(area_sums[block, t, j], sums[t, j])
                if m >= n_rest:
                    displace(w, area, sums)
                    one_place(m - n_rest, w, sums, o, bins, excess, counts, totals, crossed, signed, scale, shift, offset, base)
        for block in range(blocks):
            w = worlds[block]
            displace(w, areas[block, r], area_sums[block])
            for t in range(YEARS):
                for j in range(N_SUMS):
                    add(world_sums[block, t, j], area_sums[block, t, j])
            one_place(n_countries + r, w, area_sums[block], o, bins, excess, counts, totals, crossed, signed, scale, shift, offset, base)
    for block in range(blocks):
        one_place(n_countries + n_regions, worlds[block], world_sums[block], o, bins, excess, counts, totals, crossed, signed, scale, shift, offset, base)


class Peer:
    """A chunk is a number of blocks; the histograms of a member stay in the cache for all of them."""

    CHUNKS = (1024, 2048, 4096, 8192)

    def __init__(self, tables, layout, seed, chunk):
        t, self.chunk = tables, chunk
        blocks = chunk // B
        self.seed = seed.generate_state(1, np.uint64)
        self.memory = (
            np.zeros((blocks, N_WORLD, B)),
            np.zeros((blocks, t.n_regions, N_AREA, B)),
            np.zeros((blocks, t.n_members, 5, B)),
            np.zeros((blocks, YEARS, N_SUMS, B)),
            np.zeros((blocks, YEARS, N_SUMS, B)),
            np.zeros((15, B)),
            np.zeros((YEARS, N_SUMS, B)),
            np.zeros((len(OUTPUTS), B)),
            np.zeros(B, dtype=np.int32),
            np.zeros((2, B)),
            np.zeros(B),
            np.zeros((23, B)),
        )
        members = np.stack(
            [t.years_to_first, t.users, t.log_price, t.android, t.adoption_sd, t.price_sd, t.subscriptions, t.subscription_sd, t.arpu], axis=1
        )
        order = np.argsort(t.region, kind="stable")
        starts = np.searchsorted(t.region[order], np.arange(t.n_regions + 1))
        paths = np.stack([t.a2p, t.world_odds, t.rollout, t.monetised])
        self.model = (members, t.region, order, starts, np.log(t.drift), t.churn, paths, (t.japan, t.china, t.india), t.n_rest)
        cells = (len(OUTPUTS), YEARS, t.n_places)
        self.layout = (layout.signed, layout.scale, layout.shift, layout.offset, np.broadcast_to(layout.base, cells).astype(np.int64))
        self.cells = cells
        self.clear()

    def clear(self):
        """Forgets all trials so far."""
        totals = np.zeros((*self.cells, 4))
        totals[..., 2], totals[..., 3] = np.inf, -np.inf
        crossed = np.zeros((2, self.cells[-1]), dtype=np.int64)
        self.statistics = (np.zeros((*self.cells, N_BINS), dtype=np.uint32), totals, crossed)
        self.n = 0

    def run(self, trials):
        """At least so many trials, in whole chunks."""
        for _ in range(-(-trials // self.chunk)):
            run_chunk(self.seed, self.memory, self.model, self.statistics, self.layout)
            self.n += self.chunk

    @property
    def state(self):
        """Statistics so far, as all peers report them."""
        counts, totals, crossed = self.statistics
        return {
            "n": self.n,
            "sum": totals[..., 0],
            "squares": totals[..., 1],
            "min": totals[..., 2],
            "max": totals[..., 3],
            "counts": counts,
            "crossed": crossed,
        }
