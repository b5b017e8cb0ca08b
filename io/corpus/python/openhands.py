"""OpenHands' poses: .pkl files of {"keypoints": [T, 75, 3], "confidences": [T, 75]}, in the order of our
points. A point with a confidence of 0, or a part (pose,
left hand, right hand) that is 0 in a whole frame, was not detected.
"""

import numpy as np

import array_pickle
from landmarks import COORDINATES, PARTS, POINTS, FileCorpus, finished
from read_error import ReadError


def open_corpus(options):
    return FileCorpus(options.input, (".pkl", ".pickle"), read_clip)


def read_clip(path):
    try:
        content = array_pickle.loads(path.read_bytes())
    except array_pickle.UnsafePickle as error:
        raise ReadError(f"refused: {error}") from None
    except OSError as error:
        raise ReadError(f"cannot be read: {error.strerror}") from None
    if not isinstance(content, dict):
        raise ReadError("expected a dictionary with keypoints and confidences, "
                        f"found {type(content).__name__}")
    values = array_in(content, "keypoints")
    seen = array_in(content, "confidences") > 0
    if values.ndim != 3 or values.shape[1:] != (POINTS, COORDINATES):
        raise ReadError(f"keypoints: expected a shape of [frames, 75, 3], found {list(values.shape)}")
    if seen.shape != values.shape[:2]:
        raise ReadError(
            f"confidences: expected a shape of {list(values.shape[:2])} as of keypoints, "
            f"found {list(seen.shape)}"
        )
    for part in PARTS:
        seen[:, part] &= (values[:, part, :2] != 0).any(axis=(1, 2), keepdims=True)[..., 0]
    return finished(np.where(seen[..., None], values, np.nan))


def array_in(content, name):
    array = content.get(name)
    if not isinstance(array, np.ndarray):
        names = ", ".join(key for key in list(content)[:5] if isinstance(key, str))
        raise ReadError(f"expected an array called {name}, found another type or none; "
                        f"the dictionary has {names}")
    return array.astype(np.float64)
