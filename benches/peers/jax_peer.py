"""The flagship in JAX on CPU: one compiled function for a chunk of trials, arrays [year × member × trial], which XLA fuses.

Two ways to count are offered and the search takes the faster: inside the compiled function by scatter-add, or outside by NumPy, to which JAX hands its
arrays without a copy. Numbers in brackets are the equations of the model's README.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import sigmoid

from histogram import N_BINS
from tables import OUTPUTS, YEARS, logit


def model(t, key, n):
    """26 outputs at all places, [output, year, place, trial], and whether each crossing came about, [crossing, place, trial]."""
    keys = iter(jax.random.split(key, 64))
    z = lambda *shape: jax.random.normal(next(keys), (*shape, n))
    bounded = lambda low, high: jax.random.truncated_normal(next(keys), low, high, (n,))
    m, r, x = t.n_members, t.region, t.log_price[:, None]
    regional = lambda: z(t.n_regions)[r]
    s = np.arange(YEARS)[:, None]
    by_year = lambda values: values[:, None, None]

    log_growth = np.log(1.021) + 0.05 * z(m)
    grown = jnp.exp((t.years_to_first + s)[..., None] * log_growth)  # [year, member, trial]
    subscriptions = (t.subscriptions[:, None] * jnp.exp(t.subscription_sd[:, None] * z(m))) * grown
    users = t.users[:, None] * grown
    world_contacts = t.a2p[:, None] * jnp.exp(0.05 * z(YEARS)) * sigmoid(0.80 * z())
    weight = users * jnp.exp(0.25 * regional() + 0.35 * z(m))
    contacts = world_contacts[:, None] * weight / weight.sum(1, keepdims=True)

    log_propensity = (0.5 + 0.3 * z()) * x + 0.60 * regional() + t.adoption_sd[:, None] * z(m)
    china = np.zeros((m, 1))
    china[t.china] = 1
    log_propensity += china * (np.log(0.30) + 0.80 * z())
    propensity = t.android[:, None] * jnp.exp(log_propensity)
    shocks = jnp.cumsum(0.30 * z(YEARS), 0)
    level = t.world_odds[:, None] * jnp.exp(0.50 * z() + shocks - shocks[3])
    mean = (contacts * propensity).sum(1) / world_contacts
    odds = (level / mean)[:, None] * propensity
    flash = contacts * odds / (1 + odds)

    exponent = 0.70 + 0.15 * bounded(-8 / 3, 8 / 3)
    passthrough = sigmoid(logit(0.25) + 0.70 * z())
    drift = (np.log(t.drift)[r] * s)[..., None] * passthrough
    relative = jnp.exp(exponent * x + drift + t.price_sd[:, None] * z(m))
    earned = 24e9 * jnp.exp(0.35 * z()) * world_contacts / world_contacts[0] * jnp.exp((0.02 + 0.03 * z()) * s)
    sms = relative * (earned / (contacts * relative).sum(1))[:, None]
    price = sms * (1.5 * jnp.exp(0.30 * z()))
    ratio = np.log(0.40) + 0.40 * z() + 0.20 * z(m) + (-0.15 + 0.15 * z()) * x
    flash_price = price * jnp.exp(ratio + by_year(np.arange(YEARS)) * (0.05 * z()))

    first = z(m)
    shock = [first]
    for _ in range(1, YEARS):
        shock.append(0.8 * shock[-1] + 0.6 * z(m))
    path = logit(t.rollout)[:, None] + 0.30 * z() + s * (0.20 * z())
    member = (0.25 + 0.25 * z()) * x + 0.50 * regional() + 0.60 * z(m)
    rollout = sigmoid(path[:, None] + member + 0.20 * jnp.stack(shock))
    mix = lambda a, b: 0.4 * a + np.sqrt(0.84) * b
    common, area, own = (z(), z()), (regional(), regional()), (z(m), z(m))
    joined = lambda world, region, one: np.sqrt(0.3) * (world + region) + np.sqrt(0.4) * one
    recall = sigmoid(logit(0.88) + 0.50 * joined(common[0], area[0], own[0]))
    effect = joined(mix(*common), mix(*area), mix(*own))
    false_positive = jnp.minimum(jnp.exp(np.log(2e-4) + np.log(5) * z() + np.log(2) * effect), 0.02)

    india = np.zeros((m, 1))
    india[t.india] = -0.6
    path = t.monetised[:, None] + 0.50 * z() + s * (0.15 * z())
    share = sigmoid(path[:, None] + (0.40 * regional() + 0.70 * z(m) + india))
    japan = np.zeros((m, 1), dtype=bool)
    japan[t.japan] = True
    share = jnp.where(japan & (jax.random.uniform(next(keys), (n,)) < 0.7), 0.0, share)

    identified = flash * rollout * recall
    undetected = flash - identified
    monetised = identified * share
    blocked = identified - monetised
    displacement = sigmoid(logit(0.38) + 0.67 * z() + 0.25 * regional())
    fallback = sigmoid(logit(0.65) + 0.60 * z())
    value = displacement * price
    false_calls = 110 * jnp.exp(0.60 * z() + 0.40 * regional()) * false_positive
    wrongly = subscriptions * false_calls * rollout * (1 - share)
    lifetime = (t.arpu / t.churn[r])[:, None] * jnp.exp(0.30 * (regional() + z(m) - regional())) * sigmoid(logit(0.40) + 0.50 * z())
    churn = 1e-4 * jnp.exp(np.log(3) * bounded(-np.inf, np.log(100) / np.log(3)))
    penalty = wrongly * (0.01 * jnp.exp(np.log(3) * z()) + churn * lifetime)
    ott = 3.8e9 * jnp.exp(0.10 * z()) * 1.065**s

    sums = [contacts, flash, identified, monetised, subscriptions, monetised * flash_price, undetected * value, monetised * value, blocked * value,
            undetected * flash_price, wrongly, penalty, users * (ott / users.sum(1))[:, None], contacts * sms, displacement * (flash - blocked * fallback)]
    places = lambda a: jnp.concatenate([a[:, t.n_rest :], jnp.einsum("rm,ymt->yrt", t.sums, a)], 1)
    (contacts, flash, identified, monetised, subscriptions, revenue, loss, loss_monetised, loss_blocked, undetected_value, wrongly, penalty, internet, gross,
     displaced) = map(places, sums)
    inverse_share = 1 + jnp.exp(-logit(0.60) - 0.65 * z())
    ott_ratio = 0.25 * jnp.exp(0.60 * z())
    recovered = loss_blocked * fallback
    unmonetised = loss + loss_blocked * (1 - fallback)
    displaced_value = unmonetised + loss_monetised
    margin = revenue - loss
    gain = revenue + recovered - penalty
    outputs = [flash * (1 + ott_ratio), revenue, unmonetised, margin, revenue - displaced_value - penalty, gain, subscriptions, flash, identified, monetised,
               identified - monetised, flash - identified, (flash - identified) / flash, monetised / identified, (revenue + undetected_value) * inverse_share,
               loss, recovered, wrongly, penalty, internet, flash * ott_ratio, (loss + loss_monetised + loss_blocked) * ott_ratio, contacts - displaced,
               gross - displaced_value, flash / contacts, displaced]
    crossed = jnp.stack([(margin > 0).any(0), (gain > loss).any(0)])
    return outputs, crossed


def bins_of(layout, output, values):
    """Bins of one output, [year, place, trial]."""
    at = lambda array: array[output][..., None]
    bits = lambda a: jax.lax.bitcast_convert_type(a, jnp.int64)
    if layout.signed[output]:
        key = jnp.copysign((bits(jnp.abs(values) + at(layout.offset)) - at(layout.base).astype(np.int64)).astype(jnp.float64), values)
    else:
        key = bits(values).astype(jnp.float64)
    key = key * at(layout.scale) + at(layout.shift)
    return jnp.clip(key, 0, N_BINS - 1).astype(jnp.int32)


class Peer:
    """`chunk` above zero counts inside the compiled function, below zero outside."""

    CHUNKS = (-256, -512, -1024, -2048, 512)

    def __init__(self, tables, layout, seed, chunk):
        self.t, self.chunk, self.inside = tables, abs(chunk), chunk > 0
        self.key = jax.random.key(int(seed.generate_state(1)[0]), impl="unsafe_rbg")
        self.clear()
        first = (np.arange(YEARS * tables.n_places, dtype=np.int32) * N_BINS).reshape(YEARS, tables.n_places, 1)

        def chunk_of(key, counts):
            outputs, crossed = model(tables, key, self.chunk)
            values = [(v.sum(-1), (v * v).sum(-1), v.min(-1), v.max(-1)) for v in outputs]
            bins = [(bins_of(layout, k, v) + first).ravel() for k, v in enumerate(outputs)]
            if self.inside:
                bins = [count.at[b].add(1, mode="promise_in_bounds") for count, b in zip(counts, bins)]
            return [jnp.stack(m) for m in zip(*values)], bins, crossed.sum(-1)

        self.compiled = jax.jit(chunk_of, donate_argnums=1)

    def clear(self):
        """Forgets all trials so far."""
        cells = (len(OUTPUTS), YEARS, self.t.n_places)
        n_bins = int(np.prod(cells[1:])) * N_BINS
        self.counts = np.zeros((len(OUTPUTS), n_bins), dtype=np.int64)
        self.device_counts = [jnp.zeros(n_bins, dtype=jnp.int32) for _ in OUTPUTS] if self.inside else None
        self.moments = [np.zeros(cells), np.zeros(cells), np.full(cells, np.inf), np.full(cells, -np.inf)]
        self.crossed = np.zeros((2, self.t.n_places), dtype=np.int64)
        self.n = 0

    def run(self, trials):
        """At least so many trials, in whole chunks."""
        for _ in range(-(-trials // self.chunk)):
            self.key, key = jax.random.split(self.key)
            moments, bins, crossed = self.compiled(key, self.device_counts)
            if self.inside:
                self.device_counts = bins
            else:
                for counts, b in zip(self.counts, bins):
                    # A fresh array of all bins for each output would cost more than the counting.
                    np.add.at(counts, np.asarray(b), 1)
            total, squares, low, high = map(np.asarray, moments)
            self.moments[0] += total
            self.moments[1] += squares
            np.minimum(self.moments[2], low, out=self.moments[2])
            np.maximum(self.moments[3], high, out=self.moments[3])
            self.crossed += np.asarray(crossed)
            self.n += self.chunk

    @property
    def state(self):
        """Statistics so far, as all peers report them."""
        counts = np.stack([np.asarray(c) for c in self.device_counts]) if self.inside else self.counts
        names = ("sum", "squares", "min", "max")
        return {"n": self.n, "counts": counts.astype(np.uint32), "crossed": self.crossed, **dict(zip(names, self.moments))}
