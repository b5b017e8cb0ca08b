"""Runs the commands that README and guides show, on small recordings, in one folder and in the order shown.

    shown_commands_test.py PROGRAM

SHORTER makes trainings short. NOT_RUN lists the commands that are not run, and why. Examples in Python and
rows of files are no commands; export_python_test reads exports in Python. CTest sets what Open MPI needs.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np
from documents_test import ROOT, commands, documents

PROGRAM = Path()

NOT_RUN = {
    r"^\./launch/demo": "takes a minute, and minutes to build; run by hand",
    r"^\./launch/test": "runs this test",
    r"^\./launch/setup --importers": "downloads; tests/io/corpus needs what it installs",
    r"^Torch_DIR=": "needs a LibTorch at another place",
    r"^module ": "needs a module system; never run",
    r"^ctest": "runs this test",
    r"^SSLSLR_REWRITE_FROZEN=": "rewrites what tests compare with",
    r"^tests/launch/references": "needs a second program",
    r"\bsrun\b": "needs a scheduler; tests/cluster starts ranks by it",
    r"^sbatch": "needs a scheduler; tests/cluster submits the job scripts",
    r"^N=": "needs a list of settings; tests/launch/job_scripts_test.cpp counts one",
    r"^launch/hyperqueue": "needs a scheduler; tests/cluster starts it",
    r"--from asl-citizen": "needs the corpus; tests/io/corpus reads such files",
    r"--from pose": "needs the corpus; tests/io/corpus reads such files",
    r"sslslr extract": "needs the corpus; tests/io/corpus/videos_test.py reads videos",
    r"^python3 -m venv ~/enc": "downloads a torch for Python",
    r"^~/enc": "needs a torch for Python; export_python_test reads the exports",
}

SMALL = "--blocks 1 --width 16 --heads 2 --frames 16 --global-batch 8"
SHORTER = [
    (r"-n \d+ ", "-n 2 "),
    (r"--config configs/paper\.ini", rf"\g<0> {SMALL}"),
    (r"(sslslr pretrain (?!.*--dry-run).*)", r"\1 --max-steps 2"),
    (r"(sslslr evaluate (?!.*transfer).*)", r"\1 --supervised-epochs 1"),
    (r"(--protocol semi-supervised)", r"\1 --fine-tune-epochs 1 --fine-tune-warmup-epochs 0"),
    (r"--step 4\b", "--step 8 --repeats 2 --epochs 1"),
    (r"--repeats 40", "--repeats 3"),
    (r"--epochs 36", "--epochs 1"),
    (r"STORE\.h5 CLIP", "store.h5 3"),
]

STUDY = """
runs = 1
[pretrain]
blocks = 1
width = 16
heads = 2
frames = 16
global-batch = 8
max-steps = 2
[data own]
data = own.h5
leave-out-signer = A
[method simclr]
method = simclr
[augmentation both]
augmentation = both
[protocol linear]
protocol = linear
[table 1]
data = own
methods = simclr
augmentations = both
protocol = linear
"""


def is_command(line):
    folders = r"(build|\./launch|launch|tests|benchmarks|\.venv/bin)/|~/enc"
    programs = r"(mpirun|srun|sbatch|ctest|module|python3|cat) |(N|Torch_DIR|SSLSLR_\w+)="
    return re.match(f"{folders}|{programs}", line) is not None


def shown_commands():
    """Returns each document with each of its commands, once."""
    seen = {}
    for document in documents():
        for line in filter(is_command, commands(document.read_text())):
            seen.setdefault(re.sub(r" {2,}", " ", line), document)
    return [(document, line) for line, document in seen.items()]


class ShownCommands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keeper = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.keeper.name)
        for name in (".venv", "configs", "io", "src"):
            (cls.folder / name).symlink_to(ROOT / name)
        (cls.folder / "build/release").mkdir(parents=True)
        (cls.folder / "build/release/bin").symlink_to(PROGRAM.parent)
        cls.write_recordings("clips", 0)
        cls.write_recordings("others", 10)
        for made in ("prepare --from npy --input clips --metadata clips.csv --output splits.h5",
                     "prepare --from npy --input others --metadata others.csv --output gsl.h5",
                     *(f"pretrain --data splits.h5 --train-split train {SMALL} --max-steps 2 --seed {seed} "
                       f"--run runs/{name}" for seed, name in enumerate("abc")),
                     f"pretrain --data io/examples/asl9.h5 --leave-out-signer S03 {SMALL} --max-steps 2 "
                     "--run runs/demo"):
            cls.run_line(f"build/release/bin/sslslr {made}")
        shutil.copy(cls.folder / "splits.h5", cls.folder / "store.h5")
        shutil.copy(ROOT / "io/examples/asl9.h5", cls.folder / "a.h5")
        shutil.copy(ROOT / "io/examples/libras5.h5", cls.folder / "b.h5")
        (cls.folder / "RUN").symlink_to("runs/demo")
        (cls.folder / "LSFB_ISOL").symlink_to(ROOT / "tests/io/corpus/fixtures/lsfb")
        (cls.folder / "my-study.ini").write_text(STUDY)

    @classmethod
    def tearDownClass(cls):
        cls.keeper.cleanup()

    @classmethod
    def write_recordings(cls, folder, first):
        """Writes ten clips each of three signs by three signers in files of NumPy, and their list."""
        with h5py.File(ROOT / "io/examples/asl9.h5") as store:
            landmarks, offset = store["landmarks"][()], store["clips/offset"][()]
            label, signer = store["clips/label"][()], store["clips/signer"][()]
        rows = ["clip,label,signer,split"]
        for sign in (1, 2, 3):
            for person, name in enumerate("ABC"):
                found = np.flatnonzero((label == sign) & (signer == person))[first:first + 10]
                for number, clip in enumerate(found):
                    path = Path(f"sign-{sign}/{name}-{number}.npy")
                    (cls.folder / folder / path).parent.mkdir(parents=True, exist_ok=True)
                    np.save(cls.folder / folder / path, landmarks[offset[clip]:offset[clip + 1]])
                    split = "test" if number < 3 else "val" if number < 5 else "train"
                    rows.append(f"{path},sign-{sign},{name},{split}")
        (cls.folder / f"{folder}.csv").write_text("\n".join(rows) + "\n")

    @classmethod
    def run_line(cls, line):
        done = subprocess.run(["bash", "-c", line], cwd=cls.folder, text=True,
                              env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise AssertionError(f"{line}\nended with {done.returncode}:\n{done.stdout[-4000:]}")

    def test_commands_run_as_shown(self):
        run = 0
        unused = {pattern for pattern, _ in SHORTER}
        for document, line in shown_commands():
            if any(re.search(pattern, line) for pattern in NOT_RUN):
                continue
            run += 1
            self.clear_for(line)
            for pattern, shorter in SHORTER:
                line, times = re.subn(pattern, shorter, line)
                unused -= {pattern} if times else set()
            with self.subTest(document=document.relative_to(ROOT), command=line):
                self.run_line(line)
            self.replace_corpus()
        self.assertGreater(run, 30)
        self.assertEqual(unused, set())

    def clear_for(self, line):
        """Removes what an earlier document's command of the same output left."""
        for output in re.findall(r"--output (\S+)|pretrain .*--run (\S+)", line):
            path = self.folder / "".join(output)
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def replace_corpus(self):
        """The corpus in LSFB's layout is too small to train on: a larger store takes the place of its own."""
        made = self.folder / "lsfb.h5"
        if made.exists() and not made.is_symlink():
            made.unlink()
            made.symlink_to("splits.h5")

    def test_commands_that_are_not_run_are_shown(self):
        lines = [line for _, line in shown_commands()]
        for pattern in NOT_RUN:
            with self.subTest(pattern=pattern):
                self.assertTrue(any(re.search(pattern, line) for line in lines))


if __name__ == "__main__":
    PROGRAM = Path(sys.argv.pop(1)).resolve()
    unittest.main()
