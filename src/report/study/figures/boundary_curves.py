"""Figure 4: accuracy against the number of first and of last frames permuted."""

import matplotlib.pyplot as plt
import numpy as np

from .picture import Drawing, FigureError

SIDES = (("start", "k1", "first frames permuted, k1"), ("end", "k2", "last frames permuted, k2"))


def draw_boundary(part):
    if not part["start"]["k"] and not part["end"]["k"]:
        raise FigureError("the report holds no point of its curves")
    figure, both = plt.subplots(1, 2, sharey=True, figsize=(9, 3.8), layout="constrained")
    for axes, (side, name, label) in zip(both, SIDES):
        supported = (part.get("supported") or {}).get(side)
        if supported is None:
            supported = (part.get("supported") or {}).get(name)
        _draw_side(axes, part[side], part[name], name, supported)
        axes.set_xlabel(label)
        axes.legend(fontsize="small")
    both[0].set_ylabel("linear evaluation, accuracy, %")
    return Drawing(
        figure,
        "Accuracy against the number of permuted frames, for the start and the end of clips. "
        f"Answers: k1 = {part['k1']}, "
        f"k2 = {part['k2']}.",
        "Mean of the repeats with 95 % intervals; the line marks the length that the search answers.",
    )


def _draw_side(axes, curve, answer, name, supported):
    k, mean, low, high = (np.array(curve[each], dtype=float) for each in ("k", "mean", "low", "high"))
    axes.fill_between(k, 100 * low, 100 * high, color="0.87", linewidth=0, label="95 % interval")
    axes.plot(k, 100 * mean, "o-", color="black", markersize=4, label="mean")
    if answer is not None:
        doubt = ", not supported by the data" if supported is False else ""
        axes.axvline(answer, color="black", linestyle="--", linewidth=1.2, label=f"{name} = {answer}{doubt}")
