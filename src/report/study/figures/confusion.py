"""A confusion matrix in shades of grey."""

import matplotlib.pyplot as plt
import numpy as np

from .picture import Drawing
from .styles import short

MOST_NUMBERS = 20  # up to this many classes each cell shows its share
MOST_NAMES = 60


def draw_confusion(each):
    counts = np.array(each["confusion"], dtype=float).reshape(len(each["names"]), -1)
    of_row = counts.sum(axis=1, keepdims=True)
    shares = 100 * np.divide(counts, of_row, out=np.zeros_like(counts), where=of_row > 0)
    size, names = len(counts), [short(name, 18) for name in each["names"]]
    inches = 2 + min(0.42 * size if size <= MOST_NUMBERS else 0.17 * size, 9)
    figure, axes = plt.subplots(figsize=(inches + 0.8, inches), layout="constrained")
    image = axes.imshow(shares, cmap="Greys", vmin=0, vmax=100)
    if size <= MOST_NUMBERS:
        for (row, column), share in np.ndenumerate(shares):
            if counts[row, column]:
                axes.text(
                    column,
                    row,
                    f"{share:.0f}",
                    ha="center",
                    va="center",
                    fontsize="small",
                    color="white" if share > 50 else "black",
                )
    if size <= MOST_NAMES:
        axes.set_xticks(range(size), names, rotation=90,
                        fontsize="small" if size <= MOST_NUMBERS else "xx-small")
        axes.set_yticks(range(size), names, fontsize="small" if size <= MOST_NUMBERS else "xx-small")
    axes.set(xlabel="predicted", ylabel="true")
    axes.spines[:].set_visible(True)
    figure.colorbar(image, ax=axes, label="share of the true class's clips, %", shrink=0.8)
    return Drawing(
        figure,
        f"Confusion matrix: {_worst(shares, each['names'])}",
        "Share of each true class's clips by predicted class, in per cent, over all runs and folds.",
    )


def _worst(shares, names):
    """Returns the most frequent confusion in words."""
    wrong = shares * (1 - np.eye(len(shares)))
    if not wrong.size or wrong.max() == 0:
        return "no clip is classified wrongly."
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    return (f"{names[row]} is most often classified as {names[column]}, "
            f"in {wrong[row, column]:.0f} % of its clips.")
