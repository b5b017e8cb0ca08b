#!/usr/bin/env python3
"""Measures how well a boundary search finds known boundaries of synthetic signs, with real training.

Usage: planted_boundaries.py [--method supervised|simclr] [--without-search] [--seeds N]
                             [--places FIRST-LAST ...] [--margin M] [--repeats R] [--ranks N]
                             [--plan OPTIONS ...]

For each place and seed, creates a store of synthetic signs whose informative frames are [FIRST, LAST) of
LENGTH, and searches it. The truth at either end is the largest k at which a classifier that knows the
generator loses at most the margin (`prepare` writes its accuracy to the store), not the frame that was
planted. Prints how often the search, the paper's rules on the same trainings and the best constant answer
are within one step of it, and how many verdicts were wrong; with --without-search, how often the boundaries
that need no search are. Finished work stays in FOLDER, and the same command resumes it.
"""
import argparse
import json
import tempfile
from pathlib import Path
from statistics import fmean

from common import ROOT, parser_of, run

LENGTH = 40
STEP = 4
# Classes differ in the directions of two movements of 4 frames, which other clips make before and after it.
SIGNS = f"--kind order --classes 4 --signers 5 --length {LENGTH} --pose-frames 4".split()
MODEL = (f"--frames {LENGTH} --blocks 1 --width 32 --heads 4 --dropout 0 --pooling mean --optimizer adamw "
         "--learning-rate 0.001 --global-batch 64 --max-steps 300").split()
# Where one view is to be recognised in the other, positions do not teach order.
METHODS = {"simclr": ("--method simclr --projector-norm all --temperature 0.1 --augmentation both "
                      "--inputs positions velocities").split(),
           "supervised": "--method supervised --augmentation boundary --inputs positions".split()}
WITHOUT_SEARCH = ("frames in which classes differ", "random lengths, then sensitivity")  # rows of the report


def truth_of(program, store, margin):
    """Returns the (k1, k2) of the grid up to which the possible accuracy falls by at most the margin."""
    attributes = json.loads(run(program, "inspect", "--json", store))[0]["attributes"]
    truth = []
    for end in ("start", "end"):
        possible = [float(value) for value in attributes[f"possible_accuracy_{end}"].split()]
        harmless = [k for k in range(0, LENGTH + 1, STEP)
                    if all(value >= possible[0] - margin for value in possible[:k + 1])]
        truth.append(harmless[-1])
    return tuple(truth)


def by_option(words):
    """Returns {option: its values} of a list of words."""
    options = {}
    for word in words:
        if word.startswith("--"):
            options[word] = []
        else:
            options[next(reversed(options))].append(word)
    return options


def store_of(place, seed, arguments):
    """Returns a store of signs with these boundaries, made if it is not there."""
    first, last = place.split("-")
    store = arguments.folder / f"{place}-seed-{seed}.h5"
    if not store.exists():
        run(arguments.program, "prepare", "--from", "synthetic", "--output", store, *SIGNS, "--clips",
            arguments.clips, "--noise", arguments.noise, "--first", first, "--last", last, "--seed", seed)
    return store


def searched(name, seed, store, arguments, *options):
    """Plans a search, works on it and returns the last line of the work and the report."""
    study = arguments.folder / name
    training = by_option(MODEL + METHODS[arguments.method]) | by_option(arguments.plan)
    run(arguments.program, "boundary", "plan", "--study", study, "--data", store, "--step", STEP,
        "--seed", 100 * seed, *options,
        *(word for option, values in training.items() for word in (option, *values)))
    work = run(arguments.program, "boundary", "work", "--study", study, ranks=arguments.ranks)
    return work.splitlines()[-1], json.loads(run(arguments.program, "boundary", "report", "--study", study,
                                                 "--json"))


def search(place, seed, arguments):
    """Searches on signs with these boundaries and returns the truth and the report."""
    store = store_of(place, seed, arguments)
    name = f"{arguments.method}-{place}-seed-{seed}"
    work, report = searched(name, seed, store, arguments, "--largest", arguments.largest, "--repeats",
                            arguments.repeats, "--margin", arguments.margin, "--compare=false")
    truth = truth_of(arguments.program, store, arguments.margin)
    print(f"{name}: k1 = {report['k1']}, k2 = {report['k2']}, truth {truth}; {work}", flush=True)
    return truth, report


def estimate(place, seed, arguments):
    """Returns the truth and {way: (k1, k2)} of the ways without a search, by the smallest search there is."""
    store = store_of(place, seed, arguments)
    _, report = searched(f"estimate-{arguments.method}-{place}-seed-{seed}", seed, store, arguments,
                         "--sides", "start", "--largest", STEP, "--repeats", 2, "--mode", "tolerant",
                         "--tolerance", 1)
    found = {row["what"]: (row.get("k1"), row.get("k2")) for row in report["comparisons"]}
    return truth_of(arguments.program, store, arguments.margin), {way: found.get(way, (None, None))
                                                                  for way in WITHOUT_SEARCH}


def is_near(answer, truth):
    return answer[0] is not None and answer[1] is not None and all(
        abs(found - true) <= STEP for found, true in zip(answer, truth))


def table(results):
    """Prints how often each rule, and the best constant answer, is within one step at both ends."""
    count = len(results)
    print(f"\n| rule | both ends within {STEP} frames | decided | trainings |\n|---|---|---|---|")
    for rule in range(len(results[0][1]["other_modes"])):
        answers = [(truth, report["other_modes"][rule]) for truth, report in results]
        known = [row for _, row in answers if row["trainings"] is not None]
        near = sum(is_near((row["k1"], row["k2"]), truth) for truth, row in answers)
        decided = sum(report["start"]["is_decided"] and report["end"]["is_decided"]
                      for _, report in results)
        trainings = fmean(row["trainings"] for row in known) if known else float("nan")
        ended = decided if rule == 0 else len(known)
        print(f"| {answers[0][1]['mode']} | {near}/{count} | {ended}/{count} | {trainings:.0f} |")
    grid = range(0, LENGTH + 1, STEP)
    best = max(((k1, k2) for k1 in grid for k2 in grid),
               key=lambda k: sum(is_near(k, truth) for truth, _ in results))
    near = sum(is_near(best, truth) for truth, _ in results)
    print(f"| always {best[0]}, {best[1]} | {near}/{count} | - | 0 |")


def verdicts(results):
    """Prints how many verdicts say that a boundary is supported that is not within a step of the truth."""
    supported = [(report[f"k{i + 1}"], truth[i]) for truth, report in results
                 for i, side in enumerate(("start", "end")) if report[side]["verdict"]["is_supported"]]
    wrong = sum(abs(k - true) > STEP for k, true in supported)
    print(f"\nverdicts: {len(supported)} of {2 * len(results)} support a boundary, {wrong} of them wrongly")


def measure_without_search(arguments):
    results = [estimate(place, seed, arguments) for place in arguments.places
               for seed in range(arguments.seeds)]
    print(f"| way | both ends within {STEP} frames | trainings |\n|---|---|---|")
    for way, trainings in zip(WITHOUT_SEARCH, (0, 1)):
        near = sum(is_near(ways[way], truth) for truth, ways in results)
        print(f"| {way} | {near}/{len(results)} | {trainings} |")


def measure(arguments):
    if arguments.without_search:
        measure_without_search(arguments)
        return
    results = {place: [search(place, seed, arguments) for seed in range(arguments.seeds)]
               for place in arguments.places}
    every = [result for of_place in results.values() for result in of_place]
    table(every)
    verdicts(every)
    for place, of_place in results.items():
        for side in ("start", "end"):
            points = {}
            for _, report in of_place:
                for point in report[side]["curve"]:
                    points.setdefault(point["k"], []).append(point["mean"])
            means = ", ".join(f"{k}: {fmean(values):.3f}" for k, values in sorted(points.items()))
            print(f"informative {place}, {side}: {means}")


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="stores per place; default: %(default)s")
    parser.add_argument("--places", nargs="+", default=["4-12", "16-24", "28-36"],
                        help=f"informative frames FIRST-LAST of {LENGTH}; default: 4-12 16-24 28-36; "
                             f"0-{LENGTH} for signs without a boundary, 0-8 for information at one end")
    parser.add_argument("--repeats", type=int, default=10,
                        help="most trainings per k; default: %(default)s")
    parser.add_argument("--margin", type=float, default=0.03,
                        help="loss of accuracy that does no harm; default: %(default)s")
    parser.add_argument("--method", choices=METHODS, default="supervised",
                        help="method to train with; default: %(default)s")
    parser.add_argument("--without-search", action="store_true",
                        help="measure the boundaries that need no search")
    parser.add_argument("--largest", type=int, default=32,
                        help="largest k to test, in frames; default: %(default)s")
    parser.add_argument("--ranks", type=int, default=2, help="ranks to search with; default: %(default)s")
    parser.add_argument("--clips", type=int, default=480, help="clips per store; default: %(default)s")
    parser.add_argument("--noise", type=float, default=0.1,
                        help="noise of the landmarks, shoulder widths; default: %(default)s")
    parser.add_argument("--plan", nargs=argparse.REMAINDER, default=[],
                        help="further options of `boundary plan`, such as --max-steps 100")
    parser.add_argument("--folder", type=Path, default=ROOT / "runs/planted_boundaries",
                        help="folder for stores and searches; default: %(default)s")
    arguments = parser.parse_args()
    if not arguments.smallest:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        measure(arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        arguments.folder, arguments.seeds, arguments.places, arguments.repeats = Path(folder), 1, ["4-12"], 2
        arguments.clips, arguments.largest, arguments.plan = 160, STEP, ["--max-steps", "2"]
        measure(arguments)
        measure_without_search(arguments)


if __name__ == "__main__":
    main()
