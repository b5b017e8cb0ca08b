"""README and guides: links have targets, commands and options that are shown exist, README keeps its size.

    documents_test.py PROGRAM

shown_commands_test.py runs what is shown. This one reads it, and runs only --help-all.
"""
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ""
FOLDERS = (".", ".github", "io", "dist", "src", "launch", "tests", "benchmarks")


def documents():
    """Returns the guides for users, without records of measurements and fixtures."""
    found = {path for folder in FOLDERS
             for path in (ROOT / folder).glob("*.md" if folder == "." else "**/*.md")}
    return sorted(path for path in found if not {"results", "fixtures"} & set(path.relative_to(ROOT).parts))


def commands(text):
    """Returns the lines of code that a document shows, without comments, one per command."""
    lines = text.replace("\\\n", " ").splitlines()
    return [line.split("    #")[0].strip() for line in lines if line.startswith("    ") and line.strip()]


def parsed(command):
    """Returns subcommand and options of a line that starts the program, itself or by a job script;
    None for other lines."""
    match = re.search(r"(?:sslslr|/workers\.sbatch) ((?:study|boundary) [a-z]+|[a-z]+)(.*)", command)
    if match:
        return match[1], re.findall(r"(?<=\s)--[a-z0-9-]+", match[2])
    match = re.search(r"/(?:lucia-)?pretrain\.sbatch(.*)", command)
    return ("pretrain", re.findall(r"(?<=\s)--[a-z0-9-]+", match[1])) if match else None


class Options:
    def __init__(self):
        self.known = {}

    def of(self, subcommand):
        if subcommand not in self.known:
            done = subprocess.run([PROGRAM, *subcommand.split(), "--help-all"],
                                  capture_output=True, text=True)
            found = re.findall(r"^\s+(?:-h \[ )?(--[a-z0-9-]+)", done.stdout, re.M)
            self.known[subcommand] = (done.returncode, set(found))
        return self.known[subcommand]


class Documents(unittest.TestCase):
    def test_links_lead_to_files(self):
        for path in documents():
            for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text()):
                with self.subTest(document=path, link=link):
                    self.assertTrue((path.parent / link).exists())

    def test_links_to_sections_lead_to_titles(self):
        for path in documents():
            for link, section in re.findall(r"\]\(([^)#]*)#([^)]+)\)", path.read_text()):
                target = path.parent / link if link else path
                titles = re.findall(r"^#+ (.*)$", target.read_text(), re.M)
                with self.subTest(document=path, section=section):
                    self.assertIn(section, [title.lower().replace(" ", "-") for title in titles])

    def test_commands_have_the_options_that_are_shown(self):
        options = Options()
        shown = 0
        for path in documents():
            for command in commands(path.read_text()):
                call = parsed(command)
                if call is None:
                    continue
                shown += 1
                code, known = options.of(call[0])
                with self.subTest(document=path, command=command):
                    self.assertEqual(code, 0)
                    self.assertLessEqual(set(call[1]), known | {"--help", "--help-all"})
        self.assertGreater(shown, 30)

    def test_scripts_and_configurations_that_are_shown_exist(self):
        places = (r"(?:launch|configs|benchmarks|src/report|tests/endurance|tests/launch|io/examples)"
                  r"/[\w./-]*\w")
        for path in documents():
            for place in re.findall(rf"(?<![\w./-]){places}", "\n".join(commands(path.read_text()))):
                with self.subTest(document=path, place=place):
                    self.assertTrue((ROOT / place).exists())

    def test_the_readme_keeps_its_size(self):
        lines = (ROOT / "README.md").read_text().splitlines()
        self.assertLessEqual(len(lines), 200)
        self.assertEqual([line for line in lines if len(line) > 120], [])

    def test_every_guide_is_listed(self):
        readme = (ROOT / "README.md").read_text()
        for path in documents():
            if path.name == "README.md" and path.parent != ROOT:
                with self.subTest(document=path):
                    self.assertIn(f"({path.relative_to(ROOT)})", readme)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
