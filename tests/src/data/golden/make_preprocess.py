#!/usr/bin/env python3
"""Golden values of preprocessing, from NumPy's interp and SciPy's savgol_filter in float64.

Run from anywhere with NumPy and SciPy installed; rewrites preprocess.json beside this file.
"""

import json
import pathlib

import numpy
import scipy
from scipy.signal import savgol_filter

CLIP_RULE = (
    "frame t, point p of 75 (pose 33, left hand, right hand), coordinate c of 3, in float32: "
    "0.5 + 0.3 * sin(0.37 * t + 0.11 * p * (c + 1) + 0.7 * c); "
    "missing: pose at t = 0, left hand at t % 5 in (1, 2), the point 40 of it at t = 8 too, "
    "right hand always, the whole pose where is_hands_only"
)
CASES = [
    dict(length=23, points="upper-body", coordinates=2, smooth=False, normalise=True, frames=16,
         shorten="resample", validity=False, canonical_hand=False),
    dict(length=23, points="all", coordinates=3, smooth=True, normalise=True, frames=64,
         shorten="resample", validity=True, canonical_hand=False),
    dict(length=23, points="upper-body", coordinates=2, smooth=True, normalise=False, frames=10,
         shorten="first", validity=True, canonical_hand=True),
    dict(length=23, points="upper-body", coordinates=3, smooth=False, normalise=True, frames=16,
         shorten="resample", validity=True, canonical_hand=True, is_hands_only=True),
    dict(length=6, points="upper-body", coordinates=3, smooth=True, normalise=True, frames=4,
         shorten="resample", validity=False, canonical_hand=False),
]
STRIDE = 7  # every seventh value of the flattened result is kept
POSE, LEFT, RIGHT = slice(0, 33), slice(33, 54), slice(54, 75)


def make_clip(length, is_hands_only=False):
    t, p, c = numpy.meshgrid(numpy.arange(length), numpy.arange(75), numpy.arange(3), indexing="ij")
    clip = (0.5 + 0.3 * numpy.sin(0.37 * t + 0.11 * p * (c + 1) + 0.7 * c))
    clip = clip.astype(numpy.float32).astype(float)
    clip[0, POSE] = numpy.nan
    clip[[frame for frame in range(length) if frame % 5 in (1, 2)], LEFT] = numpy.nan
    clip[8:9, 40] = numpy.nan
    clip[:, RIGHT] = numpy.nan
    if is_hands_only:
        clip[:, POSE] = numpy.nan
    return clip


# MediaPipe numbers the pose in pairs, left before right: eyes 1-3 and 4-6, ears 7 and 8,
# mouth 9 and 10, and so on.
POSE_PARTNERS = [0, 4, 5, 6, 1, 2, 3] + [other for left in range(7, 33, 2) for other in (left + 1, left)]


def mirrored(body, flags, middle):
    pose = body.shape[1] - 42
    order = [*POSE_PARTNERS[:pose], *range(pose + 21, pose + 42), *range(pose, pose + 21)]
    body = body[:, order].copy()
    body[:, :, 0] = 2 * middle - body[:, :, 0]  # NaN stays NaN
    return body, flags[:, [0, 2, 1]]


def is_left_handed(parts):
    """Which wrist, over the frames that show it, is further from its mean in sum."""
    left, right = (part[~numpy.isnan(part[:, 0, :2]).any(1), 0, :2] for part in parts[1:])
    activity = [numpy.linalg.norm(wrist - wrist.mean(0), axis=1).sum() if len(wrist) else 0
                for wrist in (left, right)]
    return activity[0] > activity[1]


def preprocess(clip, points, coordinates, smooth, normalise, frames, shorten, validity, canonical_hand):
    pose = clip[:, POSE] if points == "all" else clip[:, :23]
    parts = [part[:, :, :coordinates] for part in (pose, clip[:, LEFT], clip[:, RIGHT])]
    flags = numpy.stack([(~numpy.isnan(part)).any(axis=(1, 2)) for part in parts], axis=1).astype(float)
    is_left = canonical_hand and is_left_handed(parts)
    times = numpy.arange(len(clip))
    for part in parts:
        for index in numpy.ndindex(part.shape[1:]):
            column = (slice(None), *index)
            known = ~numpy.isnan(part[column])
            if known.any():
                part[column] = numpy.interp(times, times[known], part[column][known])
    are_missing = [numpy.isnan(part).all() for part in parts]

    if smooth and len(clip) >= 7:  # savgol_filter refuses NaN; undetected parts need no smoothing
        parts = [part if missing else savgol_filter(part, 7, 2, axis=0)
                 for part, missing in zip(parts, are_missing)]
    body = numpy.concatenate(parts, axis=1)
    if normalise:
        ends, origin = body[:, 11:13], body[:, 11:13]
        if numpy.isnan(ends).any():  # without shoulders: wrist and middle_finger_mcp of the only hand
            ends, origin = parts[1][:, [0, 9]], parts[1]
        distance = numpy.linalg.norm(ends[:, 0, :2] - ends[:, 1, :2], axis=1).mean()
        body = (body - origin.mean(axis=(0, 1))) / distance
    if len(body) > frames:
        if shorten == "first":
            body, flags = body[:frames], flags[:frames]
        else:
            at = numpy.linspace(0, len(body) - 1, frames)
            flat = body.reshape(len(body), -1)
            flat = numpy.stack([numpy.interp(at, times, column) for column in flat.T], axis=1)
            body = flat.reshape(frames, *body.shape[1:])
            flags = numpy.stack([numpy.interp(at, times, column) for column in flags.T], axis=1)
    if is_left:
        body, flags = mirrored(body, flags, 0 if normalise else 0.5)

    features = numpy.nan_to_num(body.reshape(len(body), -1), nan=0.0)
    if validity:
        features = numpy.concatenate([features, flags], axis=1)
    return features


def main():
    cases = []
    for case in CASES:
        options = {name: value for name, value in case.items() if name not in ("length", "is_hands_only")}
        features = preprocess(make_clip(case["length"], case.get("is_hands_only", False)), **options)
        values = [round(value, 9) for value in features.ravel()[::STRIDE].tolist()]
        cases.append({**case, "shape": features.shape, "values": values})
    golden = {
        "made_by": f"make_preprocess.py, NumPy {numpy.__version__}, SciPy {scipy.__version__}",
        "clip_rule": CLIP_RULE,
        "stride": STRIDE,
        "cases": cases,
    }
    path = pathlib.Path(__file__).with_name("preprocess.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
