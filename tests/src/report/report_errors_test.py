"""What study_report.py says of a report that is not there, damaged or not whole."""

import copy
import tempfile
import unittest
from pathlib import Path

import study_fixture
from run_report import run_report


class PartsMissing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.study = Path(folder.name)
        self.report = study_fixture.make_report(self.study)

    def run_changed(self, change=lambda report: None, **environment):
        report = copy.deepcopy(self.report)
        change(report)
        study_fixture.write_study(self.study, report)
        return run_report(self.study, **environment)

    def assert_refused(self, done, *words):
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        for word in (str(self.study / "report/report.json"), "sslslr study report --study FILE", *words):
            self.assertIn(word, done.stderr)

    def assert_without_embedding(self, done, words):
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(words, done.stderr)
        page = (self.study / "report/index.html").read_text(encoding="utf-8")
        self.assertIn("Figures that could not be drawn", page)
        self.assertIn(words, page)
        self.assertTrue((self.study / "report/figures/figure-8.svg").exists())
        self.assertFalse((self.study / "report/figures/figure-7.svg").exists())

    def test_a_search_without_a_report_costs_its_figures_alone(self):
        def forget(report):
            missing = {"title": "a", "missing": "s/report/report.json is missing"}
            report["figures"]["4"]["searches"] = [missing]

        done = self.run_changed(forget)

        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr.count("s/report/report.json is missing"), 1, done.stderr)
        self.assertTrue((self.study / "report/figures/figure-8.svg").exists())
        self.assertFalse((self.study / "report/figures/figure-4.svg").exists())

    def test_without_umap_all_else_is_made_and_that_is_said(self):
        hidden = self.study / "hidden"
        hidden.mkdir()
        (hidden / "umap.py").write_text("raise ImportError('not here')")

        done = self.run_changed(PYTHONPATH=str(hidden))

        self.assert_without_embedding(done, "umap-learn cannot be loaded")

    def test_a_missing_file_of_features_costs_its_figure_alone_and_an_old_one_goes(self):
        (self.study / "features/0.h5").unlink()
        old = self.study / "report/figures/figure-7.svg"
        old.parent.mkdir(parents=True)
        old.write_bytes(b"an old picture")

        done = self.run_changed()

        self.assert_without_embedding(done, "features/0.h5")

    def test_a_report_with_nothing_done_yet_is_a_page_all_the_same(self):
        def undo(report):
            for table in report["tables"]:
                for row in table["rows"]:
                    row.update(best=None, second=None, best_over_second=None)
                    row["cells"] = [{"status": "missing", "mean": None} for _ in row["cells"]]
            report.update(figures={}, classes=[], complete=False)
            report["jobs"].update(done=0, failed=[], training_seconds=None)

        done = self.run_changed(undo)

        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("no cell of table 1 is done yet", done.stderr)
        page = (self.study / "report/index.html").read_text(encoding="utf-8")
        self.assertIn("Not complete: 0 of 120 jobs done", page)

    def test_no_report_names_the_file_and_the_command(self):
        self.assert_refused(run_report(self.study), "cannot be read")

    def test_a_torn_report_is_refused(self):
        study_fixture.write_study(self.study, self.report)
        path = self.study / "report/report.json"
        path.write_bytes(path.read_bytes()[:5000])

        self.assert_refused(run_report(self.study), "damaged, expected JSON")

    def test_another_schema_or_version_is_refused(self):
        self.assert_refused(self.run_changed(lambda report: report.update(version=2)), "version 1",
                            "version 2")
        self.assert_refused(
            self.run_changed(lambda report: report.update(schema="other")), "sslslr-study-report", "other"
        )
        (self.study / "report/report.json").write_text("[1]")
        self.assert_refused(run_report(self.study), "expected schema")

    def test_missing_and_ill_typed_fields_are_named(self):
        cases = (
            (lambda report: report["jobs"].pop("failed"), "jobs.failed"),
            (lambda report: report["tables"][0].update(digits="1"), "tables[0].digits"),
            (lambda report: report["tables"][0]["rows"][1]["cells"].pop(), "expected 7 cells in row 'ASL9'"),
            (lambda report: report["tables"][0]["rows"][0]["cells"][0].update(mean=None), "expected a mean"),
            (lambda report: report["tables"][0].update(name="../../x"), "'../../x'"),
            (lambda report: report["tables"][1].update(name="1"), "found 1 twice"),
            (lambda report: report["classes"][0]["confusion"].pop(), "expected 9 classes"),
            (lambda report: report["claims"][0].update(verdict="maybe"), "claims[0].verdict"),
        )
        for change, words in cases:
            with self.subTest(words=words):
                self.assert_refused(self.run_changed(change), words)

    def test_a_file_that_cannot_be_written_is_named(self):
        (self.study / "report/index.html").mkdir(parents=True)

        done = self.run_changed(lambda report: report.update(figures={}))

        self.assertEqual(done.returncode, 3)
        self.assertIn(f"{self.study / 'report/index.html'}: cannot be written", done.stderr)

    def test_help_and_wrong_options(self):
        self.assertIn("index.html", run_report("--help").stdout)
        self.assertEqual(run_report().returncode, 2)


if __name__ == "__main__":
    unittest.main()
