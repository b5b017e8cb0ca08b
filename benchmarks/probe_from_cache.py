#!/usr/bin/env python3
"""Linear evaluation from features that are computed once, against the usual way that runs the frozen encoder in every epoch.

    cmake --preset release && cmake --build build/release
    benchmarks/make-environment
    .venv-peer/bin/python benchmarks/probe_from_cache.py [--epochs 100] [--rounds 3] [--json FILE]

Two signers of the shipped asl9 store train the paper's probe (one hidden layer of 512), the third tests: 540 and 270 clips of 30 frames.

    ours    `sslslr evaluate --protocol linear --probe mlp`: embedding once, keeping the features and training the probe on them (the path,
            as evaluate times it); beside it the whole command, with start, reading and the controls on random weights (whose features
            are in the cache already) and raw skeletons
    peer    the loop alone: the same encoder and weights as plain PyTorch modules (peer.py), in eval mode and without gradient on every
            batch of every epoch, then a step of the probe, as the online linear evaluation of Lightly and solo-learn does; its test once

Sides take turns; a ratio is formed within a round. One thread each. The accuracies of both are printed: they are of one encoder, but of
probes that start and shuffle differently. Nothing else should run on the machine; about 4 minutes.
"""

import argparse
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import h5py
import torch
from torch import nn
from torch.nn import functional

import peer
import workload
from batch_assembly import Clips
from training_step import CHECKOUT, describe_machine, say, spread

LEFT_OUT = "S03"
BATCH, RATE, DECAY, HIDDEN = 128, 1e-3, 1e-3, 512  # evaluate's defaults
MODULES = {  # of peer.Encoder -> of the checkpoint
    "embedding.0.": "input_norm.", "embedding.1.": "input.", "embedding.2.": "token_norm.", ".qkv.": ".attention.qkv.",
    ".projection.": ".attention.projection.", ".feed_forward.0.": ".feed_forward_norm.", ".feed_forward.1.": ".feed_forward.expand.",
    ".feed_forward.4.": ".feed_forward.contract.",
}


def call(*command):
    done = subprocess.run([str(word) for word in command], cwd=CHECKOUT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True,
                          text=True)
    if done.returncode != 0:
        sys.exit(f"error: {' '.join(map(str, command))} ended with code {done.returncode}\n{done.stderr}")
    return done.stdout


class Ours:
    """A run whose cache knows the features of its random weights, for an evaluation was made one step before its last."""

    def __init__(self, chosen, folder):
        self.chosen, self.run = chosen, folder / "run"
        self.features, self.known = self.run / "evaluate/features", folder / "known"
        self.pretrain(1)
        self.evaluate()
        shutil.copytree(self.features, self.known)
        self.pretrain(2)

    def pretrain(self, steps):
        c = self.chosen
        call(c.program, "pretrain", "--data", c.data, "--run", self.run, "--leave-out-signer", LEFT_OUT, "--max-steps", steps,
             "--blocks", c.blocks, "--width", c.width, "--heads", c.heads)

    def evaluate(self):
        """Seconds of the path."""
        c = self.chosen
        said = call(c.program, "evaluate", "--run", self.run, "--protocol", "linear", "--probe", "mlp", "--probe-epochs", c.epochs,
                    "--supervised-epochs", 0, "--bootstrap", 1)
        return float(re.search(r": sl-fpn, MLP probe: (\S+) s", said)[1])

    def timed(self):
        """Seconds of the path, of the command, and the accuracy."""
        shutil.rmtree(self.features)
        shutil.copytree(self.known, self.features)
        start = time.perf_counter()
        path = self.evaluate()
        whole = time.perf_counter() - start
        rows = json.loads((self.run / "evaluate/linear.json").read_text())["rows"]
        return path, whole, next(row["top1"]["mean"] for row in rows if not row["control"])

    def checkpoint(self):
        return max((self.run / "checkpoints").iterdir())


def encoder_of(case, checkpoint):
    """The run's encoder as plain modules."""
    encoder = peer.Encoder(case)
    with h5py.File(checkpoint) as file:
        weights = {}
        for name in encoder.state_dict():
            theirs = name
            for module, ours in MODULES.items():
                theirs = theirs.replace(module, ours)
            weights[name] = torch.from_numpy(file[f"model/encoder.{theirs}"][:])
    encoder.load_state_dict(weights)
    return encoder.eval().requires_grad_(False)


def clips_and_labels(path):
    """Clips [N, T, F] of the chosen signs, and their labels, for training and for the test."""
    with h5py.File(path) as file:
        labels, signers = file["clips/label"][:], file["clips/signer"][:]
        no_sign = [name.rstrip(b"\0") for name in file["labels"][:]].index(b"-")
        left_out = [name.rstrip(b"\0") for name in file["signers"][:]].index(LEFT_OUT.encode())
    stored = Clips(path)
    sides = []
    for tests in (False, True):
        clips = [i for i in range(len(stored)) if labels[i] not in (-1, no_sign) and (signers[i] == left_out) == tests]
        sides.append((torch.stack([torch.from_numpy(stored[i]) for i in clips]), torch.from_numpy(labels[clips]).long()))
    return sides


def timed_peer(encoder, train, test, epochs):
    """Seconds of the usual way, and its accuracy."""
    clips, labels = train
    torch.manual_seed(0)
    start = time.perf_counter()
    probe = nn.Sequential(nn.Linear(encoder.norm.weight.numel(), HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, int(labels.max()) + 1))
    steps = epochs * math.ceil(len(clips) / BATCH)
    optimizer = torch.optim.Adam(probe.parameters(), RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(epochs):
        for batch in torch.randperm(len(clips)).split(BATCH):
            with torch.no_grad():
                features = encoder(clips[batch], None)
            loss = functional.cross_entropy(probe(features), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        predicted = torch.cat([probe(encoder(part, None)).argmax(1) for part in test[0].split(BATCH)])
    return time.perf_counter() - start, (predicted == test[1]).double().mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(CHECKOUT / "build/release/bin/sslslr"), help="default: %(default)s")
    parser.add_argument("--data", default=str(CHECKOUT / "io/examples/asl9.h5"), help="default: %(default)s")
    parser.add_argument("--epochs", type=int, default=100, help="of the probe; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--blocks", type=int, default=4, help="default: %(default)s")
    parser.add_argument("--width", type=int, default=128, help="default: %(default)s; the paper's model is 12 blocks of 512")
    parser.add_argument("--heads", type=int, default=8, help="default: %(default)s")
    parser.add_argument("--json", type=pathlib.Path, help="file for everything measured")
    chosen = parser.parse_args()
    if chosen.rounds < 1 or chosen.epochs < 1:
        parser.error("--rounds and --epochs must be at least 1")
    if not os.access(chosen.program, os.X_OK):
        parser.error(f"no program {chosen.program}: build it, or name another with --program")

    torch.set_num_threads(1)
    machine = describe_machine()
    say(f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_at_start']:.2f}; {chosen.blocks}/{chosen.heads}/{chosen.width}, "
        f"{chosen.epochs} epochs of the probe")
    train, test = clips_and_labels(chosen.data)
    rounds = []
    with tempfile.TemporaryDirectory(prefix="sslslr-probe-") as folder:
        ours = Ours(chosen, pathlib.Path(folder))
        encoder = encoder_of(workload.options(blocks=chosen.blocks, width=chosen.width, heads=chosen.heads), ours.checkpoint())
        for number in range(chosen.rounds):
            path, whole, top1 = ours.timed()
            peer_seconds, peer_top1 = timed_peer(encoder, train, test, chosen.epochs)
            rounds.append({"path_s": path, "command_s": whole, "peer_s": peer_seconds, "top1": top1, "peer_top1": peer_top1})
            say(f"round {number + 1}: path {path:.2f} s, command {whole:.2f} s (top-1 {top1:.3f}), peer {peer_seconds:.2f} s "
                f"(top-1 {peer_top1:.3f})")
    for side in ("path", "command"):
        seconds, ratios = [r[f"{side}_s"] for r in rounds], [r["peer_s"] / r[f"{side}_s"] for r in rounds]
        say(f"{side}: {spread(seconds)} s, the peer takes {spread(ratios)} times as long")
    if chosen.json:
        settings = {name: value for name, value in vars(chosen).items() if name != "json"}
        chosen.json.write_text(json.dumps({"machine": machine, **settings, "rounds": rounds}, indent=1) + "\n")


if __name__ == "__main__":
    main()
