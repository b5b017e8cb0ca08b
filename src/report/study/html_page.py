"""Writes index.html: the whole report as one page that needs no other file and no network."""

import base64
from pathlib import Path

from . import cells
from .html import Markup, element, scrolling, table, void
from .html_tables import published_table, table_section

SECTIONS = (
    ("tables", "Results"),
    ("claims", "Claims"),
    ("figures", "Figures"),
    ("published", "Published"),
    ("classes", "Classes"),
    ("measured", "How it was measured"),
)
# What a page may load: only what it contains.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def write_page(report, pictures, path):
    """@param pictures  list of figures.Picture, in the order of the report"""
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    head = [
        void("meta", charset="utf-8"),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", http_equiv="Content-Security-Policy", content=POLICY),
        void("link", rel="icon", href="data:,"),
        element("title", report["title"]),
        element("style", Markup(style)),
    ]
    body = [
        element("header", _header(report, pictures)),
        element(
            "main",
            [
                *_tables(report),
                *_claims(report),
                *_figures(pictures),
                *_published(report),
                *_classes(report, pictures),
                *_measured(report),
            ],
        ),
    ]
    page = element("html", [element("head", head), element("body", body)], lang="en")
    path.write_text(f"<!DOCTYPE html>\n{page}\n", encoding="utf-8")


def _header(report, pictures):
    jobs = report["jobs"]
    yield element("h1", report["title"])
    yield element(
        "p",
        f"{report['program']} · {cells.jobs_line(report)} · training "
        f"{cells.duration(jobs['training_seconds'])} · {cells.count(report['runs'], 'run')} of each "
        f"pretraining · interval: {report['interval']}",
        class_="soft",
    )
    yield from _alarms(report, pictures)
    links = [
        element("li", element("a", title, href=f"#{name}"))
        for name, title in SECTIONS
        if name != "classes" or report["classes"]
    ]
    yield element("nav", element("ul", links), aria_label="Sections")


def _alarms(report, pictures):
    """Returns the failed jobs and figures, which the page shows first."""
    failed = report["jobs"]["failed"]
    if not report["complete"] or failed:
        names = [element("li", [element("b", f"{job['name']} failed: "), job["error"]]) for job in failed]
        yield element(
            "div",
            [
                element("p", element("strong", f"Not complete: {cells.jobs_line(report)}.")),
                element("p", "The numbers below are from the jobs that are done."),
                element("ul", names) if names else "",
            ],
            class_="loud",
            role="alert",
        )
    missing = [element("li", [element("b", f"{each.title}: "), each.error])
               for each in pictures if not each.is_made]
    if missing:
        yield element(
            "div",
            [element("p", element("strong", "Figures that could not be drawn")), element("ul", missing)],
            class_="loud",
            role="alert",
        )


def _section(name, content):
    return element("section", [element("h2", dict(SECTIONS)[name]), *content], id=name)


def _tables(report):
    yield _section("tables", [element("p", cells.LEGEND)])
    for each in report["tables"]:
        yield table_section(each, report)


def _claims(report):
    rows = [
        [
            claim["id"],
            element("td", claim["says"], class_="wide"),
            element("td", claim["verdict"], class_="verdict"),
            element("td", claim["evidence"], class_="wide"),
        ]
        for claim in report["claims"]
    ]
    yield _section(
        "claims",
        [table("Claims of the paper, and the results here", ["", "Claim", "Verdict", "Evidence"], rows)]
    )


def _figures(pictures):
    yield _section("figures", [figure(each) for each in pictures if not each.of_classes])


def figure(picture):
    """Returns a picture with its title, or the reason why there is none."""
    caption = element("figcaption", [element("b", f"{picture.title}. "), picture.caption])
    if not picture.is_made:
        return element("figure",
                       [element("div", element("p", f"Not drawn: {picture.error}"), class_="loud"), caption])
    data = base64.b64encode(picture.svg).decode()
    image = void(
        "img",
        alt=picture.alt,
        class_="broad" if picture.is_broad else None,
        src=f"data:image/svg+xml;base64,{data}",
    )
    return element("figure", [scrolling(image, picture.title), caption], id=picture.name)


def _published(report):
    yield _section(
        "published",
        [
            element(
                "p", "The paper's table 6, as printed: single numbers without intervals, "
                     "on its own data and splits."
            ),
            published_table(report["published"], "Comparison with the state of the art, published"),
        ],
    )


def _classes(report, pictures):
    if not report["classes"]:
        return
    confusions = iter(each for each in pictures if each.of_classes)
    blocks = []
    for each in report["classes"]:
        rows = [
            [
                name,
                *(
                    element("td", text, class_="number")
                    for text in (cells.whole(row["clips"]),
                                 *(cells.share(row[what]) for what in ("precision", "recall", "f1")))
                ),
            ]
            for name, row in zip(each["names"], each["per_class"])
        ]
        title = class_title(each)
        blocks.append(
            element(
                "details",
                [
                    element("summary", title),
                    table(
                        "Classes, over all runs and folds",
                        ["Class", "Test clips", "Precision, %", "Recall, %", "F1, %"],
                        rows,
                    ),
                    figure(next(confusions)),
                ],
            )
        )
    yield _section("classes", blocks)


def class_title(each):
    augmentation = f" ({each['augmentation']})" if each.get("augmentation") else ""
    return f"Table {each['table']}, {each['data']}: {each['column_title']}{augmentation}"


def _measured(report):
    data = [
        [
            each["title"],
            each.get("language") or "–",
            *(element("td", f"{each[what]:,}", class_="number") for what in ("clips", "classes", "signers")),
            each.get("licence") or "–",
            each.get("source") or "–",
        ]
        for each in report["data"]
    ]
    folds = [
        [
            each["title"],
            fold["name"],
            fold["how"],
            *(
                element("td", cells.whole(fold[part]), class_="number")
                for part in ("pretrain", "train", "validation", "test")
            ),
        ]
        for each in report["data"]
        for fold in each["folds"]
    ]
    yield _section(
        "measured",
        [
            element(
                "p",
                f"Runs: {report['runs']} of each pretraining, each from its own seed. "
                f"Interval: {report['interval']}.",
            ),
            table("Data", ["Data set", "Language", "Clips", "Classes", "Signers", "Licence", "Source"], data),
            table("Splits, clips",
                  ["Data set", "Fold", "How", "Pretraining", "Training", "Validation", "Test"], folds),
            element("p", ["Command: ", element("code", report["command"])]),
            element(
                "details",
                [element("summary", "Study file"),
                 element("pre", element("code", report["study_file"]), tabindex="0")],
            ),
        ],
    )
