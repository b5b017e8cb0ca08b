"""Compares a clip store with what the corpus format's own libraries read: values, and which are missing.

    compare_readers.py STORE SOURCE [--poses raw|interpolated]

SOURCE is a folder of LSFB-ISOL (read by lsfb-dataset; --poses says from which poses the store was made) or of
.pose files (read by pose-format). Values may differ by the rounding of float16: by 0.001, or by that share of
values beyond 1. Exits with code 1 and names the clips that differ.
"""

import argparse
import sys
from pathlib import Path

import h5py
import numpy as np

TOLERANCE = 1e-3


def read_store(path):
    """Returns points, the number of coordinates, and {name: (values, label, signer)}."""
    with h5py.File(path) as file:
        landmarks = file["landmarks"][()].astype(np.float64)
        offsets = file["clips/offset"][()]
        texts = {
            name: [text.decode() for text in file[name][()]]
            for name in ("points", "labels", "signers", "clips/name")
        }
        labels, signers = (
            [texts[names][number] if number >= 0 else "" for number in file[f"clips/{column}"][()]]
            for column, names in (("label", "labels"), ("signer", "signers"))
        )
    clips = zip(texts["clips/name"], np.split(landmarks, offsets[1:-1]), labels, signers)
    return texts["points"], landmarks.shape[-1], {name: fields for name, *fields in clips}


def places_by_part(points):
    """Returns {"pose": {"nose": 0, ...}, ...} of a store's points."""
    places = {}
    for place, point in enumerate(points):
        part, name = point.split(".")
        places.setdefault(part, {})[name] = place
    return places


def read_lsfb(folder, points, coordinates, is_raw):
    """Returns {name: (values, label, signer)}, read by lsfb-dataset."""
    from lsfb_dataset import LSFBIsolConfig, LSFBIsolLandmarks

    config = LSFBIsolConfig(
        str(folder),
        use_3d=True,
        use_raw=is_raw,
        target="sign_gloss",
        n_labels=None,
        sequence_max_length=None,
        show_progress=False,
    )
    corpus = LSFBIsolLandmarks(config)
    signers = dict(zip(corpus.instance_metadata["id"], corpus.instance_metadata["signer"]))
    places = places_by_part(points)
    clips = {}
    for number, name in enumerate(corpus.instances):
        parts, label = corpus[number]
        values = np.full((len(parts["pose"]), len(points), coordinates), np.nan)
        for part, array in parts.items():
            numbers = list(places[part].values())[: array.shape[1]]  # both name points in MediaPipe's order
            values[:, numbers] = array[..., :coordinates]
        clips[name] = values, label, str(signers[name])
    return clips


def read_pose(folder, points, coordinates):
    """Returns {name: (values, label, signer)}, read by pose-format.
    Skips OpenPose's files, whose points have other names."""
    from pose_format import Pose

    places = places_by_part(points)
    parts = {"POSE_LANDMARKS": "pose", "LEFT_HAND_LANDMARKS": "left_hand",
             "RIGHT_HAND_LANDMARKS": "right_hand"}
    clips = {}
    for path in sorted(folder.rglob("*.pose")):
        pose = Pose.read(path.read_bytes())
        if not any(component.name in parts for component in pose.header.components):
            continue
        values = np.full((len(pose.body.data), len(points), coordinates), np.nan)
        scale = np.array([pose.header.dimensions.width, pose.header.dimensions.height, 1.0])[:coordinates]
        first = 0
        for component in pose.header.components:
            for number, point in enumerate(component.points):
                if component.name in parts:
                    read = (pose.body.data[:, 0, first + number, :coordinates]
                            .astype(np.float64).filled(np.nan))
                    values[:, places[parts[component.name]][point.lower()]] = read / scale
            first += len(component.points)
        name = path.relative_to(folder).with_suffix("").as_posix()
        clips[name] = values, name.split("/")[-2] if "/" in name else "", ""
    return clips


def difference(ours, theirs):
    """Returns in words what differs between two clips; nothing if they agree."""
    values, label, signer = ours
    other, other_label, other_signer = theirs
    if (label, signer) != (other_label, other_signer):
        return f"expected label '{other_label}' and signer '{other_signer}', found '{label}' and '{signer}'"
    if values.shape != other.shape:
        return f"expected a shape of {list(other.shape)}, found {list(values.shape)}"
    if (np.isnan(values) != np.isnan(other)).any():
        return f"{(np.isnan(values) != np.isnan(other)).sum()} values are missing on one side alone"
    allowed = TOLERANCE * np.maximum(1, np.abs(other))
    beyond = np.abs(values - other) > allowed
    return (f"{beyond.sum()} values differ by up to {np.nanmax(np.abs(values - other)):.3g}"
            if beyond.any() else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("source", type=Path)
    parser.add_argument("--poses", choices=("raw", "interpolated"), default="raw")
    arguments = parser.parse_args()
    points, coordinates, ours = read_store(arguments.store)
    if (arguments.source / "instances.csv").exists():
        theirs = read_lsfb(arguments.source, points, coordinates, arguments.poses == "raw")
        absent = set(ours) ^ set(theirs)
    else:
        theirs = read_pose(arguments.source, points, coordinates)
        absent = set(theirs) - set(ours)
    problems = dict.fromkeys(absent, "on one side alone")
    problems |= {name: difference(ours[name], theirs[name]) for name in theirs if name in ours}
    problems = {name: problem for name, problem in problems.items() if problem}
    for name, problem in sorted(problems.items()):
        print(f"{name}: {problem}")
    print(f"{len(theirs)} clips compared, {len(problems)} differ")
    sys.exit(1 if problems or not theirs else 0)


if __name__ == "__main__":
    main()
