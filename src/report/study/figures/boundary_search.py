"""Figures 4, 5 and 6: what a boundary search found, from its report."""

import matplotlib.pyplot as plt
import numpy as np

from .picture import Drawing, FigureError

SIDES = (("start", "k1", "first frames permuted, k1"), ("end", "k2", "last frames permuted, k2"))


def control(report, what):
    """Returns the mean accuracy of a comparison, None if it was not trained."""
    for row in report["comparisons"]:
        if row["what"] == what and row["accuracies"]:
            return float(np.mean(row["accuracies"]))
    return None


def fitted(row, reference):
    """Returns the accuracy at a k by its difference to k = 0: a race has other repeats at each k."""
    return row["mean"] if row.get("effect") is None else reference["mean"] + row["effect"]


def draw_curve(axes, report, side, name, label):
    rows = report[side]["curve"]
    curve = [row for row in rows if "interval" in row] or rows
    k = [row["k"] for row in curve]
    mean = [fitted(row, rows[0]) for row in curve]
    is_fitted = any(row.get("effect") is not None for row in curve)
    axes.plot(k, mean, "o-", color="black", markersize=4,
              label="fitted over the repeats" if is_fitted else "mean of the repeats")
    if not is_fitted and all("interval" in row for row in curve):
        low = [row["interval"]["low"] for row in curve]
        high = [row["interval"]["high"] for row in curve]
        axes.fill_between(k, low, high, color="0.88", label="95 % interval of the mean")
    paired = [row for row in curve if "against_reference" in row]
    if paired:
        reference = rows[0]["mean"]
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


def draw_curves(report):
    if not all(report[side]["curve"] for side, *_ in SIDES):
        raise FigureError("no training has ended yet")
    figure, both = plt.subplots(1, 2, sharey=True, figsize=(10, 4.8), layout="constrained")
    for axes, (side, name, label) in zip(both, SIDES):
        draw_curve(axes, report, side, name, label)
        axes.legend(fontsize="x-small", loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    both[0].set_ylabel("probe of frozen features, accuracy")
    means = "; ".join(
        f"{name}: " + ", ".join(f"{row['k']} {fitted(row, report[side]['curve'][0]):.3f}"
                                for row in report[side]["curve"])
        for side, name, _ in SIDES
    )
    return Drawing(
        figure,
        f"Two curves of accuracy, over k1 and over k2. By {means}.",
        "Accuracy of validation clips when both views permute the first k1 (left) or the last k2 frames "
        "(right) in training. Repeats share their seeds, so the paired interval is the one to compare by.",
    )


def draw_histograms(report):
    if not report["clips"]:
        raise FigureError("it needs the answer and at least two repeats of its k")
    figure, both = plt.subplots(1, 2, sharey=True, figsize=(10, 3.8), layout="constrained")
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
    clips = report["clips"]
    prefer = [sum(clip[f"prefers_{name}"] for clip in clips) for _, name, _ in SIDES]
    return Drawing(
        figure,
        f"Two bar charts of the k1 and k2 at which clips are right most often. Of {len(clips)} clips, "
        f"{prefer[0]} prefer some k1, {prefer[1]} some k2.",
        "Share of validation clips that are right most often at each k. Clips that are right equally often "
        "at all k stand apart.",
    )


def has_loss_map(report):
    """Returns whether pairs around the answer were trained and some clip prefers one of them."""
    return bool(report.get("signs")) and any(clip["prefers_pair"] for clip in report["clips"])


def draw_loss_map(report):
    if not report["signs"]:
        raise FigureError("it needs the trainings around the answer (boundary plan --compare)")
    decided = [clip for clip in report["clips"] if clip["prefers_pair"]]
    ties = [clip for clip in report["clips"] if not clip["prefers_pair"]]
    if not decided:
        raise FigureError("every clip does equally well at all pairs around the answer")
    k1, k2 = (sorted({clip["pair"][name] for clip in report["clips"]}) for name in ("k1", "k2"))
    total = np.zeros((len(k2), len(k1)))
    count = np.zeros_like(total)
    for clip in decided:
        cell = k2.index(clip["pair"]["k2"]), k1.index(clip["pair"]["k1"])
        total[cell] += clip["loss"]
        count[cell] += 1
    mean = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    limit = max(np.nanmax(np.abs(mean), initial=0), 0.01)
    figure, (axes, apart) = plt.subplots(1, 2, figsize=(7, 4), width_ratios=(3, 1),
                                          layout="constrained")
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
    return Drawing(
        figure,
        f"A map over pairs of k1 and k2 around the answer, for {len(decided)} clips with a pair of their "
        f"own, and a bar of the {len(ties)} that do equally well at all.",
        "Accuracy that the global pair costs clips whose own pair is another one. Pairs are chosen on one "
        "half of the repeats and scored on the other.",
    )
