#!/usr/bin/env python3
"""Makes the report of a study from FOLDER/report/report.json,
which `sslslr study report --study FILE` writes.

Writes beside it:
    index.html        one page with everything, which needs no other file and no network
    tables/NAME.csv   a line for each cell and measure, for programs
    tables/NAME.tex   tables for LaTeX with booktabs
    figures/NAME.svg  figures

Exit codes: 0 all is written; 1 a figure could not be drawn (the page says which and why; all else is
written); 2 wrong options, or a Python without the packages; 3 report.json is missing, damaged or of another
version, or FOLDER cannot be written.
"""

import argparse
import sys
from pathlib import Path

FIGURE_MISSING, BAD_OPTION, BAD_DATA = 1, 2, 3


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="the study's folder")
    return parser.parse_args()


def write_report(study):
    """Writes the report. Returns the figures that could not be drawn."""
    # Needs no package, so that its errors come before that of a missing package.
    from study.read_report import read_report

    folder = study / "report"
    report = read_report(folder / "report.json")

    from study.csv_tables import write_csv
    from study.figures.all_figures import make_figures
    from study.html_page import write_page
    from study.latex_tables import write_latex

    (folder / "tables").mkdir(exist_ok=True)
    for table in report["tables"]:
        write_csv(table, report, folder / "tables" / f"{table['name']}.csv")
        write_latex(table, report, folder / "tables" / f"{table['name']}.tex")
    pictures = make_figures(report, study, folder / "figures")
    write_page(report, pictures, folder / "index.html")
    print(f"report: {folder / 'index.html'}")
    return [picture for picture in pictures if not picture.is_made]


def main():
    options = parse_options()
    from study.read_report import ReportError

    try:
        missing = write_report(options.folder)
    except ReportError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_DATA
    except ImportError as error:
        print(f"error: {error}: run this with .venv/bin/python, which launch/setup installs", file=sys.stderr)
        return BAD_OPTION
    except OSError as error:
        print(f"error: {error.filename}: cannot be written ({error.strerror})", file=sys.stderr)
        return BAD_DATA
    for picture in missing:
        print(f"error: {picture.title}: not drawn: {picture.error}", file=sys.stderr)
    return FIGURE_MISSING if missing else 0


if __name__ == "__main__":
    sys.exit(main())
