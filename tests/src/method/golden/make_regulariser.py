#!/usr/bin/env python3
"""Golden values of SIGReg and of VICReg's variance and covariance, of two views, in float64 from NumPy.

Gradients are complex-step derivatives, exact to rounding. Inputs follow the rule of
tests/src/golden/formula.py. Run from anywhere; rewrites regulariser.json beside this file.
"""

import json
import pathlib

import numpy as np

CLIPS, WIDTH, DIRECTIONS = 6, 5, 7
SCALE = 1.3  # some channels deviate by more than 1, others by less


def described(number, rows, columns):
    return {"tensor": number, "shape": [rows, columns]}


def tensor(described):
    rows, columns = described["shape"]
    row = np.arange(rows, dtype=float)[:, None]
    column = np.arange(columns, dtype=float)
    return np.sin(0.3 + 1.7 * described["tensor"] + 0.9 * row + 0.6 * column + 0.25 * row * column)


def sigreg(z, directions):
    """Epps-Pulley statistic by the trapezoidal rule on 17 points, mean over the directions. z: [N, D]"""
    t = np.linspace(-5, 5, 17)
    normal = np.exp(-(t**2) / 2)
    angles = (z @ directions)[:, :, None] * t
    distance = (np.cos(angles).mean(0) - normal) ** 2 + np.sin(angles).mean(0) ** 2
    integrand = distance * normal
    return ((integrand[:, 1:] + integrand[:, :-1]) / 2 * (t[1] - t[0])).sum(1).mean()


def vicreg(z):
    """Bardes et al. 2022: hinge of the deviations and a twenty-fifth of the squared covariances."""
    centred = z - z.mean(0)
    covariance = centred.T @ centred / (len(z) - 1)
    deviation = np.sqrt(np.diagonal(covariance) + 1e-4)
    hinge = np.where(deviation.real < 1, 1 - deviation, 0).mean()
    beside = covariance**2 * (1 - np.eye(z.shape[1]))
    return hinge + beside.sum() / z.shape[1] / 25


def with_gradients(statistic, views):
    def value(changed):
        return np.mean([statistic(view) for view in changed])

    def derivative(number, place):
        changed = [view.astype(complex) for view in views]
        changed[number][place] += 1e-30j
        return value(changed).imag / 1e-30

    gradients = [[[derivative(v, (n, d)) for d in range(WIDTH)] for n in range(CLIPS)]
                 for v in range(len(views))]
    return {"value": value(views), "gradients": gradients}


def main():
    inputs = {
        "first": described(1, CLIPS, WIDTH),
        "second": described(2, CLIPS, WIDTH),
        "directions": described(3, WIDTH, DIRECTIONS),
    }
    views = [SCALE * tensor(inputs[name]) for name in ("first", "second")]
    directions = tensor(inputs["directions"])
    directions /= np.linalg.norm(directions, axis=0)
    golden = {
        "inputs": inputs,
        "scale": SCALE,
        "sigreg": with_gradients(lambda z: sigreg(z, directions), views),
        "vicreg": with_gradients(vicreg, views),
    }
    path = pathlib.Path(__file__).with_name("regulariser.json")
    path.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
