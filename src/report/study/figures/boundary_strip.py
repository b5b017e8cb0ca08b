"""Figure 2: skeletons along clips, and the first and last frames that the augmentation permutes."""

import matplotlib.pyplot as plt
import numpy as np

from .picture import Drawing, FigureError
from .skeleton import chosen_frames, draw_strip, window_of

# In inches. A clip has a title, a strip, lines from it to a bar, the bar, and room for the bar's words.
WIDTH, MOST_HEIGHT = 10, 3.5
TITLE, LEADERS, BAR, WORDS = 0.3, 0.45, 0.2, 0.45
AROUND = TITLE + LEADERS + BAR + WORDS


def draw_clips(clips):
    """Draws strips one below the other. @param clips  list of (title, skeleton [F, P, 2], points, k1, k2)"""
    heights = [
        min(WIDTH / (len(chosen_frames(len(skeleton))) * _aspect(skeleton, points)), MOST_HEIGHT)
        for _, skeleton, points, *_ in clips
    ]
    total = sum(heights) + AROUND * len(clips)
    figure = plt.figure(figsize=(WIDTH, total))
    top = total
    for (title, skeleton, points, k1, k2), height in zip(clips, heights):
        strip = figure.add_axes((0, (top - TITLE - height) / total, 1, height / total))
        bar = figure.add_axes((0, (top - TITLE - height - LEADERS - BAR) / total, 1, BAR / total))
        draw_strip(strip, bar, skeleton, points, k1, k2, title)
        top -= height + AROUND
    return figure


def draw_boundary_strip(part):
    clips = [(clip["title"], _skeleton(clip), clip["points"], clip["k1"], clip["k2"])
             for clip in part["clips"]]
    if not clips:
        raise FigureError("the report names no clip for it")
    told = "; ".join(
        f"{clip['title']}: {clip['frames']} frames, the first {clip['k1']} and last {clip['k2']} permuted"
        for clip in part["clips"]
    )
    return Drawing(
        draw_clips(clips),
        f"Strips of skeletons at evenly chosen frames. {told}.",
        "Evenly chosen frames of each clip, numbered from 1. Hatched frames are among the first k1 or the "
        "last k2, which the proposed augmentation permutes. "
        "The bar below is the whole clip with both boundaries.",
    )


def _skeleton(clip):
    """Returns a skeleton [F, P, 2], NaN where the report has null."""
    empty = [[None, None]] * len(clip["points"])
    frames = [[point or [None, None] for point in frame or empty] for frame in clip["skeleton"]]
    skeleton = np.array(frames, dtype=float)
    if skeleton.ndim != 3 or skeleton.shape[2] != 2 or skeleton.shape[1] != len(clip["points"]):
        raise FigureError(f"expected frames of {len(clip['points'])} points (x, y) in clip {clip['title']!r}")
    return skeleton


def _aspect(skeleton, points):
    left, right, top, bottom = window_of(skeleton, points)
    return (right - left) / (bottom - top)
