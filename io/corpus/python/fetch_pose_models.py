"""Downloads the pose models that MediaPipe's package lacks,
with its own function. Exits with code 1 on failure."""

import contextlib
import importlib.util
import os
import socket
import sys

from videos import POSE_MODELS, media_pipe_folder


def main():
    # Loads only this file: importing all of MediaPipe takes a second.
    folder = media_pipe_folder()
    spec = importlib.util.spec_from_file_location(
        "download_utils", folder / "python" / "solutions" / "download_utils.py"
    )
    download_utils = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(download_utils)
    socket.setdefaulttimeout(20)
    for model in reversed(POSE_MODELS):  # the largest first
        path = folder / "modules" / "pose_landmark" / model
        was_there = path.exists()
        try:
            download_utils.download_oss_model(f"mediapipe/modules/pose_landmark/{model}")
        except (OSError, ConnectionError) as error:
            if not was_there:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)  # incomplete: the network failed
            sys.exit(f"MediaPipe could not fetch {model}: {error}")


if __name__ == "__main__":
    main()
