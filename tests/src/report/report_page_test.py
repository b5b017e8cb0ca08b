"""index.html in a real browser: on a phone, on a desktop, in dark, on paper. CHROMIUM names the program."""

import os
import re
import tempfile
import unittest
from pathlib import Path

import study_fixture
from browser import Browser
from run_report import run_report

CHECKS = (Path(__file__).parent / "page_checks.js").read_text()
PHONE, DESKTOP, A4 = (360, 740), (1280, 800), (688, 1016)  # A4 without the margins, at 96 dots per inch
A4_POINTS = {(595, 842), (842, 595)}


class ReportPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        report = study_fixture.write_study(folder.name)
        cls.title = report["title"]
        done = run_report(folder.name)
        if done.returncode:
            raise RuntimeError(done.stderr)
        cls.page = Path(folder.name) / "report/index.html"
        cls.browser = cls.enterClassContext(Browser(os.environ["CHROMIUM"]))

    def see(self, size, **how):
        self.browser.look(*size, **how)
        self.browser.load(self.page.as_uri())

    def assert_sound(self):
        self.assertEqual(self.browser.evaluate(CHECKS), [])
        said = [
            each["params"]
            for each in self.browser.events
            if each["method"] in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        ]
        self.assertEqual(said, [])
        asked = {
            each["params"]["request"]["url"].split(":")[0]
            for each in self.browser.events
            if each["method"] == "Network.requestWillBeSent"
        }
        self.assertLessEqual(asked, {"file", "data"})

    def open_details(self):
        self.browser.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        self.browser.evaluate("Promise.all([...document.images].map(image => image.decode()))")

    def test_it_is_sound_on_phone_and_desktop_in_light_and_dark(self):
        for size in (PHONE, DESKTOP):
            for scheme in ("light", "dark"):
                with self.subTest(size=size, scheme=scheme):
                    self.see(size, scheme=scheme)
                    self.assertEqual(self.browser.evaluate("innerWidth"), size[0])
                    self.assertEqual(self.browser.evaluate("document.title"), self.title)
                    self.assert_sound()
                    self.open_details()
                    self.assert_sound()

    def test_a_wide_table_scrolls_in_its_own_box_on_a_phone(self):
        self.see(PHONE)

        reach = self.browser.evaluate(
            "(box => { box.scrollLeft = 1e6; return [box.scrollLeft, scrollX]; })"
            "(document.querySelector('#table-1 .scroll'))"
        )

        self.assertGreater(reach[0], 0)
        self.assertEqual(reach[1], 0)

    def test_a_print_shows_what_details_hold_and_cuts_no_table(self):
        self.see(A4, media="print", scheme="dark")

        self.assertEqual(self.browser.evaluate("document.querySelectorAll('details[open]').length"), 0)
        hidden = self.browser.evaluate(
            "[...document.querySelectorAll('details td, details img, details pre')]"
            ".filter(each => !each.checkVisibility({contentVisibilityAuto: true}) "
            "|| each.getBoundingClientRect().height === 0).length"
        )
        self.assertEqual(hidden, 0)
        self.assert_sound()

    def test_the_printed_pages_are_a4(self):
        self.see(DESKTOP)

        pdf = self.browser.pdf()

        boxes = [
            tuple(round(float(value)) for value in box.split()[2:])
            for box in re.findall(rb"/MediaBox ?\[([^]]*)\]", pdf)
        ]
        self.assertGreater(len(boxes), 3)
        self.assertLess(len(boxes), 30)
        self.assertLessEqual(set(boxes), A4_POINTS)

    def test_the_checks_find_what_is_wrong(self):
        """A check that finds nothing in a broken page would prove nothing."""
        broken = (
            "document.body.insertAdjacentHTML('beforeend', "
            "'<div style=\"width:3000px;color:#999\">pale and wide</div>"
            '<img src="missing.png"><table><tr><th>no scope</th></tr></table>\')'
        )
        self.see(DESKTOP)
        self.browser.evaluate(broken)

        found = "\n".join(self.browser.evaluate(CHECKS))

        for words in (
            "px wide in",
            "contrast 2.8",
            "does not show",
            "without an alt",
            "without a caption",
            "without a scope",
        ):
            self.assertIn(words, found)


if __name__ == "__main__":
    unittest.main()
