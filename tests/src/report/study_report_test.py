"""What study_report.py makes of a fixture: every number in every form."""

import csv
import re
import tempfile
import unittest
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import study_fixture
from run_report import run_report

MINUS = "−"
SVG = b"<?xml"
BRACES = re.compile(r"(?<!\\)[{}]")


class Page(HTMLParser):
    """Texts of cells and whatever a page would load."""

    def __init__(self, text):
        super().__init__()
        self.cells, self.loads, self.text = [], [], ""
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self._inside = self._inside or tag in ("td", "th")
        if tag in ("td", "th"):
            self.cells.append("")
        self.loads += [
            value for name, value in attributes
            if name in ("src", "href", "srcset", "data", "action", "poster")
        ]

    def handle_endtag(self, tag):
        self._inside = self._inside and tag not in ("td", "th")

    def handle_data(self, data):
        self.text += data
        if self._inside:
            self.cells[-1] += data + " "


def printed(value, table):
    return f"{value * table['scale']:.{table['digits']}f}".replace("-", MINUS)


def done_cells(report):
    """(table, row, column, cell) of every cell that is done."""
    for table in report["tables"]:
        for row in table["rows"]:
            for column, cell in zip(table["columns"], row["cells"]):
                if cell["status"] == "done":
                    yield table, row, column, cell


def interval(cell, table):
    if cell["low"] is None:
        return ""
    return f"[{printed(cell['low'], table)}, {printed(cell['high'], table)}]"


class StudyReport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.study = Path(folder.name)
        cls.folder = cls.study / "report"
        cls.report = study_fixture.write_study(cls.study)
        cls.done = run_report(cls.study)

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    def methods_beside(self, data_set):
        """Rows of the state-of-the-art table of a data set, in their order, as text."""
        group = re.search(rf'rowgroup"[^>]*>{re.escape(escape(data_set))}</th>(.*?)</tbody>',
                          self.read("index.html"), re.S)
        return [" ".join(Page(line).cells) for line in group[1].split("<tr")]

    def test_everything_is_made(self):
        self.assertEqual((self.done.returncode, self.done.stderr), (0, ""))
        self.assertIn("index.html", self.done.stdout)

    def test_csv_holds_every_cell_with_its_interval(self):
        for table in self.report["tables"]:
            with open(self.folder / f"tables/{table['name']}.csv", encoding="utf-8", newline="") as file:
                lines = {(line["row"], line["column"], line["measure"]): line
                         for line in csv.DictReader(file)}
            for row in table["rows"]:
                for column, cell in zip(table["columns"], row["cells"]):
                    line = lines[row["title"], column["name"], table["measure"]]
                    self.assertEqual(
                        (line["table"], line["kind"], line["status"]),
                        (table["name"], column["kind"], cell["status"])
                    )
                    for name in ("mean", "low", "high"):
                        value = cell.get(name)
                        self.assertEqual(line[name],
                                         "" if value is None else f"{value * table['scale']:.10g}")
                    if cell["status"] == "done":
                        self.assertEqual((line["runs"], line["clips"]),
                                         (str(cell["runs"]), str(cell["clips"])))
                        self.assertEqual(line["unit"], table["unit"])
            if table["measure"] == "top1":
                first = table["rows"][0]
                self.assertAlmostEqual(
                    float(lines[first["title"], table["columns"][0]["name"], "top5"]["mean"]),
                    100 * first["cells"][0]["top5"]["mean"],
                )

    def test_every_form_holds_every_mean_and_interval(self):
        page = Page(self.read("index.html"))
        latex = {table["name"]: self.read(f"tables/{table['name']}.tex") for table in self.report["tables"]}
        for table, row, column, cell in done_cells(self.report):
            for name, text in (("index.html", page.text), ("LaTeX", latex[table["name"]])):
                with self.subTest(form=name, table=table["name"], row=row["title"], column=column["name"]):
                    self.assertIn(printed(cell["mean"], table), text)
                    self.assertIn(
                        interval(cell, table).replace(MINUS, "$-$" if name == "LaTeX" else MINUS), text)

    def test_a_cell_of_the_page_holds_mean_interval_and_runs(self):
        cells = [" ".join(text.split()) for text in Page(self.read("index.html")).cells]
        for table, row, column, cell in done_cells(self.report):
            runs = f"{cell['runs']} run" + ("s" if cell["runs"] != 1 else "")
            is_marked = row["best"] == column["name"] and row["best_over_second"]["verdict"] == "better"
            expected = (f"{printed(cell['mean'], table)}{'★' if is_marked else ''} "
                        f"{interval(cell, table)} {runs}")
            with self.subTest(table=table["name"], row=row["title"], column=column["name"]):
                self.assertIn(" ".join(expected.split()), cells)

    def test_the_best_is_bold_and_starred_only_when_distinguishable(self):
        verdicts = set()
        for table in self.report["tables"]:
            latex = self.read(f"tables/{table['name']}.tex")
            for row in table["rows"]:
                best = row["cells"][[column["name"] for column in table["columns"]].index(row["best"])]
                mean, verdict = printed(best["mean"], table), row["best_over_second"]["verdict"]
                star = verdict == "better"
                verdicts.add(verdict)
                self.assertIn(rf"\textbf{{{mean}}}{'$' + chr(92) + 'star$' if star else ' '}", latex)
            self.assertEqual(latex.count(r"\textbf"), len(table["rows"]))
        self.assertEqual(verdicts, {"better", "not distinguishable"})

    def test_what_failed_or_is_missing_is_said(self):
        text = self.read("index.html")
        for words in (
            "118 of 120 jobs done, 1 failed",
            "libras5/sl-fpn/seed-3",
            "loss not finite in step 7",
            "FAILED",
            "not computed yet",
        ):
            self.assertIn(words, text)

    def test_claims_published_numbers_splits_and_the_study_stand_on_the_page(self):
        text = Page(self.read("index.html")).text
        for claim in self.report["claims"]:
            for part in claim.values():
                self.assertIn(part, text)
        for row in self.report["published"]:
            self.assertIn(f"{row['top1']:.2f}", text)
        for data in self.report["data"]:
            for part in (data["language"], data["licence"], data["source"], data["folds"][0]["how"]):
                self.assertIn(part, text)
        for part in (self.report["command"], self.report["study_file"], self.report["interval"],
                     self.report["title"]):
            self.assertIn(part, text)

    def test_published_numbers_stand_beside_ours_where_the_data_set_is_the_same(self):
        methods = self.methods_beside("Libras & more")

        published = next(number for number, method in enumerate(methods) if "(published)" in method)
        self.assertIn("(this study)", methods[published + 1])

    def test_published_numbers_stand_beside_a_data_set_that_names_the_papers(self):
        methods = self.methods_beside("ASL9")

        self.assertTrue(any("(published)" in method and "46.00" in method for method in methods), methods)
        self.assertTrue(any("(this study)" in method for method in methods), methods)

    def test_the_page_loads_nothing(self):
        text = self.read("index.html")
        for load in Page(text).loads:
            self.assertRegex(load, r"^(#|data:)")
        self.assertNotIn("@import", text)
        self.assertNotRegex(text, r"url\(\s*['\"]?(?!data:)")
        self.assertNotIn("<script", text)

    def test_images_are_there_and_none_is_empty(self):
        names = {path.stem for path in (self.folder / "figures").iterdir()}
        wanted = {
            "figure-2",
            "figure-4",
            "figure-5",
            "figure-6",
            "figure-7",
            "figure-8",
            "accuracy-1",
            "accuracy-6",
            "accuracy-ablation",
            "confusion-1-1-asl9-sl-fpn",
            "confusion-2-1-libras5-sl-fpn",
        }
        self.assertEqual(names, wanted)
        for name in wanted:
            content = (self.folder / f"figures/{name}.svg").read_bytes()
            self.assertTrue(content.startswith(SVG) and len(content) > 5000, name)

    def test_latex_is_escaped_and_its_rows_have_the_columns_of_the_table(self):
        for table in self.report["tables"]:
            text = self.read(f"tables/{table['name']}.tex")
            body = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
            depth = [1 if brace == "{" else -1 for brace in BRACES.findall(body)]
            self.assertEqual(sum(depth), 0)
            self.assertIsNone(re.search(r"(?<!\\)[%#_]|[<>|]", re.sub(r"\\(begin|label)\{.*", "", body)))
            columns = 5 if table["layout"] == "state-of-the-art" else 1 + len(table["columns"])
            for line in body.splitlines():
                if line.endswith(r"\\") and r"\multicolumn" not in line:
                    self.assertEqual(len(re.findall(r"(?<!\\)&", line)), columns - 1, line)

    def test_the_same_report_gives_the_same_page(self):
        first = self.read("index.html")

        run_report(self.study)

        self.assertEqual(self.read("index.html"), first)


if __name__ == "__main__":
    unittest.main()
