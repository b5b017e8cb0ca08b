"""Runs study_report.py as the program does."""

import os
import subprocess
import sys

from study_fixture import ROOT


def run_report(*arguments, script="study_report.py", **environment):
    """The finished process, its output as text."""
    return subprocess.run(
        [sys.executable, "-B", ROOT / "src/report" / script, *map(str, arguments)],
        text=True,
        capture_output=True,
        timeout=240,
        env={**os.environ, **environment},
    )
