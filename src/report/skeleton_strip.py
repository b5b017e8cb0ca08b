#!/usr/bin/env python3
"""Draws a strip of skeletons of one clip of a store, and marks the first and last frames that are permuted.

    skeleton_strip.py io/examples/asl9.h5 0 strip.png --k1 1/3 --k2 1/4

CLIP is a clip's number, from 0, as in `sslslr inspect`. OUTPUT ends in .png, .svg or .pdf.

Exit codes: 0 drawn; 2 wrong options, such as a clip that the store does not have;
3 the store is missing or damaged.
"""

import argparse
import sys
from fractions import Fraction
from pathlib import Path

BAD_OPTION, BAD_DATA = 2, 3
FORMATS = (".png", ".svg", ".pdf")


class OptionError(Exception):
    """An option that does not fit the store."""


class StoreError(Exception):
    """A store that cannot be read."""


def length(text):
    """Reads a number of frames or a share of the clip: 10, 1/3, 0.25."""
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if value < 0:
        raise argparse.ArgumentTypeError(
            f"expected frames or a share of the clip, such as 10, 1/3 or 0.25, found {text}"
        )
    return value


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", metavar="STORE.h5", type=Path, help="clip store")
    parser.add_argument("clip", metavar="CLIP", type=int, help="number of the clip, from 0")
    parser.add_argument("output", metavar="OUTPUT", type=Path, help="picture to write")
    parser.add_argument(
        "--k1",
        type=length,
        default="1/3",
        help="first frames to permute: a number of frames, or below 1 a share of the clip (default 1/3)",
    )
    parser.add_argument("--k2", type=length, default="1/4",
                        help="last frames to permute, as --k1 (default 1/4)")
    options = parser.parse_args()
    if options.output.suffix.lower() not in FORMATS:
        parser.error(f"OUTPUT {options.output}: expected a name ending in {', '.join(FORMATS)}")
    return options


def frames_of(value, frames, name):
    """Returns a length in frames. Rounds shares as the augmentation does, halves up."""
    found = int(value * frames + Fraction(1, 2)) if value < 1 else int(value)
    if found > frames or (value >= 1 and value.denominator != 1):
        raise OptionError(
            f"--{name} {value}: expected whole frames, at most the clip's {frames}, or a share below 1"
        )
    return found


def read_clip(path, number):
    """Returns title, skeleton [F, P, 2] (NaN = not detected) and point names of a clip."""
    import h5py

    try:
        with h5py.File(path) as store:
            offsets = store["clips/offset"][()]
            if not 0 <= number < len(offsets) - 1:
                raise OptionError(f"CLIP {number}: expected 0 to {len(offsets) - 2}, the clips of {path}")
            skeleton = store["landmarks"][offsets[number] : offsets[number + 1], :, :2].astype(float)
            points = [name.decode() for name in store["points"][()]]
            label, signer = (
                _name(store, names, kind, number)
                for names, kind in (("labels", "label"), ("signers", "signer"))
            )
    except (OSError, KeyError, ValueError) as error:
        raise StoreError(f"{path}: expected a clip store ({error}); `sslslr prepare` writes one") from error
    if not len(skeleton):
        raise OptionError(f"CLIP {number}: has no frames in {path}")
    return (
        f"{path.stem}, clip {number}: {label or 'no label'}, "
        f"{f'signer {signer}' if signer else 'signer not known'}",
        skeleton,
        points,
    )


def _name(store, names, kind, number):
    """Returns a clip's label or signer, empty if it has none."""
    index = store[f"clips/{kind}"][number]
    return store[names][index].decode() if index >= 0 else ""


def draw(options):
    title, skeleton, points = read_clip(options.store, options.clip)
    frames = len(skeleton)
    k1, k2 = frames_of(options.k1, frames, "k1"), frames_of(options.k2, frames, "k2")
    if k1 + k2 > frames:
        raise OptionError(f"--k1 {k1} and --k2 {k2} frames: expected at most the clip's {frames} together")

    import study.figures.picture  # noqa: F401  chooses how matplotlib draws
    from study.figures.boundary_strip import draw_clips

    try:
        draw_clips([(title, skeleton, points, k1, k2)]).savefig(options.output, dpi=150, bbox_inches="tight")
    except OSError as error:
        raise OptionError(f"OUTPUT {options.output}: cannot be written ({error.strerror})") from error
    print(options.output)


def main():
    options = parse_options()
    try:
        draw(options)
    except (OptionError, StoreError) as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_OPTION if isinstance(error, OptionError) else BAD_DATA
    return 0


if __name__ == "__main__":
    sys.exit(main())
