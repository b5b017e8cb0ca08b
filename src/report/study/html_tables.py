"""Tables of results as HTML, arranged as in the paper:
a row per data set, a column per method, controls apart."""

from . import cells
from .html import element, scrolling, table as text_table
from .table_rows import sota_groups

BROAD = 9  # from this many columns, a printed table needs a landscape page


def table_section(table, report):
    content = _sota(table, report) if table["layout"] == "state-of-the-art" else _grid(table)
    parts = [element("h3", f"Table {table['name']}: {table['title']}"), content]
    if table["layout"] == "grid" and table.get("published"):
        parts.append(published_table(table["published"], "Published by the paper, for comparison"))
    is_broad = table["layout"] == "grid" and len(table["columns"]) >= BROAD
    return element("section", parts, id=f"table-{table['name']}", class_="broad" if is_broad else None)


def published_table(rows, caption):
    lines = [
        [
            row["data"],
            row["method"] + (" (the paper's own)" if row.get("ours") else ""),
            element("td", cells.percent(row["top1"]), class_="number"),
            element("td", cells.percent(row["top5"]), class_="number"),
        ]
        for row in rows
    ]
    return text_table(caption, ["Data set", "Method", "Top-1, %", "Top-5, %"], lines)


def _grid(table):
    columns = table["columns"]
    kinds = [column["kind"] for column in columns]
    first_control = kinds.index("control") if "control" in kinds else None
    body = [
        element(
            "tr",
            [
                element("th", row["title"], scope="row"),
                *(
                    _cell(cell, table, row, column, place == first_control)
                    for place, (column, cell) in enumerate(zip(columns, row["cells"]))
                ),
                element("td", cells.comparison(row, table) or "–", class_="compared"),
            ],
        )
        for row in table["rows"]
    ]
    return _finish(table, [_head(columns, kinds, first_control), element("tbody", body)])


def _head(columns, kinds, first_control):
    names = [
        element("th", column["title"], scope="col", class_=_classes("number", kind, place == first_control))
        for place, (column, kind) in enumerate(zip(columns, kinds))
    ]
    compared = element("th", "Best over second", scope="col",
                       rowspan=2 if first_control is not None else None)
    corner = element("td", "", rowspan=2 if first_control is not None else None)
    if first_control is None:
        return element("thead", element("tr", [corner, *names, compared]))
    groups = [
        element("th", title, scope="colgroup", colspan=kinds.count(kind), class_=class_)
        for kind, title, class_ in (("method", "Methods", None),
                                    ("control", "Controls", "control first-control"))
        if kind in kinds
    ]
    return element("thead", [element("tr", [corner, *groups, compared]), element("tr", names)])


def _cell(cell, table, row, column, is_first_control):
    class_ = _classes("number", column["kind"], is_first_control)
    if not cells.is_done(cell):
        state = "failed" if cell["status"] == "failed" else "empty"
        return element("td", cells.MISSING[cell["status"]], class_=f"{class_} {state}")
    best = cells.is_best(row, column)
    parts = [
        element("span", cells.number(cell["mean"], table) + cells.star(row, column), class_="mean"),
        element("span", cells.interval(cell, table), class_="range"),
        element("span", cells.count(cell.get("runs"), "run"), class_="runs"),
    ]
    return element("td", parts, class_=class_ + (" best" if best else ""))


def _classes(base, kind, is_first_control):
    return base + (" control" if kind == "control" else "") + (" first-control" if is_first_control else "")


def _sota(table, report):
    titles = ["Data set", "Method", "Top-1, %", "Top-5, %"]
    head = element(
        "thead",
        element("tr", [element("th", each, scope="col", class_="number" if "%" in each else None)
                       for each in titles]),
    )
    groups = []
    for title, lines in sota_groups(table, report):
        name = element("th", title, scope="rowgroup", rowspan=max(len(lines), 1))
        rows = [
            element("tr", [*([name] if place == 0 else []), *_line(line)], class_=line.kind)
            for place, line in enumerate(lines)
        ]
        groups.append(element("tbody", rows, class_="group"))
    compared = [
        element("li", f"{row['title']}: {text}")
        for row in table["rows"] if (text := cells.comparison(row, table))
    ]
    return [_finish(table, [head, *groups]), element("ul", compared) if compared else ""]


def _line(line):
    if line.status != "done":
        state = "failed" if line.status == "failed" else "empty"
        return [element("td", line.method + line.mark), element("td", line.top1, class_=state, colspan=2)]
    top1 = [
        element("span", line.top1 + line.star, class_="mean"),
        element("span", line.top1_interval, class_="range"),
        element("span", line.runs, class_="runs"),
    ]
    top5 = [element("span", line.top5), element("span", line.top5_interval, class_="range")]
    return [
        element("td", line.method + line.mark),
        element("td", top1, class_="number best" if line.is_best else "number"),
        element("td", top5, class_="number"),
    ]


def _finish(table, content):
    caption = element("caption", element("span", cells.notes(table)))
    return scrolling(element("table", [caption, *content]), f"Table {table['name']}: {table['title']}")
