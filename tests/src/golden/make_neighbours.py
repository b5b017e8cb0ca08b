#!/usr/bin/env python3
"""Golden values of nearest neighbours, by NumPy in float64:
vectors of raw skeletons, and the places of clips in a gallery.

Run from anywhere, with NumPy and torch; rewrites neighbours.json beside this file.
"""

import json
import pathlib

import numpy

from formula import FRAME_RULE, TENSOR_RULE, frames, tensor

POINTS, FRAMES = 65, 10
LENGTHS = (4, 12, 1, 9, 6)  # of clips 0 to 4; clips 3 and 4 are queries
LEFT, RIGHT = slice(23, 44), slice(44, 65)  # the hands among the 65 points
ARMS = (11, 12, 13, 14, 15, 16)
OTHER_SIDE = (12, 11, 14, 13, 16, 15)


def skeletons(clip):
    """[frames, points, x and y], evenly spaced, halves up. Clip 1 has no left hand."""
    length = LENGTHS[clip]
    points = frames(clip, length, 2 * POINTS).numpy().reshape(length, POINTS, 2).copy()
    if clip == 1:
        points[:, LEFT] = 0
    return points[[int(numpy.floor(frame * (length - 1) / (FRAMES - 1) + 0.5)) for frame in range(FRAMES)]]


def mirrored(points):
    copy = points.copy()
    copy[:, ARMS] = points[:, OTHER_SIDE]
    copy[:, LEFT], copy[:, RIGHT] = points[:, RIGHT], points[:, LEFT]
    copy[..., 0] *= -1
    return copy


def about_the_wrist(hand):
    hand = hand - hand[:, :1]
    palm = numpy.linalg.norm(hand[:, 9], axis=1).mean()
    return hand / palm if palm > 0 else hand


def blocks(points):
    arms = numpy.concatenate([points[:, ARMS], points[:, LEFT][:, :1], points[:, RIGHT][:, :1]], axis=1)
    return [arms.ravel(), about_the_wrist(points[:, LEFT]).ravel(), about_the_wrist(points[:, RIGHT]).ravel()]


def raw_skeletons():
    recorded = [skeletons(clip) for clip in range(3)]
    gallery = [blocks(points) for points in recorded + [mirrored(points) for points in recorded]]
    queries = [blocks(skeletons(clip)) for clip in (3, 4)]
    lengths = [numpy.sqrt(numpy.mean([numpy.sum(vectors[i] ** 2) for vectors in gallery])) for i in range(3)]

    def scaled(vectors):
        return numpy.concatenate([block / length for block, length in zip(vectors, lengths)])

    gallery, queries = numpy.stack([scaled(v) for v in gallery]), numpy.stack([scaled(v) for v in queries])
    distances = numpy.linalg.norm(queries[:, None] - gallery[None], axis=2)
    labels = numpy.array([0, 1, 2] * 2)
    weights = (distances.min(1, keepdims=True) / distances) ** 8
    votes = numpy.stack([[row[labels == label].sum() for label in range(3)] for row in weights])
    return {"lengths": LENGTHS, "without_left_hand": 1, "distances": distances.tolist(),
            "votes": votes.tolist()}


def retrieval():
    gallery, queries = tensor(5, 20, 6).numpy(), tensor(6, 8, 6).numpy()
    labels = numpy.array([clip * clip % 5 for clip in range(20)])  # 0, 1 and 4; no clip has 2 or 3
    truth = numpy.array([0, 1, 4, 2, 0, 1, 4, 4])

    def unit(rows):
        return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)

    found = {}
    for name, near in (("cosine", unit(queries) @ unit(gallery).T),
                       ("euclidean", -numpy.linalg.norm(queries[:, None] - gallery[None], axis=2))):
        order = labels[numpy.argsort(-near, axis=1)]
        places = [int(numpy.argmax(row == label)) + 1 if label in labels else 0
                  for row, label in zip(order, truth)]
        ranks = numpy.array([place if place > 0 else numpy.inf for place in places])
        found[name] = {"places": places, "r1": float(numpy.mean(ranks <= 1)),
                       "r5": float(numpy.mean(ranks <= 5)), "r10": float(numpy.mean(ranks <= 10)),
                       "mrr": float(numpy.mean(1 / ranks))}
    return {"inputs": {"gallery": {"tensor": 5, "shape": [20, 6]}, "queries": {"tensor": 6, "shape": [8, 6]}},
            "labels": labels.tolist(), "truth": truth.tolist(),
            "rule": "a place of 0: none of the class is there", **found}


def main():
    golden = {"made_by": f"make_neighbours.py, float64; NumPy {numpy.__version__}", "frame_rule": FRAME_RULE,
              "tensor_rule": TENSOR_RULE, "raw_skeletons": raw_skeletons(), "retrieval": retrieval()}
    path = pathlib.Path(__file__).with_name("neighbours.json")
    path.write_text(json.dumps(golden, separators=(",", ":")).replace(',"', ',\n"') + "\n")


if __name__ == "__main__":
    main()
