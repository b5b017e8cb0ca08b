"""What one training step of the comparison consists of: views and clips."""

import argparse
import typing

FEATURES = 130  # 65 points, x and y
EMBEDDING = 128
QUEUE = 4096  # keys of MoCo v2
PRECISIONS = ("float32", "bfloat16")


class Views(typing.NamedTuple):
    """How many views of a clip a method makes, and how many of them go through each network."""
    made: int
    trained: int  # the first views, through the trained encoder
    momentum: int  # the last views, through the momentum encoder
    predicted: int  # the first views, through the predictor


METHODS = {
    "sl-fpn": Views(made=3, trained=3, momentum=0, predicted=1),  # the first view is the recorded clip
    "simclr": Views(made=2, trained=2, momentum=0, predicted=0),
    "moco-v2": Views(made=2, trained=1, momentum=1, predicted=0),
    "simsiam": Views(made=2, trained=2, momentum=0, predicted=2),
    "byol": Views(made=2, trained=2, momentum=2, predicted=2),
}


def add_options(parser):
    """The options that peer.py and `sslslr bench` share, with their defaults."""
    parser.add_argument("--method", choices=METHODS, default="sl-fpn",
                        help="method to train with; default: %(default)s")
    parser.add_argument("--blocks", type=int, default=4,
                        help="transformer blocks of the encoder; default: %(default)s")
    parser.add_argument("--width", type=int, default=128, help="width of the encoder; default: %(default)s")
    parser.add_argument("--heads", type=int, default=8,
                        help="attention heads of the encoder; default: %(default)s")
    parser.add_argument("--frames", type=int, default=64,
                        help="frames of the longest clip; default: %(default)s")
    parser.add_argument("--lengths", choices=["equal", "mixed"], default="equal",
                        help="equal: each clip has --frames frames; "
                             "mixed: clip i has 16 + (31 i mod (frames - 15)) frames")
    parser.add_argument("--global-batch", type=int, default=32,
                        help="clips per step, over all ranks; default: %(default)s")
    parser.add_argument("--precision", choices=PRECISIONS, default="float32",
                        help="precision of the encoder's matrix products; default: %(default)s")
    parser.add_argument("--max-steps", type=int, default=6,
                        help="steps; the first is a warm-up and not counted; default: %(default)s")


def options(**values):
    """The same options as an object, defaults filled in."""
    parser = argparse.ArgumentParser()
    add_options(parser)
    chosen = parser.parse_args([])
    vars(chosen).update(values)
    return chosen


def clip_lengths(case):
    """Returns the frames of each clip of the global batch,
    the same in every step. Rank r of N takes a contiguous N-th part."""
    if case.lengths == "equal":
        return [case.frames] * case.global_batch
    return [16 + i * 31 % (case.frames - 15) for i in range(case.global_batch)]
