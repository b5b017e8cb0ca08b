"""Figure 8: spread of the projections while each setting trains, and the accuracy that results."""

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np

from .. import cells
from .picture import Drawing, FigureError
from .styles import COLOURS, DASHES, GREYS, HATCHES, MARKERS, at, short


def draw_collapse(part, tables):
    if not part["curves"]:
        raise FigureError("the report holds no curves for it")
    table = next((each for each in tables if each["name"] == part.get("table")), None)
    bars = len(table["columns"]) if table else 0  # each with a title of two lines
    figure, panels = plt.subplots(1, 3, figsize=(13, max(4.4, 1.4 + 0.34 * bars)),
                                  width_ratios=[1, 1, 1.3], layout="constrained")
    for axes, name, label in zip(panels, ("raw", "normalised"), ("spread of z", "spread of z / |z|")):
        for number, curve in enumerate(part["curves"]):
            steps, values = curve["steps"], np.array(curve[name], dtype=float)
            axes.plot(
                steps,
                values,
                color=at(COLOURS, number),
                linestyle=at(DASHES, number),
                linewidth=1.4,
                marker=at(MARKERS, number),
                markersize=4.5,
                markevery=(number / 50, 0.15),
                label=curve["title"],
            )
        axes.axhline(1, color="0.6", linewidth=0.7)
        axes.set(xlabel="step", ylim=(0, None))
        axes.set_title(f"{label}, relative to the start", fontsize="medium")
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside lower center",
        fontsize="small",
        ncols=min(3, len(part["curves"])),
    )
    _draw_bars(panels[2], table, part.get("table"))
    ends = "; ".join(
        f"{curve['title']}: raw {_last(curve['raw'])}, normalised {_last(curve['normalised'])}"
        for curve in part["curves"]
    )
    return Drawing(
        figure,
        "Two curves of spread over the steps for each setting, and bars of accuracy. Spread at the end "
        f"relative to the start: {ends}.",
        "Left and middle: standard deviation of the projections of fixed training clips, without dropout, "
        "relative to the start; mean over dimensions, runs and folds. Left of z as it is, middle of z at "
        "length 1. Near 0 means collapsed. Right: accuracy of each setting with 95 % interval.",
    )


def _draw_bars(axes, table, name):
    if table is None:
        axes.text(0.5, 0.5, f"no table {name} in this report", ha="center", va="center",
                  transform=axes.transAxes)
        axes.set_axis_off()
        return
    rows, columns = table["rows"], table["columns"]
    height = 0.8 / max(len(rows), 1)
    for number, row in enumerate(rows):
        for place, cell in enumerate(row["cells"]):
            y = place + (number - (len(rows) - 1) / 2) * height
            if not cells.is_done(cell):
                axes.text(0, y, f" {cells.MISSING[cell['status']]}", va="center", fontsize="small")
                continue
            mean, scale = cell["mean"], table["scale"]
            label = row["title"] if place == 0 else None
            axes.barh(
                y,
                mean * scale,
                0.9 * height,
                color=at(GREYS, number),
                edgecolor="black",
                linewidth=0.6,
                hatch=at(HATCHES, number),
                label=label,
            )
            if cell.get("low") is not None and cell.get("high") is not None:
                axes.plot([cell["low"] * scale, cell["high"] * scale], [y, y], color="white",
                          linewidth=3.5, zorder=3)
                axes.plot(
                    [cell["low"] * scale, cell["high"] * scale], [y, y], "|-", color="black",
                    linewidth=1.4, zorder=4
                )
    titles = [fill(short(column["title"], 56), 30) for column in columns]
    axes.set_yticks(range(len(columns)), titles, fontsize="small")
    axes.invert_yaxis()
    axes.set_xlabel(cells.measure_and_unit(table))
    axes.set_title(short(table["title"], 48), fontsize="medium")
    if len(rows) > 1:
        axes.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)


def _last(values):
    known = [value for value in values if value is not None]
    return f"{known[-1]:.2f}" if known else "not known"
