#!/usr/bin/env python3
"""Golden values of the encoder, SL-FPN and the supervised control, from PyTorch's own modules in float64.

Clips are padded and masked here (nn.TransformerEncoderLayer with src_key_padding_mask), packed in sslslr.
Dropout is off. Run from anywhere, in the environment of benchmarks/make-environment; rewrites encoder.json
beside this file.
"""

import json
import pathlib

import torch
from torch import nn
from torch.nn import functional

from formula import FRAME_RULE, PARAMETER_RULE, fill, frames

MODEL = dict(
    features=6, width=16, heads=4, blocks=2, frames=12,
    projector_hidden=16, embedding=8, predictor_hidden=8, classes=3,
)
LENGTHS = [5, 9, 12, 9]
LABELS = [2, 0, 1, 2]
WHOLE = 16  # gradients of at most this many elements are written whole

# PyTorch's names inside one block -> ours
BLOCK_NAMES = {
    "norm1": "attention_norm",
    "self_attn.in_proj_": "attention.qkv.",
    "self_attn.out_proj": "attention.projection",
    "norm2": "feed_forward_norm",
    "linear1": "feed_forward.expand",
    "linear2": "feed_forward.contract",
}


class Encoder(nn.Module):
    def __init__(self, features, width, heads, blocks, frames, **_):
        super().__init__()
        self.input_norm = nn.LayerNorm(features)
        self.input = nn.Linear(features, width)
        self.token_norm = nn.LayerNorm(width)
        self.cls = nn.Parameter(torch.empty(1, width))
        self.position = nn.Parameter(torch.empty(1 + frames, width))
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(width, heads, 4 * width, 0.0, "gelu", batch_first=True,
                                       norm_first=True)
            for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, clips):
        """A list of [length, features] -> the tokens after the last norm [B, 1 + longest, width],
        frames that exist [B, longest]."""
        padded = nn.utils.rnn.pad_sequence(clips, batch_first=True)
        lengths = torch.tensor([len(clip) for clip in clips])
        exists = torch.arange(padded.shape[1]) < lengths.unsqueeze(1)
        x = self.token_norm(self.input(self.input_norm(padded)))
        x = torch.cat([self.cls.expand(len(clips), 1, -1), x], 1) + self.position[: 1 + padded.shape[1]]
        missing = functional.pad(~exists, (1, 0), value=False)  # the CLS token always exists
        for block in self.blocks:
            x = block(x, src_key_padding_mask=missing)
        return self.norm(x), exists


def mlp(inputs, hidden, outputs):
    head = nn.Sequential()
    head.add_module("hidden", nn.Linear(inputs, hidden))
    head.add_module("relu", nn.ReLU())
    head.add_module("output", nn.Linear(hidden, outputs))
    return head


class Networks(nn.Module):
    """The encoder with its heads: those of SL-FPN, or the classifier of the supervised control."""

    def __init__(self, supervised):
        super().__init__()
        self.encoder = Encoder(**MODEL)
        if supervised:
            self.classifier = nn.Linear(MODEL["width"], MODEL["classes"])
        else:
            self.projector = mlp(MODEL["width"], MODEL["projector_hidden"], MODEL["embedding"])
            self.predictor = mlp(MODEL["embedding"], MODEL["predictor_hidden"], MODEL["embedding"])

    def named(self):
        """(our name, parameter), ascending by name."""
        pairs = []
        for name, parameter in self.named_parameters():
            if ".blocks." in name:
                for theirs, ours in BLOCK_NAMES.items():
                    name = name.replace(theirs, ours)
            pairs.append((name, parameter))
        return sorted(pairs)

    def fill(self):
        with torch.no_grad():
            for number, (name, parameter) in enumerate(self.named()):
                parameter.copy_(fill(name, number, parameter.shape))
        return self


def permuted_rows(length):
    """Row numbers of the two views: the first third reversed,
    the last quarter reversed (shares round half up)."""
    rows = list(range(length))
    first, last = int(length / 3 + 0.5), int(length / 4 + 0.5)
    return rows[:first][::-1] + rows[first:], rows[: length - last] + rows[length - last :][::-1]


def summary(gradient):
    values = gradient.flatten()
    if len(values) <= WHOLE:
        return {"values": values.tolist()}
    return {"sum": values.sum().item(), "sum_of_squares": values.square().sum().item(),
            "first": values[:3].tolist()}


def described(networks):
    return {
        "parameters": [{"name": name, "shape": list(parameter.shape)}
                       for name, parameter in networks.named()],
        "gradients": {name: summary(parameter.grad) for name, parameter in networks.named()},
    }


def sl_fpn(clips, first, second):
    networks = Networks(supervised=False).fill()
    tokens, exists = networks.encoder(clips)
    weights = exists.unsqueeze(2) / exists.sum(1).reshape(-1, 1, 1)
    z0, z1, z2 = (networks.projector(networks.encoder(view)[0][:, 0]) for view in (clips, first, second))
    p0 = networks.predictor(z0)
    terms = {
        "pair": functional.mse_loss(z1, z2),
        "original": functional.mse_loss(z1, z0),
        "predict": functional.mse_loss(p0, z2.detach()),
    }
    loss = sum(terms.values())
    loss.backward()
    return {
        "features_cls": tokens[:, 0].tolist(),
        "features_mean": (tokens[:, 1:] * weights).sum(1).tolist(),
        "z0": z0.tolist(), "z1": z1.tolist(), "z2": z2.tolist(), "p0": p0.tolist(),
        "formula": {"pair": "mse(z1, z2)", "original": "mse(z1, z0)",
                    "predict": "mse(predictor(z0), stop_gradient(z2))"},
        "terms": {name: value.item() for name, value in terms.items()},
        "loss": loss.item(),
        **described(networks),
    }


def supervised(clips):
    networks = Networks(supervised=True).fill()
    logits = networks.classifier(networks.encoder(clips)[0][:, 0])
    loss = functional.cross_entropy(logits, torch.tensor(LABELS))
    loss.backward()
    return {"logits": logits.tolist(), "loss": loss.item(), **described(networks)}


def main():
    torch.set_default_dtype(torch.float64)
    clips = [frames(b, length, MODEL["features"]) for b, length in enumerate(LENGTHS)]
    rows = [permuted_rows(length) for length in LENGTHS]
    views = {"first": [first for first, _ in rows], "second": [second for _, second in rows]}
    first, second = ([clip[chosen] for clip, chosen in zip(clips, view)] for view in views.values())
    golden = {
        "made_by": "make_encoder.py, PyTorch " + torch.__version__.split("+")[0] + ", float64, no dropout",
        "parameter_rule": PARAMETER_RULE,
        "frame_rule": FRAME_RULE,
        "model": MODEL,
        "lengths": LENGTHS,
        "labels": LABELS,
        "views": views,
        "sl_fpn": sl_fpn(clips, first, second),
        "supervised": supervised(clips),
    }
    path = pathlib.Path(__file__).with_name("encoder.json")
    path.write_text(json.dumps(golden, separators=(",", ":")).replace(',"', ',\n"') + "\n")


if __name__ == "__main__":
    main()
