"""Runs one Python peer on several processes, prints its time, writes its statistics: `python peer.py NAME --trials N --chunk C --out FILE`.

The clock runs from the moment when all processes stand ready (imported, compiled, one chunk done) to the merged quantiles. Start, compilation and the
pilot run that chooses the bins are left out, in the peer's favour.
"""

import argparse
import importlib
import multiprocessing
import os
import time
from pathlib import Path

# One thread for each process: two libraries that each take both cores are slower.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np

from histogram import Layout, merge, summary
from tables import CROSSINGS, FIRST_YEAR, LEVELS, OUTPUTS, YEARS, Tables

PILOT_TRIALS = 4096
MODEL = Path(__file__).resolve().parents[2] / "models/flash-calling"


def work(name, seed, chunk, core, orders, results):
    """One process: waits for orders (numbers of trials), answers with statistics."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    import numpy_peer

    tables = Tables(MODEL)
    # All processes choose the same bins.
    pilot = numpy_peer.Peer(tables, None, np.random.SeedSequence(2**40), 512)
    layout = Layout(pilot.pilot(PILOT_TRIALS))
    module = importlib.import_module(f"{name}_peer")
    peer = module.Peer(tables, layout, np.random.SeedSequence(seed), chunk)
    peer.run(1)
    peer.clear()
    results.send("ready")
    while (trials := orders.recv()) is not None:
        peer.run(trials)
        results.send(peer.state)


def measure(name, trials, chunk, processes, seed):
    """(seconds, layout, statistics)."""
    context = multiprocessing.get_context("spawn")
    cores = sorted(os.sched_getaffinity(0))
    workers = []
    for k in range(processes):
        orders_in, orders = context.Pipe(duplex=False)
        results, results_out = context.Pipe(duplex=False)
        core = cores[k % len(cores)] if processes == len(cores) else None
        process = context.Process(target=work, args=(name, [seed, k], chunk, core, orders_in, results_out))
        process.start()
        # So that the end of a process ends the waiting for it.
        results_out.close()
        orders_in.close()
        workers.append((process, orders, results))
    import numpy_peer

    tables = Tables(MODEL)
    layout = Layout(numpy_peer.Peer(tables, None, np.random.SeedSequence(2**40), 512).pilot(PILOT_TRIALS))
    for _, _, results in workers:
        results.recv()
    start = time.perf_counter()
    for _, orders, _ in workers:
        orders.send(-(-trials // processes))
    state = merge([results.recv() for _, _, results in workers])
    table = summary(layout, state, LEVELS)
    seconds = time.perf_counter() - start
    for process, orders, _ in workers:
        orders.send(None)
        process.join()
    return seconds, tables, state, table


def write(path, tables, state, table):
    """The table that `agreement.py` reads."""
    lines = [",".join(["quantity", "place", "year", "mean", "sd", "min", "max", *map(str, LEVELS)])]
    for k, output in enumerate(OUTPUTS):
        for year in range(YEARS):
            for p, place in enumerate(tables.places):
                lines.append(",".join([output, place, str(FIRST_YEAR + year), *map(repr, table[k, year, p].tolist())]))
    for k, crossing in enumerate(CROSSINGS):
        for p, place in enumerate(tables.places):
            share = float(state["crossed"][k][p] / state["n"])
            lines.append(f"{crossing},{place},{FIRST_YEAR + YEARS - 1},{share!r}" + "," * (3 + len(LEVELS)))
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=["numpy", "jax", "numba"])
    parser.add_argument("--trials", type=int, default=20_000)
    parser.add_argument("--chunk", type=int, required=True)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    seconds, tables, state, table = measure(arguments.name, arguments.trials, arguments.chunk, arguments.processes, arguments.seed)
    n = int(state["n"])
    print(f"{arguments.name} trials {n} processes {arguments.processes} chunk {arguments.chunk} seconds {seconds:.6f} us_per_trial {seconds * 1e6 / n:.4f}")
    if arguments.out:
        write(arguments.out, tables, state, table)
