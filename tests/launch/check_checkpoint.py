"""Runs the lines of src/export/README.md that read a checkpoint:
check_checkpoint.py CHECKPOINT HEADS SAMPLE.h5"""
import os
import re
import sys
from pathlib import Path

import h5py
import torch

checkpoint, heads, sample = sys.argv[1:]
root = Path(__file__).parents[2]
lines = re.search(r"(    import h5py, sys, torch\n(?:    .*\n)+)",
                  (root / "src/export/README.md").read_text())[1]
lines = "\n".join(line[4:] for line in lines.splitlines() if not line.startswith("    #"))
lines, paths = re.subn(r"RUN/checkpoints/step-\d+\.h5", checkpoint, lines)
lines, numbers = re.subn(r"heads=\d+", f"heads={heads}", lines)
assert paths == numbers == 1 and len(lines.splitlines()) <= 10, lines

with h5py.File(sample) as file:
    frames, lengths, expected = (torch.from_numpy(file[name][()])
                                 for name in ("frames", "lengths", "features"))
os.chdir(root)
names = {"frames": frames, "lengths": lengths}
exec(lines, names)
print(f"largest difference {(names['features'] - expected).abs().max().item():.2g}")
