"""report.md: the whole report as text."""

from . import cells
from .table_rows import sota_groups


def escape(text):
    """Text for a cell of a Markdown table."""
    for sign in "\\`*_<>|":
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split())


def write_markdown(report, pictures, path):
    """@param pictures  list of figures.Picture, in the order of the report"""
    blocks = [f"# {escape(report['title'])}", *_state(report, pictures), "## Tables", cells.LEGEND]
    for table in report["tables"]:
        blocks += _table(table, report)
    blocks += [
        "## The paper's claims",
        _grid(
            ["", "Claim", "Verdict", "Evidence"],
            [
                [escape(claim["id"]), escape(claim["says"]), f"**{claim['verdict']}**", escape(claim["evidence"])]
                for claim in report["claims"]
            ],
        ),
    ]
    blocks += ["## Figures"]
    for picture in pictures:
        blocks.append(f"### {picture.title}")
        blocks.append(
            f"![{picture.alt}](figures/{picture.name}.png)"
            if picture.is_made
            else f"**Not made: {escape(picture.error)}**"
        )
    blocks += [*_published(report), *_classes(report), *_measured(report)]
    path.write_text("\n\n".join(block for block in blocks if block) + "\n", encoding="utf-8")


def _state(report, pictures):
    missing = [picture for picture in pictures if not picture.is_made]
    jobs = report["jobs"]
    if not report["complete"] or jobs["failed"]:
        yield f"**NOT COMPLETE: {cells.jobs_line(report)}.**"
        yield "\n".join(f"- **FAILED** {escape(job['name'])}: {escape(job['error'])}" for job in jobs["failed"])
    for picture in missing:
        yield f"**{picture.title} was not made: {escape(picture.error)}**"
    yield (
        f"{report['program']}, {cells.jobs_line(report)}, training {cells.duration(jobs['training_seconds'])}. "
        f"Runs: {report['runs']}, interval: {escape(report['interval'])}."
    )


def _table(table, report):
    yield f"### Table {table['name']}: {escape(table['title'])}"
    yield escape(cells.notes(table))
    if table["layout"] == "state-of-the-art":
        yield _grid(
            ["Data set", "Method", "Top-1, %", "Top-5, %", "Runs"],
            [
                [
                    escape(title),
                    escape(line.method + line.mark),
                    f"{_bold(line.top1, line.is_best)}{line.star} {line.top1_interval}".strip(),
                    f"{line.top5} {escape(line.top5_interval)}".strip(),
                    line.runs,
                ]
                for title, lines in sota_groups(table, report)
                for line in lines
            ],
        )
        yield "\n".join(
            f"- {escape(row['title'])}: {escape(cells.comparison(row, table))}"
            for row in table["rows"]
            if cells.comparison(row, table)
        )
        return
    columns = table["columns"]
    head = [
        "",
        *(column["title"] + (" (control)" if column["kind"] == "control" else "") for column in columns),
        "Best over second",
    ]
    yield _grid(
        map(escape, head),
        [
            [
                escape(row["title"]),
                *(_cell(cell, table, row, column) for column, cell in zip(columns, row["cells"])),
                escape(cells.comparison(row, table)),
            ]
            for row in table["rows"]
        ],
    )
    if table.get("published"):
        yield "Published by the paper:"
        yield _published_grid(table["published"])


def _cell(cell, table, row, column):
    if not cells.is_done(cell):
        return f"**{cells.MISSING['failed']}**" if cell["status"] == "failed" else cells.MISSING[cell["status"]]
    mean = _bold(cells.number(cell["mean"], table), cells.is_best(row, column)) + cells.star(row, column)
    return " ".join(part for part in (mean, cells.interval(cell, table), _runs(cell)) if part)


def _runs(cell):
    runs = cells.count(cell.get("runs"), "run")
    return f"({runs})" if runs else ""


def _bold(text, is_bold):
    return f"**{text}**" if is_bold else text


def _published(report):
    yield "## Published by the paper (its table 6)"
    yield _published_grid(report["published"])


def _published_grid(rows):
    return _grid(
        ["Data set", "Method", "Top-1, %", "Top-5, %"],
        [
            [
                escape(row["data"]),
                escape(row["method"]) + (" (the paper's own)" if row.get("ours") else ""),
                cells.percent(row["top1"]),
                cells.percent(row["top5"]),
            ]
            for row in rows
        ],
    )


def _classes(report):
    if report["classes"]:
        yield "## Classes"
    for each in report["classes"]:
        augmentation = f", augmentation {each['augmentation']}" if each.get("augmentation") else ""
        yield f"### Table {each['table']}, {escape(each['data'])}: {escape(each['column_title'])}{escape(augmentation)}"
        yield _grid(
            ["Class", "Test clips", "Precision, %", "Recall, %", "F1, %"],
            [
                [escape(name), _plain(row["clips"]), *(_share(row[what]) for what in ("precision", "recall", "f1"))]
                for name, row in zip(each["names"], each["per_class"])
            ],
        )


def _measured(report):
    yield "## How it was measured"
    yield _grid(
        ["Data set", "Language", "Clips", "Classes", "Signers", "Licence", "Source"],
        [
            [
                escape(data["title"]),
                escape(data.get("language") or ""),
                data["clips"],
                data["classes"],
                data["signers"],
                escape(data.get("licence") or ""),
                escape(data.get("source") or ""),
            ]
            for data in report["data"]
        ],
    )
    yield _grid(
        ["Data set", "Fold", "How", "Pretraining", "Training", "Validation", "Test"],
        [
            [
                escape(data["title"]),
                escape(fold["name"]),
                escape(fold["how"]),
                *(_plain(fold[part]) for part in ("pretrain", "train", "validation", "test")),
            ]
            for data in report["data"]
            for fold in data["folds"]
        ],
    )
    yield f"Command: `{report['command']}`"
    yield "Study file:\n\n" + "\n".join(f"    {line}" for line in report["study_file"].splitlines())


def _grid(head, rows):
    head = list(head)
    lines = ["| " + " | ".join(map(str, line)) + " |" for line in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def _share(value):
    return "–" if value is None else f"{100 * value:.1f}"


def _plain(value):
    return "–" if value is None else f"{value:,}"
