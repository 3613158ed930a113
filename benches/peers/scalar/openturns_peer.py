"""The product of three lognormals in OpenTURNS: `python openturns_peer.py TRIALS [SEED]`. Prints one line of JSON."""

import json
import sys
import time

import openturns as ot

LEVELS = [0.01, 0.025, *[round(0.05 * k, 2) for k in range(1, 20)], 0.975, 0.99]


def once(trials):
    start = time.perf_counter()
    inputs = ot.JointDistribution([ot.LogNormal(13, 0.5), ot.LogNormal(-2, 0.4), ot.LogNormal(1, 0.3)])
    product = ot.SymbolicFunction(["users", "share", "price"], ["users * share * price"])
    sample = product(inputs.getSample(trials))
    values = [sample.computeMean()[0], sample.computeStandardDeviation()[0], sample.getMin()[0], sample.getMax()[0]]
    values += [quantile[0] for quantile in sample.computeQuantilePerComponent(LEVELS)]
    return time.perf_counter() - start, values


if __name__ == "__main__":
    trials, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    ot.RandomGenerator.SetSeed(seed)
    once(1000)
    seconds, values = once(trials)
    print(json.dumps({"name": "openturns", "trials": trials, "seconds": seconds, "values": values}))
