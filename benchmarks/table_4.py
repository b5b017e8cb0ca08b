#!/usr/bin/env python3
"""Table 4 of the paper: execution time of self-supervised training with SimSiam, BYOL and SL-FPN, here on the shipped asl9 store.

    cmake --preset release && cmake --build build/release
    benchmarks/table_4.py [--rounds N] [--epochs N] [--json FILE]

The paper gives the order SimSiam < SL-FPN < BYOL. In units of a view's forward pass, arithmetic says SimSiam 2 x 3 = 6, BYOL 2 x 3 + 2 = 8, SL-FPN 3 x 3 = 9; SL-FPN needs 2 x 3 + 1 = 7 only where no gradient passes the
original: a constant target, and a predictor that reads a view. These readings are rows of their own; the order is judged for each.

A round runs every row once, in an order that rotates, with the heads of each method's source (batch norm). Seconds an epoch are the
median of the run's steps, the first ones left out, times the steps of an epoch: 900 clips are 15 batches of 60. Ratios are formed within
rounds. Nothing else should run on the machine; about 10 minutes with one core.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from training_step import CHECKOUT, MPI, describe_machine, say, spread

ROWS = {  # options of `sslslr pretrain`
    "SimSiam": ["--method", "simsiam"],
    "BYOL": ["--method", "byol"],
    "SL-FPN": ["--method", "sl-fpn"],
    "SL-FPN, original constant": ["--method", "sl-fpn", "--stop-gradient-original=true"],
    "SL-FPN, original constant, predictor reads a view": [
        "--method", "sl-fpn", "--stop-gradient-original=true", "--predictor-input", "view"],
}
FIRST_STEPS = 3  # not counted


def seconds_an_epoch(options, chosen):
    """One run of pretraining from scratch."""
    mpirun = ["mpirun", "-n", str(chosen.ranks), "--oversubscribe", "--bind-to", "none"] if chosen.ranks > 1 else []
    with tempfile.TemporaryDirectory(prefix="sslslr-table-4-") as folder:
        command = [
            *mpirun, chosen.program, "pretrain", *options, "--data", chosen.data, "--run", folder + "/run",
            "--epochs", str(chosen.epochs), "--global-batch", str(chosen.global_batch), "--blocks", str(chosen.blocks),
            "--width", str(chosen.width), "--heads", str(chosen.heads), "--checkpoint-every", "0", "--on-collapse", "none",
        ]
        done = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1", **MPI}, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"error: {' '.join(command)} ended with code {done.returncode}\n{done.stderr}")
        steps = [json.loads(line) for line in pathlib.Path(folder, "run", "metrics.jsonl").read_text().splitlines()]
    steps_an_epoch = len(steps) // chosen.epochs
    return statistics.median(step["seconds"] for step in steps[FIRST_STEPS:]) * steps_an_epoch


def measure(chosen):
    """Seconds an epoch of every row and round, said as they come."""
    names = list(ROWS)
    rounds = []
    for number in range(chosen.rounds):
        first = number % len(names)
        rounds.append({name: seconds_an_epoch(ROWS[name], chosen) for name in names[first:] + names[:first]})
        say(f"round {number + 1}: " + "; ".join(f"{name} {rounds[-1][name]:.2f} s" for name in names))
    return rounds


def report(rounds):
    say("\n| method | seconds an epoch [min..max] | ratio to SimSiam [min..max] |\n|---|---|---|")
    for name in ROWS:
        ratios = [times[name] / times["SimSiam"] for times in rounds]
        say(f"| {name} | {spread([times[name] for times in rounds])} | {spread(ratios)} |")
    say("")
    for name in ROWS:
        if name.startswith("SL-FPN"):
            holds = sum(times["SimSiam"] < times[name] < times["BYOL"] for times in rounds)
            say(f"SimSiam < {name} < BYOL holds in {holds} of {len(rounds)} rounds")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(CHECKOUT / "build/release/bin/sslslr"), help="default: %(default)s")
    parser.add_argument("--data", default=str(CHECKOUT / "io/examples/asl9.h5"), help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--epochs", type=int, default=2, help="of a run; default: %(default)s")
    parser.add_argument("--global-batch", type=int, default=60, help="default: %(default)s")
    parser.add_argument("--blocks", type=int, default=4, help="default: %(default)s")
    parser.add_argument("--width", type=int, default=128, help="default: %(default)s; the paper's model is 12 blocks of 512")
    parser.add_argument("--heads", type=int, default=8, help="default: %(default)s")
    parser.add_argument("--ranks", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--json", type=pathlib.Path, help="file for everything measured")
    chosen = parser.parse_args()
    if chosen.rounds < 1 or chosen.epochs < 1:
        parser.error("--rounds and --epochs must be at least 1")
    if not os.access(chosen.program, os.X_OK):
        parser.error(f"no program {chosen.program}: build it, or name another with --program")

    machine = describe_machine()
    say(f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_at_start']:.2f}; {chosen.ranks} rank(s), "
        f"{chosen.blocks}/{chosen.heads}/{chosen.width}, batch {chosen.global_batch}, {chosen.epochs} epochs a run")
    rounds = measure(chosen)
    report(rounds)
    if chosen.json:
        settings = {name: value for name, value in vars(chosen).items() if name != "json"}
        chosen.json.write_text(json.dumps({"machine": machine, **settings, "rounds": rounds}, indent=1) + "\n")


if __name__ == "__main__":
    main()
