"""Landmarks of videos by MediaPipe Holistic, frame by frame."""

import importlib.util
import os
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from landmarks import LEFT_HAND, POSE, RIGHT_HAND, FileCorpus, empty_values, finished
from read_error import ReadError, require_modules

EXTENSIONS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".mpg", ".m4v")
POSE_MODELS = ("pose_landmark_lite.tflite", "pose_landmark_full.tflite", "pose_landmark_heavy.tflite")
GRAPH = "modules/holistic_landmark/holistic_landmark_cpu.binarypb"
POSE_GRAPH = "poselandmarkcpu__"
DETECTION_THRESHOLD = POSE_GRAPH + "posedetectioncpu__TensorsToDetectionsCalculator.min_score_thresh"
TRACKING_THRESHOLD = (
    POSE_GRAPH +
    "poselandmarkbyroicpu__tensorstoposelandmarksandsegmentation__ThresholdingCalculator.threshold"
)
OUTPUTS = {"pose_landmarks": POSE, "left_hand_landmarks": LEFT_HAND, "right_hand_landmarks": RIGHT_HAND}
LARGEST_FPS = 1000
MOST_LOST_AT_ONCE = 1000  # frames; reading stops after more of them in a row


def open_corpus(options):
    require_modules("mediapipe", "cv2")
    model = media_pipe_folder() / "modules" / "pose_landmark" / POSE_MODELS[options.complexity]
    if not model.exists():
        raise ReadError(
            f"expected MediaPipe's model for --complexity {options.complexity}, found no {model.name}: "
            "MediaPipe's package has only the model of --complexity 1; "
            "`launch/setup --importers` downloads the others"
        )
    return FileCorpus(options.input, EXTENSIONS, lambda path: read_video(path, options))


def media_pipe_folder():
    return Path(importlib.util.find_spec("mediapipe").origin).parent


def read_video(path, options):
    """Reads a video with its own graph, so that tracking does not carry over from one video to the next."""
    with silence():
        video = Video(path)
        holistic = Holistic(options)
        try:
            frames = [
                empty_values(1)[0] if picture is None else holistic.landmarks(picture)
                for picture in video.pictures()
            ]
        finally:
            holistic.close()
    if not video.decoded:
        raise ReadError("expected a video, found no frame that can be decoded")
    return finished(np.stack(frames), video.fps, video.repairs())


class Video:
    """The pictures of a video file, rotated as the file says."""

    def __init__(self, path):
        import cv2

        cv2.setNumThreads(1)
        self._capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        if not self._capture.isOpened():
            raise ReadError("expected a video, found nothing that OpenCV can open as one")
        self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)  # the default differs between releases
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 0 < fps < LARGEST_FPS else 0.0
        self._announced = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        # For other formats, OpenCV guesses the number of frames.
        self._is_announced_exactly = path.suffix.lower() in (".mp4", ".m4v", ".mov", ".avi")
        self.decoded = 0
        self._lost = 0

    def pictures(self):
        """RGB, [height, width, 3] bytes; None for a frame that cannot be decoded and is not the last."""
        import cv2

        failed = 0
        while failed <= MOST_LOST_AT_ONCE:
            is_read, picture = self._capture.read()
            if is_read:
                yield from [None] * failed
                self._lost += failed
                failed = 0
                self.decoded += 1
                yield cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            elif self.decoded + self._lost + failed >= self._announced:
                return
            else:
                failed += 1

    def repairs(self):
        """Returns what was repaired, once all pictures are read."""
        found = []
        if self._lost:
            found.append("frames that could not be decoded treated as showing no person")
        if self._is_announced_exactly and self.decoded + self._lost < self._announced:
            found.append("fewer frames than the file announces: it was cut off or is damaged at its end")
        return found


class Holistic:
    """MediaPipe Holistic on one thread, without the face, on which no output depends."""

    def __init__(self, options):
        from mediapipe.framework import calculator_pb2
        from mediapipe.python.solution_base import SolutionBase

        graph = calculator_pb2.CalculatorGraphConfig()
        graph.ParseFromString((media_pipe_folder() / GRAPH).read_bytes())
        kept = [node for node in graph.node
                if node.calculator in ("PoseLandmarkCpu", "HandLandmarksLeftAndRightCpu")]
        del graph.node[:]
        graph.node.extend(kept)
        for streams in (graph.output_stream, graph.input_side_packet):
            for stream in [each for each in streams if "FACE" in each]:
                streams.remove(stream)
        graph.num_threads = 1
        self._solution = SolutionBase(
            graph_config=graph,
            side_inputs={
                "model_complexity": options.complexity,
                "smooth_landmarks": True,
                "enable_segmentation": False,
                "smooth_segmentation": False,
                "use_prev_landmarks": True,
            },
            calculator_params={
                DETECTION_THRESHOLD: options.detection_confidence,
                TRACKING_THRESHOLD: options.tracking_confidence,
            },
            outputs=list(OUTPUTS),
        )

    def landmarks(self, picture):
        """Returns the landmarks [75, 3] of the next picture of the video."""
        found = self._solution.process(picture)
        values = empty_values(1)[0]
        for output, place in OUTPUTS.items():
            part = getattr(found, output)
            if part is not None:
                values[place] = [(point.x, point.y, point.z) for point in part.landmark]
        return values

    def close(self):
        self._solution.close()


@contextmanager
def silence():
    """Silences standard error: the C++ libraries mention each model and damaged frame there,
    and throw real errors."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
