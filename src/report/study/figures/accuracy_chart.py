"""A dot and an interval for each cell of a table of accuracies."""

import matplotlib.pyplot as plt

from .. import cells
from .picture import Drawing, FigureError
from .styles import COLOURS, MARKERS, at, short


def draw_accuracies(table):
    """Draws rows from top to bottom, in each the methods in their order; controls are hollow."""
    rows, columns = table["rows"], table["columns"]
    if not any(cells.is_done(cell) for row in rows for cell in row["cells"]):
        raise FigureError(f"no cell of table {table['name']} is done yet")
    step = 0.8 / max(len(columns), 1)
    figure, axes = plt.subplots(figsize=(8, 0.9 + 0.16 * (len(columns) + 1.5) * len(rows)),
                                layout="constrained")
    missing = 0
    for place, column in enumerate(columns):
        look = _look(place, column["kind"] == "control")
        axes.errorbar(
            [], [], xerr=[],
            label=column["title"] + (" (control)" if column["kind"] == "control" else ""), **look
        )
        for line, row in enumerate(rows):
            cell = row["cells"][place]
            missing += cell["status"] in ("missing", "failed")
            if cells.is_done(cell):
                _draw_dot(axes, cell, table["scale"], line + (place - (len(columns) - 1) / 2) * step, look)
    for line in range(len(rows)):
        if line % 2:
            axes.axhspan(line - 0.5, line + 0.5, color="0.95", zorder=0)
    axes.set_yticks(range(len(rows)), [short(row["title"], 36) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel(cells.measure_and_unit(table))
    axes.grid(axis="x", color="0.85", linewidth=0.6)
    axes.set_axisbelow(True)
    figure.legend(loc="outside lower center", ncols=4, fontsize="small")
    left_out = f" {missing} cell{'' if missing == 1 else 's'} without a result." if missing else ""
    return Drawing(
        figure,
        f"Dots with intervals of {table['title']}: the numbers of table {table['name']}.{left_out}",
        f"Mean and 95 % interval of each cell of table {table['name']}; controls are hollow.{left_out}",
    )


def _look(place, is_control):
    colour = at(COLOURS, place)
    return {
        "fmt": at(MARKERS, place),
        "color": colour,
        "markerfacecolor": "white" if is_control else colour,
        "markersize": 5,
        "elinewidth": 1.2,
        "capsize": 2,
    }


def _draw_dot(axes, cell, scale, y, look):
    mean, low, high = (None if cell.get(name) is None else cell[name] * scale
                       for name in ("mean", "low", "high"))
    reach = None if low is None or high is None else [[max(mean - low, 0)], [max(high - mean, 0)]]
    axes.errorbar([mean], [y], xerr=reach, **look)
