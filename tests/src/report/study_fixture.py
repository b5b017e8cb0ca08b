"""A fixture: a study's folder with synthetic numbers in every part of report.json. None was measured.

study_fixture.py FOLDER    writes FOLDER/report/report.json and FOLDER/features/, to look at
"""

import json
import math
import random
import sys
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
METHODS = (
    ("simclr", "SimCLR"),
    ("moco-v2", "MoCo v2"),
    ("simsiam", "SimSiam"),
    ("byol", "BYOL"),
    ("sl-fpn", "SSL-SLR"),
)
CONTROLS = (("random", "random weights"), ("raw", "raw skeletons"))
DATA = (("asl9", "ASL9"), ("libras5", "Libras & more"))  # & must be escaped everywhere
CLASSES = ("book", "coffee", "hello", "large", "medium", "no", "small", "tea", "thank_you")
PUBLISHED = (
    ("ASL Citizen", "SignCLIP (Jiang 2024)", 46.00, 77.00, False),
    ("ASL Citizen", "SSL-SLR", 47.06, 78.96, True),
    ("LSFB (700)", "Fink 2023", 54.40, None, False),
    ("LSFB (700)", "SSL-SLR", 56.81, None, True),
    ("Libras & more", "A published <method>", 61.25, 90.50, False),
)


def published():
    return [dict(zip(("data", "method", "top1", "top5", "ours"), row)) for row in PUBLISHED]


def estimate(mean, half):
    return {"mean": round(mean, 4), "low": round(mean - half, 4), "high": round(mean + half, 4)}


class Fixture:
    """Draws all numbers from one seed."""

    def __init__(self):
        self._random = random.Random(1)

    def cell(self, centre, scale=1.0):
        mean = centre + self._random.uniform(-0.06, 0.06) * scale
        value = estimate(mean, self._random.uniform(0.01, 0.04) * scale)
        return {
            "status": "done",
            **value,
            "runs": 8,
            "clips": 7200,
            "values": [value["mean"]] * 8,
            "top1": value,
            "top5": estimate(min(mean + 0.2, 0.99), 0.008),
            "macro_f1": estimate(mean - 0.015, 0.03),
        }

    def row(self, title, data, columns, scale=1.0, higher=True):
        cells = [self.cell((0.7 if kind == "method" else 0.5) * scale, scale) for *_, kind in columns]
        order = sorted(
            (place for place, column in enumerate(columns) if column[2] == "method"),
            key=lambda place: cells[place]["mean"],
            reverse=higher,
        )
        first, second = order[0], order[1]
        difference = cells[first]["mean"] - cells[second]["mean"]
        half = self._random.choice((0.5, 1.5)) * abs(difference)
        verdict = "better" if half < abs(difference) else "not distinguishable"
        return {
            "title": title,
            "data": data,
            "target": data,
            "augmentation": "our",
            "cells": cells,
            "best": columns[first][0],
            "second": columns[second][0],
            "best_over_second": {
                "difference": difference,
                "low": difference - half,
                "high": difference + half,
                "verdict": verdict,
            },
        }

    def table(self, name, title, rows, columns, measure="top1", note="", **more):
        is_share = measure in ("top1", "top5", "macro_f1")
        return {
            "name": name,
            "title": title,
            "layout": "grid",
            "measure": measure,
            "unit": "%" if is_share else "s",
            "scale": 100 if is_share else 1,
            "digits": 1,
            "higher_is_better": is_share,
            "note": note,
            "columns": [{"name": n, "title": t, "kind": kind} for n, t, kind in columns],
            "rows": [self.row(row, data, columns, 1 if is_share else 60, is_share) for row, data in rows],
            "published": [],
            **more,
        }

    def curve(self, fall):
        steps = list(range(0, 400, 5))
        raw = [(1 - fall) + fall * math.exp(-step / 80) + self._random.uniform(-0.01, 0.01) for step in steps]
        return steps, raw, [value**0.5 for value in raw]


def kinds(columns, kind):
    return [(name, title, kind) for name, title in columns]


def tables(fixture):
    both = kinds(METHODS, "method") + kinds(CONTROLS, "control")
    rows = [(f"{title}{ending}", name) for name, title in DATA for ending in (" (our)", "")]
    first = fixture.table(
        "1",
        "Linear evaluation: boundary-aware (our) against classical augmentation",
        rows,
        both,
        note="MLP probe; folds by signer.",
    )
    first["rows"][1]["cells"][1] = {"status": "missing", "mean": None, "low": None, "high": None,
                                    "runs": 0, "clips": 0}
    first["rows"][3]["cells"][5] = {"status": "failed", "mean": None, "low": None, "high": None,
                                    "runs": 0, "clips": 0}
    first["rows"][2]["cells"][6] = {"status": "none"}
    first["rows"][0]["cells"][6].update(low=None, high=None, runs=1)
    time = fixture.table(
        "4",
        "Execution time of 100 % of pretraining",
        [(t, n) for n, t in DATA],
        kinds(METHODS[2:], "method"),
        "seconds",
    )
    ablation = fixture.table(
        "ablation",
        "Accuracy without parts of SL-FPN",
        [(t, n) for n, t in DATA],
        [
            ("full", "SL-FPN", "method"),
            ("no-asymmetry", "no predictor, no stop-gradient", "method"),
            ("no-original", "no original", "method"),
            ("swapped", "original and view swapped", "method"),
            ("no-norm", "no layer norm (not in the paper)", "method"),
            ("reading-c", "original constant (not in the paper)", "method"),
            ("random", "random weights", "control"),
            ("raw", "raw skeletons", "control"),
            ("wrists", "hand-made wrist-motion descriptor", "control"),
        ],
    )
    state = fixture.table(
        "6",
        "Fine-tuned, beside published results",
        [(t, n) for n, t in DATA],
        [("sl-fpn", "SSL-SLR", "method"), ("byol", "BYOL", "method"),
         ("supervised", "from scratch", "control")],
        layout="state-of-the-art",
    )
    return [first, time, state, ablation]


def skeleton_clip(clip, k1, k2):
    with h5py.File(ROOT / "io/examples/asl9.h5") as store:
        begin, end = store["clips/offset"][clip : clip + 2]
        frames = store["landmarks"][begin:end].astype(float).round(4)
        names = [name.decode() for name in store["points"][()]]
    shown = [[None if any(map(math.isnan, point)) else list(point) for point in frame] for frame in frames]
    return {"title": f"ASL9: clip {clip}", "frames": len(shown), "k1": k1, "k2": k2, "points": names,
            "skeleton": shown}


def write_features(folder, seed, spread):
    random_numbers = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(CLASSES)), 20)
    centres = random_numbers.normal(size=(len(CLASSES), 16))
    features = centres[labels] + spread * random_numbers.normal(size=(len(labels), 16))
    with h5py.File(folder / f"features/{seed}.h5", "w") as file:
        file["features"] = features.astype(np.float32)
        file["labels"] = labels.astype(np.int64)
        file["class_names"] = list(CLASSES)


def panels(folder):
    (folder / "features").mkdir(parents=True, exist_ok=True)
    found = []
    for row, (data, data_title) in enumerate(DATA):
        for place, (column, column_title) in enumerate(METHODS[3:]):
            seed = 10 * row + place
            write_features(folder, seed, 0.4 + 0.5 * place)
            found.append(
                {
                    "data": data,
                    "data_title": data_title,
                    "column": column,
                    "column_title": column_title,
                    "classes": list(CLASSES[row : row + 2]),
                    "features": f"features/{seed}.h5",
                }
            )
    return found


def search_report(fixture):
    """What `sslslr boundary report` writes, as far as figures need it."""
    def side(edge):
        rows = []
        for k in range(0, 32, 4):
            effect = -0.05 * max(k - edge, 0) / 4
            row = {"k": k, "mean": 0.8 + effect, "effect": effect}
            row["interval"] = estimate(row["mean"], 0.03)
            if k:
                row["against_reference"] = estimate(effect, 0.02)
            rows.append(row)
        return {"curve": rows, "verdict": {"is_supported": edge == 8}}

    clips = [
        {"clip": clip, "sign": "tea", "k1": 4 * (clip % 3) + 4, "k2": 8, "prefers_k1": clip % 4 > 0,
         "prefers_k2": False, "pair": {"k1": 4 * (clip % 3) + 4, "k2": 8}, "prefers_pair": clip % 4 > 0,
         "loss": 0.1 * (clip % 3 - 1)}
        for clip in range(24)
    ]
    return {"frames": 32, "k1": 8, "k2": 12, "start": side(8), "end": side(12), "clips": clips,
            "comparisons": [{"what": "random weights", "accuracies": [0.5, 0.52]}],
            "signs": [{"sign": "tea", "clips": 24, "loss": fixture.cell(0.0)["mean"]}]}


def figures(fixture, folder):
    curves = []
    for (column, title), fall in zip(
        (("full", "SL-FPN"), ("no-asymmetry", "no predictor, no stop-gradient"),
         ("no-original", "no original")),
        (0.3, 0.95, 0.5),
    ):
        steps, raw, normalised = fixture.curve(fall)
        curves.append({"column": column, "title": title, "steps": steps, "raw": raw,
                       "normalised": normalised})
    return {
        "2": {"clips": [skeleton_clip(0, 10, 7), skeleton_clip(450, 10, 7)]},
        "4": {"searches": [{"title": "a search", "report": search_report(fixture)}]},
        "7": {"panels": panels(folder)},
        "8": {"curves": curves, "table": "ablation"},
    }


def classes(data):
    size = len(CLASSES)
    confusion = [
        [60 if row == column else 5 * ((row + 2 * column) % 3) for column in range(size)]
        for row in range(size)
    ]
    per_class = [{"clips": 90, "precision": 0.8, "recall": 0.7 + 0.01 * row, "f1": 0.75}
                 for row in range(size)]
    return {
        "table": "1",
        "data": data,
        "column": "sl-fpn",
        "column_title": "SSL-SLR",
        "augmentation": "our",
        "names": list(CLASSES),
        "confusion": confusion,
        "per_class": per_class,
    }


def data_set(name, title):
    folds = [
        {
            "name": f"S0{signer}",
            "how": f"tested on signer S0{signer}",
            "pretrain": 600,
            "train": 540,
            "validation": 0,
            "test": 300,
        }
        for signer in (1, 2, 3)
    ]
    return {
        "name": name,
        "title": title,
        "published": "ASL Citizen" if name == "asl9" else "",
        "language": "a sign language",
        "licence": "MIT, Copyright (c) a person",
        "source": "https://example.org/a-rather-long-address/of-a-data-set",
        "clips": 900,
        "classes": 9,
        "signers": 3,
        "folds": folds,
    }


CLAIMS = (
    (
        "C6",
        "Permuting the boundaries beats classical augmentation for every method & data set",
        "not distinguishable",
        "5 of 10 pairs better, 2 worse, 3 not distinguishable",
    ),
    ("C13", "SSL-SLR is best in linear evaluation", "holds", "+2.0 [+0.4, +3.6] over BYOL"),
    ("C15", "Time: SimSiam < SL-FPN < BYOL", "does not hold", "BYOL is faster than SL-FPN"),
    ("C20", "With 30 % of the labels pretraining helps", "not tested here", "no such job"),
)


def make_report(folder):
    fixture = Fixture()
    return {
        "schema": "sslslr-study-report",
        "version": 1,
        "title": "FIXTURE: synthetic numbers <of no study>",
        "program": "sslslr 0.1.0",
        "study_file": "# a fixture\n[study]\nruns = 8\ndata = asl9, libras5 <&>\n" + "x" * 200 + " = 1",
        "command": "sslslr study run --study configs/study/fixture.ini",
        "runs": 8,
        "interval": "95 % Student t over 8 runs",
        "complete": False,
        "jobs": {
            "done": 118,
            "all": 120,
            "training_seconds": 5432.1,
            "failed": [{"name": "libras5/sl-fpn/seed-3", "error": "loss not finite in step 7 <nan>"}],
        },
        "data": [data_set(*each) for each in DATA],
        "tables": tables(fixture),
        "published": published(),
        "classes": [classes("asl9"), classes("libras5")],
        "claims": [dict(zip(("id", "says", "verdict", "evidence"), claim)) for claim in CLAIMS],
        "figures": figures(fixture, folder),
    }


def write_study(folder, report=None):
    """Writes a study's folder; returns the report in it."""
    folder = Path(folder)
    report = report or make_report(folder)
    (folder / "report").mkdir(parents=True, exist_ok=True)
    (folder / "report/report.json").write_text(json.dumps(report), encoding="utf-8")
    return report


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write_study(sys.argv[1])
