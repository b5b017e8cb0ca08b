#!/usr/bin/env python3
"""What a checkpoint every 20 steps costs a training: trainings with and without them, in turns.

    benchmarks/checkpoint_stall.py STORE.h5 [--program build/release/bin/sslslr] [--rounds 3] [--ranks 1 2]

"stall": the time that checkpoints keep the training thread (metrics.jsonl, checkpoint_seconds) over that of the steps.
"whole": how much longer the steps take altogether, where the writing thread shares the cores; the median over rounds.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

MODELS = {"4/8/128": ["--blocks", "4", "--width", "128", "--global-batch", "64"],
          "12/8/512": ["--blocks", "12", "--width", "512", "--global-batch", "16"]}
EVERY = 20


def train(options, ranks, model, every, folder):
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMP_NUM_THREADS="1",
                       OMPI_MCA_btl_vader_single_copy_mechanism="none")
    launcher = [] if ranks == 1 else ["mpirun", "-n", str(ranks), "--bind-to", "none"]
    run = pathlib.Path(folder, f"run-{every}")
    subprocess.run([*launcher, options.program, "pretrain", "--data", options.store, "--run", run, "--epochs", "1000",
                    "--max-steps", str(options.steps), "--checkpoint-every", str(every), *MODELS[model]],
                   check=True, env=environment, stdout=subprocess.DEVNULL)
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()][1:]
    subprocess.run(["rm", "-r", run], check=True)
    return sum(row["seconds"] for row in rows), sum(row.get("checkpoint_seconds", 0) for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--program", default="build/release/bin/sslslr")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=101)
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=MODELS)
    options = parser.parse_args()

    print("| model | ranks | s a step | stall, % of the steps' time | whole, % |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for model in options.models:
            for ranks in options.ranks:
                stalls, wholes, steps = [], [], []
                for _ in range(options.rounds):
                    without, _ = train(options, ranks, model, 0, folder)
                    seconds, kept = train(options, ranks, model, EVERY, folder)
                    stalls.append(100 * kept / seconds)
                    wholes.append(100 * ((seconds + kept) / without - 1))
                    steps.append(without / (options.steps - 1))
                print(f"| {model} | {ranks} | {statistics.median(steps):.3f} | {statistics.median(stalls):.2f} "
                      f"[{min(stalls):.2f}, {max(stalls):.2f}] | {statistics.median(wholes):.1f} "
                      f"[{min(wholes):.1f}, {max(wholes):.1f}] |", flush=True)


if __name__ == "__main__":
    main()
