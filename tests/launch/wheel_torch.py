"""Runs a Python script with the torch of a CPU installation:
wheel_torch.py SITE_PACKAGES SCRIPT [ARGUMENT ...]

launch/setup installs PyTorch's wheel without its CUDA libraries. No CPU run calls them, but Python's torch
loads them at import. This script first loads an empty library for each missing one, and lets symbols be
looked up only when called.
"""
import ctypes
import os
import re
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

LAZY = os.RTLD_LAZY | os.RTLD_GLOBAL


def load_empty(name, folder):
    path = Path(folder) / name
    command = ["cc", "-shared", "-x", "c", "/dev/null", f"-Wl,-soname,{name}", "-o", path]
    subprocess.run(command, check=True)
    ctypes.CDLL(str(path), mode=LAZY)


def load_libraries(torch_folder):
    with tempfile.TemporaryDirectory() as folder:
        while True:
            try:
                return ctypes.CDLL(str(torch_folder / "lib" / "libtorch_python.so"), mode=LAZY)
            except OSError as error:
                missing = re.match(r"(lib(?:cu|nccl|nvrtc|nvshmem)[\w.]*): cannot open shared object file",
                                   str(error))
                if not missing:
                    raise
                load_empty(missing[1], folder)


site_packages, script = sys.argv[1:3]
sys.path.append(site_packages)
sys.setdlopenflags(os.RTLD_LAZY)
load_libraries(Path(site_packages) / "torch")
sys.argv = sys.argv[2:]
runpy.run_path(script, run_name="__main__")
