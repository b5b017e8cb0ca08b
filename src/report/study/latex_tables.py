"""Writes tables/NAME.tex: a table environment for LaTeX with booktabs, the best of each row in bold."""

from textwrap import wrap

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


APART = r"@{\hspace{2em}}"  # between methods and controls
HEADING = 13  # letters per line of a column's title
BREAK = r" \\ "


def escape(text):
    return "".join(ESCAPES.get(letter, letter) for letter in text)


def write_latex(table, report, path):
    lines = _sota(table, report) if table["layout"] == "state-of-the-art" else _grid(table)
    caption = f"{table['title']}. {cells.notes(table)} In brackets: {report['interval']}. {cells.LEGEND}"
    text = [
        r"% Needs \usepackage{booktabs}; in older LaTeX also \usepackage[utf8]{inputenc}.",
        r"\begin{table}",
        r"  \centering",
        r"  \footnotesize",
        r"  \setlength{\tabcolsep}{3pt}",
        rf"  \caption{{{escape(caption)}}}",
        rf"  \label{{tab:study-{table['name']}}}",
        *(f"  {line}" for line in lines),
        r"\end{table}",
    ]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def _grid(table):
    columns = table["columns"]
    methods = [column["kind"] for column in columns].count("method")
    controls = len(columns) - methods
    lines = [rf"\begin{{tabular}}{{l{'r' * methods}{APART if controls else ''}{'r' * controls}}}",
             r"\toprule"]
    if methods and controls:
        lines += [
            rf" & \multicolumn{{{methods}}}{{c}}{{Methods}} & \multicolumn{{{controls}}}{{c}}{{Controls}} \\",
            rf"\cmidrule(lr){{2-{methods + 1}}}\cmidrule(lr){{{methods + 2}-{len(columns) + 1}}}",
        ]
    lines += [_line("", [_heading(column["title"]) for column in columns]), r"\midrule"]
    for number, row in enumerate(table["rows"]):
        if number:
            lines.append(r"\addlinespace")
        lines.append(
            _line(
                _first(row["title"]),
                [_mean(cell, table, row, column) for column, cell in zip(columns, row["cells"])]
            )
        )
        for part in (cells.interval, _runs):
            lines.append(_line("", [_small(cell, part(cell, table)) for cell in row["cells"]]))
    return [*lines, r"\bottomrule", r"\end{tabular}"]


def _heading(title):
    """Breaks a column's title into lines, so that a long one makes no wide column."""
    lines = [escape(line) for line in wrap(title, HEADING)] or [""]
    return lines[0] if len(lines) == 1 else rf"\shortstack[r]{{{BREAK.join(lines)}}}"


def _line(first, others):
    return " & ".join([first, *others]) + r" \\"


def _sota(table, report):
    lines = [r"\begin{tabular}{llrrr}", r"\toprule", r"Data set & Method & Top-1 (\%) & Top-5 (\%) & Runs \\"]
    for title, rows in sota_groups(table, report):
        lines.append(r"\midrule")
        for number, row in enumerate(rows):
            top1 = f"{_bold(row.top1, row.is_best, row.star)} {row.top1_interval}".strip()
            top5 = f"{escape(row.top5)} {row.top5_interval}".strip()
            method = escape(f"{row.method}{row.mark}")
            lines.append(_line(_first(title) if number == 0 else "", [method, top1, top5, escape(row.runs)]))
    return [*lines, r"\bottomrule", r"\end{tabular}"]


def _mean(cell, table, row, column):
    if not cells.is_done(cell):
        return rf"\textit{{{escape(cells.MISSING[cell['status']])}}}"
    return _bold(cells.number(cell["mean"], table), cells.is_best(row, column), cells.star(row, column))


def _bold(text, is_bold, star):
    return rf"\textbf{{{escape(text)}}}{escape(star)}" if is_bold else escape(text)


def _first(title):
    """Returns the first cell of a line. A bracket there would be read as an argument of
    the line break before it."""
    return ("{}" if title.startswith(("[", "*")) else "") + escape(title)


def _runs(cell, _):
    return f"n = {cell['runs']}" if cell.get("runs") is not None else ""


def _small(cell, text):
    return rf"{{\scriptsize {escape(text)}}}" if text and cells.is_done(cell) else ""
