"""check_preprocessing.py FOLDER STORE.h5: preprocesses the clips of an export's sample in NumPy, only from
its config.json, and prints the largest difference from the frames of the sample."""
import json
import sys
from pathlib import Path

import h5py
import numpy as np


def fill(values):
    """Fills gaps in one coordinate over time by interpolation between detected values."""
    known = np.flatnonzero(np.isfinite(values))
    if len(known) > 0:
        values[:] = np.interp(np.arange(len(values)), known, values[known])


def smoothed(series):
    if len(series) < 7:
        return series
    out = np.empty_like(series)
    for frame in range(len(series)):
        first = min(max(frame - 3, 0), len(series) - 7)
        powers = np.vander(np.arange(first, first + 7) - frame, 3)
        out[frame] = np.linalg.pinv(powers)[2] @ series[first : first + 7]
    return out


def normalised(series, names):
    column = {name: index for index, name in enumerate(names)}

    def distance(one, other):
        ends = [series[:, [column[f"{point}.{axis}"] for axis in "xy"]] for point in (one, other)]
        return np.hypot(*(ends[0] - ends[1]).T).mean()

    def mean(columns):
        means = series[:, columns].mean(0)
        return means[np.isfinite(means)].mean() if np.isfinite(means).any() else np.nan

    shoulders = ["pose.left_shoulder", "pose.right_shoulder"]
    size = distance(*shoulders)
    has_palms = False
    if np.isnan(size):
        palms = [distance(f"{hand}.wrist", f"{hand}.middle_finger_mcp")
                 for hand in ("left_hand", "right_hand")]
        has_palms = np.isfinite(palms).any()
        size = np.nanmean(palms) if has_palms else 1.0
    out = series.copy()
    for axis in {name[-1] for name in names}:
        columns = [index for index, name in enumerate(names) if name.endswith("." + axis)]
        hands = [index for index in columns if "_hand." in names[index]]
        middle = (mean(hands) if has_palms
                  else series[:, [column[f"{point}.{axis}"] for point in shoulders]].mean())
        if np.isnan(middle):
            middle = np.nan_to_num(mean(columns))
        out[:, columns] = (series[:, columns] - middle) / (size if size >= 1e-6 else 1.0)
    return out


def shortened(series, config):
    frames = config["frames"]
    if len(series) <= frames:
        return series
    if config["shorten"] == "first":
        return series[:frames]
    times = (np.arange(frames) * (len(series) - 1) / (frames - 1) if frames > 1
             else np.array([(len(series) - 1) / 2]))
    return np.stack([np.interp(times, np.arange(len(series)), values) for values in series.T], 1)


def is_left_handed(series, names):
    """Expects series whose gaps are not filled."""

    def activity(hand):
        wrist = series[:, [names.index(f"{hand}.wrist.{axis}") for axis in "xy"]]
        wrist = wrist[np.isfinite(wrist).all(1)]
        return np.hypot(*(wrist - wrist.mean(0)).T).sum() if len(wrist) else 0.0

    return activity("left_hand") > activity("right_hand")


def mirrored(features, names, is_centred):
    def partner(name):
        return name.replace("left", "right") if "left" in name else name.replace("right", "left")

    out = features[:, [names.index(partner(name)) for name in names]]
    for x in [index for index, name in enumerate(names) if name.endswith(".x")]:
        is_there = (out[:, x] != 0) | (out[:, x + 1] != 0)
        out[:, x] = np.where(is_there, (0 if is_centred else 1) - out[:, x], 0)
    return out


def preprocessed(landmarks, points, config):
    names = [name for name in config["features"] if not name.endswith(".is_detected")]
    where = [(points.index(name[:-2]), "xyz".index(name[-1])) for name in names]
    series = np.stack([landmarks[:, point, axis] for point, axis in where], 1).astype(np.float64)
    series[~(np.abs(series) <= 1e6)] = np.nan
    parts = list(dict.fromkeys(name.split(".")[0] for name in names))
    columns = {part: [i for i, name in enumerate(names) if name.split(".")[0] == part] for part in parts}
    flags = np.stack([np.isfinite(series[:, columns[part]]).any(1) for part in parts], 1).astype(np.float64)
    is_left = config["canonical_hand"] and is_left_handed(series, names)
    for column in range(series.shape[1]):
        fill(series[:, column])
    if config["smooth"]:
        series = smoothed(series)
    if config["normalise"]:
        series = normalised(series, names)
    series = shortened(series, config)
    features = [np.nan_to_num(series)] + ([shortened(flags, config)] if config["validity"] else [])
    features = np.concatenate(features, 1)
    return mirrored(features, config["features"], config["normalise"]) if is_left else features


folder, store = Path(sys.argv[1]), sys.argv[2]
settings = json.loads((folder / "config.json").read_text())["preprocessing"]
largest = 0.0
with h5py.File(store) as clips, h5py.File(folder / "sample.h5") as sample:
    point_names = list(clips["points"].asstr())
    for number, frames, length in zip(sample["numbers"], sample["frames"], sample["lengths"]):
        first, last = clips["clips/offset"][number : number + 2]
        mine = preprocessed(clips["landmarks"][first:last], point_names, settings)
        assert mine.shape == (length, frames.shape[1]), (mine.shape, length, frames.shape)
        largest = max(largest, np.abs(mine - frames[:length]).max())
    print(f"{len(sample['numbers'])} clips: largest difference {largest:.2g}")
