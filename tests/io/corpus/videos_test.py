"""Landmarks of short videos that these tests create:
noise without a person, and a moving picture of a person."""

import struct
import tempfile
import unittest
from argparse import Namespace
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
from readers import FIXTURES, Server

import videos  # in io/corpus/python, which readers.py adds to the path
from read_error import ReadError

NOSE, LEFT_SHOULDER, RIGHT_SHOULDER = 0, 11, 12
OPTIONS = ("--complexity=1",)  # this model is part of MediaPipe's package
NAMED = Namespace(complexity=1, detection_confidence=0.5, tracking_confidence=0.5)


def noise(frames):
    rng = np.random.default_rng(3)
    return [rng.integers(0, 255, (120, 160, 3), np.uint8) for _ in range(frames)]


def person(frames):
    """[320, 256] pixels, moving down by 3 a frame."""
    picture = cv2.imread(str(FIXTURES / "picture" / "astronaut.jpg"))
    moved = []
    for frame in range(frames):
        moved.append(np.zeros((320, 256, 3), np.uint8))
        moved[-1][3 * frame : 3 * frame + 256] = picture
    return moved


def write_video(path, pictures, codec="mp4v", fps=25):
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), fps, (width, height))
    if not writer.isOpened():
        raise RuntimeError(f"OpenCV cannot write {path.name} with {codec}")
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return path


def turn(path, height):
    """Sets the matrix in the track header of an MP4 file,
    so that players rotate it by 90 degrees clockwise."""
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 4 + 40
    content[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0,
                                                height << 16, 0, 1 << 30)
    path.write_bytes(content)


def picture_chunks(content):
    """Returns (begin, end) of each picture in an AVI file."""
    chunks = []
    at = content.index(b"movi") + 4
    while content[at : at + 4] == b"00dc" or content[at : at + 4] == b"00db":
        length = struct.unpack_from("<I", content, at + 4)[0]
        chunks.append((at + 8, at + 8 + length))
        at = content.find(b"00d", at + 8 + length)
    return chunks


class Videos(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def read(self, name="clip"):
        with Server("videos", self.folder, *OPTIONS) as server:
            fields, values = server.clip(name)
        self.assertEqual((server.rest, server.messages, server.exit_code),
                         (b"", "", 0))  # MediaPipe writes a lot
        return fields, values

    def test_without_a_person_nothing_is_detected_in_any_frame(self):
        write_video(self.folder / "clip.mp4", noise(12))

        fields, values = self.read()

        self.assertEqual(fields, {"frames": 12, "fps": 25.0, "repairs": []})
        self.assertTrue(np.isnan(values).all())

    def test_a_person_is_found_where_the_picture_shows_one(self):
        write_video(self.folder / "clip.avi", person(8), "MJPG", 12.5)

        fields, values = self.read()

        self.assertEqual(fields, {"frames": 8, "fps": 12.5, "repairs": []})
        pose = values[:, :33]
        self.assertTrue(np.isfinite(pose).all())
        np.testing.assert_allclose(pose[0, NOSE, :2], [0.44, 0.17], atol=0.05)
        self.assertTrue((pose[:, LEFT_SHOULDER, 0] > pose[:, RIGHT_SHOULDER, 0] + 0.2).all())  # her own left
        np.testing.assert_allclose(pose[7, NOSE, 1] - pose[0, NOSE, 1], 21 / 320, atol=0.02)
        for hand in (values[:, 33:54], values[:, 54:]):
            found = np.isfinite(hand).all(axis=(1, 2))
            self.assertTrue((found | np.isnan(hand).all(axis=(1, 2))).all())
        self.assertTrue((np.abs(values[np.isfinite(values)]) < 5).all())

    def test_landmarks_are_those_of_holistic_itself(self):
        from mediapipe.python.solutions.holistic import Holistic

        path = write_video(self.folder / "clip.avi", person(4), "MJPG")
        with videos.silence(), Holistic(model_complexity=1) as holistic:
            capture = cv2.VideoCapture(str(path))
            pictures = [np.ascontiguousarray(capture.read()[1][..., ::-1]) for _ in range(4)]  # BGR to RGB
            results = [holistic.process(picture) for picture in pictures]

        read = videos.read_video(path, NAMED).values

        for frame, result in enumerate(results):
            theirs = [(point.x, point.y, point.z) for point in result.pose_landmarks.landmark]
            np.testing.assert_array_equal(read[frame, :33], np.float32(theirs))
            self.assertEqual(np.isnan(read[frame, 33:54]).all(), result.left_hand_landmarks is None)
            self.assertEqual(np.isnan(read[frame, 54:]).all(), result.right_hand_landmarks is None)

    def test_each_part_goes_to_its_own_place(self):
        parts = {"pose_landmarks": (33, 0.1), "left_hand_landmarks": (21, 0.2),
                 "right_hand_landmarks": (21, 0.3)}
        found = Namespace(**{name: Namespace(landmark=[Namespace(x=value, y=value + 1, z=number)] * number)
                             for name, (number, value) in parts.items()})  # fmt: skip
        holistic = object.__new__(videos.Holistic)
        holistic._solution = Namespace(process=lambda picture: found)

        values = holistic.landmarks(None)

        wanted = [[value, value + 1, number] for number, value in parts.values() for _ in range(number)]
        np.testing.assert_array_equal(values, np.float32(wanted))
        found.left_hand_landmarks = None
        self.assertEqual(np.isnan(holistic.landmarks(None)).all(axis=1).nonzero()[0].tolist(),
                         list(range(33, 54)))

    def test_a_clip_does_not_depend_on_what_was_read_before(self):
        write_video(self.folder / "a" / "1.mp4", person(5))
        write_video(self.folder / "a" / "2.mp4", [np.roll(picture, 40, axis=1) for picture in person(5)])

        with Server("videos", self.folder, *OPTIONS) as server:
            first, second, again = (server.clip(name)[1] for name in ("a/1", "a/2", "a/1"))

        np.testing.assert_array_equal(first, again)
        self.assertFalse(np.array_equal(first, second, equal_nan=True))

    def test_a_video_is_turned_as_its_file_says(self):
        path = write_video(self.folder / "clip.mp4", [np.rot90(picture).copy() for picture in person(2)])
        turn(path, 256)

        fields, values = self.read()

        self.assertEqual(fields["frames"], 2)
        np.testing.assert_allclose(values[0, NOSE, :2], [0.44, 0.17], atol=0.05)

    def test_frames_that_cannot_be_decoded_keep_their_place(self):
        path = write_video(self.folder / "clip.avi", person(6), "MJPG")
        content = bytearray(path.read_bytes())
        begin, end = picture_chunks(content)[2]
        content[begin:end] = bytes(end - begin)
        path.write_bytes(content)

        fields, values = self.read()

        self.assertEqual(fields["frames"], 6)
        self.assertEqual(fields["repairs"], ["frames that could not be decoded treated as showing no person"])
        self.assertEqual(np.isnan(values[:, NOSE, 0]).tolist(), [False, False, True, False, False, False])

    def test_a_video_that_was_cut_off_keeps_what_is_there(self):
        path = write_video(self.folder / "clip.avi", noise(6), "MJPG")
        content = path.read_bytes()
        path.write_bytes(content[: picture_chunks(content)[4][0]])

        fields, _ = self.read()

        self.assertEqual(fields["frames"], 4)
        self.assertIn("fewer frames than the file announces", fields["repairs"][0])

    def test_what_is_no_video_is_an_error_and_the_next_clip_is_read(self):
        write_video(self.folder / "b" / "whole.mkv", noise(3), "mp4v", 30)
        (self.folder / "b" / "text.mp4").write_text("no video at all")
        (self.folder / "b" / "empty.MOV").write_bytes(b"")
        (self.folder / "b" / "notes.txt").write_text("passed over")

        with Server("videos", self.folder, *OPTIONS) as server:
            listed = [(clip["name"], clip["label"]) for clip in server.listing["clips"]]
            self.assertEqual(listed, [("b/empty", "b"), ("b/text", "b"), ("b/whole", "b")])
            for name in ("b/empty", "b/text"):
                self.assertIn("expected a video, found", server.clip(name)[0]["error"])
            self.assertEqual(server.clip("b/whole")[0], {"frames": 3, "fps": 30.0, "repairs": []})
        self.assertEqual(server.messages, "")

    def test_a_model_that_is_not_there_is_named_before_any_video_is_read(self):
        write_video(self.folder / "clip.mp4", noise(1))
        options = Namespace(input=self.folder, **vars(NAMED) | {"complexity": 2})

        with mock.patch.object(videos, "media_pipe_folder", return_value=self.folder):
            with self.assertRaisesRegex(ReadError, "--complexity 2, found no pose_landmark_heavy.tflite"):
                videos.open_corpus(options)


if __name__ == "__main__":
    unittest.main()
