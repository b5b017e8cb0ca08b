#!/usr/bin/env python3
"""What each part of the training step gains: builds the program without it and lets all builds take turns.

    benchmarks/levers.py [--levers NAME ...] [--rounds N] [--json FILE]

A lever is a patch of levers/ that takes one part out of the committed sources; a patch that no longer applies is an error. Builds lie in
build/levers, a worktree of the commit. A round runs every build once on each case; a ratio is the median over the rounds of (clips/s of the
whole program / clips/s without the part), with its smallest and largest: above 1 the part gains. Within 0.05 of 1 is no evidence.
Nothing else should run on the machine. About a minute a lever to build, half an hour to measure on 2 cores.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parent
TREE = CHECKOUT / "build/levers/tree"
PATCHES = {patch.stem: patch for patch in sorted((HERE / "levers").glob("*.patch"))}
SOURCES = ("CMakeLists.txt", "CMakePresets.json", "io", "dist", "src", "launch")
WHOLE = "whole"
CASES = {  # name -> options of bench
    "4/8/128, all 64": ["--width", "128", "--blocks", "4", "--global-batch", "32", "--lengths", "equal", "--max-steps", "8"],
    "4/8/128, 16 to 64": ["--width", "128", "--blocks", "4", "--global-batch", "32", "--lengths", "mixed", "--max-steps", "12"],
    "12/8/512, all 64": ["--width", "512", "--blocks", "12", "--global-batch", "4", "--lengths", "equal", "--max-steps", "4"],
    "12/8/512, 16 to 64": ["--width", "512", "--blocks", "12", "--global-batch", "4", "--lengths", "mixed", "--max-steps", "5"],
}
PRECISIONS = ("float32", "bfloat16")


def call(*command, cwd=CHECKOUT):
    done = subprocess.run([str(word) for word in command], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"error: {' '.join(map(str, command))} ended with code {done.returncode}\n{done.stdout[-3000:]}")
    return done.stdout


def build(name):
    """The program without the part, or whole; kept until the sources or the patch change."""
    patch = PATCHES[name].read_bytes() if name != WHOLE else b""
    key = hashlib.sha256(call("git", "rev-parse", *(f"HEAD:{part}" for part in SOURCES), cwd=TREE).encode() + patch).hexdigest()[:12]
    program = TREE.parent / f"sslslr-{name}-{key}"
    if program.exists():
        return program
    call("git", "checkout", "--quiet", ".", cwd=TREE)
    if name != WHOLE:
        call("git", "apply", PATCHES[name], cwd=TREE)
    call("cmake", "--build", "--preset", "release", "--target", "sslslr", cwd=TREE)
    shutil.copy2(TREE / "build/release/bin/sslslr", program)
    print(f"built {name}", flush=True)
    return program


def prepare_tree():
    if not TREE.exists():
        call("git", "worktree", "prune")
        call("git", "worktree", "add", "--force", "--detach", TREE, "HEAD")
    call("git", "checkout", "--quiet", ".", cwd=TREE)
    call("git", "checkout", "--quiet", "--detach", call("git", "rev-parse", "HEAD").strip(), cwd=TREE)
    if not (TREE / ".venv").exists() and (CHECKOUT / ".venv").exists():
        (TREE / ".venv").symlink_to(CHECKOUT / ".venv")
    call("cmake", "--preset", "release", "-DSSLSLR_TESTS=OFF", cwd=TREE)


def rate(program, case, precision):
    heads = ["--projector-norm", "none", "--predictor-norm", "none"]
    done = subprocess.run([str(program), "bench", *CASES[case], "--precision", precision, *heads, "--json"], stdout=subprocess.PIPE, text=True,
                          check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    return json.loads(done.stdout)["clips_per_s"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--levers", nargs="+", choices=PATCHES, default=list(PATCHES), help="default: all")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), help="default: all")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--json", type=pathlib.Path, help="file for every rate")
    chosen = parser.parse_args()
    prepare_tree()
    programs = {name: build(name) for name in (WHOLE, *chosen.levers)}

    columns = [(case, precision) for case in chosen.cases for precision in PRECISIONS]
    rates = {name: {column: [] for column in columns} for name in programs}
    for turn in range(chosen.rounds):
        for column in columns:
            for name in list(programs)[:: 1 if turn % 2 else -1]:
                rates[name][column].append(rate(programs[name], *column))
        print(f"round {turn + 1} of {chosen.rounds}", flush=True)

    print("| taken out | " + " | ".join(f"{case}, {precision}" for case, precision in columns) + " |\n" + "|---" * (len(columns) + 1) + "|")
    for name in chosen.levers:
        cells = []
        for column in columns:
            ratios = [whole / without for whole, without in zip(rates[WHOLE][column], rates[name][column])]
            cells.append(f"{statistics.median(ratios):.2f} [{min(ratios):.2f}, {max(ratios):.2f}]")
        print(f"| {name} | " + " | ".join(cells) + " |")
    if chosen.json:
        chosen.json.write_text(json.dumps({name: {", ".join(column): values for column, values in by_column.items()}
                                           for name, by_column in rates.items()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
