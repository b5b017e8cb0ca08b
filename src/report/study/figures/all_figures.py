"""Draws the figures of a report, in the order in which they are shown."""

import re
from functools import partial

from .. import cells
from .accuracy_chart import draw_accuracies
from .boundary_search import draw_curves, draw_histograms, draw_loss_map, has_loss_map
from .boundary_strip import draw_boundary_strip
from .collapse import draw_collapse
from .confusion import draw_confusion
from .embedding import draw_embedding
from .picture import FigureError, make_picture


def make_figures(report, study, folder):
    """Writes each figure as SVG into `folder`.

    @param study  the study's folder; paths of feature files are relative to it
    @return  list of Picture, those of classes last, in the order of report["classes"]
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [make_picture(name, title, draw, folder) for name, title, draw in _wanted(report, study)]
    for number, each in enumerate(report["classes"], 1):
        parts = (f"confusion-{number}", each["table"], each["data"], each["column"])
        name = "-".join(re.sub(r"[^A-Za-z0-9.]+", "-", part) for part in parts)
        title = f"Confusion matrix, table {each['table']}, {each['data']}: {each['column_title']}"
        pictures.append(make_picture(name, title, lambda each=each: draw_confusion(each), folder,
                                     of_classes=True))
    return pictures


def _wanted(report, study):
    parts = report["figures"]
    for table in report["tables"]:
        if cells.is_accuracy(table):
            yield (
                f"accuracy-{table['name']}",
                f"Table {table['name']} as a chart: {table['title']}",
                lambda table=table: draw_accuracies(table),
            )
    if parts.get("2"):
        yield "figure-2", "Figure 2: first and last frames", lambda: draw_boundary_strip(parts["2"])
    yield from _of_searches(parts.get("4", {}).get("searches", []))
    if parts.get("7"):
        yield "figure-7", "Figure 7: the embedding", lambda: draw_embedding(parts["7"], study)
    if parts.get("8"):
        yield "figure-8", "Figure 8: spread and accuracy without parts of SL-FPN", lambda: draw_collapse(
            parts["8"], report["tables"]
        )


def _of_searches(searches):
    for number, search in enumerate(searches, 1):
        def drawn(draw, search=search):
            if search.get("missing"):
                raise FigureError(search["missing"])
            return draw(search["report"])

        wanted = [("4", "accuracy against k1 and k2", draw_curves)]
        report = search.get("report") or {}
        if report.get("clips"):
            wanted.append(("5", "the clips' own k1 and k2", draw_histograms))
        if has_loss_map(report):
            wanted.append(("6", "what the global pair costs", draw_loss_map))
        for figure, what, draw in wanted:
            name = f"figure-{figure}" + (f"-{number}" if len(searches) > 1 else "")
            yield name, f"Figure {figure}: {what} ({search['title']})", partial(drawn, draw)
