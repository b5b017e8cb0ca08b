"""Reads report.json, and refuses it if it is missing,
damaged or of another kind, before anything is written."""

import json
import math
import re

SCHEMA = "sslslr-study-report"
VERSION = 1
WRITTEN_BY = "`sslslr study report --study FILE` writes it"
NUMBER = (int, float)
MAYBE_NUMBER = (int, float, type(None))
STATUSES = ("done", "missing", "failed", "none")
KINDS = ("method", "control")
VERDICTS = ("holds", "does not hold", "not distinguishable", "not tested here")
LAYOUTS = ("grid", "state-of-the-art")


class ReportError(Exception):
    """An error in one line: the file, what was expected and found, what to do."""


class OneOf(tuple):
    """Values that a text may have."""


class Optional:
    """A field that may be absent or null."""

    def __init__(self, shape):
        self.shape = shape


# Shapes: a dict names the required fields, a list of one shape means a list of that shape, and a type or a
# tuple of types means itself.
ESTIMATE = {"mean": MAYBE_NUMBER, "low": MAYBE_NUMBER, "high": MAYBE_NUMBER}
CELL = {
    "status": OneOf(STATUSES),
    "mean": Optional(NUMBER),
    "low": Optional(NUMBER),
    "high": Optional(NUMBER),
    "runs": Optional(int),
    "clips": Optional(int),
    "top1": Optional(ESTIMATE),
    "top5": Optional(ESTIMATE),
    "macro_f1": Optional(ESTIMATE),
}
ROW = {
    "title": str,
    "data": str,
    "cells": [CELL],
    "best": Optional(str),
    "second": Optional(str),
    "best_over_second": Optional({"difference": NUMBER, "low": MAYBE_NUMBER, "high": MAYBE_NUMBER,
                                  "verdict": str}),
}
PUBLISHED = {"data": str, "method": str, "top1": MAYBE_NUMBER, "top5": MAYBE_NUMBER, "ours": Optional(bool)}
TABLE = {
    "name": str,
    "title": str,
    "layout": OneOf(LAYOUTS),
    "measure": str,
    "unit": str,
    "scale": NUMBER,
    "digits": int,
    "higher_is_better": Optional(bool),
    "note": Optional(str),
    "columns": [{"name": str, "title": str, "kind": OneOf(KINDS)}],
    "rows": [ROW],
    "published": Optional([PUBLISHED]),
}
FOLD = {
    "name": str,
    "how": str,
    "pretrain": MAYBE_NUMBER,
    "train": MAYBE_NUMBER,
    "validation": MAYBE_NUMBER,
    "test": MAYBE_NUMBER,
}
DATA = {
    "name": str,
    "title": str,
    "published": Optional(str),
    "language": Optional(str),
    "licence": Optional(str),
    "source": Optional(str),
    "clips": int,
    "classes": int,
    "signers": int,
    "folds": [FOLD],
}
CLASSES = {
    "table": str,
    "data": str,
    "column": str,
    "column_title": str,
    "augmentation": Optional(str),
    "names": [str],
    "confusion": [[NUMBER]],
    "per_class": [{"clips": MAYBE_NUMBER, "precision": MAYBE_NUMBER, "recall": MAYBE_NUMBER,
                   "f1": MAYBE_NUMBER}],
}
FIGURES = {
    "2": Optional(
        {"clips": [{"title": str, "frames": int, "k1": int, "k2": int, "points": [str], "skeleton": [list]}]}
    ),
    "4": Optional({"searches": [{"title": str, "missing": Optional(str), "report": Optional(dict)}]}),
    "7": Optional(
        {
            "panels": [
                {"data": str, "data_title": str, "column": str, "column_title": str, "classes": [str],
                 "features": str}
            ]
        }
    ),
    "8": Optional(
        {
            "curves": [
                {"column": str, "title": str, "steps": [NUMBER], "raw": [MAYBE_NUMBER],
                 "normalised": [MAYBE_NUMBER]}
            ],
            "table": Optional(str),
        }
    ),
}
REPORT = {
    "title": str,
    "program": str,
    "study_file": str,
    "command": str,
    "runs": int,
    "interval": str,
    "complete": bool,
    "jobs": {"done": int, "all": int, "failed": [{"name": str, "error": str}],
             "training_seconds": MAYBE_NUMBER},
    "data": [DATA],
    "tables": [TABLE],
    "published": [PUBLISHED],
    "classes": [CLASSES],
    "claims": [{"id": str, "says": str, "verdict": OneOf(VERDICTS), "evidence": str}],
    "figures": FIGURES,
}


def read_report(path):
    """Returns the report in a file, checked.

    @throws ReportError  no such file, no JSON, another schema or version, a field missing or of another type
    """
    try:
        report = json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda name: None)
    except OSError as error:
        raise ReportError(f"{path}: cannot be read ({error.strerror}); {WRITTEN_BY}") from error
    except ValueError as error:
        raise ReportError(f"{path}: damaged, expected JSON ({error}); {WRITTEN_BY} again") from error
    _check_kind(path, report)
    problem = _problem(report, REPORT, "") or _inconsistency(report)
    if problem:
        raise ReportError(f"{path}: damaged, {problem}; {WRITTEN_BY} again")
    return report


def _check_kind(path, report):
    found = (report.get("schema"), report.get("version")) if isinstance(report, dict) else (None, None)
    if found != (SCHEMA, VERSION):
        raise ReportError(
            f"{path}: expected schema {SCHEMA}, version {VERSION}, found {found[0]}, version {found[1]}; "
            f"write it again with the program of this checkout: `sslslr study report --study FILE`"
        )


def _problem(value, shape, place):
    """Returns what is wrong with a value, in words; None if it fits the shape."""
    if isinstance(shape, Optional):
        return None if value is None else _problem(value, shape.shape, place)
    if isinstance(shape, OneOf):
        return (None if value in shape
                else f"expected {place} to be one of {', '.join(shape)}, found {value!r}")
    if isinstance(shape, dict):
        return _problem_of_object(value, shape, place)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"expected a list in {place}, found {_shown(value)}"
        return _first(_problem(each, shape[0], f"{place}[{number}]") for number, each in enumerate(value))
    types = shape if isinstance(shape, tuple) else (shape,)
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        names = " or ".join("null" if each is type(None) else each.__name__ for each in types)
        return f"expected {place} to be {names}, found {_shown(value)}"
    if isinstance(value, float) and not math.isfinite(value):
        return f"expected a finite number in {place}, found {value}"
    return None


def _problem_of_object(value, shape, place):
    if not isinstance(value, dict):
        return f"expected an object in {place or 'the file'}, found {_shown(value)}"
    for name, inner in shape.items():
        path = f"{place}.{name}" if place else name
        if name not in value and not isinstance(inner, Optional):
            return f"expected a field {path}, found none"
        problem = _problem(value.get(name), inner, path)
        if problem:
            return problem
    return None


def _inconsistency(report):
    """Checks what types cannot: names that are file names, as many cells as columns, means where required."""
    for table in report["tables"]:
        name, columns = table["name"], len(table["columns"])
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name, re.ASCII):
            return f"expected table names of letters, digits, '.', '-' and '_', found {name!r}"
        for row in table["rows"]:
            if len(row["cells"]) != columns:
                return (f"expected {columns} cells in row {row['title']!r} of table {name}, "
                        f"found {len(row['cells'])}")
            if any(cell["status"] == "done" and cell.get("mean") is None for cell in row["cells"]):
                return ("expected a mean in each cell that is done, "
                        f"found none in row {row['title']!r} of table {name}")
    for each in report["classes"]:
        size, rows = len(each["names"]), each["confusion"]
        if len(each["per_class"]) != size or len(rows) != size or any(len(row) != size for row in rows):
            where = f"table {each['table']}, {each['data']}"
            return f"expected {size} classes in {where}, found other numbers of rows or columns"
    names = [table["name"].lower() for table in report["tables"]]
    twice = [name for name in names if names.count(name) > 1]
    return f"expected each table once, found {twice[0]} twice" if twice else None


def _first(problems):
    return next((each for each in problems if each), None)


def _shown(value):
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:37] + "..."
