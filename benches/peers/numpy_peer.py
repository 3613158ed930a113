"""The flagship in NumPy: chunks of trials, a year at a time, every array [member or place × trial] written in place."""

import numpy as np

from histogram import N_BINS
from tables import LEVELS, OUTPUTS, YEARS, logit


class Peer:
    """`chunk` trials are computed together: small enough for the caches, large enough to hide the calls."""

    CHUNKS = (256, 512, 1024, 2048)

    def __init__(self, tables, layout, seed, chunk):
        self.t, self.layout, self.chunk = tables, layout, chunk
        self.rng = np.random.Generator(np.random.SFC64(seed))
        self.root = np.sqrt(0.3)
        # Rows 0 … 67 members, 68 … 75 regions, 76 world.
        n_rows = tables.n_members + tables.n_regions + 1
        self.sums = [np.empty((n_rows, chunk)) for _ in range(15)]
        shape = (tables.n_places, chunk)
        self.out = [np.empty(shape) for _ in OUTPUTS]
        self.key, self.bins = np.empty(shape), np.empty(shape, dtype=np.intp)
        self.first_bin = np.arange(tables.n_places)[:, None] * float(N_BINS)
        self.clear()

    def clear(self):
        """Forgets all trials so far."""
        tables = self.t
        cells = (len(OUTPUTS), YEARS, tables.n_places)
        self.state = {
            "n": 0,
            "sum": np.zeros(cells),
            "squares": np.zeros(cells),
            "min": np.full(cells, np.inf),
            "max": np.full(cells, -np.inf),
            "counts": np.zeros((len(OUTPUTS), YEARS, tables.n_places * N_BINS), dtype=np.uint32),
            "crossed": np.zeros((2, tables.n_places), dtype=np.int64),
        }

    def pilot(self, trials):
        """Values of a short run, [output, year, place, trial]."""
        values = np.empty((len(OUTPUTS), YEARS, self.t.n_places, trials))
        for first in range(0, trials, self.chunk):
            for year, _ in self.years():
                for k, row in enumerate(self.out):
                    values[k, year, :, first : first + self.chunk] = row
        return values

    def run(self, trials):
        """At least so many trials, in whole chunks."""
        for _ in range(-(-trials // self.chunk)):
            best = [None, None]
            for year, excess in self.years():
                for k, values in enumerate(self.out):
                    self.count(k, year, values)
                best = [e if b is None else np.maximum(b, e, out=b) for b, e in zip(best, excess)]
            for k in range(2):
                self.state["crossed"][k] += np.count_nonzero(best[k] > 0, axis=1)
            self.state["n"] += self.chunk

    def count(self, output, year, values):
        """Moments and bins of one output and year at all places."""
        state, layout, at = self.state, self.layout, (output, year)
        state["sum"][at] += values.sum(1)
        state["squares"][at] += np.einsum("ij,ij->i", values, values)
        np.minimum(state["min"][at], values.min(1), out=state["min"][at])
        np.maximum(state["max"][at], values.max(1), out=state["max"][at])
        key = self.key
        if layout.signed[output]:
            np.abs(values, out=key)
            key += layout.offset[at][:, None]
            np.subtract(key.view(np.int64), layout.base[at][:, None], out=key)
            np.copysign(key, values, out=key)
            key *= layout.scale[at][:, None]
        else:
            np.multiply(values.view(np.int64), layout.scale[at][:, None], out=key)
        key += layout.shift[at][:, None]
        np.clip(key, 0, N_BINS - 1, out=key)
        key += self.first_bin
        np.copyto(self.bins, key, casting="unsafe")
        counts = np.bincount(self.bins.ravel(), minlength=state["counts"].shape[-1])
        np.add(state["counts"][at], counts, out=state["counts"][at], casting="unsafe")

    def years(self):
        """Draws one chunk; fills `out` year by year. Numbers in brackets are the equations of the model's README."""
        t, n, r = self.t, self.chunk, self.t.region
        z = lambda *shape: self.rng.standard_normal((*shape, n))
        members, regions, x = t.n_members, t.n_regions, t.log_price[:, None]
        logistic = lambda a: np.reciprocal(np.add(np.exp(np.negative(a, out=a), out=a), 1, out=a), out=a)

        # (2), (3): growth and the factor of 2023.
        log_growth = z(members)
        log_growth *= 0.05
        log_growth += np.log(1.021)
        start = np.exp(t.years_to_first[:, None] * log_growth)
        growth = np.exp(log_growth, out=log_growth)
        subscriptions = np.exp(t.subscription_sd[:, None] * z(members))
        subscriptions *= t.subscriptions[:, None] * start
        users = t.users[:, None] * start
        # (4), (5)
        share = logistic(0.80 * z())
        world_contacts = t.a2p[:, None] * np.exp(0.05 * z(YEARS)) * share
        effect = (0.25 * z(regions))[r]
        own = z(members)
        own *= 0.35
        effect += own
        weight = np.exp(effect, out=effect)
        weight *= users
        # (6), (7)
        propensity = z(members)
        propensity *= t.adoption_sd[:, None]
        propensity += (0.60 * z(regions))[r]
        propensity += (0.5 + 0.3 * z()) * x
        np.exp(propensity, out=propensity)
        propensity *= t.android[:, None]
        propensity[t.china] *= 0.30 * np.exp(0.80 * z())
        shocks = (0.30 * z(YEARS)).cumsum(0)
        odds_level = t.world_odds[:, None] * np.exp(0.50 * z() + shocks - shocks[3])
        # (9) … (12)
        exponent = self.truncated(-8 / 3, 8 / 3)
        exponent *= 0.15
        exponent += 0.70
        price = z(members)
        price *= t.price_sd[:, None]
        price += exponent * x
        np.exp(price, out=price)
        drift = np.exp(np.log(t.drift)[:, None] * logistic(logit(0.25) + 0.70 * z()))[r]
        revenue_2023 = 24e9 * np.exp(0.35 * z())
        price_growth = np.exp(0.02 + 0.03 * z())
        premium = 1.5 * np.exp(0.30 * z())
        ratio = z(members)
        ratio *= 0.20
        ratio += (-0.15 + 0.15 * z()) * x
        ratio += np.log(0.40) + 0.40 * z()
        np.exp(ratio, out=ratio)
        ratio_trend = np.exp(0.05 * z())
        # (13): the part without years, and the persistent shock.
        rollout = z(members)
        rollout *= 0.60
        rollout += (0.50 * z(regions))[r]
        rollout += (0.25 + 0.25 * z()) * x
        rollout_level, rollout_trend = 0.30 * z(), 0.20 * z()
        shock = z(members)
        # (14), (22): recall and false positives share their components with correlation 0.4.
        common, area, own = (z(), z()), (z(regions), z(regions)), (z(members), z(members))
        mix = lambda pair: 0.4 * pair[0] + np.sqrt(0.84) * pair[1]
        recall = np.sqrt(0.4) * own[0]
        recall += (self.root * (common[0] + area[0]))[r]
        recall *= 0.50
        recall += logit(0.88)
        recall = logistic(recall)
        false_positive = np.sqrt(0.4) * mix(own)
        false_positive += (self.root * (mix(common) + mix(area)))[r]
        false_positive *= np.log(2)
        false_positive += np.log(2e-4) + np.log(5) * z()
        np.exp(false_positive, out=false_positive)
        np.minimum(false_positive, 0.02, out=false_positive)
        # (15): odds against monetising, a product of the member's part and the year's.
        monetised_against = z(members)
        monetised_against *= -0.70
        monetised_against += (-0.40 * z(regions))[r]
        monetised_against[t.india] += 0.6
        np.exp(monetised_against, out=monetised_against)
        monetised_level, monetised_trend = 0.50 * z(), 0.15 * z()
        japan = self.rng.random(n) >= 0.7
        # (17), (18)
        displacement = logistic(logit(0.38) + 0.67 * z() + 0.25 * z(regions))
        displacement = displacement[r]
        fallback = logistic(logit(0.65) + 0.60 * z())
        # (23) … (25)
        false_positive *= (110 * np.exp(0.60 * z() + 0.40 * z(regions)))[r]
        lifetime = z(members)
        lifetime *= 0.30
        np.exp(lifetime, out=lifetime)
        lifetime *= t.arpu[:, None]
        margin = logistic(logit(0.40) + 0.50 * z())
        lifetime *= (margin / t.churn[:, None] * np.exp(0.30 * (z(regions) - z(regions))))[r]
        penalty = lifetime
        penalty *= 1e-4 * np.exp(np.log(3) * self.truncated(-np.inf, np.log(100) / np.log(3)))
        penalty += 0.01 * np.exp(np.log(3) * z())
        # (28) … (30)
        inverse_share = 1 + np.exp(-logit(0.60) - 0.65 * z())
        ott = 3.8e9 * np.exp(0.10 * z())
        ott_ratio = 0.25 * np.exp(0.60 * z())

        m = slice(0, members)
        p = slice(t.n_rest, None)
        scratch = np.empty((members, n))
        fresh = np.empty((members, n))
        for year in range(YEARS):
            (contacts, flash, identified, monetised, subs, revenue, loss, loss_monetised, loss_blocked, undetected_value, wrongly, penalties, internet, gross,
             displaced) = self.sums
            if year:
                for grown in (weight, users, subscriptions):
                    grown *= growth
                price *= drift
                ratio *= ratio_trend
                self.rng.standard_normal(out=fresh)
                shock *= 0.8
                fresh *= 0.6
                shock += fresh
            per_weight = world_contacts[year] / weight.sum(0)
            np.multiply(weight, per_weight, out=contacts[m])
            np.multiply(contacts[m], propensity, out=scratch)
            mean = scratch.sum(0) / world_contacts[year]
            odds = np.multiply(propensity, odds_level[year] / mean, out=scratch)
            np.multiply(contacts[m], odds, out=flash[m])
            odds += 1
            flash[m] /= odds
            np.multiply(contacts[m], price, out=scratch)
            earned = revenue_2023 * (world_contacts[year] / world_contacts[0]) * price_growth**year
            per_relative = earned / scratch.sum(0)
            np.multiply(scratch, per_relative, out=gross[m])
            sms = np.multiply(price, per_relative * premium, out=fresh)
            flash_price = np.multiply(sms, ratio)
            # Rollout.
            against = np.multiply(shock, -0.20, out=scratch)
            against -= rollout
            against -= logit(t.rollout[year]) + rollout_level + rollout_trend * year
            np.exp(against, out=against)
            against += 1
            np.divide(1, against, out=against)
            np.multiply(subscriptions, false_positive, out=wrongly[m])
            wrongly[m] *= against
            against *= recall
            np.multiply(flash[m], against, out=identified[m])
            # Monetised share.
            year_against = np.exp(-(t.monetised[year] + monetised_level + monetised_trend * year))
            share = np.multiply(monetised_against, year_against, out=scratch)
            share += 1
            np.divide(1, share, out=share)
            share[t.japan] *= japan
            np.multiply(identified[m], share, out=monetised[m])
            np.subtract(1, share, out=share)
            wrongly[m] *= share
            np.multiply(wrongly[m], penalty, out=penalties[m])
            undetected = np.subtract(flash[m], identified[m], out=scratch)
            np.multiply(undetected, flash_price, out=undetected_value[m])
            np.multiply(monetised[m], flash_price, out=revenue[m])
            sms *= displacement
            np.multiply(undetected, sms, out=loss[m])
            np.multiply(monetised[m], sms, out=loss_monetised[m])
            blocked = np.subtract(identified[m], monetised[m], out=scratch)
            np.multiply(blocked, sms, out=loss_blocked[m])
            blocked *= fallback
            np.subtract(flash[m], blocked, out=displaced[m])
            displaced[m] *= displacement
            subs[m] = subscriptions
            np.multiply(users, ott * 1.065**year / users.sum(0), out=internet[m])
            for rows in self.sums:
                np.matmul(t.sums, rows[m], out=rows[members:])
            yield year, self.outputs([rows[p] for rows in self.sums], fallback, inverse_share, ott_ratio)

    def outputs(self, places, fallback, inverse_share, ott_ratio):
        """The 26 outputs of a year from sums at all places; returns by how much each crossing is exceeded."""
        (contacts, flash, identified, monetised, subs, revenue, loss, loss_monetised, loss_blocked, undetected_value, wrongly, penalties, internet, gross,
         displaced) = places
        o = self.out
        np.multiply(flash, 1 + ott_ratio, out=o[0])
        np.copyto(o[1], revenue)
        np.multiply(loss_blocked, fallback, out=o[16])
        lost = np.subtract(loss_blocked, o[16])
        np.add(loss, lost, out=o[2])
        np.subtract(revenue, loss, out=o[3])
        value = np.add(o[2], loss_monetised, out=lost)
        np.subtract(revenue, value, out=o[4])
        o[4] -= penalties
        np.add(revenue, o[16], out=o[5])
        o[5] -= penalties
        np.copyto(o[6], subs)
        np.copyto(o[7], flash)
        np.copyto(o[8], identified)
        np.copyto(o[9], monetised)
        np.subtract(identified, monetised, out=o[10])
        np.subtract(flash, identified, out=o[11])
        np.divide(o[11], flash, out=o[12])
        np.divide(monetised, identified, out=o[13])
        np.add(revenue, undetected_value, out=o[14])
        o[14] *= inverse_share
        np.copyto(o[15], loss)
        np.copyto(o[17], wrongly)
        np.copyto(o[18], penalties)
        np.copyto(o[19], internet)
        np.multiply(flash, ott_ratio, out=o[20])
        np.add(loss, loss_monetised, out=o[21])
        o[21] += loss_blocked
        o[21] *= ott_ratio
        np.subtract(contacts, displaced, out=o[22])
        np.subtract(gross, value, out=o[23])
        np.divide(flash, contacts, out=o[24])
        np.copyto(o[25], displaced)
        return o[3].copy(), o[5] - loss

    def truncated(self, low, high):
        """Standard normal scores within bounds that few leave: those are drawn again."""
        z = self.rng.standard_normal(self.chunk)
        while (out := (z < low) | (z > high)).any():
            z[out] = self.rng.standard_normal(out.sum())
        return z
