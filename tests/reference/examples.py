"""Second computations for models/examples: the `value` of each figure, by quasi-Monte Carlo in NumPy and SciPy.

Written without reading the engine: each model is stated here again as a function of uniform numbers. Eight scrambled Sobol' sequences of
2^17 points give each statistic and, from their spread, its error (`ref_err`); `se_coef` is the standard error for a single trial.
Run `python3 tests/reference/examples.py` in the root of the repository; it writes expected.json of the examples listed at its end.
Made with Python 3.11, NumPy 2.4.6 and SciPy 1.17.1.
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats

REPLICATES, POWER = 8, 17


def normal(u, mean=0.0, sd=1.0):
    return mean + sd * stats.norm.ppf(u)


def uniform(u, low, high):
    return low + (high - low) * u


def triangular(u, low, mode, high):
    return stats.triang.ppf(u, (mode - low) / (high - low), low, high - low)


def lognormal(u, mean, sd):
    variance = np.log1p((sd / mean) ** 2)
    return np.exp(np.log(mean) - variance / 2 + np.sqrt(variance) * stats.norm.ppf(u))


def student(u, location, scale, df):
    return location + scale * stats.t.ppf(u, df)


def arcsine(u, low, high):
    return low + (high - low) * np.sin(np.pi * u / 2) ** 2


def ctrap(u, v, a, b, d):
    """Uniform between ends that are themselves uniform (JCGM 101:2008, 6.4.3.4): needs two uniform numbers."""
    left = (a - d) + 2 * d * u
    return left + ((a + b) - left - left) * v


def beta(u, a, b, low=0.0, high=1.0):
    return low + (high - low) * stats.beta.ppf(u, a, b)


def beta_by_moments(u, low, high, mean, sd):
    m, v = (mean - low) / (high - low), (sd / (high - low)) ** 2
    n = m * (1 - m) / v - 1
    return beta(u, m * n, (1 - m) * n, low, high)


def samples(model, n_inputs):
    """Each replicate's outputs by name."""
    for replicate in range(REPLICATES):
        u = stats.qmc.Sobol(n_inputs, seed=1000 + replicate).random_base2(POWER)
        u = np.clip(u, 2.0**-40, 1 - 2.0**-40)
        yield model(u.T)


def compact(value, indent=0):
    """JSON with one line for each figure."""
    if isinstance(value, dict) and not ({"value", "published"} & value.keys()):
        if all(not isinstance(entry, dict | list) for entry in value.values()) and len(json.dumps(value)) < 60:
            return json.dumps(value, ensure_ascii=False)
        inner = ",\n".join(f"{' ' * (indent + 2)}{json.dumps(key)}: {compact(entry, indent + 2)}" for key, entry in value.items())
        return f"{{\n{inner}\n{' ' * indent}}}"
    if isinstance(value, list):
        inner = ",\n".join(f"{' ' * (indent + 2)}{compact(entry, indent + 2)}" for entry in value)
        return f"[\n{inner}\n{' ' * indent}]"
    return json.dumps(value, ensure_ascii=False)


def spread(values):
    values = np.array(values)
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(REPLICATES))


def figure(values, se_coef, printed):
    value, error = spread(values)
    text = {"value": float(f"{value:.10g}"), "se_coef": float(f"{se_coef:.5g}"), "ref_err": float(f"{error:.2g}")}
    text.update(printed or {})
    return text


def output_figures(columns, printed):
    """Mean, sd and quantiles (5, 50, 95 % and those printed) of one output over the replicates."""
    y = np.concatenate(columns)
    sd, kurtosis = y.std(), float(stats.kurtosis(y, fisher=False))
    cell = {}
    if printed.pop("mean_value", True):
        cell["mean"] = figure([c.mean() for c in columns], sd, printed.get("mean"))
    elif "mean" in printed:
        cell["mean"] = printed["mean"]
    if printed.pop("sd_value", True):
        cell["sd"] = figure([c.std() for c in columns], sd * np.sqrt((kurtosis - 1) / 4), printed.get("sd"))
    elif "sd" in printed:
        cell["sd"] = printed["sd"]
    levels = sorted({0.05, 0.5, 0.95} | {float(p) for p in printed.get("quantiles", {})})
    if printed.pop("quantile_values", True):
        cell["quantiles"] = {}
        for p in levels:
            step = 0.002
            density = 2 * step / (np.quantile(y, p + step) - np.quantile(y, p - step))
            cell["quantiles"][repr(p)] = figure(
                [np.quantile(c, p) for c in columns],
                np.sqrt(p * (1 - p)) / density,
                printed.get("quantiles", {}).get(repr(p)),
            )
    return cell


def expected(area, citation, url, model, n_inputs, outputs, joint=None):
    """outputs: output, or (output, dimension, label) -> printed figures; the model names the columns `output` or `output@label`."""
    runs = list(samples(model, n_inputs))
    document = {"area": area, "source": {"citation": citation}, "outputs": {}}
    if url:
        document["source"]["url"] = url
    for key, printed in outputs.items():
        name, *at = key if isinstance(key, tuple) else (key,)
        column = f"{name}@{at[1]}" if at else name
        cell = {"place": "world"}
        if at:
            cell["at"] = {at[0]: at[1]}
        cell.update(output_figures([run[column] for run in runs], dict(printed)))
        document["outputs"].setdefault(name, []).append(cell)
    for name, (a, b, printed) in (joint or {}).items():
        correlations = [float(np.corrcoef(run[a], run[b])[0, 1]) for run in runs]
        x = np.concatenate([run[a] for run in runs])
        y = np.concatenate([run[b] for run in runs])
        x, y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
        r = float((x * y).mean())
        # The influence of one trial on a correlation.
        se_coef = float((x * y - r * (x * x + y * y) / 2).std())
        document.setdefault("joint", {})[name] = [
            {"place": "world", "correlation": figure(correlations, se_coef, printed)}
        ]
    return document


def probability(text, **more):
    return {"mean": {"published": text, **more}, "sd_value": False, "quantile_values": False}


S2 = np.sqrt(2)
JCGM = "https://www.bipm.org/documents/20126/2071204/JCGM_101_2008_E.pdf"
EXAMPLES = {}


def example(name):
    def register(function):
        EXAMPLES[name] = function
        return function

    return register


@example("sum-of-rectangulars")
def _():
    h = np.sqrt(3)

    def model(u):
        x = uniform(u, -h, h)
        wide = x[0] + x[1] + x[2] + 10 * x[3]
        return {"equal": x.sum(axis=0), "one_dominates": wide}

    return expected(
        "metrology",
        "JCGM 101:2008, Supplement 1 to the GUM: Propagation of distributions using a Monte Carlo method, 9.2.3, table 3, and 9.2.4, table 4",
        JCGM,
        model,
        4,
        {
            "equal": {
                "mean": {"published": "0.0", "where": "table 3"},
                "sd": {"published": "2.0", "where": "table 3"},
                "quantiles": {
                    "0.025": {"published": "-3.88", "where": "table 3"},
                    "0.975": {"published": "3.88", "where": "table 3"},
                },
            },
            "one_dominates": {
                "sd": {"published": "10.1", "where": "table 4"},
                "quantiles": {
                    "0.025": {"published": "-17.0", "where": "table 4"},
                    "0.975": {"published": "17.0", "where": "table 4"},
                },
            },
        },
    )


@example("mass-calibration")
def _():
    def model(u):
        m = normal(u[0], 1e5, 0.050) + normal(u[1], 1.234, 0.020)
        air, weight, reference = uniform(u[2], 1.10, 1.30), uniform(u[3], 7e3, 9e3), uniform(u[4], 7.95e3, 8.05e3)
        return {"deviation": m * (1 + (air - 1.2) * (1 / weight - 1 / reference)) - 1e5}

    return expected(
        "metrology",
        "JCGM 101:2008, Supplement 1 to the GUM: Propagation of distributions using a Monte Carlo method, 9.3, table 6",
        JCGM,
        model,
        5,
        {
            "deviation": {
                "sd": {
                    "published": "0.0754",
                    "where": "9.3.2.3, table 6, MCM",
                    "slack": 0.0002,
                    "slack_reason": "a Monte Carlo result: four standard errors of its 0.7 million trials",
                }
            }
        },
    )


@example("comparison-loss")
def _():
    x1s = {"none": 0.0, "small": 0.010, "large": 0.050}

    def model(u):
        z1, z2 = stats.norm.ppf(u[0]), stats.norm.ppf(u[1])
        z3 = 0.9 * z1 + np.sqrt(1 - 0.81) * z2
        run = {}
        for label, x1 in x1s.items():
            run[f"loss@{label}"] = (x1 + 0.005 * z1) ** 2 + (0.005 * z2) ** 2
            run[f"loss_correlated@{label}"] = (x1 + 0.005 * z1) ** 2 + (0.005 * z3) ** 2
        return run

    independent, correlated = {"where": "9.4.2.2, MCM"}, {"where": "9.4.3, MCM"}
    return expected(
        "metrology",
        "JCGM 101:2008, Supplement 1 to the GUM: Propagation of distributions using a Monte Carlo method, 9.4",
        JCGM,
        model,
        2,
        {
            ("loss", "offset", "none"): {
                "mean": {"published": "50e-6", **independent},
                "sd": {"published": "50e-6", **independent},
                "quantiles": {"0.95": {"published": "150e-6", "where": "9.4.2.2, MCM: the shortest 95 % interval begins at 0"}},
            },
            ("loss", "offset", "small"): {
                "mean": {"published": "150e-6", **independent},
                "sd": {"published": "112e-6", **independent},
            },
            ("loss", "offset", "large"): {"sd": {"published": "502e-6", **independent}},
            ("loss_correlated", "offset", "none"): {
                "mean": {"published": "50e-6", **correlated},
                "sd": {"published": "67e-6", **correlated},
            },
            ("loss_correlated", "offset", "small"): {
                "mean": {"published": "150e-6", **correlated},
                "sd": {"published": "121e-6", **correlated},
            },
            ("loss_correlated", "offset", "large"): {"sd": {"published": "505e-6", **correlated}},
        },
    )


@example("gauge-block")
def _():
    def model(u):
        standard = student(u[0], 50_000_623.0, 25.0, 18)
        difference = student(u[1], 215.0, 6.0, 24)
        d1, d2 = student(u[2], 0.0, 4.0, 5), student(u[3], 0.0, 7.0, 8)
        expansion = uniform(u[4], 9.5e-6, 13.5e-6)
        mean_deviation, cyclic = normal(u[5], -0.1, 0.2), arcsine(u[6], -0.5, 0.5)
        expansion_difference = ctrap(u[7], u[8], -1e-6, 1e-6, 0.1e-6)
        temperature_difference = ctrap(u[9], u[10], -0.05, 0.05, 0.025)
        length = standard + difference + d1 + d2 - standard * (
            expansion_difference * (mean_deviation + cyclic) + expansion * temperature_difference
        )
        return {"deviation": length - 50_000_000.0}

    return expected(
        "metrology",
        "JCGM 101:2008, Supplement 1 to the GUM: Propagation of distributions using a Monte Carlo method, 9.5, tables 10 and 11",
        JCGM,
        model,
        11,
        {
            "deviation": {
                "mean": {"published": "838", "where": "9.5.4.2, table 11, MCM"},
                "sd": {"published": "36", "where": "9.5.4.2, table 11, MCM"},
            }
        },
    )


TN1900 = "https://doi.org/10.6028/NIST.TN.1900"


def E3_SLACK(size):
    return {"where": "E3", "slack": size, "slack_reason": "a Monte Carlo result: four standard errors of 10^6 trials"}


@example("falling-ball-viscometer")
def _():
    def model(u):
        mu_c, t_m, t_c = normal(u[0], 4.63, 0.0463), normal(u[1], 61, 6.1), normal(u[2], 36.6, 5.49)
        ball, sample, calibration = normal(u[3], 2217, 0.5), normal(u[4], 1180, 0.5), normal(u[5], 810, 0.5)
        return {"viscosity": mu_c * (ball - sample) / (ball - calibration) * t_m / t_c}

    return expected(
        "metrology",
        "A Possolo, Simple Guide for Evaluating and Expressing the Uncertainty of NIST Measurement Results, NIST Technical Note 1900 (2015), example E3",
        TN1900,
        model,
        6,
        {
            "viscosity": {
                "mean": {"published": "5.82", **E3_SLACK(0.0045)},
                "sd": {"published": "1.11", **E3_SLACK(0.0045)},
                "quantiles": {
                    "0.025": {"published": "4.05", **E3_SLACK(0.008)},
                    "0.975": {"published": "8.39", **E3_SLACK(0.021)},
                },
            }
        },
    )


@example("step-attenuator")
def _():
    def model(u):
        half = np.sqrt(3)
        y = student(u[0], 30.0402, 0.0091 / np.sqrt(3), 3)
        y = y + uniform(u[1], 0.003 - 0.0025 * half, 0.003 + 0.0025 * half)
        for row, sd in ((2, 0.0003), (3, 0.0003)):
            y = y + uniform(u[row], -sd * half, sd * half)
        for row, sd in ((4, 0.002), (5, 0.002)):
            y = y + normal(u[row], 0, sd)
        for row, sd in ((6, 0.02), (7, 0.0014), (8, 0.0021)):
            y = y + arcsine(u[row], -sd * S2, sd * S2)
        return {"attenuation": y}

    return expected(
        "metrology",
        "A Possolo, Simple Guide for Evaluating and Expressing the Uncertainty of NIST Measurement Results, NIST Technical Note 1900 (2015), example E11",
        TN1900,
        model,
        9,
        {
            "attenuation": {
                "mean": {"published": "30.043", "where": "E11"},
                "sd_value": False,
                "quantiles": {
                    "0.025": {"published": "30.006", "where": "E11, 95 % interval"},
                    "0.975": {"published": "30.081", "where": "E11, 95 % interval"},
                },
            }
        },
    )


@example("stefan-boltzmann")
def _():
    def model(u):
        h = normal(u[0], 6.62606957, 0.00000029)
        gas = normal(u[1], 8.3144621, 0.0000075)
        rydberg = normal(u[2], 10973731.568539, 0.000055) / 1e7
        electron = normal(u[3], 5.4857990946, 0.0000000022)
        alpha = normal(u[4], 7.2973525698, 0.0000000024)
        # 32 pi^5 h R^4 Rinf^4 / (15 Ar(e)^4 Mu^4 c^6 alpha^8), with the powers of ten put together.
        scale = 32 * np.pi**5 / 15 / 2.99792458**6 * 10.0 ** (-34 + 28 + 16 + 12 - 48 + 24)
        return {"sigma": scale * h * gas**4 * rydberg**4 / electron**4 / alpha**8}

    return expected(
        "metrology",
        "T Lafarge and A Possolo, The NIST Uncertainty Machine, NCSLI Measure 10 (2015), and its user's manual, example 10",
        "https://uncertainty.nist.gov/",
        model,
        5,
        {
            "sigma": {
                "mean": {"published": "5.67037e-8", "where": "example 10"},
                "sd": {"published": "2.05e-13", "where": "example 10"},
            }
        },
    )


@example("cadmium-standard")
def _():
    def model(u):
        purity = uniform(u[0], 0.9998, 1.0)
        mass = normal(u[1], 100.28, 0.05)
        volume = triangular(u[2], 99.9, 100, 100.1) + normal(u[3], 0, 0.02) + uniform(u[4], -0.084, 0.084)
        return {"concentration": 1000 * mass * purity / volume}

    return expected(
        "metrology",
        "S L R Ellison and A Williams (eds), EURACHEM/CITAC Guide: Quantifying Uncertainty in Analytical Measurement, 3rd ed. (2012), example A1",
        "http://www.measurementuncertainty.org/guide/app_a_example1.html",
        model,
        5,
        {
            "concentration": {
                "mean": {"published": "1002.7", "where": "table A1.1"},
                "sd": {"published": "0.9", "where": "table A1.1", "slack": 0.02, "slack_reason": "the source rounds 0.84 up, from components that are rounded to one digit"},
            }
        },
    )


@example("magnitude-and-phase")
def _():
    def model(u):
        z1, z2 = stats.norm.ppf(u[0]), stats.norm.ppf(u[1])
        z3 = 0.9 * z1 + np.sqrt(1 - 0.81) * z2
        run = {}
        for label, re, im in (("independent", 0.001, z2), ("correlated", 0.001, z3), ("farther", 0.010, z3)):
            x, y = re + 0.01 * z1, 0.01 * im
            run[f"magnitude_{label}"], run[f"phase_{label}"] = np.hypot(x, y), np.arctan2(y, x)
        return run

    def row(table, mean, sd, phase_mean, phase_sd):
        where = {"where": table}
        phase = {"sd": {"published": phase_sd, **where}}
        if phase_mean is not None:
            phase["mean"] = {"published": phase_mean, **where}
        return {"mean": {"published": mean, **where}, "sd": {"published": sd, **where}}, phase

    outputs = {}
    for label, figures in {
        "independent": ("table 6", "0.013", "0.007", None, "1.744"),
        "correlated": ("table 7", "0.012", "0.008", "-0.556", "1.599"),
        "farther": ("table 7", "0.015", "0.008", "-0.343", "0.903"),
    }.items():
        outputs[f"magnitude_{label}"], outputs[f"phase_{label}"] = row(*figures)
    return expected(
        "metrology",
        "JCGM 102:2011, Supplement 2 to the GUM: Extension to any number of output quantities, 9.3, tables 6 and 7",
        "https://www.bipm.org/documents/20126/2071204/JCGM_102_2011_E.pdf",
        model,
        2,
        outputs,
    )


RPREPO = "https://rprepo.readthedocs.io/en/latest/reliability_problems.html"
OTB = "https://github.com/openturns/otbenchmark"


@example("reliability-challenge")
def _():
    def model(u):
        z = stats.norm.ppf(u[:2])
        a, b = 10 + 3 * z[0], 10 + 3 * z[1]
        c, d = 1.5 + z[0], 2.5 + z[1]
        e = 2 * u[0] - 1 - (2 * u[1] - 1)
        uniform_branches = np.minimum(
            0.2 + 0.6 * e**4 - np.abs(e) / S2,
            5 / S2 - 2.2 - np.abs(e),
        )
        limits = {
            "rp24": 2.5 - 0.2357 * (a - b) + 0.00463 * (a + b - 20) ** 4,
            "rp53": np.sin(5 * c / 2) + 2 - (c**2 + 4) * (d - 1) / 20,
            "rp55": uniform_branches,
            "rp75": 3 - z[0] * z[1],
        }
        return {name: (limit < 0).astype(float) for name, limit in limits.items()}

    table = "otbenchmark (M Baudin, Y Jebroun, E Fekhari, V Chabridon, EDF), reliability_benchmark_table-output.csv"
    return expected(
        "reliability",
        "A Rozsas and A Slobbe, Repository and black-box reliability challenge 2019, TNO, as in otbenchmark",
        RPREPO,
        model,
        2,
        {
            "rp24": probability("0.00286", where="RP24"),
            "rp53": probability("0.0313", where="RP53"),
            "rp55": probability(
                "0.36",
                where="RP55",
                misprint={"correct": "0.560", "source": "https://gitlab.com/rozsasarpi/rprepo/-/issues/21; 0.5600144 in " + table},
            ),
            "rp75": probability("0.0107", where="RP75", misprint={"correct": "0.00982", "source": "0.0098192987 in " + table}),
        },
    )


@example("four-branch-system")
def _():
    def model(u):
        x, y = stats.norm.ppf(u[0]), stats.norm.ppf(u[1])
        bent = 3 + 0.1 * (x - y) ** 2 - np.abs(x + y) / S2
        straight = 7 / S2 - np.abs(x - y)
        return {"failure": (np.minimum(bent, straight) < 0).astype(float)}

    return expected(
        "reliability",
        "P H Waarts, Structural reliability using finite element methods, PhD thesis, TU Delft (2000), pages 58, 69, 160; probability as in otbenchmark, FourBranchSerialSystemReliability",
        OTB,
        model,
        2,
        {"failure": probability("0.0022", rounded_from="0.0022227950661944398", where="otbenchmark")},
    )


@example("resistance-and-load")
def _():
    def model(u):
        beam = lognormal(u[2], 300, 30) - normal(u[3], 75000, 5000) / (np.pi * 100)
        return {
            "failure": (normal(u[0], 4, 1) < normal(u[1], 2, 1)).astype(float),
            "beam_failure": (beam < 0).astype(float),
        }

    return expected(
        "reliability",
        "otbenchmark (M Baudin, Y Jebroun, E Fekhari, V Chabridon, EDF), problems R-S and axial stressed beam",
        OTB,
        model,
        4,
        {
            "failure": probability("0.0786", rounded_from="0.07864960352514257", where="R-S"),
            "beam_failure": probability("0.0292", rounded_from="0.029198194624830955", where="axial stressed beam"),
        },
    )


@example("ishigami-indices")
def _():
    def model(u):
        x = 2 * np.pi * u - np.pi

        def f(a, b, c):
            return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)

        return {
            "y": f(x[0], x[1], x[2]),
            "same_1": f(x[0], x[4], x[5]),
            "same_2": f(x[3], x[1], x[5]),
            "same_3": f(x[3], x[4], x[2]),
            "same_1_2": f(x[0], x[1], x[5]),
        }

    source = {"where": "SALib tests; Ishigami and Homma 1990"}
    return expected(
        "sensitivity",
        "T Ishigami and T Homma, An importance quantification technique in uncertainty analysis for computer models, ISUMA (1990); indices printed in the tests of SALib (J Herman and W Usher, 2017)",
        "https://salib.readthedocs.io/",
        model,
        6,
        {"y": {"quantile_values": False}},
        {
            "index_1": ("y", "same_1", {"published": "0.31", **source}),
            "index_2": ("y", "same_2", {"published": "0.44", **source}),
            "index_3": ("y", "same_3", {"published": "0.00", **source}),
            "index_1_2": ("y", "same_1_2", None),
        },
    )


def pick_freeze(model, names, u, inputs):
    """The output and, for each input, the output with that input kept and all others drawn anew."""
    first, second = inputs(u[: len(names)]), inputs(u[len(names) :])
    run = {"y": model(**dict(zip(names, first)))}
    for i, name in enumerate(names):
        mixed = list(second)
        mixed[i] = first[i]
        run[f"same_{name}"] = model(**dict(zip(names, mixed)))
    return run


def indices(names, printed, where):
    return {
        f"index_{name}": ("y", f"same_{name}", {"published": figure, "where": where})
        for name, figure in zip(names, printed)
        if figure is not None
    }


@example("borehole-indices")
def _():
    names = ["rw", "r", "tu", "hu", "tl", "hl", "l", "kw"]

    def flow(rw, r, tu, hu, tl, hl, l, kw):
        log = np.log(r / rw)
        return 2 * np.pi * tu * (hu - hl) / (log * (1 + 2 * l * tu / (log * rw**2 * kw) + tu / tl))

    def inputs(u):
        return [
            normal(u[0], 0.1, 0.0161812),
            np.exp(7.71 + 1.0056 * stats.norm.ppf(u[1])),
            uniform(u[2], 63070, 115600),
            uniform(u[3], 990, 1110),
            uniform(u[4], 63.1, 116),
            uniform(u[5], 700, 820),
            uniform(u[6], 1120, 1680),
            uniform(u[7], 9855, 12045),
        ]

    return expected(
        "sensitivity",
        "B A Worley, Deterministic uncertainty analysis, Oak Ridge National Laboratory (1987); M D Morris, T J Mitchell and D Ylvisaker, Technometrics 35 (1993); first-order indices printed in otbenchmark, BoreholeSensitivity",
        OTB,
        lambda u: pick_freeze(flow, names, u, inputs),
        16,
        {"y": {"quantile_values": False}},
        indices(names, ["0.66", "0.00", None, "0.09", "0.00", "0.09", "0.09", "0.02"], "BoreholeSensitivity"),
    )


@example("black-scholes")
def _():
    def model(u):
        price = 42 * np.exp((0.10 - 0.02) * 0.5 + 0.2 * np.sqrt(0.5) * stats.norm.ppf(u[0]))
        discount = np.exp(-0.05)
        return {"call": discount * np.maximum(price - 40, 0), "put": discount * np.maximum(40 - price, 0)}

    where = {"where": "example 15.6"}
    return expected(
        "forecasting",
        "J C Hull, Options, Futures, and Other Derivatives, 9th ed. (2014), example 15.6, page 360",
        None,
        model,
        1,
        {
            "call": {"mean": {"published": "4.76", **where}, "quantile_values": False},
            "put": {"mean": {"published": "0.81", **where}, "quantile_values": False},
        },
    )


@example("placenta-previa")
def _():
    where = {"where": "section 2.4"}
    return expected(
        "forecasting",
        "A Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), section 2.4: 437 of 980 births were girls",
        "http://www.stat.columbia.edu/~gelman/book/",
        lambda u: {"girls": beta(u[0], 438, 544)},
        1,
        {
            "girls": {
                "mean": {"published": "0.446", **where},
                "sd": {"published": "0.016", **where},
                "quantiles": {"0.025": {"published": "0.415", **where}, "0.975": {"published": "0.477", **where}},
            }
        },
    )


@example("newsvendor")
def _():
    def model(u):
        demand = normal(u[0], 3192, 1181)
        sales = np.minimum(demand, 3000)
        return {"lost_sales": demand - sales, "sales": sales, "left_over": 3000 - sales, "profit": 80 * sales - 20 * (3000 - sales)}

    units = {"slack": 3.4, "slack_reason": "read from a table of the loss function at z = -0.16 in place of -0.1626: up to 0.005 * 0.57 * 1181 units"}
    money = {"slack": 340, "slack_reason": "100 for each unit of that"}
    where = {"where": "Hammer 3/2, Q = 3000"}
    return expected(
        "forecasting",
        "G Cachon and C Terwiesch, Matching Supply with Demand, 3rd ed. (2013), chapters 12 and 13",
        "https://www.scribd.com/presentation/444924551/Chap013-CT-Mismatch-cost",
        model,
        1,
        {
            "lost_sales": {"mean": {"published": "572", **where, **units}, "quantile_values": False},
            "sales": {"mean": {"published": "2620", **where, **units}, "quantile_values": False},
            "left_over": {"mean": {"published": "380", **where, **units}, "quantile_values": False},
            "profit": {"mean": {"published": "202000", **where, **money}, "quantile_values": False},
        },
    )


ACTIVITIES = {
    "a": (1, 2, 3), "b": (2, 3.5, 8), "c": (6, 9, 18), "d": (4, 5.5, 10), "e": (1, 4.5, 5), "f": (4, 4, 10), "g": (5, 6.5, 11),
    "h": (5, 8, 17), "i": (3, 7.5, 9), "j": (3, 9, 9), "k": (4, 4, 4), "l": (1, 5.5, 7), "m": (1, 2, 3), "n": (5, 5.5, 9),
}


@example("pert-network")
def _():
    def model(u):
        t = {}
        for row, (name, (low, mode, high)) in enumerate(ACTIVITIES.items()):
            if low == high:
                t[name] = np.full(u.shape[1], float(low))
            else:
                t[name] = beta_by_moments(u[row], low, high, (low + 4 * mode + high) / 6, (high - low) / 6)
        paths = ["abcdghm", "abcehm", "abcefjkn", "abcefjln", "abcijkn", "abcijln"]
        lengths = [sum(t[name] for name in path) for path in paths]
        duration = np.max(lengths, axis=0)
        return {"critical_path": lengths[3], "duration": duration, "in_time": (duration <= 47).astype(float)}

    return expected(
        "forecasting",
        "F S Hillier and G J Lieberman, Introduction to Operations Research, 7th ed. (2001), chapter 10, Reliable Construction Co., table 10.4",
        None,
        model,
        14,
        {
            "critical_path": {"mean": {"published": "44", "where": "mean critical path"}, "quantile_values": False},
            "duration": {"quantile_values": False},
            "in_time": {"sd_value": False, "quantile_values": False},
        },
    )


if __name__ == "__main__":
    import sys

    root = Path(__file__).resolve().parents[2] / "models" / "examples"
    for name, make in EXAMPLES.items():
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        (root / name).mkdir(exist_ok=True)
        (root / name / "expected.json").write_text(compact(make()) + "\n", encoding="utf-8")
        print(name)
