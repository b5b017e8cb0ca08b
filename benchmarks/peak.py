#!/usr/bin/env python3
"""The matrix-multiply peak of one core in float32: the best of MKL and oneDNN over the shapes of the comparison.

Prints one JSON object, GFLOP/s. Run by training_step.py before and after its measurements.
"""

import json
import time

import torch

SHAPES = [(780, 512, 2048), (780, 2048, 512), (2048, 1024, 1024), (4096, 512, 512)]  # rows, inputs, outputs
SECONDS = 0.4


def gflops(multiply, rows, inputs, outputs):
    """The best of many single calls: a peak is what the machine can do, not what it does on average."""
    x, weight = torch.randn(rows, inputs), torch.randn(outputs, inputs)
    best, end = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        multiply(x, weight)
        best = min(best, time.perf_counter() - start)
    return 2e-9 * rows * inputs * outputs / best


def main():
    torch.set_num_threads(1)
    libraries = {
        "mkl": lambda x, weight: torch.mm(x, weight.t()),
        "onednn": lambda x, weight: torch.ops.mkldnn._linear_pointwise(x, weight, None, "none", [], ""),
    }
    with torch.no_grad():
        best = {name: max(gflops(multiply, *shape) for shape in SHAPES) for name, multiply in libraries.items()}
    print(json.dumps({**best, "peak": max(best.values())}))


if __name__ == "__main__":
    main()
