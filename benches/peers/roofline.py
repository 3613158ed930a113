#!/usr/bin/env python3
"""The roofline of the flagship on this machine: what its primitives cost alone, their sum, the floor, the floor under the engine's contract, the engine.

    benches/peers/roofline.py    a minute or two; prints Markdown
"""

import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from setup import CONTRACT, FANFARE, FLOOR, ROOT, TARGET, build_floor, call

# Trials of the engine's profile; its statistics are timed in whole blocks of 4,096.
PROFILED = 81_920


def run(*words):
    return subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, text=True)


def measure(trials, blocks):
    """(Markdown, whether the floor is fast enough): primitives, floor, engine, all on one thread."""
    lines, rows, fast = [], [], True
    # Under the contract blocks are twice as long: 128 trials, what ChaCha8 makes at once.
    for name, program, blocks in (("floor", FLOOR, blocks), ("floor under the contract", CONTRACT, max(blocks // 2, 1))):
        done = run(program, "--trials", trials, "--threads", 1, "--blocks", blocks, "--primitives")
        if "The floor takes" not in done.stdout:
            sys.exit(f"error: the floor failed:\n{done.stderr}")
        # Only the floor itself fails by being slow.
        fast = fast and done.returncode == 0
        # The first line is the floor's own time, read by the comparison.
        lines += [f"The {name}:", "", *done.stdout.splitlines()[1:], ""]
        total, micros = (re.search(rf"^\| {row} \| \| \| ([\d.]+) \|$", done.stdout, re.M)[1] for row in ("sum", "the floor, one thread"))
        rows.append(f"| {name} | {total} | {micros} |")
    evaluation, statistics = engine()
    rows += [f"| engine, evaluation | | {evaluation:.2f} |", f"| engine, statistics | | {statistics:.2f} |", f"| engine | | {evaluation + statistics:.2f} |"]
    lines += [f"All on one thread, the engine over {PROFILED:,} trials:", "", "| | sum of its primitives, µs a trial | µs a trial |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n", fast


def engine():
    """Microseconds that a trial takes in evaluation, and in moments, bins and counts, from `--profile`."""
    words = (FANFARE, "run", "models/flash-calling/model.toml", "--threads", 1, "--trials", PROFILED, "--out", TARGET / "profiled", "--profile")
    done = run(*words)
    if done.returncode:
        sys.exit(f"error: the profile failed:\n{done.stderr}")
    # Seconds of the stage that evaluates and counts; microseconds of evaluation alone.
    trials = re.search(r"^trials\s+([\d.]+)$", done.stderr, re.M)
    evaluation = re.search(r"^evaluation, without statistics\s+([\d.]+)", done.stderr, re.M)
    if not (trials and evaluation):
        sys.exit(f"error: no stages in the profile:\n{done.stderr}")
    evaluation = float(evaluation[1])
    return evaluation, float(trials[1]) * 1e6 / PROFILED - evaluation


if __name__ == "__main__":
    call("cargo", "build", "--release", "--locked", "--quiet")
    build_floor()
    text, fast = measure(300_000, 16)
    print(text, end="")
    sys.exit(0 if fast else "error: the floor is slow against its primitives, so it proves nothing")
