"""The state-of-the-art table, arranged as in the paper:
by data set, a row per method, published ones beside ours."""

from dataclasses import dataclass

from . import cells


@dataclass
class Line:
    """One method on one data set, as text."""

    method: str
    kind: str  # "published", "method", "control"
    top1: str
    top1_interval: str = ""
    top5: str = "–"
    top5_interval: str = ""
    runs: str = ""
    is_best: bool = False
    star: str = ""  # "★" if better than the second beyond the interval
    mark: str = ""  # written after the method's name
    status: str = "done"


def sota_groups(table, report):
    """Returns (data set, lines) of each of our rows,
    published lines first, then of data sets only in the paper."""
    published = cells.standing_beside(table, report)
    taken, groups = set(), []
    for row in table["rows"]:
        beside = cells.published_for(row, report, published)
        taken |= {id(each) for each in beside}
        groups.append((row["title"], [*map(_published_line, beside), *_own_lines(table, row)]))
    left = [each for each in published if id(each) not in taken]
    for title in dict.fromkeys(each["data"] for each in left):
        groups.append((title, [_published_line(each) for each in left if each["data"] == title]))
    return groups


def _published_line(each):
    mark = " (the paper's own, published)" if each.get("ours") else " (published)"
    return Line(each["method"], "published", cells.percent(each["top1"]),
                top5=cells.percent(each["top5"]), mark=mark)


def _own_lines(table, row):
    for column, cell in zip(table["columns"], row["cells"]):
        if cell["status"] == "none":
            continue
        mark = " (this study, control)" if column["kind"] == "control" else " (this study)"
        if not cells.is_done(cell):
            missing = cells.MISSING[cell["status"]]
            yield Line(column["title"], column["kind"], missing, mark=mark, status=cell["status"])
            continue
        top1, top5 = cell.get("top1") or cell, cell.get("top5") or {}
        yield Line(
            column["title"],
            column["kind"],
            cells.number(top1["mean"], table),
            cells.interval(top1, table),
            cells.number(top5.get("mean"), table) or "–",
            cells.interval(top5, table),
            cells.count(cell.get("runs"), "run"),
            cells.is_best(row, column),
            cells.star(row, column),
            mark,
        )
