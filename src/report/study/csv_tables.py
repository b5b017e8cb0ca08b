"""Writes tables/NAME.csv: a line for each cell and measure, in the table's unit, for programs."""

import csv

from . import cells

FIELDS = ("table", "row", "column", "kind", "measure", "unit", "mean", "low", "high", "runs",
          "clips", "status")


def write_csv(table, report, path):
    """Writes a table. For accuracies, the printed measure comes first, then the cell's other measures.
    Published numbers follow with kind and status `published`.
    """
    with open(path, "w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, FIELDS, restval="", lineterminator="\n")
        lines.writeheader()
        for row in table["rows"]:
            for column, cell in zip(table["columns"], row["cells"]):
                lines.writerows(_of_cell(table, row, column, cell))
        for row in cells.standing_beside(table, report):
            lines.writerows(_of_published(table, row))


def _of_cell(table, row, column, cell):
    known = cells.estimates(cell, table) if cells.is_done(cell) else {table["measure"]: {}}
    for measure, estimate in known.items():
        yield {
            "table": table["name"],
            "row": row["title"],
            "column": column["name"],
            "kind": column["kind"],
            "measure": measure,
            "unit": table["unit"],
            "runs": _plain(cell.get("runs")),
            "clips": _plain(cell.get("clips")),
            "status": cell["status"],
            **{name: _scaled(estimate.get(name), table) for name in ("mean", "low", "high")},
        }


def _of_published(table, row):
    for measure in ("top1", "top5"):
        if row[measure] is not None:
            yield {
                "table": table["name"],
                "row": row["data"],
                "column": row["method"],
                "kind": "published",
                "measure": measure,
                "unit": "%",
                "mean": _plain(row[measure]),
                "status": "published",
            }


def _scaled(value, table):
    return "" if value is None else f"{value * table['scale']:.10g}"


def _plain(value):
    return "" if value is None else f"{value:.10g}"
