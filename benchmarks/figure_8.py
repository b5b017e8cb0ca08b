#!/usr/bin/env python3
"""Figure 8 of the paper on the shipped asl9 store: spread of the projections while SL-FPN trains without its parts, and what each costs in accuracy.

    cmake --preset release && cmake --build build/release
    .venv/bin/python benchmarks/figure_8.py [--epochs N] [--parallel N] [--only-draw]

Trains every configuration in configs/ablation three times, once for each signer left out (seeds 0, 1 and 2), at the paper's learning rate and at a
higher one, and tests the MLP probe on the signer left out. Runs are kept in FOLDER/RATE/SETTING/SIGNER; the same command goes on where it
stopped. Prints a table and what becomes of the paper's claims, draws FOLDER/figure_8.png. About 40 minutes with two cores.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "io/examples/asl9.h5"
FOLDS = {"S01": 0, "S02": 1, "S03": 2}  # signer left out -> seed
RATES = {"SGD 0.001 (the paper's)": ["--learning-rate", "0.001"], "SGD 0.02": ["--learning-rate", "0.02"]}
SETTINGS = {  # file in configs/ablation -> name, colour (Okabe and Ito's), dashes
    "full": ("SL-FPN", "#000000", "-"),
    "no-asymmetry-no-norm": ("no predictor, stop-gradient, layer norm", "#d55e00", "-"),
    "no-asymmetry": ("no predictor, stop-gradient", "#e69f00", "-"),
    "no-original": ("no original", "#0072b2", "--"),
    "swapped": ("original and view swapped", "#56b4e9", "--"),
    "no-norm-with-predictor": ("no layer norm (not in the paper)", "#cc79a7", ":"),
    "reading-c": ("original constant (not in the paper)", "#009e73", ":"),
}
PROBE, TRAINED = "MLP probe", "sl-fpn"
COLLAPSED = 0.1  # share of its first value that the spread is said to have collapsed below


def folder_of(chosen, rate, setting, signer):
    return chosen.folder / rate.split(" (")[0].replace(" ", "-").lower() / setting / signer


def run(arguments):
    done = subprocess.run(arguments, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True)
    if done.returncode not in (0, 5):  # 5: the loss was not finite, a result like any other
        raise RuntimeError(f"{' '.join(map(str, arguments))}\n{done.stderr}")
    return done.returncode


def train_and_test(chosen, rate, setting, signer):
    folder = folder_of(chosen, rate, setting, signer)
    run([chosen.program, "pretrain", "--config", f"configs/ablation/{setting}.ini", "--data", DATA, "--run", folder,
         "--seed", str(FOLDS[signer]), "--leave-out-signer", signer, "--epochs", str(chosen.epochs), *RATES[rate]])
    run([chosen.program, "evaluate", "--run", folder, "--supervised-epochs", "0", "--bootstrap", "1"])


class Result:
    """What one run left behind."""

    def __init__(self, folder):
        rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
        steps = [row for row in rows if "spread" in row]
        self.spread = {name: [row[name] for row in steps] for name in ("spread", "spread_normalised")}
        self.accuracy = {row["name"]: row["top1"]["mean"]
                         for row in json.loads((folder / "evaluate/linear.json").read_text())["rows"]
                         if row["classifier"] == PROBE}


def curve(results, name):
    """Step by step (smallest, mean, largest) of the runs."""
    return [(min(values), statistics.fmean(values), max(values)) for values in zip(*(r.spread[name] for r in results))]


def shares(results, name):
    """Last spread (mean of ten steps) over the first, of each run."""
    return [statistics.fmean(r.spread[name][-10:]) / r.spread[name][0] for r in results]


def points(results, against):
    """Accuracy over that of the full method with the same signer and seed, percentage points."""
    return [100 * (r.accuracy[TRAINED] - full.accuracy[TRAINED]) for r, full in zip(results, against)]


def between(values, form):
    return f"{statistics.fmean(values):{form}} [{min(values):{form}}..{max(values):{form}}]"


def table(rate, results):
    print(f"\n{rate}: mean [smallest..largest] of {len(FOLDS)} runs, one for each signer left out")
    print("| setting | raw spread, last / first | normalised spread, last / first | MLP probe, % | against SL-FPN, points |\n|---|---|---|---|---|")
    for setting, (name, *_) in SETTINGS.items():
        runs = results[setting]
        print(f"| {name} | {between(shares(runs, 'spread'), '.3f')} | {between(shares(runs, 'spread_normalised'), '.3f')} "
              f"| {between([100 * r.accuracy[TRAINED] for r in runs], '.1f')} | {between(points(runs, results['full']), '+.1f')} |")
    random = [100 * r.accuracy["same encoder, random weights"] for r in results["full"]]
    print(f"| same encoder, random weights | | | {between(random, '.1f')} | |")


def verdicts(results):
    """The paper's claims, each judged by a rule said with it."""
    def raw(setting):
        return shares(results[setting], "spread")

    def lower(setting):
        return sum(value < 0 for value in points(results[setting], results["full"]))

    runs = len(FOLDS)
    slower = sum(a > b for a, b in zip(raw("no-asymmetry"), raw("no-asymmetry-no-norm")))
    print(f"- no predictor, stop-gradient, layer norm: collapses (raw spread below {COLLAPSED} of its first value): "
          f"{sum(value < COLLAPSED for value in raw('no-asymmetry-no-norm'))} of {runs} runs")
    print(f"- with layer norm it falls, but less far than without: {slower} of {runs}; it falls (below 0.9): "
          f"{sum(value < 0.9 for value in raw('no-asymmetry'))} of {runs}")
    print(f"- SL-FPN shows no sign of collapse (raw spread stays above 0.9): {sum(value > 0.9 for value in raw('full'))} of {runs}; "
          f"falls less far than without predictor and stop-gradient: "
          f"{sum(a > b for a, b in zip(raw('full'), raw('no-asymmetry')))} of {runs}")
    print(f"- without the original, accuracy is lower: {lower('no-original')} of {runs}")
    print(f"- with original and view swapped, accuracy is lower: {lower('swapped')} of {runs}")


def draw(results_by_rate, path):
    import matplotlib

    matplotlib.use("Agg")  # no display needed
    import matplotlib.pyplot as plt

    figure, rows = plt.subplots(len(results_by_rate), 3, figsize=(13, 3.6 * len(results_by_rate)), squeeze=False,
                                gridspec_kw={"width_ratios": [2, 2, 1.3]}, layout="constrained")
    for (rate, results), (raw, normalised, accuracy) in zip(results_by_rate.items(), rows):
        for place, (setting, (name, colour, dashes)) in enumerate(SETTINGS.items()):
            for axes, key in ((raw, "spread"), (normalised, "spread_normalised")):
                low, mean, high = zip(*curve(results[setting], key))
                steps = range(1, len(mean) + 1)
                axes.fill_between(steps, low, high, color=colour, alpha=0.08, linewidth=0)
                axes.plot(steps, mean, dashes, color=colour, label=name, linewidth=1.4)
            values = [100 * r.accuracy[TRAINED] for r in results[setting]]
            for value, mark in zip(values, "osD"):
                accuracy.plot(value, -place, mark, color=colour, markersize=4.5)
        raw.set(title=f"{rate}: raw spread of z", xlabel="step", ylabel="mean deviation of a channel", ylim=(0, None))
        normalised.set(title="normalised spread of z", xlabel="step", ylabel="1: like random directions", ylim=(0, None))
        accuracy.set(title="MLP probe, signer left out", xlabel="accuracy, %", yticks=[-i for i in range(len(SETTINGS))])
        accuracy.set_yticklabels([name for name, *_ in SETTINGS.values()], fontsize=7)
        accuracy.grid(axis="x", color="0.9")
    handles, names = rows[0][0].get_legend_handles_labels()
    marks = [plt.Line2D([], [], marker=mark, linestyle="", color="0.4", label=f"without {signer}") for mark, signer in zip("osD", FOLDS)]
    figure.legend(handles + marks, names + [mark.get_label() for mark in marks], loc="outside lower center", ncols=4, fontsize=8, frameon=False)
    figure.savefig(path, dpi=130)
    print(f"\n{path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/sslslr"), help="default: %(default)s")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "runs/figure_8", help="default: %(default)s")
    parser.add_argument("--epochs", type=int, default=100, help="of a run; default: %(default)s")
    parser.add_argument("--parallel", type=int, default=2, help="single-rank runs at the same time; default: %(default)s")
    parser.add_argument("--only-draw", action="store_true", help="tables and figure of the runs that are there")
    chosen = parser.parse_args()
    if not chosen.only_draw and not os.access(chosen.program, os.X_OK):
        parser.error(f"no program {chosen.program}: build it, or name another with --program")

    jobs = [(rate, setting, signer) for rate in RATES for setting in SETTINGS for signer in FOLDS]
    if not chosen.only_draw:
        with concurrent.futures.ThreadPoolExecutor(chosen.parallel) as pool:
            started = {pool.submit(train_and_test, chosen, *job): job for job in jobs}
            for number, done in enumerate(concurrent.futures.as_completed(started), 1):
                done.result()
                print(f"{number}/{len(jobs)} {', '.join(started[done])}", file=sys.stderr, flush=True)

    results = {rate: {setting: [Result(folder_of(chosen, rate, setting, signer)) for signer in FOLDS] for setting in SETTINGS}
               for rate in RATES}
    for rate, of_rate in results.items():
        table(rate, of_rate)
        print()
        verdicts(of_rate)
    draw(results, chosen.folder / "figure_8.png")


if __name__ == "__main__":
    main()
