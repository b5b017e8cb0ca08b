"""What the readers of all formats share: clips, and corpora with one file per clip."""

from dataclasses import dataclass, field

import numpy as np

from folder_walk import check_name, files_under

POSE = slice(0, 33)
LEFT_HAND = slice(33, 54)
RIGHT_HAND = slice(54, 75)
PARTS = (POSE, LEFT_HAND, RIGHT_HAND)
POINTS = 75
COORDINATES = 3
LARGEST_HALF = 65504  # the largest finite float16, the default type of stores


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
    """Returns a clip of float values [T, 75, 3] in which values that a store cannot hold are NaN."""
    beyond = np.isinf(values) | (np.abs(values) > LARGEST_HALF)
    clip = Clip(np.where(beyond, np.nan, values).astype(np.float32), fps, list(repairs))
    if beyond.any():
        clip.repairs.append("values that are infinite or beyond 65504 treated as not detected")
    return clip


def folder_of(name):
    """Returns the name of the folder that holds a clip, empty for a clip at the top."""
    return name.split("/")[-2] if "/" in name else ""


class FileCorpus:
    """One file per clip, labelled by the name of its folder."""

    def __init__(self, folder, extensions, read):
        self.listing = new_listing()
        self._paths = []
        self._read = read
        taken = {}
        for name, path in files_under(folder, extensions, self.listing):
            check_name(name)
            if name in taken:
                reason = f"expected each name once, found {path.name} and {taken[name].name}"
                self.listing["left_out"].append({"clip": name, "reason": reason})
            else:
                taken[name] = path
                self.listing["clips"].append({"name": name, "label": folder_of(name)})
                self._paths.append(path)

    def read(self, number):
        return self._read(self._paths[number])
