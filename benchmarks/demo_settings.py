#!/usr/bin/env python3
"""Chooses the demo's settings without looking at the signer that tests, then scores each left-out signer once.

asl9 has three signers. In each fold one is left out; of the other two, one trains (pretraining without labels, probe with them) and
one validates, and the other way round. A candidate's merit in a fold is the mean over both directions and the search seeds of the MLP
probe's accuracy. The best candidate of each fold is then pretrained on both its signers with fresh seeds and tested on the third.

    benchmarks/demo_settings.py search     validation runs of every candidate, kept in FOLDER/search.jsonl (goes on where it stopped)
    benchmarks/demo_settings.py score      choice per fold and final scores, kept in FOLDER/score.jsonl; prints the tables
"""

import argparse
import concurrent.futures
import itertools
import json
import math
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIGNERS = ["S01", "S02", "S03"]
COMMON = {"blocks": 2, "width": 64, "heads": 8, "global-batch": 64, "checkpoint-every": 0}
TRAINED, RANDOM = "sl-fpn", "same encoder, random weights"
T_975 = {2: 12.706, 3: 4.303, 5: 2.776, 8: 2.365, 15: 2.145}  # Student t, 95 % two-sided, by number of runs


def candidates():
    """Name -> options beside COMMON."""
    rates = {"sgd 0.01": {"optimizer": "sgd", "learning-rate": 0.01},
             "adamw 0.0005": {"optimizer": "adamw", "learning-rate": 0.0005, "schedule": "cosine", "warmup-epochs": 5}}
    plans = list(itertools.product(rates, ["boundary", "both"], [False, True], [30])) + [("adamw 0.0005", "both", True, 100)]
    chosen = {}
    for rate, augmentation, constant, epochs in plans:
        name = f"{rate}, {augmentation}, {epochs} epochs" + (", original constant" if constant else "")
        chosen[name] = {**rates[rate], "augmentation": augmentation, "epochs": epochs,
                        "stop-gradient-original": str(constant).lower()}
    return chosen


def run(program, options):
    arguments = [program, options.pop("command")]
    for name, value in options.items():
        arguments += [f"--{name}", *value] if isinstance(value, list) else [f"--{name}={value}"]
    result = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)
    if result.returncode not in (0, 5):  # 5: the loss was not finite, a result like any other
        raise RuntimeError(f"{' '.join(arguments)}\n{result.stderr}")
    return result


def accuracies(program, options, seed, left_out, test):
    """Pretrains without the signers left out and tests one of them: {row: {classifier: accuracy}}, the last spread."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sslslr-demo-"))
    try:
        data = ["io/examples/asl9.h5"]
        trained = run(program, {"command": "pretrain", **COMMON, **options, "seed": seed, "run": folder, "data": data,
                                "leave-out-signer": left_out})
        if trained.returncode != 0:
            return {"failed": trained.stderr.strip()}
        result = json.loads(run(program, {"command": "evaluate", "run": folder, "data": data, "test-signer": [test],
                                          "supervised-epochs": 0, "bootstrap": 1, "json": "true"}).stdout)
        last = json.loads((folder / "metrics.jsonl").read_text().splitlines()[-1])
        scores = {}
        for row in result["rows"]:
            scores.setdefault(row["name"], {})[row["classifier"]] = row["top1"]["mean"]
        return {"scores": scores, "spread": last["spread"], "spread_normalised": last["spread_normalised"]}
    finally:
        shutil.rmtree(folder)


class Journal:
    """Results by key, one JSON line each; what is there is not run again."""

    def __init__(self, path):
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text().splitlines() if path.exists() else []
        self.results = {tuple(entry["key"]): entry for entry in map(json.loads, lines)}

    def fill(self, jobs, parallel):
        """jobs: key -> function without arguments."""
        missing = {key: job for key, job in jobs.items() if key not in self.results}
        with concurrent.futures.ThreadPoolExecutor(parallel) as pool:
            futures = {pool.submit(job): key for key, job in missing.items()}
            for number, future in enumerate(concurrent.futures.as_completed(futures), 1):
                entry = {"key": futures[future], **future.result()}
                self.results[tuple(entry["key"])] = entry
                with self.path.open("a") as file:
                    file.write(json.dumps(entry) + "\n")
                print(f"{number}/{len(missing)} {entry['key']}", flush=True)


def validation_jobs(program, seeds):
    jobs = {}
    for name, options in candidates().items():
        for train, validate in itertools.permutations(SIGNERS, 2):
            left_out = [signer for signer in SIGNERS if signer != train]
            for seed in seeds:
                jobs[(name, train, validate, seed)] = (
                    lambda o=options, s=seed, l=left_out, v=validate: accuracies(program, o, s, l, v))
    return jobs


def merit(journal, name, fold, row=TRAINED, classifier="MLP probe"):
    """Mean validation accuracy of a candidate within a fold; a failed run counts as 0."""
    values = [entry["scores"][row][classifier] if "scores" in entry else 0.0
              for key, entry in journal.results.items() if key[0] == name and fold not in key[1:3]]
    return sum(values) / len(values) if values else -math.inf


def interval(values):
    mean = sum(values) / len(values)
    deviation = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))
    half = T_975[len(values)] * deviation / math.sqrt(len(values))
    return f"{mean:.3f} [{mean - half:.3f}, {mean + half:.3f}]"


def report_search(journal):
    print(f"\n{'candidate':<60}" + "".join(f"  without {fold}" for fold in SIGNERS) + "   mean")
    for name in sorted(candidates(), key=lambda n: -sum(merit(journal, n, f) for f in SIGNERS)):
        merits = [merit(journal, name, fold) for fold in SIGNERS]
        print(f"{name:<60}" + "".join(f"  {m:11.3f}" for m in merits) + f"  {sum(merits) / 3:.3f}")
    merits = [max(merit(journal, n, f, RANDOM) for n in candidates()) for f in SIGNERS]
    print(f"{RANDOM:<60}" + "".join(f"  {m:11.3f}" for m in merits) + f"  {sum(merits) / 3:.3f}")


def report_score(journal, chosen, seeds):
    for classifier in ["MLP probe", "linear probe"]:
        print(f"\n{classifier}: accuracy on the signer left out, mean and 95 % interval (Student t) over {len(seeds)} seeds")
        print(f"{'signer':<8}{'SL-FPN':<24}{'random encoder':<24}{'difference within seed':<26}raw neighbours  settings")
        all_differences = []
        for fold in SIGNERS:
            scores = [journal.results[("score", chosen[fold], fold, seed)]["scores"] for seed in seeds]
            trained, random = ([s[row][classifier] for s in scores] for row in (TRAINED, RANDOM))
            differences = [a - b for a, b in zip(trained, random)]
            all_differences += differences
            raw = next(iter(scores[0]["nearest neighbours, raw skeletons"].values()))
            print(f"{fold:<8}{interval(trained):<24}{interval(random):<24}{interval(differences):<26}{raw:<16.3f}{chosen[fold]}")
        print(f"difference over all signers and seeds: {interval(all_differences)} (runs that share a signer are not independent)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=["search", "score"])
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/sslslr"))
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "runs/demo_settings")
    parser.add_argument("--parallel", type=int, default=2, help="single-rank runs at the same time")
    parser.add_argument("--search-seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--score-seeds", type=int, nargs="+", default=[101, 102, 103, 104, 105])
    chosen = parser.parse_args()
    search = Journal(chosen.folder / "search.jsonl")
    if chosen.stage == "search":
        search.fill(validation_jobs(chosen.program, chosen.search_seeds), chosen.parallel)
        report_search(search)
        return
    best = {fold: max(candidates(), key=lambda name: merit(search, name, fold)) for fold in SIGNERS}
    score = Journal(chosen.folder / "score.jsonl")
    score.fill({("score", best[fold], fold, seed): (
        lambda f=fold, s=seed: accuracies(chosen.program, candidates()[best[f]], s, [f], f))
        for fold in SIGNERS for seed in chosen.score_seeds}, chosen.parallel)
    report_search(search)
    report_score(score, best, chosen.score_seeds)


if __name__ == "__main__":
    main()
