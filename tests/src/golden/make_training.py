#!/usr/bin/env python3
"""Golden values of the optimizers and learning-rate schedules, from torch.optim in float64.

Run from anywhere, in the environment of benchmarks/make-environment; rewrites training.json beside this file.
"""

import json
import pathlib

import torch
from torch.optim import lr_scheduler

STEPS = 5
SIZE = 4
SGD = dict(lr=0.1, momentum=0.9, weight_decay=0.01)
ADAMW = dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)
SCHEDULE = dict(base_rate=0.2, steps=20, warm_up=5, peak=12)


def start():
    return torch.sin(1.0 + 0.7 * torch.arange(SIZE))


def gradient(step):
    return torch.sin(0.5 + 0.3 * torch.arange(SIZE) + 0.7 * step)


def trajectory(make):
    """The parameter after each step."""
    parameter = torch.nn.Parameter(start())
    optimizer = make([parameter])
    values = []
    for step in range(STEPS):
        parameter.grad = gradient(step)
        optimizer.step()
        values.append(parameter.tolist())
    return values


def rates(make):
    """The rate at which each step updates."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(start())], lr=SCHEDULE["base_rate"])
    scheduler = make(optimizer)
    values = []
    for _ in range(SCHEDULE["steps"]):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return values


def warm_up_cosine(optimizer):
    steps, warm_up = SCHEDULE["steps"], SCHEDULE["warm_up"]
    rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / warm_up, total_iters=warm_up - 1)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps - warm_up)
    return lr_scheduler.SequentialLR(optimizer, [rise, fall], [warm_up])


def linear_up_down(optimizer):
    steps, peak = SCHEDULE["steps"], SCHEDULE["peak"]
    rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / peak, total_iters=peak - 1)
    fall = lr_scheduler.LinearLR(optimizer, start_factor=1.0, end_factor=0.0, total_iters=steps - peak)
    return lr_scheduler.SequentialLR(optimizer, [rise, fall], [peak])


def main():
    torch.set_default_dtype(torch.float64)
    golden = {
        "made_by": "make_training.py, PyTorch " + torch.__version__.split("+")[0] + ", float64",
        "start_rule": "element i: sin(1.0 + 0.7 * i)",
        "gradient_rule": "step k from 0, element i: sin(0.5 + 0.3 * i + 0.7 * k)",
        "sgd": {**SGD, "values": trajectory(lambda parameters: torch.optim.SGD(parameters, **SGD))},
        "adamw": {**ADAMW, "values": trajectory(lambda parameters: torch.optim.AdamW(parameters, **ADAMW))},
        "schedules": {
            **SCHEDULE,
            "rule": "rate at step s from 0 of S: while s < w (w = warm_up or peak) base_rate * (s + 1) / w, "
            "then cosine: base_rate * (1 + cos(pi * (s - w) / (S - w))) / 2; "
            "linear: base_rate * (S - s) / (S - w)",
            "warm_up_cosine": rates(warm_up_cosine),
            "linear_up_down": rates(linear_up_down),
        },
    }
    path = pathlib.Path(__file__).with_name("training.json")
    path.write_text(json.dumps(golden, separators=(",", ":")).replace(',"', ',\n"') + "\n")


if __name__ == "__main__":
    main()
