#!/usr/bin/env python3
"""Writes the clips of a store without the rest at their ends, for `sslslr prepare --from hdf5`.

Usage: trimmed_store.py STORE.h5 OUTPUT.h5 [--share S]

Rest is everything before the first and after the last frame in which the wrists of the pose move at S of the
clip's highest speed or faster. Jumps are removed from positions (median of 3 frames), and speeds are averaged
over 3 frames. Clips that would keep fewer than 8 frames are not cut. Prints how much was cut.
"""
import argparse

import h5py
import numpy as np

FEWEST = 8


def moving(wrists, share):
    """Returns the frames in motion, [first, end), of positions [frames, wrists, coordinates].

    None if no wrist moves.
    """
    padded = np.pad(wrists, ((1, 1), (0, 0), (0, 0)), mode="edge")
    calm = np.median([padded[:-2], padded[1:-1], padded[2:]], axis=0)
    speed = np.sqrt(np.square(np.diff(calm, axis=0)).sum(axis=(1, 2)))
    speed = np.convolve(speed, np.ones(3) / 3, mode="same")
    fast = np.flatnonzero(speed >= share * speed.max()) if speed.size and speed.max() > 0 else []
    return (fast[0], fast[-1] + 2) if len(fast) else None


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", help="clip store to read")
    parser.add_argument("output", help="HDF5 file to write")
    parser.add_argument("--share", type=float, default=0.2,
                        help="share of the highest speed below which wrists rest; default: %(default)s")
    arguments = parser.parse_args()
    cut = []
    with h5py.File(arguments.store) as store, h5py.File(arguments.output, "w") as output:
        points = list(store["points"].asstr()[:])
        wrists = [points.index("pose.left_wrist"), points.index("pose.right_wrist")]
        names = {"label": store["labels"].asstr()[:], "signer": store["signers"].asstr()[:]}
        offsets = store["clips/offset"][:]
        for number, (begin, end) in enumerate(zip(offsets, offsets[1:])):
            frames = store["landmarks"][begin:end].astype("f4")
            kept = moving(frames[:, wrists], arguments.share)
            first, last = kept if kept and kept[1] - kept[0] >= FEWEST else (0, len(frames))
            cut.append((first / len(frames), 1 - last / len(frames)))
            group = output.create_group(f"clip-{number:06}")
            group["landmarks"] = frames[first:last]
            for key, known in names.items():
                index = store[f"clips/{key}"][number]
                if index >= 0:  # -1: the clip has none
                    group.attrs[key] = known[index]
    start, end = np.mean(cut, axis=0)
    print(f"{len(cut)} clips, cut on average {100 * start:.1f} % at the start and "
          f"{100 * end:.1f} % at the end")


if __name__ == "__main__":
    main()
