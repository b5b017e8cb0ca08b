#!/usr/bin/env python3
"""Golden values of what the methods consist of, from Lightly and PyTorch in float64: losses and their
gradients, memory bank, momentum networks, LARS, batch norm,
clipping. PCL's prototypes, which Lightly lacks, follow the authors' code.

Run from anywhere, in the environment of benchmarks/make-environment; rewrites methods.json beside this file.
"""

import importlib.metadata
import json
import pathlib

import numpy
import torch
from lightly.loss import NegativeCosineSimilarity, NTXentLoss
from lightly.models.utils import update_momentum
from lightly.utils.lars import LARS
from lightly.utils.scheduler import cosine_schedule
from torch import nn
from torch.nn import functional

from formula import TENSOR_RULE, tensor

BATCH = [6, 8]  # clips, embedding


class Inputs:
    """Tensors by formula, and the record of which they are."""

    def __init__(self, **shapes):
        """Names and shapes in the order of the tensors' numbers."""
        self.described = {name: {"tensor": number, "shape": shape}
                          for number, (name, shape) in enumerate(shapes.items())}
        self.tensors = {name: tensor(number, *shape) for number, (name, shape) in enumerate(shapes.items())}

    def leaves(self):
        """Copies that a gradient reaches."""
        return {name: value.clone().requires_grad_() for name, value in self.tensors.items()}


def backward(loss, **leaves):
    """The loss and its gradients with respect to `leaves`."""
    gradients = torch.autograd.grad(loss, list(leaves.values()))
    return {"loss": loss.item(),
            "gradients": {name: gradient.tolist() for name, gradient in zip(leaves, gradients)}}


def nt_xent():
    inputs = Inputs(out0=BATCH, out1=BATCH)
    cases = []
    for temperature in (0.5, 0.1):
        leaves = inputs.leaves()
        loss = NTXentLoss(temperature=temperature)(leaves["out0"], leaves["out1"])
        cases.append({"temperature": temperature, **backward(loss, **leaves)})
    return {"inputs": inputs.described, "cases": cases}


def negative_cosine():
    inputs = Inputs(p1=BATCH, p2=BATCH, z1=BATCH, z2=BATCH)
    distance = NegativeCosineSimilarity()
    constant = inputs.tensors
    one, pair = inputs.leaves(), inputs.leaves()
    symmetric = 0.5 * (distance(pair["p1"], constant["z2"]) + distance(pair["p2"], constant["z1"]))
    return {
        "inputs": inputs.described,
        "rule": "D(p, z) = -mean over the clips of cos(p, z); z is a constant",
        "one": {"formula": "D(p1, z2)", **backward(distance(one["p1"], constant["z2"]), p1=one["p1"])},
        "simsiam": {"formula": "(D(p1, z2) + D(p2, z1)) / 2",
                    **backward(symmetric, p1=pair["p1"], p2=pair["p2"])},
    }


def byol():
    inputs = Inputs(p1=BATCH, p2=BATCH, t1=BATCH, t2=BATCH)
    distance = NegativeCosineSimilarity()
    leaves, constant = inputs.leaves(), inputs.tensors
    # |p - t|^2 of unit vectors is 2 - 2 cos(p, t)
    loss = (2 + 2 * distance(leaves["p1"], constant["t2"])) + (2 + 2 * distance(leaves["p2"], constant["t1"]))
    return {
        "inputs": inputs.described,
        "formula": "mean over the clips of (2 - 2 cos(p1, t2)) + (2 - 2 cos(p2, t1)); t1, t2 are constants",
        **backward(loss, p1=leaves["p1"], p2=leaves["p2"]),
    }


def memory_bank():
    """Lightly drops keys that do not fit before the end and continues at 0: with 10 keys, the third batch of
    4 would keep 2. At a multiple of the batch it is the ring of the MoCo paper. Keys enter after the loss: a
    batch never meets its own."""
    size, batch, width, batches = 12, 4, 8, 4
    names = [f"{what}{k}" for k in range(batches) for what in ("query", "key")]
    inputs = Inputs(start=[size, width], **{name: [batch, width] for name in names})
    criterion = NTXentLoss(temperature=0.2, memory_bank_size=(size, width)).double()
    bank = criterion.memory_bank
    bank.bank.copy_(functional.normalize(inputs.tensors["start"]))
    steps = []
    for k in range(batches):
        query = inputs.leaves()[f"query{k}"]
        step = backward(criterion(query, inputs.tensors[f"key{k}"]), query=query)
        steps.append({**step, "bank": bank.bank.tolist(), "next": int(bank.bank_ptr)})
    return {
        "inputs": inputs.described,
        "rule": "the bank begins with the l2-normalised rows of start; queries and keys are l2-normalised by "
        "the loss, the gradient is with respect to the query as given; bank [12, 8] and next (the row that "
        "the next key takes) as they are after each batch",
        "temperature": criterion.temperature, "size": size, "batches": steps,
    }


def momentum():
    updates = 3
    names = [f"source{k}_{what}" for k in range(updates) for what in ("weight", "bias")]
    inputs = Inputs(target_weight=[2, 3], target_bias=[2],
                    **{name: [2, 3] if "weight" in name else [2] for name in names})
    source, target = nn.Linear(3, 2), nn.Linear(3, 2)

    def fill(linear, prefix):
        linear.load_state_dict({what: inputs.tensors[f"{prefix}_{what}"] for what in ("weight", "bias")})

    fill(target, "target")
    values = []
    for k in range(updates):
        fill(source, f"source{k}")
        update_momentum(source, target, m=0.9)
        values.append({"weight": target.weight.tolist(), "bias": target.bias.tolist()})
    rule = "update k from 0: target = m * target + (1 - m) * source k"
    return {"inputs": inputs.described, "m": 0.9, "rule": rule, "targets": values}


def momentum_schedule():
    start, end, steps = 0.996, 1.0, 10
    return {
        "start": start, "end": end, "steps": steps,
        "rule": "end - (end - start) * (cos(pi * k / (K - 1)) + 1) / 2 at step k of K: Lightly reaches the "
        "end at its last step; the BYOL paper (section 3.3) has k / K",
        "values": [cosine_schedule(step, steps, start, end) for step in range(steps)],
    }


def lars():
    steps = 5
    settings = dict(lr=0.2, momentum=0.9, weight_decay=1e-3, trust_coefficient=0.001, eps=1e-8)
    names = [f"{what}_gradient{k}" for k in range(steps) for what in ("weight", "bias")]
    inputs = Inputs(weight=[3, 4], bias=[3], **{name: [3, 4] if "weight" in name else [3] for name in names})
    weight, bias = (nn.Parameter(inputs.tensors[name].clone()) for name in ("weight", "bias"))
    optimizer = LARS([{"params": [weight]}, {"params": [bias], "weight_decay": 0}], **settings)
    values = []
    for k in range(steps):
        weight.grad, bias.grad = (inputs.tensors[f"{what}_gradient{k}"].clone()
                                  for what in ("weight", "bias"))
        optimizer.step()
        values.append({"weight": weight.tolist(), "bias": bias.tolist()})
    return {
        "inputs": inputs.described, **settings,
        "rule": "weight: v = momentum * v + r * (g + weight_decay * w), r = trust_coefficient * |w| / (|g| + "
        "weight_decay * |w| + eps), w = w - lr * v; bias: weight decay 0, which excludes it from the scaling "
        "too: v = momentum * v + g",
        "values": values,
    }


def batch_norm():
    """On the CPU SyncBatchNorm works in one process alone,
    as functional.batch_norm; in several it raises ValueError."""
    rows, channels = 7, 5
    inputs = Inputs(x0=[rows, channels], x1=[rows, channels], y_gradient0=[rows, channels],
                    y_gradient1=[rows, channels], weight=[channels], bias=[channels])
    norm = nn.SyncBatchNorm(channels)
    norm.load_state_dict({"weight": 1 + 0.1 * inputs.tensors["weight"], "bias": 0.1 * inputs.tensors["bias"]},
                         strict=False)
    batches = []
    for k in range(2):
        x = inputs.tensors[f"x{k}"].clone().requires_grad_()
        y = norm(x)
        gradients = torch.autograd.grad(y, [x, norm.weight, norm.bias], inputs.tensors[f"y_gradient{k}"])
        batches.append({
            "y": y.tolist(),
            **dict(zip(("dx", "dweight", "dbias"), (gradient.tolist() for gradient in gradients))),
            "running_mean": norm.running_mean.tolist(), "running_var": norm.running_var.tolist(),
        })
    return {
        "inputs": inputs.described, "eps": norm.eps, "newest_share": norm.momentum,
        "rule": "weight = 1 + 0.1 * tensor, bias = 0.1 * tensor; two batches x0, x1 in training, running "
        "statistics from 0 and 1, each with its upstream gradient; then x0 in evaluation",
        "batches": batches, "eval_y": norm.eval()(inputs.tensors["x0"]).tolist(),
    }


def prototype():
    """Against all prototypes, as `sslslr` has it; the authors' code draws some of those that no clip of
    the batch has as its own."""
    assignment, density = [2, 0, 2, 1], [0.15, 0.25, 0.2]
    inputs = Inputs(projection=[4, 8], centroids=[3, 8])
    leaf = inputs.leaves()["projection"]
    q = functional.normalize(leaf)
    scores = q @ functional.normalize(inputs.tensors["centroids"]).t() / torch.tensor(density)
    return {
        "inputs": inputs.described, "assignment": assignment, "density": density,
        "rule": "q and c are the l2-normalised rows; mean over the clips b of -log softmax(q[b] . c / "
        "density)[assignment[b]]; gradients with respect to q and to the projection before the normalisation",
        **backward(functional.cross_entropy(scores, torch.tensor(assignment)), q=q, projection=leaf),
    }


def concentration():
    """The steps of run_kmeans in main_pcl.py, github.com/salesforce/PCL at 964da1f,
    for clusters of 4, 3, 1, 2 and 0 points."""
    assignment, temperature = [0, 3, 1, 0, 2, 1, 0, 3, 1, 0], 0.2
    inputs = Inputs(points=[len(assignment), 8], centroids=[5, 8])
    points, centroids = (functional.normalize(inputs.tensors[name]) for name in ("points", "centroids"))
    distances = (points - centroids[assignment]).norm(dim=1).numpy()
    density = numpy.zeros(len(centroids))
    for cluster in range(len(centroids)):
        own = distances[numpy.array(assignment) == cluster]
        if len(own) > 1:
            density[cluster] = own.mean() / numpy.log(len(own) + 10)
    several = density.copy()
    density[several == 0] = several.max()
    clipped = density.clip(numpy.percentile(density, 10), numpy.percentile(density, 90))
    return {
        "inputs": inputs.described, "assignment": assignment, "temperature": temperature,
        "rule": "points v and centroids c are the l2-normalised rows; 1. distances |v - c|, not squared; "
        "2. several: sum of a cluster's distances / (Z * log(Z + 10)), 0 for clusters of fewer than 2; "
        "3. filled: those take the largest; 4. clipped to the 10th and 90th percentile over the clusters, "
        "interpolated linearly; 5. density = temperature * clipped / mean(clipped)",
        "distances": distances.tolist(), "several": several.tolist(), "filled": density.tolist(),
        "clipped": clipped.tolist(), "density": (temperature * clipped / clipped.mean()).tolist(),
    }


def clip():
    inputs = Inputs(first=[3, 4], second=[5])
    cases = []
    for max_norm in (1.0, 100.0):
        parameters = [nn.Parameter(torch.zeros_like(value)) for value in inputs.tensors.values()]
        for parameter, gradient in zip(parameters, inputs.tensors.values()):
            parameter.grad = gradient.clone()
        norm = nn.utils.clip_grad_norm_(parameters, max_norm)
        clipped = {name: parameter.grad.tolist() for name, parameter in zip(inputs.tensors, parameters)}
        cases.append({"max_norm": max_norm, "norm": norm.item(), "clipped": clipped})
    return {"inputs": inputs.described,
            "rule": "gradients * min(1, max_norm / (norm + 1e-6)), the norm over both", "cases": cases}


def main():
    torch.set_default_dtype(torch.float64)
    lightly, pytorch = importlib.metadata.version("lightly"), torch.__version__.split("+")[0]
    golden = {
        "made_by": "make_methods.py, float64; batch_norm (SyncBatchNorm in one process) and clip: PyTorch "
        f"{pytorch}; pcl_*: written out there; all others: Lightly {lightly}",
        "tensor_rule": TENSOR_RULE,
        "nt_xent": nt_xent(), "negative_cosine": negative_cosine(), "byol": byol(),
        "memory_bank": memory_bank(), "update_momentum": momentum(), "momentum_schedule": momentum_schedule(),
        "lars": lars(), "batch_norm": batch_norm(), "clip": clip(),
        "pcl_prototype": prototype(), "pcl_concentration": concentration(),
    }
    path = pathlib.Path(__file__).with_name("methods.json")
    path.write_text(json.dumps(golden, separators=(",", ":")).replace(',"', ',\n"') + "\n")


if __name__ == "__main__":
    main()
