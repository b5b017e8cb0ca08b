"""Draws frames of a skeleton in a strip, the permuted ones marked: for figure 2 and skeleton_strip.py."""

import numpy as np
from matplotlib.patches import Circle, ConnectionPatch

# Pairs of MediaPipe Holistic's points, by name.
BODY = (
    ("left_shoulder", "right_shoulder"),
    ("left_shoulder", "left_elbow"),
    ("left_elbow", "left_wrist"),
    ("right_shoulder", "right_elbow"),
    ("right_elbow", "right_wrist"),
    ("left_shoulder", "left_hip"),
    ("right_shoulder", "right_hip"),
    ("left_hip", "right_hip"),
)
EARS = ("pose.left_ear", "pose.right_ear")
HEAD_WIDTH = 1.9  # relative to the distance between the ears
FINGERS = (
    ("wrist", "thumb_cmc", "thumb_mcp", "thumb_ip", "thumb_tip"),
    *(
        ("wrist", *(f"{finger}_{part}" for part in ("mcp", "pip", "dip", "tip")))
        for finger in ("index_finger", "middle_finger", "ring_finger", "pinky")
    ),
)
SHOWN = 8
PERMUTED = {"facecolor": "0.9", "edgecolor": "0.78", "hatch": "////", "linewidth": 0}


def bones(points):
    """Returns [(first, second, is_hand)], as numbers of points, of the bones whose points exist."""
    place = {name: number for number, name in enumerate(points)}
    named = [(f"pose.{a}", f"pose.{b}", False) for a, b in BODY]
    named += [
        (f"{side}.{a}", f"{side}.{b}", True)
        for side in ("left_hand", "right_hand")
        for finger in FINGERS
        for a, b in zip(finger, finger[1:])
    ]
    return [(place[a], place[b], is_hand) for a, b, is_hand in named if a in place and b in place]


def ears(points):
    """Returns the numbers of the ears' points that exist."""
    return [number for number, name in enumerate(points) if name in EARS]


def chosen_frames(frames, shown=SHOWN):
    """Returns the numbers of evenly chosen frames, including the first and the last."""
    return np.unique(np.linspace(0, frames - 1, min(shown, frames)).round().astype(int))


def window_of(skeleton, points):
    """Returns (left, right, top, bottom) around nearly all drawn points of a clip [F, P, 2], y downwards."""
    drawn = sorted({point for first, second, _ in bones(points) for point in (first, second)} |
                   set(ears(points)))
    known = skeleton[:, drawn][np.isfinite(skeleton[:, drawn]).all(axis=2)]
    if not len(known):
        return -1, 1, -1, 1
    (left, top), (right, bottom) = np.percentile(known, [0.5, 99.5], axis=0)
    margin = 0.1 * max(right - left, bottom - top, 1e-6)
    return left - margin, right + margin, top - 2 * margin, bottom + margin


def draw_skeleton(axes, frame, points, shift=0.0):
    """Draws one frame [P, 2]: body in grey, hands thin and black. Undetected points are left out."""
    both = frame[ears(points)]
    if len(both) == 2 and np.isfinite(both).all():
        centre, width = both.mean(axis=0), HEAD_WIDTH * np.linalg.norm(both[0] - both[1])
        axes.add_patch(
            Circle((centre[0] + shift, centre[1]), width / 2, fill=False, edgecolor="0.35",
                   linewidth=1.8, zorder=3)
        )
    for first, second, is_hand in bones(points):
        ends = frame[[first, second]]
        if np.isfinite(ends).all():
            axes.plot(
                ends[:, 0] + shift,
                ends[:, 1],
                "-",
                color="black" if is_hand else "0.35",
                linewidth=0.7 if is_hand else 1.8,
                solid_capstyle="round",
                zorder=3,
            )


def draw_strip(axes, timeline, skeleton, points, k1, k2, title):
    """Draws chosen frames side by side in `axes`, and their places in the clip in `timeline`.

    @param skeleton  [F, P, 2], NaN = not detected
    @param k1, k2    numbers of first and last frames that are permuted
    """
    frames = len(skeleton)
    chosen = chosen_frames(frames)
    left, right, top, bottom = window_of(skeleton, points)
    width = right - left
    for place, number in enumerate(chosen):
        if number < k1 or number >= frames - k2:
            axes.axvspan(place * width, (place + 1) * width, **PERMUTED, zorder=0)
        draw_skeleton(axes, skeleton[number], points, place * width - left)
        axes.axvline(place * width, color="0.7", linewidth=0.6, zorder=1)
    axes.set(xlim=(0, len(chosen) * width), ylim=(bottom, top), aspect="equal", xticks=[], yticks=[])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_title(title, loc="left", fontsize="medium")
    _draw_timeline(axes, timeline, frames, chosen, width, k1, k2)


def _draw_timeline(axes, timeline, frames, chosen, width, k1, k2):
    """Draws frames 1 to F as a bar with the permuted ends hatched and a line from each
    shown frame to its picture."""
    timeline.axvspan(0, frames, facecolor="white", edgecolor="0.3", linewidth=0.8)
    for begin, end, name in ((0, k1, "k1"), (frames - k2, frames, "k2")):
        if end > begin:
            timeline.axvspan(begin, end, **PERMUTED)
            timeline.text(
                (begin + end) / 2, -0.15, f"{name} = {end - begin}: permuted", ha="center", va="top",
                fontsize="small"
            )
    for boundary in (k1, frames - k2):
        if 0 < boundary < frames:
            timeline.axvline(boundary, color="black", linewidth=2)
            timeline.text(
                boundary,
                1.1,
                str(boundary),
                ha="center",
                va="bottom",
                fontsize="small",
                fontweight="bold",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
                zorder=5,
            )
    if k1 + k2 < frames:
        timeline.text((k1 + frames - k2) / 2, -0.15, "kept in order", ha="center", va="top", fontsize="small")
    for place, number in enumerate(chosen):
        timeline.plot(number + 0.5, 0.5, "o", color="black", markersize=3.5, zorder=4)
        axes.add_artist(
            ConnectionPatch(
                (number + 0.5, 0.5),
                ((place + 0.5) * width, 0),
                "data",
                axes.get_xaxis_transform(),
                axesA=timeline,
                axesB=axes,
                color="0.5",
                linewidth=0.6,
            )
        )
        axes.text(
            (place + 0.5) * width,
            1,
            f"{number + 1}",
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="top",
            fontsize="small",
        )
    timeline.set(xlim=(0, frames), ylim=(0, 1), yticks=[], xticks=[])
    timeline.spines[["left", "bottom"]].set_visible(False)
    timeline.text(0, 1.1, "0", ha="left", va="bottom", fontsize="small")
    timeline.text(frames, 1.1, f"{frames} frames", ha="right", va="bottom", fontsize="small")
