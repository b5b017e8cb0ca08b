#!/usr/bin/env python3
"""Golden values of skeleton views, from NumPy in float64, with every operation on.

Run from anywhere with NumPy installed; rewrites skeleton_views.json beside this file.
"""

import json
import pathlib

import numpy

CLIP_RULE = (
    "clip 1 of the data set: frame t of 17, point p of 65 (pose 23, left hand, right hand), "
    "x: 0.2 + sin(0.37 * t + 0.11 * p), y: cos(0.29 * t - 0.17 * p) - 0.1; "
    "flags (pose, left, right): t % 2, t % 3 == 0, 1; "
    "missing: point 40 always, points 5 and 50 where t % 4 == 1"
)
FRAMES, SEED, CLIP = 17, 3, 1
CONFIG = dict(time_crop=0.5, speed_warp=0.6, mirror=0.5, rotation_degrees=25, scale=0.3, shear=0.25,
              shift=0.2, jitter_body=0.02, jitter_hands=0.05, hide_hand=0.5, hide_points=0.1, hide_frames=0.4)
CASES = [dict(epoch=epoch, view=view) for epoch in range(3) for view in (1, 2)]
STRIDE = 7  # every seventh value of the flattened result is kept
PURPOSE = dict(permutation=2, time=61, mirror=62, affine=63, jitter=64, hand=65, points=66, frames=67)
PARTNERS = [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9,
            12, 11, 14, 13, 16, 15, 18, 17, 20, 19, 22, 21, *range(44, 65), *range(23, 44)]
LEFT, RIGHT = slice(23, 44), slice(44, 65)
LOW32, LOW64 = 2**32 - 1, 2**64 - 1


def mix(values):
    digest = len(values)
    for value in values:
        digest = ((digest ^ value) + 0x9E3779B97F4A7C15) & LOW64
        digest = ((digest ^ (digest >> 30)) * 0xBF58476D1CE4E5B9) & LOW64
        digest = ((digest ^ (digest >> 27)) * 0x94D049BB133111EB) & LOW64
        digest ^= digest >> 31
    return digest


class Random:
    """Philox 4x32-10, keyed as KeyedRandom."""

    def __init__(self, purpose, key):
        generator, stream = mix([SEED, PURPOSE[purpose]]), mix(key)
        self.key = generator & LOW32, generator >> 32
        self.stream = stream & LOW32, stream >> 32
        self.blocks, self.left = 0, []

    def bits(self):
        if not self.left:
            (k0, k1), (a, b, c, d) = self.key, (self.blocks, 0, *self.stream)
            for _ in range(10):
                first, second = 0xD2511F53 * a, 0xCD9E8D57 * c
                a, b, c, d = (second >> 32) ^ b ^ k0, second & LOW32, (first >> 32) ^ d ^ k1, first & LOW32
                k0, k1 = (k0 + 0x9E3779B9) & LOW32, (k1 + 0xBB67AE85) & LOW32
            self.left = [a, b, c, d]
            self.blocks += 1
        return self.left.pop(0)

    def uniform(self):
        return self.bits() / 2**32

    def around(self, middle, reach):
        return middle + reach * (2 * self.uniform() - 1)

    def below(self, bound):
        while True:
            product = self.bits() * bound
            if product & LOW32 >= 2**32 % bound:
                return product >> 32


def make_clip():
    t, p = numpy.meshgrid(numpy.arange(FRAMES), numpy.arange(65), indexing="ij")
    points = numpy.stack([0.2 + numpy.sin(0.37 * t + 0.11 * p), numpy.cos(0.29 * t - 0.17 * p) - 0.1], axis=2)
    points[:, 40] = 0
    points[1::4, [5, 50]] = 0
    time = numpy.arange(FRAMES)
    flags = numpy.stack([time % 2, time % 3 == 0, numpy.ones(FRAMES)], axis=1).astype(float)
    return points, flags


def resample(points, flags, random):
    share = CONFIG["time_crop"] + (1 - CONFIG["time_crop"]) * random.uniform()
    start = (1 - share) * random.uniform()
    depth = CONFIG["speed_warp"] * random.uniform()
    phase = 2 * numpy.pi * random.uniform()
    at = numpy.linspace(0, 1, FRAMES)
    warped = at + depth / (2 * numpy.pi) * (numpy.sin(2 * numpy.pi * at + phase) - numpy.sin(phase))
    time = (start + share * warped) * (FRAMES - 1)
    recorded = numpy.arange(FRAMES)
    new_flags = numpy.stack([numpy.interp(time, recorded, flag) for flag in flags.T], axis=1)
    new_points = numpy.empty_like(points)
    nearer = numpy.floor(time + 0.5).astype(int)
    earlier = numpy.floor(time).astype(int)
    for p in range(65):
        missing = (points[:, p] == 0).all(axis=1)
        gap = missing[earlier] | missing[numpy.minimum(earlier + 1, FRAMES - 1)]
        for c in range(2):
            series = points[:, p, c]
            new_points[:, p, c] = numpy.where(gap, series[nearer], numpy.interp(time, recorded, series))
    return new_points, new_flags


def jittered(points, key):
    point, coordinate = numpy.meshgrid(numpy.arange(65), numpy.arange(2), indexing="ij")
    numbers = (2 * point + coordinate).astype(numpy.uint32)
    scale = numpy.full((65, 1), CONFIG["jitter_body"])
    scale[23:] = CONFIG["jitter_hands"]
    noise = numpy.empty_like(points)
    for frame in range(FRAMES):
        words = (numbers * numpy.uint32(0x9E3779B9)) ^ numpy.uint32(mix([key, frame]) & LOW32)
        words ^= words >> numpy.uint32(16)
        words *= numpy.uint32(0x7FEB352D)
        words ^= words >> numpy.uint32(15)
        words *= numpy.uint32(0x846CA68B)
        words ^= words >> numpy.uint32(16)
        total = words.view(numpy.uint8).reshape(65, 2, 4).sum(axis=2)
        noise[frame] = (total.astype(float) - 510) / numpy.sqrt(4 * (256**2 - 1) / 12)
    return points + noise * scale


def make_view(epoch, view):
    key = [epoch, CLIP, view]
    points, flags = resample(*make_clip(), Random("time", key))
    is_mirrored = Random("mirror", key).uniform() < CONFIG["mirror"]
    if is_mirrored:
        points, flags = points[:, PARTNERS] * [-1, 1], flags[:, [0, 2, 1]]
    missing = (points == 0).all(axis=2)

    affine = Random("affine", key)
    angle = numpy.radians(affine.around(0, CONFIG["rotation_degrees"]))
    scale = numpy.diag([affine.around(1, CONFIG["scale"]), affine.around(1, CONFIG["scale"])])
    shear = numpy.array([[1, affine.around(0, CONFIG["shear"])], [0, 1]])
    shift = numpy.array([affine.around(0, CONFIG["shift"]), affine.around(0, CONFIG["shift"])])
    rotation = numpy.array([[numpy.cos(angle), -numpy.sin(angle)], [numpy.sin(angle), numpy.cos(angle)]])
    # A reflection comes before the scale, with which it commutes.
    points = points @ (rotation @ shear @ scale).T + shift

    points = jittered(points, Random("jitter", key).bits())

    hand = Random("hand", key)
    is_hidden = hand.uniform() < CONFIG["hide_hand"]
    side = hand.below(2)
    stretch = Random("frames", key)
    length = stretch.below(int(CONFIG["hide_frames"] * FRAMES) + 1)
    begin = stretch.below(FRAMES - length + 1)
    hidden = Random("points", key)
    missing |= numpy.array([hidden.uniform() < CONFIG["hide_points"] for _ in range(65)])
    for number, part in enumerate([LEFT, RIGHT]):
        if is_hidden and side == number:
            missing[:, part], flags[:, 1 + number] = True, 0
        missing[begin : begin + length, part], flags[begin : begin + length, 1 + number] = True, 0
    points[missing] = 0

    order = numpy.arange(FRAMES)
    permutation = Random("permutation", key)
    for first, last in ((0, 6), (FRAMES - 4, FRAMES)):  # a third and a quarter of 17
        for left in range(last - first, 1, -1):
            other = permutation.below(left)
            order[[first + left - 1, first + other]] = order[[first + other, first + left - 1]]
    frames = numpy.concatenate([points.reshape(FRAMES, 130), flags], axis=1)[order]
    return frames, dict(mirrored=is_mirrored, hidden_hand=side if is_hidden else None, stretch=length)


def main():
    cases = []
    for case in CASES:
        frames, what = make_view(**case)
        print(case, what)
        cases.append(dict(case, values=[round(value, 12) for value in frames.flatten()[::STRIDE].tolist()]))
    golden = dict(made_by=f"make_skeleton_views.py, NumPy {numpy.__version__}", clip_rule=CLIP_RULE,
                  seed=SEED, clip=CLIP, config=CONFIG, stride=STRIDE, cases=cases)
    path = pathlib.Path(__file__).with_name("skeleton_views.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
