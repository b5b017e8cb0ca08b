"""Formats the numbers of a report, the same in every table."""

ACCURACIES = ("top1", "top5", "macro_f1")
MEASURE_TITLES = {
    "top1": "Top-1 accuracy",
    "top5": "Top-5 accuracy",
    "macro_f1": "Macro-averaged F1",
    "seconds": "Time",
    "inertia": "Intra-class inertia",
    "inertia_normalised": "Intra-class inertia, normalised features",
    "spread_end": "Spread at the end, relative to the start",
    "order_sensitivity": "Order sensitivity, movement over variance",
}
MISSING = {"missing": "not computed yet", "failed": "FAILED", "none": "–"}
MINUS = "−"


def measure_title(measure):
    return MEASURE_TITLES.get(measure, measure.replace("_", " ").capitalize())


def measure_and_unit(table):
    """Returns "Top-1 accuracy, %", or only the measure if it has no unit."""
    title = measure_title(table["measure"])
    return f"{title}, {table['unit']}" if table["unit"] else title


def is_accuracy(table):
    return table["measure"] in ACCURACIES


def is_done(cell):
    return cell["status"] == "done"


def number(value, table, signed=False):
    """Returns a value in the table's unit with its digits; empty if not known."""
    if value is None:
        return ""
    text = f"{value * table['scale']:{'+' if signed else ''}.{table['digits']}f}"
    return text.replace("-", MINUS)


def interval(estimate, table, signed=False):
    """Returns an interval such as "[66.0, 76.0]"; empty if not known."""
    if estimate.get("low") is None or estimate.get("high") is None:
        return ""
    return f"[{number(estimate['low'], table, signed)}, {number(estimate['high'], table, signed)}]"


def count(amount, what):
    """Returns a count such as "1 run" or "8 runs"; empty if not known."""
    return "" if amount is None else f"{amount:,} {what}{'' if amount == 1 else 's'}"


def estimates(cell, table):
    """Returns {measure: estimate} of a cell that is done, the table's own measure first."""
    found = {table["measure"]: cell}
    if is_accuracy(table):
        found.update({name: cell[name] for name in ACCURACIES if name != table["measure"] and cell.get(name)})
    return {name: each for name, each in found.items() if each.get("mean") is not None}


def is_best(row, column):
    return row.get("best") is not None and row["best"] == column["name"]


def is_distinguishable(row):
    """Whether the best method is better than the second beyond the interval of the paired difference."""
    return bool(row.get("best_over_second")) and row["best_over_second"]["verdict"] == "better"


def star(row, column):
    return "★" if is_best(row, column) and is_distinguishable(row) else ""


def comparison(row, table):
    """Returns "A over B: +2.0 [−1.0, +5.0], not distinguishable";
    empty if fewer than two methods are done."""
    found = row.get("best_over_second")
    if not found or row.get("best") is None or row.get("second") is None:
        return ""
    titles = {column["name"]: column["title"] for column in table["columns"]}
    first, second = (titles.get(row[name], row[name]) for name in ("best", "second"))
    parts = (f"{number(found['difference'], table, True)} {interval(found, table, True)}").strip()
    return f"{first} over {second}: {parts}, {found['verdict']}"


def percent(value):
    """Returns a published number, which is in per cent already, as the paper prints it."""
    return "–" if value is None else f"{value:.2f}"


def share(value):
    """Returns a share in per cent; a dash if not known."""
    return "–" if value is None else f"{100 * value:.1f}"


def whole(value):
    """Returns a count; a dash if not known."""
    return "–" if value is None else f"{value:,}"


def key(text):
    """Returns a name without case, spaces and signs. Data sets with equal keys are the same."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def published_for(row, report, published):
    """Returns the published rows of a row's data set, by the row's title or any name of the data set."""
    names = {key(row["title"]), key(row["data"])}
    for data in report["data"]:
        if data["name"] == row["data"]:
            names |= {key(data["title"]), key(data.get("published") or data["title"])}
    return [each for each in published if key(each["data"]) in names]


def standing_beside(table, report):
    """Returns the published rows that belong to a table:
    those it names, or all in the state-of-the-art table."""
    if table["layout"] == "state-of-the-art":
        return table.get("published") or report["published"]
    return table.get("published") or []


def notes(table):
    """Returns the notes that explain the cells of a table."""
    direction = {True: "Higher is better. ", False: "Lower is better. ", None: ""}[
        table.get("higher_is_better")]
    return f"{measure_and_unit(table)}. {direction}{table.get('note') or ''}".strip()


LEGEND = (
    "Bold: best mean among the methods of a row. ★: better than the second beyond the 95 % interval of the "
    "paired difference; bold without ★ is not distinguishable from the second. Controls are not ranked."
)


def jobs_line(report):
    jobs = report["jobs"]
    return f"{jobs['done']:,} of {jobs['all']:,} jobs done, {len(jobs['failed']):,} failed"


def duration(seconds):
    """Returns a duration such as "1.5 h", "12 min" or "30 s"; a dash if not known."""
    if seconds is None:
        return "–"
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
