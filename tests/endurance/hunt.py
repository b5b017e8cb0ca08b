#!/usr/bin/env python3
"""Runs many short trainings with cancelled, stopped, killed and failing jobs to find memory faults.

    tests/endurance/hunt.py PROGRAM [--minutes 60] [--seed 1] [--logs FOLDER]

Each round draws its settings from the seed and runs either a boundary search or a training with a fault. A
search uses one to three ranks, one to three per job, in one or two mpirun jobs (or without mpirun) that are
signalled, killed or stopped beyond their lease while they work. Then the same command finishes the work
without disturbance. PROGRAM may be built with the preset `asan`. With another preset, set a debugging
allocator for all processes in the environment: MALLOC_CHECK_=3 MALLOC_PERTURB_=165
LD_PRELOAD=libc_malloc_debug.so.0.

A finding is a crash, a report of a sanitizer or an allocator, an unexpected exit code, a hang, or results
that differ. Its output is kept in --logs. The last line counts trainings and findings.
Exits with 1 if there are findings.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "io/examples"
DAMAGE = re.compile(r"Sanitizer|runtime error:|corrupt|double free|invalid (pointer|size|next)|"
                    r"crashed: signal|malloc\(\)|free\(\)|munmap_chunk|stack smashing|Segmentation|"
                    r"differs? from")
ENVIRONMENT = dict(os.environ, OMP_NUM_THREADS="1", OMPI_ALLOW_RUN_AS_ROOT="1",
                   OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_mpi_yield_when_idle="1",
                   OMPI_MCA_btl_vader_single_copy_mechanism="none")
ENVIRONMENT["ASAN_OPTIONS"] = "detect_leaks=0:" + ENVIRONMENT.get("ASAN_OPTIONS", "")
PATIENCE = 600  # s, for a job on a busy machine under a slow allocator


class Job:
    """A command of the program on some ranks, with its output in a file."""

    def __init__(self, program, ranks, arguments, log):
        launcher = ["mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none"] if ranks > 0 else []
        self.log, self.ranks_wanted = log, max(ranks, 1)
        self.has_launcher = ranks > 0
        with open(log, "a") as output:
            output.write(f"\n$ {ranks} ranks: {' '.join(arguments)}\n")
            output.flush()
            self.process = subprocess.Popen([*launcher, program, *arguments], env=ENVIRONMENT,
                                            stdout=output, stderr=output,
                                            stdin=subprocess.DEVNULL, start_new_session=True)

    def ranks(self):
        if not self.has_launcher:
            return [self.process.pid]
        try:
            text = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        except OSError:
            return []
        return [int(child) for child in text.split()]

    def send(self, pids, number):
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def ends(self, seconds):
        try:
            return self.process.wait(seconds) is not None
        except subprocess.TimeoutExpired:
            return False

    def end_by_force(self):
        self.send([*self.ranks(), self.process.pid], signal.SIGKILL)
        self.process.wait()


class Hunt:
    def __init__(self, options):
        self.program, self.logs = options.program, pathlib.Path(options.logs)
        self.random = random.Random(options.seed)
        self.counts = collections.Counter()
        self.findings = []
        self.logs.mkdir(parents=True, exist_ok=True)

    def find(self, what, log):
        kept = self.logs / f"finding-{len(self.findings) + 1:03}.log"
        shutil.copy(log, kept)
        self.findings.append(f"{what}: {kept}")
        print(f"FOUND {self.findings[-1]}", flush=True)

    def check(self, job, expected, what):
        """Waits for a job to end and checks its exit code."""
        if not job.ends(PATIENCE):
            self.find(f"{what}: still running after {PATIENCE} s", job.log)
            job.end_by_force()
            return None
        code = job.process.returncode
        if code not in expected:
            self.find(f"{what}: exit code {code}", job.log)
        return code

    def look_for_damage(self, log, what):
        hit = DAMAGE.search(log.read_text(errors="replace"))
        if hit:
            self.find(f"{what}: {hit.group(0)}", log)

    def model(self):
        pick = self.random.choice
        methods = [["--method", name] for name in ("simclr", "byol", "moco-v2", "simsiam")]
        return [*pick([[], [], *methods]),
                "--blocks", pick("12"), "--heads", "2", "--width", pick(["16", "18", "40", "64"]),
                "--global-batch", pick(["7", "50", "64"]), *pick([[], [], ["--micro-batch", "5"]]),
                *pick([[], [], ["--precision", "bfloat16"]]), *pick([[], ["--augmentation", "both"]])]

    def disturb(self, job):
        """Disturbs a job once, at a random moment. Returns the exit codes with which it may end."""
        stopped = {0, 75}
        # 1 and 143 come from mpirun itself if ranks were still starting
        by_signal = {0, 1, 75, 130, 138, 143, -signal.SIGTERM, -signal.SIGUSR1}
        killed = {0, 1, 4, 75, 137, -signal.SIGKILL}
        kind = self.random.choice(["nothing", "stop", "stop", "stop all", "kill", "kill", "suspend",
                                   "end mpirun", "kill mpirun"])
        if job.ends(self.random.choice([0.5, 1, 2, 4]) * self.random.uniform(0.5, 2)) or kind == "nothing":
            return stopped
        self.counts[kind] += 1
        ranks = job.ranks()
        if not ranks:
            return stopped
        one = [self.random.choice(ranks)]
        if kind == "stop":
            job.send(one, self.random.choice([signal.SIGTERM, signal.SIGUSR1]))
            return by_signal
        if kind == "stop all":
            for _ in range(self.random.choice([1, 20])):
                job.send(ranks, self.random.choice([signal.SIGTERM, signal.SIGUSR1]))
            return by_signal
        if kind == "kill":
            job.send(one, signal.SIGKILL)
            return killed
        if kind == "suspend":  # longer than its lease, so that others take over its work
            job.send(ranks, signal.SIGSTOP)
            time.sleep(self.random.uniform(1, 6))
            job.send(ranks, signal.SIGCONT)
            return stopped | {4}
        job.send([job.process.pid], signal.SIGTERM if kind == "end mpirun" else signal.SIGKILL)
        return by_signal | killed

    def search(self, folder, log):
        """Runs a boundary search that is disturbed, then finishes it."""
        study = str(folder / "study")
        a_job = self.random.choice([1, 1, 2, 3])
        groups = self.random.choice([1, 2]) if a_job == 1 else 1
        # The rate makes trainings diverge after the twelve steps that the plan tries.
        fails = self.random.random() < 0.25
        rate = ["--optimizer", "sgd", "--momentum", "0.9",
                "--learning-rate", str(self.random.uniform(2, 20))] if fails else []
        store = EXAMPLES / self.random.choice(["asl9.h5", "asl9.h5", "libras5.h5"])
        plan = Job(self.program, 0 if a_job == 1 else a_job, [
            "boundary", "plan", "--study", study, "--data", str(store),
            "--step", self.random.choice(["5", "10"]), "--repeats", "2",
            "--mode", self.random.choice(["racing", "tolerant"]),
            "--max-steps", str(self.random.randint(2, 60)),
            "--ranks-per-job", str(a_job), *self.model(), *rate], log)
        if self.check(plan, {0, 5} if fails else {0}, "boundary plan") != 0:
            return
        work = ["boundary", "work", "--study", study, "--lease-seconds", "2"]
        for _ in range(3):
            ranks = a_job * groups
            jobs = [Job(self.program, ranks if ranks > 1 else self.random.choice([0, 1]), work, log)
                    for _ in range(self.random.choice([1, 2]) if a_job == 1 else 1)]
            expected = [self.disturb(job) for job in jobs]
            for job, codes in zip(jobs, expected):
                self.check(job, codes, "boundary work, disturbed")
        self.check(Job(self.program, a_job if a_job > 1 else 0, work, log), {0}, "boundary work")
        status = subprocess.run([self.program, "boundary", "status", "--json", "--study", study],
                                env=ENVIRONMENT, capture_output=True, text=True)
        if status.returncode != 0:
            self.find(f"boundary status: exit code {status.returncode}", log)
            return
        status = json.loads(status.stdout)
        for name in "done", "failed_attempts", "lost_attempts", "released", "cancelled":
            self.counts[name] += status[name]
        if status["differing_results"] or status["accepted_twice"]:
            self.find("boundary work: results that differ", log)

    def training(self, folder, log):
        """Runs a training with a fault, then finishes it."""
        ranks = self.random.choice([1, 2, 3])
        kind, expected = self.random.choice([("nan", {5}), ("throw", {4}), ("sigterm", {75}),
                                             ("kill", {4, 137}), ("enospc", {0})])
        steps = self.random.randint(5, 60)
        rank = 0 if kind == "enospc" else self.random.randrange(ranks)
        command = ["pretrain", "--data", str(EXAMPLES / "asl9.h5"), "--run", str(folder / "run"),
                   "--on-collapse", "none", "--epochs", "1000", "--max-steps", str(steps),
                   "--checkpoint-every", self.random.choice(["1", "7"]),
                   *self.random.choice([[], ["--memory-limit", "1M"]]), *self.model()]
        fault = f"{rank}:{self.random.randint(1, steps - 1)}:{kind}"
        self.check(Job(self.program, ranks, [*command, "--fault", fault], log), expected,
                   f"pretrain with {kind}")
        self.check(Job(self.program, self.random.choice([1, 2, 3]), command, log), {0}, "pretrain")
        self.counts["pretrained"] += 2

    def run(self, minutes):
        begin = time.monotonic()
        while time.monotonic() < begin + 60 * minutes:
            self.counts["rounds"] += 1
            with tempfile.TemporaryDirectory() as folder:
                log = pathlib.Path(folder, "log")
                round_of = self.random.choice([self.search, self.search, self.training])
                round_of(pathlib.Path(folder), log)
                self.look_for_damage(log, round_of.__name__)
            if self.counts["rounds"] % 10 == 0:
                self.report(begin)
        self.report(begin)

    def report(self, begin):
        counts = self.counts
        ends = "done", "failed_attempts", "lost_attempts", "released", "cancelled", "pretrained"
        trainings = sum(counts[name] for name in ends)
        print(f"{(time.monotonic() - begin) / 60:.1f} minutes: {trainings} trainings ({dict(counts)}), "
              f"{len(self.findings)} findings", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="sslslr to run")
    parser.add_argument("--minutes", type=float, default=60, help="time to run; default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn; default: %(default)s")
    parser.add_argument("--logs", default="build/endurance/hunt",
                        help="folder for the logs of findings; default: %(default)s")
    options = parser.parse_args()
    hunt = Hunt(options)
    hunt.run(options.minutes)
    sys.exit(1 if hunt.findings else 0)


if __name__ == "__main__":
    main()
