#!/usr/bin/env python3
"""What `pretrain --dry-run --machine here` expects of a step beside what `bench` measures, on 1, 2 and 4 ranks in turns.

    benchmarks/step_model.py STORE.h5 [--program build/release/bin/sslslr] [--rounds 3] [--ranks 1 2 4]

Expected and measured alternate on the same clips; medians. The model's constants of this machine (matrix products, the bus
between ranks) are measured by the dry run itself, on as many ranks.
"""

import argparse
import json
import os
import statistics
import subprocess

MODELS = {"4/8/128 float32": ["--blocks", "4", "--width", "128", "--global-batch", "64"],
          "4/8/128 bfloat16": ["--blocks", "4", "--width", "128", "--global-batch", "64", "--precision", "bfloat16"],
          "12/8/512 float32": ["--blocks", "12", "--width", "512", "--global-batch", "16"]}


def answer(options, ranks, *arguments):
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMP_NUM_THREADS="1",
                       OMPI_MCA_btl_vader_single_copy_mechanism="none", OMPI_MCA_mpi_yield_when_idle="1")
    launcher = [] if ranks == 1 else ["mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none"]
    outcome = subprocess.run([*launcher, options.program, *arguments, "--data", options.store, "--json"], check=True,
                             env=environment, capture_output=True, text=True)
    return json.loads(outcome.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--program", default="build/release/bin/sslslr")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()

    print("| model | ranks | expected, ms | of it communication | measured, ms | expected / measured | GB, expected | GB, measured |")
    print("|---|---|---|---|---|---|---|---|")
    for name, model in MODELS.items():
        for ranks in options.ranks:
            expected, measured = [], []
            for _ in range(options.rounds):
                result = answer(options, ranks, "pretrain", "--dry-run", "--machine", "here", "--gpus", str(ranks), *model)
                expected.append(result["rows"][0])
                measured.append(answer(options, ranks, "bench", "--frames", "64", "--max-steps", "9", *model))
            model_ms = statistics.median(row["step_ms"] for row in expected)
            ms = statistics.median(1e3 * row["seconds_per_step"] for row in measured)
            print(f"| {name} | {ranks} | {model_ms:.0f} | {statistics.median(row['exposed_ms'] for row in expected):.0f} | "
                  f"{ms:.0f} | {model_ms / ms:.2f} | {statistics.median(row['memory_gb'] for row in expected):.2f} | "
                  f"{statistics.median(row['peak_memory_gb'] for row in measured):.2f} |", flush=True)


if __name__ == "__main__":
    main()
