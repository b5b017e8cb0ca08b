"""tables/NAME.tex: a table environment for LaTeX with the booktabs package; the best of a row in bold."""

from . import cells
from .table_rows import sota_groups

ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "★": r"$\star$",
    "−": r"$-$",
    "–": "--",
    "—": "---",
    "→": r"$\rightarrow$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "√": r"$\surd$",
    "…": r"\ldots{}",
    "α": r"$\alpha$",
    "β": r"$\beta$",
}


def escape(text):
    return "".join(ESCAPES.get(letter, letter) for letter in text)


def write_latex(table, report, path):
    lines = _sota(table, report) if table["layout"] == "state-of-the-art" else _grid(table)
    caption = f"{table['title']}. {cells.notes(table)} In brackets: {report['interval']}. {cells.LEGEND}"
    text = [
        r"% Needs \usepackage{booktabs}; in older LaTeX also \usepackage[utf8]{inputenc}.",
        r"\begin{table}",
        r"  \centering",
        r"  \small",
        rf"  \caption{{{escape(caption)}}}",
        rf"  \label{{tab:study-{table['name']}}}",
        *(f"  {line}" for line in lines),
        r"\end{table}",
    ]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def _grid(table):
    columns = table["columns"]
    controls = any(column["kind"] == "control" for column in columns)
    methods = [column["kind"] for column in columns].count("method")
    head = ["", *(escape(column["title"]) for column in columns)]
    lines = [
        rf"\begin{{tabular}}{{l{'r' * methods}{'|' if controls else ''}{'r' * (len(columns) - methods)}}}",
        r"\toprule",
    ]
    if controls:
        lines.append(
            rf" & \multicolumn{{{methods}}}{{c}}{{Methods}} & "
            rf"\multicolumn{{{len(columns) - methods}}}{{c}}{{Controls}} \\"
        )
    lines += [" & ".join(head) + r" \\", r"\midrule"]
    for row in table["rows"]:
        values = [_mean(cell, table, row, column) for column, cell in zip(columns, row["cells"])]
        ranges = [_small(cell, table) for cell in row["cells"]]
        lines += [" & ".join([_first(row["title"]), *values]) + r" \\", " & ".join(["", *ranges]) + r" \\"]
    return [*lines, r"\bottomrule", r"\end{tabular}"]


def _sota(table, report):
    lines = [r"\begin{tabular}{llrrr}", r"\toprule", r"Data set & Method & Top-1 (\%) & Top-5 (\%) & Runs \\"]
    for title, rows in sota_groups(table, report):
        lines.append(r"\midrule")
        for number, row in enumerate(rows):
            lines.append(
                " & ".join(
                    [
                        _first(title) if number == 0 else "",
                        escape(f"{row.method}{row.mark}"),
                        f"{_bold(row.top1, row.is_best, row.star)} {row.top1_interval}".strip(),
                        f"{escape(row.top5)} {row.top5_interval}".strip(),
                        escape(row.runs),
                    ]
                )
                + r" \\"
            )
    return [*lines, r"\bottomrule", r"\end{tabular}"]


def _mean(cell, table, row, column):
    if not cells.is_done(cell):
        return rf"\textit{{{escape(cells.MISSING[cell['status']])}}}"
    return _bold(cells.number(cell["mean"], table), cells.is_best(row, column), cells.star(row, column))


def _bold(text, is_bold, star):
    return rf"\textbf{{{escape(text)}}}{escape(star)}" if is_bold else escape(text)


def _first(title):
    """The first cell of a line; a bracket there would be taken for an argument of the line break before it."""
    return ("{}" if title.startswith(("[", "*")) else "") + escape(title)


def _small(cell, table):
    if not cells.is_done(cell):
        return ""
    runs = cell.get("runs")
    parts = [escape(cells.interval(cell, table)), "" if runs is None else f"$n={runs}$"]
    return rf"{{\scriptsize {' '.join(part for part in parts if part)}}}"
