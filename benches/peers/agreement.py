"""Whether a peer's statistics are those of Fanfare within Monte Carlo error, at every cell.

Compared are mean, 5 %, 50 % and 95 % quantiles of 26 outputs at 69 places in 5 years (8,970 cells), and the probability of both crossings by 2027 at
69 places: up to 36,018 differences, each in units of the combined standard error of the two runs. Three things must hold:

1. No difference is beyond 5 standard errors. Of 36,018 independent normal ones 0.02 would be, so a right peer fails once in fifty seeds; the cells
   of one run move together, which makes it rarer.
2. No more than 1.5 % are beyond 3 (0.27 % expected): a bias too small for rule 1 shows in many cells at once. Cells of one run move together, so the
   share varies between runs: twelve runs of right peers gave 0.11 to 0.49 %, one with 0.34 in place of 0.35 as the spread of one input gave 3.45 %.
3. The peer has a value in every cell, and none that Fanfare lacks.

A peer may also give the probabilities of a crossing by earlier years, of crossing back, the quantiles of its date (the floor does: 1,380 differences
more or fewer, as dates that few trials have no quantiles) and Monte Carlo errors of the sd. These errors are themselves uncertain, so the middle of
their ratios to Fanfare's over all cells is taken, which must lie within 2 %: of cells that are not heavy-tailed each is known to some per cent.

Means of heavy tails are no test, their estimated errors being unreliable at any feasible number of trials. A mean is left out where the sd is more
than two thirds of the distance between the 5 % and the 95 % quantile (of a normal it is a third), and where Fanfare states no error because few
trials decide it; the number left out is printed.

Only marginal distributions are compared. A wrong dependence shows where it moves a sum, a ratio or a crossing, and not otherwise.
"""

import csv
import json
import math
import statistics
import sys
from pathlib import Path

QUANTILES = (0.05, 0.5, 0.95)
LIMIT = 5.0
BULK_LIMIT = 3.0
BULK_SHARE = 0.015
SD_ERRORS = 0.02


def read_fanfare(folder: Path):
    """(quantity, place, year) → statistics; the same of what a peer may leave out; the number of trials."""
    document = json.loads((folder / "result.json").read_text())
    levels = document["quantile_levels"]
    trials = document["run"]["trials"]
    cells, further = {}, {}
    for name, output in document["outputs"].items():
        for cell in output["cells"]:
            at = cell["at"]
            place = at.get("country") or at.get("region") or "world"
            row = {"mean": (cell["mean"], cell["mean_error"]), "sd": cell["sd"], "sd_error": cell["sd_error"]}
            for level in QUANTILES:
                k = levels.index(level)
                row[level] = (cell["quantiles"][k], cell["quantile_errors"][k])
            cells[name, place, int(at["year"])] = row
    for name, crossing in document["crossings"].items():
        for cell in crossing["cells"]:
            at = cell["at"]
            place = at.get("country") or at.get("region") or "world"
            *earlier, last = cell["by"]
            cells[name, place, 2027] = {"probability": last["probability"]}
            for by in earlier:
                further[name, place, by["year"]] = {"probability": by["probability"]}
            date = {"probability": cell["recross"]["probability"]}
            for level in QUANTILES:
                k = levels.index(level)
                date[level] = (cell["date"]["quantiles"][k], cell["date"]["quantile_errors"][k])
            further[f"{name}.date", place, 2027] = date
    return cells, further, trials


def read_peer(path: Path):
    """The table that a peer writes."""
    cells = {}
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            key = (row["quantity"], row["place"], int(row["year"]))
            if row["quantity"].endswith(".date"):
                quantiles = {q: row[find(row, q)] for q in QUANTILES}
                cells[key] = {"probability": float(row["mean"])} | {q: float(text) if text else None for q, text in quantiles.items()}
            elif row["0.5"] == "":
                cells[key] = {"probability": float(row["mean"])}
            else:
                cells[key] = {"mean": float(row["mean"])} | {q: float(row[find(row, q)]) for q in QUANTILES}
                if "sd_error" in row:
                    cells[key]["sd_error"] = float(row["sd_error"])
    return cells


def find(row, level):
    """The column of a level, however the peer spells the number."""
    return next(name for name in row if name[0].isdigit() and math.isclose(float(name), level))


def compare(fanfare_folder: Path, peer_file: Path, peer_trials: int):
    """All differences as (|z|, statistic, key), and what was left out."""
    ours, further, trials = read_fanfare(fanfare_folder)
    theirs = read_peer(peer_file)
    # All that a peer may leave out, or nothing of it.
    if further.keys() & theirs.keys():
        ours |= further
    if ours.keys() != theirs.keys():
        missing = sorted(ours.keys() - theirs.keys())[:3]
        extra = sorted(theirs.keys() - ours.keys())[:3]
        raise SystemExit(f"{peer_file}: cells differ; missing {missing}, unknown {extra}")
    # Errors shrink with the root of the number of trials.
    both = math.sqrt(1 + trials / peer_trials)
    found, heavy, exact = [], 0, 0
    ratios = []

    def differ(statistic, key, value, error, its):
        nonlocal exact
        difference = abs(value - its)
        if not math.isfinite(difference):
            raise SystemExit(f"{peer_file}: {key} {statistic} is {its}")
        if error is None or error * both == 0:
            # A point mass: the value itself, or a difference that no error excuses.
            exact += 1
            found.append((0.0 if difference == 0 else math.inf, statistic, key))
        else:
            found.append((difference / (error * both), statistic, key))

    for key, mine in ours.items():
        its = theirs[key]
        if "probability" in mine:
            p = (mine["probability"] * trials + its["probability"] * peer_trials) / (trials + peer_trials)
            error = math.sqrt(max(p * (1 - p), 1 / (trials + peer_trials)) * (1 / trials + 1 / peer_trials))
            found.append((abs(mine["probability"] - its["probability"]) / error, "probability", key))
            for level in QUANTILES:
                # Dates: none where the level falls before the first year or in never; the probabilities tell whether it should.
                value, error = mine.get(level, (None, None))
                if value is not None and error is not None and its[level] is not None:
                    differ(level, key, value, error, its[level])
            continue
        for statistic in ("mean", *QUANTILES):
            value, error = mine[statistic]
            if statistic == "mean" and (error is None or is_heavy(mine)):
                heavy += 1
                continue
            differ(statistic, key, value, error, its[statistic])
        if "sd_error" in its and mine["sd_error"] and not is_heavy(mine):
            ratios.append(its["sd_error"] / mine["sd_error"] * math.sqrt(peer_trials / trials))
    if ratios and abs(statistics.median(ratios) - 1) > SD_ERRORS:
        raise SystemExit(f"{peer_file}: errors of the sd are {statistics.median(ratios):.3f} times Fanfare's")
    return found, heavy, exact


def is_heavy(cell):
    """Whether the sd is so large that the error of the mean cannot be trusted: of a normal the middle 90 % are 3.3 sd wide."""
    return cell["sd"] > (cell[0.95][0] - cell[0.05][0]) / 1.5


def judge(fanfare_folder: Path, peer_file: Path, peer_trials: int, name: str):
    """Prints the verdict; returns whether the peer agrees."""
    found, heavy, exact = compare(fanfare_folder, peer_file, peer_trials)
    found.sort(reverse=True, key=lambda item: item[0])
    bulk = sum(z > BULK_LIMIT for z, _, _ in found) / len(found)
    rms = math.sqrt(sum(min(z, 1e6) ** 2 for z, _, _ in found) / len(found))
    good = found[0][0] <= LIMIT and bulk <= BULK_SHARE
    print(
        f"{name}: {len(found)} differences, largest {found[0][0]:.2f} standard errors ({found[0][1]} of {' '.join(map(str, found[0][2]))}), "
        f"root mean square {rms:.2f}, beyond 3: {bulk:.2%}; {heavy} heavy-tailed means left out, {exact} point masses: "
        + ("agrees" if good else "DISAGREES")
    )
    if not good:
        for z, statistic, key in found[:8]:
            print(f"    {z:8.2f}  {statistic} of {' '.join(map(str, key))}")
    return good


if __name__ == "__main__":
    folder, file, trials = sys.argv[1:4]
    sys.exit(0 if judge(Path(folder), Path(file), int(trials), Path(file).stem) else 1)
