#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "io/store/clip_store.hpp"
#include "src/data/keyed_random.hpp"
#include "src/synthetic/skeleton.hpp"

namespace sslslr {

/// What tells classes apart.
enum class SyntheticKind {
    order,  ///< of the same poses
    pose    ///< poses of their own
};
constexpr auto words(SyntheticKind /*of*/) {
    return std::array{"order", "pose"};
}

/// The defaults are hard enough for a small encoder with random weights to be right in two clips of three,
/// where one trained on them with labels is always right. Noise from frame to frame makes them so; little
/// varies from clip to clip, for losses that tell clips apart would hold on to that instead of the class.
struct SyntheticConfig {
    std::int64_t classes = 4;
    std::int64_t clips = 1200;  ///< over all classes and signers
    std::int64_t signers = 5;
    std::int64_t length = 32;        ///< frames of a clip
    std::int64_t length_spread = 0;  ///< a clip has up to this many frames more or fewer
    std::int64_t first = 8;          ///< first informative frame of a clip of `length`
    std::int64_t last = 24;          ///< first frame behind the informative ones
    SyntheticKind kind = SyntheticKind::order;
    double pose_frames = 4;          ///< frames from one pose to the next
    double noise = 0.12;             ///< deviation of every coordinate in every frame, shoulder widths
    double clip_variation = 0.02;    ///< deviation of each pose from clip to clip, shoulder widths
    double signer_variation = 0.01;  ///< deviation of a signer's build and poses, shoulder widths
    std::uint64_t seed = 0;
};

/// Frames [first, last) of a clip carry its class.
struct PlantedBoundary {
    std::int64_t first;
    std::int64_t last;
};

/// Signs made up so that the frames which carry information are known.
///
/// A clip moves through poses. Its informative part shows the poses of its class; before and after it come
/// poses of all classes, its own among them, the same ones in every clip but in an order drawn anew: one by
/// one such frames look like informative ones, and they are independent of the class. Their order tells clips
/// apart, which is what views that permute them take away.
///
/// - order: all classes show the same poses. Bit 0 of the class swaps the first two, bit 1 the last two, the
///   other bits number the permutations of those between: each end alone holds a bit of the class, so a view
///   that mixes the first two poses with what comes before has lost it.
/// - pose: every class has poses of its own.
///
/// Everything is a pure function of the configuration: a clip depends on neither the number of clips nor the
/// machine.
class SyntheticSigns {
public:
    /// @throws ConfigError  a value out of range
    explicit SyntheticSigns(SyntheticConfig config);

    /// All but the landmarks: labels "sign-01"..., signers "signer-1"..., points_of(PointSet::all), x and y.
    /// Classes take turns from clip to clip, and so do the signers within a class.
    io::ClipIndex index() const;

    std::int64_t length(std::int64_t clip) const;
    /// Scales with the clip's length, half a frame rounded up.
    PlantedBoundary boundary(std::int64_t clip) const;

    /// The pose numbers of a class, in order.
    const std::vector<std::int64_t>& poses_of(std::int64_t label) const;

    /// @param out  [length of the clip, 75, 2], shares of the image's width
    void draw(std::int64_t clip, std::span<float> out) const;

private:
    /// A posture at a time, in frames; between them the movement is smooth.
    struct Keyframe {
        double time;
        Posture posture;
    };
    struct Signer {
        Body body;
        Posture habit;  ///< added to every pose
        double tempo;   ///< early poses later if positive
    };

    std::int64_t label_of(std::int64_t clip) const;
    std::int64_t signer_of(std::int64_t clip) const;
    std::vector<Keyframe> keyframes(std::int64_t clip) const;
    /// Fills the frames [begin, end) before or after a sign.
    void append_coarticulation(std::vector<Keyframe>& keyframes, std::int64_t begin, std::int64_t end,
                               KeyedRandom& random) const;

    SyntheticConfig config_;
    std::vector<std::vector<std::int64_t>> signs_;  ///< pose numbers by class
    std::vector<Posture> poses_;
    std::vector<Signer> signers_;
};

}  // namespace sslslr
