#!/usr/bin/env python3
"""Measures what a checkpoint every 20 steps costs: trainings with and without checkpoints alternate.

    benchmarks/checkpoint_stall.py [STORE.h5] [--rounds 3] [--ranks 1 2]

"stall": the time for which checkpoints block the training thread (checkpoint_seconds in metrics.jsonl),
relative to the time of the steps. "whole": how much longer the training takes, with the writing thread on the
same cores. Values are medians over the rounds.
"""

import json
import pathlib
import shutil
import statistics
import tempfile

from common import ASL9, MODELS, SMALLEST_MODEL, parser_of, run, spread

EVERY = 20


def train(options, ranks, model, every, folder):
    """Trains once and returns the seconds of the steps and the seconds of checkpoints."""
    target = pathlib.Path(folder, f"run-{every}")
    run(options.program, "pretrain", "--data", options.store, "--run", target, "--epochs", 1000,
        "--max-steps", options.steps, "--checkpoint-every", every, *model, ranks=ranks)
    rows = [json.loads(line) for line in (target / "metrics.jsonl").read_text().splitlines()][1:]
    shutil.rmtree(target)
    return sum(row["seconds"] for row in rows), sum(row.get("checkpoint_seconds", 0) for row in rows)


def main():
    parser = parser_of(__doc__)
    parser.add_argument("store", nargs="?", default=ASL9, help="clip store to train on; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3,
                        help="pairs of trainings per case; default: %(default)s")
    parser.add_argument("--steps", type=int, default=101, help="steps per training; default: %(default)s")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2],
                        help="numbers of ranks to measure; default: 1 2")
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=MODELS,
                        help="models to measure, as blocks/heads/width; default: both")
    options = parser.parse_args()
    models = {name: MODELS[name] for name in options.models}
    if options.smallest:
        options.rounds, options.steps, models = 1, EVERY + 1, SMALLEST_MODEL

    print("| model | ranks | s per step | stall, % of the steps' time | whole, % |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, model in models.items():
            for ranks in options.ranks:
                stalls, wholes, steps = [], [], []
                for _ in range(options.rounds):
                    without, _ = train(options, ranks, model, 0, folder)
                    seconds, kept = train(options, ranks, model, EVERY, folder)
                    stalls.append(100 * kept / seconds)
                    wholes.append(100 * ((seconds + kept) / without - 1))
                    steps.append(without / (options.steps - 1))
                print(f"| {name} | {ranks} | {statistics.median(steps):.3f} | {spread(stalls)} | "
                      f"{spread(wholes, '.1f')} |", flush=True)


if __name__ == "__main__":
    main()
