#!/usr/bin/env python3
"""Draws the training of a run: loss at every step,
and the spread of projections z and features h where measured.

Usage: curves.py RUN    reads RUN/metrics.jsonl and RUN/config.ini, writes RUN/curves.png
"""
import json
import re
import sys
from pathlib import Path

import numpy as np

from study.figures.picture import plt, save

# Curves differ by dashes as well as by shade, so that a grey print still distinguishes them.
TERM_STYLES = ["--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]


def read_rows(path):
    """Returns the rows of a metrics file. Ignores an incomplete last line, which a running writer leaves."""
    rows = []
    for line in path.read_text().splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            break
    if not rows:
        sys.exit(f"{path} holds no rows yet: the run has not finished a step")
    return rows


def unquoted(value):
    """Returns a value without the quotes that the program writes around values with blanks."""
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    return re.sub(r'\\(["\\])', r"\1", value[1:-1])


def read_config(path):
    """Returns {name: list of its values} from lines `name = value`."""
    values = {}
    for line in path.read_text().splitlines():
        name, separator, value = line.partition("=")
        if separator:
            values.setdefault(name.strip(), []).append(unquoted(value.strip()))
    return values


def title_of(config):
    stores = ", ".join(Path(path).stem for path in config["data"])
    title = f"{config['method'][0]} on {stores}"
    left_out = [signer for signer in config.get("leave-out-signer", []) if signer]
    if left_out:
        title += f" without signer {', '.join(left_out)}"
    return f"{title}, seed {config['seed'][0]}"


def column(rows, name):
    """Returns a column as [steps] float64; NaN where a row has no such number."""
    return np.array([row.get(name) for row in rows], dtype=float)


def running_mean(values, width):
    """Returns the mean over the last `width` steps, fewer at the start, as [steps]; NaN counts as absent."""
    known = np.isfinite(values)
    total = np.cumsum(np.where(known, values, 0.0))
    count = np.cumsum(known)
    total[width:] -= total[:-width].copy()
    count[width:] -= count[:-width].copy()
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def draw(axes, rows, name, label, style="-", colour="black"):
    """Draws a column in light grey, and its running mean over a fiftieth of the run."""
    steps = column(rows, "step")
    values = column(rows, name)
    axes.plot(steps, values, color="0.85", linewidth=0.8, zorder=1)
    mean = running_mean(values, max(1, len(rows) // 50))
    axes.plot(steps, mean, linestyle=style, color=colour, label=label, zorder=2)


def draw_loss(axes, rows):
    draw(axes, rows, "loss", "loss")
    terms = sorted({name for row in rows for name in row if name.startswith("loss_")})
    for index, name in enumerate(terms):
        style = TERM_STYLES[index % len(TERM_STYLES)]
        draw(axes, rows, name, name.removeprefix("loss_"), style, colour="0.35")
    axes.set_yscale("log")
    axes.set_ylabel("loss")
    if terms:
        axes.legend(fontsize="small", ncols=len(terms) + 1)


def draw_spread(axes, rows, kind, label):
    """Draws `spread` and `spread_features` where the run has them;
    `kind` is the ending of the column names."""
    for name, of, style in (("spread", "z", "-o"), ("spread_features", "h", "--s")):
        values = column(rows, name + kind)
        known = np.isfinite(values)
        if known.any():
            steps = column(rows, "step")
            axes.plot(steps[known], values[known], style, color="black", linewidth=1, markersize=3, label=of)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(label)
    axes.legend(fontsize="small", ncols=2)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    run = Path(sys.argv[1])
    rows = read_rows(run / "metrics.jsonl")

    figure, (loss, spread, normalised) = plt.subplots(3, 1, sharex=True, figsize=(7, 7),
                                                      height_ratios=[2, 1, 1])
    figure.suptitle(title_of(read_config(run / "config.ini")))
    draw_loss(loss, rows)
    draw_spread(spread, rows, "", "spread")
    normalised.axhline(1, color="0.5", linewidth=0.8, linestyle=":",
                       label="1: even in all directions, 0: collapsed")
    draw_spread(normalised, rows, "_normalised", "spread of\nunit vectors, × √d")
    normalised.set_ylim(0, max(1.1, normalised.get_ylim()[1]))
    normalised.set_xlabel("step")

    figure.align_ylabels()
    save(figure, run / "curves.png")


if __name__ == "__main__":
    main()
