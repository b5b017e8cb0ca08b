"""What the tests of the Python readers share: the fixtures, and the server as a separate process."""

import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

IMPORTERS = Path(__file__).resolve().parents[3] / "io" / "corpus" / "python"
FIXTURES = Path(__file__).resolve().parent / "fixtures"
SERVER = IMPORTERS / "corpus_server.py"
PYTHON = [sys.executable, "-B"]  # -B: leave no compiled files in the source tree

sys.path.insert(0, str(IMPORTERS))


class Server:
    """The server of a corpus; `listing` is its first line. After close(), it has exit_code, messages (its
    standard error) and rest (output that no request asked for).
    """

    def __init__(self, *arguments, command=None):
        self._process = subprocess.Popen(
            command or [*PYTHON, str(SERVER), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.listing = json.loads(self._process.stdout.readline() or b"null")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, request):
        """Returns the fields and values [T, 75, 3] of an answer; an error has no values."""
        self._process.stdin.write(f"{request}\n".encode())
        self._process.stdin.flush()
        fields = json.loads(self._process.stdout.readline())
        if "error" in fields:
            return fields, None
        content = self._process.stdout.read(fields["frames"] * 75 * 3 * 4)
        return fields, np.frombuffer(content, "<f4").reshape(-1, 75, 3)

    def clip(self, name):
        return self.ask([clip["name"] for clip in self.listing["clips"]].index(name))

    def stop_listening(self):
        self._process.stdout.close()

    def send(self, request):
        self._process.stdin.write(f"{request}\n".encode())
        self._process.stdin.flush()

    def close(self):
        if self._process.stdin.closed:
            return
        self._process.stdin.close()
        self.rest = b"" if self._process.stdout.closed else self._process.stdout.read()
        self.messages = self._process.stderr.read().decode()
        self.exit_code = self._process.wait(60)
        self._process.stdout.close()
        self._process.stderr.close()


def expected(kind):
    """Returns the expected {name: (fields, values)} of a format's clips, and its whole description."""
    description = json.loads((FIXTURES / "expected.json").read_text())[kind]
    with h5py.File(FIXTURES / "expected.h5") as file:
        values = file[kind][()]
    ends = np.cumsum([clip["frames"] for clip in description["clips"]])
    clips = zip(description["clips"], np.split(values, ends[:-1]))
    return {clip["name"]: (clip, array) for clip, array in clips}, description
