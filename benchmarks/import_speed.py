#!/usr/bin/env python3
"""How fast a corpus of many small files is imported, against how fast its files can be read at all.

Usage: import_speed.py [--clips N] [--rounds R] [--ranks 1 2] [--program PATH] [--folder FOLDER]

Makes an LSFB tree (three .npy files a clip) with recordings of io/examples/asl9.h5, then takes turns: `cat` of all its files in
the order in which the import reads them, and `sslslr prepare --from lsfb`. Before each turn the files are put out of the page
cache where that is allowed (as root), or are all in it. Prints medians in clips per second and the ratio.
"""

import argparse
import os
import shutil
import subprocess
import time
from pathlib import Path
from statistics import median

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PARTS = {"pose": (0, 33), "left_hand": (33, 54), "right_hand": (54, 75)}
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_mpi_yield_when_idle": "1",
               "OMPI_MCA_btl_vader_single_copy_mechanism": "none"}


def make_tree(folder, clips):
    """LSFB-ISOL v2 with x, y and a z of 0."""
    with h5py.File(ROOT / "io/examples/asl9.h5") as store:
        offsets, landmarks = store["clips/offset"][:], store["landmarks"][:]
    for part in PARTS:
        (folder / "poses_raw" / part).mkdir(parents=True)
    rows = ["id,sign,signer,start,end"]
    for clip in range(clips):
        name, source = f"CLIP{clip:07d}", clip % (len(offsets) - 1)
        frames = landmarks[offsets[source] : offsets[source + 1]]
        frames = np.concatenate([frames, np.zeros_like(frames[:, :, :1])], axis=2)
        for part, (begin, end) in PARTS.items():
            np.save(folder / "poses_raw" / part / f"{name}.npy", frames[:, begin:end])
        rows.append(f"{name},SIGN{clip % 50},S{clip % 9},0,1")
    (folder / "instances.csv").write_text("\n".join(rows) + "\n")
    return [folder / "poses_raw" / part / f"CLIP{clip:07d}.npy" for clip in range(clips) for part in PARTS]


def forget_cached():
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
        return True
    except OSError:
        return False


def timed(command, **options):
    start = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, **options)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--cached", action="store_true", help="leaves the files in the page cache")
    parser.add_argument("--program", default=ROOT / "build/release/bin/sslslr")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs/import_speed")
    arguments = parser.parse_args()
    tree, output = arguments.folder / "tree", arguments.folder / "store.h5"
    shutil.rmtree(arguments.folder, ignore_errors=True)
    files = make_tree(tree, arguments.clips)
    listing = arguments.folder / "files"
    listing.write_bytes(b"\0".join(os.fsencode(file) for file in files) + b"\0")

    def prepare(ranks):
        launcher = [] if ranks == 1 else ["mpirun", "-n", ranks]
        return [*launcher, arguments.program, "prepare", "--from", "lsfb", "--input", tree, "--output", output, "--force"]

    ways = {"reading alone (cat)": ["xargs", "-0", "-a", listing, "cat"]}
    ways |= {f"prepare, {ranks} rank{'s' if ranks > 1 else ''}": prepare(ranks) for ranks in arguments.ranks}
    seconds = {name: [] for name in ways}
    cold = False
    for _ in range(arguments.rounds):
        for name, command in ways.items():
            cold = not arguments.cached and forget_cached()
            seconds[name].append(timed(command, env={**os.environ, **ENVIRONMENT}))
    reading = median(seconds["reading alone (cat)"])
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    print(f"{arguments.clips} clips, {len(files)} files, {megabytes:.0f} MB, {'not cached' if cold else 'cached'}, medians of {arguments.rounds}\n")
    print("| | seconds | clips/s | MB/s | of reading alone |\n|---|---|---|---|---|")
    for name, taken in seconds.items():
        middle = median(taken)
        print(f"| {name} | {middle:.2f} | {arguments.clips / middle:.0f} | {megabytes / middle:.0f} | {reading / middle:.2f} |")
    shutil.rmtree(arguments.folder)


if __name__ == "__main__":
    main()
