#!/usr/bin/env python3
"""Golden values of the encoder's inputs, from NumPy in float64, clip by clip and point by point.

Run from anywhere with NumPy installed; rewrites inputs.json beside this file.
"""

import json
import pathlib

import numpy

POSE = ("nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer left_ear "
        "right_ear mouth_left mouth_right left_shoulder right_shoulder left_elbow right_elbow left_wrist "
        "right_wrist left_pinky right_pinky left_index right_index left_thumb right_thumb").split()
HAND = "wrist " + " ".join(f"{finger}_{joint}" for finger, joints in (
    ("thumb", "cmc mcp ip tip"), ("index_finger", "mcp pip dip tip"), ("middle_finger", "mcp pip dip tip"),
    ("ring_finger", "mcp pip dip tip"), ("pinky", "mcp pip dip tip")) for joint in joints.split())
POINTS = [f"pose.{name}" for name in POSE] + [
    f"{side}_hand.{name}" for side in ("left", "right") for name in HAND.split()]
PARENTS = {
    "eye_inner": "nose", "eye": "{}_eye_inner", "eye_outer": "{}_eye", "ear": "{}_eye_outer",
    "elbow": "{}_shoulder", "wrist": "{}_elbow", "pinky": "{}_wrist", "index": "{}_wrist",
    "thumb": "{}_wrist"}
LENGTHS = [4, 1, 6]
STRIDE = 7  # every seventh value of the flattened result is kept
RULE = (
    "frame s of all, feature f of the layout (65 points of C coordinates, then 3 flags): "
    "sin(0.37 * s * (1 + f % 5) + 0.11 * f + 0.2); 0 instead: left hand in frame 4 (all of the second clip), "
    "right hand in frames 1 and 7, point 15 in frame 2, point 50 in frame 8; the left hand of frames 5 to 10 "
    "is shrunk about its wrist to 1/1000"
)


def make_frames(coordinates):
    width = 65 * coordinates + 3
    s, f = numpy.meshgrid(numpy.arange(sum(LENGTHS)), numpy.arange(width), indexing="ij")
    frames = numpy.sin(0.37 * s * (1 + f % 5) + 0.11 * f + 0.2)
    points = frames[:, :-3].reshape(len(frames), 65, coordinates)
    points[4, 23:44] = 0
    points[[1, 7], 44:65] = 0
    points[2, 15] = 0
    points[8, 50] = 0
    points[5:11, 23:44] = points[5:11, 23:24] + 0.001 * (points[5:11, 23:44] - points[5:11, 23:24])
    return points, frames[:, -3:]


def parent_of(point):
    part, name = point.split(".")
    if part != "pose":
        number = HAND.split().index(name)
        return None if number == 0 else f"{part}.{HAND.split()[0 if number % 4 == 1 else number - 1]}"
    if name.startswith("mouth"):
        return "pose.nose"
    side, _, joint = name.partition("_")
    return "pose." + PARENTS[joint].format(side) if joint in PARENTS else None


def order_of_bones():
    """Of the pose: face, then arms, left before right; of the hands: in the order of their points."""
    pose = [f"pose.{name}" for name in (
        "left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer left_ear right_ear "
        "mouth_left mouth_right left_elbow right_elbow left_wrist right_wrist left_pinky right_pinky "
        "left_index right_index left_thumb right_thumb").split()]
    return pose + [point for point in POINTS if not point.startswith("pose") and parent_of(point)]


def derive(points, flags):
    """The parts of one clip's inputs, [frames, width] each."""
    is_known = (points[:, :, :2] != 0).any(2)

    def between(frame, end, start):
        end, start = POINTS.index(end), POINTS.index(start)
        both = is_known[frame, end] and is_known[frame, start]
        return points[frame, end] - points[frame, start] if both else 0 * points[frame, end]

    frames = range(len(points))
    velocities = numpy.zeros_like(points)
    for frame in list(frames)[1:]:
        both = is_known[frame] & is_known[frame - 1]
        velocities[frame, both] = 10 * (points[frame, both] - points[frame - 1, both])
    bones = [[between(t, point, parent_of(point)) for point in order_of_bones()] for t in frames]
    hands = []
    for side in ("left_hand", "right_hand"):
        wrist, knuckle = f"{side}.wrist", f"{side}.middle_finger_mcp"
        seen = [t for t in frames if is_known[t, POINTS.index(wrist)] and is_known[t, POINTS.index(knuckle)]]
        palm = numpy.mean([numpy.linalg.norm(between(t, knuckle, wrist)[:2]) for t in seen]) if seen else 1
        fingers = [point for point in POINTS if point.startswith(side) and point != wrist]
        hands.append([[between(t, finger, wrist) / max(palm, 0.01) for finger in fingers] for t in frames])
    hands = numpy.concatenate(hands, 1)
    parts = dict(positions=points, velocities=velocities, bones=bones, hands=hands, validity=flags)
    return {name: numpy.reshape(part, (len(points), -1)) for name, part in parts.items()}


def main():
    cases = []
    for coordinates in (2, 3):
        points, flags = make_frames(coordinates)
        ends = numpy.cumsum(LENGTHS)
        clips = [derive(points[end - length:end], flags[end - length:end])
                 for length, end in zip(LENGTHS, ends)]
        parts = {name: numpy.concatenate([clip[name] for clip in clips]) for name in clips[0]}
        cases.append({"coordinates": coordinates, "parts": {
            name: {"width": part.shape[1],
                   "values": [round(value, 12) for value in part.ravel()[::STRIDE].tolist()]}
            for name, part in parts.items()}})
    golden = {"made_by": f"make_inputs.py, NumPy {numpy.__version__}", "rule": RULE, "lengths": LENGTHS,
              "stride": STRIDE, "cases": cases}
    path = pathlib.Path(__file__).with_name("inputs.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
