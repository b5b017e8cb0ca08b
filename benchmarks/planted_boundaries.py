#!/usr/bin/env python3
"""Measures how well a boundary search finds known boundaries of synthetic signs, with real training.

Usage: planted_boundaries.py [--method simclr|sl-fpn|supervised] [--seeds N] [--places FIRST-LAST ...]
                             [--repeats R] [--ranks N]
About twenty minutes on 2 cores.

For each place and seed, creates a store of synthetic signs whose informative frames are [FIRST, LAST) of
LENGTH, runs a full search on it (every k, so that the other modes are replayed on the same trainings) and
finds the boundaries that need no search. Prints how often each is within one step of the planted k1 = FIRST
and k2 = LENGTH - LAST. Finished work stays in FOLDER, and the same command resumes it.
"""
import json
import tempfile
from pathlib import Path
from statistics import fmean

from common import ROOT, parser_of, run

LENGTH = 32
STEP = 4
# At either end, signs differ in which of two poses comes first; a pose lasts 4 frames. Noise between frames
# makes them hard. Clips vary little, because a loss that tells clips apart would rely on that variation.
SIGNS = (f"--classes 4 --signers 5 --length {LENGTH} --pose-frames 4 "
         "--noise 0.1 --clip-variation 0.02 --signer-variation 0.01").split()
MODEL = "--blocks 1 --width 32 --heads 4 --optimizer adamw --learning-rate 0.003 --global-batch 32".split()
# SL-FPN has batch norm in the projector: without it the outputs collapse here, and views that permute
# everything cost nothing. Supervised training on permuted views is not a search of the paper. It separates
# the effect of the search from that of the loss.
METHODS = {"simclr": ["--method", "simclr"], "sl-fpn": ["--method", "sl-fpn", "--projector-norm", "all"],
           "supervised": ["--method", "supervised"]}


def search(folder, first, last, seed, arguments):
    """Searches on signs with these boundaries and returns the report."""
    store = folder / f"{first}-{last}-seed-{seed}.h5"
    study = folder / f"{arguments.method}-{first}-{last}-seed-{seed}"
    if not store.exists():
        run(arguments.program, "prepare", "--from", "synthetic", "--output", store, *SIGNS,
            "--clips", arguments.clips, "--first", first, "--last", last, "--seed", seed)
    run(arguments.program, "boundary", "plan", "--study", study, "--data", store, "--mode", "full",
        "--step", STEP, "--largest", arguments.largest, "--repeats", arguments.repeats,
        "--seed", 100 * seed, "--tolerance", arguments.tolerance, *METHODS[arguments.method], *MODEL,
        "--max-steps", arguments.max_steps,
        f"--compare={'true' if seed < arguments.compared_seeds else 'false'}")
    work = run(arguments.program, "boundary", "work", "--study", study, ranks=arguments.ranks)
    print(f"{study.name}: {work.splitlines()[-1]}", flush=True)
    return json.loads(run(arguments.program, "boundary", "report", "--study", study, "--json"))


def answers_of(report):
    """Returns {name: (k1, k2, trainings)} of every way to find boundaries."""
    answers = {}
    for row in report["other_modes"]:
        name = row["mode"] + (" with halving" if row["halving"] else "")
        answers[name] = row["k1"], row["k2"], row["trainings"]
    for row in report["comparisons"]:
        if "k1" in row:
            answers[row["what"]] = row["k1"], row["k2"], row["trainings"]
    return answers


def share(values):
    return f"{sum(values)}/{len(values)}"


def table(results):
    names = list(dict.fromkeys(name for _, report in results for name in answers_of(report)))
    print(f"\n| way to find k1, k2 | k1 within {STEP} frames | k2 within {STEP} | both | "
          "mean error, frames | trainings |")
    print("|---|---|---|---|---|---|")
    for name in names:
        near1, near2, errors, trainings = [], [], [], []
        for (first, last, _), report in results:
            if name not in answers_of(report):
                continue
            k1, k2, cost = answers_of(report)[name]
            errors += [abs(k1 - first), abs(k2 - (LENGTH - last))]
            near1.append(errors[-2] <= STEP)
            near2.append(errors[-1] <= STEP)
            trainings.append(cost)
        both = [a and b for a, b in zip(near1, near2)]
        print(f"| {name} | {share(near1)} | {share(near2)} | {share(both)} | {fmean(errors):.1f} | "
              f"{fmean(trainings):.0f} |")
    for place in dict.fromkeys((first, last) for (first, last, _), _ in results):
        sides = [abs(answers_of(report)["full"][side] - planted) <= STEP
                 for key, report in results if key[:2] == place
                 for side, planted in enumerate((place[0], LENGTH - place[1]))]
        print(f"full search, planted {place[0]}-{place[1]}: {share(sides)} boundaries within {STEP} frames")
    changed = [answers_of(report)["full with halving"][:2] != answers_of(report)["full"][:2]
               for _, report in results]
    print(f"halving changed the full search's answer in {share(changed)} studies")


def curves(results):
    """Prints the mean accuracy for each k and place."""
    for place in dict.fromkeys((first, last) for (first, last, _), _ in results):
        for side in ("start", "end"):
            rows = [report[side]["curve"] for key, report in results if key[:2] == place]
            means = [f"{row[0]['k']}: {fmean(r['mean'] for r in row):.3f}" for row in zip(*rows)]
            print(f"planted {place[0]}-{place[1]}, {side}: {', '.join(means)}")
    for what in ("random weights", "no permutation", "the search's k1 and k2",
                 "clips' own, by the motion of the wrists", "random lengths, then sensitivity"):
        values = [fmean(row["accuracies"]) for _, report in results for row in report["comparisons"]
                  if row["what"] == what and row["accuracies"]]
        if values:
            print(f"accuracy, {what}: {fmean(values):.3f}")


def measure(arguments):
    results = []
    for seed in range(arguments.seeds):
        for place in arguments.places:
            first, last = map(int, place.split("-"))
            results.append(((first, last, seed), search(arguments.folder, first, last, seed, arguments)))
    table(results)
    curves(results)


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="stores per place; default: %(default)s")
    parser.add_argument("--places", nargs="+", default=["4-24", "8-24", "8-28"],
                        help=f"informative frames FIRST-LAST of {LENGTH}; default: 4-24 8-24 8-28")
    parser.add_argument("--repeats", type=int, default=3, help="trainings per k; default: %(default)s")
    parser.add_argument("--compared-seeds", type=int, default=3,
                        help="seeds for which boundaries without a search are found, too; "
                             "default: %(default)s")
    parser.add_argument("--method", choices=METHODS, default="simclr",
                        help="method to train with; default: %(default)s")
    parser.add_argument("--tolerance", type=float, default=0.15,
                        help="drop in accuracy that counts as none; default: %(default)s")
    parser.add_argument("--largest", type=int, default=16,
                        help="largest k to test, in frames; default: %(default)s")
    parser.add_argument("--ranks", type=int, default=2, help="ranks to search with; default: %(default)s")
    parser.add_argument("--clips", type=int, default=1200, help="clips per store; default: %(default)s")
    parser.add_argument("--max-steps", type=int, default=300, help="steps per training; default: %(default)s")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs/planted_boundaries",
                        help="folder for stores and searches; default: %(default)s")
    arguments = parser.parse_args()
    if not arguments.smallest:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        measure(arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        arguments.folder, arguments.seeds, arguments.places, arguments.repeats = Path(folder), 1, ["4-24"], 2
        arguments.clips, arguments.max_steps, arguments.largest = 160, 2, STEP
        measure(arguments)


if __name__ == "__main__":
    main()
