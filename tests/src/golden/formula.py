"""Numbers by formula, so that the golden files need to hold no weights:
the C++ tests fill theirs the same way."""

import torch

PARAMETER_RULE = (
    "parameters in ascending order of their names (bytes); tensor number t, flat element i: "
    "with s = sin(1.0 + 0.7 * i + 1.3 * t), a LayerNorm weight (one-dimensional, '.weight') is 1 + 0.1 * s, "
    "anything ending in '.bias' is 0.1 * s, all others are 0.3 * s"
)
FRAME_RULE = "clip b, frame s, feature f: sin(0.37 * (1 + b) + 0.11 * s * (1 + f % 7) + 0.05 * f)"
TENSOR_RULE = (
    "inputs name a tensor number t and a shape; row i, column j: sin(0.3 + 1.7 * t + 0.9 * i + 0.6 * j + "
    "0.25 * i * j); a tensor of one dimension is the row i = 0"
)


def fill(name, number, shape):
    """The parameter `name`, which is number `number` in ascending order of names."""
    flat = torch.arange(shape.numel(), dtype=torch.float64)
    wave = torch.sin(1.0 + 0.7 * flat + 1.3 * number).reshape(shape)
    if name.endswith(".bias"):
        return 0.1 * wave
    if name.endswith(".weight") and len(shape) == 1:
        return 1 + 0.1 * wave
    return 0.3 * wave


def frames(clip, length, features):
    """[length, features] of clip number `clip`."""
    frame = torch.arange(length, dtype=torch.float64).unsqueeze(1)
    feature = torch.arange(features, dtype=torch.float64)
    return torch.sin(0.37 * (1 + clip) + 0.11 * frame * (1 + feature % 7) + 0.05 * feature)


def tensor(number, *shape):
    """Tensor number `number` of one or two dimensions."""
    row = torch.arange(shape[0] if len(shape) == 2 else 1, dtype=torch.float64).unsqueeze(1)
    column = torch.arange(shape[-1], dtype=torch.float64)
    return torch.sin(0.3 + 1.7 * number + 0.9 * row + 0.6 * column + 0.25 * row * column).reshape(shape)
