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

import numpy as np

from study.figures.picture import plt, save

SIDES = (("start", "k1", "first frames permuted, k1"), ("end", "k2", "last frames permuted, k2"))


def read_report(study):
    path = study / "report" / "report.json"
    if not path.exists():
        sys.exit(f"{path} is missing: sslslr boundary report --study {study} writes it")
    return json.loads(path.read_text())


def control(report, what):
    """Returns the mean accuracy of a comparison, None if it was not trained."""
    for row in report["comparisons"]:
        if row["what"] == what and row["accuracies"]:
            return float(np.mean(row["accuracies"]))
    return None


def draw_curve(axes, report, side, name, label):
    curve = [row for row in report[side]["curve"] if "interval" in row] or report[side]["curve"]
    k = [row["k"] for row in curve]
    mean = [row["mean"] for row in curve]
    axes.plot(k, mean, "o-", color="black", markersize=4, label="mean of the repeats")
    if curve and all("interval" in row for row in curve):
        low = [row["interval"]["low"] for row in curve]
        high = [row["interval"]["high"] for row in curve]
        axes.fill_between(k, low, high, color="0.88", label="95 % interval of the mean")
    paired = [row for row in curve if "against_reference" in row]
    if paired:
        reference = curve[0]["mean"]
        low = [reference + row["against_reference"]["low"] for row in paired]
        high = [reference + row["against_reference"]["high"] for row in paired]
        axes.fill_between([row["k"] for row in paired], low, high, color="0.65",
                          label="95 % interval of the paired difference to none")
    for what, style in (("random weights", ":"), ("no permutation", "--")):
        value = control(report, what)
        if value is not None:
            axes.axhline(value, color="0.35", linewidth=1, linestyle=style, label=what)
    if report[name] is not None:
        supported = report[side].get("verdict", {}).get("is_supported", False)
        axes.axvline(report[name], color="black", linewidth=1,
                     label=f"{name} = {report[name]}" + ("" if supported else ", not supported by the data"))
    axes.set_xlabel(f"{label} (of {report['frames']})")


def draw_curves(report, path):
    figure, both = plt.subplots(1, 2, sharey=True, figsize=(10, 4.8))
    for axes, (side, name, label) in zip(both, SIDES):
        draw_curve(axes, report, side, name, label)
        axes.legend(fontsize="x-small", loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    both[0].set_ylabel("linear evaluation, accuracy")
    save(figure, path)


def draw_histograms(report, path):
    figure, both = plt.subplots(1, 2, sharey=True, figsize=(10, 3.8))
    for axes, (side, name, label) in zip(both, SIDES):
        k = [row["k"] for row in report[side]["curve"]]
        own = [clip[name] for clip in report["clips"]]
        prefers = [clip[f"prefers_{name}"] for clip in report["clips"]]
        decided = [sum(o == value and p for o, p in zip(own, prefers)) for value in k]
        indifferent = sum(o is not None and not p for o, p in zip(own, prefers))
        share = 100 / max(len(own), 1)
        width = 0.8 * min(np.diff(k), default=1)
        axes.bar(k, np.array(decided) * share, width, color="0.3", label="with a preference")
        apart = k[-1] + 1.5 * width / 0.8
        axes.bar([apart], [indifferent * share], width, color="white", edgecolor="0.3", hatch="//",
                 label="no preference")
        axes.set_xticks([*k, apart], [*map(str, k), "none"])
        axes.set_xlabel(f"{label}: the clip's own best")
        axes.legend(fontsize="x-small")
    both[0].set_ylabel("share of validation clips, %")
    save(figure, path)


def draw_loss_map(report, path):
    decided = [clip for clip in report["clips"] if clip["prefers_pair"]]
    ties = [clip for clip in report["clips"] if not clip["prefers_pair"]]
    k1, k2 = (sorted({clip["pair"][name] for clip in report["clips"]}) for name in ("k1", "k2"))
    total = np.zeros((len(k2), len(k1)))
    count = np.zeros_like(total)
    for clip in decided:
        cell = k2.index(clip["pair"]["k2"]), k1.index(clip["pair"]["k1"])
        total[cell] += clip["loss"]
        count[cell] += 1
    mean = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    limit = max(np.nanmax(np.abs(mean), initial=0), 0.01)
    figure, (axes, apart) = plt.subplots(1, 2, figsize=(7, 4), width_ratios=(3, 1))
    image = axes.imshow(mean, origin="lower", cmap="PuOr", vmin=-limit, vmax=limit, aspect="auto")
    for (row, column), clips in np.ndenumerate(count):
        if clips:
            strong = abs(mean[row, column]) > 0.6 * limit
            axes.text(column, row, f"{mean[row, column]:+.2f}\n{int(clips)}", ha="center", va="center",
                      fontsize="x-small", color="white" if strong else "black")
    axes.set_xticks(range(len(k1)), k1)
    axes.set_yticks(range(len(k2)), k2)
    axes.set_xlabel("the clip's own k1")
    axes.set_ylabel("the clip's own k2")
    axes.set_title(f"accuracy that k1 = {report['k1']}, k2 = {report['k2']} costs these clips\n"
                   "(below: their number)", fontsize="small")
    figure.colorbar(image, ax=axes)
    apart.bar(["equally well\nat all pairs"], [len(ties)], color="white", edgecolor="0.3", hatch="//")
    apart.set_ylabel("clips")
    save(figure, path)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    study = Path(sys.argv[1])
    report = read_report(study)
    folder = study / "report"
    draw_curves(report, folder / "curves.png")
    if report["clips"]:
        draw_histograms(report, folder / "histograms.png")
    else:
        print("no histograms yet: they need the answer and at least two repeats of its k")
    if not report["signs"]:
        print("no loss map: it needs the trainings around the answer (boundary plan --compare)")
    elif not any(clip["prefers_pair"] for clip in report["clips"]):
        print("no loss map: every clip does equally well at all pairs around the answer")
    else:
        draw_loss_map(report, folder / "loss_map.png")


if __name__ == "__main__":
    main()
