"""What the readers of all formats share: clips, files below a folder in natural order."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from read_error import ReadError

POSE = slice(0, 33)
LEFT_HAND = slice(33, 54)
RIGHT_HAND = slice(54, 75)
PARTS = (POSE, LEFT_HAND, RIGHT_HAND)
POINTS = 75
COORDINATES = 3
LARGEST_HALF = 65504  # of a float16, which is what stores hold


@dataclass
class Clip:
    """A clip as read: values [T, 75, 3] float32, NaN = not detected; fps 0 = unknown."""

    values: np.ndarray
    fps: float = 0.0
    repairs: list = field(default_factory=list)


def new_listing():
    return {"clips": [], "labels": [], "splits": {}, "attributes": {}, "notes": [], "left_out": []}


def empty_values(frames):
    return np.full((frames, POINTS, COORDINATES), np.nan, np.float32)


def finished(values, fps=0.0, repairs=()):
    """A clip of float values [T, 75, 3] without those that a store cannot hold."""
    beyond = np.isinf(values) | (np.abs(values) > LARGEST_HALF)
    clip = Clip(np.where(beyond, np.nan, values).astype(np.float32), fps, list(repairs))
    if beyond.any():
        clip.repairs.append("values infinite or beyond 65504 taken as not detected")
    return clip


def natural_key(name):
    """Sorts texts, runs of digits by their number: 2 before 10."""
    return re.sub("[0-9]+", _in_order, name), name


def _in_order(digits):
    """A number behind its length, so that the longer is the larger one."""
    number = digits[0].lstrip("0")
    return f"{len(number):04}{number}"


def folder_of(name):
    """The name of the folder that a named clip lies in; empty for one at the top."""
    return name.split("/")[-2] if "/" in name else ""


def files_under(folder, extensions):
    """(name, path) of the files of some extensions (".pkl", compared without case) below a folder, or of the one file
    that `folder` is; names are relative to the folder and without extension. Links to folders are not followed.
    """
    if not folder.exists():
        raise ReadError("expected a folder or file to import, found nothing of that name")
    if folder.is_dir():
        found = [Path(parent, file) for parent, _, files in os.walk(folder, onerror=_fail) for file in files]
        named = [(path.relative_to(folder).with_suffix("").as_posix(), path) for path in found]
    else:
        named = [(folder.stem, folder)]
    named = [(name, path) for name, path in named if path.suffix.lower() in extensions]
    if not named:
        raise ReadError(f"expected files ending in {' or '.join(extensions)}, found none")
    return sorted(named, key=lambda each: (natural_key(each[0]), each[1]))


def _fail(error):
    raise ReadError(f"expected folders that can be listed, found {error.filename}: {error.strerror}")


class FileCorpus:
    """A file a clip; its label is the folder it lies in."""

    def __init__(self, folder, extensions, read):
        self.listing = new_listing()
        self._paths = []
        self._read = read
        taken = {}
        for name, path in files_under(folder, extensions):
            if not _is_utf8(name):
                self._leave_out(name, "expected a name in UTF-8, found other bytes")
            elif name in taken:
                self._leave_out(name, f"expected each name once, found {path.name} beside {taken[name].name}")
            else:
                taken[name] = path
                self.listing["clips"].append({"name": name, "label": folder_of(name)})
                self._paths.append(path)

    def read(self, number):
        return self._read(self._paths[number])

    def _leave_out(self, name, reason):
        shown = name.encode(errors="replace").decode()
        self.listing["left_out"].append({"clip": shown, "reason": reason})


def _is_utf8(name):
    try:
        name.encode()
        return True
    except UnicodeEncodeError:
        return False
