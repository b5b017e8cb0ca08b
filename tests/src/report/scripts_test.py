"""Every Python file of the project can be read by Python,
and curves.py draws a run, label_curve.py a result."""
import ast
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class Scripts(unittest.TestCase):
    def test_each_can_be_parsed(self):
        scripts = [path for folder in ("benchmarks", "io", "launch", "src", "tests")
                   for path in (ROOT / folder).rglob("*.py") if "fixtures" not in path.parts]
        self.assertGreater(len(scripts), 40)
        for path in scripts:
            with self.subTest(path=path):
                ast.parse(path.read_text(), path)

    def test_curves_draws_a_run(self):
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder)
            (run / "config.ini").write_text("data = asl9.h5\nmethod = sl-fpn\nseed = 0\n")
            terms = ["loss", "loss_original", "loss_pair", "loss_predict", "loss_vicreg"]
            rows = [{"step": step} | dict.fromkeys(terms, 1 / step) for step in range(1, 60)]
            for row in rows[::20]:
                row.update(spread=1.0, spread_normalised=0.9, spread_features=2.0,
                           spread_features_normalised=0.7)
            (run / "metrics.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
            done = subprocess.run([sys.executable, ROOT / "src/report/curves.py", run],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue((run / "curves.png").read_bytes().startswith(b"\x89PNG"))

    def test_label_curve_draws_a_result(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "label-curve.json"
            rows = [{"name": name, "classifier": "MLP probe", "top1": {"mean": 0.5, "low": 0.4, "high": 0.6}}
                    for name in ("simclr", "same encoder, random weights")]
            path.write_text(json.dumps({
                "parts": "tested on signer S03", "interval": "95 % Student t over 3 runs", "points": [
                    {"clips_a_class": 1, "labels": 9, "validation_labels": 4, "rows": rows},
                    {"share": 0.05, "labels": 40, "rows": rows}]}))
            script = [sys.executable, ROOT / "src/report/label_curve.py"]
            done = subprocess.run([*script, path], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(path.with_suffix(".png").read_bytes().startswith(b"\x89PNG"))
            path.write_text('{"rows": []}')
            self.assertIn("holds no label curve",
                          subprocess.run([*script, path], capture_output=True, text=True).stderr)


if __name__ == "__main__":
    unittest.main()
