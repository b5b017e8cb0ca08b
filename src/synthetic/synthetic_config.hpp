#pragma once

#include <array>
#include <cstdint>

namespace sslslr {

/// How classes differ.
enum class SyntheticKind {
    order,  ///< all classes show the same movements, each forwards or backwards
    pose    ///< each class has poses of its own
};
constexpr auto words(SyntheticKind /*of*/) {
    return std::array{"order", "pose"};
}

struct SyntheticConfig {
    std::int64_t classes = 16;
    std::int64_t clips = 1200;  ///< over all classes and signers
    std::int64_t signers = 5;
    std::int64_t length = 32;        ///< frames of a clip
    std::int64_t length_spread = 0;  ///< a clip has up to this many frames more or fewer
    std::int64_t first = 8;          ///< first informative frame of a clip of `length`
    std::int64_t last = 24;          ///< first frame after the informative ones
    SyntheticKind kind = SyntheticKind::order;
    double pose_frames = 4;          ///< frames of a movement, or from one pose to the next
    double noise = 0.12;             ///< deviation of every coordinate in every frame, shoulder widths
    double clip_variation = 0.02;    ///< deviation of each pose from clip to clip, shoulder widths
    double signer_variation = 0.01;  ///< deviation of a signer's build and poses, shoulder widths
    std::uint64_t seed = 0;
};

/// Returns the number of movements (kind `order`) or poses (kind `pose`) of a sign.
std::int64_t parts_of_sign(const SyntheticConfig& config);

/// @throws ConfigError  names the option whose value is out of range
void check(const SyntheticConfig& config);

}  // namespace sslslr
