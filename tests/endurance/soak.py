#!/usr/bin/env python3
"""Trains with tiny steps on two ranks for many minutes, with a checkpoint about every 5 s. Memory and file
descriptors must stay flat.

    tests/endurance/soak.py PROGRAM STORE.h5 [--minutes 30]

Samples both ranks every 5 s from /proc. Compares the medians of two fifths of the samples: the one that
begins after a sixth of the time, when buffers have reached their size, and the last one. Exits with 1 if a
rank's resident memory grew by 1 % or more or its number of file descriptors changed.
"""

import argparse
import os
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time

TRAINING = ("--leave-out-signer S03 --blocks 1 --width 16 --heads 2 --global-batch 50 --augmentation both "
            "--on-collapse none --epochs 10000000 --keep-checkpoints 3").split()


def mpirun(program, *arguments):
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                       OMP_NUM_THREADS="1", OMPI_MCA_mpi_yield_when_idle="1")
    return subprocess.Popen(["mpirun", "-n", "2", "--oversubscribe", "--bind-to", "none",
                             program, "pretrain", *arguments], env=environment, stdout=subprocess.DEVNULL)


def ranks_of(launcher):
    for _ in range(200):
        children = pathlib.Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text().split()
        if len(children) == 2:
            return [int(child) for child in children]
        time.sleep(0.05)
    raise SystemExit("the ranks have not started")


def sample(rank):
    resident = int(pathlib.Path(f"/proc/{rank}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resident, len(os.listdir(f"/proc/{rank}/fd"))


def median_of(samples, begin, end):
    part = samples[int(begin * len(samples)):int(end * len(samples))]
    return statistics.median(resident for resident, _ in part), statistics.median(files for _, files in part)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="sslslr to run")
    parser.add_argument("store", help="clip store with a signer S03")
    parser.add_argument("--minutes", type=float, default=30, help="time to train; default: %(default)s")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder, "run")
        start = time.monotonic()
        timed = mpirun(options.program, "--data", options.store, "--run", f"{folder}/timed",
                       "--max-steps", "1000", *TRAINING)
        timed.wait()
        every = max(1, int(1000 / (time.monotonic() - start) * 5))

        launcher = mpirun(options.program, "--data", options.store, "--run", run,
                          "--checkpoint-every", str(every), *TRAINING)
        ranks = ranks_of(launcher)
        samples = {rank: [] for rank in ranks}
        end = time.monotonic() + 60 * options.minutes
        while time.monotonic() < end and launcher.poll() is None:
            time.sleep(5)
            for rank in ranks:
                samples[rank].append(sample(rank))
        os.kill(ranks[0], signal.SIGUSR1)
        if launcher.wait() != 75:
            raise SystemExit(f"the training ended with {launcher.returncode} instead of 75")
        newest = max(path.name for path in (run / "checkpoints").iterdir())

    failed = False
    print(f"{options.minutes:g} minutes, a checkpoint every {every} steps, the last one {newest}")
    for number, rank in enumerate(ranks):
        (before, files_before), (after, files_after) = (median_of(samples[rank], 1 / 6, 1 / 6 + 1 / 5),
                                                        median_of(samples[rank], 4 / 5, 1))
        growth = after / before - 1
        failed = failed or growth >= 0.01 or files_after != files_before
        print(f"rank {number}: {before / 1e6:.1f} MB, then {after / 1e6:.1f} MB ({100 * growth:+.2f} %); "
              f"{files_before:.0f} files open, then {files_after:.0f}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
