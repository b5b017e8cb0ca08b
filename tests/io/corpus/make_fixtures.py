"""Creates the small corpora in fixtures/ with the formats' own libraries,
and the expected contents of each clip.

    launch/setup --tests
    .venv-import/bin/python tests/io/corpus/make_fixtures.py --lsfb TREE --mp-data FOLDER --pose FOLDER
        --picture FILE

TREE: recordings of github.com/traduttore/traduttore-model in the layout of LSFB-ISOL v2. --mp-data: the same
recordings in their original layout. --pose: openpose.pose, mediapipe.pose, mediapipe_hand_normalized.pose and
dummy_lexicon_sgg_pizza.pose of github.com/sign-language-processing. --picture: scikit-image's astronaut.png.
Everything else is drawn from a seed.

Writes one folder per format, expected.json (by format: clips with label, signer, frame rate and frames; order
of labels; splits) and expected.h5 (/FORMAT [frames of all its clips, in that order, 75, 3] float32, NaN = not
detected). Expected values of real files come from their own libraries, those of other files from the arrays
they were made of.
"""

import argparse
import csv
import io
import json
import os
import pickle
import shutil
import struct
from pathlib import Path

import cv2
import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
from lsfb_dataset import LSFBIsolConfig, LSFBIsolLandmarks
from pose_format import Pose

POSE, LEFT, RIGHT = slice(0, 33), slice(33, 54), slice(54, 75)
PART_OF = {"pose": POSE, "left_hand": LEFT, "right_hand": RIGHT}


class Expected:
    """The expected contents of each format's clips."""

    def __init__(self):
        self.formats = {}
        self.values = {}

    def add(self, kind, name, values, label="", signer="", fps=0.0):
        clips = self.formats.setdefault(kind, {"clips": [], "splits": {}})["clips"]
        clips.append({"name": name, "label": label, "signer": signer, "fps": fps, "frames": len(values)})
        self.values.setdefault(kind, []).append(values.astype(np.float32))

    def split(self, kind, split, names):
        self.formats[kind]["splits"][split] = names

    def write(self, folder):
        with h5py.File(folder / "expected.h5", "w") as file:
            for kind, clips in self.values.items():
                values = np.concatenate(clips)
                file.create_dataset(kind, data=values, chunks=values.shape, compression=9, shuffle=True)
        (folder / "expected.json").write_text(json.dumps(self.formats, indent=1) + "\n")


def drawn(rng, low, high, shape):
    """Returns uniform values that take little room when compressed."""
    return np.round(rng.uniform(low, high, shape) * 1024) / 1024


def without_zero_parts(values):
    """Not detected: a part of which all x and y are 0 in a frame."""
    values = values.copy()
    for part in PART_OF.values():
        values[(values[:, part, :2] == 0).all(axis=(1, 2)), part] = np.nan
    return values


def write_csv(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


# Kaggle: the second clip's rows are in another order, and the third clip lacks a frame.
def make_kaggle(folder, rng, expected):
    rows = [("path", "participant_id", "sequence_id", "sign")]
    clips = (
        ("26734", "1000035562", "blow", [20, 21, 22]),
        ("28656", "1000106739", "wait", [103, 104]),
        ("26734", "9", "TV", [0, 2]),
    )
    for number, (signer, sequence, label, frames) in enumerate(clips):
        values = drawn(rng, -0.2, 1.2, (len(frames), 75, 3))
        values[0, LEFT] = np.nan
        if number == 1:
            values[:, RIGHT] = np.nan
        path = f"train_landmark_files/{signer}/{sequence}.parquet"
        write_parquet(folder / path, frames, values, rng if number == 1 else None)
        rows.append((path, signer, sequence, label))
        expected.add("kaggle-islr", f"{signer}/{sequence}", values, label, signer)
    expected.formats["kaggle-islr"]["labels"] = ["TV", "blow", "wait"]
    write_csv(folder / "train.csv", rows)
    (folder / "sign_to_prediction_index_map.json").write_text(json.dumps({"blow": 1, "TV": 0, "wait": 2}))


def write_parquet(path, frames, values, shuffle):
    table = []
    for frame, points in zip(frames, values):
        for part, count in (("face", 468), ("left_hand", 21), ("pose", 33), ("right_hand", 21)):
            for index in range(count):
                place = np.full(3, 0.5) if part == "face" else points[PART_OF[part]][index]
                table.append((frame, f"{frame}-{part}-{index}", part, index, *place))
    if shuffle is not None:
        # Keeps the frames in order, as all such files do, and shuffles the rows within each.
        table = [table[row + begin] for begin in range(0, len(table), 543)
                 for row in shuffle.permutation(543)]
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = zip(("frame", "row_id", "type", "landmark_index", "x", "y", "z"), zip(*table))
    types = {"frame": pa.int16(), "landmark_index": pa.int16()}
    parquet.write_table(
        pa.table({name: pa.array(column, types.get(name)) for name, column in columns}), path,
        compression="zstd"
    )


def openhands_clip(rng, frames):
    """Returns keypoints, confidences and the landmarks they stand for."""
    keypoints = drawn(rng, -0.2, 1.2, (frames, 75, 3))
    confidences = drawn(rng, 0.1, 1, (frames, 75))
    confidences[:, 33:] = 1
    keypoints[0, LEFT], confidences[0, LEFT] = 0, 0
    keypoints[-1, RIGHT] = 0  # a part of zeros, whatever its confidences
    confidences[1, 7] = 0  # a single point
    values = without_zero_parts(keypoints)
    values[confidences == 0] = np.nan
    return keypoints, confidences, values


def make_openhands(folder, rng, expected):
    for name, protocol in (("test/hello/a", 5), ("train/thank you/clip_2", 4),
                           ("train/thank you/clip_10", 2)):
        keypoints, confidences, values = openhands_clip(rng, 3)
        path = folder / f"{name}.pkl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps({"keypoints": keypoints, "confidences": confidences}, protocol))
        expected.add("openhands", name, values, name.split("/")[-2])


class CreatesAFolder:
    def __reduce__(self):
        return os.mkdir, ("created-by-a-pickle",)


def make_malicious(folder):
    folder.mkdir()
    (folder / "clip.pkl").write_bytes(pickle.dumps({"keypoints": CreatesAFolder(), "confidences": 1}, 4))


def make_hdf5(folder, rng, expected):
    folder.mkdir()
    with h5py.File(folder / "openhands.h5", "w") as file:
        for name in ("clip_2", "clip_10", "hello/clip_1"):
            keypoints, confidences, values = openhands_clip(rng, 2)
            file[f"keypoints/{name}"] = keypoints.astype(np.float32)
            file[f"visibility/{name}"] = confidences.astype(np.float32)
            expected.add("hdf5", name, values, name.split("/")[-2] if "/" in name else "")


SPOTER_BODY = {
    "nose": 0, "rightEye": 5, "leftEye": 2, "rightEar": 8, "leftEar": 7, "rightShoulder": 12,
    "leftShoulder": 11, "rightElbow": 14, "leftElbow": 13, "rightWrist": 16, "leftWrist": 15,
}  # fmt: skip
SPOTER_HAND = {
    "wrist": 0, "indexTip": 8, "indexDIP": 7, "indexPIP": 6, "indexMCP": 5, "middleTip": 12, "middleDIP": 11,
    "middlePIP": 10, "middleMCP": 9, "ringTip": 16, "ringDIP": 15, "ringPIP": 14, "ringMCP": 13,
    "littleTip": 20, "littleDIP": 19, "littlePIP": 18, "littleMCP": 17, "thumbTip": 4, "thumbIP": 3,
    "thumbMP": 2, "thumbCMC": 1,
}  # fmt: skip


def make_spoter(folder, rng, expected):
    """The two files name hands in the two ways that are found; the second has no neck."""
    for file, (left, right), has_neck, labels in (
        ("train", ("_0", "_1"), True, "31"),
        ("val", ("_left", "_right"), False, "1"),
    ):
        places = dict(SPOTER_BODY)
        places |= {name + left: LEFT.start + place for name, place in SPOTER_HAND.items()}
        places |= {name + right: RIGHT.start + place for name, place in SPOTER_HAND.items()}
        columns = [(name, place, axis) for name, place in places.items() for axis in (0, 1)]
        neck = ["neck_X", "neck_Y"] if has_neck else []
        rows = [["labels", "video_fps", *neck, *(f"{name}_{'XY'[axis]}" for name, _, axis in columns)]]
        for number, label in enumerate(labels):
            values = np.full((3, 75, 3), np.nan)
            for _, place, axis in columns:
                values[:, place, axis] = rng.uniform(0.00001, 1, 3)
            values[0, LEFT] = np.nan
            values[1, 12] = np.nan
            lists = [
                [float(f"{value:.6g}") for value in np.nan_to_num(values[:, place, axis])]
                for _, place, axis in columns
            ]
            for (_, place, axis), numbers in zip(columns, lists):
                values[:, place, axis] = np.where(np.isnan(values[:, place, axis]), np.nan, numbers)
            rows.append([label, "25", *(["[0.0, 0, 1e-05]"] * len(neck)), *map(str, lists)])
            expected.add("spoter", f"{file}/{number}", values, label, fps=25.0)
        write_csv(folder / f"{file}.csv", rows)
        expected.split("spoter", file, [f"{file}/{number}" for number in range(len(labels))])
    expected.formats["spoter"]["labels"] = ["1", "3"]


# .pose: real files cut to a few frames, one of them rewritten by pose-format.
def make_pose(folder, source, expected):
    folder.mkdir()
    cut_pose_v01(source / "mediapipe.pose", folder / "v0.1.pose", range(7, 11))
    cut_pose_v01(source / "mediapipe_hand_normalized.pose", folder / "v0.1-right-hand.pose", range(6, 14))
    cut_pose_v00(source / "openpose.pose", folder / "v0.0-openpose.pose", range(28, 31))
    whole = Pose.read((source / "dummy_lexicon_sgg_pizza.pose").read_bytes())
    written = io.BytesIO()
    Pose(whole.header, whole.body[7:11]).write(written)
    (folder / "v0.2.pose").write_bytes(written.getvalue())
    for path in sorted(folder.glob("*.pose")):
        pose = Pose.read(path.read_bytes())
        expected.add("pose", path.stem, pose_values(pose), fps=float(pose.body.fps))


def cut_pose_v01(source, target, frames):
    content = source.read_bytes()
    pose = Pose.read(content)
    whole, people, points, dimensions = pose.body.data.shape
    confidence_bytes = 4 * people * points
    confidence = len(content) - whole * confidence_bytes
    values_bytes = confidence_bytes * dimensions
    values = confidence - whole * values_bytes
    fields = struct.pack("<HHH", int(pose.body.fps), len(frames), people)
    kept = content[values + frames.start * values_bytes : values + frames.stop * values_bytes]
    kept += content[confidence + frames.start * confidence_bytes :
                    confidence + frames.stop * confidence_bytes]
    target.write_bytes(content[: values - len(fields)] + fields + kept)


def cut_pose_v00(source, target, frames):
    content = source.read_bytes()
    pose = Pose.read(content)
    whole, people, points, dimensions = pose.body.data.shape
    frame_bytes = 2 + people * (2 + 4 * points * (dimensions + 1))
    body = len(content) - whole * frame_bytes
    fields = struct.pack("<HH", int(pose.body.fps), len(frames))
    kept = content[body + frames.start * frame_bytes : body + frames.stop * frame_bytes]
    target.write_bytes(content[: body - len(fields)] + fields + kept)


# The points of OpenPose's BODY_25 by number, and MediaPipe's numbers for the same points.
BODY_25 = {
    0: 0, 2: 12, 3: 14, 4: 16, 5: 11, 6: 13, 7: 15, 9: 24, 10: 26, 11: 28, 12: 23, 13: 25, 14: 27, 15: 5,
    16: 2, 17: 8, 18: 7, 19: 31, 21: 29, 22: 32, 24: 30,
}  # fmt: skip


def pose_values(pose):
    """Values of pose-format, in our order and relative to the picture."""
    from mediapipe.python.solutions.hands import HandLandmark
    from mediapipe.python.solutions.pose import PoseLandmark

    values = np.full((len(pose.body.data), 75, 3), np.nan)
    first = 0
    for component in pose.header.components:
        for number, point in enumerate(component.points):
            place = None
            if component.name == "POSE_LANDMARKS":
                place = PoseLandmark[point].value
            elif component.name in ("LEFT_HAND_LANDMARKS", "RIGHT_HAND_LANDMARKS"):
                place = (LEFT if "LEFT" in component.name else RIGHT).start + HandLandmark[point].value
            elif component.name == "pose_keypoints_2d":
                place = BODY_25.get(number)
            elif component.name in ("hand_left_keypoints_2d", "hand_right_keypoints_2d"):
                place = (LEFT if "left" in component.name else RIGHT).start + number  # in the same order
            if place is not None:
                read = pose.body.data[:, 0, first + number]
                values[:, place, : read.shape[-1]] = read.astype(np.float64).filled(np.nan)
        first += len(component.points)
    values[..., 0] /= pose.header.dimensions.width
    values[..., 1] /= pose.header.dimensions.height
    return values


# LSFB: three clips cut to a few frames, and one without frames, as the corpus itself has.
def make_lsfb(folder, source, expected):
    kept = {"HELLO_S1_002": 7, "TEA_S2_052": 5, "THANK-YOU_S3_071": 7, "HELLO_S2_041": 0}
    with open(source / "instances.csv", newline="") as file:
        header, *rows = csv.reader(file)
    rows = [row for row in rows if row[0] in kept]
    write_csv(folder / "instances.csv", [header, *rows])
    signs = [row[1] for row in rows]
    with open(source / "metadata" / "sign_to_index.csv", newline="") as file:
        header, *classes = csv.reader(file)
    classes = [row for row in classes if row[0] in signs]
    write_csv(folder / "metadata" / "sign_to_index.csv", [header, *classes])
    write_csv(
        folder / "metadata" / "sign_occurences.csv",
        [("sign", "count"), *((row[0], signs.count(row[0])) for row in classes)],
    )
    (folder / "metadata" / "splits").mkdir()
    splits = {
        path.stem: json.loads(path.read_text())
        for path in sorted((source / "metadata" / "splits").glob("*.json"))
    }
    splits = {split: [name for name in names if name in kept] for split, names in splits.items()}
    for split, names in splits.items():
        (folder / "metadata" / "splits" / f"{split}.json").write_text(json.dumps(names))
    for poses in ("poses", "poses_raw"):
        for part in PART_OF:
            (folder / poses / part).mkdir(parents=True)
            for name, frames in kept.items():
                np.save(folder / poses / part / f"{name}.npy",
                        np.load(source / poses / part / f"{name}.npy")[:frames])
    for is_raw, kind in ((True, "lsfb"), (False, "lsfb-interpolated")):
        expect_lsfb(folder, is_raw, kind, {row[0]: row for row in rows}, expected)
        for split, names in splits.items():
            expected.split(kind, split, names)
        expected.formats[kind]["labels"] = [row[0] for row in sorted(classes, key=lambda row: int(row[1]))]


def expect_lsfb(folder, is_raw, kind, rows, expected):
    config = LSFBIsolConfig(
        str(folder), use_3d=True, use_raw=is_raw, target="sign_gloss", sequence_max_length=None,
        show_progress=False
    )
    corpus = LSFBIsolLandmarks(config)
    for number, name in enumerate(corpus.instances):
        parts, label = corpus[number]
        values = np.full((len(parts["pose"]), 75, 3), np.nan)
        for part, place in PART_OF.items():
            values[:, place.start : place.start + parts[part].shape[1]] = parts[part]
        expected.add(kind, name, values, label, rows[name][2])


def make_mp_data(folder, source, expected):
    for name, frames in (("hello/30", 12), ("thank-you/1", 3)):
        values = np.full((frames, 75, 3), np.nan)
        (folder / name).mkdir(parents=True)
        for frame in range(frames):
            shutil.copyfile(source / name / f"{frame}.npy", folder / name / f"{frame}.npy")
            flat = np.load(source / name / f"{frame}.npy")
            values[frame, POSE] = flat[:132].reshape(33, 4)[:, :3]
            values[frame, 33:] = flat[132:].reshape(42, 3)
        expected.add("mp-data", name, without_zero_parts(values), name.split("/")[0])


# ASL Citizen: the right hand precedes the left, and a gloss contains a comma.
def make_asl_citizen(folder, rng, expected):
    header = ["Participant ID", "Video file", "Gloss", "ASL-LEX Code"]
    clips = {
        "train": ("0042-HELLO", "P1", "HELLO"),
        "val": ("0043-A,B", "P2", "A,B"),
        "test": ("0044-HELLO 2", "P3", "HELLO"),
    }
    folder.mkdir()
    for split, (name, signer, label) in clips.items():
        frames = 2 if split == "train" else 1
        array = np.zeros((frames, 543, 2))
        array[:, :75] = drawn(rng, 0.1, 1, (frames, 75, 2))
        array[-1, 54:75] = 0
        np.save(folder / f"{name}.npy", array)
        write_csv(folder / "splits" / f"{split}.csv", [header, [signer, f"{name}.mp4", label, "A_01_001"]])
        values = np.full((frames, 75, 3), np.nan)
        values[:, POSE, :2], values[:, RIGHT, :2], values[:, LEFT, :2] = (
            array[:, :33], array[:, 33:54], array[:, 54:75])
        expected.add("asl-citizen", name, without_zero_parts(values), label, signer)
        expected.split("asl-citizen", split, [name])


def make_picture(folder, source):
    """A person for the tests of videos, small."""
    folder.mkdir()
    picture = cv2.resize(cv2.imread(str(source)), (256, 256), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(folder / "astronaut.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 80])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--lsfb", "--mp-data", "--pose", "--picture"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parent / "fixtures")
    arguments = parser.parse_args()
    output = arguments.output
    for each in output.glob("*/"):
        shutil.rmtree(each)
    output.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20250912)
    expected = Expected()
    make_kaggle(output / "kaggle", rng, expected)
    make_openhands(output / "openhands", rng, expected)
    make_malicious(output / "malicious")
    make_hdf5(output / "hdf5", rng, expected)
    make_spoter(output / "spoter", rng, expected)
    make_asl_citizen(output / "asl_citizen", rng, expected)
    make_pose(output / "pose", arguments.pose, expected)
    make_lsfb(output / "lsfb", arguments.lsfb, expected)
    make_mp_data(output / "mp_data", arguments.mp_data, expected)
    make_picture(output / "picture", arguments.picture)
    expected.write(output)


if __name__ == "__main__":
    main()
