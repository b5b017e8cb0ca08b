"""check_preprocessing.py FOLDER STORE.h5: preprocesses the clips of an export's sample by its config.json alone, written
anew in numpy, and prints the largest difference to the frames of the sample."""
import json
import sys
from pathlib import Path

import h5py
import numpy as np


def filled(series, columns):
    """Frames in which one of the columns is missing, by the complete frames around them; False without a complete one."""
    part = series[:, columns]
    complete = np.flatnonzero(np.isfinite(part).all(1))
    if len(complete) == 0:
        return False
    for place, column in enumerate(columns):
        series[:, column] = np.interp(np.arange(len(series)), complete, part[complete, place])
    return True


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
    left, right = (series[:, [column[f"pose.{side}_shoulder.{axis}"] for axis in "xy"]] for side in ("left", "right"))
    distance = np.hypot(*(left - right).T).mean()
    scale = distance if distance >= 1e-6 else 1.0
    out = series.copy()
    for axis in {name[-1] for name in names}:
        columns = [index for index, name in enumerate(names) if name.endswith("." + axis)]
        shoulders = [column[f"pose.{side}_shoulder.{axis}"] for side in ("left", "right")]
        middle = series[:, shoulders].mean()
        if np.isnan(middle):
            seen = [series[:, index].mean() for index in columns if not np.isnan(series[:, index].mean())]
            middle = np.mean(seen) if seen else 0.0
        out[:, columns] = (series[:, columns] - middle) / scale
    return out


def shortened(series, config):
    frames = config["frames"]
    if len(series) <= frames:
        return series
    if config["shorten"] == "first":
        return series[:frames]
    times = np.arange(frames) * (len(series) - 1) / (frames - 1) if frames > 1 else np.array([(len(series) - 1) / 2])
    return np.stack([np.interp(times, np.arange(len(series)), values) for values in series.T], 1)


def preprocessed(landmarks, points, config):
    names = [name for name in config["features"] if not name.endswith(".is_missing")]
    where = [(points.index(name[:-2]), "xyz".index(name[-1])) for name in names]
    series = np.stack([landmarks[:, point, axis] for point, axis in where], 1).astype(np.float64)
    series[~(np.abs(series) <= 1e6)] = np.nan
    parts = list(dict.fromkeys(name.split(".")[0] for name in names))
    columns = {part: [i for i, name in enumerate(names) if name.split(".")[0] == part] for part in parts}
    for part in parts:
        if not filled(series, columns[part]):
            for column in columns[part]:
                filled(series, [column])
    if config["smooth"]:
        series = smoothed(series)
    if config["normalise"]:
        series = normalised(series, names)
    series = shortened(series, config)
    masks = [np.full((len(series), 1), float(np.isnan(series[:, columns[part]]).all())) for part in parts]
    return np.concatenate([np.nan_to_num(series)] + (masks if config["part_masks"] else []), 1)


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
