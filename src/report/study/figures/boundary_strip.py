"""Figure 2: what the first and last frames of clips show, and which of them the augmentation permutes."""

import matplotlib.pyplot as plt
import numpy as np

from .picture import Drawing, FigureError
from .skeleton import draw_strip, window_of


def draw_clips(clips):
    """@param clips  list of (title, skeleton [F, P, 2], points, k1, k2)"""
    wides = [8 * _aspect(skeleton) for _, skeleton, *_ in clips]
    heights = [10 / max(wide, 1) + 0.2 for wide in wides]
    figure = plt.figure(figsize=(10, sum(heights) + 1.0 * len(clips)))
    rows = figure.add_gridspec(2 * len(clips), 1, height_ratios=[each for height in heights for each in (height, 0.22)],
                               hspace=0.5)
    for number, (title, skeleton, points, k1, k2) in enumerate(clips):
        draw_strip(figure.add_subplot(rows[2 * number]), figure.add_subplot(rows[2 * number + 1]), skeleton, points, k1, k2,
                   title)
    return figure


def draw_boundary_strip(part):
    clips = [(clip["title"], _skeleton(clip), clip["points"], clip["k1"], clip["k2"]) for clip in part["clips"]]
    if not clips:
        raise FigureError("the report names no clip for it")
    told = "; ".join(f"{clip['title']}: {clip['frames']} frames, the first {clip['k1']} and last {clip['k2']} permuted"
                     for clip in part["clips"])
    return Drawing(draw_clips(clips), f"Strips of skeletons at evenly chosen frames. {told}.",
                   "Evenly chosen frames of each clip, numbered from 1; hatched frames lie among the first k1 or the last k2, "
                   "which the proposed augmentation permutes. The bar below is the whole clip with both boundaries.")


def _skeleton(clip):
    """[F, P, 2], NaN where the report says null."""
    empty = [[None, None]] * len(clip["points"])
    frames = [[point or [None, None] for point in frame or empty] for frame in clip["skeleton"]]
    skeleton = np.array(frames, dtype=float)
    if skeleton.ndim != 3 or skeleton.shape[2] != 2 or skeleton.shape[1] != len(clip["points"]):
        raise FigureError(f"expected frames of {len(clip['points'])} points (x, y) in clip {clip['title']!r}")
    return skeleton


def _aspect(skeleton):
    left, right, top, bottom = window_of(skeleton)
    return (right - left) / (bottom - top)
