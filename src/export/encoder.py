#!/usr/bin/env python3
"""A trained skeleton encoder in plain PyTorch: reads encoder.h5 and config.json in its own folder.

    encode = load("FOLDER")
    features = encode(frames, lengths)    # [clips, width]

frames [clips, longest, features] float32, preprocessed as config.json says, any finite values after a clip's
end; lengths [clips] int64, each 1 or more. Run as a program it encodes the clips of sample.h5 and prints how
far its features are from those that were exported.
"""
import json
import sys
from pathlib import Path
from typing import Dict, List

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


def differences(x: Tensor, known: Tensor, ends: List[int], starts: List[int]) -> Tensor:
    end, start = torch.tensor(ends, device=x.device), torch.tensor(starts, device=x.device)
    are_known = known.index_select(2, end) * known.index_select(2, start)
    return (x.index_select(2, end) - x.index_select(2, start)) * are_known


def hand_shapes(x: Tensor, known: Tensor, layout: Dict[str, List[int]]) -> Tensor:
    palms, starts = layout["palms"], layout["palm_starts"]
    end, start = torch.tensor(palms, device=x.device), torch.tensor(starts, device=x.device)
    are_seen = known.index_select(2, end) * known.index_select(2, start)
    lengths = differences(x, known, palms, starts)[:, :, :, :2].square().sum(3, keepdim=True)
    lengths = lengths.clamp(min=1e-12).sqrt()  # roots have no slope at 0
    sizes = (lengths * are_seen).sum(1) / are_seen.sum(1).clamp(min=1)  # over frames that show the hand
    sizes = sizes.clamp(min=0.01).index_select(1, torch.tensor(layout["hands"], device=x.device))
    return differences(x, known, layout["fingers"], layout["finger_starts"]) / sizes.unsqueeze(1)


def derived(frames: Tensor, lengths: Tensor, parts: List[str], layout: Dict[str, List[int]]) -> Tensor:
    points, coordinates = layout["shape"][0], layout["shape"][1]
    x = frames[:, :, : points * coordinates].reshape(frames.size(0), frames.size(1), points, coordinates)
    is_frame = torch.arange(frames.size(1), device=frames.device) < lengths.unsqueeze(1)
    is_known = (x[:, :, :, :2] != 0).any(3) & is_frame.unsqueeze(2)  # a point at x = y = 0 is missing
    known = is_known.to(x.dtype).unsqueeze(3)
    made: List[Tensor] = []
    for part in parts:
        if part == "positions":
            made.append(x.flatten(2))
        elif part == "velocities":  # in 10 frames; at the first frame 0
            before = torch.cat([x[:, :1], x], 1)[:, :-1]
            known_before = torch.cat([known[:, :1], known], 1)[:, :-1]
            made.append((10 * (x - before) * known * known_before).flatten(2))
        elif part == "bones":
            made.append(differences(x, known, layout["bones"], layout["bone_starts"]).flatten(2))
        elif part == "hands":
            made.append(hand_shapes(x, known, layout).flatten(2))
        else:  # validity
            made.append(frames[:, :, points * coordinates :])
    return torch.cat(made, 2)


def represent(frames: Tensor, lengths: Tensor, weights: Dict[str, Tensor], heads: int,
              pooling: str) -> Tensor:
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
        weights = {name.removeprefix("encoder."): torch.from_numpy(value[()])
                   for name, value in file["model"].items()}
    parts, layout = config["inputs"]["parts"], config["inputs"].get("layout")

    def encode(frames, lengths):
        inputs = frames if layout is None else derived(frames, lengths, parts, layout)
        return represent(inputs, lengths, weights, config["heads"], config["pooling"])

    return encode


def check(folder, tolerance=1e-5):
    with h5py.File(Path(folder) / "sample.h5") as file:
        frames, lengths, expected = (torch.from_numpy(file[name][()])
                                     for name in ("frames", "lengths", "features"))
    difference = (load(folder)(frames, lengths) - expected).abs().max().item()
    print(f"{len(lengths)} clips of {lengths.min()} to {lengths.max()} frames: "
          f"largest difference {difference:.2g}")
    return 0 if difference <= tolerance else 1


if __name__ == "__main__":
    sys.exit(check(Path(__file__).parent))
