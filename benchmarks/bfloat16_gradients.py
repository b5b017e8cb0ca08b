#!/usr/bin/env python3
"""How far is the encoder's gradient in bfloat16 from the exact one, by the fused blocks and by LibTorch's operations under autocast?

    cmake --preset release && cmake --build build/release
    .venv/bin/python benchmarks/bfloat16_gradients.py [--models 4/8/128 12/8/512] [--methods sl-fpn simclr supervised]

One step of plain SGD on the shipped asl9 store in each precision, from the same weights and on the same batch with the same masks: at the
start, and after --steps steps in float32. The gradient is what the step took off the weights. Distance: |g - other| / |exact| over all
weights of the encoder, exact in float64. About 5 minutes.
"""

import argparse
import itertools
import pathlib
import shutil
import subprocess
import tempfile

import h5py
import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "io/examples/asl9.h5"
WAYS = {
    "float64": {"precision": "float64"},
    "float32, fused": {"precision": "float32"},
    "bfloat16, fused": {"precision": "bfloat16"},
    "bfloat16, autocast": {"precision": "bfloat16", "fused-blocks": "false"},
}
STEP = 1e4  # learning rate of the step that is looked at: what it takes off drowns the rounding of the weights


def newest(run):
    return max((run / "checkpoints").glob("step-*.h5"))


def weights(run):
    with h5py.File(newest(run)) as file:
        model = file["model"]
        return numpy.concatenate([model[name][()].astype(numpy.float64).ravel() for name in sorted(model) if name.startswith("encoder.")])


def pretrain(program, run, **options):
    command = [program, "pretrain", "--data", str(DATA), "--run", str(run)]
    done = subprocess.run(command + [f"--{name.replace('_', '-')}={value}" for name, value in options.items()], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"error: {' '.join(command)}: {done.stderr[-1000:]}")


def resumed_elsewhere(run, copy, changes):
    """A copy of a run whose configuration is changed as no resume would allow."""
    shutil.copytree(run, copy)
    lines = dict(line.split(" = ", 1) for line in (run / "config.ini").read_text().splitlines() if " = " in line)
    lines.update(changes)
    (copy / "config.ini").write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))


def gradients(program, folder, fixed, steps):
    """Of each way, at weights after `steps` steps."""
    start = folder / "start"
    pretrain(program, start, **fixed, learning_rate=0.02 if steps else 1e-30, max_steps=max(steps, 1))
    before = weights(start)  # without steps: one that moved nothing, so that the next one starts where it did
    found = {}
    for way, changes in WAYS.items():
        run = folder / way.replace(", ", "-")
        if steps:
            resumed_elsewhere(start, run, {**changes, "learning-rate": str(STEP)})
        options = {**fixed, **{name.replace("-", "_"): value for name, value in changes.items()}}
        pretrain(program, run, **options, learning_rate=STEP, max_steps=steps + 1)
        found[way] = (before - weights(run)) / STEP
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/sslslr"), help="default: %(default)s")
    parser.add_argument("--models", nargs="+", default=["4/8/128", "12/8/512"], help="blocks/heads/width; default: both of the paper's")
    parser.add_argument("--methods", nargs="+", default=["sl-fpn", "simclr", "supervised"], help="default: %(default)s")
    parser.add_argument("--steps", type=int, default=100, help="before the second look; default: %(default)s")
    parser.add_argument("--global-batch", type=int, default=16, help="default: %(default)s")
    chosen = parser.parse_args()

    print("| model | method | steps | " + " | ".join(way for way in WAYS if way != "float64") + " | fused from autocast |")
    print("|---" * (len(WAYS) + 3) + "|")
    for model, method, steps in itertools.product(chosen.models, chosen.methods, (0, chosen.steps)):
        blocks, heads, width = model.split("/")
        fixed = dict(method=method, blocks=blocks, heads=heads, width=width, global_batch=chosen.global_batch, augmentation="both", optimizer="sgd",
                     momentum=0, weight_decay=0, checkpoint_every=0, on_collapse="none")
        with tempfile.TemporaryDirectory() as folder:
            found = gradients(chosen.program, pathlib.Path(folder), fixed, steps)
        exact = found["float64"]

        def far(a, b):
            return numpy.linalg.norm(a - b) / numpy.linalg.norm(exact)

        cells = [f"{far(found[way], exact):.1e}" for way in WAYS if way != "float64"]
        print(f"| {model} | {method} | {steps} | " + " | ".join(cells) + f" | {far(found['bfloat16, fused'], found['bfloat16, autocast']):.1e} |", flush=True)


if __name__ == "__main__":
    main()
