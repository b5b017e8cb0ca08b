#!/usr/bin/env python3
"""How many clips a second a core makes into batches: sslslr against what one writes with h5py, PyTorch and numpy.

    cmake --preset release && cmake --build --preset release
    .venv-peer/bin/pip install h5py          # beside what benchmarks/make-environment installs
    .venv-peer/bin/python benchmarks/batch_assembly.py [STORE.h5 ...] [--clips N] [--rounds 3] [--json FILE]

A batch: 64 clips in random order, chosen points (65, x and y, float32), gaps filled, centred and scaled by the
shoulders, packed end to end with their offsets. The sides take turns; medians over the rounds.

    resident    ours, from preprocessed features in memory
    plain       ours, from the store, preprocessed when asked for
    streamed    ours, the same by a thread that reads ahead
    dataloader  a Dataset over h5py with the same preprocessing in numpy, a DataLoader of 2 workers that packs
    memmap      preprocessed float32 features in a file, mapped by numpy and gathered by clip

Clips per second and core: clips over the CPU seconds of all threads and processes of a side. Files come from the
page cache.
Stores must be contiguous and their clips no longer than 64 frames (the numpy side shortens nothing).
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parent
BATCH = 64
PARTS = (slice(0, 23), slice(23, 44), slice(44, 65))  # pose, left hand, right hand
SHOULDERS = (11, 12)


def chosen_points(names):
    """Columns of the upper body and both hands, in the order of the features."""
    pose = [i for i, name in enumerate(names) if name.startswith("pose.")][:23]
    hands = [i for part in ("left_hand.", "right_hand.") for i, name in enumerate(names) if name.startswith(part)]
    return np.array(pose + hands)


def fill_gaps(part):
    """Linear between the frames in which all of the part was detected, in place: ours where parts are detected whole."""
    known = ~np.isnan(part).any(axis=(1, 2))
    if known.all() or not known.any():
        return
    at = np.flatnonzero(known)
    gaps = np.flatnonzero(~known)
    after = np.searchsorted(at, gaps)
    left, right = at[np.maximum(after - 1, 0)], at[np.minimum(after, len(at) - 1)]
    share = np.where(right > left, (gaps - left) / np.maximum(right - left, 1), 0)[:, None, None]
    share = np.clip(share, 0, 1).astype(part.dtype)
    part[gaps] = (1 - share) * part[left] + share * part[right]


def preprocess(clip, points):
    """[T, P, C] of the store -> [T, 130] float32."""
    clip = clip[:, points, :2].astype(np.float32)
    if np.isnan(clip).any():
        for part in PARTS:
            fill_gaps(clip[:, part])
    left, right = clip[:, SHOULDERS[0]], clip[:, SHOULDERS[1]]
    scale = np.linalg.norm(left - right, axis=1).mean()
    clip = (clip - (left.mean(0) + right.mean(0)) / 2) / (scale if scale >= 1e-6 else 1)
    return np.nan_to_num(clip, copy=False).reshape(len(clip), -1)


class Clips(torch.utils.data.Dataset):
    def __init__(self, path):
        self.path, self.file = path, None
        with h5py.File(path) as file:
            self.offsets = file["clips/offset"][:]
            names = [name.decode() if isinstance(name, bytes) else name for name in file["points"][:]]
            self.points = chosen_points(names)

    def __len__(self):
        return len(self.offsets) - 1

    def __getitem__(self, clip):
        if self.file is None:  # each worker opens the file for itself
            self.file = h5py.File(self.path)
            self.landmarks = self.file["landmarks"]
        return preprocess(self.landmarks[self.offsets[clip] : self.offsets[clip + 1]], self.points)


def pack(clips):
    offsets = np.concatenate([[0], np.cumsum([len(clip) for clip in clips])])
    return torch.from_numpy(np.concatenate(clips)), torch.from_numpy(offsets)


def cpu_seconds():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Watch:
    def __enter__(self):
        self.cpu, self.wall = cpu_seconds(), time.perf_counter()
        return self

    def __exit__(self, *_):
        self.cpu, self.wall = cpu_seconds() - self.cpu, time.perf_counter() - self.wall


def dataloader(path, clips):
    dataset = Clips(path)
    order = torch.randperm(len(dataset), generator=torch.Generator().manual_seed(0)).tolist()
    order = (order * (clips // len(order) + 1))[:clips]
    with Watch() as watch:
        loader = torch.utils.data.DataLoader(dataset, batch_size=BATCH, sampler=order, num_workers=2, collate_fn=pack)
        seen = sum(len(offsets) - 1 for _, offsets in loader)
        del loader  # the workers end, so that their time counts
    return {"clips": seen, "seconds": watch.wall, "cpu_seconds": watch.cpu}


def memmap(features, offsets, clips):
    rows = np.memmap(features, np.float32, "r").reshape(-1, 130)
    order = np.random.default_rng(0).permutation(len(offsets) - 1)
    order = np.tile(order, clips // len(order) + 1)
    with Watch() as watch:
        seen = 0
        for first in range(0, clips, BATCH):
            frames, packed = pack([rows[offsets[clip] : offsets[clip + 1]] for clip in order[first : first + BATCH]])
            seen += len(packed) - 1
    return {"clips": seen, "seconds": watch.wall, "cpu_seconds": watch.cpu}


def write_features(path, file):
    """All features in one file, for memmap."""
    dataset = Clips(path)
    for clip in range(len(dataset)):
        file.write(dataset[clip].tobytes())
    file.flush()
    return dataset.offsets


def ours(program, path, mode, clips):
    done = subprocess.run([program, path, mode, str(clips), str(BATCH)], env={**os.environ, "OMP_NUM_THREADS": "1"},
                          stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def compare(path, chosen):
    with tempfile.NamedTemporaryFile(dir=chosen.folder) as file:
        offsets = write_features(path, file)
        few = min(chosen.clips, chosen.dataloader_clips)
        sides = {mode: lambda mode=mode: ours(chosen.program, path, mode, chosen.clips)
                 for mode in ("resident", "plain", "streamed")}
        sides["dataloader"] = lambda: dataloader(path, few)
        sides["memmap"] = lambda: memmap(file.name, offsets, chosen.clips)
        memmap(file.name, offsets, chosen.clips)  # warms up, as ours do
        runs = {name: [] for name in sides}
        for turn in range(chosen.rounds):
            for name in list(sides) if turn % 2 == 0 else reversed(sides):
                runs[name].append(sides[name]())
    return runs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stores",
                        nargs="*", default=[str(CHECKOUT / "io/examples/asl9.h5")], help="default: the shipped asl9")
    parser.add_argument("--program",
                        default=str(CHECKOUT / "build/release/bin/batch_assembly"), help="default: %(default)s")
    parser.add_argument("--clips",
                        type=int, default=20000, help="clips a side visits in a round; default: %(default)s")
    parser.add_argument("--dataloader-clips",
                        type=int, default=8000, help="the same for the slowest side; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--folder",
                        help="where a file of all features may lie for a while; default: that of temporary files")
    parser.add_argument("--json", type=pathlib.Path, help="file for everything measured")
    chosen = parser.parse_args()
    if not os.access(chosen.program, os.X_OK):
        sys.exit(f"error: no program {chosen.program}: build all of it")
    torch.set_num_threads(1)

    report = {}
    print("| store | side | clips/s and core | clips/s | over dataloader | over memmap |\n|---|---|---|---|---|---|")
    for path in chosen.stores:
        report[path] = runs = compare(path, chosen)
        rates = {name: statistics.median(run["clips"] / run["cpu_seconds"] for run in rounds)
                 for name, rounds in runs.items()}
        for name, rounds in runs.items():
            wall = statistics.median(run["clips"] / run["seconds"] for run in rounds)
            print(f"| {pathlib.Path(path).name} | {name} | {rates[name]:,.0f} | {wall:,.0f} "
                  f"| {rates[name] / rates['dataloader']:.1f} | {rates[name] / rates['memmap']:.2f} |", flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
