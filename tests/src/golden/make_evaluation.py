#!/usr/bin/env python3
"""Golden values of what evaluations report, from scikit-learn, SciPy and NumPy in float64: scores of
predictions, classifiers on features, measures of an embedding, intervals.

Run from anywhere, in the environment of benchmarks/make-environment;
rewrites evaluation.json beside this file.
"""

import json
import pathlib

import numpy
import scipy
import sklearn
from scipy.spatial.distance import pdist
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.preprocessing import StandardScaler, normalize

from formula import TENSOR_RULE, tensor

CLIPS, CLASSES, WIDTH, QUERIES = 40, 7, 5, 9


def described(number, *shape):
    return {"tensor": number, "shape": list(shape)}


def labels_of(clips, classes):
    """Of every class some clips, in no plain order."""
    return numpy.array([(clip * clip + clip // 3) % classes for clip in range(clips)])


def predictions():
    """Two classes do not occur in the truth, whether they are predicted or not."""
    scores = tensor(0, CLIPS, CLASSES).numpy()
    truth = numpy.where(numpy.isin(labels_of(CLIPS, CLASSES), [0, 6]), 3, labels_of(CLIPS, CLASSES))
    predicted = scores.argmax(1)
    precision, recall, f1, clips = metrics.precision_recall_fscore_support(
        truth, predicted, labels=range(CLASSES), zero_division=0)
    return {
        "inputs": {"scores": described(0, CLIPS, CLASSES)}, "truth": truth.tolist(),
        "top_k": {k: metrics.top_k_accuracy_score(truth, scores, k=k, labels=range(CLASSES))
                  for k in (1, 2, 5)},
        "confusion": metrics.confusion_matrix(truth, predicted, labels=range(CLASSES)).tolist(),
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(),
        "clips": clips.tolist(),
        "macro_f1": metrics.f1_score(truth, predicted, average="macro", zero_division=0),
    }


def features(classes):
    """Rows of different lengths, standing for frozen features of a few classes that overlap."""
    labels = labels_of(CLIPS, classes)
    return tensor(1, CLIPS, WIDTH).numpy() + 0.5 * tensor(2, classes, WIDTH).numpy()[labels], labels


def logistic_regression():
    """Multinomial, with the squared weights but not the intercepts penalised:
    weight decay d is C = 1 / (d clips)."""
    known, labels = features(3)
    queries = tensor(3, QUERIES, WIDTH).numpy()
    scaler = StandardScaler().fit(known)
    cases = []
    for decay in (0.01, 0.1, 1.0):
        model = LogisticRegression(C=1 / (decay * CLIPS), tol=1e-12, max_iter=100_000).fit(
            scaler.transform(known), labels)
        cases.append({"weight_decay": decay,
                      "probabilities": model.predict_proba(scaler.transform(queries)).tolist()})
    return {"inputs": {"features": described(1, CLIPS, WIDTH), "centres": described(2, 3, WIDTH),
                       "queries": described(3, QUERIES, WIDTH)},
            "labels": labels.tolist(), "rule": "features + 0.5 * centres[labels], standardised",
            "cases": cases}


def neighbours():
    known, labels = features(3)
    model = KNeighborsClassifier(5, weights=lambda distances: distances**-8.0).fit(known, labels)
    return {"neighbours": 5, "shares": model.predict_proba(tensor(3, QUERIES, WIDTH).numpy()).tolist()}


def inertia(rows, labels):
    centres = NearestCentroid().fit(rows, labels).centroids_
    return float(numpy.mean(metrics.pairwise_distances(rows, centres)[numpy.arange(len(rows)), labels] ** 2))


def measures():
    rows, labels = features(4)
    unit = normalize(rows)
    # The index is (total - within) / within * (clips - classes) / (classes - 1).
    index = metrics.calinski_harabasz_score(unit, labels)
    same = metrics.pairwise_distances(labels[:, None], metric="hamming") == 0
    others = ~numpy.eye(CLIPS, dtype=bool)
    shares = numpy.linalg.svd(rows - rows.mean(0), compute_uv=False)
    shares = shares / shares.sum()
    return {
        "inputs": {"features": described(1, CLIPS, WIDTH), "centres": described(2, 4, WIDTH)},
        "labels": labels.tolist(), "inertia": inertia(rows, labels),
        "inertia_normalised": inertia(unit, labels), "within_share": 1 / (1 + index * 3 / (CLIPS - 4)),
        "spread": float(StandardScaler().fit(rows).scale_.mean()),
        "spread_normalised": float(StandardScaler().fit(unit).scale_.mean() * WIDTH**0.5),
        "alignment": float(metrics.pairwise_distances(unit, metric="sqeuclidean")[same & others].mean()),
        "uniformity": float(numpy.log(numpy.exp(-2 * pdist(unit, "sqeuclidean")).mean())),
        "effective_rank": float(numpy.exp(scipy.stats.entropy(shares))),
        "negative_similarity": float(metrics.pairwise.cosine_similarity(rows)[~same].mean()),
    }


def student():
    cases = []
    for runs in ([0.71, 0.74], [0.5, 0.25, 0.75], [0.471, 0.468, 0.483, 0.475, 0.462, 0.470, 0.479, 0.466]):
        low, high = scipy.stats.t.interval(0.95, len(runs) - 1, numpy.mean(runs), scipy.stats.sem(runs))
        cases.append({"runs": runs, "low": float(low), "high": float(high)})
    return cases


def main():
    golden = {
        "made_by": f"make_evaluation.py, float64; scikit-learn {sklearn.__version__}, "
                   f"SciPy {scipy.__version__}, NumPy {numpy.__version__}",
        "tensor_rule": TENSOR_RULE,
        "predictions": predictions(), "logistic_regression": logistic_regression(),
        "neighbours": neighbours(), "measures": measures(), "student": student(),
    }
    path = pathlib.Path(__file__).with_name("evaluation.json")
    path.write_text(json.dumps(golden, separators=(",", ":")).replace(',"', ',\n"') + "\n")


if __name__ == "__main__":
    main()
