#!/usr/bin/env python3
"""Speed of the training step: sslslr against PyTorch with Lightly, in pairs on the same machine.

    cmake --preset release && cmake --build build/release
    benchmarks/training_step.py [--smallest] [--json FILE]                  SL-FPN
    benchmarks/training_step.py --methods simclr moco-v2 simsiam byol ...   others, without batch norm in
                                                                            their heads (peer.py explains why)
    benchmarks/training_step.py --precisions float32 bfloat16 ...           also bfloat16, against the peer in
                                                                            bfloat16 and in float32

Two models (blocks/heads/width 12/8/512 and 4/8/128), clips of 64 frames or of 16 to 64 frames, 1 and 2 ranks,
one thread each. Ours and the peer (peer.py, in the environment that make-environment creates) alternate. A
ratio is the median of the ratios within pairs, with the smallest and largest. Each run is a separate process
whose first step is not counted. The peer uses one concatenated pass per encoder or one pass per view,
whichever is faster in a first trial of each case, and glibc keeps its large allocations. `share`: the speed
of our useful work as a share of the speed of matrix products on this machine, from `sslslr bench`. GB: the
most memory that rank 0 held, including LibTorch's libraries and Python. Weak scaling, at equal lengths: clips
per second on 2 ranks / (2 x clips per second on 1 rank), with the same number of clips per rank.

Nothing else should run on the machine. About 15 minutes per method on 2 cores; --smallest: one pair of the
small model, no weak scaling.
"""

import itertools
import json
import os
import pathlib
import platform
import statistics
import subprocess

import workload
from common import ROOT, parser_of, run, spread

HERE = pathlib.Path(__file__).resolve().parent
LENGTHS = ("equal", "mixed")
# Blocks and width; clips per rank and steps per run, in the comparison and (weak_...) for weak scaling.
MODELS = [
    dict(blocks=12, width=512, clips=4, steps=4, weak_clips=16, weak_steps=2),
    dict(blocks=4, width=128, clips=32, steps=6, weak_clips=64, weak_steps=4),
]
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
PLAIN_HEADS = ["--projector-norm", "none", "--predictor-norm", "none"]


def answer(*command, ranks=1, **environment):
    """Returns the JSON object that a command prints last."""
    return json.loads(run(*command, ranks=ranks, **environment).splitlines()[-1])


class Sides:
    """The two programs that alternate."""

    def __init__(self, program, python):
        self.program, self.python = program, python
        self.passes = {}  # (method, width, lengths) -> the peer's faster form
        self.data_shares = []  # shares of our steps' time spent waiting for data
        self.peak_shares = {}  # (case's form, ranks) -> share of the speed of matrix products
        self.memory = {}  # (side, case's form) -> most memory that rank 0 held, GB

    def rate(self, side, case):
        """Returns the clips per second of one run of "ours" or "peer"."""
        result = self.ours(case) if side == "ours" else self.peer(case)
        key = (side, *form_of(case), case.ranks)
        self.memory[key] = max(self.memory.get(key, 0), result["peak_memory_gb"])
        return result["clips_per_s"]

    def ours(self, case):
        queue = ["--queue", str(workload.QUEUE)] if case.method == "moco-v2" else []
        result = answer(self.program, "bench", *arguments(case), *PLAIN_HEADS, *queue,
                        "--json", ranks=case.ranks)
        self.data_shares.append(result["data_share"])
        self.peak_shares.setdefault((form_of(case), case.ranks), []).append(result["peak_share"])
        return result

    def peer(self, case):
        form = form_of(case)
        if form not in self.passes:
            one_rank = workload.options(**{**vars(case), "ranks": 1,
                                           "global_batch": case.global_batch // case.ranks})
            views = workload.METHODS[case.method]
            forms = ("together", "apart") if max(views.trained, views.momentum) > 1 else ("together",)
            self.passes[form] = max(forms, key=lambda passes: self.peer_run(one_rank, passes)["clips_per_s"])
        return self.peer_run(case, self.passes[form])

    def peer_run(self, case, passes):
        command = [self.python, str(HERE / "peer.py"), *arguments(case), "--ranks", str(case.ranks),
                   "--passes", passes]
        return answer(*command, **KEEP_MEMORY)


def form_of(case):
    return case.method, case.width, case.lengths, case.precision


def arguments(case):
    names = ("method", "blocks", "width", "heads", "frames", "lengths", "global_batch", "precision",
             "max_steps")
    return [word for name in names for word in ("--" + name.replace("_", "-"), str(getattr(case, name)))]


def say(text):
    print(text, flush=True)


def compare(sides, model, method, lengths, ranks, chosen):
    """Returns one row of the comparison per precision; precisions and sides alternate."""
    cases = {precision: workload.options(
        method=method, blocks=model["blocks"], width=model["width"], lengths=lengths, ranks=ranks,
        precision=precision, global_batch=model["clips"] * ranks, max_steps=model["steps"],
    ) for precision in chosen.precisions}
    turns = [(side, precision) for precision in chosen.precisions for side in ("ours", "peer")]
    rates = {turn: [] for turn in turns}
    for pair in range(chosen.pairs):
        for side, precision in turns if pair % 2 else turns[::-1]:
            rates[side, precision].append(sides.rate(side, cases[precision]))

    def ratios(precision, against):
        return [a / b for a, b in zip(rates["ours", precision], rates["peer", against])]

    return [{**vars(case), "ours": rates["ours", precision], "peer": rates["peer", precision],
             "ratios": ratios(precision, precision),
             "ratios_to_first": ratios(precision, chosen.precisions[0]),
             "peak_share": statistics.median(sides.peak_shares[form_of(case), ranks]),
             "peer_passes": sides.passes[form_of(case)],
             "memory_gb": [sides.memory[(side, *form_of(case), ranks)] for side in ("ours", "peer")]}
            for precision, case in cases.items()]


def weak_scaling(sides, model, method, pairs):
    """Returns the efficiency of 2 ranks for both sides; runs on one and on two ranks alternate."""
    result = {"method": method, "blocks": model["blocks"], "width": model["width"],
              "clips_a_rank": model["weak_clips"]}
    for side in ("ours", "peer"):
        rates = {1: [], 2: []}
        for _ in range(pairs):
            for ranks in rates:
                rates[ranks].append(sides.rate(side, workload.options(
                    method=method, blocks=model["blocks"], width=model["width"], lengths="equal", ranks=ranks,
                    global_batch=model["weak_clips"] * ranks, max_steps=model["weak_steps"],
                )))
        result[side] = {"rates": rates,
                        "efficiency": [two / (2 * one) for one, two in zip(rates[1], rates[2])]}
    return result


def describe_machine():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                if line.startswith("model name")), platform.machine())
    return {"cpu": cpu, "cores": os.cpu_count(), "load_at_start": os.getloadavg()[0]}


def measure(sides, chosen):
    """Returns all rows, and prints each as soon as it is measured."""
    report = {"machine": describe_machine(), "speed": [], "weak_scaling": []}
    say(f"{report['machine']['cpu']}, {report['machine']['cores']} cores, "
        f"load {report['machine']['load_at_start']:.2f}\n")
    first = chosen.precisions[0]
    say("| method | model | lengths | ranks | precision | ours clips/s | PyTorch clips/s | ratio [min, max] "
        f"| to PyTorch {first} | share | passes | GB ours | GB PyTorch |\n" + "|---" * 13 + "|")
    for model, method, lengths, ranks in itertools.product(chosen.models, chosen.methods,
                                                           chosen.lengths, (1, 2)):
        for row in compare(sides, model, method, lengths, ranks, chosen):
            report["speed"].append(row)
            medians = [statistics.median(row[side]) for side in ("ours", "peer")]
            say(f"| {method} | {model['blocks']}/{row['heads']}/{model['width']} | {lengths} | {ranks} | "
                f"{row['precision']} | {medians[0]:.2f} | {medians[1]:.2f} | {spread(row['ratios'])} | "
                f"{spread(row['ratios_to_first'])} | {row['peak_share']:.0%} | {row['peer_passes']} | "
                f"{row['memory_gb'][0]:.2f} | {row['memory_gb'][1]:.2f} |")
    if chosen.weak_pairs:
        say("\n| method | model | clips per rank | weak-scaling efficiency of 2 ranks, ours | PyTorch |\n"
            "|---|---|---|---|---|")
    for model, method in itertools.product(chosen.models, chosen.methods) if chosen.weak_pairs else ():
        row = weak_scaling(sides, model, method, chosen.weak_pairs)
        report["weak_scaling"].append(row)
        say(f"| {method} | {model['blocks']}/8/{model['width']} | {model['weak_clips']} "
            f"| {spread(row['ours']['efficiency'])} | {spread(row['peer']['efficiency'])} |")
    report["data_shares"] = sides.data_shares
    say(f"\nours waiting for data: at most {max(sides.data_shares):.2%} of the time of a run's steps")
    return report


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--environment", default=str(ROOT / ".venv-peer"),
                        help="Python environment of the peer, created if missing; default: %(default)s")
    parser.add_argument("--pairs", type=int, default=5, help="pairs per row; default: %(default)s")
    parser.add_argument("--weak-pairs", type=int, default=2,
                        help="pairs for weak scaling, 0 for none; default: %(default)s")
    parser.add_argument("--methods", nargs="+", choices=workload.METHODS, default=["sl-fpn"],
                        help="methods to measure; default: sl-fpn")
    parser.add_argument("--lengths", nargs="+", choices=LENGTHS, default=LENGTHS,
                        help="clips of 64 frames (equal) or of 16 to 64 frames (mixed); default: both")
    parser.add_argument("--precisions", nargs="+", choices=workload.PRECISIONS, default=["float32"],
                        help="precisions to measure; default: float32")
    parser.add_argument("--width", type=int, choices=[model["width"] for model in MODELS],
                        help="measure only the model of this width")
    parser.add_argument("--json", type=pathlib.Path, help="file to write all measurements to")
    chosen = parser.parse_args()
    chosen.models = [model for model in MODELS if chosen.width in (None, model["width"])]
    if chosen.smallest:
        chosen.models, chosen.pairs, chosen.weak_pairs = [MODELS[-1]], 1, 0
    if chosen.pairs < 1:
        parser.error("--pairs must be at least 1")
    if not os.access(chosen.program, os.X_OK):
        parser.error(f"no program {chosen.program}: build it, or name another with --program")

    subprocess.run([str(HERE / "make-environment"), chosen.environment], check=True)
    report = measure(Sides(chosen.program, chosen.environment + "/bin/python"), chosen)
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
