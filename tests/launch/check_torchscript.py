"""check_torchscript.py FOLDER: encodes the sample of an export with its TorchScript and
prints the largest difference."""
import sys
from pathlib import Path

import h5py
import torch

folder = Path(sys.argv[1])
with h5py.File(folder / "sample.h5") as file:
    frames, lengths, features = (torch.from_numpy(file[name][()])
                                 for name in ("frames", "lengths", "features"))
encoder = torch.jit.load(folder / "encoder.pt")
print("largest difference", (encoder(frames, lengths) - features).abs().max().item())
print("parameters", " ".join(name for name, _ in encoder.named_parameters()))
encoder(frames, lengths).sum().backward()  # training works, too
print("without gradient", sum(parameter.grad is None for parameter in encoder.parameters()))
