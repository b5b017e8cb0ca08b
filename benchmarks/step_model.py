#!/usr/bin/env python3
"""Compares the step that `pretrain --dry-run --machine here` predicts with the step that `bench` measures.

    benchmarks/step_model.py [STORE.h5] [--rounds 3] [--ranks 1 2 4]

Predictions and measurements alternate on the same clips, and the table shows medians. The dry run measures
the model's constants of this machine (matrix products, the bus between ranks) itself,
on the same number of ranks.
"""

import json
import statistics

from common import ASL9, MODELS, SMALLEST_MODEL, parser_of, run

CASES = {"4/8/128 float32": MODELS["4/8/128"],
         "4/8/128 bfloat16": [*MODELS["4/8/128"], "--precision", "bfloat16"],
         "12/8/512 float32": MODELS["12/8/512"]}


def answer(options, ranks, *arguments):
    return json.loads(run(options.program, *arguments, "--data", options.store,
                          "--json", ranks=ranks).splitlines()[-1])


def main():
    parser = parser_of(__doc__)
    parser.add_argument("store", nargs="?", default=ASL9, help="clip store; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="pairs per case; default: %(default)s")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4],
                        help="numbers of ranks to measure; default: 1 2 4")
    options = parser.parse_args()
    cases = CASES
    if options.smallest:
        options.rounds, options.ranks, cases = 1, [1, 2], SMALLEST_MODEL

    print("| model | ranks | expected, ms | of which communication | measured, ms | expected / measured | "
          "GB, expected | GB, measured |")
    print("|---|---|---|---|---|---|---|---|")
    for name, model in cases.items():
        for ranks in options.ranks:
            expected, measured = [], []
            for _ in range(options.rounds):
                expected.append(answer(options, ranks, "pretrain", "--dry-run", "--machine", "here",
                                       "--gpus", ranks, *model)["rows"][0])
                measured.append(answer(options, ranks, "bench", "--frames", 64, "--max-steps", 9, *model))
            model_ms = statistics.median(row["step_ms"] for row in expected)
            ms = statistics.median(1e3 * row["seconds_per_step"] for row in measured)
            print(f"| {name} | {ranks} | {model_ms:.0f} | "
                  f"{statistics.median(row['exposed_ms'] for row in expected):.0f} | {ms:.0f} | "
                  f"{model_ms / ms:.2f} | {statistics.median(row['memory_gb'] for row in expected):.2f} | "
                  f"{statistics.median(row['peak_memory_gb'] for row in measured):.2f} |", flush=True)


if __name__ == "__main__":
    main()
