"""Charts of the benchmarks as SVG: logarithmic axes, direct labels, colours that colour-blind readers tell apart (Okabe and Ito, 2008)."""

import math
from pathlib import Path

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
INK, GREY = "#222222", "#767676"
FONT = "font-family='Helvetica, Arial, sans-serif'"


def text(x, y, words, size=13, anchor="start", colour=INK, weight="normal"):
    safe = str(words).replace("&", "&amp;").replace("<", "&lt;")
    return f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' text-anchor='{anchor}' fill='{colour}' font-weight='{weight}' {FONT}>{safe}</text>"


def ticks(low, high):
    """1, 2, 5 times powers of ten that lie within."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    full = [m * 10.0**p for p in powers for m in (1, 2, 5)]
    inside = [value for value in full if low * 0.999 <= value <= high * 1.001]
    if len(inside) > 9:
        inside = [value for value in inside if f"{value:e}".startswith("1")]
    return inside


def shown(value):
    """Three digits, thousands separated by commas."""
    return f"{float(f'{value:.3g}'):,.10g}"


def document(width, height, title, parts):
    head = f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}' role='img'><title>{title}</title>"
    return "\n".join([head, f"<rect width='{width}' height='{height}' fill='white'/>", *parts, "</svg>", ""])


def bars(path: Path, title: str, axis: str, rows: list):
    """One point with its range for each of `rows`: (label, lowest, middle, highest, note), on a logarithmic axis."""
    left, right, top, step = 190, 150, 62, 34
    width, height = 820, top + step * len(rows) + 54
    low = min(row[1] for row in rows) / 1.3
    high = max(row[3] for row in rows) * 1.3
    at = lambda value: left + (width - left - right) * math.log(value / low) / math.log(high / low)
    parts = [text(16, 28, title, 16, weight="bold")]
    bottom = top + step * len(rows)
    for tick in ticks(low, high):
        parts.append(f"<line x1='{at(tick):.1f}' x2='{at(tick):.1f}' y1='{top - 8}' y2='{bottom}' stroke='#DDDDDD'/>")
        parts.append(text(at(tick), bottom + 18, shown(tick), 12, "middle", GREY))
    parts.append(text((left + width - right) / 2, bottom + 40, axis, 12, "middle", GREY))
    for k, (label, lowest, middle, highest, note) in enumerate(rows):
        y = top + step * k + step / 2
        colour = COLOURS[1] if label.startswith("Fanfare") else COLOURS[0]
        parts.append(text(left - 12, y + 4, label, 13, "end"))
        parts.append(f"<line x1='{at(low):.1f}' x2='{at(middle):.1f}' y1='{y}' y2='{y}' stroke='{colour}' stroke-width='2' opacity='0.35'/>")
        parts.append(f"<line x1='{at(lowest):.1f}' x2='{at(highest):.1f}' y1='{y}' y2='{y}' stroke='{colour}' stroke-width='7' opacity='0.5'/>")
        parts.append(f"<circle cx='{at(middle):.1f}' cy='{y}' r='6' fill='{colour}'/>")
        parts.append(text(max(at(highest), at(middle)) + 12, y + 4, note, 13, colour=colour))
    path.write_text(document(width, height, title, parts), encoding="utf-8")


def lines(path: Path, title: str, x_axis: str, y_axis: str, series: list, slopes=True):
    """Curves on two logarithmic axes: (label, [(x, y), …]). A grey line of slope one shows what proportional means."""
    left, right, top, bottom = 84, 170, 56, 60
    width, height = 820, 430
    points = [point for _, curve in series for point in curve]
    x_low, x_high = min(x for x, _ in points), max(x for x, _ in points)
    y_low, y_high = min(y for _, y in points) / 1.3, max(y for _, y in points) * 1.3
    at_x = lambda x: left + (width - left - right) * math.log(x / x_low) / math.log(x_high / x_low)
    at_y = lambda y: height - bottom - (height - top - bottom) * math.log(y / y_low) / math.log(y_high / y_low)
    parts = [text(16, 28, title, 16, weight="bold")]
    x_ticks = sorted({x for x, _ in points})
    if len(x_ticks) > 8:
        x_ticks = ticks(x_low, x_high)
    for x in x_ticks:
        parts.append(f"<line x1='{at_x(x):.1f}' x2='{at_x(x):.1f}' y1='{top}' y2='{height - bottom}' stroke='#E5E5E5'/>")
        parts.append(text(at_x(x), height - bottom + 18, shown(x), 12, "middle", GREY))
    for y in ticks(y_low, y_high):
        parts.append(f"<line x1='{left}' x2='{width - right}' y1='{at_y(y):.1f}' y2='{at_y(y):.1f}' stroke='#E5E5E5'/>")
        parts.append(text(left - 8, at_y(y) + 4, shown(y), 12, "end", GREY))
    parts.append(text((left + width - right) / 2, height - 16, x_axis, 12, "middle", GREY))
    parts.append(text(16, top - 10, y_axis, 12, "start", GREY))
    if slopes:
        x, y = series[0][1][-1]
        start = max(x_low, x * y_low / y)
        parts.append(
            f"<line x1='{at_x(start):.1f}' y1='{at_y(y * start / x):.1f}' x2='{at_x(x):.1f}' y2='{at_y(y):.1f}' stroke='{GREY}' stroke-dasharray='4 4'/>"
        )
    for k, (label, curve) in enumerate(series):
        colour = COLOURS[k % len(COLOURS)]
        path_of = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in curve)
        parts.append(f"<polyline points='{path_of}' fill='none' stroke='{colour}' stroke-width='2.5'/>")
        parts += [f"<circle cx='{at_x(x):.1f}' cy='{at_y(y):.1f}' r='4' fill='{colour}'/>" for x, y in curve]
        x, y = curve[-1]
        parts.append(text(at_x(x) + 10, at_y(y) + 4, label, 13, colour=colour))
    path.write_text(document(width, height, title, parts), encoding="utf-8")
