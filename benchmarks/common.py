"""How every benchmark starts programs and prints what it measured."""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ASL9 = ROOT / "io/examples/asl9.h5"
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    # Open MPI must be told explicitly that it may run as root and with more ranks than cores.
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
}
# blocks/heads/width of the paper's model and of the small one; the smallest only shows that a benchmark runs.
MODELS = {
    "4/8/128": ["--blocks", 4, "--width", 128, "--global-batch", 64],
    "12/8/512": ["--blocks", 12, "--width", 512, "--global-batch", 16],
}
SMALLEST_MODEL = {"1/2/16": ["--blocks", 1, "--heads", 2, "--width", 16, "--global-batch", 8]}


def parser_of(description):
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build/release/bin/sslslr",
                        help="sslslr to run; default: %(default)s")
    parser.add_argument("--smallest", action="store_true",
                        help="does the smallest run of every part, to test that all still works; "
                             "overrides other options")
    return parser


def run(*command, ranks=1, **environment):
    """Returns what a command prints on this many ranks; if it fails, ends the benchmark with its error."""
    launcher = ["mpirun", "-n", ranks, "--oversubscribe", "--bind-to", "none"] if ranks > 1 else []
    words = [str(word) for word in (*launcher, *command)]
    done = subprocess.run(words, env={**os.environ, **ENVIRONMENT, **environment},
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"error: {' '.join(words)} ended with code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def spread(values, form=".2f"):
    """Returns median, smallest and largest as text."""
    return f"{statistics.median(values):{form}} [{min(values):{form}}, {max(values):{form}}]"
