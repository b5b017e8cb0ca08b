"""Creates the shipped example stores from folders of raw recordings.

    pip install numpy h5py xxhash
    python io/examples/make_examples.py ASL9_FOLDER LIBRAS5_FOLDER

Each folder holds landmarks.npz ("landmarks" [sum of frames, 75, 3] float16, NaN = not detected), index.csv
(clip, label, signer, start, length) and LICENSE. Only x and y are kept: the z that MediaPipe guesses from one
camera is unreliable.
"""

import argparse
import csv
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "file"))
from sealed_file import USER_BLOCK_BYTES, block_checksums, seal

POSE = (
    "nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer left_ear "
    "right_ear mouth_left mouth_right left_shoulder right_shoulder left_elbow right_elbow left_wrist "
    "right_wrist left_pinky right_pinky left_index right_index left_thumb right_thumb left_hip right_hip "
    "left_knee right_knee left_ankle right_ankle left_heel right_heel left_foot_index right_foot_index"
).split()
HAND = (
    "wrist thumb_cmc thumb_mcp thumb_ip thumb_tip index_finger_mcp index_finger_pip index_finger_dip "
    "index_finger_tip middle_finger_mcp middle_finger_pip middle_finger_dip middle_finger_tip "
    "ring_finger_mcp ring_finger_pip ring_finger_dip ring_finger_tip pinky_mcp pinky_pip pinky_dip pinky_tip"
).split()
POINTS = [f"pose.{p}" for p in POSE] + [f"left_hand.{p}" for p in HAND] + [f"right_hand.{p}" for p in HAND]


@dataclass
class Origin:
    """Where a corpus comes from. The fields become attributes of its store."""

    name: str
    language: str
    source: str
    licence: str


ASL9 = Origin("asl9", "American Sign Language", "https://github.com/traduttore/traduttore-model",
              "MIT, Copyright (c) 2022 traduttore")
LIBRAS5 = Origin(
    "libras5",
    "Brazilian Sign Language (Libras)",
    "https://github.com/DayaneCordeiro/libras-recognition-system",
    "MIT, Copyright (c) 2024 Dayane Cordeiro",
)


def read_clips(folder):
    """Returns the rows of index.csv, checked to follow each other without gaps."""
    with open(folder / "index.csv", newline="") as file:
        clips = list(csv.DictReader(file))
    frame = 0
    for clip in clips:
        if int(clip["start"]) != frame:
            raise ValueError(f"{folder}/index.csv: clip {clip['clip']} starts at {clip['start']}, "
                             f"expected {frame}")
        frame += int(clip["length"])
    return clips


def write_index(file, clips):
    """Writes everything but landmarks. Ids are the numbers that the source gave the clips of each label."""
    labels = sorted({clip["label"] for clip in clips})
    signers = sorted({clip["signer"] for clip in clips})
    lengths = [int(clip["length"]) for clip in clips]
    file["clips/offset"] = np.cumsum([0, *lengths], dtype=np.int64)
    file["clips/label"] = np.array([labels.index(clip["label"]) for clip in clips], np.int64)
    file["clips/signer"] = np.array([signers.index(clip["signer"]) for clip in clips], np.int64)
    file["clips/id"] = np.array([int(clip["clip"].split("/")[-1]) for clip in clips], np.int64)
    file["splits/all"] = np.arange(len(clips), dtype=np.int64)
    for name, texts in (("labels", labels), ("signers", signers), ("points", POINTS)):
        file[name] = np.array([text.encode() for text in texts])


def write_store(folder, origin, output):
    """Writes output/NAME.h5, whole or not at all, and its licence next to it."""
    clips = read_clips(folder)
    landmarks = np.ascontiguousarray(np.load(folder / "landmarks.npz")["landmarks"][:, :, :2], dtype="<f2")
    target = output / f"{origin.name}.h5"
    partial = target.with_name(target.name + ".partial")
    with h5py.File(partial, "w", userblock_size=USER_BLOCK_BYTES, libver=("earliest", "v110")) as file:
        file.attrs.update(
            schema="sslslr-clips",
            version="1",
            coordinates="x,y",
            fps="not recorded",
            language=origin.language,
            source=origin.source,
            licence=origin.licence,
        )
        write_index(file, clips)
        file["checksums/landmarks"] = np.array(block_checksums(landmarks), np.uint64)
        dataset = file.create_dataset("landmarks", data=landmarks)
        offset = dataset.id.get_offset()
    seal(partial, offset, landmarks.nbytes)
    os.replace(partial, target)
    shutil.copyfile(folder / "LICENSE", output / f"{origin.name}.LICENSE.txt")
    print(f"{target}: {len(clips)} clips, {len(landmarks)} frames, {target.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("asl9", type=Path, help="folder of the nine ASL signs")
    parser.add_argument("libras5", type=Path, help="folder of the five Libras signs")
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parent,
                        help="folder for the stores")
    arguments = parser.parse_args()
    write_store(arguments.asl9, ASL9, arguments.output)
    write_store(arguments.libras5, LIBRAS5, arguments.output)


if __name__ == "__main__":
    main()
