#!/usr/bin/env python3
"""The roofline of the flagship on this machine: what its primitives cost alone, their sum, the floor, and where the engine's time goes.

    benches/peers/roofline.py    under a minute; prints Markdown
"""

import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from setup import FANFARE, FLOOR, ROOT, TARGET, build_floor, call

# Trials of the engine's profile; its statistics are timed in whole blocks of 4,096.
PROFILED = 81_920


def run(*words):
    return subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, text=True)


def measure(trials, blocks):
    """(Markdown, whether the floor is fast enough): primitives, floor, engine, all on one thread."""
    floor = run(FLOOR, "--trials", trials, "--threads", 1, "--blocks", blocks, "--primitives")
    if "The floor takes" not in floor.stdout:
        sys.exit(f"error: the floor failed:\n{floor.stderr}")
    # The first line is the floor's own time, read by the comparison.
    lines = floor.stdout.splitlines()[1:]
    lines += ["", f"The engine, one thread, {PROFILED:,} trials:", "", "| stage | seconds | µs a trial |", "|---|---|---|", *engine()]
    return "\n".join(lines) + "\n", floor.returncode == 0


def engine():
    """Rows of the engine's stages, from `--profile`."""
    words = (FANFARE, "run", "models/flash-calling/model.toml", "--threads", 1, "--trials", PROFILED, "--out", TARGET / "profiled", "--profile")
    done = run(*words)
    if done.returncode:
        sys.exit(f"error: the profile failed:\n{done.stderr}")
    rows = []
    for line in done.stderr.splitlines():
        # The first table is that of the stages: name, seconds.
        if found := re.match(r"(\S.*?)\s{2,}([\d.]+)\b", line):
            rows.append(found.groups())
        elif rows:
            break
    if not rows:
        sys.exit(f"error: no stages in the profile:\n{done.stderr}")
    return [f"| {name} | {float(seconds):.3f} | {float(seconds) * 1e6 / PROFILED:.2f} |" for name, seconds in rows]


if __name__ == "__main__":
    call("cargo", "build", "--release", "--locked", "--quiet")
    build_floor()
    text, fast = measure(300_000, 32)
    print(text, end="")
    sys.exit(0 if fast else "error: the floor is slow against its primitives, so it proves nothing")
