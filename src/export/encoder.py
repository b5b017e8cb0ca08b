#!/usr/bin/env python3
"""A trained skeleton encoder in plain PyTorch: reads encoder.h5 and config.json, which lie beside this file.

    encode = load("FOLDER")
    features = encode(frames, lengths)    # [clips, width]

frames [clips, longest, features] float32, preprocessed as config.json says, anything finite behind a clip's end;
lengths [clips] int64, each 1 or more. Run as a program it encodes the clips of sample.h5 and prints how far its features
are from those that were exported.
"""
import json
import sys
from pathlib import Path
from typing import Dict

import h5py
import torch
from torch import Tensor


# TorchScript begins: encoder.pt is compiled from the lines up to its end.
def normed(x: Tensor, weights: Dict[str, Tensor], name: str) -> Tensor:
    if name + ".weight" in weights:
        return torch.layer_norm(x, [x.size(-1)], weights[name + ".weight"], weights[name + ".bias"], 1e-5)
    return x


def linear(x: Tensor, weights: Dict[str, Tensor], name: str) -> Tensor:
    return torch.matmul(x, weights[name + ".weight"].t()) + weights[name + ".bias"]


def represent(frames: Tensor, lengths: Tensor, weights: Dict[str, Tensor], heads: int, pooling: str) -> Tensor:
    clips, tokens = frames.size(0), frames.size(1) + 1  # the CLS token first
    is_token = torch.arange(tokens, device=frames.device) <= lengths.unsqueeze(1)
    x = normed(linear(normed(frames, weights, "input_norm"), weights, "input"), weights, "token_norm")
    x = torch.cat([weights["cls"].expand(clips, 1, -1), x], 1) + weights["position"][:tokens]
    block = 0
    while "blocks." + str(block) + ".attention.qkv.weight" in weights:
        name = "blocks." + str(block) + "."
        qkv = linear(normed(x, weights, name + "attention_norm"), weights, name + "attention.qkv")
        qkv = qkv.view(clips, tokens, 3, heads, -1).permute(2, 0, 3, 1, 4)
        scores = torch.matmul(qkv[0], qkv[1].transpose(2, 3)) / qkv.size(4) ** 0.5
        attention = torch.softmax(scores.masked_fill(~is_token[:, None, None], float("-inf")), -1)
        attended = torch.matmul(attention, qkv[2]).transpose(1, 2).flatten(2)
        x = x + linear(attended, weights, name + "attention.projection")
        hidden = linear(normed(x, weights, name + "feed_forward_norm"), weights, name + "feed_forward.expand")
        gelu = hidden * 0.5 * (1 + torch.erf(hidden * 0.5**0.5))
        x = x + linear(gelu, weights, name + "feed_forward.contract")
        block += 1
    x = normed(x, weights, "norm")
    if pooling == "cls":
        return x[:, 0]
    return (x[:, 1:] * is_token[:, 1:, None]).sum(1) / lengths[:, None]
# TorchScript ends.


def load(folder):
    config = json.loads((Path(folder) / "config.json").read_text())["encoder"]
    with h5py.File(Path(folder) / "encoder.h5") as file:
        weights = {name.removeprefix("encoder."): torch.from_numpy(value[()]) for name, value in file["model"].items()}
    return lambda frames, lengths: represent(frames, lengths, weights, config["heads"], config["pooling"])


def check(folder, tolerance=1e-5):
    with h5py.File(Path(folder) / "sample.h5") as file:
        frames, lengths, expected = (torch.from_numpy(file[name][()]) for name in ("frames", "lengths", "features"))
    difference = (load(folder)(frames, lengths) - expected).abs().max().item()
    print(f"{len(lengths)} clips of {lengths.min()} to {lengths.max()} frames: largest difference {difference:.2g}")
    return 0 if difference <= tolerance else 1


if __name__ == "__main__":
    sys.exit(check(Path(__file__).parent))
