#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "io/store/clip_store.hpp"
#include "src/data/keyed_random.hpp"
#include "src/synthetic/skeleton.hpp"

namespace sslslr {

/// How classes differ.
enum class SyntheticKind {
    order,  ///< all classes show the same poses, in different orders
    pose    ///< each class has poses of its own
};
constexpr auto words(SyntheticKind /*of*/) {
    return std::array{"order", "pose"};
}

/// The defaults are such that a small encoder with random weights recognises two clips of three, and one that
/// is trained on them with labels all clips. Noise from frame to frame makes them this hard. Little varies
/// from clip to clip, because losses that separate clips would learn that instead of the class.
struct SyntheticConfig {
    std::int64_t classes = 4;
    std::int64_t clips = 1200;  ///< over all classes and signers
    std::int64_t signers = 5;
    std::int64_t length = 32;        ///< frames of a clip
    std::int64_t length_spread = 0;  ///< a clip has up to this many frames more or fewer
    std::int64_t first = 8;          ///< first informative frame of a clip of `length`
    std::int64_t last = 24;          ///< first frame after the informative ones
    SyntheticKind kind = SyntheticKind::order;
    double pose_frames = 4;          ///< frames from a pose to the next
    double noise = 0.12;             ///< deviation of every coordinate in every frame, shoulder widths
    double clip_variation = 0.02;    ///< deviation of each pose from clip to clip, shoulder widths
    double signer_variation = 0.01;  ///< deviation of a signer's build and poses, shoulder widths
    std::uint64_t seed = 0;
};

/// The frames [first, last) of a clip show its class.
struct PlantedBoundary {
    std::int64_t first;
    std::int64_t last;
};

/// Synthetic signs for which the informative frames are known.
///
/// A clip moves through poses. Its informative part shows the poses of its class. Before and after it come
/// poses of all classes, including its own, the same ones in every clip but in a newly drawn order: each such
/// frame looks like an informative one, but they are independent of the class. Their order distinguishes
/// clips, a cue that views with permuted ends remove.
///
/// - order: all classes show the same poses. Bit 0 of the class swaps the first two, bit 1 the last two, and
///   the other bits number the permutations of the poses between. So each end by itself holds one bit of the
///   class, and a view that mixes the first two poses with the frames before them has lost it.
/// - pose: every class has poses of its own.
///
/// Everything is a pure function of the configuration: a clip depends on neither the number of clips nor the
/// machine.
class SyntheticSigns {
public:
    /// @throws ConfigError  a value is out of range
    explicit SyntheticSigns(SyntheticConfig config);

    /// Returns everything except the landmarks: labels "sign-01"..., signers "signer-1"...,
    /// points_of(PointSet::all), x and y.
    /// Classes take turns from clip to clip, and so do the signers within a class.
    io::ClipIndex index() const;

    std::int64_t length(std::int64_t clip) const;
    /// Returns the informative frames of a clip; they scale with its length, rounded half up.
    PlantedBoundary boundary(std::int64_t clip) const;

    /// The pose numbers of a class, in order.
    const std::vector<std::int64_t>& poses_of(std::int64_t label) const;

    /// Writes the landmarks of a clip.
    /// @param out  [length of the clip, 75, 2], shares of the image's width
    void draw(std::int64_t clip, std::span<float> out) const;

private:
    /// A posture at a time, in frames. Between keyframes the movement is smooth.
    struct Keyframe {
        double time;
        Posture posture;
    };
    struct Signer {
        Body body;
        Posture habit;  ///< added to every pose
        double tempo;   ///< if positive, poses come later than evenly spaced ones
    };

    std::int64_t label_of(std::int64_t clip) const;
    std::int64_t signer_of(std::int64_t clip) const;
    std::vector<Keyframe> keyframes(std::int64_t clip) const;
    /// Adds poses in the frames [begin, end) before or after a sign.
    void append_coarticulation(std::vector<Keyframe>& keyframes, std::int64_t begin, std::int64_t end,
                               KeyedRandom& random) const;

    SyntheticConfig config_;
    std::vector<std::vector<std::int64_t>> signs_;  ///< pose numbers of each class
    std::vector<Posture> poses_;
    std::vector<Signer> signers_;
};

}  // namespace sslslr
