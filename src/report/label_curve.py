#!/usr/bin/env python3
"""Draws a label curve: accuracy of each encoder and control against the number of labels.

Usage: label_curve.py RESULT.json    reads what evaluate --protocol label-curve wrote
                                     and writes RESULT.png beside it
"""
import json
import sys
from pathlib import Path

from study.figures.picture import plt, save
from study.figures.styles import COLOURS, DASHES, MARKERS, at


def read_result(path):
    result = json.loads(path.read_text())
    if not result.get("points"):
        sys.exit(f"{path} holds no label curve: evaluate --protocol label-curve writes one")
    return result


def words_of(point):
    asked = (f"{point['clips_a_class']} per class" if "clips_a_class" in point
             else f"{100 * point['share']:g} %")
    chosen_by = point.get("validation_labels", 0)
    return (f"{asked}\n{point['labels'] - chosen_by} + {chosen_by}" if chosen_by
            else f"{asked}\n{point['labels']}")


def draw(result):
    """Draws points at equal distances in the order of their numbers of labels,
    because shares and numbers mix."""
    points = sorted(result["points"], key=lambda point: point["labels"])
    figure, axes = plt.subplots(figsize=(6.6, 4.2))
    for number, row in enumerate(points[0]["rows"]):
        values = [point["rows"][number]["top1"] for point in points]
        means = [value["mean"] for value in values]
        axes.plot(range(len(points)), means, label=f"{row['name']}, {row['classifier']}",
                  color=at(COLOURS, number), marker=at(MARKERS, number), markersize=4,
                  linestyle=at(DASHES, number), linewidth=1)
        axes.fill_between(range(len(points)), [value["low"] for value in values],
                          [value["high"] for value in values], color=at(COLOURS, number), alpha=0.12,
                          linewidth=0)
    axes.set_xticks(range(len(points)), [words_of(point) for point in points])
    also = (" (to learn from + to choose settings by)"
            if any(point.get("validation_labels") for point in points) else "")
    axes.set_xlabel(f"labels used: option, and number of labels{also}")
    axes.set_ylabel("top-1 accuracy")
    axes.set_ylim(0, 1)
    axes.set_title(f"{result['parts']}; {result['interval']}", fontsize=8)
    axes.legend(fontsize=7, loc="lower right")
    return figure


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    path = Path(sys.argv[1])
    save(draw(read_result(path)), path.with_suffix(".png"))


if __name__ == "__main__":
    main()
