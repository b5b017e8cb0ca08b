#!/usr/bin/env python3
"""Do the fused blocks, and bfloat16, train like LibTorch's float32 operations? SSL-SLR (configs/ssl-slr.ini) on the shipped asl9 store.

    cmake --preset release && cmake --build build/release
    .venv/bin/python benchmarks/same_training.py [--seeds N] [--max-steps N]

Trains each way once for each signer left out and seed, and tests on that signer. Two runs lie apart by the median over the steps of
|ln(loss / loss)|, each loss the mean of ten steps: between ways of one seed, and between seeds of one way. Accuracies are the linear
evaluation's, with its interval. Runs are kept in --folder; the same command goes on where it stopped. About 5 minutes on one core.
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
        run(chosen.program, "pretrain", "--config", ROOT / "configs/ssl-slr.ini", "--data", ASL9, "--run", folder, "--leave-out-signer", signer,
            "--seed", seed, "--max-steps", chosen.max_steps, *WAYS[way])
        run(chosen.program, "evaluate", "--run", folder, "--supervised-epochs", 0, "--probe-epochs", chosen.probe_epochs)
        losses = [row["loss"] for row in map(json.loads, (folder / "metrics.jsonl").read_text().splitlines()) if "loss" in row]
        self.losses = [statistics.fmean(losses[i : i + SMOOTH]) for i in range(len(losses) - SMOOTH + 1)]
        rows = json.loads((folder / "evaluate/linear.json").read_text())["rows"]
        self.top1 = {row["classifier"]: row["top1"] for row in rows if row["name"] == "sl-fpn"}


def apart(one, other):
    return statistics.median(abs(math.log(a / b)) for a, b in zip(one.losses, other.losses))


def compare(chosen, signers):
    seeds = range(chosen.seeds)
    runs = {(way, signer, seed): Run(chosen, way, signer, seed) for way, signer, seed in itertools.product(WAYS, signers, seeds)}
    print("| way | loss apart from the reference's, same seed | loss apart between its own seeds |\n|---|---|---|")
    for way in WAYS:
        to_reference = [apart(runs[way, signer, seed], runs[REFERENCE, signer, seed]) for signer in signers for seed in seeds]
        own = [apart(runs[way, signer, a], runs[way, signer, b]) for signer in signers for a, b in itertools.combinations(seeds, 2)]
        print(f"| {way} | {spread(to_reference, '.1e')} | {spread(own, '.1e')} |")
    for probe in ("MLP probe", "linear probe"):
        print(f"\nTop-1 of the {probe}, seed 0 [95 % interval over test clips]; mean of all seeds\n| way | {' | '.join(signers)} |\n" + "|---" * (1 + len(signers)) + "|")
        for way in WAYS:
            cells = []
            for signer in signers:
                tops = [runs[way, signer, seed].top1[probe] for seed in seeds]
                cells.append(f"{tops[0]['mean']:.3f} [{tops[0]['low']:.3f}, {tops[0]['high']:.3f}]; {statistics.fmean(top['mean'] for top in tops):.3f}")
            print(f"| {way} | " + " | ".join(cells) + " |")


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "runs/same-training", help="default: %(default)s")
    parser.add_argument("--seeds", type=int, default=3, help="a signer; default: %(default)s")
    parser.add_argument("--max-steps", type=int, default=200, help="default: %(default)s")
    parser.add_argument("--probe-epochs", type=int, default=100, help="default: %(default)s")
    chosen = parser.parse_args()
    if not chosen.smallest:
        compare(chosen, SIGNERS)
        return
    with tempfile.TemporaryDirectory() as folder:
        chosen.folder, chosen.seeds, chosen.max_steps, chosen.probe_epochs = pathlib.Path(folder), 2, SMOOTH + 1, 1
        compare(chosen, SIGNERS[:1])


if __name__ == "__main__":
    main()
