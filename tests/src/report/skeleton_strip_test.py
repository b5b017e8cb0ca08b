"""Strips of skeletons of the shipped recordings, and what is said of bad input."""

import tempfile
import unittest
from pathlib import Path

from run_report import run_report
from study_fixture import ROOT

SVG = b"<?xml"


class SkeletonStrip(unittest.TestCase):
    STORE = ROOT / "io/examples/asl9.h5"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.picture = Path(folder.name) / "strip.svg"

    def strip(self, *arguments):
        return run_report(*arguments, script="skeleton_strip.py")

    def test_a_clip_is_drawn(self):
        done = self.strip(self.STORE, 450, "--k1", "1/3", "--k2", "1/4", self.picture)

        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(self.picture.read_bytes().startswith(SVG))

    def test_shares_are_rounded_as_the_augmentation_rounds_them(self):
        def drawn(k2):
            self.assertEqual(self.strip(self.STORE, 450, "--k2", k2, self.picture).returncode, 0)
            return [line for line in self.picture.read_text().splitlines() if "<dc:date>" not in line]

        self.assertEqual(drawn("1/4"), drawn("8"))  # of 30 frames
        self.assertNotEqual(drawn("1/4"), drawn("7"))

    def test_bad_input_is_named(self):
        cases = (
            ((self.STORE, 900, self.picture), 2, "expected 0 to 899"),
            ((self.STORE, 0, self.picture, "--k1", "20", "--k2", "11"), 2, "expected at most the clip's 30"),
            ((self.STORE, 0, self.picture, "--k1", "-1"), 2, "--k1"),
            ((self.STORE, 0, self.picture.with_suffix(".txt")), 2, "ending in .png"),
            ((self.STORE, 0, self.picture.parent / "no" / "strip.png"), 2, "cannot be written"),
            ((ROOT / "README.md", 0, self.picture), 3, "expected a clip store"),
        )
        for arguments, code, words in cases:
            with self.subTest(words=words):
                done = self.strip(*arguments)
                self.assertEqual(done.returncode, code)
                self.assertIn(words, done.stderr)
                self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main()
