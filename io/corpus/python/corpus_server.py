"""Lists and reads corpora of landmarks in formats that need Python,
for a program at the other end of two pipes.

    corpus_server.py kaggle-islr INPUT   a folder with train.csv and train_landmark_files/
    corpus_server.py openhands INPUT     a folder of .pkl files, or one of them
    corpus_server.py videos INPUT [--complexity=0|1|2] [--detection-confidence=0.5]
                                  [--tracking-confidence=0.5]

Writes a line of JSON: {"clips": [{"name", "label", "signer", "fps"}, ...], "labels", "splits", "attributes",
"notes", "left_out": [{"clip", "reason"}, ...]}, or writes {"error"} and exits with code 1. Then answers each
line of its input, the number of a clip, with a line {"frames", "fps", "repairs"} and frames * 75 * 3 float32
values, little-endian (pose 33, left hand 21, right hand 21; x, y relative to the image, z; NaN = not
detected), or only with {"error"}. io/corpus/python_corpus.cpp is the other side.
"""

import argparse
import importlib
import json
import os
import sys
from pathlib import Path

from read_error import ReadError, require_modules

MODULES = {"kaggle-islr": "kaggle_islr", "openhands": "openhands", "videos": "videos"}


class Options(argparse.ArgumentParser):
    """An argument parser whose errors also reach the other side."""

    def error(self, message):
        raise ReadError(message)


def confidence(text):
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value


def read_options(arguments):
    parser = Options(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    formats = parser.add_subparsers(dest="format", required=True)
    for name in MODULES:
        options = formats.add_parser(name)
        options.add_argument("input", type=Path)
        if name == "videos":
            options.add_argument("--complexity", type=int, choices=(0, 1, 2), default=1)
            options.add_argument("--detection-confidence", type=confidence, default=0.5)
            options.add_argument("--tracking-confidence", type=confidence, default=0.5)
    return parser.parse_args(arguments)


def text_of(error):
    """Returns the error as one line. Errors other than ReadError keep the name of their type."""
    text = str(error) if isinstance(error, ReadError) else f"{type(error).__name__}: {error}"
    return " ".join(text.encode(errors="replace").decode().split())


def answer(protocol, fields, values=b""):
    protocol.write(json.dumps(fields).encode() + b"\n")
    protocol.write(values)
    protocol.flush()


def read_clip(corpus, line):
    """Returns the fields and values of the answer to one line."""
    clips = len(corpus.listing["clips"])
    text = line.strip().decode(errors="replace")
    if not text.isdecimal() or int(text) >= clips:
        raise ReadError(f"expected a clip's number from 0 to {clips - 1}, found '{text[:40]}'")
    clip = corpus.read(int(text))
    fields = {"frames": len(clip.values), "fps": clip.fps, "repairs": clip.repairs}
    return fields, clip.values.astype("<f4").tobytes()


def serve(protocol, requests, arguments):
    """Answers requests until the input ends, and returns the exit code."""
    try:
        options = read_options(arguments)
        require_modules("numpy")
        corpus = importlib.import_module(MODULES[options.format]).open_corpus(options)
    except Exception as error:
        answer(protocol, {"error": text_of(error)})
        return 1
    answer(protocol, corpus.listing)
    for line in requests:
        try:
            fields, values = read_clip(corpus, line)
        except Exception as error:
            fields, values = {"error": text_of(error)}, b""
        answer(protocol, fields, values)
    return 0


def main():
    protocol = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print must not mix with the protocol
    try:
        sys.exit(serve(protocol, sys.stdin.buffer, sys.argv[1:]))
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(1)  # the other side ended or was interrupted, and reports it


if __name__ == "__main__":
    main()
