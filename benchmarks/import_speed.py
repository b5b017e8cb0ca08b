#!/usr/bin/env python3
"""Measures how fast a corpus of many small files is imported, compared with only reading its files.

    .venv/bin/python benchmarks/import_speed.py [--clips N] [--rounds R] [--ranks 1 2] [--cached]

Creates an LSFB tree (three .npy files per clip) from the recordings of io/examples/asl9.h5. Then alternates
between `cat` of all files, in the order in which the import reads them, and `sslslr prepare --from lsfb`.
Before each turn, drops the files from the page cache where that is allowed (as root); otherwise all of them
are cached. Prints medians in clips per second and the ratio.
"""

import os
import tempfile
import time
from pathlib import Path
from statistics import median

import h5py
import numpy as np

from common import ASL9, parser_of, run

PARTS = {"pose": (0, 33), "left_hand": (33, 54), "right_hand": (54, 75)}


def make_tree(folder, clips):
    """Writes LSFB-ISOL v2 with x, y and a z of 0, and returns its files."""
    with h5py.File(ASL9) as store:
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


def measure(arguments, folder):
    tree, output = folder / "tree", folder / "store.h5"
    files = make_tree(tree, arguments.clips)
    listing = folder / "files"
    listing.write_bytes(b"\0".join(os.fsencode(file) for file in files) + b"\0")

    prepare = (arguments.program, "prepare", "--from", "lsfb", "--input", tree, "--output", output, "--force")
    ways = {"only reading (cat)": lambda: run("sh", "-c", f"xargs -0 -a {listing} cat > /dev/null")}
    ways |= {f"prepare, {ranks} rank{'s' if ranks > 1 else ''}":
             lambda ranks=ranks: run(*prepare, ranks=ranks) for ranks in arguments.ranks}
    seconds = {name: [] for name in ways}
    cold = False
    for _ in range(arguments.rounds):
        for name, way in ways.items():
            cold = not arguments.cached and forget_cached()
            start = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - start)
    reading = median(seconds["only reading (cat)"])
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    print(f"{arguments.clips} clips, {len(files)} files, {megabytes:.0f} MB, "
          f"{'not cached' if cold else 'cached'}, medians of {arguments.rounds}\n")
    print("| | seconds | clips/s | MB/s | relative to only reading |\n|---|---|---|---|---|")
    for name, taken in seconds.items():
        middle = median(taken)
        print(f"| {name} | {middle:.2f} | {arguments.clips / middle:.0f} | {megabytes / middle:.0f} | "
              f"{reading / middle:.2f} |")


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--clips", type=int, default=20000, help="clips in the corpus; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each; default: %(default)s")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2],
                        help="numbers of ranks to import with; default: 1 2")
    parser.add_argument("--cached", action="store_true", help="keep the files in the page cache")
    parser.add_argument("--folder",
                        help="folder in which to create the tree; default: the system's temporary folder")
    arguments = parser.parse_args()
    if arguments.smallest:
        arguments.clips, arguments.rounds, arguments.cached = 20, 1, True
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        measure(arguments, Path(folder))


if __name__ == "__main__":
    main()
