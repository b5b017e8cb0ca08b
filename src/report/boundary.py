#!/usr/bin/env python3
"""Draws the results of a boundary search.

Usage: boundary.py FOLDER    reads FOLDER/report/report.json (sslslr boundary report writes it)
                             and writes beside it
    curves.png      accuracy against k1 and against k2, with 95 % bands (figure 4 of the paper)
    histograms.png  number of clips that do best at each k1 and k2 (figure 5)
    loss_map.png    accuracy that the global pair of k1 and k2 costs clips, by their own pair (figure 6)
"""
import json
import sys
from pathlib import Path

from study.figures.boundary_search import draw_curves, draw_histograms, draw_loss_map
from study.figures.picture import FigureError

FIGURES = (("curves", draw_curves), ("histograms", draw_histograms), ("loss_map", draw_loss_map))


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    path = Path(sys.argv[1]) / "report" / "report.json"
    if not path.exists():
        sys.exit(f"{path} is missing: sslslr boundary report --study {sys.argv[1]} writes it")
    report = json.loads(path.read_text())
    for name, draw in FIGURES:
        picture = path.with_name(f"{name}.png")
        try:
            draw(report).figure.savefig(picture, dpi=150)
            print(picture)
        except FigureError as error:
            print(f"no {picture.name}: {error}")


if __name__ == "__main__":
    main()
