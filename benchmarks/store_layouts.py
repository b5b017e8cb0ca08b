#!/usr/bin/env python3
"""What the layouts of clip stores cost: size, and clips written and read in a second of processor time.

    cmake --preset release && cmake --build build/release
    .venv/bin/python benchmarks/store_layouts.py [--clips N] [--rounds N] [--folder FOLDER]

Stores: the shipped asl9 ten times over (9,000 clips of 30 frames), and synthetic signs. `sslslr repack` writes each in every layout from
a float32 store in one piece, `sslslr inspect` reads it back, checks and measures every clip; files are in the page cache. Rates are clips
over the command's processor time less that of the same command on a store of four clips; medians of the rounds. The values of asl9 and of
the synthetic signs are float16's already: as float32 they compress better than recordings would. A few minutes, 1 GB of disk.
"""

import argparse
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ASL9 = ROOT / "io/examples/asl9.h5"
COPIES = 10
LEVELS = ("none", "1", "4", "9")
DTYPES = ("float16", "float32")


def seconds(program, *arguments):
    """Processor time of a command, user and system: other work on the machine does not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def make_stores(chosen, folder):
    """name -> store of float32 in one piece, and its number of clips."""
    copies = [folder / f"copy-{number}.h5" for number in range(COPIES)]
    for copy in copies:
        shutil.copy(ASL9, copy)
    asl9, synthetic, signs = folder / "asl9.h5", folder / "synthetic.h5", folder / "signs.h5"
    seconds(chosen.program, "merge", *copies, "--dtype", "float32", "--output", asl9)
    seconds(chosen.program, "prepare", "--from", "synthetic", "--clips", chosen.clips, "--classes", 100, "--length-spread", 16, "--output", signs)
    seconds(chosen.program, "repack", signs, "--dtype", "float32", "--output", synthetic)
    for file in (*copies, signs):
        file.unlink()
    return {f"asl9, {COPIES} times": (asl9, 900 * COPIES), "synthetic signs": (synthetic, chosen.clips)}


def measure(chosen, source, clips, layout, empty):
    """Bytes of the store, clips written a second, clips read a second."""
    output = source.with_name("written.h5")
    write, read = [], []
    for _ in range(chosen.rounds):
        start_up = seconds(chosen.program, "repack", empty, "--output", output, "--force", *layout)
        write.append(seconds(chosen.program, "repack", source, "--output", output, "--force", *layout) - start_up)
        start_up = seconds(chosen.program, "inspect", "--json", empty)
        read.append(seconds(chosen.program, "inspect", "--json", output) - start_up)
    return output.stat().st_size, clips / statistics.median(write), clips / statistics.median(read)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/sslslr"), help="default: %(default)s")
    parser.add_argument("--folder", type=pathlib.Path, default=None, help="where the stores are made; default: the system's temporary folder")
    parser.add_argument("--clips", type=int, default=10000, help="of synthetic signs; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    chosen = parser.parse_args()

    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder = pathlib.Path(name)
        empty = folder / "four.h5"
        seconds(chosen.program, "prepare", "--from", "synthetic", "--clips", 4, "--classes", 4, "--signers", 1, "--output", empty)
        print("| store | values | deflate level | MB | to float16 in one piece | clips/s written | clips/s read |\n|---|---|---|---|---|---|---|")
        for store, (source, clips) in make_stores(chosen, folder).items():
            reference = None
            for dtype in DTYPES:
                for level in LEVELS:
                    size, written, read = measure(chosen, source, clips, ("--dtype", dtype, "--compress", level), empty)
                    reference = reference or size
                    print(f"| {store} | {dtype} | {level} | {size / 1e6:.1f} | {size / reference:.2f} | {written:,.0f} | {read:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
