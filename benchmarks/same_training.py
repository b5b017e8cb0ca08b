#!/usr/bin/env python3
"""Measures whether the fused blocks and bfloat16 train like LibTorch's float32 operations: SSL-SLR
(configs/ssl-slr.ini) on the shipped asl9 store.

    cmake --preset release && cmake --build build/release
    .venv/bin/python benchmarks/same_training.py [--seeds N] [--max-steps N]

Trains each way once per left-out signer and seed, and tests on that signer. The distance of two runs is the
median over the steps of |ln(loss / loss)|, where each loss is the mean of ten steps. It is measured between
the ways of one seed and between the seeds of one way. Accuracies are those of the linear evaluation, with its
interval. Runs are kept in --folder, and the same command resumes them. About 5 minutes on one core.
"""

import itertools
import json
import math
import pathlib
import statistics
import tempfile

from common import ASL9, ROOT, parser_of, run, spread

SIGNERS = ("S01", "S02", "S03")
REFERENCE = "LibTorch's operations, float32"
WAYS = {
    REFERENCE: ["--fused-blocks=false"],
    "fused blocks, float32": [],
    "fused blocks, bfloat16": ["--precision", "bfloat16"],
}
SMOOTH = 10  # steps


class Run:
    """One training and its linear evaluation."""

    def __init__(self, chosen, way, signer, seed):
        folder = chosen.folder / "".join(c if c.isalnum() else "-" for c in way) / f"{signer}-{seed}"
        run(chosen.program, "pretrain", "--config", ROOT / "configs/ssl-slr.ini", "--data", ASL9, "--run",
            folder, "--leave-out-signer", signer, "--seed", seed, "--max-steps", chosen.max_steps, *WAYS[way])
        run(chosen.program, "evaluate", "--run", folder, "--supervised-epochs", 0,
            "--probe-epochs", chosen.probe_epochs)
        losses = [row["loss"] for row in map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
                  if "loss" in row]
        self.losses = [statistics.fmean(losses[i : i + SMOOTH]) for i in range(len(losses) - SMOOTH + 1)]
        rows = json.loads((folder / "evaluate/linear.json").read_text())["rows"]
        self.top1 = {row["classifier"]: row["top1"] for row in rows if row["name"] == "sl-fpn"}


def apart(one, other):
    return statistics.median(abs(math.log(a / b)) for a, b in zip(one.losses, other.losses))


def compare(chosen, signers):
    seeds = range(chosen.seeds)
    runs = {(way, signer, seed): Run(chosen, way, signer, seed)
            for way, signer, seed in itertools.product(WAYS, signers, seeds)}
    print("| way | distance of losses from the reference, same seed | between its own seeds |\n|---|---|---|")
    for way in WAYS:
        to_reference = [apart(runs[way, signer, seed], runs[REFERENCE, signer, seed])
                        for signer in signers for seed in seeds]
        own = [apart(runs[way, signer, a], runs[way, signer, b])
               for signer in signers for a, b in itertools.combinations(seeds, 2)]
        print(f"| {way} | {spread(to_reference, '.1e')} | {spread(own, '.1e')} |")
    for probe in ("MLP probe", "linear probe"):
        print(f"\nTop-1 of the {probe}, seed 0 [95 % interval over test clips]; mean of all seeds\n"
              f"| way | {' | '.join(signers)} |\n" + "|---" * (1 + len(signers)) + "|")
        for way in WAYS:
            cells = []
            for signer in signers:
                tops = [runs[way, signer, seed].top1[probe] for seed in seeds]
                cells.append(f"{tops[0]['mean']:.3f} [{tops[0]['low']:.3f}, {tops[0]['high']:.3f}]; "
                             f"{statistics.fmean(top['mean'] for top in tops):.3f}")
            print(f"| {way} | " + " | ".join(cells) + " |")


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "runs/same-training",
                        help="folder for runs; default: %(default)s")
    parser.add_argument("--seeds", type=int, default=3, help="runs per signer and way; default: %(default)s")
    parser.add_argument("--max-steps", type=int, default=200, help="steps per run; default: %(default)s")
    parser.add_argument("--probe-epochs", type=int, default=100,
                        help="epochs of each probe; default: %(default)s")
    chosen = parser.parse_args()
    if not chosen.smallest:
        compare(chosen, SIGNERS)
        return
    with tempfile.TemporaryDirectory() as folder:
        chosen.folder, chosen.seeds, chosen.max_steps, chosen.probe_epochs = (
            pathlib.Path(folder), 2, SMOOTH + 1, 1)
        compare(chosen, SIGNERS[:1])


if __name__ == "__main__":
    main()
