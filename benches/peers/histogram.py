"""Bins of all cells: 1,024 of equal width within each power of two, so that finding a bin needs no logarithm; and the statistics read from them.

Of x ≥ 0 the key is the bit pattern of x as an integer (increasing in x, linear within each power of two); of cells with either sign it is that of
|x| + offset less that of the offset, with the sign of x. A bin is a linear function of the key. Arrays of cells are [output, year, place].
"""

import numpy as np

N_BINS = 1024
MARGIN = 12


class Layout:
    """Chosen from the values of a pilot run, [output, year, place, trial]."""

    def __init__(self, pilot: np.ndarray):
        low, high = pilot.min(-1), pilot.max(-1)
        positive = np.where(pilot > 0, pilot, np.inf).min(-1)
        self.signed = low.min((1, 2)) < 0
        self.can_be_zero = low == 0
        self.offset = np.exp(np.log(np.abs(pilot) + 1e-300).mean(-1)) / 16
        bits = lambda x: np.ascontiguousarray(x).view(np.int64).astype(float)
        base = bits(self.offset)
        left = np.where(low < 0, bits(np.maximum(-low, 0) + self.offset) - base, 0)
        right = bits(np.maximum(high, 0) + self.offset) - base
        signed_scale = (N_BINS - 2 * MARGIN) / (left + right)
        span = bits(np.maximum(high, positive)) - bits(positive)
        plain_scale = (N_BINS - 2 * MARGIN) / np.maximum(span, 1)
        s = self.signed[:, None, None]
        self.scale = np.where(s, signed_scale, plain_scale)
        # bin = key · scale + shift
        self.shift = MARGIN + np.where(s, left * signed_scale, -bits(positive) * plain_scale)
        self.base = np.where(s, base, 0)

    def edge(self, bins, low, high):
        """Lower edges of `bins`, [output, year, place, level], in cells with extremes `low` and `high`."""
        key = (bins - self.shift[..., None]) / self.scale[..., None]
        magnitude = np.maximum(np.abs(key) + self.base[..., None], 0).astype(np.int64).view(np.float64)
        signed = np.copysign(magnitude - self.offset[..., None], key)
        plain = np.where(key > 0, magnitude, 0.0)
        edge = np.where(self.signed[:, None, None, None], signed, plain)
        # The end bins end at the extremes; the first bin of a cell that can be zero holds zeros.
        edge = np.where(bins == 0, -np.inf, np.where(bins == N_BINS, np.inf, edge))
        edge = np.clip(edge, low[..., None], high[..., None])
        return np.where((bins <= 1) & (self.can_be_zero & (low == 0))[..., None], 0.0, edge)


def summary(layout: Layout, state: dict, levels) -> np.ndarray:
    """Mean, sd, minimum, maximum and quantiles of all cells, [output, year, place, statistic]."""
    n = state["n"]
    mean = state["sum"] / n
    sd = np.sqrt(np.maximum(state["squares"] - n * mean**2, 0) / (n - 1))
    low, high = state["min"], state["max"]
    # Counts of all cells in one row, cumulated: cell c begins at c·n.
    cumulated = state["counts"].ravel().cumsum(dtype=np.int64)
    n_cells = mean.size
    if not (cumulated[N_BINS - 1 :: N_BINS] == n * np.arange(1, n_cells + 1)).all():
        raise RuntimeError("counts are lost")
    wanted = n * (np.arange(n_cells)[:, None] + np.array(levels))
    at = np.searchsorted(cumulated, wanted)
    count = state["counts"].ravel()[at]
    share = ((wanted - (cumulated[at] - count)) / count).reshape(*mean.shape, -1)
    bins = (at - N_BINS * np.arange(n_cells)[:, None]).reshape(share.shape)
    below = layout.edge(bins, low, high)
    quantiles = below + (layout.edge(bins + 1, low, high) - below) * share
    return np.concatenate([np.stack([mean, sd, low, high], -1), quantiles], -1)


def merge(states: list) -> dict:
    """Statistics of several processes as one."""
    joined = {"n": sum(s["n"] for s in states)}
    for name in ("sum", "squares", "counts", "crossed"):
        joined[name] = sum(s[name] for s in states)
    joined["min"] = np.minimum.reduce([s["min"] for s in states])
    joined["max"] = np.maximum.reduce([s["max"] for s in states])
    return joined
