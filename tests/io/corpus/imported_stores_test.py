"""Stores that the program creates from corpora hold what the formats' own libraries read.

The environment variable SSLSLR_PROGRAM names the program, SSLSLR_MPIEXEC names mpirun.
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np
from compare_readers import TOLERANCE, read_store
from readers import FIXTURES, PYTHON, expected
from videos_test import person, write_video

COMPARE = Path(__file__).resolve().parent / "compare_readers.py"
FOLDERS = {
    "asl-citizen": "asl_citizen", "hdf5": "hdf5", "kaggle-islr": "kaggle", "lsfb": "lsfb",
    "mp-data": "mp_data", "openhands": "openhands", "pose": "pose", "spoter": "spoter",
}  # fmt: skip


class ImportedStores(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def make(self, command, source, *options, ranks=1):
        store = self.folder / f"{len(list(self.folder.iterdir()))}.h5"
        arguments = [os.environ["SSLSLR_MPIEXEC"], "-n", str(ranks), "--oversubscribe", "--bind-to", "none"]
        arguments += [os.environ["SSLSLR_PROGRAM"], command, "--input", str(source),
                      "--output", str(store), *options]
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=200)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return store

    def compare(self, *arguments):
        return subprocess.run([*PYTHON, str(COMPARE), *map(str, arguments)], capture_output=True, text=True)

    def test_stores_of_every_format_hold_what_is_expected(self):
        for kind, folder in FOLDERS.items():
            with self.subTest(format=kind):
                store = self.make("prepare", FIXTURES / folder, "--from", kind, "--coordinates", "3", ranks=2)

                _, _, clips = read_store(store)
                wanted, _ = expected(kind)
                self.assertEqual(set(clips), set(wanted))
                for name, (values, label, signer) in clips.items():
                    fields, theirs = wanted[name]
                    self.assertEqual((label, signer), (fields["label"], fields["signer"]))
                    np.testing.assert_allclose(values, theirs, rtol=TOLERANCE, atol=TOLERANCE)

    def test_lsfb_equals_lsfb_dataset(self):
        for poses in ("raw", "interpolated"):
            store = self.make("prepare", FIXTURES / "lsfb", "--from", "lsfb", "--poses", poses)

            done = self.compare(store, FIXTURES / "lsfb", "--poses", poses)
            self.assertEqual((done.returncode, done.stdout), (0, "4 clips compared, 0 differ\n"), done.stderr)
        self.assertEqual(self.compare(store, FIXTURES / "lsfb", "--poses", "raw").returncode, 1)

    def test_pose_equals_pose_format(self):
        store = self.make("prepare", FIXTURES / "pose", "--from", "pose", "--coordinates", "3")

        done = self.compare(store, FIXTURES / "pose")
        self.assertEqual((done.returncode, done.stdout), (0, "3 clips compared, 0 differ\n"), done.stderr)

    def test_extract_finds_the_person_in_videos_on_any_number_of_ranks(self):
        videos = self.folder / "videos"
        for name in ("astronaut/1", "astronaut/2", "astronaut/10"):
            write_video(videos / f"{name}.mp4", person(2))

        one, two = (read_store(self.make("extract", videos, "--complexity", "1", ranks=ranks))
                    for ranks in (1, 2))

        _, _, clips = one
        self.assertEqual(list(clips), ["astronaut/1", "astronaut/2", "astronaut/10"])
        for name, (values, label, _) in clips.items():
            self.assertEqual((values.shape, label), ((2, 75, 2), "astronaut"))
            np.testing.assert_allclose(values[0, 0], [0.44, 0.17], atol=0.05)
            np.testing.assert_array_equal(values, two[2][name][0])


if __name__ == "__main__":
    unittest.main()
